//! Which finding is which listed regression, for the demonstration, tests and benchmarks.

use super::regressions::Regression;
use crate::record::Finding;

/// Whether a finding is what a regression looks like.
#[must_use]
pub fn is(finding: &Finding, regression: &Regression) -> bool {
    let texts = [
        finding.title.as_str(),
        finding.message.as_str(),
        finding.request.as_deref().unwrap_or_default(),
    ];
    regression.found_as.iter().any(|sign| {
        sign.oracle == finding.oracle.word()
            && texts.iter().any(|text| text.contains(&sign.mentions))
    })
}

/// The regressions that were found, those that were not, and the failing findings that are none
/// of them.
#[must_use]
pub fn tell_apart<'a>(
    findings: &'a [Finding],
    regressions: &'a [Regression],
) -> (Vec<&'a Regression>, Vec<&'a Regression>, Vec<&'a Finding>) {
    let failing = || findings.iter().filter(|f| f.is_failure());
    let (found, missed) = regressions.iter().partition(|r| failing().any(|f| is(f, r)));
    let others = failing().filter(|f| !regressions.iter().any(|r| is(f, r))).collect();
    (found, missed, others)
}
