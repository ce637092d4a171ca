//! From a command line to the terms of its sweep and back: what is written into the run, so that
//! it can go on or be merged, and what is made of it then.

use std::path::Path;

use clap::Parser;

use super::bounds::BoundsArgs;
use super::failure::Failure;
use super::run::{Args, BrowserArgs, OutputArgs};
use crate::journey;
use crate::record::merge::SHARD;
use crate::record::{Charter, Run, SweepEnd, charter::digest, journal};
use crate::report::command;
use crate::sweep::{Extent, Order};

/// The arguments of `desirepath run` on a line of their own.
#[derive(Debug, Parser)]
#[command(name = "run")]
struct Line {
    #[command(flatten)]
    args: Args,
}

/// The terms of an order. `args` has what was asked for, the order what came of it.
pub(super) fn of(args: &Args, order: &Order) -> Charter {
    Charter { command: command(args, order), fixed: fixed(order).collect() }
}

fn command(args: &Args, order: &Order) -> Vec<String> {
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let mut line: Vec<String> = args.paths.iter().map(|p| path(p)).collect();
    let extent = match order.extent {
        Extent::Walks(walks) => ("--walks", walks.to_string()),
        Extent::Budget(budget) => ("--budget", format!("{}ms", budget.as_millis())),
        Extent::AsPlanned(times) => ("--times", times.to_string()),
    };
    let always = [
        ("--base-url", order.base_url.clone()),
        ("--seed", order.seed.to_string()),
        extent,
        ("--users", order.users.to_string()),
        ("--perturb", args.perturb.clone().unwrap_or_else(|| order.profile.name().to_owned())),
        ("--pace", order.pace.to_string()),
        ("--browser", browsers(order)),
    ];
    let webdriver = order.launch.webdriver.as_ref().filter(|url| !url.contains('@'));
    let balance = args.balance.as_deref();
    let sometimes = [
        ("--shrink", args.shrink.map(|n| n.to_string())),
        ("--release", order.release.clone()),
        ("--webdriver", webdriver.cloned()),
        ("--known", args.known.as_deref().map(path)),
        ("--config", args.config.as_deref().map(path)),
        ("--shard", order.division.as_ref().map(|division| division.shard().to_string())),
        ("--balance", balance.map(path)),
        ("--allow-hosts", args.bounds.allow_hosts.as_ref().map(|hosts| hosts.join(","))),
    ];
    let given = sometimes.into_iter().filter_map(|(flag, value)| Some((flag, value?)));
    for (flag, value) in always.into_iter().chain(given) {
        // With an equals sign a value may begin with a dash.
        line.push(format!("{flag}={value}"));
    }
    line.extend(args.browser.headed.then(|| "--headed".to_owned()));
    line.extend(args.bounds.read_only.then(|| "--read-only".to_owned()));
    line
}

fn fixed(order: &Order) -> impl Iterator<Item = (String, String)> {
    let names: Vec<&str> = order.journeys.iter().map(|j| j.name.as_str()).collect();
    let extent = match order.extent {
        Extent::Walks(walks) => ("walks", walks.to_string()),
        Extent::Budget(budget) => ("budget", format!("{} s", budget.as_secs_f64())),
        Extent::AsPlanned(times) => ("times", times.to_string()),
    };
    let without = || "none".to_owned();
    let (width, height) = order.viewport;
    let conduct = &order.conduct;
    let limits = (conduct.step_limit, conduct.expect_limit, conduct.request_limit);
    let judged = (&conduct.settings, &conduct.thresholds, &conduct.budget);
    let mut fixed = vec![
        ("desirepath", env!("CARGO_PKG_VERSION").to_owned()),
        ("base-url", order.base_url.clone()),
        ("seed", order.seed.to_string()),
        ("release", order.release.clone().unwrap_or_else(without)),
        extent,
        ("perturb", order.profile.name().to_owned()),
        ("the rates of the profile", digest(&format!("{:?}", order.profile))),
        ("pace", order.pace.to_string()),
        ("browser", browsers(order)),
        ("webdriver", order.launch.webdriver.as_deref().map_or_else(without, host)),
        ("viewport", format!("{width}x{height}")),
        ("the configured limits and oracles", digest(&format!("{limits:?} {judged:?}"))),
        ("what walks must keep to", digest(&format!("{:?}", order.launch.bounds))),
        ("journeys", names.join(", ")),
    ];
    if let Some(division) = &order.division {
        fixed.push((SHARD, division.shard().to_string()));
        fixed.push(("what --balance says", digest(&format!("{:?}", division.weights()))));
    }
    let journeys = order
        .journeys
        .iter()
        .map(|journey| (format!("the journey {}", journey.name), digest(&journey::write(journey))));
    fixed
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .chain(journeys.collect::<Vec<_>>())
}

/// The browsers as `--browser` takes them; their order decides about nothing.
fn browsers(order: &Order) -> String {
    let mut kinds = order.browsers.clone();
    kinds.sort_unstable();
    let words: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
    words.join(",")
}

/// An endpoint without whatever password stands in it.
fn host(url: &str) -> String {
    let parsed = url::Url::parse(url).ok();
    let host =
        parsed.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?)));
    host.map_or_else(|| "an endpoint".to_owned(), |(host, port)| format!("{host}:{port}"))
}

/// What an interrupted run was asked for, with what is given now over it.
///
/// # Errors
/// The run cannot be read, is complete, or is of a kind that nobody goes on with.
pub(super) fn resumed(now: &Args, folder: &Path) -> Result<(Args, Charter), Failure> {
    let run = Run::fold(journal::read(folder).map_err(Failure::usage)?);
    let shown = folder.display();
    if let Some(SweepEnd::Completed | SweepEnd::BudgetSpent) = run.end {
        return Err(Failure::usage(format!(
            "{shown} is complete, so there is nothing to go on with; \
             `desirepath report {shown}` writes its reports again"
        )));
    }
    let Some(charter) = run.header.charter.clone().filter(Charter::goes_on) else {
        return Err(Failure::usage(format!(
            "{shown} cannot go on: it is a replay, it was merged, or an older desirepath wrote it; \
             the same walks again: {}",
            command::repeat(&run)
        )));
    };
    let words = ["run".to_owned()].into_iter().chain(charter.command.iter().cloned());
    let then = Line::try_parse_from(words).map_err(|why| {
        Failure::usage(format!("{shown}: its command line cannot be read: {why}"))
    })?;
    Ok((over(now.clone(), then.args), charter))
}

/// What is given now goes over what was given then.
fn over(now: Args, then: Args) -> Args {
    let extent_now = now.walks.is_some() || now.budget.is_some();
    Args {
        paths: if now.paths.is_empty() { then.paths } else { now.paths },
        base_url: now.base_url.or(then.base_url),
        seed: now.seed.or(then.seed),
        walks: if extent_now { now.walks } else { then.walks },
        budget: if extent_now { now.budget } else { then.budget },
        users: now.users.or(then.users),
        perturb: now.perturb.or(then.perturb),
        pace: now.pace.or(then.pace),
        shrink: now.shrink.or(then.shrink),
        release: now.release.or(then.release),
        browser: BrowserArgs {
            browser: if now.browser.browser.is_empty() {
                then.browser.browser
            } else {
                now.browser.browser
            },
            webdriver: now.browser.webdriver.or(then.browser.webdriver),
            headed: now.browser.headed || then.browser.headed,
        },
        bounds: BoundsArgs {
            read_only: now.bounds.read_only || then.bounds.read_only,
            allow_hosts: now.bounds.allow_hosts.or(then.bounds.allow_hosts),
        },
        output: OutputArgs { out: now.output.out, report: now.output.report },
        timings: now.timings,
        known: now.known.or(then.known),
        fail_on: now.fail_on,
        config: now.config.or(then.config),
        shard: now.shard.or(then.shard),
        balance: now.balance.or(then.balance),
        resume: now.resume,
    }
}

/// Refuses to go on with a sweep under other terms.
///
/// # Errors
/// Something that decides about plans or verdicts is not as it was.
pub(super) fn check(then: &Charter, now: &Charter, folder: &Path) -> Result<(), Failure> {
    let differences = then.differences(now);
    if differences.is_empty() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "{} cannot go on, because its walks would not fit together:\n  {}\n\
         undo that, or begin a new sweep without --resume",
        folder.display(),
        differences.join("\n  ")
    )))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::browser::BrowserKind;

    #[test]
    fn a_command_line_is_written_so_that_it_reads_as_itself() {
        let args = Args {
            paths: vec![PathBuf::from("my journeys")],
            base_url: Some("http://localhost:1/".into()),
            seed: Some(7),
            walks: Some(3),
            release: Some("-odd".into()),
            shard: "2/3".parse().ok(),
            browser: BrowserArgs {
                browser: vec![BrowserKind::Firefox, BrowserKind::Chromium],
                ..BrowserArgs::default()
            },
            ..Args::default()
        };
        let order = super::super::run::order(&args, &Default::default(), Vec::new());
        let order = order.expect("an order");
        let words = ["run".to_owned()].into_iter().chain(command(&args, &order));
        let again = Line::try_parse_from(words).expect("it reads").args;
        assert_eq!((&again.paths, &again.base_url), (&args.paths, &args.base_url));
        assert_eq!((again.seed, again.walks, &again.release), (Some(7), Some(3), &args.release));
        assert_eq!(again.shard, args.shard);
        assert_eq!(again.browser.browser, [BrowserKind::Chromium, BrowserKind::Firefox]);
        let order_again = super::super::run::order(&again, &Default::default(), Vec::new());
        let charters = (of(&args, &order), of(&again, &order_again.expect("an order")));
        assert!(charters.0.differences(&charters.1).is_empty(), "{charters:#?}");
    }
}
