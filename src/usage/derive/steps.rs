//! From the moves of a path to the steps of a journey: what a walker can do, and who asked for
//! it. What production teaches about each step is added by `mod`.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::kind::{Kind, Kinds};
use super::value::plausible;
use crate::analytics::{Act, Element};
use crate::journey::{Action, Condition, Expectation, Locator, Step, Target, Template, Variable};
use crate::route::Route;
use crate::usage::corpus::{Corpus, Symbol};

/// A step and the moves of the path that it carries out: a click and the page that comes of it
/// are one step.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) step: Step,
    /// Places in the path; empty for what nobody did as such.
    pub(super) moves: Vec<usize>,
}

/// The steps of a path.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    pub(super) all: Vec<Draft>,
    pub(super) vars: IndexMap<String, Variable>,
    /// What people did and no step can do, each in a sentence.
    pub(super) gaps: Vec<String>,
}

/// An act causes a page where the page comes right after it at least this often.
const CAUSES: f64 = 0.5;
/// It is expected to, where it does at least this often …
const ALWAYS: f64 = 0.99;
/// … in at least so many cases.
const ENOUGH: u64 = 50;

impl Drafts {
    /// The steps that carry out these moves.
    pub(super) fn of(moves: &[Symbol], kinds: &Kinds<'_>, ways: &Ways) -> Self {
        let mut drafts = Self::default();
        for (at, &symbol) in moves.iter().enumerate() {
            let before = at.checked_sub(1).map(|before| moves[before]);
            drafts.next(at, symbol, before, kinds, ways);
        }
        drafts
    }

    /// Adds what the move at this place becomes; `before` is the move before it.
    pub(super) fn next(
        &mut self,
        at: usize,
        symbol: Symbol,
        before: Option<Symbol>,
        kinds: &Kinds<'_>,
        ways: &Ways,
    ) {
        let Some(state) = kinds.state(symbol) else { return };
        let kind = kinds.kind(symbol);
        match (kind, before) {
            (Kind::Silent, _) => {}
            (Kind::Page, Some(act)) if !self.all.is_empty() => {
                self.arrive(symbol, act, at, kinds, ways);
            }
            (Kind::Page, _) => self.enter(&state.route, at, kinds, ways),
            (kind, _) => {
                if self.all.is_empty() {
                    self.enter(&state.route, at, kinds, ways);
                    for draft in &mut self.all {
                        draft.moves.clear();
                    }
                }
                match self.action(kind, &state.act) {
                    Some(action) => self.push(action, vec![at]),
                    None => self.gap(&state.route, &state.act),
                }
            }
        }
    }

    /// Adds a step.
    pub(super) fn push(&mut self, action: Action, moves: Vec<usize>) {
        self.all.push(Draft { step: Step::new("", action), moves });
    }

    /// The first page: by its address, or from a page that has one.
    fn enter(&mut self, route: &Route, at: usize, kinds: &Kinds<'_>, ways: &Ways) {
        if route.is_literal() {
            self.push(Action::Visit(Template::new(route.as_str())), vec![at]);
            return;
        }
        let before = usual_way_to(route, kinds, ways).unwrap_or("/");
        self.push(Action::Visit(Template::new(before)), Vec::new());
        self.push(Action::Go(route.clone()), vec![at]);
        self.gaps.push(format!(
            "people enter at {route}, of which no single address is known; the journey enters at \
             {before} and follows a link"
        ));
    }

    fn arrive(&mut self, page: Symbol, act: Symbol, at: usize, kinds: &Kinds<'_>, ways: &Ways) {
        let does = matches!(kinds.kind(act), Kind::Click | Kind::Link | Kind::Submit | Kind::Entry);
        let Some(route) = kinds.state(page).map(|state| &state.route) else { return };
        let Some(last) = self.all.last_mut() else { return };
        let done = last.moves.contains(&(at - 1));
        let (times, all) = ways.came_after(act, page);
        if !does || !done || (times as f64) < CAUSES * all as f64 {
            self.push(Action::Go(route.clone()), vec![at]);
            return;
        }
        let entered = match &last.step.action {
            // A form that is sent by the Enter key, in a source that does not tell so.
            Action::Fill { target, .. } => Some(target.clone()),
            _ => None,
        };
        match entered {
            Some(target) => {
                let keys = "Enter".to_owned();
                self.push(Action::Press { target: Some(target), keys }, vec![at]);
            }
            None => last.moves.push(at),
        }
        if all >= ENOUGH
            && times as f64 >= ALWAYS * all as f64
            && route.is_literal()
            && route.as_str() != "/"
        {
            let url = Condition::Url(Template::new(route.as_str()));
            self.push(Action::Expect(Expectation { all: vec![url], within: None }), Vec::new());
        }
    }

    /// What a walker does for an act; `None` where it cannot.
    fn action(&mut self, kind: Kind, act: &Act) -> Option<Action> {
        match act {
            Act::Click(element) => Some(Action::Click(target(element)?)),
            Act::Fill(element) | Act::Choose(element) => {
                let target = target(element)?;
                let is_select = element.tag.as_deref() == Some("select");
                match element.kind.as_deref() {
                    Some("checkbox" | "radio") => Some(Action::Check(target)),
                    Some("file" | "hidden") => None,
                    // Which option was chosen is not in the data: the next one is.
                    _ if is_select || matches!(act, Act::Choose(_)) => {
                        Some(Action::Press { target: Some(target), keys: "ArrowDown".to_owned() })
                    }
                    _ => Some(Action::Fill { with: plausible(element, &mut self.vars), target }),
                }
            }
            Act::Submit(_) if kind == Kind::Submit => {
                let field = self.all.iter().rev().find_map(|draft| match &draft.step.action {
                    Action::Fill { target, .. } => Some(Some(target.clone())),
                    Action::Visit(_) | Action::Go(_) | Action::Click(_) => Some(None),
                    _ => None,
                })?;
                Some(Action::Press { target: Some(field?), keys: "Enter".to_owned() })
            }
            Act::Submit(_) | Act::View | Act::Named(_) => None,
        }
    }

    fn gap(&mut self, route: &Route, act: &Act) {
        let what = match act {
            Act::Click(_) => "a click on something that the export does not tell from others",
            Act::Submit(_) => "a form that is sent in a way that the export does not tell",
            _ => "a field that cannot be named or filled",
        };
        self.gaps.push(format!("left out on {route}: {what}"));
    }
}

/// What people did next, events of the application left out.
#[derive(Debug, Default)]
pub(super) struct Ways {
    next: HashMap<(Symbol, Symbol), u64>,
    all: HashMap<Symbol, u64>,
}

impl Ways {
    pub(super) fn of(corpus: &Corpus, kinds: &Kinds<'_>) -> Self {
        let mut ways = Self::default();
        for (_, symbols) in corpus.iter() {
            let mut before = None;
            for &symbol in symbols.iter().filter(|symbol| kinds.kind(**symbol) != Kind::Silent) {
                if let Some(before) = before.replace(symbol) {
                    *ways.next.entry((before, symbol)).or_default() += 1;
                    *ways.all.entry(before).or_default() += 1;
                }
            }
        }
        ways
    }

    /// How often the one came right after the other, and how often anything did.
    fn came_after(&self, before: Symbol, next: Symbol) -> (u64, u64) {
        let times = self.next.get(&(before, next)).copied().unwrap_or(0);
        (times, self.all.get(&before).copied().unwrap_or(0))
    }
}

/// The page with an address from which most people come to the route.
fn usual_way_to<'k>(route: &Route, kinds: &Kinds<'k>, ways: &Ways) -> Option<&'k str> {
    let states = kinds.alphabet().states();
    let page =
        kinds.alphabet().symbol(states.iter().find(|s| s.act == Act::View && s.route == *route)?);
    let literal = |state: &&crate::analytics::State| {
        state.act == Act::View && state.route.is_literal() && !state.route.as_str().contains("{{")
    };
    states
        .iter()
        .filter(literal)
        .map(|state| (ways.came_after(kinds.alphabet().symbol(state), page).0, state))
        .filter(|(times, _)| *times > 0)
        .max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, state)| state.route.as_str())
}

/// The longest text by which an element is looked for, in bytes.
const LONGEST_TEXT: usize = 200;

/// The ways to find an element that a journey's file can hold: a text with braces would be read
/// as a variable.
fn target(element: &Element) -> Option<Target> {
    let fits = |text: &str| {
        !text.trim().is_empty()
            && text.len() <= LONGEST_TEXT
            && !text.contains("{{")
            && !text.chars().any(char::is_control)
    };
    let ways = element
        .target()?
        .alternatives()
        .iter()
        .filter(|locator| fits(locator.by.text()) && locator.by.name().is_none_or(fits))
        .cloned()
        .collect::<Vec<Locator>>();
    Target::new(ways)
}
