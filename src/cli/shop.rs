//! `desirepath shop`: the bundled shop alone, to play with.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::exit::Exit;
use super::failure::Failure;
use crate::demo::shop::{Shop, ShopRelease};
use crate::demo::traffic;
use crate::diagnostic::plural;

/// Start the bundled shop, to play with
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which release: 1.0 is right, 1.1 has regressions
    #[arg(long, default_value = "1.1", value_name = "1.0|1.1")]
    pub release: ShopRelease,
    /// The port on 127.0.0.1 [default: a free one]
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// Write generated traffic of the shop to this file, as a PostHog export, instead of serving
    #[arg(long, value_name = "FILE", conflicts_with = "port")]
    pub traffic: Option<PathBuf>,
    /// How many sessions the generated traffic has
    #[arg(long, default_value = "3000", value_name = "N", requires = "traffic")]
    pub sessions: u32,
    /// The seed of the generated traffic; the same seed gives the same file
    #[arg(long, default_value = "7", value_name = "N", requires = "traffic")]
    pub seed: u64,
}

/// Serves until Ctrl-C, or writes traffic.
///
/// # Errors
/// The port is taken, or the file cannot be written.
pub async fn run(args: &Args) -> Result<Exit, Failure> {
    if let Some(file) = &args.traffic {
        return write_traffic(file, args);
    }
    let shop = Shop::start(args.release, args.port).await.map_err(|error| {
        Failure::new(Exit::Infrastructure, format!("error: the shop cannot be started: {error}"))
    })?;
    let mut out = std::io::stdout();
    // Whoever closed stdout does not want to know.
    drop(writeln!(out, "The Corner Shop, release {}: {}", args.release, shop.url()));
    for (name, origin) in shop.services() {
        drop(writeln!(out, "  {name:8} {origin}"));
    }
    drop(writeln!(out, "Ctrl-C ends it."));
    // Without a signal handler the default one ends the process, which is just as well.
    let _ = tokio::signal::ctrl_c().await;
    shop.stop().await;
    Ok(Exit::Fine)
}

fn write_traffic(file: &Path, args: &Args) -> Result<Exit, Failure> {
    let place = file.display();
    let out = File::create_new(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::usage(format!(
            "{place} is there already, and nothing is ever overwritten: name another file"
        )),
        _ => Failure::usage(format!("{place} cannot be written: {error}")),
    })?;
    let mut out = BufWriter::new(out);
    let written = traffic::write(&mut out, args.sessions, args.seed).and_then(|()| out.flush());
    written.map_err(|error| {
        Failure::new(Exit::Infrastructure, format!("error: {place} cannot be written: {error}"))
    })?;
    let sessions = plural(args.sessions as usize, "session");
    // Whoever closed stdout does not want to know.
    drop(writeln!(
        std::io::stdout(),
        "{place}: {sessions} of made-up shoppers, as PostHog exports them\n\
         next: desirepath import {place} --route /product/:slug"
    ));
    Ok(Exit::Fine)
}
