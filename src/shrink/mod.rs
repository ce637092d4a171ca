//! The smallest walk that still fails in the same way. What is tried is decided here; trying asks
//! `sweep`.

mod reduce;
mod search;

use crate::journey::Journey;
use crate::perturb::{Profile, draw, words};
use crate::record::{self, Certainty, Finding, Happening, Oracle, Reproduced, Shrunk};
use crate::sweep::{Trials, Wanted};

pub use search::{Aim, Tries, smallest};

/// How much may be spent on shrinking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Walks for one finding.
    pub walks: u32,
    /// Findings, the first in the ranking.
    pub findings: usize,
}

/// Which findings are shrunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Every failure that came back when it was walked again.
    Confirmed,
    /// The failures with this signature, or all.
    Named(Option<String>),
}

/// Shrinks findings of a sweep while its browsers are still there, and tells what came of it.
pub async fn shrink(which: &Which, budget: Budget, profile: &Profile, trials: &mut Trials<'_, '_>) {
    let findings = record::findings(trials.run());
    // What was made small before an interruption stays so.
    let chosen = findings.iter().filter(|f| f.is_failure() && f.smallest.is_none());
    let chosen = chosen.filter(|f| match which {
        Which::Confirmed => f.certainty() == Certainty::Steady && !is_written_so(f),
        Which::Named(signature) => signature.as_ref().is_none_or(|s| *s == f.signature),
    });
    for finding in chosen.take(budget.findings) {
        if !trials.are_possible() {
            return;
        }
        let Some(plan) = trials.plan(&finding.exhibit) else { continue };
        one(finding, &plan, budget.walks, profile, trials).await;
    }
}

/// Whether the journey as it is written does not fit the application: nothing can be left out of
/// that, and it would be waited for at every try.
fn is_written_so(finding: &Finding) -> bool {
    finding.exhibit.kind.is_calm() && matches!(finding.oracle, Oracle::Expect | Oracle::Step)
}

async fn one(
    finding: &Finding,
    plan: &Journey,
    walks: u32,
    profile: &Profile,
    trials: &mut Trials<'_, '_>,
) {
    let aim = Aim::at(finding);
    let patience = trials
        .run()
        .walks
        .get(&finding.exhibit)
        .and_then(|walk| walk.steps.iter().map(|step| step.waited).max());
    let mut tries = Walks {
        trials,
        wanted: Wanted {
            of: &finding.exhibit,
            signature: &finding.signature,
            waited: patience.unwrap_or_default(),
        },
        left: walks,
        // What shows in half of the walks is missed in one of eight by three.
        attempts: if finding.certainty() == Certainty::Flaky { 3 } else { 1 },
        tried: 0,
    };
    let small = smallest(plan, &aim, &mut tries).await;
    if small == *plan {
        return;
    }
    let Some((file, reproduced)) = tries.seal(&small).await else { return };
    let tried = tries.tried;
    let shrunk = Shrunk {
        plan: file,
        steps: count(reduce::steps(&small)),
        of_steps: count(reduce::steps(plan)),
        deviations: small.perturbations.iter().map(words::deviation).collect(),
        cause: cause(&small, finding),
        tried,
        reproduced,
        likelihood: (!small.perturbations.is_empty())
            .then(|| draw::likelihood(&small, profile).exp()),
    };
    trials.tell(Happening::Shrunk {
        walk: finding.exhibit.clone(),
        signature: finding.signature.clone(),
        shrunk: Box::new(shrunk),
    });
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// One sentence: what it takes to make it fail.
fn cause(small: &Journey, finding: &Finding) -> String {
    let deviations: Vec<String> = small.perturbations.iter().map(words::deviation).collect();
    match deviations.as_slice() {
        [] => format!("it fails at {} without any deviation", finding.step),
        [only] => format!("it fails at {} when people {only}", finding.step),
        [some @ .., last] if some.len() < 3 => {
            format!("it fails at {} when people {} and {last}", finding.step, some.join(", "))
        }
        several => format!(
            "it fails at {} when people {}, and {} more; too few walks were allowed to leave out \
             the rest",
            finding.step,
            several[..2].join(", "),
            several.len() - 2
        ),
    }
}

/// Tries by walking.
struct Walks<'t, 'o, 'a> {
    trials: &'t mut Trials<'o, 'a>,
    wanted: Wanted<'t>,
    left: u32,
    attempts: u32,
    tried: u32,
}

impl Tries for Walks<'_, '_, '_> {
    fn at_once(&self) -> usize {
        self.trials.users()
    }

    async fn fail(&mut self, plans: Vec<Journey>) -> Vec<bool> {
        let mut fails = vec![false; plans.len()];
        for _ in 0..self.attempts {
            let open: Vec<usize> = (0..plans.len()).filter(|&i| !fails[i]).collect();
            let open: Vec<usize> = open.into_iter().take(self.left as usize).collect();
            if open.is_empty() || !self.trials.are_possible() {
                break;
            }
            self.left -= count(open.len());
            self.tried += count(open.len());
            let batch = open.iter().map(|&i| plans[i].clone()).collect();
            let walked = self.trials.walk(batch, self.wanted).await;
            for (&i, tried) in open.iter().zip(walked) {
                fails[i] = tried.failed.iter().any(|s| s == self.wanted.signature);
            }
        }
        fails
    }

    fn has_more(&self) -> bool {
        self.left > 0
    }
}

impl Walks<'_, '_, '_> {
    /// Walks the result three times more: how often it comes back. `None` where it no longer
    /// fails.
    async fn seal(&mut self, small: &Journey) -> Option<(String, Reproduced)> {
        const TIMES: usize = 3;
        let walked = self.trials.walk(vec![small.clone(); TIMES], self.wanted).await;
        self.tried += count(walked.len());
        let conclusive = walked.iter().filter(|t| t.conclusive).count();
        let times = walked
            .iter()
            .filter(|t| t.conclusive && t.failed.iter().any(|s| s == self.wanted.signature))
            .count();
        let file = walked.first()?.plan.clone();
        (times > 0).then(|| (file, Reproduced { times: count(times), of: count(conclusive) }))
    }
}

impl Aim {
    /// What shrinking this finding has to keep.
    #[must_use]
    pub fn at(finding: &Finding) -> Self {
        Self {
            step: finding.step.clone(),
            whole: finding.oracle == Oracle::Outcome,
            controlled: matches!(finding.oracle, Oracle::Expect | Oracle::Step),
        }
    }
}
