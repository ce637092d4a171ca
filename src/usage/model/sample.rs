//! Drawing sessions from the model.

use rand::Rng;
use rand::rngs::ChaCha8Rng;

use super::UsageModel;
use crate::usage::corpus::{Corpus, Symbol};

/// A drawn session never has more steps: a model may know a circle without an exit.
const LONGEST: usize = 2000;
/// After so many draws of the end in a row there is nothing else.
const MOST_DRAWS: usize = 10_000;

impl UsageModel {
    /// Draws what comes next, given all steps so far; [`Symbol::EDGE`] is the end.
    pub fn draw_next(&self, past: &[Symbol], rng: &mut ChaCha8Rng) -> Symbol {
        if self.patience.is_unknown() {
            return self.draw_by_contexts(past, rng);
        }
        if uniform(rng) < self.probability(past, Symbol::EDGE) {
            return Symbol::EDGE;
        }
        // Whoever stays goes on as the contexts say.
        for _ in 0..MOST_DRAWS {
            let next = self.draw_by_contexts(past, rng);
            if next != Symbol::EDGE {
                return next;
            }
        }
        Symbol::EDGE
    }

    fn draw_by_contexts(&self, past: &[Symbol], rng: &mut ChaCha8Rng) -> Symbol {
        let path: Vec<u32> = self.path(past).collect();
        let mut depth = path.len();
        while depth > 0 {
            depth -= 1;
            let number = path[depth] as usize;
            let (total, back) = self.weights[number];
            let mut at = uniform(rng) * (total + back);
            if at < total {
                for &(symbol, times) in &self.contexts[number].then {
                    at -= times as f64;
                    if at < 0.0 {
                        return symbol;
                    }
                }
            }
            if depth > 1 && uniform(rng) >= self.shape.descent {
                depth = 1;
            }
        }
        let at = uniform(rng) * self.alphabet.outcomes() as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few symbols")]
        Symbol(at as u32)
    }

    /// Draws one session. It may be empty only where the model has seen nothing.
    pub fn draw(&self, rng: &mut ChaCha8Rng) -> Vec<Symbol> {
        let mut session = Vec::new();
        while session.len() < LONGEST {
            match self.draw_next(&session, rng) {
                Symbol::EDGE if session.is_empty() && self.extent.sessions > 0 => {}
                Symbol::EDGE => break,
                symbol => session.push(symbol),
            }
        }
        session
    }

    /// Draws so many sessions, each as of a user of its own.
    pub fn draw_many(&self, count: usize, rng: &mut ChaCha8Rng) -> Corpus {
        let mut corpus = Corpus::default();
        for user in 0..u32::try_from(count).unwrap_or(u32::MAX) {
            corpus.push(user, self.draw(rng));
        }
        corpus
    }
}

/// A number from 0 to below 1, of 53 random bits.
fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}
