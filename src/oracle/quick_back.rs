//! Quick back: a page that is left with the back button as soon as it is reached; it was not what
//! the link had promised. Microsoft Clarity's term; 5 s is what tools with a fixed limit use.

use super::Moment;
use super::friction::{Act, Think};
use crate::record::{Observed, Oracle, Severity, Signal, Violation};
use crate::route;

/// A page that is left sooner than this was not what people looked for, in milliseconds.
const QUICK: u64 = 5000;

/// When and how the page was reached.
#[derive(Debug, Default)]
pub(super) struct Arrival {
    /// The page's path, and when it was reached on a person's clock; `None` where it was not
    /// reached by going on.
    reached: Option<(String, u64)>,
}

impl Arrival {
    /// Warns. Only going back as the journey has it counts, after a think time that it knows: a
    /// deviation that goes back is the walker's own, and a fast walk is no hurry of people's.
    pub(super) fn judge(
        &mut self,
        signals: &[Observed],
        act: &Act,
        moment: &Moment<'_>,
    ) -> Option<Violation> {
        let moved = signals.iter().any(|o| matches!(o.signal, Signal::Navigated { .. }));
        if !moved {
            return None;
        }
        let here = route::path(moment.url);
        if self.reached.as_ref().is_some_and(|(reached, _)| *reached == here) {
            return None;
        }
        let went_back = matches!(act.verb.as_str(), "back" | "forward" | "reload");
        let reached = (!went_back).then_some((here, act.by_persons_clock));
        let (left, since) = std::mem::replace(&mut self.reached, reached)?;
        let dwell = act.by_persons_clock.saturating_sub(since);
        let is_quick = act.verb == "back" && act.by.is_none() && act.think == Think::Known;
        if !is_quick || dwell >= QUICK {
            return None;
        }
        let left = route::fold(&left);
        let mut violation = moment.violation(Oracle::QuickBack, Severity::Warn, &left);
        violation.title = format!("people go back from {left} at once");
        violation.message = format!(
            "the journey leaves it after {:.1} s; under {} s counts",
            dwell as f64 / 1e3,
            QUICK / 1000
        );
        violation.route = left;
        Some(violation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::{Operator, StepId};

    fn walked(dwell: u64, back: &Act) -> Option<Violation> {
        let step = StepId("s".into());
        let at = |url| Moment { step: &step, index: 1, did: "", url, offline: false };
        let moved =
            [Observed { at: 0, signal: Signal::Navigated { url: String::new(), document: true } }];
        let mut arrival = Arrival::default();
        let go = |at| Act { verb: "go".into(), by_persons_clock: at, ..Act::default() };
        assert_eq!(arrival.judge(&moved, &go(0), &at("http://shop/")), None);
        assert_eq!(arrival.judge(&moved, &go(1000), &at("http://shop/product/17")), None);
        let back = Act { verb: "back".into(), by_persons_clock: 1000 + dwell, ..back.clone() };
        arrival.judge(&moved, &back, &at("http://shop/"))
    }

    #[test]
    fn a_page_left_at_once_by_people_is_told_by_its_route() {
        let known = Act { think: Think::Known, ..Act::default() };
        let found = walked(2000, &known).expect("a quick back");
        assert_eq!(found.signature, "quick_back: /product/:id");
        assert_eq!(walked(6000, &known), None);
    }

    #[test]
    fn the_walkers_own_going_back_is_not() {
        assert_eq!(walked(50, &Act::default()), None, "nobody knows how long people stay");
        let own = Act { think: Think::Known, by: Some(Operator::BackAndForward), ..Act::default() };
        assert_eq!(walked(50, &own), None);
    }
}
