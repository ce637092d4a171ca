//! The scripts that run inside pages: the library, put together from `assets/page`, and the
//! small calls into it. Nothing here talks to a browser.

use serde_json::{Value, json};

use super::Measured;

/// The parts share one scope; the order is that of their constants.
const PARTS: [&str; 10] = [
    include_str!("../../assets/page/watch.js"),
    include_str!("../../assets/page/name.js"),
    include_str!("../../assets/page/find.js"),
    include_str!("../../assets/page/ready.js"),
    include_str!("../../assets/page/never.js"),
    include_str!("../../assets/page/offers.js"),
    include_str!("../../assets/page/act.js"),
    include_str!("../../assets/page/vitals.js"),
    include_str!("../../assets/page/trace.js"),
    include_str!("../../assets/page/look.js"),
];

/// The web-vitals library as it is published; it defines `webVitals` where it stands.
const WEB_VITALS: &str = include_str!("../../assets/web-vitals/web-vitals.iife.js");

/// The name of the channel on which the library reports what nothing caught.
pub(super) const CHANNEL: &str = "desirepath";

/// The library as a function of its channel (or of nothing): installs itself once in a document,
/// under a symbol that no page will stumble over.
pub(super) fn library() -> String {
    let mut text = String::from(
        "(channel) => { 'use strict';\n\
         const key = Symbol.for('desirepath');\n\
         if (window[key]) return;\n",
    );
    for part in PARTS {
        text.push_str(part);
    }
    text.push_str(
        "\nObject.defineProperty(window, key, { value: Object.freeze({ look, act, target: () => aimed, measures, measure }) });\n}",
    );
    text
}

/// Installs the library where no preload script did.
pub(super) fn install() -> String {
    format!("({})(null);", library())
}

/// The parameters of BiDi's `script.addPreloadScript`.
pub(super) fn preload() -> Value {
    json!({
        "functionDeclaration": library(),
        "arguments": [{ "type": "channel", "value": { "channel": CHANNEL } }],
    })
}

/// The user's expressions of one look. They stand in the script's text and are not evaluated
/// from strings, because a page's content security policy forbids that.
#[derive(Debug, Default)]
pub(super) struct Expressions<'a> {
    /// Name and expression of each observation.
    pub observe: Vec<(&'a str, &'a str)>,
    /// Index and expression of each rule.
    pub rules: Vec<(usize, &'a str)>,
    /// Index and expression of each condition.
    pub expect: Vec<(usize, &'a str)>,
}

/// The body of an asynchronous script that takes one slice of a look.
pub(super) fn look(user: &Expressions<'_>, measured: Measured) -> String {
    use std::fmt::Write as _;
    let mut text = String::from(
        // One odd name only: the user's expressions stand inside and must see the page's names.
        "const __desirepath = [window[Symbol.for('desirepath')], ...arguments];\n\
         if (!__desirepath[0] || !document.documentElement) {\n\
           __desirepath.at(-1)('{\"stage\":\"absent\"}');\n\
           return;\n\
         }\n",
    );
    if measured == Measured::Vitals {
        // In a scope of its own; a page in which it cannot work is looked at without.
        let _ = write!(
            text,
            "try {{ (() => {{ if (__desirepath[0].measures()) return;\n{WEB_VITALS}\n\
             __desirepath[0].measure(webVitals); }})(); }} catch {{ }}\n"
        );
    }
    text.push_str("__desirepath[0].look(__desirepath[1], {\n observe: [");
    // Writing to a `String` cannot fail.
    for (name, js) in &user.observe {
        let _ = write!(text, "[{}, () => ({js}\n)],", Value::from(*name));
    }
    text.push_str("], rules: {");
    for (index, js) in &user.rules {
        let _ = write!(text, "{index}: (now, was, step) => ({js}\n),");
    }
    text.push_str("}, expect: {");
    for (index, js) in &user.expect {
        let _ = write!(text, "{index}: () => ({js}\n),");
    }
    text.push_str("} }, __desirepath.at(-1));");
    text
}

/// A script that does nothing but be parsed with the expression in it.
pub(super) fn parse_only(js: &str) -> String {
    format!("(now, was, step) => ({js}\n); return null;")
}

/// The body of a script that acts on the element aimed at.
pub(super) const ACT: &str = "const lib = window[Symbol.for('desirepath')];\n\
     return lib ? lib.act(arguments[0], arguments[1]) : '{\"absent\":true}';";

/// The body of a script that gives the element aimed at.
pub(super) const TARGET: &str =
    "const lib = window[Symbol.for('desirepath')];\n return lib ? lib.target() : null;";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_at_the_end_of_an_expression_does_not_swallow_the_rest() {
        let user = Expressions { observe: vec![("a", "1 // one")], ..Expressions::default() };
        assert!(look(&user, Measured::Nothing).contains("[\"a\", () => (1 // one\n)],"));
    }
}
