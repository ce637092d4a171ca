//! A page: an isolated set of tabs in which one walk takes place, and the ways in and out of it.
//! Looking and acting are beside it, in `look` and `act`.

use std::time::{Duration, Instant};

use http::Method;
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::bidi::{PromptAnswer, Socket};
use super::lane::{Answering, Lane};
use super::session::{COMMAND_LIMIT, SCRIPT_LIMIT, micros};
use super::told::{InFlight, Mark, Told};
use super::wire::{self, Refusal};
use super::{BrowserError, Session, script};
use crate::record::{Observed, Signal, Spent, is_aborted};
use crate::route::Route;

/// How long the socket may take to answer a dialog before the classic commands do.
const DIALOG_LIMIT: Duration = Duration::from_secs(2);

/// How a page is opened.
#[derive(Debug, Clone)]
pub struct PageOptions {
    /// Where the application is; relative addresses are relative to it.
    pub base_url: String,
    /// The window's inner size in CSS pixels.
    pub viewport: (u32, u32),
    /// Headers added to what is asked of the application: its documents, and what its scripts ask
    /// of its own server. `X-Desirepath` marks synthetic traffic.
    pub headers: Vec<(String, String)>,
    /// Pages that must never be opened.
    pub never: Vec<Route>,
    /// What is added to the user agent, so that analytics can tell us apart.
    pub user_agent_suffix: Option<String>,
    /// How long a document may take to arrive.
    pub load_limit: Duration,
    /// A page whose scripts let nothing else run for this long hangs.
    pub hang_limit: Duration,
}

impl Default for PageOptions {
    fn default() -> Self {
        Self {
            base_url: "about:blank".to_owned(),
            viewport: (1280, 800),
            headers: Vec::new(),
            never: Vec::new(),
            user_agent_suffix: Some(concat!("desirepath/", env!("CARGO_PKG_VERSION")).to_owned()),
            load_limit: Duration::from_secs(15),
            hang_limit: Duration::from_secs(10),
        }
    }
}

/// The page as it stands, whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Snapshot {
    /// The URL.
    pub url: String,
    /// The title.
    pub title: String,
    /// The document as HTML.
    pub html: String,
    /// The visible text.
    pub text: String,
    /// What the fields hold, by number and name; passwords and hidden fields are left out.
    pub values: IndexMap<String, String>,
}

/// A page. Dropping it without [`Page::close`] leaves its tabs to the session, which removes
/// them when it opens the next page.
#[derive(Debug)]
pub struct Page<'s> {
    pub(super) session: &'s mut Session,
    pub(super) told: Told,
    pub(super) options: PageOptions,
    /// The current tab's handle.
    pub(super) tab: String,
    /// Its line of scripts.
    pub(super) lane: Option<Lane>,
    opened: Instant,
    /// What is answered to the next dialog where we have to do it ourselves.
    pub(super) answer: Option<PromptAnswer>,
}

impl<'s> Page<'s> {
    pub(super) async fn open(
        session: &'s mut Session,
        options: PageOptions,
    ) -> Result<Self, BrowserError> {
        let opened = Instant::now();
        session.spent = Spent::default();
        session.remove_left_over().await;
        session.keep_to(&options).await?;
        let first = session.isolate(&options).await?;
        let mut told = Told::new(first.user_context);
        told.add_tab(&first.tab);
        let mut page =
            Self { session, told, options, tab: String::new(), lane: None, opened, answer: None };
        page.enter_by(&first.tab, first.lane).await?;
        let limit = page.options.load_limit;
        page.session.limit_loading(limit).await?;
        if page.session.socket.is_none() {
            let (width, height) = page.options.viewport;
            page.set_viewport(width, height).await?;
            page.clear_origin().await?;
        }
        Ok(page)
    }

    /// Goes to an address, absolute or relative to the base URL, and waits until its document
    /// has been read (not for its pictures).
    ///
    /// # Errors
    /// The server cannot be reached or does not answer in time.
    pub async fn goto(&mut self, url: &str) -> Result<(), BrowserError> {
        let url = self.absolute(url)?;
        self.drain_events();
        let before = self.told.mark();
        let answer = self.navigate("url", json!({ "url": url })).await;
        match answer {
            Err(Refusal::Timeout(_)) => {
                Err(BrowserError::Unanswered { url, after: self.session.loading })
            }
            Err(Refusal::Other(why)) => match wire::unreachable(&why) {
                Some(why) => Err(BrowserError::Unreachable { url, why: why.to_owned() }),
                None => Err(Refusal::Other(why).into_error("go to an address")),
            },
            Err(refusal) => Err(refusal.into_error("go to an address")),
            Ok(()) => {
                self.arrived(url, before).await?;
                // Now there is something to wait for in any case: the next page is made meanwhile.
                self.session.isolate_ahead(&self.options);
                Ok(())
            }
        }
    }

    /// Some failures chromedriver does not report (a forbidden port, an error page after a
    /// redirect): the browser's own error page gives them away.
    async fn arrived(&mut self, url: String, before: Mark) -> Result<(), BrowserError> {
        self.catch_up().await;
        let locked_out = self.told.has_been_locked_out_since(before);
        if !locked_out && self.told.has_document_since(before) {
            return Ok(());
        }
        let body = json!({ "script": "return location.protocol;", "args": [] });
        let protocol = match self.script_command("execute/sync", body).await {
            Ok(protocol) => protocol,
            // A script of the page is already on its way elsewhere.
            Err(Refusal::Unloaded | Refusal::Timeout(_)) => return Ok(()),
            Err(refusal) => return Err(refusal.into_error("go to an address")),
        };
        // WebKit stays where it was, which is nowhere.
        let stayed = protocol == "about:" && !url.starts_with("about:");
        if protocol != "chrome-error:" && !stayed {
            return Ok(());
        }
        let why = if locked_out {
            "it asks for a name and a password, and nobody is there to type them: write them into \
             the base URL, http://NAME:PASSWORD@host/ (the run's files will have them)"
        } else {
            self.told.last_failure().unwrap_or("the browser shows its own error page")
        };
        Err(BrowserError::Unreachable { url, why: why.to_owned() })
    }

    pub(super) fn absolute(&self, url: &str) -> Result<String, BrowserError> {
        let bad = |why: url::ParseError| BrowserError::Unreachable {
            url: url.into(),
            why: why.to_string(),
        };
        let base = url::Url::parse(&self.options.base_url).map_err(bad)?;
        base.join(url).map(String::from).map_err(bad)
    }

    /// Sends a command that ends in another document. A dialog on the way is answered, and the
    /// command is not repeated: it has had its effect.
    pub(super) async fn navigate(&mut self, path: &str, body: Value) -> Result<(), Refusal> {
        // A session that is lost shows in the command itself.
        let _ = self.session.limit_loading(self.options.load_limit).await;
        let answer = self.session.try_command(Method::POST, path, Some(body), COMMAND_LIMIT).await;
        self.drain_events();
        match answer {
            Err(Refusal::Alert(_)) => {
                self.answer_dialog().await;
                Ok(())
            }
            // Another navigation overtook this one: the page is where its scripts want it.
            Err(Refusal::Unloaded) => Ok(()),
            Err(Refusal::Other(why)) if is_aborted(&why) => Ok(()),
            other => other.map(drop),
        }
    }

    /// Makes a tab the current one.
    pub(super) async fn enter(&mut self, tab: &str) -> Result<(), BrowserError> {
        let lane = self.session.lane_to(tab).await;
        self.enter_by(tab, lane).await
    }

    async fn enter_by(&mut self, tab: &str, lane: Option<Lane>) -> Result<(), BrowserError> {
        self.lane = lane;
        let body = json!({ "handle": tab });
        self.session.command("switch to a tab", Method::POST, "window", Some(body)).await?;
        tab.clone_into(&mut self.tab);
        Ok(())
    }

    /// Sends a script; a dialog on the way is answered and the script is sent again.
    pub(super) async fn script_command(
        &mut self,
        path: &str,
        body: Value,
    ) -> Result<Value, Refusal> {
        let limit = self.patience();
        let began = Instant::now();
        loop {
            let answer = match self.script_by_lane(path, &body).await {
                Some(answer) => answer,
                None => {
                    self.session.try_command(Method::POST, path, Some(body.clone()), limit).await
                }
            };
            self.drain_events();
            match answer {
                Err(Refusal::Alert(_)) => self.answer_dialog().await,
                other => return other,
            }
            // A page may open dialogs in a loop; somebody has to give up.
            if began.elapsed() > self.stretched(self.options.hang_limit) {
                self.session.give_up();
                return Err(Refusal::Nagged(began.elapsed()));
            }
        }
    }

    /// Sends a script by the tab's own line; `None` where there is none.
    async fn script_by_lane(&mut self, path: &str, body: &Value) -> Option<Result<Value, Refusal>> {
        let lane = self.lane.as_ref()?;
        let (answering, limit) = match path {
            "execute/async" => (Answering::Calling, SCRIPT_LIMIT),
            _ => (Answering::Returning, self.patience()),
        };
        let (before, limit) = (self.told.mark(), limit.mul_f64(self.session.allowance()));
        let answer = self.session.through(lane.run(body, answering, limit)).await;
        if answer.is_none() {
            self.lane = None;
        }
        if let Some(Err(Refusal::Timeout(_))) = answer {
            self.drain_events();
            if self.told.has_dialog_since(before) {
                // It was kept waiting by what somebody has to answer.
                return Some(Err(Refusal::Alert("a dialog was open".to_owned())));
            }
        }
        answer
    }

    /// How long the page may keep us waiting. chromedriver keeps no limit of its own while a
    /// script of the page runs, and waits for pending navigations first: only our clock tells a
    /// page that hangs.
    pub(super) fn patience(&self) -> Duration {
        self.options.hang_limit.max(self.options.load_limit) + SCRIPT_LIMIT
    }

    /// Answers an open dialog where the BiDi socket has not done it.
    pub(super) async fn answer_dialog(&mut self) {
        // The socket's task answers at the moment at which the dialog opens; that it has done so
        // only has to be waited for.
        let until = Instant::now() + DIALOG_LIMIT;
        let text = loop {
            if self.session.socket.is_some() {
                self.catch_up().await;
            }
            let text = self.classic_dialog("alert/text", Method::GET, None).await;
            let Ok(text) = text else { return };
            if self.session.socket.is_none() || Instant::now() >= until {
                break text;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        let verdict = match self.answer.take() {
            Some(PromptAnswer::Dismiss) => "alert/dismiss",
            Some(PromptAnswer::Accept(Some(reply))) => {
                let body = json!({ "text": reply });
                let _ = self.classic_dialog("alert/text", Method::POST, Some(body)).await;
                "alert/accept"
            }
            Some(PromptAnswer::Accept(None)) | None => "alert/accept",
        };
        if self.classic_dialog(verdict, Method::POST, Some(json!({}))).await.is_ok() {
            let message = text.as_str().unwrap_or_default().to_owned();
            self.told.push(Signal::Dialog { kind: "dialog".to_owned(), message });
        }
    }

    async fn classic_dialog(
        &mut self,
        path: &str,
        method: Method,
        body: Option<Value>,
    ) -> Result<Value, Refusal> {
        self.session.try_command(method, path, body, COMMAND_LIMIT).await
    }

    /// Puts the library into a document that has none.
    pub(super) async fn install(&mut self) -> Result<(), BrowserError> {
        let body = json!({ "script": script::install(), "args": [] });
        match self.script_command("execute/sync", body).await {
            Ok(_) | Err(Refusal::Unloaded | Refusal::Timeout(_)) => Ok(()),
            Err(refusal) => Err(refusal.into_error("look at the page")),
        }
    }

    /// Takes over what the socket has received so far.
    pub(super) fn drain_events(&mut self) {
        if let Some(socket) = &mut self.session.socket {
            while let Ok(event) = socket.events.try_recv() {
                self.told.take(&event);
            }
        }
        if let Ok(fence) = &mut self.session.fence {
            while let Ok(event) = fence.turned_back.try_recv() {
                self.told.take(&event);
            }
        }
    }

    /// Waits until everything that the browser has told is here: answers and events share one
    /// line, so an answer comes after all events before it. The question has to be one that the
    /// browser's end of the line answers; chromedriver answers `session.status` by itself.
    pub(super) async fn catch_up(&mut self) {
        if let Some(socket) = &self.session.socket {
            // A lost socket shows where the page is looked at.
            let (asked, tree) = (Instant::now(), json!({ "root": self.tab, "maxDepth": 0 }));
            let _ = socket.call("browsingContext.getTree", tree).await;
            self.session.spent.browser += micros(asked.elapsed());
        }
        self.drain_events();
    }

    /// Where nobody tells what happens any more, nothing is seen either: a walk that its driver
    /// has left has not passed.
    pub(super) fn still_told(&mut self) -> Result<(), BrowserError> {
        match self.session.socket.as_ref().and_then(Socket::closed) {
            Some(why) => Err(self.session.lose(why)),
            None => Ok(()),
        }
    }

    /// Everything that the browser told since the last call, in its order.
    pub fn signals(&mut self) -> Vec<Observed> {
        self.drain_events();
        self.told.drain()
    }

    /// How much longer everything takes than on a calm machine, 1.0 to 8.0.
    #[must_use]
    pub fn stretch(&self) -> f64 {
        self.session.stretch()
    }

    /// A deadline, stretched as far as the machine is busy.
    #[must_use]
    pub fn stretched(&self, limit: Duration) -> Duration {
        limit.mul_f64(self.stretch())
    }

    /// Lets time pass, as a person does.
    pub async fn pause(&mut self, pause: Duration) {
        let began = Instant::now();
        tokio::time::sleep(pause).await;
        self.session.spent.pace += micros(began.elapsed());
    }

    /// Where the time went since the page was asked for.
    #[must_use]
    pub fn spent(&self) -> Spent {
        Spent { all: micros(self.opened.elapsed()), ..self.session.spent }
    }

    /// Books what the browser was asked since an earlier reading as evidence.
    pub fn spent_on_evidence(&mut self, since: Spent) {
        let spent = &mut self.session.spent;
        spent.evidence += spent.browser.saturating_sub(since.browser);
        spent.browser = since.browser.min(spent.browser);
    }

    /// Milliseconds since the page was opened: the clock of its signals.
    #[must_use]
    pub fn age(&self) -> u64 {
        self.told.age()
    }

    /// The requests that have not ended, oldest first.
    pub fn in_flight(&mut self) -> Vec<InFlight> {
        self.drain_events();
        self.told.in_flight()
    }

    /// What cannot be had here, in words.
    #[must_use]
    pub fn lost(&self) -> &[String] {
        self.session.lost()
    }

    /// A picture of the viewport, as PNG.
    ///
    /// # Errors
    /// The page crashed or the session is lost.
    pub async fn screenshot(&mut self) -> Result<Vec<u8>, BrowserError> {
        use base64::Engine as _;
        let doing = "take a picture";
        let until = Instant::now() + Duration::from_secs(10);
        let value = loop {
            let answer =
                self.session.try_command(Method::GET, "screenshot", None, COMMAND_LIMIT).await;
            match answer {
                Err(Refusal::Alert(_)) if Instant::now() < until => self.answer_dialog().await,
                other => break other.map_err(|refusal| refusal.into_error(doing))?,
            }
        };
        let text = value.as_str().unwrap_or_default();
        base64::engine::general_purpose::STANDARD
            .decode(text)
            .map_err(|why| BrowserError::Refused { doing: doing.to_owned(), why: why.to_string() })
    }

    /// The page as it stands, without its HTML.
    ///
    /// # Errors
    /// The page hangs or crashed, or the session is lost.
    pub async fn ending(&mut self) -> Result<Snapshot, BrowserError> {
        self.read("ending").await
    }

    /// The page as it stands: URL, title, HTML, visible text and what its fields hold.
    ///
    /// # Errors
    /// The page hangs or crashed, or the session is lost.
    pub async fn snapshot(&mut self) -> Result<Snapshot, BrowserError> {
        self.read("snapshot").await
    }

    async fn read(&mut self, what: &str) -> Result<Snapshot, BrowserError> {
        let value = self.act(what, json!({}), "read the page").await?;
        serde_json::from_value(value).map_err(|why| BrowserError::Refused {
            doing: "read the page".to_owned(),
            why: why.to_string(),
        })
    }

    /// Removes the page with all its tabs, cookies and storage.
    ///
    /// # Errors
    /// The session is lost.
    pub async fn close(self) -> Result<(), BrowserError> {
        self.session.remove_left_over().await;
        self.session.is_driven().await
    }
}
