//! The file of a usage model: YAML with a line for each state and each context, in an order that
//! depends on the data alone, so that it can be committed and compared.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{Context, DEEPEST, Dwell, Extent, Patience, Shape, UsageModel};
use crate::analytics::{Act, Element, State};
use crate::route::Route;
use crate::usage::corpus::{Alphabet, Symbol};

/// The version of the file's form.
pub const FORMAT: u32 = 1;

/// Why a text is not a usage model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadModel {
    /// Not the form of a model.
    #[error("this is not a usage model as `desirepath import` writes it: {0}")]
    Form(String),
    /// From a newer desirepath.
    #[error(
        "this usage model has format {0}, and this desirepath reads format {FORMAT}; \
         import again, or use the desirepath that wrote it"
    )]
    Version(u32),
    /// The parts do not fit together.
    #[error("the usage model does not fit together: {0}; import again")]
    Unfit(String),
}

#[derive(Serialize, Deserialize)]
struct Text {
    usage_model: u32,
    sessions: u64,
    users: u64,
    steps: u64,
    order: usize,
    descent: f64,
    k: u32,
    #[serde(default)]
    patience: Vec<f64>,
    dwell: Option<Dwell>,
    states: Vec<StateText>,
    contexts: Vec<ContextText>,
}

#[derive(Serialize, Deserialize)]
struct StateText {
    on: String,
    act: Word,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    element: Option<ElementText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dwell: Option<Dwell>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    View,
    Click,
    Fill,
    Choose,
    Submit,
    Named,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ElementText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    placeholder: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    test_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    href: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    css: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct ContextText {
    after: Vec<u32>,
    then: Vec<(u32, u64)>,
    kinds: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    untold: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// What stands above the model, for whoever opens it.
const HEAD: &str = "\
# How people use the application, as `desirepath import` learned it. Commit it with the journeys.
# `states` are numbered from 2; 0 is the start and the end of a session, 1 is what fewer than `k`
# users did. A context says what came `then`, and how often, `after` these states (oldest first);
# `kinds` is how many different ones, `untold` how often those of fewer than `k` users.
# `patience` is how the odds of leaving change as a session gets longer.
";

impl UsageModel {
    /// The file's text. The same model always gives the same bytes.
    #[must_use]
    pub fn write(&self) -> String {
        let Extent { sessions, users, steps } = self.extent;
        let Shape { order, descent, k } = self.shape;
        let mut out = String::from(HEAD);
        let _ = write!(
            out,
            "usage_model: {FORMAT}\nsessions: {sessions}\nusers: {users}\nsteps: {steps}\n\
             order: {order}\ndescent: {descent}\nk: {k}\npatience: {}\ndwell: {}\nstates:\n",
            line(&self.patience.odds()),
            line(&self.dwell)
        );
        for (state, dwell) in self.alphabet.states().iter().zip(&self.dwells) {
            let _ = writeln!(out, "  - {}", line(&StateText::of(state, *dwell)));
        }
        if self.alphabet.states().is_empty() {
            out.push_str("  []\n");
        }
        out.push_str("contexts:\n");
        for context in &self.contexts {
            let text = ContextText {
                after: context.after.iter().map(|symbol| symbol.0).collect(),
                then: context.then.iter().map(|(symbol, times)| (symbol.0, *times)).collect(),
                kinds: context.kinds,
                untold: context.untold,
            };
            let _ = writeln!(out, "  - {}", line(&text));
        }
        out
    }

    /// Reads a file's text.
    ///
    /// # Errors
    /// [`BadModel`] says what does not fit.
    pub fn read(text: &str) -> Result<Self, BadModel> {
        #[derive(Deserialize)]
        struct Version {
            usage_model: u32,
        }
        let form = |error: serde_yaml::Error| BadModel::Form(error.to_string());
        // The rest of another version may have any form, so its number is read by itself.
        let version = text
            .lines()
            .find(|line| line.starts_with("usage_model:"))
            .ok_or_else(|| BadModel::Form("there is no line `usage_model:`".into()))?;
        let Version { usage_model } = serde_yaml::from_str(version).map_err(form)?;
        if usage_model != FORMAT {
            return Err(BadModel::Version(usage_model));
        }
        let read: Text = serde_yaml::from_str(text).map_err(form)?;
        read.model()
    }
}

/// A value on one line: JSON, which YAML includes.
fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("these types have no maps, so nothing can be refused")
}

impl Text {
    fn model(self) -> Result<UsageModel, BadModel> {
        let unfit = |what: String| Err(BadModel::Unfit(what));
        if self.order > DEEPEST {
            return unfit(format!("order {} is above {DEEPEST}", self.order));
        }
        if !(0.0..=1.0).contains(&self.descent) {
            return unfit(format!("descent {} is not a share", self.descent));
        }
        let Some(patience) = Patience::of_odds(self.patience) else {
            return unfit("the patience holds what are no odds".into());
        };
        let mut states = Vec::with_capacity(self.states.len());
        let mut dwells = Vec::with_capacity(self.states.len());
        for text in self.states {
            dwells.push(text.dwell);
            states.push(text.state()?);
        }
        if !states.is_sorted_by(|a, b| a < b) {
            return unfit("the states are not in their order".into());
        }
        let alphabet = Alphabet::new(states);
        let known = |symbol: Symbol| (symbol.0 as usize) < alphabet.outcomes();
        let mut contexts: Vec<Context> = Vec::with_capacity(self.contexts.len());
        for text in self.contexts {
            let context = Context {
                after: text.after.into_iter().map(Symbol).collect(),
                then: text
                    .then
                    .into_iter()
                    .map(|(symbol, times)| (Symbol(symbol), times))
                    .collect(),
                kinds: text.kinds,
                untold: text.untold,
            };
            let mut symbols = context.after.iter().chain(context.then.iter().map(|(s, _)| s));
            if let Some(symbol) = symbols.find(|symbol| !known(**symbol)) {
                return unfit(format!("there is no state {}", symbol.0));
            }
            if context.after.len() > self.order || !context.then.is_sorted_by(|a, b| a.0 < b.0) {
                return unfit(format!("the context after {:?}", context.after));
            }
            contexts.push(context);
        }
        let place = |context: &Context| (context.after.len(), context.after.clone());
        if contexts.first().is_none_or(|first| !first.after.is_empty())
            || !contexts.is_sorted_by(|a, b| place(a) < place(b))
        {
            return unfit("the contexts are not in their order".into());
        }
        let orphan = contexts.iter().find(|context| {
            !context.after.is_empty()
                && contexts
                    .binary_search_by(|c| {
                        place(c).cmp(&(context.after.len() - 1, context.after[1..].to_vec()))
                    })
                    .is_err()
        });
        if let Some(orphan) = orphan {
            return unfit(format!("nothing is shorter than the context after {:?}", orphan.after));
        }
        let extent = Extent { sessions: self.sessions, users: self.users, steps: self.steps };
        let shape = Shape { order: self.order, descent: self.descent, k: self.k };
        let mut model = UsageModel::over(alphabet, contexts, extent, shape);
        (model.dwells, model.dwell, model.patience) = (dwells, self.dwell, patience);
        Ok(model)
    }
}

impl StateText {
    fn of(state: &State, dwell: Option<Dwell>) -> Self {
        let (act, element, name) = match &state.act {
            Act::View => (Word::View, None, None),
            Act::Click(element) => (Word::Click, Some(element), None),
            Act::Fill(element) => (Word::Fill, Some(element), None),
            Act::Choose(element) => (Word::Choose, Some(element), None),
            Act::Submit(element) => (Word::Submit, Some(element), None),
            Act::Named(name) => (Word::Named, None, Some(name.clone())),
        };
        let element = element.map(ElementText::of);
        Self { on: state.route.to_string(), act, name, element, dwell }
    }

    fn state(self) -> Result<State, BadModel> {
        let route = Route::parse(&self.on)
            .map_err(|error| BadModel::Unfit(format!("`{}`: {error}", self.on)))?;
        let element = self.element.map(ElementText::element).unwrap_or_default();
        let act = match self.act {
            Word::View => Act::View,
            Word::Click => Act::Click(element),
            Word::Fill => Act::Fill(element),
            Word::Choose => Act::Choose(element),
            Word::Submit => Act::Submit(element),
            Word::Named => Act::Named(self.name.unwrap_or_default()),
        };
        Ok(State { route, act })
    }
}

impl ElementText {
    fn of(element: &Element) -> Self {
        let Element { tag, role, name, label, text, placeholder, test_id, kind, href, css } =
            element.clone();
        Self { tag, role, name, label, text, placeholder, test_id, kind, href, css }
    }

    fn element(self) -> Element {
        let Self { tag, role, name, label, text, placeholder, test_id, kind, href, css } = self;
        Element { tag, role, name, label, text, placeholder, test_id, kind, href, css }
    }
}
