//! What a walk must never touch, whoever would: a step, a deviation or a free move.

use std::fmt;

use super::ids;
use super::locator::{Locator, Target};
use super::model::{Action, Journey, Step, StepId};
use crate::route::Route;

/// One thing that must never be touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Never {
    /// Every element that is found so, and whatever is in it.
    Element(Locator),
    /// The pages on this route, and links and forms that lead there.
    Url(Route),
}

impl fmt::Display for Never {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Never::Element(locator) => locator.fmt(f),
            Never::Url(route) => route.fmt(f),
        }
    }
}

/// The first step that, as it is written, would touch what must never be touched. What only the
/// page can tell is refused when it is walked.
#[must_use]
pub fn touching(journey: &Journey) -> Option<(&StepId, &Never)> {
    let mut first = None;
    ids::each(&journey.steps, &mut |step| {
        if first.is_none() {
            first = touched(step, &journey.never).map(|never| (&step.id, never));
        }
    });
    first
}

/// Whether an address is on the route; a page is opened whatever its fragment says.
fn leads_onto(address: &str, route: &Route) -> bool {
    let page = address.split('#').next().unwrap_or("");
    route.matches(address) || route.matches(page)
}

/// What of these a step would touch as it is written.
pub(super) fn touched<'n>(step: &Step, never: &'n [Never]) -> Option<&'n Never> {
    never.iter().find(|never| match never {
        Never::Element(locator) => {
            let means = |target: &Target| target.alternatives().contains(locator);
            step.action.touches().into_iter().flatten().any(means)
        }
        Never::Url(route) => match &step.action {
            Action::Go(to) => to == route || to.is_literal() && leads_onto(to.as_str(), route),
            Action::Visit(url) | Action::NewTab(Some(url)) => {
                url.as_str().starts_with('/') && leads_onto(url.as_str(), route)
            }
            _ => false,
        },
    })
}
