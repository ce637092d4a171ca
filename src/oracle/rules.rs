//! The journey's own rules: `always` and `eventually`. The browser evaluates them; what it
//! means that one does not hold is said here.

use super::{Moment, Readings};
use crate::journey::{Rule, RuleTest};
use crate::record::{Oracle, Severity, Violation};

/// Whether a rule is tested after a step of this kind.
#[must_use]
pub fn applies(rule: &Rule, verb: &str) -> bool {
    rule.after.is_empty() || rule.after.iter().any(|kind| kind == verb)
}

/// A rule that does not hold, with the readings on both sides of the step.
#[must_use]
pub fn broken(
    rule: &Rule,
    error: Option<&str>,
    moment: &Moment<'_>,
    was: &Readings,
    now: &Readings,
) -> Violation {
    let (oracle, how) = match rule.within {
        None => (Oracle::Always, "does not hold".to_owned()),
        Some(within) => (Oracle::Eventually, format!("has not come true within {within}")),
    };
    let mut violation = moment.violation(oracle, Severity::Fail, &rule.name);
    violation.title.clone_from(&rule.name);
    let test = match &rule.test {
        RuleTest::NoText(text) => format!("the text “{text}” is to be seen"),
        RuleTest::Text(text) => format!("the text “{text}” is not to be seen"),
        RuleTest::Js(js) => format!("`{js}` is false"),
    };
    violation.message = match error {
        Some(error) => format!("“{}” cannot be tested: {error}", rule.name),
        None => format!("“{}” {how} after: {}\n{test}", rule.name, moment.did),
    };
    if matches!(rule.test, RuleTest::Js(_)) {
        violation.was = was.clone();
        violation.now = now.clone();
    }
    violation
}
