//! Rage click: many presses of the same thing in a short time. It is the user's, not the
//! walker's: only presses of the journey count, on the clock of a person who takes the think
//! times that the journey knows.

use super::friction::{Act, Near, Rage, Think, Thresholds};
use super::{Moment, signature};
use crate::record::{Click, Oracle, Severity, Violation};

/// The presses that may become rage.
#[derive(Debug, Default)]
pub(super) struct Presses {
    recent: Vec<Press>,
}

#[derive(Debug)]
struct Press {
    at: u64,
    x: f64,
    y: f64,
    name: String,
}

impl Presses {
    /// Warns. Silent on what a deviation clicks, on steps of which nobody knows how long people
    /// think before them, and where the press scrolled or selected something (so Datadog).
    pub(super) fn judge(
        &mut self,
        click: &Click,
        act: &Act,
        thresholds: Thresholds,
        moment: &Moment<'_>,
    ) -> Option<Violation> {
        let rage = thresholds.rage();
        let is_void = thresholds == Thresholds::Datadog
            && (click.effects.scroll.is_some() || click.effects.selection.is_some());
        if act.by.is_some() || is_void || moment.offline {
            self.recent.clear();
            return None;
        }
        let at = act.by_persons_clock;
        let press = Press { at, x: click.x, y: click.y, name: click.name.clone() };
        let continues = self.recent.last().is_some_and(|last| {
            let same_act = last.at == at;
            (same_act || act.think == Think::Known) && rage.joins(last, &press)
        });
        if !continues {
            self.recent.clear();
        }
        self.recent.push(press);
        let first = self.recent.len().checked_sub(rage.presses)?;
        if at.saturating_sub(self.recent[first].at) > rage.window {
            return None;
        }
        let stable = format!("{} {}", moment.route(), signature::stable(&click.name));
        let mut violation = moment.violation(Oracle::RageClick, Severity::Warn, &stable);
        violation.title = format!("rage click on “{}”", click.name);
        violation.message = format!(
            "people press it {} times, {} ms from the first to the last\nthresholds: {thresholds}",
            rage.presses,
            at.saturating_sub(self.recent[first].at)
        );
        Some(violation)
    }
}

impl Rage {
    fn joins(&self, last: &Press, next: &Press) -> bool {
        let (dx, dy) = ((last.x - next.x).abs(), (last.y - next.y).abs());
        let near = match self.near {
            Near::Manhattan(limit) => dx + dy < limit,
            Near::Straight(limit) => dx.hypot(dy) <= limit && last.name == next.name,
            Near::SameElement => last.name == next.name,
        };
        near && next.at.saturating_sub(last.at) <= self.gap
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::{Operator, StepId};

    /// How many of the presses at these times are found to be rage.
    fn found(times: &[u64], act: &Act, thresholds: Thresholds) -> usize {
        let step = StepId("more".into());
        let url = "http://shop/cart";
        let moment = Moment { step: &step, index: 2, did: "click", url, offline: false };
        let mut presses = Presses::default();
        let click = Click { name: "+".into(), ..Click::default() };
        let judged = times.iter().filter_map(|&at| {
            presses.judge(&click, &Act { by_persons_clock: at, ..act.clone() }, thresholds, &moment)
        });
        judged.count()
    }

    #[test]
    fn presses_of_the_journey_in_a_short_time_are_rage() {
        let known = Act { think: Think::Known, ..Act::default() };
        assert_eq!(found(&[0, 300, 600], &known, Thresholds::Datadog), 1);
        assert_eq!(found(&[0, 700, 1400], &known, Thresholds::Datadog), 0, "within a second only");
        assert_eq!(found(&[0, 700, 1400], &known, Thresholds::Posthog), 1, "each after the last");
        assert_eq!(found(&[0, 300, 600], &known, Thresholds::Amplitude), 0, "four are needed");
        assert_eq!(found(&[0, 300, 600, 900], &known, Thresholds::Amplitude), 1);
    }

    #[test]
    fn what_the_walker_does_in_its_hurry_is_not() {
        let unknown = Act::default();
        assert_eq!(found(&[0, 50, 100, 150], &unknown, Thresholds::Datadog), 0);
        let own = Act { by: Some(Operator::Repeat), think: Think::Known, ..Act::default() };
        assert_eq!(found(&[0, 50, 100, 150], &own, Thresholds::Posthog), 0);
    }
}
