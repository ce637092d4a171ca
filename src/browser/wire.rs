//! Classic WebDriver commands: one at a time, each with a deadline of our own. It knows HTTP
//! paths and the driver's words, and nothing of pages.

use std::time::Duration;

use fantoccini::Client;
use fantoccini::error::{CmdError, ErrorStatus};
use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::Value;
use url::{ParseError, Url};

use super::BrowserError;
use super::session::SCRIPT_LIMIT;

/// A command by its path below the session.
#[derive(Debug)]
struct Raw {
    method: Method,
    path: String,
    body: Option<Value>,
}

impl WebDriverCompatibleCommand for Raw {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (self.method.clone(), self.body.as_ref().map(Value::to_string))
    }
}

/// Why a command was not carried out, as far as anybody reacts to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A dialog of the page is open.
    Alert(String),
    /// There was a dialog whenever one had been answered, for so long.
    Nagged(Duration),
    /// The tab is gone.
    NoTab,
    /// The document was replaced while a script was waiting in it, or has not begun yet.
    Unloaded,
    /// A script, or the loading of a page, did not end in time.
    Timeout(String),
    /// A script is wrong or threw.
    Script(String),
    /// An element is gone.
    Stale,
    /// The page crashed.
    Crashed,
    /// The session, driver or connection is gone.
    Lost(String),
    /// No answer within our own deadline; the command may still be running.
    Silent(Duration),
    /// Anything else, in the driver's words.
    Other(String),
}

impl Refusal {
    /// The error that this is when nobody can do anything about it.
    pub(super) fn into_error(self, doing: &str) -> BrowserError {
        match self {
            Self::Nagged(after) => BrowserError::Nagged { doing: doing.to_owned(), after },
            Self::NoTab => BrowserError::TabClosed,
            Self::Crashed => BrowserError::Crashed,
            Self::Stale => BrowserError::Gone,
            Self::Lost(why) => BrowserError::SessionLost(why),
            Self::Silent(after) => BrowserError::Hung { doing: doing.to_owned(), after },
            Self::Unloaded => BrowserError::Gone,
            // The driver's own limits are there for pages that keep it waiting.
            Self::Timeout(_) => BrowserError::Hung { doing: doing.to_owned(), after: SCRIPT_LIMIT },
            Self::Alert(why) | Self::Script(why) | Self::Other(why) => {
                BrowserError::Refused { doing: doing.to_owned(), why }
            }
        }
    }
}

/// Sends one command and waits for its answer, at most `limit`.
pub(super) async fn send(
    client: &Client,
    method: Method,
    path: &str,
    body: Option<Value>,
    limit: Duration,
) -> Result<Value, Refusal> {
    let command = Raw { method, path: path.to_owned(), body };
    match tokio::time::timeout(limit, client.issue_cmd(command)).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(refusal(&error)),
        Err(_) => Err(Refusal::Silent(limit)),
    }
}

fn refusal(error: &CmdError) -> Refusal {
    let CmdError::Standard(told) = error else {
        return match error {
            // `tab crashed` is no word of the standard's, though the driver uses it as one.
            CmdError::NotW3C(value) if is_crash(&value.to_string()) => Refusal::Crashed,
            CmdError::NotW3C(value) => Refusal::Other(value.to_string()),
            other => Refusal::Lost(other.to_string()),
        };
    };
    let words = first_line(&told.message);
    if is_crash(&words) {
        return Refusal::Crashed;
    }
    // chromedriver wanted to answer a question that was answered a moment before, and says below the
    // first line why it cannot go on.
    if told.message.contains("No dialog is showing") {
        return Refusal::Alert(words);
    }
    match told.error {
        ErrorStatus::UnexpectedAlertOpen => Refusal::Alert(words),
        // With BiDi, chromedriver knows no name for a question about leaving the page that is open.
        _ if words.contains("Unexpected dialog type") => Refusal::Alert(words),
        ErrorStatus::NoSuchWindow | ErrorStatus::NoSuchFrame => Refusal::NoTab,
        ErrorStatus::InvalidSessionId => Refusal::Lost(words),
        ErrorStatus::StaleElementReference
        | ErrorStatus::NoSuchElement
        | ErrorStatus::DetachedShadowRoot => Refusal::Stale,
        _ if is_unloading(&words) => Refusal::Unloaded,
        ErrorStatus::ScriptTimeout | ErrorStatus::Timeout => Refusal::Timeout(words),
        ErrorStatus::JavascriptError => Refusal::Script(words),
        _ if words.contains("disconnected") || words.contains("not reachable") => {
            Refusal::Lost(words)
        }
        _ => Refusal::Other(words),
    }
}

/// Why the browser itself did not carry out a script, in its words.
pub(super) fn refused_by_browser(words: &str) -> Refusal {
    if is_crash(words) {
        Refusal::Crashed
    } else if is_unloading(words) {
        Refusal::Unloaded
    } else {
        Refusal::Other(words.to_owned())
    }
}

/// The words for a document that goes away under a script differ with the moment:
/// <https://source.chromium.org/chromium/chromium/src/+/main:chrome/test/chromedriver>.
fn is_unloading(words: &str) -> bool {
    [
        "document unloaded",
        "Document was unloaded",
        "aborted by navigation",
        "execution context",
        "Execution context",
        "Cannot find context",
        "Cannot find default execution context",
        "Promise was collected",
        "frame was detached",
        "Inspected target navigated or closed",
    ]
    .iter()
    .any(|sign| words.contains(sign))
}

fn is_crash(words: &str) -> bool {
    ["tab crashed", "page crash", "target crashed", "Target crashed"]
        .iter()
        .any(|sign| words.contains(sign))
}

/// Why no document came, in the words of a navigation that was refused: Chromium says
/// `net::ERR_CONNECTION_REFUSED`, Firefox shows `about:neterror?e=connectionFailure&u=…`.
pub(super) fn unreachable(why: &str) -> Option<&str> {
    if let Some(at) = why.find("net::ERR_") {
        return Some(&why[at..]);
    }
    let (_, rest) = why.split_once("about:neterror?e=")?;
    rest.split('&').next()
}

/// Drivers add their build and a stack below the first line.
pub(super) fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use fantoccini::error::WebDriver;

    use super::*;

    #[test]
    fn a_question_about_leaving_is_a_dialog_by_whatever_name() {
        let told = |status, words: &str| {
            refusal(&CmdError::Standard(WebDriver::new(status, words.to_owned())))
        };
        let named = told(ErrorStatus::UnexpectedAlertOpen, "unexpected alert open");
        assert!(matches!(named, Refusal::Alert(_)));
        let unnamed = "invalid argument: Unexpected dialog type beforeunload";
        assert!(matches!(told(ErrorStatus::InvalidArgument, unnamed), Refusal::Alert(_)));
        let answered = "unknown error: cannot determine loading status\nfrom invalid argument: No \
                        dialog is showing";
        assert!(matches!(told(ErrorStatus::UnknownError, answered), Refusal::Alert(_)));
        assert!(matches!(told(ErrorStatus::InvalidArgument, "no size"), Refusal::Other(_)));
    }

    #[test]
    fn what_cannot_be_reached_is_said_in_the_browsers_word() {
        let chromium = "unknown error: net::ERR_CONNECTION_REFUSED";
        let firefox = "Reached error page: about:neterror?e=connectionFailure&u=http%3A//x/";
        assert_eq!(unreachable(chromium), Some("net::ERR_CONNECTION_REFUSED"));
        assert_eq!(unreachable(firefox), Some("connectionFailure"));
        assert_eq!(unreachable("no such element"), None);
    }
}
