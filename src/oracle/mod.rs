//! The rules that say when something is wrong: what was observed at one moment of a walk →
//! violations. One file for each rule. Pure: no browser, no clock.
//!
//! A right application is silent under the defaults. Several rules often see the same defect
//! (a payment that answers 500 also fails the `expect` that follows); the judge names the cause
//! and mentions the rest.

pub mod console;
pub mod endless;
pub mod exception;
pub mod expectation;
pub mod http;
pub mod outcome;
pub mod page;
pub mod rules;
pub mod settings;
pub mod signature;
pub mod standing;

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use indexmap::IndexMap;
use serde_json::Value;

use crate::journey::StepId;
use crate::record::{Observed, Oracle, Severity, Violation};
use crate::route;

pub use settings::{Level, Settings};
pub use standing::{Judgement, Standing};

/// Where a walk is when something is judged.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// The step that was just done.
    pub step: &'a StepId,
    /// Its place in the walk.
    pub index: u32,
    /// What was done, in words.
    pub did: &'a str,
    /// The URL now.
    pub url: &'a str,
    /// Whether the walker itself has cut the network: what fails then is its own doing.
    pub offline: bool,
}

impl Moment<'_> {
    /// The page's path with its variable parts folded.
    #[must_use]
    pub fn route(&self) -> String {
        match url::Url::parse(self.url) {
            Ok(url) => route::fold(url.path()),
            Err(_) => self.url.to_owned(),
        }
    }

    /// A violation here.
    fn violation(&self, oracle: Oracle, severity: Severity, signature: &str) -> Violation {
        Violation {
            oracle,
            severity,
            signature: format!("{oracle}: {signature}"),
            title: String::new(),
            message: String::new(),
            step: self.step.clone(),
            index: self.index,
            route: self.route(),
            was: IndexMap::new(),
            now: IndexMap::new(),
            request: None,
            stack: String::new(),
        }
    }
}

/// Judges one walk: keeps what must be remembered between moments.
#[derive(Debug)]
pub struct Judge<'a> {
    settings: &'a Settings,
    /// Signatures that calm walks show: the application's ordinary noise.
    ordinary: &'a BTreeSet<String>,
    requests: http::Requests,
    reported: HashSet<String>,
}

impl<'a> Judge<'a> {
    /// A judge for one walk of the application at `origin` (`http://127.0.0.1:8080`).
    #[must_use]
    pub fn new(settings: &'a Settings, ordinary: &'a BTreeSet<String>, origin: &str) -> Self {
        let requests = http::Requests::of(origin);
        Self { settings, ordinary, requests, reported: HashSet::new() }
    }

    /// What the browser told since the last moment.
    pub fn signals(&mut self, signals: &[Observed], moment: &Moment<'_>) -> Vec<Violation> {
        let mut found = Vec::new();
        for observed in signals {
            found.extend(exception::judge(&observed.signal, moment));
            found.extend(console::judge(&observed.signal, moment));
            found.extend(self.requests.judge(observed, moment));
            found.extend(page::crashed(&observed.signal, moment));
        }
        found
    }

    /// Requests that are still open after `limit`, seen at `now` milliseconds of the page's time.
    pub fn endless(&mut self, now: u64, limit: Duration, moment: &Moment<'_>) -> Vec<Violation> {
        endless::judge(&mut self.requests, now, limit, moment)
    }

    /// Applies the settings, drops what was reported before in this walk, and leaves one cause
    /// for each moment, failures first. Violations that calm walks show are the application's
    /// ordinary noise and never fail a walk.
    pub fn weigh(&mut self, found: Vec<Violation>) -> Vec<Violation> {
        let mut kept: Vec<Violation> = Vec::new();
        for mut violation in found {
            match self.settings.level(violation.oracle, &violation.route) {
                Level::Off => continue,
                Level::Warn => violation.severity = Severity::Warn,
                Level::Fail => violation.severity = Severity::Fail,
                Level::Default => {}
            }
            if self.ordinary.contains(&violation.signature) {
                violation.severity = Severity::Warn;
            }
            if self.reported.insert(violation.signature.clone()) {
                kept.push(violation);
            }
        }
        one_cause(kept)
    }

    /// How many requests the walk has made.
    #[must_use]
    pub fn request_count(&self) -> u32 {
        self.requests.count()
    }
}

/// Of several failures at one moment the one that causes the others stays a failure; the others
/// are mentioned in it. Warnings stay as they are, unless a failure of the same moment explains
/// them.
fn one_cause(mut found: Vec<Violation>) -> Vec<Violation> {
    found.sort_by_key(|v| (std::cmp::Reverse(v.severity), causal_rank(v.oracle)));
    let mut found = found.into_iter();
    let Some(mut first) = found.next() else { return Vec::new() };
    if first.severity != Severity::Fail {
        return std::iter::once(first).chain(found).collect();
    }
    let mut out = Vec::new();
    for other in found {
        let follows = other.severity == Severity::Fail
            || matches!(other.oracle, Oracle::ConsoleError | Oracle::Http4xx);
        if follows {
            first.message.push_str("\nalso: ");
            first.message.push_str(&other.title);
        } else {
            out.push(other);
        }
    }
    out.insert(0, first);
    out
}

/// What causes what, from cause to effect.
const fn causal_rank(oracle: Oracle) -> u8 {
    match oracle {
        Oracle::Crash => 0,
        Oracle::Http5xx => 1,
        Oracle::UncaughtException => 2,
        Oracle::UnhandledRejection => 3,
        Oracle::BlankPage => 4,
        Oracle::Hang => 5,
        Oracle::EndlessRequest => 6,
        Oracle::Always => 7,
        Oracle::Eventually => 8,
        Oracle::Expect => 9,
        Oracle::Step => 10,
        Oracle::Outcome => 11,
        Oracle::Http4xx => 12,
        Oracle::ConsoleError => 13,
    }
}

/// Readings of the page, by name.
pub type Readings = IndexMap<String, Value>;

#[cfg(test)]
mod tests;
