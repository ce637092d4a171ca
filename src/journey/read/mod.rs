//! From a file's text to a [`Journey`] or shared [`Rules`], with every mistake shown at its
//! place. What a file may hold is in `vocabulary`; what crosses files is in `link`.

mod action;
mod check;
mod expectation;
mod fields;
mod head;
mod perturbation;
mod scalar;
mod step;
mod target;

use std::ops::Range;
use std::sync::Arc;

use super::model::{Journey, Observation, Rule, StepId};
use super::node::Node;
use super::{vocabulary, yaml};
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText, nearest};

use fields::Fields;

/// What journeys may share in a file of its own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rules {
    /// Readings of the page, taken after every step.
    pub observe: Vec<Observation>,
    /// What must hold after every step.
    pub always: Vec<Rule>,
    /// What must become true within a time limit after every step.
    pub eventually: Vec<Rule>,
}

/// What a file holds, as far as it could be understood, and what is to be said about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading<T> {
    /// The content; `None` where there are mistakes.
    pub content: Option<T>,
    /// Mistakes and warnings.
    pub diagnostics: Diagnostics,
}

impl<T> Reading<T> {
    fn result(self) -> Result<T, Diagnostics> {
        self.content.ok_or(self.diagnostics)
    }
}

/// Reads a journey or plan.
///
/// # Errors
/// All mistakes of the file.
pub fn read(file: &str, text: &str) -> Result<Journey, Diagnostics> {
    journey(&SourceText::new(file, text)).result()
}

/// Reads a file of shared rules.
///
/// # Errors
/// All mistakes of the file.
pub fn read_rules(file: &str, text: &str) -> Result<Rules, Diagnostics> {
    rules(&SourceText::new(file, text)).result()
}

/// Reads a journey or plan, warnings included.
#[must_use]
pub fn journey(source: &Arc<SourceText>) -> Reading<Journey> {
    document(source, |reader, node| reader.journey(node))
}

/// Reads a file of shared rules, warnings included.
#[must_use]
pub fn rules(source: &Arc<SourceText>) -> Reading<Rules> {
    document(source, |reader, node| reader.rules(node))
}

fn document<T>(
    source: &Arc<SourceText>,
    read: impl FnOnce(&mut Reader<'_>, &Node) -> Option<T>,
) -> Reading<T> {
    let node = match yaml::parse(source) {
        Ok(node) => node,
        Err(diagnostics) => return Reading { content: None, diagnostics },
    };
    let mut reader = Reader::new(source);
    let content = read(&mut reader, &node);
    let diagnostics = reader.diagnostics;
    Reading { content: content.filter(|_| !diagnostics.has_errors()), diagnostics }
}

/// Whether a file's text is one of shared rules: it has rules and nothing of a journey.
#[must_use]
pub fn is_rules(source: &Arc<SourceText>) -> bool {
    let Ok(node) = yaml::parse(source) else { return false };
    let has = |key: &str| node.get(key).is_some();
    !has("journey")
        && !has("steps")
        && vocabulary::names(&[vocabulary::RULES]).any(|name| node.get(name).is_some())
}

/// What is remembered while a file is read.
struct Reader<'a> {
    source: &'a Arc<SourceText>,
    diagnostics: Diagnostics,
    /// The steps in the order in which they stand, nested ones after their parent.
    marks: Vec<Mark>,
    /// The `needs` of all steps: the step's place in `marks`, the name, where it stands.
    needs: Vec<(usize, StepId, Range<usize>)>,
    /// Where texts name variables.
    uses: Vec<Use>,
    /// Whether the steps hold steps of other journeys.
    borrows: bool,
    /// Whether a step was not understood, so that its derived id is not known.
    broken: bool,
}

/// A step's place, and its id where one is given.
struct Mark {
    span: Range<usize>,
    id: Option<(StepId, Range<usize>)>,
}

/// A variable's name in a text.
struct Use {
    name: String,
    span: Range<usize>,
}

impl<'a> Reader<'a> {
    fn new(source: &'a Arc<SourceText>) -> Self {
        Self {
            source,
            diagnostics: Diagnostics::default(),
            marks: Vec::new(),
            needs: Vec::new(),
            uses: Vec::new(),
            borrows: false,
            broken: false,
        }
    }

    fn rules(&mut self, node: &Node) -> Option<Rules> {
        let fields = Fields::of(self, node, "a file of rules", &[vocabulary::RULES])?;
        Some(Rules {
            observe: self.observations(&fields),
            always: self.rule_list(&fields, "always", false),
            eventually: self.rule_list(&fields, "eventually", true),
        })
    }

    /// A mistake without more to say.
    fn wrong(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.push(self.error(span, message));
    }

    fn error(&self, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.source, span, message)
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// `expected a text, found a list`, with a help where one is known.
    fn expected(&mut self, what: &str, node: &Node, help: Option<&str>) {
        let mut mistake =
            self.error(node.span.clone(), format!("expected {what}, found {}", node.describe()));
        if node.is_nothing() {
            mistake = mistake.help_if(help.or_else(|| self.why_nothing(node)));
        } else {
            mistake = mistake.help_if(help);
        }
        self.push(mistake);
    }

    /// A value that begins with `#` is a comment and leaves nothing.
    fn why_nothing(&self, node: &Node) -> Option<&'static str> {
        let rest = self.source.text.get(node.span.start..)?;
        let line = rest.lines().next().unwrap_or("").trim_start();
        line.trim_start_matches(':')
            .trim_start()
            .starts_with('#')
            .then_some("`#` begins a comment in YAML; put a text that begins with it in quotes")
    }
}

/// `did you mean …?`, where a candidate is near.
fn meant<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    nearest(word, candidates).map(|near| format!("did you mean `{near}`?"))
}
