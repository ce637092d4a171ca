//! Exports of analytics tools as they come from outside: every kind, right and broken, in any
//! order, and with personal data planted in them.

mod golden;
mod hostile;
mod hosts;
mod parquet;
mod private;
mod same;
mod shapes;

use std::path::{Path, PathBuf};

use desirepath::analytics::{self, Crowd, Dropped, Import, Kind, Mapping, Request};

/// Some time after all fixtures.
const NOW: i64 = 1_800_000_000_000;

/// The fixture of each kind.
const FIXTURES: [(&str, Kind); 24] = [
    ("ga4.jsonl", Kind::Ga4),
    ("posthog.jsonl", Kind::PostHog),
    ("posthog-api.json", Kind::PostHog),
    ("access.log", Kind::AccessLog),
    ("access-common.log", Kind::AccessLog),
    ("access.jsonl", Kind::JsonLog),
    ("mapped.csv", Kind::Csv),
    ("mapped.jsonl", Kind::Json),
    ("snowplow.tsv", Kind::SnowplowTsv),
    ("snowplow.csv", Kind::SnowplowCsv),
    ("segment.jsonl", Kind::Segment),
    ("matomo.json", Kind::Matomo),
    ("umami.csv", Kind::Umami),
    ("amplitude.jsonl", Kind::Amplitude),
    ("mixpanel.jsonl", Kind::Mixpanel),
    ("datadog.jsonl", Kind::Datadog),
    ("datadog-api.json", Kind::Datadog),
    ("otel.jsonl", Kind::Otel),
    ("w3c.log", Kind::W3c),
    ("cloudfront.log", Kind::CloudFront),
    ("alb.log", Kind::Alb),
    ("session.har", Kind::Har),
    ("rrweb.json", Kind::Rrweb),
    ("paths.txt", Kind::Paths),
];

/// What the clients themselves made of a page, by `record/record.mjs` and `record/clients.mjs`.
const RECORDED: [(&str, Kind); 11] = [
    ("recorded-posthog.jsonl", Kind::PostHog),
    ("recorded-rrweb.json", Kind::Rrweb),
    ("recorded-posthog-walk.jsonl", Kind::PostHog),
    ("recorded-snowplow.tsv", Kind::SnowplowTsv),
    ("recorded-segment.jsonl", Kind::Segment),
    ("recorded-rudderstack.jsonl", Kind::Segment),
    ("recorded-amplitude.jsonl", Kind::Amplitude),
    ("recorded-mixpanel.jsonl", Kind::Mixpanel),
    ("recorded-datadog.json", Kind::Datadog),
    ("recorded-otel.jsonl", Kind::Otel),
    ("recorded-otel-spans.jsonl", Kind::Otel),
];

fn exports() -> Vec<(&'static str, Kind)> {
    FIXTURES.into_iter().chain(RECORDED).collect()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/exports").join(name)
}

/// The mapping that the files of no kind need.
fn mapping(kind: Kind) -> Option<Mapping> {
    let text = match kind {
        Kind::Csv => "user=visitor,time=when,url=page,action=what,target=on",
        Kind::Json => "user=who.id,time=t,url=context.page.url,action=kind,target=el",
        _ => return None,
    };
    Some(text.parse().expect("a mapping"))
}

/// Files of one kind, with everything told that one user did.
fn request(files: Vec<PathBuf>, kind: Kind, k: u32) -> Request {
    Request {
        from: Some(kind),
        mapping: mapping(kind),
        least: Crowd::new(k).expect("a number of users"),
        ..Request::new(files, NOW)
    }
}

/// Imports; every line and every event must be in exactly one count.
fn imported(request: &Request) -> Import {
    let import = analytics::import(request, &mut |_| {}).expect("it can be imported");
    let summary = &import.summary;
    assert!(summary.lines.add_up(), "{:?}", summary.lines);
    assert_eq!(summary.events.kept(), summary.steps as u64, "{:?}", summary.events);
    assert_eq!(summary.steps, import.sessions.step_count());
    // Whatever has a page is counted with its host, once.
    let before_the_page = Dropped::ALL.into_iter().take_while(|&why| why != Dropped::Elsewhere);
    let pageless: u64 = before_the_page.map(|why| summary.events.dropped(why)).sum();
    let hosts = &summary.hosts;
    let told: u64 = hosts.told.iter().map(|row| row.events).sum();
    assert_eq!(told + hosts.other + hosts.without, summary.events.all - pageless, "{hosts:?}");
    import
}

/// The same of bytes that are not in a file yet.
fn imported_bytes(bytes: &[u8], kind: Kind, k: u32) -> Import {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), bytes).expect("writes");
    imported(&request(vec![file.path().to_owned()], kind, k))
}
