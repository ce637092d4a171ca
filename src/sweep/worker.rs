//! One user at once: a task that owns a driver and a session and carries out one walk after the
//! other, each on a fresh page. A driver or browser that breaks is replaced, and the walk that it
//! broke is tried once more.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::mark::Mark;
use crate::browser::{BrowserError, BrowserKind, Driver, LaunchOptions, PageOptions, Session};
use crate::journey::{Journey, Never};
use crate::record::{Happening, Verdict, WalkId};
use crate::route::Route;
use crate::walk::{Conduct, Lent, Timing, Walked, walk};

/// How long a Grid may take to replace a browser while others go on walking.
const REPLACEMENT_LIMIT: Duration = Duration::from_secs(120);

/// A walk that is to be carried out.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) id: WalkId,
    pub(super) plan: Journey,
    /// The plan's file, relative to the run's folder.
    pub(super) file: String,
    pub(super) deviations: Vec<String>,
    pub(super) lent: Lent,
    pub(super) conduct: Arc<Conduct>,
    pub(super) mark: Mark,
}

/// What a worker tells the sweep.
#[derive(Debug)]
pub(super) enum Report {
    /// A walk is over.
    Finished { worker: usize, id: WalkId, walked: Box<Walked> },
    /// No browser can be had, and the worker is gone; somebody else may walk this.
    NoBrowser { worker: usize, id: WalkId, why: String },
}

/// A driver with one session.
pub(super) struct Seat {
    pub(super) kind: BrowserKind,
    driver: Driver,
    pub(super) session: Session,
}

impl Seat {
    pub(super) async fn take(launch: &LaunchOptions) -> Result<Self, BrowserError> {
        let driver = Driver::start(launch).await?;
        match driver.session().await {
            Ok(session) => Ok(Self { kind: launch.kind, driver, session }),
            Err(error) => {
                driver.stop().await;
                Err(error)
            }
        }
    }

    pub(super) async fn leave(self) {
        self.session.close().await;
        self.driver.stop().await;
    }
}

/// What a worker works with.
pub(super) struct Worker {
    pub(super) number: usize,
    pub(super) launch: LaunchOptions,
    pub(super) seat: Option<Seat>,
    pub(super) told: mpsc::Sender<Happening>,
    pub(super) reports: mpsc::Sender<Report>,
    pub(super) leaving: watch::Receiver<bool>,
}

impl Worker {
    /// Carries out jobs until there are no more, the sweep wants no more, or no browser can be
    /// had any more.
    pub(super) async fn work(mut self, mut jobs: mpsc::Receiver<Job>) {
        while let Some(job) = jobs.recv().await {
            let Some(report) = self.carry_out(&job).await else { break };
            let last = matches!(report, Report::NoBrowser { .. });
            if self.reports.send(report).await.is_err() || last {
                break;
            }
        }
        if let Some(seat) = self.seat {
            seat.leave().await;
        }
    }

    /// Walks, and once more where the browser broke; `None` when everybody leaves.
    async fn carry_out(&mut self, job: &Job) -> Option<Report> {
        let (worker, id) = (self.number, job.id.clone());
        let mut again = true;
        loop {
            if let Err(why) = self.sit_down(job.id.browser).await {
                return Some(Report::NoBrowser { worker, id, why: why.to_string() });
            }
            let walked = tokio::select! {
                walked = attempt(&mut self.seat, job, &self.told) => walked,
                _ = self.leaving.changed() => return None,
            };
            if let (true, Verdict::Infrastructure(why)) = (again, &walked.verdict) {
                let text = format!("the browser broke and was replaced; walking again ({why})");
                // Nobody listens any more when the sweep is over.
                let _ = self.told.send(Happening::Remark { walk: Some(id.clone()), text }).await;
                again = false;
                continue;
            }
            return Some(Report::Finished { worker, id, walked: Box::new(walked) });
        }
    }

    /// Takes a seat at this browser. It is waited for even when everybody leaves: a session that
    /// nobody waits for would stay at its Grid.
    async fn sit_down(&mut self, kind: BrowserKind) -> Result<(), BrowserError> {
        if let Some(other) = self.seat.take_if(|seat| seat.kind != kind) {
            other.leave().await;
        }
        if self.seat.is_some() {
            return Ok(());
        }
        let launch =
            LaunchOptions { kind, queue_limit: Some(REPLACEMENT_LIMIT), ..self.launch.clone() };
        let seat = match Seat::take(&launch).await {
            // A browser that was ended a moment ago may still be in the way of the next.
            Err(_) if !*self.leaving.borrow() => Seat::take(&launch).await?,
            other => other?,
        };
        self.seat = Some(seat);
        Ok(())
    }
}

async fn attempt(seat: &mut Option<Seat>, job: &Job, told: &mpsc::Sender<Happening>) -> Walked {
    let started = Happening::WalkStarted {
        walk: job.id.clone(),
        plan: job.file.clone(),
        deviations: job.deviations.clone(),
        trace: job.mark.trace.clone(),
    };
    let _ = told.send(started).await;
    let broke = match try_walk(seat, job, told).await {
        Ok(walked) if matches!(walked.verdict, Verdict::Infrastructure(_)) => walked,
        Ok(walked) => return walked,
        Err(error) => {
            let verdict = Verdict::Infrastructure(error.to_string());
            let ended = Happening::WalkFinished {
                walk: job.id.clone(),
                verdict: verdict.clone(),
                took: 0,
                requests: 0,
            };
            let _ = told.send(ended).await;
            Walked::with(verdict)
        }
    };
    if let Some(broken) = seat.take() {
        broken.leave().await;
    }
    broke
}

/// The pages that a journey says must never be opened.
pub(super) fn never_opened(journey: &Journey) -> impl Iterator<Item = Route> {
    journey.never.iter().filter_map(|never| match never {
        Never::Url(route) => Some(route.clone()),
        Never::Element(_) => None,
    })
}

async fn try_walk(
    seat: &mut Option<Seat>,
    job: &Job,
    told: &mpsc::Sender<Happening>,
) -> Result<Walked, BrowserError> {
    let nobody = || BrowserError::SessionLost("the browser is gone".to_owned());
    let told_cpu = job.conduct.timing == Timing::Told;
    let Seat { driver, session, .. } = seat.as_mut().ok_or_else(nobody)?;
    let cpu_before = if told_cpu { driver.cpu() } else { None };
    let header = job.plan.plan.as_ref();
    let options = PageOptions {
        base_url: header.map_or_else(String::new, |h| h.base_url.clone()),
        viewport: header.map_or((1280, 800), |h| h.viewport),
        headers: job.mark.headers(),
        never: never_opened(&job.plan).collect(),
        ..PageOptions::default()
    };
    let mut page = session.open(options).await?;
    let mut walked = walk(&mut page, &job.id, &job.plan, &job.lent, &job.conduct, told).await;
    let put_away = page.close().await.is_ok();
    // What ends with the walk still counts; what a former walk left behind does, too.
    if let (Some(before), Some(now)) = (cpu_before, driver.cpu()) {
        let cost = now.saturating_sub(before).as_micros();
        walked.timings.browser_cpu = u64::try_from(cost).ok();
    }
    // The walk itself is whole; but a page that could not be put away, that crashed or hangs,
    // spoils the next one.
    if let Some(spent) = seat.take_if(|seat| !put_away || !seat.session.is_usable()) {
        spent.leave().await;
    }
    Ok(walked)
}
