//! Many walks under one seed: which walks there are, who carries them out, and what is kept of
//! them. It reads no command line and writes no report.
//!
//! One task owns the run (journal, schedule, evidence); one task for each user at once owns a
//! driver and a session and gets one walk at a time. They speak through bounded channels.

mod confirm;
mod exhibits;
mod folder;
mod outcomes;
mod queue;
mod run;
mod schedule;
mod trials;
mod worker;

use std::path::PathBuf;
use std::time::Duration;

use crate::browser::{BrowserError, BrowserKind, LaunchOptions};
use crate::journey::Journey;
use crate::perturb::{Profile, Seed};
use crate::redact::Secrets;
use crate::walk::{Conduct, MissingValue, Pace};

pub use folder::Folder;
pub use run::{Swept, sweep};
pub use trials::{Trials, Tried};

/// Everything that a sweep is told.
#[derive(Debug, Clone)]
pub struct Order {
    /// The journeys, linked.
    pub journeys: Vec<Journey>,
    /// What is walked.
    pub extent: Extent,
    /// Where the application is.
    pub base_url: String,
    /// The seed of every choice.
    pub seed: Seed,
    /// How often people deviate.
    pub profile: Profile,
    /// How long people think.
    pub pace: Pace,
    /// Walks at once, at least 1.
    pub users: usize,
    /// The window's inner size in CSS pixels.
    pub viewport: (u32, u32),
    /// What is started; its kind is that of the walk that is due.
    pub launch: LaunchOptions,
    /// The browsers, at least one: each plan is walked in each of them. A replay's plans say
    /// their own, which are among these.
    pub browsers: Vec<BrowserKind>,
    /// The release under test.
    pub release: Option<String>,
    /// The folder of runs.
    pub out: PathBuf,
    /// How walks are carried out.
    pub conduct: Conduct,
    /// How often a failure is walked again before it is reported.
    pub confirmations: u32,
}

/// How much is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Calm walks of every journey, then this many perturbed ones.
    Walks(u32),
    /// Calm walks of every journey, then perturbed ones until the time is spent.
    Budget(Duration),
    /// The plans as they are, this often: a replay.
    AsPlanned(u32),
}

/// Why there is no sweep.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// Driver, browser or grid cannot be had.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// The application cannot be reached.
    #[error("the application does not answer: {0}\nis it running, and is --base-url right?")]
    Application(BrowserError),
    /// Nothing can be written.
    #[error("cannot write the run: {0}\nchoose another folder with --out")]
    Folder(std::io::Error),
    /// A pool is too small for so many users at once.
    #[error(
        "the pool `{pool}` of {journey} has {records} records and {users} users walk at once: \
         add records, or walk with --users {records}"
    )]
    Pool {
        /// The journey.
        journey: String,
        /// The pool.
        pool: String,
        /// Its records.
        records: usize,
        /// Walks at once.
        users: usize,
    },
    /// A journey needs something that is not there.
    #[error(transparent)]
    Missing(#[from] MissingValue),
}

/// Gathers the secrets of all journeys, so that a missing one is said before anything starts.
///
/// # Errors
/// An environment variable is not set.
pub fn secrets(journeys: &[Journey]) -> Result<Secrets, MissingValue> {
    let mut secrets = Secrets::default();
    for journey in journeys {
        crate::walk::Lent::gather(journey, 0, &|name| std::env::var(name).ok(), &mut secrets)?;
    }
    Ok(secrets)
}
