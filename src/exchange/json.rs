//! JSON of strangers: read within a depth that no recorder reaches, and its mistakes shown at
//! their place.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::ExchangeError;
use crate::diagnostic::{Diagnostic, SourceText};

/// The deepest nesting. A page recorded by rrweb nests two levels for each of its elements.
const MOST_DEPTH: usize = 400;

/// Reads the whole text as one value.
pub(super) fn parse(source: &Arc<SourceText>) -> Result<Value, ExchangeError> {
    let start = source.text.len() - after_mark(&source.text).len();
    parse_part(source, start..source.text.len())
}

/// Reads a part of the text as one value.
pub(super) fn parse_part(
    source: &Arc<SourceText>,
    part: std::ops::Range<usize>,
) -> Result<Value, ExchangeError> {
    let text = &source.text[part.clone()];
    if let Some(at) = too_deep(text) {
        let at = part.start + at;
        let message = format!("nested deeper than {MOST_DEPTH} levels");
        return Err(Diagnostic::error(source, at..at + 1, message).into());
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.disable_recursion_limit();
    Value::deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| broken(source, part.start, text, &error).into())
}

fn broken(
    source: &Arc<SourceText>,
    start: usize,
    text: &str,
    error: &serde_json::Error,
) -> Diagnostic {
    let line_start: usize =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = start + (line_start + error.column().saturating_sub(1)).min(text.len());
    let told = error.to_string();
    let what = told.split(" at line ").next().unwrap_or(&told).to_lowercase();
    let help = if error.is_eof() {
        "the file ends too early: export the recording again"
    } else {
        "export the recording again, or mend the JSON here"
    };
    Diagnostic::error(source, at..at, format!("this is no JSON: {what}")).help(help)
}

/// Where the nesting becomes too deep.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut in_string = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => {
                depth += 1;
                if depth > MOST_DEPTH {
                    return Some(at);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The text after a byte order mark.
pub(super) fn after_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// A text at a key.
pub(super) fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

/// A text at a key that has something in it.
pub(super) fn words<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    text(value, key).filter(|text| !text.trim().is_empty())
}

/// A number at a key, rounded to a whole one.
pub(super) fn whole(value: &Value, key: &str) -> Option<i64> {
    let number = value.get(key)?.as_f64().filter(|n| n.is_finite())?.round();
    #[expect(clippy::cast_possible_truncation, reason = "casts of floats saturate")]
    Some(number as i64)
}

/// The list at a key; empty where there is none.
pub(super) fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
