//! A sweep that is ended in the middle, and goes on as if it had not been.

use std::fs;
use std::io::Write;

use desirepath::record::{Run, SweepEnd, journal};
use nix::sys::signal::Signal;

use super::running::{Yard, closed, essence, is_continued, wait_for};
use crate::site::Site;

/// Saving twice throws; greeting after a paste says another name.
pub(super) const JOURNEYS: [(&str, &str); 3] = [
    (
        "save.yaml",
        "journey: save\nsteps:\n  - visit: /desk\n  - { id: look, click: { role: button, name: Look } }\n  \
         - { id: save, click: { role: button, name: Save } }\n",
    ),
    (
        "greet.yaml",
        "journey: greet\nsteps:\n  - visit: /desk\n  - { id: name, fill: { label: Name, with: Ada } }\n  \
         - { id: greet, click: { role: button, name: Greet } }\n",
    ),
    ("profile.yaml", "double_click: 0.7\npaste: 0.7\nscroll: 0.5\n"),
];

pub(super) fn order(url: &str) -> Vec<&str> {
    let fixed =
        ["run", "save.yaml", "greet.yaml", "--base-url", url, "--seed", "3", "--walks", "6"];
    let more = ["--users", "2", "--perturb", "profile.yaml", "--shrink", "0"];
    fixed.into_iter().chain(more).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_sweep_goes_on_as_if_nothing_had_been() {
    let site = Site::start().await;
    tokio::task::spawn_blocking(move || {
        let yard = Yard::new(&JOURNEYS);
        let (code, said) = yard.run(&[&order(&site.url)[..], &["--out", "whole"]].concat());
        assert_eq!(code, 1, "{said}");
        let whole = essence(&yard.only_run("whole"));
        assert!(whole.1.len() >= 2, "{:?}", whole.1);

        let sweep = yard.start(&[&order(&site.url)[..], &["--out", "killed"]].concat());
        let run = yard.only_run("killed");
        // Calm walks, perturbed ones, twins and confirmations: killed again and again.
        let killed = |running: super::running::Running, at: usize| {
            wait_for("a few walks", || (closed(&run).len() >= at).then_some(()));
            running.signal(Signal::SIGKILL);
            running.end();
            yard.is_swept();
        };
        killed(sweep, 3);
        let name = run.to_string_lossy().into_owned();
        killed(yard.start(&["run", "--resume", &name]), 8);
        let mut torn = fs::OpenOptions::new().append(true).open(run.join("events.jsonl"));
        let torn = torn.as_mut().expect("the journal");
        torn.write_all(b"{\"at\":9,\"event\":\"walk_fin").expect("half a line");
        let before = closed(&run);

        let (code, said) = yard.run(&["run", "--resume", &name]);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("the half line was cut off"), "{said}");
        assert_eq!(essence(&run), whole, "{said}");
        is_continued(&run, &before);
        yard.is_swept();

        let (code, said) = yard.run(&["run", "--resume", &name]);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("is complete"), "{said}");
    })
    .await
    .expect("it ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_sweep_says_how_it_goes_on_and_refuses_other_terms() {
    let site = Site::start().await;
    tokio::task::spawn_blocking(move || {
        for signal in [Signal::SIGINT, Signal::SIGTERM] {
            let yard = Yard::new(&JOURNEYS);
            let sweep = yard.start(&order(&site.url));
            let run = yard.only_run("screenshots");
            wait_for("a walk", || (!closed(&run).is_empty()).then_some(()));
            sweep.signal(signal);
            let (code, said) = sweep.end();
            assert_eq!(code, 130, "{said}");
            let last = said.lines().rfind(|line| line.starts_with("desirepath run --resume"));
            let name = run.strip_prefix(yard.path()).expect("below it").to_string_lossy();
            assert_eq!(last, Some(format!("desirepath run --resume {name}").as_str()), "{said}");
            assert!(run.join("report.html").exists() && run.join("junit.xml").exists());
            let end = Run::fold(journal::read(&run).expect("a journal")).end;
            assert_eq!(end, Some(SweepEnd::Interrupted));
            yard.is_swept();

            let journal = fs::read(run.join("events.jsonl")).expect("the journal");
            let text = JOURNEYS[0].1.replace("name: Look", "name: Greet");
            fs::write(yard.path().join("save.yaml"), text).expect("a file");
            let (code, said) = yard.run(&["run", "--resume", &name, "--seed", "4"]);
            assert_eq!(code, 2, "{said}");
            assert!(said.contains("seed: 3, now 4"), "{said}");
            assert!(said.contains("the journey save has changed"), "{said}");
            assert!(!said.contains("greet has changed"), "{said}");
            assert_eq!(fs::read(run.join("events.jsonl")).expect("the journal"), journal);
        }
    })
    .await
    .expect("it ends");
}
