//! `desirepath coverage`: what production does that no walk of a run did, the reverse, and what the
//! pages offer that nobody uses.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::exit::Exit;
use super::failure::Failure;
use super::print;
use crate::record::{Outcome, Run, WalkRecord, journal};
use crate::report::{visible, words};
use crate::route;
use crate::usage::coverage::{Covered, Idle, Offer, Unusual};
use crate::usage::{Coverage, Deed, UsageModel};

/// Show what production does that no walk of a run did, and what walks did that it never does
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The run's folder
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// The usage model that `import` wrote
    #[arg(long, value_name = "FILE", default_value = "usage.yaml")]
    pub model: PathBuf,
    /// Print everything as JSON
    #[arg(long)]
    pub json: bool,
    /// How many lines of each list are shown
    #[arg(long, default_value = "12", value_name = "N")]
    pub top: usize,
}

/// What a run cannot tell, said where its figures are.
const LIMIT: &str = "What pages offer is what each journey's calm walk saw when it first came to a \
                     route. An element is the same on both sides where both name it in the same \
                     way.";

/// Carries the command out.
///
/// # Errors
/// The run or the model cannot be read.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let place = args.model.display();
    let text = std::fs::read_to_string(&args.model).map_err(|error| {
        Failure::usage(format!(
            "the usage model {place} cannot be read: {error} (`desirepath import` writes one; \
             name it with --model)"
        ))
    })?;
    let model =
        UsageModel::read(&text).map_err(|error| Failure::usage(format!("{place}: {error}")))?;
    let run = Run::fold(journal::read(&args.run).map_err(Failure::usage)?);
    let walks: Vec<Vec<Deed>> = run.walks.values().map(deeds).collect();
    let coverage = Coverage::of(&model, &walks, &offers(&run));
    if args.json {
        let value = serde_json::json!({ "coverage": coverage, "limit": LIMIT });
        print(&format!("{value:#}\n"));
    } else {
        print(&shown(&coverage, model.shape().k, args.top));
    }
    Ok(Exit::Fine)
}

/// What one walk did, as far as it was carried out.
fn deeds(walk: &WalkRecord) -> Vec<Deed> {
    let mut deeds = Vec::new();
    let mut on = String::new();
    // An expectation does nothing, and is recorded with the page as it was looked at before.
    let does = |verb: &str| !matches!(verb, "expect" | "wait_for");
    let done = walk.steps.iter().filter(|step| step.outcome == Outcome::Done);
    for step in done.filter(|step| does(&step.verb)) {
        let to = route::path(&step.url);
        match step.verb.as_str() {
            "visit" | "reload" | "back" | "forward" => {}
            "go" => deeds.push(Deed::Followed { on: on.clone(), to: to.clone() }),
            verb => {
                if let Some(matched) = &step.matched {
                    let by = matched.by.clone();
                    deeds.push(Deed::Acted { on: on.clone(), verb: verb.to_owned(), by });
                }
            }
        }
        let comes = matches!(step.verb.as_str(), "visit" | "go" | "reload" | "back" | "forward");
        if to != on || comes {
            deeds.push(Deed::Came(to.clone()));
        }
        on = to;
    }
    deeds
}

/// What the pages of a run offer.
fn offers(run: &Run) -> Vec<Offer> {
    let pages = run.offered.iter();
    let offers = pages.flat_map(|(on, elements)| {
        elements.iter().map(move |element| Offer {
            on: on.clone(),
            verb: element.verb.clone(),
            ways: element.ways.clone(),
            leads_to: element.leads_to.as_deref().map(path_of),
        })
    });
    offers.collect()
}

/// The path of a link within the application, as a page's path is told.
fn path_of(link: &str) -> String {
    route::path(&format!("http://application{link}"))
}

fn shown(coverage: &Coverage, k: u32, top: usize) -> String {
    let mut out = String::new();
    let walks = words::count(u32::try_from(coverage.walks).unwrap_or(u32::MAX), "walk");
    let _ = writeln!(out, "{walks} beside what production does");
    covered(&mut out, "pages and what is done on them", &coverage.states, top);
    covered(&mut out, "moves from one to the next", &coverage.moves, top);
    let _ =
        writeln!(out, "\nwhat walks did and fewer than {k} users do: {}", coverage.beyond.len());
    for Unusual { what, times } in coverage.beyond.iter().take(top) {
        let _ = writeln!(out, "  {times:>7} ×  {}", visible::line(what));
    }
    rest(&mut out, coverage.beyond.len(), top);
    let Coverage { idle, offered, .. } = coverage;
    let _ = writeln!(
        out,
        "\nwhat pages offer and fewer than {k} users use: {} of {offered}",
        idle.len()
    );
    for Idle { what, walked } in idle.iter().take(top) {
        let by_walks = if *walked { "  (a walk did)" } else { "" };
        let _ = writeln!(out, "  {}{by_walks}", visible::line(what));
    }
    rest(&mut out, idle.len(), top);
    let _ = writeln!(out, "\n{LIMIT}");
    out
}

fn covered(out: &mut String, what: &str, covered: &Covered, top: usize) {
    let Covered { share, done, of, missed } = covered;
    let _ = writeln!(
        out,
        "\n{what}: {} of production's traffic was walked, {done} of {of} different ones",
        words::percent(*share)
    );
    for usual in missed.iter().take(top) {
        let _ =
            writeln!(out, "  {:>9}  {}", words::percent(usual.share), visible::line(&usual.what));
    }
    rest(out, missed.len(), top);
}

fn rest(out: &mut String, all: usize, shown: usize) {
    if all > shown {
        let _ = writeln!(out, "  … and {} more (--top N, or --json for all)", all - shown);
    }
}
