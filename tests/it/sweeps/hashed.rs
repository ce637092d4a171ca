//! An application that routes in the fragment, the whole way: its export, its journeys, its walks.

use std::fs;

use super::{Site, sweep, within};

const CALM: [&str; 4] = ["--perturb", "none", "--users", "1"];

#[tokio::test(flavor = "multi_thread")]
async fn a_page_behind_a_hash_is_a_page_of_its_own() {
    let site = Site::start().await;
    let journey = "journey: hashed\nsteps:\n  - visit: /hashed\n  - expect: { url: /hashed }\n  \
        - go: /hashed#/product/:slug\n  - expect: { url: /hashed#/product/blue-mug, text: blue mug }\n  \
        - click: Add to cart\n  - click: Top\n  - go: /hashed#/cart\n  - expect: { url: /hashed/#/cart, text: 1 in it }\n  \
        - back\n  - back\n  - expect: { url: /hashed#/product/:slug }\n  \
        - visit: /hashed#/thanks\n  - expect: { url: \"#/thanks\", text: Thank you }\n";
    let swept = sweep(&site.url, journey, "", &CALM).await;
    assert_eq!(swept.code, 0, "{}", swept.said);
    let wrong = "journey: wrong\nsteps:\n  - visit: /hashed#/cart\n  - expect: { url: /hashed, within: 500ms }\n";
    let swept = sweep(&site.url, wrong, "", &CALM).await;
    assert_eq!(swept.code, 1, "{}", swept.said);
    let title = swept.findings()[0].to_string();
    assert!(title.contains("expected the address /hashed, but it is /hashed#/cart"), "{title}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_export_tells_of_it_can_be_walked() {
    let site = Site::start().await;
    let mut export = String::from("user,time,url\n");
    for user in 0..9 {
        let pages = ["#/", "#top", "#/product/blue-mug?from=list", "#/cart", "#/thanks?order=17"];
        for (second, page) in pages.into_iter().enumerate() {
            export += &format!(
                "u{user},2026-10-01 12:0{user}:0{second},https://shop.example/hashed{page}\n"
            );
        }
    }
    let swept = sweep(&site.url, "journey: none\nsteps:\n  - visit: /hashed\n", "", &CALM).await;
    let folder = swept.folder.path();
    fs::write(folder.join("export.csv"), export).expect("a file");
    let (code, said) = within(folder, &["import", "export.csv", "--out", "learned"]).await;
    assert_eq!(code, 0, "{said}");
    for told in ["/hashed#/cart", "/hashed#/product/blue-mug", "/hashed#/thanks"] {
        assert!(said.contains(told), "{told}: {said}");
    }
    for hidden in ["order=", "from=", "#top", "/hashed#/ "] {
        assert!(!said.contains(hidden), "{hidden}: {said}");
    }
    let (code, said) = within(folder, &["check", "learned/journeys"]).await;
    assert_eq!(code, 0, "{said}");
    let run =
        ["run", "learned/journeys", "--base-url", &site.url, "--seed", "1", "--out", "walked"];
    let (code, said) = within(folder, &[&run[..], &CALM].concat()).await;
    assert_eq!(code, 0, "{said}");
}
