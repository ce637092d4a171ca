//! A state as one text: the symbol by which the parts of the import name what was done and where,
//! long before routes and texts are settled. It owns that text's form, and nothing else knows it.

use super::address::Place;
use super::seen::{Described, Did};
use super::vocabulary::{is_role, is_tag, is_type};

/// Stands between the parts of a key; no part has control characters.
const BETWEEN: char = '\u{1f}';
/// The longest text of an element, in bytes; a longer one names nothing that could be found.
const LONGEST_TEXT: usize = 120;
/// The longest selector, in bytes.
const LONGEST_SELECTOR: usize = 200;

/// What was done, in one letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    View,
    Click,
    Fill,
    Choose,
    Submit,
    Named,
}

/// The parts of an element that a key has, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Tag,
    Role,
    Name,
    Label,
    Text,
    Placeholder,
    TestId,
    Kind,
    Href,
    Css,
}

/// All parts, in their order.
pub(super) const PARTS: [Part; 10] = [
    Part::Tag,
    Part::Role,
    Part::Name,
    Part::Label,
    Part::Text,
    Part::Placeholder,
    Part::TestId,
    Part::Kind,
    Part::Href,
    Part::Css,
];

/// Writes the key of what was done on a page at this place, into an empty text.
pub(super) fn write(place: &Place<'_>, did: &Did<'_>, key: &mut String) {
    let (letter, element) = match did {
        Did::View => ('V', None),
        Did::Click(element) => ('C', Some(element)),
        Did::Fill(element) => ('F', Some(element)),
        Did::Choose(element) => ('O', Some(element)),
        Did::Submit(element) => ('S', Some(element)),
        Did::Named(_) => ('N', None),
    };
    key.push(letter);
    place.tidy(key);
    if let Did::Named(name) = did {
        key.push(BETWEEN);
        push_text(name, LONGEST_TEXT, key);
    }
    if let Some(element) = element {
        let element = &*element.in_lower_case();
        for part in PARTS {
            key.push(BETWEEN);
            push_part(part, element, letter, place, key);
        }
    }
}

fn push_part(
    part: Part,
    element: &Described<'_>,
    letter: char,
    place: &Place<'_>,
    key: &mut String,
) {
    match part {
        Part::Tag => push_word(&element.tag, is_tag, key),
        Part::Role => push_word(element.implied_role(), is_role, key),
        Part::Name => push_text(&element.name, LONGEST_TEXT, key),
        // What names a field is its label, wherever it is written.
        Part::Label if element.label.is_empty() && element.is_field() => {
            push_text(&element.name, LONGEST_TEXT, key);
        }
        Part::Label => push_text(&element.label, LONGEST_TEXT, key),
        // The text of a field is what somebody has typed or chosen.
        Part::Text if letter == 'C' && !element.is_field() => {
            push_text(&element.text, LONGEST_TEXT, key);
        }
        Part::Text => {}
        Part::Placeholder => push_text(&element.placeholder, LONGEST_TEXT, key),
        Part::TestId => push_text(&element.test_id, LONGEST_TEXT, key),
        Part::Kind => push_word(&element.kind, is_type, key),
        Part::Href => {
            if let Some(to) = place.link(&element.href)
                && (to.host.is_empty() || to.host.eq_ignore_ascii_case(place.host))
            {
                to.tidy(key);
            }
        }
        Part::Css => push_css(element, key),
    }
}

/// A selector: by id or name where these look as if somebody had chosen them, else the source's.
fn push_css(element: &Described<'_>, key: &mut String) {
    let chosen = |text: &str| {
        !text.is_empty()
            && text.len() <= 64
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|b| b.is_ascii_alphabetic() || b"-_".contains(&b))
    };
    if chosen(&element.id) {
        key.push('#');
        key.push_str(&element.id);
    } else if chosen(&element.field) {
        push_word(&element.tag, is_tag, key);
        key.push_str("[name=\"");
        key.push_str(&element.field);
        key.push_str("\"]");
    } else if chosen(&element.id_or_field) {
        let (tag, known) = (&element.tag, &element.id_or_field);
        push_word(tag, is_tag, key);
        key.push_str("[name=\"");
        key.push_str(known);
        key.push_str("\"], #");
        key.push_str(known);
    } else {
        push_text(&element.selector, LONGEST_SELECTOR, key);
    }
}

/// A word of HTML's own, if it is one.
fn push_word(word: &str, is_one: fn(&str) -> bool, key: &mut String) {
    if is_one(word) {
        key.push_str(word);
    }
}

/// A text with its white space folded and without what cannot be seen; nothing where it is
/// too long.
fn push_text(text: &str, longest: usize, key: &mut String) {
    let from = key.len();
    let mut space = false;
    for c in text.trim().chars() {
        if c.is_whitespace() {
            space = true;
            continue;
        }
        let unseen = c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if unseen {
            continue;
        }
        if std::mem::take(&mut space) && key.len() > from {
            key.push(' ');
        }
        key.push(c);
        if key.len() - from > longest {
            key.truncate(from);
            return;
        }
    }
}

/// A key taken apart again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) deed: Deed,
    pub(super) path: &'a str,
    /// The event's name, or the element's parts as they were written.
    rest: &'a str,
}

impl<'a> Parts<'a> {
    pub(super) fn of(key: &'a str) -> Self {
        let deed = match key.as_bytes().first() {
            Some(b'C') => Deed::Click,
            Some(b'F') => Deed::Fill,
            Some(b'O') => Deed::Choose,
            Some(b'S') => Deed::Submit,
            Some(b'N') => Deed::Named,
            _ => Deed::View,
        };
        let tail = key.get(1..).unwrap_or("/");
        let (path, rest) = tail.split_once(BETWEEN).unwrap_or((tail, ""));
        Self { deed, path, rest }
    }

    /// The event's name.
    pub(super) const fn name(&self) -> &'a str {
        self.rest
    }

    /// The parts of the element that are known.
    pub(super) fn element(&self) -> impl Iterator<Item = (Part, &'a str)> + use<'a> {
        let element = !matches!(self.deed, Deed::View | Deed::Named);
        let rest = if element { self.rest } else { "" };
        PARTS.into_iter().zip(rest.split(BETWEEN)).filter(|(_, text)| !text.is_empty())
    }
}

/// The same deed with less said of it, for when there is no room for another key: first without
/// the element, then with one segment of the path less each time. `None` at the end.
pub(super) fn coarser(key: &str) -> Option<String> {
    let parts = Parts::of(key);
    let letter = key.get(..1)?;
    if !parts.rest.is_empty() && parts.deed != Deed::Named {
        return Some(format!("{letter}{}", parts.path));
    }
    if key.starts_with('N') || key == "V/*" {
        return (key != "V/*").then(|| format!("V{}", parts.path));
    }
    let path = parts.path.strip_suffix("/*").unwrap_or(parts.path);
    let (above, _) = path.rsplit_once('/')?;
    Some(format!("V{above}/*"))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::super::address;
    use super::*;

    fn key(did: &Did<'_>) -> String {
        let mut key = String::new();
        let place = address::split("https://shop.example/cart").expect("a page");
        write(&place, did, &mut key);
        key
    }

    #[test]
    fn comes_apart_as_it_was_put_together() {
        let element = Described {
            tag: Cow::Borrowed("BUTTON"),
            text: Cow::Borrowed("  Add\n to\tcart\u{1f}\u{202e} "),
            test_id: Cow::Borrowed("add"),
            href: Cow::Borrowed("https://shop.example/cart?x"),
            ..Described::default()
        };
        let key = key(&Did::Click(element));
        let parts = Parts::of(&key);
        assert_eq!((parts.deed, parts.path), (Deed::Click, "/cart"));
        let known: Vec<_> = parts.element().collect();
        assert_eq!(
            known,
            [
                (Part::Tag, "button"),
                (Part::Role, "button"),
                (Part::Text, "Add to cart"),
                (Part::TestId, "add"),
                (Part::Href, "/cart")
            ]
        );
    }

    #[test]
    fn what_was_typed_is_never_in_it() {
        let element = Described {
            tag: Cow::Borrowed("TEXTAREA"),
            text: Cow::Borrowed("my secret"),
            ..Described::default()
        };
        for did in [Did::Fill(element.clone()), Did::Click(element.clone()), Did::Submit(element)] {
            assert!(!key(&did).contains("secret"));
        }
    }

    #[test]
    fn it_gets_coarser_and_ends() {
        let mut key = key(&Did::Click(Described { tag: "a".into(), ..Described::default() }));
        let mut steps = vec![];
        while let Some(next) = coarser(&key) {
            key = next;
            steps.push(key.clone());
            assert!(steps.len() < 10);
        }
        assert_eq!(steps, ["C/cart", "V/*"]);
    }
}
