//! What stays of a text when everything that varies from walk to walk is taken out of it.

use super::engine;

/// The text with numbers, hexadecimal identifiers, quoted values, query strings and white space
/// folded, so that `order 17 failed` and `order 18 failed` are one defect.
#[must_use]
pub fn stable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&stable_word(word));
        if out.len() > 240 {
            break;
        }
    }
    out
}

fn stable_word(word: &str) -> String {
    let word = match (word.contains("://"), word.find(['?', '#'])) {
        (true, Some(end)) => &word[..end],
        _ => word,
    };
    let mut out = String::with_capacity(word.len());
    let mut run = String::new();
    for c in word.chars().chain(std::iter::once('\0')) {
        if c.is_ascii_alphanumeric() {
            run.push(c);
            continue;
        }
        out.push_str(&stable_run(&run));
        run.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

/// A run of letters and digits: kept where it is a word, `#` where it is a number or a hash.
fn stable_run(run: &str) -> String {
    let digits = run.chars().filter(char::is_ascii_digit).count();
    let hex = run.chars().all(|c| c.is_ascii_hexdigit());
    if digits > 0 && (digits == run.len() || (hex && run.len() >= 6)) {
        return "#".into();
    }
    if digits * 3 > run.len() && run.len() >= 8 {
        return "#".into();
    }
    // A number and its unit.
    let unit = run.trim_start_matches(|c: char| c.is_ascii_digit());
    if digits > 0 && unit.len() <= 3 && digits + unit.len() == run.len() {
        return format!("#{unit}");
    }
    run.to_owned()
}

/// The innermost frame of a stack that names a script: its function, as all engines call it, and
/// the script's path, without line numbers and hashes. Empty where there is none.
#[must_use]
pub fn innermost_frame(stack: &str) -> String {
    stack.lines().find_map(frame).unwrap_or_default()
}

/// `at pay (http://host/pay.js:17:3)`, `at http://host/pay.js:17:3`, `pay@http://host/pay.js:17:3`
fn frame(line: &str) -> Option<String> {
    let line = line.trim().trim_start_matches("at ").trim_end_matches(')');
    let (rest, column) = line.rsplit_once(':')?;
    let (script, row) = rest.rsplit_once(':')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(column) || !is_number(row) {
        return None;
    }
    let origin = script.find("://");
    let begins = script[..origin.unwrap_or(script.len())].rfind(['(', '@', ' ']);
    let function = begins.map_or("", |i| engine::function(script[..i].trim_end_matches('(')));
    let path = match origin {
        Some(scheme) => script[scheme + 3..].find('/').map_or("", |i| &script[scheme + 3 + i..]),
        None => begins.map_or(script, |i| &script[i + 1..]),
    };
    let path = path.split(['?', '#']).next().unwrap_or(path);
    (origin.is_some() || path.contains(".js")).then(|| format!("{function} {}", stable(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_varies_is_folded() {
        assert_eq!(stable("order 17  failed"), stable("order 18 failed"));
        assert_eq!(
            stable("no user 550e8400-e29b-41d4-a716-446655440000"),
            stable("no user 650e8400-e29b-41d4-a716-446655440001")
        );
        assert_eq!(stable("at http://x/a?q=mug"), "at http://x/a");
        assert_ne!(stable("x is undefined"), stable("y is undefined"));
        assert_eq!(stable("answered in 0.7ms"), stable("answered in 12.34ms"));
        assert_ne!(stable("answered in 7ms"), stable("answered in 7s"));
    }

    #[test]
    fn a_frame_is_the_same_wherever_the_server_stands() {
        let a = "TypeError: x\n    at pay (http://127.0.0.1:3456/checkout.js:17:3)";
        let b = "TypeError: x\n    at pay (http://127.0.0.1:9999/checkout.js:18:5)";
        assert_eq!(innermost_frame(a), innermost_frame(b));
        assert_eq!(innermost_frame(a), "pay /checkout.js");
        assert_eq!(innermost_frame(""), "");
        // A message that names an address is no place.
        assert_eq!(innermost_frame("Error: GET http://shop/cart failed: 500"), "");
    }

    #[test]
    fn a_frame_is_the_same_in_every_engine() {
        for stack in [
            "TypeError: x\n    at Object.pay (http://shop/checkout.js:17:3)",
            "    at async pay (http://shop/checkout.js:17:9)",
            "pay@http://shop/checkout.js:17:12\nonclick@http://shop/:3:1",
            "async*pay@http://shop/checkout.js:17:12",
        ] {
            assert_eq!(innermost_frame(stack), "pay /checkout.js", "{stack}");
        }
        for stack in [
            "    at http://shop/checkout.js:17:3",
            "    at <anonymous> (http://shop/checkout.js:17:3)",
            "@http://shop/checkout.js:17:3",
            "pay/<@http://shop/checkout.js:17:3",
        ] {
            assert_eq!(innermost_frame(stack), " /checkout.js", "{stack}");
        }
    }
}
