//! What becomes of each entry of a recording: it is carried over, or is a part of another's
//! step, or it is said why not. It decides nothing.

use std::fmt;

/// Where in a recording something stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The part of the recording, where it has several: a test's name.
    pub part: Option<String>,
    /// What an entry is called there: `step`, `command`, `line` …
    pub noun: &'static str,
    /// Its number, from 1.
    pub number: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.noun, self.number)?;
        match &self.part {
            Some(part) => write!(f, " of {part}"),
            None => Ok(()),
        }
    }
}

/// Something that is not, or not wholly, carried over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Where; `None`: the recording as a whole.
    pub place: Option<Place>,
    /// What a person has to know, beginning in lower case.
    pub what: String,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// How an entry that is not lost is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It has a step of its own, or several.
    Carried,
    /// It belongs to another entry's step: the release of a key, the move of a pointer.
    Folded,
}

/// What becomes of an entry; the error says why nothing does.
pub type Handling = Result<Fate, String>;

/// How many entries of a recording met which fate. Their sum is the number of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Account {
    /// Entries with steps of their own.
    pub carried: usize,
    /// Entries that belong to others' steps.
    pub folded: usize,
    /// Entries that are not carried over, each with a remark.
    pub left: usize,
}

impl Account {
    /// How many entries there were.
    #[must_use]
    pub const fn entries(&self) -> usize {
        self.carried + self.folded + self.left
    }

    /// Counts one entry.
    pub fn count(&mut self, handling: &Handling) {
        match handling {
            Ok(Fate::Carried) => self.carried += 1,
            Ok(Fate::Folded) => self.folded += 1,
            Err(_) => self.left += 1,
        }
    }

    /// Adds another part of the same recording.
    pub fn add(&mut self, other: Account) {
        self.carried += other.carried;
        self.folded += other.folded;
        self.left += other.left;
    }
}
