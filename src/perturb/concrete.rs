//! A journey with its own open choices drawn: variables, people, branches, rounds, think times.
//! What comes out is a calm plan; what needs the world (secrets, pools) stays a template.

use std::collections::HashSet;

use indexmap::IndexMap;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;

use super::person::Person;
use super::stream::Seed;
use crate::journey::{
    Action, Branch, Condition, DialogAnswer, Expectation, Journey, Step, StepId, Template, Think,
    Variable,
};
use crate::time::Span;

/// People think at most this long before one step; a log-normal's tail has no end.
const LONGEST_THINK: Span = Span::secs(600);

/// Draws everything that a journey leaves open. The result has no `choose`, `repeat` or `use`,
/// no variables but those of pools and the environment, and exact think times.
#[must_use]
pub fn concrete(journey: &Journey, seed: Seed, walk: u32) -> Journey {
    let mut values = Values::draw(journey, seed, walk);
    let mut branches = seed.stream(&journey.name, walk, "branches");
    let mut thinks = seed.stream(&journey.name, walk, "think");
    let mut taken = HashSet::new();
    let mut steps = unroll(&journey.steps, &mut branches, &mut taken);
    for step in &mut steps {
        settle_step(step, &mut thinks, &mut values);
    }
    let kept: HashSet<StepId> = ids(&steps).cloned().collect();
    for_each_step(&mut steps, &mut |step| step.needs.retain(|id| kept.contains(id)));
    let mut plan = journey.clone();
    plan.steps = steps;
    plan.vars.retain(|_, variable| matches!(variable, Variable::Env { .. }));
    plan
}

/// The ids of steps and of the steps inside `any_order`, in order.
pub fn ids(steps: &[Step]) -> impl Iterator<Item = &StepId> {
    steps.iter().flat_map(|step| {
        let inner = match &step.action {
            Action::AnyOrder(inner) => inner.as_slice(),
            _ => &[],
        };
        std::iter::once(&step.id).chain(inner.iter().map(|s| &s.id))
    })
}

fn for_each_step(steps: &mut [Step], f: &mut impl FnMut(&mut Step)) {
    for step in steps {
        f(step);
        if let Action::AnyOrder(inner) = &mut step.action {
            for_each_step(inner, f);
        }
    }
}

/// The values of a walk's variables.
struct Values {
    drawn: IndexMap<String, String>,
    person: Person,
}

impl Values {
    fn draw(journey: &Journey, seed: Seed, walk: u32) -> Self {
        let mut drawn = IndexMap::new();
        for (name, variable) in &journey.vars {
            // A stream for each variable: adding one changes no other.
            let rng = &mut seed.stream(&journey.name, walk, &format!("var {name}"));
            let value = match variable {
                Variable::Weighted(choices) => weighted(choices, rng),
                Variable::OneOf(choices) => choices.choose(rng).cloned(),
                Variable::File(_) | Variable::Env { .. } => None,
            };
            if let Some(value) = value {
                drawn.insert(name.clone(), value);
            }
        }
        let person = Person::draw(&mut seed.stream(&journey.name, walk, "person"));
        Self { drawn, person }
    }

    fn fill(&self, template: &mut Template) {
        *template = template.fill(|name| match name.strip_prefix("person.") {
            Some(field) => self.person.field(field),
            None => self.drawn.get(name).cloned(),
        });
    }
}

fn weighted(choices: &IndexMap<String, f64>, rng: &mut ChaCha8Rng) -> Option<String> {
    let total: f64 = choices.values().sum();
    let mut at = rng.random::<f64>() * total;
    for (value, weight) in choices {
        at -= weight;
        if at < 0.0 {
            return Some(value.clone());
        }
    }
    choices.keys().last().cloned()
}

fn unroll(steps: &[Step], rng: &mut ChaCha8Rng, taken: &mut HashSet<StepId>) -> Vec<Step> {
    let mut out = Vec::new();
    for step in steps {
        match &step.action {
            Action::Choose(branches) => {
                out.extend(unroll(pick(branches, rng), rng, taken));
            }
            Action::Repeat { times: (low, high), steps } => {
                for _ in 0..rng.random_range(*low..=(*high).max(*low)) {
                    out.extend(unroll(steps, rng, taken));
                }
            }
            Action::AnyOrder(inner) => {
                let inner = unroll(inner, rng, taken);
                let action = Action::AnyOrder(inner);
                out.push(Step { id: unique(&step.id, taken), action, ..step.clone() });
            }
            _ => out.push(Step { id: unique(&step.id, taken), ..step.clone() }),
        }
    }
    out
}

fn pick<'a>(branches: &'a [Branch], rng: &mut ChaCha8Rng) -> &'a [Step] {
    let total: f64 = branches.iter().map(|b| b.weight).sum();
    let mut at = rng.random::<f64>() * total;
    for branch in branches {
        at -= branch.weight;
        if at < 0.0 {
            return &branch.steps;
        }
    }
    branches.last().map_or(&[], |b| &b.steps)
}

/// A second round of a `repeat` gets ids of its own: `add`, `add-2`, `add-3`.
fn unique(id: &StepId, taken: &mut HashSet<StepId>) -> StepId {
    let free = std::iter::once(id.clone())
        .chain((2u32..).map(|n| StepId(format!("{id}-{n}"))))
        .find(|candidate| !taken.contains(candidate))
        .expect("there are enough numbers");
    taken.insert(free.clone());
    free
}

fn settle_step(step: &mut Step, thinks: &mut ChaCha8Rng, values: &mut Values) {
    if let Some(Think::Spread { median, p90 }) = step.think {
        step.think = Some(Think::Exactly(think(median, p90, thinks)));
    }
    templates(&mut step.action, &mut |t| values.fill(t));
    if let Action::AnyOrder(inner) = &mut step.action {
        for step in inner {
            settle_step(step, thinks, values);
        }
    }
}

/// A log-normal's draw from its median and 90th percentile, which is 1.2816 sigmas above.
pub(super) fn think(median: Span, p90: Span, rng: &mut ChaCha8Rng) -> Span {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a think time fit")]
    let (median, p90) = (median.as_millis().max(1) as f64, p90.as_millis().max(1) as f64);
    let sigma = libm::log(p90.max(median) / median) / 1.281_551_565_545;
    let drawn = median * libm::exp(sigma * normal(rng));
    Span::millis(1).scaled(drawn).min(LONGEST_THINK)
}

/// A standard normal (Box and Muller 1958). With `libm`, which is the same on every platform;
/// the standard library's logarithm is the platform's.
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let (u, v) = (1.0 - rng.random::<f64>(), rng.random::<f64>());
    libm::sqrt(-2.0 * libm::log(u)) * libm::cos(std::f64::consts::TAU * v)
}

/// Calls `f` on every template of an action.
pub fn templates(action: &mut Action, f: &mut impl FnMut(&mut Template)) {
    match action {
        Action::Visit(t) | Action::NewTab(Some(t)) => f(t),
        Action::Fill { with, .. } => f(with),
        Action::Type { text, .. } => f(text),
        Action::Select { option, .. } => f(option),
        Action::Upload { files, .. } => files.iter_mut().for_each(&mut *f),
        Action::Dialog(DialogAnswer::Accept(Some(t))) => f(t),
        Action::WaitFor(e) | Action::Expect(e) => expectation_templates(e, f),
        _ => {}
    }
    targets(action, &mut |target| {
        use crate::journey::By;
        for locator in target.alternatives_mut() {
            let text = match &mut locator.by {
                By::Role { name: Some(name), .. } => name,
                By::Role { name: None, .. } => continue,
                By::Label(t)
                | By::Text(t)
                | By::Placeholder(t)
                | By::Alt(t)
                | By::Title(t)
                | By::TestId(t)
                | By::Css(t)
                | By::Xpath(t) => t,
            };
            let mut template = Template::new(std::mem::take(text));
            f(&mut template);
            template.as_str().clone_into(text);
        }
    });
}

fn expectation_templates(expectation: &mut Expectation, f: &mut impl FnMut(&mut Template)) {
    for condition in &mut expectation.all {
        match condition {
            Condition::Url(t)
            | Condition::Title(t)
            | Condition::Text(t)
            | Condition::NoText(t)
            | Condition::Value { is: t, .. } => f(t),
            Condition::Visible(_)
            | Condition::Hidden(_)
            | Condition::Count { .. }
            | Condition::Js(_) => {}
        }
    }
}

/// Calls `f` on every target of an action, its conditions' included.
pub fn targets(action: &mut Action, f: &mut impl FnMut(&mut crate::journey::Target)) {
    use crate::journey::ScrollTo;
    match action {
        Action::Click(t)
        | Action::DoubleClick(t)
        | Action::RightClick(t)
        | Action::Hover(t)
        | Action::Clear(t)
        | Action::Check(t)
        | Action::Uncheck(t)
        | Action::Fill { target: t, .. }
        | Action::Select { target: t, .. }
        | Action::Upload { target: t, .. }
        | Action::Type { target: Some(t), .. }
        | Action::Press { target: Some(t), .. }
        | Action::Scroll(ScrollTo::Element(t)) => f(t),
        Action::Drag { from, to } => {
            f(from);
            f(to);
        }
        Action::WaitFor(e) | Action::Expect(e) => {
            for condition in &mut e.all {
                match condition {
                    Condition::Visible(t)
                    | Condition::Hidden(t)
                    | Condition::Value { target: t, .. }
                    | Condition::Count { target: t, .. } => f(t),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}
