//! Whole sweeps through the program, in a real browser: what is found, what it is reduced to, and
//! that it can be walked again.

mod faults;
mod guarded;
mod hashed;
mod resume;
mod running;
mod scarce;
mod shards;
mod timed;
mod wicked;

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

use super::site::Site;

/// A run of the program in a folder of its own.
struct Sweep {
    folder: TempDir,
    code: i32,
    said: String,
}

fn desirepath(folder: &Path, args: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_desirepath"))
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .args(args)
        .output()
        .expect("the program starts");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().expect("no signal"), String::from_utf8_lossy(&said).into_owned())
}

/// The same, while this test goes on answering what it asks for.
async fn within(folder: &Path, args: &[&str]) -> (i32, String) {
    let folder = folder.to_owned();
    let args: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
    let run = move || desirepath(&folder, &args.iter().map(String::as_str).collect::<Vec<_>>());
    tokio::task::spawn_blocking(run).await.expect("it ends")
}

async fn sweep(url: &str, journey: &str, profile: &str, args: &[&str]) -> Sweep {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("journey.yaml"), journey).expect("a file");
    fs::write(folder.path().join("profile.yaml"), profile).expect("a file");
    let fixed = ["run", "journey.yaml", "--base-url", url, "--seed", "1", "--out", "out"];
    let (code, said) = within(folder.path(), &[&fixed[..], args].concat()).await;
    Sweep { folder, code, said }
}

impl Sweep {
    /// Runs another command in the same folder.
    async fn then(&self, args: &[&str]) -> (i32, String) {
        within(self.folder.path(), args).await
    }

    fn run(&self) -> PathBuf {
        let out = fs::read_dir(self.folder.path().join("out")).expect("a folder of runs");
        out.last().expect("a run").expect("readable").path()
    }

    fn findings(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.run().join("findings.json")).expect("findings");
        let mut document: Value = serde_json::from_str(&text).expect("JSON");
        serde_json::from_value(document["findings"].take()).expect("a list")
    }
}

const DESK: &str = "journey: desk\nsteps:\n  - visit: /desk\n  - { id: look, click: { role: button, name: Look } }\n  \
    - { id: name, fill: { label: Name, with: Ada } }\n  - { id: town, fill: { label: Town, with: Lyon } }\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_reduced_to_what_it_takes() {
    let site = Site::start().await;
    let journey = format!("{DESK}  - {{ id: save, click: {{ role: button, name: Save }} }}\n");
    let profile = "double_click: 1\ntyping: 1\nscroll: 1\n";
    let swept =
        sweep(&site.url, &journey, profile, &["--walks", "1", "--perturb", "profile.yaml"]).await;
    assert_eq!(swept.code, 1, "{}", swept.said);
    let findings = swept.findings();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    let finding = &findings[0];
    assert_eq!(finding["oracle"], "uncaught_exception");
    assert_eq!(finding["reproduced"]["times"], 2);
    let smallest = &finding["smallest"];
    assert_eq!(smallest["deviations"], serde_json::json!(["double-click at save"]));
    assert_eq!(smallest["steps"], 2, "{smallest:#}");
    let plan = swept.run().join(smallest["plan"].as_str().expect("a path"));
    let plan = plan.to_string_lossy();
    let (code, said) = swept.then(&["replay", &plan, "--out", "again"]).await;
    assert_eq!(code, 1, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_that_changes_is_found_without_any_expectation() {
    let site = Site::start().await;
    let journey = format!("{DESK}  - {{ id: greet, click: {{ role: button, name: Greet }} }}\n");
    let args = ["--walks", "2", "--perturb", "profile.yaml", "--shrink", "0"];
    let swept = sweep(&site.url, &journey, "paste: 1\n", &args).await;
    assert_eq!(swept.code, 1, "{}", swept.said);
    let findings = swept.findings();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(findings[0]["oracle"], "outcome");
    let title = findings[0]["title"].as_str().expect("a title");
    assert!(title.contains("paste") && title.contains("Good morning, Ada!"), "{title}");
    // Typing changes nothing: the same journey is silent.
    let swept = sweep(&site.url, &journey, "typing: 1\nscroll: 1\npause: 0.2\n", &args).await;
    assert_eq!(swept.code, 0, "{}", swept.said);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_roaming_did_can_be_walked_again() {
    let site = Site::start().await;
    let journey = "journey: wander\nsteps:\n  - visit: /desk\n  - roam: 12\n";
    let swept = sweep(&site.url, journey, "", &["--perturb", "none"]).await;
    // Twelve moves press Save twice.
    assert_eq!(swept.code, 1, "{}", swept.said);
    let plan = fs::read_to_string(swept.run().join("walks/wander.calm-0.yaml")).expect("a plan");
    assert!(plan.contains("roam-1") && !plan.contains("roam:"), "{plan}");
    let finding = &swept.findings()[0];
    assert!(finding["title"].as_str().is_some_and(|t| t.contains("saved already")), "{finding:#}");
    assert_eq!(finding["reproduced"]["times"], finding["reproduced"]["of"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_pages_offer_and_nobody_uses_is_listed() {
    let site = Site::start().await;
    let journey = "journey: forms\nsteps:\n  - visit: /\n  - go: /forms\n";
    let swept = sweep(&site.url, journey, "", &["--perturb", "none"]).await;
    assert_eq!(swept.code, 0, "{}", swept.said);
    let visits = (0..6).map(|user| {
        format!("u{user},2026-10-01T10:00:00Z,/\nu{user},2026-10-01T10:00:09Z,/forms\n")
    });
    let export = format!("user,time,url\n{}", visits.collect::<String>());
    fs::write(swept.folder.path().join("visits.csv"), export).expect("an export");
    let map = ["import", "visits.csv", "--map", "user=user,time=time,url=url", "--out", "learned"];
    let (code, said) = swept.then(&map).await;
    assert_eq!(code, 0, "{said}");
    let run = swept.run();
    let coverage = ["coverage", &*run.to_string_lossy(), "--model", "learned/usage.yaml"];
    let (code, said) = swept.then(&coverage).await;
    assert_eq!(code, 0, "{said}");
    // The model knows pages only, so of the first page's elements its three links count.
    let (_, offered) =
        said.split_once("what pages offer and fewer than 5 users use").expect("told");
    for idle in ["/: click link “Blue mug”", "/: click link “Slow page”"] {
        assert!(offered.contains(idle), "{said}");
    }
    assert!(!offered.contains("“Forms”") && !offered.contains("Add to cart"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_names_the_service_and_what_was_said_otherwise_before() {
    let site = Site::start().await;
    let journey = "journey: till\nsteps:\n  - visit: /till\n  \
        - { id: coupon, click: { role: button, name: Use coupon } }\n  \
        - expect: { text: coupon used }\n  - { id: pay, click: { role: button, name: Pay } }\n";
    let args = ["--walks", "1", "--perturb", "profile.yaml", "--shrink", "0"];
    let swept = sweep(&site.url, journey, "double_click: 1\n", &args).await;
    assert_eq!(swept.code, 1, "{}", swept.said);
    let findings = swept.findings();
    let finding = findings.iter().find(|f| f["oracle"] == "http_5xx").expect("a 500");
    assert_eq!(finding["service"], "/api/pay");
    let exchanges = finding["exchanges"].as_array().expect("exchanges");
    let at = |service: &str| exchanges.iter().find(|e| e["service"] == service).expect("told");
    let pay = at("/api/pay");
    assert_eq!((&pay["failed"], &pay["status"]), (&true.into(), &500.into()));
    assert_eq!(pay["sent"], "{ cart: { discount: { code: text }, lines: [{ n: number }] } }");
    let cart = at("/api/cart");
    let changes = serde_json::json!([
        { "path": "discount_cents", "change": "gone" }, { "path": "discount", "change": "new" },
    ]);
    assert_eq!(cart["answer_changes"], changes, "{cart:#}");
    assert!(swept.said.contains("incompatible: discount_cents is gone, discount is new"));
    let journal = fs::read_to_string(swept.run().join("events.jsonl")).expect("a journal");
    assert!(!journal.contains("TEN"), "values stay where they are");
    // A replay of the walk knows what the run has learned.
    let plan = swept.run().join(finding["plan"].as_str().expect("a path"));
    let plan = plan.to_string_lossy();
    let (code, said) = swept.then(&["replay", &plan, "--out", "again"]).await;
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("incompatible: discount_cents is gone"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_finds_its_place_again_and_says_so() {
    let site = Site::start().await;
    let swept = sweep(&site.url, DESK, "", &["--perturb", "none"]).await;
    assert_eq!(swept.code, 0, "{}", swept.said);
    let plan = fs::read_to_string(swept.run().join("walks/desk.calm-0.yaml")).expect("a plan");
    let replay = async |text: String, args: &[&str]| {
        fs::write(swept.folder.path().join("plan.yaml"), text).expect("a file");
        swept.then(&[&["replay", "plan.yaml", "--out", "again"], args].concat()).await
    };
    // The plan knows the page as it may have been once.
    let reworded = plan.replace("name: Look", "name: Please look");
    assert_ne!(reworded, plan);
    let (code, said) = replay(reworded.clone(), &[]).await;
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("no button “Please look”; the nearest is"), "{said}");
    assert!(said.contains("1 walk re-synchronised"), "{said}");
    let (code, said) = replay(reworded, &["--strict"]).await;
    assert_eq!(code, 1, "{said}");
    let gone = plan.replace("name: Look", "name: Accept all cookies");
    let (code, said) = replay(gone, &[]).await;
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("step `name` can be done already"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn barriers_are_searched_for_where_somebody_asks() {
    let site = Site::start().await;
    let journey =
        "journey: strict\nsteps:\n  - visit: /barriers\n  - { id: on, click: { css: '#go' } }\n";
    let swept = sweep(&site.url, journey, "", &["--perturb", "none"]).await;
    assert_eq!((swept.code, swept.findings().len()), (0, 0), "{}", swept.said);
    let searched = async |level: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let config = format!("oracles: {{ accessibility: {level} }}\n");
        fs::write(folder.path().join("desirepath.yaml"), config).expect("a file");
        fs::write(folder.path().join("journey.yaml"), journey).expect("a file");
        let args =
            ["run", "journey.yaml", "--base-url", &site.url, "--perturb", "none", "--out", "out"];
        let (code, said) = within(folder.path(), &args).await;
        Sweep { folder, code, said }
    };
    let swept = searched("warn").await;
    assert_eq!(swept.code, 0, "{}", swept.said);
    let findings = swept.findings();
    let signatures: Vec<&str> = findings.iter().filter_map(|f| f["signature"].as_str()).collect();
    assert_eq!(signatures, ["accessibility: label /barriers"], "{findings:#?}");
    let message = findings[0]["message"].as_str().expect("a message");
    assert!(message.contains("dequeuniversity.com") && message.contains("#who"), "{message}");
    assert_eq!((&findings[0]["noise"], &findings[0]["severity"]), (&false.into(), &"warn".into()));
    let swept = searched("{ /barriers: fail }").await;
    assert_eq!(swept.code, 1, "{}", swept.said);
    assert_eq!(swept.findings()[0]["reproduced"]["times"], 2, "{}", swept.said);
}
