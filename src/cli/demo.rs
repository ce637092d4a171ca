//! `desirepath demo`: the whole story on the bundled shop. It says at each point what happens.

use std::io::Write;
use std::path::PathBuf;

use super::config::Config;
use super::exit::Exit;
use super::failure::Failure;
use super::input::InputError;
use super::progress::{Detail, Progress};
use super::run::{BrowserArgs, OutputArgs, conduct};
use super::style;
use crate::demo::journeys::FILES;
use crate::demo::recognise::tell_apart;
use crate::demo::regressions::{Regression, regressions};
use crate::demo::shop::{Shop, ShopRelease};
use crate::diagnostic::SourceText;
use crate::journey::{Journey, link};
use crate::perturb::{Profile, Seed};
use crate::record::{Event, Finding, Happening, Severity, Verdict, WalkKind};
use crate::report::{self, Kind, command};
use crate::shrink::{self, Budget, Which};
use crate::sweep::{Extent, Order, Swept, sweep};
use crate::walk::{Conduct, Pace};

/// A demonstration has to end.
const SHRINK: Budget = Budget { walks: 8, findings: 3 };

/// The port that the replay commands at the end count on; where it is taken, any other will do.
const PORT: u16 = 7311;

/// The arguments of the demonstration; none is needed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many perturbed walks
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub walks: u32,
    /// The seed of every choice; the default was chosen since few walks show much under it
    #[arg(long, value_name = "N", default_value_t = 287)]
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
    let journeys = bundled()?;
    let shop = open_shop().await?;
    let known = regressions();
    say(&format!(
        "A web shop, release 1.1, is open at {}. Its unit tests are green. {} things in it are\n\
         broken all the same: the list is in src/demo/regressions.yaml.\n",
        shop.url(),
        known.len()
    ));
    say(&format!(
        "1. The scripted suite: {} customer journeys, each walked straight, as a test would.",
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
    say("3. What the scripted suite would have missed:");
    tell_regressions(&swept.findings, &known);
    tell_what_next(&swept, &shop, html);
    shop.stop().await;
    Ok(Exit::Fine)
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
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let order = Order {
        journeys: journeys.to_vec(),
        extent: Extent::Walks(args.walks),
        base_url: shop.url(),
        seed: Seed(args.seed),
        profile: Profile::human(),
        pace: Pace::Fast,
        users: args.users.unwrap_or(processors).clamp(1, 64),
        viewport: (1280, 800),
        launch: args.browser.launch(&config)?,
        release: Some(ShopRelease::V1_1.to_string()),
        out: args.output.folder(&config),
        conduct: Conduct { pace: Pace::Fast, ..conduct(&config) },
        confirmations: 2,
    };
    let total = journeys.len() as u64 + u64::from(args.walks);
    let mut progress = Progress::new(Detail::Sweep, Some(total));
    let mut calm = Calm { walks: journeys.len(), green: 0, told: false };
    let told = format!(
        "\n2. The same journeys as people walk them: {} walks with detours, hesitations and slips\n   \
         (profile `human`, seed {}).",
        args.walks, args.seed
    );
    let mut observe = |event: &Event| {
        calm.event(event, &told);
        progress.event(event);
    };
    let swept = sweep(order, &mut observe, async |trials| {
        shrink::shrink(&Which::Confirmed, SHRINK, &Profile::human(), trials).await;
    });
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
    let first = swept.findings.iter().find(|f| f.severity == Severity::Fail && !f.noise);
    if let Some(finding) = first {
        say(&format!("   {}", command::replay(swept.folder.path(), finding)));
    }
    say("Then your own application:\n   desirepath init");
}

/// One paragraph. Nobody listens any more where stdout is closed.
fn say(text: &str) {
    drop(writeln!(std::io::stdout(), "{text}"));
}
