//! What each symbol is to a path: a page, a way of leaving one, or something done on it.

use std::collections::HashMap;

use crate::analytics::{Act, Element, State};
use crate::route::Route;
use crate::usage::corpus::{Alphabet, Symbol};

/// What a symbol is to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A page came.
    Page,
    /// A click on a link that is told from others only by its text: if a page comes after it, the
    /// page says enough.
    Link,
    /// Any other click.
    Click,
    /// Typed into a field, chose something: in which order is often a matter of taste.
    Entry,
    /// Sent a form.
    Submit,
    /// What cannot be a step: an event of the application, or something rare.
    Silent,
}

/// The kind of every symbol of an alphabet, and the page that each belongs to.
pub(super) struct Kinds<'a> {
    alphabet: &'a Alphabet,
    kinds: Vec<Kind>,
    pages: HashMap<&'a Route, Symbol>,
}

impl<'a> Kinds<'a> {
    pub(super) fn of(alphabet: &'a Alphabet) -> Self {
        let states = alphabet.states();
        let kinds = states.iter().map(kind).collect();
        let pages = states
            .iter()
            .enumerate()
            .filter(|(_, state)| state.act == Act::View)
            .map(|(place, state)| (&state.route, Symbol::of_place(place)))
            .collect();
        Self { alphabet, kinds, pages }
    }

    pub(super) const fn alphabet(&self) -> &'a Alphabet {
        self.alphabet
    }

    pub(super) fn kind(&self, symbol: Symbol) -> Kind {
        symbol.place().map_or(Kind::Silent, |place| self.kinds[place])
    }

    /// The state of a symbol that has one.
    pub(super) fn state(&self, symbol: Symbol) -> Option<&'a State> {
        self.alphabet.state(symbol)
    }

    /// Whether the symbol is an event that the application named.
    pub(super) fn is_event(&self, symbol: Symbol) -> bool {
        matches!(self.state(symbol), Some(State { act: Act::Named(_), .. }))
    }

    /// The page on which a symbol happens, where enough people were seen to come to it.
    pub(super) fn page_of(&self, symbol: Symbol) -> Option<Symbol> {
        self.pages.get(&self.state(symbol)?.route).copied()
    }
}

fn kind(state: &State) -> Kind {
    // Braces would be read as a variable, and a route of another's data has no variables.
    if state.route.as_str().contains("{{") {
        return Kind::Silent;
    }
    match &state.act {
        Act::View => Kind::Page,
        Act::Click(element) if is_link(element) && element.test_id.is_none() => Kind::Link,
        Act::Click(_) => Kind::Click,
        Act::Fill(_) | Act::Choose(_) => Kind::Entry,
        Act::Submit(_) => Kind::Submit,
        Act::Named(_) => Kind::Silent,
    }
}

pub(super) fn is_link(element: &Element) -> bool {
    element.href.is_some()
        || element.tag.as_deref() == Some("a")
        || element.role.as_deref() == Some("link")
}
