//! Findings that have one cause: what a journey misses is told with the defect that takes it away,
//! where the smallest walks of both take the same deviations. What never shows without an exception
//! or a failed server after the same step is told with that, and what an oracle of use mostly sees
//! at the same moment as a rule of the journey is told with that where it shows alone. It decides nothing about a single
//! walk; what several rules see at one moment of it was settled by the judge.

use super::finding::reach;
use super::run::{Sighting, WalkRecord};
use super::{Estimate, Finding, Oracle, Run, Shrunk, Verdict, WalkKind};

/// Joins symptoms with their causes. Kept apart are: what shows something of its own (an
/// exception, a request, a rule of the journey), findings of different journeys, findings that
/// were not made small or do not come back every time, and those whose deviations differ in
/// anything.
pub(super) fn join(run: &Run, mut findings: Vec<Finding>) -> Vec<Finding> {
    let mut place = 0;
    while place < findings.len() {
        let beside = always_beside(run, &findings[place]);
        let explains = |cause: &Finding, symptom: &Finding| {
            let is_news = cause.known.is_none() || symptom.known.is_some();
            let fails = cause.is_failure() && symptom.is_failure() && is_news;
            let together = || mostly_together(run, cause, symptom);
            let comes_along = beside == Some(&*cause.signature) || together();
            fails && (comes_along || explains(run, cause, symptom))
        };
        let cause = (0..findings.len())
            .filter(|&other| other != place && explains(&findings[other], &findings[place]))
            .min_by_key(|&other| {
                let other = &findings[other];
                (is_symptom(other), step_of(run, other), other.signature.clone())
            });
        let Some(cause) = cause else {
            place += 1;
            continue;
        };
        let symptom = findings.remove(place);
        let cause = if cause > place { cause - 1 } else { cause };
        take_in(run, &mut findings[cause], symptom);
    }
    findings
}

/// What broke after the same step wherever the finding shows, if that is always the same.
fn always_beside<'a>(run: &'a Run, finding: &Finding) -> Option<&'a str> {
    let walks = run.walks.iter().filter(|(id, walk)| {
        id.kind != WalkKind::Trial && !matches!(walk.verdict, Verdict::Infrastructure(_))
    });
    let mut shown = walks
        .flat_map(|(_, walk)| walk.violations.iter().map(|sighting| &sighting.violation))
        .filter(|violation| violation.signature == finding.signature)
        .map(|violation| violation.beside.as_deref());
    let first = shown.next().flatten()?;
    shown.all(|other| other == Some(first)).then_some(first)
}

/// Whether a rule of the journey and what an oracle of use saw were seen at one moment, at least
/// twice and at least as often as the latter was seen alone. Between others that would say nothing:
/// an exception takes along whatever is there, and each rule is a promise of its own.
fn mostly_together(run: &Run, cause: &Finding, symptom: &Finding) -> bool {
    if !is_promise(cause) || is_promise(symptom) {
        return false;
    }
    let together = |walk: &WalkRecord| {
        walk.violations.iter().any(|Sighting { violation, .. }| {
            violation.signature == cause.signature && violation.caused.contains(&symptom.signature)
        })
    };
    let walks = run.walks.iter().filter(|(id, walk)| id.is_first() && together(walk)).count();
    walks >= 2 && walks >= symptom.walks.len()
}

/// Whether one finding is the reason of another.
fn explains(run: &Run, cause: &Finding, symptom: &Finding) -> bool {
    let small = |finding: &Finding| {
        let small = finding.smallest.as_ref().filter(|small| small.reproduced.steady());
        small.map(|Shrunk { deviations, .. }| deviations.clone()).filter(|all| !all.is_empty())
    };
    if !is_symptom(symptom)
        || cause.exhibit.journey != symptom.exhibit.journey
        || small(cause).is_none()
        || small(cause) != small(symptom)
    {
        return false;
    }
    // What comes first explains what comes later; of two symptoms that are missed at one step
    // neither explains the other.
    let (first, then) = (step_of(run, cause), step_of(run, symptom));
    if !is_symptom(cause) {
        first <= then
    } else if cause.oracle == symptom.oracle && cause.oracle == Oracle::Outcome {
        cause.signature < symptom.signature
    } else {
        first < then
    }
}

/// Whether it is something that the journey promises, in its own words.
const fn is_promise(finding: &Finding) -> bool {
    matches!(finding.oracle, Oracle::Always | Oracle::Eventually | Oracle::Expect)
}

/// Whether it says only that something is missing, and not what went wrong.
const fn is_symptom(finding: &Finding) -> bool {
    matches!(finding.oracle, Oracle::Expect | Oracle::Step | Oracle::Outcome)
}

/// The place of a finding's step in its journey, taken from any walk that has come so far. The
/// outcome is what comes last.
fn step_of(run: &Run, finding: &Finding) -> usize {
    if finding.oracle == Oracle::Outcome {
        return usize::MAX;
    }
    let of_journey = run.walks.iter().filter(|(id, _)| {
        id.kind.is_calm() && id.is_first() && id.journey == finding.exhibit.journey
    });
    let place = of_journey.into_iter().find_map(|(_, walk)| {
        walk.steps.iter().position(|step| step.by.is_none() && step.step == finding.step)
    });
    place.unwrap_or(usize::MAX)
}

fn take_in(run: &Run, cause: &mut Finding, symptom: Finding) {
    cause.message.push_str("\nalso: ");
    cause.message.push_str(&symptom.title);
    cause.walks.extend(symptom.walks);
    cause.walks.sort();
    cause.walks.dedup();
    cause.first_at = cause.first_at.min(symptom.first_at);
    let reach = reach(run, &cause.walks);
    cause.journeys = reach.journeys;
    cause.walked = reach.walked;
    cause.share = reach.share.map(Estimate::rounded);
}

#[cfg(test)]
mod tests {
    use super::super::{Event, Happening, WalkId, findings};
    use super::*;
    use serde_json::json;

    /// A defect: the walk that shows it, the oracle, the step, the deviations that remain.
    type Shown<'a> = (&'a str, &'a str, &'a str, &'a [&'a str]);

    /// A run of the journey `add`, `look`, `pay` that shows these, each of them made small.
    fn run(shown: &[Shown<'_>]) -> Run {
        let event = |value| serde_json::from_value(value).expect("an event");
        let mut events: Vec<Event> = Vec::new();
        let mut tell = |what: Happening| events.push(Event { at: 1, what });
        let begin = |walk: &str| {
            event(json!({ "event": "walk_started", "walk": walk, "plan": "p", "deviations": [] }))
        };
        let calm: std::collections::BTreeSet<&str> =
            shown.iter().filter_map(|(walk, ..)| walk.split('/').next()).collect();
        for journey in calm {
            let walk = format!("{journey}/calm-0");
            tell(begin(&walk));
            for (index, step) in ["add", "look", "pay"].iter().enumerate() {
                tell(event(json!({ "event": "step_finished", "walk": walk, "step": {
                    "index": index, "step": step, "did": "", "verb": "click", "url": "/",
                    "outcome": { "outcome": "done" }, "thought": 0, "waited": 0, "acted": 0 } })));
            }
        }
        for (walk, oracle, step, deviations) in shown {
            let signature = format!("{oracle}: {step}");
            tell(begin(walk));
            tell(event(json!({ "event": "violated", "walk": walk, "violation": {
                "oracle": oracle, "severity": "fail", "signature": signature, "title": signature,
                "message": "", "step": step, "index": 0, "route": "/" } })));
            tell(event(json!({ "event": "walk_finished", "walk": walk, "took": 1, "requests": 0,
                "verdict": { "verdict": "failed" } })));
            let walk: WalkId = walk.parse().expect("an id");
            tell(event(
                json!({ "event": "shrunk", "walk": walk, "signature": signature, "shrunk": {
                "plan": "s", "steps": 1, "of_steps": 3, "deviations": deviations, "cause": "",
                "tried": 3, "reproduced": { "times": 3, "of": 3 }, "likelihood": null } }),
            ));
        }
        Run::fold(events)
    }

    fn told(shown: &[Shown<'_>]) -> Vec<String> {
        findings(&run(shown)).into_iter().map(|f| f.signature).collect()
    }

    const RELOAD: &[&str] = &["reload after add"];

    #[test]
    fn what_is_missed_later_after_the_same_deviation_is_the_same_defect() {
        let run = run(&[("a/1", "expect", "look", RELOAD), ("a/2", "step", "pay", RELOAD)]);
        let found = findings(&run);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!((found[0].signature.as_str(), found[0].hits()), ("expect: look", 2));
        assert!(found[0].message.contains("also: step: pay"), "{}", found[0].message);
    }

    #[test]
    fn what_shows_something_of_its_own_is_the_cause() {
        let shown = [
            ("a/1", "expect", "pay", RELOAD),
            ("a/2", "uncaught_exception", "look", RELOAD),
            ("a/3", "outcome", "pay", RELOAD),
        ];
        assert_eq!(told(&shown), ["uncaught_exception: look"]);
    }

    #[test]
    fn two_defects_stay_two() {
        let other: &[&str] = &["reload after look"];
        let both: &[&str] = &["reload after add", "scroll about after add"];
        for apart in [
            // Other deviations, more deviations, none at all.
            [("a/1", "expect", "look", RELOAD), ("a/2", "step", "pay", other)],
            [("a/1", "expect", "look", RELOAD), ("a/2", "step", "pay", both)],
            [("a/1", "expect", "look", &[]), ("a/2", "step", "pay", &[])],
            // Each shows something of its own.
            [("a/1", "uncaught_exception", "look", RELOAD), ("a/2", "http_5xx", "pay", RELOAD)],
            // What was missed before the exception has another reason.
            [("a/1", "expect", "add", RELOAD), ("a/2", "uncaught_exception", "look", RELOAD)],
            // Missed at the same step: neither explains the other.
            [("a/1", "expect", "pay", RELOAD), ("a/2", "step", "pay", RELOAD)],
            [("a/1", "expect", "look", RELOAD), ("b/2", "step", "pay", RELOAD)],
        ] {
            assert_eq!(told(&apart).len(), 2, "{apart:?}");
        }
    }

    #[test]
    fn what_never_shows_without_an_exception_after_the_same_step_is_told_with_it() {
        let boom = "uncaught_exception: look";
        let told = |beside: [Option<&str>; 2]| {
            let mut run = run(&[
                ("a/1", "uncaught_exception", "look", &[]),
                ("a/2", "eventually", "pay", &[]),
                ("b/3", "eventually", "pay", &[]),
            ]);
            let shown = run.walks.values_mut().flat_map(|walk| &mut walk.violations);
            let rule = shown.filter(|s| s.violation.oracle == Oracle::Eventually);
            for (sighting, beside) in rule.zip(beside) {
                sighting.violation.beside = beside.map(str::to_owned);
            }
            findings(&run).into_iter().map(|f| (f.signature.clone(), f.hits())).collect::<Vec<_>>()
        };
        assert_eq!(told([Some(boom); 2]), [(boom.to_owned(), 3)]);
        assert_eq!(told([Some(boom), None]).len(), 2, "once it showed without");
        assert_eq!(told([Some(boom), Some("http_5xx: /x")]).len(), 2);
        assert_eq!(told([Some("http_5xx: /x"); 2]).len(), 2, "which is no finding here");
    }

    #[test]
    fn what_mostly_shows_with_its_cause_is_told_with_it_where_it_shows_alone() {
        let told = |cause: &str, symptom: &str, together: usize| {
            let mut run = run(&[
                ("a/1", cause, "look", &[]),
                ("a/2", cause, "look", &[]),
                ("b/3", symptom, "look", &[]),
                ("b/4", symptom, "look", &[]),
            ]);
            let shown = run.walks.values_mut().flat_map(|walk| &mut walk.violations);
            for sighting in shown.take(together) {
                sighting.violation.caused.push(format!("{symptom}: look"));
            }
            findings(&run).into_iter().map(|f| (f.signature.clone(), f.hits())).collect::<Vec<_>>()
        };
        assert_eq!(told("always", "lost_input", 2), [("always: look".to_owned(), 4)]);
        assert_eq!(told("always", "lost_input", 1).len(), 2, "once may be chance");
        assert_eq!(told("uncaught_exception", "always", 2).len(), 2, "it breaks whatever is there");
        assert_eq!(told("eventually", "always", 2).len(), 2, "two promises");
    }

    #[test]
    fn a_new_symptom_is_not_hidden_behind_a_known_cause() {
        let mut run = run(&[("a/1", "expect", "look", RELOAD), ("a/2", "step", "pay", RELOAD)]);
        let known = json!({ "signature": "expect: look", "reason": "SHOP-12" });
        let known = serde_json::from_value(known).expect("a known issue");
        run.known.insert("expect: look".to_owned(), known);
        assert_eq!(findings(&run).len(), 2);
    }
}
