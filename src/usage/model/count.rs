//! Counting what comes next after each context, in one pass. What the counts mean is `mod`'s.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::Context;
use crate::usage::corpus::{Corpus, Symbol};

/// The longest context.
pub const DEEPEST: usize = 4;

/// Hashes the packed keys below. They are small numbers that nobody outside chooses, so one
/// multiplication is enough, and ten times faster than the hash that resists an attacker.
#[derive(Default)]
pub(super) struct Packed(u64);

impl Hasher for Packed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(self.0 ^ u64::from(byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        let mixed = u128::from(key ^ 0x9e37_79b9_7f4a_7c15) * 0xa076_1d64_78bd_642f;
        #[expect(clippy::cast_possible_truncation, reason = "both halves are folded together")]
        {
            self.0 = (mixed as u64) ^ ((mixed >> 64) as u64);
        }
    }
}

/// From (context, symbol), packed, to something.
pub(super) type Keyed<T> = HashMap<u64, T, BuildHasherDefault<Packed>>;

/// A context's number and a symbol in one key.
pub(super) fn key(context: u32, symbol: Symbol) -> u64 {
    (u64::from(context) << 32) | u64::from(symbol.0)
}

/// How often, and by how many users, of whom the last is remembered: users come one after the
/// other, so that is enough to count them.
#[derive(Clone, Copy)]
struct Tally {
    times: u64,
    users: u32,
    last: u32,
}

impl Tally {
    const NONE: Tally = Tally { times: 0, users: 0, last: u32::MAX };

    fn add(&mut self, user: u32) {
        self.times += 1;
        if self.last != user {
            self.users += 1;
            self.last = user;
        }
    }
}

/// A context in the making: the one that is shorter by its oldest symbol, and that symbol.
struct Node {
    shorter: u32,
    oldest: Symbol,
    depth: usize,
    seen: Tally,
}

/// All contexts up to [`DEEPEST`] symbols, with what came next in each.
pub(super) struct Counts {
    nodes: Vec<Node>,
    longer: Keyed<u32>,
    next: Keyed<Tally>,
}

impl Counts {
    /// Counts every position of every sequence in all its contexts.
    pub(super) fn of(corpus: &Corpus) -> Self {
        let root = Node { shorter: 0, oldest: Symbol::EDGE, depth: 0, seen: Tally::NONE };
        let mut counts =
            Self { nodes: vec![root], longer: Keyed::default(), next: Keyed::default() };
        for (user, symbols) in corpus.iter() {
            for at in 0..=symbols.len() {
                let next = symbols.get(at).copied().unwrap_or(Symbol::EDGE);
                let mut context = 0;
                counts.add(context, next, user);
                for symbol in behind(&symbols[..at]).take(DEEPEST) {
                    context = counts.descend(context, symbol);
                    counts.add(context, next, user);
                }
            }
        }
        counts
    }

    fn descend(&mut self, shorter: u32, oldest: Symbol) -> u32 {
        *self.longer.entry(key(shorter, oldest)).or_insert_with(|| {
            let depth = self.nodes[shorter as usize].depth + 1;
            self.nodes.push(Node { shorter, oldest, depth, seen: Tally::NONE });
            u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX)
        })
    }

    fn add(&mut self, context: u32, next: Symbol, user: u32) {
        self.nodes[context as usize].seen.add(user);
        self.next.entry(key(context, next)).or_insert(Tally::NONE).add(user);
    }

    /// The contexts of at most `order` symbols and at least `k` users, the short ones first. What
    /// fewer than `k` users did next is not told; its mass goes to the shorter context.
    pub(super) fn contexts(&self, order: usize, k: u32) -> Vec<Context> {
        let kept =
            |node: &Node| node.depth == 0 || (node.depth <= order && node.seen.users >= k.max(1));
        let mut of: Vec<Option<Context>> = self
            .nodes
            .iter()
            .map(|node| {
                kept(node).then(|| Context { after: self.spelled(node), ..Context::default() })
            })
            .collect();
        for (&packed, tally) in &self.next {
            #[expect(clippy::cast_possible_truncation, reason = "the two halves of the key")]
            let (context, next) = ((packed >> 32) as u32, Symbol(packed as u32));
            let Some(context) = &mut of[context as usize] else { continue };
            context.kinds += 1;
            if tally.users >= k {
                context.then.push((next, tally.times));
            } else {
                context.untold += tally.times;
            }
        }
        let mut contexts: Vec<Context> = of
            .into_iter()
            .flatten()
            .filter(|context| context.after.is_empty() || !context.then.is_empty())
            .collect();
        for context in &mut contexts {
            context.then.sort_unstable();
        }
        contexts.sort_unstable_by(|a, b| (a.after.len(), &a.after).cmp(&(b.after.len(), &b.after)));
        contexts
    }

    /// The symbols of a context, oldest first.
    fn spelled(&self, node: &Node) -> Vec<Symbol> {
        let mut symbols = Vec::with_capacity(node.depth);
        let mut node = node;
        while node.depth > 0 {
            symbols.push(node.oldest);
            node = &self.nodes[node.shorter as usize];
        }
        symbols
    }
}

/// What came before a position: from the last symbol back to the start, which is one too.
pub(super) fn behind(past: &[Symbol]) -> impl Iterator<Item = Symbol> {
    past.iter().rev().copied().chain([Symbol::EDGE])
}
