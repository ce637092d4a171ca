//! `desirepath shrink`: the smallest walk that still fails in the same way.

use super::config::Config;
use super::exit::Exit;
use super::failure::Failure;
use super::progress::Detail;
use super::replay;
use super::run::{FailOn, finish, walk_all};
use crate::perturb::Profile;
use crate::shrink::{self, Budget, Which};

/// Find the smallest walk that still fails in the same way
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The walk, and how it is carried out.
    #[command(flatten)]
    pub replay: replay::Args,
    /// How many walks may be spent on it
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub tries: u32,
    /// Which failure, by its signature in findings.json [default: every one that the walk shows]
    #[arg(long, value_name = "SIGNATURE")]
    pub signature: Option<String>,
    /// Walks at once [default: one for each processor]
    #[arg(long, env = "DESIREPATH_USERS", value_name = "K")]
    pub users: Option<usize>,
}

/// Carries the command out.
///
/// # Errors
/// What is wrong, with its exit code.
pub async fn run(args: &Args) -> Result<Exit, Failure> {
    let config = Config::read(args.replay.config.as_deref()).map_err(Failure::usage)?;
    let mut order = replay::order(&args.replay, &config)?;
    order.users = args.users.or(config.users).unwrap_or_else(super::run::processors).clamp(1, 256);
    let reports = args.replay.output.reports(&config)?;
    // A profile's file may not be here: what it says only prices the result.
    let profile = match Profile::named(order.profile.name()) {
        Some(profile) if !profile.is_calm() => profile,
        _ => Profile::human(),
    };
    let which = Which::Named(args.signature.clone());
    let budget = Budget { walks: args.tries, findings: usize::MAX };
    let swept = walk_all(order, Detail::Sweep, async |trials| {
        shrink::shrink(&which, budget, &profile, trials).await;
    })
    .await?;
    finish(&swept, &reports, FailOn::Any)
}
