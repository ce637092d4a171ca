//! Who asks: people, programs, or desirepath itself. The list of programs is
//! `assets/analytics/bots.txt`; this is how it is applied.

use std::collections::HashMap;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;

const BOTS: &str = include_str!("../../assets/analytics/bots.txt");
/// What desirepath's own browsers say in their user agent.
const OWN: &str = "desirepath/";
/// How many different user agents are remembered before it begins anew.
const REMEMBERED: usize = 1 << 16;

/// What a user agent is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Agent {
    /// Nothing speaks against a person.
    Person,
    /// A program.
    Bot,
    /// A walk of desirepath.
    Own,
}

/// Tells agents apart, each different one only once.
#[derive(Debug)]
pub(super) struct Agents {
    words: Vec<&'static str>,
    exceptions: Vec<&'static str>,
    known: HashMap<u64, Agent, FixedState>,
}

impl Agents {
    pub(super) fn new() -> Self {
        let lines = || BOTS.lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
        Self {
            words: lines().filter(|l| !l.starts_with('!')).collect(),
            exceptions: lines().filter_map(|l| l.strip_prefix('!')).collect(),
            known: HashMap::default(),
        }
    }

    /// What this user agent is. An empty one is not known, and so a person; `-` is what a log
    /// writes for a request that named none, which browsers never do.
    pub(super) fn tell(&mut self, agent: &str) -> Agent {
        if agent.is_empty() {
            return Agent::Person;
        }
        let hash = FixedState::default().hash_one(agent);
        if let Some(&known) = self.known.get(&hash) {
            return known;
        }
        let told = self.look(agent);
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(hash, told);
        told
    }

    fn look(&self, agent: &str) -> Agent {
        let mut agent = agent.to_ascii_lowercase();
        if agent.contains(OWN) {
            return Agent::Own;
        }
        for exception in &self.exceptions {
            agent = agent.replace(exception, "");
        }
        let program = agent == "-" || self.words.iter().any(|word| agent.contains(word));
        if program { Agent::Bot } else { Agent::Person }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_people_from_programs() {
        let mut agents = Agents::new();
        for (agent, is) in [
            (
                "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
                Agent::Bot,
            ),
            ("curl/8.5.0", Agent::Bot),
            ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0 Safari/537.36", Agent::Bot),
            ("-", Agent::Bot),
            (
                "Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0 Safari/537.36 desirepath/0.1",
                Agent::Own,
            ),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0 Safari/537.36", Agent::Person),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1", Agent::Person),
            ("Mozilla/5.0 (Linux; Android 9; CUBOT X19) Chrome/75.0 Mobile", Agent::Person),
            ("", Agent::Person),
        ] {
            assert_eq!(agents.tell(agent), is, "{agent}");
            assert_eq!(agents.tell(agent), is, "remembered: {agent}");
        }
    }
}
