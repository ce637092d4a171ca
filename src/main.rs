//! The program. Everything is in the library, where it is compiled once.

use std::process::ExitCode;

fn main() -> ExitCode {
    desirepath::cli::main()
}
