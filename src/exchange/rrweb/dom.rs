//! The page as rrweb recorded it: a tree of numbered nodes, built from a snapshot and kept up to
//! date by mutations. What elements are called is in `naming`.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::Value;

use crate::exchange::json::{list, text};

/// A node's number in the recording.
pub(super) type Id = i64;

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// An element with its tag in lower case and its attributes.
    Element { tag: String, attributes: IndexMap<String, String> },
    /// A text.
    Text(String),
    /// A document, comment or doctype.
    Other,
}

/// A node and its place in the tree.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) parent: Option<Id>,
    pub(super) children: Vec<Id>,
}

/// The tree.
#[derive(Debug, Default)]
pub(super) struct Dom {
    nodes: HashMap<Id, Node>,
    root: Option<Id>,
}

impl Dom {
    /// The page of a full snapshot.
    pub(super) fn of_snapshot(node: &Value) -> Self {
        let mut dom = Self::default();
        dom.root = dom.insert(node, None, None);
        dom
    }

    /// The document.
    pub(super) fn root(&self) -> Option<Id> {
        self.root
    }

    /// A node.
    pub(super) fn node(&self, id: Id) -> Option<&Node> {
        self.nodes.get(&id)
    }

    /// An element's tag.
    pub(super) fn tag(&self, id: Id) -> Option<&str> {
        match &self.nodes.get(&id)?.kind {
            Kind::Element { tag, .. } => Some(tag),
            _ => None,
        }
    }

    /// An element's attribute.
    pub(super) fn attribute(&self, id: Id, name: &str) -> Option<&str> {
        match &self.nodes.get(&id)?.kind {
            Kind::Element { attributes, .. } => attributes.get(name).map(String::as_str),
            _ => None,
        }
    }

    /// The element and what it is inside of, from the inside out.
    pub(super) fn ancestors(&self, id: Id) -> impl Iterator<Item = Id> {
        std::iter::successors(Some(id), |id| self.nodes.get(id)?.parent)
    }

    /// All elements in document order.
    pub(super) fn elements(&self) -> Vec<Id> {
        let mut all = Vec::new();
        let mut open: Vec<Id> = self.root.into_iter().collect();
        while let Some(id) = open.pop() {
            let Some(node) = self.nodes.get(&id) else { continue };
            if matches!(node.kind, Kind::Element { .. }) {
                all.push(id);
            }
            open.extend(node.children.iter().rev());
        }
        all
    }

    /// Takes over what changed in the page. What does not fit the tree is passed by: a recording
    /// may begin in the middle of a change.
    pub(super) fn mutate(&mut self, change: &Value) {
        for removed in list(change, "removes") {
            if let Some(id) = number(removed, "id") {
                self.remove(id);
            }
        }
        let mut waiting: Vec<&Value> = list(change, "adds").iter().collect();
        // A node may be told before the one that it stands in.
        while !waiting.is_empty() {
            let before = waiting.len();
            waiting.retain(|added| !self.add(added));
            if waiting.len() == before {
                break;
            }
        }
        for changed in list(change, "texts") {
            let node = number(changed, "id").and_then(|id| self.nodes.get_mut(&id));
            if let Some(Node { kind: Kind::Text(old), .. }) = node {
                *old = text(changed, "value").unwrap_or_default().to_owned();
            }
        }
        for changed in list(change, "attributes") {
            let node = number(changed, "id").and_then(|id| self.nodes.get_mut(&id));
            let Some(Node { kind: Kind::Element { attributes, .. }, .. }) = node else { continue };
            let new = changed.get("attributes").and_then(Value::as_object);
            for (name, value) in new.into_iter().flatten() {
                match attribute_text(value) {
                    Some(value) => drop(attributes.insert(name.clone(), value)),
                    None => drop(attributes.shift_remove(name)),
                }
            }
        }
    }

    fn add(&mut self, added: &Value) -> bool {
        let Some(parent) = number(added, "parentId") else { return false };
        let Some(node) = added.get("node") else { return false };
        if !self.nodes.contains_key(&parent) {
            return false;
        }
        let next = number(added, "nextId");
        self.insert(node, Some(parent), next).is_some()
    }

    /// Puts a node with all that is in it before another child of its parent, or at the end.
    fn insert(&mut self, value: &Value, parent: Option<Id>, next: Option<Id>) -> Option<Id> {
        let id = number(value, "id")?;
        // A node that is there already has moved; it must not end up inside itself.
        self.remove(id);
        if parent.is_some_and(|parent| !self.nodes.contains_key(&parent)) {
            return None;
        }
        let kind = match value.get("type").and_then(Value::as_i64) {
            Some(2) => Kind::Element {
                tag: text(value, "tagName").unwrap_or_default().to_lowercase(),
                attributes: value
                    .get("attributes")
                    .and_then(Value::as_object)
                    .into_iter()
                    .flatten()
                    .filter_map(|(name, value)| Some((name.clone(), attribute_text(value)?)))
                    .collect(),
            },
            Some(3) => Kind::Text(text(value, "textContent").unwrap_or_default().to_owned()),
            _ => Kind::Other,
        };
        self.nodes.insert(id, Node { kind, parent, children: Vec::new() });
        if let Some(parent) = parent.and_then(|parent| self.nodes.get_mut(&parent)) {
            let at = next.and_then(|next| parent.children.iter().position(|child| *child == next));
            parent.children.insert(at.unwrap_or(parent.children.len()), id);
        }
        for child in list(value, "childNodes") {
            self.insert(child, Some(id), None);
        }
        Some(id)
    }

    fn remove(&mut self, id: Id) {
        let parent = self.nodes.get(&id).and_then(|node| node.parent);
        if let Some(parent) = parent.and_then(|parent| self.nodes.get_mut(&parent)) {
            parent.children.retain(|child| *child != id);
        }
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if let Some(node) = self.nodes.remove(&id) {
                open.extend(node.children);
            }
        }
    }
}

/// A number at a key, as ids are.
pub(super) fn number(value: &Value, key: &str) -> Option<Id> {
    value.get(key).and_then(Value::as_i64)
}

/// An attribute's value; `None` where it is taken away or means nothing as a text.
fn attribute_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(true) => Some(String::new()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
