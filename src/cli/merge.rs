//! `desirepath report --merge`: the parts of a divided sweep become one run in a folder of its own.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::exit::Exit;
use super::failure::Failure;
use crate::record::merge::{Holds, Part, merge};
use crate::record::{Contracts, Event, Happening, Journal, Run, Verdict, WalkId, journal};
use crate::report::words;
use crate::sweep::{Folder, folder as runs_folder, scheduled};

/// How many missing walks are named.
const NAMED: usize = 10;

/// Merges runs into a new one below `out`; gives its folder.
///
/// # Errors
/// They do not belong together, cannot be read, or nothing can be written.
pub(super) fn merged(runs: &[PathBuf], out: &Path) -> Result<PathBuf, Failure> {
    let parts = runs.iter().map(|run| part(run)).collect::<Result<Vec<_>, _>>()?;
    let plan = |part: usize, path: &str| {
        inside(&runs[part], path).and_then(|path| fs::read_to_string(path).ok())
    };
    // Before there is a folder, so that a refusal leaves none.
    let refused = merge(&parts, "", &plan).map_err(Failure::usage)?;
    let seed = Run::fold(refused.events).header.seed;
    let unwritten = |error: std::io::Error| {
        Failure::new(Exit::Infrastructure, format!("error: cannot write the merged run: {error}"))
    };
    let now = jiff::Timestamp::now();
    let folder = Folder::create(out, "merged", now, seed).map_err(unwritten)?;
    let written = fill(&folder, runs, &parts, &plan);
    if written.is_err() {
        // It is ours, it is new, and it is of no use.
        drop(fs::remove_dir_all(folder.path()));
    }
    written.map(|()| folder.path().to_owned())
}

fn part(run: &Path) -> Result<Part, Failure> {
    let events = journal::read(run).map_err(Failure::usage)?;
    Ok(Part { name: run.display().to_string(), events })
}

/// The journal comes last: a folder without one is no run.
fn fill(
    folder: &Folder,
    runs: &[PathBuf],
    parts: &[Part],
    plan: &dyn Fn(usize, &str) -> Option<String>,
) -> Result<(), Failure> {
    let dir = folder.path();
    let broken = |error: std::io::Error, path: &Path| {
        let told = format!("error: {}: {error}", path.display());
        Failure::new(Exit::Infrastructure, told)
    };
    let mut merged = merge(parts, folder.name(), plan).map_err(Failure::usage)?;
    let evidence = dir.join("evidence");
    fs::create_dir_all(&evidence).map_err(|e| broken(e, &evidence))?;
    let mut gone = 0;
    for file in &merged.files {
        let (Some(from), Some(to)) = (inside(&runs[file.part], &file.from), inside(dir, &file.to))
        else {
            let (run, path) = (runs[file.part].display(), &file.from);
            return Err(Failure::usage(format!("{run} names a file outside its folder: {path}")));
        };
        match fs::copy(&from, &to) {
            Ok(_) => {}
            Err(why)
                if why.kind() == std::io::ErrorKind::NotFound && file.holds == Holds::Evidence =>
            {
                gone += 1;
            }
            Err(why) => return Err(broken(why, &from)),
        }
    }
    let mut contracts = Contracts::default();
    for run in runs {
        contracts.unite(runs_folder::contracts(run).map_err(Failure::usage)?);
    }
    if !contracts.is_empty() {
        let text = serde_json::to_string_pretty(&contracts).map_err(|e| broken(e.into(), dir))?;
        folder.keep_contracts(&text).map_err(|e| broken(e, dir))?;
    }
    let run = Run::fold(merged.events.iter().cloned());
    let gone = (gone > 0).then(|| {
        format!("{} of evidence not in the runs' folders any more", words::count(gone, "file"))
    });
    let last = merged.events.pop();
    let at = last.as_ref().map_or(0, |event| event.at);
    let remarks = missing(&run).into_iter().chain(gone);
    let remarks = remarks.map(|text| Event { at, what: Happening::Remark { walk: None, text } });
    merged.events.extend(remarks.collect::<Vec<_>>());
    merged.events.extend(last);
    let journal = Journal::create(dir);
    let mut journal = journal.map_err(|e| broken(e, dir))?;
    merged.events.iter().try_for_each(|event| journal.append(event)).map_err(|e| broken(e, dir))
}

/// What the sweep has and no run does, in words; `None` where nothing is missing.
fn missing(run: &Run) -> Option<String> {
    let header = &run.header;
    let shard = header.shard.as_ref()?;
    let absent = shard.missing().count();
    // Without rates nobody deviates, and there are calm walks only.
    let walks = header.walks.filter(|_| !header.rates.is_empty()).unwrap_or(0);
    let walks = scheduled(&header.journeys, walks);
    // A journey that fails as it is written is not perturbed; its calm walks say so.
    let broken = |walk: &WalkId| {
        let mut calm = run.walks.iter().filter(|(id, _)| id.journey == walk.journey);
        calm.any(|(id, record)| id.kind.is_calm() && record.verdict == Verdict::Failed)
    };
    let open: Vec<String> = walks
        .iter()
        .filter(|id| !run.walks.contains_key(*id) && !broken(id))
        .map(WalkId::to_string)
        .collect();
    if absent == 0 && open.is_empty() {
        return None;
    }
    let mut named = open.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if let Some(more) = open.len().checked_sub(NAMED).filter(|&more| more > 0) {
        named += &format!(" and {more} more");
    }
    let there = shard.parts.len();
    let of = format!("{there} of {} shards", shard.of);
    Some(if open.is_empty() { of } else { format!("{of}; missing walks: {named}") })
}

/// A file of a run's folder, and of no other.
fn inside(dir: &Path, name: &str) -> Option<PathBuf> {
    let name = Path::new(name);
    let plain = name.components().all(|part| matches!(part, Component::Normal(_)));
    (plain && name.components().next().is_some()).then(|| dir.join(name))
}
