//! The command line of desirepath: parse, carry out, exit.

use std::process::ExitCode;

use clap::Parser;
use desirepath::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.run().await {
        Ok(exit) => exit.into(),
        Err(failure) => {
            eprintln!("{failure}");
            failure.exit().into()
        }
    }
}
