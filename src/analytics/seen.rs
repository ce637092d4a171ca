//! What a source hands over: one thing that one user did, borrowed from the line that tells it.
//! Nothing here is cleaned or redacted yet.

use std::borrow::Cow;

use super::moment::Moment;

use crate::journey::TEST_ATTRIBUTES;

/// One thing that one user did, as the source tells it. Empty texts are unknown.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen<'a> {
    /// Who: any text that is the same for the same user.
    pub(super) user: &'a str,
    /// What also tells users apart, where `user` alone does not (logs: the user agent).
    pub(super) apart: &'a str,
    /// The source's own session.
    pub(super) session: &'a str,
    /// When; `None` where it cannot be read.
    pub(super) at: Option<Moment>,
    /// The place among the user's events of the same millisecond; `None`: as the lines stand.
    pub(super) order: Option<u32>,
    /// The page on which it was done.
    pub(super) url: &'a str,
    /// What was done.
    pub(super) did: Did<'a>,
    /// The user agent.
    pub(super) agent: &'a str,
}

/// What was done.
#[derive(Debug, Clone, Default)]
pub(super) enum Did<'a> {
    /// The page came.
    #[default]
    View,
    /// Clicked an element.
    Click(Described<'a>),
    /// Typed into a field.
    Fill(Described<'a>),
    /// Chose an option, ticked a box.
    Choose(Described<'a>),
    /// Sent a form.
    Submit(Described<'a>),
    /// An event of the application's own.
    Named(&'a str),
}

/// An element as an export describes it. Empty texts are unknown.
#[derive(Debug, Clone, Default)]
pub(super) struct Described<'a> {
    pub(super) tag: Cow<'a, str>,
    pub(super) role: Cow<'a, str>,
    pub(super) name: Cow<'a, str>,
    pub(super) label: Cow<'a, str>,
    pub(super) text: Cow<'a, str>,
    pub(super) placeholder: Cow<'a, str>,
    pub(super) test_id: Cow<'a, str>,
    /// The `type` attribute.
    pub(super) kind: Cow<'a, str>,
    pub(super) href: Cow<'a, str>,
    /// The `id` attribute.
    pub(super) id: Cow<'a, str>,
    /// The `name` attribute.
    pub(super) field: Cow<'a, str>,
    /// Either of both, where the source does not say which.
    pub(super) id_or_field: Cow<'a, str>,
    /// A CSS selector that the source has made itself.
    pub(super) selector: Cow<'a, str>,
}

impl<'a> Described<'a> {
    /// Takes an attribute of HTML for what it tells.
    pub(super) fn attribute(&mut self, name: &str, value: Cow<'a, str>) {
        let place = match name {
            "id" => &mut self.id,
            "name" => &mut self.field,
            "href" => &mut self.href,
            "role" => &mut self.role,
            "type" => &mut self.kind,
            "placeholder" => &mut self.placeholder,
            "aria-label" => &mut self.name,
            "title" | "alt" if self.name.is_empty() => &mut self.name,
            _ if TEST_ATTRIBUTES.contains(&name) => {
                // Of several the best would have to be known; sources list them by name, and
                // `data-test…` is the one that stays.
                if self.test_id.is_empty() || name.starts_with("data-test") {
                    self.test_id = value;
                }
                return;
            }
            _ => return,
        };
        *place = value;
    }

    /// The same with the words of HTML in lower case, as the rest of the import compares them.
    pub(super) fn in_lower_case(&self) -> Cow<'_, Self> {
        let upper = |word: &str| word.bytes().any(|b| b.is_ascii_uppercase());
        if !upper(&self.tag) && !upper(&self.role) && !upper(&self.kind) {
            return Cow::Borrowed(self);
        }
        let mut element = self.clone();
        for word in [&mut element.tag, &mut element.role, &mut element.kind] {
            *word = Cow::Owned(word.to_ascii_lowercase());
        }
        Cow::Owned(element)
    }

    /// Whether people act on such elements, rather than on something around them.
    pub(super) fn is_interactive(&self) -> bool {
        matches!(
            &*self.tag,
            "a" | "button" | "input" | "select" | "textarea" | "option" | "label" | "summary"
        ) || matches!(
            &*self.role,
            "button" | "link" | "tab" | "menuitem" | "checkbox" | "radio" | "switch" | "option"
        ) || !self.test_id.is_empty()
    }

    /// Whether the element holds what its user has put in.
    pub(super) fn is_field(&self) -> bool {
        let button = matches!(&*self.kind, "button" | "submit" | "reset" | "image");
        match &*self.tag {
            "input" => !button,
            "textarea" | "select" | "option" => true,
            _ => matches!(&*self.role, "textbox" | "searchbox" | "combobox" | "spinbutton"),
        }
    }

    /// The role: what is written, else what the tag implies
    /// (<https://www.w3.org/TR/html-aam-1.0/>). An input of which no type is told may have any:
    /// exporters leave attributes of fields out.
    pub(super) fn implied_role(&self) -> &str {
        if !self.role.is_empty() {
            return &self.role;
        }
        match (&*self.tag, &*self.kind) {
            ("a", _) if !self.href.is_empty() => "link",
            ("button" | "summary", _) | ("input", "button" | "submit" | "reset" | "image") => {
                "button"
            }
            ("input", "checkbox") => "checkbox",
            ("input", "radio") => "radio",
            ("input", "range") => "slider",
            ("input", "number") => "spinbutton",
            ("input", "search") => "searchbox",
            ("input", "text" | "email" | "tel" | "url") | ("textarea", _) => "textbox",
            ("select", _) => "combobox",
            ("option", _) => "option",
            ("img", _) => "img",
            _ => "",
        }
    }
}

/// What a change of an element is: typing, or choosing.
pub(super) fn changed(element: Described<'_>) -> Did<'_> {
    let chosen = &*element.tag == "select"
        || matches!(&*element.kind, "checkbox" | "radio" | "range" | "file" | "color")
        || matches!(&*element.role, "checkbox" | "radio" | "switch" | "combobox" | "listbox");
    if chosen { Did::Choose(element) } else { Did::Fill(element) }
}
