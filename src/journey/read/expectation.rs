//! Conditions of `expect` and `wait_for`, and the rules that hold on every walk.

use super::fields::Fields;
use super::{Reader, meant};
use crate::diagnostic::{listed, shown};
use crate::journey::model::{Condition, Expectation, Observation, Rule, RuleTest};
use crate::journey::node::{Entry, Node};
use crate::journey::template::Template;
use crate::journey::vocabulary as words;

impl Reader<'_> {
    pub(super) fn expectation(&mut self, node: &Node) -> Option<Expectation> {
        if node.text().is_some() {
            let help = format!("write {{ text: \"{}\" }}", shown(node.text().unwrap_or("")));
            self.expected("conditions", node, Some(&help));
            return None;
        }
        let tables = &[words::CONDITIONS, words::EXPECTATION];
        let fields = Fields::of(self, node, "an expectation", tables)?;
        let within = fields.get("within").map(|node| self.time(node));
        let mut whole = !fields.has_unknown();
        let mut all = Vec::new();
        for entry in fields.among(words::CONDITIONS) {
            whole &= self.conditions(entry, &mut all);
        }
        if let Some(more) = fields.get("all") {
            for item in self.list(more, "conditions") {
                let fields = Fields::of(self, item, "a condition", &[words::CONDITIONS])?;
                for entry in fields.among(words::CONDITIONS) {
                    whole &= self.conditions(entry, &mut all);
                }
            }
        }
        if all.is_empty() && whole {
            let names = listed(words::names(&[words::CONDITIONS]), "or");
            let mistake = self.error(fields.start.clone(), "nothing is stated");
            self.push(mistake.help(format!("state {names}")));
        }
        let within = match within {
            Some(within) => Some(within?),
            None => None,
        };
        (whole && !all.is_empty()).then_some(Expectation { all, within })
    }

    /// Adds the conditions of one key; whether all were understood.
    fn conditions(&mut self, entry: &Entry, all: &mut Vec<Condition>) -> bool {
        let node = &entry.value;
        let one = match &*entry.key {
            "url" => return self.texts(node, all, Condition::Url),
            "title" => return self.texts(node, all, Condition::Title),
            "text" => return self.texts(node, all, Condition::Text),
            "no_text" => return self.texts(node, all, Condition::NoText),
            "js" => {
                let items = self.one_or_more(node);
                let before = all.len();
                all.extend(items.iter().filter_map(|item| self.words(item)).map(Condition::Js));
                return all.len() - before == items.len();
            }
            "visible" => self.target(node).map(Condition::Visible),
            "hidden" => self.target(node).map(Condition::Hidden),
            "value" => self.value(node),
            "count" => self.element_count(node),
            _ => None,
        };
        let understood = one.is_some();
        all.extend(one);
        understood
    }

    fn texts(
        &mut self,
        node: &Node,
        all: &mut Vec<Condition>,
        condition: impl Fn(Template) -> Condition,
    ) -> bool {
        let items = self.one_or_more(node);
        let before = all.len();
        all.extend(items.iter().filter_map(|item| self.filled_template(item)).map(condition));
        !items.is_empty() && all.len() - before == items.len()
    }

    fn value(&mut self, node: &Node) -> Option<Condition> {
        let tables = &[words::WAYS, words::NARROWING, words::ALTERNATIVES, words::VALUE];
        let (fields, target) = self.on_element(node, "value", tables)?;
        let is = fields.get("is").and_then(|node| self.template(node));
        Some(Condition::Value { target: target?, is: is? })
    }

    fn element_count(&mut self, node: &Node) -> Option<Condition> {
        let tables = &[words::WAYS, words::NARROWING, words::ALTERNATIVES, words::COUNT];
        let (fields, target) = self.on_element(node, "count", tables)?;
        let is = fields.get("is").and_then(|node| self.count32(node, 0, u32::MAX));
        Some(Condition::Count { target: target?, is: is? })
    }

    pub(super) fn observations(&mut self, fields: &Fields<'_>) -> Vec<Observation> {
        let Some(node) = fields.get("observe") else { return Vec::new() };
        let Some(entries) = node.map() else {
            let help = "a name and a JavaScript expression: { badge: \"…\" }";
            self.expected("a map of readings", node, Some(help));
            return Vec::new();
        };
        let mut all = Vec::with_capacity(entries.len());
        for entry in entries {
            let name = &*entry.key;
            let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            if !begins || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                let mistake = self
                    .error(entry.key_span.clone(), "rules could not name this reading")
                    .help("rules write now.NAME; use letters, digits and `_`");
                self.push(mistake);
            }
            if let Some(js) = self.words(&entry.value) {
                all.push(Observation { name: name.to_owned(), js });
            }
        }
        all
    }

    pub(super) fn rule_list(
        &mut self,
        fields: &Fields<'_>,
        key: &'static str,
        limit: bool,
    ) -> Vec<Rule> {
        let Some(node) = fields.get(key) else { return Vec::new() };
        let tables: &'static [&'static [words::Key]] =
            if limit { &[words::RULE, words::RULE_LIMIT] } else { &[words::RULE] };
        self.list(node, "rules").iter().filter_map(|item| self.rule(item, tables)).collect()
    }

    fn rule(&mut self, node: &Node, tables: &'static [&'static [words::Key]]) -> Option<Rule> {
        let fields = Fields::of(self, node, "a rule", tables)?;
        let name = fields.get("name").and_then(|node| self.words(node));
        let after = fields.get("after").map(|node| self.verbs(node)).unwrap_or_default();
        let within = words::find(tables, "within")
            .and_then(|_| fields.get("within"))
            .and_then(|node| self.time(node));
        let tests: Vec<&Entry> =
            ["js", "text", "no_text"].iter().filter_map(|test| fields.entry(test)).collect();
        let test = match tests.as_slice() {
            [test] => {
                let text = self.words(&test.value)?;
                match &*test.key {
                    "js" => RuleTest::Js(text),
                    "text" => RuleTest::Text(text),
                    _ => RuleTest::NoText(text),
                }
            }
            [] => {
                if !fields.has_unknown() {
                    let mistake = self.error(fields.start.clone(), "this rule tests nothing");
                    self.push(mistake.help("give it js, text or no_text"));
                }
                return None;
            }
            [first, second, ..] => {
                let mistake = self
                    .error(second.key_span.clone(), "a rule tests one thing")
                    .related(first.key_span.clone(), "its test")
                    .help("make two rules of it, each with a name that says what is wrong");
                self.push(mistake);
                return None;
            }
        };
        Some(Rule { name: name?, test, after, within })
    }

    /// The kinds of steps after which a rule is tested.
    fn verbs(&mut self, node: &Node) -> Vec<String> {
        let mut verbs = Vec::new();
        for item in self.one_or_more(node) {
            let Some(verb) = self.text(item) else { continue };
            if words::find(&[words::VERBS], verb).is_none() {
                let help = meant(verb, words::names(&[words::VERBS]));
                let message = format!("there is no verb `{}`", shown(verb));
                self.push(self.error(item.span.clone(), message).help_if(help));
                continue;
            }
            verbs.push(verb.to_owned());
        }
        verbs
    }
}
