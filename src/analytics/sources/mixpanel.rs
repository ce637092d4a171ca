//! Mixpanel's raw export: `$mp_web_page_view`, `$mp_click`, and an application's own events.

use std::borrow::Cow;

use serde::Deserialize;

use super::super::batch::Door;
use super::super::seen::{Described, Did, Seen, changed};
use super::super::tally::Dropped;
use super::super::text::{Text, When, or_nothing};
use super::super::work::Broken;
use super::{Source, Took, json};

pub(super) struct Mixpanel;

#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    event: Text<'a>,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    properties: Properties<'a>,
}

#[derive(Deserialize, Default)]
struct Properties<'a> {
    #[serde(default)]
    time: When,
    #[serde(borrow, default)]
    distinct_id: Text<'a>,
    #[serde(borrow, default, rename = "$device_id")]
    device: Text<'a>,
    #[serde(borrow, default, rename = "$current_url")]
    url: Text<'a>,
    #[serde(borrow, default)]
    current_page_url: Text<'a>,
    #[serde(borrow, default, rename = "current_url_path")]
    path: Text<'a>,
    #[serde(borrow, default, rename = "$el_tag_name")]
    tag: Text<'a>,
    #[serde(borrow, default, rename = "$el_id")]
    id: Text<'a>,
    #[serde(borrow, default, rename = "$el_text")]
    text: Text<'a>,
    #[serde(borrow, default, rename = "$attr-href")]
    href: Text<'a>,
    /// The target and what is around it.
    #[serde(borrow, default, rename = "$elements")]
    elements: Option<Vec<Node<'a>>>,
    #[serde(borrow, default, rename = "$attr-aria-label")]
    label: Text<'a>,
    #[serde(borrow, default, rename = "$attr-name")]
    name: Text<'a>,
    #[serde(borrow, default, rename = "$attr-role")]
    role: Text<'a>,
    #[serde(borrow, default, rename = "$attr-type")]
    kind: Text<'a>,
}

#[derive(Deserialize, Default)]
struct Node<'a> {
    #[serde(borrow, default, rename = "$tag_name")]
    tag: Text<'a>,
    #[serde(borrow, default, rename = "$id")]
    id: Text<'a>,
    #[serde(borrow, default, rename = "$el_text")]
    text: Text<'a>,
    #[serde(borrow, default, rename = "$nth_of_type")]
    nth: Text<'a>,
    #[serde(borrow, default, rename = "$attr-href")]
    href: Text<'a>,
    #[serde(borrow, default, rename = "$attr-aria-label")]
    label: Text<'a>,
    #[serde(borrow, default, rename = "$attr-name")]
    name: Text<'a>,
    #[serde(borrow, default, rename = "$attr-role")]
    role: Text<'a>,
    #[serde(borrow, default, rename = "$attr-type")]
    kind: Text<'a>,
    #[serde(borrow, default, rename = "$attr-data-testid")]
    test_id: Text<'a>,
}

impl<'a> Node<'a> {
    fn described(&self) -> Described<'a> {
        Described {
            tag: Cow::Owned(self.tag.to_ascii_lowercase()),
            id: self.id.0.clone(),
            text: self.text.0.clone(),
            href: self.href.0.clone(),
            name: self.label.0.clone(),
            field: self.name.0.clone(),
            role: self.role.0.clone(),
            kind: self.kind.0.clone(),
            test_id: self.test_id.0.clone(),
            ..Described::default()
        }
    }
}

/// The element that was acted on: the target, or the first thing around it that people act on;
/// with the way to it from the nearest id, or from the top.
fn listed<'a>(nodes: &[Node<'a>]) -> Described<'a> {
    let described = || nodes.iter().take(6).map(Node::described);
    let at = described().position(|element| element.is_interactive()).unwrap_or_default();
    let Some(mut element) = described().nth(at) else { return Described::default() };
    let mut way: Vec<String> = Vec::new();
    for node in &nodes[at..] {
        if !node.id.is_empty() && !node.id.contains(['"', '\\']) {
            way.push(format!("[id=\"{}\"]", &*node.id));
            break;
        }
        let nth = if node.nth.is_empty() { "1" } else { &*node.nth };
        way.push(format!("{}:nth-of-type({nth})", &*node.tag));
    }
    way.reverse();
    element.selector = Cow::Owned(way.join(" > "));
    element
}

impl<'a> Properties<'a> {
    fn element(&self) -> Described<'a> {
        if let Some(nodes) = self.elements.as_deref().filter(|nodes| !nodes.is_empty()) {
            let mut element = listed(nodes);
            if element.text.is_empty() && !element.is_field() {
                element.text = self.text.0.clone();
            }
            return element;
        }
        Described {
            tag: Cow::Owned(self.tag.to_ascii_lowercase()),
            id: self.id.0.clone(),
            text: self.text.0.clone(),
            href: self.href.0.clone(),
            name: self.label.0.clone(),
            field: self.name.0.clone(),
            role: self.role.0.clone(),
            kind: self.kind.0.clone(),
            ..Described::default()
        }
    }
}

impl Source for Mixpanel {
    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let row: Row<'_> = json::read(record)?;
        let more = &row.properties;
        let did = match &*row.event {
            "$mp_web_page_view" | "mp_page_view" => Did::View,
            "$mp_click" => Did::Click(more.element()),
            "$mp_input_change" => changed(more.element()),
            "$mp_submit" => Did::Submit(more.element()),
            name if name.starts_with('$') || name.is_empty() => {
                door.drop_one(Dropped::Irrelevant);
                return Ok(Took::Events);
            }
            name => Did::Named(name),
        };
        let url = [&more.url, &more.current_page_url, &more.path];
        door.offer(&Seen {
            user: if more.distinct_id.is_empty() { &more.device } else { &more.distinct_id },
            at: more.time.0,
            url: url.into_iter().find(|url| !url.is_empty()).map_or("", |url| url),
            did,
            ..Seen::default()
        });
        Ok(Took::Events)
    }
}
