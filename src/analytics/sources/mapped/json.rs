//! JSON objects whose fields are named by their paths. An array on the way stands for as many
//! events; what is outside of it holds for all of them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::super::batch::Door;
use super::super::super::text::Text;
use super::super::super::work::Broken;
use super::super::{Source, Took};
use super::{Mapping, offer};

pub(in super::super) struct MappedJson {
    mapping: Mapping,
}

impl MappedJson {
    pub(in super::super) const fn new(mapping: Mapping) -> Self {
        Self { mapping }
    }
}

impl Source for MappedJson {
    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let names = self.mapping.fields();
        let mut found = Found {
            names,
            path: String::new(),
            outside: vec![Cow::Borrowed(""); names.len()],
            inside: Vec::new(),
            within: Within::No,
        };
        let mut json = serde_json::Deserializer::from_str(record);
        let read = json.deserialize_map(Object(&mut found)).and_then(|()| json.end());
        read.map_err(|error| format!("this is no JSON object, at column {}", error.column()))?;
        let Found { outside, inside, .. } = found;
        if inside.is_empty() {
            if outside.iter().all(|value| value.is_empty()) {
                return Err("none of the named fields is in it".into());
            }
            offer(&self.mapping, &outside, 0, door);
        }
        for (place, mut values) in (1..).zip(inside) {
            for (value, outside) in values.iter_mut().zip(&outside) {
                if value.is_empty() {
                    *value = Cow::Borrowed(outside);
                }
            }
            offer(&self.mapping, &values, place, door);
        }
        Ok(Took::Events)
    }
}

/// Whether what is read stands in an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    No,
    Array,
}

/// What was found so far of the named fields.
struct Found<'n, 'a> {
    names: &'n [String],
    /// The path of what is read now, with dots.
    path: String,
    /// Values outside of arrays.
    outside: Vec<Cow<'a, str>>,
    /// Values in each element of an array.
    inside: Vec<Vec<Cow<'a, str>>>,
    within: Within,
}

impl Found<'_, '_> {
    /// Whether the path is a name or leads to one.
    fn is_wanted(&self) -> bool {
        self.names.iter().any(|name| {
            name.strip_prefix(&self.path).is_some_and(|r| r.is_empty() || r.starts_with('.'))
        })
    }

    fn names_the_path(&self) -> Option<usize> {
        self.names.iter().position(|name| *name == self.path)
    }
}

/// Reads an object.
struct Object<'f, 'n, 'a>(&'f mut Found<'n, 'a>);

impl<'de: 'a, 'a> Visitor<'de> for Object<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let found = self.0;
        let length = found.path.len();
        while let Some(key) = map.next_key::<Text<'de>>()? {
            if length > 0 {
                found.path.push('.');
            }
            found.path.push_str(&key);
            if found.is_wanted() {
                map.next_value_seed(Anything(&mut *found))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
            found.path.truncate(length);
        }
        Ok(())
    }
}

/// Reads whatever stands at a path that is wanted.
struct Anything<'f, 'n, 'a>(&'f mut Found<'n, 'a>);

impl<'de: 'a, 'a> Anything<'_, '_, 'a> {
    fn keep(self, value: Cow<'de, str>) {
        let found = self.0;
        let Some(place) = found.names_the_path() else { return };
        let values = match found.within {
            Within::No => Some(&mut found.outside),
            Within::Array => found.inside.last_mut(),
        };
        if let Some(values) = values {
            values[place] = value;
        }
    }
}

impl<'de: 'a, 'a> DeserializeSeed<'de> for Anything<'_, '_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de: 'a, 'a> Visitor<'de> for Anything<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.keep(Cow::Borrowed(text));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.keep(Cow::Owned(text.to_owned()));
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.keep(Cow::Borrowed(if value { "true" } else { "false" }));
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.keep(Cow::Owned(value.to_string()));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.keep(Cow::Owned(value.to_string()));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.keep(Cow::Owned(value.to_string()));
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        Object(self.0).visit_map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let found = self.0;
        // An array in an element of an array: its events could not be told from the others'.
        if found.within == Within::Array {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        found.within = Within::Array;
        loop {
            found.inside.push(vec![Cow::Borrowed(""); found.names.len()]);
            if seq.next_element_seed(Anything(&mut *found))?.is_none() {
                break;
            }
        }
        found.inside.pop();
        found.within = Within::No;
        Ok(())
    }
}
