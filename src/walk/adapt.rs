//! What a person does when the page does not offer the next step: leave it out, go on with what
//! the page allows, or give up. Pure: decides, does nothing.

use std::time::Duration;

use super::Conduct;
use crate::oracle::Standing;
use crate::perturb::Move;
use crate::perturb::script::Role;
use crate::record::Severity;

/// How long the walker looks for a step that an altering deviation may have taken away, and for
/// those after a first miss: a person sees at a glance that a page at rest has no such button.
const OFF_PATH: Duration = Duration::from_millis(1500);
const LOST: Duration = Duration::from_millis(600);

/// What is made of a step that cannot be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Miss {
    /// It is left out, and nothing follows from it.
    LeftOut,
    /// The walk has left its path; the walker tries the next step.
    OffPath,
    /// Nothing that came before may take the step away: the application is wrong.
    Wrong(Severity),
}

/// Judges a step that the page does not offer.
#[must_use]
pub fn miss(m: &Move, standing: &Standing) -> Miss {
    if m.role == Role::Around || m.optional {
        Miss::LeftOut
    } else if standing.is_on_path() {
        Miss::Wrong(standing.severity())
    } else {
        Miss::OffPath
    }
}

/// How long to look for a step's target.
#[must_use]
pub fn patience(m: &Move, standing: &Standing, has_missed: bool, conduct: &Conduct) -> Duration {
    let own = m.within.map_or(conduct.step_limit, |span| span.duration());
    if has_missed {
        own.min(LOST)
    } else if m.role == Role::Around || !standing.is_on_path() || m.optional {
        own.min(OFF_PATH)
    } else {
        own
    }
}
