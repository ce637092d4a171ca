//! Uncaught exceptions and unhandled rejections.

use super::{Moment, engine, signature};
use crate::record::{Oracle, Severity, Signal, Violation};

/// Fails on both. While the walker itself has cut the network a rejected `fetch` is a warning
/// only: an application should handle it, but few promise to.
pub(super) fn judge(signal: &Signal, moment: &Moment<'_>) -> Option<Violation> {
    let (oracle, message, stack, words) = match signal {
        Signal::Exception { message, stack } => {
            (Oracle::UncaughtException, message, stack, "uncaught exception")
        }
        Signal::Rejection { message, stack } => {
            (Oracle::UnhandledRejection, message, stack, "unhandled rejection")
        }
        _ => return None,
    };
    let severity = if moment.offline { Severity::Warn } else { Severity::Fail };
    let frame = signature::innermost_frame(stack);
    let (placed, place) = if frame.is_empty() {
        (engine::Placed::Nowhere, moment.route())
    } else {
        (engine::Placed::Known, frame)
    };
    let said = engine::agreed(message, placed).unwrap_or_else(|| signature::stable(message));
    let stable = format!("{said} @ {place}");
    let first_line = message.lines().next().unwrap_or_default();
    let mut violation = moment.violation(oracle, severity, &stable);
    violation.title = format!("{words}: {first_line}");
    violation.message = format!("{message}\non {} after: {}", moment.url, moment.did);
    violation.stack.clone_from(stack);
    Some(violation)
}
