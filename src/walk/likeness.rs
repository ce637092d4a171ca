//! How alike two elements are, by the ways to find them: which element of a changed page is the
//! one that a step once meant. Pure; what is made of it is decided in `resync`.

use crate::journey::{Action, By, Target};

/// From here on two elements may be the same one: `Place order` and `Place your order now` are,
/// `Place order` and `Cancel order` are not.
const SAME: f64 = 0.76;
/// The best has to be better than the next by this, or nobody can tell which of them is meant.
const LEAD: f64 = 0.05;
/// What the role counts beside the name.
const ROLE: f64 = 0.25;
/// Words that people add to a name without changing what it says.
const FILLING: [&str; 9] = ["a", "an", "my", "now", "please", "the", "this", "to", "your"];
/// What a filling word counts beside another word.
const FILLING_WEIGHT: f64 = 0.4;
/// Words that turn a name into its opposite.
const NEGATIONS: [&str; 6] = ["don", "no", "not", "never", "without", "un"];

/// The element that is most like the one that was meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearest {
    /// Its place among those that were given.
    pub place: usize,
    /// How alike, from 0 to 1.
    pub likeness: f64,
}

/// The one of `offered` that is most like `wanted`, where one is like it and no other as much.
#[must_use]
pub fn nearest(wanted: &Target, offered: &[Option<Target>]) -> Option<Nearest> {
    let mut ranked: Vec<Nearest> = offered
        .iter()
        .enumerate()
        .filter_map(|(place, offer)| {
            Some(Nearest { place, likeness: likeness(wanted, offer.as_ref()?) })
        })
        .collect();
    ranked.sort_by(|a, b| b.likeness.total_cmp(&a.likeness));
    let second = ranked.get(1).map_or(0.0, |other| other.likeness);
    let best = ranked.into_iter().next()?;
    (best.likeness >= SAME && best.likeness - second >= LEAD).then_some(best)
}

/// How alike two elements are, from 0 to 1: as their most alike ways to be found.
#[must_use]
pub fn likeness(wanted: &Target, offered: &Target) -> f64 {
    let pairs = wanted.alternatives().iter().flat_map(|ours| {
        offered.alternatives().iter().map(move |theirs| ways(&ours.by, &theirs.by))
    });
    pairs.fold(0.0, f64::max)
}

/// The element of an action that can be moved to another one.
#[must_use]
pub const fn target(action: &Action) -> Option<&Target> {
    match action.touches() {
        [target, None] => target,
        _ => None,
    }
}

fn ways(ours: &By, theirs: &By) -> f64 {
    match (ours, theirs) {
        (By::Role { role: a, name: Some(x) }, By::Role { role: b, name: Some(y) }) => {
            let role = match (a == b, is_pressed(a) && is_pressed(b)) {
                (true, _) => 1.0,
                (false, true) => 0.8,
                (false, false) => return 0.0,
            };
            ROLE * role + (1.0 - ROLE) * names(x, y)
        }
        // An identifier that developers chose, part by part.
        (By::TestId(x), By::TestId(y)) | (By::Css(x), By::Css(y)) => {
            let sure = if matches!(ours, By::TestId(_)) { 1.0 } else { 0.6 };
            sure * names(x, y)
        }
        _ => match (called(ours), called(theirs)) {
            (Some(x), Some(y)) => 0.95 * names(x, y),
            _ => 0.0,
        },
    }
}

/// What a person reads on an element.
fn called(by: &By) -> Option<&str> {
    match by {
        By::Role { name, .. } => name.as_deref(),
        By::Label(text)
        | By::Text(text)
        | By::Placeholder(text)
        | By::Alt(text)
        | By::Title(text) => Some(text),
        By::TestId(_) | By::Css(_) | By::Xpath(_) => None,
    }
}

/// Roles that are pressed alike, and that a redesign swaps.
fn is_pressed(role: &str) -> bool {
    matches!(role, "button" | "link" | "menuitem" | "tab")
}

/// How alike two names are, word by word: the weight of the words that both have, as a share of
/// all their words (Dice's coefficient, with words that differ by an ending or a slip as half).
fn names(x: &str, y: &str) -> f64 {
    let (x, y) = (words(x), words(y));
    let negated = |words: &[String]| words.iter().any(|w| NEGATIONS.contains(&w.as_str()));
    if negated(&x) != negated(&y) {
        return 0.0;
    }
    let total: f64 = x.iter().chain(&y).map(|word| weight(word)).sum();
    if total == 0.0 {
        return 0.0;
    }
    let shared = |from: &[String], to: &[String]| -> f64 {
        let best = |word: &String| to.iter().map(|other| same(word, other)).fold(0.0, f64::max);
        from.iter().map(|word| weight(word) * best(word)).sum()
    };
    (shared(&x, &y) + shared(&y, &x)) / total
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn weight(word: &str) -> f64 {
    if FILLING.contains(&word) { FILLING_WEIGHT } else { 1.0 }
}

/// 1 for the same word, 0.5 for one with another ending (`order`, `orders`), else 0.
fn same(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let shared = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let longest = a.chars().count().max(b.chars().count());
    if shared >= 4 && longest - shared <= 3 { 0.5 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(role: &str, name: &str) -> Target {
        Target::one(By::Role { role: role.into(), name: Some(name.into()) })
    }

    #[test]
    fn a_reworded_element_is_the_same_and_another_one_is_not() {
        let order = role("button", "Place order");
        let like = |other: &Target| likeness(&order, other);
        assert!((like(&order) - 1.0).abs() < 1e-9);
        assert!(like(&role("button", "Place your order now")) >= SAME);
        assert!(like(&role("link", "Place order")) >= SAME);
        for other in ["Cancel order", "Place", "Do not place order", "Orders", "Sign in"] {
            assert!(
                like(&role("button", other)) < SAME,
                "{other}: {}",
                like(&role("button", other))
            );
        }
        assert!(like(&role("textbox", "Place order")) < SAME);
        let sign_in = role("link", "Sign in");
        assert!(likeness(&sign_in, &role("link", "Sign up")) < SAME);
        assert!(likeness(&role("button", "Log in"), &role("button", "Log out")) < SAME);
    }

    #[test]
    fn labels_placeholders_and_identifiers_are_compared_too() {
        let label = Target::one(By::Label("E-mail".into()));
        assert!(likeness(&label, &Target::one(By::Placeholder("Your e-mail".into()))) >= SAME);
        let id = Target::one(By::TestId("add-to-cart".into()));
        assert!(likeness(&id, &Target::one(By::TestId("add-to-cart-button".into()))) >= SAME);
        assert!(likeness(&id, &Target::one(By::TestId("remove-from-cart".into()))) < SAME);
        assert!(likeness(&id, &Target::one(By::Css("#add-to-cart".into()))) < SAME);
    }

    #[test]
    fn of_two_that_are_as_near_neither_is_taken() {
        let order = role("button", "Place order");
        let near = Some(role("button", "Place your order"));
        let far = Some(role("link", "Home"));
        let found = nearest(&order, &[far.clone(), None, near.clone()]).map(|n| n.place);
        assert_eq!(found, Some(2));
        assert_eq!(nearest(&order, &[near.clone(), near, far.clone()]), None);
        assert_eq!(nearest(&order, &[far]), None);
        assert_eq!(nearest(&order, &[]), None);
    }
}
