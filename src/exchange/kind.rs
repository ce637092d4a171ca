//! The kinds of recordings, and how one is told by its content alone.

use std::str::FromStr;

use crate::diagnostic::nearest;

/// What recorded a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Chrome DevTools Recorder: `{ title, steps: […] }`.
    Recorder,
    /// Selenium IDE: a `.side` project.
    Selenium,
    /// rrweb: a list of events, or one event a line.
    Rrweb,
    /// HTTP archive: `{ log: { entries: […] } }`.
    Har,
    /// One address a line.
    Urls,
}

/// A word that names no kind of recording.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {}{}", Kind::words(), near.map(|near| format!("; did you mean {near}?")).unwrap_or_default())]
pub struct UnknownKind {
    near: Option<&'static str>,
}

impl Kind {
    /// Every kind with its word on the command line.
    pub const ALL: [(&'static str, Kind); 5] = [
        ("recorder", Kind::Recorder),
        ("selenium", Kind::Selenium),
        ("rrweb", Kind::Rrweb),
        ("har", Kind::Har),
        ("urls", Kind::Urls),
    ];

    /// The word on the command line, and in a journey's `source`.
    #[must_use]
    pub fn word(self) -> &'static str {
        let named = Self::ALL.iter().find(|(_, kind)| *kind == self);
        named.map(|(word, _)| *word).expect("every kind is in the table")
    }

    /// All words, for messages.
    #[must_use]
    pub fn words() -> String {
        Self::ALL.map(|(word, _)| word).join(", ")
    }

    /// What an entry of such a recording is called.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Kind::Recorder => "step",
            Kind::Selenium => "command",
            Kind::Rrweb => "event",
            Kind::Har => "request",
            Kind::Urls => "line",
        }
    }

    /// The kind that the content speaks of. Only the top of the file is looked at: its keys, not
    /// what is deep inside, where any recording may quote another.
    #[must_use]
    pub fn detect(text: &str) -> Option<Kind> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
        match text.chars().next()? {
            '{' => of_object(text),
            '[' => {
                let first = text[1..].trim_start();
                (first.starts_with('{') && of_object(first) == Some(Kind::Rrweb))
                    .then_some(Kind::Rrweb)
            }
            _ => is_addresses(text).then_some(Kind::Urls),
        }
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<Self, UnknownKind> {
        let known = Self::ALL.iter().find(|(known, _)| *known == word);
        let words = Self::ALL.map(|(word, _)| word);
        known.map(|(_, kind)| *kind).ok_or_else(|| UnknownKind { near: nearest(word, words) })
    }
}

fn of_object(text: &str) -> Option<Kind> {
    let keys = top_keys(text);
    let has = |key: &str| keys.contains(&key);
    if has("log") {
        Some(Kind::Har)
    } else if has("steps") {
        Some(Kind::Recorder)
    } else if has("tests") {
        Some(Kind::Selenium)
    } else if has("type") && has("timestamp") {
        Some(Kind::Rrweb)
    } else {
        None
    }
}

/// The keys of the object that the text begins with, as far as it goes.
fn top_keys(text: &str) -> Vec<&str> {
    let mut keys = Vec::new();
    let mut depth = 0usize;
    let mut string = None;
    let mut escaped = false;
    let mut key = true;
    for (at, c) in text.char_indices() {
        match (string, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(start), '"') => {
                if depth == 1 && key {
                    keys.push(&text[start..at]);
                    key = false;
                }
                string = None;
            }
            (Some(_), _) => {}
            (None, '"') => string = Some(at + 1),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') if depth <= 1 => break,
            (None, '}' | ']') => depth -= 1,
            (None, ',') if depth == 1 => key = true,
            _ => {}
        }
    }
    keys
}

fn is_addresses(text: &str) -> bool {
    text.lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .is_some_and(|line| line.starts_with("http://") || line.starts_with("https://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_by_the_keys_at_the_top() {
        let cases = [
            (r#"{"title":"a","steps":[{"log":1}]}"#, Some(Kind::Recorder)),
            ("\u{feff} {\"id\":\"x\",\"tests\":[{\"steps\":1}]}", Some(Kind::Selenium)),
            (r#"{"log":{"entries":[]}}"#, Some(Kind::Har)),
            (r#"[ {"type":4,"data":{"steps":1},"timestamp":1}]"#, Some(Kind::Rrweb)),
            ("{\"type\":4,\"timestamp\":1}\n{\"type\":2}", Some(Kind::Rrweb)),
            ("# my pages\n\nhttps://example.com/\n", Some(Kind::Urls)),
            (r#"{"a":"steps","b":{"log":1}}"#, None),
            ("[1, 2]", None),
            ("", None),
            ("journey: a", None),
        ];
        for (text, kind) in cases {
            assert_eq!(Kind::detect(text), kind, "{text}");
        }
    }

    #[test]
    fn a_mistyped_kind_is_told_with_the_nearest() {
        assert_eq!("har".parse(), Ok(Kind::Har));
        let told = "recoder".parse::<Kind>().expect_err("it is mistyped").to_string();
        assert!(told.ends_with("did you mean recorder?"), "{told}");
    }
}
