//! A journey's file from a path and what its sessions teach. Which paths become journeys is
//! decided in `mod`; what a single move becomes, in `steps`.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::kind::Kind;
use super::lesson::{Lesson, Seen as Taught};
use super::steps::{Draft, Drafts};
use super::{Derived, Ground, Learned, Standing, Terms, name};
use crate::analytics::Act;
use crate::journey::{Action, Journey, Seen, Source, Step, StepId, Think, ids};
use crate::usage::corpus::Symbol;
use crate::usage::model::Dwell;

/// In fewer sessions no rate is measured.
const FEWEST_SESSIONS: u64 = 20;
/// What more people than this leave out is optional.
const OPTIONAL: f64 = 0.2;
/// Fields that more people than this fill in another order may be filled in any.
const ANY_ORDER: f64 = 0.05;
/// So many pages and journeys are named as detours.
const MOST_DETOURS: usize = 6;

/// The journeys of all paths, those that stand for most sessions first.
pub(super) fn journeys(
    ground: &Ground<'_>,
    learned: &Learned,
    shares: &[Option<f64>],
    terms: &Terms,
) -> Derived {
    let stands_for = |at: usize| learned.lessons[at].stands_for.sessions;
    let is_own = |at: &usize| learned.written_as[*at] == *at;
    let mut order: Vec<usize> = (0..learned.lessons.len()).filter(is_own).collect();
    order.sort_by_key(|&at| (std::cmp::Reverse(stands_for(at)), at));
    let mut taken = HashSet::new();
    let mut names = vec![String::new(); learned.lessons.len()];
    for &at in &order {
        names[at] = name_of(ground, &learned.lessons[at], &mut taken);
    }
    let all = ground.corpus.len().max(1) as f64;
    let journeys = order
        .into_iter()
        .map(|at| {
            let lesson = &learned.lessons[at];
            let share = shares[at].unwrap_or(lesson.stands_for.sessions as f64 / all);
            let source = Source {
                from: terms.from.clone(),
                sessions: Some(lesson.stands_for.sessions),
                window: terms.window.clone(),
            };
            let mut standing = standing(ground, learned, lesson);
            standing.gaps.extend(gaps_of_others(ground, learned, at));
            standing.journey.name.clone_from(&names[at]);
            standing.journey.share = Some(rounded(share));
            standing.journey.source = Some(source);
            standing.journey.detours = detours(ground, lesson, &learned.both[at], &names);
            standing
        })
        .filter(|standing| !standing.journey.steps.is_empty())
        .collect();
    Derived { journeys, held: learned.held }
}

/// What no step can do of the paths that are written as this one.
fn gaps_of_others(ground: &Ground<'_>, learned: &Learned, this: usize) -> Vec<String> {
    let as_this = |(at, same): (usize, &usize)| (at != this && *same == this).then_some(at);
    let others = learned.written_as.iter().enumerate().filter_map(as_this);
    let drafts = |at: usize| Drafts::of(&learned.lessons[at].moves, &ground.kinds, &ground.ways);
    others.flat_map(|at| drafts(at).gaps).collect()
}

fn name_of(ground: &Ground<'_>, lesson: &Lesson, taken: &mut HashSet<String>) -> String {
    let states: Vec<_> = lesson.moves.iter().filter_map(|s| ground.kinds.state(*s)).collect();
    let most = |times: &&u64| 2 * **times >= lesson.stands_for.sessions;
    let events = lesson.events.iter().filter(|(_, times)| most(times));
    let events: Vec<&str> = events
        .filter_map(|(symbol, _)| match &ground.kinds.state(*symbol)?.act {
            Act::Named(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    name::name(&states, &events, taken)
}

fn standing(ground: &Ground<'_>, learned: &Learned, lesson: &Lesson) -> Standing {
    let Drafts { all: drafts, vars, gaps } = Drafts::of(&lesson.moves, &ground.kinds, &ground.ways);
    let mut steps: Vec<Step> = drafts.iter().map(|draft| draft.step.clone()).collect();
    ids::derive(&mut steps);
    let names: Vec<StepId> = steps.iter().map(|step| step.id.clone()).collect();
    let needs = needs(ground, learned, lesson, &drafts);
    let mut before: Option<Symbol> = None;
    for (at, step) in steps.iter_mut().enumerate() {
        let draft = &drafts[at];
        step.needs = needs[at].iter().map(|&need| names[need].clone()).collect();
        let Some((&first, &last)) = draft.moves.first().zip(draft.moves.last()) else { continue };
        step.think = before.and_then(|before| ground.model.dwell(before)).map(think);
        before = Some(lesson.moves[last]);
        let skipped = lesson.stands_for.sessions - lesson.seen[first].done.sessions;
        let share = skipped as f64 / lesson.stands_for.sessions.max(1) as f64;
        step.optional = at > 0 && share > OPTIONAL;
        step.seen = seen(&lesson.seen[first], &lesson.seen[last], share);
        if at == 0 {
            step.seen.skip = None;
        }
    }
    let steps = in_any_order(ground, lesson, &drafts, steps);
    let journey = Journey { steps, vars, ..Journey::default() };
    let (sessions, users) = (lesson.stands_for.sessions, lesson.stands_for.users);
    Standing { journey, sessions, users, gaps }
}

/// How long people think, as they are said to take: to a tenth of a second.
fn think(dwell: Dwell) -> Think {
    let rounded =
        |span: crate::time::Span| crate::time::Span::millis((span.as_millis() + 50) / 100 * 100);
    let median = rounded(dwell.median());
    Think::Spread { median, p90: rounded(dwell.p90()).max(median) }
}

/// The rates of a step whose first and last moves were seen so. What nobody did is not written.
fn seen(first: &Taught, last: &Taught, skip: f64) -> Seen {
    let rate = |times: u64, of: u64| {
        (of >= FEWEST_SESSIONS && times > 0).then(|| rounded(times as f64 / of as f64))
    };
    Seen {
        skip: (skip > 0.0 && first.done.sessions >= FEWEST_SESSIONS).then(|| rounded(skip)),
        repeat: rate(first.repeated, first.done.sessions),
        swap: rate(last.next_first, last.with_next),
        back: rate(last.went_back, last.done.sessions),
        reload: rate(last.reloaded, last.done.sessions),
    }
}

/// To a thousandth, but never to nothing.
fn rounded(share: f64) -> f64 {
    ((share * 1000.0).round() / 1000.0).clamp(0.001, 1.0)
}

/// For each step those before it without which nobody did it, each only where none of the others
/// needs it already.
fn needs(
    ground: &Ground<'_>,
    learned: &Learned,
    lesson: &Lesson,
    drafts: &[Draft],
) -> Vec<Vec<usize>> {
    let first = |at: usize| drafts[at].moves.first().map(|&place| lesson.moves[place]);
    let mut needs: Vec<Vec<usize>> = Vec::with_capacity(drafts.len());
    let mut implied: Vec<HashSet<usize>> = Vec::with_capacity(drafts.len());
    for at in 0..drafts.len() {
        let mut direct = Vec::new();
        let mut all = HashSet::new();
        if matches!(drafts[at].step.action, Action::Expect(_)) {
            direct.push(at - 1);
        } else if let Some(this) = first(at) {
            for earlier in (0..at).rev() {
                let Some(symbol) = first(earlier) else { continue };
                let entries = [this, symbol].map(|s| ground.kinds.kind(s)) == [Kind::Entry; 2];
                let is_entrance = matches!(drafts[earlier].step.action, Action::Visit(_));
                if entries
                    || is_entrance
                    || all.contains(&earlier)
                    || !learned.order.always(symbol, this)
                {
                    continue;
                }
                all.insert(earlier);
                all.extend(implied[earlier].iter().copied());
                direct.push(earlier);
            }
        }
        direct.sort_unstable();
        // A page can be come to in many ways; that one was usual is no need.
        let is_page = first(at).is_some_and(|symbol| ground.kinds.kind(symbol) == Kind::Page);
        needs.push(if is_page { Vec::new() } else { direct });
        implied.push(all);
    }
    needs
}

/// Fields that people fill in another order than this one become an `any_order`.
fn in_any_order(
    ground: &Ground<'_>,
    lesson: &Lesson,
    drafts: &[Draft],
    steps: Vec<Step>,
) -> Vec<Step> {
    let field = |at: usize| {
        let symbol = lesson.moves[*drafts[at].moves.first()?];
        (ground.kinds.kind(symbol) == Kind::Entry).then_some(symbol)
    };
    let mut grouped: Vec<Step> = Vec::with_capacity(steps.len());
    let mut steps = steps.into_iter().enumerate().peekable();
    while let Some((at, step)) = steps.next() {
        let mut run = vec![step];
        let mut swapped = 0.0f64;
        let mut last = field(at);
        while let Some((next, _)) = steps.peek()
            && let Some((before, after)) = last.zip(field(*next))
            && let Some((_, step)) = steps.next()
        {
            swapped = swapped.max(ground.fields.swapped(before, after));
            last = Some(after);
            run.push(step);
        }
        if run.len() > 1 && swapped > ANY_ORDER {
            let mut block = Step::new("", Action::AnyOrder(Vec::new()));
            // People think before the form as a whole; inside of it they only type.
            block.think = run[0].think.take();
            block.action = Action::AnyOrder(run);
            grouped.push(block);
        } else {
            grouped.append(&mut run);
        }
    }
    ids::derive(&mut grouped);
    grouped
}

/// The pages that people look at in between, and the other journeys that they walk within this
/// one, with how many sessions do so.
fn detours(
    ground: &Ground<'_>,
    lesson: &Lesson,
    both: &[u64],
    names: &[String],
) -> IndexMap<String, f64> {
    let pages = lesson.detours.iter().filter(|(_, crowd)| crowd.users >= ground.k());
    let mut all: Vec<(u64, String)> = pages
        .filter_map(|(page, crowd)| {
            let route = &ground.kinds.state(*page)?.route;
            route.is_literal().then(|| (crowd.sessions, route.to_string()))
        })
        .collect();
    let journeys = both.iter().zip(names);
    let journeys = journeys.filter(|(times, name)| **times >= FEWEST_SESSIONS && !name.is_empty());
    all.extend(journeys.map(|(times, name)| (*times, name.clone())));
    all.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    all.truncate(MOST_DETOURS);
    all.into_iter().map(|(times, to)| (to, times as f64)).collect()
}
