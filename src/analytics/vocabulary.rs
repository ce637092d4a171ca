//! The words of HTML and ARIA. A tag, role or type that is none of them is somebody's text that
//! has slipped into the wrong field, and is not kept.

/// Elements of HTML, and those of SVG that people click; sorted.
const TAGS: [&str; 69] = [
    "a",
    "abbr",
    "address",
    "area",
    "article",
    "aside",
    "audio",
    "b",
    "blockquote",
    "body",
    "button",
    "canvas",
    "circle",
    "code",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "em",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "g",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "label",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "optgroup",
    "option",
    "p",
    "path",
    "picture",
    "pre",
    "rect",
    "section",
    "select",
    "small",
    "span",
    "strong",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "textarea",
    "th",
    "thead",
    "tr",
    "ul",
    "video",
];

/// Roles of ARIA 1.2 that an element can have that people act on or read; sorted.
const ROLES: [&str; 48] = [
    "alert",
    "alertdialog",
    "article",
    "banner",
    "button",
    "cell",
    "checkbox",
    "columnheader",
    "combobox",
    "dialog",
    "form",
    "grid",
    "gridcell",
    "group",
    "heading",
    "img",
    "link",
    "list",
    "listbox",
    "listitem",
    "main",
    "menu",
    "menubar",
    "menuitem",
    "menuitemcheckbox",
    "menuitemradio",
    "navigation",
    "option",
    "presentation",
    "progressbar",
    "radio",
    "radiogroup",
    "region",
    "row",
    "search",
    "searchbox",
    "separator",
    "slider",
    "spinbutton",
    "status",
    "switch",
    "tab",
    "table",
    "tablist",
    "tabpanel",
    "textbox",
    "tooltip",
    "treeitem",
];

/// Types of inputs and buttons; sorted.
const TYPES: [&str; 22] = [
    "button",
    "checkbox",
    "color",
    "date",
    "datetime-local",
    "email",
    "file",
    "hidden",
    "image",
    "month",
    "number",
    "password",
    "radio",
    "range",
    "reset",
    "search",
    "submit",
    "tel",
    "text",
    "time",
    "url",
    "week",
];

/// Whether this is a tag of HTML or, with a hyphen in it, an element of the application's own.
pub(super) fn is_tag(word: &str) -> bool {
    let own = word.contains('-')
        && word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    is_html(word) || (own && word.len() <= 40)
}

/// Whether this is a tag of HTML itself: it tells nothing of anybody.
pub(super) fn is_html(word: &str) -> bool {
    TAGS.binary_search(&word).is_ok()
}

/// Whether this is a role.
pub(super) fn is_role(word: &str) -> bool {
    ROLES.binary_search(&word).is_ok()
}

/// Whether this is a type of input or button.
pub(super) fn is_type(word: &str) -> bool {
    TYPES.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found() {
        assert!(TAGS.is_sorted() && ROLES.is_sorted() && TYPES.is_sorted());
        assert!(is_tag("button") && is_tag("shop-cart") && !is_tag("jane") && !is_tag("-x"));
        assert!(is_role("tab") && !is_role("boss") && is_type("email") && !is_type("x"));
    }
}
