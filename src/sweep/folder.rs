//! A run's folder: `OUT/RUN-ID/` with the plans, the pictures and the texts of failed walks.
//! Nothing that exists is ever overwritten.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::diagnostic::SourceText;
use crate::evidence;
use crate::journey::{Journey, link};
use crate::record::{Contracts, Kept, WalkId};
use crate::redact::Secrets;
use crate::walk::{Frame, Scene, Walked};

/// The file with the shapes that calm walks teach.
const SHAPES: &str = "shapes.json";

/// The folder of one run.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
    name: String,
}

/// What the calm walks of a stored run taught; nothing where it does not say.
///
/// # Errors
/// In words, with the file: it holds something else.
pub fn contracts(run: &Path) -> Result<Contracts, String> {
    let file = run.join(SHAPES);
    let Ok(text) = std::fs::read_to_string(&file) else { return Ok(Contracts::default()) };
    serde_json::from_str(&text).map_err(|why| format!("{}: {why}", file.display()))
}

impl Folder {
    /// Makes a new folder below `out`, named after the time and the seed.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn create(out: &Path, kind: &str, now: Timestamp, seed: u64) -> io::Result<Self> {
        let explain = |e: &io::Error, path: &Path| {
            io::Error::new(e.kind(), format!("{}: {e}", path.display()))
        };
        std::fs::create_dir_all(out).map_err(|e| explain(&e, out))?;
        let stem = format!("{}-{kind}-seed{seed}", now.strftime("%Y%m%d-%H%M%S"));
        for n in 1u32.. {
            let name = if n == 1 { stem.clone() } else { format!("{stem}-{n}") };
            let path = out.join(&name);
            match std::fs::create_dir(&path) {
                Ok(()) => {
                    let walks = path.join("walks");
                    std::fs::create_dir(&walks).map_err(|e| explain(&e, &walks))?;
                    return Ok(Self { path, name });
                }
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(explain(&e, &path)),
            }
        }
        Err(io::Error::other("no free name for the run's folder"))
    }

    /// The folder of a run that is there already.
    pub(super) fn open(path: &Path) -> Self {
        let name = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let name = name.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self::at(path, name)
    }

    /// A folder that is there, by its path and the run's name.
    pub(super) fn at(path: &Path, name: String) -> Self {
        Self { path: path.to_owned(), name }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The run's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Writes a plan; gives its path relative to the folder.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn keep_plan(&self, id: &WalkId, text: &str) -> io::Result<String> {
        let relative = format!("walks/{}.yaml", id.again(1).file_stem());
        std::fs::write(self.path.join(&relative), text)?;
        Ok(relative)
    }

    /// A plan as it was walked, by its path relative to the folder.
    ///
    /// # Errors
    /// In words, with the file: it cannot be read, or holds something else.
    pub(super) fn plan(&self, relative: &str) -> Result<Journey, String> {
        let path = self.path.join(relative);
        let shown = path.display();
        let text = std::fs::read_to_string(&path).map_err(|why| format!("{shown}: {why}"))?;
        let source = SourceText::new(shown.to_string(), text);
        let links = link::link(&[source], &mut |_| Err("a plan needs no other file".to_owned()))
            .map_err(|mistakes| mistakes.to_string())?;
        let only = links.journeys.into_iter().next();
        only.map(|linked| linked.journey).ok_or_else(|| format!("{shown} holds no plan"))
    }

    /// Writes the shapes that calm walks teach, beside the plans that are compared with them.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn keep_contracts(&self, text: &str) -> io::Result<()> {
        std::fs::write(self.path.join(SHAPES), text)
    }

    /// Writes what a failure leaves: pictures, DOM, text, console, network.
    ///
    /// # Errors
    /// The disk refuses. A picture that cannot be composed is left out.
    pub fn keep_evidence(
        &self,
        id: &WalkId,
        walked: &Walked,
        scene: &Scene,
        began: Timestamp,
        secrets: &Secrets,
    ) -> io::Result<Kept> {
        let place = walked.scenes.iter().position(|s| s.signature == scene.signature);
        let stem = match place.unwrap_or(0) {
            0 => format!("evidence/{}", id.file_stem()),
            n => format!("evidence/{}.{}", id.file_stem(), n + 1),
        };
        std::fs::create_dir_all(self.path.join("evidence"))?;
        let put = |suffix: &str, bytes: &[u8]| -> io::Result<Option<String>> {
            let relative = format!("{stem}.{suffix}");
            std::fs::write(self.path.join(&relative), bytes)?;
            Ok(Some(relative))
        };
        let text = |suffix: &str, text: &str| put(suffix, secrets.redact(text).as_bytes());
        let mut kept = Kept {
            console: text("console.txt", &evidence::console(&walked.signals))?,
            har: text("har", &evidence::har(&walked.signals, began))?,
            ..Kept::default()
        };
        if let Some(png) = &scene.screenshot {
            let caption = secrets.redact(&scene.caption);
            let marked = evidence::mark(png, scene.target, &caption, 1.0);
            kept.screenshot = put("png", marked.as_deref().unwrap_or(png))?;
        }
        if let Some(dom) = &scene.dom {
            // Not as .html: opened in a browser, the page's own scripts would run.
            kept.dom = text("dom.txt", dom)?;
        }
        if let Some(visible) = &scene.text {
            kept.text = text("txt", visible)?;
        }
        Ok(kept)
    }

    /// Writes the steps of a walk side by side.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn keep_filmstrip(
        &self,
        id: &WalkId,
        frames: &[Frame],
        secrets: &Secrets,
    ) -> io::Result<Option<String>> {
        const LAST: usize = 8;
        let first = frames.len().saturating_sub(LAST);
        let captions: Vec<String> =
            frames[first..].iter().map(|f| secrets.redact(&f.caption)).collect();
        let shown: Vec<evidence::Frame<'_>> = frames[first..]
            .iter()
            .zip(&captions)
            .map(|(frame, caption)| evidence::Frame { png: &frame.screenshot, caption })
            .collect();
        let number = u32::try_from(first + 1).unwrap_or(1);
        let Some(strip) =
            (!shown.is_empty()).then(|| evidence::filmstrip(&shown, number)).and_then(Result::ok)
        else {
            return Ok(None);
        };
        std::fs::create_dir_all(self.path.join("evidence"))?;
        let relative = format!("evidence/{}.filmstrip.png", id.again(1).file_stem());
        std::fs::write(self.path.join(&relative), strip)?;
        Ok(Some(relative))
    }
}
