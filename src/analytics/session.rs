//! Sessions in a compact form: millions of them fit in memory.

use crate::route::Route;

use super::Element;

/// The place of a [`State`] in [`Sessions::states`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateId(pub u32);

/// What people do and where: the symbol of the usage model.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct State {
    /// The page on which it was done; for [`Act::View`] the page that came.
    pub route: Route,
    /// What was done.
    pub act: Act,
}

/// One kind of thing that people do on a page.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Act {
    /// The page came.
    View,
    /// Clicked an element.
    Click(Element),
    /// Typed into a field; what was typed is never kept.
    Fill(Element),
    /// Chose an option, ticked a box.
    Choose(Element),
    /// Sent a form.
    Submit(Element),
    /// An event that the application names itself, `add_to_cart`. It is no step of a journey,
    /// but it tells what a session was about.
    Named(String),
}

/// One thing that one user did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What and where.
    pub state: StateId,
    /// Milliseconds until the user's next step; `None` after the last one of a session.
    pub dwell: Option<u32>,
}

/// Whose session it is and when it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// A keyed hash of the user; the same user has the same number within one import.
    pub user: u64,
    /// Milliseconds since 1970, UTC.
    pub start: i64,
    /// Where its steps begin in all steps.
    first: u32,
    /// How many there are.
    count: u32,
}

/// All sessions of an import, in the order of their start, then user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sessions {
    states: Vec<State>,
    steps: Vec<Step>,
    heads: Vec<Head>,
}

impl Sessions {
    /// No session yet, over these states.
    #[must_use]
    pub const fn over(states: Vec<State>) -> Self {
        Self { states, steps: Vec::new(), heads: Vec::new() }
    }

    /// Adds a session; one without steps is not added.
    ///
    /// # Panics
    /// A step has a state that is not among the states.
    pub fn push(&mut self, user: u64, start: i64, steps: &[Step]) {
        assert!(steps.iter().all(|s| (s.state.0 as usize) < self.states.len()), "a known state");
        if steps.is_empty() {
            return;
        }
        let first = u32::try_from(self.steps.len()).expect("fewer steps than 2^32 fit in memory");
        let count = u32::try_from(steps.len()).expect("fewer steps than 2^32 fit in memory");
        self.heads.push(Head { user, start, first, count });
        self.steps.extend_from_slice(steps);
    }

    /// Every state, by its number.
    #[must_use]
    pub fn states(&self) -> &[State] {
        &self.states
    }

    /// What a number stands for.
    #[must_use]
    pub fn state(&self, id: StateId) -> &State {
        &self.states[id.0 as usize]
    }

    /// How many sessions there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether there is no session.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// How many steps there are in all sessions.
    #[must_use]
    pub const fn step_count(&self) -> usize {
        self.steps.len()
    }

    /// Makes room for this many steps more, so that memory is not taken twice on the way there.
    pub(super) fn reserve(&mut self, steps: usize) {
        self.steps.reserve_exact(steps);
    }

    /// Puts the sessions in the order of their start, then user; the steps stay where they are.
    pub(super) fn sort(&mut self) {
        self.heads.sort_by_key(|head| (head.start, head.user, head.first));
        self.heads.shrink_to_fit();
        self.steps.shrink_to_fit();
    }

    /// Each session with its steps.
    pub fn iter(&self) -> impl Iterator<Item = (&Head, &[Step])> {
        self.heads.iter().map(|head| (head, self.of(head)))
    }

    /// The steps of the session with this number.
    #[must_use]
    pub fn steps(&self, index: usize) -> &[Step] {
        self.of(&self.heads[index])
    }

    fn of(&self, head: &Head) -> &[Step] {
        let first = head.first as usize;
        &self.steps[first..first + head.count as usize]
    }
}
