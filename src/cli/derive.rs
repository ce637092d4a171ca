//! What `import` does with the sessions that it read: learns a model, derives journeys, and
//! writes both with their report into a folder. Reading exports is not done here.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use crate::analytics::Sessions;
use crate::journey;
use crate::report::usage as report;
use crate::usage::{self, Derived, Flow, Standing, Terms};

/// Which journeys are derived.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Product {
    /// The fewest that stand for this share of the sessions, 0 to 1.
    Cover(f64),
    /// Drawn as people are distributed.
    Sample {
        /// How many are drawn; those alike become one.
        draws: usize,
        /// The seed of the drawing.
        seed: u64,
    },
}

/// What is to be derived, and where it is put.
#[derive(Debug, Clone, PartialEq)]
pub struct Request<'a> {
    /// The sessions.
    pub sessions: &'a Sessions,
    /// The kind of export.
    pub from: String,
    /// The days that it covers, `2026-10-01/2026-10-31`.
    pub window: Option<String>,
    /// What was read and dropped, as names and values for the report.
    pub cleaning: Vec<(String, String)>,
    /// Nothing is told of fewer users.
    pub k: u32,
    /// Which journeys.
    pub product: Product,
    /// The most journeys.
    pub most: usize,
    /// The folder; it is made where there is none.
    pub out: PathBuf,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The files: the model, the reports, and the journeys.
    pub files: Vec<PathBuf>,
    /// The page for people, among the files.
    pub page: PathBuf,
    /// The folder of the journeys.
    pub journeys: PathBuf,
    /// The report for the terminal.
    pub text: String,
}

/// Why nothing, or not everything, was written.
#[derive(Debug, thiserror::Error)]
pub enum DeriveError {
    /// There is nothing to learn from.
    #[error("there is no session to learn from; see above what was dropped, and why")]
    Empty,
    /// Something is there already; nothing was written.
    #[error(
        "{} is there already, and nothing is ever overwritten: \
         name another folder, or move it away",
        .0.display()
    )]
    Exists(PathBuf),
    /// A file cannot be written.
    #[error("{} cannot be written: {why}", path.display())]
    Unwritten {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        why: io::Error,
    },
}

/// Learns from the sessions and writes `usage.yaml`, `usage.html`, `usage.json` and
/// `journeys/*.yaml`. Whatever is in the folder already stays as it is.
///
/// # Errors
/// [`DeriveError`]; where a file exists already, nothing at all is written.
pub fn write(request: &Request<'_>) -> Result<Written, DeriveError> {
    if request.sessions.is_empty() {
        return Err(DeriveError::Empty);
    }
    let (model, fidelity) = usage::learn(request.sessions, request.k);
    let flow = || Flow::of(request.sessions, &model);
    let (flow, derived) = usage::side_by_side(flow, || derive(request, &model));
    let import = report::Import {
        from: &request.from,
        window: request.window.as_deref(),
        cleaning: &request.cleaning,
        model: &model,
        fidelity: fidelity.as_ref(),
        flow: &flow,
        derived: &derived,
    };
    let out = &request.out;
    let page = out.join("usage.html");
    let journeys = out.join("journeys");
    let html = report::render(&import)
        .map_err(|why| DeriveError::Unwritten { path: page.clone(), why })?;
    let mut texts = vec![
        (out.join("usage.yaml"), model.write()),
        (out.join("usage.json"), report::json(&import)),
        (page.clone(), html),
    ];
    for Standing { journey, .. } in &derived.journeys {
        texts.push((journeys.join(format!("{}.yaml", journey.name)), journey::write(journey)));
    }
    let text = report::terminal(&import);
    Ok(Written { files: write_new(texts)?, page, journeys, text })
}

/// Writes exactly what one session did, as `NAME.yaml` in the folder, and gives its path and what
/// no step can do.
///
/// # Errors
/// [`DeriveError`]; nothing is ever overwritten.
///
/// # Panics
/// There is no session with this number.
pub fn write_one(
    sessions: &Sessions,
    index: usize,
    from: &str,
    folder: &Path,
) -> Result<(PathBuf, Vec<String>), DeriveError> {
    let Standing { journey, gaps, .. } = usage::derive::one(sessions, index, from);
    let path = folder.join(format!("{}.yaml", journey.name));
    write_new(vec![(path.clone(), journey::write(&journey))])?;
    Ok((path, gaps))
}

fn derive(request: &Request<'_>, model: &usage::UsageModel) -> Derived {
    let terms = Terms {
        most: request.most,
        from: request.from.clone(),
        window: request.window.clone(),
        ..Terms::default()
    };
    match request.product {
        Product::Cover(share) => {
            usage::derive::cover(request.sessions, model, &Terms { share, ..terms })
        }
        Product::Sample { draws, seed } => {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            usage::derive::sample(request.sessions, model, draws, &terms, &mut rng)
        }
    }
}

/// Writes texts to files that do not exist yet: all, or none where one exists.
fn write_new(texts: Vec<(PathBuf, String)>) -> Result<Vec<PathBuf>, DeriveError> {
    if let Some((path, _)) = texts.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
        return Err(DeriveError::Exists(path.clone()));
    }
    let mut files = Vec::with_capacity(texts.len());
    for (path, text) in texts {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .map_err(|why| DeriveError::Unwritten { path: folder.to_path_buf(), why })?;
        }
        // Whatever came into being since then is not overwritten either.
        let written =
            fs::File::create_new(&path).and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|why| DeriveError::Unwritten { path: path.clone(), why })?;
        files.push(path);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::input;
    use crate::demo::traffic;

    fn request<'a>(sessions: &'a Sessions, out: &Path) -> Request<'a> {
        Request {
            sessions,
            from: "posthog".into(),
            window: Some("2026-10-01/2026-10-31".into()),
            cleaning: vec![("lines".into(), "34,012".into()), ("<b>bots</b>".into(), "12".into())],
            k: 5,
            product: Product::Cover(0.9),
            most: 24,
            out: out.to_path_buf(),
        }
    }

    #[test]
    fn everything_is_written_once_and_reads_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let sessions = traffic::tests::sessions(1_500, 7);
        let out = folder.path().join("out");
        let written = write(&request(&sessions, &out)).expect("an empty folder takes it");
        let journeys = input::load(std::slice::from_ref(&written.journeys)).expect("they check");
        assert_eq!(journeys.len() + 3, written.files.len());
        let model = fs::read_to_string(out.join("usage.yaml")).expect("it is there");
        assert_eq!(usage::UsageModel::read(&model).map(|model| model.write()), Ok(model));
        let page = fs::read_to_string(&written.page).expect("it is there");
        assert!(page.contains("&#60;b&#62;bots") && !page.contains("<b>bots"), "escaped");
        assert!(!page.contains("<script") && !page.contains("src="), "nothing runs or is loaded");

        let before = fs::read(&written.page).expect("it is there");
        let error = write(&request(&sessions, &out)).expect_err("it exists").to_string();
        assert!(error.contains("usage.yaml is there already"), "{error}");
        assert_eq!(fs::read(&written.page).expect("it is there"), before);

        let again = folder.path().join("again");
        let other = write(&request(&sessions, &again)).expect("another folder takes it");
        for (one, two) in written.files.iter().zip(&other.files) {
            assert_eq!(
                fs::read(one).expect("read"),
                fs::read(two).expect("read"),
                "{}",
                one.display()
            );
        }
        insta::assert_snapshot!(written.text);
    }

    #[test]
    fn one_session_is_a_journey_of_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let sessions = traffic::tests::sessions(50, 7);
        let (path, _) = write_one(&sessions, 3, "posthog", folder.path()).expect("written");
        assert!(input::load(std::slice::from_ref(&path)).is_ok());
        assert!(write_one(&sessions, 3, "posthog", folder.path()).is_err(), "never overwritten");
        let none = Sessions::default();
        assert!(matches!(write(&request(&none, folder.path())), Err(DeriveError::Empty)));
    }
}
