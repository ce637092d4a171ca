//! What an element of a recorded page is called: the same ways in which a walker looks for it,
//! best first, each tried on the recorded page so that it finds this element and no other.

use super::dom::{Dom, Id, Kind};
use crate::exchange::locate::{self, Ways};
use crate::journey::TEST_ATTRIBUTES;
use crate::journey::{By, Locator, Target};

/// Names and texts longer than this are no names.
const LONGEST: usize = 60;
/// How many ways to find an element are kept beside a path.
const MOST_WAYS: usize = 3;

/// The element that a person meant who hit this node: a button, not the picture in it.
pub(super) fn meant(dom: &Dom, hit: Id) -> Option<Id> {
    let element = dom.ancestors(hit).find(|id| dom.tag(*id).is_some())?;
    let acts = |id: &Id| {
        let tag = dom.tag(*id).unwrap_or_default();
        matches!(
            tag,
            "a" | "button" | "input" | "select" | "textarea" | "label" | "summary" | "option"
        ) || dom.attribute(*id, "role").is_some_and(|role| {
            matches!(
                role,
                "button" | "link" | "tab" | "menuitem" | "option" | "checkbox" | "radio" | "switch"
            )
        })
    };
    Some(dom.ancestors(element).take(6).find(acts).unwrap_or(element))
}

/// The ways to find an element again.
pub(super) fn target(dom: &Dom, id: Id) -> Option<Target> {
    dom.tag(id)?;
    let all = dom.elements();
    let found = |by: &By| -> Vec<Id> {
        all.iter().copied().filter(|other| finds(dom, by, *other)).collect()
    };
    let (mut alone, mut among) = (Vec::new(), Vec::new());
    for by in ways(dom, id) {
        let matches = found(&by);
        match matches.iter().position(|other| *other == id) {
            Some(_) if matches.len() == 1 => alone.push(Locator::new(by)),
            Some(place) => {
                let nth = u32::try_from(place + 1).ok();
                among.push(Locator { by, exact: false, nth });
            }
            None => {}
        }
    }
    let mut ways = Ways::default();
    for way in alone.into_iter().chain(among).take(MOST_WAYS) {
        ways.add(way);
    }
    ways.add(Locator::new(By::Css(path(dom, id))));
    ways.target()
}

fn ways(dom: &Dom, id: Id) -> Vec<By> {
    let attribute = |name| dom.attribute(id, name).map(str::to_owned).filter(|v| usable(v));
    let name = name(dom, id).filter(|name| usable(name));
    let mut ways = Vec::new();
    ways.extend(test_id(dom, id).map(By::TestId));
    if let (Some(role), Some(name)) = (role(dom, id), name) {
        ways.push(By::Role { role: role.to_owned(), name: Some(name) });
    }
    ways.extend(label(dom, id).filter(|label| usable(label)).map(By::Label));
    ways.extend(attribute("placeholder").map(By::Placeholder));
    ways.extend(attribute("alt").map(By::Alt));
    let is_field = matches!(dom.tag(id), Some("input" | "select" | "textarea"));
    let text = Some(fold(&content(dom, id))).filter(|text| !is_field && usable(text));
    ways.extend(text.map(By::Text));
    let stable = |id: &String| !id.chars().any(|c| c.is_ascii_digit());
    let own = attribute("id").filter(stable).map(|id| locate::by_attribute("id", &id).by);
    ways.extend(own);
    ways
}

/// Whether a way finds an element, as `assets/page/find.js` would.
fn finds(dom: &Dom, by: &By, id: Id) -> bool {
    match by {
        By::TestId(value) => test_id(dom, id).as_ref() == Some(value),
        By::Role { role: wanted, name: wanted_name } => {
            role(dom, id) == Some(wanted) && name(dom, id) == *wanted_name
        }
        By::Label(wanted) => label(dom, id).as_ref() == Some(wanted),
        By::Placeholder(wanted) => dom.attribute(id, "placeholder") == Some(wanted),
        By::Alt(wanted) => dom.attribute(id, "alt") == Some(wanted),
        By::Text(wanted) => {
            let has = |id| fold(&content(dom, id)) == *wanted;
            let children = || dom.node(id).into_iter().flat_map(|node| node.children.iter());
            has(id) && !children().any(|child| dom.tag(*child).is_some() && has(*child))
        }
        By::Css(css) => dom
            .attribute(id, "id")
            .is_some_and(|own| locate::by_attribute("id", own).by == By::Css(css.clone())),
        By::Title(_) | By::Xpath(_) => false,
    }
}

fn usable(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty()
        && text.chars().count() <= LONGEST
        && !is_masked(text)
        && crate::exchange::draft::literal(text).is_ok()
}

/// Whether the recorder put stars in place of a text.
pub(super) fn is_masked(text: &str) -> bool {
    let mut letters = text.chars().filter(|c| !c.is_whitespace()).peekable();
    letters.peek().is_some() && letters.all(|c| c == '*')
}

fn test_id(dom: &Dom, id: Id) -> Option<String> {
    let value = TEST_ATTRIBUTES.iter().find_map(|name| dom.attribute(id, name))?;
    Some(value.to_owned()).filter(|value| !value.trim().is_empty())
}

/// The role, as `assets/page/name.js` has it for what people act upon.
pub(super) fn role(dom: &Dom, id: Id) -> Option<&str> {
    let explicit = dom.attribute(id, "role").and_then(|role| role.split_whitespace().next());
    if explicit.is_some() {
        return explicit.filter(|role| !matches!(*role, "none" | "presentation"));
    }
    let tag = dom.tag(id)?;
    match tag {
        "a" | "area" => dom.attribute(id, "href").map(|_| "link"),
        "input" => Some(match input_type(dom, id).as_str() {
            "button" | "submit" | "reset" | "image" | "color" | "file" => "button",
            "checkbox" => "checkbox",
            "radio" => "radio",
            "range" => "slider",
            "number" => "spinbutton",
            "hidden" => return None,
            _ if dom.attribute(id, "list").is_some() => "combobox",
            "search" => "searchbox",
            _ => "textbox",
        }),
        "select" if dom.attribute(id, "multiple").is_some() => Some("listbox"),
        tag => locate::role_of_tag(tag),
    }
}

/// The kind of an `input`: `text` where it does not say.
pub(super) fn input_type(dom: &Dom, id: Id) -> String {
    dom.attribute(id, "type").unwrap_or("text").to_lowercase()
}

/// The accessible name, as far as the recording tells.
pub(super) fn name(dom: &Dom, id: Id) -> Option<String> {
    let attribute = |name| dom.attribute(id, name).map(fold).filter(|text| !text.is_empty());
    if let Some(own) = attribute("aria-label") {
        return Some(own);
    }
    let tag = dom.tag(id)?;
    if tag == "input" && matches!(input_type(dom, id).as_str(), "submit" | "button" | "reset") {
        return attribute("value").or_else(|| attribute("title"));
    }
    label_of(dom, id)
        .or_else(|| attribute("alt"))
        .or_else(|| {
            let is_field = matches!(tag, "input" | "select" | "textarea");
            Some(fold(&content(dom, id))).filter(|text| !is_field && !text.is_empty())
        })
        .or_else(|| attribute("title"))
        .or_else(|| attribute("placeholder"))
}

/// The label of a form control.
pub(super) fn label(dom: &Dom, id: Id) -> Option<String> {
    if !matches!(dom.tag(id)?, "input" | "select" | "textarea" | "button") {
        return None;
    }
    let own = dom.attribute(id, "aria-label").map(fold).filter(|text| !text.is_empty());
    own.or_else(|| label_of(dom, id))
}

fn label_of(dom: &Dom, id: Id) -> Option<String> {
    if !matches!(dom.tag(id)?, "input" | "select" | "textarea") {
        return None;
    }
    let around = dom.ancestors(id).skip(1).find(|other| dom.tag(*other) == Some("label"));
    let label = around.or_else(|| {
        let own = dom.attribute(id, "id")?;
        dom.elements().into_iter().find(|other| {
            dom.tag(*other) == Some("label") && dom.attribute(*other, "for") == Some(own)
        })
    })?;
    Some(fold(&content_without(dom, label, Some(id)))).filter(|text| !text.is_empty())
}

/// The control that a label belongs to.
pub(super) fn control(dom: &Dom, label: Id) -> Option<Id> {
    if dom.tag(label) != Some("label") {
        return None;
    }
    let is_control = |id: &Id| matches!(dom.tag(*id), Some("input" | "select" | "textarea"));
    let all = dom.elements();
    match dom.attribute(label, "for") {
        Some(own) => all.into_iter().find(|id| dom.attribute(*id, "id") == Some(own)),
        None => {
            all.into_iter().filter(is_control).find(|id| dom.ancestors(*id).any(|a| a == label))
        }
    }
}

fn content(dom: &Dom, id: Id) -> String {
    content_without(dom, id, None)
}

/// Tags whose text stands apart from what is around it.
const BLOCKS: [&str; 18] = [
    "address", "article", "aside", "br", "dd", "div", "dt", "fieldset", "form", "h1", "h2", "h3",
    "h4", "li", "p", "section", "td", "tr",
];

/// The text in an element, without what stands in scripts and in one element.
fn content_without(dom: &Dom, id: Id, without: Option<Id>) -> String {
    let mut text = String::new();
    // A nothing on the stack is the end of a block.
    let mut open = vec![Some(id)];
    while let Some(next) = open.pop() {
        let Some(id) = next else {
            text.push(' ');
            continue;
        };
        let Some(node) = dom.node(id).filter(|_| Some(id) != without) else { continue };
        match &node.kind {
            Kind::Text(part) => text.push_str(part),
            Kind::Element { tag, .. } => match tag.as_str() {
                "script" | "style" | "noscript" | "template" => continue,
                tag if BLOCKS.contains(&tag) => {
                    text.push(' ');
                    open.push(None);
                }
                _ => {}
            },
            Kind::Other => {}
        }
        open.extend(node.children.iter().rev().copied().map(Some));
    }
    text
}

fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A CSS path from the nearest element with a stable id, by tags and their places.
fn path(dom: &Dom, id: Id) -> String {
    let mut parts = Vec::new();
    for element in dom.ancestors(id) {
        let Some(tag) = dom.tag(element) else { break };
        let own = dom.attribute(element, "id");
        if let Some(own) = own.filter(|id| usable(id) && !id.chars().any(|c| c.is_ascii_digit())) {
            parts.push(format!("[id={}]", locate::css_string(own)));
            break;
        }
        let parent = dom.node(element).and_then(|node| node.parent).and_then(|id| dom.node(id));
        let alike: Vec<Id> = parent
            .into_iter()
            .flat_map(|parent| parent.children.iter().copied())
            .filter(|child| dom.tag(*child) == Some(tag))
            .collect();
        let place = alike.iter().position(|child| *child == element).map_or(1, |at| at + 1);
        let plain = tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let tag = if plain && !tag.is_empty() { tag } else { "*" };
        parts.push(match alike.len() {
            0 | 1 => tag.to_owned(),
            _ if tag == "*" => format!("*:nth-child({place})"),
            _ => format!("{tag}:nth-of-type({place})"),
        });
    }
    parts.reverse();
    parts.join(" > ")
}
