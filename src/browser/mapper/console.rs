//! What stands in the console, as text.

use serde_json::Value;

/// The text of a console call: its arguments, put into the first where that asks for it.
pub(super) fn line(args: &[Value]) -> String {
    let Some((first, rest)) = args.split_first() else { return String::new() };
    let mut rest = rest.iter();
    let mut text = match first["value"].as_str() {
        Some(format) => filled(format, &mut rest),
        None => argument(first),
    };
    for arg in rest {
        text.push(' ');
        text.push_str(&argument(arg));
    }
    text
}

/// <https://console.spec.whatwg.org/#formatting-specifiers>
fn filled<'a>(format: &str, args: &mut impl Iterator<Item = &'a Value>) -> String {
    let mut text = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once('%') {
        text.push_str(before);
        rest = after.get(1..).unwrap_or_default();
        match after.chars().next() {
            Some('%') => text.push('%'),
            Some(specifier @ ('s' | 'd' | 'i' | 'f' | 'o' | 'O' | 'c')) => match args.next() {
                // A style is no text.
                Some(_) if specifier == 'c' => {}
                Some(arg) => text.push_str(&argument(arg)),
                None => text.extend(['%', specifier]),
            },
            _ => {
                text.push('%');
                rest = after;
            }
        }
    }
    text + rest
}

/// What an object of the page says of itself.
pub(super) fn argument(object: &Value) -> String {
    match (object["type"].as_str(), &object["value"]) {
        (Some("string"), Value::String(text)) => text.clone(),
        (Some("undefined"), _) => "undefined".to_owned(),
        (Some("object"), _) if object["subtype"] == "null" => "null".to_owned(),
        (Some("object"), _) if object["subtype"] == "error" => error(object),
        (_, value) => match object["description"].as_str() {
            Some(description) => description.to_owned(),
            None if value.is_null() => String::new(),
            None => value.to_string(),
        },
    }
}

/// `TypeError: x is null`, without its stack.
fn error(object: &Value) -> String {
    let words = object["description"].as_str().unwrap_or_default();
    let end = words.find("\n    at ").unwrap_or(words.len());
    words[..end].to_owned()
}

/// What was thrown and nothing caught, as `String(thrown)` has it.
pub(super) fn thrown(details: &Value) -> String {
    let thrown = &details["exception"];
    if thrown.is_null() {
        return details["text"].as_str().unwrap_or_default().to_owned();
    }
    let is_plain = thrown["type"] == "object"
        && thrown["subtype"].is_null()
        && thrown["className"] == "Object";
    if is_plain { "[object Object]".to_owned() } else { argument(thrown) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_is_what_the_console_shows() {
        let text = |value: &str| json!({ "type": "string", "value": value });
        let number = |n: u32| json!({ "type": "number", "value": n, "description": n.to_string() });
        let error = json!({
            "type": "object", "subtype": "error",
            "description": "TypeError: x is null\n    at f (http://x/a.js:1:2)",
        });
        let nothing = json!({ "type": "undefined" });
        let null = json!({ "type": "object", "subtype": "null", "value": null });
        let flag = json!({ "type": "boolean", "value": true });
        assert_eq!(line(&[]), "");
        assert_eq!(line(&[text("a"), number(2), error.clone()]), "a 2 TypeError: x is null");
        assert_eq!(line(&[nothing, null, flag]), "undefined null true");
        let format = text("%c%d of %s, 100%% %s");
        assert_eq!(
            line(&[format, text("color: red"), number(3), text("all"), error, text("more")]),
            "3 of all, 100% TypeError: x is null more"
        );
        assert_eq!(line(&[text("50% off %s")]), "50% off %s");
        assert_eq!(line(&[text("100%")]), "100%");
    }

    #[test]
    fn what_is_thrown_is_told_as_the_page_would() {
        let of = |exception: Value| thrown(&json!({ "text": "Uncaught", "exception": exception }));
        assert_eq!(of(json!({ "type": "string", "value": "no" })), "no");
        assert_eq!(
            of(json!({ "type": "object", "className": "Object", "description": "Object" })),
            "[object Object]"
        );
        assert_eq!(of(Value::Null), "Uncaught");
        let long = "Error: two\nlines\n    at <anonymous>";
        assert_eq!(
            of(json!({ "type": "object", "subtype": "error", "description": long })),
            "Error: two\nlines"
        );
    }
}
