//! What personal data looks like when nobody says that it is: addresses, secrets, card numbers,
//! long numbers. Names of people look like any other text; they are left to the rule that few
//! users share them (`settle`).

/// What a text seems to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Personal {
    /// An e-mail address.
    Address,
    /// A token, key, hash or other identifier that nobody remembers.
    Token,
    /// A payment card: 13 to 19 digits with a right check digit (Luhn).
    Card,
    /// A phone number, an account, an order: seven digits or more.
    Digits,
}

/// The fewest digits that may identify somebody.
const LONG_DIGITS: usize = 7;
/// The shortest run of letters and digits together that nobody would have chosen as a word.
const TOKEN: usize = 16;
/// The longest run of letters that may still be a word.
const WORD: usize = 40;

/// What is personal in a text, in plain or percent-encoded form.
pub(super) fn personal(text: &str) -> Option<Personal> {
    let decoded = decode(text);
    let text = decoded.as_deref().unwrap_or(text);
    if has_address(text) {
        return Some(Personal::Address);
    }
    digits(text).or_else(|| has_token(text).then_some(Personal::Token))
}

/// Undoes percent-encoding, several times over where it was done so; `None` where there is none.
pub(super) fn decode(text: &str) -> Option<String> {
    let once = |text: &str| -> Option<String> {
        memchr::memchr(b'%', text.as_bytes())?;
        let bytes = text.as_bytes();
        let mut decoded = Vec::with_capacity(bytes.len());
        let mut at = 0;
        while at < bytes.len() {
            let value = (bytes[at] == b'%')
                .then(|| bytes.get(at + 1..at + 3))
                .flatten()
                .and_then(|pair| std::str::from_utf8(pair).ok())
                .and_then(|pair| u8::from_str_radix(pair, 16).ok());
            decoded.push(value.unwrap_or(bytes[at]));
            at += if value.is_some() { 3 } else { 1 };
        }
        (decoded.len() < bytes.len()).then(|| String::from_utf8_lossy(&decoded).into_owned())
    };
    let mut decoded = once(text)?;
    for _ in 0..3 {
        match once(&decoded) {
            Some(again) => decoded = again,
            None => break,
        }
    }
    Some(decoded)
}

fn has_address(text: &str) -> bool {
    memchr::memchr_iter(b'@', text.as_bytes()).any(|at| {
        let before = text[..at].chars().next_back();
        let after = text[at + 1..].chars().next();
        before.is_some_and(|c| c.is_alphanumeric() || "\"_-+.".contains(c))
            && after.is_some_and(|c| c.is_alphanumeric() || c == '[')
    })
}

/// Runs of digits with what people put between them.
fn digits(text: &str) -> Option<Personal> {
    let mut worst = None;
    let mut run: Vec<u8> = Vec::new();
    let mut gap = 0;
    for c in text.chars().chain(std::iter::once('\n')) {
        if let Some(digit) = c.to_digit(10) {
            run.push(u8::try_from(digit).unwrap_or(0));
            gap = 0;
        } else if " -.()/+_:\u{a0}\u{202f}".contains(c) && !run.is_empty() && gap < 2 {
            gap += 1;
        } else {
            worst = worst.max(weigh(&run));
            run.clear();
            gap = 0;
        }
    }
    match worst {
        Some(2) => Some(Personal::Card),
        Some(_) => Some(Personal::Digits),
        None => None,
    }
}

fn weigh(run: &[u8]) -> Option<u8> {
    if (13..=19).contains(&run.len()) && luhn(run) {
        return Some(2);
    }
    (run.len() >= LONG_DIGITS).then_some(1)
}

/// The check of payment card numbers (ISO/IEC 7812-1, annex B).
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| {
            let digit = u32::from(digit);
            match (place % 2, digit) {
                (0, _) => digit,
                (_, 0..5) => digit * 2,
                _ => digit * 2 - 9,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

fn has_token(text: &str) -> bool {
    if text.contains("eyJ") && text.matches('.').count() >= 2 {
        return true;
    }
    let runs = text.split(|c: char| !c.is_ascii_alphanumeric());
    let mixed = runs.clone().any(|run| {
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        let upper = run.bytes().filter(u8::is_ascii_uppercase).count();
        let inner = run.bytes().skip(1).filter(u8::is_ascii_uppercase).count();
        let chosen = run.len() > WORD
            || (run.len() >= TOKEN && digits > 0 && digits < run.len())
            || (run.len() >= TOKEN + 4 && inner > 4 && upper < run.len());
        let hex = run.len() >= 8 && digits > 1 && run.bytes().all(|b| b.is_ascii_hexdigit());
        chosen || hex
    });
    // A UUID, or any other identifier in groups.
    mixed
        || text
            .split(|c: char| !c.is_ascii_hexdigit() && c != '-')
            .any(|run| run.len() >= 20 && run.bytes().filter(u8::is_ascii_digit).count() > 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_identifies_somebody() {
        for (text, found) in [
            ("Signed in as jane.doe@example.com", Personal::Address),
            ("jane%40example.com", Personal::Address),
            ("jane%2540example.com", Personal::Address),
            ("4111 1111 1111 1111", Personal::Card),
            ("card 5500-0055-5555-5559 ok", Personal::Card),
            ("+49 (170) 123 45 67", Personal::Digits),
            ("Order 12345678", Personal::Digits),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def", Personal::Token),
            ("sk_live_51H8xYz2eZvKYlo2C", Personal::Token),
            ("d41d8cd98f00b204e9800998ecf8427e", Personal::Token),
            ("550e8400-e29b-41d4-a716-446655440000", Personal::Token),
            ("AKIAIOSFODNN7EXAMPLE", Personal::Token),
        ] {
            assert!(personal(text).is_some(), "{text}");
            if found != Personal::Token {
                assert_eq!(personal(text), Some(found), "{text}");
            }
        }
    }

    #[test]
    fn leaves_what_a_page_says_to_everybody() {
        for text in [
            "Add to cart",
            "1 item",
            "Buy 2, get 1 free",
            "€ 19.99",
            "@acme",
            "how-to-make-10-mugs-in-a-day",
            "add-to-cart",
            "Donaudampfschifffahrtsgesellschaft",
            "2026",
            "grüße-aus-münchen",
        ] {
            assert_eq!(personal(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(text in "\\PC*|[%0-9a-fA-F@. -]*") {
            let _ = personal(&text);
        }
    }
}
