//! Errors on the console.

use super::{Moment, signature};
use crate::record::{ConsoleLevel, Oracle, Severity, Signal, Violation};

/// Warns. What the walker's own network cut makes the page say is not held against it.
pub(super) fn judge(signal: &Signal, moment: &Moment<'_>) -> Option<Violation> {
    let Signal::Console { level: ConsoleLevel::Error, text, source } = signal else { return None };
    // Browsers report failed requests here too; those have an oracle of their own.
    if moment.offline || text.starts_with("Failed to load resource") {
        return None;
    }
    let mut violation =
        moment.violation(Oracle::ConsoleError, Severity::Warn, &signature::stable(text));
    violation.title = format!("console error: {}", text.lines().next().unwrap_or_default());
    violation.message = match source {
        Some(source) => format!("{text}\nfrom {source}"),
        None => text.clone(),
    };
    Some(violation)
}
