//! `desirepath shop`: the bundled shop alone, to play with.

use std::io::Write;

use super::exit::Exit;
use super::failure::Failure;
use crate::demo::shop::{Shop, ShopRelease};

/// Start the bundled shop, to play with
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which release: 1.0 is right, 1.1 has regressions
    #[arg(long, default_value = "1.1", value_name = "1.0|1.1")]
    pub release: ShopRelease,
    /// The port on 127.0.0.1 [default: a free one]
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
}

/// Serves until Ctrl-C.
///
/// # Errors
/// The port is taken.
pub async fn run(args: &Args) -> Result<Exit, Failure> {
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
