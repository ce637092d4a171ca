//! What was kept from happening on a walk, in numbers: never a fault of the application, and
//! always said.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{RequestKind, Signal};
use crate::bounds::Breach;
use crate::route;

/// The same thing, kept from happening so many times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnedBack {
    /// Why.
    pub breach: Breach,
    /// The request's method, or the verb of the step.
    pub what: String,
    /// The host that was asked; empty for an element.
    pub host: String,
    /// The folded path, or what must never be touched, in words.
    pub at: String,
    /// How often.
    pub times: u32,
}

impl TurnedBack {
    /// An element that was left alone.
    #[must_use]
    pub fn element(verb: &str, called: &str) -> Self {
        let (what, at) = (verb.to_owned(), called.to_owned());
        Self { breach: Breach::Never, what, host: String::new(), at, times: 1 }
    }

    /// The request that a signal tells of; `None`: it tells of something else.
    #[must_use]
    pub fn request(signal: &Signal) -> Option<Self> {
        let Signal::TurnedBack { method, url, breach, .. } = signal else { return None };
        let url = Url::parse(url).ok()?;
        Some(Self {
            breach: *breach,
            what: method.clone(),
            host: url.host_str().unwrap_or_default().to_owned(),
            at: route::fold(url.path()),
            times: 1,
        })
    }

    /// Whether what comes after may come of it: a document or an answer did not arrive. A beacon
    /// or a picture is missed by nobody.
    #[must_use]
    pub const fn is_missed(signal: &Signal) -> Option<Breach> {
        match signal {
            Signal::TurnedBack { kind: RequestKind::Document, breach, .. }
            | Signal::TurnedBack {
                kind: RequestKind::Fetch,
                breach: breach @ Breach::Change,
                ..
            } => Some(*breach),
            _ => None,
        }
    }

    /// Adds it to those that are counted already.
    pub fn add_to(self, all: &mut Vec<Self>) {
        let same = |other: &&mut Self| {
            (other.breach, &other.what, &other.host, &other.at)
                == (self.breach, &self.what, &self.host, &self.at)
        };
        match all.iter_mut().find(same) {
            Some(known) => known.times = known.times.saturating_add(self.times),
            None => all.push(self),
        }
    }
}
