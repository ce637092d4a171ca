//! Deviations in time: too long, not long enough, away for a while.

use rand::rngs::ChaCha8Rng;

use super::concrete::think;
use super::draw::Place;
use super::script::{Deed, Draft, Move};
use crate::journey::{Action, Operator, Perturbation, PerturbationDetail, Template};
use crate::time::Span;

/// Applies before or after any step that acts; the lengths are log-normal, the published shape
/// of dwell times (median 50 s and p90 233 s for whole pages; a single step takes a part of it).
pub(super) fn draw(
    operator: Operator,
    place: &Place<'_>,
    rng: &mut ChaCha8Rng,
) -> Option<PerturbationDetail> {
    let acts = !matches!(place.step().action, Action::Expect(_) | Action::WaitFor(_));
    let is_first = place.at == 0;
    let is_last = place.at + 1 == place.flat.len();
    let frame = matches!(place.step().action, Action::AnyOrder(_));
    // Whoever takes one of several has looked at them: another list is another choice.
    let chooses = matches!(&place.step().action, Action::Go(route) if !route.is_literal());
    let duration = match operator {
        Operator::Hurry if acts && !is_first && !frame && !chooses => None,
        Operator::Pause if acts && !is_first => Some(think(Span::secs(20), Span::secs(90), rng)),
        Operator::LeaveTab if acts && !is_last => Some(think(Span::secs(10), Span::secs(60), rng)),
        Operator::Abandon if acts && !is_last && !place.is_inner() => {
            Some(think(Span::secs(120), Span::secs(600), rng))
        }
        _ => return None,
    };
    Some(PerturbationDetail { duration, ..PerturbationDetail::default() })
}

pub(super) fn apply(perturbation: &Perturbation, draft: &mut Draft<'_>, at: usize) {
    let duration = perturbation.detail.duration.unwrap_or_default();
    let add = |deed| Move::deviation(perturbation, deed);
    match perturbation.operator {
        Operator::Pause => draft.slots[at].before.push(add(Deed::Wait(duration))),
        Operator::LeaveTab => draft.slots[at].after.push(add(Deed::LeaveTab(duration))),
        Operator::Abandon => {
            let start = draft.start();
            let visit = Action::Visit(Template::new(start));
            let slot = &mut draft.slots[at];
            slot.after.push(add(Deed::Leave(duration)));
            slot.after.push(add(Deed::act(visit)));
        }
        _ => {
            for m in &mut draft.slots[at].main {
                m.hurry();
                m.by.get_or_insert(Operator::Hurry);
            }
        }
    }
}
