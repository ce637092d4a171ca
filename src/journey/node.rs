//! A YAML text as a tree in which every node knows where it stands. Scalars are kept as they
//! are written, so that `no` is a text where a text is expected; meaning is the reader's.

use std::ops::Range;
use std::rc::Rc;

/// A value of a YAML file.
#[derive(Debug, Clone)]
pub struct Node {
    /// Bytes of the source; for what an alias stands for, the alias.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// What a node is. Contents are shared, so that an alias costs nothing.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A single value.
    Scalar(Scalar),
    /// A list.
    Seq(Rc<Vec<Node>>),
    /// A map, in the order of the file; no key occurs twice.
    Map(Rc<Vec<Entry>>),
}

/// A single value.
#[derive(Debug, Clone)]
pub struct Scalar {
    /// The text, escapes resolved.
    pub text: Rc<str>,
    /// Whether it stands without quotes, so that it may be a number or `true`.
    pub plain: bool,
}

/// A key of a map and what stands there.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: Rc<str>,
    /// Where the key stands.
    pub key_span: Range<usize>,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The text of a scalar; nothing at all (`key:` with an empty rest) is no text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(scalar) if !self.is_nothing() => Some(&scalar.text),
            _ => None,
        }
    }

    /// The text of a scalar that may be a number or `true`, being without quotes.
    #[must_use]
    pub fn plain(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(scalar) if scalar.plain && !scalar.text.is_empty() => Some(&scalar.text),
            _ => None,
        }
    }

    /// Whether nothing was written here.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        matches!(&self.kind, Kind::Scalar(scalar) if scalar.plain && scalar.text.is_empty())
    }

    /// The items of a list.
    #[must_use]
    pub fn seq(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::Seq(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a map.
    #[must_use]
    pub fn map(&self) -> Option<&[Entry]> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value at a key of a map.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.map()?.iter().find(|e| &*e.key == key).map(|e| &e.value)
    }

    /// The node in words: `a list`, `a map`, `the text "x"`.
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.kind {
            Kind::Seq(_) => "a list".to_owned(),
            Kind::Map(_) => "a map".to_owned(),
            Kind::Scalar(_) if self.is_nothing() => "nothing".to_owned(),
            Kind::Scalar(s) if s.plain && s.text.parse::<f64>().is_ok() => {
                format!("the number {}", crate::diagnostic::shown(&s.text))
            }
            Kind::Scalar(s) => format!("the text \"{}\"", crate::diagnostic::shown(&s.text)),
        }
    }
}
