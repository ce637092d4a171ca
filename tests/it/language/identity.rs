//! Reading what was written gives the same journey, whatever is in it.

use desirepath::journey::{read, write};
use proptest::prelude::*;

use super::arbitrary::{journey, plan};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_journey_survives_being_written(journey in journey()) {
        let text = write(&journey);
        match read("written.yaml", &text) {
            Ok(again) => prop_assert_eq!(again, journey, "{}", text),
            Err(mistakes) => prop_assert!(false, "{}\n{}", mistakes, text),
        }
    }

    #[test]
    fn a_plan_survives_being_written(plan in plan()) {
        let text = write(&plan);
        match read("written.yaml", &text) {
            Ok(again) => prop_assert_eq!(again, plan, "{}", text),
            Err(mistakes) => prop_assert!(false, "{}\n{}", mistakes, text),
        }
    }
}

#[test]
fn the_example_is_without_mistakes_or_warnings() {
    use desirepath::diagnostic::SourceText;
    let text = include_str!("../../../journeys/example.yaml");
    let reading = read::any(&SourceText::new("example.yaml", text));
    assert!(reading.diagnostics.is_empty(), "{}", reading.diagnostics);
}
