//! Which walks are walked without their deviations, and what comes of comparing. A walk whose
//! deviations should change nothing is compared with the journey's calm walk; where that differs
//! (other words were searched for, say), with its twin: the same plan without its deviations. A
//! second twin tells what varies by itself.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::browser::BrowserKind;
use crate::journey::Journey;
use crate::oracle::Moment;
use crate::oracle::outcome::{Difference, Outcome, Varying, difference};
use crate::record::{Violation, WalkId, WalkKind};
use crate::walk::Ending;

/// Browsers show a page a little differently: each is compared with itself.
pub(super) type Lane = (String, BrowserKind);

pub(super) fn lane(id: &WalkId) -> Lane {
    (id.journey.clone(), id.browser)
}

/// The outcomes of a sweep's walks.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    /// The calm walk's, by journey and browser.
    calm: BTreeMap<Lane, Outcome>,
    /// What varies by itself, by journey and browser.
    varying: BTreeMap<Lane, Varying>,
    /// Twins by their id; `None` for one that ended without an outcome.
    twins: BTreeMap<WalkId, Option<Outcome>>,
    asked: BTreeSet<WalkId>,
    due: VecDeque<WalkId>,
    /// Variations of a walk that keep its steps: its twin is theirs.
    like: BTreeMap<WalkId, WalkId>,
    /// Walks that are not decided.
    open: BTreeMap<WalkId, Ending>,
    /// Outcomes that differ, by the walk's first attempt.
    differing: BTreeMap<WalkId, Outcome>,
}

/// What is known of one walk.
enum Decision {
    Same,
    Different(Difference),
    /// It takes another twin.
    Ask(WalkId),
    /// It takes a twin that is under way.
    Wait,
}

impl Outcomes {
    /// Takes in how a walk ended; gives the violations that are certain now, each with its walk.
    pub(super) fn take(&mut self, id: &WalkId, ending: Option<Ending>) -> Vec<(WalkId, Violation)> {
        match (id.kind, ending) {
            (WalkKind::Twin, ending) => {
                self.twins.insert(id.clone(), ending.map(|e| e.outcome));
            }
            (WalkKind::Calm, Some(ending)) => {
                self.calm.entry(lane(id)).or_insert(ending.outcome);
            }
            (WalkKind::Perturbed | WalkKind::Trial, Some(ending)) if !ending.after.is_empty() => {
                self.open.insert(id.clone(), ending);
            }
            _ => {}
        }
        self.decide()
    }

    /// Compares a variation of a walk with that walk's twin.
    pub(super) fn compare_like(&mut self, id: &WalkId, of: &WalkId) {
        self.like.insert(id.clone(), of.again(1));
    }

    /// Twins that were walked already need not be asked for again.
    pub(super) fn have(&mut self, done: &BTreeSet<WalkId>) {
        self.due.retain(|twin| !done.contains(twin));
    }

    /// The next twin that is to be walked.
    pub(super) fn due(&mut self) -> Option<WalkId> {
        self.due.pop_front()
    }

    fn decide(&mut self) -> Vec<(WalkId, Violation)> {
        let mut found = Vec::new();
        let open: Vec<WalkId> = self.open.keys().cloned().collect();
        for id in open {
            let Some(ending) = self.open.get(&id).cloned() else { continue };
            match self.weigh(&id, &ending.outcome) {
                Decision::Same => {
                    self.open.remove(&id);
                }
                Decision::Ask(twin) => {
                    if self.asked.insert(twin.clone()) {
                        self.due.push_back(twin);
                    }
                }
                Decision::Wait => {}
                Decision::Different(difference) => {
                    self.open.remove(&id);
                    found.push((id.clone(), violation(&difference, &id, &ending)));
                    self.differing.entry(id.again(1)).or_insert(ending.outcome);
                }
            }
        }
        found
    }

    fn weigh(&mut self, id: &WalkId, seen: &Outcome) -> Decision {
        let varying = self.varying.entry(lane(id)).or_default();
        let same = |due: &Outcome, varying: &Varying| difference(due, seen, varying).is_none();
        if self.calm.get(&lane(id)).is_some_and(|calm| same(calm, varying)) {
            return Decision::Same;
        }
        let twin = twin_of(self.like.get(&id.again(1)).unwrap_or(id));
        let due = match self.twins.get(&twin) {
            Some(Some(due)) => due,
            Some(None) => return Decision::Same,
            None if self.asked.contains(&twin) => return Decision::Wait,
            None => return Decision::Ask(twin),
        };
        if same(due, varying) {
            return Decision::Same;
        }
        let second = twin.again(2);
        match self.twins.get(&second) {
            Some(Some(again)) => varying.learn(due, again),
            Some(None) => return Decision::Same,
            None if self.asked.contains(&second) => return Decision::Wait,
            None => return Decision::Ask(second),
        }
        // Attempts of one walk are exactly alike, too.
        let mut varying = varying.clone();
        if let Some(before) = self.differing.get(&id.again(1)).filter(|_| !id.is_first()) {
            varying.learn(before, seen);
        }
        difference(due, seen, &varying).map_or(Decision::Same, Decision::Different)
    }
}

/// The walk without the deviations of this one.
pub(super) fn twin_of(id: &WalkId) -> WalkId {
    WalkId { kind: WalkKind::Twin, attempt: 1, ..id.clone() }
}

/// A plan without its deviations.
pub(super) fn calmed(plan: &Journey) -> Journey {
    let mut plan = plan.clone();
    plan.perturbations.clear();
    plan
}

fn violation(difference: &Difference, id: &WalkId, ending: &Ending) -> Violation {
    let (step, index, did) = &ending.last;
    let moment = Moment { step, index: *index, did, url: &ending.url, offline: false };
    difference.violation(&moment, &id.journey, ending.severity, &ending.after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::{Operator, StepId};
    use crate::record::Severity;

    fn id(text: &str) -> WalkId {
        text.parse().expect("an id")
    }

    fn ending(text: &str) -> Option<Ending> {
        Some(Ending {
            outcome: Outcome::new("http://shop/cart", text, []),
            severity: Severity::Fail,
            after: vec![Operator::Pause],
            last: (StepId("add".into()), 3, "click".into()),
            url: "http://shop/cart".into(),
        })
    }

    #[test]
    fn what_ends_as_the_calm_walk_needs_no_twin() {
        let mut outcomes = Outcomes::default();
        outcomes.take(&id("buy/calm-0"), ending("1 item"));
        assert!(outcomes.take(&id("buy/3"), ending("1 item")).is_empty());
        assert_eq!(outcomes.due(), None);
    }

    #[test]
    fn a_difference_from_both_twins_is_told() {
        let mut outcomes = Outcomes::default();
        outcomes.take(&id("buy/calm-0"), ending("1 lamp"));
        assert!(outcomes.take(&id("buy/3"), ending("2 mugs")).is_empty());
        assert_eq!(outcomes.due(), Some(id("buy/twin-3")));
        assert!(outcomes.take(&id("buy/twin-3"), ending("1 mug")).is_empty());
        assert_eq!(outcomes.due(), Some(id("buy/twin-3#2")));
        let found = outcomes.take(&id("buy/twin-3#2"), ending("1 mug"));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, id("buy/3"));
        assert_eq!(found[0].1.signature, "outcome: buy /cart text");
        // Confirmations are compared at once.
        assert_eq!(outcomes.take(&id("buy/3#2"), ending("2 mugs")).len(), 1);
        assert_eq!(outcomes.due(), None);
    }

    #[test]
    fn what_varies_from_twin_to_twin_or_from_try_to_try_is_no_difference() {
        let mut outcomes = Outcomes::default();
        outcomes.take(&id("buy/0"), ending("order 17"));
        outcomes.take(&id("buy/twin-0"), ending("order 18"));
        assert!(outcomes.take(&id("buy/twin-0#2"), ending("order 19")).is_empty());
        outcomes.take(&id("buy/1"), ending("try our teapots"));
        outcomes.take(&id("buy/twin-1"), ending("try our lamps"));
        assert_eq!(outcomes.take(&id("buy/twin-1#2"), ending("try our lamps")).len(), 1);
        assert!(outcomes.take(&id("buy/1#2"), ending("try our bowls")).is_empty());
    }

    #[test]
    fn a_twin_without_an_outcome_decides_nothing() {
        let mut outcomes = Outcomes::default();
        outcomes.take(&id("buy/0"), ending("1 mug"));
        assert!(outcomes.take(&id("buy/twin-0"), None).is_empty());
        assert_eq!(
            (outcomes.open.len(), outcomes.due.len()),
            (0, 1),
            "the twin was asked for once"
        );
    }
}
