//! `desirepath run`: the sweep.

use std::borrow::Cow;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::bounds::{self, BoundsArgs};
use super::charter;
use super::config::Config;
use super::exit::Exit;
use super::failure::Failure;
use super::input;
use super::known;
use super::progress::{Detail, Progress};
use super::style;
use crate::browser::{BrowserKind, Display, LaunchOptions};
use crate::journey::Journey;
use crate::perturb::{Profile, Seed};
use crate::record::{self, Contracts, Finding, Run, Shard, SweepEnd, journal};
use crate::report::{self, Kind};
use crate::shrink::{self, Budget, Which};
use crate::sweep::{Division, Extent, Order, Swept, Trials, durations, folder, sweep};
use crate::time::Span;
use crate::walk::{Conduct, Pace, Timing};

/// Perturbed walks where nobody says how many.
const WALKS: u32 = 100;

/// Users at once, with browsers on this machine and at somebody's endpoint.
const USERS_HERE: usize = 256;
const USERS_ELSEWHERE: usize = 10_000;

/// Walks that may be spent on shrinking one finding, where nobody says how many.
const SHRINK: u32 = 20;
/// How many findings are shrunk by themselves: whoever reads a report has had enough by then.
const SHRUNK_FINDINGS: usize = 12;

/// Walk the journeys, calm and perturbed, and report what broke
#[derive(Debug, Default, Clone, clap::Args)]
pub struct Args {
    /// Journey files or folders [default: journeys]
    pub paths: Vec<PathBuf>,
    /// Where the application is
    #[arg(long, env = "DESIREPATH_BASE_URL", value_name = "URL")]
    pub base_url: Option<String>,
    /// The seed of every choice; the same seed gives the same plans [default: from the clock]
    #[arg(long, env = "DESIREPATH_SEED", value_name = "N")]
    pub seed: Option<u64>,
    /// How many perturbed walks [default: 100]
    #[arg(long, env = "DESIREPATH_WALKS", value_name = "N", conflicts_with = "budget")]
    pub walks: Option<u32>,
    /// Perturbed walks until this time is spent: 30s, 10m, 2h
    #[arg(long, env = "DESIREPATH_BUDGET", value_name = "TIME")]
    pub budget: Option<Span>,
    /// Walks at once [default: one for each processor]
    #[arg(long, env = "DESIREPATH_USERS", value_name = "K")]
    pub users: Option<usize>,
    /// How people deviate: none, human, wild, or a file with rates [default: human]
    #[arg(long, env = "DESIREPATH_PERTURB", value_name = "PROFILE")]
    pub perturb: Option<String>,
    /// How long people think: real, fast, or a factor [default: fast]
    #[arg(long, env = "DESIREPATH_PACE", value_name = "PACE")]
    pub pace: Option<String>,
    /// How many walks may be spent on making each confirmed failure small; 0: none [default: 20]
    #[arg(long, env = "DESIREPATH_SHRINK", value_name = "N")]
    pub shrink: Option<u32>,
    /// Only this part of the sweep, such as 2/3: many runners, one sweep
    #[arg(long, env = "DESIREPATH_SHARD", value_name = "I/N")]
    pub shard: Option<Shard>,
    /// A former run that all shards have: walks are divided by how long they took there
    #[arg(long, env = "DESIREPATH_BALANCE", value_name = "RUN")]
    pub balance: Option<PathBuf>,
    /// Go on with an interrupted run; everything else is as it was
    #[arg(long, value_name = "RUN")]
    pub resume: Option<PathBuf>,
    /// The release under test, for reports and comparison
    #[arg(long, env = "DESIREPATH_RELEASE", value_name = "NAME")]
    pub release: Option<String>,
    /// Which browser.
    #[command(flatten)]
    pub browser: BrowserArgs,
    /// What walks must keep to.
    #[command(flatten)]
    pub bounds: BoundsArgs,
    /// What is written.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Tell where the time of the walks went, at the end and in findings.json
    #[arg(long, env = "DESIREPATH_TIMINGS")]
    pub timings: bool,
    /// A file of known issues, which are told and do not make the exit code 1
    #[arg(long, env = "DESIREPATH_KNOWN", value_name = "FILE")]
    pub known: Option<PathBuf>,
    /// What makes the exit code 1: new failures, any, or none [default: new]
    #[arg(long, env = "DESIREPATH_FAIL_ON", value_name = "WHAT")]
    pub fail_on: Option<FailOn>,
    /// The configuration file [default: desirepath.yaml, where there is one]
    #[arg(long, env = "DESIREPATH_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Which browser, and how.
#[derive(Debug, Default, Clone, clap::Args)]
pub struct BrowserArgs {
    /// The browser, chromium, firefox or webkit; several times: each walk in each of them [default: chromium]
    #[arg(
        long = "browser",
        env = "DESIREPATH_BROWSER",
        value_name = "NAME",
        value_delimiter = ','
    )]
    pub browser: Vec<BrowserKind>,
    /// A running W3C WebDriver endpoint instead of a driver of our own
    #[arg(long, env = "DESIREPATH_WEBDRIVER", value_name = "URL")]
    pub webdriver: Option<String>,
    /// Show the browser's window
    #[arg(long, env = "DESIREPATH_HEADED")]
    pub headed: bool,
}

/// What is written, and where.
#[derive(Debug, Default, Clone, clap::Args)]
pub struct OutputArgs {
    /// The folder of runs [default: screenshots]
    #[arg(long, env = "DESIREPATH_OUT", value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Reports to write: html, junit, json, github [default: html,junit,json]
    #[arg(long, env = "DESIREPATH_REPORT", value_name = "KINDS", value_delimiter = ',')]
    pub report: Option<Vec<Kind>>,
}

/// What makes the exit code 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum FailOn {
    /// Failures that are not known.
    #[default]
    New,
    /// Any failure.
    Any,
    /// Nothing: report only.
    None,
}

/// Carries the command out.
///
/// # Errors
/// What is wrong, with its exit code.
pub async fn run(args: &Args) -> Result<Exit, Failure> {
    let (args, then) = match &args.resume {
        Some(folder) => {
            let (args, then) = charter::resumed(args, folder)?;
            (Cow::Owned(args), Some((folder, then)))
        }
        None => (Cow::Borrowed(args), None),
    };
    let args = &*args;
    let config = Config::read(args.config.as_deref()).map_err(Failure::usage)?;
    let paths = if args.paths.is_empty() {
        config.journeys.clone().unwrap_or_else(|| vec![PathBuf::from("journeys")])
    } else {
        args.paths.clone()
    };
    let journeys = input::load(&paths).map_err(Failure::input)?;
    let order = order(args, &config, journeys)?;
    if let (Some((folder, then)), Some(now)) = (&then, &order.charter) {
        charter::check(then, now, folder)?;
    }
    let fail_on = match (args.fail_on, &config.fail_on) {
        (Some(fail_on), _) => fail_on,
        (None, Some(word)) => clap::ValueEnum::from_str(word, true).map_err(|_| {
            Failure::usage(format!("fail_on: expected new, any or none, found `{word}`"))
        })?,
        (None, None) => FailOn::New,
    };
    let reports = args.output.reports(&config)?;
    let profile = order.profile.clone();
    let walks = args.shrink.or(config.shrink).unwrap_or(SHRINK);
    let known = known::read(args.known.as_deref().or(config.known.as_deref()))?;
    let budget = Budget { walks, findings: if walks == 0 { 0 } else { SHRUNK_FINDINGS } };
    let swept = walk_all(order, Detail::Sweep, async |trials| {
        shrink::shrink(&Which::Confirmed, budget, &profile, trials).await;
        let findings = record::findings(trials.run());
        known.tell(known::today(), &findings).into_iter().for_each(|told| trials.tell(told));
    })
    .await?;
    finish(&swept, &reports, fail_on)
}

pub(super) fn order(
    args: &Args,
    config: &Config,
    mut journeys: Vec<Journey>,
) -> Result<Order, Failure> {
    for journey in &mut journeys {
        if journey.plan.is_some() {
            let name = &journey.name;
            return Err(Failure::usage(format!(
                "{name} is a plan, not a journey: `desirepath replay` walks it"
            )));
        }
        for &promise in &config.promises {
            if !journey.promises.contains(&promise) {
                journey.promises.push(promise);
            }
        }
    }
    bounds::forbid(config, &mut journeys)?;
    let base_url = args.base_url.clone().or_else(|| config.base_url.clone()).ok_or_else(|| {
        Failure::usage("where is the application? Give --base-url, or base_url in desirepath.yaml")
    })?;
    check_url(&base_url)?;
    let extent = match (args.walks, args.budget, config.walks, config.budget) {
        (Some(walks), ..) => Extent::Walks(walks),
        (None, Some(budget), ..) => Extent::Budget(budget.duration()),
        (None, None, Some(walks), _) => Extent::Walks(walks),
        (None, None, None, Some(budget)) => Extent::Budget(budget.duration()),
        (None, None, None, None) => Extent::Walks(WALKS),
    };
    let pace = args.pace.as_ref().or(config.pace.as_ref());
    let pace: Pace = pace.map_or(Ok(Pace::Fast), |text| text.parse()).map_err(Failure::usage)?;
    let perturb = args.perturb.as_ref().or(config.perturb.as_ref());
    let timing = timing(args.timings);
    let conduct = Conduct { pace, settings: config.settings(), timing, ..conduct(config) };
    let bounds = args.bounds.bounds(config, &base_url)?;
    if args.shard.is_some() && args.seed.or(config.seed).is_none() {
        return Err(Failure::usage(
            "--shard needs --seed: every runner has to draw the same walks, and without a seed \
             each takes its own from the clock",
        ));
    }
    let balance = args.balance.as_deref().or(config.balance.as_deref());
    let division = args.shard.clone().map(|shard| division(shard, balance, &journeys));
    let launch = LaunchOptions { bounds, ..args.browser.launch(config) };
    let mut order = Order {
        journeys,
        extent,
        base_url,
        seed: Seed(args.seed.or(config.seed).unwrap_or_else(seed_of_the_moment)),
        profile: profile(perturb.map_or("human", String::as_str))?,
        pace,
        users: users(args.users.or(config.users), &launch)?,
        viewport: viewport(config.viewport.as_deref())?,
        launch,
        browsers: args.browser.kinds(config),
        release: args.release.clone().or_else(|| config.release.clone()),
        out: args.output.folder(config),
        conduct,
        contracts: match &args.resume {
            Some(run) => folder::contracts(run).map_err(Failure::usage)?,
            None => Contracts::default(),
        },
        confirmations: 2,
        division: division.transpose()?,
        charter: None,
        resume: args.resume.clone(),
    };
    order.charter = Some(charter::of(args, &order));
    Ok(order)
}

/// A part of the sweep. What a walk costs has to be the same for every runner, so it comes from
/// what all of them have: a run that is named, else the journeys.
fn division(
    shard: Shard,
    balance: Option<&Path>,
    journeys: &[Journey],
) -> Result<Division, Failure> {
    let Some(balance) = balance else {
        let steps = journeys.iter().map(|j| (j.name.clone(), j.steps.len() as u64));
        return Ok(Division::new(shard, steps));
    };
    let run = Run::fold(journal::read(balance).map_err(Failure::usage)?);
    Ok(Division::new(shard, durations(&run, journeys.iter().map(|j| j.name.as_str()))))
}

/// The limits of steps, as configured.
pub(super) fn conduct(config: &Config) -> Conduct {
    let usual = Conduct::default();
    let limit = |set: Option<Span>, usual| set.map_or(usual, Span::duration);
    Conduct {
        step_limit: limit(config.step_limit, usual.step_limit),
        expect_limit: limit(config.expect_limit, usual.expect_limit),
        request_limit: limit(config.request_limit, usual.request_limit),
        thresholds: config.friction,
        budget: config.budget(),
        services: config.services.clone(),
        barriers: config.accessibility_tags.clone().unwrap_or(usual.barriers),
        ..usual
    }
}

/// Walks at once. Browsers of our own are on this machine, which has an end.
fn users(wanted: Option<usize>, launch: &LaunchOptions) -> Result<usize, Failure> {
    let wanted = wanted.unwrap_or_else(processors).max(1);
    let most = if launch.webdriver.is_some() { USERS_ELSEWHERE } else { USERS_HERE };
    if wanted > most {
        return Err(Failure::usage(format!("--users {wanted}: at most {most} can walk at once")));
    }
    Ok(wanted)
}

/// What a flag on the command line means.
pub(super) const fn timing(wanted: bool) -> Timing {
    if wanted { Timing::Told } else { Timing::Untold }
}

/// Walks, with progress.
pub(super) async fn walk_all(
    order: Order,
    detail: Detail,
    then: impl AsyncFnOnce(&mut Trials<'_, '_>),
) -> Result<Swept, Failure> {
    let mut progress = Progress::new(detail, order.planned());
    let order = super::grid::fit(order).await;
    let swept = sweep(order, &mut |event| progress.event(event), then).await;
    swept.map_err(|error| Failure::sweep(&error))
}

/// Writes the reports, prints the summary, and says how it ends.
pub(super) fn finish(swept: &Swept, reports: &[Kind], fail_on: FailOn) -> Result<Exit, Failure> {
    let dir = swept.folder.path();
    report::write_all(dir, &swept.run, reports).map_err(|error| {
        let next = if swept.run.is_unfinished() {
            format!("go on when there is room again: {}", report::command::resume(dir))
        } else {
            format!("the sweep is complete; its reports: desirepath report {}", dir.display())
        };
        let told = format!("error: a report could not be written: {error}\n{next}");
        Failure::new(Exit::Infrastructure, told)
    })?;
    let html = reports.contains(&Kind::Html).then(|| dir.join(Kind::Html.file()));
    print_summary(swept, dir, html.as_deref());
    if reports.contains(&Kind::Github) {
        super::print(&report::github::annotations(&swept.findings, dir));
    }
    Ok(exit(swept, fail_on))
}

fn print_summary(swept: &Swept, dir: &Path, html: Option<&Path>) {
    let (palette, width) = (style::palette(), style::width());
    let text = report::summary(&swept.run, &swept.findings, dir, html, palette, width);
    // Nobody reads any more where stdout is closed; the run's folder has it all.
    drop(std::io::stdout().write_all(text.as_bytes()));
}

fn exit(swept: &Swept, fail_on: FailOn) -> Exit {
    let mut failures = swept.findings.iter().filter(|f| f.is_failure());
    let broken = match fail_on {
        FailOn::New => failures.any(Finding::is_news),
        FailOn::Any => failures.next().is_some(),
        FailOn::None => false,
    };
    match swept.run.end {
        Some(SweepEnd::Interrupted) => Exit::Interrupted,
        Some(SweepEnd::Infrastructure(_)) | None => Exit::Infrastructure,
        _ if broken => Exit::Broken,
        // More runners than walks: nothing was left for this one.
        _ if swept.run.header.shard.is_some() && swept.run.walks.is_empty() => Exit::Fine,
        // Nothing may be concluded where no walk came to an end of its own.
        _ if swept.run.conclusive().next().is_none() => Exit::Infrastructure,
        _ => Exit::Fine,
    }
}

impl BrowserArgs {
    /// The browsers, each once.
    pub(super) fn kinds(&self, config: &Config) -> Vec<BrowserKind> {
        let named = if self.browser.is_empty() { &config.browser } else { &self.browser };
        let mut kinds = Vec::new();
        for &kind in named {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        if kinds.is_empty() {
            kinds.push(BrowserKind::default());
        }
        kinds
    }

    pub(super) fn launch(&self, config: &Config) -> LaunchOptions {
        let webdriver = self.webdriver.clone().or_else(|| config.webdriver.clone());
        let display = if self.headed { Display::Headed } else { Display::Headless };
        LaunchOptions { display, webdriver, ..LaunchOptions::default() }
    }
}

impl OutputArgs {
    pub(super) fn folder(&self, config: &Config) -> PathBuf {
        self.out
            .clone()
            .or_else(|| config.out.clone())
            .unwrap_or_else(|| PathBuf::from("screenshots"))
    }

    pub(super) fn reports(&self, config: &Config) -> Result<Vec<Kind>, Failure> {
        match (&self.report, &config.report) {
            (Some(kinds), _) => Ok(kinds.clone()),
            (None, Some(words)) => {
                words.iter().map(|word| word.parse().map_err(Failure::usage)).collect()
            }
            (None, None) => Ok(vec![Kind::Html, Kind::Junit, Kind::Json]),
        }
    }
}

pub(super) fn check_url(base_url: &str) -> Result<(), Failure> {
    let web = |url: &url::Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    match url::Url::parse(base_url) {
        Ok(url) if web(&url) => Ok(()),
        _ => Err(Failure::usage(format!(
            "`{base_url}` is no address of an application; write for example http://localhost:3000"
        ))),
    }
}

fn profile(name: &str) -> Result<Profile, Failure> {
    if let Some(profile) = Profile::named(name) {
        return Ok(profile);
    }
    let text = std::fs::read_to_string(name).map_err(|error| {
        Failure::usage(format!(
            "`{name}` is none of the profiles none, human and wild, and no file: {error}"
        ))
    })?;
    Profile::read(name, &text).map_err(|error| Failure::usage(format!("{name}: {error}")))
}

fn viewport(text: Option<&str>) -> Result<(u32, u32), Failure> {
    let Some(text) = text else { return Ok((1280, 800)) };
    text.split_once('x')
        .and_then(|(w, h)| Some((w.trim().parse().ok()?, h.trim().parse().ok()?)))
        .filter(|(w, h)| (100..=10_000).contains(w) && (100..=10_000).contains(h))
        .ok_or_else(|| {
            Failure::usage(format!("viewport: expected a size such as 1280x800, found `{text}`"))
        })
}

pub(super) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// A seed that a person can type.
fn seed_of_the_moment() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(0) % 1_000_000
}
