//! Where the time of a walk went. It is measured where the time is spent; the table is `report`'s.

use std::ops::AddAssign;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// Where time went, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Spent {
    /// All of it, by the clock on the wall.
    pub all: u64,
    /// Waiting for answers of driver and browser that had something to do: looking, acting,
    /// opening a page.
    pub browser: u64,
    /// Waiting in the page until it rests.
    pub rest: u64,
    /// Reading the page and aiming in it, until a target is ready, a rule holds or an expectation is
    /// met.
    pub ready: u64,
    /// Standing still as people do: think times and the waits of deviations.
    pub pace: u64,
    /// Taking pictures and snapshots.
    pub evidence: u64,
}

impl Spent {
    /// What has come since an earlier reading.
    #[must_use]
    pub const fn since(self, before: Self) -> Self {
        Self {
            all: self.all.saturating_sub(before.all),
            browser: self.browser.saturating_sub(before.browser),
            rest: self.rest.saturating_sub(before.rest),
            ready: self.ready.saturating_sub(before.ready),
            pace: self.pace.saturating_sub(before.pace),
            evidence: self.evidence.saturating_sub(before.evidence),
        }
    }

    /// What none of the parts accounts for: desirepath itself, and waiting for its turn.
    #[must_use]
    pub const fn beside(self) -> u64 {
        let told = self.browser + self.rest + self.ready + self.pace + self.evidence;
        self.all.saturating_sub(told)
    }
}

impl AddAssign for Spent {
    fn add_assign(&mut self, other: Self) {
        self.all += other.all;
        self.browser += other.browser;
        self.rest += other.rest;
        self.ready += other.ready;
        self.pace += other.pace;
        self.evidence += other.evidence;
    }
}

/// The time of all steps of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Kind {
    /// How many there were.
    pub steps: u32,
    /// What they took together.
    pub spent: Spent,
}

/// Where the time of a walk, or of several, went.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Timings {
    /// By kind of step, in the order in which they first came.
    pub kinds: IndexMap<String, Kind>,
    /// Microseconds that the browser and its driver had on processors; `None` where this machine
    /// does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser_cpu: Option<u64>,
    /// Microseconds that desirepath itself had on processors. Walks at once share it, so it is
    /// known of a sweep only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_cpu: Option<u64>,
}

impl Timings {
    /// Adds a step.
    pub fn add(&mut self, kind: &str, spent: Spent) {
        self.add_kind(kind, Kind { steps: 1, spent });
    }

    /// Adds those of another walk.
    pub fn absorb(&mut self, other: &Self) {
        for (kind, one) in &other.kinds {
            self.add_kind(kind, *one);
        }
        let sum = |a: Option<u64>, b: Option<u64>| match (a, b) {
            (None, None) => None,
            (a, b) => Some(a.unwrap_or(0) + b.unwrap_or(0)),
        };
        self.browser_cpu = sum(self.browser_cpu, other.browser_cpu);
        self.own_cpu = sum(self.own_cpu, other.own_cpu);
    }

    /// Everything together.
    #[must_use]
    pub fn all(&self) -> Kind {
        let mut all = Kind::default();
        for one in self.kinds.values() {
            all.steps += one.steps;
            all.spent += one.spent;
        }
        all
    }

    fn add_kind(&mut self, kind: &str, one: Kind) {
        if !self.kinds.contains_key(kind) {
            self.kinds.insert(kind.to_owned(), Kind::default());
        }
        if let Some(known) = self.kinds.get_mut(kind) {
            known.steps += one.steps;
            known.spent += one.spent;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_add_up_and_nothing_is_counted_twice() {
        let spent = |all, browser| Spent { all, browser, ..Spent::default() };
        let (mut one, mut two) = (Timings::default(), Timings::default());
        one.add("click", spent(100, 60));
        one.add("click", spent(50, 50));
        two.add("go", spent(30, 10));
        two.browser_cpu = Some(7);
        one.absorb(&two);
        assert_eq!(one.kinds["click"], Kind { steps: 2, spent: spent(150, 110) });
        assert_eq!(one.all(), Kind { steps: 3, spent: spent(180, 120) });
        assert_eq!(one.all().spent.beside(), 60);
        assert_eq!((one.browser_cpu, one.own_cpu), (Some(7), None));
        assert_eq!(spent(180, 120).since(spent(150, 110)), spent(30, 10));
    }
}
