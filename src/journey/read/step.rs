//! Steps: which verb a step has, and what is said beside it.

use super::fields::Fields;
use super::{Mark, Reader, meant};
use crate::diagnostic::{listed, plural, shown};
use crate::journey::model::{Action, Seen, Step, StepId, Think};
use crate::journey::node::{Entry, Node};
use crate::journey::vocabulary as words;

/// What a step's map may hold.
const STEP: &[&[words::Key]] = &[words::VERBS, words::MODIFIERS];

impl Reader<'_> {
    /// A list of steps, not empty.
    pub(super) fn steps(&mut self, node: &Node) -> Vec<Step> {
        self.list(node, "steps").iter().map(|node| self.step(node)).collect()
    }

    /// One step. Where it has a mistake a stand-in is returned, so that the other steps are
    /// still judged in their order.
    pub(super) fn step(&mut self, node: &Node) -> Step {
        let mark = self.marks.len();
        self.marks.push(Mark { span: first_line(node), id: None });
        // Nobody reads more, and a search for the nearest word takes its time.
        if self.diagnostics.is_full() {
            return Step::new("", Action::Back);
        }
        let step = match node.text() {
            Some(word) => self.bare(word, node).map(|action| Step::new("", action)),
            None => self.step_of_map(node, mark),
        };
        step.unwrap_or_else(|| {
            self.broken = true;
            Step::new("", Action::Back)
        })
    }

    /// A verb that needs nothing: `- back`.
    fn bare(&mut self, word: &str, node: &Node) -> Option<Action> {
        if let Some(action) = bare(word) {
            return Some(action);
        }
        let mistake = match words::find(&[words::VERBS], word) {
            Some(verb) => self
                .error(node.span.clone(), format!("`{word}` needs to be told more"))
                .help(format!("write `{}: …`", verb.name)),
            None => {
                // `- click Save`, where the colon was forgotten
                let (first, rest) = word.split_once(' ').unwrap_or((word, ""));
                let help = match words::find(&[words::VERBS], first) {
                    Some(_) => Some(format!("write {first}: {}", shown(rest))),
                    None => elsewhere(word).or_else(|| meant(word, words::names(&[words::VERBS]))),
                };
                self.error(node.span.clone(), format!("there is no verb `{}`", shown(word)))
                    .help_if(help.or_else(all_verbs))
            }
        };
        self.push(mistake);
        None
    }

    fn step_of_map(&mut self, node: &Node, mark: usize) -> Option<Step> {
        let Some(entries) = node.map() else {
            let help = "for example `click: Save`, or `back` alone";
            self.expected("a step", node, Some(help));
            return None;
        };
        let known = self.known_step_keys(entries);
        let verbs: Vec<&Entry> = entries
            .iter()
            .filter(|entry| words::find(&[words::VERBS], &entry.key).is_some())
            .collect();
        let action = match verbs.as_slice() {
            [verb] => self.action(verb),
            [] => {
                if known {
                    let start = entries.first().map_or(node.span.clone(), |e| e.key_span.clone());
                    let mistake = self.error(start, "a step without a verb");
                    self.push(mistake.help_if(all_verbs()));
                }
                None
            }
            [first, second, ..] => {
                let names = listed(verbs.iter().map(|verb| &*verb.key), "and");
                let message = format!("one step has {}: {names}", plural(verbs.len(), "verb"));
                let mistake = self
                    .error(second.key_span.clone(), message)
                    .related(first.key_span.clone(), "the step's verb")
                    .help("make each a step of its own, with a `-` before it");
                self.push(mistake);
                None
            }
        };
        let step = self.modifiers(entries, action.clone().unwrap_or(Action::Back), mark);
        action.map(|_| step)
    }

    /// Reports the keys that no step has; whether there is none.
    fn known_step_keys(&mut self, entries: &[Entry]) -> bool {
        let mut known = true;
        for entry in entries.iter().filter(|entry| words::find(STEP, &entry.key).is_none()) {
            known = false;
            let help = match words::find(&[words::WAYS, words::NARROWING, words::FILL], &entry.key)
            {
                Some(_) => Some("it belongs inside the verb: click: { … }".to_owned()),
                None => elsewhere(&entry.key).or_else(|| meant(&entry.key, words::names(STEP))),
            };
            let message = format!("there is no verb or key `{}`", shown(&entry.key));
            let mistake = self.error(entry.key_span.clone(), message);
            self.push(mistake.help_if(help.or_else(all_verbs)));
        }
        known
    }

    fn modifiers(&mut self, entries: &[Entry], action: Action, mark: usize) -> Step {
        let mut step = Step::new("", action);
        let borrows = matches!(step.action, Action::Use(_));
        for Entry { key, key_span, value } in entries {
            match &**key {
                "within" | "seen" if borrows => {
                    let mistake = self.error(key_span.clone(), format!("`{key}` beside `use`"));
                    self.push(mistake.help("give it to the steps of that journey"));
                }
                "id" => {
                    if let Some(id) = self.step_id(value) {
                        self.marks[mark].id = Some((id.clone(), value.span.clone()));
                        step.id = id;
                    }
                }
                "think" => step.think = self.think(value),
                "needs" => step.needs = self.needs(value, mark),
                "once" => step.once = self.flag(value).unwrap_or(false),
                "optional" => step.optional = self.flag(value).unwrap_or(false),
                "within" => step.within = self.time(value),
                "seen" => step.seen = self.seen(value),
                _ => {}
            }
        }
        step
    }

    fn needs(&mut self, node: &Node, mark: usize) -> Vec<StepId> {
        let mut needs = Vec::new();
        for item in self.one_or_more(node) {
            let Some(id) = self.step_id(item) else { continue };
            if needs.contains(&id) {
                self.wrong(item.span.clone(), format!("`{id}` is given twice"));
                continue;
            }
            self.needs.push((mark, id.clone(), item.span.clone()));
            needs.push(id);
        }
        needs
    }

    fn think(&mut self, node: &Node) -> Option<Think> {
        if node.map().is_none() {
            return self.time(node).map(Think::Exactly);
        }
        let fields = Fields::of(self, node, "think", &[words::THINK])?;
        let median = fields.get("median").and_then(|node| self.time(node));
        let p90 = fields.get("p90").and_then(|node| self.time(node));
        let (median, p90) = (median?, p90?);
        if p90 < median {
            let message = format!("p90 is {p90}, below the median, {median}");
            let at = fields.get("p90").map_or(node.span.clone(), |node| node.span.clone());
            self.push(self.error(at, message).help("nine of ten people are faster than p90"));
            return None;
        }
        Some(Think::Spread { median, p90 })
    }

    fn seen(&mut self, node: &Node) -> Seen {
        let Some(fields) = Fields::of(self, node, "seen", &[words::SEEN]) else {
            return Seen::default();
        };
        let mut rate = |name| fields.get(name).and_then(|node| self.share(node));
        Seen {
            skip: rate("skip"),
            repeat: rate("repeat"),
            swap: rate("swap"),
            back: rate("back"),
            reload: rate("reload"),
        }
    }
}

/// The action of a verb that needs nothing.
pub(super) fn bare(verb: &str) -> Option<Action> {
    match verb {
        "back" => Some(Action::Back),
        "forward" => Some(Action::Forward),
        "reload" => Some(Action::Reload),
        "new_tab" => Some(Action::NewTab(None)),
        "close_tab" => Some(Action::CloseTab),
        _ => None,
    }
}

/// What a verb of other tools is called here.
fn elsewhere(word: &str) -> Option<String> {
    let word = word.to_lowercase().replace(['-', '_', ' '], "");
    let (_, here) = words::ELSEWHERE.iter().find(|(there, _)| *there == word)?;
    Some((*here).to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "it stands where a nearer help was not found")]
fn all_verbs() -> Option<String> {
    Some(format!("the verbs are {}", words::names(&[words::VERBS]).collect::<Vec<_>>().join(" ")))
}

/// A step is pointed at by its first key.
fn first_line(node: &Node) -> std::ops::Range<usize> {
    match node.map().and_then(<[Entry]>::first) {
        Some(entry) => entry.key_span.clone(),
        None => node.span.clone(),
    }
}
