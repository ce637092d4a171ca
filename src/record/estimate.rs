//! A share that was estimated from a sample, with its interval. Whose share of what it is, the
//! caller knows.

use serde::{Deserialize, Serialize};

/// The 97.5 % point of the standard normal distribution: both sides together leave 5 %.
const Z: f64 = 1.959_963_984_540_054;

/// A share between 0 and 1, and the 95 % interval around it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Estimate {
    /// What was seen.
    pub share: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Estimate {
    /// `hits` of `trials`, with Wilson's score interval (E. B. Wilson, 1927), which stays
    /// within 0 and 1 and is honest for few trials. Without trials nothing is known: 0 to 1.
    #[must_use]
    pub fn of(hits: u32, trials: u32) -> Self {
        if trials == 0 {
            return Self { share: 0.0, low: 0.0, high: 1.0 };
        }
        let n = f64::from(trials);
        let share = f64::from(hits.min(trials)) / n;
        let z2 = Z * Z;
        let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half =
            Z / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).max(0.0).sqrt();
        Self { share, low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
    }

    /// This share of a part that is itself the share `part` of the whole.
    #[must_use]
    pub fn within(self, part: f64) -> Self {
        Self { share: self.share * part, low: self.low * part, high: self.high * part }
    }

    /// To six digits: more than any sample can tell, and read back as written.
    #[must_use]
    pub fn rounded(self) -> Self {
        let round = |value: f64| (value * 1e6).round() / 1e6;
        Self { share: round(self.share), low: round(self.low), high: round(self.high) }
    }

    /// The sum over disjoint parts. The ends are added too, which errs on the wide side.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            share: (self.share + other.share).min(1.0),
            low: (self.low + other.low).min(1.0),
            high: (self.high + other.high).min(1.0),
        }
    }
}

/// The largest failure rate that `trials` without a failure leave possible at 95 %: the exact
/// form of the rule of three.
#[must_use]
pub fn bound_without_failures(trials: u32) -> f64 {
    if trials == 0 { 1.0 } else { 1.0 - 0.05_f64.powf(1.0 / f64::from(trials)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_published_values() {
        // Newcombe (1998), table I: 81 of 263 and 0 of 20.
        let e = Estimate::of(81, 263);
        assert!((e.low - 0.2553).abs() < 1e-4 && (e.high - 0.3662).abs() < 1e-4, "{e:?}");
        let e = Estimate::of(0, 20);
        assert!(e.low.abs() < 1e-9 && (e.high - 0.1611).abs() < 1e-4, "{e:?}");
        assert!((bound_without_failures(60) - 0.0487).abs() < 1e-4);
    }

    proptest::proptest! {
        #[test]
        fn the_interval_holds_the_share(hits in 0u32..500, more in 0u32..500) {
            let e = Estimate::of(hits, hits + more);
            proptest::prop_assert!(0.0 <= e.low && e.low <= e.share + 1e-12);
            proptest::prop_assert!(e.share <= e.high + 1e-12 && e.high <= 1.0);
        }
    }
}
