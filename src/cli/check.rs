//! `desirepath check`: reads journeys and shows every mistake, and walks nothing.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::input::{InputError, load_links};
use crate::diagnostic::{Color, Severity, plural};
use crate::journey::{Journey, ids};

/// Read journeys and show every mistake with its line and the fix
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Journey files, or folders of them
    #[arg(value_name = "PATH", default_value = "journeys")]
    pub paths: Vec<PathBuf>,
}

/// What there is to print, and whether the journeys can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// For stdout: one line for each journey and one for all, with a line break at the end.
    pub summary: String,
    /// For stderr: mistakes and warnings, with a line break at the end unless there are none.
    pub diagnostics: String,
    /// Whether there are mistakes: exit code 2.
    pub mistaken: bool,
}

/// Checks the journeys at some paths.
#[must_use]
pub fn run(args: &Args, color: Color) -> Outcome {
    let links = match load_links(&args.paths) {
        Ok(links) => links,
        Err(InputError::Mistakes(mistakes)) => {
            let files: std::collections::HashSet<&str> = mistakes
                .iter()
                .filter(|diagnostic| diagnostic.severity == Severity::Error)
                .map(|diagnostic| diagnostic.source.file.as_str())
                .collect();
            let more = if mistakes.is_full() { "at least " } else { "" };
            let (count, files) =
                (plural(mistakes.errors(), "mistake"), plural(files.len(), "file"));
            return Outcome {
                summary: format!("{more}{count} in {files}\n"),
                diagnostics: format!("{}\n\n", mistakes.render(color)),
                mistaken: true,
            };
        }
        Err(error @ InputError::Nothing { .. }) => {
            return Outcome {
                summary: String::new(),
                diagnostics: format!("error: {error}\n"),
                mistaken: true,
            };
        }
    };
    let mut summary = String::new();
    for linked in &links.journeys {
        let _ = writeln!(summary, "{}: ok, {}", linked.journey.name, size(&linked.journey));
    }
    let count = plural(links.journeys.len(), "journey");
    let rules = match links.rules {
        0 => String::new(),
        rules => format!(" and {} of shared rules", plural(rules, "file")),
    };
    let warnings = links.warnings.iter().count();
    let end = if warnings == 0 { "ok".to_owned() } else { plural(warnings, "warning") };
    let _ = writeln!(summary, "{count}{rules}: {end}");
    let diagnostics = match warnings {
        0 => String::new(),
        _ => format!("{}\n\n", links.warnings.render(color)),
    };
    Outcome { summary, diagnostics, mistaken: false }
}

/// `12 steps`, for a plan also its deviations.
fn size(journey: &Journey) -> String {
    let mut steps = 0;
    ids::each(&journey.steps, &mut |_| steps += 1);
    let steps = plural(steps, "step");
    match journey.plan {
        None => steps,
        Some(_) => {
            format!("{steps}, a plan with {}", plural(journey.perturbations.len(), "perturbation"))
        }
    }
}
