//! Where a walk ended, as far as other walks are compared with it. It is kept in the journal so
//! that a sweep can go on; what comes of comparing is not its business.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Severity;
use crate::journey::{Operator, StepId};

/// What the page showed at the end of a walk that was on its journey's path until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// The path, its variable parts folded.
    pub route: String,
    /// The visible lines of text.
    pub lines: Vec<String>,
    /// What the fields held, by number and name; no passwords.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// The visible lines of pages that a deviation has looked at on the way.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub glimpsed: BTreeSet<String>,
    /// How bad it is when that differs from the same walk without deviations.
    pub severity: Severity,
    /// The deviations that should have changed nothing.
    pub after: Vec<Operator>,
    /// The last step.
    pub step: StepId,
    /// Its place in the walk.
    pub index: u32,
    /// What was done there, in words.
    pub did: String,
    /// The page's URL.
    pub url: String,
}
