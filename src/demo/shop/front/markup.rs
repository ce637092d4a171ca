//! HTML that is safe by its type, and templates with named holes. What stands on a page is not
//! known here.

use std::fmt::Write as _;

/// A piece of HTML. Text becomes one only by being escaped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Html(String);

impl Html {
    /// Text, escaped for element content and quoted attributes.
    pub(super) fn text(text: &str) -> Self {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                _ => out.push(c),
            }
        }
        Self(out)
    }

    /// Markup that is part of the program.
    pub(super) fn fixed(markup: &'static str) -> Self {
        Self(markup.to_owned())
    }

    /// A template with each `{{hole}}` filled; a hole without a filling stays empty.
    pub(super) fn filled(template: &'static str, holes: &[(&str, Html)]) -> Self {
        let mut out = String::with_capacity(template.len() * 2);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, tail)) = after.split_once("}}") else { break };
            out.push_str(before);
            if let Some((_, filling)) = holes.iter().find(|(hole, _)| *hole == name) {
                out.push_str(&filling.0);
            }
            rest = tail;
        }
        out.push_str(rest);
        Self(out)
    }

    /// A value as JSON, to stand inside a `script` element.
    pub(super) fn json(value: &impl serde::Serialize) -> Self {
        let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
        let mut out = String::with_capacity(json.len());
        for c in json.chars() {
            match c {
                // Otherwise a text with `</script>` in it would end the element.
                '<' | '>' | '&' => {
                    let _ = write!(out, "\\u{:04x}", u32::from(c));
                }
                _ => out.push(c),
            }
        }
        Self(out)
    }

    /// The markup.
    pub(super) fn into_string(self) -> String {
        self.0
    }
}

impl FromIterator<Html> for Html {
    fn from_iter<I: IntoIterator<Item = Html>>(pieces: I) -> Self {
        Self(pieces.into_iter().map(|piece| piece.0).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_once() {
        let filled = Html::filled("<p>{{a}} {{b}}</p>", &[("a", Html::text("<\"'&>{{b}}"))]);
        assert_eq!(filled.into_string(), "<p>&lt;&quot;&#39;&amp;&gt;{{b}} </p>");
    }

    #[test]
    fn json_cannot_end_its_script() {
        assert_eq!(Html::json(&"</script>").into_string(), "\"\\u003c/script\\u003e\"");
    }
}
