//! `desirepath report`: any report again from a stored run.

use std::io::Write;
use std::path::PathBuf;

use super::exit::Exit;
use super::failure::Failure;
use super::style;
use crate::record::{Run, findings, journal};
use crate::report::{self, Kind};

/// Write reports again from a stored run
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The run's folder
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// Reports to write: html, junit, json, github
    #[arg(long, value_name = "KINDS", value_delimiter = ',', default_value = "html,junit,json")]
    pub report: Vec<Kind>,
}

/// Carries the command out.
///
/// # Errors
/// The run cannot be read, or a report not be written.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let events = journal::read(&args.run).map_err(Failure::usage)?;
    let run = Run::fold(events);
    let written = report::write_all(&args.run, &run, &args.report).map_err(|error| {
        Failure::new(Exit::Infrastructure, format!("error: a report could not be written: {error}"))
    })?;
    let html = written.iter().find(|path| path.ends_with(Kind::Html.file()));
    let text = report::summary(
        &run,
        &findings(&run),
        &args.run,
        html.map(PathBuf::as_path),
        style::palette(),
        style::width(),
    );
    // Nobody reads any more where stdout is closed.
    drop(std::io::stdout().write_all(text.as_bytes()));
    Ok(Exit::Fine)
}
