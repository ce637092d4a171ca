//! Deviations of the hands: how a text gets into a field, what is typed, and how often a button
//! is hit.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;

use super::concrete::think;
use super::draw::Place;
use super::script::{Deed, Draft, Manner};
use crate::journey::{Action, Operator, Perturbation, PerturbationDetail, Template};
use crate::time::Span;

/// What forms are not tested with: long, empty, picture signs, right to left, quotes, white
/// space, markup, numbers where none are meant.
const ODD: [&str; 9] = [
    "",
    "   ",
    "O'Brien \"the\" `Quote`",
    "🏺👩‍👩‍👧 café",
    "שלום עולם",
    "مرحبا بالعالم",
    "<b>bold</b> & co",
    "-1",
    "name\u{200b}with\u{a0}odd spaces ",
];

/// A text of this many letters is longer than any field's author thinks of.
const LONG: usize = 600;

pub(super) fn draw(
    operator: Operator,
    place: &Place<'_>,
    rng: &mut ChaCha8Rng,
) -> Option<PerturbationDetail> {
    let none = PerturbationDetail::default();
    if operator == Operator::DoubleClick {
        let step = place.step();
        return (matches!(step.action, Action::Click(_)) && !step.once).then_some(none);
    }
    let (text, replaces) = match &place.step().action {
        Action::Fill { with, .. } => (with, true),
        Action::Type { text, .. } => (text, false),
        _ => return None,
    };
    if text.as_str().is_empty() {
        return None;
    }
    match operator {
        // 238 ms between keys on average (51.6 words a minute); people differ by a factor.
        Operator::Typing => {
            let duration = Some(think(Span::millis(220), Span::millis(400), rng));
            Some(PerturbationDetail { duration, ..none })
        }
        Operator::Paste => Some(none),
        Operator::EraseRetype if replaces && text.is_concrete() => {
            Some(PerturbationDetail { text: Some(slip(text.as_str(), rng)), ..none })
        }
        Operator::OddInput if replaces => {
            let odd = if rng.random_bool(0.15) {
                "long ".repeat(LONG / 5)
            } else {
                (*ODD.choose(rng).expect("there are odd texts")).to_owned()
            };
            Some(PerturbationDetail { text: Some(odd), ..none })
        }
        _ => None,
    }
}

/// What the hand typed before the eye saw it: the beginning of the text with two neighbouring
/// letters exchanged, or one letter too few.
fn slip(text: &str, rng: &mut ChaCha8Rng) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 2 {
        return format!("{text}{text}");
    }
    let at = rng.random_range(0..letters.len() - 1);
    if letters[at] == letters[at + 1] {
        letters.remove(at);
    } else {
        letters.swap(at, at + 1);
    }
    letters.into_iter().collect()
}

pub(super) fn apply(perturbation: &Perturbation, draft: &mut Draft<'_>, at: usize) {
    let detail = &perturbation.detail;
    for m in &mut draft.slots[at].main {
        let Deed::Act { action, manner, .. } = &mut m.deed else { continue };
        match (perturbation.operator, &mut *action) {
            (Operator::DoubleClick, Action::Click(target)) => {
                *action = Action::DoubleClick(target.clone());
            }
            (Operator::OddInput, Action::Fill { with, .. }) => {
                *with = Template::new(detail.text.clone().unwrap_or_default());
            }
            (Operator::Typing, Action::Fill { .. } | Action::Type { .. }) => {
                *manner = Manner::KeyByKey(detail.duration.unwrap_or_default());
            }
            (Operator::EraseRetype, Action::Fill { .. }) => {
                *manner = Manner::ErasedFirst(detail.text.clone().unwrap_or_default());
            }
            (Operator::Paste, Action::Fill { .. } | Action::Type { .. }) => {
                *manner = Manner::Pasted;
            }
            _ => continue,
        }
        m.by = Some(perturbation.operator);
    }
}
