//! What a walk is lent for its time: a record of each pool, and the values of environment
//! variables. Plans hold the names only.

use std::collections::BTreeMap;

use crate::journey::{Action, Journey, Template, Variable};
use crate::perturb::concrete::templates;
use crate::redact::Secrets;

/// The values of one walk, by the name in double braces.
#[derive(Debug, Clone, Default)]
pub struct Lent {
    values: BTreeMap<String, String>,
}

/// A value that a plan needs and nobody gave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MissingValue {
    /// An environment variable is not set.
    #[error("{journey} needs the environment variable {name}, which is not set")]
    Environment {
        /// The journey.
        journey: String,
        /// The variable.
        name: String,
    },
}

impl Lent {
    /// Lends record `number` of every pool, and what `environment` has; secrets are noted.
    ///
    /// # Errors
    /// An environment variable is not set.
    pub fn gather(
        plan: &Journey,
        number: usize,
        environment: &dyn Fn(&str) -> Option<String>,
        secrets: &mut Secrets,
    ) -> Result<Self, MissingValue> {
        let mut values = BTreeMap::new();
        let read = |name: &str| {
            environment(name).ok_or_else(|| MissingValue::Environment {
                journey: plan.name.clone(),
                name: name.to_owned(),
            })
        };
        for (name, variable) in &plan.vars {
            if let Variable::Env { name: env, secret } = variable {
                let value = read(env)?;
                if *secret {
                    secrets.add(name, &value);
                }
                values.insert(name.clone(), value);
            }
        }
        for (pool, records) in &plan.pools {
            let Some(record) = records.get(number % records.len().max(1)) else { continue };
            for (field, template) in record {
                let value = template.fill(|name| values.get(name).cloned());
                values.insert(format!("{pool}.{field}"), value.as_str().to_owned());
            }
        }
        Ok(Self { values })
    }

    /// The template with everything filled in that was lent.
    #[must_use]
    pub fn fill(&self, template: &Template) -> Template {
        template.fill(|name| self.values.get(name).cloned())
    }

    /// The action with everything filled in that was lent.
    #[must_use]
    pub fn fill_action(&self, action: &Action) -> Action {
        let mut action = action.clone();
        if !self.values.is_empty() {
            templates(&mut action, &mut |t| *t = self.fill(t));
        }
        action
    }
}
