//! What a sweep was asked for: the command line that gives the same sweep again, and what has to
//! be the same for two runs to belong together. It knows names and digests, not what they mean.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The terms of a sweep.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Charter {
    /// The arguments of `desirepath run`, with what the environment and the configuration said.
    pub command: Vec<String>,
    /// What decides about plans and verdicts, by name: as it is where a person can read it, else
    /// as a digest.
    pub fixed: IndexMap<String, String>,
}

impl Charter {
    /// Whether a sweep can go on under these terms. What was merged cannot: nobody walks it.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        !self.command.is_empty()
    }

    /// How another charter differs from this one, a line each: `seed: 7, now 8`.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let names = self.fixed.keys().chain(other.fixed.keys().filter(|name| {
            // What both have is told once.
            !self.fixed.contains_key(*name)
        }));
        names
            .filter_map(|name| difference(name, self.fixed.get(name), other.fixed.get(name)))
            .collect()
    }
}

fn difference(name: &str, was: Option<&String>, now: Option<&String>) -> Option<String> {
    match (was, now) {
        (Some(was), Some(now)) if was == now => None,
        (Some(was), Some(now)) if is_digest(was) && is_digest(now) => {
            Some(format!("{name} has changed"))
        }
        (Some(was), Some(now)) => Some(format!("{name}: {was}, now {now}")),
        (Some(_), None) => Some(format!("{name} is gone")),
        (None, _) => Some(format!("{name} is new")),
    }
}

fn is_digest(value: &str) -> bool {
    value.starts_with("sha256:")
}

/// The digest of a text, short enough to be read in a line: `sha256:` and 16 hexadecimal digits.
#[must_use]
pub fn digest(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let digits: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn charter(fixed: &[(&str, &str)]) -> Charter {
        let fixed = fixed.iter().map(|&(k, v)| (k.to_owned(), v.to_owned())).collect();
        Charter { command: Vec::new(), fixed }
    }

    #[test]
    fn says_what_differs_and_nothing_else() {
        let (old, new) = (digest("steps: a"), digest("steps: b"));
        let was = charter(&[("seed", "7"), ("pace", "fast"), ("journey buy", &old), ("x", "1")]);
        let now = charter(&[("seed", "8"), ("pace", "fast"), ("journey buy", &new), ("y", "1")]);
        let told = ["seed: 7, now 8", "journey buy has changed", "x is gone", "y is new"];
        assert_eq!(was.differences(&now), told);
        assert!(was.differences(&was.clone()).is_empty());
    }
}
