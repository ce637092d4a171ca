//! Every operator as a property: what it may change, what it must keep. Golden plans: what an
//! old seed gave, it gives for ever.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::script::{Role, script};
use super::*;
use crate::journey::{self, Action, Journey, Operator, Perturbation, PerturbationDetail, StepId};

const SHOP: &str = r#"
journey: buy
share: 0.4
promises: [reload]
detours: { /shipping: 0.5, /about: 0.5, look-around: 0.3 }
vars:
  query: { mug: 0.7, lamp: 0.3 }
steps:
  - { id: home, visit: / }
  - { id: search, fill: { label: Search, with: "{{query}}" }, think: { median: 3s, p90: 12s } }
  - { id: send, press: Enter }
  - { id: product, go: /product/:slug }
  - { id: add, click: { role: button, name: Add }, needs: [product] }
  - { id: cart, go: /cart, needs: [add] }
  - { id: one-item, expect: { text: 1 item }, needs: [add] }
  - id: who
    any_order:
      - { id: name, fill: { label: Name, with: "{{person.name}}" } }
      - { id: email, fill: { label: Email, with: "{{person.email}}" } }
      - { id: note, fill: { label: Note, with: hello }, optional: true }
  - choose:
      - { weight: 0.5, steps: [ { id: gift, check: { label: Gift } } ] }
      - { weight: 0.5, steps: [] }
  - { id: pay, click: { role: button, name: Pay }, needs: [name, email], once: true }
  - { id: thanks, expect: { url: /thanks } }
"#;

const OTHER: &str = "
journey: look-around
steps:
  - { id: start, visit: / }
  - { id: about, go: /about }
  - { id: more, click: More }
";

fn journeys() -> Vec<Journey> {
    [SHOP, OTHER]
        .iter()
        .map(|text| journey::read("test.yaml", text).expect("the test's journeys are right"))
        .collect()
}

fn terms<'a>(seed: u64, profile: &'a Profile, journeys: &'a [Journey]) -> Terms<'a> {
    Terms {
        seed: Seed(seed),
        profile,
        pace: "fast".into(),
        base_url: "http://shop.test".into(),
        viewport: (1280, 800),
        journeys,
    }
}

fn plans(seed: u64, profile: &Profile, walks: u32) -> Vec<Journey> {
    let journeys = journeys();
    let terms = terms(seed, profile, &journeys);
    (0..walks).map(|walk| perturbed(&journeys[0], walk, &terms)).collect()
}

/// The moves of a plan with only this deviation, and with none.
fn with_and_without(plan: &Journey, p: &Perturbation) -> (Vec<Move>, Vec<Move>) {
    let calm = Journey { perturbations: Vec::new(), ..plan.clone() };
    let alone = Journey { perturbations: vec![p.clone()], ..plan.clone() };
    (script(&alone), script(&calm))
}

fn steps_of(moves: &[Move]) -> Vec<&StepId> {
    moves.iter().filter(|m| m.role == Role::Step).map(|m| &m.step).collect()
}

fn actions(moves: &[Move]) -> Vec<&Action> {
    moves
        .iter()
        .filter(|m| m.role == Role::Step)
        .filter_map(|m| match &m.deed {
            Deed::Act { action, .. } => Some(action),
            _ => None,
        })
        .collect()
}

/// What each operator must keep, whatever it was drawn to be.
fn holds(plan: &Journey, p: &Perturbation) {
    use Operator as O;
    let (with, without) = with_and_without(plan, p);
    let word = p.operator.word();
    match p.operator {
        // Done around the steps: the steps themselves stay as they are, in their order.
        O::Pause
        | O::Scroll
        | O::LeaveTab
        | O::DetourAndBack
        | O::BackAndForward
        | O::Reload
        | O::Resize
        | O::Detour
        | O::Splice
        | O::Abandon
        | O::SecondTab
        | O::ExpireSession
        | O::LoseNetwork => {
            let around = |m: &&Move| m.role == Role::Around || m.by == Some(O::Splice);
            let kept: Vec<&Move> = with.iter().filter(|m| !around(m)).collect();
            assert_eq!(kept, without.iter().collect::<Vec<_>>(), "{word}");
            assert!(with.iter().any(|m| around(&m)), "{word} adds something");
        }
        // In the way a step is done: the same actions in the same order.
        O::Hurry | O::Typing | O::EraseRetype | O::Paste => {
            assert_eq!(actions(&with), actions(&without), "{word}");
            assert_ne!(with, without, "{word} changes something");
        }
        O::OtherOrder => {
            let set = |moves: &[Move]| -> BTreeSet<StepId> {
                steps_of(moves).into_iter().cloned().collect()
            };
            assert_eq!(set(&with), set(&without));
            assert_ne!(steps_of(&with), steps_of(&without), "another order");
        }
        O::Skip => {
            assert_eq!(actions(&with).len() + 1, actions(&without).len());
            assert_eq!(steps_of(&with), steps_of(&without), "what is left out is recorded");
        }
        O::Swap => {
            let mut a = steps_of(&with);
            let mut b = steps_of(&without);
            assert_ne!(a, b);
            a.sort();
            b.sort();
            assert_eq!(a, b, "exchanging loses nothing");
        }
        O::Repeat => {
            let times = usize::try_from(p.detail.times.unwrap_or(0)).expect("small");
            let count = |moves: &[Move]| steps_of(moves).iter().filter(|s| ***s == p.step).count();
            assert_eq!(count(&with), times);
            assert_eq!(actions(&with).len(), actions(&without).len() + times - 1);
        }
        O::DoubleClick => {
            let doubled = actions(&with).iter().filter(|a| a.verb() == "double_click").count();
            assert_eq!(doubled, 1);
            assert_eq!(actions(&with).len(), actions(&without).len());
        }
        O::OddInput => {
            let (a, b) = (actions(&with), actions(&without));
            assert_eq!(a.len(), b.len());
            assert!(a.iter().zip(&b).filter(|(a, b)| a != b).count() <= 1);
        }
        O::DeepLink => {
            let first = actions(&with)[0];
            assert!(matches!(first, Action::Visit(_)), "it begins at an address");
            assert!(actions(&with).len() < actions(&without).len());
        }
    }
}

#[test]
fn every_operator_keeps_its_promise_and_happens() {
    let mut seen = BTreeSet::new();
    for seed in 0..6 {
        for plan in plans(seed, &Profile::wild(), 40) {
            for p in &plan.perturbations {
                holds(&plan, p);
                seen.insert(p.operator);
            }
        }
    }
    let missing: Vec<&str> =
        Operator::ALL.iter().filter(|o| !seen.contains(o)).map(|o| o.word()).collect();
    assert!(missing.is_empty(), "never drawn: {missing:?}");
}

#[test]
fn deviations_name_steps_that_are_there_and_set_what_they_need() {
    for plan in plans(3, &Profile::wild(), 80) {
        let text = journey::write(&plan);
        let read = journey::read("plan.yaml", &text);
        assert_eq!(read.as_ref(), Ok(&plan), "a plan is a journey file:\n{text}");
    }
}

#[test]
fn every_walk_deviates_and_none_twice_in_the_same_first_way() {
    let profile = Profile::human();
    let plans = plans(7, &profile, 30);
    assert!(plans.iter().all(|p| !p.perturbations.is_empty()));
    let distinct: BTreeSet<String> =
        plans.iter().map(|p| format!("{:?}", p.perturbations)).collect();
    assert_eq!(distinct.len(), plans.len());
}

#[test]
fn a_step_that_is_once_is_never_repeated() {
    for plan in plans(11, &Profile::wild(), 120) {
        for p in &plan.perturbations {
            let repeats = matches!(p.operator, Operator::Repeat | Operator::DoubleClick);
            assert!(!(repeats && p.step.0 == "pay"));
        }
    }
}

#[test]
fn reloading_waits_until_nothing_is_unsaved() {
    for plan in plans(13, &Profile::wild(), 120) {
        for p in plan.perturbations.iter().filter(|p| p.operator == Operator::Reload) {
            assert!(!["search", "name", "email", "note", "gift"].contains(&p.step.0.as_str()));
        }
    }
}

#[test]
fn nothing_is_left_to_chance() {
    let journeys = journeys();
    for plan in plans(17, &Profile::wild(), 50) {
        for step in draw::flat(&plan.steps) {
            let mut action = step.action.clone();
            concrete::templates(&mut action, &mut |t| assert!(t.is_concrete(), "{t}"));
            assert!(!matches!(
                step.action,
                Action::Choose(_) | Action::Repeat { .. } | Action::Use(_)
            ));
            assert!(!matches!(step.think, Some(journey::Think::Spread { .. })));
        }
    }
    let none = Profile::none();
    let terms = terms(17, &none, &journeys);
    assert!(calm(&journeys[0], 0, &terms).perturbations.is_empty());
    assert!(perturbed(&journeys[0], 0, &terms).perturbations.is_empty());
}

#[test]
fn adding_a_journey_or_a_walk_changes_no_other_plan() {
    let profile = Profile::wild();
    let two = journeys();
    let mut three = two.clone();
    three.insert(0, Journey { name: "new".into(), ..two[1].clone() });
    let before = terms(5, &profile, &two);
    let after = terms(5, &profile, &three);
    for walk in [0, 1, 2, 99] {
        assert_eq!(
            journey::write(&perturbed(&two[0], walk, &before)),
            journey::write(&perturbed(&two[0], walk, &after))
        );
    }
}

#[test]
fn adding_a_variable_changes_no_other_choice() {
    let profile = Profile::human();
    let mut journeys = journeys();
    let plan = perturbed(&journeys[0], 4, &terms(5, &profile, &journeys));
    journeys[0].vars.insert("z".into(), journey::Variable::OneOf(vec!["a".into(), "b".into()]));
    let again = perturbed(&journeys[0], 4, &terms(5, &profile, &journeys));
    assert_eq!((plan.steps, plan.perturbations), (again.steps, again.perturbations));
}

#[test]
fn what_is_done_out_of_order_stays_so_however_it_is_typed() {
    let mut plan = journey::read(
        "x",
        "journey: x\nsteps:\n  - { id: a, visit: / }\n  - { id: b, click: B }\n  - id: both\n    any_order:\n      - { id: c, fill: { label: C, with: c } }\n      - { id: d, fill: { label: D, with: d } }\n  - { id: e, fill: { label: E, with: e } }\n",
    )
    .expect("a journey");
    let of =
        |operator, step: &str, detail| Perturbation { operator, step: StepId(step.into()), detail };
    let none = PerturbationDetail::default();
    let text = PerturbationDetail { text: Some("<b>".into()), ..none.clone() };
    let order = vec![StepId("d".into()), StepId("c".into())];
    let other_order = PerturbationDetail { order, ..none.clone() };
    let swapped = PerturbationDetail { other: Some(StepId("e".into())), ..none.clone() };
    plan.perturbations = vec![
        of(Operator::Swap, "b", swapped),
        of(Operator::Paste, "e", none),
        of(Operator::OddInput, "c", text),
        of(Operator::OtherOrder, "both", other_order),
    ];
    let moves = script(&plan);
    let by = |step: &str| moves.iter().find(|m| m.step.0 == step).and_then(|m| m.by);
    assert_eq!(by("e"), Some(Operator::Swap));
    assert_eq!(by("c"), Some(Operator::OddInput));
    assert_eq!(by("d"), Some(Operator::OtherOrder));
}

#[test]
fn a_window_of_another_size_lasts_for_the_next_act() {
    let steps = "steps:\n  - { id: a, resize: { width: 800, height: 600 } }\n  - { id: b, click: B }\n  \
        - { id: seen, expect: { text: B } }\n  - { id: c, click: C }\n";
    let plan = |after: &str| {
        format!(
            "journey: x\nplan: {{ seed: 1, walk: 0, profile: none, pace: fast, base_url: 'http://x/', \
             viewport: 1280x800 }}\nperturbations: [{{ resize: {{ after: {after}, width: 390, height: \
             844 }} }}]\n{steps}"
        )
    };
    let said = |after: &str| -> Vec<String> {
        let plan = journey::read("x", &plan(after)).expect("a plan");
        script(&plan).iter().map(words::deed).collect()
    };
    let (narrow, back) = ("make the window 390×844", "make the window 800×600");
    assert_eq!(said("b"), [back, "click “B”", "expect text “B”", narrow, "click “C”", back]);
    assert_eq!(said("c"), [back, "click “B”", "expect text “B”", "click “C”", narrow, back]);
}

#[test]
fn plans_are_golden() {
    // From the first release on these may never change while the version of the streams is
    // desirepath/1: an old seed has to give what it gave.
    let digest = |seed, profile: &Profile| {
        let mut hash = Sha256::new();
        for plan in plans(seed, profile, 25) {
            hash.update(journey::write(&plan));
        }
        hash.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect::<String>()
    };
    assert_eq!(digest(1, &Profile::human()), "753e571f4c1c07d3");
    assert_eq!(digest(42, &Profile::wild()), "cb1d50c6c4a5bbe0");
}

#[test]
fn every_third_walk_is_faithful() {
    for plan in plans(3, &Profile::wild(), 30) {
        let walk = plan.plan.as_ref().map_or(0, |header| header.walk);
        let altering = plan.perturbations.iter().any(|p| !p.operator.is_preserving());
        assert!(walk % 3 != 1 || !altering, "walk {walk} leaves its path");
        assert!(!plan.perturbations.is_empty(), "walk {walk} has no deviation");
    }
}

#[test]
fn nothing_leads_a_walk_astray_before_its_own_deviation() {
    // Nearly every step is left out, but for those before what the walk is for.
    let profile = Profile::read("hasty", "skip: 0.9\nlose_network: 0.01").expect("a profile");
    let reached = plans(7, &profile, 60).iter().any(|plan| {
        let before = |step: &str| {
            let at = |id: &StepId| plan.steps.iter().position(|s| s.id == *id);
            let end = at(&StepId(step.to_owned()));
            plan.perturbations.iter().filter(|p| at(&p.step) < end).count()
        };
        let cut = |p: &Perturbation| p.operator == Operator::LoseNetwork && p.step.0 == "pay";
        plan.perturbations.iter().any(cut) && before("pay") == 0
    });
    assert!(reached);
}

#[test]
fn odd_input_is_of_the_kind_that_is_meant_and_odd_in_a_whole_form() {
    let profile = Profile::read("odd", "odd_input: 0.001").expect("a profile");
    let mut whole_forms = 0;
    for plan in plans(3, &profile, 90) {
        let text = |step: &str| {
            let at_step = |p: &&Perturbation| p.step.0 == step;
            let found = plan.perturbations.iter().find(at_step);
            found.and_then(|p| p.detail.text.clone())
        };
        if let Some(email) = text("email").filter(|text| !text.trim().is_empty()) {
            assert!(email.contains('@') || email.len() > 500, "{email}");
        }
        whole_forms += u32::from(text("name").is_some() && text("note").is_some());
    }
    assert!(whole_forms > 3, "{whole_forms}");
}

#[test]
fn the_stranger_a_walk_the_less_likely() {
    let profile = Profile::human();
    let journeys = journeys();
    let plan = calm(&journeys[0], 0, &terms(1, &profile, &journeys));
    let deviate = |operators: &[Operator]| {
        let perturbations = operators
            .iter()
            .map(|&operator| Perturbation {
                operator,
                step: StepId("add".into()),
                detail: PerturbationDetail::default(),
            })
            .collect();
        likelihood(&Journey { perturbations, ..plan.clone() }, &profile)
    };
    assert!(deviate(&[]).abs() < f64::EPSILON);
    assert!(deviate(&[Operator::Hurry]) > deviate(&[Operator::ExpireSession]));
    assert!(deviate(&[Operator::Skip, Operator::Reload]) < deviate(&[Operator::Skip]));
}

#[test]
fn every_operator_has_words() {
    for plan in plans(19, &Profile::wild(), 60) {
        for p in &plan.perturbations {
            assert!(words::deviation(p).contains(p.step.0.as_str()), "{}", p.operator.word());
        }
        for m in script(&plan) {
            assert!(!words::deed(&m).is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_same_seed_gives_the_same_plan(seed: u64, walk in 0u32..1000) {
        let profile = Profile::wild();
        let journeys = journeys();
        let draw = || journey::write(&perturbed(&journeys[0], walk, &terms(seed, &profile, &journeys)));
        prop_assert_eq!(draw(), draw());
    }
}
