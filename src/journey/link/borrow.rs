//! `use`: another journey's steps in place of one, with ids that stay unique.

use std::collections::{HashMap, HashSet};

use super::{Linker, Site};
use crate::journey::ids;
use crate::journey::model::{Action, Journey, Step, StepId, Variable};

impl Linker<'_, '_> {
    /// Replaces every `use` by the steps of the journey that it names.
    pub(super) fn bring_in_journeys(&mut self, journey: &mut Journey, site: &Site) {
        let mut taken = HashSet::new();
        ids::each(&journey.steps, &mut |step| {
            taken.insert(step.id.clone());
        });
        let mut borrowing = Borrowing { taken, ends: HashMap::new(), lenders: Vec::new(), site };
        let steps = std::mem::take(&mut journey.steps);
        journey.steps = self.without_use(steps, &mut borrowing);
        let Borrowing { ends, lenders, .. } = borrowing;
        if lenders.is_empty() {
            return;
        }
        ids::each_mut(&mut journey.steps, &mut |step| {
            for need in &mut step.needs {
                if let Some(end) = ends.get(need) {
                    *need = end.clone();
                }
            }
        });
        for lender in &lenders {
            for never in &lender.never {
                if !journey.never.contains(never) {
                    journey.never.push(never.clone());
                }
            }
            // What the borrower defines itself wins: that is how it sets a value of the lender's.
            for (name, variable) in &lender.vars {
                if !journey.pools.contains_key(name) {
                    let own = || Variable::clone(variable);
                    journey.vars.entry(name.clone()).or_insert_with(own);
                }
            }
            for (name, pool) in &lender.pools {
                if !journey.vars.contains_key(name) {
                    journey.pools.entry(name.clone()).or_insert_with(|| pool.clone());
                }
            }
        }
    }

    fn without_use(&mut self, steps: Vec<Step>, borrowing: &mut Borrowing<'_>) -> Vec<Step> {
        let mut out = Vec::with_capacity(steps.len());
        for mut step in steps {
            match &mut step.action {
                Action::Use(name) => {
                    let name = std::mem::take(name);
                    out.extend(self.borrowed(&name, &step, borrowing));
                    continue;
                }
                Action::AnyOrder(steps) | Action::Repeat { steps, .. } => {
                    *steps = self.without_use(std::mem::take(steps), borrowing);
                }
                Action::Choose(branches) => {
                    for branch in branches {
                        branch.steps =
                            self.without_use(std::mem::take(&mut branch.steps), borrowing);
                    }
                }
                _ => {}
            }
            out.push(step);
        }
        out
    }

    /// The steps of a journey in place of the step that uses it.
    fn borrowed(&mut self, name: &str, by: &Step, borrowing: &mut Borrowing<'_>) -> Vec<Step> {
        let Some(lender) = self.used(name, borrowing.site) else { return Vec::new() };
        if !self.afford(&lender.steps, name, borrowing.site) {
            return Vec::new();
        }
        let mut steps = lender.steps.clone();
        let mut renamed = HashMap::new();
        ids::each_mut(&mut steps, &mut |step| {
            let id = borrowing.unique(&format!("{name}-{}", step.id));
            renamed.insert(std::mem::replace(&mut step.id, id.clone()), id);
        });
        ids::each_mut(&mut steps, &mut |step| {
            for need in &mut step.needs {
                if let Some(id) = renamed.get(need) {
                    *need = id.clone();
                }
            }
        });
        for step in &mut steps {
            step.once |= by.once;
            step.optional |= by.optional;
        }
        if let Some(first) = steps.first_mut() {
            first.think = by.think.or(first.think);
            first.needs.extend(by.needs.iter().cloned());
        }
        if let Some(last) = steps.last() {
            borrowing.ends.insert(by.id.clone(), last.id.clone());
        }
        borrowing.lenders.push(lender);
        steps
    }
}

/// What is remembered while one journey borrows from others.
struct Borrowing<'s> {
    taken: HashSet<StepId>,
    /// For each `use`, the last step that came in its place: to need the one is to need the other.
    ends: HashMap<StepId, StepId>,
    lenders: Vec<std::rc::Rc<Journey>>,
    site: &'s Site,
}

impl Borrowing<'_> {
    fn unique(&mut self, wish: &str) -> StepId {
        let mut id = StepId(wish.to_owned());
        let mut number = 2;
        while !self.taken.insert(id.clone()) {
            id = StepId(format!("{wish}-{number}"));
            number += 1;
        }
        id
    }
}
