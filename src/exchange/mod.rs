//! Recordings of other tools → journeys, and plans → other tools' tests. No I/O: texts come in,
//! texts go out, and everything that cannot be carried over is said.
//!
//! Each format has a reader of its own; `draft` is the journey that they write into, and
//! [`account`] makes sure that no entry of a recording gets lost on the way.

pub mod account;
mod address;
mod draft;
pub mod export;
mod har;
mod json;
mod keys;
pub mod kind;
mod locate;
mod recorder;
mod rrweb;
mod secret;
mod selenium;
mod urls;

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics, SourceText, plural};
use crate::journey::Journey;

pub use account::{Account, Place, Remark};
pub use kind::Kind;

/// The largest recording that is read, in bytes.
pub const MOST_BYTES: usize = 32 << 20;
/// The most steps that a converted journey may have: nobody reviews more.
pub const MOST_STEPS: usize = 5_000;

/// A recording as journeys.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// What it was taken for.
    pub kind: Kind,
    /// The journeys, with names of their own; at least one.
    pub journeys: Vec<Journey>,
    /// The origin that the journeys' paths are relative to.
    pub base_url: Option<String>,
    /// What is not, or not wholly, in the journeys.
    pub remarks: Vec<Remark>,
    /// What became of the recording's entries.
    pub account: Account,
}

/// Why a file cannot be converted. Every kind is the user's to mend: exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The file is broken, or no recording of this kind.
    #[error("{0}")]
    Broken(Diagnostics),
    /// Nobody can tell what it is.
    #[error(
        "{file} is none of the recordings that can be told apart; say which it is with --from ({})",
        Kind::words()
    )]
    Unknown {
        /// The file.
        file: String,
    },
    /// There is not one step in it.
    #[error(
        "nothing of {file} can be carried over: {} in it{}",
        plural(*entries, noun),
        first.as_ref().map(|why| format!(", the first: {why}")).unwrap_or_default()
    )]
    Nothing {
        /// The file.
        file: String,
        /// What an entry of such a file is called.
        noun: &'static str,
        /// How many entries it has.
        entries: usize,
        /// What is said of the first one.
        first: Option<String>,
    },
    /// The journey would be longer than anybody can read.
    #[error("{file} gives a journey of {steps} steps, and {MOST_STEPS} are the most; cut it")]
    TooLong {
        /// The file.
        file: String,
        /// How many steps it would have.
        steps: usize,
    },
}

impl From<Diagnostic> for ExchangeError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Broken(diagnostic.into())
    }
}

/// Reads a recording; without a kind it is told by its content.
///
/// # Errors
/// The file is broken or unknown, or nothing of it can be carried over.
pub fn import(source: &Arc<SourceText>, kind: Option<Kind>) -> Result<Imported, ExchangeError> {
    let file = &source.file;
    if source.text.len() > MOST_BYTES {
        let (has, most) = (source.text.len().div_ceil(1 << 20), MOST_BYTES >> 20);
        let message = format!("the file is too large: {has} MiB, where {most} are the most");
        return Err(Diagnostic::of_file(file, message).into());
    }
    let Some(kind) = kind.or_else(|| Kind::detect(&source.text)) else {
        return Err(ExchangeError::Unknown { file: file.clone() });
    };
    let imported = match kind {
        Kind::Recorder => recorder::read(source)?,
        Kind::Selenium => selenium::read(source)?,
        Kind::Rrweb => rrweb::read(source)?,
        Kind::Har => har::read(source)?,
        Kind::Urls => urls::read(source),
    };
    let longest = imported.journeys.iter().map(|journey| journey.steps.len()).max();
    match longest {
        None => Err(ExchangeError::Nothing {
            file: file.clone(),
            noun: kind.noun(),
            entries: imported.account.entries(),
            first: imported.remarks.first().map(ToString::to_string),
        }),
        Some(steps) if steps > MOST_STEPS => {
            Err(ExchangeError::TooLong { file: file.clone(), steps })
        }
        Some(_) => Ok(imported),
    }
}
