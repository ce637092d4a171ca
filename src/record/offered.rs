//! What pages offer people, as calm walks saw it: for whoever asks what nobody uses.

use serde::{Deserialize, Serialize};

/// Something on a page that can be pressed, filled or chosen from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// The kind of step: `click`, `fill`, `select`, `check` or `uncheck`.
    pub verb: String,
    /// What it is called by, as [`super::Matched::by`] says it, best first; each may fit other
    /// elements too.
    pub ways: Vec<String>,
    /// The path that a link leads to, within the application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads_to: Option<String>,
}
