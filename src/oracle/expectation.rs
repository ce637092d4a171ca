//! `expect`, and steps that cannot be carried out although nothing was altered.

use super::{Moment, signature};
use crate::journey::Operator;
use crate::record::{Oracle, Severity, Violation};

/// An `expect` that does not hold. `failing` has each condition with what was seen instead.
#[must_use]
pub fn fails(
    moment: &Moment<'_>,
    journey: &str,
    severity: Severity,
    failing: &[String],
) -> Violation {
    let stable = format!("{journey} {}", moment.step);
    let mut violation = moment.violation(Oracle::Expect, severity, &stable);
    let first = failing.first().map_or("what was expected", String::as_str);
    violation.title = format!("not as expected: {first}");
    violation.message = failing.join("\n");
    violation
}

/// A step that cannot be carried out.
#[must_use]
pub fn impossible(
    moment: &Moment<'_>,
    journey: &str,
    severity: Severity,
    why: &str,
    after: &[Operator],
) -> Violation {
    let stable = format!("{journey} {} {}", moment.step, signature::stable(kind(why)));
    let mut violation = moment.violation(Oracle::Step, severity, &stable);
    violation.title = format!("cannot {}: {why}", moment.did);
    let mut lines = vec![why.to_owned()];
    if !moment.url.is_empty() {
        lines.push(format!("on {}", moment.url));
    }
    if !after.is_empty() {
        let words: Vec<&str> = after.iter().map(|o| o.word()).collect();
        lines.push(format!("after {}, which should change nothing", words.join(", ")));
    }
    violation.message = lines.join("\n");
    violation
}

/// The reason up to the first thing that it names.
fn kind(why: &str) -> &str {
    why.split(['“', ':', '(']).next().unwrap_or(why)
}
