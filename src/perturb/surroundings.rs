//! Deviations around the page: other pages, history, window, tabs, cookies, network.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;

use super::concrete::think;
use super::draw::Place;
use super::script::{Deed, Draft, Move, Network};
use crate::journey::{Action, Operator, Perturbation, PerturbationDetail, ScrollTo};
use crate::time::Span;

/// Window sizes that people have: a telephone, a tablet, a small notebook.
const SIZES: [(u32, u32); 3] = [(390, 844), (820, 1180), (1024, 640)];

pub(super) fn draw(
    operator: Operator,
    place: &Place<'_>,
    rng: &mut ChaCha8Rng,
) -> Option<PerturbationDetail> {
    let none = PerturbationDetail::default();
    let step = place.step();
    let looks_only = matches!(step.action, Action::Expect(_) | Action::WaitFor(_));
    let frame = matches!(step.action, Action::AnyOrder(_));
    let is_last = place.at + 1 == place.flat.len();
    if looks_only || frame {
        return None;
    }
    match operator {
        Operator::Scroll => Some(none),
        Operator::DetourAndBack => {
            let to = page(place, rng)?;
            Some(PerturbationDetail { to: Some(to), ..none })
        }
        Operator::Detour if !is_last => {
            let to = page(place, rng)?;
            Some(PerturbationDetail { to: Some(to), ..none })
        }
        Operator::BackAndForward => (place.pages_so_far() > 1).then_some(none),
        Operator::Reload => (!place.has_unsent_input()).then_some(none),
        Operator::Resize => {
            let size = SIZES.choose(rng).copied();
            Some(PerturbationDetail { size, ..none })
        }
        Operator::SecondTab => (!is_last && !place.has_unsent_input()).then_some(none),
        Operator::ExpireSession => (!is_last).then_some(none),
        Operator::LoseNetwork => {
            let duration = Some(think(Span::secs(2), Span::secs(8), rng));
            (place.at > 0).then_some(PerturbationDetail { duration, ..none })
        }
        _ => None,
    }
}

/// A page where people look in between: one of the journey's `detours` by weight, else one of
/// the pages that the journey itself names.
fn page(place: &Place<'_>, rng: &mut ChaCha8Rng) -> Option<String> {
    let pages: Vec<(&str, f64)> = place
        .plan
        .detours
        .iter()
        .filter(|(page, _)| page.starts_with('/'))
        .map(|(page, weight)| (page.as_str(), *weight))
        .collect();
    if !pages.is_empty() {
        let total: f64 = pages.iter().map(|(_, weight)| weight).sum();
        let mut at = rng.random::<f64>() * total;
        for (page, weight) in &pages {
            at -= weight;
            if at < 0.0 {
                return Some((*page).to_owned());
            }
        }
        return pages.last().map(|(page, _)| (*page).to_owned());
    }
    let mut own: Vec<String> = Vec::new();
    for step in place.flat {
        let page = match &step.action {
            Action::Go(route) if route.is_literal() => route.to_string(),
            Action::Visit(url) if url.is_concrete() => url.to_string(),
            _ => continue,
        };
        if !own.contains(&page) {
            own.push(page);
        }
    }
    own.choose(rng).cloned()
}

pub(super) fn apply(perturbation: &Perturbation, draft: &mut Draft<'_>, at: usize) {
    let detail = &perturbation.detail;
    let add = |deed| Move::deviation(perturbation, deed);
    let act = |action| add(Deed::act(action));
    if perturbation.operator == Operator::Resize {
        let resize = |(width, height)| act(Action::Resize { width, height });
        // Whoever changes the window's size does something at that size. What is expected is looked
        // at in the window as it was: what a narrow one leaves out is not missing.
        let next = draft.next_act(at);
        let size = draft.viewport_at(next.unwrap_or(at));
        let there = resize(detail.size.unwrap_or(size));
        match next {
            Some(next) => {
                draft.slots[next].before.push(there);
                draft.slots[next].after.insert(0, resize(size));
            }
            None => draft.slots[at].after.extend([there, resize(size)]),
        }
        return;
    }
    let slot = &mut draft.slots[at];
    let to = || detail.to.clone().unwrap_or_default();
    match perturbation.operator {
        Operator::Scroll => {
            slot.after.push(act(Action::Scroll(ScrollTo::Bottom)));
            slot.after.push(act(Action::Scroll(ScrollTo::Top)));
        }
        Operator::DetourAndBack => {
            slot.after.push(add(Deed::LookAt(to())));
            slot.after.push(add(Deed::ComeBack));
        }
        Operator::Detour => slot.after.push(add(Deed::LookAt(to()))),
        Operator::BackAndForward => {
            slot.after.push(act(Action::Back));
            slot.after.push(act(Action::Forward));
        }
        Operator::Reload => slot.after.push(act(Action::Reload)),
        Operator::SecondTab => slot.after.push(act(Action::NewTab(None))),
        Operator::ExpireSession => slot.after.push(add(Deed::ExpireSession)),
        _ => {
            slot.before.push(add(Deed::Network(Network::Offline)));
            slot.after.push(add(Deed::Wait(detail.duration.unwrap_or_default())));
            slot.after.push(add(Deed::Network(Network::Online)));
        }
    }
}
