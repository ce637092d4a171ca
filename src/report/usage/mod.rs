//! The report of an import: what was learned from an export, and how far to believe it, for a
//! terminal, for programs, and as a page. It is a fold over values of `usage`; nothing is learned
//! here.

mod map;
mod page;

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::json;

use super::{visible, words};
use crate::usage::{Derived, Fidelity, Flow, Standing, UsageModel};

pub use page::render;

/// Everything that an import has to tell.
#[derive(Debug, Clone, Copy)]
pub struct Import<'a> {
    /// The kind of export: `posthog`.
    pub from: &'a str,
    /// The days that it covers.
    pub window: Option<&'a str>,
    /// What was read, dropped and cleaned, line by line, as a name and a value.
    pub cleaning: &'a [(String, String)],
    /// The model.
    pub model: &'a UsageModel,
    /// Its figures on held-out sessions; `None` where there were too few users.
    pub fidelity: Option<&'a Fidelity>,
    /// The flow through the pages.
    pub flow: &'a Flow,
    /// The journeys.
    pub derived: &'a Derived,
}

/// A figure, and what it means beside it.
struct Figure {
    name: &'static str,
    value: String,
    beside: String,
    /// Whether it is as it should be: a class of the style sheet, and a word.
    verdict: &'static str,
}

/// A distance up to this many times that of real sessions from each other is as good as real.
const AS_REAL: f64 = 1.1;

fn figures(fidelity: &Fidelity) -> Vec<Figure> {
    let f = fidelity;
    let best = (0..f.fixed_orders.len())
        .min_by(|&a, &b| f.fixed_orders[a].total_cmp(&f.fixed_orders[b]))
        .unwrap_or(0);
    let distance = |name, d: crate::usage::fidelity::Distance| Figure {
        name,
        value: format!("{:.3}", d.model),
        beside: format!("real against real {:.3}", d.floor),
        verdict: if d.model <= AS_REAL * d.floor { "holds" } else { "unknown" },
    };
    // Half a point, and what chance does to a share of so many sessions at 95 %.
    let p = f.unseen_held_out;
    let chance = 0.005 + 1.96 * (p * (1.0 - p) / f.held_out.max(1) as f64).sqrt();
    vec![
        Figure {
            name: "bits per step",
            value: format!("{:.3}", f.bits),
            beside: format!("best fixed order ({best}) {:.3}", f.fixed_orders[best]),
            verdict: if f.bits <= f.fixed_orders[best] + 0.005 { "holds" } else { "unknown" },
        },
        distance("runs of three steps (Jensen–Shannon)", f.three_grams),
        distance("runs of four steps (Jensen–Shannon)", f.four_grams),
        distance("lengths (Kolmogorov–Smirnov)", f.lengths),
        Figure {
            name: "paths never seen before",
            value: words::percent(f.unseen_predicted),
            beside: format!("held-out sessions show {}", words::percent(f.unseen_held_out)),
            verdict: if (f.unseen_predicted - f.unseen_held_out).abs() <= chance {
                "holds"
            } else {
                "unknown"
            },
        },
    ]
}

fn count(n: u64, noun: &str) -> String {
    words::count(u32::try_from(n).unwrap_or(u32::MAX), noun)
}

/// One sentence that says what came of it.
fn headline(import: &Import<'_>) -> String {
    let journeys = import.derived.journeys.len();
    let extent = import.model.extent();
    match journeys {
        0 => format!(
            "{} of {} became no journey: nothing that at least {} users did alike",
            count(extent.sessions, "session"),
            count(extent.users, "user"),
            import.model.shape().k
        ),
        _ => format!(
            "{} {} for {} of {}",
            count(journeys as u64, "journey"),
            if journeys == 1 { "stands" } else { "stand" },
            words::percent(import.derived.held.sessions),
            count(extent.sessions, "session")
        ),
    }
}

/// The report for a terminal or a log.
#[must_use]
pub fn terminal(import: &Import<'_>) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}\n", headline(import));
    let longest = import.derived.journeys.iter().map(|s| s.journey.name.len()).max().unwrap_or(0);
    for standing in &import.derived.journeys {
        let share = standing.journey.share.map_or(String::new(), words::percent);
        let steps = count(standing.journey.steps.len() as u64, "step");
        let name = &standing.journey.name;
        let _ = writeln!(
            out,
            "  {name:longest$}  {share:>7}  {steps}, {}",
            count(u64::from(standing.users), "user")
        );
    }
    let held = import.derived.held;
    let _ = writeln!(
        out,
        "\n  the journeys hold {} of all moves; {} that people make are in no journey",
        words::percent(held.moves),
        words::percent(1.0 - held.moves)
    );
    for gap in gaps(&import.derived.journeys) {
        let _ = writeln!(out, "  gap: {}", visible::line(&gap));
    }
    let shape = import.model.shape();
    let _ = writeln!(
        out,
        "  model: order {}, {}, {}; nothing of fewer than {} users",
        shape.order,
        count(import.model.alphabet().states().len() as u64, "state"),
        count(import.model.contexts() as u64, "context"),
        shape.k
    );
    match import.fidelity {
        None => out.push_str(
            "  too few users to hold some out: nothing can be said of how well it fits\n",
        ),
        Some(fidelity) => {
            let _ = writeln!(
                out,
                "\n  on {} that were held out:",
                count(fidelity.held_out as u64, "session")
            );
            for figure in figures(fidelity) {
                let _ = writeln!(
                    out,
                    "    {:36}  {:>7}   {}",
                    figure.name, figure.value, figure.beside
                );
            }
        }
    }
    out
}

/// Each gap once, with how many journeys have it.
fn gaps(journeys: &[Standing]) -> Vec<String> {
    let mut gaps: Vec<&String> = journeys.iter().flat_map(|standing| &standing.gaps).collect();
    gaps.sort_unstable();
    gaps.chunk_by(|a, b| a == b)
        .map(|same| match same.len() {
            1 => same[0].clone(),
            n => format!("{} ({} journeys)", same[0], n),
        })
        .collect()
}

/// The version of the JSON report.
const FORMAT: u32 = 1;

/// The report for programs.
#[must_use]
pub fn json(import: &Import<'_>) -> String {
    #[derive(Serialize)]
    struct Row<'a> {
        journey: &'a str,
        share: Option<f64>,
        sessions: u64,
        users: u32,
        gaps: &'a [String],
    }
    let rows = import.derived.journeys.iter().map(|standing| Row {
        journey: &standing.journey.name,
        share: standing.journey.share,
        sessions: standing.sessions,
        users: standing.users,
        gaps: &standing.gaps,
    });
    let extent = import.model.extent();
    let pages = import.flow.pages.iter().map(|page| {
        json!({
            "route": page.route.as_str(), "sessions": page.sessions,
            "begins": page.begins, "ends": page.ends,
        })
    });
    let streams = import.flow.streams.iter().map(|stream| {
        let route = |place: usize| import.flow.pages[place].route.as_str();
        json!({ "from": route(stream.from), "to": route(stream.to), "sessions": stream.sessions })
    });
    let value = json!({
        "usage_report": FORMAT,
        "from": import.from,
        "window": import.window,
        "cleaning": import.cleaning.iter().map(|(name, value)| json!([name, value])).collect::<Vec<_>>(),
        "sessions": extent.sessions,
        "users": extent.users,
        "steps": extent.steps,
        "shape": import.model.shape(),
        "held": import.derived.held,
        "fidelity": import.fidelity,
        "journeys": rows.collect::<Vec<_>>(),
        "pages": pages.collect::<Vec<_>>(),
        "streams": streams.collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string_pretty(&value).expect("its keys are texts");
    text.push('\n');
    text
}
