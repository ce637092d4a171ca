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

/// A session may be this much longer than its journey, or its journey than it, in moves.
const LONGEST_ALIGNED: usize = 400;

/// How near a journey is to a session, from 0 to 1, if the journey can stand for it: it is what
/// the session did, with at most a third more around it, or shares three quarters with it.
pub(super) fn nearness(journey: &[Symbol], session: &[Symbol]) -> Option<f64> {
    if journey == session {
        return Some(1.0);
    }
    let (short, both) = (journey.len().min(session.len()), journey.len() + session.len());
    // What has too different a length can neither contain the other nor be near it.
    if 5 * short < 3 * (both - short) || both > LONGEST_ALIGNED {
        return None;
    }
    let common = align(journey, session).iter().flatten().count();
    let contains = common == journey.len() && 3 * journey.len() >= 2 * session.len();
    let near = 8 * common >= 3 * both;
    (contains || near).then_some(2.0 * common as f64 / both as f64)
}

/// What is asked of a cover.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// The share of sessions to stand for.
    pub(super) share: f64,
    /// The fewest users that a path may stand for.
    pub(super) k: u32,
    /// The most paths.
    pub(super) most: usize,
}

/// So many paths are tried as journeys.
const CANDIDATES: usize = 200;
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
    let mut candidates: Vec<(usize, Vec<usize>)> = thinned(groups.all.len(), CANDIDATES)
        .into_iter()
        .map(|candidate| {
            let moves = &groups.all[candidate].moves;
            let covers = |at: &usize| nearness(moves, &groups.all[weighed[*at]].moves).is_some();
            (candidate, (0..weighed.len()).filter(covers).collect())
        })
        .collect();
    let mut covered = vec![false; weighed.len()];
    let mut chosen = Vec::new();
    let mut done = 0;
    while chosen.len() < wanted.most && (done as f64) < wanted.share * total as f64 {
        let gain = |covers: &[usize]| {
            let new = covers.iter().filter(|at| !covered[**at]).map(|at| weights[*at]);
            new.fold((0, 0), |sum, weight| (sum.0 + weight.0, sum.1 + weight.1))
        };
        let best = candidates
            .iter()
            .enumerate()
            .map(|(place, (candidate, covers))| {
                (gain(covers), std::cmp::Reverse(*candidate), place)
            })
            .max();
        let Some(((sessions, users), _, place)) =
            best.filter(|best| best.0.1 >= u64::from(wanted.k))
        else {
            break;
        };
        debug_assert!(users >= u64::from(wanted.k), "fewer users are not chosen");
        let (candidate, covers) = candidates.swap_remove(place);
        for at in covers {
            covered[at] = true;
        }
        done += sessions;
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
        assert_eq!(nearness(&path(&[2, 3]), &path(&[2, 3, 4])), Some(0.8));
        assert_eq!(nearness(&path(&[2]), &path(&[2, 3])), None, "half of it is something else");
        assert_eq!(nearness(&path(&[2, 3, 4, 5]), &path(&[2, 3, 4])), Some(6.0 / 7.0));
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
        let chosen = choose(&groups, Wanted { share: 1.0, k: 5, most: 9 });
        let moves: Vec<_> = chosen.iter().map(|&group| groups.all[group].moves.clone()).collect();
        assert_eq!(moves, [path(&[2, 3, 4, 8]), path(&[5, 6, 7])], "nothing for a single user");
        let assigned = assign(&groups, &moves);
        assert_eq!(assigned, [Some(0), Some(0), Some(1), None]);
    }
}
