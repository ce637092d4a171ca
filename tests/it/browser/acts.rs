//! Every act, by its effect in the page.

use std::time::Duration;

use desirepath::browser::{BrowserError, Gesture, Network, Page, Readiness, Why};
use desirepath::journey::{By, ScrollTo};

use super::{Stage, click, css, found, holds, missing};

async fn fill(page: &mut Page<'_>, id: &str, text: &str) {
    let field = found(page, css(&format!("#{id}")), Readiness::Editable).await;
    page.fill(&field, text).await.expect("filled");
}

async fn value(page: &mut Page<'_>, id: &str, is: &str) {
    let is = serde_json::to_string(is).expect("a string");
    holds(page, &format!("document.getElementById('{id}').value === {is}")).await;
}

#[tokio::test]
async fn fields_hold_exactly_what_was_put_in() {
    let mut stage = Stage::new().await;
    let mut page = stage.page("/forms").await;
    for text in [
        "Ada Lovelace",
        "it's \"q\" \\ <b>",
        "🙂 smile",
        "שלום עולם",
        "  spaces  ",
        "Ünïcode é",
        "",
    ] {
        fill(&mut page, "name", text).await;
        value(&mut page, "name", text).await;
    }
    let long = "x".repeat(5000);
    fill(&mut page, "name", &long).await;
    value(&mut page, "name", &long).await;
    fill(&mut page, "name", "two\nlines").await;
    value(&mut page, "name", "twolines").await;
    fill(&mut page, "short", "123456789").await;
    value(&mut page, "short", "12345").await;
    fill(&mut page, "short", "Zoé").await;
    holds(&mut page, "log.textContent.endsWith(':Zoé;')").await;
    fill(&mut page, "short", "Ada").await;
    holds(&mut page, "log.textContent.endsWith('a:KeyA:65:Ada;')").await;
    // A page that holds a key back has its way.
    fill(&mut page, "picky", "12").await;
    value(&mut page, "picky", "1").await;
    fill(&mut page, "short", "🙂12345").await;
    holds(&mut page, "document.getElementById('short').value.length <= 5").await;
    fill(&mut page, "notes", "first\nsecond").await;
    value(&mut page, "notes", "first\nsecond").await;
    for (id, text) in
        [("day", "2026-02-28"), ("amount", "12.5"), ("volume", "7"), ("colour", "#aabbcc")]
    {
        fill(&mut page, id, text).await;
        value(&mut page, id, text).await;
    }
    holds(&mut page, "log.textContent.includes('change:day;')").await;
    fill(&mut page, "editor", "poor 🙂").await;
    holds(&mut page, "document.getElementById('editor').innerText.trim() === 'poor 🙂'").await;

    let field = found(&mut page, css("#name"), Readiness::Editable).await;
    page.clear(&field).await.expect("cleared");
    value(&mut page, "name", "").await;
    page.type_keys(Some(&field), "slow", Some(Duration::from_millis(5))).await.expect("typed");
    page.type_keys(None, "er", None).await.expect("typed");
    value(&mut page, "name", "slower").await;
    page.press("Control+A").await.expect("pressed");
    page.press("Backspace").await.expect("pressed");
    value(&mut page, "name", "").await;
    page.paste(&field, "pasted 🙂").await.expect("pasted");
    value(&mut page, "name", "pasted 🙂").await;
    holds(&mut page, "log.textContent.includes('paste:9;')").await;

    let why = missing(&mut page, css("#locked"), Readiness::Editable).await.why;
    assert_eq!(why, Why::ReadOnly);
    let why = missing(&mut page, css("#off"), Readiness::Editable).await.why;
    assert_eq!(why, Why::Disabled);
    page.close().await.expect("closed");
    stage.end().await;
}

#[tokio::test]
async fn a_page_hears_the_keys_of_a_keyboard() {
    let mut stage = Stage::new().await;
    let mut page = stage.page("/forms").await;
    let listen = "(() => { window.heard = []; for (const kind of ['keydown', 'keypress', 'keyup']) \
        addEventListener(kind, (e) => heard.push([kind.slice(3), e.key, e.code, e.keyCode, \
        e.isTrusted && 'own', e.ctrlKey && 'ctrl', e.shiftKey && 'shift'].filter(Boolean).join(' '))); \
        return true; })()";
    holds(&mut page, listen).await;
    found(&mut page, css("#name"), Readiness::Press).await;
    let mut hears = async |chord: &str, heard: &[&str]| {
        page.press(chord).await.expect("pressed");
        let heard = serde_json::to_string(&heard.join(", ")).expect("a string");
        holds(&mut page, &format!("heard.splice(0).join(', ') === {heard}")).await;
    };
    hears("a", &["down a KeyA 65 own", "press a KeyA 97 own", "up a KeyA 65 own"]).await;
    hears("?", &["down ? Slash 191 own", "press ? Slash 63 own", "up ? Slash 191 own"]).await;
    hears(
        "Control+A",
        &[
            "down Control ControlLeft 17 own ctrl",
            "down a KeyA 65 own ctrl",
            "up a KeyA 65 own ctrl",
            "up Control ControlLeft 17 own",
        ],
    )
    .await;
    hears("Delete", &["down Delete Delete 46 own", "up Delete Delete 46 own"]).await;
    hears(
        "Shift+B",
        &[
            "down Shift ShiftLeft 16 own shift",
            "down B KeyB 66 own shift",
            "press B KeyB 66 own shift",
            "up B KeyB 66 own shift",
            "up Shift ShiftLeft 16 own",
        ],
    )
    .await;
    hears("ArrowLeft", &["down ArrowLeft ArrowLeft 37 own", "up ArrowLeft ArrowLeft 37 own"]).await;
    value(&mut page, "name", "B").await;
    page.type_keys(None, "1é;", Some(Duration::from_millis(5))).await.expect("typed");
    value(&mut page, "name", "1é;B").await;
    page.close().await.expect("closed");
    stage.end().await;
}

#[tokio::test]
async fn controls_pointer_and_keyboard() {
    let mut stage = Stage::new().await;
    let mut page = stage.page("/forms").await;
    let list = found(&mut page, By::Label("Size".into()), Readiness::Selectable).await;
    page.select(&list, "Large").await.expect("chosen");
    value(&mut page, "size", "l").await;
    let error = page.select(&list, "Huge").await.expect_err("no such option");
    assert_eq!(
        error,
        BrowserError::NoOption {
            option: "Huge".into(),
            there: vec!["Small".into(), "Large".into()]
        }
    );
    assert!(!error.is_infrastructure());

    for (label, id) in [("Terms", "terms"), ("Fancy box", "fancy")] {
        for _ in 0..2 {
            let found = found(&mut page, By::Label(label.into()), Readiness::Pointer).await;
            page.check(&found).await.expect("ticked");
            holds(&mut page, &format!("document.getElementById('{id}').checked")).await;
        }
        let found = found(&mut page, By::Label(label.into()), Readiness::Pointer).await;
        page.uncheck(&found).await.expect("unticked");
        holds(&mut page, &format!("!document.getElementById('{id}').checked")).await;
    }

    let file = found(&mut page, css("#file"), Readiness::Present).await;
    let path = std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    page.upload(&file, &[path]).await.expect("uploaded");
    holds(&mut page, "document.getElementById('file').files[0].name === 'Cargo.toml'").await;

    for (selector, gesture, told) in [
        ("#hover", Gesture::Hover, "hovered"),
        ("#dbl", Gesture::Double, "doubled"),
        ("#ctx", Gesture::Right, "context"),
    ] {
        let element = found(&mut page, css(selector), Readiness::Hover).await;
        page.click(&element, gesture).await.expect("a gesture");
        holds(&mut page, &format!("log.textContent.includes('{told};')")).await;
    }

    let sink = found(&mut page, css("#sink"), Readiness::Hover).await;
    let source = found(&mut page, css("#source"), Readiness::Hover).await;
    page.drag(&source, &sink).await.expect("dragged");
    holds(&mut page, "log.textContent.includes('drop:cargo;')").await;

    click(&mut page, "#far").await;
    holds(&mut page, "log.textContent.includes('far;') && scrollY > 1000").await;
    page.scroll(&ScrollTo::Top).await.expect("scrolled");
    holds(&mut page, "scrollY === 0").await;
    page.scroll(&ScrollTo::By(250)).await.expect("scrolled");
    holds(&mut page, "scrollY === 250").await;
    page.scroll(&ScrollTo::Bottom).await.expect("scrolled");
    holds(&mut page, "scrollY > 1000").await;

    page.resize(500, 400).await.expect("resized");
    holds(&mut page, "innerWidth === 500 && innerHeight === 400").await;

    let field = found(&mut page, css("#name"), Readiness::Press).await;
    assert_eq!(field.input.as_deref(), Some("text"));
    page.press("Enter").await.expect("pressed");
    holds(&mut page, "location.pathname === '/product/sent'").await;
    assert!(matches!(page.press("Hyper+X").await, Err(BrowserError::UnknownKey { .. })));
    page.close().await.expect("closed");
    stage.end().await;
}

#[tokio::test]
async fn the_browsers_own_buttons_and_tabs() {
    let mut stage = Stage::new().await;
    let mut page = stage.page("/").await;
    page.goto("/product/one").await.expect("a page");
    page.back().await.expect("back");
    holds(&mut page, "document.title === 'Fixture'").await;
    page.forward().await.expect("forward");
    holds(&mut page, "document.title === 'one'").await;
    page.reload().await.expect("reloaded");
    holds(&mut page, "document.title === 'one'").await;

    page.new_tab(Some("/product/two")).await.expect("a tab");
    holds(&mut page, "document.title === 'two' && innerWidth === 1280").await;
    page.switch_tab(1).await.expect("the first tab");
    holds(&mut page, "document.title === 'one'").await;
    page.switch_tab(2).await.expect("the second tab");
    page.close_tab().await.expect("closed");
    holds(&mut page, "document.title === 'one'").await;
    assert_eq!(page.switch_tab(2).await, Err(BrowserError::NoTab { number: 2, open: 1 }));

    page.goto("/cookie").await.expect("a page");
    holds(&mut page, "document.cookie === 'who=me'").await;
    page.expire_session().await.expect("expired");
    holds(&mut page, "document.cookie === ''").await;

    page.set_network(Network::Offline).await.expect("offline");
    holds(&mut page, "navigator.onLine === false").await;
    assert!(matches!(page.goto("/").await, Err(BrowserError::Unreachable { .. })));
    page.set_network(Network::Online).await.expect("online");
    page.goto("/").await.expect("the site");
    page.close().await.expect("closed");
    stage.end().await;
}
