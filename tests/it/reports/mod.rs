//! One sweep, with everything in it that a report must survive, told by every report.

mod pages;
mod sample;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use desirepath::record::{Event, Finding, Journal, Run, findings, journal};
use desirepath::report::{self, Kind, Palette, github, html, json, junit};

use sample::Sample;

struct Told {
    events: Vec<Event>,
    run: Run,
    findings: Vec<Finding>,
    pictures: Vec<(String, Vec<u8>)>,
}

/// The sample, folded once: drawing its pictures takes a while.
fn told() -> &'static Told {
    static TOLD: OnceLock<Told> = OnceLock::new();
    TOLD.get_or_init(|| {
        let Sample { events, pictures, .. } = Sample::build();
        let run = Run::fold(events.clone());
        let findings = findings(&run);
        Told { events, run, findings, pictures }
    })
}

fn dir() -> &'static Path {
    Path::new("screenshots/2026-11-05T02-00-00Z")
}

#[test]
fn terminal() {
    let Told { run, findings, .. } = told();
    let report = dir().join("report.html");
    let text = report::summary(run, findings, dir(), Some(&report), Palette::Plain, 80);
    assert!(!text.contains('\u{1b}'), "no page may talk to the terminal");
    insta::assert_snapshot!(text);
    let narrow = report::summary(run, findings, dir(), None, Palette::Plain, 40);
    let prose = narrow.lines().filter(|line| !line.starts_with("desirepath replay"));
    assert!(prose.clone().count() > text.lines().count());
    let coloured = report::summary(run, findings, dir(), None, Palette::Colour, 80);
    assert!(coloured.contains("\u{1b}[1;31m") && !coloured.contains("\u{1b}[31mred"));
}

#[test]
fn junit() {
    let Told { run, findings, .. } = told();
    let xml = junit::render(run, findings, dir()).expect("XML");
    insta::assert_snapshot!(xml);
}

#[test]
fn findings_json() {
    let Told { run, findings, .. } = told();
    let text = json::render(run, findings).expect("JSON");
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let back: Vec<Finding> =
        serde_json::from_value(document["findings"].clone()).expect("findings");
    assert_eq!(&back, findings, "what is written can be read again");
    insta::assert_snapshot!(text);
}

#[test]
fn github_summary_and_annotations() {
    let Told { run, findings, .. } = told();
    insta::assert_snapshot!("github_summary", github::summary(run, findings, dir()));
    let annotations = github::annotations(findings, dir());
    assert!(annotations.lines().all(|line| line.starts_with("::")), "one command a line");
    insta::assert_snapshot!("github_annotations", annotations);
}

#[test]
fn html_lets_no_page_in() {
    let Told { run, findings, pictures, .. } = told();
    let load =
        |name: &str| pictures.iter().find(|(file, _)| file == name).map(|(_, png)| png.clone());
    let page = html::render(run, findings, dir(), &load).expect("HTML");
    assert_eq!(page.matches("<script").count(), 1, "no script but its own");
    for hostile in ["<img src=x", "<svg onload", "alert(1)</script>", "\u{1b}", "\u{202e}"] {
        assert!(!page.contains(hostile), "{hostile:?} came through");
    }
    for outside in ["src=\"http", "href=\"http", "url(", "@import", "javascript:"] {
        assert!(!page.contains(outside), "{outside} would load something");
    }
    assert!(page.contains("script-src &#39;sha256-") || page.contains("script-src 'sha256-"));
    assert!(!page.contains("style=\""), "the policy forbids style attributes");
    assert_eq!(page.matches("data:image/png;base64,").count(), 8);
    for id in ["fail-1", "fail-2", "fail-3", "fail-4", "warn-1"] {
        assert_eq!(page.matches(&format!("id=\"{id}\"")).count(), 1, "{id}");
    }
    let opened = |tag: &str| page.matches(&format!("<{tag}")).count();
    for tag in ["article", "details", "figure", "table", "ol", "section"] {
        assert_eq!(opened(tag), page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}

#[test]
fn every_report_is_made_again_from_the_stored_journal() {
    let Told { events, pictures, .. } = told();
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("sample-run");
    let _ = fs::remove_dir_all(&dir);
    let mut written = Journal::create(&dir).expect("a new journal");
    assert!(Journal::create(&dir).is_err(), "no run is overwritten");
    for event in events {
        written.append(event).expect("a line");
    }
    fs::create_dir_all(dir.join("evidence")).expect("a folder");
    for (name, png) in pictures {
        fs::write(dir.join(name), png).expect("a picture");
    }
    let read = journal::read(&dir).expect("the journal");
    assert_eq!(&read, events);
    let files = report::write_all(&dir, &Run::fold(read), &Kind::ALL).expect("reports");
    assert_eq!(files.len(), 4);
    assert!(files.iter().all(|file| file.metadata().is_ok_and(|m| m.len() > 500)));
}

#[test]
fn a_run_without_walks_and_a_run_without_findings_are_reports_too() {
    let mut calm = told().run.clone();
    calm.walks.retain(|id, record| id.journey == "browse-lamps" && record.violations.len() < 2);
    calm.walks.values_mut().for_each(|record| record.violations.clear());
    for (run, says) in [(Run::default(), "Nothing may be concluded"), (calm, "Nothing broke in")] {
        let dir =
            PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("run-{}", run.walks.len()));
        fs::create_dir_all(&dir).expect("a folder");
        let files = report::write_all(&dir, &run, &Kind::ALL).expect("reports");
        let page = fs::read_to_string(&files[0]).expect("the page");
        assert!(page.contains(says) && !page.contains("What broke"), "{says}");
        let text = report::summary(&run, &[], &dir, None, Palette::Plain, 80);
        assert!(text.starts_with(says), "{text}");
    }
}
