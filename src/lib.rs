//! desirepath, a synthetic user agent for the web.
//!
//! The floors, top to bottom; imports point downwards only (see `ARCHITECTURE.md`):
//! `cli` → `demo`, `exchange` → `report` → `shrink` → `sweep` → `walk` → `browser`, `oracle`, `evidence` →
//! `record` → `perturb` → `usage` → `analytics` → `journey` → the ground floor (`bounds`, `browser_kind`, `diagnostic`, `redact`, `route`, `service`, `time`).

pub mod analytics;
pub mod bounds;
pub mod browser;
pub mod browser_kind;
pub mod cli;
pub mod demo;
pub mod diagnostic;
pub mod evidence;
pub mod exchange;
pub mod journey;
pub mod oracle;
pub mod perturb;
pub mod record;
pub mod redact;
pub mod report;
pub mod route;
pub mod service;
pub mod shrink;
pub mod sweep;
pub mod time;
pub mod usage;
pub mod walk;
