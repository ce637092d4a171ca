//! Recordings that nobody made: arbitrary steps, cut files, arbitrary text. Nothing panics, no
//! entry gets lost, and what comes out can be read.

use desirepath::diagnostic::SourceText;
use desirepath::exchange::{Kind, import};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::super::language::arbitrary::words;
use super::{RECORDINGS, holds, imported};

/// Values that a field may hold where nobody expects them.
fn odd() -> BoxedStrategy<Value> {
    prop_oneof![
        4 => words().prop_map(Value::from),
        1 => Just(json!("{{x}} and ${KEY_ENTER}${y}")),
        1 => (-3i64..5_000_000_000).prop_map(Value::from),
        1 => select(vec![json!(null), json!(true), json!(-1.5), json!(1e300), json!([]), json!({}), json!("")]),
    ]
    .boxed()
}

fn selectors() -> BoxedStrategy<Value> {
    let one = prop_oneof![
        words().prop_map(|w| format!("aria/{w}")),
        words().prop_map(|w| format!("aria/{w}[role=\"button\"]")),
        words().prop_map(|w| format!("xpath/{w}")),
        words().prop_map(|w| format!("pierce/{w}")),
        words().prop_map(|w| format!("text/{w}")),
        words().prop_map(|w| format!("a >>> {w}")),
        words(),
    ];
    let one = one.boxed();
    let chain = prop_oneof![
        one.clone().prop_map(Value::from),
        vec(one, 0..3).prop_map(Value::from),
        odd(),
    ];
    prop_oneof![8 => vec(chain, 0..4).prop_map(Value::from), 1 => odd()].boxed()
}

fn object(
    kind: &'static str,
    kinds: Vec<&'static str>,
    fields: &[&'static str],
) -> BoxedStrategy<Value> {
    let fields: Vec<&'static str> = fields.to_vec();
    let field = (select(fields), odd());
    (select(kinds), vec(field, 0..6), selectors(), odd())
        .prop_map(move |(word, fields, selectors, more)| {
            let mut object = json!({ kind: word, "selectors": selectors });
            for (name, value) in fields {
                object[name] = value;
            }
            object["targets"] = json!([[more, "id"]]);
            object
        })
        .boxed()
}

fn recorder() -> BoxedStrategy<Value> {
    let kinds = vec![
        "navigate",
        "setViewport",
        "click",
        "doubleClick",
        "hover",
        "change",
        "keyDown",
        "keyUp",
        "scroll",
        "waitForElement",
        "waitForExpression",
        "close",
        "customStep",
        "other",
    ];
    let fields = [
        "url",
        "width",
        "height",
        "value",
        "key",
        "x",
        "y",
        "operator",
        "count",
        "visible",
        "button",
        "expression",
        "timeout",
        "target",
        "frame",
        "assertedEvents",
        "attributes",
        "properties",
        "type",
    ];
    vec(prop_oneof![9 => object("type", kinds, &fields), 1 => odd()], 0..12)
        .prop_map(|steps| json!({ "title": "a", "steps": steps }))
        .boxed()
}

fn selenium() -> BoxedStrategy<Value> {
    let kinds = vec![
        "open",
        "click",
        "clickAt",
        "type",
        "sendKeys",
        "select",
        "check",
        "mouseOver",
        "pause",
        "store",
        "assertText",
        "assertTitle",
        "verifyValue",
        "waitForText",
        "waitForElementVisible",
        "setWindowSize",
        "selectWindow",
        "close",
        "run",
        "answerOnNextPrompt",
        "acceptAlert",
        "dragAndDropToObject",
        "assertNotText",
        "assertSelectedLabel",
        "other",
    ];
    let fields = ["target", "value", "opensWindow", "windowHandleName", "command"];
    let commands = vec(object("command", kinds, &fields), 0..12);
    vec((words(), commands), 0..3)
        .prop_map(|tests| {
            let tests: Vec<Value> = tests
                .into_iter()
                .map(|(name, commands)| json!({ "name": name, "commands": commands }))
                .collect();
            json!({ "url": "https://a.example", "tests": tests })
        })
        .boxed()
}

fn rrweb() -> BoxedStrategy<Value> {
    let small = 0i64..8;
    let node = (small.clone(), 0i64..4, words(), vec(small.clone(), 0..4)).prop_map(|(id, kind, text, children)| {
        let children: Vec<Value> = children
            .into_iter()
            .map(|id| json!({ "id": id, "type": 2, "tagName": "button", "attributes": { "name": "x" }, "childNodes": [{ "id": id + 8, "type": 3, "textContent": "go" }] }))
            .collect();
        json!({ "id": id, "type": kind, "tagName": text, "textContent": text, "attributes": { "id": text }, "childNodes": children })
    });
    let node = node.boxed();
    let event = prop_oneof![
        words().prop_map(|path| json!({ "type": 4, "timestamp": 1, "data": { "href": format!("https://a.example/{path}"), "width": 9, "height": 9 } })),
        node.clone().prop_map(|node| json!({ "type": 2, "timestamp": 2, "data": { "node": node } })),
        (small.clone(), small.clone(), node).prop_map(|(id, parent, node)| json!({ "type": 3, "timestamp": 3, "data": {
            "source": 0, "removes": [{ "id": id }], "adds": [{ "parentId": parent, "nextId": id, "node": node }],
            "texts": [{ "id": id, "value": "t" }], "attributes": [{ "id": id, "attributes": { "type": "checkbox", "class": null } }] } })),
        (small.clone(), 0i64..6, 0i64..9000).prop_map(|(id, kind, at)| json!({ "type": 3, "timestamp": at, "data": { "source": 2, "type": kind, "id": id } })),
        (small.clone(), odd(), any::<bool>()).prop_map(|(id, text, on)| json!({ "type": 3, "timestamp": 5, "data": { "source": 5, "id": id, "text": text, "isChecked": on } })),
        (small, -9i64..900).prop_map(|(id, y)| json!({ "type": 3, "timestamp": 6, "data": { "source": 3, "id": id, "y": y } })),
        odd(),
    ];
    vec(event, 1..30).prop_map(Value::from).boxed()
}

fn har() -> BoxedStrategy<Value> {
    let entry = (select(vec!["GET", "POST", "PUT"]), words(), odd(), odd(), 200i64..400).prop_map(|(method, path, name, value, status)| {
        json!({
            "_resourceType": "document",
            "request": { "method": method, "url": format!("https://a.example/{path}"), "headers": [{ "name": "Referer", "value": value }],
                "postData": { "mimeType": "application/x-www-form-urlencoded", "params": [{ "name": name, "value": value }] } },
            "response": { "status": status },
        })
    });
    vec(prop_oneof![9 => entry, 1 => odd()], 0..10)
        .prop_map(|entries| json!({ "log": { "entries": entries } }))
        .boxed()
}

/// How many entries a recording has, counted apart from how it is read.
fn entries(kind: Kind, value: &Value) -> usize {
    let length = |list: &Value| list.as_array().map_or(0, Vec::len);
    match kind {
        Kind::Recorder => length(&value["steps"]),
        Kind::Selenium => {
            let tests = value["tests"].as_array().into_iter().flatten();
            tests.map(|test| length(&test["commands"])).sum()
        }
        Kind::Rrweb => length(value),
        Kind::Har => length(&value["log"]["entries"]),
        Kind::Urls => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn no_entry_of_an_arbitrary_recording_gets_lost(
        (kind, value) in prop_oneof![
            recorder().prop_map(|value| (Kind::Recorder, value)),
            selenium().prop_map(|value| (Kind::Selenium, value)),
            rrweb().prop_map(|value| (Kind::Rrweb, value)),
            har().prop_map(|value| (Kind::Har, value)),
        ]
    ) {
        let source = SourceText::new("arbitrary.json", value.to_string());
        if let Ok(imported) = import(&source, Some(kind)) {
            prop_assert_eq!(imported.account.entries(), entries(kind, &value));
            holds(&imported);
        }
    }

    #[test]
    fn a_cut_recording_is_an_error_or_a_shorter_one(which in 0..RECORDINGS.len(), part in 0.0..1.0f64) {
        let (file, text) = RECORDINGS[which];
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a part of a length is one")]
        let mut at = (text.len() as f64 * part) as usize;
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        if let Ok(imported) = imported(file, &text[..at]) {
            holds(&imported);
        }
    }

    #[test]
    fn arbitrary_text_is_no_reason_to_panic(text in "\\PC{0,80}", kind in select(Kind::ALL.to_vec())) {
        if let Ok(imported) = import(&SourceText::new("a", text), Some(kind.1)) {
            holds(&imported);
        }
    }
}
