//! Single values: texts, numbers, times, names. A number is one only where a number is
//! expected, and only without quotes.

use super::{Reader, Use};
use crate::diagnostic::shown;
use crate::journey::model::StepId;
use crate::journey::node::Node;
use crate::journey::template::Template;
use crate::route::{self, Route};
use crate::time::Span;

impl Reader<'_> {
    /// Any text; one in quotes may be empty.
    pub(super) fn text<'n>(&mut self, node: &'n Node) -> Option<&'n str> {
        let text = node.text();
        if text.is_none() {
            self.expected("a text", node, None);
        }
        text
    }

    /// A text with something in it.
    pub(super) fn words(&mut self, node: &Node) -> Option<String> {
        let text = self.text(node)?;
        if text.trim().is_empty() {
            self.wrong(node.span.clone(), "expected a text, found an empty one");
            return None;
        }
        Some(text.to_owned())
    }

    /// A text that may name variables, and may be empty.
    pub(super) fn template(&mut self, node: &Node) -> Option<Template> {
        let template = Template::new(self.text(node)?);
        self.note_variables(&template, node);
        Some(template)
    }

    /// A text that may name variables and has something in it.
    pub(super) fn filled_template(&mut self, node: &Node) -> Option<Template> {
        let template = Template::new(self.words(node)?);
        self.note_variables(&template, node);
        Some(template)
    }

    /// A text with something in it that may name variables, for a place that keeps plain text.
    pub(super) fn template_words(&mut self, node: &Node) -> Option<String> {
        self.filled_template(node).map(|template| template.as_str().to_owned())
    }

    fn note_variables(&mut self, template: &Template, node: &Node) {
        // Where a text names several variables, each is looked for after the last.
        let mut from = node.span.start;
        for name in template.names() {
            let raw = self.source.text.get(from..node.span.end).unwrap_or("");
            let span = match raw.find("{{").and_then(|at| raw[at..].find(name).map(|n| at + n)) {
                Some(at) => from + at..from + at + name.len(),
                None => node.span.clone(),
            };
            from = span.end.min(node.span.end);
            self.uses.push(Use { name: name.to_owned(), span });
        }
    }

    /// `true` or `false`; nothing else that YAML ever took for them.
    pub(super) fn flag(&mut self, node: &Node) -> Option<bool> {
        match node.plain() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            other => {
                let help = match other {
                    Some("yes" | "Yes" | "on" | "On" | "True" | "TRUE") => "write true",
                    Some("no" | "No" | "off" | "Off" | "False" | "FALSE") => "write false",
                    _ => "without quotes",
                };
                self.expected("true or false", node, Some(help));
                None
            }
        }
    }

    /// A whole number within bounds.
    pub(super) fn count(&mut self, node: &Node, least: u64, most: u64) -> Option<u64> {
        let Some(number) = node.plain().and_then(|text| text.parse::<u64>().ok()) else {
            let help = in_quotes(node);
            self.expected("a whole number", node, help);
            return None;
        };
        if !(least..=most).contains(&number) {
            let message = if number < least {
                format!("expected at least {least}, found {number}")
            } else {
                format!("expected at most {most}, found {number}")
            };
            self.wrong(node.span.clone(), message);
            return None;
        }
        Some(number)
    }

    /// A whole number within bounds that fit 32 bits.
    pub(super) fn count32(&mut self, node: &Node, least: u32, most: u32) -> Option<u32> {
        let number = self.count(node, u64::from(least), u64::from(most))?;
        Some(u32::try_from(number).expect("it is at most a u32"))
    }

    /// A number, not infinite.
    pub(super) fn number(&mut self, node: &Node) -> Option<f64> {
        let number = number(node);
        if number.is_none() {
            self.expected("a number", node, in_quotes(node));
        }
        number
    }

    /// A probability or share.
    pub(super) fn share(&mut self, node: &Node) -> Option<f64> {
        if let Some(percent) = node.plain().and_then(|text| text.strip_suffix('%')) {
            let help = percent.trim().parse::<f64>().ok().map(|p| format!("write {}", p / 100.0));
            self.expected("a number from 0 to 1", node, help.as_deref());
            return None;
        }
        let number = self.number(node)?;
        if !(0.0..=1.0).contains(&number) {
            let help = (1.0..=100.0)
                .contains(&number)
                .then(|| format!("{number} % is {}", number / 100.0));
            let message = format!("expected a number from 0 to 1, found {number}");
            self.push(self.error(node.span.clone(), message).help_if(help));
            return None;
        }
        Some(number)
    }

    /// A number above 0.
    pub(super) fn weight(&mut self, node: &Node) -> Option<f64> {
        let number = self.number(node)?;
        if number <= 0.0 {
            let message = format!("a weight is above 0, and this is {number}");
            let help = "leave out what is never to be drawn";
            self.push(self.error(node.span.clone(), message).help(help));
            return None;
        }
        Some(number)
    }

    /// A length of time.
    pub(super) fn time(&mut self, node: &Node) -> Option<Span> {
        let text = self.text(node)?;
        match text.parse() {
            Ok(span) => Some(span),
            Err(error) => {
                let help = number(node).map(|n| format!("with its unit: {n}s, or {n}ms"));
                let message = format!("{error}, found \"{}\"", shown(text));
                self.push(self.error(node.span.clone(), message).help_if(help));
                None
            }
        }
    }

    /// A route.
    pub(super) fn route(&mut self, node: &Node) -> Option<Route> {
        let template = self.template(node)?;
        match Route::parse(template.as_str()) {
            Ok(route) => Some(route),
            Err(error) => {
                let mistake = self.error(node.span.clone(), error.to_string());
                let help = route_help(template.as_str());
                self.push(mistake.help_if(help));
                None
            }
        }
    }

    /// The name of a journey: lower case letters, digits and hyphens.
    pub(super) fn journey_name(&mut self, node: &Node) -> Option<String> {
        self.name(node, "a journey's name", "lower case letters, digits and hyphens", |c| c == '-')
    }

    /// The name of a step.
    pub(super) fn step_id(&mut self, node: &Node) -> Option<StepId> {
        let allowed = "lower case letters, digits, `-` and `_`";
        self.name(node, "a step's id", allowed, |c| matches!(c, '-' | '_')).map(StepId)
    }

    fn name(
        &mut self,
        node: &Node,
        what: &str,
        allowed: &str,
        also: impl Fn(char) -> bool,
    ) -> Option<String> {
        let name = self.words(node)?;
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || also(c);
        if name.chars().all(fits) {
            return Some(name);
        }
        let better: String =
            name.to_lowercase().chars().map(|c| if fits(c) { c } else { '-' }).collect();
        // A name in another script has no better spelling that we could know.
        let help = name.is_ascii().then(|| format!("write {}", shown(better.trim_matches('-'))));
        let mistake = self.error(node.span.clone(), format!("{what} has only {allowed}"));
        self.push(mistake.help_if(help));
        None
    }

    /// `1280x800`
    pub(super) fn size(&mut self, node: &Node) -> Option<(u32, u32)> {
        use crate::journey::vocabulary::MOST_PIXELS;
        let side = |text: &str| {
            text.parse::<u32>().ok().filter(|n| (1..=MOST_PIXELS).contains(&u64::from(*n)))
        };
        let size = node.text().and_then(|text| text.split_once('x'));
        let size = size.and_then(|(width, height)| Some((side(width)?, side(height)?)));
        if size.is_none() {
            self.expected("a size such as 1280x800", node, None);
        }
        size
    }

    /// One value or a list of them, not empty.
    pub(super) fn one_or_more<'n>(&mut self, node: &'n Node) -> &'n [Node] {
        match node.seq() {
            None => std::slice::from_ref(node),
            Some([]) => {
                self.wrong(node.span.clone(), "the list is empty");
                &[]
            }
            Some(items) => items,
        }
    }

    /// A list, not empty.
    pub(super) fn list<'n>(&mut self, node: &'n Node, of: &str) -> &'n [Node] {
        match node.seq() {
            None => {
                let help = "a list has a line that begins with `-` for each item";
                self.expected(&format!("a list of {of}"), node, Some(help));
                &[]
            }
            Some([]) => {
                self.wrong(
                    node.span.clone(),
                    format!("expected a list of {of}, found an empty one"),
                );
                &[]
            }
            Some(items) => items,
        }
    }
}

/// A number without quotes, not infinite.
pub(super) fn number(node: &Node) -> Option<f64> {
    let text = node.plain()?;
    // Rust's parser takes `nan`, `inf` and `infinity`, which are words here.
    let begins = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.');
    let number: f64 = text.starts_with(begins).then(|| text.parse().ok())??;
    number.is_finite().then_some(number)
}

fn in_quotes(node: &Node) -> Option<&'static str> {
    let number = node.plain().is_none() && node.text()?.parse::<f64>().is_ok();
    number.then_some("a number stands without quotes")
}

fn route_help(text: &str) -> Option<String> {
    if text.contains("://") {
        return Some("to enter an address, use visit".to_owned());
    }
    if text.starts_with('/') && text.contains(['?', '#']) {
        let path = text.split(['?', '#']).next().unwrap_or("");
        let (mark, behind) = route::behind_hash(text).unwrap_or(("", ""));
        let path = format!("{path}{mark}{behind}");
        return Some(format!("write {}; a route is only the path", shown(&path)));
    }
    let word = !text.is_empty() && !text.starts_with('/') && !text.contains(char::is_whitespace);
    word.then(|| format!("write /{}", shown(text)))
}
