//! The phases of a sweep: every journey calm in every browser, then with deviations, then failures once more. How
//! a walk is carried out and written down is the office's.

use std::collections::{BTreeMap, BTreeSet};

use super::Extent;
use super::confirm::again;
use super::outcomes::{Lane, lane};
use super::run::Office;
use super::schedule::Schedule;
use crate::browser::BrowserKind;
use crate::record::{self, Happening, Severity, Verdict, WalkId, WalkKind};

/// More walks than fit into any time: what is looked through for a journey that can be perturbed
/// has an end.
const MOST_WALKS: usize = 10_000_000;

impl Office<'_> {
    /// Every journey once as it is written. Gives those that can be perturbed.
    pub(super) async fn calm_walks(&mut self) -> BTreeSet<Lane> {
        let calm = |journey: String| WalkId {
            journey,
            kind: WalkKind::Calm,
            number: 0,
            browser: BrowserKind::default(),
            attempt: 1,
        };
        let names = self.order.walked_calm().into_iter();
        let walks: Vec<WalkId> =
            names.map(calm).flat_map(|id| in_each(&self.order.browsers, &id)).collect();
        self.phase(walks.clone().into_iter()).await;
        self.ordinary = self.ordinary();
        self.confirm().await;
        let mut healthy = BTreeSet::new();
        for WalkId { journey: name, browser, .. } in walks {
            let own = |id: &WalkId| id.journey == name && id.browser == browser;
            let verdicts =
                || self.run.walks.iter().filter(|(id, _)| own(id)).map(|(_, walk)| &walk.verdict);
            let failed = verdicts().filter(|verdict| **verdict == Verdict::Failed).count();
            let passed = verdicts().any(|verdict| *verdict == Verdict::Passed);
            let roams = self.order.journeys.iter().any(|j| j.name == name && j.roams());
            if failed == 0 || passed || roams {
                healthy.insert((name, browser));
            } else {
                let place = match self.order.browsers.len() {
                    1 => String::new(),
                    _ => format!(" in {browser}"),
                };
                let text =
                    format!("{name} fails as it is written{place}, and was not perturbed further");
                if self.run.remarks.iter().all(|note| note.text != text) {
                    self.write(Happening::Remark { walk: None, text });
                }
            }
        }
        healthy
    }

    /// What the calm walks in each browser show and does not stop them.
    fn ordinary(&self) -> BTreeMap<BrowserKind, BTreeSet<String>> {
        // Nobody has ever seen a walk that roams: what it shows is news.
        let roams = |name: &str| self.order.journeys.iter().any(|j| j.name == name && j.roams());
        // Only first attempts: where a sweep goes on, there may be others already.
        let calm = |id: &WalkId| id.kind == WalkKind::Calm && id.is_first() && !roams(&id.journey);
        let mut ordinary: BTreeMap<BrowserKind, BTreeSet<String>> = BTreeMap::new();
        for (id, walk) in self.run.walks.iter().filter(|(id, _)| calm(id)) {
            let warnings = walk
                .violations
                .iter()
                .filter(|sighting| sighting.violation.severity == Severity::Warn)
                .map(|sighting| sighting.violation.signature.clone());
            ordinary.entry(id.browser).or_default().extend(warnings);
        }
        ordinary
    }

    pub(super) async fn perturbed_walks(&mut self, healthy: &BTreeSet<Lane>) {
        if self.order.profile.is_calm() || healthy.is_empty() {
            return;
        }
        // Which walks there are does not depend on what the calm ones show: another runner, or
        // another release, has the same.
        let schedule = Schedule::new(&self.order.shares());
        let walks: Box<dyn Iterator<Item = WalkId> + Send> = match self.order.extent {
            Extent::Walks(walks) => {
                Box::new(schedule.take(usize::try_from(walks).unwrap_or(usize::MAX)))
            }
            Extent::Budget(_) | Extent::AsPlanned(_) => Box::new(schedule.take(MOST_WALKS)),
        };
        let division = self.order.division.clone();
        let walks: Box<dyn Iterator<Item = WalkId> + Send> = match &division {
            Some(division) => Box::new(division.of(walks)),
            None => walks,
        };
        // The same plans in every browser, so that what comes of them can be compared; and on the
        // same runner, which has learned in each of them what is ordinary there.
        let browsers = self.order.browsers.clone();
        let walks = walks.flat_map(|id| in_each(&browsers, &id));
        self.phase(walks.filter(|id| healthy.contains(&lane(id)))).await;
    }

    /// Walks failures again, exactly; and once more those of which that told nothing.
    pub(super) async fn confirm(&mut self) {
        let mut walks = std::mem::take(&mut self.half);
        for _ in 0..2 {
            let fresh = again(&self.run, &record::findings(&self.run), self.order.confirmations);
            let half: BTreeSet<WalkId> = walks.iter().cloned().collect();
            walks.extend(fresh.into_iter().filter(|id| !half.contains(id)));
            self.phase(std::mem::take(&mut walks).into_iter()).await;
        }
    }
}

/// The walk, once for each browser.
fn in_each(browsers: &[BrowserKind], id: &WalkId) -> Vec<WalkId> {
    browsers.iter().map(|&browser| WalkId { browser, ..id.clone() }).collect()
}
