//! How long people stay: log-normal or Weibull, whichever is likelier. Fitting only; what is made
//! of it in a journey is `derive`'s.

use serde::{Deserialize, Serialize};

use crate::analytics::{Act, Sessions, Step};
use crate::time::Span;
use crate::usage::corpus::{Alphabet, People};

/// The kinds of law that are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Law {
    /// The logarithm is normal: `place` is its mean, `spread` its standard deviation.
    LogNormal,
    /// Weibull: `place` is the logarithm of the scale, `spread` one over the shape.
    Weibull,
}

/// A fitted law of times in milliseconds. Both laws are families of place and spread on the
/// logarithmic scale.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Dwell {
    /// Which law.
    pub law: Law,
    /// Where it lies, in natural logarithms of milliseconds.
    pub place: f64,
    /// How wide it is, on the same scale.
    pub spread: f64,
}

/// Fewer times than this say nothing about a state of its own.
const FEWEST: usize = 30;
/// More times than this are not looked at: they would not change the third digit.
const MOST: usize = 20_000;

impl Dwell {
    /// The likelier law for these times in milliseconds; `None` for fewer than two different.
    #[must_use]
    pub fn fit(times: &[u32]) -> Option<Self> {
        let stride = times.len().div_ceil(MOST).max(1);
        let logs: Vec<f64> =
            times.iter().step_by(stride).map(|&ms| f64::from(ms.max(1)).ln()).collect();
        let n = logs.len() as f64;
        let mean = logs.iter().sum::<f64>() / n;
        let variance = logs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        if logs.len() < 2 || variance < 1e-9 {
            return None;
        }
        let normal = Self { law: Law::LogNormal, place: mean, spread: variance.sqrt() };
        let weibull = Self::weibull(&logs, mean, variance);
        let better = weibull.filter(|w| w.log_likelihood(&logs) > normal.log_likelihood(&logs));
        Some(better.unwrap_or(normal).rounded())
    }

    /// Newton's method on the likelihood equation of the shape k,
    /// Σ xᵏ ln x / Σ xᵏ − 1/k = mean ln x, with x divided by its geometric mean so that nothing
    /// overflows. It begins where the moments of the logarithm put it.
    fn weibull(logs: &[f64], mean: f64, variance: f64) -> Option<Self> {
        let n = logs.len() as f64;
        let mut shape = (std::f64::consts::PI / 6f64.sqrt()) / variance.sqrt();
        for _ in 0..60 {
            let (mut s0, mut s1, mut s2) = (0.0, 0.0, 0.0);
            for x in logs.iter().map(|x| x - mean) {
                let power = (shape * x).exp();
                s0 += power;
                s1 += power * x;
                s2 += power * x * x;
            }
            let value = s1 / s0 - 1.0 / shape;
            let slope = s2 / s0 - (s1 / s0).powi(2) + 1.0 / shape.powi(2);
            let next = (shape - value / slope).clamp(shape / 2.0, shape * 2.0);
            let done = (next - shape).abs() < 1e-10 * shape;
            shape = next;
            if done {
                let sum: f64 = logs.iter().map(|x| (shape * (x - mean)).exp()).sum();
                let place = mean + (sum / n).ln() / shape;
                return Some(Self { law: Law::Weibull, place, spread: 1.0 / shape });
            }
        }
        None
    }

    /// The likelihood of the logarithms, without the factor that both laws share.
    fn log_likelihood(&self, logs: &[f64]) -> f64 {
        let each = |x: &f64| {
            let z = (x - self.place) / self.spread;
            match self.law {
                Law::LogNormal => -0.5 * z * z - 0.5 * std::f64::consts::TAU.ln(),
                Law::Weibull => z - z.exp(),
            }
        };
        logs.iter().map(each).sum::<f64>() - logs.len() as f64 * self.spread.ln()
    }

    /// To four digits: the file holds no more, and is read back as the same value.
    fn rounded(self) -> Self {
        let round = |x: f64| (x * 1e4).round() / 1e4;
        Self { place: round(self.place), spread: round(self.spread).max(1e-4), ..self }
    }

    /// The time that half of the people stay below.
    #[must_use]
    pub fn median(&self) -> Span {
        self.span(match self.law {
            Law::LogNormal => 0.0,
            Law::Weibull => std::f64::consts::LN_2.ln(),
        })
    }

    /// The time that nine of ten stay below.
    #[must_use]
    pub fn p90(&self) -> Span {
        self.span(match self.law {
            Law::LogNormal => 1.281_551_565_544_6,
            Law::Weibull => std::f64::consts::LN_10.ln(),
        })
    }

    fn span(&self, z: f64) -> Span {
        let ms = libm::exp(self.place + self.spread * z).clamp(0.0, 3.0e10);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
        Span::millis(ms.round() as u64)
    }
}

/// The law of each state of the alphabet where there is enough data, and that of all.
pub(super) fn fit_all(
    sessions: &Sessions,
    people: &People,
    alphabet: &Alphabet,
    k: u32,
) -> (Vec<Option<Dwell>>, Option<Dwell>) {
    let places: Vec<Option<usize>> =
        sessions.states().iter().map(|state| alphabet.symbol(state).place()).collect();
    let mut times: Vec<Times> = vec![Times::default(); alphabet.states().len()];
    let mut all = Vec::new();
    for &index in &people.order {
        let steps = sessions.steps(index);
        for (at, step) in steps.iter().enumerate() {
            // What the application says by itself is nothing that the user did next.
            let is_event = |step: &&Step| matches!(sessions.state(step.state).act, Act::Named(_));
            let said = steps[at + 1..].iter().take_while(is_event);
            let dwell = std::iter::once(step)
                .chain(said)
                .try_fold(0u32, |sum, step| Some(sum.saturating_add(step.dwell?)));
            let Some(dwell) = dwell else { continue };
            all.push(dwell);
            if let Some(place) = places[step.state.0 as usize] {
                times[place].add(dwell, people.of[index]);
            }
        }
    }
    let own = |times: &Times| {
        let enough = times.all.len() >= FEWEST && times.users >= k;
        enough.then(|| Dwell::fit(&times.all)).flatten()
    };
    (times.iter().map(own).collect(), Dwell::fit(&all))
}

#[derive(Clone, Default)]
struct Times {
    all: Vec<u32>,
    users: u32,
    last: Option<u32>,
}

impl Times {
    fn add(&mut self, dwell: u32, user: u32) {
        self.all.push(dwell);
        if self.last != Some(user) {
            self.users += 1;
            self.last = Some(user);
        }
    }
}
