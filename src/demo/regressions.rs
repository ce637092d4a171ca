//! What release 1.1 of the bundled shop breaks, for tests and benchmarks to be measured against.
//! The breaking itself is in `shop`.

use serde::Deserialize;

/// One thing that release 1.1 breaks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regression {
    /// A short name, unique in the list.
    pub id: String,
    /// What a user would say about it.
    pub title: String,
    /// The least behaviour that brings it out.
    pub behaviour: String,
    /// That behaviour step by step.
    pub steps: Vec<String>,
    /// The perturbation operators that can bring it out, by their names in files.
    pub operators: Vec<String>,
    /// The bundled journeys on which it can be met.
    pub journeys: Vec<String>,
    /// Whether it depends on how quickly things follow each other.
    pub race: bool,
    /// What a finding of it looks like: any one of these.
    pub found_as: Vec<Sign>,
}

/// How a regression shows itself to an oracle.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// The oracle's name.
    pub oracle: String,
    /// A part of the finding's message, rule name or URL.
    pub mentions: String,
}

/// Everything that release 1.1 breaks.
#[must_use]
pub fn regressions() -> Vec<Regression> {
    serde_yaml::from_str(include_str!("regressions.yaml"))
        .expect("the bundled list is well-formed; a test reads it")
}
