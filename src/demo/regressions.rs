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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::Path;

    use super::*;
    use crate::journey::{self, Operator};
    use crate::record::Oracle;

    #[test]
    fn every_regression_can_be_looked_for() {
        let all = regressions();
        let ids: HashSet<_> = all.iter().map(|r| &r.id).collect();
        assert_eq!((all.len(), ids.len()), (11, 11));
        for regression in &all {
            let id = &regression.id;
            for operator in &regression.operators {
                assert!(Operator::from_word(operator).is_some(), "{id}: {operator}");
            }
            for sign in &regression.found_as {
                let oracle = serde_json::Value::from(sign.oracle.clone());
                assert!(serde_json::from_value::<Oracle>(oracle).is_ok(), "{id}: {}", sign.oracle);
            }
            assert!(!regression.operators.is_empty() && !regression.found_as.is_empty(), "{id}");
        }
    }

    #[test]
    fn the_journeys_that_regressions_name_are_there_and_are_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("journeys/shop");
        let text = |name: &str| {
            let file = folder.join(format!("{name}.yaml"));
            std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
        };
        let names: HashSet<String> = regressions().into_iter().flat_map(|r| r.journeys).collect();
        for name in &names {
            match journey::read(name, &text(name)) {
                Ok(journey) => assert_eq!(&journey.name, name),
                Err(mistakes) => panic!("{name}: {mistakes:?}"),
            }
        }
        let rules = journey::read_rules("rules", &text("rules")).expect("the rules are read");
        for sign in regressions().into_iter().flat_map(|r| r.found_as) {
            let named = |mut rules: std::slice::Iter<'_, journey::Rule>| {
                rules.any(|rule| rule.name == sign.mentions)
            };
            match sign.oracle.as_str() {
                "always" => assert!(named(rules.always.iter()), "{}", sign.mentions),
                "eventually" => assert!(named(rules.eventually.iter()), "{}", sign.mentions),
                _ => {}
            }
        }
    }
}
