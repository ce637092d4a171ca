//! Secrets in URLs: passwords, tokens and card numbers end in histories, logs and referrers
//! (CWE-598; OWASP ASVS 5.0, 14.2.1). The secret itself is never repeated.

use super::Moment;
use crate::record::{Observed, Oracle, Severity, Signal, Violation};
use crate::route;

/// Parameters that hold a secret wherever they are sent.
const SECRET: [&str; 19] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "new_password",
    "current_password",
    "secret",
    "client_secret",
    "private_key",
    "access_token",
    "refresh_token",
    "id_token",
    "session_id",
    "sessionid",
    "card_number",
    "cardnumber",
    "cvv",
    "cvc",
    "ssn",
];

/// Warns, once for each path and parameter. Silent on empty parameters, and on names such as
/// `token` and `key`, which are as often public as secret.
pub(super) fn judge(
    signals: &[Observed],
    exposed: &[String],
    moment: &Moment<'_>,
) -> Vec<Violation> {
    let mut found = Vec::new();
    for observed in signals {
        let (method, url) = match &observed.signal {
            Signal::RequestStarted { method, url, .. } => (method.as_str(), url),
            Signal::Navigated { url, .. } => ("the page at", url),
            _ => continue,
        };
        // Long URLs are data, not addresses.
        if url.len() > 8000 || !url.starts_with("http") {
            continue;
        }
        let Ok(url) = url::Url::parse(url) else { continue };
        found.extend(secrets(&url).map(|what| violation(method, &url, &what, moment)));
    }
    for url in exposed {
        let Ok(url) = url::Url::parse(url) else { continue };
        found.push(violation("the page at", &url, "what was typed into a password field", moment));
    }
    found
}

/// What in a URL is a secret, in words.
fn secrets(url: &url::Url) -> impl Iterator<Item = String> {
    let named = |name: &str, value: &str| {
        let folded = name.to_ascii_lowercase().replace('-', "_");
        let is_named = SECRET.iter().any(|s| *s == folded || s.replace('_', "") == folded);
        if !value.is_empty() && is_named {
            Some(format!("the parameter `{name}`"))
        } else if is_web_token(value) {
            Some(format!("a JSON web token in `{name}`"))
        } else if is_card(value) {
            Some(format!("a card number in `{name}`"))
        } else {
            None
        }
    };
    let fragment = url.fragment().filter(|f| f.contains('=')).unwrap_or_default().to_owned();
    let in_fragment: Vec<String> = url::form_urlencoded::parse(fragment.as_bytes())
        .filter_map(|(name, value)| named(&name, &value))
        .collect();
    let in_query: Vec<String> =
        url.query_pairs().filter_map(|(name, value)| named(&name, &value)).collect();
    let password = url.password().map(|_| "a password before the host".to_owned());
    in_query.into_iter().chain(in_fragment).chain(password)
}

/// Three parts in base64url, the first of which is a JSON object (RFC 7519).
fn is_web_token(value: &str) -> bool {
    let parts: Vec<&str> = value.split('.').collect();
    let encoded = |part: &&str| {
        part.len() >= 8 && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    parts.len() == 3 && parts[0].starts_with("eyJ") && parts.iter().all(encoded)
}

/// 15 or 16 digits of a card brand's range that pass Luhn's test (ISO/IEC 7812-1, annex B).
fn is_card(value: &str) -> bool {
    let digits: Vec<u32> =
        value.chars().filter(|c| !matches!(c, ' ' | '-')).map_while(|c| c.to_digit(10)).collect();
    let written = value.chars().filter(|c| !matches!(c, ' ' | '-')).count();
    if digits.len() != written || !matches!(written, 15 | 16) || !(3..=6).contains(&digits[0]) {
        return false;
    }
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &digit)| if i % 2 == 1 { doubled(digit) } else { digit })
        .sum();
    sum.is_multiple_of(10)
}

fn violation(method: &str, url: &url::Url, what: &str, moment: &Moment<'_>) -> Violation {
    let host = url.host_str().unwrap_or_default();
    let path = route::fold(url.path());
    let mut violation =
        moment.violation(Oracle::SecretInUrl, Severity::Warn, &format!("{path} {what}"));
    violation.title = format!("{what} stands in the URL {path}");
    violation.message = format!(
        "{method} {host}{path}: URLs end in histories, logs and referrers\nafter: {}",
        moment.did
    );
    violation
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::StepId;

    fn judged(url: &str) -> Vec<Violation> {
        let step = StepId("s".into());
        let moment = Moment { step: &step, index: 0, did: "", url: "http://shop/", offline: false };
        let signal = Signal::Navigated { url: url.into(), document: true };
        judge(&[Observed { at: 0, signal }], &[], &moment)
    }

    #[test]
    fn secrets_are_found_and_not_repeated() {
        for url in [
            "http://shop/login?user=ada&password=hunter2",
            "http://shop/login?newPassword=hunter2",
            "http://shop/cb#access_token=hunter2&state=1",
            "http://ada:hunter2@shop/",
            "http://shop/x?t=eyJhbGciOiJI.eyJzdWIiOiIx.hunter2hunter2",
            "http://shop/pay?n=4111%201111%201111%201111",
        ] {
            let found = judged(url);
            assert_eq!(found.len(), 1, "{url}: {found:?}");
            assert!(!format!("{found:?}").contains("hunter2"), "{found:?}");
        }
    }

    #[test]
    fn ordinary_addresses_are_silent() {
        for url in [
            "http://shop/login?password=",
            "http://shop/reset?token=abc123",
            "http://maps/js?key=AIzaSyA",
            "http://shop/order/4111111111111112?n=1234567890123456",
            "http://shop/forgot-password?from=/login#password",
            "data:text/html,password=x",
        ] {
            assert_eq!(judged(url), [], "{url}");
        }
    }

    #[test]
    fn what_was_typed_into_a_password_field_is_told_by_the_page() {
        let step = StepId("s".into());
        let moment = Moment { step: &step, index: 0, did: "", url: "http://shop/", offline: false };
        let found = judge(&[], &["http://shop/enter".into()], &moment);
        assert!(found[0].title.contains("password field"), "{found:?}");
    }
}
