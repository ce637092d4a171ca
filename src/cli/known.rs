//! The file of known issues, `--known`.

use std::path::Path;

use super::failure::Failure;
use crate::record::known::KnownIssues;

/// Reads the file; without one nothing is known.
///
/// # Errors
/// It cannot be read, or is not what it should be; the message has the place.
pub(super) fn read(path: Option<&Path>) -> Result<KnownIssues, Failure> {
    let Some(path) = path else { return Ok(KnownIssues::default()) };
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("{shown}: {error}")))?;
    if text.trim().is_empty() {
        return Ok(KnownIssues::default());
    }
    serde_yaml::from_str(&text).map_err(|error| {
        Failure::usage(format!(
            "{shown}: {error}\nwrite for example\n\n  known:\n    - signature: \"http_5xx: POST /api/pay\"\n      \
             reason: SHOP-12, mended in 2.4\n      until: 2027-01-31"
        ))
    })
}

/// Today, in the time zone of the machine.
pub(super) fn today() -> jiff::civil::Date {
    jiff::Zoned::now().date()
}
