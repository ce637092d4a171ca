//! Back that does not go back: after the back button the user is where they were, though they had
//! come from elsewhere. Our own definition.

use std::collections::BTreeSet;

use super::Moment;
use super::friction::Act;
use crate::journey::Operator;
use crate::record::{Observed, Oracle, Severity, Signal, Violation};

/// Where the user has been in this tab.
#[derive(Debug, Default)]
pub(super) struct Trail {
    here: String,
    visited: BTreeSet<String>,
    /// The page added steps to its history that do not show in the address: going back one of
    /// them (a dialog, a tab of the page) changes no address, and is right.
    unseen: Unseen,
    /// The last act that was judged: a page is looked at more than once after it.
    judged: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Unseen {
    #[default]
    No,
    Maybe,
}

impl Trail {
    /// Warns, since leading on from where the user must not be again (a paid order) is right.
    /// Silent with nowhere to go back to, after steps of the history that no address shows, and
    /// where the server answers the address before by sending the user here: a guard of a page
    /// that there is no reason to be on.
    pub(super) fn judge(
        &mut self,
        signals: &[Observed],
        act: &Act,
        moment: &Moment<'_>,
    ) -> Option<Violation> {
        let moves: Vec<(&str, bool)> = signals
            .iter()
            .filter_map(|observed| match &observed.signal {
                Signal::Navigated { url, document } => Some((url.as_str(), *document)),
                _ => None,
            })
            .collect();
        let stayed = !self.here.is_empty() && moment.url == self.here;
        let could = self.visited.len() >= 2 && self.unseen == Unseen::No && !moment.offline;
        // Whoever comes back from a detour has been seen going back already.
        let went_back = act.verb == "back" && act.by != Some(Operator::DetourAndBack);
        let sent_here = moves.iter().any(|(_, document)| *document)
            && moves.iter().all(|(url, _)| *url == self.here);
        let is_first = self.judged.replace(moment.index) != Some(moment.index);
        let found = (is_first && went_back && stayed && could && !sent_here)
            .then(|| self.violation(&moves, moment));
        self.follow(&moves, act, moment);
        found
    }

    fn violation(&self, moves: &[(&str, bool)], moment: &Moment<'_>) -> Violation {
        let how = match moves.iter().find(|(url, _)| *url != self.here) {
            Some((url, _)) => format!("the page that it leads to ({url}) leads here again"),
            None => "the address stays, and no page comes".to_owned(),
        };
        let route = moment.route();
        let mut violation = moment.violation(Oracle::BackStays, Severity::Warn, &route);
        violation.title = format!("back does not lead away from {route}");
        violation.message =
            format!("after the back button the user is still on {}\n{how}", moment.url);
        violation
    }

    fn follow(&mut self, moves: &[(&str, bool)], act: &Act, moment: &Moment<'_>) {
        if matches!(act.verb.as_str(), "new_tab" | "switch_tab" | "close_tab") {
            *self = Self::default();
        }
        for (url, document) in moves {
            if *document {
                self.unseen = Unseen::No;
            } else if *url == self.here || self.visited.contains(*url) {
                self.unseen = Unseen::Maybe;
            }
            if !url.starts_with("about:") {
                self.visited.insert((*url).to_owned());
            }
            (*url).clone_into(&mut self.here);
        }
        moment.url.clone_into(&mut self.here);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::StepId;

    fn step(trail: &mut Trail, verb: &str, moves: &[(&str, bool)], url: &str) -> Option<Violation> {
        let step = StepId("s".into());
        let index = trail.judged.map_or(0, |last| last + 1);
        let moment = Moment { step: &step, index, did: "", url, offline: false };
        let signals: Vec<Observed> = moves
            .iter()
            .map(|&(url, document)| Signal::Navigated { url: url.into(), document })
            .map(|signal| Observed { at: 0, signal })
            .collect();
        trail.judge(&signals, &Act { verb: verb.into(), ..Act::default() }, &moment)
    }

    const A: &str = "http://shop/";
    const B: &str = "http://shop/cart";

    #[test]
    fn a_trap_and_a_dead_button_are_told() {
        let mut trail = Trail::default();
        assert_eq!(step(&mut trail, "visit", &[(A, true)], A), None);
        assert_eq!(step(&mut trail, "go", &[(B, true)], B), None);
        let found = step(&mut trail, "back", &[(A, true), (B, true)], B).expect("a trap");
        assert_eq!(found.signature, "back_stays: /cart");
        assert!(step(&mut trail, "back", &[], B).is_some(), "nothing came");
        assert_eq!(step(&mut trail, "back", &[(B, true)], B), None, "the server sends away");
    }

    #[test]
    fn going_back_a_first_page_and_a_closed_dialog_are_right() {
        let mut trail = Trail::default();
        step(&mut trail, "visit", &[(A, true)], A);
        assert_eq!(step(&mut trail, "back", &[], A), None, "nowhere to go");
        step(&mut trail, "go", &[(B, true)], B);
        assert_eq!(step(&mut trail, "back", &[(A, true)], A), None);
        step(&mut trail, "go", &[(B, true)], B);
        step(&mut trail, "click", &[(B, false)], B);
        assert_eq!(step(&mut trail, "back", &[], B), None, "a dialog with a step of its own");
    }
}
