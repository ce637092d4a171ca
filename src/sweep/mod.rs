//! Many walks under one seed: which walks there are, who carries them out, and what is kept of
//! them. It reads no command line and writes no report.
//!
//! One task owns the run (journal, schedule, evidence); one task for each user at once owns a
//! driver and a session and gets one walk at a time. They speak through bounded channels.

mod books;
mod confirm;
mod contracts;
mod exhibits;
pub mod folder;
mod mark;
mod outcomes;
mod phases;
mod queue;
mod resume;
mod room;
mod run;
mod schedule;
mod seats;
mod shard;
mod trials;
mod worker;

use std::path::PathBuf;
use std::time::Duration;

use indexmap::IndexMap;

use crate::browser::{BrowserError, BrowserKind, LaunchOptions};
use crate::journey::Journey;
use crate::perturb::{Profile, Seed};
use crate::record::{Charter, Contracts, JournalError};
use crate::redact::Secrets;
use crate::walk::{Conduct, MissingValue, Pace};

pub use folder::Folder;
pub use run::{Swept, sweep};
pub use schedule::scheduled;
pub use shard::{Division, durations};
pub use trials::{Trials, Tried, Wanted};

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
    /// What the walks' answers are compared with; a sweep learns more from its calm walks.
    pub contracts: Contracts,
    /// How often a failure is walked again before it is reported.
    pub confirmations: u32,
    /// The part of the sweep that is walked here; `None`: all of it.
    pub division: Option<Division>,
    /// What may not change when the sweep goes on; `None` for what nobody goes on with.
    pub charter: Option<Charter>,
    /// The folder of an interrupted run to go on with; `None`: a new one below `out`.
    pub resume: Option<PathBuf>,
}

impl Order {
    /// Each walk at once needs a record of its own from every pool.
    fn check_pools(&self) -> Result<(), SweepError> {
        for journey in &self.journeys {
            for (pool, records) in &journey.pools {
                if records.len() < self.users {
                    return Err(SweepError::Pool {
                        journey: journey.name.clone(),
                        pool: pool.clone(),
                        records: records.len(),
                        users: self.users,
                    });
                }
            }
        }
        Ok(())
    }

    /// The journeys with their shares, in the order of their files.
    fn shares(&self) -> IndexMap<String, Option<f64>> {
        self.journeys.iter().map(|j| (j.name.clone(), j.share)).collect()
    }

    /// The journeys that are walked calm here.
    fn walked_calm(&self) -> Vec<String> {
        let walks = match self.extent {
            _ if self.profile.is_calm() => Some(0),
            Extent::Walks(walks) => Some(usize::try_from(walks).unwrap_or(usize::MAX)),
            Extent::Budget(_) | Extent::AsPlanned(_) => None,
        };
        let shares = self.shares();
        let mine = self.division.as_ref().map(|division| division.calm(&shares, walks));
        let here = |name: &String| mine.as_ref().is_none_or(|mine| mine.contains(name));
        shares.into_keys().filter(here).collect()
    }

    /// How many walks this will be, confirmations aside; `None` where only time ends it.
    #[must_use]
    pub fn planned(&self) -> Option<u64> {
        let calm = self.walked_calm().len() as u64;
        let perturbed = match (self.extent, &self.division) {
            // These say in which browser they are walked.
            (Extent::AsPlanned(times), _) => return Some(calm * u64::from(times)),
            (Extent::Budget(_), _) => return None,
            (Extent::Walks(_), _) if self.profile.is_calm() => 0,
            (Extent::Walks(walks), None) => u64::from(walks),
            (Extent::Walks(walks), Some(division)) => {
                let walks = scheduled(&self.shares(), walks).into_iter();
                division.of(walks).count() as u64
            }
        };
        Some((calm + perturbed) * self.browsers.len() as u64)
    }
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
    /// Opening the application leads somewhere else at once.
    #[error(
        "opening {base_url} leads to {host}, which is not allowed: where it belongs to the \
         application, write `allow_hosts: [{host}]`"
    )]
    LedAway {
        /// Where the application is said to be.
        base_url: String,
        /// Where it led.
        host: String,
    },
    /// Nothing can be written.
    #[error("cannot write the run: {0}\nchoose another folder with --out")]
    Folder(std::io::Error),
    /// The interrupted run cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The interrupted run is not whole.
    #[error("cannot go on with {}: {why}\nwalk it anew with the same --seed", run.display())]
    Before {
        /// Its folder.
        run: PathBuf,
        /// What is missing.
        why: String,
    },
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
    /// The system allows too few open files.
    #[error(
        "{users} users at once need {needed} open files, and this system allows {granted}: walk \
         with --users {possible}, or allow more (`ulimit -n {needed}`)"
    )]
    OpenFiles {
        /// Walks at once.
        users: usize,
        /// The files that they need.
        needed: u64,
        /// The files that may be open.
        granted: u64,
        /// Walks at once that are possible.
        possible: usize,
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
        crate::walk::Lent::gather(journey, 0, "", &|name| std::env::var(name).ok(), &mut secrets)?;
    }
    Ok(secrets)
}
