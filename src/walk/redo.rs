//! What people do who find undone what they had done, because the page was loaded anew, or they
//! came back to it, or were signed out: they open the dialog again, begin the draft again, sign in
//! again. Begun is with the nearest step that the page allows, and on from there. What follows is
//! no walk as the journey has it, so nothing is expected of it (`Standing::redone`); whatever breaks
//! by itself does.

use std::time::Duration;

use super::carry;
use super::retype::again;
use super::walker::{Flow, Walker};
use crate::browser::{Aim, Aimed, BrowserError, Settle};
use crate::journey::{Action, Operator, Step, StepId, ids};
use crate::perturb::script::Manner;
use crate::record::StepRecord;

/// How far back people go, in steps that need each other.
const BACK: usize = 3;
/// Who would have to do more than this again does not.
const AT_MOST: usize = 6;
/// How long a step is looked for that was possible before.
const GLANCE: Duration = Duration::from_millis(1500);

impl<'a> Walker<'a, '_> {
    /// Does again what a step needs that the page does not offer; gives whether anything was done.
    /// What was not done before is not done now, each step is done again once in a walk, and one
    /// that must have one effect only never.
    pub(super) async fn redo(
        &mut self,
        needs: &[StepId],
        next: &StepRecord,
    ) -> Result<(bool, Flow), BrowserError> {
        let (undone, flow) = self.undone(needs).await?;
        let mut did = false;
        if flow == Flow::Stop {
            return Ok((did, flow));
        }
        for step in undone {
            let action = self.lent.fill_action(&step.action);
            let limit = match &action {
                Action::WaitFor(awaited) => {
                    awaited.within.map_or(self.conduct.expect_limit, |span| span.duration())
                }
                _ => GLANCE,
            };
            let (aimed, flow) = self.look(carry::aim(&action), Settle::AtRest, limit).await?;
            if flow == Flow::Stop {
                return Ok((did, flow));
            }
            match aimed {
                Aimed::Found(found) => match self.hit(&action, &Manner::AtOnce, &found).await {
                    Err(BrowserError::Gone | BrowserError::NoOption { .. }) => break,
                    done => done?,
                },
                Aimed::Nothing => {
                    self.do_anywhere(&action).await?;
                }
                Aimed::Holds => continue,
                // A field that is gone may have been of a page before.
                Aimed::Missing(_) if is_entry(&action) => continue,
                Aimed::Missing(_) | Aimed::Fails(_) => break,
            }
            did = true;
            self.redone.insert(step.id.clone());
            self.standing.redone(&step.id, next.index);
            self.queue(again(next, &step.action)).await;
            // Friction with what was there already is the walker's own.
            self.act.by = Some(Operator::Repeat);
        }
        Ok((did, Flow::On))
    }

    /// The steps that are to be done again, in the journey's order; the first is possible here.
    async fn undone(&mut self, needs: &[StepId]) -> Result<(Vec<&'a Step>, Flow), BrowserError> {
        let mut all = Vec::new();
        ids::each(&self.plan.steps, &mut |step: &'a Step| all.push(step));
        let step_of = |id: &StepId| all.iter().copied().find(|step| step.id == *id);
        let to_do = |ids: &[StepId]| -> Vec<&'a Step> {
            let steps = ids.iter().filter_map(step_of);
            steps.filter(|step| can_be_done_again(&step.action)).collect()
        };
        let mut wanted: Vec<&Step> = Vec::new();
        let mut front = to_do(needs);
        for _ in 0..BACK {
            // What was entered on the way to a press was lost with the rest.
            let entered = front.iter().flat_map(|step| to_do(&step.needs));
            let entered: Vec<&Step> = entered.filter(|step| is_entry(&step.action)).collect();
            wanted.extend(front.into_iter().chain(entered));
            let steps: Vec<&Step> = all
                .iter()
                .copied()
                .filter(|step| wanted.iter().any(|wanted| wanted.id == step.id))
                .collect();
            let again = |step: &&Step| {
                let done = self.standing.has_done(&step.id) && !self.redone.contains(&step.id);
                done && !step.once
            };
            if steps.len() > AT_MOST || !steps.iter().all(again) {
                break;
            }
            let Some(first) = steps.iter().find(|step| !is_entry(&step.action)).or(steps.first())
            else {
                break;
            };
            let action = self.lent.fill_action(&first.action);
            let aim = match &action {
                Action::WaitFor(_) => Aim::Nothing,
                _ => carry::aim(&action),
            };
            let (aimed, flow) = self.look(aim, Settle::AtRest, GLANCE).await?;
            if flow == Flow::Stop || !matches!(aimed, Aimed::Missing(_)) {
                return Ok((steps, flow));
            }
            front = to_do(&first.needs);
            if front.iter().all(|need| wanted.iter().any(|wanted| wanted.id == need.id)) {
                break;
            }
        }
        Ok((Vec::new(), Flow::On))
    }
}

/// Whether it puts something into a field, which may be done as often as one likes.
const fn is_entry(action: &Action) -> bool {
    matches!(
        action,
        Action::Fill { .. }
            | Action::Clear(_)
            | Action::Select { .. }
            | Action::Check(_)
            | Action::Uncheck(_)
            | Action::Upload { .. }
    )
}

/// Whether it is done on the page that is there: addresses, tabs and windows lead elsewhere.
const fn can_be_done_again(action: &Action) -> bool {
    is_entry(action)
        || matches!(
            action,
            Action::Click(_)
                | Action::DoubleClick(_)
                | Action::RightClick(_)
                | Action::Hover(_)
                | Action::Type { .. }
                | Action::Press { .. }
                | Action::Drag { .. }
                | Action::WaitFor(_)
        )
}
