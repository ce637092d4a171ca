//! `junit.xml` for CI: a suite for each journey. A calm journey and each finding are test cases
//! with stable names, so that the history of a CI server follows them from night to night.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::tally::{self, Headline, Reason, Tally};
use super::{command, visible, words};
use crate::record::{Finding, Run, Severity, SweepEnd, WalkId, WalkKind, WalkRecord};

/// The document.
///
/// - `calm` fails where the journey fails as it is written, with all that calm walks show.
/// - `perturbed walks` passes; how they went is its output. What they broke are the findings.
/// - Each other finding is a failure of its own, in the suite of the walk that shows it best.
/// - Stranded walks are skipped, by reason; broken infrastructure is an error, by reason, and so
///   is a sweep that did not end, so that a tool that broke never looks like a pass.
/// - Warnings fail nothing: they are the suite's output.
///
/// # Errors
/// The document cannot be written as XML.
pub fn render(run: &Run, findings: &[Finding], dir: &Path) -> io::Result<String> {
    let mut report = Report::new("desirepath");
    report.set_time(Duration::from_millis(run.took));
    let walked = run.walks.keys().map(|id| id.journey.as_str());
    let journeys: BTreeSet<&str> =
        run.header.journeys.keys().map(String::as_str).chain(walked).collect();
    for journey in journeys {
        report.add_test_suite(Suite { run, findings, dir, journey }.render());
    }
    if let Some(suite) = sweep(run, findings) {
        report.add_test_suite(suite);
    }
    report.to_string().map_err(io::Error::other)
}

struct Suite<'a> {
    run: &'a Run,
    findings: &'a [Finding],
    dir: &'a Path,
    journey: &'a str,
}

impl Suite<'_> {
    fn render(&self) -> TestSuite {
        let mut suite = TestSuite::new(visible::line(self.journey).as_ref());
        let walks = || self.run.walks.iter().filter(|(id, _)| id.journey == self.journey);
        let took = walks().map(|(_, record)| record.took).sum();
        suite.set_time(Duration::from_millis(took));
        suite.add_property(("seed", self.run.header.seed.to_string().as_str()));
        if let Some(release) = &self.run.header.release {
            suite.add_property(("release", visible::line(release).as_ref()));
        }
        let of = |kind: WalkKind| -> Vec<(&WalkId, &WalkRecord)> {
            walks().filter(|(id, _)| id.kind == kind).collect()
        };
        suite.add_test_case(self.calm(&of(WalkKind::Calm)));
        suite.add_test_case(self.perturbed(&of(WalkKind::Perturbed)));
        let here = self.findings.iter().filter(|f| f.exhibit.journey == self.journey);
        for finding in here.clone().filter(|f| f.severity == Severity::Fail && !f.calm) {
            let mut status = match finding.known {
                None => TestCaseStatus::non_success(NonSuccessKind::Failure),
                Some(_) => TestCaseStatus::skipped(),
            };
            let known = finding.known.as_ref().map(words::known);
            status.set_message(visible::line(known.as_ref().unwrap_or(&finding.title)).as_ref());
            status.set_type(finding.oracle.word());
            status.set_description(self.describe(finding));
            let name = format!("{} at {} {}", finding.title, finding.route, finding.step);
            suite.add_test_case(self.case(&name, status));
        }
        for reason in self.reasons(tally::stranded(self.run)) {
            let mut status = TestCaseStatus::skipped();
            status.set_message(message(&reason));
            suite.add_test_case(self.case(&format!("stranded: {}", reason.why), status));
        }
        for reason in self.reasons(tally::infrastructure(self.run)) {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("infrastructure");
            status.set_message(message(&reason));
            suite.add_test_case(self.case(&format!("infrastructure: {}", reason.why), status));
        }
        let warnings: Vec<String> = here
            .filter(|f| f.severity == Severity::Warn && !f.noise)
            .map(|f| format!("warning: {} ({}, {})", f.title, f.route, words::hits(f)))
            .map(|text| visible::line(&text).into_owned())
            .collect();
        if !warnings.is_empty() {
            suite.set_system_out(warnings.join("\n"));
        }
        suite
    }

    fn calm(&self, walks: &[(&WalkId, &WalkRecord)]) -> TestCase {
        let tally = Tally::among(walks.iter().copied());
        let shown: Vec<&Finding> = self
            .findings
            .iter()
            .filter(|f| f.is_news())
            .filter(|f| f.walks.iter().any(|w| w.kind.is_calm() && w.journey == self.journey))
            .collect();
        let status = if let Some(first) = shown.first() {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let title = visible::line(&first.title);
            status.set_message(format!("broken without any deviation: {title}"));
            status.set_type(first.oracle.word());
            let all: Vec<String> = shown.iter().map(|f| self.describe(f)).collect();
            status.set_description(all.join("\n\n"));
            status
        } else if tally.conclusive() > 0 {
            TestCaseStatus::success()
        } else {
            let mut status = TestCaseStatus::skipped();
            status.set_message("no calm walk came to its end");
            status
        };
        let mut case = self.case("calm", status);
        case.set_time(longest(walks));
        case
    }

    fn perturbed(&self, walks: &[(&WalkId, &WalkRecord)]) -> TestCase {
        let tally = Tally::among(walks.iter().copied());
        let status = if tally.conclusive() > 0 {
            TestCaseStatus::success()
        } else {
            let mut status = TestCaseStatus::skipped();
            status.set_message("no perturbed walk came to its end");
            status
        };
        let mut case = self.case("perturbed walks", status);
        let took = walks.iter().map(|(_, record)| record.took).sum();
        case.set_time(Duration::from_millis(took));
        if tally.walks > 0 {
            let walks = words::count(tally.walks, "walk");
            case.set_system_out(format!("{walks}: {}", tally.outcomes()));
        }
        case
    }

    fn case(&self, name: &str, status: TestCaseStatus) -> TestCase {
        let mut case = TestCase::new(visible::line(name).as_ref(), status);
        case.set_classname(visible::line(self.journey).as_ref());
        case
    }

    fn describe(&self, finding: &Finding) -> String {
        let mut lines = vec![
            finding.title.clone(),
            format!("at {}, step {}", finding.route, finding.step),
            format!("{}, {}", words::hits(finding), words::reproduced(finding)),
        ];
        if let Some(share) = finding.share {
            lines.push(words::sessions(share));
        }
        let deviations = words::deviations(finding);
        if !deviations.is_empty() {
            lines.push(format!("with {deviations}"));
        }
        lines.push(finding.message.clone());
        lines.extend(finding.request.clone());
        lines.extend(finding.service.as_ref().map(|name| format!("service: {name}")));
        let differing = finding.exchanges.iter().filter(|c| c.changes().next().is_some());
        lines.extend(differing.map(|c| format!("{}: {}", words::exchange(c), words::differs(c))));
        lines.push(finding.stack.clone());
        lines.push(command::replay(self.dir, finding));
        lines.retain(|line| !line.is_empty());
        visible::lines(&lines.join("\n"))
    }

    /// The reasons of this journey's walks.
    fn reasons(&self, mut reasons: Vec<Reason>) -> Vec<Reason> {
        for reason in &mut reasons {
            reason.walks.retain(|walk| walk.journey == self.journey);
        }
        reasons.retain(|reason| !reason.walks.is_empty());
        reasons
    }
}

fn message(reason: &Reason) -> String {
    let n = u32::try_from(reason.walks.len()).unwrap_or(u32::MAX);
    visible::line(&format!("{}: {}", words::count(n, "walk"), reason.why)).into_owned()
}

fn longest(walks: &[(&WalkId, &WalkRecord)]) -> Duration {
    Duration::from_millis(walks.iter().map(|(_, record)| record.took).max().unwrap_or(0))
}

/// What is wrong with the sweep as a whole, where something is.
fn sweep(run: &Run, findings: &[Finding]) -> Option<TestSuite> {
    let tally = Tally::of(run);
    if matches!(run.end, Some(SweepEnd::Completed | SweepEnd::BudgetSpent))
        && tally.passed + tally.failed > 0
    {
        return None;
    }
    let headline = Headline::of(run, findings);
    let why = headline.caveats.first().unwrap_or(&headline.sentence);
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type("sweep").set_message(visible::line(why).as_ref());
    let mut case = TestCase::new("the sweep came to its end", status);
    case.set_classname("sweep");
    let mut suite = TestSuite::new("sweep");
    suite.add_test_case(case);
    Some(suite)
}
