//! What the user did, step by step, up to the failure and after it. It shows one walk: the
//! finding's exhibit.

use url::Url;

use crate::record::{Finding, Outcome, Run, StepRecord};
use crate::report::{visible, words};

/// The steps of a walk around its failure.
#[derive(Default)]
pub(super) struct Timeline {
    /// Steps long before the failure, shown on demand.
    pub early: Vec<Row>,
    /// The steps that lead to it, and itself.
    pub near: Vec<Row>,
    /// What the walk did afterwards, shown on demand.
    pub after: Vec<Row>,
}

/// One step.
pub(super) struct Row {
    pub number: u32,
    pub did: String,
    /// The operator, where the step is a deviation.
    pub by: &'static str,
    /// The path of the page after it, where that changed.
    pub path: String,
    pub times: String,
    /// Why it was skipped, not judged or failed.
    pub why: String,
    /// `done`, `skipped`, `unjudged` or `failed`: a class of the style sheet.
    pub outcome: &'static str,
    /// Whether the finding was seen after this step.
    pub here: bool,
}

/// How many steps before the failure are shown at once.
const NEAR: usize = 10;

/// The timeline of the finding's exhibit.
pub(super) fn of(run: &Run, finding: &Finding) -> Timeline {
    let Some(record) = run.walks.get(&finding.exhibit) else { return Timeline::default() };
    let steps = &record.steps;
    // A defect that was seen after a step that was never written belongs to the last one.
    let failing = steps
        .iter()
        .rposition(|step| step.index == finding.index)
        .or_else(|| steps.len().checked_sub(1));
    let Some(failing) = failing else { return Timeline::default() };
    let mut path = String::new();
    let mut rows: Vec<Row> = Vec::with_capacity(steps.len());
    for (i, step) in steps.iter().enumerate() {
        let next = path_of(&step.url);
        let changed = if next == path { "" } else { &next };
        rows.push(row(step, changed, i == failing));
        path = next;
    }
    let after = rows.split_off(failing + 1);
    // A fold of one or two steps hides nothing worth a click.
    let fold = failing.saturating_sub(NEAR);
    let near = rows.split_off(if fold < 3 { 0 } else { fold });
    Timeline { early: rows, near, after }
}

fn row(step: &StepRecord, path: &str, here: bool) -> Row {
    let (outcome, why) = match &step.outcome {
        Outcome::Done => ("done", ""),
        Outcome::Skipped(why) => ("skipped", why.as_str()),
        Outcome::NotJudged(why) => ("unjudged", why.as_str()),
        Outcome::Failed(why) => ("failed", why.as_str()),
    };
    Row {
        number: step.index + 1,
        did: visible::line(&step.did).into_owned(),
        by: step.by.map_or("", crate::journey::Operator::word),
        path: visible::line(path).into_owned(),
        times: times(step),
        why: visible::line(why).into_owned(),
        outcome,
        here,
    }
}

/// `3.1 s + 240 ms`: how long the walker thought, and how long the step then took.
fn times(step: &StepRecord) -> String {
    let took = words::took(step.waited + step.acted);
    match step.thought {
        0 => took,
        thought => format!("{} + {took}", words::took(thought)),
    }
}

/// Path and query of a URL: the host is the same on nearly every line.
fn path_of(url: &str) -> String {
    Url::parse(url).map_or_else(
        |_| url.to_owned(),
        |url| match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        },
    )
}
