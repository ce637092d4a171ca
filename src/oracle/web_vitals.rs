//! Web Vitals over budget: a page that is slow to show, slow to answer, or does not hold still.
//! Measured by the web-vitals library; the good values at the 75th percentile are LCP 2.5 s,
//! INP 200 ms and CLS 0.1 (<https://web.dev/articles/vitals>).

use std::time::Duration;

use super::Moment;
use crate::record::{Oracle, Severity, Violation, Vitals};

/// What a page may take. Nothing is measured without one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Budget {
    /// Until the largest content is painted.
    pub lcp: Option<Duration>,
    /// From an act until the next frame.
    pub inp: Option<Duration>,
    /// How far the layout shifts, without unit.
    pub cls: Option<f64>,
}

impl Budget {
    /// Whether there is anything to measure.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.lcp.is_some() || self.inp.is_some() || self.cls.is_some()
    }
}

/// Warns, once for each route and measure. Silent on what the browser cannot measure.
pub(super) fn judge(vitals: &Vitals, budget: &Budget, moment: &Moment<'_>) -> Vec<Violation> {
    let millis = |limit: Option<Duration>| limit.map(|limit| limit.as_secs_f64() * 1e3);
    [
        ("LCP", "largest contentful paint", vitals.lcp, millis(budget.lcp), " ms"),
        ("INP", "interaction to next paint", vitals.inp, millis(budget.inp), " ms"),
        ("CLS", "cumulative layout shift", vitals.cls, budget.cls, ""),
    ]
    .into_iter()
    .filter_map(|(name, words, value, limit, unit)| {
        let (value, limit) = (value?, limit?);
        let digits = if unit.is_empty() { 3 } else { 0 };
        let route = moment.route();
        (value > limit).then(|| {
            let stable = format!("{route} {name}");
            let mut violation = moment.violation(Oracle::WebVitals, Severity::Warn, &stable);
            violation.title = format!("{name} over budget on {route}");
            violation.message = format!(
                "{words}: {value:.digits$}{unit}, and the budget is {limit:.digits$}{unit}\nafter: {}",
                moment.did
            );
            violation
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::StepId;

    #[test]
    fn only_what_is_over_its_budget() {
        let step = StepId("s".into());
        let moment = Moment { step: &step, index: 0, did: "", url: "http://shop/", offline: false };
        let vitals = Vitals { lcp: Some(3000.0), inp: Some(90.0), cls: None };
        let budget = Budget {
            lcp: Some(Duration::from_millis(2500)),
            inp: Some(Duration::from_millis(200)),
            cls: Some(0.1),
        };
        let found = judge(&vitals, &budget, &moment);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].signature, "web_vitals: / LCP");
        assert!(found[0].message.contains("3000 ms, and the budget is 2500 ms"), "{found:?}");
        assert!(judge(&vitals, &Budget::default(), &moment).is_empty());
    }
}
