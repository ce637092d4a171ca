//! A page: an isolated set of tabs in which one walk takes place, and the ways in and out of it.
//! Looking and acting are beside it, in `look` and `act`.

use std::time::{Duration, Instant};

use http::Method;
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::bidi::PromptAnswer;
use super::session::{COMMAND_LIMIT, SCRIPT_LIMIT};
use super::told::{InFlight, Told};
use super::wire::Refusal;
use super::{BrowserError, Session, script};
use crate::record::{Observed, Signal};

/// How a page is opened.
#[derive(Debug, Clone)]
pub struct PageOptions {
    /// Where the application is; relative addresses are relative to it.
    pub base_url: String,
    /// The window's inner size in CSS pixels.
    pub viewport: (u32, u32),
    /// Headers added to every request; `X-Desirepath: walk` marks synthetic traffic.
    pub headers: Vec<(String, String)>,
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
            user_agent_suffix: Some(concat!("desirepath/", env!("CARGO_PKG_VERSION")).to_owned()),
            load_limit: Duration::from_secs(15),
            hang_limit: Duration::from_secs(10),
        }
    }
}

/// The page as it stands, whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
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
    /// What is answered to the next dialog where we have to do it ourselves.
    pub(super) answer: Option<PromptAnswer>,
}

impl<'s> Page<'s> {
    pub(super) async fn open(
        session: &'s mut Session,
        options: PageOptions,
    ) -> Result<Self, BrowserError> {
        session.remove_left_over().await;
        let user_context = session.new_user_context().await?;
        let mut told = Told::new(user_context.clone());
        let tab = session.new_tab(user_context.as_deref()).await?;
        told.add_tab(&tab);
        let mut page = Self { session, told, options, tab: tab.clone(), answer: None };
        page.enter(&tab).await?;
        page.dress(user_context.as_deref()).await?;
        Ok(page)
    }

    /// Makes the tab look as the options say.
    async fn dress(&mut self, user_context: Option<&str>) -> Result<(), BrowserError> {
        let limit = u64::try_from(self.options.load_limit.as_millis()).unwrap_or(u64::MAX);
        // The driver's own limit has to be below ours, or it would still be busy when we go on.
        let limit = limit.min(u64::try_from(COMMAND_LIMIT.as_millis()).unwrap_or(limit) - 5_000);
        let body = json!({ "pageLoad": limit });
        self.session.command("set its limits", Method::POST, "timeouts", Some(body)).await?;
        let (width, height) = self.options.viewport;
        self.set_viewport(width, height).await?;
        let Some(socket) = &self.session.socket else {
            if !self.options.headers.is_empty() {
                self.session.note_lost("headers of our own (no BiDi)");
            }
            return self.clear_origin().await;
        };
        let contexts = json!([user_context.unwrap_or("default")]);
        let mut lost = Vec::new();
        if let (Some(suffix), Some(agent)) =
            (&self.options.user_agent_suffix, &self.session.user_agent)
        {
            // Applications that turn headless browsers away would not be walked as people do.
            let agent = format!("{} {suffix}", agent.replace("HeadlessChrome/", "Chrome/"));
            let params = json!({ "userAgent": agent, "userContexts": contexts });
            if let Err(why) = socket.call("emulation.setUserAgentOverride", params).await {
                lost.push(format!("the mark in the user agent ({why})"));
            }
        }
        if !self.options.headers.is_empty() {
            let headers: Vec<Value> = self
                .options
                .headers
                .iter()
                .map(|(name, value)| {
                    json!({ "name": name, "value": { "type": "string", "value": value } })
                })
                .collect();
            let params = json!({ "headers": headers, "userContexts": contexts });
            if let Err(why) = socket.call("network.setExtraHeaders", params).await {
                lost.push(format!("headers of our own ({why})"));
            }
        }
        for what in lost {
            self.session.note_lost(&what);
        }
        Ok(())
    }

    /// Goes to an address, absolute or relative to the base URL, and waits until its document
    /// has been read (not for its pictures).
    ///
    /// # Errors
    /// The server cannot be reached or does not answer in time.
    pub async fn goto(&mut self, url: &str) -> Result<(), BrowserError> {
        let url = self.absolute(url)?;
        let answer = self.navigate("url", json!({ "url": url })).await;
        match answer {
            Err(Refusal::Timeout(_)) => {
                Err(BrowserError::Unanswered { url, after: self.options.load_limit })
            }
            Err(Refusal::Other(why)) if why.contains("net::ERR_") => {
                let at = why.find("net::ERR_").unwrap_or(0);
                Err(BrowserError::Unreachable { url, why: why[at..].to_owned() })
            }
            Err(refusal) => Err(refusal.into_error("go to an address")),
            Ok(()) => self.arrived(url).await,
        }
    }

    /// Some failures chromedriver does not report (a forbidden port, an error page after a
    /// redirect): the browser's own error page gives them away.
    async fn arrived(&mut self, url: String) -> Result<(), BrowserError> {
        let body = json!({ "script": "return location.protocol;", "args": [] });
        let protocol = match self.script_command("execute/sync", body).await {
            Ok(protocol) => protocol,
            // A script of the page is already on its way elsewhere.
            Err(Refusal::Unloaded | Refusal::Timeout(_)) => return Ok(()),
            Err(refusal) => return Err(refusal.into_error("go to an address")),
        };
        if protocol != "chrome-error:" {
            return Ok(());
        }
        let why = self.told.last_failure().unwrap_or("the browser shows its own error page");
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
        let answer = self.session.try_command(Method::POST, path, Some(body), COMMAND_LIMIT).await;
        self.drain_events();
        match answer {
            Err(Refusal::Alert(_)) => {
                self.answer_dialog().await;
                Ok(())
            }
            // Another navigation overtook this one: the page is where its scripts want it.
            Err(Refusal::Unloaded) => Ok(()),
            Err(Refusal::Other(why)) if why.contains("net::ERR_ABORTED") => Ok(()),
            other => other.map(drop),
        }
    }

    /// Makes a tab the current one.
    pub(super) async fn enter(&mut self, tab: &str) -> Result<(), BrowserError> {
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
        // A page may open dialogs in a loop; somebody has to give up.
        for _ in 0..20 {
            let answer =
                self.session.try_command(Method::POST, path, Some(body.clone()), limit).await;
            self.drain_events();
            match answer {
                Err(Refusal::Alert(_)) => self.answer_dialog().await,
                other => return other,
            }
        }
        Err(Refusal::Alert("dialogs without end".to_owned()))
    }

    /// How long the page may keep us waiting. chromedriver keeps no limit of its own while a
    /// script of the page runs, and waits for pending navigations first: only our clock tells a
    /// page that hangs.
    pub(super) fn patience(&self) -> Duration {
        self.options.hang_limit.max(self.options.load_limit) + SCRIPT_LIMIT
    }

    /// Answers an open dialog where the BiDi socket has not done it.
    pub(super) async fn answer_dialog(&mut self) {
        if self.session.socket.is_some() {
            // The socket's task answers at the moment at which the dialog opens; it only has to
            // be waited for.
            self.catch_up().await;
        }
        let text = self.classic_dialog("alert/text", Method::GET, None).await;
        let Ok(text) = text else { return };
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
    }

    /// Waits until everything that the browser has told is here: answers and events share one
    /// line, so an answer to anything comes after all events before it.
    pub(super) async fn catch_up(&mut self) {
        if let Some(socket) = &self.session.socket {
            // A lost socket shows as a lost session in the next classic command.
            let _ = socket.call("session.status", json!({})).await;
        }
        self.drain_events();
    }

    /// Everything that the browser told since the last call, in its order.
    pub fn signals(&mut self) -> Vec<Observed> {
        self.drain_events();
        self.told.drain()
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

    /// The page as it stands: URL, title, HTML, visible text and what its fields hold.
    ///
    /// # Errors
    /// The page hangs or crashed, or the session is lost.
    pub async fn snapshot(&mut self) -> Result<Snapshot, BrowserError> {
        let value = self.act("snapshot", json!({}), "read the page").await?;
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
        Ok(())
    }
}

impl Session {
    /// A context that shares no cookies or storage with any other; `None` without BiDi.
    async fn new_user_context(&mut self) -> Result<Option<String>, BrowserError> {
        let Some(socket) = &self.socket else { return Ok(None) };
        let created = socket.call("browser.createUserContext", json!({})).await;
        let created = created.map_err(BrowserError::SessionLost)?;
        let context = created["userContext"].as_str().unwrap_or_default().to_owned();
        self.left_over = Some(context.clone());
        Ok(Some(context))
    }

    /// A new tab's handle, which is its BiDi context too.
    pub(super) async fn new_tab(
        &mut self,
        user_context: Option<&str>,
    ) -> Result<String, BrowserError> {
        let doing = "open a tab";
        let (value, key) = match (&self.socket, user_context) {
            (Some(socket), Some(user_context)) => {
                let params = json!({ "type": "tab", "userContext": user_context });
                let made = socket.call("browsingContext.create", params).await;
                (made.map_err(BrowserError::SessionLost)?, "context")
            }
            _ => {
                let body = Some(json!({ "type": "tab" }));
                (self.command(doing, Method::POST, "window/new", body).await?, "handle")
            }
        };
        value[key].as_str().map(str::to_owned).ok_or_else(|| BrowserError::Refused {
            doing: doing.to_owned(),
            why: value.to_string(),
        })
    }

    /// Removes what the last page left: its tabs, and with BiDi its cookies and storage.
    async fn remove_left_over(&mut self) {
        if !self.is_usable() {
            return;
        }
        let user_context = self.left_over.take();
        if let (Some(socket), Some(context)) = (&self.socket, user_context) {
            let params = json!({ "userContext": context });
            if let Err(why) = socket.call("browser.removeUserContext", params).await {
                self.note_lost(&format!("a page that would not close ({why})"));
            }
        } else if self.socket.is_none() {
            self.close_tabs().await;
        }
        let home = json!({ "handle": self.home });
        let _ = self.try_command(Method::POST, "window", Some(home), COMMAND_LIMIT).await;
    }

    /// Closes every tab but the first; refusals mean that they are gone already.
    async fn close_tabs(&mut self) {
        let handles = self.try_command(Method::GET, "window/handles", None, COMMAND_LIMIT).await;
        let Ok(Value::Array(handles)) = handles else { return };
        for handle in handles {
            if handle == self.home {
                continue;
            }
            let body = json!({ "handle": handle });
            let _ = self.try_command(Method::POST, "window", Some(body), COMMAND_LIMIT).await;
            let _ = self.try_command(Method::DELETE, "window", None, COMMAND_LIMIT).await;
        }
    }

    pub(super) fn note_lost(&mut self, what: &str) {
        if !self.lost.iter().any(|known| known == what) {
            self.lost.push(what.to_owned());
        }
    }
}
