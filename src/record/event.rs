//! The events of a run, in the order in which they happened: one JSON object a line in
//! `events.jsonl`. Adding a field or an event keeps [`FORMAT`]; changing a meaning raises it.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Charter, Closing, Shard, Unjudged, WalkId};
use crate::journey::{Operator, StepId};

/// The version of the format, written in the first event.
pub const FORMAT: u32 = 1;

/// One event of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Milliseconds since the sweep began.
    pub at: u64,
    /// What happened.
    #[serde(flatten)]
    pub what: Happening,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Happening {
    /// The first event of a run.
    SweepStarted(Box<SweepHeader>),
    /// A walk began.
    WalkStarted {
        /// Which one.
        walk: WalkId,
        /// Its plan, relative to the run's folder.
        plan: String,
        /// Its deviations, each in words.
        deviations: Vec<String>,
        /// The trace id that its requests carry, by which backends find them; empty where they
        /// carry none.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        trace: String,
    },
    /// A step is over, one way or the other.
    StepFinished {
        /// The walk.
        walk: WalkId,
        /// What came of it.
        step: Box<StepRecord>,
    },
    /// An oracle says that something is wrong.
    Violated {
        /// The walk.
        walk: WalkId,
        /// What is wrong.
        violation: Box<Violation>,
    },
    /// Evidence of a failed walk was written.
    EvidenceKept {
        /// The walk.
        walk: WalkId,
        /// The violation that it shows.
        signature: String,
        /// The files.
        kept: Kept,
    },
    /// What was said to and by services before a failure, beside what calm walks say.
    Compared {
        /// The walk.
        walk: WalkId,
        /// The violation that it belongs to.
        signature: String,
        /// The exchanges that say something about it.
        exchanges: Vec<super::Compared>,
    },
    /// Where time went, where somebody asked.
    Timed {
        /// The walk; `None`: what the sweep itself took.
        walk: Option<WalkId>,
        /// By kind of step.
        timings: Box<super::Timings>,
    },
    /// A walk is over.
    WalkFinished {
        /// Which one.
        walk: WalkId,
        /// How it went.
        verdict: Verdict,
        /// Milliseconds from its first step to its last.
        took: u64,
        /// How many requests it made.
        requests: u32,
    },
    /// The books on a walk are closed: its evidence is kept, and everything that it shows by
    /// itself is written. A sweep that goes on after an interruption walks again what has not come
    /// so far.
    WalkClosed {
        /// Which one.
        walk: WalkId,
        /// Where it ended, as far as that is compared with other walks.
        closing: Option<Box<Closing>>,
        /// By how much its deadlines were stretched at most, because the machine was busy; `None`
        /// where that is not worth telling.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stretched: Option<f64>,
    },
    /// A smaller walk was found that fails in the same way.
    Shrunk {
        /// The walk that was shrunk.
        walk: WalkId,
        /// What it shows.
        signature: String,
        /// What came of it.
        shrunk: Box<Shrunk>,
    },
    /// A finding of this run is known, and lived with.
    Known {
        /// What is known of it.
        issue: Box<super::KnownIssue>,
    },
    /// A replay found its place again on a page that has changed since its walk.
    Resynchronised {
        /// The walk.
        walk: WalkId,
        /// The step that was not there as it was.
        step: StepId,
        /// Where and why, in one sentence.
        text: String,
    },
    /// Requests and presses were kept from happening.
    TurnedBack {
        /// The walk.
        walk: WalkId,
        /// What, each with how often.
        all: Vec<super::TurnedBack>,
    },
    /// What a page offers, as a calm walk saw it; once for each route of a journey.
    Offered {
        /// The walk.
        walk: WalkId,
        /// The page's path.
        on: String,
        /// What can be pressed, filled or chosen from.
        elements: Vec<super::Offered>,
    },
    /// Something that the reader of a report should know, and that is no finding.
    Remark {
        /// The walk that it is about, if it is about one.
        walk: Option<WalkId>,
        /// One sentence.
        text: String,
    },
    /// The last event of a run.
    SweepFinished {
        /// Why it ended.
        end: SweepEnd,
    },
}

impl Happening {
    /// The name of every kind of event in the file: what is not among them is newer than this
    /// version.
    pub const WORDS: [&'static str; 15] = [
        "sweep_started",
        "walk_started",
        "step_finished",
        "violated",
        "evidence_kept",
        "compared",
        "timed",
        "walk_finished",
        "walk_closed",
        "shrunk",
        "known",
        "resynchronised",
        "turned_back",
        "remark",
        "sweep_finished",
    ];
}

/// What was swept, and how.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SweepHeader {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of desirepath.
    pub desirepath: String,
    /// The run's name: its folder's.
    pub run: String,
    /// When it began, RFC 3339 in UTC.
    pub started: String,
    /// The release under test, where it was named.
    pub release: Option<String>,
    /// The seed of every choice.
    pub seed: u64,
    /// Where the application is.
    pub base_url: String,
    /// The perturbation profile.
    pub profile: String,
    /// How long people think.
    pub pace: String,
    /// The browser's name and version; empty where none could be had.
    pub browser: String,
    /// Walks at once.
    pub users: u32,
    /// How many perturbed walks were planned; `None` under a time budget.
    pub walks: Option<u32>,
    /// Journey names with the share of production sessions that each stands for.
    pub journeys: IndexMap<String, Option<f64>>,
    /// Operators with their rate and where it comes from, in words.
    pub rates: IndexMap<String, String>,
    /// What this browser cannot tell, in words.
    pub lost: Vec<String>,
    /// The oracles that could not judge, in each browser that has such.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unjudged: Vec<Unjudged>,
    /// What may not change when the sweep goes on, or is merged with others; `None` for replays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charter: Option<Charter>,
    /// Which part of a sweep this is; `None` where it was not divided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
}

/// One step of a walk, carried out or not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// Its place in the walk, from 0.
    pub index: u32,
    /// The journey's step; for a deviation the step that it attaches to.
    pub step: StepId,
    /// What was done, in words: `click button “Add to cart”`.
    pub did: String,
    /// The kind of step: `click`, `go` …
    pub verb: String,
    /// The operator that put it here or changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Operator>,
    /// What came of it.
    pub outcome: Outcome,
    /// The URL after it.
    pub url: String,
    /// Milliseconds that the walker stood and thought before it.
    pub thought: u64,
    /// Milliseconds until the target was ready.
    pub waited: u64,
    /// Milliseconds that acting took.
    pub acted: u64,
    /// Which alternative of the target matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<Matched>,
    /// The journey's readings after it.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub readings: IndexMap<String, Value>,
}

/// Which alternative of a target matched, and where it stood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Matched {
    /// The place among the alternatives, from 0: above 0 is a drift.
    pub alternative: u32,
    /// That alternative in words.
    pub by: String,
    /// The element's box in the viewport, in CSS pixels.
    pub rect: Rect,
}

/// A box in the viewport, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "why", rename_all = "snake_case")]
pub enum Outcome {
    /// It was carried out.
    Done,
    /// A deviation left it out, or the walker adapted and went past it.
    Skipped(String),
    /// It was not judged, because a step that it needs was not done.
    NotJudged(String),
    /// It could not be carried out.
    Failed(String),
}

/// How a walk went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", content = "why", rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing was wrong.
    Passed,
    /// An oracle failed it.
    Failed,
    /// The walker could not go on; no failure by itself.
    Stranded(String),
    /// Driver, browser or grid broke: nothing may be concluded.
    Infrastructure(String),
    /// The sweep was interrupted.
    Interrupted,
}

/// How bad a violation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth a look; fails nothing.
    Warn,
    /// The walk has failed.
    Fail,
}

/// The rules that say when something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Oracle {
    /// An exception that nothing caught.
    UncaughtException,
    /// A rejected promise that nothing handled.
    UnhandledRejection,
    /// Something was written to the console as an error.
    ConsoleError,
    /// A response with status 500 or above.
    #[serde(rename = "http_5xx")]
    Http5xx,
    /// A response with status 400 to 499 on the application's own requests.
    #[serde(rename = "http_4xx")]
    Http4xx,
    /// A request that does not end.
    EndlessRequest,
    /// The page crashed.
    Crash,
    /// The page does not answer.
    Hang,
    /// The page shows nothing.
    BlankPage,
    /// An `expect` does not hold.
    Expect,
    /// An `always` rule does not hold.
    Always,
    /// An `eventually` rule does not come true in time.
    Eventually,
    /// A step of the journey cannot be carried out although nothing was perturbed.
    Step,
    /// The outcome differs from the calm walks' although the deviation should not change it.
    Outcome,
    /// A press of something that promises to react has no effect.
    DeadClick,
    /// Many presses of the same thing in a short time.
    RageClick,
    /// A press is followed by an error.
    ErrorClick,
    /// A page was left as soon as it was reached.
    QuickBack,
    /// What was typed and not sent is gone, and the user did not clear it.
    LostInput,
    /// What was typed was sent by an unrelated action.
    GhostSubmit,
    /// One intent had two effects.
    DoubledEffect,
    /// Going back does not go back.
    BackStays,
    /// A visible picture could not be loaded.
    BrokenImage,
    /// The page is wider than the window.
    HorizontalOverflow,
    /// A secret stands in a URL.
    SecretInUrl,
    /// A sign of waiting that does not go away.
    EndlessSpinner,
    /// A page is slower, or less steady, than its budget allows.
    WebVitals,
    /// Something on a page keeps people with disabilities from using it.
    Accessibility,
}

impl Oracle {
    /// The name in files and reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Oracle::UncaughtException => "uncaught_exception",
            Oracle::UnhandledRejection => "unhandled_rejection",
            Oracle::ConsoleError => "console_error",
            Oracle::Http5xx => "http_5xx",
            Oracle::Http4xx => "http_4xx",
            Oracle::EndlessRequest => "endless_request",
            Oracle::Crash => "crash",
            Oracle::Hang => "hang",
            Oracle::BlankPage => "blank_page",
            Oracle::Expect => "expect",
            Oracle::Always => "always",
            Oracle::Eventually => "eventually",
            Oracle::Step => "step",
            Oracle::Outcome => "outcome",
            Oracle::DeadClick => "dead_click",
            Oracle::RageClick => "rage_click",
            Oracle::ErrorClick => "error_click",
            Oracle::QuickBack => "quick_back",
            Oracle::LostInput => "lost_input",
            Oracle::GhostSubmit => "ghost_submit",
            Oracle::DoubledEffect => "doubled_effect",
            Oracle::BackStays => "back_stays",
            Oracle::BrokenImage => "broken_image",
            Oracle::HorizontalOverflow => "horizontal_overflow",
            Oracle::SecretInUrl => "secret_in_url",
            Oracle::EndlessSpinner => "endless_spinner",
            Oracle::WebVitals => "web_vitals",
            Oracle::Accessibility => "accessibility",
        }
    }
}

impl fmt::Display for Oracle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Something that an oracle holds to be wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Violation {
    /// The rule.
    pub oracle: Oracle,
    /// How bad.
    pub severity: Severity,
    /// What makes it the same defect as another violation: walks with the same signature are
    /// one finding. Free of numbers, ids and anything else that varies from walk to walk.
    pub signature: String,
    /// One line, as a person would say it.
    pub title: String,
    /// What was expected and what was seen, several lines where needed.
    pub message: String,
    /// The step after which it was seen.
    pub step: StepId,
    /// That step's place in the walk.
    pub index: u32,
    /// The page's route or folded path.
    pub route: String,
    /// The readings before the step, where the rule speaks of them.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub was: IndexMap<String, Value>,
    /// The readings after the step.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub now: IndexMap<String, Value>,
    /// The request that failed, `POST /api/pay → 500`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// The service that failed to answer that request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The stack of an exception.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stack: String,
    /// The signature of what broke, for the first time or once more, after the same step, and may
    /// be why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<String>,
    /// The signatures of what it caused at the same moment, as far as anyone can tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caused: Vec<String>,
}

/// The files that a failed walk keeps, relative to the run's folder.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Kept {
    /// The page when it failed, the target marked and the step named.
    pub screenshot: Option<String>,
    /// The steps before it, side by side.
    pub filmstrip: Option<String>,
    /// The DOM as HTML.
    pub dom: Option<String>,
    /// The visible text.
    pub text: Option<String>,
    /// The console, a line each.
    pub console: Option<String>,
    /// The network as HAR.
    pub har: Option<String>,
}

/// The smallest walk that still fails in the same way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shrunk {
    /// Its plan, relative to the run's folder.
    pub plan: String,
    /// Its steps.
    pub steps: u32,
    /// The steps of the walk that was shrunk.
    pub of_steps: u32,
    /// The deviations that remain, each in words.
    pub deviations: Vec<String>,
    /// What it takes to make it fail, in one sentence.
    pub cause: String,
    /// How many walks it took to find it.
    pub tried: u32,
    /// How often it failed when it was walked again.
    pub reproduced: super::Reproduced,
    /// How many times as probable the remaining deviations are as none of them, under the
    /// sweep's profile; `None` where none remains.
    pub likelihood: Option<f64>,
}

/// Why a sweep ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", content = "why", rename_all = "snake_case")]
pub enum SweepEnd {
    /// Everything that was planned was walked.
    Completed,
    /// The time budget was spent.
    BudgetSpent,
    /// Somebody pressed Ctrl-C.
    Interrupted,
    /// Driver, browser or grid broke for good.
    Infrastructure(String),
}
