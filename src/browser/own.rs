//! What a browser of our own has on this machine: a process and files. It ends the one and
//! removes the other, at the latest when its owner is dropped.

use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::{Signal as ProcessSignal, kill};
use nix::unistd::Pid;

use super::BrowserError;

/// A browser process of our own, ended at the latest when the session is dropped.
#[derive(Debug)]
pub(super) struct BrowserProcess {
    /// Its id, where the driver says it.
    pub(super) id: Option<i64>,
    /// The folder that its command line names.
    folder: PathBuf,
    /// Last, so that the browser is gone before its files are.
    _profile: Option<Profile>,
}

impl BrowserProcess {
    /// A process whose files go with it.
    pub(super) fn with(id: Option<i64>, profile: Profile) -> Self {
        Self { id, folder: profile.0.clone(), _profile: Some(profile) }
    }

    /// A process whose files its driver keeps, below this folder.
    pub(super) fn below(id: Option<i64>, folder: &Path) -> Self {
        Self { id, folder: folder.to_owned(), _profile: None }
    }

    pub(super) fn kill(&self) {
        let Some(id) = self.id.and_then(|id| i32::try_from(id).ok()).filter(|id| *id > 1) else {
            return;
        };
        // Only while it is still the process with our profile: ids are used again.
        let command = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        let ours = self.folder.as_os_str().as_encoded_bytes();
        if command.windows(ours.len()).any(|part| part == ours) {
            let _ = kill(Pid::from_raw(id), ProcessSignal::SIGKILL);
        }
    }
}

impl Drop for BrowserProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A folder of its own for a browser's profile, removed at the end.
#[derive(Debug)]
pub(super) struct Profile(PathBuf);

impl Profile {
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Makes it in the folder of its driver.
    pub(super) fn create(scratch: &Path) -> Result<Self, BrowserError> {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let path = scratch.join(format!("profile-{}", NEXT.fetch_add(1, Ordering::Relaxed)));
        match std::fs::create_dir(&path) {
            Ok(()) => Ok(Self(path)),
            Err(why) => {
                let path = path.display().to_string();
                Err(BrowserError::Files { path, why: why.to_string() })
            }
        }
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        // A dying browser may still write into it: a few tries, and no longer.
        for _ in 0..20 {
            match std::fs::remove_dir_all(&self.0) {
                Ok(()) => return,
                Err(why) if why.kind() == std::io::ErrorKind::NotFound => return,
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }
}
