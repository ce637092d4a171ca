//! Plans made smaller: pure functions from a plan to the same plan with less in it.

use std::collections::{BTreeMap, BTreeSet};

use crate::journey::{Action, Journey, Operator, Perturbation, Step, StepId, Think};
use crate::perturb::draw;
use crate::time::Span;

/// How many steps a plan has; those inside an `any_order` count, their frame does not.
pub(super) fn steps(plan: &Journey) -> usize {
    ids(&plan.steps).len()
}

/// The ids of the steps that do something.
fn ids(steps: &[Step]) -> Vec<StepId> {
    steps
        .iter()
        .flat_map(|step| match &step.action {
            Action::AnyOrder(inner) => ids(inner),
            _ => vec![step.id.clone()],
        })
        .collect()
}

/// The plan up to this step, with the deviations up to there.
pub(super) fn up_to(plan: &Journey, last: &StepId) -> Journey {
    let mut small = plan.clone();
    let holds = |step: &Step| step.id == *last || ids(std::slice::from_ref(step)).contains(last);
    if let Some(place) = small.steps.iter().position(holds) {
        small.steps.truncate(place + 1);
    }
    tidy(&mut small);
    small
}

/// The plan with only some of its deviations, by their places.
pub(super) fn with_only(plan: &Journey, kept: &[usize]) -> Journey {
    let mut small = plan.clone();
    small.perturbations =
        kept.iter().filter_map(|&place| plan.perturbations.get(place).cloned()).collect();
    small
}

/// The steps that may be left out: all but the first address, the step where it fails, and those
/// that a deviation is about.
pub(super) fn removable(plan: &Journey, failing: &StepId) -> Vec<StepId> {
    let touched: BTreeSet<&StepId> = plan.perturbations.iter().flat_map(about).collect();
    let first = plan.steps.first().filter(|s| matches!(s.action, Action::Visit(_)));
    let framed = |id: &StepId| {
        plan.steps.iter().any(|frame| {
            touched.contains(&frame.id) && ids(std::slice::from_ref(frame)).contains(id)
        })
    };
    ids(&plan.steps)
        .into_iter()
        .filter(|id| id != failing && !touched.contains(id) && !framed(id))
        .filter(|id| first.is_none_or(|first| first.id != *id))
        .collect()
}

/// What the failing step and those that a deviation is about need, as far as the journey says so:
/// the steps that they name, what these name in turn, and what leads to a look.
pub(super) fn needed(plan: &Journey, failing: &StepId) -> BTreeSet<StepId> {
    let needs = needs(plan);
    let touched = plan.perturbations.iter().flat_map(about);
    let mut open: Vec<&StepId> = touched.chain([failing]).collect();
    let mut needed = BTreeSet::new();
    while let Some(id) = open.pop() {
        if needed.insert(id.clone()) {
            open.extend(needs.get(id).into_iter().flatten());
        }
    }
    needed
}

/// What each step needs; a frame needs the steps inside it.
fn needs(plan: &Journey) -> BTreeMap<&StepId, Vec<&StepId>> {
    let mut all = BTreeMap::new();
    let mut acted = None;
    for frame in &plan.steps {
        let inside = match &frame.action {
            Action::AnyOrder(inner) => {
                all.insert(&frame.id, inner.iter().map(|step| &step.id).collect());
                inner.as_slice()
            }
            _ => std::slice::from_ref(frame),
        };
        for step in inside {
            let mut needs: Vec<&StepId> = step.needs.iter().chain(&frame.needs).collect();
            if looks(step) {
                needs.extend(acted);
            } else if !step.optional {
                acted = Some(&step.id);
            }
            all.insert(&step.id, needs);
        }
    }
    all
}

/// The steps that people do not leave out without a thought, and that do something.
pub(super) fn acts(plan: &Journey) -> BTreeSet<StepId> {
    let flat = draw::flat(&plan.steps);
    flat.into_iter().filter(|step| !looks(step) && !step.optional).map(|step| step.id).collect()
}

const fn looks(step: &Step) -> bool {
    matches!(step.action, Action::Expect(_) | Action::WaitFor(_))
}

/// The plan without these steps.
pub(super) fn without(plan: &Journey, gone: &BTreeSet<StepId>) -> Journey {
    let mut small = plan.clone();
    small.steps = remaining(&plan.steps, gone);
    tidy(&mut small);
    small
}

fn remaining(steps: &[Step], gone: &BTreeSet<StepId>) -> Vec<Step> {
    let mut out = Vec::new();
    for step in steps.iter().filter(|step| !gone.contains(&step.id)) {
        let Action::AnyOrder(inner) = &step.action else {
            out.push(step.clone());
            continue;
        };
        let inner = remaining(inner, gone);
        match inner.len() {
            0 => {}
            // One step has no order.
            1 => out.extend(inner),
            _ => out.push(Step { action: Action::AnyOrder(inner), ..step.clone() }),
        }
    }
    out
}

/// The plan without any waiting that a person does.
pub(super) fn without_thinking(plan: &Journey) -> Journey {
    let mut small = plan.clone();
    let mut open: Vec<&mut Step> = small.steps.iter_mut().collect();
    while let Some(step) = open.pop() {
        if step.think.is_some() {
            step.think = Some(Think::Exactly(Span::ZERO));
        }
        if let Action::AnyOrder(inner) = &mut step.action {
            open.extend(inner);
        }
    }
    small
}

/// The plan with shorter texts and times in its deviations; `None` where there is nothing to
/// shorten.
pub(super) fn shortened(plan: &Journey) -> Option<Journey> {
    const MOMENT: u64 = 200;
    let mut small = plan.clone();
    for deviation in &mut small.perturbations {
        let detail = &mut deviation.detail;
        if let Some(text) = &mut detail.text
            && deviation.operator == Operator::OddInput
            && text.chars().count() > 8
        {
            *text = text.chars().take(text.chars().count() / 2).collect();
        }
        if let Some(duration) = &mut detail.duration
            && *duration > Span::millis(MOMENT)
        {
            *duration = Span::millis(MOMENT);
        }
    }
    (small != *plan).then_some(small)
}

/// Takes out what speaks of steps that are gone.
fn tidy(plan: &mut Journey) {
    let mut there: BTreeSet<StepId> = ids(&plan.steps).into_iter().collect();
    there.extend(plan.steps.iter().map(|step| step.id.clone()));
    let mut open: Vec<&mut Step> = plan.steps.iter_mut().collect();
    while let Some(step) = open.pop() {
        step.needs.retain(|need| there.contains(need));
        if let Action::AnyOrder(inner) = &mut step.action {
            open.extend(inner);
        }
    }
    plan.perturbations.retain(|p| about(p).all(|id| there.contains(id)));
}

/// The steps of the plan that a deviation is about.
fn about(deviation: &Perturbation) -> impl Iterator<Item = &StepId> {
    let detail = &deviation.detail;
    std::iter::once(&deviation.step).chain(&detail.other).chain(&detail.order)
}

/// The ids of all steps, frames included, in the order of the file.
pub(super) fn order_of_steps(plan: &Journey) -> Vec<StepId> {
    plan.steps
        .iter()
        .flat_map(|step| {
            let inner = match &step.action {
                Action::AnyOrder(inner) => ids(inner),
                _ => Vec::new(),
            };
            std::iter::once(step.id.clone()).chain(inner)
        })
        .collect()
}
