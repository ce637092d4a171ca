//! One session as a journey: everything that was done, in the order and at the pace in which it
//! was done. For whoever has to see what that user saw.

use std::collections::HashSet;

use super::kind::{Kind, Kinds};
use super::steps::{Drafts, Ways};
use super::{Standing, name};
use crate::analytics::{Act, Sessions};
use crate::journey::{Action, Journey, Source, Think, ids};
use crate::time::Span;
use crate::usage::corpus::{Alphabet, Corpus, People, Symbol};

/// The session with this number as a journey; `from` is the kind of export. Other people's
/// sessions only tell which clicks lead to which pages.
///
/// # Panics
/// There is no such session.
#[must_use]
pub fn one(sessions: &Sessions, index: usize, from: &str) -> Standing {
    let alphabet = Alphabet::new(sessions.states().to_vec());
    let kinds = Kinds::of(&alphabet);
    let corpus = Corpus::spell(sessions, &People::of(sessions), &alphabet);
    let ways = Ways::of(&corpus, &kinds);
    let mut drafts = Drafts::default();
    let mut moves: Vec<Symbol> = Vec::new();
    let mut thoughts: Vec<u64> = Vec::new();
    let mut pages: Vec<Symbol> = Vec::new();
    let mut events = Vec::new();
    let mut thought = 0;
    for step in sessions.steps(index) {
        let state = sessions.state(step.state);
        let symbol = alphabet.symbol(state);
        let kind = kinds.kind(symbol);
        let last = moves.last().copied();
        let after_page = last.is_some_and(|last| kinds.kind(last) == Kind::Page);
        let begun = drafts.all.len();
        match kind {
            Kind::Silent => {
                if let Act::Named(event) = &state.act {
                    events.push(event.as_str());
                }
            }
            Kind::Page if after_page && last == Some(symbol) => {
                drafts.push(Action::Reload, Vec::new());
            }
            Kind::Page if after_page && pages.len() > 1 && pages[pages.len() - 2] == symbol => {
                drafts.push(Action::Back, Vec::new());
                pages.pop();
            }
            // A form that is sent by a click is recorded as both.
            Kind::Submit if last.is_some_and(|last| kinds.kind(last) == Kind::Click) => {}
            Kind::Entry if last == Some(symbol) => {}
            _ => {
                drafts.next(moves.len(), symbol, last, &kinds, &ways);
                moves.push(symbol);
                if kind == Kind::Page {
                    pages.push(symbol);
                }
            }
        }
        thoughts.resize(drafts.all.len().max(begun), 0);
        let expects = |at: usize| matches!(drafts.all[at].step.action, Action::Expect(_));
        if let Some(first) = thoughts.get_mut(begun).filter(|_| !expects(begun)) {
            *first = thought;
            thought = 0;
        }
        thought += u64::from(step.dwell.unwrap_or(0));
    }
    let Drafts { all, vars, gaps } = drafts;
    let mut steps: Vec<_> = all.into_iter().map(|draft| draft.step).collect();
    for (step, thought) in steps.iter_mut().zip(thoughts).skip(1).filter(|(_, ms)| *ms > 0) {
        step.think = Some(Think::Exactly(Span::millis(thought)));
    }
    ids::derive(&mut steps);
    let states: Vec<_> = moves.iter().filter_map(|symbol| kinds.state(*symbol)).collect();
    let journey = Journey {
        name: name::name(&states, &events, &mut HashSet::new()),
        source: Some(Source { from: from.to_owned(), sessions: Some(1), window: None }),
        steps,
        vars,
        ..Journey::default()
    };
    Standing { journey, sessions: 1, users: 1, gaps }
}
