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

/// What forms are not tested with where a text is meant: picture signs, right to left, quotes,
/// markup, white space. A form that takes texts takes them all, so each is odd in several ways:
/// few walks come to a field with an odd text, and each should try most of it.
const ODD_TEXTS: [&str; 4] = [
    "O'Brien \"the\" `Quote` \\ 100 % <b>& co</b>",
    "🏺👩‍👩‍👧 O'Zoë “café”",
    "שלום <עולם> & مرحبا",
    "name\u{200b}with\u{a0}odd \"spaces\" ",
];

/// Addresses that are right (RFC 5321, RFC 6531) and that few forms are tested with.
const ODD_EMAILS: [&str; 4] = [
    "o'brien@example.org",
    "ada+shop.2@mail.example.org",
    "ADA_LOVELACE@EXAMPLE.ORG",
    "zoë@example.org",
];

/// Numbers that few fields expect.
const ODD_NUMBERS: [&str; 6] = ["0", "-1", "007", "1e3", "0.1", "99999999999"];

/// What is none.
const BLANKS: [&str; 2] = ["", "   "];

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
            let odd = Some(odd(text.as_str(), rng));
            Some(PerturbationDetail { text: odd, ..none })
        }
        _ => None,
    }
}

/// What somebody may put where `meant` is meant: mostly of the same kind, because what a form
/// refuses at once is what its author did think of.
fn odd(meant: &str, rng: &mut ChaCha8Rng) -> String {
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit() || ".,-+ ".contains(c));
    let of_its_kind: &[&str] = match meant {
        _ if meant.contains('@') => &ODD_EMAILS,
        _ if digits(meant) => &ODD_NUMBERS,
        _ => &ODD_TEXTS,
    };
    let (which, one) = (rng.random::<f64>(), "there is an odd text");
    match which {
        _ if which < 0.12 => "long ".repeat(LONG / 5),
        _ if which < 0.27 => (*BLANKS.choose(rng).expect(one)).to_owned(),
        _ => (*of_its_kind.choose(rng).expect(one)).to_owned(),
    }
}

/// Whether an odd input is a text where a text is meant, which a right form takes.
pub(super) fn is_odd_text(detail: &PerturbationDetail) -> bool {
    detail.text.as_deref().is_some_and(|text| ODD_TEXTS.contains(&text))
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
        m.changed_by(perturbation.operator);
    }
}
