//! Files that were not written by a friend: none may panic, take long, or fill the memory.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use desirepath::diagnostic::{Color, SourceText};
use desirepath::journey::{read, write};
use proptest::prelude::*;

use super::arbitrary;

/// Reads a text and shows what is wrong with it, quickly; what is shown.
fn shown(text: &str) -> String {
    let begun = Instant::now();
    let reading = read::any(&SourceText::new("hostile.yaml", text));
    let shown = reading.diagnostics.render(Color::Never);
    let took = begun.elapsed();
    // Generous, for debug builds on busy machines: what this guards against takes hours.
    assert!(took < Duration::from_secs(60), "{took:?} for {} bytes", text.len());
    assert!(shown.len() < 1_000_000, "{} bytes are shown", shown.len());
    shown
}

#[test]
fn an_alias_bomb_stops_at_its_budget() {
    let mut text = String::from("journey: a\nsteps:\n  - any_order: &a0 [back, back]\n");
    for n in 1..60 {
        let last = n - 1;
        let _ = writeln!(text, "  - any_order: &a{n} [any_order: *a{last}, any_order: *a{last}]");
    }
    assert!(shown(&text).contains("the file holds too much"));
}

#[test]
fn a_bomb_of_long_texts_stops_too() {
    let long = "x".repeat(1 << 20);
    let aliases = "*long, ".repeat(100_000);
    let text = format!("journey: a\nvars: {{ a: [&long {long}, {aliases}] }}\nsteps: [back]");
    assert!(shown(&text).contains("the file holds too much"));
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", ""), ("a:\n ", "")] {
        let text = format!("steps: \n  {}x{}", open.repeat(100_000), close.repeat(100_000));
        let _ = shown(&text);
        let text = format!("{}x{}", open.repeat(100), close.repeat(100));
        let _ = shown(&text);
    }
    let most = format!("{}[back]{}", "[any_order: ".repeat(31), "]".repeat(31));
    assert_eq!(shown(&format!("journey: a\nsteps: {most}")), "");
    let steps = format!("{}back{}", "[any_order: ".repeat(80), "]".repeat(80));
    assert!(shown(&format!("journey: a\nsteps: {steps}")).contains("nested too deeply"));
}

#[test]
fn giant_files_and_values_are_taken_or_refused_at_once() {
    assert!(shown(&"#".repeat(10 << 20)).contains("the file is too large: 10 MiB"));
    assert!(shown(&format!("journey: {}", "x".repeat(7 << 20))).contains("`steps` is missing"));
    let _ = shown(&format!("journey: a\nsteps: [{}]", "{clik: x},".repeat(200_000)));
    let _ = shown(&format!("{}: 1", "x".repeat(7 << 20)));
    let keys: String = (0..200_000).fold(String::new(), |mut keys, n| {
        let _ = writeln!(keys, "k{n}: {n}");
        keys
    });
    let many = shown(&keys);
    assert!(many.contains("and more than these 100"), "{}", &many[many.len() - 200..]);
}

#[test]
fn many_steps_that_do_the_same_get_their_ids_in_time() {
    let text = format!("journey: a\nsteps:\n{}", "  - back\n".repeat(100_000));
    let begun = Instant::now();
    let journey = read("many.yaml", &text).expect("it is a journey");
    assert_eq!(journey.steps[99_999].id.0, "back-100000");
    assert_eq!(read("again.yaml", &write(&journey)), Ok(journey));
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,60}|(\\PC|[\\[\\]{}:,&*!|>'\"#%@` \n\t-]){0,80}") {
        let _ = shown(&text);
    }

    #[test]
    fn no_slip_in_a_good_file_makes_the_reader_panic(
        slips in prop::collection::vec((any::<prop::sample::Index>(), 0usize..4, "[\\[\\]{}:,&*!|>'\"#%@~\\\\ \n\t\r-]|\\PC"), 1..6),
    ) {
        let mut text: Vec<char> = include_str!("../../../journeys/example.yaml").chars().collect();
        for (at, cut, put) in slips {
            let at = at.index(text.len());
            let end = (at + cut).min(text.len());
            text.splice(at..end, put.chars());
        }
        let _ = shown(&text.into_iter().collect::<String>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_cut_plan_makes_the_reader_panic(plan in arbitrary::plan(), at in any::<prop::sample::Index>()) {
        let text = write(&plan);
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let _ = shown(&text[..ends[at.index(ends.len())]]);
    }
}
