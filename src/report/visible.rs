//! Text of pages and analytics made harmless for a terminal or a log: what could move the
//! cursor, change colours or turn the reading direction is shown, not done. Escaping for HTML,
//! XML or Markdown is each format's own.

use std::borrow::Cow;

/// One line: control characters, line breaks and characters that turn the reading direction
/// become escapes such as `\u{1b}` and `\n`.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_dangerous) {
        return Cow::Borrowed(text);
    }
    let mut visible = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_dangerous(c) {
            visible.extend(c.escape_default());
        } else {
            visible.push(c);
        }
    }
    Cow::Owned(visible)
}

/// Several lines: as [`line()`], but line breaks stay.
#[must_use]
pub fn lines(text: &str) -> String {
    let lines: Vec<Cow<'_, str>> = text.lines().map(|l| line(l.trim_end())).collect();
    lines.join("\n")
}

/// Controls (C0, C1, DEL), line and paragraph separators, and the bidirectional controls that
/// make a text read otherwise than it is (<https://www.unicode.org/reports/tr36/>).
const fn is_dangerous(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{61c}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_would_act() {
        assert_eq!(line("\x1b[31mred\x07"), "\\u{1b}[31mred\\u{7}");
        assert_eq!(line("a\r\nb"), "a\\r\\nb");
        assert_eq!(line("user\u{202e}gpj.exe"), "user\\u{202e}gpj.exe");
        assert_eq!(line("Grüße, עולם — 你好 🙂"), "Grüße, עולם — 你好 🙂");
        assert_eq!(lines("a\x1b\r\nb\n"), "a\\u{1b}\nb");
    }

    proptest::proptest! {
        #[test]
        fn nothing_that_acts_is_left(text in "\\PC*|.*") {
            proptest::prop_assert!(!line(&text).chars().any(char::is_control));
        }
    }
}
