//! Dead click: a press of something that promises to react, and nothing comes of it. After the
//! dead clicks of Datadog, PostHog and Amplitude, whose thresholds can be chosen.

use super::friction::{Act, Thresholds};
use super::{Moment, signature};
use crate::record::{Click, Observed, Oracle, Severity, Signal, Violation};

/// A walk at a fast pace watches no longer than this beyond the page's rest; what has not
/// happened by then counts as not happening.
pub const WATCHED_AT_LEAST: u32 = 300;

/// Warns. Silent on links, fields and plain text, where no reaction is promised or the browser
/// gives it; on presses that were the walker's own impatience; and where the network was cut.
pub(super) fn judge(
    click: &Click,
    signals: &[Observed],
    act: &Act,
    thresholds: Thresholds,
    moment: &Moment<'_>,
) -> Option<Violation> {
    let limit = thresholds.dead_after();
    if !click.expects || act.is_impatient() || moment.offline {
        return None;
    }
    if click.watched < limit.min(WATCHED_AT_LEAST) || is_answered(click, thresholds) {
        return None;
    }
    let told = signals.iter().filter(|observed| observed.at >= act.since);
    if told.map(|observed| &observed.signal).any(|signal| is_answer(signal, thresholds)) {
        return None;
    }
    let kind = click.role.as_deref().unwrap_or(&click.tag);
    let stable = format!("{} {kind} {}", moment.route(), signature::stable(&click.name));
    let mut violation = moment.violation(Oracle::DeadClick, Severity::Warn, &stable);
    violation.title = format!("{kind} “{}” does nothing", click.name);
    violation.message = format!(
        "nothing changed, moved or was asked for within {} ms after: {}\nthresholds: {thresholds}",
        click.watched, moment.did
    );
    Some(violation)
}

/// Whatever comes while the press is watched is an answer, even past the threshold: on a busy
/// machine a timer of the page is as late as ours.
fn is_answered(click: &Click, thresholds: Thresholds) -> bool {
    let requested = thresholds.counts_requests() && click.effects.request.is_some();
    requested || click.effects.is_seen()
}

/// What the browser tells that the page itself does not see.
fn is_answer(signal: &Signal, thresholds: Thresholds) -> bool {
    match signal {
        Signal::Navigated { .. }
        | Signal::Dialog { .. }
        | Signal::TabOpened { .. }
        | Signal::Download { .. } => true,
        Signal::RequestStarted { .. } => thresholds.counts_requests(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::{Operator, StepId};
    use crate::record::Effects;

    fn press() -> Click {
        let (tag, name) = ("button".to_owned(), "Apply 3".to_owned());
        Click { expects: true, tag, name, watched: 140, ..Click::default() }
    }

    fn judged(
        click: &Click,
        signals: &[Signal],
        act: &Act,
        thresholds: Thresholds,
    ) -> Option<Violation> {
        let step = StepId("apply".into());
        let url = "http://shop/cart";
        let moment =
            Moment { step: &step, index: 2, did: "click “Apply”", url, offline: false };
        let signals: Vec<Observed> =
            signals.iter().map(|s| Observed { at: 50, signal: s.clone() }).collect();
        judge(click, &signals, act, thresholds, &moment)
    }

    #[test]
    fn a_button_without_effect_is_dead_and_the_same_in_every_walk() {
        let (act, datadog) = (Act::default(), Thresholds::Datadog);
        let found = judged(&press(), &[], &act, datadog).expect("dead");
        assert_eq!(found.severity, Severity::Warn);
        let other = Click { name: "Apply 4".into(), ..press() };
        assert_eq!(judged(&other, &[], &act, datadog).expect("dead").signature, found.signature);
    }

    #[test]
    fn any_effect_is_an_answer_but_a_request_only_where_it_counts() {
        let (act, datadog) = (Act::default(), Thresholds::Datadog);
        let with = |effects| Click { effects, ..press() };
        let soon = with(Effects { mutation: Some(40), ..Effects::default() });
        assert_eq!(judged(&soon, &[], &act, datadog), None);
        let asked = with(Effects { request: Some(4), ..Effects::default() });
        assert_eq!(judged(&asked, &[], &act, datadog), None);
        let asked = Click { watched: 320, ..asked };
        assert!(judged(&asked, &[], &act, Thresholds::Posthog).is_some());
        let opened = Signal::TabOpened { url: String::new() };
        assert_eq!(judged(&press(), &[opened], &act, datadog), None);
    }

    #[test]
    fn what_nobody_watched_or_expects_is_not_judged() {
        let (act, datadog) = (Act::default(), Thresholds::Datadog);
        assert_eq!(judged(&Click { expects: false, ..press() }, &[], &act, datadog), None);
        assert_eq!(judged(&Click { watched: 60, ..press() }, &[], &act, datadog), None);
        assert_eq!(judged(&press(), &[], &act, Thresholds::Amplitude), None, "not yet");
        let twice = Act { by: Some(Operator::DoubleClick), ..Act::default() };
        assert_eq!(judged(&press(), &[], &twice, datadog), None);
    }
}
