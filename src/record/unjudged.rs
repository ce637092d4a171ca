//! Which oracles could not judge in which browser, because it does not tell what they judge by:
//! they are n/a there, which is not the same as silent.

use serde::{Deserialize, Serialize};

use super::Oracle;
use crate::browser_kind::BrowserKind;

/// What a browser may never tell of, such as one without BiDi.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untold {
    /// Requests and navigations.
    Traffic,
    /// That a page crashed.
    Crashes,
}

/// What a sweep says nothing about in one browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unjudged {
    /// The browser.
    pub browser: BrowserKind,
    /// The oracles that are n/a there, in their order.
    pub oracles: Vec<Oracle>,
}

impl Unjudged {
    /// One sentence for a reader.
    #[must_use]
    pub fn in_words(&self) -> String {
        let names: Vec<&str> = self.oracles.iter().map(|oracle| oracle.word()).collect();
        format!("n/a in {}, which does not tell: {}.", self.browser, names.join(", "))
    }

    /// One entry for each browser, with what could not be judged in any of several runs.
    #[must_use]
    pub fn union<'a>(all: impl IntoIterator<Item = &'a Self>) -> Vec<Self> {
        let mut union: Vec<Self> = Vec::new();
        for unjudged in all {
            if let Some(known) = union.iter_mut().find(|known| known.browser == unjudged.browser) {
                known.oracles.extend(&unjudged.oracles);
                known.oracles.sort_unstable();
                known.oracles.dedup();
            } else {
                union.push(unjudged.clone());
            }
        }
        union
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_come_to_one_line_for_each_browser() {
        let of = |browser, oracles: &[Oracle]| Unjudged { browser, oracles: oracles.to_vec() };
        let (crash, hang) = (Oracle::Crash, Oracle::Hang);
        let parts = [
            of(BrowserKind::Firefox, &[hang]),
            of(BrowserKind::Webkit, &[crash]),
            of(BrowserKind::Firefox, &[crash, hang]),
        ];
        let union = Unjudged::union(&parts);
        assert_eq!(
            union,
            [of(BrowserKind::Firefox, &[crash, hang]), of(BrowserKind::Webkit, &[crash])]
        );
        assert_eq!(union[0].in_words(), "n/a in firefox, which does not tell: crash, hang.");
    }
}
