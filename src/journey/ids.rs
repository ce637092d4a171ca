//! The ids of steps: deriving those that the file does not give, and walking all of them.

use std::collections::{HashMap, HashSet};

use super::locator::By;
use super::model::{Action, Condition, DialogAnswer, ScrollTo, Step, StepId};

/// Gives every step without an id one that is unique and says what the step does. Steps keep
/// the ids that they have; the same steps always get the same ids.
pub fn derive(steps: &mut [Step]) {
    let mut taken = HashSet::new();
    each(steps, &mut |step| {
        if !step.id.0.is_empty() {
            taken.insert(step.id.0.clone());
        }
    });
    // So that a thousand steps that do the same do not each try a thousand numbers.
    let mut next: HashMap<String, u32> = HashMap::new();
    each_mut(steps, &mut |step| {
        if step.id.0.is_empty() {
            let base = describe(&step.action);
            let number = next.entry(base.clone()).or_insert(1);
            let id = loop {
                let id = if *number == 1 { base.clone() } else { format!("{base}-{number}") };
                *number += 1;
                if taken.insert(id.clone()) {
                    break id;
                }
            };
            step.id = StepId(id);
        }
    });
}

/// Calls for every step in the order of the file, a block before the steps in it.
pub fn each<'s>(steps: &'s [Step], call: &mut impl FnMut(&'s Step)) {
    for step in steps {
        call(step);
        match &step.action {
            Action::AnyOrder(steps) | Action::Repeat { steps, .. } => each(steps, call),
            Action::Choose(branches) => {
                for branch in branches {
                    each(&branch.steps, call);
                }
            }
            _ => {}
        }
    }
}

/// How many steps these come to at most, with every round of every `repeat`.
pub fn most(steps: &[Step]) -> u64 {
    let of_step = |step: &Step| match &step.action {
        Action::AnyOrder(steps) => most(steps),
        Action::Repeat { times: (_, rounds), steps } => {
            u64::from(*rounds).saturating_mul(most(steps))
        }
        Action::Choose(branches) => branches.iter().map(|b| most(&b.steps)).max().unwrap_or(0),
        Action::Roam(moves) => u64::from(*moves),
        _ => 1,
    };
    steps.iter().map(of_step).fold(0, u64::saturating_add)
}

/// Calls for every step in the order of the file, a block before the steps in it.
pub fn each_mut(steps: &mut [Step], call: &mut impl FnMut(&mut Step)) {
    for step in steps {
        call(step);
        match &mut step.action {
            Action::AnyOrder(steps) | Action::Repeat { steps, .. } => each_mut(steps, call),
            Action::Choose(branches) => {
                for branch in branches {
                    each_mut(&mut branch.steps, call);
                }
            }
            _ => {}
        }
    }
}

/// What a step does, as an id: `click-add-to-cart`.
fn describe(action: &Action) -> String {
    let verb = action.verb().replace('_', "-");
    let slug = slug(&subject(action));
    if slug.is_empty() { verb } else { format!("{verb}-{slug}") }
}

/// What an action is about.
fn subject(action: &Action) -> String {
    match action {
        Action::Visit(to) => to.as_str().to_owned(),
        Action::Go(route) => route.as_str().to_owned(),
        Action::Click(target)
        | Action::DoubleClick(target)
        | Action::RightClick(target)
        | Action::Hover(target)
        | Action::Fill { target, .. }
        | Action::Type { target: Some(target), .. }
        | Action::Clear(target)
        | Action::Select { target, .. }
        | Action::Check(target)
        | Action::Uncheck(target)
        | Action::Upload { target, .. }
        | Action::Drag { from: target, .. }
        | Action::Scroll(ScrollTo::Element(target)) => by(&target.most_telling().by).to_owned(),
        Action::Type { target: None, text } => text.as_str().to_owned(),
        Action::Press { keys, .. } => keys.clone(),
        Action::Scroll(ScrollTo::Top) => "top".to_owned(),
        Action::Scroll(ScrollTo::Bottom) => "bottom".to_owned(),
        Action::NewTab(Some(url)) => url.as_str().to_owned(),
        Action::Dialog(DialogAnswer::Accept(_)) => "accept".to_owned(),
        Action::Dialog(DialogAnswer::Dismiss) => "dismiss".to_owned(),
        Action::WaitFor(expectation) | Action::Expect(expectation) => {
            expectation.all.first().map(condition).unwrap_or_default()
        }
        Action::Use(journey) => journey.clone(),
        _ => String::new(),
    }
}

fn condition(condition: &Condition) -> String {
    match condition {
        Condition::Url(text)
        | Condition::Title(text)
        | Condition::Text(text)
        | Condition::NoText(text) => text.as_str().to_owned(),
        Condition::Visible(target)
        | Condition::Hidden(target)
        | Condition::Value { target, .. }
        | Condition::Count { target, .. } => by(&target.most_telling().by).to_owned(),
        Condition::Js(_) => "js".to_owned(),
    }
}

fn by(by: &By) -> &str {
    by.name().unwrap_or(by.text())
}

/// The letters and digits of a text, joined by hyphens; short enough to be typed.
#[must_use]
pub fn slug(text: &str) -> String {
    const MOST: usize = 32;
    let mut slug = String::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if !slug.is_empty() && slug.len() + word.len() >= MOST {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.extend(word.chars().take(MOST).map(|c| c.to_ascii_lowercase()));
    }
    slug
}
