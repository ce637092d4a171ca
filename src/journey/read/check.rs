//! What can only be judged when the whole file has been read: ids, `needs`, variables, readings.

use std::collections::{HashMap, HashSet};

use super::fields::Fields;
use super::{Reader, Use, meant};
use crate::diagnostic::{Diagnostic, listed, shown};
use crate::journey::ids;
use crate::journey::model::{Journey, RuleTest, Step};
use crate::journey::node::Entry;
use crate::journey::template::{FRESH, PERSON_FIELDS};

impl Reader<'_> {
    /// Ids are unique, and `needs` name steps that come before.
    pub(super) fn check_ids(&mut self, steps: &[Step]) {
        let mut given: HashMap<&str, std::ops::Range<usize>> = HashMap::new();
        let mut twice = Vec::new();
        for (id, span) in self.marks.iter().filter_map(|mark| mark.id.as_ref()) {
            match given.get(id.0.as_str()) {
                None => drop(given.insert(&id.0, span.clone())),
                Some(first) => twice.push(
                    self.error(span.clone(), format!("two steps have the id `{id}`"))
                        .related(first.clone(), "first here")
                        .help("give each step an id of its own, or leave it out"),
                ),
            }
        }
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut place = 0;
        ids::each(steps, &mut |step| {
            places.entry(&step.id.0).or_insert(place);
            place += 1;
        });
        let mut wrong = Vec::new();
        for (mark, id, span) in &self.needs {
            let mistake = match places.get(id.0.as_str()) {
                None if self.broken => continue,
                None => {
                    let help = meant(&id.0, places.keys().copied());
                    self.error(span.clone(), format!("there is no step `{}`", shown(&id.0)))
                        .help_if(help)
                }
                Some(place) if place == mark => {
                    self.error(span.clone(), "a step cannot need itself")
                }
                Some(place) if place > mark => {
                    let later = self.marks.get(*place).map_or(span.clone(), |m| m.span.clone());
                    self.error(
                        span.clone(),
                        format!("`{id}` comes later than the step that needs it"),
                    )
                    .related(later, "here")
                    .help("a step needs only what comes before it")
                }
                Some(_) => continue,
            };
            wrong.push(mistake);
        }
        for mistake in twice.into_iter().chain(wrong) {
            self.push(mistake);
        }
    }

    /// Every `{{name}}` is defined, and every variable is used.
    pub(super) fn check_variables(&mut self, fields: &Fields<'_>, journey: &Journey) {
        let uses = std::mem::take(&mut self.uses);
        let mut used: HashSet<&str> = HashSet::new();
        for Use { name, span } in &uses {
            let (head, field) = match name.split_once('.') {
                Some((head, field)) => (head, Some(field)),
                None => (name.as_str(), None),
            };
            used.insert(head);
            if let Some((message, help)) = undefined(journey, fields, head, field) {
                let mistake = self.error(span.clone(), message);
                self.push(mistake.help_if(help));
            }
        }
        // A plan's variables are drawn already; a borrowed journey may use what it does not define.
        if journey.plan.is_some() || !self.places.uses.is_empty() || self.diagnostics.has_errors() {
            return;
        }
        for key in ["vars", "pools"] {
            let entries = fields.get(key).and_then(|node| node.map()).unwrap_or_default();
            for Entry { key: name, key_span, .. } in entries {
                if !used.contains(&**name) {
                    let message = format!("`{}` is never used", shown(name));
                    let pool = journey.pools.get(&**name).and_then(|records| records.first());
                    let text = match pool.and_then(|record| record.keys().next()) {
                        Some(field) => shown(&format!("{name}.{field}")),
                        None => shown(name),
                    };
                    self.push(
                        Diagnostic::warning(self.source, key_span.clone(), message)
                            .help(format!("write \"{{{{{text}}}}}\" in a step, or remove it")),
                    );
                }
            }
        }
    }

    /// Rules name readings that are taken. Shared rule files may take more, so that only a
    /// journey without them can be judged.
    pub(super) fn check_readings(&mut self, fields: &Fields<'_>, journey: &Journey) {
        if !journey.rules.is_empty() || self.diagnostics.has_errors() {
            return;
        }
        let known: Vec<&str> = journey.observe.iter().map(|o| o.name.as_str()).collect();
        let sections = [("always", &journey.always), ("eventually", &journey.eventually)];
        for (key, rules) in sections {
            let nodes = fields.get(key).and_then(|node| node.seq()).unwrap_or_default();
            for (rule, node) in rules.iter().zip(nodes) {
                let RuleTest::Js(js) = &rule.test else { continue };
                let Some(name) = readings(js).find(|name| !known.contains(name)) else { continue };
                let span = node.get("js").map_or(node.span.clone(), |js| js.span.clone());
                let help = meant(name, known.iter().copied())
                    .unwrap_or_else(|| format!("add {name} to observe"));
                let message = format!("no reading is called `{}`", shown(name));
                self.push(Diagnostic::warning(self.source, span, message).help(help));
            }
        }
    }
}

/// The names that an expression reads from `now` and `was`.
fn readings(js: &str) -> impl Iterator<Item = &str> {
    ["now.", "was."].into_iter().flat_map(move |word| {
        js.match_indices(word).filter_map(move |(at, _)| {
            let before = js[..at].chars().next_back();
            let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
            let rest = &js[at + word.len()..];
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            (end > 0 && !before.is_some_and(part)).then_some(&rest[..end])
        })
    })
}

/// What is wrong with a variable's name, and what was meant.
fn undefined(
    journey: &Journey,
    fields: &Fields<'_>,
    head: &str,
    field: Option<&str>,
) -> Option<(String, Option<String>)> {
    let defined = |key: &'static str| {
        let entries = fields.get(key).and_then(|node| node.map()).unwrap_or_default();
        entries.iter().map(|entry| &*entry.key)
    };
    if let Some(pool) = journey.pools.get(head) {
        let names: Vec<&str> = pool.first()?.keys().map(String::as_str).collect();
        return missing_field(head, field, &names);
    }
    if head == "person" {
        return missing_field(head, field, &PERSON_FIELDS);
    }
    if head == FRESH || defined("vars").any(|name| name == head) {
        let field = field?;
        let message = format!("`{head}` is a single value and has no `{}`", shown(field));
        return Some((message, Some(format!("write {{{{{head}}}}}"))));
    }
    if defined("pools").any(|name| name == head) {
        return None;
    }
    let candidates = defined("vars").chain(defined("pools")).chain(["person", FRESH]);
    let help = meant(head, candidates).unwrap_or_else(|| format!("define {} in vars", shown(head)));
    Some((format!("`{}` is not defined", shown(head)), Some(help)))
}

fn missing_field(
    head: &str,
    field: Option<&str>,
    names: &[&str],
) -> Option<(String, Option<String>)> {
    let all = || listed(names.iter().copied(), "and");
    match field {
        Some(field) if names.contains(&field) => None,
        Some(field) => {
            let help =
                meant(field, names.iter().copied()).unwrap_or_else(|| format!("it has {}", all()));
            Some((format!("`{head}` has no `{}`", shown(field)), Some(help)))
        }
        None => {
            Some((format!("`{head}` is a record, not a value"), Some(format!("it has {}", all()))))
        }
    }
}
