//! `PostHog` events: `$pageview`, `$autocapture`, and an application's own. From the batch export,
//! the API (`{"results":[…]}`), or as posthog-js sends them.

use std::borrow::Cow;

use serde::Deserialize;

use super::super::batch::Door;
use super::super::seen::{Described, Did, Seen, changed};
use super::super::tally::Dropped;
use super::super::text::{Text, When, or_nothing};
use super::super::work::Broken;
use super::{Source, Took, chain, json};

pub(super) struct PostHog;

#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    event: Text<'a>,
    #[serde(borrow, default)]
    distinct_id: Text<'a>,
    #[serde(default)]
    timestamp: When,
    #[serde(borrow, default)]
    elements_chain: Text<'a>,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    properties: Properties<'a>,
}

#[derive(Deserialize, Default)]
struct Properties<'a> {
    #[serde(borrow, default)]
    distinct_id: Text<'a>,
    #[serde(borrow, default, rename = "$current_url")]
    url: Text<'a>,
    #[serde(borrow, default, rename = "$session_id")]
    session: Text<'a>,
    #[serde(borrow, default, rename = "$event_type")]
    kind: Text<'a>,
    #[serde(borrow, default, rename = "$raw_user_agent")]
    agent: Text<'a>,
    #[serde(borrow, default, rename = "$elements_chain")]
    chain: Text<'a>,
    #[serde(borrow, default, rename = "$elements")]
    elements: Option<Vec<Listed<'a>>>,
    /// Seconds since 1970, as posthog-js sends them.
    #[serde(default, rename = "$time")]
    time: When,
}

/// An element of `$elements`, the older form of the chain.
#[derive(Deserialize)]
struct Listed<'a> {
    #[serde(borrow, default)]
    tag_name: Text<'a>,
    #[serde(borrow, default, rename = "$el_text")]
    text: Text<'a>,
    #[serde(borrow, default, rename = "attr__id")]
    id: Text<'a>,
    #[serde(borrow, default, rename = "attr__href")]
    href: Text<'a>,
    #[serde(borrow, default, rename = "attr__name")]
    field: Text<'a>,
    #[serde(borrow, default, rename = "attr__type")]
    kind: Text<'a>,
    #[serde(borrow, default, rename = "attr__role")]
    role: Text<'a>,
    #[serde(borrow, default, rename = "attr__placeholder")]
    placeholder: Text<'a>,
    #[serde(borrow, default, rename = "attr__aria-label")]
    label: Text<'a>,
    #[serde(borrow, default, rename = "attr__data-testid")]
    testid: Text<'a>,
    #[serde(borrow, default, rename = "attr__data-test")]
    test: Text<'a>,
}

impl<'a> Listed<'a> {
    fn described(&self) -> Described<'a> {
        let test_id = if self.testid.is_empty() { &self.test } else { &self.testid };
        Described {
            tag: self.tag_name.0.clone(),
            text: self.text.0.clone(),
            id: self.id.0.clone(),
            href: self.href.0.clone(),
            field: self.field.0.clone(),
            kind: self.kind.0.clone(),
            role: self.role.0.clone(),
            placeholder: self.placeholder.0.clone(),
            name: self.label.0.clone(),
            test_id: test_id.0.clone(),
            ..Described::default()
        }
    }
}

fn listed<'a>(elements: &[Listed<'a>]) -> Described<'a> {
    let mut text = Cow::Borrowed("");
    for listed in elements.iter().take(6) {
        let mut element = listed.described();
        if text.is_empty() {
            text.clone_from(&element.text);
        }
        if element.is_interactive() {
            if element.text.is_empty() {
                element.text = text;
            }
            return element;
        }
    }
    elements.first().map(Listed::described).unwrap_or_default()
}

impl Source for PostHog {
    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let row: Row<'_> = json::read(record)?;
        let more = &row.properties;
        let chained = if row.elements_chain.is_empty() { &more.chain } else { &row.elements_chain };
        let element = || match &more.elements {
            Some(elements) if chained.is_empty() => listed(elements),
            _ => chain::target(chained),
        };
        let did = match (&*row.event, &*more.kind) {
            ("$pageview", _) => Did::View,
            ("$autocapture", "change") => changed(element()),
            ("$autocapture", "submit") => Did::Submit(element()),
            ("$autocapture", _) => Did::Click(element()),
            // The others of PostHog's own begin so: $pageleave, $identify, $rageclick, $web_vitals …
            (name, _) if name.starts_with('$') || name.is_empty() => {
                door.drop_one(Dropped::Irrelevant);
                return Ok(Took::Events);
            }
            (name, _) => Did::Named(name),
        };
        let user = if row.distinct_id.is_empty() { &more.distinct_id } else { &row.distinct_id };
        door.offer(&Seen {
            user,
            session: &more.session,
            at: row.timestamp.or(more.time).0,
            url: &more.url,
            did,
            agent: &more.agent,
            ..Seen::default()
        });
        Ok(Took::Events)
    }
}
