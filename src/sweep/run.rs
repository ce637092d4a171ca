//! The task that owns a run: feeds the workers, writes the journal, keeps evidence, and decides
//! what is walked next. Calm walks come first, then perturbed ones, then failures once more.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::signal::unix::{Signal as UnixSignal, SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::books::Books;
use super::exhibits::Exhibits;
use super::folder::Folder;
use super::mark::Mark;
use super::outcomes::{Outcomes, calmed};
use super::queue::Queue;
use super::resume::{closing, ending};
use super::room;
use super::seats::{in_words, leave, seats, unjudged};
use super::trials::Trials;
use super::worker::{Job, Report, Seat, Worker};
use super::{Extent, Order, SweepError, secrets};
use crate::browser::BrowserKind;
use crate::journey::{self, Journey};
use crate::perturb::{self, Terms, words};
use crate::record::{
    self, Contracts, Event, Finding, Happening, Journal, LastLine, Run, SweepEnd, SweepHeader,
    Timings, Verdict, WalkId, WalkKind, event::FORMAT,
};
use crate::redact::Secrets;
use crate::walk::{Conduct, Lent, Pictures, Roamed, Timing};

/// A finished sweep.
#[derive(Debug)]
pub struct Swept {
    /// Where it was written.
    pub folder: Folder,
    /// All of it.
    pub run: Run,
    /// What it found.
    pub findings: Vec<Finding>,
}

/// How long workers may take to put their browsers away.
const LEAVE_LIMIT: Duration = Duration::from_secs(10);

/// From here on it is told that deadlines were stretched.
const NOTABLE_STRETCH: f64 = 1.5;

/// The time that this process had on processors.
fn own_cpu() -> Duration {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike as _;
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else { return Duration::ZERO };
    let micros = (usage.user_time() + usage.system_time()).num_microseconds();
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

/// Carries a sweep out. `observe` sees every event as it is written; `then` may ask for more walks
/// when all that were ordered are over, and is not asked where the sweep was interrupted.
///
/// # Errors
/// No browser, no application, nowhere to write: nothing is begun then. What breaks later ends
/// up in the run.
pub async fn sweep(
    order: Order,
    observe: &mut (dyn FnMut(&Event) + Send),
    then: impl AsyncFnOnce(&mut Trials<'_, '_>),
) -> Result<Swept, SweepError> {
    let secrets = secrets(&order.journeys)?;
    order.check_pools()?;
    room::make(order.users, &order.launch)?;
    let seats = seats(&order).await?;
    let (browser, lost) = in_words(&seats);
    let unjudged = unjudged(&seats);
    let began = Timestamp::now();
    let books = match Books::open(&order, began) {
        Ok(books) => books,
        Err(error) => {
            leave(seats).await;
            return Err(error);
        }
    };
    let mut office = Office::open(order, books, secrets, began, observe)?;
    leave(office.hire(seats)).await;
    let header = SweepHeader { unjudged, ..office.header(browser, lost) };
    office.write(Happening::SweepStarted(Box::new(header)));
    office.tell_torn();
    let end = office.hold().await;
    if matches!(end, SweepEnd::Completed | SweepEnd::BudgetSpent) {
        then(&mut Trials(&mut office)).await;
    }
    // What was ordered is there even when somebody had enough of what came then.
    office.close(end).await
}

/// Why the feeding of workers stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    Interrupted,
    BudgetSpent,
    /// The journal cannot be written, or no browser can be had any more.
    Broken(String),
}

/// A worker as the office sees it.
struct Desk {
    /// `None` once it has no browser any more.
    jobs: Option<mpsc::Sender<Job>>,
    busy: bool,
    /// The browser that it has.
    browser: BrowserKind,
}

pub(super) struct Office<'a> {
    pub(super) order: Order,
    folder: Folder,
    journal: Journal,
    last_line: LastLine,
    secrets: Secrets,
    began: Timestamp,
    clock: Instant,
    /// What this process had taken of the processors when the sweep began.
    cpu_before: Duration,
    /// What the sweep had taken when it was interrupted.
    took_before: Duration,
    /// What was walked then and is not walked again.
    pub(super) done: Arc<BTreeSet<WalkId>>,
    /// Confirmations that were begun then.
    pub(super) half: Vec<WalkId>,
    deadline: Option<Instant>,
    pub(super) observe: &'a mut (dyn FnMut(&Event) + Send),
    /// The run until now.
    pub(super) run: Run,
    /// The file of each plan, relative to the folder, by the first attempt.
    pub(super) plans: BTreeMap<WalkId, String>,
    /// How many trials there were.
    pub(super) trials: u32,
    pub(super) conduct: Arc<Conduct>,
    /// What the calm walks in each browser show and does not stop them.
    pub(super) ordinary: BTreeMap<BrowserKind, BTreeSet<String>>,
    /// Walks that lost their worker before they began.
    returned: VecDeque<WalkId>,
    pub(super) exhibits: Exhibits,
    pub(super) contracts: Contracts,
    pub(super) outcomes: Outcomes,
    broken_in_a_row: u32,
    pub(super) stop: Option<Stop>,
    desks: Vec<Desk>,
    workers: JoinSet<()>,
    tell: mpsc::Sender<Happening>,
    report: mpsc::Sender<Report>,
    told: mpsc::Receiver<Happening>,
    reports: mpsc::Receiver<Report>,
    leave: watch::Sender<bool>,
    interrupts: [UnixSignal; 2],
}

impl<'a> Office<'a> {
    fn open(
        order: Order,
        books: Books,
        secrets: Secrets,
        began: Timestamp,
        observe: &'a mut (dyn FnMut(&Event) + Send),
    ) -> Result<Self, SweepError> {
        let Books { folder, journal, last_line, before } = books;
        let took_before = Duration::from_millis(before.took);
        let users = order.users.max(1);
        let (tell, told) = mpsc::channel(64 * users);
        let (report, reports) = mpsc::channel(users);
        let (leave, _) = watch::channel(false);
        let catch = |kind| signal(kind).map_err(SweepError::Folder);
        let mut office = Self {
            conduct: Arc::new(order.conduct.clone()),
            contracts: order.contracts.clone(),
            deadline: match order.extent {
                Extent::Budget(budget) => Some(Instant::now() + budget.saturating_sub(took_before)),
                Extent::Walks(_) | Extent::AsPlanned(_) => None,
            },
            interrupts: [catch(SignalKind::interrupt())?, catch(SignalKind::terminate())?],
            order,
            exhibits: Exhibits::new(folder.clone(), secrets.clone(), began),
            folder,
            journal,
            last_line,
            secrets,
            took_before,
            done: Arc::default(),
            half: Vec::new(),
            began,
            clock: Instant::now(),
            cpu_before: own_cpu(),
            observe,
            run: Run::default(),
            plans: BTreeMap::new(),
            trials: 0,
            outcomes: Outcomes::default(),
            ordinary: BTreeMap::new(),
            returned: VecDeque::new(),
            broken_in_a_row: 0,
            stop: None,
            desks: Vec::new(),
            workers: JoinSet::new(),
            tell,
            report,
            told,
            reports,
            leave,
        };
        office.go_on_from(before);
        Ok(office)
    }

    fn tell_torn(&mut self) {
        if self.last_line == LastLine::Torn {
            let text = "the sweep died while it wrote to its journal; the half line was cut off, \
                        and its walk is walked again";
            self.write(Happening::Remark { walk: None, text: text.to_owned() });
        }
    }

    /// Gives each user at once a desk, the browsers in turn. Gives back the seats that are too
    /// many.
    fn hire(&mut self, mut seats: VecDeque<Seat>) -> VecDeque<Seat> {
        let browsers = self.order.browsers.clone();
        for (number, &browser) in browsers.iter().cycle().take(self.order.users.max(1)).enumerate()
        {
            let (jobs, queue) = mpsc::channel(1);
            let worker = Worker {
                number,
                launch: self.order.launch.clone(),
                seat: seats.pop_front(),
                told: self.tell.clone(),
                reports: self.report.clone(),
                leaving: self.leave.subscribe(),
            };
            self.workers.spawn(worker.work(queue));
            self.desks.push(Desk { jobs: Some(jobs), busy: false, browser });
        }
        seats
    }

    fn header(&self, browser: String, lost: Vec<String>) -> SweepHeader {
        let order = &self.order;
        SweepHeader {
            format: FORMAT,
            desirepath: env!("CARGO_PKG_VERSION").into(),
            run: self.folder.name().to_owned(),
            started: self.began.to_string(),
            release: order.release.clone(),
            seed: order.seed.0,
            base_url: order.base_url.clone(),
            profile: order.profile.name().to_owned(),
            pace: order.pace.to_string(),
            browser,
            users: u32::try_from(order.users).unwrap_or(u32::MAX),
            walks: match order.extent {
                Extent::Walks(walks) => Some(walks),
                Extent::Budget(_) | Extent::AsPlanned(_) => None,
            },
            journeys: order.shares(),
            rates: order.profile.in_words(),
            lost,
            unjudged: Vec::new(),
            charter: order.charter.clone(),
            shard: order.division.as_ref().map(|division| division.shard().clone()),
        }
    }

    /// The whole sweep, phase by phase.
    async fn hold(&mut self) -> SweepEnd {
        if let Extent::AsPlanned(times) = self.order.extent {
            self.keep_contracts();
            self.take_plans_as_they_are();
            let walks: Vec<WalkId> = self.plans.keys().cloned().collect();
            let walks = walks.into_iter().flat_map(|id| (1..=times).map(move |n| id.again(n)));
            self.phase(walks).await;
        } else {
            let healthy = self.calm_walks().await;
            self.keep_contracts();
            self.perturbed_walks(&healthy).await;
            // What was found is confirmed even when the time for finding is spent.
            if self.stop == Some(Stop::BudgetSpent) {
                self.deadline = None;
                self.stop = None;
                self.confirm().await;
                self.confirm().await;
                self.stop.get_or_insert(Stop::BudgetSpent);
            } else {
                self.confirm().await;
                // A comparison that came late.
                self.confirm().await;
            }
        }
        match self.stop.take() {
            None => SweepEnd::Completed,
            Some(Stop::BudgetSpent) => {
                // What comes then has a budget of its own.
                self.deadline = None;
                SweepEnd::BudgetSpent
            }
            Some(Stop::Interrupted) => SweepEnd::Interrupted,
            Some(Stop::Broken(why)) => SweepEnd::Infrastructure(why),
        }
    }

    /// Has all these walks carried out; ends when the last is over, or the sweep is to stop.
    pub(super) async fn phase(&mut self, walks: impl Iterator<Item = WalkId>) {
        let ahead = if self.order.browsers.len() > 1 { 8 * self.desks.len() } else { 0 };
        let done = Arc::clone(&self.done);
        let mut queue = Queue::new(walks.filter(|id| !done.contains(id)), ahead);
        loop {
            self.feed(&mut queue).await;
            if self.desks.iter().all(|desk| !desk.busy) {
                break;
            }
            let [interrupt, terminate] = &mut self.interrupts;
            tokio::select! {
                biased;
                Some(happening) = self.told.recv() => self.write(happening),
                Some(report) = self.reports.recv() => self.take_in(report),
                _ = interrupt.recv() => self.stop = Some(Stop::Interrupted),
                _ = terminate.recv() => self.stop = Some(Stop::Interrupted),
            }
            if matches!(self.stop, Some(Stop::Interrupted | Stop::Broken(_))) {
                break;
            }
        }
        // A budget ends what is new, not what it takes to judge what was walked.
        self.returned.extend(queue.into_waiting().filter(|id| id.kind == WalkKind::Twin));
    }

    async fn feed(&mut self, queue: &mut Queue<impl Iterator<Item = WalkId>>) {
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            self.stop.get_or_insert(Stop::BudgetSpent);
        }
        if self.stop.is_some() {
            return;
        }
        // What is known of a walk before another begins costs no second look at it later.
        let twins: Vec<WalkId> = std::iter::from_fn(|| self.outcomes.due()).collect();
        queue.put_first(twins.into_iter());
        queue.put_first(self.returned.drain(..));
        for number in 0..self.desks.len() {
            let (false, Some(jobs)) = (self.desks[number].busy, self.desks[number].jobs.clone())
            else {
                continue;
            };
            let Some(id) = queue.take(self.desks[number].browser) else { return };
            let browser = id.browser;
            match self.job(id, number) {
                Ok(job) => {
                    self.desks[number].busy = jobs.send(job).await.is_ok();
                    self.desks[number].browser = browser;
                }
                Err(why) => {
                    self.stop = Some(Stop::Broken(why));
                    return;
                }
            }
        }
    }

    /// The plan of a walk, drawn when it is first needed and written to its file.
    fn job(&mut self, id: WalkId, worker: usize) -> Result<Job, String> {
        let first = id.again(1);
        let plan = match self.plan(&first) {
            Some(plan) => plan?,
            None => {
                let mut plan = self.draw(&first)?;
                if let Some(header) = &mut plan.plan {
                    header.browser = first.browser;
                }
                self.keep_plan(first.clone(), &plan)?;
                plan
            }
        };
        let file = self.plans.get(&first).cloned().ok_or("a plan is missing")?;
        let environment = |name: &str| std::env::var(name).ok();
        let mark = Mark::of(self.folder.name(), &id);
        let fresh = mark.fresh(Timestamp::now());
        let lent = Lent::gather(&plan, worker, &fresh, &environment, &mut Secrets::default())
            .map_err(|e| e.to_string())?;
        let confirms = !matches!(self.order.extent, Extent::AsPlanned(_));
        let pictured = id.attempt == 2 && (confirms || id.kind == WalkKind::Twin);
        let mut conduct = Conduct::clone(&self.conduct);
        conduct.ordinary = self.ordinary.get(&id.browser).cloned().unwrap_or_default();
        if pictured {
            conduct.pictures = Pictures::OfEveryStep;
        }
        if confirms && !id.is_first() && id.kind != WalkKind::Twin {
            conduct.sought = self.shown(&first, &conduct.ordinary);
        }
        let deviations = plan.perturbations.iter().map(words::deviation).collect();
        Ok(Job { id, plan, file, deviations, lent, conduct: Arc::new(conduct), mark })
    }

    /// What a walk has shown beside what is ordinary.
    fn shown(&self, id: &WalkId, ordinary: &BTreeSet<String>) -> BTreeSet<String> {
        let sightings = self.run.walks.get(id).into_iter().flat_map(|walk| &walk.violations);
        let shown = sightings.map(|sighting| sighting.violation.signature.clone());
        shown.filter(|signature| !ordinary.contains(signature)).collect()
    }

    /// The plan of a walk as its file has it; `None` where none was drawn yet.
    pub(super) fn plan(&self, id: &WalkId) -> Option<Result<Journey, String>> {
        Some(self.folder.plan(self.plans.get(id)?))
    }

    fn draw(&self, id: &WalkId) -> Result<Journey, String> {
        let order = &self.order;
        if id.kind == WalkKind::Twin {
            let walk = WalkId { kind: WalkKind::Perturbed, ..id.clone() };
            let plan = self.plan(&walk).ok_or("a twin of nothing")??;
            return Ok(calmed(&plan));
        }
        let journey = order
            .journeys
            .iter()
            .find(|j| j.name == id.journey)
            .ok_or_else(|| format!("there is no journey {}", id.journey))?;
        let terms = Terms {
            seed: order.seed,
            profile: &order.profile,
            pace: order.pace.to_string(),
            base_url: order.base_url.clone(),
            viewport: order.viewport,
            journeys: &order.journeys,
        };
        match id.kind {
            WalkKind::Calm => Ok(perturb::calm(journey, id.number, &terms)),
            WalkKind::Perturbed => Ok(perturb::perturbed(journey, id.number, &terms)),
            WalkKind::Twin | WalkKind::Trial => Err(format!("{id} has no plan of its own")),
        }
    }

    /// A replay: the files are the plans.
    fn take_plans_as_they_are(&mut self) {
        for plan in self.order.journeys.clone() {
            let kind =
                if plan.perturbations.is_empty() { WalkKind::Calm } else { WalkKind::Perturbed };
            let header = plan.plan.as_ref();
            let (number, browser) = header.map_or_else(Default::default, |p| (p.walk, p.browser));
            let mut id = WalkId { journey: plan.name.clone(), kind, number, browser, attempt: 1 };
            while self.plans.contains_key(&id) {
                id.number += 1;
            }
            self.take_plan(id, &plan);
        }
    }

    /// Writes a plan to its file.
    fn keep_plan(&mut self, id: WalkId, plan: &Journey) -> Result<(), String> {
        let file = self.folder.keep_plan(&id, &journey::write(plan));
        let file = file.map_err(|e| format!("cannot write a plan: {e}"))?;
        self.plans.insert(id, file);
        Ok(())
    }

    /// Keeps a plan that was not drawn here. Without it nothing can be walked.
    pub(super) fn take_plan(&mut self, id: WalkId, plan: &Journey) {
        if let Err(why) = self.keep_plan(id, plan) {
            self.stop = Some(Stop::Broken(why));
        }
    }

    pub(super) fn write(&mut self, what: Happening) {
        let at = (self.took_before + self.clock.elapsed()).as_millis();
        let at = u64::try_from(at).unwrap_or(u64::MAX);
        let event = self.without_secrets(Event { at, what });
        if let Err(error) = self.journal.append(&event) {
            self.stop = Some(Stop::Broken(format!("the journal cannot be written: {error}")));
        }
        (self.observe)(&event);
        self.run.add(event);
    }

    /// What pages say may hold what was typed into them. Whoever is told, on whatever way, is told
    /// the names of secrets only.
    fn without_secrets(&self, event: Event) -> Event {
        if self.secrets.is_empty() {
            return event;
        }
        let at = event.at;
        let told = serde_json::to_value(event).map(|value| self.secrets.redact_value(value));
        // A secret that is a word of the format itself cannot be told from it.
        told.and_then(serde_json::from_value).unwrap_or_else(|_| {
            let text = "an event was left out: a secret is a word that events are made of".into();
            Event { at, what: Happening::Remark { walk: None, text } }
        })
    }

    fn take_in(&mut self, report: Report) {
        let (worker, id, walked) = match report {
            Report::Finished { worker, id, walked } => (worker, id, walked),
            Report::NoBrowser { worker, id, why } => return self.dismiss(worker, id, why),
        };
        self.desks[worker].busy = false;
        if let Verdict::Infrastructure(why) = &walked.verdict {
            // One walk may be unlucky twice; a whole row of them is a machine without a browser.
            self.broken_in_a_row += 1;
            if self.broken_in_a_row >= 3 {
                self.stop = Some(Stop::Broken(why.clone()));
            }
            return;
        }
        self.broken_in_a_row = 0;
        self.write_down_roaming(&id, &walked.roamed);
        self.take_exchanges(&id, &walked);
        let mut kept = vec![self.exhibits.keep(&id, &walked)];
        if id.kind == WalkKind::Twin {
            self.exhibits.keep_ending(&id, &walked);
        }
        let closing = walked.ending.as_ref().map(|ending| closing(ending, &self.secrets));
        for (other, violation) in self.outcomes.take(&id, closing.as_ref().map(ending)) {
            // Only the walk that has just come in is at hand with its pictures.
            if other == id {
                kept.push(self.exhibits.keep_difference(&id, &walked, &violation));
            }
            self.write(Happening::Violated { walk: other, violation: Box::new(violation) });
        }
        if self.order.conduct.timing == Timing::Told {
            let (walk, timings) = (Some(id.clone()), Box::new(walked.timings.clone()));
            self.write(Happening::Timed { walk, timings });
        }
        let mut whole = true;
        for kept in kept {
            match kept {
                Ok(told) => told.into_iter().for_each(|happening| self.write(happening)),
                Err(error) => {
                    whole = false;
                    let text = format!("evidence of {id} could not be written: {error}");
                    self.write(Happening::Remark { walk: Some(id.clone()), text });
                }
            }
        }
        // Whoever goes on, with room on the disk, walks again what left no evidence.
        if whole {
            let closing = closing.map(Box::new);
            let stretched = Some(walked.stretched).filter(|&stretched| stretched > NOTABLE_STRETCH);
            self.write(Happening::WalkClosed { walk: id, closing, stretched });
        }
    }

    /// Goes on with one worker less; the last one to go ends the sweep.
    fn dismiss(&mut self, worker: usize, id: WalkId, why: String) {
        self.desks[worker].busy = false;
        self.desks[worker].jobs = None;
        self.returned.push_back(id.clone());
        let left = self.desks.iter().filter(|desk| desk.jobs.is_some()).count();
        if left == 0 {
            self.stop = Some(Stop::Broken(why));
            return;
        }
        let text =
            format!("no browser could be had any more for one user, and {left} go on: {why}");
        self.write(Happening::Remark { walk: Some(id), text });
    }

    /// What was free in a plan is free no longer: its file says what was done, so that it can be
    /// done again.
    fn write_down_roaming(&mut self, id: &WalkId, roamed: &[Roamed]) {
        let id = id.again(1);
        if roamed.is_empty() {
            return;
        }
        let Some(Ok(mut plan)) = self.plan(&id) else { return };
        for Roamed { step, steps } in roamed {
            perturb::settle(&mut plan, step, steps);
        }
        self.take_plan(id, &plan);
    }

    /// Sends everybody home and closes the books.
    async fn close(mut self, end: SweepEnd) -> Result<Swept, SweepError> {
        // Receivers only; a worker that has gone already needs no word.
        let _ = self.leave.send(true);
        self.desks.clear();
        let home = async {
            loop {
                tokio::select! {
                    gone = self.workers.join_next() => if gone.is_none() { break },
                    Some(_) = self.told.recv() => {}
                    Some(_) = self.reports.recv() => {}
                }
            }
        };
        if tokio::time::timeout(LEAVE_LIMIT, home).await.is_err() {
            self.workers.abort_all();
            while self.workers.join_next().await.is_some() {}
        }
        if self.order.conduct.timing == Timing::Told {
            let own_cpu = own_cpu().saturating_sub(self.cpu_before).as_micros();
            let own_cpu = u64::try_from(own_cpu).ok();
            let timings = Box::new(Timings { own_cpu, ..Timings::default() });
            self.write(Happening::Timed { walk: None, timings });
        }
        self.write(Happening::SweepFinished { end });
        let findings = record::findings(&self.run);
        Ok(Swept { folder: self.folder, run: self.run, findings })
    }
}
