//! What a person sees while a sweep runs: on a terminal one line that changes, elsewhere plain
//! lines. On stderr, so that stdout has results only.

use std::collections::HashSet;
use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::record::{Event, Happening, Severity, Verdict, WalkKind};
use crate::report::visible;

/// How much is told of the single walks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Findings as they come, and how far the sweep is.
    Sweep,
    /// Every step, for a replay.
    Steps,
}

/// Shows the progress of a sweep, event by event.
#[derive(Debug)]
pub struct Progress {
    bar: Option<ProgressBar>,
    detail: Detail,
    planned: Option<u64>,
    walks: u64,
    told: u64,
    failures: HashSet<String>,
    finished: Option<Duration>,
}

impl Progress {
    /// Begins; `expected` is the number of walks, where it is known.
    #[must_use]
    pub fn new(detail: Detail, expected: Option<u64>) -> Self {
        let fancy = std::io::stderr().is_terminal()
            && detail == Detail::Sweep
            && std::env::var_os("CI").is_none();
        let bar = fancy.then(|| {
            let bar = ProgressBar::with_draw_target(expected, ProgressDrawTarget::stderr());
            let template = match expected {
                Some(_) => "{bar:24} {pos}/{len} walks · {msg} · {elapsed} · {eta} left",
                None => "{spinner} {pos} walks · {msg} · {elapsed}",
            };
            // The template is ours; were it wrong, the default would do.
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("━╸─"));
            }
            bar.set_message("calm walks");
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self {
            bar,
            detail,
            planned: expected,
            walks: 0,
            told: 0,
            failures: HashSet::new(),
            finished: None,
        }
    }

    /// Takes an event in.
    pub fn event(&mut self, event: &Event) {
        match &event.what {
            Happening::StepFinished { walk, step } if self.detail == Detail::Steps => {
                let line = format!(
                    "{walk}  {:>3}  {}{}",
                    step.index + 1,
                    step.did,
                    outcome(&step.outcome)
                );
                self.line(&line);
            }
            Happening::Violated { walk, violation }
                if violation.severity == Severity::Fail && walk.kind != WalkKind::Trial =>
            {
                let new = self.failures.insert(violation.signature.clone());
                let told = new || self.detail == Detail::Steps;
                told.then(|| self.line(&format!("✗ {} ({walk})", violation.title)));
            }
            Happening::WalkFinished { walk, verdict, .. } => {
                self.walks += u64::from(walk.is_counted());
                if let Verdict::Infrastructure(why) = verdict {
                    self.line(&format!("! {walk}: {why}"));
                }
                if walk.kind == WalkKind::Trial {
                    return;
                }
                self.advance(walk.kind, walk.is_first());
            }
            Happening::Shrunk { shrunk, .. } => {
                self.line(&format!("  smallest: {}", shrunk.cause));
            }
            Happening::Remark { text, .. } if self.detail == Detail::Steps => {
                self.line(&format!("· {text}"));
            }
            Happening::SweepFinished { .. } => {
                self.finished = Some(Duration::from_millis(event.at));
                if let Some(bar) = self.bar.take() {
                    bar.finish_and_clear();
                }
            }
            _ => {}
        }
    }

    fn advance(&mut self, kind: WalkKind, first: bool) {
        let failures = self.failures.len();
        let phase = match (first, kind) {
            (false, _) => "walking failures again".to_owned(),
            (true, WalkKind::Calm) => "calm walks".to_owned(),
            (true, _) => match failures {
                0 => "nothing broke".to_owned(),
                1 => "1 thing broke".to_owned(),
                n => format!("{n} things broke"),
            },
        };
        if let Some(bar) = &self.bar {
            bar.set_position(self.walks);
            bar.set_message(phase);
            return;
        }
        // Elsewhere ten lines are enough for a sweep of any size.
        let step = self.planned.map_or(25, |planned| (planned / 10).max(1));
        if self.detail == Detail::Sweep && self.walks / step > self.told {
            self.told = self.walks / step;
            let of = self.planned.map(|planned| format!(" of {planned}")).unwrap_or_default();
            self.line(&format!("{}{of} walks · {phase}", self.walks));
        }
    }

    fn line(&self, text: &str) {
        let text = visible::line(text);
        match &self.bar {
            Some(bar) => bar.println(text),
            // A closed stderr is no reason to stop a sweep.
            None => drop(writeln!(std::io::stderr(), "{text}")),
        }
    }
}

fn outcome(outcome: &crate::record::Outcome) -> String {
    use crate::record::Outcome;
    match outcome {
        Outcome::Done => String::new(),
        Outcome::Skipped(why) => format!("  – left out: {why}"),
        Outcome::NotJudged(why) => format!("  – not judged: {why}"),
        Outcome::Failed(why) => format!("  ✗ {why}"),
    }
}
