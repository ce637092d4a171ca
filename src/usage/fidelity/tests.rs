//! A known process is recovered: its order, its probabilities, its dwell; and what is said of
//! the recovered model holds.

use super::*;
use crate::usage::model::Law;
use crate::usage::process::{PAGES, patient, sessions, view, weights};

fn shape(order: usize) -> Shape {
    Shape { order, ..THIN }
}

#[test]
fn order_and_figures_of_a_known_process() {
    // The longer the contexts, the more sessions it takes to know them.
    for (order, count) in [(1, 20_000), (2, 30_000), (3, 60_000)] {
        let (model, fidelity) = learn(&sessions(order, count, 7), 5);
        let f = fidelity.expect("there are enough users");
        assert_eq!(model.shape().order, order);
        let best = f.fixed_orders.into_iter().fold(f64::INFINITY, f64::min);
        assert!(f.bits <= best + 1e-3, "{f:?}");
        assert!(f.three_grams.model <= 1.1 * f.three_grams.floor, "{f:?}");
        assert!(f.four_grams.model <= 1.1 * f.four_grams.floor, "{f:?}");
        assert!((f.unseen_predicted - f.unseen_held_out).abs() < 0.02, "{f:?}");
    }
}

#[test]
fn lengths_are_met_where_visitors_differ_in_patience() {
    let (model, fidelity) = learn(&patient(30_000, 7), 5);
    let f = fidelity.expect("there are enough users");
    assert!(f.lengths.model <= 1.5 * f.lengths.floor, "{f:?}");
    assert!(f.bits < f.fixed_orders.into_iter().fold(f64::INFINITY, f64::min) - 0.01, "{f:?}");
    let past = [Symbol(2), Symbol(3), Symbol(4)];
    let outcomes = 0..u32::try_from(model.alphabet().outcomes()).expect("few");
    let sum: f64 = outcomes.map(|next| model.probability(&past, Symbol(next))).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    assert_eq!(UsageModel::read(&model.write()), Ok(model));
}

#[test]
fn probabilities_and_dwell_of_a_known_process() {
    let model = UsageModel::fit(&sessions(2, 30_000, 7), shape(2));
    let symbol = |page: usize| model.alphabet().symbol(&view(PAGES[page]));
    for past in [vec![], vec![0], vec![2, 3], vec![1, 1], vec![4, 0]] {
        let weights = weights(2, &past);
        let all: f64 = weights.iter().sum();
        let past: Vec<Symbol> = past.iter().map(|&page| symbol(page as usize)).collect();
        for (page, weight) in weights.iter().enumerate() {
            let next = if page < PAGES.len() { symbol(page) } else { Symbol::EDGE };
            let (p, is) = (model.probability(&past, next), weight / all);
            assert!((p - is).abs() < 0.04, "{past:?} → {page}: {p} instead of {is}");
        }
    }
    for (page, name) in PAGES.iter().enumerate() {
        let dwell = model.dwell(symbol(page)).expect("there is enough data");
        let (law, place, spread) = if page.is_multiple_of(2) {
            (Law::LogNormal, 9.0, 0.8)
        } else {
            (Law::Weibull, 20_000f64.ln(), 1.0 / 1.5)
        };
        assert_eq!(dwell.law, law, "{name}");
        assert!((dwell.place - place).abs() < 0.05, "{dwell:?}");
        assert!((dwell.spread - spread).abs() < 0.05, "{dwell:?}");
    }
}

#[test]
fn probabilities_add_up_to_one() {
    let sessions = sessions(3, 3_000, 1);
    for (past, descent) in
        [(vec![], 1.0), (vec![2], 0.25), (vec![2, 3, 4, 5, 6], 0.25), (vec![9, 9, 9], 0.0)]
    {
        let model = UsageModel::fit(&sessions, Shape { descent, ..shape(4) });
        let past: Vec<Symbol> = past.into_iter().map(Symbol).collect();
        let outcomes = 0..u32::try_from(model.alphabet().outcomes()).expect("few");
        let sum: f64 = outcomes.map(|next| model.probability(&past, Symbol(next))).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{past:?}: {sum}");
    }
}

#[test]
fn the_file_reads_back_as_itself_and_tells_nothing_of_fewer_than_k() {
    let (model, _) = learn(&sessions(2, 4_000, 3), 5);
    let text = model.write();
    assert_eq!(UsageModel::read(&text).as_ref(), Ok(&model));
    assert_eq!(learn(&sessions(2, 4_000, 3), 5).0.write(), text, "the same data, the same bytes");
    let few = UsageModel::fit(&sessions(2, 4, 3), shape(2));
    assert!(few.alphabet().states().is_empty(), "four users are fewer than five");
    assert_eq!(UsageModel::read(&few.write()), Ok(few));
    for context in &model.contexts {
        assert!(context.then.iter().all(|(_, times)| *times >= 5), "{context:?}");
    }
}

#[test]
fn a_wrong_file_is_told_what_is_wrong() {
    let text = UsageModel::fit(&sessions(1, 200, 3), shape(2)).write();
    let error = |text: &str| UsageModel::read(text).expect_err("wrong").to_string();
    assert!(error("journey: x").contains("there is no line `usage_model:`"));
    assert!(error(&text.replace("usage_model: 1", "usage_model: 9")).contains("format 9"));
    assert!(error(&text.replace("\"after\":[2]", "\"after\":[99]")).contains("no state 99"));
    assert!(error(&text.replace("k: 5", "k: many")).contains("not a usage model"));
}
