//! What a browser tells while a page lives: console, exceptions, requests, navigations.
//! Facts only; whether they are wrong is for the oracles to say.

use serde::{Deserialize, Serialize};

use crate::bounds::Breach;

/// A signal and when it came, in milliseconds since its page was opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// Milliseconds since the page was opened.
    pub at: u64,
    /// What was observed.
    pub signal: Signal,
}

/// One thing that the browser told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "signal", rename_all = "snake_case")]
pub enum Signal {
    /// Something was written to the console.
    Console {
        /// How loud.
        level: ConsoleLevel,
        /// The text, arguments joined by spaces.
        text: String,
        /// The script's URL, where known.
        source: Option<String>,
    },
    /// An exception that nothing caught.
    Exception {
        /// The message, `TypeError: x is undefined`.
        message: String,
        /// The stack, innermost first, one frame a line; may be empty.
        stack: String,
    },
    /// A rejected promise that nothing handled.
    Rejection {
        /// The reason's message.
        message: String,
        /// The stack of the reason, where it is an error.
        stack: String,
    },
    /// A request left the page.
    RequestStarted {
        /// Unique in its session; redirects keep it.
        id: String,
        /// `GET`, `POST` …
        method: String,
        /// The whole URL.
        url: String,
        /// What asked for it.
        kind: RequestKind,
        /// The size of the request body in bytes, where known.
        body_size: Option<u64>,
        /// Request headers.
        headers: Vec<(String, String)>,
    },
    /// A response is complete.
    RequestFinished {
        /// The request's id.
        id: String,
        /// The HTTP status.
        status: u16,
        /// The media type.
        mime: String,
        /// The size of the response body in bytes, where known.
        body_size: Option<u64>,
        /// Response headers.
        headers: Vec<(String, String)>,
    },
    /// A request ended without a response.
    RequestFailed {
        /// The request's id.
        id: String,
        /// The browser's words (`net::ERR_CONNECTION_REFUSED`, `net::ERR_ABORTED`).
        error: String,
    },
    /// A request was turned back before it left the browser.
    TurnedBack {
        /// `GET`, `POST` …
        method: String,
        /// The whole URL.
        url: String,
        /// What asked for it.
        kind: RequestKind,
        /// Why.
        breach: Breach,
    },
    /// The document changed (`true`: a new document; `false`: the same one with another URL).
    Navigated {
        /// The URL now.
        url: String,
        /// Whether it is a new document.
        document: bool,
    },
    /// An `alert`, `confirm`, `prompt` or `beforeunload` was open and was answered.
    Dialog {
        /// `alert`, `confirm`, `prompt`, `beforeunload`.
        kind: String,
        /// Its text.
        message: String,
    },
    /// The page opened another tab or window.
    TabOpened {
        /// Its URL at that time.
        url: String,
    },
    /// A form is being sent.
    Submitted {
        /// The form's name, or `form`.
        form: String,
        /// The name of the button that sends it; empty where none does.
        by: String,
        /// How it came to be sent.
        how: Submission,
    },
    /// A download began.
    Download {
        /// What is downloaded.
        url: String,
    },
    /// The page crashed.
    Crashed,
    /// Some evidence did not reach us (a lagging reader, a browser without the feature).
    Lost {
        /// What is missing.
        what: String,
    },
}

/// Whether a request or navigation was given up, in the words of Chromium or Firefox: another one
/// overtook it, or the page did not want it any more.
#[must_use]
pub fn is_aborted(error: &str) -> bool {
    error.contains("net::ERR_ABORTED") || error.contains("NS_BINDING_ABORTED")
}

/// How a form came to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Submission {
    /// By a button that says it sends, by Enter, or by a control inside the form.
    Control,
    /// By pressing a button without a type, which sends only because HTML says so, although
    /// another button of the form says that it sends.
    Untyped,
    /// By a script, with the last press outside the form.
    Script,
}

/// How loud a console message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsoleLevel {
    /// `console.debug`, `console.log`, `console.info`.
    Info,
    /// `console.warn`.
    Warn,
    /// `console.error`.
    Error,
}

/// What asked for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    /// The document of a tab or frame.
    Document,
    /// `fetch` or `XMLHttpRequest`.
    Fetch,
    /// A script.
    Script,
    /// A style sheet.
    Style,
    /// An image.
    Image,
    /// Anything else.
    Other,
}
