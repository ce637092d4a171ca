//! Horizontal overflow: the page is wider than the window, so that people must scroll sideways to
//! read (WCAG 2.2, success criterion 1.4.10, Reflow).

use super::Moment;
use crate::record::{Oracle, Overflow, Severity, Violation};

/// Warns, once for each route. The page says nothing where it hides what hangs over.
pub(super) fn judge(overflow: &Overflow, moment: &Moment<'_>) -> Option<Violation> {
    if moment.url.starts_with("about:") {
        return None;
    }
    let route = moment.route();
    let mut violation = moment.violation(Oracle::HorizontalOverflow, Severity::Warn, &route);
    violation.title = format!("{route} is wider than the window");
    let what = if overflow.what.is_empty() {
        String::new()
    } else {
        format!("; {} reaches farthest", overflow.what)
    };
    violation.message = format!("by {:.0} pixels{what}\nafter: {}", overflow.by, moment.did);
    Some(violation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::StepId;

    #[test]
    fn a_route_is_one_defect_however_far_it_hangs_over() {
        let step = StepId("s".into());
        let url = "http://shop/order/17";
        let moment = Moment { step: &step, index: 0, did: "", url, offline: false };
        let by = |by| Overflow { by, what: "<pre>".into() };
        let (a, b) = (judge(&by(80.0), &moment), judge(&by(90.0), &moment));
        assert_eq!(a.expect("one").signature, b.expect("one").signature);
        let nowhere = Moment { url: "about:blank", ..moment };
        assert_eq!(judge(&by(80.0), &nowhere), None);
    }
}
