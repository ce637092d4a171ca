//! The deviations of a plan: each an operator, the step that it attaches to, and exactly the
//! parameters that the operator takes.

use std::ops::Range;

use super::fields::Fields;
use super::{Mark, Reader, meant};
use crate::diagnostic::{listed, shown};
use crate::journey::ids;
use crate::journey::model::{Perturbation, PerturbationDetail, Step, StepId};
use crate::journey::node::{Entry, Node};
use crate::journey::operator::{Operator, Placement};
use crate::journey::vocabulary as words;

impl Reader<'_> {
    pub(super) fn perturbations(
        &mut self,
        fields: &Fields<'_>,
        steps: &[Step],
    ) -> Vec<Perturbation> {
        let Some(entry) = fields.entry("perturbations") else { return Vec::new() };
        if fields.entry("plan").is_none() {
            let help =
                "a journey is perturbed by `desirepath run`; to fix the deviations, add plan";
            let mistake = self.error(entry.key_span.clone(), "only a plan has perturbations");
            self.push(mistake.help(help));
        }
        let mut ids = Vec::new();
        ids::each(steps, &mut |step| ids.push(&step.id));
        if entry.value.seq().is_some_and(<[Node]>::is_empty) {
            return Vec::new();
        }
        self.list(&entry.value, "perturbations")
            .iter()
            .filter_map(|item| self.perturbation(item, &ids))
            .collect()
    }

    fn perturbation(&mut self, node: &Node, ids: &[&StepId]) -> Option<Perturbation> {
        let Some([entry]) = node.map() else {
            let help = "an operator and its step: { reload: { after: add } }";
            self.expected("one perturbation", node, Some(help));
            return None;
        };
        let Some(operator) = Operator::from_word(&entry.key) else {
            let all = || Operator::ALL.iter().map(|operator| operator.word());
            let help = meant(&entry.key, all()).unwrap_or_else(|| {
                format!("the operators are {}", all().collect::<Vec<_>>().join(" "))
            });
            let message = format!("there is no operator `{}`", shown(&entry.key));
            self.push(self.error(entry.key_span.clone(), message).help(help));
            return None;
        };
        let Some(entries) = entry.value.map() else {
            let help = format!("for example {}: {}", operator.word(), example(operator));
            self.expected("a map with the step", &entry.value, Some(&help));
            return None;
        };
        let keys = Keys { operator, entries };
        let step = self.placed(&keys, &entry.key_span, ids);
        let known = self.only_its_parameters(&keys);
        let detail = self.detail(&keys, &entry.key_span, ids);
        Some(Perturbation { operator, step: step?, detail: detail.filter(|_| known)? })
    }

    /// The step that it attaches to.
    fn placed(&mut self, keys: &Keys<'_>, at: &Range<usize>, ids: &[&StepId]) -> Option<StepId> {
        let word = keys.operator.word();
        let place = keys.operator.placement().key();
        if let Some(entry) = keys.get(place) {
            return self.known_step(&entry.value, ids);
        }
        let other = PLACEMENTS.iter().find_map(|placement| keys.get(placement.key()));
        let mistake = match other {
            Some(other) => self
                .error(
                    other.key_span.clone(),
                    format!("`{word}` does not stand {} a step", other.key),
                )
                .help(format!("write `{place}`")),
            None => self
                .error(at.clone(), format!("`{place}` is missing"))
                .help(format!("for example {word}: {}", example(keys.operator))),
        };
        self.push(mistake);
        None
    }

    fn only_its_parameters(&mut self, keys: &Keys<'_>) -> bool {
        let mut known = true;
        let its: Vec<&str> =
            keys.operator.parameters().iter().flat_map(|p| p.keys()).copied().collect();
        for entry in keys.entries {
            let placement = PLACEMENTS.iter().any(|placement| placement.key() == &*entry.key);
            if placement || its.contains(&&*entry.key) {
                continue;
            }
            known = false;
            let word = keys.operator.word();
            let message = format!("`{word}` takes no `{}`", shown(&entry.key));
            let help = meant(&entry.key, its.iter().copied()).unwrap_or_else(|| match &*its {
                [] => format!("it is {word}: {}", example(keys.operator)),
                its => format!("it takes {}", listed(its.iter().copied(), "and")),
            });
            self.push(self.error(entry.key_span.clone(), message).help(help));
        }
        known
    }

    fn detail(
        &mut self,
        keys: &Keys<'_>,
        at: &Range<usize>,
        ids: &[&StepId],
    ) -> Option<PerturbationDetail> {
        let mut detail = PerturbationDetail::default();
        let mut whole = true;
        let mut missing = Vec::new();
        let (mut width, mut height) = (None, None);
        for key in keys.operator.parameters().iter().flat_map(|parameter| parameter.keys()) {
            let Some(entry) = keys.get(key) else {
                missing.push(*key);
                continue;
            };
            let node = &entry.value;
            let before = self.diagnostics.errors();
            match *key {
                "for" => detail.duration = self.time(node),
                "to" => detail.to = self.words(node),
                "text" => detail.text = self.text(node).map(str::to_owned),
                "times" => detail.times = self.times(node, 1),
                "width" => width = self.pixels(node),
                "height" => height = self.pixels(node),
                "order" => {
                    let items = self.list(node, "step ids");
                    detail.order =
                        items.iter().filter_map(|item| self.known_step(item, ids)).collect();
                }
                "with" => detail.other = self.known_step(node, ids),
                "steps" => detail.steps = self.spliced(node),
                _ => {}
            }
            whole &= self.diagnostics.errors() == before;
        }
        detail.size = width.zip(height);
        if !missing.is_empty() {
            let word = keys.operator.word();
            let keys_missing = listed(missing.iter().copied(), "and");
            let mistake = self
                .error(at.clone(), format!("`{word}` needs {keys_missing}"))
                .help(format!("for example {word}: {}", example(keys.operator)));
            self.push(mistake);
        }
        (whole && missing.is_empty()).then_some(detail)
    }

    /// Steps of another journey, whose ids are a world of their own.
    fn spliced(&mut self, node: &Node) -> Vec<Step> {
        let marks: Vec<Mark> = std::mem::take(&mut self.marks);
        let needs = std::mem::take(&mut self.needs);
        let mut steps = self.steps(node);
        ids::derive(&mut steps);
        self.check_ids(&steps);
        self.marks = marks;
        self.needs = needs;
        steps
    }

    fn known_step(&mut self, node: &Node, ids: &[&StepId]) -> Option<StepId> {
        let id = self.step_id(node)?;
        if !ids.contains(&&id) && !self.broken {
            let help = meant(&id.0, ids.iter().map(|id| id.0.as_str()));
            let message = format!("there is no step `{}`", shown(&id.0));
            self.push(self.error(node.span.clone(), message).help_if(help));
            return None;
        }
        Some(id)
    }
}

const PLACEMENTS: [Placement; 3] = [Placement::Before, Placement::At, Placement::After];

/// The keys beside an operator.
struct Keys<'n> {
    operator: Operator,
    entries: &'n [Entry],
}

impl<'n> Keys<'n> {
    fn get(&self, key: &str) -> Option<&'n Entry> {
        self.entries.iter().find(|entry| &*entry.key == key)
    }
}

/// How an operator is written, whole.
fn example(operator: Operator) -> String {
    let mut keys = vec![format!("{}: STEP", operator.placement().key())];
    for key in operator.parameters().iter().flat_map(|parameter| parameter.keys()) {
        debug_assert!(words::find(&[words::PARAMETERS], key).is_some(), "{key} is in no table");
        let value = match *key {
            "for" => "4s",
            "to" => "/about",
            "text" => "…",
            "times" => "2",
            "width" => "390",
            "height" => "844",
            "with" => "STEP",
            _ => "[…]",
        };
        keys.push(format!("{key}: {value}"));
    }
    format!("{{ {} }}", keys.join(", "))
}
