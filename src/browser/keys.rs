//! Keys and chords: from `Control+A` to WebDriver's code points and actions. It sends nothing.

use serde_json::{Value, json};
use std::time::Duration;

use super::BrowserError;

/// Names of keys that write no character, with WebDriver's code points
/// (<https://www.w3.org/TR/webdriver2/#keyboard-actions>).
const NAMED: [(&str, char); 34] = [
    ("Enter", '\u{E007}'),
    ("Tab", '\u{E004}'),
    ("Escape", '\u{E00C}'),
    ("Backspace", '\u{E003}'),
    ("Delete", '\u{E017}'),
    ("Insert", '\u{E016}'),
    ("Space", ' '),
    ("ArrowLeft", '\u{E012}'),
    ("ArrowUp", '\u{E013}'),
    ("ArrowRight", '\u{E014}'),
    ("ArrowDown", '\u{E015}'),
    ("Home", '\u{E011}'),
    ("End", '\u{E010}'),
    ("PageUp", '\u{E00E}'),
    ("PageDown", '\u{E00F}'),
    ("Shift", '\u{E008}'),
    ("Control", '\u{E009}'),
    ("Alt", '\u{E00A}'),
    ("Meta", '\u{E03D}'),
    ("F1", '\u{E031}'),
    ("F2", '\u{E032}'),
    ("F3", '\u{E033}'),
    ("F4", '\u{E034}'),
    ("F5", '\u{E035}'),
    ("F6", '\u{E036}'),
    ("F7", '\u{E037}'),
    ("F8", '\u{E038}'),
    ("F9", '\u{E039}'),
    ("F10", '\u{E03A}'),
    ("F11", '\u{E03B}'),
    ("F12", '\u{E03C}'),
    ("Ctrl", '\u{E009}'),
    ("Esc", '\u{E00C}'),
    ("Plus", '+'),
];

/// Longer texts are put in at once: typing them would take minutes and prove nothing.
const TYPED_AT_MOST: usize = 120;

/// The keys of a chord, in the order in which they go down.
pub(super) fn chord(text: &str) -> Result<Vec<char>, BrowserError> {
    let unknown = |key: &str| BrowserError::UnknownKey { key: key.into(), chord: text.into() };
    let trimmed = text.trim();
    if trimmed == "+" {
        return Ok(vec!['+']);
    }
    trimmed
        .split('+')
        .map(|part| {
            let part = part.trim();
            if let Some((_, code)) = NAMED.iter().find(|(name, _)| name.eq_ignore_ascii_case(part))
            {
                return Ok(*code);
            }
            let mut letters = part.chars();
            match (letters.next(), letters.next()) {
                (Some(letter), None) => Ok(letter),
                _ => Err(unknown(part)),
            }
        })
        .collect::<Result<Vec<_>, _>>()
        .map(|mut keys| {
            // `Control+A` means the key, not a capital letter; `Shift+A` does.
            let shifted = keys.contains(&'\u{E008}');
            if keys.len() > 1
                && !shifted
                && let Some(last) = keys.last_mut()
            {
                *last = last.to_lowercase().next().unwrap_or(*last);
            }
            keys
        })
}

/// The actions of a chord: all down in order, all up in reverse.
pub(super) fn chord_actions(keys: &[char]) -> Value {
    let down = keys.iter().map(|key| json!({ "type": "keyDown", "value": key.to_string() }));
    let up = keys.iter().rev().map(|key| json!({ "type": "keyUp", "value": key.to_string() }));
    keyboard(&down.chain(up).collect::<Vec<_>>())
}

/// The actions of typing a text, with a pause after each key where one is given.
pub(super) fn typing(text: &str, pause: Option<Duration>) -> Value {
    let mut actions = Vec::with_capacity(text.len() * 2);
    for letter in text.chars() {
        let key = if letter == '\n' { '\u{E007}' } else { letter };
        actions.push(json!({ "type": "keyDown", "value": key.to_string() }));
        actions.push(json!({ "type": "keyUp", "value": key.to_string() }));
        if let Some(pause) = pause {
            let ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            actions.push(json!({ "type": "pause", "duration": ms }));
        }
    }
    keyboard(&actions)
}

fn keyboard(actions: &[Value]) -> Value {
    json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] })
}

/// Whether a text can be typed key by key and arrive exactly: short, one code unit a character,
/// and nothing that joins with its neighbour.
pub(super) fn is_typeable(text: &str) -> bool {
    text.chars().nth(TYPED_AT_MOST).is_none()
        && text.chars().all(|c| c == '\n' || (!c.is_control() && c < '\u{300}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_are_read_as_people_write_them() {
        assert_eq!(chord("Enter"), Ok(vec!['\u{E007}']));
        assert_eq!(chord("control+A"), Ok(vec!['\u{E009}', 'a']));
        assert_eq!(chord("Shift+A"), Ok(vec!['\u{E008}', 'A']));
        assert_eq!(chord("+"), Ok(vec!['+']));
        assert!(
            matches!(chord("Hyper+X"), Err(BrowserError::UnknownKey { key, .. }) if key == "Hyper")
        );
    }

    #[test]
    fn only_plain_short_texts_are_typed() {
        assert!(is_typeable("Grüße, “x”".trim_matches(|c: char| "“x”".contains(c))));
        assert!(is_typeable("a\nb"));
        assert!(!is_typeable("🙂"));
        assert!(!is_typeable("שלום"));
        assert!(!is_typeable("e\u{301}"));
        assert!(!is_typeable("a\tb"));
        assert!(!is_typeable(&"x".repeat(200)));
    }
}
