//! A screen for a browser that draws on nothing else: the one of whoever runs us, or one without
//! glass that is started beside the browser's driver and goes with it. Who the driver is, and when
//! it ends, is `driver`'s.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::driver::Display;
use super::programs::XVFB;
use super::{BrowserError, BrowserKind};

/// Starts what follows on a screen of its own. The screen leaves no file behind however it ends: it
/// listens where no file is needed, and takes whatever number is free.
const ON_A_SCREEN: &str = r#"mkfifo "$TMPDIR/screen" || exit
"$0" -displayfd 4 -screen 0 2560x1600x24 -nolisten tcp -nolisten unix -nolock -noreset \
    4>"$TMPDIR/screen" >/dev/null &
read -r number <"$TMPDIR/screen" || { echo "$0 gave no display"; exit 1; }
DISPLAY=":$number" exec "$@""#;

/// Where a browser draws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Screen {
    /// Nowhere, or where it likes.
    Any,
    /// On one of its own, which this program makes.
    Own(PathBuf),
}

impl Screen {
    /// What a browser of this kind draws on.
    ///
    /// # Errors
    /// It needs a screen, there is none, and none can be made.
    pub(super) fn of(kind: BrowserKind, display: Display) -> Result<Self, BrowserError> {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let there = set("DISPLAY") || set("WAYLAND_DISPLAY");
        match (kind, display) {
            (BrowserKind::Chromium | BrowserKind::Firefox, _) => Ok(Self::Any),
            (BrowserKind::Webkit, _) if there => Ok(Self::Any),
            // On a screen that nobody sees there is nothing to watch.
            (BrowserKind::Webkit, Display::Headed) => Err(BrowserError::NoScreen),
            (BrowserKind::Webkit, Display::Headless) => XVFB.find().map(Self::Own),
        }
    }

    /// The program and its arguments, such that it is started there.
    pub(super) fn command(&self, program: &Path, arguments: &[String]) -> Vec<OsString> {
        let own = match self {
            Self::Any => Vec::new(),
            Self::Own(xvfb) => vec!["/bin/sh".into(), "-c".into(), ON_A_SCREEN.into(), xvfb.into()],
        };
        let program = std::iter::once(program.into());
        own.into_iter().chain(program).chain(arguments.iter().map(OsString::from)).collect()
    }
}
