//! Finding and reading the files of journeys. What they mean is `journey`'s.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics, SourceText};
use crate::journey::link::Links;
use crate::journey::{Action, Journey, Template, ids, link, yaml};
use crate::record::journal;

/// Why no journeys could be read. Every kind is the user's to mend: exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// Files with mistakes, or that cannot be read.
    #[error("{0}")]
    Mistakes(Diagnostics),
    /// There are files, but no journey among them; or no files at all.
    #[error(
        "no journey in {}; a journey is a file that ends in .yaml or .yml (try `desirepath init`)",
        paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
    )]
    Nothing {
        /// Where journeys were looked for.
        paths: Vec<PathBuf>,
    },
}

/// Reads journeys from files and folders, with everything that they name in other files.
///
/// # Errors
/// All mistakes of all files, or that there is no journey.
pub fn load(paths: &[PathBuf]) -> Result<Vec<Journey>, InputError> {
    let links = load_links(paths)?;
    if links.journeys.is_empty() {
        return Err(InputError::Nothing { paths: paths.to_vec() });
    }
    Ok(links.journeys.into_iter().map(|linked| linked.journey).collect())
}

/// The same with each journey's file and the warnings. Shared rules alone are no mistake.
///
/// # Errors
/// All mistakes of all files, or that there is no file.
pub fn load_links(paths: &[PathBuf]) -> Result<Links, InputError> {
    let mut mistakes = Diagnostics::default();
    let mut sources = Vec::new();
    for file in files(paths, &mut mistakes) {
        match read(&file) {
            Ok(text) => sources.push(SourceText::new(file.display().to_string(), text)),
            Err(why) => mistakes.push(unreadable(&file, &why)),
        }
    }
    if sources.is_empty() && mistakes.is_empty() {
        return Err(InputError::Nothing { paths: paths.to_vec() });
    }
    let sources: Vec<Arc<SourceText>> = sources;
    match link::link(&sources, &mut |path| read(Path::new(path))) {
        Ok(links) => {
            missing_uploads(&links, &mut mistakes);
            if mistakes.is_empty() {
                return Ok(links);
            }
            mistakes.append(links.warnings);
            Err(InputError::Mistakes(mistakes))
        }
        Err(more) => {
            mistakes.append(more);
            Err(InputError::Mistakes(mistakes))
        }
    }
}

/// Files to upload that are not there: better told now than in the middle of a sweep. Those that
/// a variable names are only known when they are drawn.
fn missing_uploads(links: &Links, mistakes: &mut Diagnostics) {
    for linked in &links.journeys {
        let mut missing = BTreeSet::new();
        ids::each(&linked.journey.steps, &mut |step| {
            let Action::Upload { files, .. } = &step.action else { return };
            let named = files.iter().filter(|file| file.is_concrete()).map(Template::as_str);
            missing.extend(named.filter(|file| !Path::new(file).is_file()));
        });
        for file in missing {
            let message = format!("it uploads {file}, and there is no such file");
            let beside = match linked.journey.plan {
                None => "the path is relative to the journey's file",
                Some(_) => "a plan's paths are relative to where its sweep was started",
            };
            mistakes.push(Diagnostic::of_file(linked.file.as_str(), message).note(beside));
        }
    }
}

fn unreadable(path: &Path, why: &str) -> Diagnostic {
    Diagnostic::of_file(path.display().to_string(), format!("cannot read this file: {why}"))
}

/// The files that the paths stand for: a file itself, a folder's YAML files however deep,
/// in the order of their names. No file comes twice.
fn files(paths: &[PathBuf], mistakes: &mut Diagnostics) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in paths {
        if path.join(journal::FILE).is_file() {
            let message = "this is the folder of a run, which has many walks of each journey";
            let walks =
                format!("its walks are in {}: name one of them", path.join("walks").display());
            mistakes.push(Diagnostic::of_file(path.display().to_string(), message).note(walks));
        } else if path.is_dir() {
            walk(path, &mut HashSet::new(), &mut found, mistakes);
        } else {
            found.push(path.clone());
        }
    }
    let mut seen = HashSet::new();
    found.retain(|path| seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.clone())));
    found
}

/// Collects the YAML files of a folder. A folder is entered once, whatever links lead to it.
fn walk(
    folder: &Path,
    entered: &mut HashSet<PathBuf>,
    found: &mut Vec<PathBuf>,
    mistakes: &mut Diagnostics,
) {
    let real = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    if !entered.insert(real) {
        return;
    }
    let entries = match fs::read_dir(folder).and_then(|dir| dir.collect::<io::Result<Vec<_>>>()) {
        Ok(entries) => entries,
        Err(error) => {
            let why = format!("cannot read this folder: {}", in_words(&error));
            return mistakes.push(Diagnostic::of_file(folder.display().to_string(), why));
        }
    };
    let mut paths: Vec<PathBuf> = entries
        .iter()
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
        .map(fs::DirEntry::path)
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            walk(&path, entered, found, mistakes);
        } else if path.extension().is_some_and(|end| end == "yaml" || end == "yml") {
            found.push(path);
        }
    }
}

/// A file's text, or why it is none.
fn read(path: &Path) -> Result<String, String> {
    let told = |error: io::Error| in_words(&error);
    let metadata = fs::metadata(path).map_err(told)?;
    if metadata.is_dir() {
        return Err("it is a folder".to_owned());
    }
    // A pipe or a device may never end.
    if !metadata.is_file() {
        return Err("it is not an ordinary file".to_owned());
    }
    let most = u64::try_from(yaml::MOST_BYTES).expect("the limit is small");
    if metadata.len() > most {
        let (has, most) = (metadata.len().div_ceil(1 << 20), most >> 20);
        return Err(format!("it has {has} MiB, and {most} are the most"));
    }
    let mut bytes = Vec::new();
    // It may have grown since it was measured.
    File::open(path).map_err(told)?.take(most).read_to_end(&mut bytes).map_err(told)?;
    if bytes.contains(&0) {
        return Err("it is not a text file".to_owned());
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..good].iter().filter(|byte| **byte == b'\n').count();
        format!("it is not UTF-8 (line {line}); save it as UTF-8")
    })
}

/// The system's reason without its number.
fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder for the test");
        for (name, bytes) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("it has a folder")).expect("a folder");
            fs::write(path, bytes).expect("a file");
        }
        folder
    }

    fn load_all(folder: &tempfile::TempDir) -> Result<Vec<String>, String> {
        load(&[folder.path().to_path_buf()])
            .map(|all| all.into_iter().map(|journey| journey.name).collect())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_folder_is_read_however_deep_in_the_order_of_names() {
        let folder = folder(&[
            ("b.yaml", b"journey: b\nsteps: [use: a]"),
            ("a/a.yml", b"journey: a\nrules: ../rules.yaml\nsteps: [back]"),
            ("rules.yaml", b"always: [{ name: no NaN, no_text: NaN }]"),
            (".hidden/x.yaml", b"no journey"),
            ("notes.txt", b"no journey"),
        ]);
        assert_eq!(load_all(&folder), Ok(vec!["a".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn what_cannot_be_read_is_told_with_all_else() {
        let folder = folder(&[
            ("binary.yaml", b"journey\0"),
            ("latin1.yaml", b"journey: a\n# caf\xe9\n"),
            ("empty.yaml", b""),
            ("mistaken.yaml", b"journey: a\nstep: [back]"),
            ("big.yaml", &vec![b' '; 9 << 20]),
        ]);
        let told = load_all(&folder).expect_err("nothing can be read");
        for part in [
            "it is not a text file",
            "it is not UTF-8 (line 2)",
            "the file is empty",
            "did you mean `steps`?",
            "it has 9 MiB, and 8 are the most",
        ] {
            assert!(told.contains(part), "{part} is not in\n{told}");
        }
    }

    #[test]
    fn a_file_to_upload_that_is_missing_is_told_before_anything_is_walked() {
        let upload = b"journey: a\nvars: { f: [x] }\nsteps: [upload: { label: A, files: [in/a.txt, in/b.txt, \"{{f}}\"] }]";
        let folder = folder(&[("a.yaml", upload), ("in/a.txt", b"a")]);
        let told = load_all(&folder).expect_err("b is missing");
        assert!(told.contains("b.txt, and there is no such file"), "{told}");
        assert!(!told.contains("a.txt,") && told.contains("relative to the journey"), "{told}");
    }

    #[test]
    fn the_folder_of_a_run_is_told_from_one_of_journeys() {
        let folder = folder(&[("events.jsonl", b""), ("walks/buy.0.yaml", b"journey: buy")]);
        let told = load_all(&folder).expect_err("which walk?");
        assert!(
            told.contains("the folder of a run") && told.contains("/walks: name one"),
            "{told}"
        );
    }

    #[test]
    fn nothing_to_read_is_said_so() {
        let folder = folder(&[("notes.txt", b"")]);
        assert!(load_all(&folder).expect_err("nothing").contains("no journey in"));
        let missing = load(&[folder.path().join("none.yaml")]).expect_err("it is missing");
        assert!(missing.to_string().contains("there is no such file"), "{missing}");
    }
}
