//! What became of every line and every event, counted. Every line is in exactly one of the counts
//! of lines, and every event in exactly one of the counts of events.

use serde::Serialize;

/// What a line was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Lines {
    /// Lines, or elements of a JSON array, or rows of a CSV.
    pub all: u64,
    /// Lines that held events, or something else that could be read.
    pub read: u64,
    /// Empty lines.
    pub blank: u64,
    /// Headers and comments.
    pub heading: u64,
    /// Lines that make no sense.
    pub broken: u64,
    /// Lines beyond the limit of length.
    pub too_long: u64,
}

impl Lines {
    pub(super) const fn add(&mut self, other: &Self) {
        self.all += other.all;
        self.read += other.read;
        self.blank += other.blank;
        self.heading += other.heading;
        self.broken += other.broken;
        self.too_long += other.too_long;
    }

    /// Whether every line is in exactly one count.
    #[must_use]
    pub const fn add_up(&self) -> bool {
        self.all == self.read + self.blank + self.heading + self.broken + self.too_long
    }
}

/// Why an event is not in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dropped {
    /// A program, by its user agent.
    Bot,
    /// A walk of desirepath, by its user agent.
    Own,
    /// A picture, style, script or other thing that a page loads.
    Asset,
    /// A request that brought no page: not GET, redirected or failed.
    NoPage,
    /// Of a kind that tells nothing of where people go.
    Irrelevant,
    /// It does not say on which page, or on one that is not of a web site.
    Placeless,
    /// It does not say who.
    Nobody,
    /// No time, one before 1995, or one that has not come yet.
    Timeless,
    /// Outside the range of time that was asked for.
    OutOfRange,
    /// On another host than those that were asked for.
    Elsewhere,
    /// The same as another event of the same user at the same time.
    Duplicate,
    /// An application's own event with a name that too few users share.
    Withheld,
    /// Of another user or session than the one that was asked for.
    Unasked,
}

impl Dropped {
    /// All reasons, in the order of the summary.
    pub const ALL: [Dropped; 13] = [
        Dropped::Bot,
        Dropped::Own,
        Dropped::Asset,
        Dropped::NoPage,
        Dropped::Irrelevant,
        Dropped::Placeless,
        Dropped::Nobody,
        Dropped::Timeless,
        Dropped::OutOfRange,
        Dropped::Elsewhere,
        Dropped::Duplicate,
        Dropped::Withheld,
        Dropped::Unasked,
    ];

    /// As the summary says it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Dropped::Bot => "bots",
            Dropped::Own => "desirepath's own walks",
            Dropped::Asset => "assets",
            Dropped::NoPage => "requests that brought no page",
            Dropped::Irrelevant => "of kinds that tell no path",
            Dropped::Placeless => "without a page",
            Dropped::Nobody => "without a user",
            Dropped::Timeless => "without a possible time",
            Dropped::OutOfRange => "outside the range of time",
            Dropped::Elsewhere => "on hosts that were not asked for",
            Dropped::Duplicate => "duplicates",
            Dropped::Withheld => "named as too few users' events are",
            Dropped::Unasked => "of other users",
        }
    }
}

/// The events and what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Events {
    /// All of them.
    pub all: u64,
    dropped: [u64; Dropped::ALL.len()],
}

impl Events {
    pub(super) const fn drop_one(&mut self, why: Dropped) {
        self.all += 1;
        self.dropped[why as usize] += 1;
    }

    /// An event that was counted before does not come into a session after all.
    pub(super) const fn lose(&mut self, why: Dropped, count: u64) {
        self.dropped[why as usize] += count;
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.all += other.all;
        for (sum, more) in self.dropped.iter_mut().zip(other.dropped) {
            *sum += more;
        }
    }

    /// How many were dropped for this reason.
    #[must_use]
    pub const fn dropped(&self, why: Dropped) -> u64 {
        self.dropped[why as usize]
    }

    /// How many became steps of sessions.
    #[must_use]
    pub fn kept(&self) -> u64 {
        self.all - self.dropped.iter().sum::<u64>()
    }
}

impl Serialize for Events {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("all", &self.all)?;
        map.serialize_entry("kept", &self.kept())?;
        for why in Dropped::ALL {
            map.serialize_entry(&why, &self.dropped(why))?;
        }
        map.end()
    }
}

/// A line that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Mistake {
    /// The file.
    pub file: String,
    /// The line, or the element of an array, or the row; from 1.
    pub line: u64,
    /// What is wrong. The line itself is not shown: it may hold personal data.
    pub why: String,
}
