//! The JSON Schema (draft 2020-12) of journeys and of shared rules, made from the tables that
//! the reader reads by. What crosses keys (ids, variables, order) only `read` can judge.

use serde_json::{Map, Value, json};

use super::operator::Operator;
use super::vocabulary::{self as words, Key, Shape};

/// The schema of a journey or plan.
#[must_use]
pub fn journey() -> Value {
    document("A desirepath journey", words::JOURNEY)
}

/// The schema of a file of shared rules.
#[must_use]
pub fn rules() -> Value {
    document("Rules that desirepath journeys share", words::RULES)
}

/// The schema of a file with the keys of a table at its top.
#[must_use]
pub fn document(title: &str, top: &'static [Key]) -> Value {
    let mut schema = Map::new();
    schema.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("title".into(), title.into());
    schema.extend(object(&[top]));
    let mut shared: Map<String, Value> =
        words::SHARED.iter().map(|(name, shape)| (def(name), self::shape(shape))).collect();
    shared.insert(def("step"), step());
    shared.insert(def("verb"), json!({ "enum": names(words::VERBS) }));
    shared.insert(def("perturbation"), perturbation());
    schema.insert("$defs".into(), Value::Object(shared));
    Value::Object(schema)
}

/// A definition's name, without what would have to be escaped in a reference.
fn def(name: &str) -> String {
    name.replace(' ', "_")
}

fn names(table: &[Key]) -> Vec<&'static str> {
    table.iter().map(|key| key.name).collect()
}

fn object(tables: &[&'static [Key]]) -> Map<String, Value> {
    let keys = || tables.iter().flat_map(|table| table.iter());
    let properties: Map<String, Value> =
        keys().map(|key| (key.name.to_owned(), property(key))).collect();
    let required: Vec<&str> = keys().filter(|key| key.needed).map(|key| key.name).collect();
    let mut object = Map::new();
    object.insert("type".into(), "object".into());
    object.insert("properties".into(), properties.into());
    object.insert("additionalProperties".into(), false.into());
    if !required.is_empty() {
        object.insert("required".into(), required.into());
    }
    object
}

fn property(key: &Key) -> Value {
    let mut schema = shape(&key.shape);
    schema["description"] = key.about.into();
    schema
}

fn shape(shape: &Shape) -> Value {
    match shape {
        // What stands without quotes may look like a number or a flag and is still a text.
        Shape::Text => json!({ "type": ["string", "number", "boolean", "null"] }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Count(least, most) if *most == u64::MAX => {
            json!({ "type": "integer", "minimum": least })
        }
        Shape::Count(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Shape::Whole => json!({ "type": "integer" }),
        Shape::Share => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        Shape::Weight => json!({ "type": "number", "exclusiveMinimum": 0 }),
        Shape::Time => {
            json!({ "type": "string", "pattern": r"^[0-9][0-9.]*(e[0-9]+)? ?(ms|s|m|min|h|d)$" })
        }
        Shape::Route => json!({ "type": "string", "pattern": r"^/[^\s?#]*(#!?/[^\s?#]*)?$" }),
        Shape::Name => json!({ "type": ["string", "integer"], "pattern": "^[a-z0-9_-]+$" }),
        Shape::Size => json!({ "type": "string", "pattern": "^[0-9]+x[0-9]+$" }),
        Shape::Nothing => json!({ "type": "null" }),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::List(item) => {
            json!({ "type": "array", "items": self::shape(item), "minItems": 1 })
        }
        Shape::AnyList(item) => json!({ "type": "array", "items": self::shape(item) }),
        Shape::OneOrMore(item) => {
            json!({ "anyOf": [self::shape(item), self::shape(&Shape::List(item))] })
        }
        Shape::Names(value) => {
            json!({ "type": "object", "additionalProperties": self::shape(value) })
        }
        Shape::Map(tables) => object(tables).into(),
        Shape::Any(shapes) => {
            json!({ "anyOf": shapes.iter().map(self::shape).collect::<Vec<_>>() })
        }
        Shape::Shared(name) => json!({ "$ref": format!("#/$defs/{}", def(name)) }),
    }
}

/// A step: one verb, and what is said beside it; or a verb alone that needs nothing.
fn step() -> Value {
    let mut map = object(&[words::VERBS, words::MODIFIERS]);
    let one_verb = words::VERBS.iter().map(|verb| json!({ "required": [verb.name] }));
    map.insert("oneOf".into(), one_verb.collect());
    json!({ "anyOf": [{ "enum": words::bare_verbs().collect::<Vec<_>>() }, map] })
}

/// A perturbation: one operator with its step and exactly its parameters.
fn perturbation() -> Value {
    let properties: Map<String, Value> = Operator::ALL
        .iter()
        .map(|operator| {
            let place = operator.placement().key();
            let mut keys = vec![place];
            let mut properties = Map::new();
            properties.insert(place.into(), shape(&Shape::Name));
            for name in operator.parameters().iter().flat_map(|parameter| parameter.keys()) {
                let key = words::find(&[words::PARAMETERS], name)
                    .expect("every parameter is in the table");
                properties.insert((*name).into(), property(key));
                keys.push(name);
            }
            let schema = json!({
                "type": "object",
                "properties": properties,
                "required": keys,
                "additionalProperties": false,
            });
            (operator.word().to_owned(), schema)
        })
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1,
    })
}
