//! The oracles of use through the walker: each wrong specimen is caught, each right one is silent.

use std::time::Duration;

use desirepath::browser::BrowserKind;
use desirepath::oracle::Budget;
use desirepath::record::{Happening, Oracle, Severity, Violation, WalkId};
use desirepath::walk::{Conduct, Lent, walk};
use tokio::sync::mpsc;

use super::{Stage, kind};

/// Walks steps written as YAML, from the page on; gives what the oracles say.
async fn walked(stage: &mut Stage, page: &str, steps: &str, more: &str) -> Vec<Violation> {
    conducted(stage, page, steps, more, &Conduct::default()).await
}

async fn conducted(
    stage: &mut Stage,
    page: &str,
    steps: &str,
    more: &str,
    conduct: &Conduct,
) -> Vec<Violation> {
    let text = format!("journey: uses\n{more}steps:\n  - visit: {page}\n{steps}");
    let plan = stage.plan(&text);
    let id: WalkId = "uses/0".parse().expect("an id");
    let (told, mut heard) = mpsc::channel(10_000);
    let mut page = stage.blank().await;
    walk(&mut page, &id, &plan, &Lent::default(), conduct, &told).await;
    page.close().await.expect("closed");
    drop(told);
    let mut found = Vec::new();
    while let Some(happening) = heard.recv().await {
        match happening {
            // That a missing picture is missing has an oracle of its own.
            Happening::Violated { violation, .. } if violation.oracle == Oracle::Http4xx => {}
            Happening::Violated { violation, .. } => found.push(*violation),
            Happening::Remark { text, .. } => panic!("{text}"),
            _ => {}
        }
    }
    found
}

fn named(found: &[Violation]) -> Vec<(Oracle, Severity)> {
    let mut named: Vec<(Oracle, Severity)> = found.iter().map(|v| (v.oracle, v.severity)).collect();
    named.sort_unstable();
    named.dedup();
    named
}

#[tokio::test]
async fn what_is_wrong_is_caught() {
    let mut stage = Stage::new().await;
    use Oracle as O;
    use Severity::{Fail, Warn};
    // The page itself shows these two wherever it is walked.
    let always = [(O::BrokenImage, Warn), (O::HorizontalOverflow, Warn)];
    for (steps, more) in [
        ("  - click: { css: '#dead' }\n", vec![(O::DeadClick, Warn)]),
        ("  - click: { css: '#asks' }\n", vec![]),
        (
            "  - click: { css: '#throws' }\n",
            // The click is mentioned in the exception that causes it.
            vec![(O::UncaughtException, Fail)],
        ),
        (
            "  - fill: { label: Full name, with: Ada }\n  - check: { css: '#company' }\n",
            vec![(O::LostInput, Fail)],
        ),
        ("  - fill: { label: Full name, with: Ada }\n  - reload\n", vec![(O::LostInput, Warn)]),
        (
            "  - fill: { label: Full name, with: Ada }\n  - click: { css: '#help' }\n  - back\n",
            // The browser keeps it over going back; the page does not.
            vec![(O::LostInput, Warn)],
        ),
        ("  - click: { css: '#coupon' }\n", vec![(O::GhostSubmit, Warn)]),
        ("  - click: { css: '#order' }\n", vec![]),
        ("  - click: { css: '#pay' }\n", vec![(O::DoubledEffect, Warn)]),
        ("  - { id: pay, click: { css: '#pay' }, once: true }\n", vec![(O::DoubledEffect, Fail)]),
        ("  - click: { css: '#leak' }\n", vec![(O::SecretInUrl, Warn)]),
    ] {
        let mut expected: Vec<(Oracle, Severity)> = always.into_iter().chain(more).collect();
        expected.sort_unstable();
        let found = walked(&mut stage, "/uses-wrong", steps, "").await;
        assert_eq!(named(&found), expected, "after\n{steps}{found:#?}");
        assert!(!format!("{found:?}").contains("hunter2"), "{found:#?}");
    }
    let promised = "  - fill: { label: Full name, with: Ada }\n  - reload\n";
    let found = walked(&mut stage, "/uses-wrong", promised, "promises: [reload]\n").await;
    assert!(named(&found).contains(&(O::LostInput, Fail)), "{found:#?}");
    stage.end().await;
}

#[tokio::test]
async fn what_is_right_is_silent() {
    let mut stage = Stage::new().await;
    for steps in [
        "  - click: { css: '#late' }\n  - click: { css: '#menu' }\n  - click: { css: '#focuses' }\n",
        "  - click: { css: '#more' }\n  - click: { css: '#off' }\n  - click: { css: '#plain' }\n",
        "  - { id: a, click: { css: '#posts' }, once: true }\n  - { id: b, click: { css: '#guarded' }, once: true }\n",
        "  - fill: { label: To do, with: Buy milk }\n  - press: Enter\n  - click: { css: '#toggle' }\n",
        "  - fill: { label: Full name, with: Ada }\n  - fill: { label: Amount, with: twelve }\n  - check: { css: '#company' }\n  - reload\n",
        "  - fill: { label: City, with: Pari }\n  - fill: { label: Full name, with: Ada }\n  - click: { css: '#toggle' }\n",
        "  - fill: { label: Full name, with: Ada }\n  - fill: { label: Secret, with: hunter2 }\n  - click: { css: '#save' }\n  - click: { css: '#toggle' }\n",
        "  - fill: { label: Full name, with: Ada }\n  - reload\n  - click: { css: '#save' }\n  - click: { css: '#toggle' }\n",
        "  - fill: { label: Memo, with: nonsense }\n  - click: { css: '#clear' }\n  - click: { css: '#toggle' }\n",
        "  - click: { css: '#help' }\n  - back\n  - forward\n",
    ] {
        let found = walked(&mut stage, "/uses-right", steps, "").await;
        assert!(found.is_empty(), "after\n{steps}{found:#?}");
    }
    // A button that is locked, or pushed aside, in the moment in which it is pressed.
    let hurried = "plan: { seed: 1, walk: 0, profile: human, pace: fast, base_url: 'http://x', \
                   viewport: 1280x800 }\nperturbations:\n  - hurry: { before: press }\n";
    for button in ["#locks", "#yields"] {
        let steps = format!(
            "  - {{ id: press, click: {{ css: '{button}' }} }}\n  - expect: {{ text: heard }}\n"
        );
        let found = walked(&mut stage, "/uses-right", &steps, hurried).await;
        assert!(found.is_empty(), "{button}: {found:#?}");
    }
    stage.end().await;
}

#[tokio::test]
async fn a_refusal_may_not_cost_what_was_typed() {
    let mut stage = Stage::new().await;
    let steps = "  - fill: { label: Title, with: Ada }\n  - fill: { label: Secret, with: hunter2 }\n  \
                 - fill: { label: Text, with: A line of mine }\n  - click: Send\n";
    for (page, expected) in [
        ("/form/empties", vec![(Oracle::LostInput, Severity::Fail)]),
        ("/form/empties-politely", vec![(Oracle::LostInput, Severity::Warn)]),
        ("/form/keeps", vec![]),
        ("/form/keeps-politely", vec![]),
        ("/form/accepts", vec![]),
    ] {
        let found = walked(&mut stage, page, steps, "").await;
        assert_eq!(named(&found), expected, "{page}: {found:#?}");
        assert!(!format!("{found:?}").contains("Secret"), "{found:#?}");
    }
    stage.end().await;
}

#[tokio::test]
async fn a_trap_and_a_sign_of_waiting_that_turns_for_ever() {
    let mut stage = Stage::new().await;
    let steps =
        "  - visit: /uses-trap\n  - back\n  - { click: { css: '#never' }, within: 5500ms }\n";
    let found = walked(&mut stage, "/", steps, "").await;
    let oracles: Vec<Oracle> = named(&found).into_iter().map(|(oracle, _)| oracle).collect();
    assert_eq!(oracles, [Oracle::Step, Oracle::BackStays, Oracle::EndlessSpinner], "{found:#?}");
    stage.end().await;
}

#[tokio::test]
async fn a_hostile_page_loses_its_trace_and_nothing_else() {
    let mut stage = Stage::new().await;
    let steps = "  - fill: { label: Name, with: Ada }\n  - click: { css: '#dead' }\n  \
                 - click: { css: '#works' }\n  - click: { css: '#bytes' }\n  - expect: { title: pressed }\n";
    let found = walked(&mut stage, "/uses-hostile", steps, "").await;
    assert!(found.is_empty(), "{found:#?}");
    stage.end().await;
}

#[tokio::test]
async fn vitals_are_measured_where_there_is_a_budget() {
    let mut stage = Stage::new().await;
    let steps = "  - { wait_for: { js: 'performance.now() > 700' }, within: 5s }\n";
    // A headless browser draws no frame after a press, and so has no INP to tell.
    let lcp = |seconds| Some(Duration::from_secs_f64(seconds));
    let strict = Budget { lcp: lcp(0.001), inp: None, cls: Some(0.01) };
    let generous = Budget { lcp: lcp(60.0), inp: lcp(60.0), cls: Some(9.0) };
    let conduct = |budget| Conduct { budget, ..Conduct::default() };
    let found = conducted(&mut stage, "/uses-slow", steps, "", &conduct(strict)).await;
    let mut titles: Vec<&str> = found.iter().map(|v| v.title.as_str()).collect();
    titles.sort_unstable();
    let on = |name| format!("{name} over budget on /uses-slow");
    // Firefox measures no layout shift, and what is not measured is not over budget.
    let measured = if kind() == BrowserKind::Firefox { &["LCP"][..] } else { &["CLS", "LCP"] };
    let over: Vec<String> = measured.iter().map(on).collect();
    assert_eq!(titles, over, "{found:#?}");
    let found = conducted(&mut stage, "/uses-slow", steps, "", &conduct(generous)).await;
    assert!(found.is_empty(), "{found:#?}");
    stage.end().await;
}
