//! The bundled demonstration: a small shop in two releases, and the list of what the second one
//! breaks. Walking it is the business of the floors above.

pub mod regressions;
pub mod shop;
