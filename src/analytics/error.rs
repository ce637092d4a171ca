//! Why an import cannot be done, said to the person who asked for it.

use std::io;
use std::path::PathBuf;

use super::kind::Kind;
use super::tally::Mistake;

/// Why there is no import.
#[derive(Debug, thiserror::Error)]
pub enum AnalyticsError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A file is packed or encoded in a way that is not read.
    #[error("{}: {what}", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What it is, and what to do.
        what: &'static str,
    },
    /// Nothing in a file tells which tool wrote it.
    #[error(
        "cannot tell which tool wrote {}; say it with --from ({}), and for any other CSV or JSON \
         name its fields: --map user=…,time=…,url=… (columns without a header by number: user=1)",
        path.display(),
        Kind::ALL.map(Kind::word).join(", ")
    )]
    Unknown {
        /// The file.
        path: PathBuf,
    },
    /// Files of different tools.
    #[error(
        "{} is {one} and {} is {other}: their users cannot be matched; import them one after \
         the other",
        first.display(),
        second.display()
    )]
    Mixed {
        /// A file.
        first: PathBuf,
        /// Its kind.
        one: Kind,
        /// Another file.
        second: PathBuf,
        /// Its kind.
        other: Kind,
    },
    /// A file's columns or fields are not those that are needed.
    #[error("{}: {why}", path.display())]
    Columns {
        /// The file.
        path: PathBuf,
        /// What is missing, and what is there.
        why: String,
    },
    /// `--map` is missing or names what does not exist.
    #[error("{0}")]
    Mapping(String),
    /// Lines make no sense, and that was not to be allowed.
    #[error("{} of {file}: {}; without --strict such lines are counted and skipped", place(*line), why)]
    Strict {
        /// The file.
        file: String,
        /// The line; 0 for the file as a whole.
        line: u64,
        /// What is wrong.
        why: String,
    },
    /// Events that did not fit into memory could not be put on disk.
    #[error(
        "cannot keep events in a temporary file: {0}; free some space, or point TMPDIR to another disk"
    )]
    Spill(io::Error),
    /// More files than can be told apart.
    #[error("{0} files are too many for one import; 65535 are the most")]
    Files(usize),
}

fn place(line: u64) -> String {
    if line == 0 { "the end".to_owned() } else { format!("line {line}") }
}

impl AnalyticsError {
    pub(super) fn strict(mistake: Mistake) -> Self {
        Self::Strict { file: mistake.file, line: mistake.line, why: mistake.why }
    }
}
