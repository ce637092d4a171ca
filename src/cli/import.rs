//! `desirepath import`: an analytics export → what people do, as numbers, a model and journeys.

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;

use super::config::Config;
use super::derive::{self, Product};
use super::exit::Exit;
use super::failure::Failure;
use crate::analytics::{
    self, Crowd, Dropped, HostRow, HostTable, Import, Kind, Lenience, Mapping, Mistake, Request,
};
use crate::diagnostic::plural;
use crate::report::visible;
use crate::route::Route;
use crate::time::Span;

/// How many hosts are shown.
const HOSTS: usize = 10;
/// How many routes are shown.
const ROUTES: usize = 25;

/// Learn from an analytics export where people really go
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The export's files: plain, gzip or zstandard
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Which tool wrote them [default: by their content]
    #[arg(long, value_name = "KIND")]
    pub from: Option<Kind>,
    /// For any CSV or JSON: user=…,time=…,url=…[,action=…,target=…,session=…,agent=…]; columns
    /// without a header go by number; url=/item/{id} puts fields together; path=… has all pages
    #[arg(long, value_name = "PART=FIELD,…")]
    pub map: Option<Mapping>,
    /// The gap that ends a session, where the tool has no sessions of its own
    #[arg(long, value_name = "TIME", default_value = "30m")]
    pub gap: Span,
    /// How many users must share a text or a page for it to be told
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=i64::from(Crowd::MOST)))]
    pub k: u32,
    /// A route that is known, `/product/:slug`; repeatable
    #[arg(long = "route", value_name = "ROUTE", value_parser = route)]
    pub routes: Vec<Route>,
    /// Refuse files with lines that make no sense
    #[arg(long)]
    pub strict: bool,
    /// Only this user, or this session of the tool
    #[arg(long, value_name = "ID")]
    pub session: Option<String>,
    /// Only what was done on this host, shop.example; repeatable
    #[arg(long = "host", value_name = "HOST", value_parser = host)]
    pub hosts: Vec<String>,
    /// Only what was done at or after this time, 2026-10-01 or 2026-10-01T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub since: Option<i64>,
    /// Only what was done before this time
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub until: Option<i64>,
    /// Where usage.yaml, usage.html, usage.json and journeys/ are put
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub out: PathBuf,
    /// The share of sessions that the journeys stand for together, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.9, value_parser = share)]
    pub cover: f64,
    /// Draw so many sessions as people are distributed, instead of covering the most common
    #[arg(long, value_name = "N", conflicts_with = "cover")]
    pub sample: Option<usize>,
    /// The most journeys
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub most: usize,
    /// The seed of --sample
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Print what was read as JSON, and write nothing
    #[arg(long)]
    pub json: bool,
    /// The configuration file [default: desirepath.yaml, where there is one]
    #[arg(long, env = "DESIREPATH_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

fn share(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| "expected a share such as 0.9".into())
}

fn route(text: &str) -> Result<Route, String> {
    Route::parse(text).map_err(|error| error.to_string())
}

fn host(text: &str) -> Result<String, String> {
    analytics::host_name(text)
        .ok_or_else(|| "expected the name of a host, such as www.shop.example".into())
}

fn moment(text: &str) -> Result<i64, String> {
    let day = format!("{text}T00:00:00Z");
    [text, &day]
        .into_iter()
        .find_map(|text| text.parse::<Timestamp>().ok())
        .map(Timestamp::as_millisecond)
        .ok_or_else(|| "expected a day or a time in UTC, 2026-10-01 or 2026-10-01T12:00:00Z".into())
}

/// Carries the command out.
///
/// # Errors
/// What is wrong, with its exit code.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let config = Config::read(args.config.as_deref()).map_err(Failure::usage)?;
    let request = request(args, &config)?;
    let import = watched(&request)?;
    if args.json {
        let json = serde_json::to_string_pretty(&import.summary)
            .map_err(|error| Failure::new(Exit::Infrastructure, format!("error: {error}")))?;
        super::print(&format!("{json}\n"));
    } else {
        super::print(&told(&import));
    }
    if import.sessions.is_empty() {
        return Err(Failure::usage(nothing(args)));
    }
    if args.json {
        return Ok(Exit::Fine);
    }
    let kind = import.kind.map_or("nothing", Kind::word);
    match &args.session {
        Some(_) => one(args, &import, kind),
        None => learn(args, &import, kind),
    }
}

/// The last of the sessions asked for, as a journey.
fn one(args: &Args, import: &Import, kind: &str) -> Result<Exit, Failure> {
    let all = import.sessions.len();
    if all > 1 {
        super::print(&format!(
            "\n{all} sessions are theirs; this is the last (--since and --until choose another)\n"
        ));
    }
    let folder = args.out.join("journeys");
    let (path, gaps) =
        derive::write_one(&import.sessions, all - 1, kind, &folder).map_err(Failure::usage)?;
    for gap in gaps {
        super::print(&format!("  {}\n", visible::line(&gap)));
    }
    super::print(&format!("\njourney  {}\n", path.display()));
    Ok(Exit::Fine)
}

/// The model and the journeys.
fn learn(args: &Args, import: &Import, kind: &str) -> Result<Exit, Failure> {
    let day = |millis| {
        Timestamp::from_millisecond(millis)
            .map_or_else(|_| String::new(), |stamp| stamp.strftime("%Y-%m-%d").to_string())
    };
    let summary = &import.summary;
    let events = &summary.events;
    let dropped = Dropped::ALL.into_iter().map(|why| (why.words().to_owned(), events.dropped(why)));
    let cleaning = [("events".to_owned(), events.all)]
        .into_iter()
        .chain(dropped)
        .chain([("kept".to_owned(), events.kept())])
        .filter(|(_, count)| *count > 0)
        .map(|(what, count)| (what, count.to_string()))
        .collect();
    let product = match args.sample {
        Some(draws) => Product::Sample { draws, seed: args.seed },
        None => Product::Cover(args.cover),
    };
    let written = derive::write(&derive::Request {
        sessions: &import.sessions,
        from: kind.to_owned(),
        window: summary.window.map(|(first, last)| format!("{}/{}", day(first), day(last))),
        cleaning,
        k: args.k,
        product,
        most: args.most,
        out: args.out.clone(),
    })
    .map_err(Failure::usage)?;
    super::print(&format!(
        "\n{}\nreport    {}\njourneys  {}\ndesirepath check {}\n",
        written.text,
        written.page.display(),
        written.journeys.display(),
        written.journeys.display(),
    ));
    Ok(Exit::Fine)
}

fn request(args: &Args, config: &Config) -> Result<Request, Failure> {
    let mut routes = args.routes.clone();
    for text in &config.routes {
        routes.push(Route::parse(text).map_err(|error| {
            Failure::usage(format!("routes in the configuration: `{text}`: {error}"))
        })?);
    }
    Ok(Request {
        from: args.from,
        mapping: args.map.clone(),
        gap: args.gap,
        least: Crowd::new(args.k).unwrap_or(Crowd::DEFAULT),
        routes,
        lenience: if args.strict { Lenience::Refuse } else { Lenience::Skip },
        only: args.session.clone(),
        hosts: args.hosts.clone(),
        since: args.since,
        until: args.until,
        threads: std::thread::available_parallelism().unwrap_or(std::num::NonZeroUsize::MIN),
        ..Request::new(args.files.clone(), Timestamp::now().as_millisecond())
    })
}

/// Imports, with a bar on a terminal.
fn watched(request: &Request) -> Result<Import, Failure> {
    let size = |path: &PathBuf| Path::metadata(path).map_or(0, |file| file.len());
    let bar = ProgressBar::with_draw_target(
        Some(request.files.iter().map(size).sum()),
        if std::io::stderr().is_terminal() && std::env::var_os("CI").is_none() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        },
    );
    // The template is ours; were it wrong, the default would do.
    let template = "{bar:24} {bytes}/{total_bytes} · {bytes_per_sec} · {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸─"));
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    let result = analytics::import(request, &mut |consumed| bar.set_position(consumed));
    bar.finish_and_clear();
    result.map_err(|error| match error {
        analytics::AnalyticsError::Spill(_) => {
            Failure::new(Exit::Infrastructure, format!("error: {error}"))
        }
        error => Failure::usage(error),
    })
}

/// Why there is no session, as far as one can tell.
fn nothing(args: &Args) -> String {
    match &args.session {
        Some(id) => format!(
            "no session of `{}` is in these files; --session takes a user or session id as the \
             export has it (for access logs the address)",
            visible::line(id)
        ),
        None if !args.hosts.is_empty() => {
            "no session on that host is in these files; the numbers above say on which hosts the \
             events were"
                .to_owned()
        }
        None => "no session is in these files; the numbers above say what became of the events"
            .to_owned(),
    }
}

/// The summary for a person.
fn told(import: &Import) -> String {
    let summary = &import.summary;
    let mut text = String::new();
    let kind = import.kind.map_or("nothing", Kind::word);
    let _ = writeln!(
        text,
        "{kind}: {} from {} and {} in {} ({})",
        plural(summary.sessions, "session"),
        plural(usize::try_from(summary.users).unwrap_or(usize::MAX), "user"),
        plural(summary.steps, "step"),
        plural(summary.files, "file"),
        size(summary.bytes),
    );
    if let Some(mapping) = &summary.mapping {
        let mapping = visible::line(mapping);
        let _ = writeln!(text, "its fields were taken so: --map '{mapping}'");
    }
    if let Some((first, last)) = summary.window {
        let _ = writeln!(text, "from {} to {}", moment_text(first), moment_text(last));
    }
    lines_and_events(import, &mut text);
    hosts(import, &mut text);
    let _ = match summary.gap.map(Span::millis) {
        Some(gap) => writeln!(text, "\nA session ends after {gap} without an event."),
        None => writeln!(text, "\nEvents have no times here: only their order is known."),
    };
    if let Some(valley) = summary.valley {
        let valley = Span::secs(valley.div_ceil(60_000) * 60);
        let _ = writeln!(text, "The data itself would cut at about {valley} (--gap {valley}).");
    }
    routes(import, &mut text);
    text
}

fn lines_and_events(import: &Import, text: &mut String) {
    let summary = &import.summary;
    let lines = &summary.lines;
    let _ = writeln!(text, "\n{:>12}  lines", lines.all);
    let parts = [
        (lines.blank, "empty"),
        (lines.heading, "headers and comments"),
        (lines.broken, "make no sense"),
        (lines.too_long, "too long (over 8 MiB)"),
    ];
    for (count, what) in parts.into_iter().filter(|(count, _)| *count > 0) {
        let _ = writeln!(text, "{count:>12}    {what}");
    }
    for Mistake { file, line, why } in &summary.mistakes {
        let _ = writeln!(
            text,
            "{:>12}      {}:{line}: {}",
            "",
            visible::line(file),
            visible::line(why)
        );
    }
    for Mistake { file, why, .. } in &summary.damaged {
        let _ = writeln!(text, "{:>12}  {}: {}", "", visible::line(file), visible::line(why));
    }
    let _ = writeln!(text, "{:>12}  events", summary.events.all);
    for why in Dropped::ALL {
        let count = summary.events.dropped(why);
        if count > 0 {
            let _ = writeln!(text, "{count:>12}    {}", why.words());
        }
    }
    let _ = writeln!(text, "{:>12}    kept", summary.events.kept());
    let rest: [(u64, &str); 7] = [
        (summary.reordered, "events put in order"),
        (summary.clock_jumps, "sessions cut where a clock jumped by more than a day"),
        (summary.rare_paths as u64, "paths folded: too few users were there (--k)"),
        (summary.rare_texts as u64, "texts left out: too few users share them (--k)"),
        (summary.personal_texts as u64, "texts left out: they look personal"),
        (summary.coarsened, "events told less finely: too many different pages or elements"),
        (summary.spilled, "events went through temporary files"),
    ];
    for (count, what) in rest.into_iter().filter(|(count, _)| *count > 0) {
        let _ = writeln!(text, "{count:>12}  {what}");
    }
}

/// On which hosts the events were, where it makes a difference.
fn hosts(import: &Import, text: &mut String) {
    let HostTable { told, other, without } = &import.summary.hosts;
    if told.is_empty() || (told.len() == 1 && *other == 0 && *without == 0) {
        return;
    }
    let _ = writeln!(text, "\n{:>12}  host", "events");
    for HostRow { host, events } in told.iter().take(HOSTS) {
        let _ = writeln!(text, "{events:>12}  {}", visible::line(host));
    }
    let rest: u64 = told.iter().skip(HOSTS).map(|row| row.events).sum();
    let parts = [
        (rest, "on further hosts (--json has all)"),
        (*other, "other: hosts that too few users share (--k)"),
        (*without, "on pages without a host"),
    ];
    for (count, what) in parts.into_iter().filter(|(count, _)| *count > 0) {
        let _ = writeln!(text, "{count:>12}  {what}");
    }
    let _ = writeln!(text, "All of them are one site here; --host HOST keeps one of them.");
}

fn routes(import: &Import, text: &mut String) {
    let routes = &import.summary.routes;
    if routes.is_empty() {
        return;
    }
    let shown = &routes[..routes.len().min(ROUTES)];
    let width =
        shown.iter().map(|row| row.route.as_str().chars().count()).max().unwrap_or(0).min(60);
    let _ = writeln!(text, "\n   share  {:<width$}  paths  such as", "route");
    for row in shown {
        let examples: Vec<_> = row.examples.iter().map(|e| visible::line(e)).collect();
        let route = visible::line(row.route.as_str());
        let line = format!(
            "{:>7.1}%  {route:<width$}  {:>5}  {}",
            row.share * 100.0,
            row.paths,
            examples.join(" ")
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if routes.len() > shown.len() {
        let _ = writeln!(
            text,
            "          and {} (--json has all)",
            plural(routes.len() - shown.len(), "more route")
        );
    }
    let _ =
        writeln!(text, "Wrong? Name it: --route /product/:slug, or `routes:` in desirepath.yaml.");
}

fn moment_text(millis: i64) -> String {
    Timestamp::from_millisecond(millis).map_or_else(
        |_| millis.to_string(),
        |stamp| stamp.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

/// `1.2 GB`, in powers of ten.
fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
    let bytes = bytes as f64;
    match bytes {
        _ if bytes < 1e3 => format!("{bytes} B"),
        _ if bytes < 1e6 => format!("{:.1} kB", bytes / 1e3),
        _ if bytes < 1e9 => format!("{:.1} MB", bytes / 1e6),
        _ => format!("{:.1} GB", bytes / 1e9),
    }
}
