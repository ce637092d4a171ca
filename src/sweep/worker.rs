//! One user at once: a task that owns a driver and a session and carries out one walk after the
//! other, each on a fresh page. A driver or browser that breaks is replaced, and the walk that it
//! broke is tried once more.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::mark::Mark;
use crate::browser::{BrowserError, Driver, LaunchOptions, PageOptions, Session};
use crate::journey::{Journey, Never};
use crate::record::{Happening, Verdict, WalkId};
use crate::walk::{Conduct, Lent, Walked, walk};

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
}

/// A driver with one session.
pub(super) struct Seat {
    driver: Driver,
    pub(super) session: Session,
}

impl Seat {
    pub(super) async fn take(launch: &LaunchOptions) -> Result<Self, BrowserError> {
        let driver = Driver::start(launch).await?;
        match driver.session().await {
            Ok(session) => Ok(Self { driver, session }),
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

/// Carries out jobs until there are no more, or the sweep wants no more.
pub(super) async fn work(
    number: usize,
    launch: LaunchOptions,
    mut seat: Option<Seat>,
    mut jobs: mpsc::Receiver<Job>,
    told: mpsc::Sender<Happening>,
    reports: mpsc::Sender<Report>,
    mut leaving: watch::Receiver<bool>,
) {
    while let Some(job) = jobs.recv().await {
        let walked = tokio::select! {
            walked = carry_out(&launch, &mut seat, &job, &told) => walked,
            _ = leaving.changed() => break,
        };
        let report = Report::Finished { worker: number, id: job.id, walked: Box::new(walked) };
        if reports.send(report).await.is_err() {
            break;
        }
    }
    if let Some(seat) = seat {
        seat.leave().await;
    }
}

async fn carry_out(
    launch: &LaunchOptions,
    seat: &mut Option<Seat>,
    job: &Job,
    told: &mpsc::Sender<Happening>,
) -> Walked {
    let mut walked = attempt(launch, seat, job, told).await;
    if let Verdict::Infrastructure(why) = &walked.verdict {
        let text = format!("the browser broke and was replaced; walking again ({why})");
        // Nobody listens any more when the sweep is over.
        let _ = told.send(Happening::Remark { walk: Some(job.id.clone()), text }).await;
        walked = attempt(launch, seat, job, told).await;
    }
    walked
}

async fn attempt(
    launch: &LaunchOptions,
    seat: &mut Option<Seat>,
    job: &Job,
    told: &mpsc::Sender<Happening>,
) -> Walked {
    let started = Happening::WalkStarted {
        walk: job.id.clone(),
        plan: job.file.clone(),
        deviations: job.deviations.clone(),
        trace: job.mark.trace.clone(),
    };
    let _ = told.send(started).await;
    let broke = match try_walk(launch, seat, job, told).await {
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
            Walked {
                verdict,
                signals: Vec::new(),
                scenes: Vec::new(),
                frames: Vec::new(),
                exchanges: Vec::new(),
                roamed: Vec::new(),
                ending: None,
            }
        }
    };
    if let Some(broken) = seat.take() {
        broken.leave().await;
    }
    broke
}

async fn try_walk(
    launch: &LaunchOptions,
    seat: &mut Option<Seat>,
    job: &Job,
    told: &mpsc::Sender<Happening>,
) -> Result<Walked, BrowserError> {
    let session = match seat {
        Some(seat) => &mut seat.session,
        None => &mut seat.insert(Seat::take(launch).await?).session,
    };
    let header = job.plan.plan.as_ref();
    let options = PageOptions {
        base_url: header.map_or_else(String::new, |h| h.base_url.clone()),
        viewport: header.map_or((1280, 800), |h| h.viewport),
        headers: job.mark.headers(),
        never: job
            .plan
            .never
            .iter()
            .filter_map(|never| match never {
                Never::Url(route) => Some(route.clone()),
                Never::Element(_) => None,
            })
            .collect(),
        ..PageOptions::default()
    };
    let mut page = session.open(options).await?;
    let walked = walk(&mut page, &job.id, &job.plan, &job.lent, &job.conduct, told).await;
    let put_away = page.close().await.is_ok();
    // The walk itself is whole; but a page that could not be put away, that crashed or hangs,
    // spoils the next one.
    if let Some(spent) = seat.take_if(|seat| !put_away || !seat.session.is_usable()) {
        spent.leave().await;
    }
    Ok(walked)
}
