//! Patience: how the chance of leaving changes with the number of steps that a session has had.
//! Visitors differ in it, and no context of a few steps shows whose session it is: without it, a
//! model makes too few short sessions and too few long ones. How the contexts are mixed is `mod`'s.

use super::UsageModel;
use crate::usage::corpus::{Corpus, Symbol};

/// Sessions with so many steps or more, up to the next number, are alike in their odds.
const AGES: [usize; 20] =
    [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256];
/// Fewer sessions than this that end at an age say nothing of it: the age before counts.
const FEWEST: u64 = 30;
/// So many ends weigh as much as the opinion that patience changes nothing.
const DOUBT: f64 = 10.0;
/// More sessions than this are not looked at: they would not change the third digit.
const MOST: usize = 200_000;
/// How finely the chances that the contexts give are told apart, on the logistic scale: steps of a
/// tenth, from -12 to 12.
const BINS: usize = 240;

/// For each of [`AGES`] the odds of leaving, against the odds by the contexts alone; none where
/// nothing was learned of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Patience {
    odds: Vec<f64>,
}

/// What was seen at one age.
struct Age {
    /// How often the contexts gave each chance of leaving.
    chances: Vec<u64>,
    /// How many sessions ended.
    ends: u64,
    /// By how many users.
    users: u32,
    last: u32,
}

impl Patience {
    /// These odds, as a file has them; `None` where they cannot be any.
    pub(super) fn of_odds(odds: Vec<f64>) -> Option<Self> {
        let right = odds.len() <= AGES.len() && odds.iter().all(|o| o.is_finite() && *o > 0.0);
        right.then_some(Self { odds })
    }

    /// The odds, for a file.
    pub(super) fn odds(&self) -> &[f64] {
        &self.odds
    }

    /// Learns it from sessions: at each age the odds under which the model's contexts expect as
    /// many ends as there were. Ages at which fewer than `k` users left tell nothing.
    pub(super) fn fit(model: &UsageModel, corpus: &Corpus, k: u32) -> Self {
        let mut ages: Vec<Age> = AGES
            .iter()
            .map(|_| Age { chances: vec![0; BINS], ends: 0, users: 0, last: u32::MAX })
            .collect();
        let stride = corpus.len().div_ceil(MOST).max(1);
        for (user, symbols) in corpus.iter().step_by(stride) {
            for steps in 1..=symbols.len() {
                let Some(age) = place(steps).and_then(|place| ages.get_mut(place)) else {
                    continue;
                };
                age.chances[bin(model.by_contexts(&symbols[..steps], Symbol::EDGE))] += 1;
                if steps == symbols.len() {
                    age.ends += 1;
                    age.users += u32::from(age.last != user);
                    age.last = user;
                }
            }
        }
        let mut before = 1.0;
        let odds = ages.iter().map(|age| {
            if age.ends >= FEWEST && age.users >= k {
                before = age.odds();
            }
            before
        });
        Self { odds: odds.collect() }
    }

    /// The chance of leaving after so many steps, where the contexts give this one.
    pub(super) fn leave(&self, steps: usize, chance: f64) -> f64 {
        let odds = place(steps).and_then(|place| self.odds.get(place)).copied().unwrap_or(1.0);
        odds * chance / (1.0 - chance + odds * chance)
    }

    /// Whether it changes nothing.
    pub(super) const fn is_unknown(&self) -> bool {
        self.odds.is_empty()
    }
}

impl Age {
    /// The odds under which as many leave as did, by halving; to four digits, as the file has them.
    fn odds(&self) -> f64 {
        let expected = |odds: f64| {
            let ends = |(bin, times): (usize, &u64)| {
                let chance = chance(bin);
                *times as f64 * odds * chance / (1.0 - chance + odds * chance)
            };
            self.chances.iter().enumerate().map(ends).sum::<f64>()
        };
        let (mut low, mut high) = (-5.0_f64, 5.0_f64);
        for _ in 0..50 {
            let middle = f64::midpoint(low, high);
            if expected(middle.exp()) < self.ends as f64 { low = middle } else { high = middle }
        }
        let doubted = f64::midpoint(low, high) * self.ends as f64 / (self.ends as f64 + DOUBT);
        (doubted.exp() * 1e4).round() / 1e4
    }
}

/// The place among the ages of a session with so many steps.
fn place(steps: usize) -> Option<usize> {
    AGES.partition_point(|&age| age <= steps).checked_sub(1)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the bins")]
fn bin(chance: f64) -> usize {
    let logit = (chance / (1.0 - chance)).ln();
    ((logit * 10.0 + BINS as f64 / 2.0).floor().clamp(0.0, BINS as f64 - 1.0)) as usize
}

/// The chance in the middle of a bin.
fn chance(bin: usize) -> f64 {
    let logit = (bin as f64 + 0.5 - BINS as f64 / 2.0) / 10.0;
    1.0 / (1.0 + (-logit).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_and_chances_have_their_places() {
        assert_eq!(
            [0, 1, 8, 9, 10, 9999].map(place),
            [None, Some(0), Some(7), Some(7), Some(8), Some(19)]
        );
        for p in [1e-4, 0.1, 0.5, 0.9] {
            assert!((chance(bin(p)) / p - 1.0).abs() < 0.06, "{p}");
        }
        assert_eq!((bin(0.0), bin(1.0)), (0, BINS - 1));
    }

    #[test]
    fn odds_are_those_that_explain_the_ends() {
        let mut chances = vec![0; BINS];
        chances[bin(0.2)] = 10_000;
        let p = chance(bin(0.2));
        let ends = (10_000.0 * 3.0 * p / (1.0 - p + 3.0 * p)) as u64;
        let odds = Age { chances, ends, users: 99, last: 0 }.odds();
        assert!((odds - 3.0).abs() < 0.02, "{odds}");
        let patience = Patience { odds: vec![odds] };
        assert!(patience.leave(1, 0.2) > 0.42 && patience.leave(2, 0.2) == 0.2);
        assert_eq!(Patience::default().leave(7, 0.3), 0.3);
        assert_eq!(Patience::of_odds(vec![-1.0]), None);
    }
}
