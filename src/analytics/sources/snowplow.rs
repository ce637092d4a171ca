//! Snowplow: enriched events as they leave the pipeline (131 columns, tab-separated, no header),
//! and the atomic events table as CSV with a header.
//! <https://docs.snowplow.io/docs/fundamentals/canonical-event/>

use std::borrow::Cow;

use serde::Deserialize;

use super::super::batch::Door;
use super::super::moment::Moment;
use super::super::seen::{Described, Did, Seen, changed};
use super::super::tally::Dropped;
use super::super::text::{Text, or_nothing};
use super::super::work::Broken;
use super::{Source, Took, columns};

/// The columns that we need, with their places in the canonical order.
const NAMES: [(&[&str], Option<usize>); 13] = [
    (&["domain_userid"], Some(15)),
    (&["domain_sessionid"], Some(123)),
    (&["derived_tstamp"], Some(124)),
    (&["collector_tstamp"], Some(3)),
    (&["page_url"], Some(29)),
    (&["page_urlpath"], Some(35)),
    (&["event_name"], Some(126)),
    (&["event"], Some(5)),
    (&["unstruct_event"], Some(58)),
    (&["useragent"], Some(77)),
    (&["se_action"], Some(54)),
    (&["network_userid"], Some(17)),
    (&["dvce_created_tstamp"], Some(4)),
];

/// The columns of an enriched event.
const WIDTH: usize = 131;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Enriched,
    Atomic,
}

pub(super) struct Snowplow {
    form: Form,
    places: [Option<usize>; NAMES.len()],
}

impl Snowplow {
    pub(super) fn enriched() -> Self {
        Self { form: Form::Enriched, places: NAMES.map(|(_, place)| place) }
    }

    pub(super) const fn atomic() -> Self {
        Self { form: Form::Atomic, places: [None; NAMES.len()] }
    }
}

/// `{"schema":…,"data":{"schema":"iglu:…/link_click/…","data":{…}}}`
#[derive(Deserialize, Default)]
struct Unstruct<'a> {
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    data: Inner<'a>,
}

#[derive(Deserialize, Default)]
struct Inner<'a> {
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    data: Element<'a>,
}

/// What link clicks, button clicks, and the form events say.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Element<'a> {
    #[serde(borrow, default)]
    target_url: Text<'a>,
    #[serde(borrow, default)]
    element_id: Text<'a>,
    #[serde(borrow, default)]
    element_content: Text<'a>,
    /// Button clicks.
    #[serde(borrow, default)]
    label: Text<'a>,
    #[serde(borrow, default)]
    id: Text<'a>,
    /// `change_form`, `focus_form`.
    #[serde(borrow, default)]
    node_name: Text<'a>,
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, default)]
    form_id: Text<'a>,
}

impl Source for Snowplow {
    fn begin(&mut self, header: &str) -> Result<(), String> {
        if self.form == Form::Enriched {
            return Ok(());
        }
        let mut fields = Vec::new();
        columns::split(header.trim_end(), ',', &mut fields);
        self.places = columns::places(&fields, NAMES.map(|(names, _)| names));
        match self.places {
            [Some(_), _, Some(_), ..] | [Some(_), _, _, Some(_), ..] => Ok(()),
            _ => Err("the columns domain_userid and derived_tstamp are needed".to_owned()),
        }
    }

    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let mut fields = Vec::with_capacity(WIDTH);
        match self.form {
            Form::Enriched => fields.extend(record.split('\t').map(Cow::Borrowed)),
            Form::Atomic => columns::split(record, ',', &mut fields),
        }
        let least = if self.form == Form::Enriched { 127 } else { 3 };
        if fields.len() < least {
            return Err(format!("{} columns, where {least} are the least", fields.len()).into());
        }
        let [
            user,
            session,
            derived,
            collected,
            url,
            path,
            name,
            event,
            unstruct,
            agent,
            action,
            network,
            created,
        ] = self.places.map(|place| columns::at(&fields, place));
        let unstruct: Unstruct<'_> = serde_json::from_str(unstruct).unwrap_or_default();
        let element = unstruct.data.data;
        let text = |text: &Text<'_>| Cow::<str>::Owned(text.to_string());
        let name = if name.is_empty() { event } else { name };
        let did = match name {
            "page_view" => Did::View,
            "link_click" => Did::Click(Described {
                tag: Cow::Borrowed("a"),
                href: text(&element.target_url),
                id: text(&element.element_id),
                text: text(&element.element_content),
                ..Described::default()
            }),
            "button_click" => Did::Click(Described {
                tag: Cow::Borrowed("button"),
                id: text(&element.id),
                text: text(&element.label),
                ..Described::default()
            }),
            "change_form" => changed(Described {
                tag: Cow::Owned(element.node_name.to_ascii_lowercase()),
                kind: text(&element.kind),
                // The tracker takes an element's name, and its id where it has none.
                id_or_field: text(&element.element_id),
                ..Described::default()
            }),
            "submit_form" => Did::Submit(Described {
                tag: Cow::Borrowed("form"),
                id_or_field: text(&element.form_id),
                ..Described::default()
            }),
            "event" | "struct" if !action.is_empty() => Did::Named(action),
            "" | "page_ping" | "focus_form" | "struct" | "event" | "pp" => {
                door.drop_one(Dropped::Irrelevant);
                return Ok(Took::Events);
            }
            name => Did::Named(name),
        };
        door.offer(&Seen {
            user: if user.is_empty() { network } else { user },
            session,
            at: Moment::of_device(
                Moment::parse(created),
                Moment::parse(derived).or_else(|| Moment::parse(collected)),
            ),
            url: if url.is_empty() { path } else { url },
            did,
            agent,
            ..Seen::default()
        });
        Ok(Took::Events)
    }
}
