//! From sessions to journeys: *cover*, the fewest that stand for a share of the sessions;
//! *sample*, drawn as people are distributed; and *one*, exactly what one session did.
//!
//! Nothing is written of what fewer than k users did. Which data was imported, and where journeys
//! are put, is the caller's business.

mod build;
mod cover;
mod kind;
mod lesson;
mod name;
mod one;
mod path;
mod steps;
mod value;

use std::cmp::Reverse;
use std::collections::HashMap;

use rand::rngs::ChaCha8Rng;
use serde::Serialize;

pub use one::one;

use super::corpus::{Corpus, People, Symbol};
use super::model::UsageModel;
use super::side_by_side;
use crate::analytics::Sessions;
use crate::journey::{Action, Journey};

use cover::{Groups, Wanted, align, assign, choose};
use kind::Kinds;
use lesson::{Lesson, Order};
use path::{Fields, Path};
use steps::{Drafts, Ways};

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    /// The share of sessions that the journeys of a cover shall stand for, 0 to 1.
    pub share: f64,
    /// The most journeys.
    pub most: usize,
    /// The kind of export, for the journeys' `source`.
    pub from: String,
    /// The days that it covers, `2026-10-01/2026-10-31`.
    pub window: Option<String>,
}

impl Default for Terms {
    fn default() -> Self {
        Self { share: 0.9, most: 24, from: "analytics".to_owned(), window: None }
    }
}

/// A journey and the people that it stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The journey.
    pub journey: Journey,
    /// Sessions that it stands for.
    pub sessions: u64,
    /// Users in them; at least k.
    pub users: u32,
    /// What these people did and no step can do, each in a sentence.
    pub gaps: Vec<String>,
}

/// Journeys, and how much of what people do they hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Derived {
    /// The journeys, those that stand for most sessions first.
    pub journeys: Vec<Standing>,
    /// How much of production they hold.
    pub held: Held,
}

/// How much of what people do some journeys hold, in shares from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Held {
    /// The share of sessions that one of the journeys stands for.
    pub sessions: f64,
    /// The share of all moves that are a move of the journey that stands for their session.
    pub moves: f64,
}

/// The fewest journeys that stand for so many sessions. `model` is the model of these sessions;
/// its k is the fewest users that a journey may stand for.
#[must_use]
pub fn cover(sessions: &Sessions, model: &UsageModel, terms: &Terms) -> Derived {
    let ground = Ground::of(sessions, model);
    let wanted = Wanted { share: terms.share, k: model.shape().k.max(1), most: terms.most };
    let chosen = choose(&ground.groups, wanted);
    let paths = chosen.into_iter().map(|group| ground.groups.all[group].moves.clone()).collect();
    ground.derive(paths, terms, None)
}

/// Journeys drawn from the model as people are distributed, the tail included: `draws` of them,
/// of which those alike become one, with their share of the draws. What too few real sessions
/// are near to is left out.
#[must_use]
pub fn sample(
    sessions: &Sessions,
    model: &UsageModel,
    draws: usize,
    terms: &Terms,
    rng: &mut ChaCha8Rng,
) -> Derived {
    let ground = Ground::of(sessions, model);
    let drawn = (0..u32::try_from(draws).unwrap_or(u32::MAX))
        .map(|user| (user, Path::of(&model.draw(rng), &ground.kinds, Some(&ground.fields)).moves));
    let groups = Groups::of(drawn);
    let shares: HashMap<Vec<Symbol>, f64> = groups
        .all
        .iter()
        .map(|group| (group.moves.clone(), group.sessions as f64 / draws.max(1) as f64))
        .collect();
    let paths = groups.all.into_iter().map(|group| group.moves).take(terms.most).collect();
    ground.derive(paths, terms, Some(&shares))
}

/// Sessions, ready to be looked at several times.
struct Ground<'a> {
    model: &'a UsageModel,
    corpus: Corpus,
    kinds: Kinds<'a>,
    fields: Fields,
    ways: Ways,
    groups: Groups,
}

/// What sessions teach about journeys.
struct Learned {
    lessons: Vec<Lesson>,
    order: Order,
    /// For each journey, how many sessions that it stands for hold each other journey too.
    both: Vec<Vec<u64>>,
    /// For each path that whose steps it becomes; only these are journeys.
    written_as: Vec<usize>,
    held: Held,
}

/// A path loses what fewer than k users, or fewer than half of its sessions, did. That may move sessions to other
/// journeys; it has come to rest after so many rounds, or what has not is left out.
const ROUNDS: usize = 4;

/// Another journey within a session is worth telling from this many moves on.
const SHORTEST_SPLICE: usize = 3;

impl<'a> Ground<'a> {
    fn of(sessions: &Sessions, model: &'a UsageModel) -> Self {
        let people = People::of(sessions);
        let corpus = Corpus::spell(sessions, &people, model.alphabet());
        let kinds = Kinds::of(model.alphabet());
        let (ways, (fields, groups)) = side_by_side(
            || Ways::of(&corpus, &kinds),
            || {
                let fields = Fields::of(&corpus, &kinds);
                let path = |symbols| Path::of(symbols, &kinds, Some(&fields)).moves;
                let groups = Groups::of(corpus.iter().map(|(user, s)| (user, path(s))));
                (fields, groups)
            },
        );
        Self { model, corpus, kinds, fields, ways, groups }
    }

    fn k(&self) -> u32 {
        self.model.shape().k.max(1)
    }

    /// The journeys that these paths become, without what too few users did.
    fn derive(
        &self,
        mut paths: Vec<Vec<Symbol>>,
        terms: &Terms,
        shares: Option<&HashMap<Vec<Symbol>, f64>>,
    ) -> Derived {
        let mut share_of: Vec<Option<f64>> =
            paths.iter().map(|path| shares.and_then(|shares| shares.get(path)).copied()).collect();
        let mut learned = self.learn(&paths);
        for round in 0..ROUNDS {
            let told = |lesson: &Lesson| -> Vec<Symbol> {
                let moves = lesson.moves.iter().zip(&lesson.seen);
                let moves = moves.filter(|(_, seen)| {
                    let most = 2 * seen.done.sessions >= lesson.stands_for.sessions;
                    most && seen.done.users >= self.k()
                });
                moves.map(|(symbol, _)| *symbol).collect()
            };
            let mut next: Vec<(Vec<Symbol>, Option<f64>)> = Vec::new();
            for (lesson, share) in learned.lessons.iter().zip(&share_of) {
                let path = told(lesson);
                let rests = path.len() == lesson.moves.len() || round + 1 < ROUNDS;
                let enough = lesson.stands_for.users >= self.k() && !path.is_empty();
                match next.iter_mut().find(|(known, _)| *known == path) {
                    _ if !enough || !rests => {}
                    Some((_, known)) => *known = known.zip(*share).map(|(a, b)| a + b),
                    None => next.push((path, *share)),
                }
            }
            let next_paths: Vec<Vec<Symbol>> = next.iter().map(|(path, _)| path.clone()).collect();
            share_of = next.into_iter().map(|(_, share)| share).collect();
            if next_paths == paths {
                break;
            }
            paths = next_paths;
            learned = self.learn(&paths);
        }
        let written_as = self.written_as(&paths);
        if written_as.iter().enumerate().any(|(at, same)| at != *same) {
            for (at, &same) in written_as.iter().enumerate().filter(|(at, same)| at != *same) {
                share_of[same] = share_of[same].zip(share_of[at]).map(|(a, b)| a + b);
            }
            learned = self.learn_as(&paths, written_as);
        }
        build::journeys(self, &learned, &share_of, terms)
    }

    /// For each path the one with the same steps that has most moves: who comes straight to a
    /// page without an address is walked like those who come to it from another.
    fn written_as(&self, paths: &[Vec<Symbol>]) -> Vec<usize> {
        let written = |path: &Vec<Symbol>| -> Vec<Action> {
            let drafts = Drafts::of(path, &self.kinds, &self.ways).all;
            drafts.into_iter().map(|draft| draft.step.action).collect()
        };
        let all: Vec<Vec<Action>> = paths.iter().map(written).collect();
        let longest = |at: usize| {
            let same = (0..paths.len()).filter(|&other| all[other] == all[at]);
            same.max_by_key(|&other| (paths[other].len(), Reverse(other)))
        };
        (0..paths.len()).map(|at| longest(at).unwrap_or(at)).collect()
    }

    /// One pass over all sessions.
    fn learn(&self, paths: &[Vec<Symbol>]) -> Learned {
        self.learn_as(paths, (0..paths.len()).collect())
    }

    /// The same, where the sessions of some paths count for others.
    fn learn_as(&self, paths: &[Vec<Symbol>], written_as: Vec<usize>) -> Learned {
        let assigned: Vec<Option<usize>> =
            assign(&self.groups, paths).into_iter().map(|at| at.map(|at| written_as[at])).collect();
        let aligned: Vec<Vec<Option<usize>>> = self
            .groups
            .all
            .iter()
            .zip(&assigned)
            .map(|(group, journey)| journey.map_or(Vec::new(), |j| align(&paths[j], &group.moves)))
            .collect();
        let mut lessons: Vec<Lesson> = paths.iter().cloned().map(Lesson::of).collect();
        let mut order = Order::among(paths.iter().flatten().copied());
        let (mut sessions, mut moves, mut held) = (0u64, 0u64, 0u64);
        for ((user, symbols), group) in self.corpus.iter().zip(&self.groups.of) {
            let path = Path::of(symbols, &self.kinds, Some(&self.fields));
            order.learn(&path.moves);
            moves += path.moves.len() as u64;
            let Some(group) = *group else { continue };
            let Some(journey) = assigned[group] else { continue };
            sessions += 1;
            held += aligned[group].iter().flatten().count() as u64;
            lessons[journey].learn(user, &path, &aligned[group]);
            let mut events: Vec<Symbol> =
                symbols.iter().copied().filter(|symbol| self.kinds.is_event(*symbol)).collect();
            events.sort_unstable();
            events.dedup();
            for event in events {
                *lessons[journey].events.entry(event).or_default() += 1;
            }
        }
        let held = Held {
            sessions: sessions as f64 / self.corpus.len().max(1) as f64,
            moves: held as f64 / moves.max(1) as f64,
        };
        let both = self.both(paths, &assigned);
        Learned { lessons, order, both, written_as, held }
    }

    fn both(&self, paths: &[Vec<Symbol>], assigned: &[Option<usize>]) -> Vec<Vec<u64>> {
        let mut both = vec![vec![0; paths.len()]; paths.len()];
        for (group, journey) in self.groups.all.iter().zip(assigned) {
            let Some(journey) = *journey else { continue };
            for (other, path) in paths.iter().enumerate() {
                let within = path.len() >= SHORTEST_SPLICE
                    && is_within(path, &group.moves)
                    && !is_within(path, &paths[journey]);
                both[journey][other] += if within { group.sessions } else { 0 };
            }
        }
        both
    }
}

/// Whether the one did all that the other did, in its order.
fn is_within(path: &[Symbol], whole: &[Symbol]) -> bool {
    let mut rest = whole.iter();
    path.iter().all(|symbol| rest.any(|done| done == symbol))
}

#[cfg(test)]
mod tests;
