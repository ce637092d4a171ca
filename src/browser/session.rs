//! One WebDriver session: one browser process, owned by one worker. It opens pages and ends the
//! browser; what happens in a page is not its business.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fantoccini::error::NewSessionError;
use fantoccini::{Client, ClientBuilder};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use nix::sys::signal::{Signal as ProcessSignal, kill};
use nix::unistd::Pid;
use serde_json::{Map, Value, json};

use super::bidi::Socket;
use super::context::Ahead;
use super::driver::{Display, LaunchOptions, Protocol};
use super::fence::{Fence, Terms};
use super::page::{Page, PageOptions};
use super::wire::{self, Refusal, first_line};
use super::{BrowserError, script};
use crate::bounds::Bounds;

/// A browser takes well below a second to start; a busy grid may take its time.
const START_LIMIT: Duration = Duration::from_secs(60);
/// No single command takes longer, whatever the page does: WebDriver's own limits are below.
pub(super) const COMMAND_LIMIT: Duration = Duration::from_secs(40);
/// How long a script may keep the driver; a slice of a look is a third of it.
pub(super) const SCRIPT_LIMIT: Duration = Duration::from_secs(3);

/// How long the driver waits for a document unless a page has another limit.
const LOAD_LIMIT: Duration = Duration::from_secs(15);

/// Chromium calls home at every start unless it is told not to, draws with a graphics card that
/// it has to emulate, tries features out on some, keeps a renderer in reserve, and loads the pages
/// of its address bar for each context: a busy machine pays for it, and every walk throws it away.
const QUIET: &[&str] = &[
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-component-extensions-with-background-pages",
    "--mute-audio",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-search-engine-choice-screen",
    // A tab in the background keeps its speed, as it would in a window of its own.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-breakpad",
    "--metrics-recording-only",
    "--disable-field-trial-config",
    "--disable-features=Translate,OptimizationHints,MediaRouter,InterestFeedContentSuggestions,\
     GlobalMediaControls,LensOverlay,SpareRendererForSitePerProcess,PaintHolding,RenderDocument,\
     WebUIOmniboxPopup,WebUIOmniboxAimPopup",
];

/// The events that say something about a page.
const EVENTS: [&str; 13] = [
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
    "browsingContext.userPromptClosed",
    "browsingContext.downloadWillBegin",
    "script.message",
];

/// One WebDriver session.
#[derive(Debug)]
pub struct Session {
    client: Client,
    pub(super) socket: Option<Socket>,
    pub(super) fence: Option<Fence>,
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
    /// Expressions that were tried, with the browser's words where they are no JavaScript.
    pub(super) parsed: HashMap<String, Option<String>>,
    usable: bool,
    /// Last, so that the browser is gone before its files are.
    process: Option<BrowserProcess>,
}

impl Session {
    /// `own` has the program of a browser of ours and the folder for its files.
    pub(super) async fn start(
        endpoint: &str,
        options: &LaunchOptions,
        own: Option<(&Path, &Path)>,
    ) -> Result<Self, BrowserError> {
        let profile = own.map(|(_, scratch)| Profile::create(scratch)).transpose()?;
        let browser = own.map(|(browser, _)| browser);
        let capabilities = |bidi: bool| {
            capabilities(options, browser, profile.as_ref().map(|p| p.0.as_path()), bidi)
        };
        let mut lost = Vec::new();
        let with_bidi = options.protocol == Protocol::Bidi;
        let client = match connect(endpoint, capabilities(with_bidi)).await {
            Err(BrowserError::SessionRefused(why)) if with_bidi && why.contains("webSocketUrl") => {
                connect(endpoint, capabilities(false)).await?
            }
            other => other?,
        };
        let told = client.capabilities().cloned().unwrap_or_default();
        let word = |key: &str| told.get(key).and_then(Value::as_str);
        let process = profile.map(|profile| BrowserProcess {
            id: told.get("goog:processID").and_then(Value::as_i64),
            profile,
        });
        let browser_name = match word("browserName") {
            Some("chrome" | "chromium") => "Chromium",
            Some(other) => other,
            None => "a browser",
        };
        let name = format!("{browser_name} {}", word("browserVersion").unwrap_or("?"));
        let socket = match word("webSocketUrl") {
            Some(url) => Socket::connect(url).await.map_err(|why| lost.push(why)).ok(),
            None => None,
        };
        let mut session = Self {
            client,
            socket,
            fence: None,
            bounds: options.bounds.clone(),
            name,
            user_agent: None,
            lost,
            home: String::new(),
            left_over: None,
            collector: None,
            ahead: None,
            loading: LOAD_LIMIT,
            parsed: HashMap::new(),
            usable: true,
            process,
        };
        let address = told.get("goog:chromeOptions").and_then(|o| o["debuggerAddress"].as_str());
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
            && let Err(why) = subscribe(socket, &mut self.lost).await
        {
            self.lost.push(format!("the BiDi socket: {why}"));
            self.socket = None;
        }
        if self.socket.is_none() {
            self.lost.extend(
                [
                    "requests, navigations and downloads (no BiDi)",
                    "exceptions and console messages before the first look at a document (no BiDi)",
                    "isolation by a browser context of its own: cookies and storage of the \
                     application are deleted instead (no BiDi)",
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
        match raised {
            Ok(fence) => self.fence = Some(fence),
            Err(why) if self.bounds.are_strict() => return Err(BrowserError::Unfenced(why)),
            Err(why) => self.lost.push(format!(
                "holding walks on the application's hosts, and the mark in its requests ({why})"
            )),
        }
        Ok(())
    }

    /// Has the fence keep to what holds for a page.
    pub(super) async fn keep_to(&mut self, options: &PageOptions) -> Result<(), BrowserError> {
        let Some(fence) = &mut self.fence else { return Ok(()) };
        let home = url::Url::parse(&options.base_url).ok().filter(url::Url::has_host);
        let (marks, never) = (options.headers.clone(), options.never.clone());
        let kept = fence.keep_to(Terms { home, marks, never }).await;
        kept.map_err(|why| BrowserError::SessionLost(format!("the fence around it: {why}")))
    }

    /// Whether what is to be held back is held back still.
    pub(super) fn is_fenced(&self) -> bool {
        !self.bounds.are_strict() || self.fence.as_ref().is_some_and(Fence::stands)
    }

    /// The browser's name and version, `Chromium 156.0.8078.79`.
    #[must_use]
    pub fn browser(&self) -> &str {
        &self.name
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

    /// Gives the session up: a page that hangs holds its driver, too.
    pub(super) const fn give_up(&mut self) {
        self.usable = false;
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

    /// Sends a command whose refusal means something.
    pub(super) async fn try_command(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Value>,
        limit: Duration,
    ) -> Result<Value, Refusal> {
        let answer = wire::send(&self.client, method, path, body, limit).await;
        if let Err(Refusal::Lost(_) | Refusal::Crashed | Refusal::Silent(_)) = &answer {
            self.usable = false;
        }
        answer
    }
}

async fn subscribe(socket: &Socket, lost: &mut Vec<String>) -> Result<(), String> {
    if socket.call("session.subscribe", json!({ "events": EVENTS })).await.is_err() {
        // One unknown name refuses all: ask for each alone.
        for event in EVENTS {
            if socket.call("session.subscribe", json!({ "events": [event] })).await.is_err() {
                lost.push(format!("the event {event}"));
            }
        }
    }
    socket.call("script.addPreloadScript", script::preload()).await.map(drop)
}

async fn connect(endpoint: &str, capabilities: Map<String, Value>) -> Result<Client, BrowserError> {
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities);
    let connecting = tokio::time::timeout(START_LIMIT, builder.connect(endpoint));
    let silent = |why: String| BrowserError::EndpointSilent { url: endpoint.to_owned(), why };
    match connecting.await {
        Ok(Ok(client)) => Ok(client),
        Ok(Err(NewSessionError::SessionNotCreated(told))) => Err(refused(&told.message)),
        Ok(Err(NewSessionError::BadWebdriverUrl(why))) => {
            Err(BrowserError::BadEndpoint { url: endpoint.to_owned(), why: why.to_string() })
        }
        Ok(Err(NewSessionError::NotW3C(value))) => {
            Err(BrowserError::SessionRefused(first_line(&value.to_string())))
        }
        Ok(Err(other)) => Err(silent(source_of(&other))),
        Err(_) => Err(silent(format!("no session within {} s", START_LIMIT.as_secs()))),
    }
}

/// The innermost words of an error: `Connection refused` rather than `client error`.
fn source_of(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// chromedriver says `This version of ChromeDriver only supports Chrome version 155` and
/// `Current browser version is 156.0.1 with binary path …`.
fn refused(message: &str) -> BrowserError {
    let after = |sign: &str| {
        let (_, rest) = message.split_once(sign)?;
        rest.split_whitespace().next().map(|word| word.trim_end_matches('.').to_owned())
    };
    match (after("only supports Chrome version "), after("Current browser version is ")) {
        (Some(driver), Some(browser)) => BrowserError::VersionMismatch { driver, browser },
        _ => BrowserError::SessionRefused(first_line(message)),
    }
}

fn capabilities(
    options: &LaunchOptions,
    browser: Option<&Path>,
    profile: Option<&Path>,
    bidi: bool,
) -> Map<String, Value> {
    let mut args: Vec<String> = QUIET.iter().map(|arg| (*arg).to_owned()).collect();
    if options.display == Display::Headless {
        args.push("--headless=new".to_owned());
    }
    if let Some(profile) = profile {
        // Chromium's sandbox refuses to run as root: https://crbug.com/638180. Whoever owns the
        // folder that was just made is whom we run as.
        use std::os::unix::fs::MetadataExt as _;
        if profile.metadata().is_ok_and(|folder| folder.uid() == 0) {
            args.push("--no-sandbox".to_owned());
        }
        args.push(format!("--user-data-dir={}", profile.display()));
    }
    args.extend(options.arguments.iter().cloned());
    let mut chrome = json!({ "args": args });
    if let Some(browser) = browser {
        chrome["binary"] = json!(browser);
    }
    if let Some(profile) = profile {
        // What a page has a browser download is of no use to anybody, and must not end up in the
        // folder of whoever runs us.
        chrome["prefs"] = json!({
            "download.default_directory": profile.join("downloads"),
            "download.prompt_for_download": false,
        });
    }
    let mut wanted = json!({
        "browserName": "chrome",
        "pageLoadStrategy": "eager",
        // Nobody but us answers dialogs, so that each is told of. Not so `beforeunload`: with BiDi,
        // chromedriver refuses every classic command while one is open.
        "unhandledPromptBehavior": { "default": "ignore", "beforeUnload": "accept" },
        "timeouts": {
            "script": u64::try_from(SCRIPT_LIMIT.as_millis()).unwrap_or(u64::MAX),
            "pageLoad": u64::try_from(LOAD_LIMIT.as_millis()).unwrap_or(u64::MAX),
            "implicit": 0,
        },
        "goog:chromeOptions": chrome,
    });
    if bidi {
        wanted["webSocketUrl"] = json!(true);
    }
    match wanted {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// A browser process of our own, ended at the latest when the session is dropped.
#[derive(Debug)]
struct BrowserProcess {
    id: Option<i64>,
    profile: Profile,
}

impl BrowserProcess {
    fn kill(&self) {
        let Some(id) = self.id.and_then(|id| i32::try_from(id).ok()).filter(|id| *id > 1) else {
            return;
        };
        // Only while it is still the process with our profile: ids are used again.
        let command = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        let ours = self.profile.0.as_os_str().as_encoded_bytes();
        if command.windows(ours.len()).any(|part| part == ours) {
            let _ = kill(Pid::from_raw(id), ProcessSignal::SIGKILL);
        }
    }
}

impl Drop for BrowserProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A browser profile in a folder of its own, removed at the end.
#[derive(Debug)]
struct Profile(PathBuf);

impl Profile {
    fn create(scratch: &Path) -> Result<Self, BrowserError> {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let path = scratch.join(format!("profile-{}", NEXT.fetch_add(1, Ordering::Relaxed)));
        match std::fs::create_dir(&path) {
            Ok(()) => Ok(Self(path)),
            Err(why) => {
                let path = path.display().to_string();
                Err(BrowserError::Files { path, why: why.to_string() })
            }
        }
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        // A dying browser may still write into it: a few tries, and no longer.
        for _ in 0..20 {
            match std::fs::remove_dir_all(&self.0) {
                Ok(()) => return,
                Err(why) if why.kind() == std::io::ErrorKind::NotFound => return,
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_do_not_fit_are_both_named() {
        let said = "session not created: This version of ChromeDriver only supports Chrome \
                    version 155\nCurrent browser version is 156.0.8078.79 with binary path /x";
        let error = refused(said);
        assert_eq!(
            error,
            BrowserError::VersionMismatch { driver: "155".into(), browser: "156.0.8078.79".into() }
        );
        assert!(error.is_infrastructure());
    }
}
