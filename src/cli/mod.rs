//! The commands, one thin file each: arguments come in, a floor below is asked, what is printed
//! goes out. `exit` is the table of exit codes.

pub mod bounds;
mod charter;
pub mod check;
pub mod config;
pub mod convert;
pub mod coverage;
pub mod demo;
pub mod derive;
pub mod doctor;
pub mod exit;
pub mod failure;
mod grid;
pub mod import;
pub mod init;
pub mod input;
mod known;
mod merge;
pub mod progress;
pub mod replay;
pub mod report;
pub mod run;
pub mod schema;
pub mod shop;
pub mod shrink;
pub mod style;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use exit::Exit;
use failure::Failure;

/// Walks your web application as its users really do, and tells what breaks
#[derive(Debug, Parser)]
#[command(name = "desirepath", version, after_help = exit::TABLE, max_term_width = 100)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Tell the whole story on the bundled shop; nothing to configure
    Demo(demo::Args),
    /// Write a configuration, an example journey and a CI workflow; never overwrites
    Init(init::Args),
    /// Look for browsers and drivers, and say how to mend what does not fit
    Doctor(doctor::Args),
    /// Learn from an analytics export where people really go
    Import(Box<import::Args>),
    /// Read journeys and show every mistake with its line and the fix
    Check(check::Args),
    /// Walk the journeys, calm and perturbed, and report what broke
    Run(Box<run::Args>),
    /// Walk a plan again, exactly
    Replay(replay::Args),
    /// Find the smallest walk that still fails in the same way
    Shrink(shrink::Args),
    /// Write reports again from a stored run
    Report(report::Args),
    /// Turn recordings of other tools into journeys, and journeys into other tools' tests
    Convert(convert::Args),
    /// Show what production does that no walk did, and the reverse
    Coverage(coverage::Args),
    /// Start the bundled shop, to play with
    Shop(shop::Args),
    /// Print the JSON Schema of the journey files, for editors
    Schema(schema::Args),
}

/// The command line: parse, carry out, exit.
#[must_use]
#[tokio::main]
pub async fn main() -> ExitCode {
    match Cli::parse().run().await {
        Ok(exit) => exit.into(),
        Err(failure) => {
            eprintln!("{failure}");
            failure.exit().into()
        }
    }
}

impl Cli {
    /// Carries the command out.
    ///
    /// # Errors
    /// What is wrong, with its exit code.
    pub async fn run(&self) -> Result<Exit, Failure> {
        match &self.command {
            Command::Demo(args) => demo::run(args).await,
            Command::Init(args) => init::run(args),
            Command::Doctor(args) => doctor::run(args).await,
            Command::Import(args) => import::run(args),
            Command::Check(args) => Ok(check(args)),
            Command::Run(args) => run::run(args).await,
            Command::Replay(args) => replay::run(args).await,
            Command::Shrink(args) => shrink::run(args).await,
            Command::Report(args) => report::run(args),
            Command::Convert(args) => convert::run(args),
            Command::Coverage(args) => coverage::run(args),
            Command::Shop(args) => shop::run(args).await,
            Command::Schema(args) => {
                print(&schema::run(args));
                Ok(Exit::Fine)
            }
        }
    }
}

fn check(args: &check::Args) -> Exit {
    let outcome = check::run(args, style::color());
    drop(std::io::stderr().write_all(outcome.diagnostics.as_bytes()));
    print(&outcome.summary);
    if outcome.mistaken { Exit::Usage } else { Exit::Fine }
}

/// Prints a result. Nobody reads any more where stdout is closed.
fn print(text: &str) {
    drop(std::io::stdout().write_all(text.as_bytes()));
}
