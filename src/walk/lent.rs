//! What a walk is lent for its time: a record of each pool, and the values of environment
//! variables, and what is fresh. Plans hold the names only.

use std::collections::BTreeMap;

use crate::journey::template::FRESH;
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
    /// Lends record `number` of every pool, `fresh` digits, and what `environment` has; secrets are
    /// noted.
    ///
    /// # Errors
    /// An environment variable is not set.
    pub fn gather(
        plan: &Journey,
        number: usize,
        fresh: &str,
        environment: &dyn Fn(&str) -> Option<String>,
        secrets: &mut Secrets,
    ) -> Result<Self, MissingValue> {
        let mut values = BTreeMap::from([(FRESH.to_owned(), fresh.to_owned())]);
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

    /// The text with the name in the place of the fresh digits, which tell two walks apart that
    /// are exactly alike.
    #[must_use]
    pub fn without_fresh(&self, text: &str) -> String {
        match self.values.get(FRESH) {
            Some(digits) => text.replace(digits, &format!("{{{{{FRESH}}}}}")),
            None => text.to_owned(),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey;
    use crate::perturb::{Seed, concrete::concrete};

    #[test]
    fn what_is_fresh_stays_a_name_in_the_plan_and_differs_from_walk_to_walk() {
        let text = r#"
journey: sign-up
pools: { account: [ { mail: "ada{{fresh}}@example.org" } ] }
steps:
  - visit: /
  - fill: { label: Name, with: "user{{fresh}}" }
  - fill: { label: E-mail, with: "{{account.mail}}" }
"#;
        let read = journey::read("j.yaml", text).unwrap_or_else(|why| panic!("{why:#?}"));
        let plan = concrete(&read, Seed(1), 0);
        let filled = |fresh: &str| {
            let mut secrets = Secrets::default();
            let lent = Lent::gather(&plan, 0, fresh, &|_| None, &mut secrets).expect("lent");
            let texts = plan.steps.iter().filter_map(|step| match lent.fill_action(&step.action) {
                Action::Fill { with, .. } => Some(with.as_str().to_owned()),
                _ => None,
            });
            texts.collect::<Vec<_>>()
        };
        assert!(journey::write(&plan).contains("user{{fresh}}"));
        assert_eq!(filled("12"), ["user12", "ada12@example.org"]);
        assert_ne!(filled("12"), filled("13"));
        let lent = Lent::gather(&plan, 0, "4711", &|_| None, &mut Secrets::default());
        assert_eq!(lent.expect("lent").without_fresh("user4711, 471"), "user{{fresh}}, 471");
    }
}
