//! `desirepath replay`: a walk again, exactly.

use std::path::PathBuf;

use super::bounds::{self, BoundsArgs};
use super::config::Config;
use super::exit::Exit;
use super::failure::Failure;
use super::input;
use super::progress::Detail;
use super::run::{BrowserArgs, FailOn, OutputArgs, check_url, conduct, finish, timing, walk_all};
use crate::browser::{BrowserKind, LaunchOptions};
use crate::perturb::{Profile, Seed};
use crate::record::Contracts;
use crate::sweep::{Extent, Order, folder};
use crate::walk::{Changes, Conduct, Pace};

/// Walk a plan again, exactly
#[derive(Debug, clap::Args)]
#[group(id = "replay")]
pub struct Args {
    /// The walk's file, from a run's folder `walks/`
    #[arg(value_name = "WALK.yaml", required = true)]
    pub walks: Vec<PathBuf>,
    /// How often
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub times: u32,
    /// Think as long as people do, so that one can watch
    #[arg(long)]
    pub slow: bool,
    /// Fail where the page has changed, instead of finding the nearest element or a later step
    #[arg(long)]
    pub strict: bool,
    /// Tell where the time of the walks went, at the end and in findings.json
    #[arg(long, env = "DESIREPATH_TIMINGS")]
    pub timings: bool,
    /// Where the application is now [default: where the walk was]
    #[arg(long, env = "DESIREPATH_BASE_URL", value_name = "URL")]
    pub base_url: Option<String>,
    /// Which browser.
    #[command(flatten)]
    pub browser: BrowserArgs,
    /// What walks must keep to.
    #[command(flatten)]
    pub bounds: BoundsArgs,
    /// What is written.
    #[command(flatten)]
    pub output: OutputArgs,
    /// The configuration file [default: desirepath.yaml, where there is one]
    #[arg(long, env = "DESIREPATH_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Carries the command out.
///
/// # Errors
/// What is wrong, with its exit code.
pub async fn run(args: &Args) -> Result<Exit, Failure> {
    let config = Config::read(args.config.as_deref()).map_err(Failure::usage)?;
    let mut order = order(args, &config)?;
    if !args.strict {
        order.conduct.changes = Changes::Resynchronise;
    }
    let reports = args.output.reports(&config)?;
    let swept = walk_all(order, Detail::Steps, async |_| ()).await?;
    finish(&swept, &reports, FailOn::Any)
}

/// The plans as they are.
pub(super) fn order(args: &Args, config: &Config) -> Result<Order, Failure> {
    let mut plans = input::load(&args.walks).map_err(Failure::input)?;
    for plan in &mut plans {
        let Some(header) = &mut plan.plan else {
            let name = &plan.name;
            return Err(Failure::usage(format!(
                "{name} is a journey, not a plan: `desirepath run` walks it"
            )));
        };
        if let Some(base_url) = &args.base_url {
            check_url(base_url)?;
            header.base_url.clone_from(base_url);
        }
        // A walk is walked again where it was, unless somebody wants it elsewhere.
        if let Some(&browser) = args.browser.browser.first() {
            header.browser = browser;
        }
    }
    bounds::forbid(config, &mut plans)?;
    let Some(header) = plans.first().and_then(|plan| plan.plan.clone()) else {
        return Err(Failure::usage("there is no walk in these files"));
    };
    let mut browsers: Vec<BrowserKind> =
        plans.iter().filter_map(|plan| Some(plan.plan.as_ref()?.browser)).collect();
    browsers.sort_unstable();
    browsers.dedup();
    let pace: Pace =
        if args.slow { Pace::Real } else { header.pace.parse().map_err(Failure::usage)? };
    let bounds = args.bounds.bounds(config, &header.base_url)?;
    Ok(Order {
        journeys: plans,
        extent: Extent::AsPlanned(args.times),
        base_url: header.base_url,
        seed: Seed(header.seed),
        profile: Profile::named(&header.profile).unwrap_or_else(Profile::none),
        pace,
        users: 1,
        viewport: header.viewport,
        launch: LaunchOptions { bounds, ..args.browser.launch(config) },
        browsers,
        release: config.release.clone(),
        out: args.output.folder(config),
        conduct: Conduct {
            pace,
            settings: config.settings(),
            timing: timing(args.timings),
            ..conduct(config)
        },
        contracts: taught(&args.walks)?,
        confirmations: 0,
        division: None,
        charter: None,
        resume: None,
    })
}

/// What the calm walks of the run taught that the first of these walks is from; nothing where its
/// file lies alone.
fn taught(walks: &[PathBuf]) -> Result<Contracts, Failure> {
    let run = walks.first().and_then(|walk| walk.parent()).map(|walks| walks.join(".."));
    let Some(run) = run else { return Ok(Contracts::default()) };
    folder::contracts(&run).map_err(|why| {
        let note = "without this file the walk is replayed and its answers are not compared";
        Failure::usage(format!("{why}\n{note}"))
    })
}
