//! What a page offers to somebody who wanders about. Which of it is taken is decided elsewhere.

use serde::Deserialize;
use serde_json::json;

use super::page::Page;
use super::{BrowserError, Readiness};
use crate::journey::{Locator, Target};

/// Something on the page that a person could use.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Offer {
    /// What one does with it.
    pub verb: OfferVerb,
    /// Its accessible name, else its text.
    pub name: String,
    /// The type of an `<input>`, `contenteditable`, else the tag.
    pub input: String,
    /// The path and query that a link leads to, within the application.
    pub leads_to: Option<String>,
    /// Whether a field holds something.
    pub filled: bool,
    /// The other options of a list, by their labels.
    pub options: Vec<String>,
}

/// An offer and what it is called by, for whoever keeps the books.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Item {
    /// What one does with it.
    pub verb: OfferVerb,
    /// The path and query that a link leads to, within the application.
    pub leads_to: Option<String>,
    /// What it is called by, best first; others may be called so too.
    pub ways: Vec<Locator>,
}

/// What one does with an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferVerb {
    /// Links, buttons and whatever else reacts.
    Click,
    /// Fields.
    Fill,
    /// Lists.
    Select,
    /// Boxes that are not ticked.
    Check,
    /// Boxes that are.
    Uncheck,
}

impl OfferVerb {
    /// The kind of step.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            OfferVerb::Click => "click",
            OfferVerb::Fill => "fill",
            OfferVerb::Select => "select",
            OfferVerb::Check => "check",
            OfferVerb::Uncheck => "uncheck",
        }
    }
}

impl Page<'_> {
    /// Everything that the page offers now, with what it is called by.
    ///
    /// # Errors
    /// The page hangs or crashed, or the session is lost.
    pub async fn inventory(&mut self) -> Result<Vec<Item>, BrowserError> {
        let value = self.act("inventory", json!({}), "take its inventory").await?;
        Ok(serde_json::from_value(value).unwrap_or_default())
    }

    /// What the page offers now, at most a few hundred things.
    ///
    /// # Errors
    /// The page hangs or crashed, or the session is lost.
    pub async fn offers(&mut self) -> Result<Vec<Offer>, BrowserError> {
        let value = self.act("offers", json!({}), "see what the page offers").await?;
        serde_json::from_value(value).map_err(|why| BrowserError::Refused {
            doing: "see what the page offers".to_owned(),
            why: why.to_string(),
        })
    }

    /// How everything is found again that the page offers now for an action of this kind; `None`
    /// for what cannot be told from others.
    ///
    /// # Errors
    /// The page hangs or crashed, or the session is lost.
    pub async fn offer_targets(
        &mut self,
        readiness: Readiness,
    ) -> Result<Vec<Option<Target>>, BrowserError> {
        let fields = match readiness {
            Readiness::Editable => json!(["fill"]),
            Readiness::Selectable => json!(["select"]),
            Readiness::Press => json!(["fill", "select", "click"]),
            Readiness::Pointer | Readiness::Hover | Readiness::Present => {
                json!(["click", "check", "uncheck"])
            }
        };
        let value = self.act("ways", json!({ "verbs": fields }), "name what it offers").await?;
        let ways: Vec<Option<Vec<Locator>>> = serde_json::from_value(value).unwrap_or_default();
        Ok(ways.into_iter().map(|ways| ways.and_then(Target::new)).collect())
    }

    /// How the offer at this place of [`Page::offers`] is found again; `None` where it has gone
    /// or cannot be told from others.
    ///
    /// # Errors
    /// The page hangs or crashed, or the session is lost.
    pub async fn offer_target(&mut self, place: usize) -> Result<Option<Target>, BrowserError> {
        let value = self.act("offer", json!({ "index": place }), "name an element").await?;
        Ok(serde_json::from_value(value).ok().and_then(Target::new))
    }
}
