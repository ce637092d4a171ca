//! The keys of one map, checked against the tables of the vocabulary.

use std::ops::Range;

use super::Reader;
use crate::diagnostic::{listed, nearest, shown};
use crate::journey::node::{Entry, Node};
use crate::journey::vocabulary::{Key, find, names};

/// The entries of a map, of which the unknown ones have been reported.
pub(super) struct Fields<'n> {
    entries: &'n [Entry],
    tables: &'static [&'static [Key]],
    what: &'static str,
    /// Where a missing key is reported: the map's first key.
    pub(super) start: Range<usize>,
}

impl<'n> Fields<'n> {
    /// Takes a map; anything else, and every key that the tables do not know, is a mistake.
    pub(super) fn of(
        reader: &mut Reader<'_>,
        node: &'n Node,
        what: &'static str,
        tables: &'static [&'static [Key]],
    ) -> Option<Self> {
        let Some(entries) = node.map() else {
            let keys = listed(names(tables), "and");
            let help = format!("{what} is a map with the keys {keys}");
            reader.expected("a map", node, Some(&help));
            return None;
        };
        // A key that was mistyped is not missing as well.
        let mut mistyped = Vec::new();
        for entry in entries.iter().filter(|entry| find(tables, &entry.key).is_none()) {
            if reader.diagnostics.is_full() {
                break;
            }
            let near = nearest(&entry.key, names(tables));
            mistyped.extend(near);
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it has {}", listed(names(tables), "and")),
            };
            let message = format!("{what} has no key `{}`", shown(&entry.key));
            reader.push(reader.error(entry.key_span.clone(), message).help(help));
        }
        let start = entries.first().map_or(node.span.clone(), |entry| entry.key_span.clone());
        let fields = Self { entries, tables, what, start };
        let missing: Vec<&str> = tables
            .iter()
            .flat_map(|table| table.iter())
            .filter(|key| key.needed && fields.entry(key.name).is_none())
            .filter(|key| !mistyped.contains(&key.name))
            .map(|key| key.name)
            .collect();
        if !missing.is_empty() {
            let (keys, is) = (listed(missing.iter().copied(), "and"), plural_is(missing.len()));
            let about = missing
                .iter()
                .filter_map(|name| find(tables, name))
                .map(|key| format!("{}: {}", key.name, lower(key.about)))
                .collect::<Vec<_>>()
                .join("\n");
            let mistake = reader.error(fields.start.clone(), format!("{keys} {is} missing"));
            reader.push(mistake.label(format!("in {what}")).help(about));
        }
        Some(fields)
    }

    /// The value at a key of the tables.
    pub(super) fn get(&self, name: &str) -> Option<&'n Node> {
        self.entry(name).map(|entry| &entry.value)
    }

    /// The entry of a key of the tables.
    pub(super) fn entry(&self, name: &str) -> Option<&'n Entry> {
        debug_assert!(find(self.tables, name).is_some(), "{} has no {name} in tables", self.what);
        self.entries.iter().find(|entry| &*entry.key == name)
    }

    /// The entries whose keys are in one of the tables, in the order of the file.
    pub(super) fn among(&self, table: &'static [Key]) -> impl Iterator<Item = &'n Entry> {
        self.entries.iter().filter(move |entry| find(&[table], &entry.key).is_some())
    }

    /// Whether the map has any key that the tables do not know.
    pub(super) fn has_unknown(&self) -> bool {
        self.entries.iter().any(|entry| find(self.tables, &entry.key).is_none())
    }
}

fn plural_is(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// The first letter in lower case, unless it begins an abbreviation.
fn lower(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}
