//! Who is visiting, and a bounded store of what a service knows about each visitor. What is known
//! is the service's own business.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use axum::extract::FromRequestParts;
use http::request::Parts;

/// How many visitors a service remembers; the oldest are forgotten first.
pub(super) const REMEMBERED: usize = 20_000;

/// The header that tells a service on whose behalf it is asked.
pub(super) const VISITOR_HEADER: &str = "x-visitor";

/// One visitor: a number and a seal that cannot be guessed, `17-9c0f31a2b45d6e78`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct VisitorId(String);

impl VisitorId {
    /// Reads an id as it stands in a cookie or header.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (number, seal) = text.split_once('-')?;
        let well_formed = !number.is_empty()
            && number.len() <= 20
            && number.bytes().all(|b| b.is_ascii_digit())
            && seal.len() == 16
            && seal.bytes().all(|b| b.is_ascii_hexdigit());
        well_formed.then(|| Self(text.to_owned()))
    }

    /// The part that may be shown.
    pub(super) fn number(&self) -> &str {
        self.0.split_once('-').map_or("", |(number, _)| number)
    }

    /// The id as it stands in a cookie or header.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VisitorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Services trust the front: a request without a visitor is served as an unknown one.
impl<S: Sync> FromRequestParts<S> for VisitorId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let named = parts.headers.get(VISITOR_HEADER).and_then(|value| value.to_str().ok());
        Ok(named.and_then(Self::parse).unwrap_or_else(|| Self(String::new())))
    }
}

/// Gives out ids.
#[derive(Debug, Default)]
pub(super) struct Doorkeeper {
    seal: RandomState,
    last: AtomicU64,
}

impl Doorkeeper {
    /// The id of the next new visitor.
    pub(super) fn admit(&self) -> VisitorId {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        VisitorId(format!("{number}-{:016x}", self.seal.hash_one(number)))
    }
}

/// What a service knows about each visitor.
#[derive(Debug)]
pub(super) struct Visitors<T> {
    known: Mutex<Known<T>>,
    limit: usize,
}

#[derive(Debug)]
struct Known<T> {
    by_id: HashMap<VisitorId, T>,
    oldest_first: VecDeque<VisitorId>,
}

impl<T: Default> Visitors<T> {
    /// Remembers at most `limit` visitors.
    pub(super) fn new(limit: usize) -> Self {
        let known = Known { by_id: HashMap::new(), oldest_first: VecDeque::new() };
        Self { known: Mutex::new(known), limit }
    }

    /// Reads what is known; of a stranger, what is known by default.
    pub(super) fn read<R>(&self, id: &VisitorId, look: impl FnOnce(&T) -> R) -> R {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.by_id.get(id) {
            Some(state) => look(state),
            None => look(&T::default()),
        }
    }

    /// Changes what is known; a stranger is remembered from now on.
    pub(super) fn change<R>(&self, id: &VisitorId, change: impl FnOnce(&mut T) -> R) -> R {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Known { by_id, oldest_first } = &mut *known;
        if !by_id.contains_key(id) {
            if by_id.len() >= self.limit
                && let Some(oldest) = oldest_first.pop_front()
            {
                by_id.remove(&oldest);
            }
            oldest_first.push_back(id.clone());
        }
        change(by_id.entry(id.clone()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_a_cookie_and_nothing_else_does() {
        let id = Doorkeeper::default().admit();
        assert_eq!(VisitorId::parse(id.as_str()), Some(id));
        for odd in ["", "-", "1-2", "x-0123456789abcdef", "1-0123456789abcdeg"] {
            assert_eq!(VisitorId::parse(odd), None, "{odd}");
        }
    }

    #[test]
    fn the_oldest_visitor_is_forgotten_first() {
        let door = Doorkeeper::default();
        let ids: Vec<_> = (0..3).map(|_| door.admit()).collect();
        let visitors = Visitors::<u32>::new(2);
        for id in &ids {
            visitors.change(id, |n| *n += 1);
            visitors.change(id, |n| *n += 1);
        }
        let left: Vec<u32> = ids.iter().map(|id| visitors.read(id, |n| *n)).collect();
        assert_eq!(left, [0, 2, 2]);
    }
}
