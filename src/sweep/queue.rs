//! Which of the walks that are due a free worker gets: one for the browser that it has, as long as
//! there is one not far ahead, because another browser takes a second to start.

use std::collections::VecDeque;

use crate::browser::BrowserKind;
use crate::record::WalkId;

/// The walks of a phase.
pub(super) struct Queue<I> {
    coming: I,
    /// Walks whose turn it was, and that wait for a worker with their browser.
    waiting: VecDeque<WalkId>,
    ahead: usize,
}

impl<I: Iterator<Item = WalkId>> Queue<I> {
    /// Walks in the order in which they are due; `ahead` of them may be overtaken.
    pub(super) fn new(coming: I, ahead: usize) -> Self {
        Self { coming, waiting: VecDeque::new(), ahead }
    }

    /// Puts walks first, in their order.
    pub(super) fn put_first(&mut self, walks: impl DoubleEndedIterator<Item = WalkId>) {
        walks.rev().for_each(|id| self.waiting.push_front(id));
    }

    /// The next walk for a worker with this browser; one of another where there is none.
    pub(super) fn take(&mut self, browser: BrowserKind) -> Option<WalkId> {
        if let Some(at) = self.waiting.iter().position(|id| id.browser == browser) {
            return self.waiting.remove(at);
        }
        while self.waiting.len() < self.ahead {
            match self.coming.next() {
                Some(id) if id.browser == browser => return Some(id),
                Some(id) => self.waiting.push_back(id),
                None => break,
            }
        }
        self.waiting.pop_front().or_else(|| self.coming.next())
    }

    /// What was put first or overtaken, and has not had its turn.
    pub(super) fn into_waiting(self) -> impl Iterator<Item = WalkId> {
        self.waiting.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<WalkId> {
        text.split(' ').map(|id| id.parse().expect("an id")).collect()
    }

    #[test]
    fn a_worker_keeps_its_browser_as_long_as_there_are_walks_for_it() {
        let mut queue = Queue::new(ids("a/0 a/0@firefox a/1 a/1@firefox a/2").into_iter(), 2);
        let mut taken = Vec::new();
        while let Some(id) = queue.take(BrowserKind::Chromium) {
            taken.push(id.to_string());
        }
        assert_eq!(taken, ["a/0", "a/1", "a/0@firefox", "a/2", "a/1@firefox"]);
    }

    #[test]
    fn what_is_put_first_comes_first_and_nothing_is_lost() {
        let mut queue = Queue::new(ids("a/0 a/1").into_iter(), 0);
        queue.put_first(ids("b/0 b/1").into_iter());
        let mut next = || queue.take(BrowserKind::Chromium).map(|id| id.to_string());
        let taken: Vec<String> = std::iter::from_fn(&mut next).collect();
        assert_eq!(taken, ["b/0", "b/1", "a/0", "a/1"]);
    }

    #[test]
    fn what_had_no_turn_is_given_back() {
        let mut queue = Queue::new(ids("a/0 a/1").into_iter(), 0);
        queue.put_first(ids("b/twin-0 b/twin-1").into_iter());
        assert_eq!(
            queue.take(BrowserKind::Chromium).map(|id| id.to_string()),
            Some("b/twin-0".into())
        );
        let left: Vec<String> = queue.into_waiting().map(|id| id.to_string()).collect();
        assert_eq!(left, ["b/twin-1"]);
    }
}
