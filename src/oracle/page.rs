//! The page as a whole: crashed, hanging, blank.

use super::Moment;
use crate::record::{Oracle, Severity, Signal, Violation};

/// The page crashed.
pub(super) fn crashed(signal: &Signal, moment: &Moment<'_>) -> Option<Violation> {
    matches!(signal, Signal::Crashed)
        .then(|| whole(Oracle::Crash, moment, "the page crashed", "the browser gave the page up"))
}

/// The page does not answer any more.
#[must_use]
pub fn hangs(moment: &Moment<'_>, told: &str) -> Violation {
    whole(Oracle::Hang, moment, "the page does not answer", told)
}

/// The page has loaded and shows nothing at all.
#[must_use]
pub fn blank(moment: &Moment<'_>) -> Option<Violation> {
    let ours = moment.offline || moment.url.starts_with("about:") || moment.url.is_empty();
    (!ours).then(|| {
        let seen = "it has loaded, and there is no text, picture or control to be seen";
        whole(Oracle::BlankPage, moment, "the page is blank", seen)
    })
}

fn whole(oracle: Oracle, moment: &Moment<'_>, title: &str, seen: &str) -> Violation {
    let route = moment.route();
    let mut violation = moment.violation(oracle, Severity::Fail, &route);
    violation.title = format!("{title}: {route}");
    violation.message = format!("{}: {seen}\nafter: {}", moment.url, moment.did);
    violation
}
