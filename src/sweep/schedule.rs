//! Which walks a sweep has, in which order. Pure: journeys and their shares in, ids out.

use crate::browser::BrowserKind;
use crate::journey::Journey;
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
    pub(super) fn new<'a>(journeys: impl Iterator<Item = &'a Journey> + Clone) -> Self {
        let shares: Vec<f64> = journeys.clone().filter_map(|j| j.share).collect();
        #[expect(clippy::cast_precision_loss, reason = "journeys are few")]
        let average = if shares.is_empty() {
            1.0
        } else {
            (shares.iter().sum::<f64>() / shares.len() as f64).max(f64::MIN_POSITIVE)
        };
        let lanes = journeys
            .map(|j| Lane {
                journey: j.name.clone(),
                weight: j.share.unwrap_or(average).max(average / 3.0),
                walked: 0,
            })
            .collect();
        Self { lanes }
    }
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

    fn journey(name: &str, share: Option<f64>) -> Journey {
        Journey { name: name.into(), share, ..Journey::default() }
    }

    #[test]
    fn walks_follow_the_shares() {
        let journeys = [journey("often", Some(0.6)), journey("seldom", Some(0.25))];
        let walks: Vec<String> =
            Schedule::new(journeys.iter()).take(8).map(|id| id.to_string()).collect();
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
        let journeys = [journey("all", Some(0.999)), journey("none", Some(0.0))];
        assert!(Schedule::new(journeys.iter()).take(10).any(|id| id.journey == "none"));
        assert_eq!(Schedule::new([].iter()).next(), None);
    }
}
