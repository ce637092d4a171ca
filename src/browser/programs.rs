//! Where the programs are: driver and browser on this machine. It starts nothing.

use std::env;
use std::path::{Path, PathBuf};

use super::BrowserError;

/// A program that we look for.
pub(super) struct Program {
    /// Its name in messages.
    name: &'static str,
    /// The environment variable that overrides the search.
    variable: &'static str,
    /// File names on the PATH, best first.
    files: &'static [&'static str],
    /// Usual places beside the PATH.
    places: &'static [&'static str],
    /// What to type where it is missing.
    install: &'static str,
}

/// The driver of Chromium.
pub(super) const CHROMEDRIVER: Program = Program {
    name: "chromedriver",
    variable: "CHROMEDRIVER",
    files: &["chromedriver"],
    places: &[
        "/usr/bin/chromedriver",
        "/usr/lib/chromium/chromedriver",
        "/usr/lib/chromium-browser/chromedriver",
        "/snap/bin/chromium.chromedriver",
        "/opt/homebrew/bin/chromedriver",
        "/usr/local/bin/chromedriver",
    ],
    install: "apt-get install chromium chromium-driver",
};

/// Chromium, or Chrome.
pub(super) const CHROMIUM: Program = Program {
    name: "chromium",
    variable: "CHROME",
    files: &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"],
    places: &[
        "/usr/bin/chromium",
        "/snap/bin/chromium",
        "/opt/google/chrome/chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ],
    install: "apt-get install chromium chromium-driver",
};

/// The driver of Firefox.
pub(super) const GECKODRIVER: Program = Program {
    name: "geckodriver",
    variable: "GECKODRIVER",
    files: &["geckodriver"],
    places: &["/usr/bin/geckodriver", "/snap/bin/geckodriver", "/opt/homebrew/bin/geckodriver"],
    install: "cargo install --locked geckodriver",
};

/// Firefox.
pub(super) const FIREFOX: Program = Program {
    name: "firefox",
    variable: "FIREFOX",
    files: &["firefox", "firefox-esr"],
    places: &[
        "/usr/bin/firefox-esr",
        "/snap/bin/firefox",
        "/opt/firefox/firefox",
        "/Applications/Firefox.app/Contents/MacOS/firefox",
    ],
    install: "apt-get install firefox-esr",
};

/// The driver of WebKit.
pub(super) const WEBKITDRIVER: Program = Program {
    name: "WebKitWebDriver",
    variable: "WEBKITDRIVER",
    files: &["WebKitWebDriver"],
    places: &["/usr/bin/WebKitWebDriver"],
    install: "apt-get install webkit2gtk-driver xvfb",
};

/// WebKit in a window, as its driver knows it. Distributions keep it beside the library.
pub(super) const MINIBROWSER: Program = Program {
    name: "MiniBrowser",
    variable: "MINIBROWSER",
    files: &["MiniBrowser"],
    places: &[
        "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
        "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.0/MiniBrowser",
        "/usr/lib/x86_64-linux-gnu/webkitgtk-6.0/MiniBrowser",
        "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
        "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.0/MiniBrowser",
        "/usr/lib/aarch64-linux-gnu/webkitgtk-6.0/MiniBrowser",
        "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
        "/usr/libexec/webkitgtk-6.0/MiniBrowser",
        "/usr/lib/webkit2gtk-4.1/MiniBrowser",
    ],
    install: "apt-get install webkit2gtk-driver xvfb",
};

/// A display without a screen, for browsers that need one.
pub(super) const XVFB: Program = Program {
    name: "Xvfb",
    variable: "XVFB",
    files: &["Xvfb"],
    places: &["/usr/bin/Xvfb"],
    install: "apt-get install webkit2gtk-driver xvfb",
};

impl Program {
    /// The program's path: from its variable, the PATH, or a usual place.
    pub(super) fn find(&self) -> Result<PathBuf, BrowserError> {
        if let Some(path) = env::var_os(self.variable).filter(|v| !v.is_empty()) {
            let path = PathBuf::from(path);
            return if is_program(&path) {
                Ok(path)
            } else {
                Err(self.not_found(&format!("{}={}", self.variable, path.display())))
            };
        }
        let path = env::var_os("PATH").unwrap_or_default();
        self.files
            .iter()
            .flat_map(|file| env::split_paths(&path).map(move |dir| dir.join(file)))
            .chain(self.places.iter().map(PathBuf::from))
            .find(|path| is_program(path))
            .ok_or_else(|| self.not_found("the PATH and the usual places"))
    }

    fn not_found(&self, looked: &str) -> BrowserError {
        BrowserError::NotInstalled {
            program: self.name,
            looked: looked.to_owned(),
            variable: self.variable,
            install: self.install,
        }
    }
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}
