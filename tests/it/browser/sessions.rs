//! Drivers and sessions: isolation, marks, what is left behind, and what is said without BiDi.

use std::time::{Duration, Instant};

use desirepath::browser::{
    BrowserError, BrowserKind, Driver, Gesture, LaunchOptions, Look, PageOptions, Protocol,
    Readiness,
};
use desirepath::record::Signal;

use super::signals::dialogs;
use super::{Stage, click, css, found, holds, in_words, kind, telling};

#[tokio::test]
async fn pages_share_nothing_and_are_marked() {
    let mut stage = Stage::new().await;
    assert!(stage.session.browser().starts_with(in_words("Chromium ", "Firefox ", "WebKitGTK ")));
    let mut page = stage.page("/cookie").await;
    holds(&mut page, "document.cookie === 'who=me' && (localStorage.x = 1)").await;
    page.close().await.expect("closed");
    let mut page = stage.page("/").await;
    holds(&mut page, "document.cookie === '' && localStorage.x === undefined").await;
    drop(page);
    // A page that was only dropped is removed too.
    let options = PageOptions {
        base_url: stage.site.url.clone(),
        headers: vec![("X-Desirepath".into(), "walk".into())],
        ..PageOptions::default()
    };
    let mut page = stage.session.open(options).await.expect("a page");
    page.goto("/agent").await.expect("a page");
    let text = page.snapshot().await.expect("a snapshot").text;
    let mark = concat!("desirepath/", env!("CARGO_PKG_VERSION"));
    // A header of our own needs a fence, which only Chromium has; WebKit's name stays as it is.
    let header = in_words("| walk", "| -", "| -");
    let named = text.contains(mark) == (kind() != BrowserKind::Webkit);
    let is_marked = named && text.trim_end().ends_with(header);
    assert!(is_marked && !text.contains("Headless"), "{text}");
    let png = page.screenshot().await.expect("a picture");
    assert_eq!(&png[1..4], b"PNG");
    let lost: Vec<&str> = page.lost().iter().map(String::as_str).collect();
    match kind() {
        BrowserKind::Chromium => assert!(lost.is_empty(), "{lost:?}"),
        BrowserKind::Firefox => {
            // Older versions lack an event beside.
            for what in ["layout shifts", "page crashes", "holding walks on the application's"] {
                assert!(lost.iter().any(|lost| lost.contains(what)), "{what}: {lost:?}");
            }
        }
        BrowserKind::Webkit => {
            for what in ["requests, navigations", "isolation by", "the mark in the user agent"] {
                assert!(lost.iter().any(|lost| lost.contains(what)), "{what}: {lost:?}");
            }
        }
    }
    page.close().await.expect("closed");
    stage.end().await;
}

/// The processes of a group that live.
fn processes_in(group: u32) -> usize {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let fields = |stat: &str| -> Option<(String, u32)> {
        // The name before may hold anything, but it ends with the last bracket.
        let mut fields = stat.rsplit_once(") ")?.1.split(' ');
        Some((fields.next()?.to_owned(), fields.nth(1)?.parse().ok()?))
    };
    entries
        .filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok())
        .filter_map(|stat| fields(&stat))
        .filter(|(state, its)| *its == group && state != "Z")
        .count()
}

fn wait_until_gone(group: u32) {
    let until = Instant::now() + Duration::from_secs(5);
    while processes_in(group) > 0 {
        assert!(Instant::now() < until, "{} processes live on", processes_in(group));
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn nothing_outlives_a_dropped_session_and_driver() {
    // The group is its own, because the other tests' browsers run beside.
    let mut stage = Stage::new().await;
    let driver_id = stage.driver.process_group().expect("a driver of our own");
    let page = stage.page("/").await;
    drop(page);
    assert!(processes_in(driver_id) > 1);
    drop(stage);
    wait_until_gone(driver_id);
    assert!(!std::path::Path::new(&format!("/proc/{driver_id}/exe")).exists());
}

#[tokio::test]
async fn a_dead_driver_is_infrastructure() {
    let mut stage = Stage::new().await;
    let id = stage.driver.process_group().expect("a driver of our own");
    let mut page = stage.page("/").await;
    let pid = nix::unistd::Pid::from_raw(i32::try_from(id).expect("a process id"));
    nix::sys::signal::killpg(pid, nix::sys::signal::Signal::SIGKILL).expect("ended");
    let error = page.look(&Look::at_rest()).await.expect_err("lost");
    assert!(error.is_infrastructure(), "{error}");
    assert!(matches!(error, BrowserError::SessionLost(_)), "{error}");
    drop(page);
    assert!(!stage.session.is_usable());
    stage.end().await;

    let nobody = LaunchOptions {
        kind: kind(),
        webdriver: Some("http://127.0.0.1:1/".into()),
        ..LaunchOptions::default()
    };
    let driver = Driver::start(&nobody).await.expect("an endpoint");
    let error = driver.session().await.expect_err("nobody there");
    assert!(matches!(error, BrowserError::EndpointSilent { .. }), "{error}");
    assert!(error.is_infrastructure());
}

#[tokio::test]
async fn without_bidi_everything_but_the_network_is_there() {
    let options = LaunchOptions { protocol: Protocol::Classic, ..LaunchOptions::default() };
    let mut stage = Stage::with(&options).await;
    assert!(stage.session.lost().iter().any(|what| what.contains("no BiDi")));
    let mut page = stage.page("/signals").await;
    dialogs(&mut page).await;
    telling(&mut page);
    page.look(&Look::at_rest()).await.expect("a look");
    for button in ["#throw", "#reject", "#log"] {
        click(&mut page, button).await;
    }
    page.look(&Look::at_rest()).await.expect("a look");
    let told = telling(&mut page);
    assert!(
        matches!(
            told.as_slice(),
            [
                Signal::Exception { .. },
                Signal::Rejection { .. },
                Signal::Console { .. },
                Signal::Console { .. },
                Signal::Console { .. }
            ]
        ),
        "{told:#?}"
    );
    page.goto("/cookie").await.expect("a page");
    holds(&mut page, "document.cookie === 'who=me' && (localStorage.x = 1)").await;
    page.close().await.expect("closed");
    let mut page = stage.page("/").await;
    holds(
        &mut page,
        "document.cookie === '' && localStorage.x === undefined && innerWidth === 1280",
    )
    .await;
    page.new_tab(Some("/forms")).await.expect("a tab");
    let field = found(&mut page, css("#name"), Readiness::Editable).await;
    page.fill(&field, "Ada").await.expect("filled");
    holds(&mut page, "document.getElementById('name').value === 'Ada'").await;
    page.switch_tab(1).await.expect("the first tab");
    let add = found(&mut page, css("#add"), Readiness::Pointer).await;
    page.click(&add, Gesture::Click).await.expect("a click");
    holds(&mut page, "count.textContent === '1'").await;
    page.close().await.expect("closed");
    stage.end().await;
}
