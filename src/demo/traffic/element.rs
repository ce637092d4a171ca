//! The elements of the shop that shoppers act on, as PostHog's autocapture would describe them.
//! The attributes are those of the real markup in `assets/shop`; a test holds the two together.

use std::fmt::Write as _;

/// An element of the shop: its tag with its classes, and its attributes in the order of their
/// names, as PostHog writes them. `text` and `href` are special there; others begin with `attr__`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    tag: &'static str,
    attributes: Vec<(&'static str, String)>,
}

impl Shown {
    fn new(tag: &'static str, attributes: &[(&'static str, &str)]) -> Self {
        let mut attributes: Vec<(&'static str, String)> =
            attributes.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        attributes.sort_unstable();
        Self { tag, attributes }
    }

    /// A button with this test id.
    pub(super) fn button(test_id: &str, text: &str) -> Self {
        Self::new("button.button", &[("attr__data-testid", test_id), ("text", text)])
    }

    /// A link without a test id.
    pub(super) fn link(href: &str, text: &str) -> Self {
        Self::new("a", &[("attr__href", href), ("href", href), ("text", text)])
    }

    /// A link with a test id.
    pub(super) fn marked_link(test_id: &str, href: &str, text: &str) -> Self {
        let attributes =
            [("attr__data-testid", test_id), ("attr__href", href), ("href", href), ("text", text)];
        Self::new("a", &attributes)
    }

    /// A field of a form, whose test id is `test_id`.
    pub(super) fn field(test_id: &str, name: &str, kind: &str) -> Self {
        let attributes =
            [("attr__data-testid", test_id), ("attr__name", name), ("attr__type", kind)];
        Self::new("input", &attributes)
    }

    /// The search box.
    pub(super) fn search_box() -> Self {
        let attributes = [
            ("attr__data-testid", "search"),
            ("attr__name", "q"),
            ("attr__placeholder", "Mugs, lamps, a clock…"),
            ("attr__type", "search"),
            ("attr_id", "search"),
        ];
        Self::new("input", &attributes)
    }

    /// A list to choose from.
    pub(super) fn list(test_id: &str) -> Self {
        Self::new("select", &[("attr__data-testid", test_id)])
    }

    /// A form.
    pub(super) fn form(test_id: &str) -> Self {
        Self::new("form", &[("attr__data-testid", test_id)])
    }

    /// The text of its `data-testid`.
    #[cfg(test)]
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    #[cfg(test)]
    pub(super) fn tag(&self) -> &'static str {
        self.tag.split('.').next().unwrap_or_default()
    }

    /// PostHog's chain: the element, then what holds it, each as `tag.class:key="value"…`.
    pub(super) fn chain(&self) -> String {
        let mut chain = format!("{}:", self.tag);
        for (key, value) in &self.attributes {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"");
            let _ = write!(chain, "{key}=\"{value}\"");
        }
        chain.push_str("nth-child=\"1\"nth-of-type=\"1\";main:nth-child=\"3\"nth-of-type=\"1\"");
        chain.push_str(";body:nth-child=\"2\"nth-of-type=\"1\"");
        chain
    }
}
