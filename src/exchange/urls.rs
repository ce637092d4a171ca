//! A list of addresses, one a line → a journey that enters each of them. Empty lines and lines
//! that begin with `#` are no entries.

use crate::diagnostic::SourceText;

use super::account::Fate;
use super::address::Base;
use super::draft::Draft;
use super::json::after_mark;
use super::{Imported, Kind};

/// Reads a list.
pub(super) fn read(source: &SourceText) -> Imported {
    let mut draft = Draft::new(Kind::Urls, None, Base::default());
    for (index, line) in after_mark(&source.text).lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        draft.entry(index + 1, |draft| draft.visit(line).map(|()| Fate::Carried));
    }
    let stem = std::path::Path::new(&source.file).file_stem().and_then(|stem| stem.to_str());
    draft.finish(stem.unwrap_or_default()).into()
}
