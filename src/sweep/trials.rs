//! Walks that somebody asks for while the browsers of a sweep are still there: the candidates of
//! shrinking.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::run::Office;
use crate::journey::Journey;
use crate::record::{self, Happening, Run, Severity, WalkId, WalkKind};
use crate::walk::Conduct;

/// The way to ask for walks.
pub struct Trials<'o, 'a>(pub(super) &'o mut Office<'a>);

/// What came of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Its plan, relative to the run's folder.
    pub plan: String,
    /// The signatures of what failed.
    pub failed: Vec<String>,
    /// Whether it says anything about the application.
    pub conclusive: bool,
}

/// What variations of a walk are walked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The walk.
    pub of: &'a WalkId,
    /// The signature that they are to show.
    pub signature: &'a str,
    /// How long the walk itself has waited for anything at most, in milliseconds: what takes a
    /// variation much longer is not there.
    pub waited: u64,
}

impl Trials<'_, '_> {
    /// The run until now.
    #[must_use]
    pub const fn run(&self) -> &Run {
        &self.0.run
    }

    /// The plan of a walk of this sweep.
    #[must_use]
    pub fn plan(&self, id: &WalkId) -> Option<Journey> {
        self.0.plan(&id.again(1))?.ok()
    }

    /// How many walks there are at once.
    #[must_use]
    pub fn users(&self) -> usize {
        self.0.order.users
    }

    /// Whether walks can still be had: nobody has interrupted the sweep, and nothing broke.
    #[must_use]
    pub fn are_possible(&self) -> bool {
        self.0.stop.is_none()
    }

    /// Tells something about the run.
    pub fn tell(&mut self, what: Happening) {
        self.0.write(what);
    }

    /// Walks variations of a walk, each until it shows what is sought; what each came to, in their
    /// order.
    pub async fn walk(&mut self, plans: Vec<Journey>, wanted: Wanted<'_>) -> Vec<Tried> {
        let office = &mut *self.0;
        let usual = Arc::clone(&office.conduct);
        let limit = Duration::from_millis(wanted.waited * 3).max(Duration::from_millis(1500));
        office.conduct = Arc::new(Conduct {
            step_limit: usual.step_limit.min(limit),
            sought: BTreeSet::from([wanted.signature.to_owned()]),
            ..(*usual).clone()
        });
        let ids: Vec<WalkId> = plans.iter().map(|plan| office.admit(plan, wanted.of)).collect();
        office.phase(ids.clone().into_iter()).await;
        office.conduct = usual;
        ids.iter()
            .map(|id| {
                let record = office.run.walks.get(id);
                let sightings = record.into_iter().flat_map(|r| &r.violations);
                Tried {
                    plan: office.plans.get(id).cloned().unwrap_or_default(),
                    failed: sightings
                        .filter(|s| s.violation.severity == Severity::Fail)
                        .map(|s| s.violation.signature.clone())
                        .collect(),
                    conclusive: record.is_some_and(record::WalkRecord::is_conclusive),
                }
            })
            .collect()
    }
}

impl Office<'_> {
    /// Gives a plan a number and a file.
    fn admit(&mut self, plan: &Journey, of: &WalkId) -> WalkId {
        let id = WalkId {
            journey: plan.name.clone(),
            kind: WalkKind::Trial,
            number: self.trials,
            browser: of.browser,
            attempt: 1,
        };
        self.trials += 1;
        self.outcomes.compare_like(&id, of);
        self.take_plan(id.clone(), plan);
        id
    }
}
