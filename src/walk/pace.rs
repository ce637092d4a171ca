//! How long people take: as long as they do, as fast as the page allows, or in between.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::time::Span;

/// At a fast pace nobody thinks, and what a deviation waits for is cut to these.
const LONGEST_WAIT: Span = Span::secs(1);
const LONGEST_KEY: Span = Span::millis(40);

/// The pace of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Pace {
    /// Think times as they were drawn.
    Real,
    /// No think times; waits of deviations cut short.
    #[default]
    Fast,
    /// Think times and waits times this factor.
    Factor(f64),
}

/// Why a text is no pace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a pace is `real`, `fast`, or a factor of the real think times such as 0.2")]
pub struct BadPace;

impl Pace {
    /// How long to stand before a step.
    #[must_use]
    pub fn think(self, drawn: Span) -> Duration {
        match self {
            Pace::Real => drawn.duration(),
            Pace::Fast => Duration::ZERO,
            Pace::Factor(factor) => drawn.scaled(factor).duration(),
        }
    }

    /// How long a deviation waits.
    #[must_use]
    pub fn wait(self, drawn: Span) -> Duration {
        match self {
            Pace::Fast => drawn.min(LONGEST_WAIT).duration(),
            Pace::Real | Pace::Factor(_) => self.think(drawn),
        }
    }

    /// The pause between two keys.
    #[must_use]
    pub fn key(self, drawn: Span) -> Duration {
        match self {
            Pace::Fast => drawn.min(LONGEST_KEY).duration(),
            Pace::Real | Pace::Factor(_) => self.think(drawn),
        }
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pace::Real => f.write_str("real"),
            Pace::Fast => f.write_str("fast"),
            Pace::Factor(factor) => write!(f, "{factor}"),
        }
    }
}

impl FromStr for Pace {
    type Err = BadPace;

    fn from_str(text: &str) -> Result<Self, BadPace> {
        match text {
            "real" => Ok(Pace::Real),
            "fast" => Ok(Pace::Fast),
            _ => match text.parse::<f64>() {
                Ok(factor) if (0.0..=100.0).contains(&factor) => Ok(Pace::Factor(factor)),
                _ => Err(BadPace),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fast_never_thinks_and_real_always_does() {
        let minute = Span::secs(60);
        assert_eq!(Pace::Fast.think(minute), Duration::ZERO);
        assert_eq!(Pace::Fast.wait(minute), Duration::from_secs(1));
        assert_eq!(Pace::Real.wait(minute), Duration::from_secs(60));
        assert_eq!(Pace::Factor(0.5).think(minute), Duration::from_secs(30));
    }

    #[test]
    fn reads_what_it_writes() {
        for pace in [Pace::Real, Pace::Fast, Pace::Factor(0.25)] {
            assert_eq!(pace.to_string().parse(), Ok(pace));
        }
        for text in ["", "slow", "-1", "NaN"] {
            assert_eq!(text.parse::<Pace>(), Err(BadPace), "{text}");
        }
    }
}
