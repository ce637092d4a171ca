//! The import from end to end: one thread reads, as many as there are cores parse, this one
//! collects; then the states are settled and the sessions cut.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;

use super::AnalyticsError;
use super::batch::{Rules, asset_extensions};
use super::collect::{Collected, TOLD};
use super::crowd::Crowd;
use super::kind::Kind;
use super::read::{self, Plan, Reading};
use super::session::Sessions;
use super::sessionize::{self, Cut, Cuts};
use super::settle;
use super::sources::{Clock, Mapping};
use super::summary::Summary;
use super::work;
use crate::route::Route;
use crate::time::Span;

/// How many blocks or batches may wait for each thread.
const WAITING: usize = 2;

/// What becomes of lines that make no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lenience {
    /// They are counted and skipped.
    Skip,
    /// They end the import.
    Refuse,
}

/// What is to be imported, and how.
#[derive(Debug, Clone)]
pub struct Request {
    /// The files, of one kind all of them.
    pub files: Vec<PathBuf>,
    /// The kind; `None`: by the content.
    pub from: Option<Kind>,
    /// Which field is what, for files of no kind.
    pub mapping: Option<Mapping>,
    /// The gap that ends a session, where the source has none of its own.
    pub gap: Span,
    /// How many users must share what is told.
    pub least: Crowd,
    /// Routes that are known.
    pub routes: Vec<Route>,
    /// What becomes of lines that make no sense.
    pub lenience: Lenience,
    /// Only the sessions of this user, or this session of the source. The others still tell what
    /// many users share.
    pub only: Option<String>,
    /// Only events on pages of these hosts, by their [names](super::host_name); of all, where none
    /// is named.
    pub hosts: Vec<String>,
    /// Only events at or after this time, in milliseconds since 1970.
    pub since: Option<i64>,
    /// Only events before this time, in milliseconds since 1970.
    pub until: Option<i64>,
    /// What time it is, in milliseconds since 1970: later events are mistakes.
    pub now: i64,
    /// How many threads parse.
    pub threads: NonZeroUsize,
    /// How many events are held in memory; more go to temporary files.
    pub budget: usize,
}

impl Request {
    /// About 100 MB of events.
    pub const BUDGET: usize = 3_000_000;
    /// The gap that ends a session unless somebody says otherwise.
    pub const GAP: Span = Span::secs(30 * 60);

    /// These files, as most people want it.
    #[must_use]
    pub const fn new(files: Vec<PathBuf>, now: i64) -> Self {
        Self {
            files,
            from: None,
            mapping: None,
            gap: Self::GAP,
            least: Crowd::DEFAULT,
            routes: Vec::new(),
            lenience: Lenience::Skip,
            only: None,
            hosts: Vec::new(),
            since: None,
            until: None,
            now,
            threads: NonZeroUsize::MIN,
            budget: Self::BUDGET,
        }
    }
}

/// What an export taught.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// The sessions.
    pub sessions: Sessions,
    /// What was found, in numbers.
    pub summary: Summary,
    /// What wrote the export; `None` where all files are empty.
    pub kind: Option<Kind>,
}

/// Imports files. `progress` is told how many bytes of the stored files have been read.
///
/// # Errors
/// A file cannot be read or is of no known kind; a line makes no sense and that is refused;
/// temporary files cannot be written.
pub fn import(request: &Request, progress: &mut dyn FnMut(u64)) -> Result<Import, AnalyticsError> {
    let rules = Rules {
        only: request.only.clone(),
        hosts: request.hosts.clone(),
        least: request.least,
        range: (request.since.unwrap_or(i64::MIN), request.until.unwrap_or(i64::MAX)),
        now: request.now,
        assets: asset_extensions(),
    };
    let told = match &request.mapping {
        None => read::evident(&request.files, request.from)?,
        Some(_) => None,
    };
    let mapping = request.mapping.as_ref().or(told.as_ref());
    let (reading, mut collected) = gather(request, mapping, &rules, progress)?;
    // Records that were too long were never seen by a parser.
    collected.lines.all += reading.too_long;
    collected.lines.too_long += reading.too_long;
    if request.lenience == Lenience::Refuse
        && let Some(first) = collected.mistakes.first().or(reading.damaged.first())
    {
        return Err(AnalyticsError::strict(first.clone()));
    }
    let read_as = mapping.filter(|_| matches!(reading.kind, Some(Kind::Csv | Kind::Json)));
    let clock = match reading.kind {
        Some(Kind::Paths) => Clock::Nothing,
        _ => read_as.map_or(Clock::Events, Mapping::clock),
    };
    if clock == Clock::Nothing && (request.since.is_some() || request.until.is_some()) {
        return Err(AnalyticsError::Mapping(
            "--since and --until need times, and no time is named or known in this export".into(),
        ));
    }
    let mut import = finish(request, clock, reading, collected)?;
    import.summary.mapping = told.as_ref().and(read_as).map(ToString::to_string);
    Ok(import)
}

/// Reads, parses and collects.
fn gather(
    request: &Request,
    mapping: Option<&Mapping>,
    rules: &Rules,
    progress: &mut dyn FnMut(u64),
) -> Result<(Reading, Collected), AnalyticsError> {
    let plan = Plan { files: &request.files, from: request.from, mapping };
    let threads = request.threads.get();
    let mut collected = Collected::new(request.least, request.budget);
    std::thread::scope(|scope| {
        let (to_collector, batches) = sync_channel(WAITING * threads);
        let mut workers = Vec::with_capacity(threads);
        for _ in 0..threads {
            let (to_worker, blocks) = sync_channel(WAITING);
            let to_collector = to_collector.clone();
            workers.push(to_worker);
            scope.spawn(move || work::work(&blocks, &to_collector, rules, plan.mapping));
        }
        drop(to_collector);
        let plan = &plan;
        let reader = scope.spawn(move || read::read(plan, &workers));
        let mut consumed = 0;
        for batch in batches {
            consumed += batch.consumed;
            collected.take(batch).map_err(AnalyticsError::Spill)?;
            progress(consumed);
        }
        let reading = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        Ok((reading, collected))
    })
}

/// Settles the states and cuts the sessions.
fn finish(
    request: &Request,
    clock: Clock,
    reading: Reading,
    mut collected: Collected,
) -> Result<Import, AnalyticsError> {
    let settled = settle::settle(
        &collected.keys,
        &collected.weights,
        &collected.crowds,
        request.least,
        &request.routes,
    );
    collected.forget_keys();
    let mut sessions = Sessions::over(settled.states);
    sessions.reserve(collected.len());
    let mut found = Cut::default();
    let gap = i64::try_from(request.gap.as_millis()).unwrap_or(i64::MAX);
    collected
        .drain(|events| {
            sessionize::cut(events, &settled.of, Cuts { gap, clock }, &mut sessions, &mut found);
        })
        .map_err(AnalyticsError::Spill)?;
    sessions.sort();
    let mut events = collected.events;
    events.lose(super::Dropped::Duplicate, found.duplicates);
    events.lose(super::Dropped::Withheld, found.withheld);
    events.lose(super::Dropped::Unasked, found.unasked);
    let mut damaged = reading.damaged;
    damaged.sort();
    damaged.truncate(TOLD);
    let summary = Summary {
        files: request.files.len(),
        stored_bytes: reading.stored,
        bytes: reading.unpacked,
        lines: collected.lines,
        events,
        mistakes: collected.mistakes,
        damaged,
        reordered: found.reordered,
        clock_jumps: found.jumps,
        hosts: collected.hosts.table(),
        users: found.users,
        sessions: sessions.len(),
        steps: sessions.step_count(),
        states: sessions.states().len(),
        rare_texts: settled.rare,
        rare_paths: settled.rare_paths,
        personal_texts: settled.personal,
        coarsened: collected.coarsened,
        spilled: collected.spilled,
        mapping: None,
        gap: (clock == Clock::Events).then(|| request.gap.as_millis()),
        valley: found.gaps.valley(),
        window: found.window,
        routes: settled.table,
    };
    Ok(Import { sessions, summary, kind: reading.kind })
}
