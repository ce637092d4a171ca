//! How well a model does on sessions that it has not seen, beside what real sessions do: the
//! figures that tell whether to believe it. It also chooses the model's order, by the same means.

mod distance;

use std::array;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use serde::Serialize;

pub use distance::{Lengths, Runs, Unseen};

use super::corpus::{Alphabet, Corpus, People, Symbol, tenth};
use super::model::{Counted, DEEPEST, FEWEST_USERS, Shape, UsageModel};
use super::side_by_side;
use crate::analytics::Sessions;

/// So many sessions are compared at most.
const SAMPLE: usize = 10_000;
/// So often, where there are enough sessions: the mean is steadier than one draw.
const ROUNDS: usize = 8;
/// With fewer users in a part, its figures would be noise.
const FEWEST: usize = 10;
/// The shape where the data is too thin to choose one.
const THIN: Shape = Shape { order: 1, descent: 1.0, k: FEWEST_USERS };
/// The descents that are tried; Witten and Bell's comes first and wins where they are alike.
const DESCENTS: [f64; 5] = [1.0, 0.75, 0.5, 0.25, 0.0];
/// Orders that differ by no more bits are alike, and the shortest wins.
const ALIKE: f64 = 0.0005;
/// Patience must save so many bits per step, or it is left out.
const WORTH: f64 = 0.005;
/// Sampled sessions are drawn under this seed, so that the same data gives the same figures.
const SEED: u64 = 0x6465_7369_7265;

/// A distance of sampled sessions from held-out ones, and of other real sessions from the same.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Distance {
    /// Sampled from the model, against held-out sessions.
    pub model: f64,
    /// Real sessions of other users, as many, against the same: nothing real comes closer.
    pub floor: f64,
}

/// The figures. All are of sessions whose users the model does not know.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fidelity {
    /// How many sessions were held out.
    pub held_out: usize,
    /// Bits per step (the end of a session is one) on them.
    pub bits: f64,
    /// The same for chains of the fixed orders 0, 1, 2, 3 and 4.
    pub fixed_orders: [f64; DEEPEST + 1],
    /// How many sessions each distance compares with as many.
    pub compared: usize,
    /// Jensen–Shannon divergence of runs of three steps, in bits.
    pub three_grams: Distance,
    /// The same of runs of four steps.
    pub four_grams: Distance,
    /// Kolmogorov–Smirnov distance of the lengths of sessions.
    pub lengths: Distance,
    /// The share of sessions whose path nobody took yet, as predicted.
    pub unseen_predicted: f64,
    /// The same, as seen in the held-out sessions.
    pub unseen_held_out: f64,
    /// The share of held-out steps that are rare: of states that fewer than k users were in.
    pub rare_steps: f64,
}

/// Fits a model whose order is chosen by log-loss, and judges it. The figures are `None` where
/// there are too few users to hold some out.
#[must_use]
pub fn learn(sessions: &Sessions, k: u32) -> (UsageModel, Option<Fidelity>) {
    let people = People::of(sessions);
    // The alphabet is of all users: that a state is common tells nothing of what comes after it.
    let alphabet = Alphabet::common(sessions, &people, k);
    // What was learned from and counted for the trial is let go before everything is counted: at
    // millions of sessions these are the largest things there are.
    let trial = {
        let corpus = Corpus::spell(sessions, &people, &alphabet);
        attempt(&corpus, &alphabet, k)
    };
    let Some(Trial { shape, temper, fidelity }) = trial else {
        return (UsageModel::fit(sessions, Shape { k, ..THIN }), None);
    };
    let corpus = Corpus::spell(sessions, &people, &alphabet);
    let mut model = UsageModel::fit_spelled(sessions, &people, &alphabet, &corpus, shape);
    if temper == Temper::Patient {
        model = model.with_patience(&corpus);
    }
    (model, Some(fidelity))
}

/// Whether the length of a session tells anything about its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Temper {
    Even,
    Patient,
}

/// What was chosen on some users and judged on others.
struct Trial {
    shape: Shape,
    temper: Temper,
    fidelity: Fidelity,
}

/// Fits to eight tenths of the users, chooses on one and judges on one; `None` where there are too
/// few for that.
fn attempt(corpus: &Corpus, alphabet: &Alphabet, k: u32) -> Option<Trial> {
    let choosing = corpus.of_users(|user| tenth(user) == 1);
    let held_out = corpus.of_users(|user| tenth(user) == 0);
    if choosing.users() < FEWEST || held_out.users() < FEWEST {
        return None;
    }
    let learned = corpus.of_users(|user| tenth(user) > 1);
    let counted = Counted::of(&learned);
    let bits = |shape: &Shape| counted.model(alphabet, *shape).bits_per_event(&choosing);
    // For each order the descent that needs least, then the shortest order that is as good.
    let of_order = |order| {
        let shapes = DESCENTS.map(|descent| Shape { order, descent, k }).map(|s| (s, bits(&s)));
        shapes.into_iter().min_by(|a, b| a.1.total_cmp(&b.1))
    };
    // The longest takes about as long as the others together.
    let shorter = || (0..DEEPEST).filter_map(of_order).collect();
    let (deepest, shapes): (_, Vec<(Shape, f64)>) = side_by_side(|| of_order(DEEPEST), shorter);
    let shapes: Vec<(Shape, f64)> = shapes.into_iter().chain(deepest).collect();
    let best = shapes.iter().map(|(_, bits)| *bits).fold(f64::INFINITY, f64::min);
    let good = shapes.iter().find(|(_, bits)| *bits <= best + ALIKE);
    let shape = good.map_or(Shape { k, ..THIN }, |(shape, _)| *shape);
    let even = counted.model(alphabet, shape);
    let patient = counted.model(alphabet, shape).with_patience(&learned);
    let saved = even.bits_per_event(&choosing) - patient.bits_per_event(&choosing);
    let (temper, trial) =
        if saved > WORTH { (Temper::Patient, patient) } else { (Temper::Even, even) };
    let fidelity = judge(&counted, &trial, &learned, &held_out);
    Some(Trial { shape, temper, fidelity })
}

fn judge(counted: &Counted, model: &UsageModel, learned: &Corpus, held_out: &Corpus) -> Fidelity {
    let compared = SAMPLE.min(held_out.len()).min(learned.len());
    let rounds = (learned.len() / compared.max(1)).clamp(1, ROUNDS);
    let here = Look::of(&spread(held_out, compared, 0, 1));
    let sampled = || {
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        mean(rounds, |_| here.distances(&model.draw_many(compared, &mut rng)))
    };
    let (sampled, (real, fixed_orders, unseen)) = side_by_side(sampled, || {
        let real = mean(rounds, |round| here.distances(&spread(learned, compared, round, rounds)));
        let deepest = counted.model(model.alphabet(), Shape { order: DEEPEST, ..model.shape() });
        let fixed = array::from_fn(|order| deepest.bits_at_fixed_order(held_out, order));
        (real, fixed, Unseen::of(learned, held_out))
    });
    let [three_grams, four_grams, lengths] =
        array::from_fn(|which| Distance { model: sampled[which], floor: real[which] });
    let rare = held_out.iter().flat_map(|(_, s)| s).filter(|s| **s == Symbol::RARE).count();
    Fidelity {
        held_out: held_out.len(),
        bits: model.bits_per_event(held_out),
        fixed_orders,
        compared,
        three_grams,
        four_grams,
        lengths,
        unseen_predicted: unseen.predicted,
        unseen_held_out: unseen.held_out,
        rare_steps: rare as f64 / held_out.symbols().max(1) as f64,
    }
}

/// What is compared of a set of sessions.
struct Look {
    threes: Runs,
    fours: Runs,
    lengths: Lengths,
}

impl Look {
    fn of(corpus: &Corpus) -> Self {
        Self {
            threes: Runs::of(corpus, 3),
            fours: Runs::of(corpus, 4),
            lengths: Lengths::of(corpus),
        }
    }

    /// The three distances from another set.
    fn distances(&self, other: &Corpus) -> [f64; 3] {
        let other = Self::of(other);
        [
            other.threes.divergence(&self.threes),
            other.fours.divergence(&self.fours),
            other.lengths.distance(&self.lengths),
        ]
    }
}

fn mean(rounds: usize, mut distances: impl FnMut(usize) -> [f64; 3]) -> [f64; 3] {
    let mut sums = [0.0; 3];
    for round in 0..rounds {
        for (sum, distance) in sums.iter_mut().zip(distances(round)) {
            *sum += distance / rounds as f64;
        }
    }
    sums
}

/// So many sessions of a corpus, evenly spread over it: the `round`th of `rounds` such sets, no
/// two of which have a session in common.
fn spread(corpus: &Corpus, count: usize, round: usize, rounds: usize) -> Corpus {
    let mut part = Corpus::default();
    for n in 0..count {
        let index = (n * rounds + round) * corpus.len() / (count * rounds);
        let user = u32::try_from(n).unwrap_or(u32::MAX);
        part.push(user, corpus.sequence(index).iter().copied());
    }
    part
}

#[cfg(test)]
mod tests;
