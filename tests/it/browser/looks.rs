//! What a look waits for, reads and tests.

use std::time::{Duration, Instant};

use desirepath::browser::{
    Aim, Aimed, BrowserError, BrowserKind, Gesture, Look, PageOptions, Readiness, RuleCheck, Settle,
};
use desirepath::journey::{By, Condition, Expectation, Observation, RuleTest, Target, Template};
use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{Stage, click, css, expect, found, holds, kind};

fn observation(name: &str, js: &str) -> Observation {
    Observation { name: name.into(), js: js.into() }
}

#[tokio::test]
async fn readings_and_rules() {
    let mut stage = Stage::new().await;
    let mut page = stage.page("/").await;
    let observe = [
        observation("count", "+count.textContent"),
        observation("throws", "nothing.there"),
        observation("undefined", "undefined"),
        observation("broken", "1 +"),
    ];
    let was: IndexMap<String, Value> = [("count".to_owned(), json!(7))].into();
    let js = |text: &str| RuleTest::Js(text.into());
    let tests = [
        js("now.count === 0 && was.count === 7 && step.kind === 'click'"),
        js("now.count === 1"),
        js("missing.thing"),
        js("this is no javascript"),
        RuleTest::NoText("NaN".into()),
        RuleTest::NoText("In the cart".into()),
        RuleTest::Text("Fixture shop".into()),
        js("now.count === 0"),
        js("now.count === 99"),
        RuleTest::Text("nowhere to be seen".into()),
    ];
    let rules: Vec<RuleCheck<'_>> = tests
        .iter()
        .enumerate()
        .map(|(index, test)| RuleCheck {
            index,
            test,
            deadline: (index > 6).then(|| Duration::from_millis(300)),
        })
        .collect();
    let look = Look {
        observe: &observe,
        rules: &rules,
        was: &was,
        step: json!({ "kind": "click", "id": "add" }),
        ..Look::at_rest()
    };
    let glance = page.look(&look).await.expect("a look");
    assert_eq!(glance.reading.readings["count"], json!(0));
    assert_eq!(glance.reading.readings["undefined"], Value::Null);
    let unknown = |name: &str| match kind() {
        BrowserKind::Webkit => format!("ReferenceError: Can't find variable: {name}"),
        _ => format!("ReferenceError: {name} is not defined"),
    };
    assert!(glance.reading.failed["throws"].contains(&unknown("nothing")), "{glance:?}");
    assert!(glance.reading.failed["broken"].contains("SyntaxError"), "{glance:?}");
    let mut broken: Vec<usize> = glance.broken_rules.iter().map(|b| b.index).collect();
    broken.sort_unstable();
    assert_eq!(broken, [1, 2, 3, 5, 8, 9]);
    let error = |index| {
        let rule = glance.broken_rules.iter().find(|b| b.index == index).expect("broken");
        rule.error.clone()
    };
    assert_eq!(error(1), None);
    assert_eq!(error(2), Some(unknown("missing")));
    assert!(error(3).is_some_and(|why| why.contains("SyntaxError")));
    page.close().await.expect("closed");

    // A strict content security policy is no hindrance.
    let mut page = stage.page("/csp").await;
    holds(&mut page, "document.querySelector('.row').textContent === 'strict'").await;
    page.close().await.expect("closed");
    let mut page = stage.page("/blank").await;
    assert!(page.look(&Look::at_rest()).await.expect("a look").reading.blank);
    page.close().await.expect("closed");
    stage.end().await;
}

#[tokio::test]
async fn conditions_say_what_was_seen_instead() {
    let mut stage = Stage::new().await;
    let mut page = stage.page("/product/lamp?x=1").await;
    let url = page.snapshot().await.expect("a snapshot").url;
    let text = |text: &str| Template::new(text);
    let by = |selector: &str| Target::one(css(selector));
    let good = vec![
        Condition::Url(text("/product/lamp")),
        Condition::Url(text("/product/:slug")),
        Condition::Url(text("/product/lamp?x=1")),
        Condition::Url(text(&url)),
        Condition::Title(text("LAMP")),
        Condition::Text(text("lamp")),
        Condition::NoText(text("NaN")),
        Condition::Visible(by("h1")),
        Condition::Hidden(by("h7")),
        Condition::Count { target: by("a"), is: 1 },
        Condition::Js("1 === 1".into()),
    ];
    assert_eq!(expect(&mut page, good).await, Vec::<String>::new());
    let bad = vec![
        Condition::Url(text("/cart")),
        Condition::Url(text("/product/lamp?x=2")),
        Condition::Title(text("mug")),
        Condition::Text(text("mug")),
        Condition::NoText(text("home")),
        Condition::Visible(Target::one(By::Text("hame".into()))),
        Condition::Hidden(by("h1")),
        Condition::Count { target: by("a"), is: 2 },
        Condition::Js("1 === 2".into()),
        Condition::Js("nothing.there".into()),
        Condition::Value { target: by("input"), is: text("x") },
    ];
    let told = expect(&mut page, bad).await;
    assert_eq!(told.len(), 11, "{told:#?}");
    assert_eq!(told[0], "expected the address /cart, but it is /product/lamp?x=1");
    let near = "expected “hame” to be visible, but it is not on the page (nearest: “home”";
    assert!(told[5].starts_with(near), "{}", told[5]);
    assert_eq!(told[7], "expected 2 of `a`, but there is 1");
    let expectation = Expectation { all: vec![Condition::Js("1 +".into())], within: None };
    let look = Look { aim: Aim::Expectation(&expectation), ..Look::at_rest() };
    assert!(matches!(page.look(&look).await, Err(BrowserError::BadExpression { .. })));
    page.close().await.expect("closed");
    stage.end().await;
}

#[tokio::test]
async fn a_look_waits_for_what_a_person_would_wait_for() {
    let mut stage = Stage::new().await;
    let mut page = stage.page("/signals").await;
    // A request of a script, and what it changes.
    click(&mut page, "#work").await;
    let glance = page.look(&Look::at_rest()).await.expect("a look");
    assert!(glance.reading.settled);
    assert!(page.snapshot().await.expect("a snapshot").text.contains("worked"));
    // A hurried person does not.
    click(&mut page, "#work").await;
    let hurried = Look { settle: Settle::Now, ..Look::at_rest() };
    assert!(!page.look(&hurried).await.expect("a look").reading.settled);
    assert!(!page.snapshot().await.expect("a snapshot").text.contains("worked"));
    // A navigation begun by the click, although the old document still looks at rest.
    click(&mut page, "#slow").await;
    let glance = page.look(&Look::at_rest()).await.expect("a look");
    assert_eq!(glance.reading.title, "slow");
    page.back().await.expect("back");
    // An answer is there when all of it is.
    click(&mut page, "#read").await;
    page.look(&Look::at_rest()).await.expect("a look");
    assert!(page.snapshot().await.expect("a snapshot").text.contains("second half"));
    // A navigation that a script has begun: nothing on the old page shows it.
    click(&mut page, "#send").await;
    let glance = page.look(&Look::at_rest()).await.expect("a look");
    assert_eq!(glance.reading.title, "slow");
    page.back().await.expect("back");
    // Another place on the same page, and an address that a script only writes, are none.
    click(&mut page, "#stay").await;
    let glance = page.look(&Look::at_rest()).await.expect("a look");
    assert!(glance.reading.settled && glance.reading.url.ends_with("?there"));
    page.back().await.expect("back");
    page.back().await.expect("back");
    // A page that is busy for a while is waited for.
    click(&mut page, "#busy").await;
    holds(&mut page, "done.textContent === 'was busy'").await;
    // A long poll does not hold us up for longer than the bound, which a busy machine stretches,
    // and only once.
    click(&mut page, "#poll").await;
    let mut held_up = Vec::new();
    for _ in 0..2 {
        let began = Instant::now();
        assert!(!page.look(&Look::at_rest()).await.expect("a look").reading.settled);
        held_up.push(began.elapsed());
    }
    assert!(held_up[1] * 2 < held_up[0], "{held_up:?}");
    assert_eq!(page.in_flight().len(), 1);
    page.close().await.expect("closed");
    stage.end().await;
}

#[tokio::test]
async fn a_frozen_page_is_told_from_a_broken_browser() {
    let mut stage = Stage::new().await;
    // Frozen before the click has returned, or after.
    for button in ["#freeze", "#freeze-now"] {
        let options = PageOptions {
            base_url: stage.site.url.clone(),
            load_limit: Duration::from_secs(2),
            hang_limit: Duration::from_secs(2),
            ..PageOptions::default()
        };
        let mut page = stage.session.open(options).await.expect("a page");
        page.goto("/signals").await.expect("a page of the site");
        let target = found(&mut page, css(button), Readiness::Pointer).await;
        let clicked = page.click(&target, Gesture::Click).await;
        let error = match clicked {
            Ok(()) => page.look(&Look::at_rest()).await.expect_err("hung"),
            Err(error) => error,
        };
        assert!(matches!(error, BrowserError::Hung { .. }), "{error}");
        assert!(!error.is_infrastructure());
        drop(page);
        // The browser is given up, and the driver's next one is none the worse.
        assert!(!stage.session.is_usable());
        stage.renew().await;
    }
    let mut page = stage.page("/").await;
    let error = page.goto("http://127.0.0.1:1/").await.expect_err("unreachable");
    assert!(matches!(&error, BrowserError::Unreachable { .. }), "{error}");
    let aimed = page.look(&Look::at_rest()).await.map(|glance| glance.aimed);
    assert_eq!(aimed, Ok(Aimed::Nothing));
    page.close().await.expect("closed");
    stage.end().await;
}
