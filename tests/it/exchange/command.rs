//! `desirepath convert` as a person meets it.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

const RECORDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/recordings");

/// Exit code, stdout, stderr.
fn convert(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_desirepath"));
    command.current_dir(folder).env("NO_COLOR", "1").env_remove("DESIREPATH_BASE_URL");
    let output = command.arg("convert").args(args).output().expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("it speaks UTF-8");
    (output.status.code().expect("no signal ended it"), text(output.stdout), text(output.stderr))
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

fn recording(name: &str) -> String {
    format!("{RECORDINGS}/{name}")
}

#[test]
fn a_recording_goes_to_stdout_and_what_is_said_to_stderr() {
    let folder = folder();
    let (code, out, err) = convert(folder.path(), &[&recording("shop.recorder.json")]);
    assert_eq!(code, 0, "{err}");
    assert!(out.starts_with("# Recorded at http://127.0.0.1:4001\njourney: buy-a-mug\n"), "{out}");
    for part in ["step 12: ", "15 steps: 12 carried over", "--base-url http://127.0.0.1:4001"] {
        assert!(err.contains(part), "{part} is not in\n{err}");
    }
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0);
}

#[test]
fn nothing_is_overwritten_and_a_second_time_writes_nothing() {
    let folder = folder();
    let args = [&*recording("shop.side"), "--out", "journeys"];
    let (code, out, err) = convert(folder.path(), &args);
    assert_eq!((code, out.lines().count()), (0, 2), "{err}");
    let file = folder.path().join("journeys/search-and-add.yaml");
    fs::write(&file, "mine").expect("a file");
    fs::remove_file(folder.path().join("journeys/look-at-the-basket.yaml")).expect("a file");
    let (code, _, err) = convert(folder.path(), &args);
    assert_eq!(code, 2);
    assert!(err.contains("search-and-add.yaml is there already"), "{err}");
    assert_eq!(fs::read_to_string(&file).expect("a file"), "mine");
    assert!(!folder.path().join("journeys/look-at-the-basket.yaml").exists());
}

#[test]
fn several_journeys_need_a_folder() {
    let (code, out, err) = convert(folder().path(), &[&recording("shop.side")]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("2 files to write; give a folder with --out DIR"), "{err}");
}

#[test]
fn a_broken_file_is_2_with_its_place() {
    let folder = folder();
    fs::write(folder.path().join("a.json"), "{ \"steps\": [\n  { \"type\": }\n] }")
        .expect("a file");
    let (code, out, err) = convert(folder.path(), &["a.json"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("a.json:2:13"), "{err}");
    let (code, _, err) = convert(folder.path(), &["a.json", "--from", "recoder"]);
    assert_eq!(code, 2);
    assert!(err.contains("did you mean recorder?"), "{err}");
    let (code, _, err) = convert(folder.path(), &["none.json"]);
    assert_eq!(code, 2);
    assert!(err.contains("cannot read none.json"), "{err}");
}

#[test]
fn a_journey_needs_an_address_to_become_a_test_and_a_plan_does_not() {
    let folder = folder();
    fs::write(folder.path().join("a.yaml"), "journey: a\nsteps:\n  - visit: /\n").expect("a file");
    let (code, _, err) = convert(folder.path(), &["a.yaml", "--to", "playwright"]);
    assert_eq!(code, 2);
    assert!(err.contains("give --base-url"), "{err}");
    let args = ["a.yaml", "--to", "recorder", "--base-url", "http://127.0.0.1:9"];
    let (code, out, err) = convert(folder.path(), &args);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("\"url\": \"http://127.0.0.1:9/\""), "{out}");
    let (code, out, err) =
        convert(folder.path(), &[&recording("deviations.yaml"), "--to", "playwright"]);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("'http://127.0.0.1:4001'") || out.contains("\"http://127.0.0.1:4001\""),
        "{out}"
    );
}
