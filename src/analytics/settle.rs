//! Keys → states: what may be said of each, once it is known how many users share it. Routes are
//! folded, and what too few users share, or what looks personal, is left out; states that are then
//! alike become one.

use std::collections::HashMap;

use super::collect::Keys;
use super::crowd::{Crowd, Crowds};
use super::element::Element;
use super::key::{Deed, Part, Parts};
use super::redact::personal;
use super::routes::{self, RouteRow, Visited};
use super::session::{Act, State, StateId};
use super::vocabulary::is_html;
use crate::route::Route;

/// The states of an import.
#[derive(Debug)]
pub(super) struct Settled {
    /// The states, in their own order.
    pub(super) states: Vec<State>,
    /// The state of each key; `None` where nothing may be said of it.
    pub(super) of: Vec<Option<StateId>>,
    pub(super) table: Vec<RouteRow>,
    /// Different texts that too few users share.
    pub(super) rare: usize,
    /// Different texts that look personal.
    pub(super) personal: usize,
    /// Different paths that are folded because too few users were there.
    pub(super) rare_paths: usize,
}

/// Settles the states with these keys, weights and users.
pub(super) fn settle(
    keys: &Keys,
    weights: &[u64],
    crowds: &Crowds,
    least: Crowd,
    given: &[Route],
) -> Settled {
    let mut paths = Shared::new(least);
    let mut texts = Shared::new(least);
    let mut views: Vec<(u64, u64)> = Vec::new();
    for (number, key) in keys.iter().enumerate() {
        let parts = Parts::of(key);
        let users = crowds.of(number);
        let path = paths.add(parts.path, users);
        views.resize(views.len().max(path + 1), (0, 0));
        views[path].1 += weights[number];
        if parts.deed == Deed::View {
            views[path].0 += weights[number];
        }
        if parts.deed == Deed::Named {
            texts.add(parts.name(), users);
        }
        for (part, text) in parts.element() {
            if part == Part::Href {
                let path = paths.add(text, users);
                views.resize(views.len().max(path + 1), (0, 0));
            } else if !is_word(part, text) {
                texts.add(text, users);
            }
        }
    }
    let visited: Vec<Visited<'_>> = paths
        .texts()
        .into_iter()
        .zip(&views)
        .map(|(path, &(views, weight))| Visited { path, views, weight })
        .collect();
    let folded = routes::fold(&visited, &paths.crowds, least, given);
    let verdicts = texts.verdicts();

    let mut known: HashMap<State, usize> = HashMap::new();
    let found: Vec<Option<usize>> = keys
        .iter()
        .map(|key| {
            let parts = Parts::of(key);
            let route = folded.of[paths.number(parts.path)].clone();
            let told = |text: &str| {
                (verdicts[texts.number(text)] == Verdict::Told).then(|| text.to_owned())
            };
            let href = |text: &str| Some(folded.of[paths.number(text)].to_string());
            let element = || element(parts, &told, &href);
            let act = match parts.deed {
                Deed::View => Act::View,
                Deed::Click => Act::Click(element()),
                Deed::Fill => Act::Fill(element()),
                Deed::Choose => Act::Choose(element()),
                Deed::Submit => Act::Submit(element()),
                Deed::Named => Act::Named(told(parts.name())?),
            };
            let next = known.len();
            Some(*known.entry(State { route, act }).or_insert(next))
        })
        .collect();
    // The numbers follow the states themselves, not the order in which they came.
    let mut states: Vec<(State, usize)> = known.into_iter().collect();
    states.sort_unstable();
    let mut numbers = vec![StateId(0); states.len()];
    for (number, (_, came)) in (0..).zip(&states) {
        numbers[*came] = StateId(number);
    }
    let count = |verdict| verdicts.iter().filter(|v| **v == verdict).count();
    Settled {
        of: found.into_iter().map(|came| came.map(|came| numbers[came])).collect(),
        rare: count(Verdict::Rare),
        personal: count(Verdict::Personal),
        rare_paths: folded.rare,
        table: folded.table,
        states: states.into_iter().map(|(state, _)| state).collect(),
    }
}

fn element(
    parts: Parts<'_>,
    told: &dyn Fn(&str) -> Option<String>,
    href: &dyn Fn(&str) -> Option<String>,
) -> Element {
    let mut element = Element::default();
    for (part, text) in parts.element() {
        match part {
            Part::Tag if !is_word(part, text) => element.tag = told(text),
            Part::Tag => element.tag = Some(text.to_owned()),
            Part::Role => element.role = Some(text.to_owned()),
            Part::Name => element.name = told(text),
            Part::Label => element.label = told(text),
            Part::Text => element.text = told(text),
            Part::Placeholder => element.placeholder = told(text),
            Part::TestId => element.test_id = told(text),
            Part::Kind => element.kind = Some(text.to_owned()),
            Part::Href => element.href = href(text),
            Part::Css => element.css = told(text),
        }
    }
    element
}

/// Whether a part is a word of HTML or ARIA, which one user may share with nobody: the key has no
/// other roles and types.
fn is_word(part: Part, text: &str) -> bool {
    match part {
        Part::Role | Part::Kind => true,
        Part::Tag => is_html(text),
        _ => false,
    }
}

/// What may be done with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Told,
    Rare,
    Personal,
}

/// Different texts with the users of each.
struct Shared<'a> {
    numbers: HashMap<&'a str, usize, foldhash::fast::FixedState>,
    crowds: Crowds,
}

impl<'a> Shared<'a> {
    fn new(least: Crowd) -> Self {
        Self { numbers: HashMap::default(), crowds: Crowds::new(least) }
    }

    fn add(&mut self, text: &'a str, users: &[u64]) -> usize {
        let number = *self.numbers.entry(text).or_insert_with(|| self.crowds.push());
        self.crowds.join(number, users);
        number
    }

    fn number(&self, text: &str) -> usize {
        self.numbers[text]
    }

    fn texts(&self) -> Vec<&'a str> {
        let mut texts = vec![""; self.numbers.len()];
        for (&text, &number) in &self.numbers {
            texts[number] = text;
        }
        texts
    }

    fn verdicts(&self) -> Vec<Verdict> {
        let verdict = |(number, text): (usize, &str)| {
            if personal(text).is_some() {
                Verdict::Personal
            } else if self.crowds.is_enough(number) {
                Verdict::Told
            } else {
                Verdict::Rare
            }
        };
        self.texts().into_iter().enumerate().map(verdict).collect()
    }
}
