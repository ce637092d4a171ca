//! What a page tells of what the user does in it: presses with their effects, what became of the
//! fields that were filled, and what is broken in view. Facts only, and no text of any field.

use serde::Deserialize;

/// What came of the user's acts, as one look finds it.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Trace {
    /// The presses since the last look; one without an answer so far is told again.
    pub clicks: Vec<Click>,
    /// The fields that were filled in this document, and those asked about.
    pub fields: Vec<Field>,
    /// The requests with a body that scripts made since the last look, in their order.
    pub sends: Vec<Sent>,
    /// Addresses, without query and fragment, in which a password stood.
    pub exposed: Vec<String>,
    /// The addresses of visible pictures that could not be loaded; ten at most.
    pub images: Vec<String>,
    /// What is wider than the window.
    pub overflow: Option<Overflow>,
    /// What says that the user has to wait.
    pub spinner: Option<Spinner>,
    /// The document's Web Vitals, where they are measured.
    pub vitals: Option<Vitals>,
}

impl Trace {
    /// Adds what a later part of the same look has found.
    pub fn absorb(&mut self, later: Self) {
        let earlier = std::mem::replace(self, later);
        self.clicks.splice(0..0, earlier.clicks);
        self.sends.splice(0..0, earlier.sends);
        self.exposed.splice(0..0, earlier.exposed);
    }
}

/// A press of the pointer, with what came of it.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Click {
    /// Where, in CSS pixels of the viewport.
    pub x: f64,
    /// Where, in CSS pixels of the viewport.
    pub y: f64,
    /// Whether what was pressed promises to react: a button, a tab, a menu item that is enabled
    /// and not chosen already; no link, field or list.
    pub expects: bool,
    /// Its tag.
    pub tag: String,
    /// Its ARIA role.
    pub role: Option<String>,
    /// Its accessible name, else its text.
    pub name: String,
    /// What came of it.
    pub effects: Effects,
    /// Milliseconds from the press until the next act or the look.
    pub watched: u32,
}

/// The effects of a press: milliseconds until the first of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Effects {
    /// The document changed.
    pub mutation: Option<u32>,
    /// A script asked for something.
    pub request: Option<u32>,
    /// Something scrolled.
    pub scroll: Option<u32>,
    /// Text was selected.
    pub selection: Option<u32>,
    /// A field took another value.
    pub value: Option<u32>,
    /// The history or the document moved.
    pub navigation: Option<u32>,
    /// Anything else to be seen or heard: focus elsewhere, an animation, a medium, a dialog.
    pub view: Option<u32>,
}

impl Effects {
    /// Whether there is an effect other than a request.
    #[must_use]
    pub fn is_seen(&self) -> bool {
        let all =
            [self.mutation, self.scroll, self.selection, self.value, self.navigation, self.view];
        all.iter().any(Option::is_some)
    }
}

/// A field that was filled, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Field {
    /// What makes it the same field after a reload.
    pub key: String,
    /// Its accessible name.
    pub name: String,
    /// The path of the page on which it was filled.
    pub path: String,
    /// A digest of what was typed: for equality only.
    pub hash: String,
    /// A digest of what it held before.
    pub before: String,
    /// What it holds now.
    pub now: Content,
    /// Whether what was typed has been sent since.
    pub sent: bool,
    /// Why it may be empty by right: the user pressed a button of its form, the field refused the
    /// text, it asks a question only.
    pub excuse: Option<String>,
    /// Whether no other field on the page is called the same.
    pub alone: bool,
    /// Whether it was filled in this document; else it was asked about.
    pub own: bool,
    /// Rises each time that something is typed, and never falls in a later document.
    pub stamp: u64,
    /// How its form shows it after it was sent; `None` for passwords and searches.
    pub shown: Option<Shown>,
}

/// How a form shows a field again, on this page or another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Shown {
    /// Whether what was typed is gone.
    pub gone: bool,
    /// Whether it takes a text of several lines.
    pub long: bool,
    /// What the form complains of.
    pub complaint: Complaint,
}

/// What a form marks as wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Complaint {
    /// Nothing.
    None,
    /// Another field, or the whole.
    Other,
    /// This very field.
    This,
}

/// What a filled field holds now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// What was typed.
    Kept,
    /// Nothing.
    Empty,
    /// What it held before.
    Reverted,
    /// Something else: the page has put it in order, or knows better.
    Changed,
    /// The field is not to be seen.
    Absent,
}

/// A request with a body that a script made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sent {
    /// `POST`, `PUT` …
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// A number that requests of the same method, URL and body share; `None` where the body
    /// cannot be read.
    pub body: Option<u32>,
}

/// The Web Vitals of a document so far; `None` where there was nothing to measure yet, or the
/// browser does not.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Vitals {
    /// Largest contentful paint, in milliseconds.
    pub lcp: Option<f64>,
    /// Interaction to next paint, in milliseconds; headless browsers often draw no frame after a
    /// press, and then have none.
    pub inp: Option<f64>,
    /// Cumulative layout shift, without unit.
    pub cls: Option<f64>,
}

/// Something on a page that keeps people with disabilities from using it, as axe-core tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Barrier {
    /// The rule's name, `color-contrast`.
    pub rule: String,
    /// `minor`, `moderate`, `serious` or `critical`.
    pub impact: String,
    /// What the rule asks for, in one sentence.
    pub help: String,
    /// Where the rule is explained.
    pub url: String,
    /// Selectors of the first elements that break it.
    pub targets: Vec<String>,
    /// How many elements break it.
    pub count: usize,
}

/// What is wider than the window.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub struct Overflow {
    /// By how much, in CSS pixels.
    pub by: f64,
    /// The element that reaches farthest, in words; may be empty.
    pub what: String,
}

/// What says that the user has to wait.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Spinner {
    /// The element, in words.
    pub what: String,
    /// For how long looks have seen it turn, in milliseconds.
    pub millis: u64,
}
