//! Steps as YAML values.

use super::emit::Yaml;
use super::{Entries, Ids, add, add_if, some_texts};
use crate::journey::locator::{By, Locator, Target};
use crate::journey::model::{
    Action, Branch, Condition, DialogAnswer, Expectation, ScrollTo, Seen, Step, Think,
};
use crate::journey::never::Never;
use crate::journey::template::Template;

impl Ids {
    pub(super) fn step(&self, step: &Step) -> Yaml {
        let verb = step.action.verb();
        let mut entries = Entries::new();
        if self.has(&step.id) {
            add(&mut entries, "id", Yaml::text(&step.id.0));
        }
        let value = self.action(&step.action);
        let is_bare = value.is_none();
        add(&mut entries, verb, value.unwrap_or(Yaml::plain("")));
        add_if(&mut entries, "think", step.think.map(think));
        add_if(&mut entries, "needs", some_texts(step.needs.iter().map(|id| id.0.as_str())));
        add_if(&mut entries, "once", flag(step.once));
        add_if(&mut entries, "optional", flag(step.optional));
        add_if(&mut entries, "within", step.within.map(Yaml::plain));
        add_if(&mut entries, "seen", seen(step.seen));
        if is_bare && entries.len() == 1 { Yaml::text(verb) } else { Yaml::Map(entries).open() }
    }

    /// What stands after the verb; `None` where the verb says it all.
    fn action(&self, action: &Action) -> Option<Yaml> {
        Some(match action {
            Action::Back
            | Action::Forward
            | Action::Reload
            | Action::CloseTab
            | Action::NewTab(None) => return None,
            Action::Visit(to) | Action::NewTab(Some(to)) => template(to),
            Action::Go(route) => Yaml::text(route.as_str()),
            Action::Click(on)
            | Action::DoubleClick(on)
            | Action::RightClick(on)
            | Action::Hover(on)
            | Action::Clear(on)
            | Action::Check(on)
            | Action::Uncheck(on) => target(on),
            Action::Fill { target, with } => on_element(target, "with", template(with)),
            Action::Type { target: None, text } => template(text),
            Action::Type { target: Some(target), text } => {
                on_element(target, "with", template(text))
            }
            Action::Select { target, option } => on_element(target, "option", template(option)),
            Action::Upload { target, files } => {
                on_element(target, "files", Yaml::Seq(files.iter().map(template).collect()))
            }
            Action::Press { target: None, keys } => Yaml::text(keys),
            Action::Press { target: Some(target), keys } => {
                on_element(target, "key", Yaml::text(keys))
            }
            Action::Scroll(to) => scroll(to),
            Action::Drag { from, to } => {
                Yaml::Map(vec![("from".into(), target(from)), ("to".into(), target(to))])
            }
            Action::SwitchTab(number) | Action::Roam(number) => Yaml::plain(number),
            Action::Resize { width, height } => Yaml::Map(vec![
                ("width".into(), Yaml::plain(width)),
                ("height".into(), Yaml::plain(height)),
            ]),
            Action::Dialog(DialogAnswer::Accept(None)) => Yaml::text("accept"),
            Action::Dialog(DialogAnswer::Accept(Some(answer))) => {
                Yaml::Map(vec![("accept".into(), template(answer))])
            }
            Action::Dialog(DialogAnswer::Dismiss) => Yaml::text("dismiss"),
            Action::WaitFor(all) | Action::Expect(all) => expectation(all),
            Action::Use(journey) => Yaml::text(journey),
            Action::Choose(branches) => {
                Yaml::Seq(branches.iter().map(|branch| self.branch(branch)).collect()).open()
            }
            Action::Repeat { times: (least, most), steps } => {
                let times = if least == most {
                    Yaml::plain(least)
                } else {
                    Yaml::Seq(vec![Yaml::plain(least), Yaml::plain(most)])
                };
                Yaml::Map(vec![("times".into(), times), ("steps".into(), self.steps(steps))])
            }
            Action::AnyOrder(steps) => self.steps(steps),
        })
    }

    fn branch(&self, branch: &Branch) -> Yaml {
        let mut entries = Entries::new();
        add(&mut entries, "weight", Yaml::number(branch.weight));
        if !branch.steps.is_empty() {
            add(&mut entries, "steps", self.steps(&branch.steps));
        }
        Yaml::Map(entries)
    }
}

fn template(template: &Template) -> Yaml {
    Yaml::text(template.as_str())
}

fn flag(flag: bool) -> Option<Yaml> {
    flag.then(|| Yaml::plain(true))
}

fn think(think: Think) -> Yaml {
    match think {
        Think::Exactly(time) => Yaml::plain(time),
        Think::Spread { median, p90 } => Yaml::Map(vec![
            ("median".into(), Yaml::plain(median)),
            ("p90".into(), Yaml::plain(p90)),
        ]),
    }
}

fn seen(seen: Seen) -> Option<Yaml> {
    let Seen { skip, repeat, swap, back, reload } = seen;
    let mut entries = Entries::new();
    add_if(&mut entries, "skip", skip.map(Yaml::number));
    add_if(&mut entries, "repeat", repeat.map(Yaml::number));
    add_if(&mut entries, "swap", swap.map(Yaml::number));
    add_if(&mut entries, "back", back.map(Yaml::number));
    add_if(&mut entries, "reload", reload.map(Yaml::number));
    (!entries.is_empty()).then_some(Yaml::Map(entries))
}

fn scroll(to: &ScrollTo) -> Yaml {
    match to {
        ScrollTo::Top => Yaml::text("top"),
        ScrollTo::Bottom => Yaml::text("bottom"),
        ScrollTo::By(pixels) => Yaml::Map(vec![("by".into(), Yaml::plain(pixels))]),
        // A text alone would be taken for a mistyped `top`.
        ScrollTo::Element(on) => match on.alternatives() {
            [one] => Yaml::Map(locator_entries(one)),
            _ => target(on),
        },
    }
}

fn target(target: &Target) -> Yaml {
    match target.alternatives() {
        [one] => locator(one),
        several => Yaml::Seq(several.iter().map(locator).collect()),
    }
}

pub(super) fn never(never: &Never) -> Yaml {
    match never {
        Never::Element(element) => locator(element),
        Never::Url(route) => Yaml::Map(vec![("url".into(), Yaml::text(route.as_str()))]),
    }
}

fn locator(locator: &Locator) -> Yaml {
    match locator {
        Locator { by: By::Text(text), exact: false, nth: None } => Yaml::text(text),
        locator => Yaml::Map(locator_entries(locator)),
    }
}

fn locator_entries(locator: &Locator) -> Entries {
    let mut entries = Entries::new();
    add(&mut entries, locator.by.word(), Yaml::text(locator.by.text()));
    if let Some(name) = locator.by.name() {
        add(&mut entries, "name", Yaml::text(name));
    }
    add_if(&mut entries, "exact", flag(locator.exact));
    add_if(&mut entries, "nth", locator.nth.map(Yaml::plain));
    entries
}

/// An element and one thing more, in one map.
fn on_element(on: &Target, key: &str, value: Yaml) -> Yaml {
    let mut entries = match on.alternatives() {
        [one] => locator_entries(one),
        _ => vec![("target".into(), target(on))],
    };
    add(&mut entries, key, value);
    Yaml::Map(entries)
}

fn expectation(expectation: &Expectation) -> Yaml {
    let mut entries = Entries::new();
    if !together(&expectation.all, &mut entries) {
        let each = expectation.all.iter().map(|condition| {
            let (key, value) = self::condition(condition);
            Yaml::Map(vec![(key.to_owned(), value)])
        });
        entries = vec![("all".into(), Yaml::Seq(each.collect()))];
    }
    add_if(&mut entries, "within", expectation.within.map(Yaml::plain));
    Yaml::Map(entries)
}

/// Writes conditions as one map; whether their order and number allow it.
fn together(conditions: &[Condition], entries: &mut Entries) -> bool {
    let mut last = "";
    for condition in conditions {
        let (key, value) = self::condition(condition);
        if key != last {
            if entries.iter().any(|(other, _)| other == key) {
                return false;
            }
            add(entries, key, value);
        } else {
            let Some((_, before)) = entries.last_mut().filter(|_| is_texts(key)) else {
                return false;
            };
            if let Yaml::Seq(list) = before {
                list.push(value);
            } else {
                let first = std::mem::replace(before, Yaml::Seq(Vec::new()));
                *before = Yaml::Seq(vec![first, value]);
            }
        }
        last = key;
    }
    true
}

/// Whether a list after this key is several conditions, not alternatives of one.
fn is_texts(key: &str) -> bool {
    matches!(key, "url" | "title" | "text" | "no_text" | "js")
}

fn condition(condition: &Condition) -> (&'static str, Yaml) {
    match condition {
        Condition::Url(text) => ("url", template(text)),
        Condition::Title(text) => ("title", template(text)),
        Condition::Text(text) => ("text", template(text)),
        Condition::NoText(text) => ("no_text", template(text)),
        Condition::Visible(on) => ("visible", target(on)),
        Condition::Hidden(on) => ("hidden", target(on)),
        Condition::Value { target, is } => ("value", on_element(target, "is", template(is))),
        Condition::Count { target, is } => ("count", on_element(target, "is", Yaml::plain(is))),
        Condition::Js(js) => ("js", Yaml::text(js)),
    }
}
