//! `usage.html`: the report of an import as one page that needs nothing else. Texts of analytics
//! are hostile: the template escapes them, and the page has no script at all.

use std::io;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

use super::map::{Map, map};
use super::{Figure, Import, count, figures, gaps, headline};
use crate::journey::{Action, Journey, Step, Think};
use crate::perturb::words::action;
use crate::report::{visible, words};
use crate::usage::Symbol;

const STYLE: &str = concat!(
    include_str!("../../../assets/report/report.css"),
    include_str!("../../../assets/report/usage.css")
);

#[derive(Template)]
#[template(path = "report/usage.html")]
struct Page {
    policy: String,
    style: &'static str,
    sentence: String,
    mood: &'static str,
    facts: Vec<(String, String)>,
    numbers: Vec<(String, String)>,
    map: Option<Map>,
    undrawn: usize,
    journeys: Vec<JourneyCard>,
    held_out: Option<String>,
    figures: Vec<Figure>,
    pages: Vec<PageRow>,
    cleaning: Vec<(String, String)>,
    gaps: Vec<String>,
    k: u32,
}

struct JourneyCard {
    name: String,
    share: String,
    /// Of the widest bar, in hundredths.
    bar: f64,
    people: String,
    steps: Vec<StepRow>,
    detours: String,
}

struct StepRow {
    did: String,
    notes: String,
    think: String,
    inner: bool,
}

struct PageRow {
    route: String,
    share: String,
    begins: String,
    ends: String,
    stay: String,
}

/// The page.
///
/// # Errors
/// The template cannot be rendered.
pub fn render(import: &Import<'_>) -> io::Result<String> {
    let model = import.model;
    let extent = model.extent();
    let line = |text: &str| visible::line(text).into_owned();
    let grouped = |n: u64| words::grouped(u32::try_from(n).unwrap_or(u32::MAX));
    let held = import.derived.held;
    let mut facts = vec![("Learned from".to_owned(), line(import.from))];
    facts.extend(import.window.map(|window| ("Days".to_owned(), line(window))));
    facts.push(("Model".to_owned(), format!("order {}", model.shape().order)));
    let drawn = map(import.flow);
    let page = Page {
        policy: policy(),
        style: STYLE,
        sentence: headline(import),
        mood: if import.derived.journeys.is_empty() { "unknown" } else { "good" },
        facts,
        numbers: vec![
            ("sessions".to_owned(), grouped(extent.sessions)),
            ("users".to_owned(), grouped(extent.users)),
            ("steps".to_owned(), grouped(extent.steps)),
            ("pages".to_owned(), grouped(import.flow.pages.len() as u64)),
            ("journeys".to_owned(), grouped(import.derived.journeys.len() as u64)),
            ("of sessions held".to_owned(), words::percent(held.sessions)),
            ("of moves held".to_owned(), words::percent(held.moves)),
        ],
        undrawn: import.flow.pages.len() - drawn.as_ref().map_or(0, |map| map.nodes.len()),
        map: drawn,
        journeys: journeys(import),
        held_out: import.fidelity.map(|f| count(f.held_out as u64, "session")),
        figures: import.fidelity.map(figures).unwrap_or_default(),
        pages: pages(import),
        cleaning: import.cleaning.iter().map(|(name, value)| (line(name), line(value))).collect(),
        gaps: gaps(&import.derived.journeys).iter().map(|gap| line(gap)).collect(),
        k: model.shape().k,
    };
    page.render().map_err(io::Error::other)
}

/// Nothing may be loaded, and nothing may run.
fn policy() -> String {
    format!(
        "default-src 'none'; img-src data:; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        BASE64.encode(Sha256::digest(STYLE.as_bytes()))
    )
}

fn journeys(import: &Import<'_>) -> Vec<JourneyCard> {
    let all = &import.derived.journeys;
    let widest = all.iter().filter_map(|s| s.journey.share).fold(f64::MIN_POSITIVE, f64::max);
    all.iter()
        .map(|standing| {
            let share = standing.journey.share.unwrap_or(0.0);
            let detours = standing.journey.detours.keys().map(String::as_str).collect::<Vec<_>>();
            JourneyCard {
                name: visible::line(&standing.journey.name).into_owned(),
                share: words::percent(share),
                bar: (share / widest * 1000.0).round() / 10.0,
                people: format!(
                    "{} of {}",
                    count(standing.sessions, "session"),
                    count(u64::from(standing.users), "user")
                ),
                steps: steps(&standing.journey),
                detours: visible::line(&detours.join(", ")).into_owned(),
            }
        })
        .collect()
}

fn steps(journey: &Journey) -> Vec<StepRow> {
    let mut rows = Vec::new();
    for step in &journey.steps {
        rows.push(row(step, false));
        if let Action::AnyOrder(inner) = &step.action {
            rows.extend(inner.iter().map(|step| row(step, true)));
        }
    }
    rows
}

fn row(step: &Step, inner: bool) -> StepRow {
    let rates = [
        ("left out by", step.seen.skip),
        ("repeated by", step.seen.repeat),
        ("after the next by", step.seen.swap),
        ("back by", step.seen.back),
        ("reloaded by", step.seen.reload),
    ];
    let mut notes: Vec<String> = step.optional.then(|| "optional".to_owned()).into_iter().collect();
    notes.extend(
        rates.iter().filter_map(|(did, rate)| Some(format!("{did} {}", words::percent((*rate)?)))),
    );
    let think = match step.think {
        Some(Think::Exactly(span)) => span.to_string(),
        Some(Think::Spread { median, p90 }) => format!("{median} – {p90}"),
        None => String::new(),
    };
    StepRow {
        did: visible::line(&action(&step.action)).into_owned(),
        notes: notes.join(" · "),
        think,
        inner,
    }
}

fn pages(import: &Import<'_>) -> Vec<PageRow> {
    let all = import.flow.sessions.max(1) as f64;
    let alphabet = import.model.alphabet();
    let view = |route: &crate::route::Route| -> Symbol {
        alphabet.symbol(&crate::analytics::State {
            route: route.clone(),
            act: crate::analytics::Act::View,
        })
    };
    import
        .flow
        .pages
        .iter()
        .map(|page| PageRow {
            route: visible::line(page.route.as_str()).into_owned(),
            share: words::percent(page.sessions as f64 / all),
            begins: words::percent(page.begins as f64 / all),
            ends: words::percent(page.ends as f64 / all),
            stay: import.model.dwell(view(&page.route)).map_or_else(
                || "not known".to_owned(),
                |dwell| words::took(dwell.median().as_millis()),
            ),
        })
        .collect()
}
