//! What friction is judged by: what the walker did, and the named thresholds of the tools whose
//! dashboards people know. The oracles themselves are in files of their own.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use super::Budget;
use crate::journey::{Journey, Operator, Promise, StepId};
use crate::perturb::draw;

/// The last thing that the walker did before a moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Act {
    /// The kind of step: `click`, `back` …
    pub verb: String,
    /// The operator that put it there or changed it.
    pub by: Option<Operator>,
    /// When it began, in milliseconds since the page was opened: the clock of the signals.
    pub since: u64,
    /// The same on the clock of a person who takes every think time that the walker skipped.
    pub by_persons_clock: u64,
    /// Whether the journey says how long people think before it.
    pub think: Think,
    /// What it was done to.
    pub target: Pressed,
}

/// Whether the journey says how long people think before a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Think {
    /// It does, or it was waited for.
    Known,
    /// It does not: people are taken to be patient.
    #[default]
    Unknown,
}

/// What an act was done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pressed {
    /// A link: it leads elsewhere and sends nothing.
    Link,
    /// Anything else, or nothing.
    #[default]
    Other,
}

impl Act {
    /// Whether the friction that follows is the walker's own: it clicked again, twice, or before
    /// the page was ready.
    #[must_use]
    pub fn is_impatient(&self) -> bool {
        matches!(
            self.by,
            Some(Operator::Repeat | Operator::DoubleClick | Operator::Hurry | Operator::Swap)
        )
    }

    /// Whether it was one press of pointer or key, which has one intent.
    #[must_use]
    pub fn is_press(&self) -> bool {
        matches!(
            self.verb.as_str(),
            "click" | "double_click" | "press" | "go" | "check" | "uncheck"
        )
    }
}

/// What friction is judged by in one walk.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Terms {
    /// The thresholds.
    pub thresholds: Thresholds,
    /// What the application promises to keep.
    pub promises: Vec<Promise>,
    /// The steps that must have one effect only.
    pub once: BTreeSet<StepId>,
    /// What a page may take.
    pub budget: Budget,
}

impl Terms {
    /// The terms of a plan.
    #[must_use]
    pub fn of(plan: &Journey, thresholds: Thresholds, budget: Budget) -> Self {
        let once = draw::flat(&plan.steps).into_iter().filter(|step| step.once);
        Self {
            thresholds,
            promises: plan.promises.clone(),
            once: once.map(|step| step.id.clone()).collect(),
            budget,
        }
    }
}

/// Named thresholds, so that counts match the dashboard that people know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thresholds {
    /// posthog-js: `rageclick.ts` and `dead-clicks-autocapture.ts`.
    Posthog,
    /// Datadog's browser SDK: `computeFrustration.ts` and `clickChain.ts`.
    #[default]
    Datadog,
    /// Amplitude's plugin for frustration analytics.
    Amplitude,
}

/// How near to each other presses count as the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Near {
    /// Sum of both distances in CSS pixels, exclusive.
    Manhattan(f64),
    /// Straight distance in CSS pixels, inclusive.
    Straight(f64),
    /// Anywhere on the same element.
    SameElement,
}

/// When presses are rage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rage {
    /// So many presses …
    pub presses: usize,
    /// … none later than this after the one before, in milliseconds …
    pub gap: u64,
    /// … all within this time, in milliseconds …
    pub window: u64,
    /// … this near to each other.
    pub near: Near,
}

impl Thresholds {
    /// The name in the configuration.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Posthog => "posthog",
            Self::Datadog => "datadog",
            Self::Amplitude => "amplitude",
        }
    }

    /// A press is dead when it has had no effect for so long, in milliseconds.
    #[must_use]
    pub const fn dead_after(self) -> u32 {
        match self {
            Self::Posthog => 2500,
            Self::Datadog => 100,
            Self::Amplitude => 3000,
        }
    }

    /// Whether a request alone is an effect, though there is nothing to be seen of it.
    #[must_use]
    pub const fn counts_requests(self) -> bool {
        matches!(self, Self::Datadog)
    }

    /// When presses are rage.
    #[must_use]
    pub const fn rage(self) -> Rage {
        match self {
            // No window for all: each press only has to follow the one before in time.
            Self::Posthog => {
                Rage { presses: 3, gap: 999, window: u64::MAX, near: Near::Manhattan(30.0) }
            }
            Self::Datadog => {
                Rage { presses: 3, gap: 1000, window: 1000, near: Near::Straight(100.0) }
            }
            Self::Amplitude => {
                Rage { presses: 4, gap: 1000, window: 1000, near: Near::SameElement }
            }
        }
    }
}

impl fmt::Display for Thresholds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Why a text names no thresholds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("thresholds are `posthog`, `datadog` or `amplitude`")]
pub struct BadThresholds;

impl FromStr for Thresholds {
    type Err = BadThresholds;

    fn from_str(text: &str) -> Result<Self, BadThresholds> {
        [Self::Posthog, Self::Datadog, Self::Amplitude]
            .into_iter()
            .find(|thresholds| thresholds.word() == text)
            .ok_or(BadThresholds)
    }
}
