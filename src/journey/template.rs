//! Texts with `{{variables}}` in them.

use std::fmt;

/// The fields of `{{person.…}}`, the made-up person that every walk has.
pub const PERSON_FIELDS: [&str; 9] =
    ["name", "first_name", "last_name", "email", "phone", "street", "city", "zip", "password"];

/// The name of `{{fresh}}`: ten digits that nobody has used before, new each time a walk is
/// carried out. Plans keep the name, so that walking one again makes no second record of one name.
pub const FRESH: &str = "fresh";

/// A text in a journey, possibly with `{{name}}` or `{{name.field}}` in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Template(String);

impl Template {
    /// Takes the text as written.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names in double braces, in their order, with repetitions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts().filter_map(|part| match part {
            Part::Name(name) => Some(name),
            Part::Text(_) => None,
        })
    }

    /// Whether nothing is left to fill in.
    #[must_use]
    pub fn is_concrete(&self) -> bool {
        self.names().next().is_none()
    }

    /// The text with every name that `value` knows replaced; the others stay as they are.
    #[must_use]
    pub fn fill(&self, mut value: impl FnMut(&str) -> Option<String>) -> Template {
        let mut out = String::with_capacity(self.0.len());
        for part in self.parts() {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Name(name) => match value(name) {
                    Some(text) => out.push_str(&text),
                    None => {
                        out.push_str("{{");
                        out.push_str(name);
                        out.push_str("}}");
                    }
                },
            }
        }
        Template(out)
    }

    /// The text in pieces: what stands as it is, and the names in double braces.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let mut rest = self.0.as_str();
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let open = rest.find("{{").unwrap_or(rest.len());
            if open > 0 {
                let (text, tail) = rest.split_at(open);
                rest = tail;
                return Some(Part::Text(text));
            }
            let Some(close) = rest.find("}}") else {
                return Some(Part::Text(std::mem::take(&mut rest)));
            };
            let name = rest[2..close].trim();
            let whole = &rest[..close + 2];
            rest = &rest[close + 2..];
            let is_name = !name.is_empty()
                && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
            Some(if is_name { Part::Name(name) } else { Part::Text(whole) })
        })
    }
}

/// A piece of a [`Template`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// Stands as it is.
    Text(&'a str),
    /// Stands for a value.
    Name(&'a str),
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_and_fills_names() {
        let t = Template::new("to {{ person.name }}, {{x}} and {{not a name}} {{");
        assert_eq!(t.names().collect::<Vec<_>>(), ["person.name", "x"]);
        let filled = t.fill(|n| (n == "x").then(|| "{{y}}".to_owned()));
        assert_eq!(filled.as_str(), "to {{person.name}}, {{y}} and {{not a name}} {{");
        assert!(Template::new("plain { text }").is_concrete());
    }
}
