//! `desirepath init`: the first files of a project. Nothing that is there is touched.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::exit::Exit;
use super::failure::Failure;

const FILES: [(&str, &str); 3] = [
    ("desirepath.yaml", include_str!("../../assets/init/desirepath.yaml")),
    ("journeys/first.yaml", include_str!("../../assets/init/first.yaml")),
    (".github/workflows/desirepath.yml", include_str!("../../assets/init/workflow.yml")),
];

/// Where the files go.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The project's folder
    #[arg(value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
}

/// Writes what is not there.
///
/// # Errors
/// A file or folder cannot be made.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let mut said = String::new();
    for (name, text) in FILES {
        let path = args.dir.join(name);
        let made = make(&path, text).map_err(|error| {
            Failure::usage(format!("{} cannot be written: {error}", path.display()))
        })?;
        let word = if made { "wrote" } else { "kept " };
        said.push_str(&format!("{word} {}\n", path.display()));
    }
    said.push_str(
        "\nNext: set base_url in desirepath.yaml, change journeys/first.yaml to what your users \
         do, then\n  desirepath check\n  desirepath run\n",
    );
    super::print(&said);
    Ok(Exit::Fine)
}

/// Writes a file unless there is one already; gives whether it did.
fn make(path: &Path, text: &str) -> io::Result<bool> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}
