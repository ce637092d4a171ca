//! From a [`Journey`] to the text of its file. Reading what was written gives the same journey.

mod emit;
mod step;

use std::collections::HashSet;

use super::ids;
use super::model::{
    Journey, PerturbationDetail, PlanHeader, Promise, Rule, RuleTest, Source, Step, StepId,
    Variable,
};
use super::operator::Parameter;
use crate::browser_kind::BrowserKind;

use emit::Yaml;

/// The file of a journey or plan.
#[must_use]
pub fn write(journey: &Journey) -> String {
    let mut out = String::new();
    emit::document(&mut out, &top(journey));
    out
}

/// The file of a journey or plan, with the schema's address for editors in its first line.
#[must_use]
pub fn write_with_schema(journey: &Journey, schema: &str) -> String {
    format!("# yaml-language-server: $schema={schema}\n{}", write(journey))
}

/// A map in the making.
type Entries = Vec<(String, Yaml)>;

fn add(entries: &mut Entries, key: &str, value: Yaml) {
    entries.push((key.to_owned(), value));
}

fn add_if(entries: &mut Entries, key: &str, value: Option<Yaml>) {
    if let Some(value) = value {
        add(entries, key, value);
    }
}

fn top(journey: &Journey) -> Entries {
    let ids = Ids::of(journey);
    let mut top = Entries::new();
    add(&mut top, "journey", Yaml::text(&journey.name));
    add_if(&mut top, "share", journey.share.map(Yaml::number));
    add_if(&mut top, "source", journey.source.as_ref().map(source));
    add_if(&mut top, "plan", journey.plan.as_ref().map(plan));
    let vars = journey.vars.iter().map(|(name, value)| (name.clone(), variable(value))).collect();
    add_if(&mut top, "vars", some_map(vars));
    let pools = journey.pools.iter().map(|(name, records)| {
        let record = |record: &indexmap::IndexMap<String, super::Template>| {
            Yaml::Map(record.iter().map(|(k, v)| (k.clone(), Yaml::text(v.as_str()))).collect())
        };
        (name.clone(), Yaml::Seq(records.iter().map(record).collect()).open())
    });
    add_if(&mut top, "pools", some_map(pools.collect()));
    let detours = journey.detours.iter().map(|(to, weight)| (to.clone(), Yaml::number(*weight)));
    add_if(&mut top, "detours", some_map(detours.collect()));
    add_if(&mut top, "promises", some_texts(journey.promises.iter().map(|p| promise(*p))));
    let never: Vec<Yaml> = journey.never.iter().map(step::never).collect();
    add_if(&mut top, "never", (!never.is_empty()).then(|| Yaml::Seq(never).open()));
    add_if(&mut top, "rules", some_texts(journey.rules.iter().map(String::as_str)));
    add(&mut top, "steps", ids.steps(&journey.steps));
    let observe = journey.observe.iter().map(|o| (o.name.clone(), Yaml::text(&o.js))).collect();
    add_if(&mut top, "observe", some_map(observe));
    add_if(&mut top, "always", rules(&journey.always));
    add_if(&mut top, "eventually", rules(&journey.eventually));
    let perturbations: Vec<Yaml> = journey
        .perturbations
        .iter()
        .map(|perturbation| {
            let operator = perturbation.operator;
            let mut entries = Entries::new();
            add(&mut entries, operator.placement().key(), Yaml::text(&perturbation.step.0));
            for parameter in operator.parameters() {
                parameter_entries(&mut entries, *parameter, &perturbation.detail);
            }
            Yaml::Map(vec![(operator.word().to_owned(), Yaml::Map(entries))]).open()
        })
        .collect();
    if !perturbations.is_empty() {
        add(&mut top, "perturbations", Yaml::Seq(perturbations).open());
    }
    top
}

fn some_map(entries: Entries) -> Option<Yaml> {
    (!entries.is_empty()).then(|| Yaml::Map(entries).open())
}

fn some_texts<'t>(texts: impl Iterator<Item = &'t str>) -> Option<Yaml> {
    let texts: Vec<Yaml> = texts.map(Yaml::text).collect();
    (!texts.is_empty()).then_some(Yaml::Seq(texts))
}

fn source(source: &Source) -> Yaml {
    let mut entries = Entries::new();
    add(&mut entries, "from", Yaml::text(&source.from));
    add_if(&mut entries, "sessions", source.sessions.map(Yaml::plain));
    add_if(&mut entries, "window", source.window.as_ref().map(Yaml::text));
    Yaml::Map(entries)
}

fn plan(plan: &PlanHeader) -> Yaml {
    let mut entries = Entries::new();
    add(&mut entries, "seed", Yaml::plain(plan.seed));
    add(&mut entries, "walk", Yaml::plain(plan.walk));
    add(&mut entries, "profile", Yaml::text(&plan.profile));
    add(&mut entries, "pace", Yaml::text(&plan.pace));
    add(&mut entries, "base_url", Yaml::text(&plan.base_url));
    let (width, height) = plan.viewport;
    add(&mut entries, "viewport", Yaml::text(format!("{width}x{height}")));
    let named = (plan.browser != BrowserKind::default()).then(|| Yaml::text(plan.browser.word()));
    add_if(&mut entries, "browser", named);
    Yaml::Map(entries).open()
}

fn variable(variable: &Variable) -> Yaml {
    let one = |key: &str, text: &str| (key.to_owned(), Yaml::text(text));
    match variable {
        Variable::Weighted(choices) => Yaml::Map(
            choices.iter().map(|(value, weight)| (value.clone(), Yaml::number(*weight))).collect(),
        ),
        Variable::OneOf(values) => Yaml::Seq(values.iter().map(Yaml::text).collect()),
        Variable::File(file) => Yaml::Map(vec![one("file", file)]),
        Variable::Env { name, secret } => {
            let mut entries = vec![one("env", name)];
            add_if(&mut entries, "secret", secret.then(|| Yaml::plain(true)));
            Yaml::Map(entries)
        }
    }
}

fn promise(promise: Promise) -> &'static str {
    Promise::ALL
        .iter()
        .find(|(_, other)| *other == promise)
        .map(|(word, _)| *word)
        .expect("every promise is in the table")
}

fn rules(rules: &[Rule]) -> Option<Yaml> {
    let rule = |rule: &Rule| {
        let mut entries = Entries::new();
        add(&mut entries, "name", Yaml::text(&rule.name));
        let (key, text) = match &rule.test {
            RuleTest::Js(text) => ("js", text),
            RuleTest::Text(text) => ("text", text),
            RuleTest::NoText(text) => ("no_text", text),
        };
        add(&mut entries, key, Yaml::text(text));
        add_if(&mut entries, "after", some_texts(rule.after.iter().map(String::as_str)));
        add_if(&mut entries, "within", rule.within.map(Yaml::plain));
        Yaml::Map(entries)
    };
    (!rules.is_empty()).then(|| Yaml::Seq(rules.iter().map(rule).collect()).open())
}

fn parameter_entries(entries: &mut Entries, parameter: Parameter, detail: &PerturbationDetail) {
    let ids = |ids: &[StepId]| Yaml::Seq(ids.iter().map(|id| Yaml::text(&id.0)).collect());
    let values = match parameter {
        Parameter::For => vec![detail.duration.map(Yaml::plain)],
        Parameter::To => vec![detail.to.as_ref().map(Yaml::text)],
        Parameter::Text => vec![detail.text.as_ref().map(Yaml::text)],
        Parameter::Times => vec![detail.times.map(Yaml::plain)],
        Parameter::Size => {
            let (width, height) = detail.size.unzip();
            vec![width.map(Yaml::plain), height.map(Yaml::plain)]
        }
        Parameter::Order => vec![Some(ids(&detail.order))],
        Parameter::With => vec![detail.other.as_ref().map(|id| Yaml::text(&id.0))],
        Parameter::Steps => vec![Some(Ids::All.steps(&detail.steps))],
    };
    for (key, value) in parameter.keys().iter().zip(values) {
        add_if(entries, key, value);
    }
}

/// Which ids are written: all, or those that reading would not derive again.
enum Ids {
    All,
    Only(HashSet<StepId>),
}

impl Ids {
    fn of(journey: &Journey) -> Self {
        // A plan is cut down by shrinking, and its ids must stay what they were.
        if journey.plan.is_some() {
            return Ids::All;
        }
        let mut kept: HashSet<StepId> = HashSet::new();
        ids::each(&journey.steps, &mut |step| kept.extend(step.needs.iter().cloned()));
        kept.extend(journey.perturbations.iter().map(|p| p.step.clone()));
        // What is kept changes what is derived, so this settles in rounds; two are usual.
        for _ in 0..4 {
            let mut derived = journey.steps.clone();
            ids::each_mut(&mut derived, &mut |step| {
                if !kept.contains(&step.id) {
                    step.id = StepId::default();
                }
            });
            ids::derive(&mut derived);
            let mut again = Vec::new();
            ids::each(&derived, &mut |step| again.push(&step.id));
            let mut again = again.into_iter();
            let before = kept.len();
            ids::each(&journey.steps, &mut |step| {
                if again.next() != Some(&step.id) {
                    kept.insert(step.id.clone());
                }
            });
            if kept.len() == before {
                return Ids::Only(kept);
            }
        }
        Ids::All
    }

    fn has(&self, id: &StepId) -> bool {
        match self {
            Ids::All => true,
            Ids::Only(kept) => kept.contains(id),
        }
    }

    fn steps(&self, steps: &[Step]) -> Yaml {
        Yaml::Seq(steps.iter().map(|step| self.step(step)).collect()).open()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_reads_back_as_itself() {
        let text = include_str!("../../../journeys/example.yaml");
        let journey = crate::journey::read("journeys/example.yaml", text)
            .unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let written = write(&journey);
        insta::assert_snapshot!(written);
        assert_eq!(crate::journey::read("written", &written), Ok(journey));
    }
}
