//! Datadog's `composed_path_selector`: the element that was clicked and those around it, each with
//! its tag, id and the attributes that tell it apart. It describes; nobody queries by it.
//! <https://docs.datadoghq.com/real_user_monitoring/browser/tracking_user_actions/>

use std::borrow::Cow;

use super::super::seen::Described;

/// How far above the target one looks for what people act on.
const FAR: usize = 6;

/// The element that was acted on: the target, or the first thing around it that people act on.
pub(super) fn target(path: &str) -> Described<'static> {
    let mut rest = path;
    let mut first = None;
    for _ in 0..FAR {
        let element = element(&mut rest);
        if element.tag.is_empty() {
            break;
        }
        if element.is_interactive() {
            return element;
        }
        first.get_or_insert(element);
    }
    first.unwrap_or_default()
}

/// Takes `TAG#id[name="value"].class:nth-child(2);` off the front.
fn element(rest: &mut &str) -> Described<'static> {
    let mut element =
        Described { tag: Cow::Owned(word(rest).to_ascii_lowercase()), ..Described::default() };
    while let Some(mark) = rest.chars().next() {
        *rest = &rest[mark.len_utf8()..];
        match mark {
            ';' => break,
            '#' => element.id = Cow::Owned(word(rest)),
            '[' => {
                let name = word(rest);
                *rest = rest.strip_prefix("=\"").unwrap_or(rest);
                let value = until(rest, |c| c == '"');
                *rest = rest.strip_prefix("\"]").unwrap_or(rest);
                element.attribute(&name, Cow::Owned(value));
            }
            _ => {
                word(rest);
            }
        }
    }
    element
}

/// Takes what stands before the next mark.
fn word(rest: &mut &str) -> String {
    until(rest, |c| matches!(c, ';' | '#' | '[' | '.' | ':' | '=' | '"' | ']'))
}

/// Takes what stands before such a character; a backslash takes the next as it is.
fn until(rest: &mut &str, ends: fn(char) -> bool) -> String {
    let mut taken = String::new();
    let mut chars = rest.char_indices();
    while let Some((at, c)) = chars.next() {
        if ends(c) {
            *rest = &rest[at..];
            return taken;
        }
        match c {
            '\\' => taken.extend(chars.next().map(|(_, c)| c)),
            c => taken.push(c),
        }
    }
    *rest = "";
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_act_on_is_found_around_the_target() {
        let found = target(
            "SPAN;BUTTON[data-testid=\"a\\\"d;d\"][type=\"button\"].btn.md\\:flex:nth-child(5);MAIN#mug:nth-child(2);",
        );
        assert_eq!((&*found.tag, &*found.test_id, &*found.kind), ("button", "a\"d;d", "button"));
        let found = target("INPUT#q[type=\"search\"]:nth-child(2);FORM#search;");
        assert_eq!((&*found.tag, &*found.id, &*found.kind), ("input", "q", "search"));
        assert_eq!(&*target("DIV.x;SECTION#y;").tag, "div");
    }

    proptest::proptest! {
        #[test]
        fn any_text_comes_to_an_end(path in "\\PC*") {
            target(&path);
        }
    }
}
