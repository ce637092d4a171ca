//! What can go wrong between us and a page, said to a person, and whose fault it is.

use std::time::Duration;

/// Everything that can go wrong on this floor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BrowserError {
    /// A program is not installed.
    #[error(
        "{program} was not found (looked in {looked}); install it with \
         `{install}`, or set {variable} to its path"
    )]
    NotInstalled {
        /// The program.
        program: &'static str,
        /// Where it was looked for.
        looked: String,
        /// The environment variable that names it.
        variable: &'static str,
        /// What to type.
        install: &'static str,
    },
    /// The driver did not start.
    #[error("{program} did not start: {why}")]
    DriverFailed {
        /// The driver's path.
        program: String,
        /// Its own words, or the system's.
        why: String,
    },
    /// A window is to be seen, and there is nothing to see it on.
    #[error(
        "WebKit's window needs a display and DISPLAY is not set: leave --headed out, and it draws \
         on a virtual one (`apt-get install webkit2gtk-driver xvfb`)"
    )]
    NoScreen,
    /// Driver and browser are of different versions.
    #[error(
        "the driver supports version {driver} and the browser is version {browser}: \
         install both from the same source, for example `apt-get install chromium chromium-driver`"
    )]
    VersionMismatch {
        /// The version that the driver supports.
        driver: String,
        /// The browser's version.
        browser: String,
    },
    /// The WebDriver endpoint's address is unusable.
    #[error("“{url}” is no WebDriver address: {why}")]
    BadEndpoint {
        /// The address.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// The WebDriver endpoint does not answer.
    #[error("no WebDriver answers at {url}: {why}; is it running, and is the address right?")]
    EndpointSilent {
        /// The address.
        url: String,
        /// The system's words.
        why: String,
    },
    /// The driver refused a new session.
    #[error("the driver refused a new session: {0}")]
    SessionRefused(String),
    /// The session ended under us.
    #[error("the browser session was lost: {0}")]
    SessionLost(String),
    /// The driver answered something that it should not.
    #[error("the driver refused to {doing}: {why}")]
    Refused {
        /// What was asked for.
        doing: String,
        /// Its words.
        why: String,
    },
    /// A file of our own could not be made.
    #[error("cannot prepare the browser's files in {path}: {why}")]
    Files {
        /// Where.
        path: String,
        /// The system's words.
        why: String,
    },
    /// Requests are to be held back, and this browser cannot do it.
    #[error(
        "this browser holds no request back ({0}), so --read-only, allow_hosts and pages \
         in `never` would be a pretence: use a Chromium on this machine, or leave them out"
    )]
    Unfenced(String),
    /// The application cannot be reached.
    #[error("cannot reach {url}: {why}")]
    Unreachable {
        /// The address.
        url: String,
        /// The browser's words, such as `net::ERR_CONNECTION_REFUSED`.
        why: String,
    },
    /// The application took the request and did not answer in time.
    #[error("{url} did not answer within {} s", .after.as_secs())]
    Unanswered {
        /// The address.
        url: String,
        /// How long we waited.
        after: Duration,
    },
    /// The page's scripts let nothing else run.
    #[error("the page hangs: no answer for {} s while trying to {doing}", .after.as_secs())]
    Hung {
        /// What was tried.
        doing: String,
        /// How long we waited.
        after: Duration,
    },
    /// The page opens one dialog after the other.
    #[error(
        "the page opens dialogs without end: there was always another for {} s while trying \
         to {doing}", .after.as_secs()
    )]
    Nagged {
        /// What was tried.
        doing: String,
        /// For how long they were answered.
        after: Duration,
    },
    /// The page crashed.
    #[error("the page crashed")]
    Crashed,
    /// The tab was closed, by the page or by a step.
    #[error("the tab is closed")]
    TabClosed,
    /// There is no tab with this number.
    #[error("there is no tab {number}: {open} open")]
    NoTab {
        /// The number asked for, from 1.
        number: u32,
        /// How many there are.
        open: usize,
    },
    /// The element went away between look and act.
    #[error("the element went away before it could be used")]
    Gone,
    /// A `<select>` has no such option.
    #[error("no option “{option}”; there are: {}", .there.join(", "))]
    NoOption {
        /// The option asked for.
        option: String,
        /// The options that there are (the first dozen).
        there: Vec<String>,
    },
    /// A key or chord is not known.
    #[error("unknown key “{key}” in “{chord}”; write for example Enter, Tab, a or Control+A")]
    UnknownKey {
        /// The part that is not known.
        key: String,
        /// The whole chord.
        chord: String,
    },
    /// An expression of the user's is not JavaScript.
    #[error("`{js}` is not a JavaScript expression: {why}")]
    BadExpression {
        /// The expression.
        js: String,
        /// The browser's words.
        why: String,
    },
    /// This browser cannot do this.
    #[error("{0} is not possible with this browser")]
    Unsupported(&'static str),
}

impl BrowserError {
    /// Whether driver, browser or grid broke, so that nothing may be concluded about the
    /// application.
    #[must_use]
    pub fn is_infrastructure(&self) -> bool {
        match self {
            Self::NotInstalled { .. }
            | Self::DriverFailed { .. }
            | Self::NoScreen
            | Self::VersionMismatch { .. }
            | Self::BadEndpoint { .. }
            | Self::EndpointSilent { .. }
            | Self::SessionRefused(_)
            | Self::SessionLost(_)
            | Self::Refused { .. }
            | Self::Files { .. }
            | Self::Unfenced(_)
            | Self::Unsupported(_) => true,
            Self::Unreachable { .. }
            | Self::Unanswered { .. }
            | Self::Hung { .. }
            | Self::Nagged { .. }
            | Self::Crashed
            | Self::TabClosed
            | Self::NoTab { .. }
            | Self::Gone
            | Self::NoOption { .. }
            | Self::UnknownKey { .. }
            | Self::BadExpression { .. } => false,
        }
    }
}
