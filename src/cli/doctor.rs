//! `desirepath doctor`: is there a browser, a driver, do they fit together? Each problem with
//! its fix.

use std::path::PathBuf;

use super::config::Config;
use super::exit::Exit;
use super::failure::Failure;
use super::run::BrowserArgs;
use crate::browser::{BrowserError, Driver, LaunchOptions, PageOptions, slots};

/// What is looked at.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    browser: BrowserArgs,
    /// The configuration file [default: desirepath.yaml, where there is one]
    #[arg(long, env = "DESIREPATH_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Tries what a walk needs, from the driver to a page.
///
/// # Errors
/// The configuration is wrong.
pub async fn run(args: &Args) -> Result<Exit, Failure> {
    let config = Config::read(args.config.as_deref()).map_err(Failure::usage)?;
    super::print(&format!("desirepath {}\n", env!("CARGO_PKG_VERSION")));
    let kinds = args.browser.kinds(&config);
    let mut exit = Exit::Fine;
    for &kind in &kinds {
        if kinds.len() > 1 {
            super::print(&format!("{kind}\n"));
        }
        let launch = LaunchOptions { kind, ..args.browser.launch(&config) };
        if let Err((what, error)) = look_at(&launch).await {
            exit = problem(what, &error);
        }
    }
    if exit == Exit::Fine {
        super::print("everything is there\n");
    }
    Ok(exit)
}

/// From the driver to a page; an error says where it stopped.
async fn look_at(launch: &LaunchOptions) -> Result<(), (&'static str, BrowserError)> {
    let driver = Driver::start(launch).await.map_err(|error| ("driver", error))?;
    good("driver", driver.endpoint());
    if let Some(slots) = slots(launch).await {
        good("grid", &slots.to_string());
    }
    let examined = examine(&driver).await;
    driver.stop().await;
    examined.map_err(|error| ("browser", error))
}

async fn examine(driver: &Driver) -> Result<(), BrowserError> {
    let mut session = driver.session().await?;
    good("browser", session.browser());
    let opened = async {
        let mut page = session.open(PageOptions::default()).await?;
        page.goto("data:text/html,<p>hello").await?;
        page.close().await
    }
    .await;
    if opened.is_ok() {
        good("page", "opens and closes in a context of its own");
    }
    for lost in session.lost() {
        super::print(&format!("  note     {lost}\n"));
    }
    session.close().await;
    opened
}

fn good(what: &str, found: &str) {
    super::print(&format!("  {what:8} ok: {found}\n"));
}

fn problem(what: &str, error: &BrowserError) -> Exit {
    super::print(&format!("  {what:8} problem: {error}\n"));
    Exit::Infrastructure
}
