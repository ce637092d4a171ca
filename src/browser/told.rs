//! From BiDi events to the signals of one page: which belong to it, what they mean, and which
//! requests have not ended. It reads no socket and judges nothing.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use indexmap::IndexMap;
use serde_json::Value;

use super::bidi::{Arrived, DROPPED};
use super::bodies;
use super::fence::TURNED_BACK;
use super::script::CHANNEL;
use crate::record::{ConsoleLevel, Observed, RequestKind, Shape, Signal, Submission};

/// A request that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InFlight {
    /// `GET`, `POST` …
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// What asked for it.
    pub kind: RequestKind,
    /// How long ago it began.
    pub age: Duration,
}

impl InFlight {
    /// Whether a tab or frame waits for it.
    pub(super) fn is_document(&self) -> bool {
        self.kind == RequestKind::Document
    }
}

/// A moment in what a page told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark(usize);

#[derive(Debug)]
struct Pending {
    method: String,
    url: String,
    kind: RequestKind,
    since: Instant,
}

/// What a page told so far.
#[derive(Debug)]
pub(super) struct Told {
    opened: Instant,
    /// The isolated user context; `None`: every event is the page's.
    user_context: Option<String>,
    contexts: HashSet<String>,
    /// The page's tabs, in order of opening.
    pub tabs: Vec<String>,
    in_flight: IndexMap<String, Pending>,
    signals: Vec<Observed>,
    /// The shapes of what scripts sent, by request.
    pub sent: HashMap<String, Shape>,
    /// Since when a tab is on its way to another document, by its context.
    leaving: IndexMap<String, Instant>,
    /// When a tab last asked for a document, by its context.
    requested: IndexMap<String, Instant>,
    /// Messages of rejections of which the browser's own report has not come yet.
    rejections: Vec<(String, String)>,
}

impl Told {
    pub(super) fn new(user_context: Option<String>) -> Self {
        Self {
            opened: Instant::now(),
            user_context,
            contexts: HashSet::new(),
            tabs: Vec::new(),
            in_flight: IndexMap::new(),
            signals: Vec::new(),
            sent: HashMap::new(),
            leaving: IndexMap::new(),
            requested: IndexMap::new(),
            rejections: Vec::new(),
        }
    }

    /// Adds the page's first tab, which no event announces to us in time.
    pub(super) fn add_tab(&mut self, context: &str) {
        self.contexts.insert(context.to_owned());
        if !self.tabs.iter().any(|tab| tab == context) {
            self.tabs.push(context.to_owned());
        }
    }

    /// Milliseconds since the page was opened.
    pub(super) fn age(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The signals since the last call, in their order.
    pub(super) fn drain(&mut self) -> Vec<Observed> {
        std::mem::take(&mut self.signals)
    }

    /// The browser's words for the last request that failed.
    pub(super) fn last_failure(&self) -> Option<&str> {
        self.signals.iter().rev().find_map(|observed| match &observed.signal {
            Signal::RequestFailed { error, .. } => Some(error.as_str()),
            _ => None,
        })
    }

    /// Now; good until the next [`Told::drain`].
    pub(super) const fn mark(&self) -> Mark {
        Mark(self.signals.len())
    }

    /// Whether a document has come since then, and nothing has failed to come.
    pub(super) fn has_document_since(&self, mark: Mark) -> bool {
        let since = || self.signals.iter().skip(mark.0).map(|observed| &observed.signal);
        let documents: Vec<&str> = since()
            .filter_map(|signal| match signal {
                Signal::RequestStarted { id, kind: RequestKind::Document, .. } => Some(id.as_str()),
                _ => None,
            })
            .collect();
        let came = |signal: &Signal| matches!(signal, Signal::RequestFinished { id, .. } if documents.contains(&id.as_str()));
        since().any(came) && !since().any(|s| matches!(s, Signal::RequestFailed { .. }))
    }

    /// Whether somebody has asked for a name and a password since then.
    pub(super) fn has_been_locked_out_since(&self, mark: Mark) -> bool {
        self.signals.iter().skip(mark.0).any(|observed| {
            matches!(observed.signal, Signal::RequestFinished { status: 401 | 407, .. })
        })
    }

    /// Whether a dialog was opened since then.
    pub(super) fn has_dialog_since(&self, mark: Mark) -> bool {
        self.signals.iter().skip(mark.0).any(|o| matches!(o.signal, Signal::Dialog { .. }))
    }

    /// The requests that have not ended, oldest first.
    pub(super) fn in_flight(&self) -> Vec<InFlight> {
        self.in_flight
            .values()
            .map(|p| InFlight {
                method: p.method.clone(),
                url: p.url.clone(),
                kind: p.kind,
                age: p.since.elapsed(),
            })
            .collect()
    }

    /// For how long the tab has been on its way to another document, if it is.
    pub(super) fn leaving(&self, tab: &str) -> Option<Duration> {
        self.leaving.get(tab).map(Instant::elapsed)
    }

    /// The tab is there, as somebody knows who has waited for it.
    pub(super) fn arrived(&mut self, tab: &str) {
        self.leaving.shift_remove(tab);
    }

    /// Nothing more is told of a page that comes back from the browser's memory: a tab that has
    /// asked for no document since it began to leave is there.
    pub(super) fn settle_leaving(&mut self, tab: &str) {
        if !self.awaits_document(tab) {
            self.leaving.shift_remove(tab);
        }
    }

    /// Adds a signal that came now.
    pub(super) fn push(&mut self, signal: Signal) {
        self.push_at(Instant::now(), signal);
    }

    fn push_at(&mut self, at: Instant, signal: Signal) {
        let at = at.saturating_duration_since(self.opened).as_millis();
        self.signals.push(Observed { at: u64::try_from(at).unwrap_or(u64::MAX), signal });
    }

    /// What the page's library buffered where there is no channel.
    pub(super) fn take_problem(&mut self, problem: &Value) {
        let message = text(&problem["message"]);
        let stack = text(&problem["stack"]);
        self.push(match problem["kind"].as_str() {
            Some("exception") => Signal::Exception { message, stack },
            Some("rejection") => Signal::Rejection { message, stack },
            Some("submit") => submitted(problem),
            Some(level) => {
                Signal::Console { level: console_level(level), text: message, source: None }
            }
            None => return,
        });
    }

    /// Takes one event; those of other pages change nothing.
    pub(super) fn take(&mut self, event: &Arrived) {
        let (at, params) = (event.at, &event.params);
        match event.method.as_str() {
            DROPPED => {
                let what = format!("{params} events: the page made more than could be read");
                self.push_at(at, Signal::Lost { what });
            }
            TURNED_BACK => self.turned_back(at, params),
            "browsingContext.contextCreated" => self.context_created(at, params),
            "log.entryAdded" if self.is_ours(&params["source"]["context"]) => self.log(at, params),
            "script.message"
                if params["channel"] == CHANNEL && self.is_ours(&params["source"]["context"]) =>
            {
                self.message(at, params);
            }
            method if self.is_ours(&params["context"]) => self.in_page(at, method, params),
            _ => {}
        }
    }

    /// A session has one page at a time, so what its fence turned back is the page's.
    fn turned_back(&mut self, at: Instant, params: &Value) {
        let Ok(breach) = serde_json::from_value(params["breach"].clone()) else { return };
        let kind = match params["resource"].as_str() {
            Some("Document") if params["page"] == true => RequestKind::Document,
            Some("XHR" | "Fetch") => RequestKind::Fetch,
            Some("Script") => RequestKind::Script,
            Some("Stylesheet") => RequestKind::Style,
            Some("Image") => RequestKind::Image,
            _ => RequestKind::Other,
        };
        let (method, url) = (text(&params["method"]), text(&params["url"]));
        self.push_at(at, Signal::TurnedBack { method, url, kind, breach });
    }

    fn is_ours(&self, context: &Value) -> bool {
        context.as_str().is_some_and(|c| self.contexts.contains(c))
    }

    fn context_created(&mut self, at: Instant, params: &Value) {
        let Some(context) = params["context"].as_str() else { return };
        let ours = match &self.user_context {
            Some(user_context) => params["userContext"] == user_context.as_str(),
            None => self.is_ours(&params["parent"]) || self.is_ours(&params["originalOpener"]),
        };
        if !ours || !self.contexts.insert(context.to_owned()) {
            return;
        }
        if params["parent"].is_null() {
            self.tabs.push(context.to_owned());
            if !params["originalOpener"].is_null() {
                self.push_at(at, Signal::TabOpened { url: text(&params["url"]) });
            }
        }
    }

    fn in_page(&mut self, at: Instant, method: &str, params: &Value) {
        self.follow(at, method, params);
        match method {
            "browsingContext.contextDestroyed" => {
                let context = text(&params["context"]);
                self.contexts.remove(&context);
                self.tabs.retain(|tab| *tab != context);
            }
            "network.beforeRequestSent" => self.request_started(at, params),
            "network.responseCompleted" => self.request_finished(at, params),
            bodies::SENT => {
                if let Ok(shape) = serde_json::from_value(params["shape"].clone()) {
                    self.sent.insert(text(&params["request"]), shape);
                }
            }
            "network.fetchError" => {
                let id = text(&params["request"]["request"]);
                self.in_flight.shift_remove(&id);
                self.push_at(at, Signal::RequestFailed { id, error: text(&params["errorText"]) });
            }
            // Frames navigate too; only the tab's own document is where the user is.
            "browsingContext.navigationCommitted" if self.is_tab(params) => {
                self.push_at(at, Signal::Navigated { url: text(&params["url"]), document: true });
            }
            "browsingContext.historyUpdated" | "browsingContext.fragmentNavigated"
                if self.is_tab(params) =>
            {
                self.push_at(at, Signal::Navigated { url: text(&params["url"]), document: false });
            }
            "browsingContext.userPromptOpened" => {
                let (kind, message) = (text(&params["type"]), text(&params["message"]));
                self.push_at(at, Signal::Dialog { kind, message });
            }
            "browsingContext.downloadWillBegin" => {
                self.push_at(at, Signal::Download { url: text(&params["url"]) });
            }
            _ => {}
        }
    }

    /// Notes where a tab begins to leave its document and where it has, or has not, left it.
    fn follow(&mut self, at: Instant, method: &str, params: &Value) {
        if !self.is_tab(params) {
            return;
        }
        let tab = text(&params["context"]);
        match method {
            "network.beforeRequestSent" if !params["navigation"].is_null() => {
                self.leaving.entry(tab.clone()).or_insert(at);
                self.requested.insert(tab, at);
            }
            "browsingContext.navigationStarted" => {
                self.leaving.insert(tab, at);
            }
            "browsingContext.domContentLoaded"
            | "browsingContext.navigationFailed"
            | "browsingContext.navigationAborted"
            | "browsingContext.fragmentNavigated"
            | "browsingContext.downloadWillBegin"
            | "browsingContext.contextDestroyed" => {
                self.leaving.shift_remove(&tab);
            }
            "network.fetchError" if !params["navigation"].is_null() => {
                self.leaving.shift_remove(&tab);
            }
            // A page that comes back from the browser's memory is not read again.
            "browsingContext.navigationCommitted" if !self.awaits_document(&tab) => {
                self.leaving.shift_remove(&tab);
            }
            // An answer without a document.
            "network.responseCompleted"
                if !params["navigation"].is_null()
                    && matches!(params["response"]["status"].as_u64(), Some(204 | 205)) =>
            {
                self.leaving.shift_remove(&tab);
            }
            _ => {}
        }
    }

    /// Whether a document was asked for since the tab began to leave.
    fn awaits_document(&self, tab: &str) -> bool {
        self.leaving.get(tab).is_some_and(|since| {
            self.requested.get(tab).is_some_and(|requested| requested >= since)
        })
    }

    fn is_tab(&self, params: &Value) -> bool {
        params["context"].as_str().is_some_and(|c| self.tabs.iter().any(|tab| tab == c))
    }

    fn request_started(&mut self, at: Instant, params: &Value) {
        let request = &params["request"];
        let (id, method, url) =
            (text(&request["request"]), text(&request["method"]), text(&request["url"]));
        let kind = request_kind(params);
        self.in_flight.insert(
            id.clone(),
            Pending { method: method.clone(), url: url.clone(), kind, since: at },
        );
        let signal = Signal::RequestStarted {
            id,
            method,
            url,
            kind,
            body_size: request["bodySize"].as_u64(),
            headers: headers(&request["headers"]),
        };
        self.push_at(at, signal);
    }

    fn request_finished(&mut self, at: Instant, params: &Value) {
        let response = &params["response"];
        let id = text(&params["request"]["request"]);
        self.in_flight.shift_remove(&id);
        let signal = Signal::RequestFinished {
            id,
            status: response["status"].as_u64().and_then(|s| u16::try_from(s).ok()).unwrap_or(0),
            mime: text(&response["mimeType"]),
            body_size: response["content"]["size"].as_u64().or(response["bodySize"].as_u64()),
            headers: headers(&response["headers"]),
        };
        self.push_at(at, signal);
    }

    /// Uncaught exceptions and unhandled rejections come alike, as `type: javascript`; the page's
    /// library says which messages are rejections, before or after.
    fn log(&mut self, at: Instant, params: &Value) {
        let said = text(&params["text"]);
        if params["type"] != "javascript" {
            let level = match params["method"].as_str() {
                Some(method) => console_level(method),
                None => console_level(params["level"].as_str().unwrap_or_default()),
            };
            let frame = &params["stackTrace"]["callFrames"][0];
            let source = frame["url"].as_str().filter(|url| !url.is_empty()).map(str::to_owned);
            self.push_at(at, Signal::Console { level, text: said, source });
            return;
        }
        if let Some(i) = self.rejections.iter().position(|(m, _)| same_message(&said, m)) {
            let (message, stack) = self.rejections.remove(i);
            self.push_at(at, Signal::Rejection { message, stack });
            return;
        }
        let stack = stack(&params["stackTrace"]);
        self.push_at(at, Signal::Exception { message: said, stack });
    }

    fn message(&mut self, at: Instant, params: &Value) {
        let Some(told) = params["data"]["value"].as_str() else { return };
        let Ok(told) = serde_json::from_str::<Value>(told) else { return };
        if told["kind"] == "submit" {
            self.push_at(at, submitted(&told));
        }
        if told["kind"] != "rejection" {
            return;
        }
        let (message, stack) = (text(&told["message"]), text(&told["stack"]));
        let reported = self.signals.iter_mut().find(|observed| {
            matches!(&observed.signal, Signal::Exception { message: m, .. } if same_message(m, &message))
        });
        match reported {
            Some(observed) => observed.signal = Signal::Rejection { message, stack },
            None => self.rejections.push((message, stack)),
        }
    }
}

/// The browser and the library print the same reason a little differently.
fn same_message(browser: &str, library: &str) -> bool {
    let plain = |text: &str| -> String {
        let text = ["Uncaught (in promise) ", "uncaught exception: "]
            .iter()
            .find_map(|before| text.strip_prefix(before))
            .unwrap_or(text);
        text.chars().filter(|c| !c.is_whitespace() && *c != '"').collect()
    };
    let (browser, library) = (plain(browser), plain(library));
    browser == library || library.strip_prefix("Error:").is_some_and(|l| l == browser)
}

fn submitted(told: &Value) -> Signal {
    let how = match told["how"].as_str() {
        Some("untyped") => Submission::Untyped,
        Some("script") => Submission::Script,
        _ => Submission::Control,
    };
    Signal::Submitted { form: text(&told["form"]), by: text(&told["by"]), how }
}

fn request_kind(params: &Value) -> RequestKind {
    let destination = params["request"]["destination"].as_str().unwrap_or_default();
    let initiator = params["request"]["initiatorType"].as_str().unwrap_or_default();
    match (destination, initiator) {
        ("document" | "iframe" | "frame", _) => RequestKind::Document,
        ("script" | "worker" | "sharedworker" | "serviceworker", _) => RequestKind::Script,
        ("style", _) => RequestKind::Style,
        ("image", _) => RequestKind::Image,
        (_, "fetch" | "xmlhttprequest") => RequestKind::Fetch,
        _ if !params["navigation"].is_null() => RequestKind::Document,
        _ => RequestKind::Other,
    }
}

fn console_level(word: &str) -> ConsoleLevel {
    match word {
        "error" | "assert" => ConsoleLevel::Error,
        "warn" | "warning" => ConsoleLevel::Warn,
        _ => ConsoleLevel::Info,
    }
}

/// Chromium lists some headers twice, as wanted and as sent: the same line is kept once.
fn headers(list: &Value) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for header in list.as_array().into_iter().flatten() {
        let header = (text(&header["name"]), text(&header["value"]["value"]));
        if !headers.contains(&header) {
            headers.push(header);
        }
    }
    headers
}

/// One frame a line, as the browsers' own stacks look.
fn stack(trace: &Value) -> String {
    let frames = trace["callFrames"].as_array().into_iter().flatten();
    let lines: Vec<String> = frames
        .map(|frame| {
            let name = frame["functionName"].as_str().filter(|n| !n.is_empty());
            format!(
                "    at {} ({}:{}:{})",
                name.unwrap_or("<anonymous>"),
                frame["url"].as_str().unwrap_or_default(),
                frame["lineNumber"].as_u64().unwrap_or(0) + 1,
                frame["columnNumber"].as_u64().unwrap_or(0) + 1,
            )
        })
        .collect();
    lines.join("\n")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
