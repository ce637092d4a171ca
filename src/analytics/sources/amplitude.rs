//! Amplitude's export: page views and clicks of its autocapture, and an application's own events.

use std::borrow::Cow;

use serde::Deserialize;

use super::super::batch::Door;
use super::super::seen::{Described, Did, Seen, changed};
use super::super::tally::Dropped;
use super::super::text::{Text, When, or_nothing};
use super::super::work::Broken;
use super::{Source, Took, json};

pub(super) struct Amplitude;

#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    event_type: Text<'a>,
    #[serde(borrow, default)]
    device_id: Text<'a>,
    #[serde(borrow, default)]
    amplitude_id: Text<'a>,
    #[serde(borrow, default)]
    user_id: Text<'a>,
    #[serde(borrow, default)]
    session_id: Text<'a>,
    #[serde(default)]
    event_time: When,
    #[serde(default)]
    time: When,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    event_properties: Properties<'a>,
    #[serde(borrow, default)]
    user_agent: Text<'a>,
}

#[derive(Deserialize, Default)]
struct Properties<'a> {
    #[serde(borrow, default, rename = "[Amplitude] Page URL")]
    url: Text<'a>,
    #[serde(borrow, default, rename = "[Amplitude] Page Location")]
    location: Text<'a>,
    #[serde(borrow, default, rename = "[Amplitude] Page Path")]
    path: Text<'a>,
    #[serde(borrow, default, rename = "[Amplitude] Element Tag")]
    tag: Text<'a>,
    #[serde(borrow, default, rename = "[Amplitude] Element Text")]
    text: Text<'a>,
    #[serde(borrow, default, rename = "[Amplitude] Element ID")]
    id: Text<'a>,
    #[serde(borrow, default, rename = "[Amplitude] Element Href")]
    href: Text<'a>,
    #[serde(borrow, default, rename = "[Amplitude] Element Aria Label")]
    label: Text<'a>,
    #[serde(borrow, default, rename = "[Amplitude] Element Selector")]
    selector: Text<'a>,
    /// What the SDK sends by itself where the selector is another's.
    #[serde(borrow, default, rename = "[Amplitude] Element Path")]
    element_path: Text<'a>,
    #[serde(borrow, default, rename = "[Amplitude] Element Hierarchy")]
    hierarchy: Option<Vec<Node<'a>>>,
    #[serde(borrow, default, rename = "[Amplitude] Form ID")]
    form: Text<'a>,
}

/// An element of the hierarchy, the target first.
#[derive(Deserialize, Default)]
struct Node<'a> {
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    attrs: Attributes<'a>,
}

#[derive(Deserialize, Default)]
struct Attributes<'a> {
    #[serde(borrow, default, rename = "data-testid")]
    testid: Text<'a>,
    #[serde(borrow, default, rename = "data-test")]
    test: Text<'a>,
    #[serde(borrow, default)]
    role: Text<'a>,
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(borrow, default)]
    placeholder: Text<'a>,
}

impl<'a> Properties<'a> {
    fn element(&self) -> Described<'a> {
        let mut element = Described {
            tag: Cow::Owned(self.tag.to_ascii_lowercase()),
            text: self.text.0.clone(),
            id: self.id.0.clone(),
            href: self.href.0.clone(),
            name: self.label.0.clone(),
            selector: if self.selector.is_empty() { &self.element_path } else { &self.selector }
                .0
                .clone(),
            ..Described::default()
        };
        if let Some(target) = self.hierarchy.as_ref().and_then(|nodes| nodes.first()) {
            let attrs = &target.attrs;
            let test_id = if attrs.testid.is_empty() { &attrs.test } else { &attrs.testid };
            element.test_id = test_id.0.clone();
            element.role = attrs.role.0.clone();
            element.kind = attrs.kind.0.clone();
            element.field = attrs.name.0.clone();
            element.placeholder = attrs.placeholder.0.clone();
        }
        element
    }
}

impl Source for Amplitude {
    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let row: Row<'_> = json::read(record)?;
        let more = &row.event_properties;
        let did = match &*row.event_type {
            "[Amplitude] Page Viewed" | "Page Viewed" | "page_view" => Did::View,
            "[Amplitude] Element Clicked" => Did::Click(more.element()),
            "[Amplitude] Element Changed" => changed(more.element()),
            "[Amplitude] Form Submitted" => Did::Submit(Described {
                tag: Cow::Borrowed("form"),
                id: more.form.0.clone(),
                ..Described::default()
            }),
            name if name.starts_with("[Amplitude]") || name.starts_with('$') || name.is_empty() => {
                door.drop_one(Dropped::Irrelevant);
                return Ok(Took::Events);
            }
            name if name == "session_start" || name == "session_end" => {
                door.drop_one(Dropped::Irrelevant);
                return Ok(Took::Events);
            }
            name => Did::Named(name),
        };

        let user = first([&row.device_id, &row.amplitude_id, &row.user_id]);
        let url = first([&more.url, &more.location, &more.path]);
        // -1 is Amplitude's word for no session.
        let session = if &*row.session_id == "-1" { "" } else { &*row.session_id };
        door.offer(&Seen {
            user,
            session,
            at: row.event_time.or(row.time).0,
            url,
            did,
            agent: &row.user_agent,
            ..Seen::default()
        });
        Ok(Took::Events)
    }
}

/// The first that is not empty.
fn first<'t>(texts: [&'t Text<'_>; 3]) -> &'t str {
    texts.into_iter().find(|text| !text.is_empty()).map_or("", |text| text)
}
