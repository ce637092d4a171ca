//! How a sweep goes on that was interrupted: from the events of its journal to an office that
//! knows what it knew. What is walked next is decided where it always is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::folder::Folder;
use super::run::Office;
use crate::oracle::outcome::Outcome;
use crate::record::{Closing, Event, Happening, Run, WalkId, WalkKind};
use crate::redact::Secrets;
use crate::walk::Ending;

/// What a sweep had done when it was interrupted.
#[derive(Debug, Default)]
pub(super) struct Before {
    pub(super) events: Vec<Event>,
    /// What they add up to.
    pub(super) run: Run,
    /// Milliseconds that it had taken.
    pub(super) took: u64,
    /// What is not walked again.
    pub(super) done: BTreeSet<WalkId>,
    /// Confirmations that were begun and are not complete.
    pub(super) half: Vec<WalkId>,
    /// The files of the plans of what was walked. What roamed is settled in them.
    pub(super) plans: BTreeMap<WalkId, String>,
    /// How many trials there were.
    pub(super) trials: u32,
}

impl Before {
    /// Adds up what the journal of a run has; its plans are read from `folder`.
    ///
    /// # Errors
    /// In words: a plan cannot be read any more.
    pub(super) fn read(
        events: Vec<Event>,
        folder: &Folder,
        confirmations: u32,
    ) -> Result<Self, String> {
        let run = Run::fold(events.iter().cloned());
        let mut before = Self { took: run.took, ..Self::default() };
        let mut confirmed = BTreeSet::new();
        for (id, record) in &run.walks {
            if id.kind == WalkKind::Trial {
                before.trials = before.trials.max(id.number + 1);
                continue;
            }
            if id.kind != WalkKind::Twin && !id.is_first() {
                confirmed.insert(id.again(1));
            }
            if !record.closed {
                continue;
            }
            before.done.insert(id.clone());
            if id.kind != WalkKind::Twin && !before.plans.contains_key(&id.again(1)) {
                folder.plan(&record.plan)?;
                before.plans.insert(id.again(1), record.plan.clone());
            }
        }
        before.half = confirmed
            .iter()
            .flat_map(|id| (0..confirmations).map(|n| id.again(2 + n)))
            .filter(|id| !before.done.contains(id))
            .collect();
        (before.events, before.run) = (events, run);
        Ok(before)
    }
}

impl Office<'_> {
    /// Takes over what was done before.
    pub(super) fn go_on_from(&mut self, before: Before) {
        for event in &before.events {
            match &event.what {
                // What was found then is told again, so that one knows how far it is.
                Happening::Violated { .. } => (self.observe)(event),
                Happening::WalkFinished { walk, .. } if before.done.contains(walk) => {
                    (self.observe)(event);
                }
                Happening::EvidenceKept { walk, signature, kept } if before.done.contains(walk) => {
                    self.exhibits.recall(walk, signature, kept);
                }
                // Trials are over with what asked for them.
                Happening::WalkClosed { walk, closing, .. } if walk.kind != WalkKind::Trial => {
                    // What these say together was said then.
                    self.outcomes.take(walk, closing.as_deref().map(ending));
                }
                _ => {}
            }
        }
        self.outcomes.have(&before.done);
        self.plans = before.plans;
        self.trials = before.trials;
        self.half = before.half;
        self.done = Arc::new(before.done);
        self.run = before.run;
    }
}

/// Where a walk ended, as the journal has it: without secrets.
pub(super) fn closing(ending: &Ending, secrets: &Secrets) -> Closing {
    let redact = |text: &String| secrets.redact(text);
    let Outcome { route, lines, values, glimpsed } = &ending.outcome;
    let (step, index, did) = &ending.last;
    Closing {
        route: redact(route),
        lines: lines.iter().map(redact).collect(),
        values: values.iter().map(|(name, value)| (redact(name), redact(value))).collect(),
        glimpsed: glimpsed.iter().map(redact).collect(),
        severity: ending.severity,
        after: ending.after.clone(),
        step: step.clone(),
        index: *index,
        did: redact(did),
        url: redact(&ending.url),
    }
}

/// The same, back again. Walks are compared by this on both sides of an interruption.
pub(super) fn ending(closing: &Closing) -> Ending {
    let Closing { route, lines, values, glimpsed, severity, after, step, index, did, url } =
        closing;
    Ending {
        outcome: Outcome {
            route: route.clone(),
            lines: lines.clone(),
            values: values.clone(),
            glimpsed: glimpsed.clone(),
        },
        severity: *severity,
        after: after.clone(),
        last: (step.clone(), *index, did.clone()),
        url: url.clone(),
    }
}
