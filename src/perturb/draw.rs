//! Draws the deviations of a walk: where each operator applies, how probable it is there, and
//! what it looks like this time.

use std::collections::HashSet;

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use super::concrete::concrete;
use super::deal::{dealt, stays_on_path};
use super::family::Family;
use super::profile::Profile;
use super::stream::Seed;
use super::{input, order, surroundings, timing};
use crate::browser_kind::BrowserKind;
use crate::journey::{
    Action, Journey, Operator, Perturbation, PerturbationDetail, PlanHeader, Step, StepId,
};

/// What a sweep's plans have in common.
#[derive(Debug, Clone)]
pub struct Terms<'a> {
    /// The seed of every choice.
    pub seed: Seed,
    /// How often people deviate.
    pub profile: &'a Profile,
    /// How long people think: `real`, `fast`, or a factor.
    pub pace: String,
    /// Where the application is.
    pub base_url: String,
    /// The window's inner size in CSS pixels.
    pub viewport: (u32, u32),
    /// The journeys that a `detours` entry may name.
    pub journeys: &'a [Journey],
}

/// The plan of a calm walk: everything drawn, nothing deviates.
#[must_use]
pub fn calm(journey: &Journey, walk: u32, terms: &Terms<'_>) -> Journey {
    let mut plan = concrete(journey, terms.seed, walk);
    plan.plan = Some(header(walk, "none", terms));
    plan
}

/// The plan of a perturbed walk.
///
/// Each operator happens at each step where it applies with its rate there. Every third walk is
/// faithful: only preserving operators happen, so that its outcome can be judged to the end.
///
/// Beside these, every walk has one deviation that is its own, of the preserving ones on a
/// faithful walk and of the altering ones on the others: the pairs of operator and step are put
/// in a random order once for each journey, and walks take them in turn, so that no walk is
/// wasted on a straight path and a sweep tries each pair before it tries one twice. What would
/// lead the walk astray before its own altering deviation does not happen, or it would never get
/// there; what leaves it on its path (a swap, a second click, odd input, what preserves the
/// outcome) does, and some of these are given to such a walk, in turns, too. Whose input is odd in
/// one field is odd in the texts beside it.
#[must_use]
pub fn perturbed(journey: &Journey, walk: u32, terms: &Terms<'_>) -> Journey {
    let mut plan = concrete(journey, terms.seed, walk);
    let flat = flat(&plan.steps);
    let faithful = walk % 3 == 1;
    let mut sites = sites(&plan, &flat, terms);
    if faithful {
        sites.retain(|site| site.operator.is_preserving());
    }
    let (own, companions) = dealt(&sites, &flat, journey, walk, terms.seed);
    let own_site = own.map(|own| &sites[own]);
    let mut drawn = Vec::new();
    for (place, site) in sites.iter().enumerate() {
        let rng = &mut site.stream(journey, walk, terms.seed);
        // One number for whether and the rest for what: the draw is the same for all reasons.
        let by_chance =
            rng.random::<f64>() < site.rate && !own_site.is_some_and(|own| site.keeps_from(own));
        let is_beside = |other: usize| site.is_beside(&sites[other], &flat);
        let claim = match place {
            _ if own == Some(place) => Claim::Own,
            _ if companions.contains(&place) => Claim::Companion,
            _ if own.into_iter().chain(companions.iter().copied()).any(is_beside) => Claim::Beside,
            _ if by_chance => Claim::Chance,
            _ => continue,
        };
        if let Some(detail) = site.draw(&plan, &flat, terms, rng)
            && (claim != Claim::Beside || by_chance || input::is_odd_text(&detail))
        {
            let step = flat[site.at].id.clone();
            drawn.push((claim, Perturbation { operator: site.operator, step, detail }));
        }
    }
    plan.perturbations = compatible(drawn, &flat);
    plan.plan = Some(header(walk, terms.profile.name(), terms));
    plan
}

/// The natural logarithm of how probable a plan's deviations are under the profile, beside the
/// probability of none at all: 0 for a calm plan, the lower the stranger the walk.
#[must_use]
pub fn likelihood(plan: &Journey, profile: &Profile) -> f64 {
    let flat = flat(&plan.steps);
    plan.perturbations
        .iter()
        .filter_map(|p| {
            let step = flat.iter().find(|s| s.id == p.step)?;
            let rate = profile.rate_at(p.operator, &step.seen)?.value.min(0.999);
            Some((rate / (1.0 - rate)).ln().min(0.0))
        })
        .sum()
}

fn header(walk: u32, profile: &str, terms: &Terms<'_>) -> PlanHeader {
    PlanHeader {
        seed: terms.seed.0,
        walk,
        profile: profile.to_owned(),
        pace: terms.pace.clone(),
        base_url: terms.base_url.clone(),
        viewport: terms.viewport,
        // The same plan is walked in every browser: whoever walks it says in which.
        browser: BrowserKind::default(),
    }
}

/// The steps in the order of the file, those inside an `any_order` after their frame.
pub fn flat(steps: &[Step]) -> Vec<Step> {
    let mut out = Vec::new();
    for step in steps {
        out.push(step.clone());
        if let Action::AnyOrder(inner) = &step.action {
            out.extend(flat(inner));
        }
    }
    out
}

/// Why a deviation happens: the stronger claim comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Claim {
    Own,
    Companion,
    /// Odd input beside one of these, in the same form.
    Beside,
    Chance,
}

/// An operator at a step where it applies.
pub(super) struct Site {
    pub(super) operator: Operator,
    /// The place of its step in the flat order.
    pub(super) at: usize,
    pub(super) rate: f64,
    pub(super) name: String,
}

impl Site {
    fn stream(&self, journey: &Journey, walk: u32, seed: Seed) -> ChaCha8Rng {
        seed.stream(&journey.name, walk, &self.name)
    }

    /// Whether it may lead a walk astray before the walk's own altering deviation.
    fn keeps_from(&self, own: &Site) -> bool {
        !own.operator.is_preserving() && !stays_on_path(self.operator) && self.at <= own.at
    }

    /// Whether both are odd input into one form: nothing but input is between them.
    fn is_beside(&self, own: &Site, flat: &[Step]) -> bool {
        let (first, last) = (self.at.min(own.at), self.at.max(own.at));
        [self, own].iter().all(|site| site.operator == Operator::OddInput)
            && flat[first..=last].iter().all(|step| is_input(&step.action))
    }

    fn draw(
        &self,
        plan: &Journey,
        flat: &[Step],
        terms: &Terms<'_>,
        rng: &mut ChaCha8Rng,
    ) -> Option<PerturbationDetail> {
        draw(self.operator, &Place { plan, flat, at: self.at, terms }, rng)
    }
}

/// Where an operator might act: what its family's `draw` decides upon.
pub(super) struct Place<'a> {
    pub(super) plan: &'a Journey,
    pub(super) flat: &'a [Step],
    pub(super) at: usize,
    pub(super) terms: &'a Terms<'a>,
}

impl Place<'_> {
    pub(super) fn step(&self) -> &Step {
        &self.flat[self.at]
    }

    /// Whether the step is one inside an `any_order`.
    pub(super) fn is_inner(&self) -> bool {
        !self.plan.steps.iter().any(|s| s.id == self.step().id)
    }

    /// Whether something was typed or chosen that no later step up to here has sent.
    pub(super) fn has_unsent_input(&self) -> bool {
        self.flat[..=self.at]
            .iter()
            .rev()
            .take_while(|s| !may_send(&s.action))
            .any(|s| is_input(&s.action))
    }

    /// How many steps up to here may have moved to another page.
    pub(super) fn pages_so_far(&self) -> usize {
        self.flat[..=self.at]
            .iter()
            .filter(|s| may_send(&s.action) || matches!(s.action, Action::Visit(_)))
            .count()
    }
}

pub(super) fn may_send(action: &Action) -> bool {
    matches!(
        action,
        Action::Click(_) | Action::DoubleClick(_) | Action::Press { .. } | Action::Go(_)
    )
}

fn is_input(action: &Action) -> bool {
    matches!(
        action,
        Action::Fill { .. }
            | Action::Type { .. }
            | Action::Select { .. }
            | Action::Check(_)
            | Action::Uncheck(_)
            | Action::Upload { .. }
            | Action::Clear(_)
    )
}

/// The detail of an operator at a place, or `None` where it does not apply. Whether it applies
/// never depends on the randomness.
fn draw(operator: Operator, place: &Place<'_>, rng: &mut ChaCha8Rng) -> Option<PerturbationDetail> {
    match Family::of(operator) {
        Family::Timing => timing::draw(operator, place, rng),
        Family::Input => input::draw(operator, place, rng),
        Family::Order => order::draw(operator, place, rng),
        Family::Surroundings => surroundings::draw(operator, place, rng),
    }
}

fn sites(plan: &Journey, flat: &[Step], terms: &Terms<'_>) -> Vec<Site> {
    let mut sites = Vec::new();
    for (at, step) in flat.iter().enumerate() {
        for &operator in Operator::ALL {
            let Some(rate) = terms.profile.rate_at(operator, &step.seen) else { continue };
            let name = format!("{} {}", operator.word(), step.id);
            let site = Site { operator, at, rate: rate.value, name };
            let mut probe = terms.seed.stream(&plan.name, 0, &site.name);
            if site.draw(plan, flat, terms, &mut probe).is_some() {
                sites.push(site);
            }
        }
    }
    sites
}

/// Takes out what cannot happen together: one way of typing for a step, nothing at a step that
/// is left out, nothing before a deep link's page, one operator of order for a step. The walk's
/// own deviation comes first and stays, then its companion; then a deep link, which is nearly
/// never compatible.
fn compatible(mut drawn: Vec<(Claim, Perturbation)>, flat: &[Step]) -> Vec<Perturbation> {
    drawn.sort_by_key(|(claim, p)| (*claim, p.operator != Operator::DeepLink));
    let at = |id: &StepId| flat.iter().position(|s| s.id == *id).unwrap_or(usize::MAX);
    let mut kept: Vec<Perturbation> = Vec::new();
    for (_, candidate) in drawn {
        if kept.iter().all(|other| agree(other, &candidate, &at)) {
            kept.push(candidate);
        }
    }
    let rank = |o: Operator| Operator::ALL.iter().position(|&x| x == o).unwrap_or(usize::MAX);
    kept.sort_by_key(|p| (at(&p.step), rank(p.operator)));
    kept
}

fn agree(a: &Perturbation, b: &Perturbation, at: &impl Fn(&StepId) -> usize) -> bool {
    use Operator as O;
    let touches = |p: &Perturbation| {
        let mut steps: HashSet<StepId> = HashSet::from([p.step.clone()]);
        steps.extend(p.detail.other.clone());
        steps
    };
    let reorders = |p: &Perturbation| {
        matches!(p.operator, O::Skip | O::Swap | O::Repeat | O::DeepLink | O::OtherOrder)
    };
    let types = |p: &Perturbation| {
        matches!(p.operator, O::Typing | O::EraseRetype | O::Paste | O::OddInput)
    };
    let same_step = a.step == b.step;
    let both = |f: &dyn Fn(&Perturbation) -> bool| f(a) && f(b);
    let twice = |p: &Perturbation| matches!(p.operator, O::DoubleClick | O::Repeat);
    let links = |p: &Perturbation| p.operator == O::DeepLink;
    let clash = (same_step && (both(&types) || both(&twice)))
        || (both(&reorders) && !touches(a).is_disjoint(&touches(b)))
        || both(&links);
    // Nothing happens at a step that is left out, or before the page where the walk begins.
    let void = |out: &Perturbation, p: &Perturbation| match out.operator {
        O::Skip => touches(p).contains(&out.step),
        O::DeepLink => at(&p.step) < at(&out.step),
        _ => false,
    };
    !clash && !void(a, b) && !void(b, a)
}
