//! One WebDriver session: one browser process, owned by one worker. It opens pages and ends the
//! browser; what happens in a page is not its business.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use fantoccini::Client;
use http::Method;
use serde_json::{Value, json};

use super::bidi::Socket;
use super::capabilities::{Local, capabilities};
use super::context::Ahead;
use super::debugger::socket_of;
use super::driver::{LaunchOptions, Protocol};
use super::endpoint::{connect, socket_addresses};
use super::fence::{Fence, Terms};
use super::own::{BrowserProcess, Profile};
use super::page::{Page, PageOptions};
use super::wire::{self, Refusal};
use super::{BrowserError, BrowserKind, script};
use crate::bounds::Bounds;
use crate::record::{Spent, Untold};

/// No single command takes longer, whatever the page does: WebDriver's own limits are below.
pub(super) const COMMAND_LIMIT: Duration = Duration::from_secs(40);
/// How long a script may keep the driver; a slice of a look is a third of it.
pub(super) const SCRIPT_LIMIT: Duration = Duration::from_secs(3);

/// How long the driver waits for a document unless a page has another limit.
pub(super) const LOAD_LIMIT: Duration = Duration::from_secs(15);

/// The events that say something about a page.
const EVENTS: [&str; 12] = [
    "log.entryAdded",
    "network.beforeRequestSent",
    "network.responseCompleted",
    "network.fetchError",
    "browsingContext.contextCreated",
    "browsingContext.contextDestroyed",
    "browsingContext.navigationCommitted",
    "browsingContext.fragmentNavigated",
    "browsingContext.historyUpdated",
    "browsingContext.userPromptOpened",
    "browsingContext.downloadWillBegin",
    "script.message",
];

/// Tell of documents on their way, for who does not leave waiting for them to the driver.
const ARRIVALS: [&str; 4] = [
    "browsingContext.navigationStarted",
    "browsingContext.domContentLoaded",
    "browsingContext.navigationFailed",
    "browsingContext.navigationAborted",
];

/// One WebDriver session.
#[derive(Debug)]
pub struct Session {
    client: Client,
    pub(super) socket: Option<Socket>,
    pub(super) kind: BrowserKind,
    /// What holds its requests back; else why nothing does.
    pub(super) fence: Result<Fence, String>,
    /// Where the browser's own socket is, if it is one that can be reached.
    pub(super) address: Option<String>,
    bounds: Bounds,
    name: String,
    pub(super) user_agent: Option<String>,
    pub(super) lost: Vec<String>,
    /// The tab that the browser began with; the session lives as long as one tab does.
    pub(super) home: String,
    /// The user context of the page that is open, or was dropped and not closed.
    pub(super) left_over: Option<String>,
    /// What keeps the bodies of that page.
    pub(super) collector: Option<String>,
    /// The page after this one, under way.
    pub(super) ahead: Option<Ahead>,
    /// How long the driver waits for a document.
    pub(super) loading: Duration,
    /// The factor in that.
    pub(super) allowed: f64,
    /// Expressions that were tried, with the browser's words where they are no JavaScript.
    pub(super) parsed: HashMap<String, Option<String>>,
    usable: bool,
    /// What ended it.
    ended: Option<Refusal>,
    process: Option<BrowserProcess>,
    /// Where the time of the page that is open went so far, its age left out.
    pub(super) spent: Spent,
}

impl Session {
    /// Opens a session; `local` says what its browser has on this machine.
    pub(super) async fn start(
        endpoint: &str,
        options: &LaunchOptions,
        local: Option<Local<'_>>,
    ) -> Result<Self, BrowserError> {
        let profile = local.as_ref().map(Local::profile).transpose()?.flatten();
        let capabilities = |bidi: bool| {
            capabilities(options, local.as_ref(), profile.as_ref().map(Profile::path), bidi)
        };
        let mut lost = Vec::new();
        let with_bidi = options.protocol == Protocol::Bidi;
        // The browser's own socket is cheaper where it can be reached for certain.
        let own = with_bidi && options.kind == BrowserKind::Chromium && local.is_some();
        let limit = options.session_limit();
        let client = match connect(endpoint, capabilities(with_bidi && !own), limit).await {
            Err(BrowserError::SessionRefused(why)) if with_bidi && why.contains("webSocketUrl") => {
                connect(endpoint, capabilities(false), limit).await?
            }
            other => other?,
        };
        let told = client.capabilities().cloned().unwrap_or_default();
        let word = |key: &str| told.get(key).and_then(Value::as_str);
        let id = ["goog:processID", "moz:processID"]
            .iter()
            .find_map(|key| told.get(*key).and_then(Value::as_i64));
        let driver = local.as_ref().and_then(|local| local.driver);
        let process = local.map(|local| match profile {
            Some(profile) => BrowserProcess::with(id, profile),
            None => BrowserProcess::below(id, local.scratch),
        });
        let browser_name = match word("browserName") {
            Some("chrome" | "chromium") => "Chromium",
            Some("firefox") => "Firefox",
            Some("MiniBrowser") => "WebKitGTK",
            Some(other) => other,
            None => "a browser",
        };
        let name = format!("{browser_name} {}", word("browserVersion").unwrap_or("?"));
        let address = told.get("goog:chromeOptions").and_then(|o| o["debuggerAddress"].as_str());
        let connected = match (address.filter(|_| own), word("webSocketUrl")) {
            (Some(address), _) => Some(browser_socket(address, driver).await),
            (None, Some(told)) => {
                Some(first_socket(&socket_addresses(endpoint, told), driver).await)
            }
            (None, None) => None,
        };
        let socket = connected.and_then(|socket| {
            socket.map_err(|why| lost.push(format!("the BiDi socket: {why}"))).ok()
        });
        let mut session = Self {
            client,
            socket,
            kind: options.kind,
            fence: Err("it is not up yet".to_owned()),
            address: None,
            bounds: options.bounds.clone(),
            name,
            user_agent: None,
            lost,
            home: String::new(),
            left_over: None,
            collector: None,
            ahead: None,
            loading: LOAD_LIMIT,
            allowed: 1.0,
            parsed: HashMap::new(),
            usable: true,
            ended: None,
            process,
            spent: Spent::default(),
        };
        let ready = match session.prepare().await {
            Ok(()) => session.raise_fence(address).await,
            broken => broken,
        };
        match ready {
            Ok(()) => Ok(session),
            Err(error) => {
                session.close().await;
                Err(error)
            }
        }
    }

    async fn prepare(&mut self) -> Result<(), BrowserError> {
        let home = self.command("find its tab", Method::GET, "window", None).await?;
        self.home = home.as_str().unwrap_or_default().to_owned();
        let body = json!({ "script": "return navigator.userAgent;", "args": [] });
        let agent = self.command("name itself", Method::POST, "execute/sync", Some(body)).await?;
        self.user_agent = agent.as_str().map(str::to_owned);
        if let Some(socket) = &self.socket
            && let Err(why) = subscribe(socket, self.kind, &mut self.lost).await
        {
            self.lost.push(format!("the BiDi socket: {why}"));
            self.socket = None;
        }
        if self.kind == BrowserKind::Firefox {
            self.lost.push("layout shifts and long tasks (Firefox measures none)".to_owned());
            self.lost.push(
                "page crashes apart from broken browsers (Firefox ends with its page)".to_owned(),
            );
        }
        if self.socket.is_none() {
            self.lost.extend(
                [
                    "requests, navigations and downloads (no BiDi)",
                    "exceptions and console messages before the first look at a document (no BiDi)",
                    "isolation by a browser context of its own: cookies and storage of the \
                     application are deleted instead (no BiDi)",
                    "the mark in the user agent (no BiDi)",
                ]
                .map(str::to_owned),
            );
        }
        Ok(())
    }

    /// Walks that somebody relies on being held are not walked without a fence.
    async fn raise_fence(&mut self, address: Option<&str>) -> Result<(), BrowserError> {
        let raised = match address {
            Some(address) => Fence::raise(address, &self.home, &self.bounds).await,
            None => Err("it has no socket of its own".to_owned()),
        };
        if let Err(why) = &raised {
            if self.bounds.are_strict() {
                return Err(BrowserError::Unfenced(why.clone()));
            }
            self.lost.push(format!(
                "holding walks on the application's hosts, and the mark in its requests ({why})"
            ));
        }
        self.address = address.filter(|_| raised.is_ok()).map(str::to_owned);
        self.fence = raised;
        Ok(())
    }

    /// Has the fence keep to what holds for a page.
    pub(super) async fn keep_to(&mut self, options: &PageOptions) -> Result<(), BrowserError> {
        let fence = match &mut self.fence {
            Ok(fence) => fence,
            Err(_) if options.never.is_empty() => return Ok(()),
            Err(why) => return Err(BrowserError::Unfenced(why.clone())),
        };
        let home = url::Url::parse(&options.base_url).ok().filter(url::Url::has_host);
        let (marks, never) = (options.headers.clone(), options.never.clone());
        let kept = fence.keep_to(Terms { home, marks, never }).await;
        kept.map_err(|why| BrowserError::SessionLost(format!("the fence around it: {why}")))
    }

    /// Whether what is to be held back is held back still.
    pub(super) fn is_fenced(&self) -> bool {
        !self.bounds.are_strict() || self.fence.as_ref().is_ok_and(Fence::stands)
    }

    /// The browser's name and version, `Chromium 156.0.8078.79`.
    #[must_use]
    pub fn browser(&self) -> &str {
        &self.name
    }

    /// What this browser never tells, whatever happens.
    #[must_use]
    pub fn untold(&self) -> &'static [Untold] {
        match self.kind {
            _ if self.socket.is_none() => &[Untold::Traffic, Untold::Crashes],
            BrowserKind::Firefox => &[Untold::Crashes],
            BrowserKind::Chromium | BrowserKind::Webkit => &[],
        }
    }

    /// What cannot be had here, in words.
    #[must_use]
    pub fn lost(&self) -> &[String] {
        &self.lost
    }

    /// Whether the session can be used further. After a lost session, a crash or a page that
    /// hangs for good it cannot: close it and start another.
    #[must_use]
    pub const fn is_usable(&self) -> bool {
        self.usable
    }

    /// The process id of a browser of our own.
    #[must_use]
    pub fn process_id(&self) -> Option<i64> {
        self.process.as_ref().and_then(|p| p.id)
    }

    /// Opens a page that shares nothing with any other.
    ///
    /// # Errors
    /// The session is lost.
    pub async fn open(&mut self, options: PageOptions) -> Result<Page<'_>, BrowserError> {
        Page::open(self, options).await
    }

    /// Whether the driver is still there, which a browser of our own can do without for a while.
    pub(super) async fn is_driven(&mut self) -> Result<(), BrowserError> {
        self.command("ask the driver", Method::GET, "timeouts", None).await.map(drop)
    }

    /// Ends the browser.
    pub async fn close(mut self) {
        // Closing asks the driver, which waits for a hanging page until its browser is gone.
        if let (false, Some(process)) = (self.usable, &self.process) {
            process.kill();
        }
        let limit = if self.usable { Duration::from_secs(10) } else { Duration::from_secs(3) };
        self.socket = None;
        let client = self.client.clone();
        let _ = tokio::time::timeout(limit, client.close()).await;
    }

    /// Of the time that an answer took, so many milliseconds were spent waiting in the page.
    pub(super) fn waited_in_page(&mut self, rested: f64, readied: f64) {
        let micros =
            |millis: f64| micros(Duration::try_from_secs_f64(millis / 1e3).unwrap_or_default());
        let (rested, readied) = (micros(rested), micros(readied));
        self.spent.rest += rested;
        self.spent.ready += readied;
        self.spent.browser = self.spent.browser.saturating_sub(rested + readied);
    }

    /// Gives the session up: a page that hangs holds its driver, too.
    pub(super) const fn give_up(&mut self) {
        self.usable = false;
    }

    /// How much longer everything takes than on a calm machine, 1.0 to 8.0; every deadline is
    /// stretched by it.
    pub(super) fn stretch(&self) -> f64 {
        self.socket.as_ref().map_or(1.0, Socket::stretch)
    }

    /// The factor of our own deadlines, in whole numbers: at least what the driver was told, which
    /// has to give up before we do.
    pub(super) fn allowance(&self) -> f64 {
        self.stretch().ceil().max(self.allowed)
    }

    /// Sends a command that has no reason to be refused.
    pub(super) async fn command(
        &mut self,
        doing: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, BrowserError> {
        let answer = self.try_command(method, path, body, COMMAND_LIMIT).await;
        answer.map_err(|refusal| refusal.into_error(doing))
    }

    /// Waits for what a script answers on a line of its own, and books it as [`Session::try_command`]
    /// does.
    pub(super) async fn through<T>(
        &mut self,
        answering: impl Future<Output = Option<Result<T, Refusal>>>,
    ) -> Option<Result<T, Refusal>> {
        if !self.usable {
            return None;
        }
        let asked = Instant::now();
        let answer = answering.await;
        self.spent.browser += micros(asked.elapsed());
        if let Some(Err(why)) = &answer {
            self.note_end(why);
        }
        answer
    }

    /// Sends a command whose refusal means something.
    pub(super) async fn try_command(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Value>,
        limit: Duration,
    ) -> Result<Value, Refusal> {
        if !self.usable {
            // Whoever hangs would keep us waiting once more, for a picture that nobody can take.
            let given_up = || Refusal::Lost("it was given up".to_owned());
            return Err(self.ended.clone().unwrap_or_else(given_up));
        }
        let (asked, limit) = (Instant::now(), limit.mul_f64(self.allowance()));
        let answer = wire::send(&self.client, method, path, body, limit).await;
        self.spent.browser += micros(asked.elapsed());
        if let Err(why) = &answer {
            self.note_end(why);
        }
        answer
    }

    /// Gives the session up as lost.
    pub(super) fn lose(&mut self, why: String) -> BrowserError {
        let refusal = Refusal::Lost(why);
        self.note_end(&refusal);
        refusal.into_error("reach the browser")
    }

    fn note_end(&mut self, why: &Refusal) {
        if let Refusal::Lost(_) | Refusal::Crashed | Refusal::Silent(_) = why {
            self.usable = false;
            self.ended = Some(why.clone());
        }
    }
}

pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// The socket of a browser on this machine.
async fn browser_socket(address: &str, driver: Option<u32>) -> Result<Socket, String> {
    Socket::connect_browser(&socket_of(address).await?, driver).await
}

/// The first of these addresses at which a socket answers; an error is that of the last.
async fn first_socket(addresses: &[String], driver: Option<u32>) -> Result<Socket, String> {
    let mut refused = "it has no address".to_owned();
    for address in addresses {
        match Socket::connect(address, driver).await {
            Ok(socket) => return Ok(socket),
            Err(why) => refused = why,
        }
    }
    Err(refused)
}

async fn subscribe(
    socket: &Socket,
    kind: BrowserKind,
    lost: &mut Vec<String>,
) -> Result<(), String> {
    let mut events = EVENTS.to_vec();
    if kind != BrowserKind::Webkit {
        events.extend(ARRIVALS);
    }
    if socket.call("session.subscribe", json!({ "events": events })).await.is_err() {
        // One unknown name refuses all: ask for each alone.
        for event in events {
            if socket.call("session.subscribe", json!({ "events": [event] })).await.is_err() {
                lost.push(format!("the event {event}"));
            }
        }
    }
    socket.call("script.addPreloadScript", script::preload()).await.map(drop)
}
