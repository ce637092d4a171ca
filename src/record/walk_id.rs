//! Which walk: its name in the journal, in file names and on the command line.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::browser_kind::BrowserKind;

/// Which walk: `buy-a-mug/17`, `buy-a-mug/calm-0`; a browser other than Chromium adds
/// `@firefox`, a confirmation `#2`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WalkId {
    /// The journey's name.
    pub journey: String,
    /// Calm or perturbed.
    pub kind: WalkKind,
    /// The number within the journey and kind, from 0.
    pub number: u32,
    /// The browser; Chromium is not named, so that its walks are called alike in every sweep.
    pub browser: BrowserKind,
    /// 1 for the walk itself, from 2 for walking it again.
    pub attempt: u32,
}

/// Whether a walk has deviations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WalkKind {
    /// The journey as it is written.
    Calm,
    /// With deviations.
    Perturbed,
    /// A perturbed walk without its deviations: what its outcome is compared with.
    Twin,
    /// A candidate of shrinking.
    Trial,
}

impl WalkKind {
    /// The word before the number in a walk's id.
    const fn prefix(self) -> &'static str {
        match self {
            WalkKind::Calm => "calm-",
            WalkKind::Perturbed => "",
            WalkKind::Twin => "twin-",
            WalkKind::Trial => "trial-",
        }
    }

    /// Whether such a walk has no deviations.
    #[must_use]
    pub const fn is_calm(self) -> bool {
        matches!(self, WalkKind::Calm | WalkKind::Twin)
    }
}

impl WalkId {
    /// The stem of the walk's files.
    #[must_use]
    pub fn file_stem(&self) -> String {
        self.to_string().replace(['/', '@'], ".").replace('#', ".again-")
    }

    /// The same walk, carried out once more.
    #[must_use]
    pub fn again(&self, attempt: u32) -> Self {
        Self { attempt, ..self.clone() }
    }

    /// Whether this is one of the walks that a sweep is about: no confirmation, no comparison, no
    /// candidate of shrinking.
    #[must_use]
    pub const fn is_counted(&self) -> bool {
        self.is_first() && matches!(self.kind, WalkKind::Calm | WalkKind::Perturbed)
    }

    /// Whether this is the first carrying out, not a confirmation.
    #[must_use]
    pub const fn is_first(&self) -> bool {
        self.attempt == 1
    }
}

impl fmt::Display for WalkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}{}", self.journey, self.kind.prefix(), self.number)?;
        if self.browser != BrowserKind::default() {
            write!(f, "@{}", self.browser)?;
        }
        if self.attempt > 1 { write!(f, "#{}", self.attempt) } else { Ok(()) }
    }
}

/// Why a text is not a walk's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a walk such as buy-a-mug/17 or buy-a-mug/calm-0")]
pub struct BadWalkId;

impl FromStr for WalkId {
    type Err = BadWalkId;

    fn from_str(text: &str) -> Result<Self, BadWalkId> {
        let (journey, rest) = text.rsplit_once('/').ok_or(BadWalkId)?;
        let (number, attempt) = rest.split_once('#').unwrap_or((rest, "1"));
        let (number, browser) = match number.split_once('@') {
            Some((number, browser)) => (number, browser.parse().map_err(|_| BadWalkId)?),
            None => (number, BrowserKind::default()),
        };
        let (kind, number) = [WalkKind::Calm, WalkKind::Twin, WalkKind::Trial]
            .into_iter()
            .find_map(|kind| Some((kind, number.strip_prefix(kind.prefix())?)))
            .unwrap_or((WalkKind::Perturbed, number));
        Ok(Self {
            journey: journey.to_owned(),
            kind,
            number: number.parse().map_err(|_| BadWalkId)?,
            browser,
            attempt: attempt.parse().map_err(|_| BadWalkId)?,
        })
    }
}

impl Serialize for WalkId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WalkId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
