//! How often people deviate: a rate for each operator, and where each rate comes from.

use indexmap::IndexMap;

use crate::journey::{Operator, Seen};

/// Where a rate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provenance {
    /// The customer's own data, at this very step.
    Measured,
    /// A published measurement.
    Literature,
    /// Nobody has published a figure that could be trusted.
    Assumed,
    /// Whoever wrote the profile's file.
    Given,
}

impl Provenance {
    /// The word in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Provenance::Measured => "measured",
            Provenance::Literature => "literature",
            Provenance::Assumed => "assumed",
            Provenance::Given => "given",
        }
    }
}

/// How probable a deviation is at one step where it is possible.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Probability, 0 to 1.
    pub value: f64,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A rate for each operator; what is not in it never happens.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    name: String,
    rates: IndexMap<Operator, Rate>,
}

/// Why a profile is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadProfile {
    /// Not a mapping from names to numbers.
    #[error("a profile is a list of operators with their rates, such as `reload: 0.05`: {0}")]
    Form(String),
    /// An operator that does not exist.
    #[error("there is no operator `{word}`{}", nearest.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Operator {
        /// What was written.
        word: String,
        /// The nearest right word.
        nearest: Option<&'static str>,
    },
    /// A rate outside 0 to 1.
    #[error("the rate of `{0}` is {1}; a rate is a probability from 0 to 1")]
    Rate(&'static str, String),
}

/// The `human` rates. Literature: back 14.3 % of actions (Weinreich et al. 2008) and A-B-A in
/// 8 % of a million sessions; a quarter of pages left within 4 s; 238 ms between keys and
/// corrected slips on desktop keyboards. The others are assumed: no figure was found to trust.
const HUMAN: &[(Operator, f64, Provenance)] = {
    use Operator as O;
    use Provenance::{Assumed, Literature};
    &[
        (O::Pause, 0.05, Literature),
        (O::Hurry, 0.20, Literature),
        (O::Typing, 0.30, Literature),
        (O::EraseRetype, 0.06, Literature),
        (O::Paste, 0.08, Assumed),
        (O::Scroll, 0.10, Assumed),
        (O::LeaveTab, 0.03, Assumed),
        (O::OtherOrder, 0.30, Assumed),
        (O::DetourAndBack, 0.08, Literature),
        (O::BackAndForward, 0.06, Literature),
        (O::Reload, 0.03, Assumed),
        (O::Resize, 0.01, Assumed),
        (O::Skip, 0.03, Assumed),
        (O::Swap, 0.03, Assumed),
        (O::Repeat, 0.03, Assumed),
        (O::DoubleClick, 0.03, Assumed),
        (O::Detour, 0.02, Assumed),
        (O::Splice, 0.02, Assumed),
        (O::DeepLink, 0.02, Assumed),
        (O::Abandon, 0.01, Assumed),
        (O::SecondTab, 0.02, Assumed),
        (O::ExpireSession, 0.01, Assumed),
        (O::LoseNetwork, 0.01, Assumed),
        (O::OddInput, 0.02, Assumed),
    ]
};

impl Profile {
    /// Nobody deviates.
    #[must_use]
    pub fn none() -> Self {
        Self { name: "none".into(), rates: IndexMap::new() }
    }

    /// As people do.
    #[must_use]
    pub fn human() -> Self {
        Self::table("human", 1.0)
    }

    /// Three times as much of everything: for short nights and young applications.
    #[must_use]
    pub fn wild() -> Self {
        Self::table("wild", 3.0)
    }

    fn table(name: &str, factor: f64) -> Self {
        let rates = HUMAN
            .iter()
            .map(|&(operator, value, provenance)| {
                (operator, Rate { value: (value * factor).min(0.6), provenance })
            })
            .collect();
        Self { name: name.into(), rates }
    }

    /// The built-in profile with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "none" => Some(Self::none()),
            "human" => Some(Self::human()),
            "wild" => Some(Self::wild()),
            _ => None,
        }
    }

    /// Reads a profile's file: operators with their rates; `like: human` fills in the rest.
    ///
    /// # Errors
    /// [`BadProfile`] says which entry is wrong.
    pub fn read(name: &str, text: &str) -> Result<Self, BadProfile> {
        let entries: IndexMap<String, serde_yaml::Value> =
            serde_yaml::from_str(text).map_err(|e| BadProfile::Form(e.to_string()))?;
        let mut profile = Self { name: name.into(), rates: IndexMap::new() };
        if let Some(like) = entries.get("like") {
            let base = like.as_str().and_then(Self::named).ok_or_else(|| {
                BadProfile::Form("`like` names one of none, human and wild".into())
            })?;
            profile.rates = base.rates;
        }
        for (word, value) in entries.iter().filter(|(word, _)| *word != "like") {
            let operator = Operator::from_word(word).ok_or_else(|| BadProfile::Operator {
                word: word.clone(),
                nearest: Operator::ALL
                    .iter()
                    .map(|o| o.word())
                    .min_by_key(|known| strsim::damerau_levenshtein(known, word))
                    .filter(|known| strsim::damerau_levenshtein(known, word) <= 3),
            })?;
            let shown = || serde_yaml::to_string(value).unwrap_or_default().trim().to_owned();
            let value = value
                .as_f64()
                .filter(|rate| (0.0..=1.0).contains(rate))
                .ok_or_else(|| BadProfile::Rate(operator.word(), shown()))?;
            profile.rates.insert(operator, Rate { value, provenance: Provenance::Given });
        }
        Ok(profile)
    }

    /// The profile's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether nothing ever happens under it.
    #[must_use]
    pub fn is_calm(&self) -> bool {
        self.rates.values().all(|rate| rate.value <= 0.0)
    }

    /// The rate of an operator, before a step's own figures.
    #[must_use]
    pub fn rate(&self, operator: Operator) -> Option<Rate> {
        self.rates.get(&operator).copied().filter(|rate| rate.value > 0.0)
    }

    /// The rate of an operator at a step: what production shows there, else the profile's.
    /// An operator that the profile leaves out stays out, whatever production shows.
    #[must_use]
    pub fn rate_at(&self, operator: Operator, seen: &Seen) -> Option<Rate> {
        let general = self.rate(operator)?;
        let measured = match operator {
            Operator::Skip => seen.skip,
            Operator::Repeat => seen.repeat,
            Operator::Swap => seen.swap,
            Operator::BackAndForward => seen.back,
            Operator::Reload => seen.reload,
            _ => None,
        };
        let rate =
            measured.map_or(general, |value| Rate { value, provenance: Provenance::Measured });
        (rate.value > 0.0).then_some(rate)
    }

    /// Every operator's rate in words, for reports: `3 % of steps (assumed)`.
    #[must_use]
    pub fn in_words(&self) -> IndexMap<String, String> {
        let percent = |value: f64| {
            let text = format!("{:.1}", value * 100.0);
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        self.rates
            .iter()
            .map(|(operator, rate)| {
                let words = format!("{} % ({})", percent(rate.value), rate.provenance.word());
                (operator.word().to_owned(), words)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn human_has_a_rate_for_every_operator() {
        let human = Profile::human();
        for &operator in Operator::ALL {
            assert!(human.rate(operator).is_some(), "{}", operator.word());
        }
        assert!(Profile::none().is_calm());
    }

    #[test]
    fn a_file_sets_rates_over_a_base() {
        let profile = Profile::read("mine", "like: human\nreload: 0.5\nskip: 0\n").expect("reads");
        let reload = profile.rate(Operator::Reload).expect("a rate");
        assert_eq!((reload.value, reload.provenance), (0.5, Provenance::Given));
        assert_eq!(profile.rate(Operator::Skip), None);
        assert!(profile.rate(Operator::Typing).is_some());
    }

    #[test]
    fn a_wrong_file_is_told_what_is_wrong() {
        let error = |text| Profile::read("mine", text).expect_err("wrong").to_string();
        assert_eq!(error("relaod: 0.5"), "there is no operator `relaod`; did you mean `reload`?");
        assert!(error("reload: 3").contains("from 0 to 1"));
        assert!(error("like: nobody").contains("none, human and wild"));
        assert!(error("- a").contains("a list of operators with their rates"));
    }

    #[test]
    fn production_overrides_the_profile_at_a_step() {
        let seen = Seen { skip: Some(0.4), ..Seen::default() };
        let rate = Profile::human().rate_at(Operator::Skip, &seen).expect("a rate");
        assert_eq!((rate.value, rate.provenance), (0.4, Provenance::Measured));
        assert_eq!(Profile::none().rate_at(Operator::Skip, &seen), None);
    }
}
