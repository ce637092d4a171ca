//! How far a walk has come from its journey: which steps were done, which otherwise than
//! written, and so what may still be judged.

use std::collections::{BTreeMap, BTreeSet};

use crate::journey::{Action, Class, Journey, Operator, Promise, StepId};
use crate::record::Severity;

/// Whether an expectation is judged, and how severely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It must hold; a failure is this bad.
    Judged(Severity),
    /// The walk has left the path on which it would have to hold.
    NotJudged(String),
}

/// Where a walk stands to its journey.
#[derive(Debug, Clone)]
pub struct Standing {
    needs: BTreeMap<StepId, Vec<StepId>>,
    /// What leads to each expectation: the act just before it that nobody may leave out.
    leads: BTreeMap<StepId, StepId>,
    promises: Vec<Promise>,
    /// Steps done as written, with their place in the walk.
    done: BTreeMap<StepId, u32>,
    /// Steps done otherwise than written: twice, with another text, out of order.
    spoiled: BTreeSet<StepId>,
    /// The last place at which the surroundings were altered.
    upset: Option<u32>,
    altering: Vec<Operator>,
    preserving: Vec<Operator>,
    missed: Option<StepId>,
    failed: bool,
}

impl Standing {
    /// The standing at the beginning of a walk.
    #[must_use]
    pub fn at_start(plan: &Journey) -> Self {
        let (mut needs, mut leads) = (BTreeMap::new(), BTreeMap::new());
        let mut acted = None;
        for step in crate::perturb::draw::flat(&plan.steps) {
            match step.action {
                Action::Expect(_) => {
                    if let Some(act) = &acted {
                        leads.insert(step.id.clone(), StepId::clone(act));
                    }
                }
                Action::AnyOrder(_) => {}
                _ if step.optional => {}
                _ => acted = Some(step.id.clone()),
            }
            needs.insert(step.id, step.needs);
        }
        Self {
            needs,
            leads,
            promises: plan.promises.clone(),
            done: BTreeMap::new(),
            spoiled: BTreeSet::new(),
            upset: None,
            altering: Vec::new(),
            preserving: Vec::new(),
            missed: None,
            failed: false,
        }
    }

    /// A step of the journey was carried out.
    pub fn done(&mut self, step: &StepId, index: u32) {
        self.done.insert(step.clone(), index);
    }

    /// A step was done once more, because nothing was left of the first time. Perhaps something
    /// was: nothing is expected of what needs it.
    pub fn redone(&mut self, step: &StepId, index: u32) {
        self.done(step, index);
        self.spoiled.insert(step.clone());
    }

    /// Whether a step was carried out.
    #[must_use]
    pub fn has_done(&self, step: &StepId) -> bool {
        self.done.contains_key(step)
    }

    /// A step of the journey could not be carried out, and the walker went past it.
    pub fn missed(&mut self, step: &StepId) {
        self.missed.get_or_insert_with(|| step.clone());
    }

    /// Something broke, and the walk goes on: what is expected later may follow from it.
    pub fn failed(&mut self) {
        self.failed = true;
    }

    /// What the user had entered is gone, and it was told. Where nothing was promised, all that
    /// comes after misses it once more, and once is enough; what the journey does by itself is
    /// judged on.
    pub fn lost(&mut self) {
        self.failed |= self.severity() == Severity::Warn;
    }

    /// A deviation happened at a step.
    pub fn deviated(&mut self, operator: Operator, step: &StepId, index: u32) {
        use Operator as O;
        let list = if operator.is_preserving() { &mut self.preserving } else { &mut self.altering };
        if !list.contains(&operator) {
            list.push(operator);
        }
        match operator {
            O::Skip | O::Swap | O::Repeat | O::DoubleClick | O::OddInput => {
                self.spoiled.insert(step.clone());
            }
            O::Detour
            | O::Splice
            | O::Abandon
            | O::SecondTab
            | O::ExpireSession
            | O::LoseNetwork => self.upset = Some(index),
            _ => {}
        }
    }

    /// Whether nothing so far may have changed what the page offers.
    #[must_use]
    pub fn is_on_path(&self) -> bool {
        self.altering.is_empty() && self.missed.is_none() && !self.failed
    }

    /// The preserving operators so far.
    #[must_use]
    pub fn preserving(&self) -> &[Operator] {
        &self.preserving
    }

    /// The first of these steps that was not done.
    #[must_use]
    pub fn lacks<'a>(&self, needs: &'a [StepId]) -> Option<&'a StepId> {
        needs.iter().find(|id| !self.has_done(id))
    }

    /// Whether a step's expectation is judged here. On the path always. Off it, only where the
    /// step says what it needs, all of that was done as written, what leads to it was done, and
    /// nothing has altered the surroundings since.
    #[must_use]
    pub fn judge(&self, step: &StepId) -> Judgement {
        if self.failed {
            return Judgement::NotJudged("something broke before".into());
        }
        if self.is_on_path() {
            return Judgement::Judged(self.severity());
        }
        let needs = self.closure(step);
        if needs.is_empty() {
            let left = match (&self.missed, self.altering.first()) {
                (Some(missed), _) => format!("{missed} was not done"),
                (None, operator) => {
                    format!("{} came before", operator.map_or("a deviation", |o| o.word()))
                }
            };
            return Judgement::NotJudged(left);
        }
        for need in &needs {
            if !self.has_done(need) {
                return Judgement::NotJudged(format!("it needs {need}, which was not done"));
            }
            if self.spoiled.contains(need) {
                return Judgement::NotJudged(format!("it needs {need}, which was done otherwise"));
            }
        }
        if let Some(lead) = self.leads.get(step)
            && !self.has_done(lead)
        {
            return Judgement::NotJudged(format!("{lead} leads to it and was not done"));
        }
        let first = needs.iter().filter_map(|id| self.done.get(id)).min();
        match (self.upset, first) {
            (Some(upset), Some(&first)) if upset >= first => {
                Judgement::NotJudged("the surroundings were altered since".into())
            }
            _ => Judgement::Judged(self.severity()),
        }
    }

    /// A changed outcome fails, unless it follows an operator of which applications differ and
    /// of which this one promises nothing.
    #[must_use]
    pub fn severity(&self) -> Severity {
        let unpromised = self
            .preserving
            .iter()
            .filter(|o| o.class() == Class::Expected)
            .any(|o| promise(*o).is_some_and(|p| !self.promises.contains(&p)));
        if unpromised { Severity::Warn } else { Severity::Fail }
    }

    fn closure(&self, step: &StepId) -> BTreeSet<StepId> {
        let mut closed = BTreeSet::new();
        let mut open: Vec<&StepId> = self.needs.get(step).into_iter().flatten().collect();
        while let Some(id) = open.pop() {
            if closed.insert(id.clone()) {
                open.extend(self.needs.get(id).into_iter().flatten());
            }
        }
        closed
    }
}

/// What an application promises that keeps its outcome under an operator.
const fn promise(operator: Operator) -> Option<Promise> {
    match operator {
        Operator::Reload => Some(Promise::Reload),
        Operator::BackAndForward => Some(Promise::Back),
        Operator::DetourAndBack => Some(Promise::Detour),
        Operator::Resize => Some(Promise::Resize),
        _ => None,
    }
}
