//! Lengths of time as a person writes them: `250ms`, `3.1s`, `10m`, `2h`.
//! It knows nothing of clocks: what time it is, is always an argument.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A length of time with its unit, as journeys, flags and reports write it.
///
/// Resolution is one millisecond, so that reading what was written gives the same value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Span(Duration);

/// Why a text is not a length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a length of time such as 250ms, 3.1s, 10m or 2h")]
pub struct BadSpan;

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(Duration::ZERO);

    /// `n` milliseconds.
    #[must_use]
    pub const fn millis(n: u64) -> Self {
        Self(Duration::from_millis(n))
    }

    /// `n` seconds.
    #[must_use]
    pub const fn secs(n: u64) -> Self {
        Self(Duration::from_secs(n))
    }

    /// Rounds a duration to the millisecond.
    #[must_use]
    pub fn from_duration(d: Duration) -> Self {
        Self::millis(u64::try_from((d.as_micros() + 500) / 1000).unwrap_or(u64::MAX))
    }

    /// The same length as the standard library's type.
    #[must_use]
    pub const fn duration(self) -> Duration {
        self.0
    }

    /// Whole milliseconds.
    #[must_use]
    pub fn as_millis(self) -> u64 {
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX)
    }

    /// This length times `factor` (not negative), rounded to the millisecond.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self::from_duration(self.0.mul_f64(factor.max(0.0)))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.as_millis();
        match ms {
            0 => f.write_str("0s"),
            _ if ms < 1000 => write!(f, "{ms}ms"),
            _ if ms.is_multiple_of(3_600_000) => write!(f, "{}h", ms / 3_600_000),
            _ if ms.is_multiple_of(60_000) => write!(f, "{}m", ms / 60_000),
            _ if ms.is_multiple_of(1000) => write!(f, "{}s", ms / 1000),
            _ => {
                let text = format!("{}.{:03}", ms / 1000, ms % 1000);
                write!(f, "{}s", text.trim_end_matches('0'))
            }
        }
    }
}

impl FromStr for Span {
    type Err = BadSpan;

    fn from_str(text: &str) -> Result<Self, BadSpan> {
        let text = text.trim();
        let digits = text.find(|c: char| c.is_ascii_alphabetic()).ok_or(BadSpan)?;
        let (number, unit) = text.split_at(digits);
        let number = number.trim();
        if !number.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(BadSpan);
        }
        let value: f64 = number.parse().map_err(|_| BadSpan)?;
        let ms = value
            * match unit {
                "ms" => 1.0,
                "s" => 1000.0,
                "m" | "min" => 60_000.0,
                "h" => 3_600_000.0,
                "d" => 86_400_000.0,
                _ => return Err(BadSpan),
            };
        // A year is beyond any think time or budget; more is a slip of the finger.
        if !(0.0..=3.2e10).contains(&ms) {
            return Err(BadSpan);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked above"
        )]
        Ok(Self::millis(ms.round() as u64))
    }
}

impl serde::Serialize for Span {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Span {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, ms) in
            [("250ms", 250), ("3.1s", 3100), ("10m", 600_000), ("2h", 7_200_000), ("0s", 0)]
        {
            assert_eq!(text.parse::<Span>().map(Span::as_millis), Ok(ms), "{text}");
        }
        for text in ["", "3", "s", "-1s", "nan s", "1e99s", "3 parsecs", "inf s"] {
            assert_eq!(text.parse::<Span>(), Err(BadSpan), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn writing_and_reading_is_the_identity(ms in 0u64..100_000_000) {
            let span = Span::millis(ms);
            proptest::prop_assert_eq!(span.to_string().parse(), Ok(span));
        }
    }
}
