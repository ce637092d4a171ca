//! Every way to find an element, and what is said when there is none.

use desirepath::browser::{Aim, Aimed, Gesture, Look, Readiness, Why};
use desirepath::journey::{By, Locator, Target};
use desirepath::route::Route;

use super::{Stage, aim, css, found, holds, missing};

fn role(role: &str, name: &str) -> By {
    By::Role { role: role.into(), name: Some(name.into()) }
}

#[tokio::test]
async fn every_kind_of_locator_finds_its_element() {
    let mut stage = Stage::new().await;
    let mut page = stage.page("/locators").await;
    let ways: Vec<(By, &str)> = vec![
        (role("button", "Save"), "save"),
        (role("button", "save all"), "save-all"),
        (role("link", "Lamp"), "link"),
        (role("textbox", "Email address"), "email"),
        (role("searchbox", "Search the shop"), "aria"),
        (role("img", "mug"), "picture"),
        (role("button", "Send order"), "send"),
        (role("heading", "Special offers"), "head"),
        (role("tab", "Details"), "tab"),
        (By::Role { role: "heading".into(), name: None }, "head"),
        (By::Label("Email address".into()), "email"),
        (By::Label("nickname".into()), "nick"),
        (By::Label("Search".into()), "aria"),
        (By::Label("Street".into()), "street"),
        (By::Text("Save".into()), "save"),
        (By::Text("In the cart: 3".into()), "split"),
        (By::Text("Send order".into()), "send"),
        (By::Placeholder("you@example.org".into()), "email"),
        (By::Alt("blue mug".into()), "picture"),
        (By::Title("bright".into()), "link"),
        (By::TestId("qa-one".into()), "qa"),
        (By::TestId("cy-one".into()), "cy"),
        (css("li.row"), "r1"),
        (By::Xpath("//li[2]".into()), "r2"),
        (role("button", "In the shadow"), "shadow"),
        (css("#shadow"), "shadow"),
        (By::Text("Inside frame".into()), "inside"),
        (By::Label("Framed field".into()), "framed-field"),
    ];
    for (by, id) in ways {
        let element = found(&mut page, by.clone(), Readiness::Press).await;
        let here = found(&mut page, css(&format!("#{id}")), Readiness::Press).await;
        assert_eq!(element.rect, here.rect, "{by:?}");
    }
    page.close().await.expect("closed");

    let mut page = stage.page("/locators").await;
    // Within frames and shadow roots the point is the top viewport's.
    let inside = found(&mut page, By::Text("Inside frame".into()), Readiness::Pointer).await;
    page.click(&inside, Gesture::Click).await.expect("a click");
    holds(&mut page, "document.title === 'framed'").await;
    let shadow = found(&mut page, css("#shadow"), Readiness::Pointer).await;
    page.click(&shadow, Gesture::Click).await.expect("a click");
    holds(&mut page, "document.title === 'shadowed'").await;

    // Alternatives in their order, numbers and exactness.
    let target =
        Target::new(vec![Locator::new(By::TestId("gone".into())), Locator::new(css("#save"))]);
    let glance = aim(&mut page, &target.expect("alternatives"), Readiness::Pointer).await;
    assert!(
        matches!(&glance.aimed, Aimed::Found(f) if f.alternative == 1 && f.by == "css `#save`")
    );
    let third = Locator { nth: Some(2), ..Locator::new(css("li.row")) };
    let target = Target::new(vec![third]).expect("an alternative");
    let glance = aim(&mut page, &target, Readiness::Pointer).await;
    assert!(matches!(&glance.aimed, Aimed::Found(f) if f.name == "two"), "{glance:?}");
    let exact = Locator { exact: true, ..Locator::new(By::Text("save".into())) };
    let target = Target::new(vec![exact]).expect("an alternative");
    let glance = aim(&mut page, &target, Readiness::Pointer).await;
    assert!(matches!(&glance.aimed, Aimed::Missing(m) if m.why == Why::Absent));

    // What is not there is said with what is nearest.
    let why = missing(&mut page, role("button", "Sava al"), Readiness::Pointer).await;
    assert_eq!((why.why, why.near[0].as_str()), (Why::Absent, "Save all"));
    let why = missing(&mut page, role("link", "Save all"), Readiness::Pointer).await;
    assert_eq!(why.near[0], "Save all (button)", "another role is said");
    let why = missing(&mut page, role("tab", "Reviews"), Readiness::Pointer).await;
    assert_eq!(why.near, ["Details"], "what there is of the role");
    let why = missing(&mut page, css("li["), Readiness::Pointer).await;
    assert!(matches!(why.why, Why::Unsearchable(_)), "{why}");

    // A link by the route that it leads to.
    let route = Route::parse("/product/:slug").expect("a route");
    let look = Look { aim: Aim::Link(&route), ..Look::at_rest() };
    let Aimed::Found(link) = page.look(&look).await.expect("a look").aimed else {
        panic!("a link")
    };
    page.click(&link, Gesture::Click).await.expect("a click");
    holds(&mut page, "location.pathname === '/product/lamp'").await;
    page.close().await.expect("closed");
    stage.end().await;
}

#[tokio::test]
async fn an_element_is_used_only_when_a_person_could() {
    let mut stage = Stage::new().await;
    let mut page = stage.page("/ready").await;
    let button = |name: &str| role("button", name);
    for name in ["Moving", "Enabling", "Soon free", "Late comer", "See-through"] {
        let element = found(&mut page, button(name), Readiness::Pointer).await;
        page.click(&element, Gesture::Click).await.expect("a click");
    }
    holds(&mut page, "document.title === 'moved'").await;
    let mut why = async |by: By| missing(&mut page, by, Readiness::Pointer).await.why;
    assert_eq!(why(button("Restless")).await, Why::Moving);
    assert_eq!(why(button("Disabled")).await, Why::Disabled);
    assert_eq!(why(button("Aria off")).await, Why::Disabled);
    assert_eq!(why(css("button[style*=hidden]")).await, Why::Hidden);
    assert_eq!(
        why(button("Under")).await,
        Why::Covered("<div#cover> “Please accept cookies”".to_owned())
    );
    // What cannot be pressed can be hovered over, unless it is covered.
    found(&mut page, button("Disabled"), Readiness::Hover).await;
    page.close().await.expect("closed");
    stage.end().await;
}
