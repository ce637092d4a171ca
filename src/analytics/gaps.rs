//! How long people are away between two events: is there a valley between being on the site and
//! coming back to it? The sessions are cut where somebody said; this only shows where the data
//! would cut them.

/// Bins for each doubling of the time.
const FINENESS: usize = 4;
/// Doublings from a second to about twelve days.
const DOUBLINGS: usize = 20;
/// The fewest gaps that say anything.
const FEWEST: u64 = 500;
/// How deep a valley must be: its floor against the lower of the two hills beside it.
const DEPTH: f64 = 0.7;
/// The fewest gaps in a bin on the top of a hill; fewer are chance.
const HILL: f64 = 5.0;

/// The gaps between the neighbouring events of users, by their length on a scale of doublings.
#[derive(Debug, Clone, Default)]
pub(super) struct Gaps {
    bins: Vec<u64>,
}

impl Gaps {
    /// Another gap, in milliseconds.
    pub(super) fn add(&mut self, millis: i64) {
        if millis < 1000 {
            return;
        }
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a place among 80 bins, from a positive number"
        )]
        let bin = ((millis as f64 / 1000.0).log2() * FINENESS as f64) as usize;
        self.bins.resize(FINENESS * DOUBLINGS, 0);
        if let Some(count) = self.bins.get_mut(bin) {
            *count += 1;
        }
    }

    /// The middle of the valley, in milliseconds: the lowest place between a hill under ten
    /// minutes and one over an hour, where it is clearly lower than both.
    pub(super) fn valley(&self) -> Option<u64> {
        if self.bins.iter().sum::<u64>() < FEWEST {
            return None;
        }
        let smooth: Vec<f64> = (0..self.bins.len())
            .map(|at| mean(&self.bins[at.saturating_sub(2)..(at + 3).min(self.bins.len())]))
            .collect();
        let (near, far) = (bin(600.0), bin(3600.0));
        let peak =
            |range: std::ops::Range<usize>| range.max_by(|&a, &b| smooth[a].total_cmp(&smooth[b]));
        let (left, right) = (peak(0..near)?, peak(far..smooth.len())?);
        let floor = (left..right).map(|at| smooth[at]).fold(f64::INFINITY, f64::min);
        let lower = smooth[left].min(smooth[right]);
        if lower < HILL || floor > DEPTH * lower {
            return None;
        }
        // Of a broad floor its middle.
        let low: Vec<usize> = (left..right).filter(|&at| smooth[at] <= floor * 1.05).collect();
        let middle = low.get(low.len() / 2)?;
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a length of time of at most twelve days"
        )]
        let millis = (((*middle as f64 + 0.5) / FINENESS as f64).exp2() * 1000.0) as u64;
        Some(millis)
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place among 80 bins, from a positive number"
)]
fn bin(seconds: f64) -> usize {
    (seconds.log2() * FINENESS as f64) as usize
}

#[expect(clippy::cast_precision_loss, reason = "counts of events")]
fn mean(counts: &[u64]) -> f64 {
    counts.iter().sum::<u64>() as f64 / counts.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(lengths: &[(i64, u32)]) -> Gaps {
        let mut gaps = Gaps::default();
        for &(seconds, count) in lengths {
            for n in 0..count {
                // Spread over a doubling, as people are.
                gaps.add(seconds * 1000 + i64::from(n) * seconds * 1000 / i64::from(count));
            }
        }
        gaps
    }

    #[test]
    fn finds_the_valley_between_staying_and_coming_back() {
        let two = gaps(&[
            (10, 300),
            (20, 500),
            (40, 600),
            (80, 300),
            (300, 40),
            (1800, 10),
            (40_000, 300),
            (80_000, 400),
        ]);
        let valley = two.valley().expect("there is one");
        assert!((600_000..40_000_000).contains(&valley), "{valley}");
    }

    #[test]
    fn says_nothing_where_there_is_none() {
        assert_eq!(gaps(&[(10, 100)]).valley(), None);
        let falling: Vec<(i64, u32)> = (0..18).map(|n| (1 << n, 3000 >> n)).collect();
        assert_eq!(gaps(&falling).valley(), None);
    }
}
