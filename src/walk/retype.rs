//! What people do who cannot go on because a form has lost what they had typed, refuses it, or holds
//! something odd: they type it again, as they would have ordinarily, and press again what they had
//! pressed. That it was
//! lost is for the oracles to say; the walk gets further, and so to what else may be wrong.

use std::time::Duration;

use super::carry;
use super::walker::{Flow, Walker};
use crate::browser::{Aimed, BrowserError, Found, Settle};
use crate::journey::{Action, Step, StepId, Target, ids};
use crate::perturb::script::Manner;
use crate::perturb::words;
use crate::record::{Outcome, StepRecord};
use crate::route;

/// How long a field is looked for that was there before.
const GLANCE: Duration = Duration::from_millis(300);

/// What was done on one page of the application, as far as it would have to be done again.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// The page's path.
    page: String,
    /// What was typed, once for each field.
    typed: Vec<Typed>,
    /// What was pressed last.
    pressed: Option<Action>,
}

/// What was typed into one field.
#[derive(Debug)]
struct Typed {
    /// How the journey has it.
    ordinarily: Action,
    /// What a deviation made of it, if one did.
    oddly: Option<Action>,
}

impl Typed {
    fn is_into(&self, field: &Target) -> bool {
        matches!(&self.ordinarily, Action::Fill { target, .. } if target == field)
    }
}

impl<'a> Walker<'a, '_> {
    /// An action was carried out on the page that the last look has seen.
    pub(super) fn remember(&mut self, step: &StepId, action: &Action) {
        self.acted_on.clone_from(&self.url);
        let page = route::path(&self.url);
        if self.form.page != page {
            // What is pressed elsewhere says nothing of a form that is come back to.
            if !matches!(action, Action::Fill { .. }) {
                return;
            }
            self.form = Form { page, ..Form::default() };
        }
        match action {
            Action::Fill { target, .. } => {
                let ordinary = self.ordinary(step).filter(|a| matches!(a, Action::Fill { .. }));
                let ordinarily = ordinary.unwrap_or(action).clone();
                let oddly = (ordinarily != *action).then(|| action.clone());
                self.form.typed.retain(|typed| !typed.is_into(target));
                self.form.typed.push(Typed { ordinarily, oddly });
            }
            Action::Click(_) | Action::DoubleClick(_) | Action::Press { .. } => {
                self.form.pressed = Some(action.clone());
            }
            _ => {}
        }
    }

    /// What the journey has at a step, whatever a deviation made of it.
    fn ordinary(&self, step: &StepId) -> Option<&'a Action> {
        let mut ordinary = None;
        ids::each(&self.plan.steps, &mut |s: &'a Step| {
            if s.id == *step {
                ordinary = Some(&s.action);
            }
        });
        ordinary
    }

    /// Types again what the page has lost, refuses or holds oddly, and presses again what was pressed, once.
    /// Gives whether there was something to do. Who is on the journey's path and has seen nothing
    /// break does not: that a step is missing there is told as it is.
    pub(super) async fn retype(&mut self, next: &StepRecord) -> Result<(bool, Flow), BrowserError> {
        if self.form.page != route::path(&self.url) || self.standing.is_on_path() {
            return Ok((false, Flow::On));
        }
        let form = std::mem::take(&mut self.form);
        let mut lost = false;
        for Typed { ordinarily, oddly } in &form.typed {
            let action = self.lent.fill_action(ordinarily);
            let (aimed, flow) = self.look(carry::aim(&action), Settle::AtRest, GLANCE).await?;
            if flow == Flow::Stop {
                return Ok((lost, flow));
            }
            let Aimed::Found(found) = aimed else { continue };
            let held = match self.page.held().await {
                Err(BrowserError::Gone) => continue,
                held => held?,
            };
            let is_ordinary =
                matches!(&action, Action::Fill { with, .. } if *with.as_str() == held.content);
            let is_lost = held.content.trim().is_empty();
            if is_ordinary || !(is_lost || held.refused || oddly.is_some()) {
                continue;
            }
            lost = true;
            self.once_more(&action, &found, again(next, ordinarily)).await?;
        }
        let Some(pressed) = form.pressed.filter(|_| lost) else { return Ok((lost, Flow::On)) };
        let action = self.lent.fill_action(&pressed);
        let (aimed, flow) = self.look(carry::aim(&action), Settle::AtRest, GLANCE).await?;
        match (aimed, flow) {
            (Aimed::Found(found), Flow::On) => {
                self.once_more(&action, &found, again(next, &pressed)).await?;
            }
            (Aimed::Nothing, Flow::On) => {
                self.do_anywhere(&action).await?;
                self.queue(again(next, &pressed)).await;
            }
            (_, flow) => return Ok((true, flow)),
        }
        Ok((true, Flow::On))
    }

    /// Acts on what was found, and tells it, unless it went away meanwhile.
    async fn once_more(
        &mut self,
        action: &Action,
        found: &Found,
        record: StepRecord,
    ) -> Result<(), BrowserError> {
        match carry::do_at(self.page, action, &Manner::AtOnce, found, self.pace).await {
            Err(BrowserError::Gone) => Ok(()),
            done => {
                done?;
                self.queue(record).await;
                Ok(())
            }
        }
    }
}

/// What is told of something that was done once more, on the way to the next step.
pub(super) fn again(next: &StepRecord, action: &Action) -> StepRecord {
    StepRecord {
        did: format!("{}, once more", words::action(action)),
        verb: action.verb().to_owned(),
        by: None,
        outcome: Outcome::Done,
        ..next.clone()
    }
}
