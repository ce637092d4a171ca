//! The rules that say when something is wrong: what was observed at one moment of a walk →
//! violations. One file for each rule. Pure: no browser, no clock.
//!
//! A right application is silent under the defaults. Several rules often see the same defect
//! (a payment that answers 500 also fails the `expect` that follows); the judge names the cause
//! and mentions the rest.

pub mod accessibility;
pub mod back_stays;
pub mod broken_image;
pub mod console;
pub mod dead_click;
pub mod doubled_effect;
pub mod endless;
pub mod engine;
pub mod error_click;
pub mod exception;
pub mod expectation;
pub mod friction;
pub mod ghost_submit;
pub mod http;
pub mod lost_input;
pub mod outcome;
pub mod overflow;
pub mod page;
pub mod quick_back;
pub mod rage_click;
pub mod refusal;
pub mod rules;
pub mod secret_in_url;
pub mod settings;
pub mod signature;
pub mod spinner;
pub mod standing;
pub mod web_vitals;

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use indexmap::IndexMap;
use serde_json::Value;

use crate::journey::StepId;
use crate::record::{Field, Observed, Oracle, Severity, Trace, Untold, Violation};
use crate::route;
use crate::service::Services;

pub use friction::{Act, Pressed, Terms, Think, Thresholds};
pub use settings::{Level, Settings};
pub use standing::{Judgement, Standing};
pub use web_vitals::Budget;

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
    /// Whether the walker itself has cut the network, or had a request held back: what fails then
    /// is its own doing.
    pub offline: bool,
}

impl Moment<'_> {
    /// The page's path with its variable parts folded.
    #[must_use]
    pub fn route(&self) -> String {
        match url::Url::parse(self.url) {
            Ok(_) => route::fold(&route::path(self.url)),
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
            service: None,
            stack: String::new(),
            beside: None,
            caused: Vec::new(),
        }
    }
}

/// Judges one walk: keeps what must be remembered between moments.
#[derive(Debug)]
pub struct Judge<'a> {
    settings: &'a Settings,
    /// Signatures that calm walks show: the application's ordinary noise.
    ordinary: &'a BTreeSet<String>,
    requests: http::Requests<'a>,
    reported: HashSet<String>,
    /// The routes on which something failed.
    failed_on: HashSet<String>,
    /// After which step an exception, a server or the page itself failed last, and how.
    broke: Option<(u32, String)>,
    /// When a script last went wrong, in milliseconds of the page's time.
    erred: Option<u64>,
    terms: Terms,
    presses: rage_click::Presses,
    arrival: quick_back::Arrival,
    typed: lost_input::Typed,
    refusals: refusal::Refusals,
    /// Whether the last press was the walker's own impatience: a page may tell of it later.
    was_impatient: bool,
    intents: doubled_effect::Intents,
    trail: back_stays::Trail,
    /// How much longer everything takes than on a calm machine.
    stretch: f64,
}

impl<'a> Judge<'a> {
    /// A judge for one walk of the application at `origin` (`http://127.0.0.1:8080`).
    #[must_use]
    pub fn new(settings: &'a Settings, ordinary: &'a BTreeSet<String>, origin: &str) -> Self {
        Self {
            settings,
            ordinary,
            requests: http::Requests::of(origin),
            reported: HashSet::new(),
            failed_on: HashSet::new(),
            broke: None,
            erred: None,
            terms: Terms::default(),
            presses: rage_click::Presses::default(),
            arrival: quick_back::Arrival::default(),
            typed: lost_input::Typed::default(),
            refusals: refusal::Refusals::default(),
            was_impatient: false,
            intents: doubled_effect::Intents::of(origin),
            trail: back_stays::Trail::default(),
            stretch: 1.0,
        }
    }

    /// The same judge, which knows the application's services by their names.
    #[must_use]
    pub fn among(mut self, services: &'a Services) -> Self {
        self.requests.name(services);
        self
    }

    /// The same judge, with the terms by which friction is judged.
    #[must_use]
    pub fn under(self, terms: Terms) -> Self {
        Self { terms, ..self }
    }

    /// From now on everything takes so much longer than on a calm machine, 1.0 or more: what is
    /// judged by how long it lasts is given so much more time.
    pub fn stretch(&mut self, stretch: f64) {
        self.stretch = stretch;
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

    /// How the application can be used: what came of the last act, from what the page tells of it
    /// and the signals since the last moment. `now` is the page's time in milliseconds.
    pub fn uses(
        &mut self,
        trace: &Trace,
        signals: &[Observed],
        act: &Act,
        now: u64,
        moment: &Moment<'_>,
    ) -> Vec<Violation> {
        let Terms { thresholds, promises, once, budget } = &self.terms;
        let mut found = Vec::new();
        let erred = signals.iter().rev().find(|observed| error_click::is_error(&observed.signal));
        self.erred = erred.map(|observed| observed.at).or(self.erred);
        // A press that ends in an error has done something, and the error tells what.
        let just_erred = self.erred.is_some_and(|at| at + error_click::WITHIN >= act.since);
        let presses = act.is_press();
        for click in &trace.clicks {
            let is_told_late = !presses || now.saturating_sub(click.watched.into()) < act.since;
            let is_own_doing = is_told_late && self.was_impatient;
            if !just_erred && !is_own_doing {
                found.extend(dead_click::judge(click, signals, act, *thresholds, moment));
            }
            found.extend(self.presses.judge(click, act, *thresholds, moment));
        }
        if presses {
            self.was_impatient = act.is_impatient();
        }
        found.extend(error_click::judge(signals, act, moment));
        found.extend(self.arrival.judge(signals, act, moment));
        found.extend(self.typed.judge(&trace.fields, signals, act, promises, moment));
        found.extend(self.refusals.judge(&trace.fields, signals, act, moment));
        found.extend(ghost_submit::judge(signals, act, moment));
        found.extend(self.intents.judge(signals, &trace.sends, act, once, moment));
        found.extend(self.trail.judge(signals, act, moment));
        found.extend(broken_image::judge(&trace.images, moment));
        found.extend(trace.overflow.iter().filter_map(|o| overflow::judge(o, moment)));
        found.extend(secret_in_url::judge(signals, &trace.exposed, moment));
        if let Some(vitals) = &trace.vitals {
            found.extend(web_vitals::judge(vitals, budget, moment));
        }
        if let Some(spinner) = trace.spinner.as_ref().filter(|_| !self.requests.is_waiting()) {
            found.extend(spinner::judge(spinner, signals, now, self.stretch, moment));
        }
        found
    }

    /// The fields of earlier documents that a look has to ask about.
    pub fn remembered(&self) -> impl Iterator<Item = &Field> {
        self.typed.remembered()
    }

    /// Whether barriers are of interest on a page: they are searched for where the settings say
    /// so.
    #[must_use]
    pub fn asks_for_barriers(&self, route: &str) -> bool {
        let level = self.settings.level(Oracle::Accessibility, route);
        matches!(level, Level::Warn | Level::Fail)
    }

    /// Whether there is a budget for Web Vitals.
    #[must_use]
    pub fn has_budget(&self) -> bool {
        self.terms.budget.is_set()
    }

    /// How long a press is watched for an effect.
    #[must_use]
    pub fn answer_within(&self) -> Duration {
        Duration::from_millis(u64::from(self.terms.thresholds.dead_after()))
    }

    /// Requests that are still open after `limit`, seen at `now` milliseconds of the page's time.
    pub fn endless(&mut self, now: u64, limit: Duration, moment: &Moment<'_>) -> Vec<Violation> {
        endless::judge(&mut self.requests, now, limit.mul_f64(self.stretch), moment)
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
            if violation.severity == Severity::Fail && is_cause(violation.oracle) {
                self.broke = Some((violation.index, violation.signature.clone()));
            }
            // What a rule of the journey has said of this page already is not said twice.
            let told =
                violation.oracle == Oracle::LostInput && self.failed_on.contains(&violation.route);
            if !told && self.reported.insert(violation.signature.clone()) {
                kept.push(violation);
            }
        }
        let mut kept = one_cause(kept);
        for violation in kept.iter_mut().filter(|violation| !is_cause(violation.oracle)) {
            let broke = self.broke.as_ref().filter(|(index, _)| *index == violation.index);
            violation.beside = broke.map(|(_, signature)| signature.clone());
        }
        let failures = kept.iter().filter(|violation| violation.severity == Severity::Fail);
        self.failed_on.extend(failures.map(|violation| violation.route.clone()));
        kept
    }

    /// How many requests the walk has made.
    #[must_use]
    pub fn request_count(&self) -> u32 {
        self.requests.count()
    }
}

/// The oracles that have nothing to judge by where a browser never tells of these, in their order.
#[must_use]
pub fn unjudged(untold: &[Untold]) -> Vec<Oracle> {
    use Oracle as O;
    let blind = |untold: &Untold| -> &[Oracle] {
        match untold {
            Untold::Traffic => &[
                O::Http5xx,
                O::Http4xx,
                O::EndlessRequest,
                O::QuickBack,
                O::DoubledEffect,
                O::BackStays,
                O::SecretInUrl,
            ],
            Untold::Crashes => &[O::Crash],
        }
    };
    let mut oracles: Vec<Oracle> = untold.iter().flat_map(blind).copied().collect();
    oracles.sort_unstable();
    oracles
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
            || matches!(
                other.oracle,
                Oracle::ConsoleError | Oracle::Http4xx | Oracle::ErrorClick | Oracle::DeadClick
            );
        if follows {
            first.message.push_str("\nalso: ");
            first.message.push_str(&other.title);
            first.caused.push(other.signature);
        } else {
            out.push(other);
        }
    }
    out.insert(0, first);
    out
}

/// Whether it is the fault itself rather than what somebody misses because of it.
const fn is_cause(oracle: Oracle) -> bool {
    causal_rank(oracle) <= causal_rank(Oracle::EndlessRequest)
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
        Oracle::LostInput => 9,
        Oracle::GhostSubmit => 10,
        Oracle::DoubledEffect => 11,
        Oracle::Expect => 12,
        Oracle::Step => 13,
        Oracle::Outcome => 14,
        Oracle::Http4xx => 15,
        Oracle::ConsoleError => 16,
        Oracle::BackStays => 17,
        Oracle::EndlessSpinner => 18,
        Oracle::DeadClick => 19,
        Oracle::RageClick => 20,
        Oracle::ErrorClick => 21,
        Oracle::QuickBack => 22,
        Oracle::BrokenImage => 23,
        Oracle::HorizontalOverflow => 24,
        Oracle::SecretInUrl => 25,
        Oracle::WebVitals => 26,
        Oracle::Accessibility => 27,
    }
}

/// Readings of the page, by name.
pub type Readings = IndexMap<String, Value>;

#[cfg(test)]
mod tests;
