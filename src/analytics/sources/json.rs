//! Reading a record of JSON: straight into the few fields that a source needs, borrowing from the
//! line. What is wrong is said without the content.

use serde::Deserialize;

use super::super::work::Broken;

/// Reads a record.
///
/// # Errors
/// It is no JSON, or not of the source's shape.
pub(super) fn read<'a, T: Deserialize<'a>>(record: &'a str) -> Result<T, Broken> {
    serde_json::from_str(record).map_err(|error| {
        use serde_json::error::Category;
        let what = match error.classify() {
            Category::Eof => "the JSON ends too early",
            Category::Syntax => "this is no JSON",
            Category::Data => "a field is not of the form that this kind of export has",
            Category::Io => "it cannot be read",
        };
        Broken::Owned(format!("{what}, at column {}", error.column()))
    })
}
