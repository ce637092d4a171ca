//! Keys and chords: from `Control+A` to WebDriver's code points and actions. It sends nothing.

use serde_json::{Value, json};
use std::time::Duration;

use super::BrowserError;

const ENTER: char = '\u{E007}';
const SHIFT: char = '\u{E008}';

/// Keys that people call by a name: WebDriver's code points
/// (<https://www.w3.org/TR/webdriver2/#keyboard-actions>), what pages are told as `key` and `code`
/// (<https://www.w3.org/TR/uievents-code/>), and the browsers' old number for them.
const NAMED: [(&str, char, &str, &str, u8); 34] = [
    ("Enter", ENTER, "Enter", "Enter", 13),
    ("Tab", '\u{E004}', "Tab", "Tab", 9),
    ("Escape", '\u{E00C}', "Escape", "Escape", 27),
    ("Backspace", '\u{E003}', "Backspace", "Backspace", 8),
    ("Delete", '\u{E017}', "Delete", "Delete", 46),
    ("Insert", '\u{E016}', "Insert", "Insert", 45),
    ("Space", ' ', " ", "Space", 32),
    ("ArrowLeft", '\u{E012}', "ArrowLeft", "ArrowLeft", 37),
    ("ArrowUp", '\u{E013}', "ArrowUp", "ArrowUp", 38),
    ("ArrowRight", '\u{E014}', "ArrowRight", "ArrowRight", 39),
    ("ArrowDown", '\u{E015}', "ArrowDown", "ArrowDown", 40),
    ("Home", '\u{E011}', "Home", "Home", 36),
    ("End", '\u{E010}', "End", "End", 35),
    ("PageUp", '\u{E00E}', "PageUp", "PageUp", 33),
    ("PageDown", '\u{E00F}', "PageDown", "PageDown", 34),
    ("Shift", SHIFT, "Shift", "ShiftLeft", 16),
    ("Control", '\u{E009}', "Control", "ControlLeft", 17),
    ("Alt", '\u{E00A}', "Alt", "AltLeft", 18),
    ("Meta", '\u{E03D}', "Meta", "MetaLeft", 91),
    ("F1", '\u{E031}', "F1", "F1", 112),
    ("F2", '\u{E032}', "F2", "F2", 113),
    ("F3", '\u{E033}', "F3", "F3", 114),
    ("F4", '\u{E034}', "F4", "F4", 115),
    ("F5", '\u{E035}', "F5", "F5", 116),
    ("F6", '\u{E036}', "F6", "F6", 117),
    ("F7", '\u{E037}', "F7", "F7", 118),
    ("F8", '\u{E038}', "F8", "F8", 119),
    ("F9", '\u{E039}', "F9", "F9", 120),
    ("F10", '\u{E03A}', "F10", "F10", 121),
    ("F11", '\u{E03B}', "F11", "F11", 122),
    ("F12", '\u{E03C}', "F12", "F12", 123),
    ("Ctrl", '\u{E009}', "Control", "ControlLeft", 17),
    ("Esc", '\u{E00C}', "Escape", "Escape", 27),
    ("Plus", '+', "+", "Equal", 187),
];

/// What other keys than letters write on a keyboard of the United States, without Shift and with
/// it: their `code` and their old number.
const WRITING: [(&str, &str, u8); 21] = [
    ("0)", "Digit0", 48),
    ("1!", "Digit1", 49),
    ("2@", "Digit2", 50),
    ("3#", "Digit3", 51),
    ("4$", "Digit4", 52),
    ("5%", "Digit5", 53),
    ("6^", "Digit6", 54),
    ("7&", "Digit7", 55),
    ("8*", "Digit8", 56),
    ("9(", "Digit9", 57),
    (";:", "Semicolon", 186),
    ("=+", "Equal", 187),
    (",<", "Comma", 188),
    ("-_", "Minus", 189),
    (".>", "Period", 190),
    ("/?", "Slash", 191),
    ("`~", "Backquote", 192),
    ("[{", "BracketLeft", 219),
    ("\\|", "Backslash", 220),
    ("]}", "BracketRight", 221),
    ("'\"", "Quote", 222),
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
            if let Some((_, code, ..)) =
                NAMED.iter().find(|named| named.0.eq_ignore_ascii_case(part))
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
            let shifted = keys.contains(&SHIFT);
            if keys.len() > 1
                && !shifted
                && let Some(last) = keys.last_mut()
            {
                *last = last.to_lowercase().next().unwrap_or(*last);
            }
            keys
        })
}

/// The keys that write a text, each a chord of its own.
pub(super) fn letters(text: &str) -> Vec<Vec<char>> {
    text.chars().map(|letter| vec![if letter == '\n' { ENTER } else { letter }]).collect()
}

/// The actions of chords, each all down in order and all up in reverse, with a pause after each.
pub(super) fn actions(chords: &[Vec<char>], pause: Duration) -> Value {
    let stroke = |kind: &str, key: &char| json!({ "type": kind, "value": key.to_string() });
    let mut actions = Vec::new();
    for chord in chords {
        actions.extend(chord.iter().map(|key| stroke("keyDown", key)));
        actions.extend(chord.iter().rev().map(|key| stroke("keyUp", key)));
        if !pause.is_zero() {
            let ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            actions.push(json!({ "type": "pause", "duration": ms }));
        }
    }
    json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] })
}

/// What the tab is told of a chord, all down in order and all up in reverse.
/// <https://chromedevtools.github.io/devtools-protocol/tot/Input/#method-dispatchKeyEvent>
pub(super) fn strokes(chord: &[char]) -> Vec<Value> {
    let stroke = |kind: &str, letter: char, held: u8| {
        let (key, code, number) = key(letter);
        json!({
            "type": kind, "key": key, "code": code,
            "windowsVirtualKeyCode": number, "modifiers": held,
        })
    };
    let mut held = 0;
    let mut strokes = Vec::with_capacity(chord.len() * 2);
    for &letter in chord {
        held |= modifier(letter);
        let mut down = stroke("rawKeyDown", letter, held);
        // A key writes what it is, unless it is part of a command.
        let text = if letter == ENTER { "\r".to_owned() } else { key(letter).0 };
        if text.chars().count() == 1 && held & !modifier(SHIFT) == 0 {
            down["type"] = json!("keyDown");
            down["text"] = json!(text);
        }
        strokes.push(down);
    }
    for &letter in chord.iter().rev() {
        held &= !modifier(letter);
        strokes.push(stroke("keyUp", letter, held));
    }
    strokes
}

/// The key that writes a letter or has a code point: `key`, `code`, and its old number.
fn key(letter: char) -> (String, String, u8) {
    if let Some((_, _, key, code, number)) = NAMED.iter().find(|named| named.1 == letter) {
        return ((*key).to_owned(), (*code).to_owned(), *number);
    }
    let upper = letter.to_ascii_uppercase();
    if upper.is_ascii_uppercase() {
        return (
            letter.to_string(),
            format!("Key{upper}"),
            u8::try_from(upper).unwrap_or_default(),
        );
    }
    let writing = WRITING.iter().find(|(letters, ..)| letters.contains(letter));
    let (code, number) = writing.map_or(("", 0), |(_, code, number)| (*code, *number));
    (letter.to_string(), code.to_owned(), number)
}

/// The bit of a key that changes what others do.
const fn modifier(letter: char) -> u8 {
    match letter {
        '\u{E00A}' => 1,
        '\u{E009}' => 2,
        '\u{E03D}' => 4,
        SHIFT => 8,
        _ => 0,
    }
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
    fn a_tab_is_told_what_a_keyboard_does() {
        let told = |text: &str| -> Vec<String> {
            let strokes = strokes(&chord(text).expect("a chord"));
            let word = |stroke: &Value, key: &str| match &stroke[key] {
                Value::String(text) => format!("{text:?}"),
                other => other.to_string(),
            };
            let keys = ["type", "key", "code", "windowsVirtualKeyCode", "modifiers", "text"];
            strokes.iter().map(|stroke| keys.map(|key| word(stroke, key)).join(" ")).collect()
        };
        let control_a = [
            r#""rawKeyDown" "Control" "ControlLeft" 17 2 null"#,
            r#""rawKeyDown" "a" "KeyA" 65 2 null"#,
            r#""keyUp" "a" "KeyA" 65 2 null"#,
            r#""keyUp" "Control" "ControlLeft" 17 0 null"#,
        ];
        assert_eq!(told("Control+A"), control_a);
        let enter = [
            r#""keyDown" "Enter" "Enter" 13 0 "\r""#, //
            r#""keyUp" "Enter" "Enter" 13 0 null"#,
        ];
        assert_eq!(told("Enter"), enter);
        assert_eq!(told("Shift+A")[1], r#""keyDown" "A" "KeyA" 65 8 "A""#);
        assert_eq!(told("é")[0], r#""keyDown" "é" "" 0 0 "é""#);
    }

    #[test]
    fn every_key_of_a_keyboard_has_a_place() {
        for letter in ' '..='~' {
            let (written, code, number) = key(letter);
            assert_eq!(written, letter.to_string());
            assert!(!code.is_empty() && number > 0, "{letter} has no place");
        }
        for (name, code, told, ..) in NAMED {
            assert_eq!(chord(name), Ok(vec![code]));
            assert_eq!(key(code).0, told);
        }
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
