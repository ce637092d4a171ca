//! What a replay does where the page has changed since its walk: it takes the nearest element, or
//! goes on at a later step that the page allows, and tells where and why. A sweep never does.

use std::time::Duration;

use super::adapt::{self, Miss};
use super::likeness::{self, Nearest};
use super::walker::{Flow, Walker};
use crate::browser::{Aim, Aimed, NotFound, Readiness, Settle, Why};
use crate::journey::{Action, Target};
use crate::perturb::Move;
use crate::perturb::script::{Deed, Role};
use crate::record::Happening;

/// What is done where the page is not as the plan has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changes {
    /// It is a failure, or the walk has left its path.
    Strict,
    /// The walk finds its place again.
    Resynchronise,
}

/// How many moves after the one that is missed are tried.
const AHEAD: usize = 8;
/// How long each of them is looked for: the page has come to rest already.
const GLANCE: Duration = Duration::from_millis(300);

impl Walker<'_, '_> {
    /// The moves after the one at `place`, where it is ever asked for them.
    pub(super) fn see_ahead(&mut self, moves: &[Move], place: usize) {
        if self.conduct.changes == Changes::Resynchronise {
            let after = moves.iter().skip(place + 1).filter(|m| m.role == Role::Step);
            self.ahead = after.take(AHEAD).cloned().collect();
        }
    }

    /// What is most like the target of an action that is not on the page, ready to be used.
    pub(super) async fn nearest(
        &mut self,
        m: &Move,
        action: &Action,
        missing: &NotFound,
    ) -> Option<Aimed> {
        let may = self.conduct.changes == Changes::Resynchronise
            && m.role == Role::Step
            && matches!(missing.why, Why::Absent);
        let wanted = likeness::target(action).filter(|_| may)?;
        let Aim::Element { readiness, .. } = super::carry::aim(action) else { return None };
        let offered = self.page.offer_targets(readiness).await.ok()?;
        let Nearest { place, likeness } = likeness::nearest(wanted, &offered)?;
        let near = offered.get(place)?.as_ref()?;
        let found = self.find(near, readiness).await?;
        let text =
            format!("step `{}`: no {wanted}; the nearest is {near} ({likeness:.2}), taken", m.step);
        self.tell_of_change(m, text).await;
        Some(found)
    }

    /// Whether the page is further than the plan: a later step can be done here and now. The step
    /// that is missed is then left out.
    pub(super) async fn is_further(&mut self, m: &Move, missing: &NotFound) -> bool {
        let is_wrong = matches!(adapt::miss(m, &self.standing), Miss::Wrong(_));
        if !is_wrong || !matches!(missing.why, Why::Absent) {
            return false;
        }
        for later in std::mem::take(&mut self.ahead) {
            let Deed::Act { action, .. } = &later.deed else { continue };
            let action = self.lent.fill_action(action);
            let Some(target) = likeness::target(&action) else { continue };
            let Aim::Element { readiness, .. } = super::carry::aim(&action) else { continue };
            if self.find(target, readiness).await.is_some() {
                let text = format!(
                    "step `{}`: {}; step `{}` can be done already, so the walk goes on there",
                    m.step, missing.why, later.step
                );
                self.tell_of_change(m, text).await;
                return true;
            }
        }
        false
    }

    async fn find(&mut self, target: &Target, readiness: Readiness) -> Option<Aimed> {
        let aim = Aim::Element { target, readiness };
        match self.look(aim, Settle::AtRest, GLANCE).await.ok()? {
            (found @ Aimed::Found(_), Flow::On) => Some(found),
            _ => None,
        }
    }

    async fn tell_of_change(&mut self, m: &Move, text: String) {
        let (walk, step) = (self.id.clone(), m.step.clone());
        self.tell(Happening::Resynchronised { walk, step, text }).await;
    }
}
