//! PostHog's `elements_chain`: the element that was clicked and those around it, in one text.
//! Elements are joined by `;`, the target first; each is `tag.class1.class2:` and then pairs
//! `key="value"` without anything between them. Quotes in values have a backslash, class names
//! may contain `:`, and `;` may stand in a value.

use std::borrow::Cow;

use super::super::seen::Described;

/// How far from the target the element is looked for that people meant.
const REACH: usize = 6;

/// The element that was meant: the nearest one that people act on, else the target. An empty
/// chain gives an empty element.
pub(super) fn target(chain: &str) -> Described<'_> {
    let mut rest = chain;
    let mut first = None;
    let mut text = Cow::Borrowed("");
    for _ in 0..REACH {
        if rest.is_empty() {
            break;
        }
        let (mut element, after) = element(rest);
        rest = after;
        if text.is_empty() {
            text.clone_from(&element.text);
        }
        if element.is_interactive() {
            // The text often stands in a span inside the button.
            if element.text.is_empty() {
                element.text = text;
            }
            return element;
        }
        first.get_or_insert(element);
    }
    first.unwrap_or_default()
}

/// One element, and what follows it.
fn element(chain: &str) -> (Described<'_>, &str) {
    let end = head_end(chain);
    let (head, mut rest) = chain.split_at(end);
    let tag = head.split('.').next().unwrap_or("");
    let mut found = Described { tag: Cow::Borrowed(tag), ..Described::default() };
    rest = rest.strip_prefix(':').unwrap_or(rest);
    loop {
        if let Some(after) = rest.strip_prefix(';') {
            return (found, after);
        }
        let Some((key, after)) = rest.split_once("=\"") else { return (found, "") };
        let (value, after) = value(after);
        match key {
            "text" => found.text = value,
            "href" => found.href = value,
            "attr_id" => found.id = value,
            _ => {
                if let Some(name) = key.strip_prefix("attr__") {
                    found.attribute(name, value);
                }
            }
        }
        rest = after;
    }
}

/// Where the tag and the classes end: at the `:` before the first pair or before the end of the
/// element, for a class may contain one.
fn head_end(chain: &str) -> usize {
    let bytes = chain.as_bytes();
    let mut colon = None;
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b':' => colon = Some(at),
            b';' => return colon.unwrap_or(at),
            // The key reaches back to the colon.
            b'=' if bytes.get(at + 1) == Some(&b'"') => return colon.unwrap_or(at),
            _ => {}
        }
    }
    colon.unwrap_or(bytes.len())
}

/// A value up to its closing quote, and what follows that.
fn value(text: &str) -> (Cow<'_, str>, &str) {
    let bytes = text.as_bytes();
    let mut from = 0;
    let mut value = Cow::Borrowed("");
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if matches!(bytes.get(at + 1), Some(b'"' | b'\\')) => {
                value += &text[from..at];
                from = at + 1;
                at += 2;
            }
            b'"' => {
                value += &text[from..at];
                return (value, &text[at + 1..]);
            }
            _ => at += 1,
        }
    }
    value += &text[from..];
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_element_that_was_meant() {
        let chain = r#"span.label:nth-child="1"nth-of-type="1"text="Add to \"cart\"; now";button.btn.md:flex.w-1/2:attr__class="btn md:flex w-1/2"attr__data-testid="add"attr__type="submit"attr_id="add"nth-child="2"nth-of-type="1";div:nth-child="0""#;
        let element = target(chain);
        assert_eq!(&*element.tag, "button");
        assert_eq!(&*element.test_id, "add");
        assert_eq!(&*element.text, "Add to \"cart\"; now");
        assert_eq!(&*element.id, "add");
        assert_eq!(&*element.kind, "submit");
    }

    #[test]
    fn takes_a_target_that_nobody_acts_on_and_odd_forms() {
        assert_eq!(&*target("div.card:text=\"Hello\";body:").text, "Hello");
        assert_eq!(&*target("a:href=\"/cart\"text=\"\"").href, "/cart");
        assert_eq!(&*target("a").tag, "a");
        assert_eq!(&*target("div;a:attr__href=\"/x\"").href, "/x");
        assert_eq!(&*target("").tag, "");
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(chain in "\\PC*|[a-z.:;=\"\\\\]*") {
            let _ = target(&chain);
        }
    }
}
