//! The schema takes what the reader takes: every journey that can be written fits it, and the
//! plain mistakes do not.

use desirepath::journey::{schema, write};
use proptest::prelude::*;
use serde_json::Value;

use super::arbitrary::{journey, plan};

/// The part of JSON Schema that the schema uses. Says what does not fit, or nothing.
fn misfit(root: &Value, schema: &Value, value: &Value) -> Option<String> {
    let keys = schema.as_object().expect("a schema is a map");
    for (key, rule) in keys {
        let misfit = match key.as_str() {
            "$schema" | "$defs" | "title" | "description" => None,
            "$ref" => {
                let path = rule.as_str().expect("a reference is a text").trim_start_matches('#');
                misfit(root, root.pointer(path).expect("the reference leads somewhere"), value)
            }
            "type" => {
                let types: Vec<&str> = match rule {
                    Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
                    one => one.as_str().into_iter().collect(),
                };
                let fits = types.iter().any(|name| match *name {
                    "string" => value.is_string(),
                    "number" => value.is_number(),
                    "integer" => value.is_u64() || value.is_i64(),
                    "boolean" => value.is_boolean(),
                    "null" => value.is_null(),
                    "array" => value.is_array(),
                    "object" => value.is_object(),
                    name => panic!("unknown type {name}"),
                });
                (!fits).then(|| format!("{value} is none of {types:?}"))
            }
            "enum" => {
                let all = rule.as_array().expect("a list");
                (!all.contains(value)).then(|| format!("{value} is none of {all:?}"))
            }
            "minimum" => compare(value, rule, |value, rule| value >= rule),
            "maximum" => compare(value, rule, |value, rule| value <= rule),
            "exclusiveMinimum" => compare(value, rule, |value, rule| value > rule),
            "minItems" => value.as_array().and_then(|items| {
                (items.len() < as_size(rule)).then(|| "too few items".to_owned())
            }),
            "minProperties" => value
                .as_object()
                .and_then(|map| (map.len() < as_size(rule)).then(|| "too few keys".to_owned())),
            "maxProperties" => value
                .as_object()
                .and_then(|map| (map.len() > as_size(rule)).then(|| "too many keys".to_owned())),
            "items" => value
                .as_array()
                .and_then(|items| items.iter().find_map(|item| misfit(root, rule, item))),
            "required" => value.as_object().and_then(|map| {
                let mut needed = rule.as_array().expect("a list").iter().filter_map(Value::as_str);
                needed.find(|key| !map.contains_key(*key)).map(|key| format!("{key} is missing"))
            }),
            "properties" => value.as_object().and_then(|map| {
                map.iter().find_map(|(key, value)| misfit(root, rule.get(key)?, value))
            }),
            "additionalProperties" => value.as_object().and_then(|map| {
                let known =
                    |key: &str| keys.get("properties").is_some_and(|p| p.get(key).is_some());
                map.iter().filter(|(key, _)| !known(key)).find_map(|(key, value)| match rule {
                    Value::Bool(false) => Some(format!("unknown key {key}")),
                    rule => misfit(root, rule, value),
                })
            }),
            "anyOf" => {
                let all: Vec<_> = branches(rule).map(|rule| misfit(root, rule, value)).collect();
                all.iter().all(Option::is_some).then(|| format!("{value} fits none: {all:?}"))
            }
            "oneOf" => {
                let fits =
                    branches(rule).filter(|rule| misfit(root, rule, value).is_none()).count();
                (fits != 1).then(|| format!("{value} fits {fits} of oneOf"))
            }
            // Only simple patterns occur; `name` is the one that the reader also refuses by.
            "pattern" => None,
            key => panic!("the test does not know {key}"),
        };
        if misfit.is_some() {
            return misfit;
        }
    }
    None
}

fn branches(rule: &Value) -> impl Iterator<Item = &Value> {
    rule.as_array().expect("a list").iter()
}

fn as_size(rule: &Value) -> usize {
    usize::try_from(rule.as_u64().expect("a number")).expect("a small one")
}

fn compare(value: &Value, rule: &Value, holds: impl Fn(f64, f64) -> bool) -> Option<String> {
    let (value, rule) = (value.as_f64()?, rule.as_f64()?);
    (!holds(value, rule)).then(|| format!("{value} is beyond {rule}"))
}

fn misfit_of(text: &str) -> Option<String> {
    let value: Value = serde_yaml::from_str(text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let schema = schema::journey();
    misfit(&schema, &schema, &value)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_journey_fits_the_schema(journey in journey()) {
        let text = write(&journey);
        prop_assert_eq!(misfit_of(&text), None, "{}", text);
    }

    #[test]
    fn every_plan_fits_the_schema(plan in plan()) {
        let text = write(&plan);
        prop_assert_eq!(misfit_of(&text), None, "{}", text);
    }
}

#[test]
fn the_example_fits_and_plain_mistakes_do_not() {
    assert_eq!(misfit_of(include_str!("../../../journeys/example.yaml")), None);
    for mistaken in [
        "{}",
        "{ journey: a }",
        "{ journey: a, steps: [] }",
        "{ journey: a, steps: [click] }",
        "{ journey: a, steps: [{ clik: x }] }",
        "{ journey: a, steps: [{ click: x, hover: y }] }",
        "{ journey: a, steps: [{ id: x }] }",
        "{ journey: a, steps: [{ click: { labl: x } }] }",
        "{ journey: a, steps: [{ fill: { label: x } }] }",
        "{ journey: a, steps: [back], share: 18 }",
        "{ journey: a, steps: [back], promises: [none] }",
        "{ journey: a, steps: [back], perturbations: [{ reload: { before: back } }] }",
        "{ journey: a, steps: [back], perturbations: [{ pause: { before: back } }] }",
        "{ journey: a, steps: [back], vars: { a: { b: 0 } } }",
        "{ journey: a, steps: [back], always: [{ name: x, within: 5s }] }",
    ] {
        assert!(misfit_of(mistaken).is_some(), "{mistaken}");
    }
}

#[test]
fn the_schema_is_what_editors_were_given() {
    insta::assert_snapshot!(format!("{:#}", schema::journey()));
}
