//! Mixpanel's raw export: `$mp_web_page_view`, `$mp_click`, and an application's own events.

use std::borrow::Cow;

use serde::Deserialize;

use super::super::batch::Door;
use super::super::seen::{Described, Did, Seen, changed};
use super::super::tally::Dropped;
use super::super::text::{Text, When, or_nothing};
use super::super::work::Broken;
use super::{Source, Took, json};

pub(super) struct Mixpanel;

#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    event: Text<'a>,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    properties: Properties<'a>,
}

#[derive(Deserialize, Default)]
struct Properties<'a> {
    #[serde(default)]
    time: When,
    #[serde(borrow, default)]
    distinct_id: Text<'a>,
    #[serde(borrow, default, rename = "$device_id")]
    device: Text<'a>,
    #[serde(borrow, default, rename = "$current_url")]
    url: Text<'a>,
    #[serde(borrow, default)]
    current_page_url: Text<'a>,
    #[serde(borrow, default, rename = "current_url_path")]
    path: Text<'a>,
    #[serde(borrow, default, rename = "$el_tag_name")]
    tag: Text<'a>,
    #[serde(borrow, default, rename = "$el_id")]
    id: Text<'a>,
    #[serde(borrow, default, rename = "$el_text")]
    text: Text<'a>,
    #[serde(borrow, default, rename = "$attr-href")]
    href: Text<'a>,
    #[serde(borrow, default, rename = "$attr-aria-label")]
    label: Text<'a>,
    #[serde(borrow, default, rename = "$attr-name")]
    name: Text<'a>,
    #[serde(borrow, default, rename = "$attr-role")]
    role: Text<'a>,
    #[serde(borrow, default, rename = "$attr-type")]
    kind: Text<'a>,
}

impl<'a> Properties<'a> {
    fn element(&self) -> Described<'a> {
        Described {
            tag: Cow::Owned(self.tag.to_ascii_lowercase()),
            id: self.id.0.clone(),
            text: self.text.0.clone(),
            href: self.href.0.clone(),
            name: self.label.0.clone(),
            field: self.name.0.clone(),
            role: self.role.0.clone(),
            kind: self.kind.0.clone(),
            ..Described::default()
        }
    }
}

impl Source for Mixpanel {
    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let row: Row<'_> = json::read(record)?;
        let more = &row.properties;
        let did = match &*row.event {
            "$mp_web_page_view" | "mp_page_view" => Did::View,
            "$mp_click" => Did::Click(more.element()),
            "$mp_input_change" => changed(more.element()),
            "$mp_submit" => Did::Submit(more.element()),
            name if name.starts_with('$') || name.is_empty() => {
                door.drop_one(Dropped::Irrelevant);
                return Ok(Took::Events);
            }
            name => Did::Named(name),
        };
        let url = [&more.url, &more.current_page_url, &more.path];
        door.offer(&Seen {
            user: if more.distinct_id.is_empty() { &more.device } else { &more.distinct_id },
            at: more.time.0,
            url: url.into_iter().find(|url| !url.is_empty()).map_or("", |url| url),
            did,
            ..Seen::default()
        });
        Ok(Took::Events)
    }
}
