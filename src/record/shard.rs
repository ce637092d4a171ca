//! Which part of a divided sweep a run is. How walks are divided is `sweep`'s.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The most parts that a sweep is divided into: more runners than anybody has.
const MOST: u32 = 1000;

/// One part of a sweep, or several that were merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// The parts, from 1, in order.
    pub parts: Vec<u32>,
    /// Into how many the sweep was divided.
    pub of: u32,
}

/// Why a text is no part of a sweep.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a part of the sweep such as 2/3: from 1/3 to 3/3, and at most {MOST} parts")]
pub struct BadShard;

impl Shard {
    /// The parts that are not there.
    pub fn missing(&self) -> impl Iterator<Item = u32> {
        (1..=self.of).filter(|part| !self.parts.contains(part))
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.parts.iter().map(u32::to_string).collect();
        write!(f, "{}/{}", parts.join("+"), self.of)
    }
}

impl FromStr for Shard {
    type Err = BadShard;

    fn from_str(text: &str) -> Result<Self, BadShard> {
        let (part, of) = text.split_once('/').ok_or(BadShard)?;
        let number = |text: &str| text.trim().parse::<u32>().map_err(|_| BadShard);
        let (part, of) = (number(part)?, number(of)?);
        let right = (1..=MOST).contains(&of) && (1..=of).contains(&part);
        if right { Ok(Self { parts: vec![part], of }) } else { Err(BadShard) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_as_it_is_written() {
        assert_eq!("2/3".parse::<Shard>().map(|s| s.to_string()), Ok("2/3".to_owned()));
        for wrong in ["0/3", "4/3", "1", "1/0", "a/b", "-1/3", "1/4000"] {
            assert_eq!(wrong.parse::<Shard>(), Err(BadShard), "{wrong}");
        }
        let merged = Shard { parts: vec![1, 3], of: 4 };
        assert_eq!(merged.missing().collect::<Vec<_>>(), [2, 4]);
    }
}
