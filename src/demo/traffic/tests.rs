//! The traffic is the same every time, its elements are in the shop's markup, and what is
//! derived from it are the shop's journeys.

use std::collections::HashMap;

use super::*;
use crate::analytics::{Act, Element, Sessions, State, StateId, Step};
use crate::journey;
use crate::route::Route;
use crate::usage::{self, Terms};

/// A user, the moment of the first step, and the steps with their moments.
type Visit = (u32, i64, Vec<(i64, State)>);

/// The sessions, as reading the export would give them.
pub(crate) fn sessions(count: u32, seed: u64) -> Sessions {
    let mut visits: Vec<Visit> = Vec::new();
    let mut known: HashMap<u32, usize> = HashMap::new();
    let mut states: Vec<State> = Vec::new();
    for event in events(count, seed) {
        let at = *known.entry(event.place.0).or_insert_with(|| {
            visits.push((event.user, event.at, Vec::new()));
            visits.len() - 1
        });
        visits[at].2.push((event.at, state(&event.done)));
    }
    states.extend(visits.iter().flat_map(|visit| visit.2.iter().map(|(_, state)| state.clone())));
    states.sort();
    states.dedup();
    let mut sessions = Sessions::over(states.clone());
    for (user, start, done) in visits {
        let dwell = |at: usize| {
            let next = done.get(at + 1)?;
            u32::try_from(next.0 - done[at].0).ok()
        };
        let steps: Vec<Step> = done
            .iter()
            .enumerate()
            .map(|(at, (_, state))| {
                let place = states.binary_search(state).expect("it is among them");
                Step { state: StateId(u32::try_from(place).expect("few")), dwell: dwell(at) }
            })
            .collect();
        sessions.push(u64::from(user), start, &steps);
    }
    sessions
}

fn state(done: &Done) -> State {
    let path = done.page.split('?').next().unwrap_or_default();
    let folded = if path.starts_with("/product/") { "/product/:slug" } else { path };
    let act = match &done.what {
        What::View => Act::View,
        What::Click(shown) => Act::Click(element(shown)),
        What::Change(shown) if shown.tag() == "select" => Act::Choose(element(shown)),
        What::Change(shown) => Act::Fill(element(shown)),
        What::Submit(shown) => Act::Submit(element(shown)),
        What::Named(name) => Act::Named((*name).to_owned()),
    };
    State { route: Route::parse(folded).expect("a route"), act }
}

fn element(shown: &element::Shown) -> Element {
    let of = |name| shown.attribute(name).map(str::to_owned);
    let role = match shown.tag() {
        "button" => Some("button".to_owned()),
        "a" => Some("link".to_owned()),
        _ => None,
    };
    Element {
        tag: Some(shown.tag().to_owned()),
        role,
        text: of("text"),
        placeholder: of("attr__placeholder"),
        test_id: of("attr__data-testid"),
        kind: of("attr__type"),
        href: of("href").map(|href| href.split('?').next().unwrap_or_default().to_owned()),
        ..Element::default()
    }
}

#[test]
fn the_same_seed_gives_the_same_lines_and_each_says_what_it_is() {
    let text = |seed| {
        let mut out = Vec::new();
        write(&mut out, 40, seed).expect("a buffer takes everything");
        String::from_utf8(out).expect("JSON is UTF-8")
    };
    assert_eq!(text(7), text(7));
    assert_ne!(text(7), text(8));
    for line in text(7).lines() {
        let event: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        assert_eq!(event["properties"]["generated_by"], GENERATED_BY);
    }
    insta::assert_snapshot!(text(7).lines().take(6).collect::<Vec<_>>().join("\n"));
}

/// The markup and the scripts that make it.
const MARKUP: [&str; 8] = [
    include_str!("../../../assets/shop/layout.html"),
    include_str!("../../../assets/shop/pages/listing.html"),
    include_str!("../../../assets/shop/pages/product.html"),
    include_str!("../../../assets/shop/pages/cart.html"),
    include_str!("../../../assets/shop/pages/address.html"),
    include_str!("../../../assets/shop/pages/payment.html"),
    include_str!("../../../assets/shop/pages/sign-in-form.html"),
    include_str!("../../../assets/shop/pages/home.html"),
];

#[test]
fn every_element_is_in_the_shop() {
    for event in events(400, 7) {
        let (What::Click(shown) | What::Change(shown) | What::Submit(shown)) = &event.done.what
        else {
            continue;
        };
        if let Some(test_id) = shown.attribute("attr__data-testid") {
            let attribute = format!("data-testid=\"{test_id}\"");
            assert!(MARKUP.iter().any(|page| page.contains(&attribute)), "{test_id}");
        }
    }
}

#[test]
fn the_shop_is_learned_from_its_traffic() {
    let sessions = sessions(3_000, 7);
    let (model, fidelity) = usage::learn(&sessions, usage::FEWEST_USERS);
    let terms = Terms { from: "posthog".into(), ..Terms::default() };
    let derived = usage::derive::cover(&sessions, &model, &terms);
    let fidelity = fidelity.expect("there are enough users");
    let best = fidelity.fixed_orders.into_iter().fold(f64::INFINITY, f64::min);
    assert!(fidelity.bits < best, "{fidelity:?}");
    assert!(derived.held.sessions > 0.9 && derived.held.moves > 0.9, "{:?}", derived.held);
    let names: Vec<&str> = derived.journeys.iter().map(|s| s.journey.name.as_str()).collect();
    for name in ["search-then-buy", "use-coupon-then-buy", "sign-in-then-orders", "help-then-about"]
    {
        assert!(names.contains(&name), "{names:?}");
    }
    let buys = &derived.journeys[0];
    assert!(buys.gaps.is_empty(), "{:?}", buys.gaps);
    insta::assert_snapshot!(journey::write(&buys.journey));
}

#[test]
fn one_visit_is_told_as_it_was() {
    let sessions = sessions(300, 7);
    let most = (0..sessions.len()).max_by_key(|&index| sessions.steps(index).len());
    let one = usage::derive::one(&sessions, most.expect("there are some"), "posthog");
    insta::assert_snapshot!(journey::write(&one.journey));
}
