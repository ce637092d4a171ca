//! What engines agree about where each words the same exception in its own way. What an
//! application wrote itself, and what no engine's wording is known for, stays as it is.

/// The message in words that are the same in every engine; `None` where it is not an engine's, or
/// where what would be left of it could mean two defects. A message that names nothing of the
/// program counts only where the place is known (`placed`).
///
/// The wordings are those of V8, `SpiderMonkey` and `JavaScriptCore`
/// (<https://developer.mozilla.org/docs/Web/JavaScript/Reference/Errors>).
#[must_use]
pub fn agreed(message: &str, placed: Placed) -> Option<String> {
    let message = message.strip_prefix("Uncaught ").unwrap_or(message);
    let message = message.strip_prefix("(in promise) ").unwrap_or(message);
    let (kind, words) = message.split_once(": ")?;
    let words = words.trim().trim_end_matches('.');
    let anywhere = match kind {
        "TypeError" => used_nothing(words).or_else(|| called(words)),
        "ReferenceError" => unknown_name(words),
        _ => None,
    };
    let here = || match kind {
        _ if placed == Placed::Nowhere => None,
        "TypeError" if is_fetch(words) => Some("request failed".to_owned()),
        "SyntaxError" if is_json(words) => Some("not JSON".to_owned()),
        "RangeError" | "InternalError" if is_recursion(words) => {
            Some("endless recursion".to_owned())
        }
        _ => None,
    };
    anywhere.map(|what| format!("{kind}: {what}")).or_else(here)
}

/// Whether it is known which script and which function an exception came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// The innermost frame is told.
    Known,
    /// There is no stack.
    Nowhere,
}

/// A property of what is `undefined` or `null`, read or written.
fn used_nothing(words: &str) -> Option<String> {
    let (property, nothing) = v8_nothing(words)
        .or_else(|| spider_monkey_nothing(words))
        .or_else(|| java_script_core_nothing(words))?;
    (is_nothing(nothing) && is_name(property)).then(|| format!("{property} of {nothing}"))
}

/// `Cannot read properties of undefined (reading 'total')`
fn v8_nothing(words: &str) -> Option<(&str, &str)> {
    let (nothing, how) = words
        .strip_prefix("Cannot read properties of ")
        .or_else(|| words.strip_prefix("Cannot set properties of "))?
        .split_once(" (")?;
    let property = how.strip_prefix("reading '").or_else(|| how.strip_prefix("setting '"))?;
    Some((property.strip_suffix("')")?, nothing))
}

/// `can't access property "total", cart is undefined`
fn spider_monkey_nothing(words: &str) -> Option<(&str, &str)> {
    let (property, rest) = words.strip_prefix("can't access property \"")?.split_once("\", ")?;
    Some((property, rest.rsplit_once(" is ")?.1))
}

/// `undefined is not an object (evaluating 'cart.total')`
fn java_script_core_nothing(words: &str) -> Option<(&str, &str)> {
    let (nothing, what) = words.split_once(" is not an object (evaluating '")?;
    let what = what.strip_suffix("')")?;
    let what = what.split_once(" = ").map_or(what, |(target, _)| target);
    Some((what.rsplit_once('.')?.1, nothing))
}

/// `cart.pay is not a function`, to which `JavaScriptCore` adds `. (In 'cart.pay()', …)`.
fn called(words: &str) -> Option<String> {
    let (callee, rest) = words.split_once(" is not a function")?;
    let told = rest.is_empty() || rest.starts_with(". (In '");
    (told && callee.split('.').all(is_name)).then(|| format!("{callee} is not a function"))
}

/// `cart is not defined`, `Can't find variable: cart`
fn unknown_name(words: &str) -> Option<String> {
    let name = words
        .strip_suffix(" is not defined")
        .or_else(|| words.strip_prefix("Can't find variable: "))?;
    is_name(name).then(|| format!("{name} is not defined"))
}

fn is_fetch(words: &str) -> bool {
    matches!(
        words,
        "Failed to fetch" | "NetworkError when attempting to fetch resource" | "Load failed"
    )
}

fn is_json(words: &str) -> bool {
    words.starts_with("JSON.parse: ")
        || words.starts_with("JSON Parse error: ")
        || words == "Unexpected end of JSON input"
        || (words.starts_with("Unexpected ") && words.ends_with(" is not valid JSON"))
}

fn is_recursion(words: &str) -> bool {
    matches!(words, "Maximum call stack size exceeded" | "too much recursion")
}

fn is_nothing(word: &str) -> bool {
    matches!(word, "undefined" | "null")
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '#'))
}

/// A function's name without what only one engine adds: the receiver (`Object.pay`), `async`,
/// `new`, and the ways to say that a function has none.
#[must_use]
pub fn function(name: &str) -> &str {
    let name = name.trim();
    let name = name.rsplit(['*', ' ']).next().unwrap_or(name);
    let name = if name.ends_with('<') || name.ends_with("/") { "" } else { name };
    let name = name.rsplit(['.', '/']).next().unwrap_or(name);
    if is_name(name) { name } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(wordings: &[&str], agrees: &str) {
        for wording in wordings {
            assert_eq!(agreed(wording, Placed::Known).as_deref(), Some(agrees), "{wording}");
        }
    }

    #[test]
    fn three_engines_are_one_wording() {
        same(
            &[
                "Uncaught TypeError: Cannot read properties of undefined (reading 'total')",
                "TypeError: Cannot read properties of undefined (reading 'total')",
                "TypeError: can't access property \"total\", cart is undefined",
                "TypeError: can't access property \"total\", (intermediate value) is undefined",
                "TypeError: undefined is not an object (evaluating 'cart.items.total')",
            ],
            "TypeError: total of undefined",
        );
        same(
            &[
                "TypeError: Cannot set properties of null (setting 'value')",
                "TypeError: can't access property \"value\", field is null",
                "TypeError: null is not an object (evaluating 'field.value = 1')",
            ],
            "TypeError: value of null",
        );
        same(
            &[
                "TypeError: cart.pay is not a function",
                "TypeError: cart.pay is not a function. (In 'cart.pay()', 'cart.pay' is undefined)",
            ],
            "TypeError: cart.pay is not a function",
        );
        same(
            &["ReferenceError: cart is not defined", "ReferenceError: Can't find variable: cart"],
            "ReferenceError: cart is not defined",
        );
        same(
            &[
                "SyntaxError: Unexpected token '<', \"<!doctype \"... is not valid JSON",
                "SyntaxError: JSON.parse: unexpected character at line 1 column 1 of the JSON data",
                "SyntaxError: JSON Parse error: Unrecognized token '<'",
            ],
            "not JSON",
        );
        same(
            &[
                "TypeError: Failed to fetch",
                "TypeError: NetworkError when attempting to fetch resource.",
                "TypeError: Load failed",
            ],
            "request failed",
        );
        same(
            &[
                "RangeError: Maximum call stack size exceeded",
                "RangeError: Maximum call stack size exceeded.",
                "InternalError: too much recursion",
            ],
            "endless recursion",
        );
    }

    #[test]
    fn what_could_be_two_defects_keeps_its_words() {
        for kept in [
            "Error: Cannot read properties of undefined (reading 'total')",
            "TypeError: the cart is closed",
            "TypeError: cart is undefined",
            "TypeError: undefined is not an object (evaluating 'cart[0]')",
            "SyntaxError: Unexpected token '}'",
            "out of stock",
        ] {
            assert_eq!(agreed(kept, Placed::Known), None, "{kept}");
        }
        assert_eq!(agreed("TypeError: Load failed", Placed::Nowhere), None);
        assert_ne!(
            agreed("TypeError: Cannot read properties of null (reading 'a')", Placed::Known),
            agreed("TypeError: Cannot read properties of null (reading 'b')", Placed::Known),
        );
    }

    #[test]
    fn functions_are_called_alike() {
        for name in ["pay", "Object.pay", "async pay", "async*pay", "Cart.prototype.pay", "new pay"]
        {
            assert_eq!(function(name), "pay", "{name}");
        }
        for name in [
            "",
            "<anonymous>",
            "HTMLButtonElement.<anonymous>",
            "pay/<",
            "pay/</<",
            "(anonymous function)",
        ] {
            assert_eq!(function(name), "", "{name}");
        }
    }
}
