//! Plans → tests of other tools. Each writer goes through the moves that a walker would make, so
//! that a deviation becomes what a person really did.

pub mod playwright;
pub mod recorder;

use super::account::{Account, Handling, Place, Remark};
use crate::journey::{Journey, Pool, Template};
use crate::perturb::concrete::templates;
use crate::perturb::{Deed, Move, script};

/// A test for another tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The name of its file.
    pub file: String,
    /// What is in it.
    pub text: String,
    /// What is not, or not wholly, in it.
    pub remarks: Vec<Remark>,
    /// What became of the plan's moves.
    pub account: Account,
}

/// What is said while a plan is written.
#[derive(Debug, Default)]
struct Said {
    remarks: Vec<Remark>,
    account: Account,
    number: usize,
}

impl Said {
    /// Says something about the move at hand.
    fn say(&mut self, what: impl Into<String>) {
        let place = Place { part: None, noun: "move", number: self.number };
        self.remarks.push(Remark { place: Some(place), what: what.into() });
    }

    /// Says something about the whole plan, once.
    fn say_of_all(&mut self, what: impl Into<String>) {
        let remark = Remark { place: None, what: what.into() };
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    fn count(&mut self, handling: &Handling) {
        self.account.count(handling);
        if let Err(why) = handling {
            self.say(why.clone());
        }
    }
}

/// What every writer leaves out, said once.
fn say_what_stays(plan: &Journey, said: &mut Said) {
    if !plan.always.is_empty() || !plan.eventually.is_empty() {
        said.say_of_all("rules (always, eventually) have no counterpart and are left out");
    }
}

/// The moves of a plan, with the first record of each pool filled in.
fn moves(plan: &Journey, said: &mut Said) -> Vec<Move> {
    let mut moves = script(plan);
    if plan.pools.is_empty() {
        return moves;
    }
    said.say_of_all("pools lend nothing there: the first record of each is written into the test");
    for m in &mut moves {
        if let Deed::Act { action, .. } = &mut m.deed {
            let value = |text: &mut Template| *text = text.fill(|name| record(&plan.pools, name));
            templates(action, &mut { value });
        }
    }
    moves
}

fn record(pools: &indexmap::IndexMap<String, Pool>, name: &str) -> Option<String> {
    let (pool, field) = name.split_once('.')?;
    Some(pools.get(pool)?.first()?.get(field)?.as_str().to_owned())
}
