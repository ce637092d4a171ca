//! `desirepath demo`: the whole story on the bundled shop. It says at each point what happens.

use std::io::Write;
use std::path::PathBuf;

use super::config::Config;
use super::derive::{self, Product};
use super::exit::Exit;
use super::failure::Failure;
use super::input::{self, InputError};
use super::progress::{Detail, Progress};
use super::run::{BrowserArgs, OutputArgs, conduct, processors};
use super::style;
use crate::analytics;
use crate::demo::journeys::FILES;
use crate::demo::recognise::tell_apart;
use crate::demo::regressions::{Regression, regressions};
use crate::demo::shop::{Shop, ShopRelease};
use crate::demo::traffic;
use crate::diagnostic::SourceText;
use crate::journey::{Journey, link};
use crate::perturb::{Profile, Seed};
use crate::record::{Contracts, Event, Finding, Happening, Verdict, WalkKind};
use crate::report::{self, Kind, command};
use crate::route::Route;
use crate::sweep::{Extent, Order, Swept, sweep};
use crate::walk::{Conduct, Pace};

/// Sessions of the export, and the most journeys that are made of them.
const SESSIONS: u32 = 1500;
const JOURNEYS: usize = 8;
/// How many of them are walked beside the team's own.
const NEWS: usize = 2;

/// The port that the replay commands at the end count on; where it is taken, any other will do.
const PORT: u16 = 7311;

/// The arguments of the demonstration; none is needed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many perturbed walks
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub walks: u32,
    /// The seed of every choice; the default was chosen since few walks show much under it
    #[arg(long, value_name = "N", default_value_t = 660)]
    pub seed: u64,
    /// Walks at once [default: one for each processor]
    #[arg(long, value_name = "K")]
    pub users: Option<usize>,
    /// Which browser.
    #[command(flatten)]
    pub browser: BrowserArgs,
    /// What is written.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Tells the story.
///
/// # Errors
/// No browser, or nowhere to write.
pub async fn run(args: &Args) -> Result<Exit, Failure> {
    let shop = open_shop().await?;
    let known = regressions();
    say(&format!(
        "A web shop, release 1.1, is open at {}. Its unit tests are green. {} things in it are\n\
         broken all the same: the list is in src/demo/regressions.yaml.\n",
        shop.url(),
        known.len()
    ));
    let journeys = learned(args)?;
    say(&format!(
        "\n2. The scripted suite: the team's own journeys and {NEWS} of these that it did not have,\n   \
         {} in all, each walked straight, as a test would.",
        journeys.len()
    ));
    let swept = walk(args, &shop, &journeys).await?;
    let config = Config::default();
    let reports = args.output.reports(&config)?;
    let dir = swept.folder.path();
    report::write_all(dir, &swept.run, &reports).map_err(|error| {
        Failure::new(Exit::Infrastructure, format!("error: a report could not be written: {error}"))
    })?;
    let html = reports.contains(&Kind::Html).then(|| dir.join(Kind::Html.file()));
    let (palette, width) = (style::palette(), style::width());
    say(&report::summary(&swept.run, &swept.findings, dir, None, palette, width));
    say("4. What the scripted suite would have missed:");
    tell_regressions(&swept.findings, &known);
    tell_what_next(&swept, &shop, html);
    shop.stop().await;
    Ok(Exit::Fine)
}

/// The journeys of the shop's team, and the most frequent of those that an export of the shop's
/// traffic teaches and the team has not, under the same rules.
fn learned(args: &Args) -> Result<Vec<Journey>, Failure> {
    let trouble = |error: &dyn std::fmt::Display| {
        Failure::new(Exit::Infrastructure, format!("error: the traffic cannot be written: {error}"))
    };
    let folder = tempfile::tempdir().map_err(|error| trouble(&error))?;
    let export = folder.path().join("traffic.jsonl");
    let mut lines = Vec::new();
    traffic::write(&mut lines, SESSIONS, 1).map_err(|error| trouble(&error))?;
    std::fs::write(&export, lines).map_err(|error| trouble(&error))?;
    let now = jiff::Timestamp::now();
    let product = Route::parse("/product/:slug").expect("it is a route");
    let request = analytics::Request {
        routes: vec![product],
        ..analytics::Request::new(vec![export], now.as_millisecond())
    };
    let import = analytics::import(&request, &mut |_| ()).map_err(Failure::usage)?;
    let out = args.output.folder(&Config::default());
    let written = derive::write(&derive::Request {
        sessions: &import.sessions,
        from: "posthog".into(),
        window: None,
        cleaning: Vec::new(),
        k: 5,
        product: Product::Cover(0.9),
        most: JOURNEYS,
        out: out.join(format!("{}-usage", now.strftime("%Y%m%d-%H%M%S"))),
    })
    .map_err(Failure::usage)?;
    let mut journeys =
        input::load(std::slice::from_ref(&written.journeys)).map_err(Failure::input)?;
    say(&format!(
        "1. What people do: an export of {SESSIONS} sessions (generated: nobody real is in it) becomes\n   \
         {} journeys, with shares, think times and detours. They are in {},\n   \
         and a map of them in {}.",
        journeys.len(),
        written.journeys.display(),
        written.page.display(),
    ));
    journeys.sort_by(|a, b| b.share.unwrap_or(0.0).total_cmp(&a.share.unwrap_or(0.0)));
    for journey in &journeys {
        let share = journey.share.map_or_else(String::new, report::words::percent);
        say(&format!("     {:<26} {share}", journey.name));
    }
    // The team's own journeys are the scripted suite; beside them is walked what it has not.
    let mut walked = bundled()?;
    let rules = walked.first().cloned().unwrap_or_default();
    let news = journeys.into_iter().filter(|j| walked.iter().all(|own| own.name != j.name));
    let news: Vec<Journey> = news
        .take(NEWS)
        .map(|journey| Journey {
            observe: rules.observe.clone(),
            always: rules.always.clone(),
            eventually: rules.eventually.clone(),
            promises: rules.promises.clone(),
            ..journey
        })
        .collect();
    walked.extend(news);
    Ok(walked)
}

fn bundled() -> Result<Vec<Journey>, Failure> {
    let sources: Vec<_> = FILES.iter().map(|(path, text)| SourceText::new(*path, *text)).collect();
    let fetch = &mut |path: &str| {
        FILES
            .iter()
            .find(|(file, _)| *file == path)
            .map(|(_, text)| (*text).to_owned())
            .ok_or_else(|| "it is not bundled".to_owned())
    };
    let links = link::link(&sources, fetch)
        .map_err(|mistakes| Failure::input(InputError::Mistakes(mistakes)))?;
    Ok(links.journeys.into_iter().map(|linked| linked.journey).collect())
}

async fn open_shop() -> Result<Shop, Failure> {
    let opened = match Shop::start(ShopRelease::V1_1, Some(PORT)).await {
        Ok(shop) => Ok(shop),
        Err(_) => Shop::start(ShopRelease::V1_1, None).await,
    };
    opened.map_err(|error| {
        Failure::new(Exit::Infrastructure, format!("error: the shop cannot be started: {error}"))
    })
}

async fn walk(args: &Args, shop: &Shop, journeys: &[Journey]) -> Result<Swept, Failure> {
    let config = Config::default();
    let order = Order {
        journeys: journeys.to_vec(),
        extent: Extent::Walks(args.walks),
        base_url: shop.url(),
        seed: Seed(args.seed),
        profile: Profile::human(),
        pace: Pace::Fast,
        users: args.users.unwrap_or_else(processors).clamp(1, 64),
        viewport: (1280, 800),
        launch: args.browser.launch(&config),
        browsers: args.browser.kinds(&config),
        release: Some(ShopRelease::V1_1.to_string()),
        out: args.output.folder(&config),
        conduct: Conduct { pace: Pace::Fast, ..conduct(&config) },
        contracts: Contracts::default(),
        confirmations: 2,
        division: None,
        charter: None,
        resume: None,
    };
    let total = journeys.len() as u64 + u64::from(args.walks);
    let mut progress = Progress::new(Detail::Sweep, Some(total));
    let mut calm = Calm { walks: journeys.len(), green: 0, told: false };
    let told = format!(
        "\n3. The same journeys as people walk them: {} walks with detours, hesitations and slips\n   \
         (profile `human`, seed {}).",
        args.walks, args.seed
    );
    let mut observe = |event: &Event| {
        calm.event(event, &told);
        progress.event(event);
    };
    // A demonstration has to end: shrinking is for who wants to know, and the end says how.
    let swept = sweep(order, &mut observe, async |_| ());
    swept.await.map_err(|error| Failure::sweep(&error))
}

/// Tells how the straight walks went, at the moment at which the others begin.
struct Calm {
    walks: usize,
    green: usize,
    told: bool,
}

impl Calm {
    fn event(&mut self, event: &Event, next: &str) {
        match &event.what {
            Happening::WalkFinished { walk, verdict, .. } if walk.kind == WalkKind::Calm => {
                self.green += usize::from(walk.is_first() && *verdict == Verdict::Passed);
            }
            Happening::WalkStarted { walk, .. } if walk.kind != WalkKind::Calm && !self.told => {
                self.told = true;
                let (green, walks) = (self.green, self.walks);
                let end = if green == walks {
                    "This is where most suites end."
                } else {
                    "The others fail as they are written, which they should not."
                };
                say(&format!("   {green} of {walks} green. {end}"));
                say(next);
            }
            _ => {}
        }
    }
}

fn tell_regressions(findings: &[Finding], known: &[Regression]) {
    let (found, missed, others) = tell_apart(findings, known);
    for regression in &found {
        say(&format!("   ✓ {}: {}", regression.id, regression.title));
    }
    for regression in &missed {
        say(&format!("   – not met this time: {} ({})", regression.id, regression.behaviour));
    }
    for other in &others {
        say(&format!("   ? not on the list: {}", report::visible::line(&other.title)));
    }
    say(&format!("   {} of {} found.\n", found.len(), known.len()));
}

fn tell_what_next(swept: &Swept, shop: &Shop, html: Option<PathBuf>) {
    if let Some(html) = html {
        say(&format!("Read the report:\n   {}", html.display()));
    }
    let port = shop.url().rsplit(':').next().unwrap_or_default().to_owned();
    say(&format!(
        "See one happen: open the shop in one terminal, walk in another.\n   \
         desirepath shop --release 1.1 --port {port}"
    ));
    let first = swept.findings.iter().find(|f| f.is_failure());
    if let Some(finding) = first {
        let dir = swept.folder.path();
        say(&format!("   {}", command::replay(dir, finding)));
        say(&format!(
            "Make it small, and learn what it takes:\n   {}",
            command::shrink(dir, finding)
        ));
    }
    say("Then your own application:\n   desirepath init");
}

/// One paragraph. Nobody listens any more where stdout is closed.
fn say(text: &str) {
    drop(writeln!(std::io::stdout(), "{text}"));
}
