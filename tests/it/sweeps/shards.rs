//! One sweep on several runners, and one run of their runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::resume::{JOURNEYS, order};
use super::running::{Yard, essence};
use crate::site::Site;

/// The plans of the walks that were drawn, each with its text.
fn plans(run: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(run.join("walks")).expect("plans").flatten();
    files
        .map(|file| {
            let text = fs::read_to_string(file.path()).expect("a plan");
            (file.file_name().to_string_lossy().into_owned(), text)
        })
        .filter(|(name, _)| !name.contains("twin"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn shards_together_are_the_sweep_and_merge_into_one_run() {
    let site = Site::start().await;
    tokio::task::spawn_blocking(move || {
        let yard = Yard::new(&JOURNEYS);
        let sweep = |more: &[&str]| {
            let (code, said) = yard.run(&[&order(&site.url)[..], more].concat());
            assert!(code < 2, "{said}");
        };
        sweep(&["--out", "whole"]);
        for part in ["1/2", "2/2"] {
            sweep(&["--out", &part[..1], "--shard", part, "--balance", &yard.name("whole")]);
        }
        let parts = [yard.only_run("1"), yard.only_run("2")];
        let whole = yard.only_run("whole");
        let mut union = plans(&parts[0]);
        assert!(union.len() < plans(&whole).len());
        for (name, text) in plans(&parts[1]) {
            let twice = union.insert(name.clone(), text.clone());
            // Only what both perturb is walked calm by both, and alike.
            assert!(twice.is_none_or(|other| other == text && name.contains("calm")), "{name}");
        }
        assert_eq!(union, plans(&whole));

        let names = [yard.name("1"), yard.name("2")];
        let (code, said) =
            yard.run(&["report", "--merge", &names[0], &names[1], "--out", "merged"]);
        assert_eq!(code, 0, "{said}");
        let merged = yard.only_run("merged");
        let (walks, found) = essence(&merged);
        let (whole_walks, whole_found) = essence(&whole);
        assert_eq!(found, whole_found, "{said}");
        assert!(whole_walks.iter().all(|walk| walks.contains(walk)), "{walks:#?}");
        assert!(!said.contains("missing"), "{said}");
        let replay = said.lines().rfind(|line| line.starts_with("desirepath replay"));
        let plan = replay.and_then(|line| line.rsplit(' ').next()).expect("a replay");
        assert!(yard.path().join(plan).exists() && plan.starts_with("merged/"), "{plan}");
        let (code, _) = yard.run(&["report", &yard.name("merged")]);
        assert_eq!(code, 0);

        let (code, said) = yard.run(&["report", "--merge", &names[1], "--out", "half"]);
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("Only 1 of 2 shards are here"), "{said}");
        assert!(said.contains("missing walks: "), "{said}");

        for (others, told) in [
            ([&names[0], &names[0]], "shard 1 is in both"),
            ([&names[0], &yard.name("whole")], "is no part of a divided sweep"),
        ] {
            let (code, said) =
                yard.run(&["report", "--merge", others[0], others[1], "--out", "none"]);
            assert_eq!(code, 2, "{said}");
            assert!(said.contains(told), "{said}");
        }
        assert!(!yard.path().join("none").exists());
        yard.is_swept();
    })
    .await
    .expect("it ends");
}

#[test]
fn a_part_needs_a_seed_and_a_whole_to_be_a_part_of() {
    let yard = Yard::new(&JOURNEYS);
    let run = ["run", "save.yaml", "--base-url", "http://127.0.0.1:9/", "--shard"];
    let (code, said) = yard.run(&[&run[..], &["1/2"]].concat());
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("--shard needs --seed"), "{said}");
    let (code, said) = yard.run(&[&run[..], &["3/2", "--seed", "1"]].concat());
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("from 1/3 to 3/3"), "{said}");
    let balance = ["1/2", "--seed", "1", "--balance", "nowhere"];
    let (code, said) = yard.run(&[&run[..], &balance].concat());
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("cannot read nowhere"), "{said}");
}
