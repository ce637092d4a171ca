//! How the walks of a sweep are divided among runners. Every runner comes to the same division
//! by itself: it follows from the journeys, the order of the walks and the weights alone, never
//! from what a walk shows.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::schedule::Schedule;
use crate::record::{Run, Shard, WalkId, WalkKind};

/// What one runner walks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    shard: Shard,
    /// What a walk of each journey costs, at least 1.
    weights: BTreeMap<String, u64>,
}

impl Division {
    /// The part `shard` of a sweep; a walk of each journey costs what `weights` says, in any unit.
    #[must_use]
    pub fn new(shard: Shard, weights: impl IntoIterator<Item = (String, u64)>) -> Self {
        let weights = weights.into_iter().map(|(name, weight)| (name, weight.max(1))).collect();
        Self { shard, weights }
    }

    /// Which part it is.
    #[must_use]
    pub fn shard(&self) -> &Shard {
        &self.shard
    }

    /// What a walk of each journey costs.
    #[must_use]
    pub fn weights(&self) -> &BTreeMap<String, u64> {
        &self.weights
    }

    /// The perturbed walks of this part, in their order.
    pub(super) fn of(&self, walks: impl Iterator<Item = WalkId>) -> impl Iterator<Item = WalkId> {
        let mut loads = Loads::new(&self.shard);
        walks.filter(move |id| loads.add(self.weight(&id.journey)))
    }

    /// The journeys that are walked calm here: those that are perturbed here, because what they
    /// show is judged by it, and a part of those that nobody perturbs.
    pub(super) fn calm(
        &self,
        journeys: &IndexMap<String, Option<f64>>,
        walks: Option<usize>,
    ) -> BTreeSet<String> {
        // Nobody knows beforehand what comes up within a time: everybody has to be ready.
        let Some(walks) = walks else { return journeys.keys().cloned().collect() };
        let all: BTreeSet<String> =
            Schedule::new(journeys).take(walks).map(|id| id.journey).collect();
        let mut loads = Loads::new(&self.shard);
        let mut mine = BTreeSet::new();
        for id in Schedule::new(journeys).take(walks) {
            if loads.add(self.weight(&id.journey)) {
                mine.insert(id.journey);
            }
        }
        for name in journeys.keys().filter(|name| !all.contains(*name)) {
            if loads.add(self.weight(name)) {
                mine.insert(name.clone());
            }
        }
        mine
    }

    fn weight(&self, journey: &str) -> u64 {
        self.weights.get(journey).copied().unwrap_or(1)
    }
}

/// What the parts have got so far: each walk goes to the part with the least, the first of these.
#[derive(Debug, Clone)]
struct Loads {
    loads: Vec<u64>,
    mine: BTreeSet<usize>,
}

impl Loads {
    fn new(shard: &Shard) -> Self {
        let place = |part: &u32| usize::try_from(part.saturating_sub(1)).unwrap_or(usize::MAX);
        let parts = usize::try_from(shard.of).unwrap_or(1).max(1);
        Self { loads: vec![0; parts], mine: shard.parts.iter().map(place).collect() }
    }

    /// Gives a walk to a part; whether it is ours.
    fn add(&mut self, weight: u64) -> bool {
        let least = (0..self.loads.len()).min_by_key(|&i| self.loads[i]).unwrap_or(0);
        self.loads[least] = self.loads[least].saturating_add(weight);
        self.mine.contains(&least)
    }
}

/// How long a perturbed walk of each journey took in a run, in milliseconds on the average;
/// a journey that the run does not have counts as the average of all.
#[must_use]
pub fn durations<'a>(run: &Run, journeys: impl Iterator<Item = &'a str>) -> BTreeMap<String, u64> {
    let mut sums: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (id, record) in run.conclusive().filter(|(id, _)| id.kind == WalkKind::Perturbed) {
        let sum = sums.entry(&id.journey).or_default();
        *sum = (sum.0 + record.took, sum.1 + 1);
    }
    let (all, walks) = sums.values().fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    let usual = all / walks.max(1);
    journeys
        .map(|name| (name.to_owned(), sums.get(name).map_or(usual, |(sum, n)| sum / n).max(1)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::scheduled;

    fn journeys() -> IndexMap<String, Option<f64>> {
        [("long", 0.5), ("short", 0.3), ("tail", 0.2)]
            .map(|(name, share)| (name.to_owned(), Some(share)))
            .into()
    }

    fn part(n: u32, of: u32) -> Division {
        let weights = [("long", 90), ("short", 10), ("tail", 30)];
        let shard = Shard { parts: vec![n], of };
        Division::new(shard, weights.map(|(name, weight)| (name.to_owned(), weight)))
    }

    #[test]
    fn the_parts_together_are_the_sweep_and_no_walk_is_in_two() {
        for of in [1, 2, 3, 7, 40] {
            let mut all: Vec<WalkId> = (1..=of)
                .flat_map(|n| {
                    part(n, of).of(Schedule::new(&journeys()).take(30)).collect::<Vec<_>>()
                })
                .collect();
            all.sort();
            let mut whole = scheduled(&journeys(), 30);
            whole.sort();
            assert_eq!(all, whole, "{of} parts");
        }
    }

    #[test]
    fn the_parts_take_about_the_same_time() {
        let load = |n| -> u64 {
            let division = part(n, 3);
            let walks = division.of(Schedule::new(&journeys()).take(60));
            walks.map(|id| division.weight(&id.journey)).sum()
        };
        let loads = [load(1), load(2), load(3)];
        let (least, most) = (loads.iter().min(), loads.iter().max());
        assert!(most.zip(least).is_some_and(|(m, l)| m - l <= 90), "{loads:?}");
    }

    #[test]
    fn every_journey_is_walked_calm_where_it_is_perturbed_and_somewhere_at_all() {
        for walks in [0, 1, 2, 30] {
            let mut somewhere = BTreeSet::new();
            for n in 1..=4 {
                let division = part(n, 4);
                let calm = division.calm(&journeys(), Some(walks));
                for id in division.of(Schedule::new(&journeys()).take(walks)) {
                    assert!(calm.contains(&id.journey), "{id} in {calm:?}");
                }
                somewhere.extend(calm);
            }
            assert_eq!(somewhere.len(), 3, "{walks} walks");
        }
    }
}
