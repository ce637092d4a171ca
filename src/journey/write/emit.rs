//! YAML text as a person would write it: short maps and lists on one line, long ones in blocks,
//! quotes only where they are needed. It knows nothing of journeys.

use std::fmt::Write as _;

/// A value to be written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Yaml {
    /// A text, quoted where YAML would take it for something else.
    Text(String),
    /// A number, a flag, or nothing: written as it is.
    Plain(String),
    /// A list.
    Seq(Vec<Yaml>),
    /// A map in this order.
    Map(Vec<(String, Yaml)>),
    /// A list or map that is never put on one line.
    Open(Box<Yaml>),
}

impl Yaml {
    /// A text.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number or flag.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "it reads well with numbers, which are copied"
    )]
    pub(super) fn plain(value: impl ToString) -> Self {
        Self::Plain(value.to_string())
    }

    /// A number in the shortest form that reads back as the same.
    pub(super) fn number(value: f64) -> Self {
        let small = value != 0.0 && value.abs() < 1e-5;
        Self::Plain(if small || value.abs() >= 1e15 {
            format!("{value:e}")
        } else {
            value.to_string()
        })
    }

    /// The same, but never on one line.
    pub(super) fn open(self) -> Self {
        Self::Open(Box::new(self))
    }
}

/// The longest line that a list or map on one line may make.
const WIDTH: usize = 100;

/// The longest key that YAML takes without a question mark, in bytes of its quoted form.
const LONGEST_KEY: usize = 1000;

/// Writes the entries of the top-level map.
pub(super) fn document(out: &mut String, entries: &[(String, Yaml)]) {
    map(out, entries, 0);
}

/// Where the value that comes next stands.
#[derive(Clone, Copy, PartialEq)]
enum After {
    Key,
    Dash,
}

/// Writes a value after `key:` or `-`, with the line's end.
fn value(out: &mut String, node: &Yaml, indent: usize, after: After) {
    let column = out.len() - out.rfind('\n').map_or(0, |at| at + 1);
    if let Some(line) = one_line(node, WIDTH.saturating_sub(column)) {
        if !line.is_empty() {
            out.push(' ');
        }
        out.push_str(&line);
        out.push('\n');
        return;
    }
    match node {
        Yaml::Open(node) => block(out, node, indent, after),
        node => block(out, node, indent, after),
    }
}

fn block(out: &mut String, node: &Yaml, indent: usize, after: After) {
    match node {
        Yaml::Text(text) if is_literal(text) => {
            out.push_str(if text.ends_with('\n') { " |\n" } else { " |-\n" });
            for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
                if !line.is_empty() {
                    let _ = write!(out, "{:indent$}{line}", "", indent = indent + 2);
                }
                out.push('\n');
            }
        }
        Yaml::Text(_) | Yaml::Plain(_) => {
            out.push(' ');
            out.push_str(&one_line(node, usize::MAX).unwrap_or_default());
            out.push('\n');
        }
        Yaml::Open(node) => block(out, node, indent, after),
        Yaml::Seq(items) => {
            out.push('\n');
            for item in items {
                let _ = write!(out, "{:indent$}-", "", indent = indent + 2);
                value(out, item, indent + 2, After::Dash);
            }
        }
        Yaml::Map(entries) if after == After::Dash => {
            out.push(' ');
            let start = out.len();
            map(out, entries, indent + 2);
            // The first key stands on the line of the dash.
            out.replace_range(start..start + indent + 2, "");
        }
        Yaml::Map(entries) => {
            out.push('\n');
            map(out, entries, indent + 2);
        }
    }
}

fn map(out: &mut String, entries: &[(String, Yaml)], indent: usize) {
    for (key, node) in entries {
        let key = scalar(key);
        if key.len() > LONGEST_KEY {
            let _ = write!(out, "{:indent$}? {key}\n{:indent$}:", "", "");
        } else {
            let _ = write!(out, "{:indent$}{key}:", "");
        }
        value(out, node, indent, After::Key);
    }
}

/// The value on one line of at most so many bytes; `None` where it needs a block.
fn one_line(node: &Yaml, width: usize) -> Option<String> {
    match node {
        Yaml::Plain(text) => Some(text.clone()),
        Yaml::Text(text) => (!is_literal(text)).then(|| scalar(text)),
        Yaml::Open(_) => None,
        Yaml::Seq(items) => {
            let mut line = String::from("[");
            for (n, item) in items.iter().enumerate() {
                line.push_str(if n == 0 { "" } else { ", " });
                line.push_str(&one_line(item, width.checked_sub(line.len())?)?);
            }
            line.push(']');
            (line.len() <= width).then_some(line)
        }
        Yaml::Map(entries) => {
            let mut line = String::from("{");
            for (n, (key, node)) in entries.iter().enumerate() {
                line.push_str(if n == 0 { " " } else { ", " });
                line.push_str(&scalar(key));
                line.push_str(": ");
                line.push_str(&one_line(node, width.checked_sub(line.len())?)?);
            }
            line.push_str(" }");
            (line.len() <= width).then_some(line)
        }
    }
}

/// Several lines that a literal block shows as they are.
fn is_literal(text: &str) -> bool {
    let lines = text.strip_suffix('\n').unwrap_or(text);
    lines.contains('\n')
        && !lines.starts_with([' ', '\n', '\t'])
        && !lines.ends_with('\n')
        && text.chars().all(|c| c == '\n' || is_shown(c))
}

/// A text on one line, in quotes where YAML needs them.
fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_shown(c) => out.push(c),
            c => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
        }
    }
    out.push('"');
    out
}

/// Whether a character may stand in a file as it is: no control character, no line or
/// paragraph separator, nothing that turns the direction of writing, no byte order mark.
fn is_shown(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a text needs no quotes, for every YAML reader of either version.
/// Readers differ in what a colon before punctuation means inside braces.
fn colons_are_inside(text: &str) -> bool {
    text.split(':').skip(1).all(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '/'))
}

fn is_plain(text: &str) -> bool {
    if text.starts_with("http://") || text.starts_with("https://") {
        let holds = |c: char| c.is_ascii_alphanumeric() || "/_.:-".contains(c);
        return text.chars().all(holds) && !text.ends_with(':');
    }
    let begins = |c: char| c.is_alphanumeric() || matches!(c, '/' | '_' | '.' | '(');
    let holds = |c: char| c.is_alphanumeric() || " /_.:-()+'=;*$&?!".contains(c);
    text.starts_with(begins)
        && text.chars().all(holds)
        && !text.ends_with([' ', ':'])
        && colons_are_inside(text)
        && !is_another_type(text)
}

/// What some reader would take for a number, a time of day, a flag or nothing.
fn is_another_type(text: &str) -> bool {
    const WORDS: [&str; 12] =
        ["true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", ".nan", ".inf"];
    let digits = text.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
        || text.parse::<f64>().is_ok()
        || (digits && text.chars().all(|c| c.is_ascii_hexdigit() || "xo_.:".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_only_what_needs_them() {
        for plain in
            ["Save", "1 item", "/product/:slug", "3.1s", "Café", "https://a.b:80/x", "it's"]
        {
            assert_eq!(scalar(plain), plain);
        }
        for text in [
            "", "no", "NULL", "~", "0755", "1e3", "0x1f", "12:30", "- x", "a: b", "a #b", "{{x}}",
            "#add", "x:", " x", "[a", "a, b", "*", "&x", "!t", "|", "> x", "@x", "\u{85}", "a\tb",
            "a:?",
        ] {
            assert!(scalar(text).starts_with('"'), "{text}");
        }
    }

    #[test]
    fn breaks_only_what_is_long() {
        let short =
            Yaml::Map(vec![("a".into(), Yaml::Seq(vec![Yaml::plain(1), Yaml::text("b c")]))]);
        let long = Yaml::Map(vec![("text".into(), Yaml::text("word ".repeat(25)))]);
        let steps = Yaml::Seq(vec![short.clone().open(), long.open()]).open();
        let mut out = String::new();
        document(&mut out, &[("top".into(), short), ("steps".into(), steps)]);
        insta::assert_snapshot!(out);
    }
}
