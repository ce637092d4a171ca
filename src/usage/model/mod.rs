//! The usage model: what people do next, given what they did before, and how long they take.
//!
//! A Markov model of variable order over the states of the sessions, with a symbol for start and
//! end. The distribution after a context is mixed with that after the context without its oldest
//! symbol, by Witten and Bell's estimate of novelty (Witten and Bell, 1991, method C), down to
//! all outcomes alike. How likely the end is depends on the length of the session besides
//! (`patience`). Deriving journeys is not done here.

mod count;
mod dwell;
mod file;
mod patience;
mod sample;

pub use count::DEEPEST;
pub use dwell::{Dwell, Law};
pub use file::{BadModel, FORMAT};

use count::{Counts, Keyed, behind, key};
use patience::Patience;

use super::corpus::{Alphabet, Corpus, People, Symbol};
use serde::{Deserialize, Serialize};

use crate::analytics::Sessions;

/// What comes after a context.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Context {
    /// The symbols before, oldest first; the first may be the start.
    pub(crate) after: Vec<Symbol>,
    /// What came next and how often, in the order of the symbols.
    pub(crate) then: Vec<(Symbol, u64)>,
    /// How many different symbols came next.
    pub(crate) kinds: u64,
    /// How often those came of which nothing is told.
    pub(crate) untold: u64,
}

impl Context {
    fn total(&self) -> u64 {
        self.then.iter().map(|(_, times)| times).sum()
    }

    fn times(&self, next: Symbol) -> u64 {
        self.then.binary_search_by_key(&next, |(symbol, _)| *symbol).map_or(0, |at| self.then[at].1)
    }
}

/// What was counted, in how much data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    /// Sessions.
    pub sessions: u64,
    /// Users.
    pub users: u64,
    /// Steps in all sessions.
    pub steps: u64,
}

/// How people use the application.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UsageModel {
    /// What it was fitted to.
    extent: Extent,
    shape: Shape,
    alphabet: Alphabet,
    /// Short ones first, each before those that continue it into the past.
    pub(in crate::usage) contexts: Vec<Context>,
    /// For each context how often anything came that is told, and the weight of the shorter
    /// context against that.
    weights: Vec<(f64, f64)>,
    longer: Keyed<u32>,
    /// How the chance of leaving changes with the length of a session.
    patience: Patience,
    /// How long people stay, for each state of the alphabet; `None` where the data is thin.
    dwells: Vec<Option<Dwell>>,
    /// How long people stay anywhere.
    dwell: Option<Dwell>,
}

/// The fewest users of whom a model or a journey may tell anything.
pub const FEWEST_USERS: u32 = 5;

/// What is chosen before anything is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// The longest context, in symbols; at most [`DEEPEST`].
    pub order: usize,
    /// Of the mass that a context leaves to others, the share that goes to the next shorter one;
    /// the rest goes to the empty context. 1 is Witten and Bell's chain; where the states just
    /// before mislead without those before them, less is better.
    pub descent: f64,
    /// The fewest users of whom anything is told.
    pub k: u32,
}

/// Sequences that were counted once, for models of every shape.
pub(crate) struct Counted {
    counts: Counts,
    extent: Extent,
}

impl Counted {
    /// Counts a corpus once, for models of every order.
    pub(crate) fn of(corpus: &Corpus) -> Self {
        let extent = Extent {
            sessions: corpus.len() as u64,
            users: corpus.users() as u64,
            steps: corpus.symbols() as u64,
        };
        Self { counts: Counts::of(corpus), extent }
    }

    /// The model of one shape; it knows no dwell and no patience.
    pub(crate) fn model(&self, alphabet: &Alphabet, shape: Shape) -> UsageModel {
        let contexts = self.counts.contexts(shape.order, shape.k);
        UsageModel::over(alphabet.clone(), contexts, self.extent, shape)
    }
}

impl UsageModel {
    /// Counts everything and fits how long people stay, in a model of this shape; it knows no
    /// patience.
    #[must_use]
    pub fn fit(sessions: &Sessions, shape: Shape) -> Self {
        let people = People::of(sessions);
        let alphabet = Alphabet::common(sessions, &people, shape.k);
        let corpus = Corpus::spell(sessions, &people, &alphabet);
        Self::fit_spelled(sessions, &people, &alphabet, &corpus, shape)
    }

    /// The same of sessions that are spelled already.
    pub(crate) fn fit_spelled(
        sessions: &Sessions,
        people: &People,
        alphabet: &Alphabet,
        corpus: &Corpus,
        shape: Shape,
    ) -> Self {
        let mut model = Counted::of(corpus).model(alphabet, shape);
        (model.dwells, model.dwell) = dwell::fit_all(sessions, people, alphabet, shape.k);
        model
    }

    /// The model with the patience of these sessions.
    pub(crate) fn with_patience(mut self, corpus: &Corpus) -> Self {
        self.patience = Patience::fit(&self, corpus, self.shape.k);
        self
    }

    fn over(alphabet: Alphabet, contexts: Vec<Context>, extent: Extent, shape: Shape) -> Self {
        let mut longer = Keyed::default();
        let weigh =
            |context: &Context| (context.total() as f64, (context.kinds + context.untold) as f64);
        let weights = contexts.iter().map(weigh).collect();
        let mut model = Self { extent, shape, alphabet, ..Self::default() };
        for (number, context) in contexts.iter().enumerate().filter(|(_, c)| !c.after.is_empty()) {
            // Shorter contexts come first, so the one that this continues is there already.
            let shorter = model.find(&longer, &context.after[1..]);
            longer.insert(key(shorter, context.after[0]), u32::try_from(number).unwrap_or(0));
        }
        model.dwells = vec![None; model.alphabet.states().len()];
        (model.contexts, model.weights, model.longer) = (contexts, weights, longer);
        model
    }

    /// The longest known end of these symbols, as a context's number.
    fn find(&self, longer: &Keyed<u32>, after: &[Symbol]) -> u32 {
        let mut context = 0;
        for &symbol in after.iter().rev().take(self.shape.order) {
            match longer.get(&key(context, symbol)) {
                Some(&next) => context = next,
                None => break,
            }
        }
        context
    }

    /// The contexts of a past that are known, from the empty one to the longest.
    fn path(&self, past: &[Symbol]) -> impl Iterator<Item = u32> {
        let mut context = Some(0);
        let mut past = behind(past).take(self.shape.order);
        std::iter::from_fn(move || {
            let now = context?;
            context = past.next().and_then(|symbol| self.longer.get(&key(now, symbol)).copied());
            Some(now)
        })
    }

    /// The probability of what comes next, given all steps of the session so far. For the end of
    /// the session `next` is [`Symbol::EDGE`].
    #[must_use]
    pub fn probability(&self, past: &[Symbol], next: Symbol) -> f64 {
        let chance = self.by_contexts(past, next);
        if self.patience.is_unknown() {
            return chance;
        }
        if next == Symbol::EDGE {
            return self.patience.leave(past.len(), chance);
        }
        let leave = self.by_contexts(past, Symbol::EDGE);
        chance * (1.0 - self.patience.leave(past.len(), leave)) / (1.0 - leave)
    }

    /// The same by the contexts alone, however long the session is.
    fn by_contexts(&self, past: &[Symbol], next: Symbol) -> f64 {
        let blank = 1.0 / self.alphabet.outcomes() as f64;
        let overall = self.mixed(0, next, blank);
        let descent = self.shape.descent;
        self.path(past).skip(1).fold(overall, |shorter, number| {
            self.mixed(number, next, descent * shorter + (1.0 - descent) * overall)
        })
    }

    /// A context's own counts, mixed with what the shorter context says.
    fn mixed(&self, context: u32, next: Symbol, shorter: f64) -> f64 {
        let (total, back) = self.weights[context as usize];
        if total + back > 0.0 {
            let times = self.contexts[context as usize].times(next) as f64;
            (times + back * shorter) / (total + back)
        } else {
            shorter
        }
    }

    /// Bits that this model needs for each step and each end of these sequences: its log-loss.
    #[must_use]
    pub fn bits_per_event(&self, corpus: &Corpus) -> f64 {
        let mut bits = 0.0;
        for (_, symbols) in corpus.iter() {
            for at in 0..=symbols.len() {
                let next = symbols.get(at).copied().unwrap_or(Symbol::EDGE);
                bits -= self.probability(&symbols[..at], next).log2();
            }
        }
        bits / (corpus.symbols() + corpus.len()).max(1) as f64
    }

    /// The same with contexts of exactly `order` symbols (fewer only after the start), mixed with
    /// how common each symbol is in all: what a chain of one fixed order would need.
    #[must_use]
    pub fn bits_at_fixed_order(&self, corpus: &Corpus, order: usize) -> f64 {
        let mut bits = 0.0;
        for (_, symbols) in corpus.iter() {
            for at in 0..=symbols.len() {
                let next = symbols.get(at).copied().unwrap_or(Symbol::EDGE);
                let blank = 1.0 / self.alphabet.outcomes() as f64;
                let overall = self.mixed(0, next, blank);
                let known: Vec<u32> = self.path(&symbols[..at]).take(order + 1).collect();
                let whole = known.len() == order.min(at + 1) + 1;
                let last = known.last().filter(|&&number| whole && number != 0);
                bits -= last.map_or(overall, |&number| self.mixed(number, next, overall)).log2();
            }
        }
        bits / (corpus.symbols() + corpus.len()).max(1) as f64
    }

    /// What it was fitted to.
    #[must_use]
    pub const fn extent(&self) -> Extent {
        self.extent
    }

    /// What was chosen before it was counted.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        self.shape
    }

    /// The states, each with its symbol.
    #[must_use]
    pub const fn alphabet(&self) -> &Alphabet {
        &self.alphabet
    }

    /// How many contexts it knows.
    #[must_use]
    pub const fn contexts(&self) -> usize {
        self.contexts.len()
    }

    /// How long people stay in a state before their next step: the state's own law, or that of
    /// all states where the data is thin.
    #[must_use]
    pub fn dwell(&self, symbol: Symbol) -> Option<Dwell> {
        let own = symbol.place().and_then(|place| self.dwells.get(place).copied().flatten());
        own.or(self.dwell)
    }

    /// What came after one symbol, and how often: the moves of production. [`Symbol::EDGE`]
    /// stands for the start, and among the outcomes for the end.
    #[must_use]
    pub fn after(&self, symbol: Symbol) -> &[(Symbol, u64)] {
        let context = self.longer.get(&key(0, symbol)).filter(|_| self.shape.order > 0);
        context.map_or(&[], |&number| &self.contexts[number as usize].then)
    }

    /// How often each symbol came in all sessions; the ends of sessions among them.
    #[must_use]
    pub fn seen(&self) -> &[(Symbol, u64)] {
        self.contexts.first().map_or(&[], |context| &context.then)
    }
}
