//! A session as the path that it took: reloads, repetitions, looks at other pages and the order
//! of form fields are taken out, and remembered beside it.

use std::collections::HashMap;

use super::kind::{Kind, Kinds};
use crate::usage::corpus::{Corpus, Symbol};

/// One session, normalised.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Path {
    /// Pages and what was done on them, in order.
    pub(super) moves: Vec<Symbol>,
    /// Pages that were only looked at in between.
    pub(super) detours: Vec<Symbol>,
    /// What was done again at once.
    pub(super) repeats: Vec<Symbol>,
    /// Pages that were loaded again.
    pub(super) reloads: Vec<Symbol>,
    /// Pages from which people went back to the one before.
    pub(super) backs: Vec<Symbol>,
}

/// A page and what was done on it.
#[derive(Debug, Default)]
struct Visit {
    page: Option<Symbol>,
    acts: Vec<Symbol>,
}

/// In which order people fill fields.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// How far along in its form each field stands, in thousandths.
    places: HashMap<Symbol, u64>,
    /// How often the first of a pair was filled before the second, in one go.
    pairs: HashMap<(Symbol, Symbol), u64>,
}

/// Of more fields in one go the pairs are not counted: their number grows with the square.
const LONGEST_FORM: usize = 40;

impl Fields {
    /// The usual order of the fields that are filled one after the other.
    pub(super) fn of(corpus: &Corpus, kinds: &Kinds<'_>) -> Self {
        let mut sums: HashMap<Symbol, (u64, u64)> = HashMap::new();
        let mut pairs = HashMap::new();
        for (_, symbols) in corpus.iter() {
            for run in symbols.chunk_by(|a, b| both_entries(kinds, *a, *b)) {
                for (at, symbol) in
                    run.iter().enumerate().filter(|(_, s)| kinds.kind(**s) == Kind::Entry)
                {
                    let sum = sums.entry(*symbol).or_default();
                    sum.0 += at as u64 * 1000 / run.len() as u64;
                    sum.1 += 1;
                    let later = run[at + 1..].iter().take(LONGEST_FORM);
                    for after in later.filter(|after| *after != symbol) {
                        *pairs.entry((*symbol, *after)).or_default() += 1;
                    }
                }
            }
        }
        Self {
            places: sums.into_iter().map(|(symbol, (sum, n))| (symbol, sum / n)).collect(),
            pairs,
        }
    }

    /// How often the second of two fields was filled before the first, of all times that both
    /// were filled in one go.
    pub(super) fn swapped(&self, first: Symbol, second: Symbol) -> f64 {
        let times = |a, b| self.pairs.get(&(a, b)).copied().unwrap_or(0) as f64;
        times(second, first) / (times(first, second) + times(second, first)).max(1.0)
    }

    fn sort(&self, moves: &mut [Symbol], kinds: &Kinds<'_>) {
        for run in moves.chunk_by_mut(|a, b| both_entries(kinds, *a, *b)) {
            run.sort_by_key(|symbol| (self.places.get(symbol).copied(), *symbol));
        }
    }
}

fn both_entries(kinds: &Kinds<'_>, a: Symbol, b: Symbol) -> bool {
    kinds.kind(a) == Kind::Entry && kinds.kind(b) == Kind::Entry
}

impl Path {
    /// The path of a session. `fields` gives entries their usual order; without it they keep
    /// their own.
    pub(super) fn of(symbols: &[Symbol], kinds: &Kinds<'_>, fields: Option<&Fields>) -> Self {
        let mut path = Self::default();
        let mut visits: Vec<Visit> = Vec::new();
        // A page that was left for the one before, until it is known whether it was only a look.
        let mut looked: Option<Visit> = None;
        for &symbol in symbols {
            match kinds.kind(symbol) {
                Kind::Silent => {}
                Kind::Page => path.arrive(symbol, &mut visits, &mut looked, kinds),
                kind => path.act(symbol, kind, &mut visits, &mut looked, kinds),
            }
        }
        // Nobody came back to do anything: the page that was looked at last was the goal.
        visits.extend(looked.filter(|_| visits.last().is_some()));
        path.flatten(visits, kinds);
        if let Some(fields) = fields {
            fields.sort(&mut path.moves, kinds);
        }
        path
    }

    fn arrive(
        &mut self,
        page: Symbol,
        visits: &mut Vec<Visit>,
        looked: &mut Option<Visit>,
        kinds: &Kinds<'_>,
    ) {
        if let Some(visit) = looked.take() {
            if visit.page == Some(page) {
                // A, B, A, B: to and fro between the same two is one way there.
                visits.push(visit);
                return;
            }
            self.detours.extend(visit.page);
        }
        let Some(last) = visits.last() else {
            visits.push(Visit { page: Some(page), acts: Vec::new() });
            return;
        };
        if last.page == Some(page) {
            let leads_back = last.acts.last().is_some_and(|act| kinds.kind(*act) != Kind::Entry);
            if !leads_back {
                self.reloads.push(page);
            }
            return;
        }
        let is_look = last.acts.iter().all(|act| kinds.kind(*act) == Kind::Link);
        let before = visits.len().checked_sub(2).map(|at| visits[at].page);
        if is_look && before == Some(Some(page)) {
            let look = visits.pop();
            self.backs.extend(look.as_ref().and_then(|visit| visit.page));
            *looked = look;
            return;
        }
        visits.push(Visit { page: Some(page), acts: Vec::new() });
    }

    fn act(
        &mut self,
        symbol: Symbol,
        kind: Kind,
        visits: &mut Vec<Visit>,
        looked: &mut Option<Visit>,
        kinds: &Kinds<'_>,
    ) {
        if kind != Kind::Link
            && let Some(visit) = looked.take()
        {
            self.detours.extend(visit.page);
            // The link that led to the detour is no step of the path.
            if let Some(last) = visits.last_mut() {
                last.acts.pop_if(|act| kinds.kind(*act) == Kind::Link);
            }
        }
        if visits.is_empty() {
            visits.push(Visit { page: kinds.page_of(symbol), acts: Vec::new() });
        }
        let acts = &mut visits.last_mut().expect("one was just pushed").acts;
        let run = acts.iter().rev().take_while(|act| kinds.kind(**act) == Kind::Entry);
        let again = acts.last() == Some(&symbol)
            || (kind == Kind::Entry && run.into_iter().any(|act| *act == symbol));
        // A click that sends a form is recorded as both.
        let sent =
            kind == Kind::Submit && acts.last().is_some_and(|act| kinds.kind(*act) == Kind::Click);
        if again {
            self.repeats.push(symbol);
        } else if !sent {
            acts.push(symbol);
        }
    }

    fn flatten(&mut self, visits: Vec<Visit>, kinds: &Kinds<'_>) {
        let last = visits.len().saturating_sub(1);
        for (at, visit) in visits.into_iter().enumerate() {
            self.moves.extend(visit.page);
            let mut acts = visit.acts;
            // The page that comes says enough of the links that led to it.
            while at < last && acts.pop_if(|act| kinds.kind(*act) == Kind::Link).is_some() {}
            self.moves.extend(acts);
        }
    }
}
