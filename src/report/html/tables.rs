//! What the report shows beside the findings: noise, stranded walks, drifted targets, journeys
//! and the perturbation profile, each as rows.

use indexmap::IndexMap;

use crate::journey::{Class, Operator};
use crate::record::{Finding, Outcome, Run, Severity, Verdict, WalkKind};
use crate::report::tally::{Reason, Tally};
use crate::report::{visible, words};

/// A warning that calm walks show too.
pub(super) struct NoiseRow {
    pub title: String,
    pub route: String,
    pub oracle: &'static str,
    pub hits: String,
}

/// The ordinary noise.
pub(super) fn noise(findings: &[Finding]) -> Vec<NoiseRow> {
    findings
        .iter()
        .filter(|f| f.noise)
        .map(|f| NoiseRow {
            title: visible::line(&f.title).into_owned(),
            route: visible::line(&f.route).into_owned(),
            oracle: f.oracle.word(),
            hits: words::hits(f),
        })
        .collect()
}

/// Walks that ended for one reason.
pub(super) struct ReasonRow {
    pub why: String,
    pub count: String,
    pub walks: String,
}

/// How many walks are named for each reason.
const NAMED: usize = 8;

/// Reasons with their walks.
pub(super) fn reasons(reasons: Vec<Reason>) -> Vec<ReasonRow> {
    let row = |reason: Reason| {
        let mut walks: Vec<String> =
            reason.walks.iter().take(NAMED).map(ToString::to_string).collect();
        if reason.walks.len() > NAMED {
            walks.push(format!("and {} more", reason.walks.len() - NAMED));
        }
        ReasonRow {
            why: visible::line(&reason.why).into_owned(),
            count: words::count(u32::try_from(reason.walks.len()).unwrap_or(u32::MAX), "walk"),
            walks: visible::line(&walks.join(", ")).into_owned(),
        }
    };
    reasons.into_iter().map(row).collect()
}

/// A target that was found by another alternative than its first.
pub(super) struct DriftRow {
    pub journey: String,
    pub step: String,
    pub did: String,
    pub by: String,
    pub times: String,
}

/// Targets that have drifted, each once.
pub(super) fn drifts(run: &Run) -> Vec<DriftRow> {
    let mut drifts: IndexMap<(&str, &str, &str), (&str, u32)> = IndexMap::new();
    for (id, record) in run.walks.iter().filter(|(id, _)| id.is_counted()) {
        for step in &record.steps {
            if let Some(matched) = step.matched.as_ref().filter(|m| m.alternative > 0) {
                let key = (id.journey.as_str(), step.step.0.as_str(), matched.by.as_str());
                drifts.entry(key).or_insert((&step.did, 0)).1 += 1;
            }
        }
    }
    let row = |((journey, step, by), (did, n)): ((&str, &str, &str), (&str, u32))| DriftRow {
        journey: visible::line(journey).into_owned(),
        step: visible::line(step).into_owned(),
        did: visible::line(did).into_owned(),
        by: visible::line(by).into_owned(),
        times: words::count(n, "time"),
    };
    drifts.into_iter().map(row).collect()
}

/// A journey and how its walks went.
pub(super) struct JourneyRow {
    pub name: String,
    pub share: String,
    /// `holds`, `broken` or `unknown`: a class of the style sheet and a word.
    pub calm: &'static str,
    pub perturbed: String,
    pub passed: String,
    pub failed: String,
    pub stranded: String,
    pub findings: String,
}

/// The journeys, as the sweep was given them.
pub(super) fn journeys(run: &Run, findings: &[Finding]) -> Vec<JourneyRow> {
    let row = |(name, share): (&String, &Option<f64>)| {
        let walks = || run.walks.iter().filter(|(id, _)| &id.journey == name);
        let calm = Tally::among(walks().filter(|(id, _)| id.kind == WalkKind::Calm));
        let perturbed = Tally::among(walks().filter(|(id, _)| id.kind == WalkKind::Perturbed));
        let broken = findings
            .iter()
            .filter(|f| f.severity == Severity::Fail && f.journeys.contains(name))
            .count();
        let size = |n: u32| if n == 0 { "–".to_owned() } else { words::grouped(n) };
        JourneyRow {
            name: visible::line(name).into_owned(),
            share: share.map_or("not known".to_owned(), words::percent),
            calm: match calm {
                Tally { failed: 1.., .. } => "broken",
                Tally { passed: 1.., .. } => "holds",
                _ => "unknown",
            },
            perturbed: size(perturbed.walks),
            passed: size(perturbed.passed),
            failed: size(perturbed.failed),
            stranded: size(perturbed.stranded),
            findings: size(u32::try_from(broken).unwrap_or(u32::MAX)),
        }
    };
    run.header.journeys.iter().map(row).collect()
}

/// An operator, its rate, and what it did in this sweep.
pub(super) struct OperatorRow {
    pub word: String,
    pub promise: &'static str,
    pub rate: String,
    pub walks: String,
    pub failed: String,
}

/// The operators of the profile.
pub(super) fn operators(run: &Run) -> Vec<OperatorRow> {
    let row = |(word, rate): (&String, &String)| {
        let operator = Operator::from_word(word);
        let with: Vec<&Verdict> = run
            .conclusive()
            .filter(|(_, record)| {
                operator.is_some()
                    && record.steps.iter().any(|step| {
                        // A deviation that could not be carried out deviated nothing.
                        step.by == operator && !matches!(step.outcome, Outcome::Failed(_))
                    })
            })
            .map(|(_, record)| &record.verdict)
            .collect();
        let failed = with.iter().filter(|v| matches!(v, Verdict::Failed)).count();
        let size = |n: usize| match u32::try_from(n) {
            Ok(0) => "–".to_owned(),
            n => words::grouped(n.unwrap_or(u32::MAX)),
        };
        OperatorRow {
            word: visible::line(word).into_owned(),
            promise: match operator.map(Operator::class) {
                Some(Class::Strict) => "must stay the same",
                Some(Class::Expected) => "should stay the same",
                Some(Class::Altering) => "may change",
                None => "",
            },
            rate: visible::line(rate).into_owned(),
            walks: size(with.len()),
            failed: size(failed),
        }
    };
    run.header.rates.iter().map(row).collect()
}
