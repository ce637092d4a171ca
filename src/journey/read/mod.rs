//! From a file's text to a [`Journey`] or shared [`Rules`], with every mistake shown at its
//! place. What a file may hold is in `vocabulary`; what crosses files is in `link`.

mod action;
mod check;
mod expectation;
mod fields;
mod head;
mod never;
mod perturbation;
mod scalar;
mod step;
mod target;

use std::ops::Range;
use std::sync::Arc;

use super::Never;
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
    /// What must never be touched.
    pub never: Vec<Never>,
}

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A journey or plan.
    Journey(Box<Journey>),
    /// Shared rules.
    Rules(Rules),
}

/// What a file holds, as far as it could be understood, and what is to be said about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading<T> {
    /// The content; `None` where there are mistakes.
    pub content: Option<T>,
    /// Where it speaks of other files; also where there are mistakes.
    pub places: Places,
    /// Mistakes and warnings.
    pub diagnostics: Diagnostics,
}

/// A text of the file and where it stands.
pub type Placed = (String, Range<usize>);

/// The places of a journey that name something outside of its file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    /// Its name, which must be unique among journeys.
    pub name: Option<Placed>,
    /// The journeys that it uses.
    pub uses: Vec<Placed>,
    /// Its files of rules.
    pub rules: Vec<Placed>,
    /// The files of its variables.
    pub files: Vec<Placed>,
}

/// Reads a journey or plan.
///
/// # Errors
/// All mistakes of the file.
pub fn read(file: &str, text: &str) -> Result<Journey, Diagnostics> {
    let reading = document(&SourceText::new(file, text), |reader, node| reader.journey(node));
    reading.content.ok_or(reading.diagnostics)
}

/// Reads a file of shared rules.
///
/// # Errors
/// All mistakes of the file.
pub fn read_rules(file: &str, text: &str) -> Result<Rules, Diagnostics> {
    let reading = rules(&SourceText::new(file, text));
    reading.content.ok_or(reading.diagnostics)
}

/// Reads a file of shared rules, warnings included.
#[must_use]
pub fn rules(source: &Arc<SourceText>) -> Reading<Rules> {
    document(source, |reader, node| reader.rules(node))
}

/// The keys of a file that is neither: every key that its table does not know is a mistake, and
/// so are those of the maps in it. What stands there is for the caller to read.
#[must_use]
pub fn unknown_keys(
    source: &Arc<SourceText>,
    what: &'static str,
    table: &'static [&'static [vocabulary::Key]],
) -> Diagnostics {
    document(source, |reader, node| {
        let fields = Fields::of(reader, node, what, table)?;
        for key in table.iter().flat_map(|keys| keys.iter()) {
            if let vocabulary::Shape::Map(tables) = key.shape
                && let Some(inner) = fields.get(key.name)
            {
                Fields::of(reader, inner, key.name, tables);
            }
        }
        Some(())
    })
    .diagnostics
}

/// Reads whatever the file is, warnings included. What has rules and nothing of a journey is
/// a file of rules.
#[must_use]
pub fn any(source: &Arc<SourceText>) -> Reading<Content> {
    document(source, |reader, node| {
        let has = |key: &str| node.get(key).is_some();
        let rules = vocabulary::names(&[vocabulary::RULES]).any(has);
        if rules && !has("journey") && !has("steps") {
            reader.rules(node).map(Content::Rules)
        } else {
            reader.journey(node).map(|journey| Content::Journey(Box::new(journey)))
        }
    })
}

fn document<T>(
    source: &Arc<SourceText>,
    read: impl FnOnce(&mut Reader<'_>, &Node) -> Option<T>,
) -> Reading<T> {
    let node = match yaml::parse(source) {
        Ok(node) => node,
        Err(diagnostics) => {
            return Reading { content: None, places: Places::default(), diagnostics };
        }
    };
    let mut reader = Reader::new(source);
    let content = read(&mut reader, &node);
    let Reader { mut diagnostics, places, .. } = reader;
    diagnostics.sort();
    Reading { content: content.filter(|_| !diagnostics.has_errors()), places, diagnostics }
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
    /// Where the file speaks of others.
    places: Places,
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
            places: Places::default(),
            broken: false,
        }
    }

    fn rules(&mut self, node: &Node) -> Option<Rules> {
        let fields = Fields::of(self, node, "a file of rules", &[vocabulary::RULES])?;
        Some(Rules {
            observe: self.observations(&fields),
            always: self.rule_list(&fields, "always", false),
            eventually: self.rule_list(&fields, "eventually", true),
            never: self.never(&fields),
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
        let message = format!("expected {what}, found {}", node.describe());
        let help = self.why_nothing(node).or(help);
        self.push(self.error(node.span.clone(), message).help_if(help));
    }

    /// A value that begins with `#` is a comment and leaves nothing.
    fn why_nothing(&self, node: &Node) -> Option<&'static str> {
        let rest = self.source.text.get(node.span.start..).filter(|_| node.is_nothing())?;
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
