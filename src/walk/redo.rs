//! What people do who find undone what they had done, because the page was loaded anew, or they
//! came back to it, or were signed out: they open the dialog again, begin the draft again, sign in
//! again. Begun is with the nearest step that the page allows, and on from there. All of it was
//! done on this page, and nothing since led elsewhere: else they have lost their way, and not what
//! they did. What follows is no walk as the journey has it, so nothing is expected of it
//! (`Standing::redone`); whatever breaks by itself does.

use std::collections::BTreeMap;
use std::time::Duration;

use super::carry;
use super::retype::again;
use super::walker::{Flow, Walker};
use crate::browser::{Aim, Aimed, BrowserError, Settle};
use crate::journey::{Action, Operator, Step, StepId, ids};
use crate::perturb::script::Manner;
use crate::record::StepRecord;
use crate::route;

/// How far back people go, in steps that need each other.
const BACK: usize = 3;
/// Who would have to do more than this again does not; what is entered on the way is not counted.
const AT_MOST: usize = 6;
/// How often a step is done again in a walk, for the steps that need it.
const AGAIN: usize = 3;
/// How long a step is looked for that was possible before.
const GLANCE: Duration = Duration::from_millis(1500);

/// Where the steps were done, and where they led.
#[derive(Debug, Default)]
pub(super) struct Places {
    done: BTreeMap<StepId, Place>,
    /// The step whose effect is to be seen yet.
    last: Option<StepId>,
}

#[derive(Debug)]
struct Place {
    /// The path of the page on which it was done last.
    on: String,
    /// The path of the page that was there before anything else was done.
    led_to: String,
    times: usize,
}

impl Places {
    /// A step was done on a page.
    pub(super) fn did(&mut self, step: &StepId, url: &str) {
        let on = route::path(url);
        let times = 1 + self.done.get(step).map_or(0, |place| place.times);
        self.done.insert(step.clone(), Place { led_to: on.clone(), on, times });
        self.last = Some(step.clone());
    }

    /// Something was done that is no step.
    pub(super) fn did_something_else(&mut self) {
        self.last = None;
    }

    /// A page was seen.
    pub(super) fn came_to(&mut self, url: &str) {
        if let Some(place) = self.last.as_ref().and_then(|step| self.done.get_mut(step)) {
            place.led_to = route::path(url);
        }
    }

    fn may_be_done_again(&self, step: &Step, here: &str) -> bool {
        let place = self.done.get(&step.id);
        !step.once && place.is_some_and(|place| place.on == here && place.times <= AGAIN)
    }

    fn leaves_on(&self, step: &Step, here: &str) -> bool {
        match self.done.get(&step.id) {
            Some(place) => place.led_to == here,
            None => step.optional || is_entry(&step.action),
        }
    }
}

impl<'a> Walker<'a, '_> {
    /// Does again what a step needs that the page does not offer; gives whether anything was done.
    /// What was not done before is not done now, and what must have one effect only is never done
    /// again. Who is on the journey's path and has seen nothing break does not: that a step is
    /// missing there is told as it is.
    pub(super) async fn redo(
        &mut self,
        needs: &[StepId],
        next: &StepRecord,
    ) -> Result<(bool, Flow), BrowserError> {
        if self.standing.is_on_path() {
            return Ok((false, Flow::On));
        }
        let (undone, flow) = self.undone(needs, &next.step).await?;
        if flow == Flow::Stop {
            return Ok((false, flow));
        }
        let mut did = false;
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
            self.standing.redone(&step.id, next.index);
            let here = self.url.clone();
            self.queue(again(next, &step.action)).await;
            self.places.did(&step.id, &here);
            // Friction with what was there already is the walker's own.
            self.act.by = Some(Operator::Repeat);
        }
        Ok((did, Flow::On))
    }

    /// The steps that are to be done again for the one that is missing, in the journey's order.
    /// The first is possible here.
    async fn undone(
        &mut self,
        needs: &[StepId],
        missing: &StepId,
    ) -> Result<(Vec<&'a Step>, Flow), BrowserError> {
        let mut all = Vec::new();
        ids::each(&self.plan.steps, &mut |step: &'a Step| {
            if !is_no_act(&step.action) {
                all.push(step);
            }
        });
        all.truncate(all.iter().position(|step| step.id == *missing).unwrap_or(all.len()));
        let here = route::path(&self.url);
        let to_do = |ids: &[StepId]| -> Vec<&'a Step> {
            let steps = all.iter().copied().filter(|step| ids.contains(&step.id));
            steps.filter(|step| can_be_done_again(&step.action)).collect()
        };
        let mut wanted: Vec<StepId> = Vec::new();
        let mut front = to_do(needs);
        for _ in 0..BACK {
            // What was entered on the way to a press was lost with the rest.
            let entered = front.iter().flat_map(|step| to_do(&step.needs));
            let entered: Vec<&Step> = entered.filter(|step| is_entry(&step.action)).collect();
            wanted.extend(front.iter().chain(&entered).map(|step| step.id.clone()));
            let steps = to_do(&wanted);
            let presses = steps.iter().filter(|step| !is_entry(&step.action));
            let since = all.iter().skip_while(|step| !wanted.contains(&step.id));
            let mut since = since.filter(|step| !wanted.contains(&step.id));
            if presses.count() > AT_MOST
                || !steps.iter().all(|step| self.places.may_be_done_again(step, &here))
                || !since.all(|step| self.places.leaves_on(step, &here))
            {
                break;
            }
            let first = steps.iter().find(|step| !is_entry(&step.action)).or(steps.first());
            let Some(first) = first else { break };
            let action = self.lent.fill_action(&first.action);
            let aim = match &action {
                Action::WaitFor(_) => Aim::Nothing,
                _ => carry::aim(&action),
            };
            let (aimed, flow) = self.look(aim, Settle::AtRest, GLANCE).await?;
            if flow == Flow::Stop || !matches!(aimed, Aimed::Missing(_)) {
                // So was what had been entered since.
                let since = all.iter().filter(|step| {
                    is_entry(&step.action)
                        && self.places.may_be_done_again(step, &here)
                        && step.needs.iter().any(|need| wanted.contains(need))
                });
                wanted.extend(since.map(|step| step.id.clone()).collect::<Vec<_>>());
                return Ok((to_do(&wanted), flow));
            }
            front = steps.iter().flat_map(|step| to_do(&step.needs)).collect();
            front.retain(|need| !wanted.contains(&need.id));
            if front.is_empty() {
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

/// Whether it is made of steps, or looks only.
const fn is_no_act(action: &Action) -> bool {
    matches!(
        action,
        Action::AnyOrder(_) | Action::Repeat { .. } | Action::Choose(_) | Action::Expect(_)
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
