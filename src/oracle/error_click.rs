//! Error click: a press that is followed by an error of a script at once. After Datadog's error
//! click; the other tools count the errors alone.

use super::friction::Act;
use super::{Moment, signature};
use crate::record::{ConsoleLevel, Observed, Oracle, Severity, Signal, Violation};

/// How long after a press an error counts as following it, in milliseconds.
pub(super) const WITHIN: u64 = 1000;

/// Warns, once for a press: the error itself has an oracle of its own, which this one names the
/// element for. Silent while the walker has cut the network.
pub(super) fn judge(signals: &[Observed], act: &Act, moment: &Moment<'_>) -> Option<Violation> {
    if !act.is_press() || moment.offline {
        return None;
    }
    let soon = act.since..=act.since.saturating_add(WITHIN);
    let error = signals.iter().filter(|o| soon.contains(&o.at)).find_map(|o| error(&o.signal))?;
    let stable = format!("{} {}", moment.route(), signature::stable(moment.did));
    let mut violation = moment.violation(Oracle::ErrorClick, Severity::Warn, &stable);
    violation.title = format!("error after: {}", moment.did);
    violation.message = error.to_owned();
    Some(violation)
}

/// Whether a script went wrong.
pub(super) fn is_error(signal: &Signal) -> bool {
    error(signal).is_some()
}

fn error(signal: &Signal) -> Option<&str> {
    match signal {
        Signal::Exception { message, .. } | Signal::Rejection { message, .. } => Some(message),
        Signal::Console { level: ConsoleLevel::Error, text, .. }
            // What the browser says of a failed request is no error of a script.
            if !text.starts_with("Failed to load resource") =>
        {
            Some(text)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::StepId;

    #[test]
    fn an_error_right_after_a_press_belongs_to_it() {
        let step = StepId("pay".into());
        let url = "http://shop/pay";
        let moment = Moment { step: &step, index: 1, did: "click Pay", url, offline: false };
        let thrown = Signal::Exception { message: "x is undefined".into(), stack: String::new() };
        let at = |at| [Observed { at, signal: thrown.clone() }];
        let press = Act { verb: "click".into(), since: 500, ..Act::default() };
        let found = judge(&at(540), &press, &moment).expect("an error click");
        assert_eq!(found.severity, Severity::Warn);
        assert_eq!(judge(&at(1700), &press, &moment), None, "later");
        assert_eq!(judge(&at(400), &press, &moment), None, "before");
        let typed = Act { verb: "fill".into(), since: 500, ..Act::default() };
        assert_eq!(judge(&at(540), &typed, &moment), None);
        let failed = "Failed to load resource: 404".to_owned();
        let console = Signal::Console { level: ConsoleLevel::Error, text: failed, source: None };
        assert_eq!(judge(&[Observed { at: 540, signal: console }], &press, &moment), None);
    }
}
