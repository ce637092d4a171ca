//! The BigQuery export of Google Analytics 4, one event on each line.
//! <https://support.google.com/analytics/answer/7029846>

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::batch::Door;
use super::super::seen::{Described, Did, Seen};
use super::super::tally::Dropped;
use super::super::text::{Text, When};
use super::super::work::Broken;
use super::{Source, Took, json};

pub(super) struct Ga4;

#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    event_name: Text<'a>,
    event_timestamp: When,
    #[serde(borrow, default)]
    user_pseudo_id: Text<'a>,
    #[serde(borrow, default)]
    event_params: Option<Params<'a>>,
    #[serde(default)]
    batch_ordering_id: Number,
    #[serde(default)]
    batch_event_index: Number,
}

/// The parameters that we need, out of many.
#[derive(Default)]
struct Params<'a> {
    page: Text<'a>,
    session: Text<'a>,
    link_url: Text<'a>,
    link_id: Text<'a>,
    link_text: Text<'a>,
    form_id: Text<'a>,
}

impl<'a> Params<'a> {
    /// Where a parameter goes, if it is needed.
    fn place(&mut self, key: &str) -> Option<&mut Text<'a>> {
        Some(match key {
            "page_location" => &mut self.page,
            "ga_session_id" => &mut self.session,
            "link_url" => &mut self.link_url,
            "link_id" => &mut self.link_id,
            "link_text" => &mut self.link_text,
            "form_id" => &mut self.form_id,
            _ => return None,
        })
    }
}

/// One parameter, put where it goes: the values of the others are not even looked at.
struct Param<'p, 'a>(&'p mut Params<'a>);

impl<'de: 'a, 'a> DeserializeSeed<'de> for Param<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_map(self)
    }
}

impl<'de: 'a, 'a> Visitor<'de> for Param<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a parameter with its key and value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut key, mut value) = (None::<Text<'a>>, None::<Value<'a>>);
        while let Some(member) = map.next_key::<Text<'a>>()? {
            let mut needed = |key: &Text<'a>| self.0.place(key).is_some();
            match &*member {
                "key" => key = map.next_value()?,
                "value" if key.as_ref().is_none_or(&mut needed) => value = map.next_value()?,
                _ => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        let Value { string_value, int_value } = value.unwrap_or_default();
        if let Some(place) = key.as_ref().and_then(|key| self.0.place(key)) {
            *place = if string_value.is_empty() { int_value } else { string_value };
        }
        Ok(())
    }
}

#[derive(Deserialize, Default)]
struct Value<'a> {
    #[serde(borrow, default)]
    string_value: Text<'a>,
    #[serde(borrow, default)]
    int_value: Text<'a>,
}

/// A count, written as a number or as a text.
#[derive(Default)]
struct Number(u32);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(d)?;
        Ok(Self(text.parse().unwrap_or(0)))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Params<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Params<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of parameters")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut params = Params::default();
                while list.next_element_seed(Param(&mut params))?.is_some() {}
                Ok(params)
            }
        }
        d.deserialize_seq(List)
    }
}

impl Source for Ga4 {
    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let row: Row<'_> = json::read(record)?;
        let params = row.event_params.unwrap_or_default();
        let borrow = |text: &'_ Text<'_>| -> Cow<'static, str> { Cow::Owned(text.to_string()) };
        let did = match &*row.event_name {
            "page_view" => Did::View,
            // By itself GA4 reports clicks on links that lead away; the others are custom events.
            "click" => Did::Click(Described {
                tag: Cow::Borrowed("a"),
                href: borrow(&params.link_url),
                id: borrow(&params.link_id),
                text: borrow(&params.link_text),
                ..Described::default()
            }),
            "form_submit" => Did::Submit(Described {
                tag: Cow::Borrowed("form"),
                id: borrow(&params.form_id),
                ..Described::default()
            }),
            "session_start" | "first_visit" | "user_engagement" | "scroll" | "form_start" | "" => {
                door.drop_one(Dropped::Irrelevant);
                return Ok(Took::Events);
            }
            name => Did::Named(name),
        };
        let at = row.event_timestamp.0;
        // Within a millisecond: the microsecond, then the place in the batch.
        let micros = at.map_or(0, |at| u32::from(at.micros));
        let order = micros << 22
            | row.batch_ordering_id.0.min(4095) << 10
            | row.batch_event_index.0.min(1023);
        door.offer(&Seen {
            user: &row.user_pseudo_id,
            session: &params.session,
            at,
            order: Some(order),
            url: &params.page,
            did,
            ..Seen::default()
        });
        Ok(Took::Events)
    }
}
