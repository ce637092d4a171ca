//! Deviations of order: steps left out, exchanged, done again, mixed with another journey's, or
//! not reached from the front.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::{IndexedRandom, SliceRandom};

use super::concrete::concrete;
use super::draw::Place;
use super::script::{Deed, Draft, Move};
use crate::journey::{
    Action, Journey, Operator, Perturbation, PerturbationDetail, Step, StepId, Template,
};

pub(super) fn draw(
    operator: Operator,
    place: &Place<'_>,
    rng: &mut ChaCha8Rng,
) -> Option<PerturbationDetail> {
    let none = PerturbationDetail::default();
    let step = place.step();
    match operator {
        Operator::OtherOrder => match &step.action {
            Action::AnyOrder(inner) if inner.len() > 1 => {
                Some(PerturbationDetail { order: other_order(inner, rng), ..none })
            }
            _ => None,
        },
        Operator::Skip => (place.at > 0 && can_move(step)).then_some(none),
        Operator::Swap => {
            let next = place.flat.get(place.at + 1)?;
            let free = place.at > 0
                && !place.is_inner()
                && can_move(step)
                && can_move(next)
                && !next.needs.contains(&step.id);
            free.then(|| PerturbationDetail { other: Some(next.id.clone()), ..none })
        }
        Operator::Repeat => {
            let repeats = matches!(
                step.action,
                Action::Click(_) | Action::Press { .. } | Action::Go(_) | Action::Select { .. }
            );
            let times = Some(if rng.random_bool(0.8) { 2 } else { 3 });
            (repeats && !step.once).then_some(PerturbationDetail { times, ..none })
        }
        Operator::Splice => {
            let other = place
                .terms
                .journeys
                .iter()
                .filter(|j| j.name != place.plan.name && place.plan.detours.contains_key(&j.name))
                .collect::<Vec<_>>();
            let is_last = place.at + 1 == place.flat.len();
            let other = other.choose(rng).filter(|_| !is_last && !place.is_inner())?;
            let steps = excerpt(other, place, rng)?;
            Some(PerturbationDetail { steps, ..none })
        }
        Operator::DeepLink => {
            let to = match &step.action {
                Action::Go(route) if route.is_literal() => route.to_string(),
                Action::Visit(url) if place.at > 0 && url.is_concrete() => url.to_string(),
                _ => return None,
            };
            (place.at > 1 && !place.is_inner())
                .then_some(PerturbationDetail { to: Some(to), ..none })
        }
        _ => None,
    }
}

/// Whether leaving a step out or moving it is a deviation of a user, not of the test.
fn can_move(step: &Step) -> bool {
    !matches!(
        step.action,
        Action::Expect(_) | Action::WaitFor(_) | Action::AnyOrder(_) | Action::Dialog(_)
    )
}

fn other_order(inner: &[Step], rng: &mut ChaCha8Rng) -> Vec<StepId> {
    let written: Vec<StepId> = inner.iter().map(|s| s.id.clone()).collect();
    let mut order = written.clone();
    order.shuffle(rng);
    if order == written {
        order.rotate_left(1);
    }
    order
}

/// Some steps of another journey, as long as they stand on their own: from its start or from a
/// page that has an address, without what it expects.
fn excerpt(other: &Journey, place: &Place<'_>, rng: &mut ChaCha8Rng) -> Option<Vec<Step>> {
    let seed = place.terms.seed;
    let walk = place.plan.plan.as_ref().map_or(0, |p| p.walk);
    let other = concrete(other, seed, walk);
    let starts: Vec<usize> = other
        .steps
        .iter()
        .enumerate()
        .filter(|(_, s)| match &s.action {
            Action::Visit(_) => true,
            Action::Go(route) => route.is_literal(),
            _ => false,
        })
        .map(|(at, _)| at)
        .collect();
    let start = *starts.choose(rng)?;
    let length = rng.random_range(2..=4);
    let mut steps: Vec<Step> = other.steps[start..]
        .iter()
        .filter(|s| can_move(s) && !s.once)
        .take(length)
        .cloned()
        .collect();
    for step in &mut steps {
        step.id = StepId(format!("{}-{}", other.name, step.id));
        step.needs.clear();
        step.optional = true;
    }
    if let Some(first) = steps.first_mut()
        && let Action::Go(route) = &first.action
    {
        first.action = Action::Visit(Template::new(route.as_str()));
    }
    Some(steps)
}

pub(super) fn apply(perturbation: &Perturbation, draft: &mut Draft<'_>, at: usize) {
    let detail = &perturbation.detail;
    match perturbation.operator {
        Operator::Skip => leave_out(perturbation, draft, at),
        Operator::Swap => {
            if let Some(other) = detail.other.as_ref().and_then(|id| draft.position(id)) {
                draft.slots.swap(at, other);
                for place in [at, other] {
                    for m in &mut draft.slots[place].main {
                        m.changed_by(Operator::Swap);
                    }
                }
            }
        }
        Operator::Repeat => {
            let again: Vec<Move> = draft.slots[at]
                .main
                .iter()
                .cloned()
                .map(|m| Move { by: Some(Operator::Repeat), optional: true, ..m })
                .collect();
            for _ in 1..detail.times.unwrap_or(1) {
                draft.slots[at].main.extend(again.iter().cloned());
            }
        }
        Operator::Splice => {
            let moves = detail
                .steps
                .iter()
                .map(|step| Move { by: Some(Operator::Splice), ..Move::of_step(step) });
            draft.slots[at].after.extend(moves);
        }
        Operator::DeepLink => {
            for earlier in 0..at {
                leave_out(perturbation, draft, earlier);
            }
            let to = Template::new(detail.to.clone().unwrap_or_default());
            for m in &mut draft.slots[at].main {
                m.deed = Deed::act(Action::Visit(to.clone()));
                m.by = Some(Operator::DeepLink);
            }
        }
        _ => draft.reorder(&perturbation.step, &detail.order),
    }
}

fn leave_out(perturbation: &Perturbation, draft: &mut Draft<'_>, at: usize) {
    let slot = &mut draft.slots[at];
    slot.before.clear();
    slot.after.clear();
    for m in &mut slot.main {
        m.deed = Deed::LeaveOut;
        m.by = Some(perturbation.operator);
    }
}
