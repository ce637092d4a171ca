//! `report.html`: one file for people, with its styles, its script and its pictures inside. It
//! is the template and its safety; what is on it comes from `card`, `timeline` and `tables`.
//!
//! All text comes from pages and analytics and is hostile until shown otherwise: the template
//! escapes it, [`super::visible`] takes the reading direction's tricks away, and the content
//! security policy lets nothing run but the script below, by its hash.

mod card;
mod tables;
mod timeline;

use std::io;
use std::path::Path;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

use self::card::{Album, Card};
use self::tables::{DriftRow, JourneyRow, NoiseRow, OperatorRow, ReasonRow};
use super::tally::{self, Headline, Mood, Tally};
use super::{command, visible, words};
use crate::record::{Finding, Run, Severity};

const STYLE: &str = include_str!("../../../assets/report/report.css");
const SCRIPT: &str = include_str!("../../../assets/report/report.js");

#[derive(Template)]
#[template(path = "report/report.html")]
struct Page {
    policy: String,
    style: &'static str,
    script: &'static str,
    mood: &'static str,
    sentence: String,
    caveats: Vec<String>,
    title: String,
    facts: Vec<Fact>,
    numbers: Vec<Fact>,
    failures: Vec<Card>,
    warnings: Vec<Card>,
    noise: Vec<NoiseRow>,
    stranded: Vec<ReasonRow>,
    infrastructure: Vec<ReasonRow>,
    drifts: Vec<DriftRow>,
    journeys: Vec<JourneyRow>,
    operators: Vec<OperatorRow>,
    profile: String,
    remarks: Vec<String>,
    lost: Vec<String>,
    repeat: String,
    version: String,
}

/// A name and its value.
struct Fact {
    name: &'static str,
    value: String,
}

impl Fact {
    fn new(name: &'static str, value: &str) -> Self {
        Self { name, value: visible::line(value).into_owned() }
    }
}

/// The page. `dir` is the run's folder as the reader will type it in a replay command; `load`
/// gives the bytes of a picture by its path in that folder.
///
/// # Errors
/// The template cannot be rendered.
pub fn render(
    run: &Run,
    findings: &[Finding],
    dir: &Path,
    load: &dyn Fn(&str) -> Option<Vec<u8>>,
) -> io::Result<String> {
    let headline = Headline::of(run, findings);
    let mut album = Album::new(load);
    let widest = findings.iter().filter_map(|f| f.share).map(|e| e.high).fold(0.0, f64::max);
    let mut cards = |severity: Severity| -> Vec<Card> {
        let of = findings.iter().filter(|f| f.severity == severity && !f.noise);
        of.zip(1..).map(|(f, n)| Card::new(run, f, n, widest, dir, &mut album)).collect()
    };
    let failures = cards(Severity::Fail);
    let warnings = cards(Severity::Warn);
    let header = &run.header;
    let page = Page {
        policy: policy(),
        style: STYLE,
        script: SCRIPT,
        mood: match headline.mood {
            Mood::Good => "good",
            Mood::Unknown => "unknown",
            Mood::Bad => "bad",
        },
        title: visible::line(&format!("{} · {}", headline.sentence, header.run)).into_owned(),
        sentence: headline.sentence,
        caveats: headline.caveats.iter().map(|c| visible::line(c).into_owned()).collect(),
        facts: facts(run),
        numbers: numbers(run, failures.len(), warnings.len()),
        failures,
        warnings,
        noise: tables::noise(findings),
        stranded: tables::reasons(tally::stranded(run)),
        infrastructure: tables::reasons(tally::infrastructure(run)),
        drifts: tables::drifts(run),
        journeys: tables::journeys(run, findings),
        operators: tables::operators(run),
        profile: visible::line(&header.profile).into_owned(),
        remarks: run.remarks.iter().map(|n| visible::line(&n.text).into_owned()).collect(),
        lost: header.lost.iter().map(|l| visible::line(l).into_owned()).collect(),
        repeat: visible::line(&command::repeat(run)).into_owned(),
        version: visible::line(&header.desirepath).into_owned(),
    };
    page.render().map_err(io::Error::other)
}

/// Nothing may be loaded or run but what this file itself holds.
fn policy() -> String {
    let hash = |text: &str| BASE64.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; img-src data:; style-src 'sha256-{}'; script-src 'sha256-{}'; \
         base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn facts(run: &Run) -> Vec<Fact> {
    let header = &run.header;
    let started = header
        .started
        .parse::<jiff::Timestamp>()
        .map_or_else(|_| header.started.clone(), |t| t.strftime("%e %B %Y, %H:%M UTC").to_string());
    let mut facts = Vec::new();
    if let Some(release) = &header.release {
        facts.push(Fact::new("Release", release));
    }
    facts.push(Fact::new("Application", &header.base_url));
    facts.push(Fact::new("Started", started.trim()));
    facts.push(Fact::new("Browser", &header.browser));
    facts.push(Fact::new("Seed", &header.seed.to_string()));
    facts.retain(|fact| !fact.value.is_empty());
    facts
}

fn numbers(run: &Run, failures: usize, warnings: usize) -> Vec<Fact> {
    let tally = Tally::of(run);
    let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let counted = [
        (size(failures), "broken thing", "broken things"),
        (size(warnings), "warning", "warnings"),
        (tally.walks, "walk", "walks"),
        (tally.passed, "passed", "passed"),
        (tally.failed, "failed", "failed"),
        (tally.stranded, "stranded", "stranded"),
        (tally.infrastructure, "inconclusive", "inconclusive"),
        (tally.interrupted, "interrupted", "interrupted"),
        (tally.confirmations, "confirmation", "confirmations"),
        (tally.requests, "request", "requests"),
    ];
    let rare = ["inconclusive", "interrupted"];
    let mut numbers: Vec<Fact> = counted
        .into_iter()
        .filter(|&(n, one, _)| n > 0 || !rare.contains(&one))
        .map(|(n, one, many)| Fact::new(if n == 1 { one } else { many }, &words::grouped(n)))
        .collect();
    numbers.push(Fact::new("in all", &words::took(run.took)));
    numbers
}
