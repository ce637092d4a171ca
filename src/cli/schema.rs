//! `desirepath schema`: the JSON Schema of a kind of file, for editors.

use super::config::Config;
use crate::journey::schema;

/// Print the JSON Schema of a kind of file, for editors
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which kind of file
    #[arg(value_enum, default_value_t = Kind::Journey)]
    pub kind: Kind,
}

/// The kinds of files that have a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// A journey or plan
    Journey,
    /// Shared rules
    Rules,
    /// desirepath.yaml
    Config,
}

/// The schema as text, with a line break at the end.
#[must_use]
pub fn run(args: &Args) -> String {
    let schema = match args.kind {
        Kind::Journey => schema::journey(),
        Kind::Rules => schema::rules(),
        Kind::Config => Config::schema(),
    };
    format!("{schema:#}\n")
}
