//! What sessions teach: a usage model, how far to believe it, and the journeys that stand for
//! what people do. No I/O: sessions come in, values and texts go out. Reading exports is
//! `analytics`'; what is made of a journey is `perturb`'s.

pub mod corpus;
pub mod coverage;
pub mod derive;
pub mod fidelity;
pub mod flow;
pub mod model;

pub use corpus::{Alphabet, Corpus, Symbol};
pub use coverage::{Coverage, Deed};
pub use derive::{Derived, Held, Standing, Terms};
pub use fidelity::{Fidelity, learn};
pub use flow::Flow;
pub use model::{BadModel, Dwell, Extent, FEWEST_USERS, Law, Shape, UsageModel};

/// Two pieces of work at once, the first in a thread of its own.
pub(crate) fn side_by_side<A: Send, B>(
    apart: impl FnOnce() -> A + Send,
    here: impl FnOnce() -> B,
) -> (A, B) {
    std::thread::scope(|scope| {
        let apart = scope.spawn(apart);
        let here = here();
        (apart.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), here)
    })
}

#[cfg(test)]
mod process;
