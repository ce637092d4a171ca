//! Carrying out `roam`: look at what the page offers, take something, and remember it as a step,
//! so that the walk can be walked again exactly.

use rand::rngs::ChaCha8Rng;

use super::roam::{self, Fancy, Past};
use super::walker::{Flow, Walker};
use crate::browser::{Aim, BrowserError, Settle};
use crate::journey::{Action, Step, StepId, Think};
use crate::perturb::script::{Haste, Manner};
use crate::perturb::{Move, Person, Seed};
use crate::route;
use crate::time::Span;

/// How long somebody looks around before the next move.
const LOOK_AROUND: Span = Span::millis(1500);

/// The steps that a `roam` came to.
#[derive(Debug, Clone)]
pub struct Roamed {
    /// The `roam`.
    pub step: StepId,
    /// What was done in its place.
    pub steps: Vec<Step>,
}

impl Walker<'_, '_> {
    /// So many moves among what the page offers.
    pub(super) async fn roam(
        &mut self,
        index: u32,
        m: &Move,
        moves: u32,
    ) -> Result<Flow, BrowserError> {
        let header = self.plan.plan.as_ref();
        let (seed, walk) = header.map_or((Seed(0), 0), |plan| (Seed(plan.seed), plan.walk));
        let stream = |purpose: &str| seed.stream(&self.plan.name, walk, purpose);
        let person = Person::draw(&mut stream("person"));
        let mut rng = stream(&format!("roam {}", m.step));
        let mut past = Past::default();
        let shift = self.shift;
        let place = self.walked.roamed.len();
        self.walked.roamed.push(Roamed { step: m.step.clone(), steps: Vec::new() });
        for number in 1..=moves {
            let limit = self.conduct.step_limit;
            if self.look(Aim::Nothing, Settle::AtRest, limit).await?.1 == Flow::Stop {
                return Ok(Flow::Stop);
            }
            let Some(action) = self.fancy(&mut past, &person, &mut rng).await? else {
                let record = self.record(index, m, std::time::Duration::ZERO);
                return Ok(self.leave_out(record, "the page offers nothing".into()));
            };
            let step = Step {
                optional: true,
                think: Some(Think::Exactly(LOOK_AROUND)),
                ..Step::new(format!("{}-{number}", m.step), action)
            };
            self.walked.roamed[place].steps.push(step.clone());
            let made = Move::of_step(&step);
            let think = self.pace.think(made.think);
            self.page.pause(think).await;
            let record = self.record(index + number - 1, &made, think);
            self.shift = shift + number - 1;
            let flow =
                self.act(record, &made, &step.action, &Manner::AtOnce, Haste::Patient).await?;
            if flow == Flow::Stop {
                return Ok(Flow::Stop);
            }
        }
        self.standing.done(&m.step, index);
        Ok(Flow::On)
    }

    /// What the person has a mind to do now.
    async fn fancy(
        &mut self,
        past: &mut Past,
        person: &Person,
        rng: &mut ChaCha8Rng,
    ) -> Result<Option<Action>, BrowserError> {
        // What went away between two questions is tried once more.
        for _ in 0..3 {
            let offers = self.page.offers().await?;
            let path = route::path(&self.url);
            match past.choose(&path, &offers, &self.plan.detours, rng) {
                None => return Ok(None),
                Some(Fancy::Back) => return Ok(Some(Action::Back)),
                Some(Fancy::Reload) => return Ok(Some(Action::Reload)),
                Some(Fancy::Offer(place)) => {
                    if let Some(target) = self.page.offer_target(place).await? {
                        return Ok(Some(roam::action(&offers[place], target, person, rng)));
                    }
                }
            }
        }
        Ok(None)
    }
}
