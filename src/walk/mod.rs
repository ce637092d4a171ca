//! One walk: carries out a plan in one page, adapts where the page is not as the journey has it,
//! judges what it sees, and tells everything as events. It decides nothing about other walks.

pub mod adapt;
mod astray;
pub mod carry;
mod held;
mod hit;
mod inventory;
pub mod lent;
pub mod likeness;
pub mod pace;
mod redo;
mod resync;
mod retype;
mod roam;
mod search;
mod walker;
mod wander;
mod watch;

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::browser::Page;
use crate::journey::{Journey, Operator, StepId};
use crate::oracle::{self, Budget, Settings, Thresholds};
use crate::record::{Exchange, Happening, Observed, Rect, Severity, Timings, Verdict, WalkId};
use crate::service::Services;

pub use lent::{Lent, MissingValue};
pub use pace::Pace;
pub use resync::Changes;
pub use wander::Roamed;

/// How walks are carried out.
#[derive(Debug, Clone)]
pub struct Conduct {
    /// How long people think.
    pub pace: Pace,
    /// How long a step may take until its target is ready.
    pub step_limit: Duration,
    /// How long an `expect` is retried.
    pub expect_limit: Duration,
    /// How long a request may be open.
    pub request_limit: Duration,
    /// Which oracles are off, warn or fail.
    pub settings: Settings,
    /// Whose thresholds friction is judged by.
    pub thresholds: Thresholds,
    /// What a page may take by its Web Vitals.
    pub budget: Budget,
    /// The services that have names.
    pub services: Services,
    /// The tags of the rules by which barriers are searched for.
    pub barriers: Vec<String>,
    /// What calm walks show too.
    pub ordinary: BTreeSet<String>,
    /// The signatures that the walk is about: it is over when it has shown them all. Without any,
    /// the whole plan is walked.
    pub sought: BTreeSet<String>,
    /// Whether every step is photographed.
    pub pictures: Pictures,
    /// What is done where the page is not as the plan has it.
    pub changes: Changes,
    /// Whether it is told where the time went.
    pub timing: Timing,
}

/// Whether it is told where the time of walks went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// Nobody asked.
    Untold,
    /// For each walk, and for the sweep.
    Told,
}

/// Whether every step is photographed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pictures {
    /// Only what fails.
    OfFailures,
    /// Every step, for a filmstrip.
    OfEveryStep,
}

impl Default for Conduct {
    fn default() -> Self {
        Self {
            pace: Pace::Fast,
            step_limit: Duration::from_secs(10),
            expect_limit: Duration::from_secs(5),
            request_limit: Duration::from_secs(20),
            settings: Settings::default(),
            thresholds: Thresholds::default(),
            budget: Budget::default(),
            services: Services::default(),
            barriers: oracle::accessibility::TAGS.map(str::to_owned).to_vec(),
            ordinary: BTreeSet::new(),
            sought: BTreeSet::new(),
            pictures: Pictures::OfFailures,
            changes: Changes::Strict,
            timing: Timing::Untold,
        }
    }
}

/// What is left of a walk when it is over.
#[derive(Debug)]
pub struct Walked {
    /// How it went.
    pub verdict: Verdict,
    /// Everything that the browser told.
    pub signals: Vec<Observed>,
    /// The page at each failure.
    pub scenes: Vec<Scene>,
    /// A picture of each step, where they were asked for.
    pub frames: Vec<Frame>,
    /// What services were asked and answered, where the walk was calm or has failed.
    pub exchanges: Vec<Exchange>,
    /// What each `roam` came to.
    pub roamed: Vec<Roamed>,
    /// Where it ended; `None` where nothing can be said of it, because the walk failed or left
    /// its journey's path.
    pub ending: Option<Ending>,
    /// Where its time went.
    pub timings: Timings,
    /// By how much deadlines were stretched at most, because the machine was busy; 1.0: not at
    /// all.
    pub stretched: f64,
}

impl Walked {
    /// A walk of which nothing is there but its verdict.
    #[must_use]
    pub fn with(verdict: Verdict) -> Self {
        Self {
            verdict,
            signals: Vec::new(),
            scenes: Vec::new(),
            frames: Vec::new(),
            exchanges: Vec::new(),
            roamed: Vec::new(),
            ending: None,
            timings: Timings::default(),
            stretched: 1.0,
        }
    }
}

/// Where a walk ended that was on its journey's path until then.
#[derive(Debug, Clone)]
pub struct Ending {
    /// What a person would say the page shows.
    pub outcome: oracle::outcome::Outcome,
    /// How bad it is when that differs from the same walk without deviations.
    pub severity: Severity,
    /// The deviations that should have changed nothing.
    pub after: Vec<Operator>,
    /// The last step, its place in the walk, and what was done.
    pub last: (StepId, u32, String),
    /// The page's URL.
    pub url: String,
}

/// The page when a walk failed.
#[derive(Debug, Clone)]
pub struct Scene {
    /// The signature of what failed.
    pub signature: String,
    /// When, in milliseconds since the page was opened.
    pub at: u64,
    /// The request that failed.
    pub request: Option<String>,
    /// A PNG; `None` where the browser could not make one any more.
    pub screenshot: Option<Vec<u8>>,
    /// The target of the failing step, in CSS pixels of the viewport.
    pub target: Option<Rect>,
    /// What was done, in words.
    pub caption: String,
    /// The DOM as HTML.
    pub dom: Option<String>,
    /// The visible text.
    pub text: Option<String>,
}

/// A picture of one step.
#[derive(Debug, Clone)]
pub struct Frame {
    /// A PNG.
    pub screenshot: Vec<u8>,
    /// What was done, in words.
    pub caption: String,
}

/// Carries out a plan on a fresh page and tells what happens. `lent` has the values of pools and
/// secrets. The last event is the walk's end.
pub async fn walk(
    page: &mut Page<'_>,
    id: &WalkId,
    plan: &Journey,
    lent: &Lent,
    conduct: &Conduct,
    told: &mpsc::Sender<Happening>,
) -> Walked {
    walker::Walker::new(page, id, plan, lent, conduct, told).walk().await
}
