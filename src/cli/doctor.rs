//! `desirepath doctor`: is there a browser, a driver, do they fit together? Each problem with
//! its fix.

use std::path::PathBuf;

use super::config::Config;
use super::exit::Exit;
use super::failure::Failure;
use super::run::BrowserArgs;
use crate::browser::{BrowserError, Driver, PageOptions};

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
    let launch = args.browser.launch(&config)?;
    super::print(&format!("desirepath {}\n", env!("CARGO_PKG_VERSION")));
    let driver = match Driver::start(&launch).await {
        Ok(driver) => driver,
        Err(error) => return Ok(problem("driver", &error)),
    };
    good("driver", driver.endpoint());
    let examined = examine(&driver).await;
    driver.stop().await;
    Ok(match examined {
        Ok(()) => {
            super::print("everything is there\n");
            Exit::Fine
        }
        Err(error) => problem("browser", &error),
    })
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
