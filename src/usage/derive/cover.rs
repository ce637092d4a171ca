//! Choosing the fewest paths that stand for a share of the sessions: greedy set cover, and which
//! sessions each of them stands for. What a path becomes as a journey is not its business.

use std::collections::HashMap;

use crate::usage::corpus::Symbol;

/// All sessions with the same path.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) moves: Vec<Symbol>,
    pub(super) sessions: u64,
    pub(super) users: u32,
    last: u32,
}

/// The sessions by their paths, the most frequent first.
#[derive(Debug, Default)]
pub(super) struct Groups {
    pub(super) all: Vec<Group>,
    /// The group of each session, in the order in which they were given; `None` where nothing
    /// is left of the session.
    pub(super) of: Vec<Option<usize>>,
}

impl Groups {
    /// Groups paths; one user's paths must come together.
    pub(super) fn of(paths: impl Iterator<Item = (u32, Vec<Symbol>)>) -> Self {
        let mut known: HashMap<Vec<Symbol>, usize> = HashMap::new();
        let mut groups = Self::default();
        for (user, moves) in paths {
            if moves.is_empty() {
                groups.of.push(None);
                continue;
            }
            let number = *known.entry(moves).or_insert_with_key(|moves| {
                let moves = moves.clone();
                groups.all.push(Group { moves, sessions: 0, users: 0, last: u32::MAX });
                groups.all.len() - 1
            });
            let group = &mut groups.all[number];
            group.sessions += 1;
            if group.last != user {
                (group.users, group.last) = (group.users + 1, user);
            }
            groups.of.push(Some(number));
        }
        groups.sorted()
    }

    fn sorted(mut self) -> Self {
        let mut order: Vec<usize> = (0..self.all.len()).collect();
        order.sort_by(|&a, &b| {
            let (a, b) = (&self.all[a], &self.all[b]);
            b.sessions.cmp(&a.sessions).then_with(|| a.moves.cmp(&b.moves))
        });
        let mut new = vec![0; order.len()];
        for (place, &old) in order.iter().enumerate() {
            new[old] = place;
        }
        self.all = order.into_iter().map(|old| self.all[old].clone()).collect();
        for number in self.of.iter_mut().flatten() {
            *number = new[*number];
        }
        self
    }
}

/// For each place of the one, the place of the other that the longest common subsequence puts
/// beside it.
pub(super) fn align(a: &[Symbol], b: &[Symbol]) -> Vec<Option<usize>> {
    let width = b.len() + 1;
    let mut longest = vec![0u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = if a[i] == b[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let mut places = vec![None; a.len()];
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            places[i] = Some(j);
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    places
}

/// Longer ones are not compared: the table of the alignment grows with the product.
const LONGEST_ALIGNED: usize = 400;
/// A journey that stands for a session holds at least so much of what it did …
const HOLDS: f64 = 0.8;
/// … unless everything in the journey was done in the session; then this is enough.
const HOLDS_WHOLE: f64 = 0.65;
/// And at least so much of the journey was done in the session.
const DONE: f64 = 0.6;

/// How near a journey is to a session, from 0 to 1, if the journey can stand for it. That it
/// holds what the session did counts twice as much as that the session did all of it: whoever
/// walks the whole way has also walked that of those who leave early.
pub(super) fn nearness(journey: &[Symbol], session: &[Symbol]) -> Option<f64> {
    if journey == session {
        return Some(1.0);
    }
    let (in_journey, in_session) = (journey.len() as f64, session.len() as f64);
    let short = in_journey.min(in_session);
    // The shorter one is all that both can have in common.
    let hopeless = short < HOLDS_WHOLE * in_session || short < DONE * in_journey;
    if hopeless || journey.len() + session.len() > LONGEST_ALIGNED {
        return None;
    }
    // Far cheaper than the alignment, and enough to tell most pairs apart.
    let at_most = session.iter().filter(|symbol| journey.contains(symbol)).count() as f64;
    if at_most < HOLDS_WHOLE * in_session || at_most < DONE * in_journey {
        return None;
    }
    let common = align(journey, session).iter().flatten().count();
    let (held, done) = (common as f64 / in_session, common as f64 / in_journey);
    let whole = common == journey.len() && held >= HOLDS_WHOLE;
    let near = held >= HOLDS && done >= DONE;
    (whole || near).then_some((2.0 * held + done) / 3.0)
}

/// What is asked of a cover.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// The share of sessions to stand for, each counted by how near its journey is.
    pub(super) share: f64,
    /// The fewest users that a path may stand for.
    pub(super) k: u32,
    /// The most paths.
    pub(super) most: usize,
}

/// So many paths are tried as journeys.
const CANDIDATES: usize = 200;
/// A journey that adds less than this share of all sessions is not worth the reading.
const LEAST_GAIN: f64 = 0.004;
/// One that adds this share is worth it even where enough is covered without it.
const GAIN_BEYOND: f64 = 0.01;
/// Among so many groups the sessions to be covered are counted; a tail beyond is drawn from.
const WEIGHED: usize = 4000;

/// The groups whose paths are chosen, in the order of what each adds.
pub(super) fn choose(groups: &Groups, wanted: Wanted) -> Vec<usize> {
    let weighed = thinned(groups.all.len(), WEIGHED);
    // One of the tail stands for its neighbours.
    let weight = |at: usize| {
        let until = weighed.get(at + 1).copied().unwrap_or(groups.all.len());
        groups.all[weighed[at]..until].iter().map(|group| group.sessions).sum::<u64>()
    };
    let people = |at: usize| {
        let until = weighed.get(at + 1).copied().unwrap_or(groups.all.len());
        groups.all[weighed[at]..until].iter().map(|group| u64::from(group.users)).sum::<u64>()
    };
    let weights: Vec<(u64, u64)> = (0..weighed.len()).map(|at| (weight(at), people(at))).collect();
    let total: u64 = groups.all.iter().map(|group| group.sessions).sum();
    let mut candidates: Vec<(usize, Vec<(usize, f64)>)> = thinned(groups.all.len(), CANDIDATES)
        .into_iter()
        .map(|candidate| {
            let moves = &groups.all[candidate].moves;
            let near = |at: usize| Some((at, nearness(moves, &groups.all[weighed[at]].moves)?));
            (candidate, (0..weighed.len()).filter_map(near).collect())
        })
        .collect();
    let mut nearest = vec![0.0f64; weighed.len()];
    let mut chosen = Vec::new();
    let mut done = 0.0;
    while chosen.len() < wanted.most {
        let gain = |covers: &[(usize, f64)]| {
            let more = covers
                .iter()
                .map(|&(at, near)| (near - nearest[at]).max(0.0) * weights[at].0 as f64);
            more.sum::<f64>()
        };
        // Of those that add the same the first, which is the most frequent.
        let mut best: Option<(f64, usize)> = None;
        for (place, (_, covers)) in candidates.iter().enumerate() {
            let people: u64 = covers.iter().map(|&(at, _)| weights[at].1).sum();
            let gain = gain(covers);
            if people >= u64::from(wanted.k) && best.is_none_or(|(most, _)| gain > most) {
                best = Some((gain, place));
            }
        }
        let enough = done >= wanted.share * total as f64;
        let least = if enough { GAIN_BEYOND } else { LEAST_GAIN } * total as f64;
        let Some((gain, place)) = best.filter(|(gain, _)| *gain >= least) else { break };
        let (candidate, covers) = candidates.remove(place);
        for (at, near) in covers {
            nearest[at] = nearest[at].max(near);
        }
        done += gain;
        chosen.push(candidate);
    }
    chosen
}

/// At most `most` of so many numbers: the first half of them as they come, then evenly spaced.
fn thinned(count: usize, most: usize) -> Vec<usize> {
    if count <= most {
        return (0..count).collect();
    }
    let (head, tail) = (most / 2, most - most / 2);
    (0..head).chain((0..tail).map(|n| head + n * (count - head) / tail)).collect()
}

/// The journey that stands for each group: the nearest of those that can.
pub(super) fn assign(groups: &Groups, journeys: &[Vec<Symbol>]) -> Vec<Option<usize>> {
    let nearest = |group: &Group| {
        let mut best: Option<(f64, usize)> = None;
        for (number, journey) in journeys.iter().enumerate() {
            if let Some(near) = nearness(journey, &group.moves)
                && best.is_none_or(|(before, _)| near > before)
            {
                best = Some((near, number));
            }
        }
        best.map(|(_, number)| number)
    };
    groups.all.iter().map(nearest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(symbols: &[u32]) -> Vec<Symbol> {
        symbols.iter().map(|&symbol| Symbol(symbol)).collect()
    }

    #[test]
    fn aligns_what_is_common() {
        let places = align(&path(&[2, 3, 4, 5]), &path(&[2, 9, 4, 5, 3]));
        assert_eq!(places, [Some(0), None, Some(2), Some(3)]);
        let near = nearness(&path(&[2, 3]), &path(&[2, 3, 4])).expect("it is within");
        assert!((near - 7.0 / 9.0).abs() < 1e-9, "{near}");
        assert_eq!(nearness(&path(&[2]), &path(&[2, 3])), None, "half of it is something else");
        assert_eq!(nearness(&path(&[2, 3, 4, 5]), &path(&[2, 3, 4])), Some(2.75 / 3.0));
        assert_eq!(nearness(&path(&[2, 3]), &path(&[3, 2])), None);
    }

    #[test]
    fn chooses_what_stands_for_most() {
        let mut paths = Vec::new();
        for user in 0..20 {
            paths.push((user, path(if user < 12 { &[2, 3, 4] } else { &[5, 6, 7] })));
            paths.push((user, path(&[2, 3, 4, 8])));
        }
        paths.push((21, path(&[9, 9, 9, 9])));
        let groups = Groups::of(paths.into_iter());
        let chosen = choose(&groups, Wanted { share: 0.9, k: 5, most: 2 });
        let moves: Vec<_> = chosen.iter().map(|&group| groups.all[group].moves.clone()).collect();
        assert_eq!(moves, [path(&[2, 3, 4, 8]), path(&[5, 6, 7])], "nothing for a single user");
        let assigned = assign(&groups, &moves);
        assert_eq!(
            assigned,
            [Some(0), Some(0), Some(1), None],
            "and none for a path that is unlike all"
        );
    }
}
