//! Personal data planted in every text of every kind of export: none of it comes out.

use desirepath::analytics::{Import, Kind};
use desirepath::usage::{self, Flow, Terms};
use desirepath::{journey, report::usage as report};
use serde_json::Value;

use super::{exports, fixture, imported_bytes};

/// Each with what of it must not come out.
const PLANTS: [(&str, &str); 7] = [
    ("jane.doe@example.com", "jane"),
    ("jane.doe%40example.com", "jane"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.dozjgNryP4J3jVmNHl0w5N", "dozjg"),
    ("sk_live_4eC39HqLyjWDarjtT1zdp7dc", "4eC39"),
    ("4111 1111 1111 1111", "1111"),
    ("+49 170 1234567", "1234567"),
    ("Jane Geheimrat", "Geheimrat"),
];

/// Everything that an import gives to the floors above, and everything that is written of it, as
/// text.
fn everything(import: &Import, k: u32) -> String {
    let sessions = &import.sessions;
    let states: Vec<String> = sessions.states().iter().map(|state| format!("{state:?}")).collect();
    let summary = serde_json::to_string(&import.summary).expect("it can be written");
    let (model, fidelity) = usage::learn(sessions, k);
    let derived = usage::derive::cover(sessions, &model, &Terms::default());
    let told = report::Import {
        from: "an export",
        window: None,
        cleaning: &[],
        model: &model,
        fidelity: fidelity.as_ref(),
        flow: &Flow::of(sessions, &model),
        derived: &derived,
    };
    let page = report::render(&told).expect("it can be rendered");
    let one = (!sessions.is_empty()).then(|| usage::derive::one(sessions, 0, "an export"));
    let journeys = derived.journeys.iter().chain(&one).map(|s| journey::write(&s.journey));
    let files = [summary, model.write(), report::json(&told), report::terminal(&told), page];
    states.into_iter().chain(files).chain(journeys).collect::<Vec<_>>().join("\n")
}

/// The most places of one export in which something is planted; where there are more, they are
/// alike, and some of them are enough.
const PLACES: usize = 60;

/// The export with something planted in it, in one of its texts after the other.
fn planted(kind: Kind, text: &str, plant: &str) -> Vec<String> {
    match kind {
        Kind::AccessLog
        | Kind::W3c
        | Kind::CloudFront
        | Kind::Alb
        | Kind::SnowplowTsv
        | Kind::SnowplowCsv
        | Kind::Umami
        | Kind::Paths
        | Kind::Csv => in_lines(text, plant),
        _ => in_json(text, plant),
    }
}

/// At the end of each path and each longer word of each line after a header.
fn in_lines(text: &str, plant: &str) -> Vec<String> {
    let plain = plant.replace(' ', "-");
    let mut places = vec![];
    for (at, _) in text.match_indices(|c: char| " ,\t\";/".contains(c)) {
        let line = text[..at].matches('\n').count();
        let header = text.lines().nth(line).is_some_and(|l| l.starts_with('#')) || line == 0;
        if !header {
            places.push(at);
        }
    }
    let step = places.len() / PLACES + 1;
    let put = |at: usize| format!("{}{plain}{}", &text[..=at], &text[at + 1..]);
    places.into_iter().step_by(step).map(put).collect()
}

fn in_json(text: &str, plant: &str) -> Vec<String> {
    let mut values: Vec<Value> = match serde_json::from_str(text) {
        Ok(value) => vec![value],
        Err(_) => text.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect(),
    };
    // With a number that no text has, nothing is planted, and what is left of it tells how many.
    let mut left = usize::MAX;
    let none = values.iter_mut().any(|value| plant_at(value, plant, &mut left));
    assert!(!none, "fewer texts than there are numbers");
    let places = usize::MAX - left;
    (0..places)
        .step_by(places / PLACES + 1)
        .map(|number| {
            let mut changed = values.clone();
            let mut left = number;
            assert!(changed.iter_mut().any(|value| plant_at(value, plant, &mut left)));
            changed.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
        })
        .collect()
}

/// Puts it into the text with this number; whether there is one.
fn plant_at(value: &mut Value, plant: &str, left: &mut usize) -> bool {
    match value {
        Value::String(text) => {
            if *left == 0 {
                // In a path it stands as a segment, in an element as its text.
                *text = if text.starts_with("http") || text.starts_with('/') {
                    format!("{text}/{plant}")
                } else if text.contains("text=\"") {
                    text.replacen("text=\"", &format!("text=\"{plant} "), 1)
                } else {
                    plant.to_owned()
                };
                return true;
            }
            *left -= 1;
            false
        }
        Value::Array(list) => list.iter_mut().any(|value| plant_at(value, plant, left)),
        Value::Object(map) => map.values_mut().any(|value| plant_at(value, plant, left)),
        _ => false,
    }
}

#[test]
fn what_is_personal_never_comes_out() {
    for (name, kind) in exports() {
        let text = std::fs::read_to_string(fixture(name)).expect("a fixture");
        for (plant, secret) in PLANTS {
            // What only one user shares is never told; what looks personal is not told even of
            // many. A name looks like any text.
            let k = if plant.starts_with("Jane") { 2 } else { 1 };
            let all = planted(kind, &text, plant);
            assert!(all.len() > 3, "{name}: nothing to plant in");
            for text in &all {
                let import = imported_bytes(text.as_bytes(), kind, k);
                let out = everything(&import, k);
                assert!(!out.contains(secret), "{name}: {plant} in\n{text}\ncame out in\n{out}");
            }
        }
    }
}

#[test]
fn what_was_typed_and_asked_for_never_comes_out() {
    for (name, kind) in exports() {
        let text = std::fs::read(fixture(name)).expect("a fixture");
        let out = everything(&imported_bytes(&text, kind, 1), 1);
        for secret in [
            "secret",
            "SECRET",
            "jane",
            "doe@",
            "Masked Element",
            "from=mug",
            "utm_source",
            "ref=x",
            "order=1",
        ] {
            assert!(!out.contains(secret), "{name}: {secret}");
        }
    }
}

#[test]
fn a_text_is_told_when_enough_users_share_it() {
    let row = |user: usize, text: &str| {
        format!(
            "{{\"who\":{{\"id\":\"u{user}\"}},\"t\":1790856000,\"context\":{{\"page\":{{\"url\":\"/\"}}}},\"kind\":\"click\",\"el\":\"{text}\"}}\n"
        )
    };
    let mut text = String::new();
    for user in 0..5 {
        text.push_str(&row(user, "Add to cart"));
    }
    for _ in 0..9 {
        text.push_str(&row(0, "Hello Jane Geheimrat"));
    }
    let out = everything(&imported_bytes(text.as_bytes(), Kind::Json, 5), 5);
    assert!(out.contains("Add to cart"), "{out}");
    assert!(!out.contains("Geheimrat"), "{out}");
}
