//! Accessibility: barriers that axe-core finds on a page. Off unless the configuration says
//! otherwise, and searched for on calm walks only, because it takes a while.

use super::Moment;
use crate::record::{Barrier, Oracle, Severity, Violation};

/// The rules of WCAG 2.0 to 2.2 at the levels A and AA, by axe-core's tags.
pub const TAGS: [&str; 5] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/// Warns, once for each rule and route. The rules are axe-core's, and so are their words.
#[must_use]
pub fn judge(barriers: &[Barrier], moment: &Moment<'_>) -> Vec<Violation> {
    let judge = |barrier: &Barrier| {
        let route = moment.route();
        let stable = format!("{} {route}", barrier.rule);
        let mut violation = moment.violation(Oracle::Accessibility, Severity::Warn, &stable);
        let impact = if barrier.impact.is_empty() { "minor" } else { &barrier.impact };
        violation.title = format!("{} ({} on {route})", barrier.help, barrier.rule);
        let elements = match barrier.count {
            1 => "1 element".to_owned(),
            n => format!("{n} elements"),
        };
        let more = barrier.count.saturating_sub(barrier.targets.len());
        let more = if more > 0 { format!("\n… and {more} more") } else { String::new() };
        violation.message = format!(
            "impact: {impact}, {elements}\n{}\n{}{more}",
            barrier.url,
            barrier.targets.join("\n")
        );
        violation
    };
    barriers.iter().map(judge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::StepId;

    #[test]
    fn one_rule_on_one_route_is_one_defect() {
        let step = StepId("s".into());
        let url = "http://shop/product/17";
        let moment = Moment { step: &step, index: 0, did: "", url, offline: false };
        let barrier = Barrier {
            rule: "label".into(),
            impact: "critical".into(),
            help: "Form elements must have labels".into(),
            url: "https://dequeuniversity.com/rules/axe/4.14/label".into(),
            targets: vec!["#name".into()],
            count: 3,
        };
        let told = judge(&[barrier], &moment);
        assert_eq!(told[0].signature, "accessibility: label /product/:id");
        assert!(told[0].title.starts_with("Form elements must have labels (label"));
        assert!(told[0].message.ends_with("#name\n… and 2 more"), "{}", told[0].message);
        assert!(judge(&[], &moment).is_empty());
    }
}
