//! What each kind of export becomes, step by step, with one user enough to be told.

use std::fmt::Write as _;

use desirepath::analytics::{Act, AnalyticsError, Import, Kind, Request, import};

use super::{FIXTURES, RECORDED, fixture, imported, mapping, request};

fn told(import: &Import) -> String {
    let mut text = String::new();
    let summary = &import.summary;
    let lines = serde_json::to_string(&summary.lines).expect("numbers");
    let events = serde_json::to_value(&summary.events).expect("numbers");
    let events: Vec<String> = events
        .as_object()
        .expect("an object")
        .iter()
        .filter(|(_, count)| **count != 0)
        .map(|(what, count)| format!("{what} {count}"))
        .collect();
    let _ = writeln!(text, "lines {lines}\nevents {}", events.join(", "));
    for mistake in &summary.mistakes {
        let _ = writeln!(text, "line {}: {}", mistake.line, mistake.why);
    }
    for (head, steps) in import.sessions.iter() {
        let _ = writeln!(text, "session at {}", head.start);
        for step in steps {
            let state = import.sessions.state(step.state);
            let (what, element) = match &state.act {
                Act::View => ("view".to_owned(), None),
                Act::Click(element) => ("click".to_owned(), Some(element)),
                Act::Fill(element) => ("fill".to_owned(), Some(element)),
                Act::Choose(element) => ("choose".to_owned(), Some(element)),
                Act::Submit(element) => ("submit".to_owned(), Some(element)),
                Act::Named(name) => (format!("named {name:?}"), None),
            };
            let _ = write!(text, "  {} {what}", state.route);
            if let Some(element) = element {
                let parts = [
                    ("tag", &element.tag),
                    ("role", &element.role),
                    ("name", &element.name),
                    ("label", &element.label),
                    ("text", &element.text),
                    ("placeholder", &element.placeholder),
                    ("test_id", &element.test_id),
                    ("type", &element.kind),
                    ("href", &element.href),
                    ("css", &element.css),
                ];
                for (name, part) in parts {
                    if let Some(part) = part {
                        let _ = write!(text, " {name}={part:?}");
                    }
                }
            }
            let _ = match step.dwell {
                Some(dwell) => writeln!(text, " ({dwell} ms)"),
                None => writeln!(text),
            };
        }
    }
    text
}

#[test]
fn every_kind_becomes_what_its_users_did() {
    let mut all = String::new();
    for (name, kind) in FIXTURES.into_iter().chain(RECORDED) {
        let import = imported(&request(vec![fixture(name)], kind, 1));
        let _ = writeln!(all, "== {name}\n{}", told(&import));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn every_kind_is_told_by_its_content() {
    for (name, kind) in FIXTURES.into_iter().chain(RECORDED) {
        let request = Request { from: None, ..request(vec![fixture(name)], kind, 1) };
        assert_eq!(imported(&request).kind, Some(kind), "{name}");
    }
}

#[test]
fn what_cannot_be_imported_says_why() {
    let error = |request: &Request| {
        import(request, &mut |_| {}).expect_err("it cannot be imported").to_string()
    };
    let known = |name: &str, kind| request(vec![fixture(name)], kind, 1);
    let missing = error(&known("nothing.jsonl", Kind::Ga4));
    assert!(missing.contains("cannot read") && missing.contains("nothing.jsonl"), "{missing}");
    let unknown = error(&Request { mapping: None, from: None, ..known("mapped.csv", Kind::Csv) });
    assert!(unknown.contains("--map user=…,time=…,url=…"), "{unknown}");
    let unmapped = error(&Request { mapping: None, ..known("mapped.csv", Kind::Csv) });
    assert!(unmapped.contains("which field is what"), "{unmapped}");
    let wrong = Request { mapping: mapping(Kind::Json), ..known("mapped.csv", Kind::Csv) };
    let wrong = error(&wrong);
    assert!(wrong.contains("no column `who.id`; there are visitor, when"), "{wrong}");
    let mixed = vec![fixture("ga4.jsonl"), fixture("access.log")];
    let mixed = error(&Request { from: None, ..request(mixed, Kind::Ga4, 1) });
    assert!(mixed.contains("is ga4 and") && mixed.contains("is access-log"), "{mixed}");
    let strict = Request {
        lenience: desirepath::analytics::Lenience::Refuse,
        ..known("access.log", Kind::AccessLog)
    };
    let strict = import(&strict, &mut |_| {});
    assert!(matches!(strict, Err(AnalyticsError::Strict { line: 10, .. })), "{strict:?}");
}
