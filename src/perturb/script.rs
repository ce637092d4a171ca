//! A plan unrolled into moves: what the walker does, one after the other, with nothing left to
//! decide but how to adapt to the page.

use super::family::Family;
use super::{input, order, surroundings, timing};
use crate::journey::{Action, Journey, Operator, Perturbation, Placement, Step, StepId, Think};
use crate::time::Span;

/// One thing that the walker does.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// The step of the journey; for a deviation the one that it attaches to.
    pub step: StepId,
    /// Whether this move *is* the step, or something done around it.
    pub role: Role,
    /// The operator that put it here or changed it.
    pub by: Option<Operator>,
    /// What is done.
    pub deed: Deed,
    /// How long a person takes before it.
    pub think: Span,
    /// Whether people leave it out without a thought.
    pub optional: bool,
    /// Steps without which it makes no sense.
    pub needs: Vec<StepId>,
    /// The time limit, where the journey sets one.
    pub within: Option<Span>,
}

/// What a move is to the step that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The step itself.
    Step,
    /// A deviation before or after it.
    Around,
}

/// What a move does.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// An action of the language.
    Act {
        /// The action; never `use`, `choose`, `repeat` or `any_order`.
        action: Action,
        /// How a text gets into a field.
        manner: Manner,
        /// Whether the page may come to rest first.
        haste: Haste,
    },
    /// Nothing: a deviation leaves the step out.
    LeaveOut,
    /// Stands and waits.
    Wait(Span),
    /// Looks at another page of the application, by a link where there is one.
    LookAt(String),
    /// Comes back from there with the back button.
    ComeBack,
    /// Opens another tab, stays there, closes it.
    LeaveTab(Span),
    /// Leaves the application for a while.
    Leave(Span),
    /// Loses the application's cookies.
    ExpireSession,
    /// Loses or regains the network.
    Network(Network),
}

/// How a text gets into a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manner {
    /// As fast as the browser takes it.
    AtOnce,
    /// Key by key, with this pause between two keys.
    KeyByKey(Span),
    /// Something else first, which is then erased.
    ErasedFirst(String),
    /// From the clipboard.
    Pasted,
}

/// Whether the page may come to rest before a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Haste {
    /// As a person who looks before acting.
    Patient,
    /// As soon as the target can be hit.
    Hurried,
}

/// Whether there is a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// No request leaves the browser.
    Offline,
    /// As usual.
    Online,
}

/// Puts the steps that a `roam` came to in its place; deviations at it attach to its first or
/// last step, as they came before or after it.
pub fn settle(plan: &mut Journey, roam: &StepId, steps: &[Step]) {
    let Some(place) = plan.steps.iter().position(|step| step.id == *roam) else { return };
    for deviation in plan.perturbations.iter_mut().filter(|p| p.step == *roam) {
        let end = match deviation.operator.placement() {
            Placement::Before => steps.first(),
            _ => steps.last(),
        };
        if let Some(end) = end {
            deviation.step = end.id.clone();
        }
    }
    if steps.is_empty() {
        plan.perturbations.retain(|p| p.step != *roam);
    }
    plan.steps.splice(place..=place, steps.iter().cloned());
}

impl Deed {
    /// An action, done in the ordinary way.
    #[must_use]
    pub const fn act(action: Action) -> Self {
        Self::Act { action, manner: Manner::AtOnce, haste: Haste::Patient }
    }
}

impl Move {
    /// A step as the journey has it.
    #[must_use]
    pub fn of_step(step: &Step) -> Self {
        Self {
            step: step.id.clone(),
            role: Role::Step,
            by: None,
            deed: Deed::act(step.action.clone()),
            think: match step.think {
                Some(Think::Exactly(span)) => span,
                Some(Think::Spread { median, .. }) => median,
                None => Span::ZERO,
            },
            optional: step.optional,
            needs: step.needs.clone(),
            within: step.within,
        }
    }

    /// Notes which operator changed this. One that may change the outcome stays noted: what is
    /// typed out of order is no less out of order for being typed slowly.
    pub(super) fn changed_by(&mut self, operator: Operator) {
        if operator.is_preserving() && self.by.is_some_and(|by| !by.is_preserving()) {
            return;
        }
        self.by = Some(operator);
    }

    /// Something that a perturbation does around its step.
    pub(super) fn deviation(perturbation: &Perturbation, deed: Deed) -> Self {
        Self {
            step: perturbation.step.clone(),
            role: Role::Around,
            by: Some(perturbation.operator),
            deed,
            think: Span::ZERO,
            optional: true,
            needs: Vec::new(),
            within: None,
        }
    }

    /// Does not let the page come to rest first, and takes no time to think.
    pub(super) fn hurry(&mut self) {
        if let Deed::Act { haste, .. } = &mut self.deed {
            *haste = Haste::Hurried;
        }
        self.think = Span::ZERO;
    }
}

/// A plan on its way to becoming a script: each step with what happens around it.
pub(super) struct Draft<'a> {
    pub(super) slots: Vec<Slot>,
    plan: &'a Journey,
}

/// A step with what happens before and after it.
pub(super) struct Slot {
    id: StepId,
    /// The `any_order` that the step belongs to.
    frame: Option<StepId>,
    pub(super) before: Vec<Move>,
    pub(super) main: Vec<Move>,
    pub(super) after: Vec<Move>,
}

impl<'a> Draft<'a> {
    fn new(plan: &'a Journey) -> Self {
        let mut slots = Vec::new();
        for step in &plan.steps {
            match &step.action {
                Action::AnyOrder(inner) => {
                    slots.extend(inner.iter().map(|s| Slot::new(s, Some(step))));
                }
                _ => slots.push(Slot::new(step, None)),
            }
        }
        Self { slots, plan }
    }

    /// The window's inner size after a place, as the journey has it.
    pub(super) fn viewport_at(&self, place: usize) -> (u32, u32) {
        let resized = |m: &Move| match (m.role, &m.deed) {
            (Role::Step, Deed::Act { action: Action::Resize { width, height }, .. }) => {
                Some((*width, *height))
            }
            _ => None,
        };
        let steps = self.slots[..=place].iter().flat_map(|slot| &slot.main);
        let begun_with = || self.plan.plan.as_ref().map_or((1280, 800), |p| p.viewport);
        steps.rev().find_map(resized).unwrap_or_else(begun_with)
    }

    /// The next place after one at which somebody does something, and not only looks.
    pub(super) fn next_act(&self, place: usize) -> Option<usize> {
        let acts = |m: &Move| match &m.deed {
            Deed::Act { action, .. } => {
                !matches!(action, Action::Expect(_) | Action::WaitFor(_) | Action::Resize { .. })
            }
            _ => false,
        };
        (place + 1..self.slots.len()).find(|&next| self.slots[next].main.iter().any(acts))
    }

    /// Where a step stands now; the frame of an `any_order` stands where its first step does.
    pub(super) fn position(&self, id: &StepId) -> Option<usize> {
        self.slots
            .iter()
            .position(|slot| slot.id == *id)
            .or_else(|| self.slots.iter().position(|slot| slot.frame.as_ref() == Some(id)))
    }

    /// The address at which the journey begins.
    pub(super) fn start(&self) -> String {
        self.plan
            .steps
            .iter()
            .find_map(|s| match &s.action {
                Action::Visit(url) => Some(url.to_string()),
                _ => None,
            })
            .unwrap_or_else(|| "/".into())
    }

    /// Puts the steps of an `any_order` in the order given; those not named keep their places.
    pub(super) fn reorder(&mut self, frame: &StepId, order: &[StepId]) {
        let places: Vec<usize> = (0..self.slots.len())
            .filter(|&i| self.slots[i].frame.as_ref() == Some(frame))
            .filter(|&i| order.contains(&self.slots[i].id))
            .collect();
        for (&place, id) in places.iter().zip(order) {
            if let Some(now) = self.slots.iter().position(|slot| slot.id == *id) {
                self.slots.swap(place, now);
            }
            for m in &mut self.slots[place].main {
                m.changed_by(Operator::OtherOrder);
            }
        }
    }
}

impl Slot {
    /// A step inside an `any_order` needs what its frame needs.
    fn new(step: &Step, frame: Option<&Step>) -> Self {
        let mut main = Move::of_step(step);
        main.needs.extend(frame.into_iter().flat_map(|f| f.needs.iter().cloned()));
        Self {
            id: step.id.clone(),
            frame: frame.map(|f| f.id.clone()),
            before: Vec::new(),
            main: vec![main],
            after: Vec::new(),
        }
    }
}

/// Unrolls a plan. A perturbation whose step is not in the plan (a file edited by hand) changes
/// nothing; `check` warns of it.
#[must_use]
pub fn script(plan: &Journey) -> Vec<Move> {
    let mut draft = Draft::new(plan);
    for perturbation in &plan.perturbations {
        let Some(at) = draft.position(&perturbation.step) else { continue };
        apply(perturbation, &mut draft, at);
    }
    draft
        .slots
        .into_iter()
        .flat_map(|slot| slot.before.into_iter().chain(slot.main).chain(slot.after))
        .collect()
}

fn apply(perturbation: &Perturbation, draft: &mut Draft<'_>, at: usize) {
    match Family::of(perturbation.operator) {
        Family::Timing => timing::apply(perturbation, draft, at),
        Family::Input => input::apply(perturbation, draft, at),
        Family::Order => order::apply(perturbation, draft, at),
        Family::Surroundings => surroundings::apply(perturbation, draft, at),
    }
}
