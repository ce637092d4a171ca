//! `never`: what must not be touched, and the steps that would.

use super::Reader;
use super::fields::Fields;
use crate::journey::ids;
use crate::journey::model::Step;
use crate::journey::never::{Never, touched};
use crate::journey::node::Node;
use crate::journey::vocabulary as words;

impl Reader<'_> {
    pub(super) fn never(&mut self, fields: &Fields<'_>) -> Vec<Never> {
        let Some(node) = fields.get("never") else { return Vec::new() };
        self.one_or_more(node).iter().filter_map(|item| self.never_one(item)).collect()
    }

    fn never_one(&mut self, node: &Node) -> Option<Never> {
        let uses = self.uses.len();
        let never = match node.map() {
            Some(entries) if entries.iter().any(|entry| &*entry.key == "url") => {
                let fields = Fields::of(self, node, "never", &[words::NEVER_PAGE])?;
                Never::Url(self.route(fields.get("url")?)?)
            }
            _ => Never::Element(self.locator(node)?),
        };
        if self.uses.len() > uses {
            // A name that nothing fills in would match nothing, and protect nothing.
            let message =
                "what must never be touched has no variables: it is the same on all walks";
            self.wrong(node.span.clone(), message);
            return None;
        }
        Some(never)
    }

    /// A step that would touch what must never be touched is a mistake where it stands.
    pub(super) fn check_never(&mut self, steps: &[Step], never: &[Never]) {
        let mut place = 0;
        let mut wrong = Vec::new();
        ids::each(steps, &mut |step| {
            if let (Some(never), Some(mark)) = (touched(step, never), self.marks.get(place)) {
                let message = format!("this step touches {never}, which `never` forbids");
                wrong.push(
                    self.error(mark.span.clone(), message)
                        .help("take the step out, or what forbids it"),
                );
            }
            place += 1;
        });
        wrong.into_iter().for_each(|mistake| self.push(mistake));
    }
}
