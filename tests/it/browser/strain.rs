//! A browser that is starved: the group of its driver is stopped seven eighths of the time. What is
//! only late is no verdict, and what really hangs is found still.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

use desirepath::browser::{BrowserError, Gesture, Look, PageOptions, Readiness};
use desirepath::record::{Happening, StepRecord, Verdict, Violation, WalkId};
use desirepath::walk::{Conduct, Lent, walk};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::sync::mpsc;

use super::{Stage, css, found};

/// Stops a process group most of the time, as long as it lives.
struct Starver {
    on: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Starver {
    fn of(group: u32) -> Self {
        let group = Pid::from_raw(i32::try_from(group).expect("a process group"));
        let on = Arc::new(AtomicBool::new(true));
        let wanted = Arc::clone(&on);
        let thread = std::thread::spawn(move || {
            while wanted.load(Ordering::Relaxed) {
                killpg(group, Signal::SIGSTOP).expect("it lives");
                sleep(Duration::from_millis(350));
                killpg(group, Signal::SIGCONT).expect("it lives");
                sleep(Duration::from_millis(50));
            }
        });
        Self { on, thread: Some(thread) }
    }
}

impl Drop for Starver {
    fn drop(&mut self) {
        self.on.store(false, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_starved_browser_is_no_verdict_and_a_page_that_hangs_still_is() {
    let mut stage = Stage::new().await;
    let limit = Duration::from_secs(1);
    let options = PageOptions {
        base_url: stage.site.url.clone(),
        load_limit: Duration::from_secs(4),
        hang_limit: limit,
        ..PageOptions::default()
    };
    let text = "journey: toil\nsteps:\n  - visit: /\n  - expect: { visible: { css: a } }\n  \
                - visit: /toil\n  - expect: { text: done }\n";
    let plan = stage.plan(text);
    let conduct = Conduct { step_limit: limit, expect_limit: limit, ..Conduct::default() };
    let id: WalkId = "toil/0".parse().expect("an id");
    let (told, mut heard) = mpsc::channel(10_000);

    let starver = Starver::of(stage.driver.process_group().expect("a driver of ours"));
    let mut page = stage.session.open(options.clone()).await.expect("a page");
    let walked = walk(&mut page, &id, &plan, &Lent::default(), &conduct, &told).await;
    page.close().await.expect("closed");
    drop((starver, told));

    let (mut steps, mut violations): (Vec<StepRecord>, Vec<Violation>) = Default::default();
    while let Some(happening) = heard.recv().await {
        match happening {
            Happening::StepFinished { step, .. } => steps.push(*step),
            Happening::Violated { violation, .. } => violations.push(*violation),
            _ => {}
        }
    }
    assert_eq!(walked.verdict, Verdict::Passed, "×{} {violations:#?}", walked.stretched);
    assert!(violations.is_empty(), "{violations:#?}");
    assert!(walked.stretched > 2.0, "×{}", walked.stretched);
    let waited = steps.iter().map(|step| step.waited).max().unwrap_or(0);
    assert!(u128::from(waited) > limit.as_millis(), "it needed no stretching: {waited} ms");

    let mut page = stage.session.open(options).await.expect("a page");
    page.goto("/toil").await.expect("a page of the site");
    let button = found(&mut page, css("button"), Readiness::Pointer).await;
    let error = match page.click(&button, Gesture::Click).await {
        Ok(()) => page.look(&Look::at_rest()).await.expect_err("hung"),
        Err(error) => error,
    };
    assert!(matches!(error, BrowserError::Hung { .. }), "{error}");
    drop(page);
    stage.end().await;
}
