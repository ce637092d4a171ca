//! Which browser a walk takes place in: a word that plans, walks and reports share. How a browser
//! is driven is for `browser` to know.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The kinds of browsers that can be driven.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum BrowserKind {
    /// Chromium or Chrome, through chromedriver. What nobody says otherwise of is Chromium's.
    #[default]
    Chromium,
    /// Firefox, through geckodriver.
    Firefox,
    /// WebKit as WebKitGTK has it, through `WebKitWebDriver`.
    Webkit,
}

impl BrowserKind {
    /// All of them.
    pub const ALL: [BrowserKind; 3] =
        [BrowserKind::Chromium, BrowserKind::Firefox, BrowserKind::Webkit];
    /// The words for them, in the same order.
    pub const WORDS: &'static [&'static str] = &["chromium", "firefox", "webkit"];

    /// The name in files, flags and reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            BrowserKind::Chromium => "chromium",
            BrowserKind::Firefox => "firefox",
            BrowserKind::Webkit => "webkit",
        }
    }
}

impl fmt::Display for BrowserKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// No browser of this name is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown browser “{0}”: this version drives {known}", known = BrowserKind::WORDS.join(", "))]
pub struct UnknownBrowser(pub String);

impl FromStr for BrowserKind {
    type Err = UnknownBrowser;

    fn from_str(text: &str) -> Result<Self, UnknownBrowser> {
        match text.to_ascii_lowercase().as_str() {
            "chromium" | "chrome" => Ok(Self::Chromium),
            "firefox" => Ok(Self::Firefox),
            "webkit" | "webkitgtk" | "minibrowser" => Ok(Self::Webkit),
            _ => Err(UnknownBrowser(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_browsers_by_their_names() {
        assert_eq!("Chrome".parse(), Ok(BrowserKind::Chromium));
        for (kind, word) in BrowserKind::ALL.into_iter().zip(BrowserKind::WORDS) {
            assert_eq!(kind.to_string(), *word);
            assert_eq!(word.parse(), Ok(kind));
        }
        assert!("netscape".parse::<BrowserKind>().is_err());
    }
}
