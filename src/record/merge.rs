//! The parts of a divided sweep as one run: their events with the walks named so that none is
//! confused with another's, and which files go where. Reading and copying is whoever calls's.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::event::FORMAT;
use super::{
    Charter, Event, Happening, Run, Shard, SweepEnd, SweepHeader, Unjudged, WalkId, WalkKind, known,
};

/// The entry of a charter in which the parts of one sweep differ.
pub const SHARD: &str = "shard";

/// One part.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its folder, as the user named it.
    pub name: String,
    /// Its events.
    pub events: Vec<Event>,
}

/// A file of a part's folder, and its path in the merged one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Carried {
    /// Which part, in the order in which they were given.
    pub part: usize,
    /// Its path there.
    pub from: String,
    /// Its path here.
    pub to: String,
    /// What it is for.
    pub holds: Holds,
}

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holds {
    /// A walk's plan, without which it cannot be walked again.
    Plan,
    /// What a failure left.
    Evidence,
}

/// What comes of merging.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The events, in the order of their times.
    pub events: Vec<Event>,
    /// The files that they speak of.
    pub files: Vec<Carried>,
}

/// Why runs are not merged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// It is no part of anything.
    #[error("{run} is no part of a divided sweep: only runs made with --shard can be merged")]
    Whole {
        /// The run.
        run: String,
    },
    /// They are of different sweeps.
    #[error(
        "{one} and {other} are not of the same sweep:\n  {}\n\
         merge only runs of the same seed, release, journeys and configuration",
        differences.join("\n  ")
    )]
    Different {
        /// The first run.
        one: String,
        /// The run that differs from it.
        other: String,
        /// In what, a line each.
        differences: Vec<String>,
    },
    /// A part is there twice.
    #[error("shard {part} is in both {one} and {other}: its walks would count twice")]
    Twice {
        /// The part.
        part: u32,
        /// A run with it.
        one: String,
        /// Another.
        other: String,
    },
    /// Both have walked it, although they share nothing by their headers.
    #[error("{walk} is in {run} and in another run too: its walks would count twice")]
    Both {
        /// The walk.
        walk: WalkId,
        /// The run.
        run: String,
    },
}

/// Merges parts. `plan` has the text of a plan by its part and path, and `name` is the merged
/// run's.
///
/// # Errors
/// The parts do not belong together.
pub fn merge(
    parts: &[Part],
    name: &str,
    plan: &dyn Fn(usize, &str) -> Option<String>,
) -> Result<Merged, MergeError> {
    let runs: Vec<Run> = parts.iter().map(|p| Run::fold(p.events.iter().cloned())).collect();
    check(parts, &runs)?;
    let mut names = Names::default();
    let mut files = BTreeSet::new();
    let mut events = Vec::new();
    let mut told = HashSet::new();
    let known: BTreeSet<&String> = runs.iter().flat_map(|run| run.known.keys()).collect();
    for (number, (part, run)) in parts.iter().zip(&runs).enumerate() {
        let walks = names.take(number, run, plan);
        let walks = walks.map_err(|walk| MergeError::Both { walk, run: part.name.clone() })?;
        let mut carry = Carry { part: number, walks: &walks, files: &mut files };
        for Event { at, what } in &part.events {
            let Some(what) = carry.over(what.clone()) else { continue };
            if let Happening::Remark { walk, text } = &what {
                let met = known.iter().any(|signature| text.starts_with(&known::unmet(signature)));
                if met || !told.insert((walk.clone(), text.clone())) {
                    continue;
                }
            }
            events.push(Event { at: *at, what });
        }
    }
    events.sort_by_key(|event| event.at);
    smallest_only(&mut events);
    let took = events.last().map_or(0, |event| event.at);
    let start = Happening::SweepStarted(Box::new(header(&runs, name)));
    events.insert(0, Event { at: 0, what: start });
    events.push(Event { at: took, what: Happening::SweepFinished { end: end(&runs) } });
    Ok(Merged { events, files: files.into_iter().collect() })
}

fn check(parts: &[Part], runs: &[Run]) -> Result<(), MergeError> {
    let mut seen: BTreeMap<u32, &str> = BTreeMap::new();
    for (part, run) in parts.iter().zip(runs) {
        let header = &run.header;
        let (Some(shard), Some(_)) = (&header.shard, &header.charter) else {
            return Err(MergeError::Whole { run: part.name.clone() });
        };
        let differences = differences(&runs[0].header, header);
        if !differences.is_empty() {
            let (one, other) = (parts[0].name.clone(), part.name.clone());
            return Err(MergeError::Different { one, other, differences });
        }
        for &n in &shard.parts {
            if let Some(one) = seen.insert(n, &part.name) {
                let (one, other) = (one.to_owned(), part.name.clone());
                return Err(MergeError::Twice { part: n, one, other });
            }
        }
    }
    Ok(())
}

fn differences(one: &SweepHeader, other: &SweepHeader) -> Vec<String> {
    let terms = |header: &SweepHeader| {
        let mut terms = header.charter.clone().unwrap_or_default();
        terms.fixed.shift_remove(SHARD);
        let of = header.shard.as_ref().map_or(0, |shard| shard.of);
        terms.fixed.insert("shards".to_owned(), of.to_string());
        terms.fixed.insert("format".to_owned(), header.format.to_string());
        terms
    };
    let told = terms(one).differences(&terms(other));
    told.into_iter().map(|line| line.replace(", now ", " and ")).collect()
}

/// How the walks of one part are called in the merged run, by their first attempt: the id, and
/// what is added to attempts.
type Called = BTreeMap<WalkId, (WalkId, u32)>;

/// The walks so far.
#[derive(Debug, Default)]
struct Names {
    /// By first attempt: the part and path of the plan, and the highest attempt.
    taken: BTreeMap<WalkId, (usize, String, u32)>,
    trials: u32,
}

impl Names {
    /// Names the walks of a part. What several have walked exactly alike are attempts of one
    /// walk: a calm walk, which every part has that is judged by it.
    fn take(
        &mut self,
        part: usize,
        run: &Run,
        plan: &dyn Fn(usize, &str) -> Option<String>,
    ) -> Result<Called, WalkId> {
        let mut highest: BTreeMap<WalkId, (String, u32)> = BTreeMap::new();
        for (id, record) in &run.walks {
            let entry = highest.entry(id.again(1)).or_insert((record.plan.clone(), 0));
            entry.1 = entry.1.max(id.attempt);
        }
        let (mut called, mut trials) = (Called::new(), self.trials);
        for (id, (file, attempts)) in highest {
            let mut name = id.clone();
            let mut before = 0;
            if id.kind == WalkKind::Trial {
                name.number += self.trials;
                trials = trials.max(name.number + 1);
            }
            while let Some((other, path, highest)) = self.taken.get(&name) {
                if id.kind != WalkKind::Calm {
                    return Err(id);
                }
                if plan(*other, path).is_some_and(|text| plan(part, &file).as_ref() == Some(&text))
                {
                    before = *highest;
                    break;
                }
                // It roamed, and came by elsewhere.
                name.number += 1;
            }
            let entry = self.taken.entry(name.clone()).or_insert((part, file, 0));
            entry.2 = before + attempts;
            called.insert(id, (name, before));
        }
        self.trials = trials;
        Ok(called)
    }
}

/// Carries the events of one part over.
struct Carry<'a> {
    part: usize,
    walks: &'a Called,
    files: &'a mut BTreeSet<Carried>,
}

impl Carry<'_> {
    fn over(&mut self, mut what: Happening) -> Option<Happening> {
        match &mut what {
            Happening::SweepStarted(_) | Happening::SweepFinished { .. } => return None,
            Happening::WalkStarted { walk, plan, .. } => {
                *plan = self.plan(walk, plan);
                *walk = self.name(walk);
            }
            Happening::EvidenceKept { walk, kept, .. } => {
                let name = self.name(walk);
                let all = [&mut kept.screenshot, &mut kept.filmstrip, &mut kept.dom];
                let all = all.into_iter().chain([&mut kept.text, &mut kept.console, &mut kept.har]);
                for file in all.flatten() {
                    *file = self.evidence(walk, &name, file);
                }
                *walk = name;
            }
            Happening::Shrunk { walk, shrunk, .. } => {
                let file = std::mem::take(&mut shrunk.plan);
                let is = |id: &&WalkId| file == path(id);
                let trial = self.walks.keys().find(is).cloned().unwrap_or_else(|| walk.clone());
                shrunk.plan = self.plan(&trial, &file);
                *walk = self.name(walk);
            }
            Happening::StepFinished { walk, .. }
            | Happening::Violated { walk, .. }
            | Happening::WalkFinished { walk, .. }
            | Happening::WalkClosed { walk, .. }
            | Happening::Compared { walk, .. }
            | Happening::TurnedBack { walk, .. }
            | Happening::Offered { walk, .. }
            | Happening::Resynchronised { walk, .. }
            | Happening::Timed { walk: Some(walk), .. }
            | Happening::Remark { walk: Some(walk), .. } => *walk = self.name(walk),
            Happening::Known { .. }
            | Happening::Timed { walk: None, .. }
            | Happening::Remark { walk: None, .. } => {}
        }
        Some(what)
    }

    fn name(&self, id: &WalkId) -> WalkId {
        let called = self.walks.get(&id.again(1));
        called.map_or_else(|| id.clone(), |(name, before)| name.again(before + id.attempt))
    }

    fn plan(&mut self, id: &WalkId, file: &str) -> String {
        let to = path(&self.name(id));
        self.carry(file, &to, Holds::Plan);
        to
    }

    fn evidence(&mut self, id: &WalkId, name: &WalkId, file: &str) -> String {
        let rest = file.strip_prefix(&format!("evidence/{}", id.again(1).file_stem()));
        let rest = rest.map_or_else(|| format!(".{}", file.replace('/', "-")), str::to_owned);
        let to = format!("evidence/{}{rest}", name.file_stem());
        self.carry(file, &to, Holds::Evidence);
        to
    }

    fn carry(&mut self, from: &str, to: &str, holds: Holds) {
        let (from, to) = (from.to_owned(), to.to_owned());
        // Attempts of one walk have one plan: the first part's.
        if self.files.iter().all(|file| file.to != to) {
            self.files.insert(Carried { part: self.part, from, to, holds });
        }
    }
}

fn path(id: &WalkId) -> String {
    format!("walks/{}.yaml", id.again(1).file_stem())
}

/// Of what several parts made small the smallest is kept.
fn smallest_only(events: &mut Vec<Event>) {
    let mut best: BTreeMap<String, (u32, usize, String)> = BTreeMap::new();
    let size = |what: &Happening| match what {
        Happening::Shrunk { signature, shrunk, .. } => {
            let size = (shrunk.steps, shrunk.deviations.len(), shrunk.plan.clone());
            Some((signature.clone(), size))
        }
        _ => None,
    };
    for (signature, size) in events.iter().filter_map(|event| size(&event.what)) {
        let least = best.entry(signature).or_insert_with(|| size.clone());
        *least = size.min(least.clone());
    }
    events.retain(|event| size(&event.what).is_none_or(|(s, size)| best.get(&s) == Some(&size)));
}

fn header(runs: &[Run], name: &str) -> SweepHeader {
    let headers = || runs.iter().map(|run| &run.header);
    let each = |text: fn(&SweepHeader) -> &str| {
        let all: BTreeSet<&str> = headers().map(text).collect();
        all
    };
    let mut parts: Vec<u32> =
        headers().filter_map(|h| h.shard.as_ref()).flat_map(|s| s.parts.clone()).collect();
    parts.sort_unstable();
    let first = runs.first().map(|run| run.header.clone()).unwrap_or_default();
    let of = first.shard.as_ref().map_or(0, |shard| shard.of);
    let mut fixed = first.charter.map(|charter| charter.fixed).unwrap_or_default();
    fixed.shift_remove(SHARD);
    let lost: BTreeSet<&String> = headers().flat_map(|header| &header.lost).collect();
    SweepHeader {
        format: FORMAT,
        run: name.to_owned(),
        started: each(|h| &h.started).first().map_or_else(String::new, |&s| s.to_owned()),
        browser: each(|h| &h.browser).into_iter().collect::<Vec<_>>().join(", "),
        users: headers().map(|header| header.users).sum(),
        lost: lost.into_iter().cloned().collect(),
        unjudged: Unjudged::union(headers().flat_map(|header| &header.unjudged)),
        // Nobody goes on with it, but another part may still come.
        charter: Some(Charter { command: Vec::new(), fixed }),
        shard: Some(Shard { parts, of }),
        ..first
    }
}

/// The worst end of all.
fn end(runs: &[Run]) -> SweepEnd {
    let rank = |end: &SweepEnd| match end {
        SweepEnd::Completed => 0,
        SweepEnd::BudgetSpent => 1,
        SweepEnd::Interrupted => 2,
        SweepEnd::Infrastructure(_) => 3,
    };
    let ends = runs.iter().map(|run| run.end.clone().unwrap_or(SweepEnd::Interrupted));
    ends.max_by_key(rank).unwrap_or(SweepEnd::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Reproduced, findings};
    use serde_json::{Value, json};

    /// A part with walks, each `id verdict signature…`; signatures fail.
    fn part(name: &str, n: u32, walks: &[&str]) -> Part {
        let charter =
            json!({ "command": ["x"], "fixed": { "seed": "7", "shard": format!("{n}/3") } });
        let header = SweepHeader {
            format: FORMAT,
            charter: serde_json::from_value(charter).ok(),
            shard: Some(Shard { parts: vec![n], of: 3 }),
            journeys: [("a".to_owned(), Some(0.5))].into(),
            ..SweepHeader::default()
        };
        let mut events = vec![Event { at: 0, what: Happening::SweepStarted(Box::new(header)) }];
        let mut push = |at, event: Value| {
            let mut event = event;
            event["at"] = json!(at);
            events.push(serde_json::from_value(event).expect("an event"));
        };
        for (at, line) in (1u64..).zip(walks) {
            let mut words = line.split(' ');
            let (id, verdict) = (words.next().expect("an id"), words.next().expect("a verdict"));
            let walk: WalkId = id.parse().expect("an id");
            let plan = path(&walk);
            push(
                at,
                json!({ "event": "walk_started", "walk": id, "plan": plan, "deviations": [] }),
            );
            for signature in words {
                push(
                    at,
                    json!({ "event": "violated", "walk": id, "violation": {
                    "oracle": "always", "severity": "fail", "signature": signature, "title": "t",
                    "message": "", "step": "pay", "index": 0, "route": "/" } }),
                );
                let kept = json!({ "screenshot": format!("evidence/{}.png", walk.file_stem()) });
                push(
                    at,
                    json!({ "event": "evidence_kept", "walk": id, "signature": signature,
                    "kept": kept }),
                );
            }
            push(
                at,
                json!({ "event": "walk_finished", "walk": id, "verdict": { "verdict": verdict },
                "took": 1, "requests": 1 }),
            );
        }
        let end = Happening::SweepFinished { end: SweepEnd::Completed };
        events.push(Event { at: 99, what: end });
        Part { name: name.to_owned(), events }
    }

    fn same(_: usize, path: &str) -> Option<String> {
        Some(path.to_owned())
    }

    #[test]
    fn walks_with_one_signature_are_one_finding_over_all_parts() {
        let one = part("one", 1, &["a/calm-0 passed", "a/0 failed X", "a/0#2 failed X"]);
        let two =
            part("two", 2, &["a/calm-0 passed", "a/1 failed X", "a/1#2 passed", "a/2 passed"]);
        let merged = merge(&[one.clone(), two.clone()], "m", &same).expect("they fit");
        let run = Run::fold(merged.events);
        let found = findings(&run);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].hits(), found[0].walked), (2, 4));
        assert_eq!(found[0].reproduced, Some(Reproduced { times: 1, of: 2 }));
        assert_eq!(run.header.shard.as_ref().map(ToString::to_string).as_deref(), Some("1+2/3"));
        assert_eq!(run.end, Some(SweepEnd::Completed));
        // A merged run takes the part that was missing.
        let both = merge(&[one, two], "m", &same).expect("they fit");
        let both = Part { name: "m".into(), events: both.events };
        let three = part("three", 3, &["a/3 passed"]);
        let all = merge(&[both, three], "all", &same).expect("they fit");
        assert_eq!(Run::fold(all.events).walks.len(), run.walks.len() + 1);
    }

    #[test]
    fn calm_walks_of_several_parts_are_attempts_of_one_and_keep_their_evidence() {
        let one = part("one", 1, &["a/calm-0 failed X", "a/calm-0#2 failed X"]);
        let two = part("two", 2, &["a/calm-0 failed X"]);
        let merged = merge(&[one.clone(), two.clone()], "m", &same).expect("they fit");
        let run = Run::fold(merged.events);
        let ids: Vec<String> = run.walks.keys().map(ToString::to_string).collect();
        assert_eq!(ids, ["a/calm-0", "a/calm-0#3", "a/calm-0#2"]);
        let to: Vec<&str> = merged.files.iter().map(|file| file.to.as_str()).collect();
        assert!(to.contains(&"evidence/a.calm-0.again-3.png"), "{to:?}");
        assert_eq!(to.iter().filter(|to| to.starts_with("walks/")).count(), 1);
        // What roamed went another way: it is a walk of its own.
        let roamed = |part: usize, _: &str| Some(part.to_string());
        let run = Run::fold(merge(&[one, two], "m", &roamed).expect("they fit").events);
        assert!(run.walks.contains_key(&"a/calm-1".parse::<WalkId>().expect("an id")));
    }

    #[test]
    fn refuses_what_does_not_belong_together() {
        let one = part("one", 1, &["a/0 passed"]);
        let refused = |parts: &[Part]| merge(parts, "m", &same).expect_err("refused").to_string();
        let twice = refused(&[one.clone(), part("two", 1, &[])]);
        assert!(twice.contains("shard 1 is in both one and two"), "{twice}");
        let both = refused(&[one.clone(), part("two", 2, &["a/0 passed"])]);
        assert!(both.contains("a/0 is in two"), "{both}");
        let mut other = part("two", 2, &[]);
        if let Happening::SweepStarted(header) = &mut other.events[0].what {
            header.charter.get_or_insert_default().fixed.insert("seed".into(), "8".into());
        }
        let different = refused(&[one.clone(), other.clone()]);
        assert!(different.contains("seed: 7 and 8"), "{different}");
        if let Happening::SweepStarted(header) = &mut other.events[0].what {
            header.shard = None;
        }
        assert!(refused(&[one, other]).contains("two is no part"), "a whole sweep");
    }
}
