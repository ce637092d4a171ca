//! How a step names an element: one locator, or a list of alternatives.

use super::Reader;
use super::fields::Fields;
use crate::diagnostic::listed;
use crate::journey::locator::{By, Locator, Target};
use crate::journey::node::Node;
use crate::journey::vocabulary as words;

const LOCATOR: &[&[words::Key]] = &[words::WAYS, words::NARROWING];

impl Reader<'_> {
    /// A text, a locator, or a list of them.
    pub(super) fn target(&mut self, node: &Node) -> Option<Target> {
        if let Some(items) = node.seq() {
            self.list(node, "locators");
            let all: Vec<Locator> = items.iter().filter_map(|item| self.locator(item)).collect();
            return (all.len() == items.len()).then(|| Target::new(all)).flatten();
        }
        Target::new(vec![self.locator(node)?])
    }

    pub(super) fn locator(&mut self, node: &Node) -> Option<Locator> {
        if node.text().is_some() {
            return self.template_words(node).map(|text| Locator::new(By::Text(text)));
        }
        if node.map().is_none() {
            let help = "a text, or for example { role: button, name: Save }";
            self.expected("an element", node, Some(help));
            return None;
        }
        let fields = Fields::of(self, node, "a locator", LOCATOR)?;
        self.locator_of(&fields)
    }

    /// The element in a map that says more: its locator's keys, or `target` with alternatives.
    pub(super) fn target_in(&mut self, fields: &Fields<'_>) -> Option<Target> {
        if let Some(target) = self.optional_target_in(fields) {
            return target;
        }
        if !fields.has_unknown() {
            let mistake = self.error(fields.start.clone(), "it is not said which element");
            self.push(mistake.help("for example label: Search, or css: \"#search\""));
        }
        None
    }

    /// The same where an element need not be named. The outer `None`: there is none.
    pub(super) fn optional_target_in(&mut self, fields: &Fields<'_>) -> Option<Option<Target>> {
        let inline = fields.among(words::WAYS).chain(fields.among(words::NARROWING)).next();
        let Some(target) = fields.entry("target") else {
            inline?;
            return Some(self.locator_of(fields).and_then(|locator| Target::new(vec![locator])));
        };
        if let Some(inline) = inline {
            let message = format!("`{}` beside `target`", inline.key);
            let mistake = self
                .error(inline.key_span.clone(), message)
                .related(target.key_span.clone(), "the element is named here")
                .help("put it into the list of target, or leave target out");
            self.push(mistake);
            return Some(None);
        }
        Some(self.target(&target.value))
    }

    fn locator_of(&mut self, fields: &Fields<'_>) -> Option<Locator> {
        let ways: Vec<_> = fields.among(words::WAYS).collect();
        let name = fields.entry("name");
        let way = match ways.as_slice() {
            [way] => way,
            [] => {
                if let Some(name) = name {
                    let mistake = self.error(name.key_span.clone(), "a name without a role");
                    self.push(mistake.help("for example { role: button, name: … }"));
                } else if !fields.has_unknown() {
                    let ways = listed(words::names(&[words::WAYS]), "or");
                    let message = "it is not said how the element is found";
                    self.push(self.error(fields.start.clone(), message).help(format!("by {ways}")));
                }
                return None;
            }
            [first, second, ..] => {
                let names = listed(ways.iter().map(|way| &*way.key), "and");
                let mistake = self
                    .error(second.key_span.clone(), format!("one locator has {names}"))
                    .related(first.key_span.clone(), "the first way to find it")
                    .help(format!(
                        "for alternatives write a list: [{{ {}: … }}, {{ {}: … }}]",
                        first.key, second.key
                    ));
                self.push(mistake);
                return None;
            }
        };
        if let Some(name) = name.filter(|_| &*way.key != "role") {
            let mistake = self
                .error(name.key_span.clone(), format!("`name` beside `{}`", way.key))
                .help("name belongs to role: { role: button, name: … }");
            self.push(mistake);
            return None;
        }
        let text = self.template_words(&way.value);
        let name = name.map(|name| self.template_words(&name.value));
        let exact = fields.get("exact").map(|node| self.flag(node));
        let nth = fields.get("nth").map(|node| self.count32(node, 1, u32::MAX));
        let by = by(&way.key, text?, name)?;
        Some(Locator {
            by,
            exact: exact.unwrap_or(Some(false))?,
            nth: match nth {
                Some(nth) => Some(nth?),
                None => None,
            },
        })
    }
}

/// The way with this word.
fn by(word: &str, text: String, name: Option<Option<String>>) -> Option<By> {
    Some(match word {
        "role" => By::Role {
            role: text,
            name: match name {
                Some(name) => Some(name?),
                None => None,
            },
        },
        "label" => By::Label(text),
        "text" => By::Text(text),
        "placeholder" => By::Placeholder(text),
        "alt" => By::Alt(text),
        "title" => By::Title(text),
        "test_id" => By::TestId(text),
        "css" => By::Css(text),
        "xpath" => By::Xpath(text),
        _ => return None,
    })
}
