//! The browser floor against a real browser and a fixture site.

use std::time::{Duration, Instant};

use desirepath::browser::{
    Aim, Aimed, Driver, Found, Gesture, Glance, LaunchOptions, Look, Page, PageOptions, Readiness,
};
use desirepath::journey::{By, Locator, Target};

use super::site::Site;

fn target(by: By) -> Target {
    Target::one(by)
}

async fn aim(page: &mut Page<'_>, target: &Target, readiness: Readiness) -> Glance {
    let look = Look {
        aim: Aim::Element { target, readiness },
        within: Duration::from_secs(2),
        ..Look::at_rest()
    };
    page.look(&look).await.expect("a look")
}

async fn found(page: &mut Page<'_>, by: By, readiness: Readiness) -> Found {
    match aim(page, &target(by.clone()), readiness).await.aimed {
        Aimed::Found(found) => found,
        other => panic!("{by:?}: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_step() {
    let site = Site::start().await;
    let t = Instant::now();
    let driver = Driver::start(&LaunchOptions::default()).await.expect("a driver");
    eprintln!("driver {:?}", t.elapsed());
    let mut session = driver.session().await.expect("a session");
    eprintln!("session {:?} {} lost {:?}", t.elapsed(), session.browser(), session.lost());
    let options = PageOptions { base_url: site.url.clone(), ..PageOptions::default() };
    let mut page = session.open(options).await.expect("a page");
    eprintln!("page {:?} lost {:?}", t.elapsed(), page.lost());
    page.goto("/").await.expect("the site");
    eprintln!("goto {:?}", t.elapsed());
    for _ in 0..10 {
        let t = Instant::now();
        let add = found(
            &mut page,
            By::Role { role: "button".into(), name: Some("Add to cart".into()) },
            Readiness::Pointer,
        )
        .await;
        let looked = t.elapsed();
        page.click(&add, Gesture::Click).await.expect("a click");
        eprintln!("look {looked:?} + click {:?}", t.elapsed() - looked);
    }
    let g = page.look(&Look::at_rest()).await.expect("a look");
    eprintln!("{g:?}");
    eprintln!("{:#?}", page.signals());
    eprintln!("{:?}", page.snapshot().await);
    let t = Instant::now();
    page.close().await.expect("closed");
    eprintln!("closed {:?}", t.elapsed());
    session.close().await;
    driver.stop().await;
    eprintln!("stopped {:?}", t.elapsed());
    let _ = Locator::new(By::Text(String::new()));
}
