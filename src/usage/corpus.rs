//! Sessions as sequences of symbols, grouped by user: the form in which the model counts them.
//! Which states are common enough to have a symbol of their own is decided here.

use std::collections::HashMap;

use crate::analytics::{Sessions, State, StateId};

/// One symbol of a sequence: a state, or one of two that stand for no state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(pub u32);

impl Symbol {
    /// Before the first step, and after the last one.
    pub const EDGE: Symbol = Symbol(0);
    /// Something that fewer than k users did.
    pub const RARE: Symbol = Symbol(1);
    /// How many symbols stand for no state.
    const WITHOUT_STATE: usize = 2;

    /// The symbol of the state at this place of the alphabet.
    #[must_use]
    pub fn of_place(place: usize) -> Self {
        Self(u32::try_from(place + Self::WITHOUT_STATE).unwrap_or(u32::MAX))
    }

    /// The state's place in the alphabet; `None` for the two that stand for no state.
    #[must_use]
    pub fn place(self) -> Option<usize> {
        (self.0 as usize).checked_sub(Self::WITHOUT_STATE)
    }
}

/// The states that at least k users were in, in the order of [`State`], so that the same state
/// keeps its neighbours from one import to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alphabet {
    states: Vec<State>,
}

impl Alphabet {
    /// These states; they are sorted, and doubles are dropped.
    #[must_use]
    pub fn new(mut states: Vec<State>) -> Self {
        states.sort_unstable();
        states.dedup();
        Self { states }
    }

    /// The states of at least `k` users of these sessions.
    #[must_use]
    pub fn common(sessions: &Sessions, people: &People, k: u32) -> Self {
        let mut seen: Vec<(u32, u32)> = vec![(0, u32::MAX); sessions.states().len()];
        for &index in &people.order {
            let user = people.of[index];
            for step in sessions.steps(index) {
                let (users, last) = &mut seen[step.state.0 as usize];
                if *last != user {
                    (*users, *last) = (*users + 1, user);
                }
            }
        }
        let common = seen.iter().zip(sessions.states()).filter(|((users, _), _)| *users >= k);
        Self::new(common.map(|(_, state)| state.clone()).collect())
    }

    /// The states, by their place.
    #[must_use]
    pub fn states(&self) -> &[State] {
        &self.states
    }

    /// The state that a symbol stands for.
    #[must_use]
    pub fn state(&self, symbol: Symbol) -> Option<&State> {
        self.states.get(symbol.place()?)
    }

    /// The symbol of a state; [`Symbol::RARE`] where it has none of its own.
    #[must_use]
    pub fn symbol(&self, state: &State) -> Symbol {
        self.states.binary_search(state).map_or(Symbol::RARE, Symbol::of_place)
    }

    /// How many different things can come next: every state, something rare, the end.
    #[must_use]
    pub fn outcomes(&self) -> usize {
        self.states.len() + Symbol::WITHOUT_STATE
    }
}

/// Whose each session is. Users are numbered as they first appear, which does not depend on how
/// an import hashes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    /// The user of each session.
    pub of: Vec<u32>,
    /// The sessions, one user's after the other's.
    pub order: Vec<usize>,
    /// How many users there are.
    pub count: u32,
}

impl People {
    /// The users of these sessions.
    #[must_use]
    pub fn of(sessions: &Sessions) -> Self {
        let mut numbers: HashMap<u64, u32> = HashMap::new();
        let mut of = Vec::with_capacity(sessions.len());
        for (head, _) in sessions.iter() {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            of.push(*numbers.entry(head.user).or_insert(next));
        }
        let mut order: Vec<usize> = (0..of.len()).collect();
        order.sort_by_key(|&index| of[index]);
        let count = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        Self { of, order, count }
    }
}

/// Sequences of symbols, one user's after the other's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Corpus {
    symbols: Vec<Symbol>,
    ends: Vec<usize>,
    users: Vec<u32>,
}

impl Corpus {
    /// The sessions as this alphabet spells them.
    #[must_use]
    pub fn spell(sessions: &Sessions, people: &People, alphabet: &Alphabet) -> Self {
        let symbols: Vec<Symbol> =
            sessions.states().iter().map(|state| alphabet.symbol(state)).collect();
        let spelled = |id: StateId| symbols[id.0 as usize];
        let mut corpus = Self::with_room(sessions.len(), sessions.step_count());
        for &index in &people.order {
            let steps = sessions.steps(index).iter().map(|step| spelled(step.state));
            corpus.push(people.of[index], steps);
        }
        corpus
    }

    /// Nothing yet; so much fits in without memory being taken twice on the way there.
    fn with_room(sequences: usize, symbols: usize) -> Self {
        Self {
            symbols: Vec::with_capacity(symbols),
            ends: Vec::with_capacity(sequences),
            users: Vec::with_capacity(sequences),
        }
    }

    /// Adds a sequence; one user's sequences must come together.
    pub fn push(&mut self, user: u32, symbols: impl IntoIterator<Item = Symbol>) {
        self.symbols.extend(symbols);
        self.ends.push(self.symbols.len());
        self.users.push(user);
    }

    /// How many sequences there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many symbols there are in all.
    #[must_use]
    pub const fn symbols(&self) -> usize {
        self.symbols.len()
    }

    /// How many different users there are.
    #[must_use]
    pub fn users(&self) -> usize {
        self.users.chunk_by(|a, b| a == b).count()
    }

    /// The sequence with this number.
    #[must_use]
    pub fn sequence(&self, index: usize) -> &[Symbol] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.symbols[start..self.ends[index]]
    }

    /// Each sequence with its user.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &[Symbol])> {
        self.users.iter().enumerate().map(|(index, &user)| (user, self.sequence(index)))
    }

    /// The sequences of the users that `chosen` picks.
    #[must_use]
    pub fn of_users(&self, chosen: impl Fn(u32) -> bool) -> Self {
        let here = || self.iter().filter(|(user, _)| chosen(*user));
        let mut part = Self::with_room(here().count(), here().map(|(_, s)| s.len()).sum());
        for (user, symbols) in here() {
            part.push(user, symbols.iter().copied());
        }
        part
    }
}

/// One of ten parts in which a user always is, whatever comes after: the finalizer of
/// `SplitMix64` (Steele, Lea and Flood, 2014) of the user's number.
#[must_use]
pub fn tenth(user: u32) -> u64 {
    let mut z = u64::from(user).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % 10
}
