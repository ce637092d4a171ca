//! What is asked of a look, and what it brings back. Types only.

use std::time::Duration;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::journey::{Expectation, Never, Observation, RuleTest, Target};
use crate::record::{Rect, Trace};
use crate::route::Route;

/// What is asked of a look.
#[derive(Debug, Clone)]
pub struct Look<'a> {
    /// Whether it waits until the page rests.
    pub settle: Settle,
    /// The journey's readings.
    pub observe: &'a [Observation],
    /// The rules to be tested.
    pub rules: &'a [RuleCheck<'a>],
    /// The readings before the step just done; rules see them as `was`.
    pub was: &'a IndexMap<String, Value>,
    /// The step just done, `{kind, id}`; rules see it as `step`.
    pub step: Value,
    /// What the next step needs.
    pub aim: Aim<'a>,
    /// What is aimed at after an expectation: whether it stands still is seen meanwhile.
    pub next: Aim<'a>,
    /// How long the aim may take.
    pub within: Duration,
    /// What it pays attention to besides.
    pub attention: Attention,
    /// What must never be touched, from now on in this document.
    pub never: &'a [Never],
}

/// What a look pays attention to besides what it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attention {
    /// How long after a press an effect counts as its answer. A look at rest waits so long where
    /// there was none.
    pub answer_within: Duration,
    /// But at most so long after the page has come to rest.
    pub at_most: Duration,
    /// Fields that were filled in documents before this one.
    pub filled: Vec<Filled>,
    /// What is measured in the document.
    pub vitals: Measured,
}

/// What is measured in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Measured {
    /// Nothing.
    #[default]
    Nothing,
    /// Its Web Vitals, by the web-vitals library.
    Vitals,
}

/// A field that was filled in an earlier document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Filled {
    /// What makes it the same field.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The path of its page.
    pub path: String,
    /// The digest of what was typed.
    pub hash: String,
    /// The digest of what it held before.
    pub before: String,
    /// When it was typed, among all that was.
    pub stamp: u64,
}

impl Look<'_> {
    /// A look that waits for the page to rest and asks for nothing more.
    #[must_use]
    pub fn at_rest() -> Look<'static> {
        static NOTHING: std::sync::LazyLock<IndexMap<String, Value>> =
            std::sync::LazyLock::new(IndexMap::new);
        Look {
            settle: Settle::AtRest,
            observe: &[],
            rules: &[],
            was: &NOTHING,
            step: Value::Null,
            aim: Aim::Nothing,
            next: Aim::Nothing,
            within: Duration::from_secs(5),
            attention: Attention::default(),
            never: &[],
        }
    }
}

/// Whether a look waits until the page rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Settle {
    /// Until the document is loaded, no request of a script is pending and the document does not
    /// change for two frames; at most 3 s.
    #[default]
    AtRest,
    /// The same, where nothing was done since it rested: no frame is waited for, in which an act
    /// would show its effect.
    StillAtRest,
    /// Not at all: what a hurried person does.
    Now,
}

/// A rule to be tested in a look.
#[derive(Debug, Clone)]
pub struct RuleCheck<'a> {
    /// How the caller calls it.
    pub index: usize,
    /// What is tested.
    pub test: &'a RuleTest,
    /// For `eventually`: how long it may take to come true. `None`: it must hold at once.
    pub deadline: Option<Duration>,
}

/// What the next step needs of the page.
#[derive(Debug, Clone, Copy)]
pub enum Aim<'a> {
    /// Nothing.
    Nothing,
    /// An element that is ready for something.
    Element {
        /// The element.
        target: &'a Target,
        /// What it must be ready for.
        readiness: Readiness,
    },
    /// A link that leads to the route, ready to be clicked.
    Link(&'a Route),
    /// That conditions hold.
    Expectation(&'a Expectation),
}

/// What an element must be ready for (<https://playwright.dev/docs/actionability>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// Clicks: visible, stable, enabled, and what a press at its point would hit.
    Pointer,
    /// Hovering, dragging: the same, but not necessarily enabled.
    Hover,
    /// Filling and clearing: visible, enabled, editable. The element gets the focus.
    Editable,
    /// Choosing an option: visible, enabled.
    Selectable,
    /// Pressing keys: there. The element gets the focus.
    Press,
    /// Uploading: there.
    Present,
}

impl Readiness {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Pointer => "pointer",
            Self::Hover => "hover",
            Self::Editable => "editable",
            Self::Selectable => "selectable",
            Self::Press | Self::Present => "present",
        }
    }
}

/// What a look brings back.
#[derive(Debug, Clone, PartialEq)]
pub struct Glance {
    /// The page when it had settled.
    pub reading: Reading,
    /// The rules that do not hold.
    pub broken_rules: Vec<BrokenRule>,
    /// What came of the aim.
    pub aimed: Aimed,
    /// What came of the user's acts.
    pub trace: Trace,
    /// What presses were kept from touching since the last look, in words.
    pub refused: Vec<String>,
}

/// A reading of the page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// The URL.
    pub url: String,
    /// The title.
    pub title: String,
    /// Whether nothing at all is visible: no text, picture, control or background picture.
    pub blank: bool,
    /// Whether the page came to rest; `false`: something was still going on when the look went
    /// on without it, or the look did not wait.
    pub settled: bool,
    /// The journey's readings; those that failed are null.
    pub readings: IndexMap<String, Value>,
    /// The readings that failed, with the reason.
    pub failed: IndexMap<String, String>,
}

/// A rule that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BrokenRule {
    /// The rule, as the caller calls it.
    pub index: usize,
    /// Why it could not be tested at all, where that is so.
    pub error: Option<String>,
}

/// What came of an aim.
#[derive(Debug, Clone, PartialEq)]
pub enum Aimed {
    /// Nothing was aimed at.
    Nothing,
    /// The element is ready.
    Found(Found),
    /// The element did not get ready in time.
    Missing(NotFound),
    /// The conditions hold.
    Holds,
    /// The conditions do not hold; each that fails, with what was expected and seen.
    Fails(Vec<String>),
}

/// An element that is ready.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Found {
    /// Which alternative of the target matched, from 0.
    pub alternative: usize,
    /// That alternative in words.
    #[serde(default)]
    pub by: String,
    /// Its box in the viewport.
    pub rect: Rect,
    /// Where a press would hit it, in the viewport.
    pub point: (f64, f64),
    /// Its tag, `button`.
    pub tag: String,
    /// Its accessible name, else its text.
    pub name: String,
    /// Its ARIA role.
    pub role: Option<String>,
    /// The type of an `<input>`, or `contenteditable`.
    pub input: Option<String>,
    /// Whether it is ticked, where it can be.
    pub checked: Option<bool>,
    /// Where it leads, for links.
    pub href: Option<String>,
}

/// An element that did not get ready in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotFound {
    /// Why.
    pub why: Why,
    /// What on the page is called most alike, best first; none where the element itself is there.
    pub near: Vec<String>,
}

/// Why an element is not ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It is not on the page.
    Absent,
    /// It has no box, or is not shown.
    Hidden,
    /// It does not stand still.
    Moving,
    /// It is disabled.
    Disabled,
    /// It cannot be edited.
    ReadOnly,
    /// Something else would be hit, in words.
    Covered(String),
    /// The locator itself is wrong, in the browser's words.
    Unsearchable(String),
    /// It must never be touched, or what a press would hit is part of what must not; with what
    /// says so.
    Never(String),
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Absent => f.write_str("it is not on the page"),
            Self::Hidden => f.write_str("it is on the page but not visible"),
            Self::Moving => f.write_str("it does not stand still"),
            Self::Disabled => f.write_str("it is disabled"),
            Self::ReadOnly => f.write_str("it cannot be edited"),
            Self::Covered(by) => write!(f, "it is covered by {by}"),
            Self::Never(what) => write!(f, "it must never be touched ({what})"),
            Self::Unsearchable(why) => write!(f, "it cannot be searched for: {why}"),
        }
    }
}

impl std::fmt::Display for NotFound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.why.fmt(f)?;
        if self.near.is_empty() {
            return Ok(());
        }
        let near: Vec<String> = self.near.iter().map(|name| format!("“{name}”")).collect();
        write!(f, " (nearest: {})", near.join(", "))
    }
}
