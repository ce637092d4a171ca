//! What a step costs, printed on request: `cargo test --test it costs -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use desirepath::browser::{Gesture, Look, Readiness, Settle};
use desirepath::journey::By;

use super::{Stage, css, found};

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[tokio::test]
#[ignore = "measures; says nothing about right or wrong"]
async fn costs_of_a_step() {
    let began = Instant::now();
    let mut stage = Stage::new().await;
    eprintln!("driver and session  {:?}", began.elapsed());
    let (mut looks, mut hurried, mut clicks, mut fills, mut opens) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..5 {
        let began = Instant::now();
        let page = stage.page("/").await;
        opens.push(began.elapsed());
        page.close().await.expect("closed");
    }
    let mut page = stage.page("/").await;
    for _ in 0..30 {
        let began = Instant::now();
        let by = By::Role { role: "button".into(), name: Some("Add to cart".into()) };
        let add = found(&mut page, by, Readiness::Pointer).await;
        looks.push(began.elapsed());
        let began = Instant::now();
        page.click(&add, Gesture::Click).await.expect("a click");
        clicks.push(began.elapsed());
        let began = Instant::now();
        page.look(&Look { settle: Settle::Now, ..Look::at_rest() }).await.expect("a look");
        hurried.push(began.elapsed());
    }
    page.goto("/forms").await.expect("a page");
    for _ in 0..10 {
        let field = found(&mut page, css("#name"), Readiness::Editable).await;
        let began = Instant::now();
        page.fill(&field, "Ada Lovelace X").await.expect("filled");
        fills.push(began.elapsed());
    }
    for (what, times) in [
        ("open, first document", opens),
        ("look at rest, aimed", looks),
        ("look in a hurry", hurried),
        ("click", clicks),
        ("fill, 14 characters", fills),
    ] {
        eprintln!("{what:20} {:?} (median of {})", median(times.clone()), times.len());
    }
    page.close().await.expect("closed");
    stage.end().await;
}
