//! The events of users → their sessions: put in order, freed of duplicates, and cut where the
//! source cuts them or where the gap is too long.

use super::batch::{Asked, Event};
use super::gaps::Gaps;
use super::moment::DAY;
use super::session::{Sessions, StateId, Step};
use super::sources::Clock;

/// What was found while cutting.
#[derive(Debug, Default)]
pub(super) struct Cut {
    pub(super) duplicates: u64,
    /// Events of states of which nothing may be said.
    pub(super) withheld: u64,
    /// Events that nobody asked for.
    pub(super) unasked: u64,
    /// Neighbours that stood in the wrong order in their file.
    pub(super) reordered: u64,
    /// Places where a source's session goes on after more than a day: a clock was set.
    pub(super) jumps: u64,
    pub(super) users: u64,
    /// Gaps between the neighbouring events of users, for sources without sessions of their own.
    pub(super) gaps: Gaps,
    /// The first and the last millisecond of what was kept.
    pub(super) window: Option<(i64, i64)>,
    steps: Vec<Step>,
}

impl Cut {
    fn widen(&mut self, start: i64, end: i64) {
        let window = self.window.get_or_insert((start, end));
        *window = (window.0.min(start), window.1.max(end));
    }
}

/// Where the events of a user are cut into sessions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cuts {
    /// The gap that ends a session, in milliseconds.
    pub(super) gap: i64,
    /// What has times. Where events have none, what stands for their times only puts them in
    /// order: no gap is one, and what is alike at the same time is no duplicate.
    pub(super) clock: Clock,
}

/// Cuts the events of some users, all events of each, into sessions. `of` has the state of each
/// key; `cuts` says where.
pub(super) fn cut(
    events: &mut Vec<Event>,
    of: &[Option<StateId>],
    cuts: Cuts,
    sessions: &mut Sessions,
    found: &mut Cut,
) {
    settle_states(events, of, found);
    events.sort_unstable_by_key(|e| (e.user, e.session, e.time, e.order, e.state));
    if cuts.clock == Clock::Events {
        drop_duplicates(events, found);
    }
    for user in events.chunk_by(|a, b| a.user == b.user) {
        found.users += 1;
        for own in user.chunk_by(|a, b| a.session == b.session) {
            one_source_session(own, cuts, sessions, found);
        }
    }
}

/// From keys to states; what may not be told or was not asked for goes.
fn settle_states(events: &mut Vec<Event>, of: &[Option<StateId>], found: &mut Cut) {
    events.retain_mut(|event| {
        if event.asked == Asked::No {
            found.unasked += 1;
            return false;
        }
        let Some(state) = of[event.state as usize] else {
            found.withheld += 1;
            return false;
        };
        event.state = state.0;
        true
    });
}

/// The same state of the same user and session at the same millisecond is one event. Among those
/// that remain the order stays as it was.
fn drop_duplicates(events: &mut Vec<Event>, found: &mut Cut) {
    let before = events.len();
    let at = |e: &Event| (e.user, e.session, e.time);
    for group in events.chunk_by_mut(|a, b| at(a) == at(b)).filter(|group| group.len() > 1) {
        group.sort_unstable_by_key(|e| (e.state, e.order));
    }
    events.dedup_by(|later, first| at(later) == at(first) && later.state == first.state);
    for group in events.chunk_by_mut(|a, b| at(a) == at(b)).filter(|group| group.len() > 1) {
        group.sort_unstable_by_key(|e| (e.order, e.state));
    }
    found.duplicates += (before - events.len()) as u64;
}

fn one_source_session(events: &[Event], cuts: Cuts, sessions: &mut Sessions, found: &mut Cut) {
    if cuts.clock != Clock::Events {
        found.steps.clear();
        let step = |event: &Event| Step { state: StateId(event.state), dwell: None };
        found.steps.extend(events.iter().map(step));
        let start = events[0].time;
        if cuts.clock == Clock::Sessions {
            found.widen(start, start);
        }
        return sessions.push(events[0].user, start, &found.steps);
    }
    let sourced = events[0].session != 0;
    let longest = if sourced { DAY } else { cuts.gap };
    for (a, b) in events.iter().zip(&events[1..]) {
        found.reordered += u64::from(a.file == b.file && b.order < a.order && b.time != a.time);
        if sourced {
            found.jumps += u64::from(b.time - a.time > DAY);
        } else {
            found.gaps.add(b.time - a.time);
        }
    }
    for session in events.chunk_by(|a, b| b.time - a.time <= longest) {
        found.steps.clear();
        for (number, event) in session.iter().enumerate() {
            let next = session.get(number + 1);
            let dwell = next.map(|n| u32::try_from(n.time - event.time).unwrap_or(u32::MAX));
            found.steps.push(Step { state: StateId(event.state), dwell });
        }
        let (start, end) = (session[0].time, session[session.len() - 1].time);
        found.widen(start, end);
        sessions.push(session[0].user, start, &found.steps);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(user: u64, session: u32, time: i64, order: u32, state: u32) -> Event {
        Event { user, time, session, order, state, file: 0, asked: Asked::Yes }
    }

    fn sessions(events: Vec<Event>) -> (Vec<Vec<u32>>, Cut) {
        of_clock(Clock::Events, events)
    }

    fn of_clock(clock: Clock, mut events: Vec<Event>) -> (Vec<Vec<u32>>, Cut) {
        let of: Vec<Option<StateId>> = (0..9).map(|n| Some(StateId(n))).chain([None]).collect();
        let mut sessions = Sessions::over(
            (0..9)
                .map(|n| crate::analytics::State {
                    route: crate::route::Route::parse(&format!("/{n}")).expect("a route"),
                    act: crate::analytics::Act::View,
                })
                .collect(),
        );
        let mut found = Cut::default();
        let cuts = Cuts { gap: 1_800_000, clock };
        cut(&mut events, &of, cuts, &mut sessions, &mut found);
        let steps = sessions.iter().map(|(_, s)| s.iter().map(|s| s.state.0).collect()).collect();
        (steps, found)
    }

    #[test]
    fn a_gap_ends_a_session_and_the_order_is_restored() {
        let minute = 60_000;
        let (cut, found) = sessions(vec![
            event(1, 0, 31 * minute, 3, 2),
            event(1, 0, 0, 1, 0),
            event(1, 0, minute, 2, 1),
            event(1, 0, 61 * minute, 4, 3),
            event(1, 0, 92 * minute, 5, 4),
            event(2, 0, 0, 6, 5),
        ]);
        assert_eq!(cut, [vec![0, 1, 2, 3], vec![4], vec![5]]);
        assert_eq!((found.users, found.duplicates, found.reordered), (2, 0, 0));
    }

    #[test]
    fn the_sources_session_is_respected() {
        let hour = 3_600_000;
        let (cut, found) = sessions(vec![
            event(1, 7, 0, 1, 0),
            event(1, 8, 10, 2, 1),
            event(1, 7, hour, 3, 2),
            event(1, 8, 40 * hour, 4, 3),
        ]);
        assert_eq!(cut, [vec![0, 2], vec![1], vec![3]]);
        assert_eq!(found.jumps, 1);
    }

    #[test]
    fn without_times_only_the_order_counts() {
        let day = 86_400_000;
        let events = vec![event(1, 0, 9 * day, 2, 1), event(1, 0, 0, 1, 1), event(1, 0, 0, 2, 1)];
        let (cut, found) = of_clock(Clock::Nothing, events);
        assert_eq!(cut, [vec![1, 1, 1]]);
        assert_eq!((found.duplicates, found.window, found.reordered), (0, None, 0));
    }

    #[test]
    fn duplicates_go_and_the_rest_keeps_its_order() {
        let (cut, found) = sessions(vec![
            event(1, 0, 5, 1, 3),
            event(1, 0, 5, 2, 1),
            event(1, 0, 5, 3, 3),
            event(1, 0, 5, 4, 9),
        ]);
        assert_eq!(cut, [vec![3, 1]]);
        assert_eq!((found.duplicates, found.withheld), (1, 1));
    }
}
