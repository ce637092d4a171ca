//! desirepath, a synthetic user agent for the web.
//!
//! The floors, top to bottom; imports point downwards only (see `ARCHITECTURE.md`):
//! `cli` → `report` → `sweep` → `walk` → `oracle` → `evidence` → `record` → `browser` →
//! `perturb` → `journey` → the ground floor (`diagnostic`, `route`, `time`, `redact`).

pub mod diagnostic;
pub mod evidence;
pub mod browser;
pub mod journey;
pub mod oracle;
pub mod perturb;
pub mod record;
pub mod report;
pub mod route;
pub mod time;
