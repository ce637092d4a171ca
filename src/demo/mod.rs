//! The bundled demonstration: a small shop in two releases, the journeys of its customers, and
//! the list of what the second release breaks. Walking it is the business of the floors above.

pub mod journeys;
pub mod recognise;
pub mod regressions;
pub mod shop;
pub mod traffic;
