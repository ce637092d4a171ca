//! Spinner that never ends: a sign of waiting that turns on although there is nothing to wait for
//! any more. Our own definition; Nielsen's ten seconds are the limit of attention, and half of
//! them without any request open are enough to say that nothing will come.

use std::time::Duration;

use super::Moment;
use crate::record::{Observed, Oracle, Severity, Signal, Spinner, Violation};

/// For how long looks must have seen it turn, in milliseconds.
const ENDLESS: u64 = 5000;

/// How long before now no request may have begun or ended, in milliseconds.
const IDLE: u64 = 1000;

/// Warns, once for each route. Silent while requests come and go, which may be what is waited for.
/// On a busy machine everything takes `stretch` times as long.
pub(super) fn judge(
    spinner: &Spinner,
    signals: &[Observed],
    now: u64,
    stretch: f64,
    moment: &Moment<'_>,
) -> Option<Violation> {
    let is_traffic = |signal: &Signal| {
        matches!(signal, Signal::RequestStarted { .. } | Signal::RequestFinished { .. })
    };
    let busy = signals.iter().any(|o| is_traffic(&o.signal) && o.at + IDLE > now);
    let endless = Duration::from_millis(ENDLESS).mul_f64(stretch);
    if Duration::from_millis(spinner.millis) < endless || busy || moment.offline {
        return None;
    }
    let route = moment.route();
    let mut violation = moment.violation(Oracle::EndlessSpinner, Severity::Warn, &route);
    violation.title = format!("a sign of waiting does not go away on {route}");
    violation.message = format!(
        "{} has been turning for {:.1} s, and nothing is on its way\nafter: {}",
        spinner.what,
        spinner.millis as f64 / 1e3,
        moment.did
    );
    Some(violation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::StepId;
    use crate::record::RequestKind;

    #[test]
    fn only_what_turns_long_with_nothing_on_its_way() {
        let step = StepId("s".into());
        let moment = Moment { step: &step, index: 0, did: "", url: "http://shop/", offline: false };
        let turning = |millis| Spinner { what: "<div.spinner>".into(), millis };
        assert!(judge(&turning(6000), &[], 9000, 1.0, &moment).is_some());
        assert_eq!(judge(&turning(6000), &[], 9000, 2.0, &moment), None, "a busy machine");
        assert_eq!(judge(&turning(4000), &[], 9000, 1.0, &moment), None);
        let started = Signal::RequestStarted {
            id: "1".into(),
            method: "GET".into(),
            url: "http://shop/x".into(),
            kind: RequestKind::Fetch,
            body_size: None,
            headers: Vec::new(),
        };
        let busy = [Observed { at: 8500, signal: started }];
        assert_eq!(judge(&turning(6000), &busy, 9000, 1.0, &moment), None);
    }
}
