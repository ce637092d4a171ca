//! A run as one value: the fold of its events. What the walks add up to is in `finding`;
//! reading and writing the events is `journal`'s.

use indexmap::IndexMap;

use super::{
    Compared, Event, Happening, Kept, KnownIssue, Offered, Severity, Shrunk, StepRecord, SweepEnd,
    SweepHeader, Timings, TurnedBack, Verdict, Violation, WalkId,
};

/// Everything that is known of a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Run {
    /// What was swept, and how; blank where the first event never came.
    pub header: SweepHeader,
    /// The walks, in the order in which they began.
    pub walks: IndexMap<WalkId, WalkRecord>,
    /// The smallest walks that were found, by the signature of what they show.
    pub shrunk: IndexMap<String, Shrunk>,
    /// What is known and lived with, by signature.
    pub known: IndexMap<String, KnownIssue>,
    /// Where the time of all walks went; `None` where nobody asked.
    pub timings: Option<Timings>,
    /// What was kept from happening on all walks.
    pub turned_back: Vec<TurnedBack>,
    /// What pages offer, by their paths; the same of one page from each journey that sees it.
    pub offered: Vec<(String, Vec<Offered>)>,
    /// What the reader should know beside the findings.
    pub remarks: Vec<Note>,
    /// Why the sweep ended; `None` where the journal stops before the end.
    pub end: Option<SweepEnd>,
    /// Milliseconds from the beginning to the last event.
    pub took: u64,
}

/// Everything that is known of one walk.
#[derive(Debug, Clone, PartialEq)]
pub struct WalkRecord {
    /// Its plan, relative to the run's folder.
    pub plan: String,
    /// Its deviations, each in words.
    pub deviations: Vec<String>,
    /// The trace id of its requests; may be empty.
    pub trace: String,
    /// Milliseconds from the sweep's beginning to its own.
    pub began: u64,
    /// Its steps, in order, without what was read on the page: that is in the journal, and most of it.
    pub steps: Vec<StepRecord>,
    /// What was wrong, and when.
    pub violations: Vec<Sighting>,
    /// The evidence that it keeps, by the signature of what it shows.
    pub kept: IndexMap<String, Kept>,
    /// What services said before a failure, by its signature.
    pub compared: IndexMap<String, Vec<Compared>>,
    /// Where it found its place again on a changed page, in words.
    pub resynchronised: Vec<String>,
    /// How it went; [`Verdict::Interrupted`] for a walk whose end was never written.
    pub verdict: Verdict,
    /// Milliseconds from its first step to its last.
    pub took: u64,
    /// How many requests it made.
    pub requests: u32,
    /// By how much its deadlines were stretched, where the machine was busy.
    pub stretched: Option<f64>,
    /// Whether everything about it is written: a sweep that goes on does not walk it again.
    pub closed: bool,
}

/// A violation and when it was seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Sighting {
    /// Milliseconds since the sweep began.
    pub at: u64,
    /// What was wrong.
    pub violation: Violation,
}

/// A remark, and the walk that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The walk, if it is about one.
    pub walk: Option<WalkId>,
    /// One sentence.
    pub text: String,
}

impl WalkRecord {
    fn begun(plan: String, deviations: Vec<String>, began: u64) -> Self {
        Self {
            plan,
            deviations,
            trace: String::new(),
            began,
            steps: Vec::new(),
            violations: Vec::new(),
            kept: IndexMap::new(),
            compared: IndexMap::new(),
            resynchronised: Vec::new(),
            verdict: Verdict::Interrupted,
            took: 0,
            requests: 0,
            stretched: None,
            closed: false,
        }
    }

    /// The longest that the walk waited for anything, in milliseconds: for what a step needs, for an
    /// act to be over, or for what no step has told of.
    #[must_use]
    pub fn longest_wait(&self) -> u64 {
        let untold = self.steps.iter().fold(self.took, |left, step| {
            left.saturating_sub(step.waited + step.acted + step.thought)
        });
        self.steps.iter().map(|step| step.waited.max(step.acted)).fold(untold, u64::max)
    }

    /// Whether the walk says something about the application: it was neither interrupted nor
    /// broken by driver, browser or grid.
    #[must_use]
    pub const fn is_conclusive(&self) -> bool {
        matches!(self.verdict, Verdict::Passed | Verdict::Failed | Verdict::Stranded(_))
    }
}

impl Run {
    /// Adds the events up, in their order. A journal that stops in the middle is a run too: its
    /// open walks are interrupted. A resumed run begins again in its own journal: the first
    /// header stands, the last end counts, and a walk that begins again forgets what it was.
    #[must_use]
    pub fn fold(events: impl IntoIterator<Item = Event>) -> Run {
        let mut run = Run::default();
        for event in events {
            run.add(event);
        }
        run
    }

    /// Adds one event to those before it.
    pub fn add(&mut self, Event { at, what }: Event) {
        self.took = self.took.max(at);
        match what {
            Happening::SweepStarted(header) => {
                // Blank until the first one came.
                if self.header == SweepHeader::default() {
                    self.header = *header;
                }
                self.end = None;
            }
            Happening::WalkStarted { walk, plan, deviations, trace } => {
                let record = WalkRecord::begun(plan, deviations, at);
                self.walks.insert(walk, WalkRecord { trace, ..record });
            }
            Happening::StepFinished { walk, step } => {
                let step = StepRecord { readings: IndexMap::new(), ..*step };
                self.walk(walk, at).steps.push(step);
            }
            Happening::Violated { walk, violation } => {
                let record = self.walk(walk, at);
                // Outcomes are compared when the walk is over already.
                if violation.severity == Severity::Fail && record.is_conclusive() {
                    record.verdict = Verdict::Failed;
                }
                record.violations.push(Sighting { at, violation: *violation });
            }
            Happening::EvidenceKept { walk, signature, kept } => {
                self.walk(walk, at).kept.insert(signature, kept);
            }
            Happening::Compared { walk, signature, exchanges } => {
                self.walk(walk, at).compared.insert(signature, exchanges);
            }
            Happening::WalkFinished { walk, verdict, took, requests } => {
                let record = self.walk(walk, at);
                (record.verdict, record.took, record.requests) = (verdict, took, requests);
            }
            Happening::WalkClosed { walk, stretched, .. } => {
                let record = self.walk(walk, at);
                (record.closed, record.stretched) = (true, stretched);
            }
            Happening::Timed { timings, .. } => {
                self.timings.get_or_insert_default().absorb(&timings);
            }
            Happening::Shrunk { signature, shrunk, .. } => {
                self.shrunk.insert(signature, *shrunk);
            }
            Happening::Known { issue } => {
                self.known.insert(issue.signature.clone(), *issue);
            }
            Happening::Resynchronised { walk, text, .. } => {
                self.walk(walk.clone(), at).resynchronised.push(text.clone());
                self.remarks.push(Note { walk: Some(walk), text });
            }
            Happening::TurnedBack { all, .. } => {
                all.into_iter().for_each(|one| one.add_to(&mut self.turned_back));
            }
            Happening::Offered { on, elements, .. } => self.offered.push((on, elements)),
            Happening::Remark { walk, text } => self.remarks.push(Note { walk, text }),
            Happening::SweepFinished { end } => self.end = Some(end),
        }
    }

    /// Whether it was made of the parts of a divided sweep.
    #[must_use]
    pub fn is_merged(&self) -> bool {
        self.header.charter.as_ref().is_some_and(|charter| !charter.goes_on())
    }

    /// Whether the sweep was ended before it had done what was asked for.
    #[must_use]
    pub const fn is_unfinished(&self) -> bool {
        matches!(self.end, None | Some(SweepEnd::Interrupted | SweepEnd::Infrastructure(_)))
    }

    /// The walks that a sweep is about and that say something about the application.
    pub fn conclusive(&self) -> impl Iterator<Item = (&WalkId, &WalkRecord)> {
        self.walks.iter().filter(|(id, record)| id.is_counted() && record.is_conclusive())
    }

    /// The record of a walk, made where its beginning was lost.
    fn walk(&mut self, id: WalkId, at: u64) -> &mut WalkRecord {
        self.walks.entry(id).or_insert_with(|| WalkRecord::begun(String::new(), Vec::new(), at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(at: u64, what: Happening) -> Event {
        Event { at, what }
    }

    fn walk() -> WalkId {
        "a/0".parse().expect("an id")
    }

    fn begun(at: u64) -> Event {
        let (plan, deviations, trace) = ("walks/a.0.yaml".into(), Vec::new(), String::new());
        event(at, Happening::WalkStarted { walk: walk(), plan, deviations, trace })
    }

    fn finished(at: u64) -> Event {
        let verdict = Verdict::Passed;
        event(at, Happening::WalkFinished { walk: walk(), verdict, took: 5, requests: 1 })
    }

    #[test]
    fn a_journal_that_stops_leaves_its_walks_interrupted() {
        let run = Run::fold([begun(3)]);
        assert_eq!(run.walks[&walk()].verdict, Verdict::Interrupted);
        assert_eq!((run.end, run.took), (None, 3));
        assert_eq!(Run::fold([]), Run::default());
        let lost_beginning = Run::fold([finished(9)]);
        assert_eq!(lost_beginning.walks[&walk()].verdict, Verdict::Passed);
    }

    #[test]
    fn a_resumed_run_forgets_the_walk_that_it_begins_again() {
        let header = |seed| {
            let header = SweepHeader { seed, ..SweepHeader::default() };
            event(0, Happening::SweepStarted(Box::new(header)))
        };
        let end = |end| event(8, Happening::SweepFinished { end });
        let events =
            [header(1), begun(1), end(SweepEnd::Interrupted), header(2), begun(4), finished(9)];
        let run = Run::fold(events);
        assert_eq!((run.header.seed, run.end), (1, None));
        assert_eq!((run.walks.len(), run.walks[&walk()].began), (1, 4));
    }
}
