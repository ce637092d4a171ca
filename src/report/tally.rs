//! The numbers of a run and the one sentence that they come to. Every report opens with them.

use indexmap::IndexMap;

use super::words;
use crate::record::estimate::bound_without_failures;
use crate::record::{
    Certainty, Finding, Run, Severity, SweepEnd, Unjudged, Verdict, WalkId, WalkKind, WalkRecord,
};

/// How many walks there were and how they went; confirmations are counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Walks, confirmations left out.
    pub walks: u32,
    /// Of these: without deviations.
    pub calm: u32,
    /// Of these: with deviations.
    pub perturbed: u32,
    /// Nothing was wrong.
    pub passed: u32,
    /// An oracle failed it.
    pub failed: u32,
    /// The walker could not go on.
    pub stranded: u32,
    /// Driver, browser or grid broke.
    pub infrastructure: u32,
    /// The sweep ended first.
    pub interrupted: u32,
    /// Walks that were walked again to confirm a failure.
    pub confirmations: u32,
    /// Walks that were walked to compare outcomes and to shrink.
    pub beside: u32,
    /// Requests of all walks, whatever they were walked for.
    pub requests: u32,
    /// Steps of all walks, whatever they were walked for.
    pub steps: u32,
}

impl Tally {
    /// The numbers of a run.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        Self::among(run.walks.iter())
    }

    /// The numbers of some walks of a run.
    pub fn among<'a>(walks: impl IntoIterator<Item = (&'a WalkId, &'a WalkRecord)>) -> Self {
        let mut tally = Self::default();
        for (id, record) in walks {
            tally.requests = tally.requests.saturating_add(record.requests);
            tally.steps += u32::try_from(record.steps.len()).unwrap_or(u32::MAX);
            if matches!(id.kind, WalkKind::Calm | WalkKind::Perturbed) && !id.is_first() {
                tally.confirmations += 1;
                continue;
            }
            match id.kind {
                WalkKind::Calm => tally.calm += 1,
                WalkKind::Perturbed => tally.perturbed += 1,
                WalkKind::Twin | WalkKind::Trial => {
                    tally.beside += 1;
                    continue;
                }
            }
            tally.walks += 1;
            match record.verdict {
                Verdict::Passed => tally.passed += 1,
                Verdict::Failed => tally.failed += 1,
                Verdict::Stranded(_) => tally.stranded += 1,
                Verdict::Infrastructure(_) => tally.infrastructure += 1,
                Verdict::Interrupted => tally.interrupted += 1,
            }
        }
        tally
    }

    /// Walks that say something about the application.
    #[must_use]
    pub const fn conclusive(&self) -> u32 {
        self.passed + self.failed + self.stranded
    }

    /// `31 passed, 6 failed, 2 stranded`: what is zero is left out.
    #[must_use]
    pub fn outcomes(&self) -> String {
        let parts = [
            (self.passed, "passed"),
            (self.failed, "failed"),
            (self.stranded, "stranded"),
            (self.infrastructure, "broken by the infrastructure"),
            (self.interrupted, "interrupted"),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, word)| format!("{} {word}", words::grouped(*n)))
            .collect();
        parts.join(", ")
    }
}

/// What a run comes to, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mood {
    /// Nothing broke.
    Good,
    /// Nothing may be concluded, or not as much as was planned.
    Unknown,
    /// The application broke.
    Bad,
}

/// A run in one sentence, and how to take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headline {
    /// How to take it.
    pub mood: Mood,
    /// One sentence.
    pub sentence: String,
    /// What limits it: an interruption, broken infrastructure, how much a pass can say.
    pub caveats: Vec<String>,
}

impl Headline {
    /// The headline of a run.
    #[must_use]
    pub fn of(run: &Run, findings: &[Finding]) -> Self {
        let tally = Tally::of(run);
        let failing = || findings.iter().filter(|f| f.severity == Severity::Fail);
        let broken: Vec<&Finding> = failing().filter(|f| f.known.is_none()).collect();
        let known = failing().count() - broken.len();
        let conclusive = tally.conclusive();
        let walks = words::count(conclusive, "walk");
        let mut caveats = limits(run, &tally);
        if known > 0 {
            let known = words::count(u32::try_from(known).unwrap_or(u32::MAX), "known issue");
            caveats.push(format!("{known} showed again."));
        }
        let changed = run.walks.values().filter(|walk| !walk.resynchronised.is_empty()).count();
        if changed > 0 {
            let walks = words::count(u32::try_from(changed).unwrap_or(u32::MAX), "walk");
            caveats.push(format!(
                "The page has changed: {walks} re-synchronised with it and did not go exactly as planned."
            ));
        }
        let (mood, sentence) = if !broken.is_empty() {
            let walks = words::count(conclusive.max(1), "walk");
            (Mood::Bad, format!("{} broke in {walks}{}.", things(broken.len()), trust(&broken)))
        } else if tally.passed == 0 && known == 0 {
            (Mood::Unknown, "Nothing may be concluded: no walk came to its end.".to_owned())
        } else {
            // A stranded walk did not see its end, so it says nothing about how often that fails.
            let limited = caveats.len() > usize::from(known > 0);
            let mood = if limited { Mood::Unknown } else { Mood::Good };
            let bound = bound_without_failures(tally.passed);
            // After a handful of walks the bound says nothing that a reader did not know.
            if bound < 0.5 {
                caveats.push(format!(
                    "What still fails hits fewer than {} of such walks (95 % confidence).",
                    words::percent(bound)
                ));
            }
            let new = if known > 0 { "Nothing new" } else { "Nothing" };
            (mood, format!("{new} broke in {walks}."))
        };
        caveats.extend(super::held::sentences(run));
        caveats.extend(strained(run));
        caveats.extend(run.header.unjudged.iter().map(Unjudged::in_words));
        Self { mood, sentence, caveats }
    }
}

/// That the machine was too busy to keep to the usual deadlines.
fn strained(run: &Run) -> Option<String> {
    let walks = u32::try_from(run.walks.len()).unwrap_or(u32::MAX);
    let stretched: Vec<f64> = run.walks.values().filter_map(|walk| walk.stretched).collect();
    let most = stretched.iter().copied().reduce(f64::max)?;
    Some(format!(
        "The machine was busy: deadlines were stretched up to ×{most:.1} in {} of {}.",
        words::grouped(u32::try_from(stretched.len()).unwrap_or(u32::MAX)),
        words::count(walks, "walk")
    ))
}

fn things(n: usize) -> String {
    let n = u32::try_from(n).unwrap_or(u32::MAX);
    words::count(n, "thing")
}

/// `: 2 are certain, 1 comes and goes`.
fn trust(broken: &[&Finding]) -> String {
    let of = |certainty| broken.iter().filter(|f| f.certainty() == certainty).count();
    let (steady, untried, flaky) =
        (of(Certainty::Steady), of(Certainty::Untried), of(Certainty::Flaky));
    if steady == broken.len() && steady > 0 {
        return match steady {
            1 => ", every time it was walked again".to_owned(),
            2 => "; both are certain".to_owned(),
            _ => "; all are certain".to_owned(),
        };
    }
    let say = |n: usize, one: &str, many: &str| {
        (n > 0).then(|| format!("{n} {}", if n == 1 { one } else { many }))
    };
    let parts: Vec<String> = [
        say(steady, "is certain", "are certain"),
        say(flaky, "comes and goes", "come and go"),
        say(untried, "was not walked again", "were not walked again"),
    ]
    .into_iter()
    .flatten()
    .collect();
    format!("; {}", parts.join(", "))
}

/// What keeps the run from saying all that it was meant to say.
fn limits(run: &Run, tally: &Tally) -> Vec<String> {
    let mut limits = Vec::new();
    match &run.end {
        None | Some(SweepEnd::Interrupted) => limits.push(format!(
            "The sweep was interrupted; this is what {} told until then.",
            words::count(tally.walks, "walk")
        )),
        Some(SweepEnd::Infrastructure(why)) => {
            limits.push(format!("The infrastructure broke and ended the sweep: {why}."));
        }
        Some(SweepEnd::Completed | SweepEnd::BudgetSpent) => {}
    }
    if let Some(shard) = run.header.shard.as_ref().filter(|_| run.is_merged()) {
        let missing = shard.missing().count();
        if missing > 0 {
            let there = shard.parts.len();
            limits.push(format!("Only {there} of {} shards are here.", shard.of));
        }
    }
    if tally.infrastructure > 0 {
        limits.push(format!(
            "{} of {} {} nothing, because driver, browser or grid broke.",
            words::grouped(tally.infrastructure),
            words::count(tally.walks, "walk"),
            if tally.infrastructure == 1 { "says" } else { "say" }
        ));
    }
    limits
}

/// Walks by the reason that their verdict gives, most frequent first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The reason.
    pub why: String,
    /// The first attempts that ended so.
    pub walks: Vec<WalkId>,
}

/// The stranded walks, grouped by their reason.
#[must_use]
pub fn stranded(run: &Run) -> Vec<Reason> {
    grouped(run, |verdict| match verdict {
        Verdict::Stranded(why) => Some(why),
        _ => None,
    })
}

/// The walks that driver, browser or grid broke, grouped by their reason.
#[must_use]
pub fn infrastructure(run: &Run) -> Vec<Reason> {
    grouped(run, |verdict| match verdict {
        Verdict::Infrastructure(why) => Some(why),
        _ => None,
    })
}

fn grouped(run: &Run, reason: impl Fn(&Verdict) -> Option<&String>) -> Vec<Reason> {
    let mut reasons: IndexMap<&str, Vec<WalkId>> = IndexMap::new();
    for (id, record) in run.walks.iter().filter(|(id, _)| id.is_counted()) {
        if let Some(why) = reason(&record.verdict) {
            reasons.entry(why).or_default().push(id.clone());
        }
    }
    let mut reasons: Vec<Reason> =
        reasons.into_iter().map(|(why, walks)| Reason { why: why.to_owned(), walks }).collect();
    reasons.sort_by_key(|r| std::cmp::Reverse(r.walks.len()));
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser_kind::BrowserKind;
    use crate::record::{Event, Happening, findings};

    fn run(verdicts: &[Verdict], end: Option<SweepEnd>) -> Run {
        let walk = |n: usize| WalkId {
            journey: "a".into(),
            kind: WalkKind::Perturbed,
            number: u32::try_from(n).expect("few walks"),
            browser: BrowserKind::default(),
            attempt: 1,
        };
        let finished = |(n, verdict): (usize, &Verdict)| Happening::WalkFinished {
            walk: walk(n),
            verdict: verdict.clone(),
            took: 1,
            requests: 1,
        };
        let end = end.map(|end| Happening::SweepFinished { end });
        let what = verdicts.iter().enumerate().map(finished).chain(end);
        Run::fold(what.map(|what| Event { at: 0, what }))
    }

    fn headline(verdicts: &[Verdict], end: Option<SweepEnd>) -> Headline {
        let run = run(verdicts, end);
        Headline::of(&run, &findings(&run))
    }

    #[test]
    fn a_pass_says_how_much_it_can_say() {
        let good = headline(&vec![Verdict::Passed; 40], Some(SweepEnd::Completed));
        assert_eq!((good.mood, good.sentence.as_str()), (Mood::Good, "Nothing broke in 40 walks."));
        assert!(good.caveats[0].contains("7.2 %"), "{:?}", good.caveats);
    }

    #[test]
    fn a_busy_machine_is_told_and_takes_nothing_from_a_pass() {
        let mut run = run(&vec![Verdict::Passed; 40], Some(SweepEnd::Completed));
        for (walk, stretched) in run.walks.values_mut().zip([1.6, 3.04]) {
            walk.stretched = Some(stretched);
        }
        let headline = Headline::of(&run, &[]);
        assert_eq!(headline.mood, Mood::Good);
        let told = "The machine was busy: deadlines were stretched up to ×3.0 in 2 of 40 walks.";
        assert_eq!(headline.caveats.last().map(String::as_str), Some(told));
    }

    #[test]
    fn a_tool_that_broke_never_looks_like_a_pass() {
        let killed = Verdict::Infrastructure("killed".into());
        let none = headline(std::slice::from_ref(&killed), Some(SweepEnd::Completed));
        assert_eq!(none.mood, Mood::Unknown);
        assert!(none.sentence.starts_with("Nothing may be concluded"));
        let some = headline(&[killed, Verdict::Passed], Some(SweepEnd::Completed));
        assert_eq!(some.mood, Mood::Unknown);
        assert_eq!(headline(&[Verdict::Passed], None).mood, Mood::Unknown);
        assert_eq!(headline(&[], Some(SweepEnd::Completed)).mood, Mood::Unknown);
        let stranded = Verdict::Stranded("no link".into());
        assert_eq!(headline(&[stranded], Some(SweepEnd::Completed)).mood, Mood::Unknown);
    }
}
