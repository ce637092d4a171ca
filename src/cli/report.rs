//! `desirepath report`: any report again from a stored run.

use std::io::Write;
use std::path::PathBuf;

use super::exit::Exit;
use super::failure::Failure;
use super::known;
use super::merge;
use super::style;
use crate::record::{Happening, Run, findings, journal};
use crate::report::{self, Kind};

/// Write reports again from a stored run
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The run's folder
    #[arg(value_name = "RUN", required_unless_present = "merge")]
    pub run: Option<PathBuf>,
    /// Make one run of the parts of a divided sweep (`run --shard`), and report on that
    #[arg(long, value_name = "RUN", num_args = 1.., conflicts_with = "run")]
    pub merge: Vec<PathBuf>,
    /// The folder of runs, for what is merged
    #[arg(long, env = "DESIREPATH_OUT", value_name = "DIR", default_value = "screenshots")]
    pub out: PathBuf,
    /// Reports to write: html, junit, json, github
    #[arg(long, value_name = "KINDS", value_delimiter = ',', default_value = "html,junit,json")]
    pub report: Vec<Kind>,
    /// A file of known issues, instead of what the run knew
    #[arg(long, value_name = "FILE")]
    pub known: Option<PathBuf>,
}

/// Carries the command out.
///
/// # Errors
/// The run cannot be read, or a report not be written.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let folder = match &args.run {
        Some(run) => run.clone(),
        None => merge::merged(&args.merge, &args.out)?,
    };
    let events = journal::read(&folder).map_err(Failure::usage)?;
    let mut run = Run::fold(events);
    if args.known.is_some() {
        let told = known::read(args.known.as_deref())?.tell(known::today(), &findings(&run));
        run.known = told
            .into_iter()
            .filter_map(|told| match told {
                Happening::Known { issue } => Some((issue.signature.clone(), *issue)),
                _ => None,
            })
            .collect();
    }
    let written = report::write_all(&folder, &run, &args.report).map_err(|error| {
        Failure::new(Exit::Infrastructure, format!("error: a report could not be written: {error}"))
    })?;
    let html = written.iter().find(|path| path.ends_with(Kind::Html.file()));
    let text = report::summary(
        &run,
        &findings(&run),
        &folder,
        html.map(PathBuf::as_path),
        style::palette(),
        style::width(),
    );
    // Nobody reads any more where stdout is closed.
    drop(std::io::stdout().write_all(text.as_bytes()));
    Ok(Exit::Fine)
}
