//! From other tools' selectors to locators: what a CSS selector or XPath says of the element
//! beside how to find it.

use crate::journey::{By, Locator, TEST_ATTRIBUTES, Target};

/// Alternatives in their order, none of them twice.
#[derive(Debug, Default)]
pub(super) struct Ways(Vec<Locator>);

impl Ways {
    /// Adds a way unless it is there, empty, or would be taken for a variable.
    pub(super) fn add(&mut self, locator: Locator) {
        let text = format!("{}{}", locator.by.text(), locator.by.name().unwrap_or_default());
        let usable = !text.trim().is_empty() && super::draft::literal(&text).is_ok();
        let blank_name = matches!(&locator.by, By::Role { role, name: Some(name) } if role.trim().is_empty() || name.trim().is_empty());
        if usable && !blank_name && !self.0.contains(&locator) {
            self.0.push(locator);
        }
    }

    /// The target, where there is a way at all.
    pub(super) fn target(self) -> Option<Target> {
        Target::new(self.0)
    }
}

/// A way whose text must match whole.
pub(super) const fn exactly(by: By) -> Locator {
    Locator { by, exact: true, nth: None }
}

/// A CSS selector, as a test id where it is nothing else.
pub(super) fn css(selector: &str) -> Locator {
    let selector = selector.trim();
    Locator::new(test_id(selector).map_or_else(|| By::Css(selector.to_owned()), By::TestId))
}

/// The value of a test attribute, where a selector (or its last part) asks for one alone.
fn test_id(selector: &str) -> Option<String> {
    let inner = selector.trim_start_matches('*').strip_prefix('[')?.strip_suffix(']')?;
    let (name, value) = inner.split_once('=')?;
    let value = unquoted(value.trim())?;
    (TEST_ATTRIBUTES.contains(&name.trim()) && !value.contains(['[', ']', '\\', '"', '\'']))
        .then(|| value.to_owned())
}

fn unquoted(value: &str) -> Option<&str> {
    let inside = |quote| value.strip_prefix(quote).and_then(|v: &str| v.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).or_else(|| (!value.is_empty()).then_some(value))
}

/// A text as a CSS string.
pub(super) fn css_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' | '\r' | '\u{c}' | '\0' => out.push_str(&format!("\\{:x} ", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// An element by its attribute: `[name="q"]`.
pub(super) fn by_attribute(name: &str, value: &str) -> Locator {
    css(&format!("[{name}={}]", css_string(value)))
}

/// The tag that a CSS selector or XPath ends with.
pub(super) fn tag(selector: &str) -> Option<String> {
    let mut last = 0;
    let mut depth = 0usize;
    let mut quote = None;
    for (at, c) in selector.char_indices() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => depth = depth.saturating_sub(1),
            (None, ' ' | '>' | '+' | '~' | '/') if depth == 0 => last = at + c.len_utf8(),
            _ => {}
        }
    }
    let tail = &selector[last..];
    let end = tail.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tail.len());
    let fits = tail[end..].chars().next().is_none_or(|c| matches!(c, '.' | '#' | '[' | ':'));
    let tag = &tail[..end];
    (fits && tag.starts_with(|c: char| c.is_ascii_alphabetic())).then(|| tag.to_ascii_lowercase())
}

/// The role of a tag that has one whatever its attributes.
pub(super) fn role_of_tag(tag: &str) -> Option<&'static str> {
    Some(match tag {
        "a" => "link",
        "button" | "summary" => "button",
        "select" => "combobox",
        "textarea" => "textbox",
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => "heading",
        "img" => "img",
        "li" => "listitem",
        "option" => "option",
        _ => return None,
    })
}

/// The CSS selector among the alternatives, for what only a script can do.
pub(super) fn as_css(target: &Target) -> Option<String> {
    target.alternatives().iter().find_map(|locator| match &locator.by {
        _ if locator.nth.is_some() => None,
        By::Css(css) => Some(css.clone()),
        By::TestId(id) => {
            let one = |name: &&str| format!("[{name}={}]", css_string(id));
            Some(TEST_ATTRIBUTES.iter().map(one).collect::<Vec<_>>().join(", "))
        }
        By::Placeholder(text) => Some(format!("[placeholder={}]", css_string(text))),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_ids_and_tags_are_seen_in_selectors() {
        assert_eq!(css("[data-testid='add']").by, By::TestId("add".into()));
        assert_eq!(css("*[data-test=\"a b\"]").by, By::TestId("a b".into()));
        assert_eq!(
            css("[data-testid='a'] [x='b']").by,
            By::Css("[data-testid='a'] [x='b']".into())
        );
        assert_eq!(css("#add").by, By::Css("#add".into()));
        for (selector, is) in [
            ("form > select.big", Some("select")),
            ("//*[@id=\"a/b\"]/button[2]", Some("button")),
            ("#x", None),
            ("div input[name='a b']", Some("input")),
            ("my-app", None),
            ("//*[@id=\"x\"]", None),
        ] {
            assert_eq!(tag(selector).as_deref(), is, "{selector}");
        }
        assert_eq!(css_string("a\"\n"), "\"a\\\"\\a \"");
    }
}
