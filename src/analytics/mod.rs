//! An export of an analytics tool → the sessions in it.
//!
//! It owns the formats, the cleaning, the redaction, and where a session ends. What sessions
//! teach is not its business: that is `usage`.

mod element;
mod session;

pub use element::Element;
pub use session::{Act, Head, Sessions, State, StateId, Step};
