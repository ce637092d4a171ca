//! Findings: one for each defect, however many walks hit it. What is wrong was said by the
//! oracles; here it is only counted, ranked, and given the walk that shows it best.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cause;
use super::{
    Compared, Estimate, Kept, KnownIssue, Oracle, Run, Severity, Shrunk, Sighting, Verdict, WalkId,
    WalkKind, WalkRecord,
};
use crate::browser_kind::BrowserKind;
use crate::journey::{Operator, StepId};

/// One defect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What makes it this defect; equal signatures are one finding.
    pub signature: String,
    /// The rule that was broken.
    pub oracle: Oracle,
    /// The worst severity that it was seen with.
    pub severity: Severity,
    /// One line, as a person would say it.
    pub title: String,
    /// What was expected and what was seen.
    pub message: String,
    /// The page's route or folded path.
    pub route: String,
    /// The step after which it was seen.
    pub step: StepId,
    /// That step's place in the exhibit, from 0.
    pub index: u32,
    /// The journeys that it showed in, by name.
    pub journeys: Vec<String>,
    /// The walks that show it at the first attempt; where only confirmations show it, the
    /// walks that they confirm.
    pub walks: Vec<WalkId>,
    /// Of how many: the conclusive first attempts in those journeys.
    pub walked: u32,
    /// The share of production sessions that it would hit: for each journey its share times
    /// the rate at which its walks show the defect. Journeys whose share is not known add
    /// nothing; `None` where none is known.
    pub share: Option<Estimate>,
    /// The operators at or before the failing step, with the number of walks in `walks` that
    /// have them; most frequent first, then nearest first.
    pub operators: Vec<(Operator, u32)>,
    /// Whether calm walks show it too.
    pub calm: bool,
    /// A warning that calm walks show too, in each browser that shows it: the application's
    /// ordinary noise.
    pub noise: bool,
    /// Where the sweep walked in several browsers, how these journeys went in each of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub browsers: Vec<InBrowser>,
    /// What walking the same walks again gave; `None` where that was not tried.
    pub reproduced: Option<Reproduced>,
    /// The walk to look at: it fails, with the fewest deviations and then the fewest steps.
    pub exhibit: WalkId,
    /// The exhibit's plan, relative to the run's folder.
    pub plan: String,
    /// The smallest walk that fails in the same way, where one was looked for and found.
    #[serde(default)]
    pub smallest: Option<Shrunk>,
    /// What is known of it, where somebody lives with it for now.
    #[serde(default)]
    pub known: Option<KnownIssue>,
    /// Milliseconds from the sweep's beginning to the first sighting.
    pub first_at: u64,
    /// The exhibit's evidence.
    pub evidence: Kept,
    /// The request that failed.
    pub request: Option<String>,
    /// The service that failed to answer it.
    #[serde(default)]
    pub service: Option<String>,
    /// What services said before it in the exhibit: the request that failed, and what differs
    /// from calm walks.
    #[serde(default)]
    pub exchanges: Vec<Compared>,
    /// The stack of an exception.
    pub stack: String,
    /// The readings before the step.
    pub was: IndexMap<String, Value>,
    /// The readings after the step.
    pub now: IndexMap<String, Value>,
}

/// How the journeys that show a defect went in one browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InBrowser {
    /// The browser.
    pub browser: BrowserKind,
    /// Walks that show the defect, of [`Finding::walks`].
    pub hits: u32,
    /// Walks that passed.
    pub passed: u32,
}

/// How often a defect came back when its walks were walked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reproduced {
    /// How often it showed.
    pub times: u32,
    /// Of how many conclusive attempts.
    pub of: u32,
}

impl Reproduced {
    /// Whether it came back every time.
    #[must_use]
    pub const fn steady(self) -> bool {
        self.times == self.of
    }
}

/// How far a finding can be trusted to come back. The order is the order of the ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// It came back every time.
    Steady,
    /// It was not walked again.
    Untried,
    /// It came back some of the times, or never.
    Flaky,
}

impl Finding {
    /// How far it can be trusted to come back.
    #[must_use]
    pub const fn certainty(&self) -> Certainty {
        match self.reproduced {
            None => Certainty::Untried,
            Some(r) if r.steady() => Certainty::Steady,
            Some(_) => Certainty::Flaky,
        }
    }

    /// Whether something broke, known or not.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.severity == Severity::Fail && !self.noise
    }

    /// Whether it is new: a failure that is not known.
    #[must_use]
    pub fn is_news(&self) -> bool {
        self.is_failure() && self.known.is_none()
    }

    /// How many walks show it.
    #[must_use]
    pub fn hits(&self) -> u32 {
        count(self.walks.len())
    }
}

/// The findings of a run: failures before warnings, steady before flaky, then by the share of
/// sessions and the number of walks. Walks that driver, browser or grid broke show nothing.
#[must_use]
pub fn findings(run: &Run) -> Vec<Finding> {
    let mut seen: IndexMap<&str, Vec<Shown<'_>>> = IndexMap::new();
    for (id, record) in &run.walks {
        if matches!(record.verdict, Verdict::Infrastructure(_)) || id.kind == WalkKind::Trial {
            continue;
        }
        for sighting in &record.violations {
            let shown = seen.entry(&sighting.violation.signature).or_default();
            // A rule can break after several steps of one walk: the first time is the defect.
            if shown.last().is_none_or(|s| s.id != id) {
                shown.push(Shown { id, record, sighting });
            } else if let Some(s) = shown.last_mut()
                && s.sighting.violation.severity < sighting.violation.severity
            {
                s.sighting = sighting;
            }
        }
    }
    let mut findings: Vec<Finding> =
        seen.values().filter_map(|shown| finding(run, shown)).collect();
    findings = cause::join(run, findings);
    findings.sort_by(|a, b| {
        let rank = |f: &Finding| (Reverse(f.severity), f.certainty());
        let share = |f: &Finding| f.share.map_or(0.0, |e| e.share);
        rank(a)
            .cmp(&rank(b))
            .then_with(|| share(b).total_cmp(&share(a)))
            .then_with(|| b.walks.len().cmp(&a.walks.len()))
            .then_with(|| a.first_at.cmp(&b.first_at))
            .then_with(|| a.signature.cmp(&b.signature))
    });
    findings
}

/// One carrying out of a walk that shows a defect.
struct Shown<'a> {
    id: &'a WalkId,
    record: &'a WalkRecord,
    sighting: &'a Sighting,
}

impl Shown<'_> {
    fn kept(&self) -> Option<&Kept> {
        self.record.kept.get(&self.sighting.violation.signature)
    }

    fn is_first_failure(&self) -> bool {
        self.record
            .violations
            .iter()
            .find(|s| s.violation.severity == Severity::Fail)
            .is_none_or(|s| s.violation.signature == self.sighting.violation.signature)
    }
}

fn finding(run: &Run, shown: &[Shown<'_>]) -> Option<Finding> {
    let first: Vec<&Shown<'_>> = shown.iter().filter(|s| s.id.is_first()).collect();
    let mut walks: Vec<WalkId> = if first.is_empty() {
        shown.iter().map(|s| s.id.again(1)).collect()
    } else {
        first.iter().map(|s| s.id.clone()).collect()
    };
    walks.sort();
    walks.dedup();
    let exhibit = shown.iter().min_by_key(|s| {
        let shows_failure = s.sighting.violation.severity == Severity::Fail;
        let has_picture = s.kept().is_some_and(|kept| kept.screenshot.is_some());
        let (deviations, steps) = (s.record.deviations.len(), s.record.steps.len());
        // What broke first in a walk cannot be a consequence of something else.
        let comes_later = !s.is_first_failure();
        (!shows_failure, comes_later, deviations, !has_picture, !s.id.is_first(), steps, s.id)
    })?;
    let seen = &exhibit.sighting.violation;
    let severity = shown.iter().map(|s| s.sighting.violation.severity).max()?;
    let calm = walks.iter().any(|w| w.kind.is_calm());
    let reach = reach(run, &walks);
    let browsers = in_browsers(run, &walks, &reach.journeys);
    let smallest = run.shrunk.get(&seen.signature);
    let title = smallest.and_then(|small| title_in(run, &small.plan, &seen.signature));
    Some(Finding {
        signature: seen.signature.clone(),
        oracle: seen.oracle,
        severity,
        // The smallest walk says it without what has no part in it.
        title: title.unwrap_or(&seen.title).to_owned(),
        message: seen.message.clone(),
        route: seen.route.clone(),
        step: seen.step.clone(),
        index: seen.index,
        journeys: reach.journeys,
        walked: reach.walked,
        share: reach.share.map(Estimate::rounded),
        operators: operators(&first),
        calm,
        // Barriers are looked for on calm walks only: that they show there says nothing.
        noise: severity == Severity::Warn
            && seen.oracle != Oracle::Accessibility
            && ordinary(&walks),
        browsers,
        reproduced: reproduced(run, &walks, shown),
        exhibit: exhibit.id.clone(),
        plan: exhibit.record.plan.clone(),
        known: run.known.get(&seen.signature).cloned(),
        smallest: smallest.cloned(),
        first_at: shown.iter().map(|s| s.sighting.at).min()?,
        evidence: exhibit.kept().cloned().unwrap_or_default(),
        request: seen.request.clone(),
        service: seen.service.clone(),
        exchanges: exchanges(exhibit, &first),
        stack: seen.stack.clone(),
        was: seen.was.clone(),
        now: seen.now.clone(),
        walks,
    })
}

/// How the walk of a plan says what is wrong.
fn title_in<'a>(run: &'a Run, plan: &str, signature: &str) -> Option<&'a str> {
    let walk = run.walks.values().find(|walk| walk.plan == plan)?;
    let mut seen = walk.violations.iter().map(|sighting| &sighting.violation);
    seen.find(|violation| violation.signature == signature).map(|violation| &*violation.title)
}

/// Whether each browser that shows it shows it on a calm walk.
fn ordinary(walks: &[WalkId]) -> bool {
    let calm_there =
        |id: &WalkId| walks.iter().any(|other| other.kind.is_calm() && other.browser == id.browser);
    walks.iter().all(calm_there)
}

fn in_browsers(run: &Run, walks: &[WalkId], journeys: &[String]) -> Vec<InBrowser> {
    let walked: BTreeSet<BrowserKind> = run.walks.keys().map(|id| id.browser).collect();
    if walked.len() < 2 {
        return Vec::new();
    }
    let passed = |id: &WalkId, record: &WalkRecord| {
        id.is_counted() && journeys.contains(&id.journey) && record.verdict == Verdict::Passed
    };
    let of = |browser| InBrowser {
        browser,
        hits: count(walks.iter().filter(|id| id.browser == browser).count()),
        passed: count(
            run.walks.iter().filter(|(id, w)| id.browser == browser && passed(id, w)).count(),
        ),
    };
    walked.into_iter().map(of).collect()
}

/// What services said before the defect: in the exhibit, else in the first walk that knows.
fn exchanges(exhibit: &Shown<'_>, first: &[&Shown<'_>]) -> Vec<Compared> {
    let of = |s: &Shown<'_>| s.record.compared.get(&s.sighting.violation.signature).cloned();
    of(exhibit).or_else(|| first.iter().find_map(|s| of(s))).unwrap_or_default()
}

/// How far a defect reaches: where it showed, among how many walks, for how many sessions.
pub(super) struct Reach {
    pub(super) journeys: Vec<String>,
    pub(super) walked: u32,
    pub(super) share: Option<Estimate>,
}

pub(super) fn reach(run: &Run, walks: &[WalkId]) -> Reach {
    let mut hits: BTreeMap<&str, u32> = BTreeMap::new();
    for walk in walks {
        *hits.entry(&walk.journey).or_default() += 1;
    }
    let mut walked = 0;
    let mut share: Option<Estimate> = None;
    for (&journey, &hits) in &hits {
        // A walk that was interrupted after it had shown the defect counts on both sides.
        let trials = run
            .walks
            .iter()
            .filter(|(id, _)| id.is_counted() && id.journey == journey)
            .filter(|(id, record)| record.is_conclusive() || walks.contains(id))
            .count();
        let trials = count(trials).max(hits);
        walked += trials;
        if let Some(part) = run.header.journeys.get(journey).copied().flatten() {
            let here = Estimate::of(hits, trials).within(part);
            share = Some(share.map_or(here, |sum| sum.plus(here)));
        }
    }
    Reach { journeys: hits.keys().map(|&j| j.to_owned()).collect(), walked, share }
}

fn operators(shown: &[&Shown<'_>]) -> Vec<(Operator, u32)> {
    // Operator → walks that have it, and its distances to the failing step, added up.
    let mut tally: BTreeMap<Operator, (u32, u32)> = BTreeMap::new();
    for s in shown {
        let failing = s.sighting.violation.index;
        let mut nearest: BTreeMap<Operator, u32> = BTreeMap::new();
        for step in s.record.steps.iter().filter(|step| step.index <= failing) {
            if let Some(operator) = step.by {
                nearest.insert(operator, failing - step.index);
            }
        }
        for (operator, distance) in nearest {
            let entry = tally.entry(operator).or_default();
            *entry = (entry.0 + 1, entry.1 + distance);
        }
    }
    let mut operators: Vec<_> = tally.into_iter().collect();
    operators.sort_by_key(|(operator, (walks, distance))| (Reverse(*walks), *distance, *operator));
    operators.into_iter().map(|(operator, (walks, _))| (operator, walks)).collect()
}

/// A walk that did not show it says nothing where its deadlines were stretched this much further
/// than those of any walk that did, and it waited longer: it was given the time that the others
/// were not.
const MORE_TIME: f64 = 1.25;

fn reproduced(run: &Run, walks: &[WalkId], shown: &[Shown<'_>]) -> Option<Reproduced> {
    let stretched = |record: &WalkRecord| record.stretched.unwrap_or(1.0);
    let most = shown.iter().map(|s| stretched(s.record)).fold(1.0, f64::max);
    let longest = shown.iter().map(|s| s.record.longest_wait()).max().unwrap_or(0);
    let shows = |id: &WalkId| shown.iter().any(|s| s.id == id);
    let needed_more = |record: &WalkRecord| {
        stretched(record) > most * MORE_TIME && record.longest_wait() > longest
    };
    let again = run.walks.iter().filter(|(id, record)| {
        !id.is_first() && record.is_conclusive() && walks.contains(&id.again(1))
    });
    let told = again.filter(|(id, record)| shows(id) || !needed_more(record));
    let of = count(told.count());
    let times = shown.iter().filter(|s| !s.id.is_first() && s.record.is_conclusive()).count();
    (of > 0).then(|| Reproduced { times: count(times).min(of), of })
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Event, Happening};

    /// Walks, each `id verdict signature…`; a signature in capitals fails, others warn.
    fn run(walks: &[&str]) -> Run {
        let mut events = Vec::new();
        for (at, line) in (0u64..).zip(walks) {
            let mut words = line.split(' ');
            let walk: WalkId = words.next().and_then(|id| id.parse().ok()).expect("an id");
            let verdict = words.next().expect("a verdict");
            let mut push = |what| events.push(Event { at, what });
            push(Happening::WalkStarted {
                walk: walk.clone(),
                plan: format!("walks/{}.yaml", walk.file_stem()),
                deviations: Vec::new(),
                trace: String::new(),
            });
            for signature in words {
                let fails = signature.chars().all(char::is_uppercase);
                push(Happening::Violated {
                    walk: walk.clone(),
                    violation: Box::new(
                        serde_json::from_value(serde_json::json!({
                            "oracle": "always", "severity": if fails { "fail" } else { "warn" },
                            "signature": signature, "title": signature, "message": "",
                            "step": "pay", "index": 0, "route": "/",
                        }))
                        .expect("a violation"),
                    ),
                });
            }
            let verdict = match verdict {
                "open" => continue,
                "infrastructure" => Verdict::Infrastructure("killed".into()),
                "failed" => Verdict::Failed,
                _ => Verdict::Passed,
            };
            push(Happening::WalkFinished { walk, verdict, took: 1, requests: 0 });
        }
        let mut run = Run::fold(events);
        run.header.journeys =
            IndexMap::from([("a".to_owned(), Some(0.5)), ("b".to_owned(), Some(0.1))]);
        run
    }

    fn only(walks: &[&str]) -> Finding {
        let mut findings = findings(&run(walks));
        assert_eq!(findings.len(), 1, "{findings:?}");
        findings.remove(0)
    }

    #[test]
    fn the_smallest_walk_says_what_is_wrong() {
        let mut run = run(&["a/0 failed X", "a/trial-1 failed X"]);
        let small = serde_json::json!({ "plan": "walks/a.trial-1.yaml", "steps": 1, "of_steps": 3,
            "deviations": [], "cause": "", "tried": 3, "reproduced": { "times": 3, "of": 3 },
            "likelihood": null });
        run.shrunk.insert("X".into(), serde_json::from_value(small).expect("a smallest walk"));
        let trial = run.walks.values_mut().next_back().expect("the trial");
        trial.violations[0].violation.title = "reload changes the end".into();
        assert_eq!(findings(&run)[0].title, "reload changes the end");
        run.shrunk.clear();
        assert_eq!(findings(&run)[0].title, "X");
    }

    #[test]
    fn walks_with_one_signature_are_one_finding_with_its_share() {
        let f = only(&["a/0 failed X", "a/1 passed", "b/0 failed X", "b/1 failed X"]);
        assert_eq!((f.hits(), f.walked), (3, 4));
        let share = f.share.map(|e| e.share).expect("shares are known");
        assert!((share - (0.5 * 0.5 + 0.1)).abs() < 1e-6);
        assert_eq!(f.certainty(), Certainty::Untried);
    }

    #[test]
    fn confirmations_say_how_certain_it_is_and_are_not_counted_as_walks() {
        let f = only(&["a/0 failed X", "a/0#2 failed X", "a/0#3 failed X", "a/0#4 open"]);
        assert_eq!((f.hits(), f.reproduced), (1, Some(Reproduced { times: 2, of: 2 })));
        assert_eq!(f.certainty(), Certainty::Steady);
        let f = only(&["a/0 failed X", "a/0#2 passed", "a/0#3 failed X"]);
        assert_eq!(f.certainty(), Certainty::Flaky);
        let f = only(&["a/0 passed", "a/0#2 failed X", "a/0#3 passed"]);
        assert_eq!((f.hits(), f.reproduced), (1, Some(Reproduced { times: 1, of: 2 })));
    }

    #[test]
    fn who_was_given_more_time_and_took_it_does_not_say_that_it_is_not_so() {
        let mut run = run(&["a/0 failed X", "a/0#2 passed", "a/0#3 failed X"]);
        fn record<'r>(run: &'r mut Run, id: &str) -> &'r mut WalkRecord {
            run.walks.get_mut(&id.parse::<WalkId>().expect("an id")).expect("a walk")
        }
        let told = |run: &Run| findings(run)[0].reproduced;
        record(&mut run, "a/0").took = 3000;
        record(&mut run, "a/0#2").took = 1000;
        record(&mut run, "a/0#2").stretched = Some(2.1);
        assert_eq!(told(&run), Some(Reproduced { times: 1, of: 2 }), "it needed no more time");
        record(&mut run, "a/0#2").took = 4000;
        assert_eq!(told(&run), Some(Reproduced { times: 1, of: 1 }));
        record(&mut run, "a/0").stretched = Some(2.0);
        assert_eq!(told(&run), Some(Reproduced { times: 1, of: 2 }), "it was given as much");
    }

    #[test]
    fn broken_infrastructure_shows_and_counts_nothing() {
        assert!(findings(&run(&["a/0 infrastructure X"])).is_empty());
        let f = only(&["a/0 failed X", "a/1 infrastructure X", "a/2 open", "a/3 passed"]);
        assert_eq!((f.hits(), f.walked), (1, 2));
        let f = only(&["a/0 open X", "a/1 passed"]);
        assert_eq!((f.hits(), f.walked), (1, 2), "what an interrupted walk showed counts");
    }

    #[test]
    fn warnings_of_calm_walks_are_noise_and_failures_are_not() {
        let f = only(&["a/calm-0 passed x", "a/0 passed x"]);
        assert!(f.noise && f.calm);
        let f = only(&["a/calm-0 failed X"]);
        assert!(f.calm && !f.noise);
    }

    #[test]
    fn one_defect_in_several_browsers_is_one_finding_that_names_them() {
        let f = only(&["a/0 failed X", "a/0@firefox failed X", "a/1 passed", "a/1@firefox passed"]);
        let of = |browser, hits, passed| InBrowser { browser, hits, passed };
        let (chromium, firefox) = (BrowserKind::Chromium, BrowserKind::Firefox);
        assert_eq!(f.browsers, [of(chromium, 1, 1), of(firefox, 1, 1)]);
        let f = only(&["a/0 passed", "a/0@firefox failed X", "a/1 passed"]);
        assert_eq!(f.browsers, [of(chromium, 0, 2), of(firefox, 1, 0)]);
        assert!(only(&["a/0 failed X"]).browsers.is_empty());
    }

    #[test]
    fn noise_of_one_browser_is_news_in_another() {
        let walks = ["a/calm-0@firefox passed x", "a/calm-0 passed", "a/0 passed x"];
        assert!(!only(&walks).noise);
        assert!(only(&["a/calm-0@firefox passed x", "a/calm-0 passed"]).noise);
    }

    #[test]
    fn ranks_what_matters_most_first() {
        let run = run(&[
            "b/0 failed FLAKY",
            "b/0#2 passed",
            "b/1 failed RARE",
            "b/1#2 failed RARE",
            "a/0 failed OFTEN",
            "a/0#2 failed OFTEN",
            "a/1 passed warned",
            "a/2 failed UNTRIED",
        ]);
        let order: Vec<String> = findings(&run).into_iter().map(|f| f.signature).collect();
        assert_eq!(order, ["OFTEN", "RARE", "UNTRIED", "FLAKY", "warned"]);
    }
}
