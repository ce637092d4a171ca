//! Shapes of JSON: names and types of what was sent, never a value. They are learned from many
//! values and united; how two of them differ is in `contract`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An object with more names than this is a map from data to something.
const MOST_FIELDS: usize = 40;
/// Beneath this many levels nothing is told apart any more.
const DEEPEST: usize = 12;
/// Characters of a shape in words; what is beyond is left out.
const LONGEST: usize = 900;

/// What is known of the values at one place: every type that was seen there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Shape {
    /// The plain types.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub plain: BTreeSet<Plain>,
    /// Where lists were seen: what is in them, all elements united.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<Box<Shape>>,
    /// Where objects were seen: what is in them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<Object>,
}

/// A type without parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plain {
    /// `true` or `false`.
    Flag,
    /// Any number.
    Number,
    /// Any text.
    Text,
    /// `null`.
    Null,
}

/// What is in the objects at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Object {
    /// Names that the application chose.
    Fields(BTreeMap<String, Field>),
    /// Names that are data themselves (identifiers, addresses): what they lead to, all united.
    Map(Box<Shape>),
}

/// A field of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// What it holds where it is there.
    pub shape: Shape,
    /// Whether every object had it.
    pub presence: Presence,
}

/// Whether every object had a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Every one had it.
    Always,
    /// Some did not.
    Sometimes,
}

impl Shape {
    /// The shape of one value.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        Self::at(value, 0)
    }

    fn at(value: &Value, depth: usize) -> Self {
        let mut shape = Self::default();
        match value {
            Value::Null => _ = shape.plain.insert(Plain::Null),
            Value::Bool(_) => _ = shape.plain.insert(Plain::Flag),
            Value::Number(_) => _ = shape.plain.insert(Plain::Number),
            Value::String(_) => _ = shape.plain.insert(Plain::Text),
            Value::Array(_) if depth == DEEPEST => shape.list = Some(Box::default()),
            Value::Array(items) => {
                let parts = items.iter().map(|item| Self::at(item, depth + 1));
                shape.list = Some(Box::new(parts.fold(Self::default(), Self::union)));
            }
            Value::Object(_) if depth == DEEPEST => {
                shape.object = Some(Object::Map(Box::default()));
            }
            Value::Object(parts) => {
                let field =
                    |value| Field { shape: Self::at(value, depth + 1), presence: Presence::Always };
                let fields = parts.iter().map(|(name, value)| (name.clone(), field(value)));
                shape.object = Some(Object::of(fields.collect()));
            }
        }
        shape
    }

    /// What is known where both are: commutative and associative, with the empty shape as its
    /// neutral element, so nothing depends on the order of learning.
    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        self.plain.extend(other.plain);
        self.list = match (self.list, other.list) {
            (Some(a), Some(b)) => Some(Box::new(a.union(*b))),
            (a, b) => a.or(b),
        };
        self.object = match (self.object, other.object) {
            (Some(a), Some(b)) => Some(a.union(b)),
            (a, b) => a.or(b),
        };
        self
    }

    /// Whether nothing was seen here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.plain.is_empty() && self.list.is_none() && self.object.is_none()
    }

    /// The types without their parts, in words: `text or null`, `a list`.
    #[must_use]
    pub fn types(&self) -> String {
        let plain = self.plain.iter().map(|plain| plain.word());
        let list = self.list.iter().map(|_| "a list");
        let object = self.object.iter().map(|_| "an object");
        let mut words: Vec<&str> = object.chain(list).chain(plain).collect();
        let Some(last) = words.pop() else { return "nothing known".into() };
        if words.is_empty() { last.into() } else { format!("{} or {last}", words.join(", ")) }
    }
}

impl Object {
    fn of(fields: BTreeMap<String, Field>) -> Self {
        if fields.len() <= MOST_FIELDS && fields.keys().all(|name| is_name(name)) {
            Object::Fields(fields)
        } else {
            Object::Map(Box::new(united(fields)))
        }
    }

    fn union(self, other: Self) -> Self {
        match (self, other) {
            (Object::Fields(mut a), Object::Fields(b)) => {
                for (name, field) in &mut a {
                    if !b.contains_key(name) {
                        field.presence = Presence::Sometimes;
                    }
                }
                for (name, theirs) in b {
                    let joined = match a.remove(&name) {
                        Some(ours) => ours.union(theirs),
                        None => Field { presence: Presence::Sometimes, ..theirs },
                    };
                    a.insert(name, joined);
                }
                Self::of(a)
            }
            (Object::Map(a), Object::Map(b)) => Object::Map(Box::new(a.union(*b))),
            (Object::Map(map), Object::Fields(fields))
            | (Object::Fields(fields), Object::Map(map)) => {
                Object::Map(Box::new(map.union(united(fields))))
            }
        }
    }
}

impl Field {
    fn union(self, other: Self) -> Self {
        let always = [self.presence, other.presence].iter().all(|p| *p == Presence::Always);
        let presence = if always { Presence::Always } else { Presence::Sometimes };
        Self { shape: self.shape.union(other.shape), presence }
    }
}

fn united(fields: BTreeMap<String, Field>) -> Shape {
    fields.into_values().fold(Shape::default(), |all, field| all.union(field.shape))
}

/// Whether somebody who writes programs chose this name. What looks like an identifier, an
/// address or a sentence is data, and data never reach a report.
fn is_name(name: &str) -> bool {
    let digits = name.chars().filter(char::is_ascii_digit).count();
    name.len() <= 48
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || "_$".contains(c))
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_$-.:".contains(c))
        && digits <= 4
        && !crate::route::fold(name).contains(":id")
}

impl Plain {
    /// The type as a person says it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Plain::Flag => "flag",
            Plain::Number => "number",
            Plain::Text => "text",
            Plain::Null => "null",
        }
    }
}

/// `{ lines: [{ quantity: number }], coupon: text | null, discount?: number }`.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        spell(self, &mut text);
        if let Some((end, _)) = text.char_indices().nth(LONGEST) {
            text.truncate(end);
            text.push('…');
        }
        f.write_str(&text)
    }
}

fn spell(shape: &Shape, text: &mut String) {
    // Whatever comes then is cut off.
    if text.len() > 4 * LONGEST {
        return;
    }
    let began = text.len();
    let or = |text: &mut String| {
        if text.len() > began {
            text.push_str(" | ");
        }
    };
    match &shape.object {
        Some(Object::Fields(fields)) if fields.is_empty() => text.push_str("{}"),
        Some(Object::Fields(fields)) => {
            for (i, (name, field)) in fields.iter().enumerate() {
                text.push_str(if i == 0 { "{ " } else { ", " });
                text.push_str(name);
                text.push_str(if field.presence == Presence::Always { ": " } else { "?: " });
                spell(&field.shape, text);
            }
            text.push_str(" }");
        }
        Some(Object::Map(to)) => {
            text.push_str("{ …: ");
            spell(to, text);
            text.push_str(" }");
        }
        None => {}
    }
    if let Some(items) = &shape.list {
        or(text);
        text.push('[');
        if !items.is_empty() {
            spell(items, text);
        }
        text.push(']');
    }
    for plain in &shape.plain {
        or(text);
        text.push_str(plain.word());
    }
    if shape.is_empty() {
        text.push('?');
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Values as services send them, identifiers as names included.
    pub(in crate::record) fn value() -> BoxedStrategy<Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-z]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 60, 8, |inner| {
            let name = prop_oneof![8 => "[a-d]", 1 => "[0-9]{3}", 1 => "[a-c][e-z]{1,2}"];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(name, inner, 0..8)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
        .boxed()
    }

    proptest! {
        #[test]
        fn uniting_does_not_depend_on_order_or_grouping(a in value(), b in value(), c in value()) {
            let [a, b, c] = [a, b, c].map(|v| Shape::of(&v));
            let left = a.clone().union(b.clone()).union(c.clone());
            let right = a.clone().union(b.clone().union(c.clone()));
            prop_assert_eq!(&left, &right);
            prop_assert_eq!(left, c.union(b).union(a.clone()));
            prop_assert_eq!(a.clone().union(a.clone()), a.clone());
            prop_assert_eq!(a.clone().union(Shape::default()), a);
        }

        #[test]
        fn a_shape_is_written_and_read_and_printed(v in value()) {
            let shape = Shape::of(&v);
            let text = serde_json::to_string(&shape).expect("JSON");
            prop_assert_eq!(&serde_json::from_str::<Shape>(&text).expect("a shape"), &shape);
            prop_assert!(shape.to_string().chars().count() <= LONGEST + 1);
        }
    }

    #[test]
    fn many_names_are_a_map_in_whatever_order_they_come() {
        let one = |n: u32| {
            let letters =
                format!("{}{}", char::from(b'a' + (n % 26) as u8), "x".repeat(n as usize / 26));
            Shape::of(&json!({ letters: { "n": 1 } }))
        };
        let forwards = (0..60).map(one).fold(Shape::default(), Shape::union);
        let backwards = (0..60).rev().map(one).fold(Shape::default(), Shape::union);
        assert_eq!(forwards, backwards);
        assert_eq!(forwards.to_string(), "{ …: { n: number } }");
    }

    #[test]
    fn data_never_become_names() {
        let told = json!({
            "by": { "ada@example.com": 1 }, "of": { "4711": true }, "at": { "Ada Lovelace": null },
            "card": "4111 1111 1111 1111",
        });
        let text = Shape::of(&told).to_string();
        assert_eq!(text, "{ at: { …: null }, by: { …: number }, card: text, of: { …: flag } }");
    }

    #[test]
    fn what_some_lack_is_optional_and_elements_are_united() {
        let shape =
            Shape::of(&json!({ "lines": [{ "a": 1, "b": "x" }, { "a": null }], "more": [] }));
        let text = "{ lines: [{ a: number | null, b?: text }], more: [] }";
        assert_eq!(shape.to_string(), text);
        assert_eq!(Shape::of(&json!([1, "x", null])).types(), "a list");
        assert_eq!(Shape::of(&json!(null)).union(Shape::of(&json!(1))).types(), "number or null");
    }

    #[test]
    fn depth_and_length_are_bounded() {
        let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
        assert!(Shape::of(&deep).to_string().len() < 60);
        let names: serde_json::Map<String, Value> =
            ('a'..='z').map(|c| (c.to_string().repeat(40), json!(1))).collect();
        assert!(Shape::of(&Value::Object(names)).to_string().ends_with('…'));
    }
}
