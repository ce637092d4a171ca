//! Recordings of rrweb: each file is one user. Events name nodes by numbers, so the tree is built
//! from the snapshots and changed with the page. What was typed is in the recording and is not
//! taken from it.

use std::borrow::Cow;
use std::collections::HashMap;

use indexmap::IndexMap;
use serde::Deserialize;

use super::super::batch::Door;
use super::super::seen::{Described, Did, Seen, changed};
use super::super::tally::Dropped;
use super::super::text::{Text, When};
use super::super::work::Broken;
use super::{Source, Took, json};

/// Kinds of events.
const FULL_SNAPSHOT: u8 = 2;
const INCREMENTAL: u8 = 3;
const META: u8 = 4;
/// Sources of incremental events.
const MUTATION: u8 = 0;
const MOUSE: u8 = 2;
const INPUT: u8 = 5;
/// Mouse interactions.
const CLICK: u8 = 2;
const DOUBLE_CLICK: u8 = 4;
/// The most nodes of one page that are remembered.
const MOST_NODES: usize = 200_000;
/// How far an element is looked for that people meant.
const REACH: usize = 6;
/// How many nodes are asked for the text of an element.
const MOST_TEXTS: usize = 100;
/// A longer text names nothing.
const LONGEST_TEXT: usize = 200;

#[derive(Default)]
pub(super) struct Rrweb {
    /// When the recording begins: what tells one from another.
    user: Option<String>,
    url: String,
    nodes: HashMap<i64, Kept>,
    /// The field that is being typed into: its many events are one act.
    typing: Option<i64>,
}

/// What is remembered of a node.
struct Kept {
    parent: i64,
    element: Option<Described<'static>>,
    text: String,
    children: Vec<i64>,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(default)]
    timestamp: When,
    #[serde(borrow, default)]
    data: Data<'a>,
}

#[derive(Deserialize, Default)]
struct Data<'a> {
    #[serde(borrow, default)]
    href: Text<'a>,
    #[serde(borrow, default)]
    node: Option<Node<'a>>,
    #[serde(default)]
    source: Option<u8>,
    #[serde(default, rename = "type")]
    kind: Option<u8>,
    #[serde(default)]
    id: Option<i64>,
    #[serde(borrow, default)]
    adds: Vec<Add<'a>>,
    #[serde(default)]
    removes: Vec<Remove>,
    #[serde(borrow, default)]
    texts: Vec<Change<'a>>,
}

#[derive(Deserialize)]
struct Node<'a> {
    #[serde(default)]
    id: i64,
    #[serde(borrow, default, rename = "tagName")]
    tag: Text<'a>,
    #[serde(borrow, default)]
    attributes: IndexMap<Text<'a>, Text<'a>>,
    #[serde(borrow, default, rename = "textContent")]
    text: Text<'a>,
    #[serde(borrow, default, rename = "childNodes")]
    children: Vec<Node<'a>>,
}

#[derive(Deserialize)]
struct Add<'a> {
    #[serde(rename = "parentId")]
    parent: i64,
    #[serde(borrow)]
    node: Node<'a>,
}

#[derive(Deserialize)]
struct Remove {
    id: i64,
}

#[derive(Deserialize)]
struct Change<'a> {
    id: i64,
    #[serde(borrow, default)]
    value: Text<'a>,
}

impl Rrweb {
    fn keep(&mut self, parent: i64, node: &Node<'_>) {
        if self.nodes.len() >= MOST_NODES {
            return;
        }
        let element = (!node.tag.is_empty()).then(|| {
            let mut element =
                Described { tag: Cow::Owned(node.tag.to_string()), ..Described::default() };
            for (name, value) in &node.attributes {
                element.attribute(name, Cow::Owned(value.to_string()));
            }
            element
        });
        let text = node.text.chars().take(LONGEST_TEXT).collect();
        self.nodes.insert(node.id, Kept { parent, element, text, children: vec![] });
        if let Some(above) = self.nodes.get_mut(&parent) {
            above.children.push(node.id);
        }
        for child in &node.children {
            self.keep(node.id, child);
        }
    }

    /// The nearest element that people act on, with the text in it.
    fn element(&self, id: i64) -> Described<'static> {
        let mut at = id;
        let mut first = None;
        for _ in 0..REACH {
            let Some(kept) = self.nodes.get(&at) else { break };
            if let Some(element) = &kept.element {
                let mut element = element.clone();
                let mut text = String::new();
                self.text(at, &mut MOST_TEXTS.min(self.nodes.len()), &mut text);
                element.text = Cow::Owned(text);
                if element.is_interactive() {
                    return element;
                }
                first.get_or_insert(element);
            }
            at = kept.parent;
        }
        first.unwrap_or_default()
    }

    /// The text in an element, as long as there is little of it and few nodes to ask.
    fn text(&self, id: i64, nodes: &mut usize, text: &mut String) {
        let Some(kept) = self.nodes.get(&id) else { return };
        text.push_str(&kept.text);
        for &child in &kept.children {
            if *nodes == 0 || text.len() > LONGEST_TEXT {
                return;
            }
            *nodes -= 1;
            self.text(child, nodes, text);
        }
    }

    fn mutate(&mut self, data: &Data<'_>) {
        for remove in &data.removes {
            if let Some(gone) = self.nodes.remove(&remove.id)
                && let Some(above) = self.nodes.get_mut(&gone.parent)
            {
                above.children.retain(|&child| child != remove.id);
            }
        }
        for add in &data.adds {
            self.keep(add.parent, &add.node);
        }
        for change in &data.texts {
            if let Some(kept) = self.nodes.get_mut(&change.id) {
                kept.text = change.value.chars().take(LONGEST_TEXT).collect();
            }
        }
    }
}

impl Source for Rrweb {
    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let event: Event<'_> = json::read(record)?;
        let data = &event.data;
        if let Some(at) = event.timestamp.0 {
            self.user.get_or_insert_with(|| at.millis.to_string());
        }
        let interaction = (event.kind == INCREMENTAL).then_some(data.source).flatten();
        let did = match (event.kind, interaction, data.kind, data.id) {
            (META, ..) => {
                self.url = data.href.to_string();
                self.typing = None;
                Did::View
            }
            (_, Some(MOUSE), Some(CLICK | DOUBLE_CLICK), Some(id)) => {
                self.typing = None;
                Did::Click(self.element(id))
            }
            (_, Some(INPUT), _, Some(id)) if self.typing != Some(id) => {
                self.typing = Some(id);
                changed(self.element(id))
            }
            _ => {
                if let (FULL_SNAPSHOT, Some(node)) = (event.kind, &data.node) {
                    self.nodes.clear();
                    self.keep(0, node);
                } else if interaction == Some(MUTATION) {
                    self.mutate(data);
                }
                door.drop_one(Dropped::Irrelevant);
                return Ok(Took::Events);
            }
        };
        door.offer(&Seen {
            user: self.user.as_deref().unwrap_or(""),
            at: event.timestamp.0,
            url: &self.url,
            did,
            ..Seen::default()
        });
        Ok(Took::Events)
    }
}
