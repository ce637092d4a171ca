//! Points in time as exports write them, as milliseconds since 1970 UTC. It knows no clock and no
//! time zone but the offsets that a text carries; a text without one is taken as UTC.

/// A day in milliseconds.
pub(super) const DAY: i64 = 86_400_000;

/// A point in time and what is finer than its millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Moment {
    /// Milliseconds since 1970, UTC.
    pub(super) millis: i64,
    /// Microseconds within the millisecond, 0 to 999.
    pub(super) micros: u16,
}

impl Moment {
    const fn of_micros(micros: i64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "0 to 999")]
        Self { millis: micros.div_euclid(1000), micros: micros.rem_euclid(1000) as u16 }
    }

    /// Seconds, milliseconds, microseconds or nanoseconds since 1970: told apart by their size,
    /// which is unambiguous from 1973 to the year 5138.
    pub(super) fn of_number(number: f64) -> Option<Self> {
        let size = number.abs();
        let micros = match size {
            _ if !number.is_finite() => return None,
            _ if size < 1e11 => number * 1e6,
            _ if size < 1e14 => number * 1e3,
            _ if size < 1e17 => number,
            _ if size < 1e20 => number / 1e3,
            _ => return None,
        };
        #[expect(clippy::cast_possible_truncation, reason = "below 2^63 by the sizes above")]
        Some(Self::of_micros(micros.round() as i64))
    }

    /// As [`Self::of_number`], without the rounding of a floating point number.
    pub(super) const fn of_integer(number: i64) -> Option<Self> {
        let micros = match number.unsigned_abs() {
            0..100_000_000_000 => number * 1_000_000,
            100_000_000_000..100_000_000_000_000 => number * 1000,
            100_000_000_000_000..100_000_000_000_000_000 => number,
            _ => number / 1000,
        };
        Some(Self::of_micros(micros))
    }

    /// The time by the clock of the device, which tells best in what order things were done there and
    /// how far apart, where that clock agrees with the corrected time to the minute; else the
    /// corrected time, into which the way of each request over the network has gone.
    pub(super) fn of_device(device: Option<Self>, corrected: Option<Self>) -> Option<Self> {
        match (device, corrected) {
            (Some(a), Some(b)) if (a.millis - b.millis).unsigned_abs() <= 60_000 => device,
            (_, Some(_)) => corrected,
            _ => device,
        }
    }

    /// Reads a number, or a date and time such as `2026-10-01T12:00:00.123Z`,
    /// `2026-10-01 12:00:00+02:00`, `2026-10-01 12:00:00 UTC`, `2026/10/01 12:00:00`, a bare date,
    /// or both in one row of digits, `20261001120000` and `20261001`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(number) = text.parse::<i64>() {
            return Self::compact(text).or_else(|| Self::of_integer(number));
        }
        if text.len() >= 10 && matches!(text.as_bytes().get(4), Some(b'-' | b'/')) {
            return Self::iso(text);
        }
        text.parse::<f64>().ok().and_then(Self::of_number)
    }

    /// Eight or fourteen digits that are a date in this century or the last years of the one before. As
    /// seconds they would be of 1970, as milliseconds of the year 2600: times of no export.
    fn compact(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if !matches!(bytes.len(), 8 | 14) || !matches!(&bytes[..2], b"19" | b"20") {
            return None;
        }
        let day = days(digits(&bytes[..4])?, digits(&bytes[4..6])?, digits(&bytes[6..8])?)?;
        let part = |from: usize| bytes.get(from..from + 2).map_or(Some(0), digits);
        let (hour, minute, second) = (part(8)?, part(10)?, part(12)?);
        let valid = hour < 24 && minute < 60 && second <= 60;
        let clock = hour * 3600 + minute * 60 + second;
        valid.then_some(Self { millis: (day * 86_400 + clock) * 1000, micros: 0 })
    }

    fn iso(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let day =
            days(digits(bytes.get(0..4)?)?, digits(bytes.get(5..7)?)?, digits(bytes.get(8..10)?)?)?;
        if bytes[7] != bytes[4] {
            return None;
        }
        let Some(rest) = bytes.get(10..).filter(|rest| !rest.is_empty()) else {
            return Some(Self { millis: day * DAY, micros: 0 });
        };
        if !matches!(rest[0], b'T' | b't' | b' ') {
            return None;
        }
        let (clock, rest) = clock(&rest[1..])?;
        let (fraction, rest) = fraction(rest)?;
        let offset = offset(rest)?;
        Some(Self::of_micros(((day * 86_400 + clock - offset) * 1_000_000) + fraction))
    }

    /// Reads the time of an access log, `17/May/2015:10:05:03 +0000`.
    pub(super) fn log(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let month = match bytes.get(3..6)? {
            b"Jan" => 1,
            b"Feb" => 2,
            b"Mar" => 3,
            b"Apr" => 4,
            b"May" => 5,
            b"Jun" => 6,
            b"Jul" => 7,
            b"Aug" => 8,
            b"Sep" => 9,
            b"Oct" => 10,
            b"Nov" => 11,
            b"Dec" => 12,
            _ => return None,
        };
        let day = days(digits(bytes.get(7..11)?)?, month, digits(bytes.get(0..2)?)?)?;
        if bytes[2] != b'/' || bytes[6] != b'/' || bytes.get(11) != Some(&b':') {
            return None;
        }
        let (clock, rest) = clock(bytes.get(12..)?)?;
        let offset = offset(rest)?;
        Some(Self { millis: (day * 86_400 + clock - offset) * 1000, micros: 0 })
    }
}

/// `hh:mm` or `hh:mm:ss`, in seconds, and what follows.
fn clock(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let hour = digits(bytes.get(0..2)?)?;
    let minute = digits(bytes.get(3..5)?)?;
    let (second, rest) = match bytes.get(5) {
        Some(b':') => (digits(bytes.get(6..8)?)?, &bytes[8..]),
        _ => (0, &bytes[5..]),
    };
    // A leap second is the second after it, as in POSIX.
    let valid = bytes[2] == b':' && hour < 24 && minute < 60 && second <= 60;
    valid.then_some((hour * 3600 + minute * 60 + second, rest))
}

/// A fraction of a second in microseconds, and what follows.
fn fraction(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let Some(rest) = bytes.strip_prefix(b".").or_else(|| bytes.strip_prefix(b",")) else {
        return Some((0, bytes));
    };
    let count = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let kept = digits(&rest[..count.min(6)])?;
    let scale = 10_i64.pow(6 - u32::try_from(count.min(6)).ok()?);
    Some((kept * scale, &rest[count..]))
}

/// `Z`, `UTC`, `+02:00`, `+0200` or nothing, in seconds.
fn offset(bytes: &[u8]) -> Option<i64> {
    let bytes = bytes.trim_ascii();
    let (sign, rest) = match bytes {
        b"" | b"Z" | b"z" | b"UTC" | b"GMT" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let hours = digits(rest.get(0..2)?)?;
    let minutes = match rest.len() {
        2 => 0,
        4 => digits(&rest[2..4])?,
        5 if rest[2] == b':' => digits(&rest[3..5])?,
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn digits(bytes: &[u8]) -> Option<i64> {
    if bytes.is_empty() {
        return None;
    }
    bytes
        .iter()
        .try_fold(0_i64, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i64::from(b - b'0')))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar: the years are counted from March, so
/// that the leap day is the last day of a year.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(text: &str) -> Option<i64> {
        Moment::parse(text).map(|m| m.millis)
    }

    #[test]
    fn reads_the_forms_that_exports_use() {
        let noon = 1_790_856_000_000;
        for text in [
            "2026-10-01T12:00:00Z",
            "2026-10-01T12:00:00.000Z",
            "2026-10-01 12:00:00",
            "2026-10-01 12:00:00.0 UTC",
            "2026-10-01T14:00:00+02:00",
            "2026-10-01T05:00:00-0700",
            "2026-10-01 12:00",
            "2026/10/01 12:00:00",
            "20261001120000",
            "1790856000",
            "1790856000000",
            "1790856000000000",
            "1790856000000000000",
            "1790856000.0",
        ] {
            assert_eq!(millis(text), Some(noon), "{text}");
        }
        for day in ["2026-10-01", "2026/10/01", "20261001"] {
            assert_eq!(millis(day), Some(noon - 43_200_000));
        }
        assert_eq!(
            Moment::parse("2026-10-01T12:00:00.123456Z"),
            Some(Moment { millis: noon + 123, micros: 456 })
        );
        assert_eq!(Moment::log("01/Oct/2026:05:00:00 -0700").map(|m| m.millis), Some(noon));
        for text in
            ["", "yesterday", "2026-13-01", "2026-10-01T25:00:00Z", "NaN", "inf", "2026-1-1"]
        {
            assert_eq!(millis(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_the_calendar(seconds in -60_000_000_000_i64..200_000_000_000) {
            let stamp = jiff::Timestamp::from_second(seconds).expect("in range");
            let text = stamp.to_string();
            proptest::prop_assume!(!text.starts_with('-'));
            proptest::prop_assert_eq!(millis(&text), Some(seconds * 1000));
        }

        #[test]
        fn nothing_panics(text in "\\PC*", number in proptest::num::f64::ANY, int in proptest::num::i64::ANY) {
            let _ = Moment::parse(&text);
            let _ = Moment::log(&text);
            let _ = Moment::of_number(number);
            let _ = Moment::of_integer(int);
        }
    }
}
