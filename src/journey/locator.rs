//! How a step names an element: by what a person perceives first, by structure last.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The ways to find an element, each holding the text that it looks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// An ARIA role, implicit or explicit, and the accessible name where one is given.
    Role {
        /// The role: `button`, `link`, `textbox` …
        role: String,
        /// The accessible name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// A form control by its label (`<label>`, `aria-label`, `aria-labelledby`).
    Label(String),
    /// The smallest element with this text.
    Text(String),
    /// A form control by its placeholder.
    Placeholder(String),
    /// An image by its alternative text.
    Alt(String),
    /// An element by its `title` attribute.
    Title(String),
    /// An element by its test attribute (`data-testid`, `data-test`, `data-qa`, `data-cy` …).
    TestId(String),
    /// A CSS selector; open shadow roots are entered.
    Css(String),
    /// An XPath expression.
    Xpath(String),
}

/// The attributes that developers set so that tests find an element, best first: what `test_id`
/// looks at. `assets/page/find.js` has the same list.
pub const TEST_ATTRIBUTES: [&str; 10] = [
    "data-testid",
    "data-test",
    "data-qa",
    "data-cy",
    "data-test-id",
    "data-qa-id",
    "data-testing",
    "data-component",
    "data-element",
    "data-source-file",
];

impl By {
    /// The text that it looks for; the role for [`By::Role`].
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            By::Role { role: text, .. }
            | By::Label(text)
            | By::Text(text)
            | By::Placeholder(text)
            | By::Alt(text)
            | By::Title(text)
            | By::TestId(text)
            | By::Css(text)
            | By::Xpath(text) => text,
        }
    }

    /// The accessible name that [`By::Role`] asks for.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            By::Role { name, .. } => name.as_deref(),
            _ => None,
        }
    }

    /// The word for this way in files and reports.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            By::Role { .. } => "role",
            By::Label(_) => "label",
            By::Text(_) => "text",
            By::Placeholder(_) => "placeholder",
            By::Alt(_) => "alt",
            By::Title(_) => "title",
            By::TestId(_) => "test_id",
            By::Css(_) => "css",
            By::Xpath(_) => "xpath",
        }
    }
}

/// One way to find one element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locator {
    /// How the element is found.
    pub by: By,
    /// Whether a text must match whole and in its case; otherwise white space is folded, case
    /// ignored, and a part is enough (a whole match still wins over a part).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exact: bool,
    /// Which of several matches, from 1 in document order; without it the first visible one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<u32>,
}

impl Locator {
    /// The first visible element found in this way.
    #[must_use]
    pub const fn new(by: By) -> Self {
        Self { by, exact: false, nth: None }
    }
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.by {
            By::Role { role, name: Some(name) } => write!(f, "{role} “{name}”")?,
            By::Role { role, name: None } => f.write_str(role)?,
            By::Label(text) | By::Text(text) => write!(f, "“{text}”")?,
            By::Placeholder(text) => write!(f, "field “{text}”")?,
            By::Alt(text) => write!(f, "picture “{text}”")?,
            By::Title(text) => write!(f, "title “{text}”")?,
            By::TestId(text) => write!(f, "test id {text}")?,
            By::Css(text) | By::Xpath(text) => write!(f, "`{text}`")?,
        }
        match self.nth {
            Some(n) => write!(f, " (number {n})"),
            None => Ok(()),
        }
    }
}

/// An ordered set of alternatives for one element, best first; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Target(Vec<Locator>);

impl Target {
    /// A target with the given alternatives, or `None` where there is not even one.
    #[must_use]
    pub fn new(alternatives: Vec<Locator>) -> Option<Self> {
        (!alternatives.is_empty()).then_some(Self(alternatives))
    }

    /// A target with one way to find it.
    #[must_use]
    pub fn one(by: By) -> Self {
        Self(vec![Locator::new(by)])
    }

    /// The alternatives, best first.
    #[must_use]
    pub fn alternatives(&self) -> &[Locator] {
        &self.0
    }

    /// The alternatives, to rewrite the texts in them.
    pub fn alternatives_mut(&mut self) -> &mut [Locator] {
        &mut self.0
    }

    /// The alternative that a person would use to name the element.
    #[must_use]
    pub fn most_telling(&self) -> &Locator {
        let rank = |l: &Locator| match l.by {
            By::Role { name: Some(_), .. } => 0,
            By::Label(_) | By::Text(_) => 1,
            By::Placeholder(_) | By::Alt(_) | By::Title(_) => 2,
            By::TestId(_) => 3,
            By::Role { name: None, .. } => 4,
            By::Css(_) | By::Xpath(_) => 5,
        };
        self.0.iter().min_by_key(|l| rank(l)).expect("a target is never empty")
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.most_telling().fmt(f)
    }
}
