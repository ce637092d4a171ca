//! Calls of Segment and `RudderStack`: `page` is a view, `track` an application's own event.

use serde::Deserialize;

use super::super::batch::Door;
use super::super::moment::Moment;
use super::super::seen::{Did, Seen};
use super::super::tally::Dropped;
use super::super::text::{Text, When, or_nothing};
use super::super::work::Broken;
use super::{Source, Took, json};

pub(super) struct Segment;

#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, default, rename = "anonymousId")]
    anonymous: Text<'a>,
    #[serde(borrow, default, rename = "userId")]
    user: Text<'a>,
    #[serde(borrow, default)]
    event: Text<'a>,
    #[serde(default)]
    timestamp: When,
    #[serde(default, rename = "originalTimestamp")]
    original: When,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    context: Context<'a>,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    properties: Page<'a>,
}

#[derive(Deserialize, Default)]
struct Context<'a> {
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    page: Page<'a>,
    #[serde(borrow, default, rename = "userAgent")]
    agent: Text<'a>,
    /// `RudderStack`'s, and that of Segment's session plugins.
    #[serde(borrow, default, rename = "sessionId")]
    session: Text<'a>,
}

#[derive(Deserialize, Default)]
struct Page<'a> {
    #[serde(borrow, default)]
    url: Text<'a>,
    #[serde(borrow, default)]
    path: Text<'a>,
}

impl Source for Segment {
    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let row: Row<'_> = json::read(record)?;
        let did = match &*row.kind {
            "page" => Did::View,
            "track" if !row.event.is_empty() => Did::Named(&row.event),
            _ => {
                door.drop_one(Dropped::Irrelevant);
                return Ok(Took::Events);
            }
        };
        let page = &row.context.page;
        let url = [&page.url, &row.properties.url, &page.path, &row.properties.path]
            .into_iter()
            .find(|url| !url.is_empty());
        door.offer(&Seen {
            user: if row.anonymous.is_empty() { &row.user } else { &row.anonymous },
            session: &row.context.session,
            at: Moment::of_device(row.original.0, row.timestamp.0),
            url: url.map_or("", |url| url),
            did,
            agent: &row.context.agent,
            ..Seen::default()
        });
        Ok(Took::Events)
    }
}
