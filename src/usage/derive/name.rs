//! What a person would call a journey: from the words of its routes, of what is clicked and of
//! the events that the application names itself.

use std::collections::HashSet;

use crate::analytics::{Act, Element, State};

/// The longest name, in characters.
const LONGEST: usize = 40;

/// What a state is about.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Topic {
    word: String,
    /// How well it says what the journey leads to.
    ends: u8,
    /// How well it says how the journey differs from others that lead there.
    tells: u8,
    /// Whether the word is something that one does, and can stand alone.
    deed: bool,
}

/// Words in routes and descriptions, the deed that they mean, and how well it ends and tells.
const DEEDS: [(&[&str], &str, u8, u8); 12] = [
    (&["thank", "confirmation", "place order", "place-order", "pay now", "purchase"], "buy", 9, 3),
    (&["checkout", "check-out", "check out", "payment"], "check-out", 8, 1),
    (&["sign-up", "signup", "sign up", "register"], "sign-up", 7, 6),
    (&["coupon", "voucher"], "use-coupon", 3, 7),
    (&["remove", "delete"], "remove", 6, 3),
    (&["add to cart", "add-to-cart", "add_to_cart", "add to basket"], "add-to-cart", 5, 1),
    (&["sign-in", "signin", "sign in", "log in", "log-in", "login"], "sign-in", 1, 5),
    (&["sign-out", "sign out", "logout", "log out"], "sign-out", 1, 4),
    (&["filter", "sort"], "filter", 1, 6),
    (&["search", "query"], "search", 1, 5),
    (&["currency"], "change-currency", 3, 8),
    (&["download", "export"], "download", 6, 3),
];

/// A name that no other journey has, at most 40 characters: the last telling thing that is done,
/// and what comes before it. `states` are the journey's, in order; `events` what the application
/// says of most of its sessions.
pub(super) fn name(states: &[&State], events: &[&str], taken: &mut HashSet<String>) -> String {
    let mut topics: Vec<Topic> = Vec::new();
    let told = events.iter().filter_map(|event| deed(&event.to_lowercase()));
    for topic in states.iter().filter_map(|state| topic(state)).chain(told) {
        if !topics.iter().any(|known| known.word == topic.word) {
            topics.push(topic);
        }
    }
    for name in candidates(&topics).into_iter().map(|name| clipped(&name)) {
        if taken.insert(name.clone()) {
            return name;
        }
    }
    let base = candidates(&topics).last().map_or_else(|| "walk".to_owned(), |name| clipped(name));
    let mut number = 2;
    loop {
        let suffix = format!("-{number}");
        let room = LONGEST - suffix.len();
        let name = format!("{}{suffix}", base[..base.len().min(room)].trim_end_matches('-'));
        if taken.insert(name.clone()) {
            return name;
        }
        number += 1;
    }
}

/// Names, the shortest first: goal alone where there is nothing else, with what opens the
/// journey, with what else tells it from others.
fn candidates(topics: &[Topic]) -> Vec<String> {
    let Some(goal) = (0..topics.len()).max_by_key(|&at| (topics[at].ends, at)) else {
        return vec!["look-around".to_owned()];
    };
    let word = |at: usize| topics[at].word.as_str();
    let mut others: Vec<usize> =
        (0..topics.len()).filter(|&at| at != goal && topics[at].tells > 0).collect();
    others.sort_by_key(|&at| (std::cmp::Reverse(topics[at].tells), at));
    let mut names = Vec::new();
    if others.is_empty() {
        let alone = if topics[goal].deed {
            word(goal).to_owned()
        } else {
            format!("look-at-{}", word(goal))
        };
        names.push(alone);
    }
    let mut with: Vec<usize> = Vec::new();
    for other in others {
        with.push(other);
        with.sort_unstable();
        let before: Vec<&str> = with.iter().map(|&at| word(at)).collect();
        names.push(format!("{}-then-{}", before.join("-"), word(goal)));
    }
    names
}

fn topic(state: &State) -> Option<Topic> {
    let described;
    let text = match &state.act {
        Act::View => state.route.as_str(),
        Act::Click(element) | Act::Fill(element) | Act::Choose(element) | Act::Submit(element) => {
            described = words(element);
            &described
        }
        Act::Named(name) => name.as_str(),
    };
    if let Some(deed) = deed(&text.to_lowercase()) {
        return Some(deed);
    }
    if state.act != Act::View {
        return None;
    }
    let last = state
        .route
        .as_str()
        .split('/')
        .rfind(|part| !part.is_empty() && !part.starts_with(':') && *part != "*");
    let word = last.map_or_else(|| "home".to_owned(), slug);
    let (ends, tells) = if last.is_none() { (0, 0) } else { (2, 2) };
    Some(Topic { word, ends, tells, deed: false }).filter(|topic| !topic.word.is_empty())
}

fn deed(text: &str) -> Option<Topic> {
    let (_, word, ends, tells) =
        DEEDS.iter().find(|(needles, ..)| needles.iter().any(|n| text.contains(n)))?;
    Some(Topic { word: (*word).to_owned(), ends: *ends, tells: *tells, deed: true })
}

fn words(element: &Element) -> String {
    let Element { name, label, text, test_id, .. } = element;
    [test_id, name, label, text]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The letters and digits of a text, joined by hyphens.
fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

/// At most so many characters, cut between words.
fn clipped(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let cut = name[..=LONGEST].rfind('-').unwrap_or(LONGEST);
    name[..cut].trim_end_matches("-then").trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::process::view;

    #[test]
    fn names_say_what_a_person_would() {
        let mut taken = HashSet::new();
        let mut of = |pages: &[&str], events: &[&str]| {
            let states: Vec<State> = pages.iter().map(|page| view(page)).collect();
            name(&states.iter().collect::<Vec<_>>(), events, &mut taken)
        };
        assert_eq!(of(&["/", "/search", "/product/:slug", "/thanks"], &[]), "search-then-buy");
        assert_eq!(of(&["/", "/search", "/help", "/thanks"], &[]), "search-help-then-buy");
        assert_eq!(of(&["/", "/search", "/thanks"], &[]), "search-then-buy-2");
        assert_eq!(of(&["/"], &[]), "look-at-home");
        assert_eq!(of(&["/docs/:page", "/help"], &["purchase"]), "docs-then-buy");
        assert_eq!(of(&[], &[]), "look-around");
        let long = "/a-very-long-segment-that-goes-on-and-on-for-ever";
        assert_eq!(of(&[long], &[]), "look-at-a-very-long-segment-that-goes-on");
        assert!(of(&["/日本"], &[]).is_ascii());
    }
}
