//! The top of a journey file: everything but what its steps do.

use indexmap::IndexMap;

use super::fields::Fields;
use super::scalar::number;
use super::{Reader, meant};
use crate::browser_kind::BrowserKind;
use crate::diagnostic::{listed, shown};
use crate::journey::ids;
use crate::journey::model::{Journey, PlanHeader, Pool, Promise, Source, Variable};
use crate::journey::node::{Entry, Node};
use crate::journey::template::FRESH;
use crate::journey::vocabulary as words;

impl Reader<'_> {
    pub(super) fn journey(&mut self, node: &Node) -> Option<Journey> {
        let fields = Fields::of(self, node, "a journey", &[words::JOURNEY])?;
        let mut steps = fields.get("steps").map(|node| self.steps(node)).unwrap_or_default();
        ids::derive(&mut steps);
        self.check_ids(&steps);
        let name = fields.get("journey").and_then(|node| {
            let name = self.journey_name(node)?;
            self.places.name = Some((name.clone(), node.span.clone()));
            Some(name)
        });
        let journey = Journey {
            // Without a name nothing is returned, but the rest is still judged.
            name: name.unwrap_or_default(),
            share: fields.get("share").and_then(|node| self.share(node)),
            source: fields.get("source").and_then(|node| self.source_of(node)),
            plan: fields.get("plan").and_then(|node| self.plan(node)),
            vars: self.named(&fields, "vars", Self::variable),
            pools: self.named(&fields, "pools", Self::pool),
            detours: self.detours(&fields),
            promises: self.promises(&fields),
            never: self.never(&fields),
            rules: self.rule_files(&fields),
            observe: self.observations(&fields),
            always: self.rule_list(&fields, "always", false),
            eventually: self.rule_list(&fields, "eventually", true),
            perturbations: self.perturbations(&fields, &steps),
            steps,
        };
        self.check_never(&journey.steps, &journey.never);
        self.check_variables(&fields, &journey);
        self.check_readings(&fields, &journey);
        Some(journey)
    }

    fn source_of(&mut self, node: &Node) -> Option<Source> {
        let fields = Fields::of(self, node, "source", &[words::SOURCE])?;
        let from = fields.get("from").and_then(|node| self.words(node));
        let sessions = fields.get("sessions").and_then(|node| self.count(node, 0, u64::MAX));
        let window = fields.get("window").and_then(|node| self.words(node));
        Some(Source { from: from?, sessions, window })
    }

    fn plan(&mut self, node: &Node) -> Option<PlanHeader> {
        let fields = Fields::of(self, node, "plan", &[words::PLAN])?;
        let seed = fields.get("seed").and_then(|node| self.count(node, 0, u64::MAX));
        let walk = fields.get("walk").and_then(|node| self.count32(node, 0, u32::MAX));
        let profile = fields.get("profile").and_then(|node| self.words(node));
        let pace = fields.get("pace").and_then(|node| self.pace(node));
        let base_url = fields.get("base_url").and_then(|node| self.base_url(node));
        let viewport = fields.get("viewport").and_then(|node| self.size(node));
        let browser = fields.get("browser").and_then(|node| self.browser(node)).unwrap_or_default();
        Some(PlanHeader {
            seed: seed?,
            walk: walk?,
            profile: profile?,
            pace: pace?,
            base_url: base_url?,
            viewport: viewport?,
            browser,
        })
    }

    fn pace(&mut self, node: &Node) -> Option<String> {
        let pace = self.words(node)?;
        let factor = pace.parse::<f64>().is_ok_and(|factor| factor.is_finite() && factor >= 0.0);
        if !factor && !matches!(pace.as_str(), "real" | "fast") {
            let message = format!("expected real, fast or a factor, found \"{}\"", shown(&pace));
            let help = meant(&pace, ["real", "fast"]);
            self.push(self.error(node.span.clone(), message).help_if(help));
            return None;
        }
        Some(pace)
    }

    fn browser(&mut self, node: &Node) -> Option<BrowserKind> {
        let name = self.words(node)?;
        match name.parse() {
            Ok(browser) => Some(browser),
            Err(_) => {
                let known = listed(BrowserKind::WORDS.iter().copied(), "or");
                let message = format!("expected {known}, found \"{}\"", shown(&name));
                let help = meant(&name, BrowserKind::WORDS.iter().copied());
                self.push(self.error(node.span.clone(), message).help_if(help));
                None
            }
        }
    }

    fn base_url(&mut self, node: &Node) -> Option<String> {
        let url = self.words(node)?;
        if !url.starts_with("http://") && !url.starts_with("https://") {
            let help = "for example http://localhost:3000";
            self.expected("an address that begins with http:// or https://", node, Some(help));
            return None;
        }
        Some(url)
    }

    fn named<T>(
        &mut self,
        fields: &Fields<'_>,
        key: &'static str,
        read: impl Fn(&mut Self, &Node) -> Option<T>,
    ) -> IndexMap<String, T> {
        let Some(node) = fields.get(key) else { return IndexMap::new() };
        let Some(entries) = node.map() else {
            self.expected("a map of names", node, None);
            return IndexMap::new();
        };
        let mut all = IndexMap::with_capacity(entries.len());
        for entry in entries {
            let named = self.variable_name(entry);
            if let (true, Some(value)) = (named, read(self, &entry.value)) {
                all.insert(entry.key.to_string(), value);
            }
        }
        all
    }

    /// Whether `{{name}}` can name it.
    fn variable_name(&mut self, entry: &Entry) -> bool {
        let name = &entry.key;
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        if name.is_empty() || !name.chars().all(fits) {
            let message = "a variable's name has only letters, digits, `-` and `_`";
            self.wrong(entry.key_span.clone(), message);
            return false;
        }
        if &**name == "person" {
            let message = "`person` is taken: it is the made-up person that every walk has";
            self.wrong(entry.key_span.clone(), message);
            return false;
        }
        if &**name == FRESH {
            let message = "`fresh` is taken: it is ten digits that no other walk has";
            self.wrong(entry.key_span.clone(), message);
            return false;
        }
        true
    }

    fn variable(&mut self, node: &Node) -> Option<Variable> {
        let Some(entries) = node.map() else {
            let values = self.one_or_more(node);
            let read: Vec<String> =
                values.iter().filter_map(|value| self.text(value).map(str::to_owned)).collect();
            return (!read.is_empty() && read.len() == values.len())
                .then_some(Variable::OneOf(read));
        };
        let Some(first) = entries.first() else {
            self.wrong(node.span.clone(), "a variable needs at least one value");
            return None;
        };
        let told = entries.iter().find(|entry| matches!(&*entry.key, "file" | "env"));
        // `file` and `env` are also values that a person may want to draw by weight.
        if let Some(told) = told.filter(|entry| number(&entry.value).is_none()) {
            return self.variable_from(node, told);
        }
        if number(&first.value).is_none() && first.value.text().is_some() {
            let help = "a value and its weight: { mug: 0.7, lamp: 0.3 }";
            self.expected("a weight", &first.value, Some(help));
            return None;
        }
        let mut choices = IndexMap::with_capacity(entries.len());
        for entry in entries {
            choices.insert(entry.key.to_string(), self.weight(&entry.value)?);
        }
        Some(Variable::Weighted(choices))
    }

    fn variable_from(&mut self, node: &Node, told: &Entry) -> Option<Variable> {
        let fields = Fields::of(self, node, "a variable", &[words::VARIABLE])?;
        if let (Some(file), Some(env)) = (fields.entry("file"), fields.entry("env")) {
            let message = "a variable comes from a file or from the environment, not from both";
            let mistake = self.error(env.key_span.clone(), message);
            self.push(mistake.related(file.key_span.clone(), "a file"));
            return None;
        }
        let value = self.words(&told.value);
        let secret = fields.get("secret").and_then(|node| self.flag(node));
        if &*told.key == "env" {
            return Some(Variable::Env { name: value?, secret: secret.unwrap_or(false) });
        }
        if let Some(entry) = fields.entry("secret") {
            let help = "secret belongs to a variable with env";
            let message = "lines of a file are drawn at random and cannot be secret";
            self.push(self.error(entry.key_span.clone(), message).help(help));
        }
        let file = value?;
        self.places.files.push((file.clone(), told.value.span.clone()));
        Some(Variable::File(file))
    }

    fn pool(&mut self, node: &Node) -> Option<Pool> {
        let mut pool = Pool::new();
        for record in self.list(node, "records") {
            let Some(entries) = record.map() else {
                let help = "for example { email: ada@example.com, password: \"{{secret}}\" }";
                self.expected("a map of fields", record, Some(help));
                continue;
            };
            let mut fields = IndexMap::with_capacity(entries.len());
            for entry in entries {
                if let Some(value) = self.template(&entry.value) {
                    fields.insert(entry.key.to_string(), value);
                }
            }
            self.same_fields(&pool, &fields, record);
            pool.push(fields);
        }
        (!pool.is_empty()).then_some(pool)
    }

    /// Whoever borrows a record must find the same fields in each.
    fn same_fields<T>(
        &mut self,
        pool: &[IndexMap<String, T>],
        record: &IndexMap<String, T>,
        node: &Node,
    ) {
        let Some(first) = pool.first() else { return };
        let missing: Vec<&str> =
            first.keys().filter(|key| !record.contains_key(*key)).map(String::as_str).collect();
        if !missing.is_empty() {
            let message = format!("this record has no {}", listed(missing, "and no"));
            let help = "give every record of a pool the same fields";
            self.push(self.error(node.span.clone(), message).help(help));
        }
    }

    fn promises(&mut self, fields: &Fields<'_>) -> Vec<Promise> {
        let Some(node) = fields.get("promises") else { return Vec::new() };
        let words = || Promise::ALL.iter().map(|(word, _)| *word);
        let mut promises = Vec::new();
        for item in self.one_or_more(node) {
            let Some(text) = self.text(item) else { continue };
            match Promise::ALL.iter().find(|(word, _)| *word == text) {
                Some((_, promise)) if promises.contains(promise) => {
                    self.wrong(item.span.clone(), format!("`{text}` is given twice"));
                }
                Some((_, promise)) => promises.push(*promise),
                None => {
                    let help = meant(text, words())
                        .unwrap_or_else(|| format!("it can be {}", listed(words(), "or")));
                    let message = format!("`{}` is no promise", shown(text));
                    self.push(self.error(item.span.clone(), message).help(help));
                }
            }
        }
        promises
    }

    fn detours(&mut self, fields: &Fields<'_>) -> IndexMap<String, f64> {
        let Some(node) = fields.get("detours") else { return IndexMap::new() };
        let Some(entries) = node.map() else {
            self.expected("pages and journeys with their weights", node, None);
            return IndexMap::new();
        };
        entries
            .iter()
            .filter_map(|entry| Some((entry.key.to_string(), self.weight(&entry.value)?)))
            .collect()
    }

    fn rule_files(&mut self, fields: &Fields<'_>) -> Vec<String> {
        let Some(node) = fields.get("rules") else { return Vec::new() };
        let mut files = Vec::new();
        for item in self.one_or_more(node) {
            if let Some(file) = self.words(item) {
                self.places.rules.push((file.clone(), item.span.clone()));
                files.push(file);
            }
        }
        files
    }
}
