//! Which oracles are off, warn or fail, and on which routes.

use crate::record::Oracle;
use crate::route::Route;

/// What an oracle may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Level {
    /// What the oracle itself says.
    #[default]
    Default,
    /// Nothing.
    Off,
    /// Warn at most.
    Warn,
    /// Fail the walk.
    Fail,
}

/// Levels by oracle and route; the last entry that applies decides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    entries: Vec<(Oracle, Option<Route>, Level)>,
}

impl Settings {
    /// Adds a level for an oracle, everywhere or on one route.
    pub fn set(&mut self, oracle: Oracle, route: Option<Route>, level: Level) {
        self.entries.push((oracle, route, level));
    }

    /// The level of an oracle on a page.
    #[must_use]
    pub fn level(&self, oracle: Oracle, path: &str) -> Level {
        self.entries
            .iter()
            .rev()
            .find(|(o, route, _)| *o == oracle && route.as_ref().is_none_or(|r| r.matches(path)))
            .map_or(Level::Default, |&(_, _, level)| level)
    }
}
