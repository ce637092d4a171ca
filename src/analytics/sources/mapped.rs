//! Any CSV with a header, and any JSON, whose fields somebody names:
//! `--map user=visitor,time=ts,url=page,action=what,target=button`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::super::AnalyticsError;
use super::super::batch::Door;
use super::super::moment::Moment;
use super::super::seen::{Described, Did, Seen};
use super::super::text::Text;
use super::super::work::Broken;
use super::{Source, Took, columns};

/// The parts of an event that a field can be named for.
const PARTS: [&str; 7] = ["user", "time", "url", "action", "target", "session", "agent"];
const USER: usize = 0;
const TIME: usize = 1;
const URL: usize = 2;
const ACTION: usize = 3;
const TARGET: usize = 4;
const SESSION: usize = 5;
const AGENT: usize = 6;

/// Which field holds what. A dot in a name leads into an object: `context.page.url`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    names: [Option<String>; PARTS.len()],
}

/// Why a mapping is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadMapping {
    /// Something other than `part=field`.
    #[error("`{0}` is not of the form part=field; the parts are {parts}", parts = PARTS.join(", "))]
    Form(String),
    /// There is no such part.
    #[error("there is no part `{0}`; the parts are {parts}", parts = PARTS.join(", "))]
    Part(String),
    /// A part that no event can do without.
    #[error("the mapping names no field for `{0}`; user, time and url are needed")]
    Missing(&'static str),
}

impl FromStr for Mapping {
    type Err = BadMapping;

    fn from_str(text: &str) -> Result<Self, BadMapping> {
        let mut names = [const { None }; PARTS.len()];
        for pair in text.split(',').filter(|pair| !pair.trim().is_empty()) {
            let (part, field) =
                pair.split_once('=').ok_or_else(|| BadMapping::Form(pair.to_owned()))?;
            let place = PARTS
                .iter()
                .position(|known| *known == part.trim())
                .ok_or_else(|| BadMapping::Part(part.trim().to_owned()))?;
            names[place] = Some(field.trim().to_owned());
        }
        for part in [USER, TIME, URL] {
            if names[part].is_none() {
                return Err(BadMapping::Missing(PARTS[part]));
            }
        }
        Ok(Self { names })
    }
}

/// The mapping that this kind cannot do without.
///
/// # Errors
/// There is none.
pub(super) fn needed(mapping: Option<&Mapping>) -> Result<Mapping, AnalyticsError> {
    mapping.cloned().ok_or_else(|| {
        AnalyticsError::Mapping(
            "csv and json need to know which field is what: --map user=…,time=…,url=…[,action=…,\
             target=…,session=…,agent=…]"
                .to_owned(),
        )
    })
}

type Values<'a> = [Cow<'a, str>; PARTS.len()];

fn offer(values: &Values<'_>, door: &mut Door<'_>) {
    let target = || Described {
        name: Cow::Borrowed(&*values[TARGET]),
        text: Cow::Borrowed(&*values[TARGET]),
        ..Described::default()
    };
    // What a field is called is no typed text: its label.
    let field = || Described { label: Cow::Borrowed(&*values[TARGET]), ..Described::default() };
    let action = values[ACTION].trim();
    let did = match action.trim_start_matches('$').to_ascii_lowercase().as_str() {
        "" | "view" | "pageview" | "page_view" | "page view" | "page" | "visit" => Did::View,
        "click" | "tap" | "press" => Did::Click(target()),
        "fill" | "type" | "input" | "change" => Did::Fill(field()),
        "select" | "choose" | "check" => Did::Choose(field()),
        "submit" => Did::Submit(Described::default()),
        _ => Did::Named(action),
    };
    let time = &values[TIME];
    door.offer(&Seen {
        user: &values[USER],
        session: &values[SESSION],
        at: Moment::parse(time).or_else(|| Moment::log(time)),
        url: &values[URL],
        did,
        agent: &values[AGENT],
        ..Seen::default()
    });
}

pub(super) struct MappedCsv {
    mapping: Mapping,
    places: [Option<usize>; PARTS.len()],
    width: usize,
}

impl MappedCsv {
    pub(super) const fn new(mapping: Mapping) -> Self {
        Self { mapping, places: [None; PARTS.len()], width: 0 }
    }
}

impl Source for MappedCsv {
    fn begin(&mut self, header: &str) -> Result<(), String> {
        let mut fields = Vec::new();
        columns::split(header.trim_end(), &mut fields);
        for (place, name) in self.places.iter_mut().zip(&self.mapping.names) {
            let Some(name) = name else { continue };
            *place = fields.iter().position(|field| field.trim().eq_ignore_ascii_case(name));
            if place.is_none() {
                let there: Vec<&str> = fields.iter().map(|f| f.trim()).take(40).collect();
                return Err(format!("there is no column `{name}`; there are {}", there.join(", ")));
            }
        }
        self.width = fields.len();
        Ok(())
    }

    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let fields = columns::of(record, self.width)?;
        offer(&self.places.map(|place| Cow::Borrowed(columns::at(&fields, place))), door);
        Ok(Took::Events)
    }
}

pub(super) struct MappedJson {
    mapping: Mapping,
}

impl MappedJson {
    pub(super) const fn new(mapping: Mapping) -> Self {
        Self { mapping }
    }
}

impl Source for MappedJson {
    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let mut values: Values<'_> = Default::default();
        let mut json = serde_json::Deserializer::from_str(record);
        let walk = Walk { names: &self.mapping.names, prefix: "", values: &mut values };
        let read = json.deserialize_map(walk).and_then(|()| json.end());
        read.map_err(|error| format!("this is no JSON object, at column {}", error.column()))?;
        if values[USER].is_empty() && values[TIME].is_empty() && values[URL].is_empty() {
            return Err("none of the named fields is in it".into());
        }
        offer(&values, door);
        Ok(Took::Events)
    }
}

/// Goes through an object and the objects in it, and takes what is named.
struct Walk<'n, 'v, 'a> {
    names: &'n [Option<String>; PARTS.len()],
    prefix: &'n str,
    values: &'v mut Values<'a>,
}

impl<'de: 'a, 'a> Visitor<'de> for Walk<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Text<'de>>()? {
            let path = if self.prefix.is_empty() {
                key.to_string()
            } else {
                format!("{}.{}", self.prefix, &*key)
            };
            let within = format!("{path}.");
            let named = |name: &Option<String>| name.as_deref() == Some(&path);
            if self.names.iter().any(named) {
                let value: Text<'de> = map.next_value()?;
                for (place, name) in self.values.iter_mut().zip(self.names) {
                    if named(name) {
                        place.clone_from(&value.0);
                    }
                }
            } else if self.names.iter().flatten().any(|name| name.starts_with(&within)) {
                map.next_value_seed(Within {
                    names: self.names,
                    path: &path,
                    values: self.values,
                })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// The value of a key that a dotted name goes through; anything but an object holds nothing.
struct Within<'n, 'v, 'a> {
    names: &'n [Option<String>; PARTS.len()],
    path: &'n str,
    values: &'v mut Values<'a>,
}

impl<'de: 'a, 'a> serde::de::DeserializeSeed<'de> for Within<'_, '_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_map(Walk { names: self.names, prefix: self.path, values: self.values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_says_what_is_wrong_with_it() {
        let error = |text: &str| text.parse::<Mapping>().expect_err("wrong").to_string();
        assert!(error("user=a,time=b").contains("no field for `url`"));
        assert!(error("user").contains("part=field"));
        assert!(error("who=a").contains("no part `who`"));
        assert!("user=a, time=b.c,url=d".parse::<Mapping>().is_ok());
    }
}
