//! What the sessions that a journey stands for teach about its steps: who leaves them out,
//! repeats them, goes back after them, and what always comes before them.

use std::collections::{BTreeMap, HashMap};

use super::path::Path;
use crate::usage::corpus::Symbol;

/// A number of sessions, and of the users in them; users come one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crowd {
    pub(super) sessions: u64,
    pub(super) users: u32,
    last: u32,
}

impl Default for Crowd {
    fn default() -> Self {
        Self { sessions: 0, users: 0, last: u32::MAX }
    }
}

impl Crowd {
    fn add(&mut self, user: u32) {
        self.sessions += 1;
        if self.last != user {
            (self.users, self.last) = (self.users + 1, user);
        }
    }
}

/// What is known of one move of a journey.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    /// Sessions that did it.
    pub(super) done: Crowd,
    pub(super) repeated: u64,
    pub(super) reloaded: u64,
    pub(super) went_back: u64,
    /// Sessions that did both this move and the next one, and those that did the next one first.
    pub(super) with_next: u64,
    pub(super) next_first: u64,
}

/// What is known of one journey.
#[derive(Debug, Clone, Default)]
pub(super) struct Lesson {
    pub(super) moves: Vec<Symbol>,
    pub(super) stands_for: Crowd,
    pub(super) seen: Vec<Seen>,
    /// Pages that were looked at in between.
    pub(super) detours: BTreeMap<Symbol, Crowd>,
    /// Events that the application named.
    pub(super) events: BTreeMap<Symbol, u64>,
}

impl Lesson {
    pub(super) fn of(moves: Vec<Symbol>) -> Self {
        Self { seen: vec![Seen::default(); moves.len()], moves, ..Self::default() }
    }

    /// Learns from a session: its path, and for each move its place in the path.
    pub(super) fn learn(&mut self, user: u32, path: &Path, places: &[Option<usize>]) {
        self.stands_for.add(user);
        for (at, symbol) in self.moves.iter().enumerate() {
            let seen = &mut self.seen[at];
            if let Some(next) = self.moves.get(at + 1) {
                let place = |of: &Symbol| path.moves.iter().position(|done| done == of);
                if let (Some(this), Some(next)) = (place(symbol), place(next)) {
                    seen.with_next += 1;
                    seen.next_first += u64::from(next < this);
                }
            }
            if places[at].is_some() {
                seen.done.add(user);
                seen.repeated += u64::from(path.repeats.contains(symbol));
                seen.reloaded += u64::from(path.reloads.contains(symbol));
                seen.went_back += u64::from(path.backs.contains(symbol));
            }
        }
        let mut looked = path.detours.clone();
        looked.sort_unstable();
        looked.dedup();
        for page in looked {
            self.detours.entry(page).or_default().add(user);
        }
    }
}

/// In how many sessions one symbol came before the first of another.
#[derive(Debug, Default)]
pub(super) struct Order {
    /// The symbols that are asked for, and their places in the table.
    places: HashMap<Symbol, usize>,
    /// For each symbol how many sessions have it.
    sessions: Vec<u64>,
    /// For each symbol and each other: how often the other was before it.
    before: Vec<u64>,
}

/// The share of sessions that must have it before, so that it is needed.
const ALWAYS: f64 = 0.99;
/// In fewer sessions nothing is always so.
const FEWEST_SESSIONS: u64 = 20;

impl Order {
    pub(super) fn among(symbols: impl Iterator<Item = Symbol>) -> Self {
        let mut places = HashMap::new();
        for symbol in symbols {
            let next = places.len();
            places.entry(symbol).or_insert(next);
        }
        let n = places.len();
        Self { places, sessions: vec![0; n], before: vec![0; n * n] }
    }

    pub(super) fn learn(&mut self, moves: &[Symbol]) {
        let n = self.sessions.len();
        let mut met: Vec<usize> = Vec::new();
        for place in moves.iter().filter_map(|symbol| self.places.get(symbol).copied()) {
            if met.contains(&place) {
                continue;
            }
            self.sessions[place] += 1;
            for earlier in &met {
                self.before[place * n + earlier] += 1;
            }
            met.push(place);
        }
    }

    /// Whether `earlier` always came before `later`, in enough sessions to say so.
    pub(super) fn always(&self, earlier: Symbol, later: Symbol) -> bool {
        let (Some(&earlier), Some(&later)) = (self.places.get(&earlier), self.places.get(&later))
        else {
            return false;
        };
        let sessions = self.sessions[later];
        let before = self.before[later * self.sessions.len() + earlier];
        sessions >= FEWEST_SESSIONS && before as f64 >= ALWAYS * sessions as f64
    }
}
