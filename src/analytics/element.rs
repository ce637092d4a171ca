//! An element as an export describes it, and how a journey would name it.

use crate::journey::{By, Locator, Target};

/// What is known of the element that somebody acted on. Texts are redacted already; empty fields
/// are unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Element {
    /// The tag in lower case, `button`.
    pub tag: Option<String>,
    /// The ARIA role, explicit or implied by the tag.
    pub role: Option<String>,
    /// The accessible name, where the export has one.
    pub name: Option<String>,
    /// The label of a form control.
    pub label: Option<String>,
    /// The visible text.
    pub text: Option<String>,
    /// The placeholder of a form control.
    pub placeholder: Option<String>,
    /// The value of the first of `data-testid`, `data-test`, `data-qa`, `data-cy` and the like.
    pub test_id: Option<String>,
    /// The `type` of an `input`.
    pub kind: Option<String>,
    /// The path that a link leads to, without host, query and fragment.
    pub href: Option<String>,
    /// A CSS selector, the least trusted way.
    pub css: Option<String>,
}

impl Element {
    /// The ways to find it again, best first: test id, role and name, label, placeholder, text,
    /// selector. `None` where the export does not tell the element apart from others.
    #[must_use]
    pub fn target(&self) -> Option<Target> {
        let role = self.role.clone().zip(self.name.clone().or_else(|| self.text.clone()));
        let ways = [
            self.test_id.clone().map(By::TestId),
            role.map(|(role, name)| By::Role { role, name: Some(name) }),
            self.label.clone().map(By::Label),
            self.placeholder.clone().map(By::Placeholder),
            self.text.clone().map(By::Text),
            self.css.clone().map(By::Css),
        ];
        Target::new(ways.into_iter().flatten().map(Locator::new).collect())
    }
}
