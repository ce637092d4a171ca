//! What production does and no walk did, what walks did and production never does, and what pages
//! offer and nobody uses. Walks come as plain deeds and pages as plain offers; what a stored run
//! holds is the caller's business.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use super::corpus::{Alphabet, Symbol};
use super::model::UsageModel;
use crate::analytics::{Act, Element, State};
use crate::route::fold;

/// One thing that a walk did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// A page came, with this path.
    Came(String),
    /// Followed a link on one page to another, by their paths.
    Followed {
        /// The page with the link.
        on: String,
        /// The page that came.
        to: String,
    },
    /// Acted on an element.
    Acted {
        /// The page's path.
        on: String,
        /// The kind of step: `click`, `fill` …
        verb: String,
        /// The way in which the element was found: its word, and the locator as it shows itself,
        /// `label “Search”`.
        by: String,
    },
}

/// Something that a page offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The page's path.
    pub on: String,
    /// The kind of step that it is there for: `click`, `fill` …
    pub verb: String,
    /// What it is called by, as in [`Deed::Acted`], best first.
    pub ways: Vec<String>,
    /// The path that a link leads to.
    pub leads_to: Option<String>,
}

/// Something that a page offers and production never uses, or fewer than k users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Idle {
    /// In words: `/cart: click button “Remove”`.
    pub what: String,
    /// Whether a walk used it.
    pub walked: bool,
}

/// Something that production does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Usual {
    /// In words: `/cart: click button “Check out”`.
    pub what: String,
    /// How often, in all sessions that were learned from.
    pub times: u64,
    /// The share of all of its kind, 0 to 1.
    pub share: f64,
}

/// Something that a walk did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unusual {
    /// In words.
    pub what: String,
    /// How often, in all walks.
    pub times: u64,
}

/// How much of one kind of thing that production does the walks did too.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Covered {
    /// The share of production's traffic that the walks did too, 0 to 1.
    pub share: f64,
    /// How many different ones the walks did, of those that production does.
    pub done: usize,
    /// How many different ones production does.
    pub of: usize,
    /// What no walk did, the most frequent first.
    pub missed: Vec<Usual>,
}

/// Production and the walks of a run, side by side.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Coverage {
    /// Pages and what is done on them.
    pub states: Covered,
    /// From one of these to the next.
    pub moves: Covered,
    /// What the walks did and production never does (or fewer than k users), most often first.
    pub beyond: Vec<Unusual>,
    /// What pages offer and production never uses, by page.
    pub idle: Vec<Idle>,
    /// How many different things pages offer, as far as the model could tell of their use.
    pub offered: usize,
    /// How many walks there were.
    pub walks: usize,
}

impl Coverage {
    /// Lays the walks, and what pages offer, beside the model.
    #[must_use]
    pub fn of(model: &UsageModel, walks: &[Vec<Deed>], offers: &[Offer]) -> Self {
        let known = Known::of(model.alphabet());
        let (idle, offered) = idle(model, &known, walks, offers);
        let mut done: HashSet<Symbol> = HashSet::new();
        let mut moved: HashSet<(Symbol, Symbol)> = HashSet::new();
        let mut beyond: BTreeMap<String, u64> = BTreeMap::new();
        for walk in walks {
            // What may have been before: a link that was followed is not one symbol but several.
            let mut before: Vec<Symbol> = Vec::new();
            for deed in walk {
                let symbols = known.symbols(deed);
                if symbols.is_empty() {
                    // That a link was followed is told by the page that comes.
                    if !matches!(deed, Deed::Followed { .. }) {
                        *beyond.entry(in_words(deed)).or_default() += 1;
                        before.clear();
                    }
                    continue;
                }
                moved.extend(before.iter().flat_map(|a| symbols.iter().map(|b| (*a, *b))));
                done.extend(&symbols);
                if matches!(deed, Deed::Followed { .. }) {
                    before.extend(symbols);
                } else {
                    before = symbols;
                }
            }
        }
        let mut beyond: Vec<Unusual> =
            beyond.into_iter().map(|(what, times)| Unusual { what, times }).collect();
        beyond.sort_by_key(|unusual| std::cmp::Reverse(unusual.times));
        let alphabet = model.alphabet();
        let walkable = |symbol: Symbol| {
            alphabet.state(symbol).filter(|state| !matches!(state.act, Act::Named(_)))
        };
        let states = model.seen().iter().filter_map(|&(symbol, times)| {
            let words = describe(walkable(symbol)?);
            Some((words, times, done.contains(&symbol)))
        });
        let places = 0..alphabet.states().len();
        let moves = places
            .map(Symbol::of_place)
            .flat_map(|from| model.after(from).iter().map(move |&(to, times)| (from, to, times)));
        let moves = moves.filter_map(|(from, to, times)| {
            let words = format!("{} → {}", describe(walkable(from)?), describe(walkable(to)?));
            Some((words, times, moved.contains(&(from, to))))
        });
        Self {
            states: Covered::of(states.collect()),
            moves: Covered::of(moves.collect()),
            beyond,
            idle,
            offered,
            walks: walks.len(),
        }
    }
}

/// What production never uses of what pages offer, and how much they offer. A model that knows
/// only pages tells nothing of buttons and fields, so of such a one only links count.
fn idle(
    model: &UsageModel,
    known: &Known<'_>,
    walks: &[Vec<Deed>],
    offers: &[Offer],
) -> (Vec<Idle>, usize) {
    let knows_elements = known.states.iter().any(|(_, state, _)| element(state).is_some());
    let leads = |on: &str, to: &str| {
        let page = |path: &str| known.symbols(&Deed::Came(path.to_owned()));
        let (from, to) = (page(on), page(to));
        from.iter().any(|from| model.after(*from).iter().any(|(next, _)| to.contains(next)))
    };
    let route = |path: &str| {
        let page = known.symbols(&Deed::Came(path.to_owned()));
        let state = page.first().and_then(|page| model.alphabet().state(*page));
        state.map_or_else(|| fold(path), |state| state.route.to_string())
    };
    let followed = |on: &str, to: &str| Deed::Followed { on: on.to_owned(), to: to.to_owned() };
    let mut all: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    for Offer { on, verb, ways, leads_to } in offers {
        if !knows_elements && leads_to.is_none() {
            continue;
        }
        let acts = || {
            let deed =
                |by: &String| Deed::Acted { on: on.clone(), verb: verb.clone(), by: by.clone() };
            ways.iter().map(deed)
        };
        let is_used = acts().any(|deed| !known.symbols(&deed).is_empty())
            || leads_to
                .as_deref()
                .is_some_and(|to| !known.symbols(&followed(on, to)).is_empty() || leads(on, to));
        let here = route(on);
        let is_walked = walks.iter().flatten().any(|deed| match deed {
            Deed::Acted { on, by, .. } => ways.contains(by) && route(on) == here,
            Deed::Followed { on, to } => leads_to.as_ref() == Some(to) && route(on) == here,
            Deed::Came(_) => false,
        });
        let called = ways.first().and_then(|way| way.split_once(' ')).map(|(_, name)| name);
        let called = called.or(leads_to.as_deref()).unwrap_or("something unnamed");
        let entry = all.entry(format!("{here}: {verb} {called}")).or_default();
        *entry = (entry.0 || is_used, entry.1 || is_walked);
    }
    let offered = all.len();
    let unused = all.into_iter().filter(|(_, (used, _))| !used);
    (unused.map(|(what, (_, walked))| Idle { what, walked }).collect(), offered)
}

impl Covered {
    fn of(all: Vec<(String, u64, bool)>) -> Self {
        let total = all.iter().map(|(_, times, _)| times).sum::<u64>().max(1) as f64;
        let of = all.len();
        let covered: u64 = all.iter().filter(|(.., done)| *done).map(|(_, times, _)| times).sum();
        let mut missed: Vec<Usual> = all
            .into_iter()
            .filter(|(.., done)| !done)
            .map(|(what, times, _)| Usual { what, times, share: times as f64 / total })
            .collect();
        missed.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| a.what.cmp(&b.what)));
        Self { share: covered as f64 / total, done: of - missed.len(), of, missed }
    }
}

/// The states of a model, to be found by what a walk tells.
struct Known<'a> {
    states: Vec<(Symbol, &'a State, HashSet<String>)>,
}

impl<'a> Known<'a> {
    fn of(alphabet: &'a Alphabet) -> Self {
        let states = alphabet.states().iter().map(|state| {
            let ways = element(state).and_then(Element::target);
            let ways = ways.iter().flat_map(|target| target.alternatives());
            (
                alphabet.symbol(state),
                state,
                ways.map(|way| format!("{} {way}", way.by.word())).collect(),
            )
        });
        Self { states: states.collect() }
    }

    fn symbols(&self, deed: &Deed) -> Vec<Symbol> {
        let on = match deed {
            Deed::Came(path) | Deed::Followed { on: path, .. } | Deed::Acted { on: path, .. } => {
                path
            }
        };
        let here = self.states.iter().filter(|(_, state, _)| state.route.matches(on));
        match deed {
            Deed::Came(_) => {
                let pages = here.filter(|(_, state, _)| state.act == Act::View);
                let nearest = pages.max_by_key(|(symbol, state, _)| {
                    (state.route.specificity(), std::cmp::Reverse(*symbol))
                });
                nearest.map(|(symbol, ..)| *symbol).into_iter().collect()
            }
            Deed::Followed { to, .. } => {
                let leads = |state: &State| match &state.act {
                    Act::Click(Element { href: Some(href), .. }) => href == to,
                    _ => false,
                };
                here.filter(|(_, state, _)| leads(state)).map(|(symbol, ..)| *symbol).collect()
            }
            Deed::Acted { verb, by, .. } => {
                // Production does not tell which of several like ones it was.
                let by = by.split_once(" (number ").map_or(by.as_str(), |(by, _)| by);
                here.filter(|(_, state, ways)| match (&state.act, verb.as_str()) {
                    (Act::Click(_), "click" | "double_click" | "right_click") => ways.contains(by),
                    (Act::Fill(_), "fill" | "type" | "clear") => ways.contains(by),
                    (
                        Act::Fill(_) | Act::Choose(_),
                        "select" | "check" | "uncheck" | "press" | "click" | "upload",
                    ) => ways.contains(by),
                    // A form has no field's name; that one was sent there is all that is known.
                    (Act::Submit(_), "press") => true,
                    _ => false,
                })
                .map(|(symbol, ..)| *symbol)
                .collect()
            }
        }
    }
}

fn element(state: &State) -> Option<&Element> {
    match &state.act {
        Act::Click(element) | Act::Fill(element) | Act::Choose(element) | Act::Submit(element) => {
            Some(element)
        }
        Act::View | Act::Named(_) => None,
    }
}

/// A state in words: `/cart: click button “Check out”`.
#[must_use]
pub fn describe(state: &State) -> String {
    let did = match &state.act {
        Act::View => return state.route.to_string(),
        Act::Click(_) => "click",
        Act::Fill(_) => "fill",
        Act::Choose(_) => "choose in",
        Act::Submit(_) => "send",
        Act::Named(name) => return format!("{}: {name}", state.route),
    };
    let target = element(state).and_then(Element::target);
    let target = target.map_or_else(|| "something unnamed".to_owned(), |target| target.to_string());
    format!("{}: {did} {target}", state.route)
}

fn in_words(deed: &Deed) -> String {
    match deed {
        Deed::Came(path) => fold(path),
        Deed::Followed { on, to } => format!("{}: go to {}", fold(on), fold(to)),
        Deed::Acted { on, verb, by } => format!("{}: {} {by}", fold(on), verb.replace('_', "-")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::{Sessions, StateId, Step};
    use crate::usage::model::Shape;
    use crate::usage::process::view;

    fn model() -> UsageModel {
        let link =
            Element { href: Some("/help".into()), text: Some("Help".into()), ..Element::default() };
        let pay = Element {
            test_id: Some("pay".into()),
            text: Some("Pay now".into()),
            ..Element::default()
        };
        let on = |page: &str, act| State { act, ..view(page) };
        let states = vec![
            view("/"),
            on("/", Act::Click(link)),
            view("/help"),
            view("/product/:slug"),
            on("/product/:slug", Act::Click(pay)),
            on("/", Act::Named("paid".into())),
        ];
        let mut sessions = Sessions::over(states);
        for user in 0..10 {
            let path: &[u32] = if user < 6 { &[0, 1, 2] } else { &[0, 3, 4, 5] };
            let steps: Vec<Step> =
                path.iter().map(|&state| Step { state: StateId(state), dwell: None }).collect();
            sessions.push(user, 0, &steps);
        }
        UsageModel::fit(&sessions, Shape { order: 2, descent: 1.0, k: 1 })
    }

    #[test]
    fn tells_what_is_missed_and_what_is_beyond() {
        let path = |path: &str| path.to_owned();
        let walk = vec![
            Deed::Came(path("/")),
            Deed::Followed { on: path("/"), to: path("/help") },
            Deed::Came(path("/help")),
            Deed::Acted {
                on: path("/help"), verb: path("click"), by: path("text “Write to us”")
            },
            Deed::Came(path("/secret/17")),
        ];
        let coverage = Coverage::of(&model(), &[walk], &[]);
        assert_eq!((coverage.states.done, coverage.states.of), (3, 5), "{coverage:?}");
        // 10 + 6 + 6 of 30 views and clicks; 12 of 20 moves.
        assert!((coverage.states.share - 22.0 / 30.0).abs() < 1e-9, "{coverage:?}");
        assert!((coverage.moves.share - 12.0 / 20.0).abs() < 1e-9, "{coverage:?}");
        let missed: Vec<&str> = coverage.states.missed.iter().map(|m| m.what.as_str()).collect();
        assert_eq!(missed, ["/product/:slug", "/product/:slug: click “Pay now”"]);
        let beyond: Vec<&str> = coverage.beyond.iter().map(|b| b.what.as_str()).collect();
        assert_eq!(beyond, ["/help: click text “Write to us”", "/secret/:id"]);
    }

    #[test]
    fn what_pages_offer_and_nobody_uses_is_told() {
        let offer = |on: &str, verb: &str, way: &str, leads_to: Option<&str>| Offer {
            on: on.into(),
            verb: verb.into(),
            ways: vec![way.into()],
            leads_to: leads_to.map(str::to_owned),
        };
        let offers = [
            offer("/", "click", "role link “Help”", Some("/help")),
            offer("/", "click", "role link “A mug”", Some("/product/blue-mug")),
            offer("/", "click", "role link “Careers”", Some("/careers")),
            offer("/product/blue-mug", "click", "test_id test id pay", None),
            offer("/product/blue-mug", "fill", "label “Gift note”", None),
            offer("/product/red-mug", "fill", "label “Gift note”", None),
        ];
        let walk = vec![Deed::Acted {
            on: "/product/red-mug".into(),
            verb: "fill".into(),
            by: "label “Gift note”".into(),
        }];
        let coverage = Coverage::of(&model(), &[walk], &offers);
        let idle = |what: &str, walked| Idle { what: what.into(), walked };
        assert_eq!(
            coverage.idle,
            [
                idle("/: click link “Careers”", false),
                idle("/product/:slug: fill “Gift note”", true),
            ]
        );
        assert_eq!(coverage.offered, 5);
    }

    #[test]
    fn a_model_of_pages_says_nothing_of_buttons() {
        let mut sessions = Sessions::over(vec![view("/"), view("/help")]);
        for user in 0..10 {
            let step = |state: u32| Step { state: StateId(state), dwell: None };
            sessions.push(user, 0, &[step(0), step(1)]);
        }
        let model = UsageModel::fit(&sessions, Shape { order: 1, descent: 1.0, k: 1 });
        let offer = |way: &str, leads_to: Option<&str>| Offer {
            on: "/".into(),
            verb: "click".into(),
            ways: vec![way.into()],
            leads_to: leads_to.map(str::to_owned),
        };
        let offers = [
            offer("role link “Help”", Some("/help")),
            offer("role link “Careers”", Some("/careers")),
            offer("role button “Pay”", None),
        ];
        let coverage = Coverage::of(&model, &[], &offers);
        assert_eq!((coverage.idle.len(), coverage.offered), (1, 2), "{:?}", coverage.idle);
    }

    #[test]
    fn an_element_is_known_by_any_of_its_ways() {
        let on = "/product/blue-mug".to_owned();
        for (by, done) in [
            ("test_id test id pay", 2),
            ("test_id test id pay (number 2)", 2),
            ("text “Pay now”", 2),
            ("text “Pay later”", 1),
        ] {
            let act = Deed::Acted { on: on.clone(), verb: "click".into(), by: by.into() };
            let coverage = Coverage::of(&model(), &[vec![Deed::Came(on.clone()), act]], &[]);
            assert_eq!(coverage.states.done, done, "{by}");
        }
    }
}
