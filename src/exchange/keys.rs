//! The names of keys in other tools, as journeys write them.

/// Names that mean the same everywhere, as journeys write them.
const SAME: [&str; 31] = [
    "Enter",
    "Tab",
    "Escape",
    "Backspace",
    "Delete",
    "Insert",
    "Space",
    "ArrowLeft",
    "ArrowUp",
    "ArrowRight",
    "ArrowDown",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "Shift",
    "Control",
    "Alt",
    "Meta",
    "F1",
    "F2",
    "F3",
    "F4",
    "F5",
    "F6",
    "F7",
    "F8",
    "F9",
    "F10",
    "F11",
    "F12",
];

/// Names of DevTools and Selenium IDE (without `KEY_`), in upper case and without underscores.
const OTHERWISE: [(&str, &str); 28] = [
    ("ESC", "Escape"),
    ("CTRL", "Control"),
    ("COMMAND", "Meta"),
    ("LEFT", "ArrowLeft"),
    ("UP", "ArrowUp"),
    ("RIGHT", "ArrowRight"),
    ("DOWN", "ArrowDown"),
    ("PGUP", "PageUp"),
    ("PGDN", "PageDown"),
    ("BKSP", "Backspace"),
    ("BACKSPACE", "Backspace"),
    ("DEL", "Delete"),
    ("INS", "Insert"),
    ("RETURN", "Enter"),
    ("NUMPADENTER", "Enter"),
    ("SHIFTLEFT", "Shift"),
    ("SHIFTRIGHT", "Shift"),
    ("CONTROLLEFT", "Control"),
    ("CONTROLRIGHT", "Control"),
    ("ALTLEFT", "Alt"),
    ("ALTRIGHT", "Alt"),
    ("METALEFT", "Meta"),
    ("METARIGHT", "Meta"),
    ("SPACEBAR", "Space"),
    ("ADD", "Plus"),
    ("NUMPADADD", "Plus"),
    ("PLUS", "Plus"),
    ("CONTROL", "Control"),
];

/// The key as journeys write it; `None` where they have no name for it.
pub(super) fn name(key: &str) -> Option<String> {
    let mut letters = key.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return Some(match letter {
            ' ' => "Space".to_owned(),
            '+' => "Plus".to_owned(),
            '\r' | '\n' => "Enter".to_owned(),
            '\t' => "Tab".to_owned(),
            c if c.is_control() || c.is_whitespace() => return None,
            c => c.to_string(),
        });
    }
    if let Some(same) = SAME.iter().find(|same| same.eq_ignore_ascii_case(key)) {
        return Some((*same).to_owned());
    }
    let plain = key.replace('_', "").to_ascii_uppercase();
    if let Some((_, ours)) = OTHERWISE.iter().find(|(theirs, _)| *theirs == plain) {
        return Some((*ours).to_owned());
    }
    let code = plain.strip_prefix("KEY").or_else(|| plain.strip_prefix("DIGIT"));
    let code = code.or_else(|| plain.strip_prefix("NUMPAD")).filter(|code| code.len() == 1);
    code.map(str::to_ascii_lowercase).or_else(|| {
        SAME.iter().find(|same| same.to_ascii_uppercase() == plain).map(|s| (*s).to_owned())
    })
}

/// Whether a key, as journeys write it, is held while another is pressed.
pub(super) fn is_modifier(name: &str) -> bool {
    matches!(name, "Shift" | "Control" | "Alt" | "Meta")
}

/// A chord of modifiers and a key.
pub(super) fn chord(held: &[String], key: &str) -> String {
    let mut all: Vec<&str> = held.iter().map(String::as_str).collect();
    all.push(key);
    all.join("+")
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn keys_of_other_tools_have_our_names() {
        let cases = [
            ("Enter", "Enter"),
            ("ShiftLeft", "Shift"),
            ("KeyA", "a"),
            ("A", "A"),
            (" ", "Space"),
            ("+", "Plus"),
            ("PAGE_UP", "PageUp"),
            ("LEFT", "ArrowLeft"),
            ("BKSP", "Backspace"),
            ("Numpad7", "7"),
        ];
        for (theirs, ours) in cases {
            assert_eq!(name(theirs).as_deref(), Some(ours), "{theirs}");
        }
        assert_eq!(name("MediaPlay"), None);
        assert_eq!(name(""), None);
    }
}
