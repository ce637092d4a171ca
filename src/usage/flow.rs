//! Which pages people come from and go to, for a map of them. It knows pages only; what is done
//! on them is the model's.

use std::collections::HashMap;

use super::corpus::{Corpus, People, Symbol};
use super::model::UsageModel;
use crate::analytics::{Act, Sessions};
use crate::route::Route;

/// A page and how sessions pass through it.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The page.
    pub route: Route,
    /// Sessions in which it came at least once.
    pub sessions: u64,
    /// Sessions that began with it.
    pub begins: u64,
    /// Sessions whose last page it was.
    pub ends: u64,
    /// Its mean place among the different pages of a session, from 0, where it first came.
    pub depth: f64,
}

/// Sessions in which the one page came right after the other, at least once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    /// The page before, as a place in [`Flow::pages`].
    pub from: usize,
    /// The page after.
    pub to: usize,
    /// Sessions; of at least k users.
    pub sessions: u64,
}

/// How sessions flow through the pages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Flow {
    /// All sessions.
    pub sessions: u64,
    /// The pages, the most visited first.
    pub pages: Vec<Page>,
    /// The streams between them, the widest first.
    pub streams: Vec<Stream>,
}

#[derive(Clone, Copy)]
struct Crowd {
    sessions: u64,
    users: u32,
    last: u32,
}

impl Flow {
    /// The flow of these sessions through the pages that the model knows.
    #[must_use]
    pub fn of(sessions: &Sessions, model: &UsageModel) -> Self {
        let alphabet = model.alphabet();
        let corpus = Corpus::spell(sessions, &People::of(sessions), alphabet);
        let mut pages: Vec<Page> = Vec::new();
        let mut place: HashMap<Symbol, usize> = HashMap::new();
        for state in alphabet.states().iter().filter(|state| state.act == Act::View) {
            place.insert(alphabet.symbol(state), pages.len());
            let route = state.route.clone();
            pages.push(Page { route, sessions: 0, begins: 0, ends: 0, depth: 0.0 });
        }
        let mut streams: HashMap<(usize, usize), Crowd> = HashMap::new();
        for (user, symbols) in corpus.iter() {
            let mut seen: Vec<usize> =
                symbols.iter().filter_map(|symbol| place.get(symbol).copied()).collect();
            seen.dedup();
            let (Some(&first), Some(&last)) = (seen.first(), seen.last()) else { continue };
            pages[first].begins += 1;
            pages[last].ends += 1;
            let mut moves: Vec<(usize, usize)> =
                seen.windows(2).map(|two| (two[0], two[1])).collect();
            moves.sort_unstable();
            moves.dedup();
            for stream in moves {
                let crowd = streams.entry(stream).or_insert(Crowd {
                    sessions: 0,
                    users: 0,
                    last: u32::MAX,
                });
                crowd.sessions += 1;
                if crowd.last != user {
                    (crowd.users, crowd.last) = (crowd.users + 1, user);
                }
            }
            let mut met: Vec<usize> = Vec::new();
            for page in seen {
                if !met.contains(&page) {
                    pages[page].sessions += 1;
                    pages[page].depth += met.len() as f64;
                    met.push(page);
                }
            }
        }
        for page in &mut pages {
            page.depth /= page.sessions.max(1) as f64;
        }
        let streams = streams.into_iter().filter(|(_, crowd)| crowd.users >= model.shape().k);
        let streams =
            streams.map(|((from, to), crowd)| Stream { from, to, sessions: crowd.sessions });
        let flow = Self { sessions: corpus.len() as u64, pages, streams: streams.collect() };
        flow.sorted()
    }

    fn sorted(mut self) -> Self {
        let mut order: Vec<usize> = (0..self.pages.len()).collect();
        order.sort_by(|&a, &b| {
            let (a, b) = (&self.pages[a], &self.pages[b]);
            b.sessions.cmp(&a.sessions).then_with(|| a.route.cmp(&b.route))
        });
        let mut new = vec![0; order.len()];
        for (place, &old) in order.iter().enumerate() {
            new[old] = place;
        }
        self.pages = order.into_iter().map(|old| self.pages[old].clone()).collect();
        for stream in &mut self.streams {
            (stream.from, stream.to) = (new[stream.from], new[stream.to]);
        }
        self.streams
            .sort_by_key(|stream| (std::cmp::Reverse(stream.sessions), stream.from, stream.to));
        self
    }
}
