//! The folder in which a driver of ours and its browsers keep what they need: profiles, sockets,
//! downloads. It goes when the last of them has gone, even if we were killed before. Who they are
//! is `driver`'s.

use std::io::PipeWriter;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::process::{Child, Command};

use super::BrowserError;

/// Waits until everybody has closed the other end of its pipe, which is when they are dead, and
/// removes the folder. Somebody may still be dying: a few tries, and no longer.
const SWEEPER: &str = r#"cat >/dev/null; for _ in 1 2 3 4 5 6 7 8 9 10; do
rm -rf -- "$0" 2>/dev/null; [ -e "$0" ] || exit; sleep 0.1; done"#;

/// How long the removal is waited for.
const GONE_LIMIT: Duration = Duration::from_secs(3);

/// The folder, and the process that removes it.
#[derive(Debug)]
pub(super) struct Scratch {
    path: PathBuf,
    sweeper: Child,
}

impl Scratch {
    /// Makes a folder of our own among the temporary files. Whoever has the writer, or inherited
    /// it, keeps the folder alive.
    pub(super) fn create() -> Result<(Self, PipeWriter), BrowserError> {
        let path = folder()?;
        let failed = |why: std::io::Error| BrowserError::Files {
            path: path.display().to_string(),
            why: why.to_string(),
        };
        let (reader, writer) = std::io::pipe().map_err(failed)?;
        let sweeper = Command::new("/bin/sh")
            .args(["-c", SWEEPER])
            .arg(&path)
            .stdin(Stdio::from(reader))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C on a terminal goes to our group; this one still has something to do.
            .process_group(0)
            .spawn()
            .map_err(failed)?;
        Ok((Self { path, sweeper }, writer))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Waits until it is gone; everybody who used it has to be gone already.
    pub(super) async fn gone(mut self) {
        // Whoever does not go in time is waited for by the sweeper alone.
        let _ = tokio::time::timeout(GONE_LIMIT, self.sweeper.wait()).await;
    }
}

fn folder() -> Result<PathBuf, BrowserError> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // Short, because sockets are made in it, and their paths may have a hundred letters only.
        let name = format!("desirepath-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        match std::fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            // Left behind by a process that had our number.
            Err(why) if why.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(why) => {
                let path = path.display().to_string();
                return Err(BrowserError::Files { path, why: why.to_string() });
            }
        }
    }
}
