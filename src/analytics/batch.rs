//! The door of the import: what a source has seen comes in, is cleaned of what can be told from
//! one event alone, and is written down in a compact form. What needs a user's other events
//! (duplicates, sessions) is done in `sessionize`.

use std::hash::{BuildHasher, Hasher};

use foldhash::quality::FixedState;
use indexmap::IndexSet;

use super::address;
use super::agents::{Agent, Agents};
use super::crowd::Crowd;
use super::hosts::Hosts;
use super::key;
use super::moment::{DAY, Moment};
use super::seen::Seen;
use super::tally::{Dropped, Events, Lines, Mistake};

/// The key of the hash of users; the hash is never written anywhere.
const USER_KEY: u64 = 0x6465_7369_7265_7061;
/// Before the web had analytics: 1995-01-01.
const EARLIEST: i64 = 788_918_400_000;
/// How many mistakes of a batch are told in words.
const TOLD: usize = 5;

/// One event in 32 bytes; its state is a number within its batch, and later within the import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Event {
    /// The hash of the user.
    pub(super) user: u64,
    /// Milliseconds since 1970, UTC.
    pub(super) time: i64,
    /// A hash of the source's session; 0 where it has none.
    pub(super) session: u32,
    /// The order among events of the same user and millisecond.
    pub(super) order: u32,
    /// The state.
    pub(super) state: u32,
    /// The file's number.
    pub(super) file: u16,
    /// Whether it may come into a session, or only tells what many users share.
    pub(super) asked: Asked,
}

/// Whether an event's user or session was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Yes,
    No,
}

/// What holds for every event of an import.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// Only this user or session goes into the sessions.
    pub(super) only: Option<String>,
    /// Only pages of these hosts go into the sessions, or of all.
    pub(super) hosts: Vec<String>,
    /// How many users must share what is told.
    pub(super) least: Crowd,
    /// The first millisecond that is asked for, and the first after them.
    pub(super) range: (i64, i64),
    /// Later times have not come yet.
    pub(super) now: i64,
    /// Extensions of assets.
    pub(super) assets: Vec<&'static str>,
}

/// The extensions that are never pages.
pub(super) fn asset_extensions() -> Vec<&'static str> {
    let mut extensions: Vec<&str> = include_str!("../../assets/analytics/extensions.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    extensions.sort_unstable();
    extensions
}

type Keys = IndexSet<Box<str>, foldhash::fast::FixedState>;

/// What became of one block of lines.
#[derive(Debug)]
pub(super) struct Batch {
    /// The keys of its states, by their numbers.
    pub(super) keys: Keys,
    pub(super) events: Vec<Event>,
    pub(super) lines: Lines,
    pub(super) tally: Events,
    pub(super) hosts: Hosts,
    pub(super) mistakes: Vec<Mistake>,
    /// Bytes of the file that it stood for, compressed.
    pub(super) consumed: u64,
}

impl Batch {
    fn new(least: Crowd) -> Self {
        Self {
            keys: Keys::default(),
            events: Vec::new(),
            lines: Lines::default(),
            tally: Events::default(),
            hosts: Hosts::new(least),
            mistakes: Vec::new(),
            consumed: 0,
        }
    }
}

/// Fills batches. One for each thread: it remembers user agents from block to block.
#[derive(Debug)]
pub(super) struct Door<'r> {
    rules: &'r Rules,
    agents: Agents,
    key: String,
    /// The host of the last event, as its URL has it, with its number in the batch.
    host: Option<(String, usize)>,
    batch: Batch,
    file: u16,
    line: u64,
}

impl<'r> Door<'r> {
    pub(super) fn new(rules: &'r Rules) -> Self {
        Self {
            rules,
            agents: Agents::new(),
            key: String::new(),
            host: None,
            batch: Batch::new(rules.least),
            file: 0,
            line: 0,
        }
    }

    /// What follows stands at this line of this file.
    pub(super) const fn at(&mut self, file: u16, line: u64) {
        self.file = file;
        self.line = line;
    }

    /// Where the record stands, as a text that no other record has: who did it, where nothing tells.
    pub(super) fn place(&self) -> String {
        format!("\u{1f}{}\u{1f}{}", self.file, self.line)
    }

    /// What stands for the time of a record that has none: its place among the others of its file.
    pub(super) fn in_place_of_a_time(&self) -> Moment {
        let line = i64::try_from(self.line).unwrap_or(i64::MAX / 2);
        Moment { millis: EARLIEST.saturating_add(line), micros: 0 }
    }

    /// The counts of the lines of this batch.
    pub(super) const fn lines(&mut self) -> &mut Lines {
        &mut self.batch.lines
    }

    /// The events so far: a record that adds none was still an event, of no use.
    pub(super) const fn events(&self) -> u64 {
        self.batch.tally.all
    }

    /// This line makes no sense.
    pub(super) fn mistake(&mut self, file: &str, why: String) {
        self.batch.lines.broken += 1;
        if self.batch.mistakes.len() < TOLD {
            self.batch.mistakes.push(Mistake { file: file.to_owned(), line: self.line, why });
        }
    }

    /// The batch is full; the next begins.
    pub(super) fn take(&mut self, consumed: u64) -> Batch {
        self.host = None;
        let mut batch = std::mem::replace(&mut self.batch, Batch::new(self.rules.least));
        batch.consumed = consumed;
        batch
    }

    /// An event that the source itself knows to be of no use.
    pub(super) const fn drop_one(&mut self, why: Dropped) {
        self.batch.tally.drop_one(why);
    }

    /// A request of a log: pages only.
    pub(super) fn request(&mut self, method: &str, status: u16, seen: &Seen<'_>) {
        if !method.eq_ignore_ascii_case("GET") || !matches!(status, 200..=299 | 304) {
            // A program's failure is a program's.
            return match self.agents.tell(seen.agent) {
                Agent::Bot => self.drop_one(Dropped::Bot),
                Agent::Own => self.drop_one(Dropped::Own),
                Agent::Person => self.drop_one(Dropped::NoPage),
            };
        }
        if let Some(place) = address::split(seen.url)
            && self.rules.assets.binary_search(&&*address::extension(place.path)).is_ok()
            && self.agents.tell(seen.agent) == Agent::Person
        {
            return self.drop_one(Dropped::Asset);
        }
        self.offer(seen);
    }

    /// An event: it is written down, or counted with the reason why not.
    pub(super) fn offer(&mut self, seen: &Seen<'_>) {
        match self.weigh(seen) {
            Ok(event) => {
                self.batch.tally.all += 1;
                self.batch.events.push(event);
            }
            Err(why) => self.batch.tally.drop_one(why),
        }
    }

    fn weigh(&mut self, seen: &Seen<'_>) -> Result<Event, Dropped> {
        match self.agents.tell(seen.agent) {
            Agent::Bot => return Err(Dropped::Bot),
            Agent::Own => return Err(Dropped::Own),
            Agent::Person => {}
        }
        if seen.user.is_empty() {
            return Err(Dropped::Nobody);
        }
        let at = seen.at.ok_or(Dropped::Timeless)?;
        if at.millis < EARLIEST || at.millis > self.rules.now + DAY {
            return Err(Dropped::Timeless);
        }
        if !(self.rules.range.0..self.rules.range.1).contains(&at.millis) {
            return Err(Dropped::OutOfRange);
        }
        let place = address::split(seen.url).ok_or(Dropped::Placeless)?;
        let user = hash(seen.user, seen.apart);
        if !self.is_asked_for(place.host, user) {
            return Err(Dropped::Elsewhere);
        }
        self.key.clear();
        key::write(&place, &seen.did, &mut self.key);
        let state = match self.batch.keys.get_index_of(self.key.as_str()) {
            Some(state) => state,
            None => self.batch.keys.insert_full(self.key.as_str().into()).0,
        };
        let asked = match &self.rules.only {
            Some(id) if id != seen.user && id != seen.session => Asked::No,
            _ => Asked::Yes,
        };
        Ok(Event {
            user,
            time: at.millis,
            session: session_hash(seen.session),
            order: seen.order.unwrap_or_else(|| u32::try_from(self.line).unwrap_or(u32::MAX)),
            state: u32::try_from(state).expect("a block has fewer states than bytes"),
            file: self.file,
            asked,
        })
    }

    /// Counts an event by its host; whether pages of that host are asked for.
    fn is_asked_for(&mut self, host: &str, user: u64) -> bool {
        let hosts = &mut self.batch.hosts;
        if host.is_empty() {
            hosts.count_without();
            return self.rules.hosts.is_empty();
        }
        // Most events are on the host of the one before.
        let number = match &self.host {
            Some((last, number)) if last == host => *number,
            _ => {
                let number = hosts.number(host);
                self.host = Some((host.to_owned(), number));
                number
            }
        };
        hosts.count(number, user);
        let name = hosts.name(number);
        self.rules.hosts.is_empty() || self.rules.hosts.iter().any(|asked| asked == name)
    }
}

fn hash(user: &str, apart: &str) -> u64 {
    let mut hasher = FixedState::with_seed(USER_KEY).build_hasher();
    hasher.write(user.as_bytes());
    if !apart.is_empty() {
        // No text has this byte: `ab` + `c` is not `a` + `bc`.
        hasher.write_u8(0xff);
        hasher.write(apart.as_bytes());
    }
    hasher.finish()
}

/// Sessions are only told apart within one user: 32 bits are enough, and 0 means none.
fn session_hash(session: &str) -> u32 {
    if session.is_empty() {
        return 0;
    }
    let hash = FixedState::with_seed(USER_KEY).hash_one(session);
    u32::try_from(hash >> 32).expect("the upper half of 64 bits").max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        Rules {
            only: None,
            hosts: Vec::new(),
            least: Crowd::DEFAULT,
            range: (i64::MIN, i64::MAX),
            now: 1_800_000_000_000,
            assets: asset_extensions(),
        }
    }

    #[test]
    fn an_event_is_small() {
        assert_eq!(size_of::<Event>(), 32);
    }

    #[test]
    fn every_event_is_kept_or_counted() {
        let rules = rules();
        let mut door = Door::new(&rules);
        let good = Seen {
            user: "u",
            at: Moment::of_integer(1_790_000_000),
            url: "https://x.example/a?q",
            ..Seen::default()
        };
        door.offer(&good);
        door.offer(&Seen { user: "", ..good.clone() });
        door.offer(&Seen { at: None, ..good.clone() });
        door.offer(&Seen { at: Moment::of_integer(-5), ..good.clone() });
        door.offer(&Seen { at: Moment::of_integer(1_900_000_000), ..good.clone() });
        door.offer(&Seen { url: "about:blank", ..good.clone() });
        door.offer(&Seen { agent: "Googlebot/2.1", ..good.clone() });
        door.offer(&Seen { agent: "x desirepath/0.1", ..good.clone() });
        door.request("POST", 200, &good);
        door.request("GET", 404, &good);
        door.request("GET", 200, &Seen { url: "/logo.png", ..good.clone() });
        door.request("GET", 200, &good);
        let batch = door.take(0);
        assert_eq!((batch.tally.all, batch.tally.kept(), batch.events.len()), (12, 2, 2));
        assert_eq!(batch.keys.len(), 1);
        for (why, count) in [
            (Dropped::Nobody, 1),
            (Dropped::Timeless, 3),
            (Dropped::Placeless, 1),
            (Dropped::Bot, 1),
            (Dropped::Own, 1),
            (Dropped::NoPage, 2),
            (Dropped::Asset, 1),
        ] {
            assert_eq!(batch.tally.dropped(why), count, "{why:?}");
        }
    }
}
