//! The search for the smallest plan: delta debugging (Zeller and Hildebrandt 2002), deviations
//! first, then steps, then texts and times. Before steps are tried in parts, two guesses are: only
//! what the journey says is needed, and everything that does something.

use std::collections::BTreeSet;

use super::reduce;
use crate::journey::{Journey, StepId};

/// What must stay the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aim {
    /// The step where it fails.
    pub step: StepId,
    /// Whether the walk has to go on to its end, because that is what is judged.
    pub whole: bool,
    /// Whether a plan with fewer steps has to hold without its deviations: an expectation fails
    /// also because the steps before it are gone.
    pub controlled: bool,
}

/// Finds out whether plans fail in the way in question.
pub trait Tries {
    /// How many plans are tried at once.
    fn at_once(&self) -> usize;
    /// Whether each of these plans fails; one that could not be tried does not.
    fn fail(&mut self, plans: Vec<Journey>) -> impl Future<Output = Vec<bool>>;
    /// Whether anything more may be tried.
    fn has_more(&self) -> bool;
}

/// The smallest plan that was found to fail; the plan itself where nothing smaller does.
pub async fn smallest(plan: &Journey, aim: &Aim, tries: &mut impl Tries) -> Journey {
    let mut best = plan.clone();
    if !aim.whole {
        let shorter = reduce::up_to(plan, &aim.step);
        if shorter != best && tries.fail(vec![shorter.clone()]).await == [true] {
            best = shorter;
        }
    }
    best = fewest_deviations(best, aim, tries).await;
    let uncontrolled = aim.controlled && best.perturbations.is_empty();
    if !aim.whole && !uncontrolled {
        best = fewest_steps(best, aim, tries).await;
    }
    let swift = reduce::without_thinking(&best);
    if swift != best && tries.has_more() && tries.fail(vec![swift.clone()]).await == [true] {
        best = swift;
    }
    while let Some(shorter) = reduce::shortened(&best).filter(|_| tries.has_more()) {
        if tries.fail(vec![shorter.clone()]).await != [true] {
            break;
        }
        best = shorter;
    }
    best
}

/// None, then one alone, the nearest to the failing step first; only then parts of them.
async fn fewest_deviations(plan: Journey, aim: &Aim, tries: &mut impl Tries) -> Journey {
    let all = plan.perturbations.len();
    if all == 0 {
        return plan;
    }
    let places = reduce::order_of_steps(&plan);
    let place = |id: &StepId| places.iter().position(|p| p == id).unwrap_or(usize::MAX);
    let failing = place(&aim.step);
    let mut singles: Vec<usize> = (0..all).collect();
    singles.sort_by_key(|&i| failing.abs_diff(place(&plan.perturbations[i].step)));
    let mut candidates = vec![reduce::with_only(&plan, &[])];
    if all > 1 {
        candidates.extend(singles.iter().map(|&i| reduce::with_only(&plan, &[i])));
    }
    if let Some(found) = first_failing(candidates, tries).await {
        return found;
    }
    let build = |kept: &[usize]| reduce::with_only(&plan, kept);
    let kept = minimal((0..all).collect(), &build, None, tries).await;
    build(&kept)
}

async fn fewest_steps(plan: Journey, aim: &Aim, tries: &mut impl Tries) -> Journey {
    let removable = reduce::removable(&plan, &aim.step);
    let build = |kept: &[StepId]| {
        let gone: BTreeSet<StepId> =
            removable.iter().filter(|id| !kept.contains(id)).cloned().collect();
        reduce::without(&plan, &gone)
    };
    let control = |candidate: &Journey| reduce::with_only(candidate, &[]);
    let control = aim.controlled.then_some(&control as &dyn Fn(&Journey) -> Journey);
    let mut kept = removable.clone();
    for guess in [reduce::needed(&plan, &aim.step), reduce::acts(&plan)] {
        let guess: Vec<StepId> =
            removable.iter().filter(|id| guess.contains(id)).cloned().collect();
        if guess.len() < kept.len() && tries.has_more() {
            let candidate = build(&guess);
            if tries.fail(vec![candidate.clone()]).await == [true]
                && holds_without(&candidate, control, tries).await
            {
                kept = guess;
                break;
            }
        }
    }
    let kept = minimal(kept, &build, control, tries).await;
    build(&kept)
}

/// Whether a plan that fails holds once the control has been applied to it, where there is one.
async fn holds_without(
    plan: &Journey,
    control: Option<&dyn Fn(&Journey) -> Journey>,
    tries: &mut impl Tries,
) -> bool {
    match control {
        Some(control) => tries.fail(vec![control(plan)]).await == [false],
        None => true,
    }
}

/// The first of these plans that fails, tried so many at once.
async fn first_failing(plans: Vec<Journey>, tries: &mut impl Tries) -> Option<Journey> {
    let at_once = tries.at_once().max(1);
    let mut plans = plans.into_iter().peekable();
    while plans.peek().is_some() && tries.has_more() {
        let batch: Vec<Journey> = plans.by_ref().take(at_once).collect();
        let fails = tries.fail(batch.clone()).await;
        if let Some(place) = fails.iter().position(|&fails| fails) {
            return batch.into_iter().nth(place);
        }
    }
    None
}

/// Leaves out parts as long as what remains fails: halves first, single ones last. With a
/// control, what remains must also hold once the control has been applied to it.
async fn minimal<A: Clone>(
    all: Vec<A>,
    build: &dyn Fn(&[A]) -> Journey,
    control: Option<&dyn Fn(&Journey) -> Journey>,
    tries: &mut impl Tries,
) -> Vec<A> {
    let mut kept = all;
    let mut size = kept.len().div_ceil(2);
    let mut at = 0;
    while size > 0 && !kept.is_empty() && tries.has_more() {
        let mut batch: Vec<Vec<A>> = Vec::new();
        while batch.len() < tries.at_once().max(1) && at < kept.len() {
            let end = (at + size).min(kept.len());
            batch.push(kept[..at].iter().chain(&kept[end..]).cloned().collect());
            at = end;
        }
        let plans: Vec<Journey> = batch.iter().map(|rest| build(rest)).collect();
        let mut fails = tries.fail(plans.clone()).await;
        if let Some(place) = fails.iter().position(|&f| f) {
            fails[place] = holds_without(&plans[place], control, tries).await;
        }
        match fails.iter().position(|&fails| fails) {
            Some(place) => {
                // The parts before this one were tried with it there; the next round begins
                // where it was.
                at = at.saturating_sub((batch.len() - place) * size);
                kept.clone_from(&batch[place]);
            }
            None if at < kept.len() => continue,
            None => {}
        }
        if at >= kept.len() {
            at = 0;
            size = if size == 1 { 0 } else { size.div_ceil(2).min(size - 1) };
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::{self, Perturbation};

    /// Fails when all of these steps and deviations are there.
    struct Fake {
        steps: &'static [&'static str],
        deviations: &'static [&'static str],
        tried: u32,
        limit: u32,
    }

    fn holds(plan: &Journey, steps: &[&str], deviations: &[&str]) -> bool {
        let there = reduce::order_of_steps(plan);
        let deviates = |word: &&str| plan.perturbations.iter().any(|p| p.operator.word() == *word);
        steps.iter().all(|s| there.iter().any(|id| id.0 == *s)) && deviations.iter().all(deviates)
    }

    impl Tries for Fake {
        fn at_once(&self) -> usize {
            2
        }

        async fn fail(&mut self, plans: Vec<Journey>) -> Vec<bool> {
            self.tried += u32::try_from(plans.len()).expect("few");
            plans.iter().map(|plan| holds(plan, self.steps, self.deviations)).collect()
        }

        fn has_more(&self) -> bool {
            self.tried < self.limit
        }
    }

    const PLAN: &str = r##"
journey: buy
plan: { seed: 1, walk: 0, profile: human, pace: fast, base_url: "http://shop/", viewport: 1280x800 }
steps:
  - { id: home, visit: / }
  - { id: look, click: { text: Look } }
  - { id: add, click: { text: Add } }
  - { id: more, click: { text: More } }
  - { id: cart, click: { text: Cart } }
  - { id: out, click: { text: Out }, needs: [add] }
  - { id: pay, click: { text: Pay }, think: 5s }
  - { id: after, click: { text: After } }
perturbations:
  - reload: { after: look }
  - double_click: { at: add }
  - scroll: { after: more }
  - reload: { after: out }
  - hurry: { before: after }
"##;

    fn plan() -> Journey {
        journey::read("plan.yaml", PLAN).unwrap_or_else(|why| panic!("{why:#?}"))
    }

    async fn shrunk(
        steps: &'static [&'static str],
        deviations: &'static [&'static str],
        limit: u32,
    ) -> (Vec<String>, Vec<&'static str>, u32) {
        let mut fake = Fake { steps, deviations, tried: 0, limit };
        let aim = Aim { step: StepId("pay".into()), whole: false, controlled: false };
        let small = smallest(&plan(), &aim, &mut fake).await;
        assert!(holds(&small, steps, deviations), "what comes out fails");
        let deviations = small.perturbations.iter().map(|p: &Perturbation| p.operator.word());
        let steps = reduce::order_of_steps(&small).into_iter().map(|id| id.0).collect();
        (steps, deviations.collect(), fake.tried)
    }

    #[tokio::test]
    async fn one_deviation_and_the_steps_that_it_takes_remain() {
        let (steps, deviations, tried) = shrunk(&["add", "pay"], &["double_click"], 100).await;
        assert_eq!(deviations, ["double_click"]);
        assert_eq!(steps, ["home", "add", "pay"]);
        assert!(tried <= 20, "{tried} tries");
    }

    #[tokio::test]
    async fn what_the_journey_says_is_needed_is_guessed_first() {
        use std::fmt::Write as _;
        let mut text = "journey: long\nsteps:\n  - { id: s0, visit: / }\n".to_owned();
        for i in 1..=30 {
            // Every third step needs the one three before it; the others are seen and passed by.
            let step = match i % 3 {
                0 => format!("click: {{ text: A }}, needs: [s{}]", i - 3),
                1 => "expect: { text: B }".to_owned(),
                _ => "click: { text: C }".to_owned(),
            };
            writeln!(text, "  - {{ id: s{i}, {step} }}").expect("a text");
        }
        let plan = journey::read("long.yaml", &text).unwrap_or_else(|why| panic!("{why:#?}"));
        let steps = &["s3", "s6", "s9", "s12", "s15", "s18", "s21", "s24", "s27", "s30"];
        let mut fake = Fake { steps, deviations: &[], tried: 0, limit: 30 };
        let aim = Aim { step: StepId("s30".into()), whole: false, controlled: false };
        let small = smallest(&plan, &aim, &mut fake).await;
        assert_eq!(reduce::steps(&small), 11, "{} tries", fake.tried);
    }

    #[tokio::test]
    async fn two_that_work_together_remain_both() {
        let (steps, deviations, _) =
            shrunk(&["cart", "pay"], &["double_click", "scroll"], 100).await;
        assert_eq!(deviations, ["double_click", "scroll"]);
        assert_eq!(steps, ["home", "add", "more", "cart", "pay"]);
    }

    #[tokio::test]
    async fn what_fails_by_itself_keeps_no_deviation() {
        let (steps, deviations, _) = shrunk(&["out", "pay"], &[], 100).await;
        assert!(deviations.is_empty());
        assert_eq!(steps, ["home", "out", "pay"]);
    }

    #[tokio::test]
    async fn a_spent_budget_leaves_something_that_fails() {
        for limit in 0..12 {
            shrunk(&["add", "pay"], &["double_click", "reload"], limit).await;
        }
    }
}
