//! Journey and randomness → plan → script. No I/O, no clock: the same arguments give the same
//! plan, byte for byte, on every platform.
//!
//! [`concrete`] draws what the journey itself leaves open, [`draw`] adds deviations by a
//! [`profile`], and [`mod@script`] unrolls a plan into the moves that a walker carries out. The
//! operators live in one file for each family; each says where it applies and what it draws.

pub mod concrete;
mod deal;
pub mod draw;
mod family;
pub mod input;
pub mod order;
pub mod person;
pub mod profile;
pub mod script;
pub mod stream;
pub mod surroundings;
pub mod timing;
pub mod words;

pub use draw::{Terms, calm, likelihood, perturbed};
pub use person::Person;
pub use profile::{Profile, Provenance, Rate};
pub use script::{Deed, Manner, Move, Network, script, settle};
pub use stream::Seed;

#[cfg(test)]
mod tests;
