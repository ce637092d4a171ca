//! Plans as tests of other tools: what a plan with every deviation becomes, and that arbitrary
//! plans lose no move.

use desirepath::exchange::ExchangeError;
use desirepath::exchange::export::{Exported, playwright, recorder};
use desirepath::journey::{Journey, read};
use desirepath::perturb::script;
use proptest::prelude::*;
use serde_json::Value;

use super::super::language::arbitrary::plan;

const DEVIATIONS: &str = include_str!("../../fixtures/recordings/deviations.yaml");

/// Plans whose repetitions multiply to no more moves than a test has time for.
fn short_plan() -> BoxedStrategy<Journey> {
    let rounds = |plan: &Journey| -> f64 {
        plan.perturbations.iter().map(|p| f64::from(p.detail.times.unwrap_or(1))).product()
    };
    plan().prop_filter("not too long", move |plan| rounds(plan) <= 50.0).boxed()
}

fn deviations() -> Journey {
    read("deviations.yaml", DEVIATIONS).expect("the fixture is right")
}

fn shown(exported: &Exported, text: &str) -> String {
    let remarks: Vec<String> = exported.remarks.iter().map(ToString::to_string).collect();
    format!("{}\n{text}\n{}\n{:?}\n", exported.file, remarks.join("\n"), exported.account)
}

#[test]
fn a_plan_with_deviations_becomes_a_playwright_test() {
    let exported = playwright::write(&deviations());
    // What stands in front is a file of its own.
    let (_, test) = exported.text.split_once("test.use(").expect("there is a test");
    insta::assert_snapshot!(shown(&exported, test));
}

#[test]
fn a_plan_with_deviations_becomes_a_recording() {
    let exported = recorder::write(&deviations());
    insta::assert_snapshot!(shown(&exported, &exported.text));
}

#[test]
fn a_secret_is_named_and_never_written() {
    let text = "journey: a\nvars: { pw: { env: SHOP_PW, secret: true } }\n\
                steps: [{ fill: { label: Password, with: \"{{pw}}\" } }]\n";
    let journey = read("a.yaml", text).expect("it is right");
    assert!(playwright::write(&journey).text.contains("fill(secret(\"SHOP_PW\"))"));
    let recording = recorder::write(&journey);
    assert_eq!(recording.account.left, 1);
    assert!(recording.remarks.iter().any(|r| r.what.contains("a recording has no variables")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_move_of_an_arbitrary_plan_gets_lost(plan in short_plan()) {
        let moves = script(&plan).len();
        for exported in [playwright::write(&plan), recorder::write(&plan)] {
            prop_assert_eq!(exported.account.entries(), moves);
            let said = exported.remarks.iter().filter(|remark| remark.place.is_some()).count();
            prop_assert!(said >= exported.account.left);
        }
    }

    #[test]
    fn an_exported_recording_is_read_again_without_an_error(plan in short_plan()) {
        let exported = recorder::write(&plan);
        let value: Value = serde_json::from_str(&exported.text).expect("it is JSON");
        prop_assert!(value["steps"].as_array().is_some_and(|steps| !steps.is_empty()));
        match super::imported("again.json", &exported.text) {
            Ok(again) => super::holds(&again),
            // Repeated steps of repeated steps: more than anybody reads.
            Err(ExchangeError::TooLong { steps, .. }) => prop_assert!(steps > 5_000),
            Err(error) => prop_assert!(false, "{error}"),
        }
    }
}
