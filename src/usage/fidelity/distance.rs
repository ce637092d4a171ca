//! How far two sets of sessions are from each other, and how much of what people do was never
//! seen. Which sets are compared is `mod`'s.

use std::collections::HashMap;

use crate::usage::corpus::{Corpus, Symbol};

/// The longest run of steps that is compared.
const LONGEST: usize = 4;

/// The runs of `n` symbols (at most 4) in a corpus; start and end are symbols of a session.
#[derive(Debug)]
pub struct Runs(Vec<u128>);

impl Runs {
    /// All runs of `n` symbols.
    #[must_use]
    pub fn of(corpus: &Corpus, n: usize) -> Self {
        let n = n.clamp(1, LONGEST);
        let mut runs = Vec::with_capacity(corpus.symbols());
        for (_, symbols) in corpus.iter() {
            let whole: Vec<Symbol> = [Symbol::EDGE]
                .into_iter()
                .chain(symbols.iter().copied())
                .chain([Symbol::EDGE])
                .collect();
            let packed = |run: &[Symbol]| run.iter().fold(0, |all, s| all << 32 | u128::from(s.0));
            runs.extend(whole.windows(n).map(packed));
        }
        runs.sort_unstable();
        Self(runs)
    }

    /// The Jensen–Shannon divergence from other runs of as many symbols, in bits from 0 to 1.
    #[must_use]
    pub fn divergence(&self, other: &Self) -> f64 {
        let (a, b) = (&self.0, &other.0);
        let (in_a, in_b) = (a.len() as f64, b.len() as f64);
        if a.is_empty() || b.is_empty() {
            return if a.len() == b.len() { 0.0 } else { 1.0 };
        }
        // Both are sorted: one pass meets every run with its count on either side.
        let (mut i, mut j, mut bits) = (0, 0, 0.0);
        while i < a.len() || j < b.len() {
            let run = match (a.get(i), b.get(j)) {
                (Some(x), Some(y)) => x.min(y),
                (Some(x), None) | (None, Some(x)) => x,
                (None, None) => break,
            };
            let times =
                |runs: &[u128], from: usize| runs[from..].iter().take_while(|r| *r == run).count();
            let (x, y) = (times(a, i), times(b, j));
            let (p, q) = (x as f64 / in_a, y as f64 / in_b);
            let middle = f64::midpoint(p, q);
            bits += [p, q]
                .into_iter()
                .filter(|p| *p > 0.0)
                .map(|p| 0.5 * p * (p / middle).log2())
                .sum::<f64>();
            (i, j) = (i + x, j + y);
        }
        bits.clamp(0.0, 1.0)
    }
}

/// The lengths of the sessions of a corpus, in steps.
#[derive(Debug)]
pub struct Lengths(Vec<usize>);

impl Lengths {
    /// All lengths.
    #[must_use]
    pub fn of(corpus: &Corpus) -> Self {
        let mut lengths: Vec<usize> = corpus.iter().map(|(_, symbols)| symbols.len()).collect();
        lengths.sort_unstable();
        Self(lengths)
    }

    /// The Kolmogorov–Smirnov distance from other lengths: the largest difference between the
    /// shares of sessions with at most so many steps, from 0 to 1.
    #[must_use]
    pub fn distance(&self, other: &Self) -> f64 {
        let (a, b) = (&self.0, &other.0);
        let share = |lengths: &[usize], most: usize| {
            lengths.partition_point(|&length| length <= most) as f64 / lengths.len().max(1) as f64
        };
        a.iter().chain(b).map(|&most| (share(a, most) - share(b, most)).abs()).fold(0.0, f64::max)
    }
}

/// Whole sessions, as paths: how many of those still to come are paths that nobody took yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unseen {
    /// What Good and Turing predict from the sessions that were learned from: the share of
    /// sessions whose path only one user took (Good, 1953, counted by users, because one user's
    /// sessions resemble each other).
    pub predicted: f64,
    /// The share of held-out sessions whose path is not among those that were learned from.
    pub held_out: f64,
}

impl Unseen {
    /// Predicts from one corpus, and looks at another.
    #[must_use]
    pub fn of(learned: &Corpus, held_out: &Corpus) -> Self {
        struct Path {
            sessions: usize,
            first: u32,
            shared: bool,
        }
        let mut paths: HashMap<&[Symbol], Path> = HashMap::new();
        for (user, symbols) in learned.iter() {
            let path =
                paths.entry(symbols).or_insert(Path { sessions: 0, first: user, shared: false });
            path.sessions += 1;
            path.shared |= path.first != user;
        }
        let alone: usize =
            paths.values().filter(|path| !path.shared).map(|path| path.sessions).sum();
        let new = held_out.iter().filter(|(_, symbols)| !paths.contains_key(symbols)).count();
        Self {
            predicted: alone as f64 / learned.len().max(1) as f64,
            held_out: new as f64 / held_out.len().max(1) as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corpus(sequences: &[&[u32]]) -> Corpus {
        let mut corpus = Corpus::default();
        for (user, symbols) in (0..).zip(sequences) {
            corpus.push(user, symbols.iter().map(|&s| Symbol(s)));
        }
        corpus
    }

    #[test]
    fn divergence_is_that_of_the_textbook() {
        let divergence = |a: &[&[u32]], b: &[&[u32]], n| {
            Runs::of(&corpus(a), n).divergence(&Runs::of(&corpus(b), n))
        };
        let a: &[&[u32]] = &[&[2, 3]];
        assert_eq!(divergence(a, a, 3), 0.0);
        assert_eq!(divergence(a, &[&[4, 5]], 1), 0.5, "half of the symbols are edges");
        // Runs of three: {023, 230} against {023, 230, 024, 240}, half of each shared.
        let d = divergence(a, &[&[2, 3], &[2, 4]], 3);
        assert!((d - 0.311_278).abs() < 1e-6, "{d}");
    }

    #[test]
    fn lengths_and_unseen_paths_are_counted() {
        let a = corpus(&[&[2], &[2], &[2, 3], &[2, 3, 4]]);
        let other = corpus(&[&[2], &[3, 3, 3]]);
        assert_eq!(Lengths::of(&a).distance(&Lengths::of(&other)), 0.25);
        let unseen = Unseen::of(&a, &corpus(&[&[2], &[9]]));
        assert_eq!((unseen.predicted, unseen.held_out), (0.5, 0.5));
    }
}
