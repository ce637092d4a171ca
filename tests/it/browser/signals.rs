//! What the browser tells by itself, and dialogs.

use std::time::Duration;

use desirepath::browser::{BrowserError, Look, Page};
use desirepath::journey::{Condition, DialogAnswer, Template};
use desirepath::record::{ConsoleLevel, RequestKind, Signal};

use super::{Stage, click, expect, holds, in_words, telling};

async fn after(page: &mut Page<'_>, selector: &str) -> Vec<Signal> {
    telling(page);
    click(page, selector).await;
    page.look(&Look::at_rest()).await.expect("a look");
    telling(page)
}

#[tokio::test]
async fn exceptions_rejections_console_and_requests() {
    let mut stage = Stage::new().await;
    let mut page = stage.page("/signals").await;
    match after(&mut page, "#throw").await.as_slice() {
        [Signal::Exception { message, stack }] => {
            assert!(message.contains("undefinedFunction is not defined"), "{message}");
            assert!(stack.contains("onclick"), "{stack}");
        }
        other => panic!("{other:#?}"),
    }
    match after(&mut page, "#reject").await.as_slice() {
        [Signal::Rejection { message, stack }] => {
            assert_eq!(message, "TypeError: broken promise");
            assert!(stack.contains("onclick"), "{stack}");
        }
        other => panic!("{other:#?}"),
    }
    match after(&mut page, "#reject-value").await.as_slice() {
        [Signal::Rejection { message, .. }] => assert_eq!(message, "just words"),
        other => panic!("{other:#?}"),
    }
    match after(&mut page, "#log").await.as_slice() {
        [
            Signal::Console { level: ConsoleLevel::Info, text, .. },
            Signal::Console { level: ConsoleLevel::Warn, .. },
            Signal::Console { level: ConsoleLevel::Error, text: bad, .. },
        ] => {
            assert_eq!(text, "hello 42");
            assert_eq!(bad, "bad thing");
        }
        other => panic!("{other:#?}"),
    }
    // Our wrapping of `fetch` changes nothing: what the page handles stays handled.
    let told = after(&mut page, "#unhandled").await;
    assert!(told.iter().any(|s| matches!(s, Signal::Rejection { message, .. } if message.contains(in_words("Failed to fetch", "NetworkError when attempting to fetch", "Load failed")))), "{told:#?}");
    let told = after(&mut page, "#handled").await;
    assert!(
        !told.iter().any(|s| matches!(s, Signal::Rejection { .. } | Signal::Exception { .. })),
        "{told:#?}"
    );
    holds(&mut page, "fetch.name === 'fetch' && fetch.length === 1 && /native code/.test(fetch)")
        .await;

    page.signals();
    click(&mut page, "#status").await;
    page.look(&Look::at_rest()).await.expect("a look");
    let signals: Vec<Signal> = page.signals().into_iter().map(|o| o.signal).collect();
    let mut statuses: Vec<u16> = signals
        .iter()
        .filter_map(|s| match s {
            Signal::RequestFinished { status, .. } => Some(*status),
            _ => None,
        })
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [404, 500]);
    assert!(signals.iter().any(|s| matches!(s, Signal::RequestStarted { kind: RequestKind::Fetch, method, .. } if method == "GET")), "{signals:#?}");

    let told = after(&mut page, "#abort").await;
    assert!(
        matches!(told.as_slice(), [Signal::RequestFailed { error, .. }] if error.contains(in_words("ERR_ABORTED", "NS_BINDING_ABORTED", "cancelled"))),
        "{told:#?}"
    );
    let told = after(&mut page, "#tab").await;
    assert!(told.iter().any(|s| matches!(s, Signal::TabOpened { .. })), "{told:#?}");
    holds(&mut page, "document.title === 'Signals'").await;
    page.switch_tab(2).await.expect("the new tab");
    holds(&mut page, "document.title === 'opened'").await;
    page.close_tab().await.expect("closed");
    page.signals();
    click(&mut page, "#push").await;
    page.look(&Look::at_rest()).await.expect("a look");
    let navigated = page.signals().into_iter().any(|o| {
        matches!(o.signal, Signal::Navigated { url, document: false } if url.ends_with("/pushed?x=1#there"))
    });
    assert!(navigated);
    page.close().await.expect("closed");
    stage.end().await;
}

#[tokio::test]
async fn dialogs_never_block() {
    let mut stage = Stage::new().await;
    let mut page = stage.page("/signals").await;
    dialogs(&mut page).await;
    // A question at leaving holds nobody back.
    click(&mut page, "#guard").await;
    click(&mut page, "#slow").await;
    holds(&mut page, "document.title === 'slow'").await;
    page.back().await.expect("back");
    click(&mut page, "#guard").await;
    page.goto("/").await.expect("left");
    holds(&mut page, "document.title === 'Fixture'").await;
    page.goto("/signals").await.expect("the page again");
    click(&mut page, "#guard").await;
    page.reload().await.expect("reloaded");
    holds(&mut page, "document.title.length > 0").await;
    click(&mut page, "#guard").await;
    page.back().await.expect("back");
    page.forward().await.expect("forward");
    click(&mut page, "#guard").await;
    page.back().await.expect("back");
    page.close().await.expect("closed");
    stage.end().await;
}

pub(super) async fn dialogs(page: &mut Page<'_>) {
    telling(page);
    let said = async |page: &mut Page<'_>, text: &str| {
        let text = serde_json::to_string(text).expect("a string");
        holds(page, &format!("done.textContent === {text}")).await;
    };
    click(page, "#alert").await;
    said(page, "alerted").await;
    let told = telling(page);
    assert!(
        matches!(told.as_slice(), [Signal::Dialog { message, .. }] if message == "boo"),
        "{told:#?}"
    );
    click(page, "#confirm").await;
    said(page, "yes").await;
    page.answer_next_dialog(&DialogAnswer::Dismiss).await;
    click(page, "#confirm").await;
    said(page, "no").await;
    let text = Some(Template::new("Ada"));
    page.answer_next_dialog(&DialogAnswer::Accept(text)).await;
    click(page, "#prompt").await;
    said(page, "Ada").await;
    click(page, "#later").await;
    let late = Condition::Text(Template::new("late yes"));
    assert_eq!(expect(page, vec![late]).await, Vec::<String>::new());
    page.goto("/alert").await.expect("a page with an alert");
    holds(page, "document.body.innerText.includes('after the alert')").await;
    telling(page);
    page.goto("/signals").await.expect("the page");
}

#[tokio::test]
async fn servers_that_do_not_answer() {
    let mut stage = Stage::new().await;
    let base_url = stage.site.url.clone();
    let options = desirepath::browser::PageOptions {
        base_url,
        load_limit: Duration::from_secs(1),
        ..desirepath::browser::PageOptions::default()
    };
    let mut page = stage.session.open(options).await.expect("a page");
    let error = page.goto("/slow/10000").await.expect_err("no answer");
    assert!(matches!(error, BrowserError::Unanswered { .. }), "{error}");
    assert!(!error.is_infrastructure());
    page.goto("/redirect").await.expect("a redirect");
    holds(&mut page, "location.pathname === '/product/redirected'").await;
    page.close().await.expect("closed");
    stage.end().await;
}
