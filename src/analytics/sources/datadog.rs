//! Datadog RUM: views and actions, as the SDK sends them or as the API gives them
//! (`{"data":[{"attributes":{"attributes":…}}]}`). A view is sent again while it lasts, always with
//! the date of its beginning: the import counts what is repeated as duplicates. Which of its updates
//! an export holds differs, and the API holds the last.

use serde::Deserialize;

use super::super::batch::Door;
use super::super::seen::{Described, Did, Seen};
use super::super::tally::Dropped;
use super::super::text::{Text, When, or_nothing};
use super::super::work::Broken;
use super::{Source, Took, composed, json};

pub(super) struct Datadog;

#[derive(Deserialize, Default)]
struct Row<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(default)]
    date: When,
    #[serde(default)]
    timestamp: When,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    session: Named<'a>,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    usr: Named<'a>,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    view: View<'a>,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    action: Action<'a>,
    #[serde(borrow, default, rename = "_dd", deserialize_with = "or_nothing")]
    dd: Dd<'a>,
    /// The API's wrapping, which stands twice around an event.
    #[serde(borrow, default)]
    attributes: Option<Box<Row<'a>>>,
}

#[derive(Deserialize, Default)]
struct Named<'a> {
    #[serde(borrow, default)]
    id: Text<'a>,
    #[serde(borrow, default)]
    anonymous_id: Text<'a>,
}

#[derive(Deserialize, Default)]
struct View<'a> {
    #[serde(borrow, default)]
    url: Text<'a>,
}

#[derive(Deserialize, Default)]
struct Action<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    target: Target<'a>,
}

#[derive(Deserialize, Default)]
struct Target<'a> {
    #[serde(borrow, default)]
    name: Text<'a>,
}

#[derive(Deserialize, Default)]
struct Dd<'a> {
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    action: DdAction<'a>,
}

#[derive(Deserialize, Default)]
struct DdAction<'a> {
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    target: DdTarget<'a>,
    /// Where the name comes from: text, attribute, mask …
    #[serde(borrow, default)]
    name_source: Text<'a>,
}

#[derive(Deserialize, Default)]
struct DdTarget<'a> {
    #[serde(borrow, default)]
    selector: Text<'a>,
    #[serde(borrow, default)]
    composed_path_selector: Text<'a>,
}

impl<'a> Row<'a> {
    fn element(&self) -> Described<'a> {
        let (named, told) = (&self.action.target.name.0, &self.dd.action);
        let mut element = composed::target(&told.target.composed_path_selector);
        element.selector = told.target.selector.0.clone();
        let place = match &*told.name_source {
            // A form control has no text of its own: it is its label's.
            "" | "text_content" if element.is_field() => &mut element.label,
            "" | "text_content" => &mut element.text,
            // Datadog's own words where the text is withheld.
            "mask_placeholder" | "mask_disallowed" | "blank" => return element,
            // What the page calls the element.
            _ => &mut element.name,
        };
        *place = named.clone();
        element
    }
}

impl Source for Datadog {
    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let mut row: Row<'_> = json::read(record)?;
        let outer = row.timestamp;
        while let Some(inner) = row.attributes.take() {
            row = *inner;
        }
        let did = match (&*row.kind, &*row.action.kind) {
            ("view", _) => Did::View,
            ("action", "click" | "tap" | "") => Did::Click(row.element()),
            ("action", "custom") if !row.action.target.name.is_empty() => {
                Did::Named(&row.action.target.name)
            }
            _ => {
                door.drop_one(Dropped::Irrelevant);
                return Ok(Took::Events);
            }
        };
        let user = [&row.usr.anonymous_id, &row.usr.id, &row.session.id];
        door.offer(&Seen {
            user: user.into_iter().find(|id| !id.is_empty()).map_or("", |id| id),
            session: &row.session.id,
            at: row.date.or(row.timestamp).or(outer).0,
            url: &row.view.url,
            did,
            ..Seen::default()
        });
        Ok(Took::Events)
    }
}
