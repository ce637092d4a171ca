//! Recordings of other tools and tests for them, from outside: what each format becomes, that
//! nothing gets lost on the way, and what the command says.

mod command;
mod exports;
mod hostile;

use desirepath::diagnostic::SourceText;
use desirepath::exchange::{ExchangeError, Imported, import};
use desirepath::journey::{read, write};

/// The recordings in `tests/fixtures/recordings`, with what is in them.
const RECORDINGS: [(&str, &str); 9] = [
    (
        "everything.recorder.json",
        include_str!("../../fixtures/recordings/everything.recorder.json"),
    ),
    ("everything.side", include_str!("../../fixtures/recordings/everything.side")),
    ("form.rrweb.json", include_str!("../../fixtures/recordings/form.rrweb.json")),
    ("forms.har", include_str!("../../fixtures/recordings/forms.har")),
    ("pages.txt", include_str!("../../fixtures/recordings/pages.txt")),
    ("shop.har", include_str!("../../fixtures/recordings/shop.har")),
    ("shop.recorder.json", include_str!("../../fixtures/recordings/shop.recorder.json")),
    ("shop.rrweb.jsonl", include_str!("../../fixtures/recordings/shop.rrweb.jsonl")),
    ("shop.side", include_str!("../../fixtures/recordings/shop.side")),
];

fn imported(file: &str, text: &str) -> Result<Imported, ExchangeError> {
    import(&SourceText::new(file, text), None)
}

/// What holds of everything that was imported: each entry met a fate, each that is left was said,
/// and each journey is read back as the same.
fn holds(imported: &Imported) {
    let said = imported.remarks.iter().filter(|remark| remark.place.is_some()).count();
    assert!(said >= imported.account.left, "{:?}\n{:?}", imported.account, imported.remarks);
    let mut names: Vec<&str> = imported.journeys.iter().map(|j| j.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), imported.journeys.len(), "names are unique");
    for journey in &imported.journeys {
        let text = write(journey);
        match read("written.yaml", &text) {
            Ok(again) => assert_eq!(&again, journey, "{text}"),
            Err(mistakes) => panic!("{mistakes}\n{text}"),
        }
    }
}

#[test]
fn every_recording_becomes_what_it_was_with_everything_else_said() {
    for (file, text) in RECORDINGS {
        let imported = imported(file, text).unwrap_or_else(|error| panic!("{file}: {error}"));
        holds(&imported);
        let mut shown = String::new();
        for journey in &imported.journeys {
            shown.push_str(&write(journey));
            shown.push('\n');
        }
        for remark in &imported.remarks {
            shown.push_str(&format!("{remark}\n"));
        }
        shown.push_str(&format!("\n{:?}\n{:?}\n", imported.base_url, imported.account));
        insta::assert_snapshot!(file, shown);
    }
}

#[test]
fn no_secret_of_a_recording_is_in_its_journey() {
    for (file, text) in RECORDINGS {
        let imported = imported(file, text).expect("the fixtures are right");
        let written: String = imported.journeys.iter().map(write).collect();
        for secret in ["hunter2", "correct horse", "abc123", "ada:secret"] {
            assert!(!written.contains(secret), "{secret} is in the journey of {file}");
            let said = imported.remarks.iter().any(|remark| remark.what.contains(secret));
            assert!(!said, "{secret} is in a remark on {file}");
        }
    }
}

#[test]
fn what_is_broken_is_shown_at_its_place() {
    let told = |file: &str, text: &str| imported(file, text).expect_err("it is broken").to_string();
    insta::assert_snapshot!(told("a.json", "{\n  \"title\": \"a\",\n  \"steps\": [ { \"type\": click } ]\n}"), @r#"
    error: this is no JSON: expected value
     --> a.json:3:24
      |
    3 |   "steps": [ { "type": click } ]
      |                        ^
      |
      = help: export the recording again, or mend the JSON here
    "#);
    let cases = [
        ("b.json", "{ \"steps\": 3 }"),
        ("c.json", "{ \"steps\": [ { \"type\": \"levitate\" } ] }"),
        ("d.txt", "hello"),
        ("e.json", "{ \"title\": \"a\", \"steps\": [ {"),
        ("f.side", "{ \"tests\": [] }"),
    ];
    let all: Vec<String> = cases.iter().map(|(file, text)| told(file, text)).collect();
    insta::assert_snapshot!("broken", all.join("\n\n"));
    let deep = format!("{{\"steps\":{}", "[".repeat(100_000));
    assert!(told("f.json", &deep).contains("nested deeper than 400 levels"));
    let long: String = (0..6_000).map(|n| format!("https://a.example/{n}\n")).collect();
    assert!(told("g.txt", &long).contains("6000 steps, and 5000 are the most"));
}
