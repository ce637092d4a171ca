//! Which walks a sweep has, in which order. Pure: journeys and their shares in, ids out.

use indexmap::IndexMap;

use crate::browser::BrowserKind;
use crate::record::{WalkId, WalkKind};

/// The perturbed walks of a sweep, without end: journeys in turn by their share, each with its
/// own numbers, so that any beginning of the order has walks in proportion to the shares.
#[derive(Debug, Clone)]
pub(super) struct Schedule {
    lanes: Vec<Lane>,
}

#[derive(Debug, Clone)]
struct Lane {
    journey: String,
    weight: f64,
    walked: u32,
}

impl Schedule {
    /// Journeys without a share count as the average of those that have one. No journey gets
    /// less than a third of the average: what few people do breaks too.
    pub(super) fn new(journeys: &IndexMap<String, Option<f64>>) -> Self {
        let shares: Vec<f64> = journeys.values().filter_map(|share| *share).collect();
        #[expect(clippy::cast_precision_loss, reason = "journeys are few")]
        let average = if shares.is_empty() {
            1.0
        } else {
            (shares.iter().sum::<f64>() / shares.len() as f64).max(f64::MIN_POSITIVE)
        };
        let lanes = journeys
            .iter()
            .map(|(name, share)| Lane {
                journey: name.clone(),
                weight: share.unwrap_or(average).max(average / 3.0),
                walked: 0,
            })
            .collect();
        Self { lanes }
    }
}

/// The first perturbed walks of a sweep of these journeys with their shares.
#[must_use]
pub fn scheduled(journeys: &IndexMap<String, Option<f64>>, walks: u32) -> Vec<WalkId> {
    Schedule::new(journeys).take(usize::try_from(walks).unwrap_or(usize::MAX)).collect()
}

impl Iterator for Schedule {
    type Item = WalkId;

    /// The journey that is furthest behind its share (Sainte-Laguë's rule).
    fn next(&mut self) -> Option<WalkId> {
        let behind = |lane: &Lane| lane.weight / (2.0 * f64::from(lane.walked) + 1.0);
        let lane = self
            .lanes
            .iter_mut()
            .reduce(|best, lane| if behind(lane) > behind(best) { lane } else { best })?;
        let number = lane.walked;
        lane.walked += 1;
        let journey = lane.journey.clone();
        let browser = BrowserKind::default();
        Some(WalkId { journey, kind: WalkKind::Perturbed, number, browser, attempt: 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journeys(shares: &[(&str, f64)]) -> IndexMap<String, Option<f64>> {
        shares.iter().map(|&(name, share)| (name.to_owned(), Some(share))).collect()
    }

    #[test]
    fn walks_follow_the_shares() {
        let journeys = journeys(&[("often", 0.6), ("seldom", 0.25)]);
        let walks: Vec<String> = scheduled(&journeys, 8).iter().map(WalkId::to_string).collect();
        assert_eq!(
            walks,
            [
                "often/0", "seldom/0", "often/1", "often/2", "often/3", "seldom/1", "often/4",
                "often/5"
            ]
        );
    }

    #[test]
    fn every_journey_has_its_turn() {
        let some = journeys(&[("all", 0.999), ("none", 0.0)]);
        assert!(scheduled(&some, 10).iter().any(|id| id.journey == "none"));
        assert!(scheduled(&journeys(&[]), 10).is_empty());
    }
}
