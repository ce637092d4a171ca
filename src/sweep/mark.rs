//! How a walk's requests say whose they are: a header that a person understands, and a trace by
//! which the backends' own tools find them.

use std::fmt::Write as _;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::record::WalkId;

/// The marks of one walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// `RUN/JOURNEY/WALK`
    name: String,
    /// 32 hexadecimal digits.
    pub(super) trace: String,
    /// 16 hexadecimal digits.
    span: String,
}

impl Mark {
    /// The same walk of the same run has the same mark.
    pub(super) fn of(run: &str, walk: &WalkId) -> Self {
        let name = format!("{run}/{walk}");
        let digest = Sha256::digest(name.as_bytes());
        let hex = |bytes: &[u8]| {
            bytes.iter().fold(String::new(), |mut text, byte| {
                // Writing to a `String` cannot fail.
                let _ = write!(text, "{byte:02x}");
                text
            })
        };
        // Neither may be all zeros; this one then stands for it.
        let (trace, span) = (hex(&digest[..16]), format!("{}1", &hex(&digest[16..24])[..15]));
        Self { name, trace, span }
    }

    /// The digits of `{{fresh}}`: a walk that is walked anew after an interruption gets others.
    /// Digits alone, because routes, signatures and outcomes take numbers for what varies.
    pub(super) fn fresh(&self, now: Timestamp) -> String {
        let digest = Sha256::digest(format!("{} {now}", self.trace).as_bytes());
        let number = digest.iter().take(8).fold(0u64, |n, &byte| (n << 8) | u64::from(byte));
        (1_000_000_000 + number % 9_000_000_000).to_string()
    }

    /// The headers: `X-Desirepath`, and `traceparent` as in
    /// <https://www.w3.org/TR/trace-context/#traceparent-header>, sampled.
    pub(super) fn headers(&self) -> Vec<(String, String)> {
        let plain = |c: char| c.is_ascii_graphic() && c != '%';
        let mut name = String::new();
        for c in self.name.chars() {
            if plain(c) {
                name.push(c);
            } else {
                name.extend(url::form_urlencoded::byte_serialize(c.to_string().as_bytes()));
            }
        }
        vec![
            ("X-Desirepath".to_owned(), name),
            ("traceparent".to_owned(), format!("00-{}-{}-01", self.trace, self.span)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_the_walks_own_and_fits_into_a_header() {
        let id: WalkId = "grüße/3#2".parse().expect("an id");
        let mark = Mark::of("2026-10-01-7", &id);
        let headers = mark.headers();
        assert_eq!(headers[0].1, "2026-10-01-7/gr%C3%BC%C3%9Fe/3#2");
        let parts: Vec<&str> = headers[1].1.split('-').collect();
        assert_eq!(parts.iter().map(|p| p.len()).collect::<Vec<_>>(), [2, 32, 16, 2]);
        assert_eq!(parts[1], mark.trace);
        assert_eq!(Mark::of("2026-10-01-7", &id), mark);
        assert_ne!(Mark::of("2026-10-01-7", &id.again(1)).trace, mark.trace);
        let fresh = mark.fresh(Timestamp::UNIX_EPOCH);
        assert!(fresh.len() == 10 && fresh.bytes().all(|b| b.is_ascii_digit()), "{fresh}");
        assert_ne!(fresh, mark.fresh(Timestamp::MAX), "walked anew after an interruption");
    }
}
