//! What a step does: the value of its verb.

use super::fields::Fields;
use super::step::bare;
use super::{Reader, meant};
use crate::diagnostic::shown;
use crate::journey::locator::Target;
use crate::journey::model::{Action, Branch, DialogAnswer, ScrollTo};
use crate::journey::node::{Entry, Node};
use crate::journey::vocabulary::{self as words, Key, MOST_PIXELS, MOST_TIMES};

/// The maps that name an element and say something more.
macro_rules! on_element {
    ($table:ident) => {
        &[words::WAYS, words::NARROWING, words::ALTERNATIVES, words::$table]
    };
}

impl Reader<'_> {
    /// The action of a verb that the vocabulary knows.
    pub(super) fn action(&mut self, verb: &Entry) -> Option<Action> {
        let node = &verb.value;
        Some(match &*verb.key {
            "visit" => Action::Visit(self.filled_template(node)?),
            "go" => Action::Go(self.route(node)?),
            "click" => Action::Click(self.target(node)?),
            "double_click" => Action::DoubleClick(self.target(node)?),
            "right_click" => Action::RightClick(self.target(node)?),
            "hover" => Action::Hover(self.target(node)?),
            "clear" => Action::Clear(self.target(node)?),
            "check" => Action::Check(self.target(node)?),
            "uncheck" => Action::Uncheck(self.target(node)?),
            "fill" => self.fill(node)?,
            "type" => self.typing(node)?,
            "select" => self.select(node)?,
            "upload" => self.upload(node)?,
            "press" => self.press(node)?,
            "scroll" => Action::Scroll(self.scroll(node)?),
            "drag" => self.drag(node)?,
            "new_tab" if !node.is_nothing() => Action::NewTab(Some(self.filled_template(node)?)),
            "switch_tab" => Action::SwitchTab(self.times(node, 1)?),
            "resize" => self.resize(node)?,
            "dialog" => Action::Dialog(self.dialog(node)?),
            "wait_for" => Action::WaitFor(self.expectation(node)?),
            "expect" => Action::Expect(self.expectation(node)?),
            "use" => {
                let name = self.journey_name(node)?;
                self.places.uses.push((name.clone(), node.span.clone()));
                Action::Use(name)
            }
            "choose" => self.choose(node)?,
            "repeat" => self.repeat(node)?,
            "roam" => Action::Roam(self.times(node, 1)?),
            "any_order" => Action::AnyOrder(self.any_order(node)?),
            verb => {
                let action = bare(verb)?;
                if !node.is_nothing() {
                    let help = format!("write `- {verb}` alone");
                    self.expected("nothing", node, Some(&help));
                    return None;
                }
                action
            }
        })
    }

    fn fill(&mut self, node: &Node) -> Option<Action> {
        let (fields, target) = self.on_element(node, "fill", on_element!(FILL))?;
        let with = fields.get("with").and_then(|node| self.template(node));
        Some(Action::Fill { target: target?, with: with? })
    }

    fn typing(&mut self, node: &Node) -> Option<Action> {
        if node.text().is_some() {
            return Some(Action::Type { target: None, text: self.filled_template(node)? });
        }
        let fields = Fields::of(self, node, "type", on_element!(TYPE))?;
        let target = self.optional_target_in(&fields);
        let text = fields.get("with").and_then(|node| self.filled_template(node))?;
        Some(Action::Type { target: present(target)?, text })
    }

    fn select(&mut self, node: &Node) -> Option<Action> {
        let (fields, target) = self.on_element(node, "select", on_element!(SELECT))?;
        let option = fields.get("option").and_then(|node| self.template(node));
        Some(Action::Select { target: target?, option: option? })
    }

    fn upload(&mut self, node: &Node) -> Option<Action> {
        let (fields, target) = self.on_element(node, "upload", on_element!(UPLOAD))?;
        let items = self.one_or_more(fields.get("files")?);
        let files: Vec<_> = items.iter().filter_map(|item| self.filled_template(item)).collect();
        if files.is_empty() || files.len() != items.len() {
            return None;
        }
        Some(Action::Upload { target: target?, files })
    }

    fn press(&mut self, node: &Node) -> Option<Action> {
        if node.text().is_some() {
            return Some(Action::Press { target: None, keys: self.words(node)? });
        }
        let fields = Fields::of(self, node, "press", on_element!(PRESS))?;
        let target = self.optional_target_in(&fields);
        let keys = fields.get("key").and_then(|node| self.words(node))?;
        Some(Action::Press { target: present(target)?, keys })
    }

    fn scroll(&mut self, node: &Node) -> Option<ScrollTo> {
        match node.text() {
            Some("top") => return Some(ScrollTo::Top),
            Some("bottom") => return Some(ScrollTo::Bottom),
            Some(text) => {
                let help = meant(text, ["top", "bottom"]).unwrap_or_else(|| {
                    format!("to scroll to a text write {{ text: \"{}\" }}", shown(text))
                });
                self.expected("top, bottom, { by: 400 } or an element", node, Some(&help));
                return None;
            }
            None => {}
        }
        if node.get("by").is_none() {
            return self.target(node).map(ScrollTo::Element);
        }
        let fields = Fields::of(self, node, "scroll", &[words::SCROLL])?;
        let by = fields.get("by")?;
        match by.plain().and_then(|text| text.parse().ok()) {
            Some(pixels) => Some(ScrollTo::By(pixels)),
            None => {
                self.expected("a whole number of pixels", by, None);
                None
            }
        }
    }

    fn drag(&mut self, node: &Node) -> Option<Action> {
        let fields = Fields::of(self, node, "drag", &[words::DRAG])?;
        let from = fields.get("from").and_then(|node| self.target(node));
        let to = fields.get("to").and_then(|node| self.target(node));
        Some(Action::Drag { from: from?, to: to? })
    }

    fn resize(&mut self, node: &Node) -> Option<Action> {
        let fields = Fields::of(self, node, "resize", &[words::RESIZE])?;
        let width = fields.get("width").and_then(|node| self.pixels(node));
        let height = fields.get("height").and_then(|node| self.pixels(node));
        Some(Action::Resize { width: width?, height: height? })
    }

    pub(super) fn pixels(&mut self, node: &Node) -> Option<u32> {
        self.count(node, 1, MOST_PIXELS).and_then(|pixels| u32::try_from(pixels).ok())
    }

    pub(super) fn times(&mut self, node: &Node, least: u64) -> Option<u32> {
        self.count(node, least, MOST_TIMES).and_then(|times| u32::try_from(times).ok())
    }

    fn dialog(&mut self, node: &Node) -> Option<DialogAnswer> {
        match node.text() {
            Some("accept") => Some(DialogAnswer::Accept(None)),
            Some("dismiss") => Some(DialogAnswer::Dismiss),
            Some(text) => {
                let help = meant(text, ["accept", "dismiss"]);
                let what = "accept, dismiss or { accept: \"the answer\" }";
                self.expected(what, node, help.as_deref());
                None
            }
            None => {
                let fields = Fields::of(self, node, "dialog", &[words::DIALOG])?;
                let answer = fields.get("accept").and_then(|node| self.template(node))?;
                Some(DialogAnswer::Accept(Some(answer)))
            }
        }
    }

    fn choose(&mut self, node: &Node) -> Option<Action> {
        let items = self.list(node, "branches");
        let mut branches = Vec::with_capacity(items.len());
        for item in items {
            let help = Some("a branch is { weight: 0.7, steps: […] }");
            if item.map().is_none() {
                self.expected("a branch", item, help);
                continue;
            }
            let Some(fields) = Fields::of(self, item, "a branch", &[words::BRANCH]) else {
                continue;
            };
            let weight = fields.get("weight").and_then(|node| self.weight(node));
            let steps = match fields.get("steps") {
                Some(node) if node.seq().is_some_and(<[Node]>::is_empty) => Vec::new(),
                Some(node) => self.steps(node),
                None => Vec::new(),
            };
            if let Some(weight) = weight {
                branches.push(Branch { weight, steps });
            }
        }
        (!items.is_empty() && branches.len() == items.len()).then_some(Action::Choose(branches))
    }

    fn repeat(&mut self, node: &Node) -> Option<Action> {
        let fields = Fields::of(self, node, "repeat", &[words::REPEAT])?;
        let times = fields.get("times").and_then(|node| self.rounds(node));
        let steps = fields.get("steps").map(|node| self.steps(node))?;
        (!steps.is_empty()).then_some(())?;
        Some(Action::Repeat { times: times?, steps })
    }

    fn rounds(&mut self, node: &Node) -> Option<(u32, u32)> {
        let (least, most) = match node.seq() {
            None => {
                let times = self.times(node, 1)?;
                (times, times)
            }
            Some([least, most]) => (self.times(least, 0)?, self.times(most, 1)?),
            Some(_) => {
                let help = "two numbers: [at least, at most]";
                self.expected("a number of rounds or two", node, Some(help));
                return None;
            }
        };
        if least > most {
            let message = format!("at least {least}, but at most {most}");
            self.push(
                self.error(node.span.clone(), message).help(format!("write [{most}, {least}]")),
            );
            return None;
        }
        Some((least, most))
    }

    fn any_order(&mut self, node: &Node) -> Option<Vec<crate::journey::model::Step>> {
        let steps = self.steps(node);
        (!steps.is_empty()).then_some(steps)
    }

    /// A map that names an element and says something more.
    pub(super) fn on_element<'n>(
        &mut self,
        node: &'n Node,
        what: &'static str,
        tables: &'static [&'static [Key]],
    ) -> Option<(Fields<'n>, Option<Target>)> {
        let fields = Fields::of(self, node, what, tables)?;
        let target = self.target_in(&fields);
        Some((fields, target))
    }
}

/// From "not named, or named wrongly, or named" to "wrong, or not named, or named".
fn present(target: Option<Option<Target>>) -> Option<Option<Target>> {
    match target {
        None => Some(None),
        Some(None) => None,
        Some(some) => Some(some),
    }
}
