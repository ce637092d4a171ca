//! What each walk is dealt, so that a sweep tries every pair of operator and step where a walk gets
//! to it, and what people came for first. What a deviation looks like is drawn in `draw`.

use std::collections::BTreeMap;

use rand::RngExt;

use super::draw::{Site, may_send};
use super::stream::Seed;
use crate::journey::{Class, Journey, Operator, Step};

/// Whether all steps of the journey can still be done after it, as far as anyone can know who has
/// not seen the application: who swapped two steps goes back for the other, and what was odd is
/// typed again where it keeps from going on.
pub(super) const fn stays_on_path(operator: Operator) -> bool {
    use Operator as O;
    match operator {
        O::Swap | O::Repeat | O::DoubleClick | O::SecondTab | O::OddInput => true,
        _ => !matches!(operator.class(), Class::Altering),
    }
}

/// What is dealt to a walk: its own site, and the companions that are met with it. A faithful walk
/// has four preserving sites that are in turn, any other two; and that one has an altering site
/// for its own, and as companions two more that leave it on its path.
pub(super) fn dealt(
    sites: &[Site],
    flat: &[Step],
    journey: &Journey,
    walk: u32,
    seed: Seed,
) -> (Option<usize>, Vec<usize>) {
    let (altering, preserving) = rounds(sites, flat, journey, seed);
    let number = |walk: u32| usize::try_from(walk).unwrap_or_default();
    let faithful_before = (walk + 1) / 3;
    let calmer = in_turn(&preserving, 2 * number(walk) + 2 * number(faithful_before));
    let turn = number(walk - faithful_before);
    let Some(own) = in_turn(&altering, turn).next() else {
        let mut calmer = calmer.take(4);
        return (calmer.next(), calmer.collect());
    };
    // Beyond where its own deviation may lead it astray, a companion would not be met.
    let is_met = |&place: &usize| {
        place != own && (stays_on_path(sites[own].operator) || sites[place].at <= sites[own].at)
    };
    let on_path: Vec<usize> =
        altering.into_iter().filter(|&place| stays_on_path(sites[place].operator)).collect();
    let altering = in_turn(&on_path, 2 * turn).filter(is_met).take(2);
    (Some(own), altering.chain(calmer.take(2).filter(is_met)).collect())
}

/// The places from this one on, each once, round and round.
fn in_turn(round: &[usize], from: usize) -> impl Iterator<Item = usize> + '_ {
    round.iter().copied().cycle().skip(from % round.len().max(1)).take(round.len())
}

/// The altering sites and the preserving ones, each in a weighted random order (Efraimidis and
/// Spirakis 2006) that is the same for every walk; each operator has its turn before one has a
/// second. The weight is the probability that twenty walks would not meet the site by themselves,
/// times what the site matters. What twenty walks all but certainly meet comes last: it needs no
/// walk of its own.
fn rounds(
    sites: &[Site],
    flat: &[Step],
    journey: &Journey,
    seed: Seed,
) -> (Vec<usize>, Vec<usize>) {
    const WALKS: f64 = 20.0;
    let unmet = |site: &Site| libm::pow(1.0 - site.rate.min(0.99), WALKS);
    let mut keyed: Vec<(f64, usize)> = sites
        .iter()
        .enumerate()
        .map(|(place, site)| {
            let purpose = format!("own {}", site.name);
            let u = seed.stream(&journey.name, 0, &purpose).random::<f64>();
            (-libm::log(1.0 - u) / (matters(site, flat) * unmet(site)), place)
        })
        .collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut turns: BTreeMap<Operator, usize> = BTreeMap::new();
    let mut ordered: Vec<(bool, usize, usize)> = keyed
        .iter()
        .map(|&(_, place)| {
            let turn = turns.entry(sites[place].operator).or_default();
            *turn += 1;
            (unmet(&sites[place]) < 0.15, *turn, place)
        })
        .collect();
    // Stable: within a round the weighted order stays.
    ordered.sort_by_key(|&(met, turn, _)| (met, turn));
    let places = ordered.into_iter().map(|(_, _, place)| place);
    places.partition(|&place| !sites[place].operator.is_preserving())
}

/// What a deviation counts for where it is. A step that needs others is one that people came for;
/// the last one that acts is what they came for. A step that no other needs is done at any time,
/// so exchanging it is what people do.
fn matters(site: &Site, flat: &[Step]) -> f64 {
    let step = &flat[site.at];
    let rest = &flat[site.at + 1..];
    let is_free = || rest.iter().all(|later| !later.needs.contains(&step.id));
    match site.operator {
        Operator::Swap if is_free() => 3.0,
        Operator::Swap | Operator::Skip => 1.0,
        _ if may_send(&step.action) && !rest.iter().any(|later| may_send(&later.action)) => 24.0,
        _ if step.needs.is_empty() => 1.0,
        _ => 3.0,
    }
}
