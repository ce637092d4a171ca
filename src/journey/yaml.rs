//! From the text of a YAML file to [`Node`]s, within budgets: no alias bomb, deep nesting or
//! giant file takes more memory or time than its limit allows.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, StrInput};

use super::node::{Entry, Kind, Node, Scalar};
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText, shown};

/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 8 << 20;
/// The deepest nesting of lists and maps.
pub const MOST_DEPTH: usize = 64;
/// The most values in a file, with those that aliases repeat.
pub const MOST_NODES: usize = 1_000_000;

/// Reads a text into a tree, or says why it is no YAML that we take.
///
/// # Errors
/// Everything that is found until the text makes no sense any more.
pub fn parse(source: &Arc<SourceText>) -> Result<Node, Diagnostics> {
    if source.text.len() > MOST_BYTES {
        return Err(Diagnostic::of_file(
            &source.file,
            format!(
                "the file is too large: {} MiB, where {} are the most",
                source.text.len().div_ceil(1 << 20),
                MOST_BYTES >> 20
            ),
        )
        .into());
    }
    let mut options = granit_parser::Options::default();
    options.flow_nesting_limit = MOST_DEPTH;
    options.block_nesting_limit = MOST_DEPTH;
    // A byte order mark is no content, but its bytes count in every span.
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    let mut tree = Tree {
        source,
        offset: source.text.len() - text.len(),
        parser: Parser::new_from_str_with_options(text, options),
        anchors: HashMap::new(),
        spent: Cost::default(),
        mistakes: Diagnostics::default(),
    };
    match tree.document() {
        Ok(node) if !tree.mistakes.has_errors() => Ok(node),
        Ok(_) => Err(tree.mistakes),
        Err(last) => {
            tree.mistakes.push(*last);
            Err(tree.mistakes)
        }
    }
}

/// What a part of the tree costs when an alias repeats it.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    nodes: usize,
    bytes: usize,
}

struct Tree<'a> {
    source: &'a Arc<SourceText>,
    offset: usize,
    parser: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, (Node, Cost)>,
    spent: Cost,
    mistakes: Diagnostics,
}

/// The mistake after which nothing more can be understood.
type Stop = Box<Diagnostic>;

impl<'a> Tree<'a> {
    fn document(&mut self) -> Result<Node, Stop> {
        loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(..), _) => {}
                (Event::StreamEnd, _) => {
                    return Err(Box::new(Diagnostic::of_file(
                        &self.source.file,
                        "the file is empty",
                    )));
                }
                (event, range) => {
                    let node = self.node(event, range, 0)?;
                    self.end()?;
                    return Ok(node);
                }
            }
        }
    }

    /// Nothing may follow the one document.
    fn end(&mut self) -> Result<(), Stop> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(()),
                (Event::DocumentStart(..), range) => {
                    return Err(Box::new(
                        self.error(range, "a second document begins here")
                            .help("write one journey in one file; remove the line `---`"),
                    ));
                }
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Range<usize>), Stop> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                self.reject_tag(&event, &span)?;
                Ok((event, self.range(&span)))
            }
            Some(Err(error)) => Err(Box::new(self.syntax(&error))),
            None => Ok((Event::StreamEnd, 0..0)),
        }
    }

    fn node(&mut self, event: Event<'a>, range: Range<usize>, depth: usize) -> Result<Node, Stop> {
        if depth > MOST_DEPTH {
            return Err(Box::new(self.error(range, too_deep())));
        }
        let before = self.spent;
        let (node, anchor) = match event {
            Event::Scalar(text, style, anchor, _) => {
                self.spend(Cost { nodes: 1, bytes: text.len() }, &range)?;
                let plain = style == ScalarStyle::Plain;
                // The parser says `~` where nothing is written.
                let text = if plain && range.is_empty() { "" } else { &*text };
                let kind = Kind::Scalar(Scalar { text: Rc::from(text), plain });
                (Node { span: range, kind }, anchor)
            }
            Event::SequenceStart(_, anchor, _) => {
                self.spend(Cost { nodes: 1, bytes: 0 }, &range)?;
                (self.seq(range, depth)?, anchor)
            }
            Event::MappingStart(_, anchor, _) => {
                self.spend(Cost { nodes: 1, bytes: 0 }, &range)?;
                (self.map(range, depth)?, anchor)
            }
            Event::Alias(id) => return self.alias(id, range),
            _ => {
                let kind = Kind::Scalar(Scalar { text: Rc::from(""), plain: true });
                return Ok(Node { span: range, kind });
            }
        };
        if anchor > 0 {
            let cost = Cost {
                nodes: self.spent.nodes - before.nodes,
                bytes: self.spent.bytes - before.bytes,
            };
            self.anchors.insert(anchor, (node.clone(), cost));
        }
        Ok(node)
    }

    fn seq(&mut self, start: Range<usize>, depth: usize) -> Result<Node, Stop> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, end) => {
                    let last = items.last().map(|item: &Node| item.span.end);
                    let span = start.start..close(&end, last, start.end);
                    return Ok(Node { span, kind: Kind::Seq(Rc::new(items)) });
                }
                (event, range) => items.push(self.node(event, range, depth + 1)?),
            }
        }
    }

    fn map(&mut self, start: Range<usize>, depth: usize) -> Result<Node, Stop> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut first: HashMap<Rc<str>, Range<usize>> = HashMap::new();
        loop {
            let (event, range) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                let last = entries.last().map(|e| e.value.span.end);
                let span = start.start..close(&range, last, start.end);
                return Ok(Node { span, kind: Kind::Map(Rc::new(entries)) });
            }
            let key = self.node(event, range, depth + 1)?;
            let (event, range) = self.next()?;
            let value = self.node(event, range, depth + 1)?;
            let Kind::Scalar(Scalar { text, .. }) = key.kind else {
                self.key_is_no_text(&key, &start);
                continue;
            };
            if let Some(earlier) = first.get(&text) {
                let mistake = self
                    .error(key.span, format!("`{}` is given twice", shown(&text)))
                    .related(earlier.clone(), "first here")
                    .help("keep one of the two");
                self.mistakes.push(mistake);
                continue;
            }
            first.insert(Rc::clone(&text), key.span.clone());
            entries.push(Entry { key: text, key_span: key.span, value });
        }
    }

    fn key_is_no_text(&mut self, key: &Node, map: &Range<usize>) {
        let text = &self.source.text;
        let whole = text.get(map.start..).unwrap_or("");
        if whole.starts_with("{{") {
            let end = whole.find("}}").map_or(2, |end| end + 2);
            let mistake = self
                .error(map.start..map.start + end, "a variable without quotes")
                .label("YAML reads braces as a map")
                .help(format!("write the whole text in quotes: \"{}\"", shown(&whole[..end])));
            self.mistakes.push(mistake);
        } else {
            let mistake = self.error(key.span.clone(), "a key must be a text");
            self.mistakes.push(mistake);
        }
    }

    fn alias(&mut self, id: usize, range: Range<usize>) -> Result<Node, Stop> {
        match self.anchors.get(&id) {
            Some((node, cost)) => {
                let (kind, cost) = (node.kind.clone(), *cost);
                self.spend(cost, &range)?;
                Ok(Node { span: range, kind })
            }
            None => Err(Box::new(self.error(range, "an alias cannot stand inside itself"))),
        }
    }

    fn spend(&mut self, cost: Cost, range: &Range<usize>) -> Result<(), Stop> {
        self.spent.nodes += cost.nodes;
        self.spent.bytes += cost.bytes;
        if self.spent.nodes > MOST_NODES || self.spent.bytes > 2 * MOST_BYTES {
            return Err(Box::new(
                self.error(range.clone(), "the file holds too much")
                    .label("the limit is reached here")
                    .note(format!(
                        "at most {MOST_NODES} values and {} MiB of text, with what aliases repeat",
                        (2 * MOST_BYTES) >> 20
                    )),
            ));
        }
        Ok(())
    }

    fn reject_tag(&self, event: &Event<'_>, span: &Span) -> Result<(), Stop> {
        if event.tag().is_none() {
            return Ok(());
        }
        let tag = span.tag_span().map_or_else(|| self.range(span), |tag| self.range(&tag));
        let word = self.source.text.get(tag.clone()).map(shown).unwrap_or_default();
        Err(Box::new(
            self.error(tag, format!("`{word}` is a YAML tag, and journeys have none"))
                .help("put a text that begins with `!` in quotes"),
        ))
    }

    fn syntax(&self, error: &ScanError) -> Diagnostic {
        let at = self.offset + error.marker().byte_offset().unwrap_or(0);
        let at = at.min(self.source.text.len());
        let (message, help) = explain(error.kind());
        let next = self.source.text[at..].chars().next().map_or(0, char::len_utf8);
        self.error(at..at + next, message).help_if(help)
    }

    fn range(&self, span: &Span) -> Range<usize> {
        let start = self.offset + span.start.byte_offset().unwrap_or(0);
        start..(self.offset + span.end.byte_offset().unwrap_or(0)).max(start)
    }

    fn error(&self, range: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.source, range, message)
    }
}

/// Where a list or map ends: a block's end event comes only with the next token, far below.
fn close(end: &Range<usize>, last: Option<usize>, start: usize) -> usize {
    if end.is_empty() { last.unwrap_or(start) } else { end.end }
}

fn too_deep() -> String {
    format!("nested too deeply: {MOST_DEPTH} levels are the most")
}

/// A YAML mistake in our words, and what to do about the frequent ones.
fn explain(kind: &ErrorKind) -> (String, Option<&'static str>) {
    let (message, help) = match kind {
        ErrorKind::RecursionLimitExceeded => return (too_deep(), None),
        ErrorKind::MappingValueNotAllowed => (
            "a `:` where YAML does not expect one",
            "put a text with `: ` in it in quotes; or this line is indented too far, or the one \
             above lacks its colon",
        ),
        ErrorKind::UnknownAnchor | ErrorKind::MissingAnchorOrAliasName => (
            "`*` begins an alias in YAML, and nothing has this name",
            "put a text that begins with `*` or `&` in quotes",
        ),
        ErrorKind::TabInIndentation
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabNotAllowed
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabAtBlockScalarStart => {
            ("a tab, where YAML takes only spaces", "indent with two spaces")
        }
        ErrorKind::UnclosedQuotedScalar => {
            ("this text in quotes never ends", "close the quotes; `\\\"` is a quote inside them")
        }
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping => {
            ("a bracket or brace that is opened is never closed", "close it")
        }
        ErrorKind::UnknownQuotedScalarEscape => (
            "an escape that YAML does not know",
            "write `\\\\` for a backslash, or use single quotes, which have no escapes",
        ),
        ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => (
            "text after the closing quote",
            "put the whole text in quotes; inside single quotes write a quote twice",
        ),
        ErrorKind::UnexpectedCharacter { character: '@' | '`' | '%' } => {
            ("a text cannot begin with this character", "put the text in quotes")
        }
        ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry => (
            "this line does not fit the lines above",
            "give the keys of one map, and the `-` of one list, the same indentation",
        ),
        ErrorKind::SimpleKeyExpected => {
            ("a key without `:`", "write `key: value`, with a space after the colon")
        }
        other => return (other.to_string(), None),
    };
    (message.to_owned(), Some(help))
}
