//! Every report of a run, each a fold over the same run and its findings, so that any of them
//! can be made again at any time. Nothing is decided here about what is wrong.

pub mod command;
pub mod github;
pub mod held;
pub mod html;
pub mod json;
pub mod junit;
pub mod tally;
pub mod terminal;
pub mod timings;
pub mod usage;
pub mod visible;
pub mod words;

use std::fmt;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;

use crate::record::{Run, findings};

pub use tally::Tally;
pub use terminal::{Palette, summary};

/// A report that is a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `report.html`: for people; one file that needs nothing else.
    Html,
    /// `junit.xml`: for CI.
    Junit,
    /// `findings.json`: for programs.
    Json,
    /// `summary.md`: for the summary of a GitHub job.
    Github,
}

impl Kind {
    /// Every kind, in the order in which they are listed.
    pub const ALL: [Kind; 4] = [Kind::Html, Kind::Junit, Kind::Json, Kind::Github];

    /// Its name on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Html => "html",
            Kind::Junit => "junit",
            Kind::Json => "json",
            Kind::Github => "github",
        }
    }

    /// Its file in the run's folder.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Kind::Html => "report.html",
            Kind::Junit => "junit.xml",
            Kind::Json => "findings.json",
            Kind::Github => "summary.md",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Why a text is not a kind of report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a report: html, junit, json or github")]
pub struct BadKind;

impl FromStr for Kind {
    type Err = BadKind;

    fn from_str(text: &str) -> Result<Self, BadKind> {
        Self::ALL.into_iter().find(|kind| kind.word() == text.trim()).ok_or(BadKind)
    }
}

/// Writes the reports of a run into its folder `dir`, over those that are there, and gives
/// their paths in the order of `kinds`.
///
/// # Errors
/// A file cannot be written; the error names it.
pub fn write_all(dir: &Path, run: &Run, kinds: &[Kind]) -> io::Result<Vec<PathBuf>> {
    let findings = findings(run);
    let load = |name: &str| inside(dir, name).and_then(|path| std::fs::read(path).ok());
    let mut written = Vec::with_capacity(kinds.len());
    for kind in kinds {
        let text = match kind {
            Kind::Html => html::render(run, &findings, dir, &load)?,
            Kind::Junit => junit::render(run, &findings, dir)?,
            Kind::Json => json::render(run, &findings)?,
            Kind::Github => github::summary(run, &findings, dir),
        };
        let path = dir.join(kind.file());
        std::fs::write(&path, text)
            .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
        written.push(path);
    }
    Ok(written)
}

/// A file of the run's folder. A journal that came from somewhere else must not make a report
/// show files from elsewhere.
fn inside(dir: &Path, name: &str) -> Option<PathBuf> {
    let name = Path::new(name);
    name.components().all(|c| matches!(c, Component::Normal(_))).then(|| dir.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_as_they_are_written() {
        for kind in Kind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        assert_eq!("pdf".parse::<Kind>(), Err(BadKind));
    }

    #[test]
    fn pictures_come_from_the_runs_folder_only() {
        let dir = Path::new("/run");
        assert_eq!(inside(dir, "pictures/a.png"), Some(PathBuf::from("/run/pictures/a.png")));
        assert_eq!(inside(dir, "../../etc/passwd"), None);
        assert_eq!(inside(dir, "/etc/passwd"), None);
    }
}
