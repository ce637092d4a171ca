//! The browser floor against a real browser and a fixture site. Each test has one browser and
//! opens a page of its own for each thing that it tries.

mod acts;
mod costs;
mod locators;
mod looks;
mod retype;
mod sessions;
mod signals;
mod strain;
mod uses;

use std::time::Duration;

use desirepath::browser::{
    Aim, Aimed, BrowserKind, Driver, Found, Gesture, Glance, LaunchOptions, Look, NotFound, Page,
    PageOptions, Readiness, Session,
};
use desirepath::journey::{By, Condition, Expectation, Journey, PlanHeader, Target, read};
use desirepath::record::Signal;

use super::site::Site;

/// The browser under test: Chromium, or what `DESIREPATH_TEST_BROWSER` names.
fn kind() -> BrowserKind {
    let named = std::env::var("DESIREPATH_TEST_BROWSER");
    named.map_or(BrowserKind::Chromium, |name| name.parse().expect("a browser that is driven"))
}

/// What the browsers say differently.
fn in_words(chromium: &'static str, firefox: &'static str, webkit: &'static str) -> &'static str {
    match kind() {
        BrowserKind::Chromium => chromium,
        BrowserKind::Firefox => firefox,
        BrowserKind::Webkit => webkit,
    }
}

/// A site and a browser.
struct Stage {
    site: Site,
    driver: Driver,
    session: Session,
}

impl Stage {
    /// A journey as the plan of a calm walk on the site.
    fn plan(&self, text: &str) -> Journey {
        let mut plan = read("plan.yaml", text).expect("a journey");
        plan.plan = Some(PlanHeader {
            seed: 1,
            walk: 0,
            profile: "none".into(),
            pace: "fast".into(),
            base_url: self.site.url.clone(),
            viewport: (1280, 800),
            browser: kind(),
        });
        plan
    }

    async fn new() -> Self {
        Self::with(&LaunchOptions::default()).await
    }

    async fn with(options: &LaunchOptions) -> Self {
        let options = &LaunchOptions { kind: kind(), ..options.clone() };
        let site = Site::start().await;
        let driver = Driver::start(options).await.expect("a driver");
        let session = driver.session().await.expect("a session");
        Self { site, driver, session }
    }

    /// A page on which nothing was opened yet.
    async fn blank(&mut self) -> Page<'_> {
        let options = PageOptions { base_url: self.site.url.clone(), ..PageOptions::default() };
        self.session.open(options).await.expect("a page")
    }

    async fn page(&mut self, path: &str) -> Page<'_> {
        let mut page = self.blank().await;
        page.goto(path).await.expect("a page of the site");
        page
    }

    /// Another session in place of this one. Chromium's driver has it beside the one that hangs;
    /// the others' have one at a time, and so it is another driver's.
    async fn renew(&mut self) {
        if kind() != BrowserKind::Chromium {
            let options = LaunchOptions { kind: kind(), ..LaunchOptions::default() };
            let driver = Driver::start(&options).await.expect("a driver");
            std::mem::replace(&mut self.driver, driver).stop().await;
        }
        let next = self.driver.session().await.expect("a session");
        std::mem::replace(&mut self.session, next).close().await;
    }

    async fn end(self) {
        self.session.close().await;
        self.driver.stop().await;
    }
}

fn css(selector: &str) -> By {
    By::Css(selector.to_owned())
}

async fn aim(page: &mut Page<'_>, target: &Target, readiness: Readiness) -> Glance {
    let look = Look {
        aim: Aim::Element { target, readiness },
        within: Duration::from_millis(1500),
        ..Look::at_rest()
    };
    page.look(&look).await.expect("a look")
}

async fn found(page: &mut Page<'_>, by: By, readiness: Readiness) -> Found {
    match aim(page, &Target::one(by.clone()), readiness).await.aimed {
        Aimed::Found(found) => found,
        other => panic!("{by:?}: {other:?}"),
    }
}

async fn missing(page: &mut Page<'_>, by: By, readiness: Readiness) -> NotFound {
    match aim(page, &Target::one(by.clone()), readiness).await.aimed {
        Aimed::Missing(missing) => missing,
        other => panic!("{by:?}: {other:?}"),
    }
}

async fn click(page: &mut Page<'_>, selector: &str) {
    let button = found(page, css(selector), Readiness::Pointer).await;
    page.click(&button, Gesture::Click).await.expect("a click");
}

/// What does not hold; empty when all does.
async fn expect(page: &mut Page<'_>, all: Vec<Condition>) -> Vec<String> {
    let expectation = Expectation { all, within: None };
    let look = Look {
        aim: Aim::Expectation(&expectation),
        within: Duration::from_millis(1500),
        ..Look::at_rest()
    };
    match page.look(&look).await.expect("a look").aimed {
        Aimed::Holds => Vec::new(),
        Aimed::Fails(why) => why,
        other => panic!("{other:?}"),
    }
}

async fn holds(page: &mut Page<'_>, js: &str) {
    let failing = expect(page, vec![Condition::Js(js.to_owned())]).await;
    if !failing.is_empty() {
        panic!("{failing:?}; the page: {}", page.snapshot().await.expect("a snapshot").text);
    }
}

/// The page's signals that are not about requests and documents.
fn telling(page: &mut Page<'_>) -> Vec<Signal> {
    page.signals()
        .into_iter()
        .map(|observed| observed.signal)
        .filter(|signal| {
            !matches!(
                signal,
                Signal::RequestStarted { .. }
                    | Signal::RequestFinished { .. }
                    | Signal::Navigated { .. }
            )
        })
        .collect()
}
