//! The program as a person meets it: what it says and which exit code it ends with. Only the
//! last test needs a browser.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

use super::site::Site;

const JOURNEY: &str = "journey: first\nsteps:\n  - visit: /\n";

/// How the program ended.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

/// The program in a folder, with nothing of the environment that could speak for it.
fn desirepath(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_desirepath"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("DESIREPATH_") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder).env("NO_COLOR", "1").env("COLUMNS", "100");
    command
}

fn ended(command: &mut Command) -> Ended {
    let output = command.output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it speaks UTF-8");
    Ended {
        code: output.status.code().expect("no signal ended it"),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

fn run(folder: &Path, args: &[&str]) -> Ended {
    ended(desirepath(folder).args(args))
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder for the test");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it has a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

/// A project with one journey that is right.
fn project() -> TempDir {
    folder(&[("journeys/first.yaml", JOURNEY)])
}

#[test]
fn help_lists_the_commands_and_the_exit_codes() {
    let folder = folder(&[]);
    let help = run(folder.path(), &["--help"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    insta::assert_snapshot!(help.out);
}

#[test]
fn every_command_has_a_help() {
    let folder = folder(&[]);
    for command in [
        "demo", "init", "doctor", "import", "check", "run", "replay", "shrink", "report",
        "convert", "coverage", "shop", "schema",
    ] {
        let help = run(folder.path(), &[command, "--help"]);
        assert_eq!(help.code, 0, "{command}: {}", help.err);
        assert!(help.out.contains("Usage: desirepath"), "{command}: {}", help.out);
    }
}

#[test]
fn an_unknown_command_is_2_and_the_nearest_one_is_named() {
    let folder = folder(&[]);
    let told = run(folder.path(), &["chekc"]);
    assert_eq!((told.code, told.out.as_str()), (2, ""));
    assert!(told.err.contains("'check'"), "{}", told.err);
    assert_eq!(run(folder.path(), &[]).code, 2, "no command at all");
    assert_eq!(run(folder.path(), &["run", "--walks", "many"]).code, 2);
}

#[test]
fn check_of_a_right_journey_is_0() {
    let told = run(project().path(), &["check"]);
    assert_eq!((told.code, told.err.as_str()), (0, ""));
    assert_eq!(told.out, "first: ok, 1 step\n1 journey: ok\n");
}

#[test]
fn check_of_a_wrong_journey_is_2_and_shows_the_place() {
    let folder = folder(&[("journeys/first.yaml", "journey: first\nsteps:\n  - clik: Buy\n")]);
    let told = run(folder.path(), &["check"]);
    assert_eq!((told.code, told.out.as_str()), (2, "1 mistake in 1 file\n"));
    for part in ["there is no verb or key `clik`", "journeys/first.yaml:3:5", "`click`"] {
        assert!(told.err.contains(part), "{part} is not in\n{}", told.err);
    }
}

#[test]
fn check_without_journeys_is_2_and_says_how_to_get_one() {
    let folder = folder(&[("journeys/notes.txt", "")]);
    let told = run(folder.path(), &["check"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("desirepath init"), "{}", told.err);
}

#[test]
fn run_without_an_address_is_2_and_says_where_to_give_it() {
    let told = run(project().path(), &["run"]);
    assert_eq!((told.code, told.out.as_str()), (2, ""));
    assert!(told.err.contains("Give --base-url, or base_url in desirepath.yaml"), "{}", told.err);
    let told = run(project().path(), &["run", "--base-url", "localhost:3000"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("`localhost:3000` is no address"), "{}", told.err);
}

#[test]
fn run_with_a_broken_configuration_is_2_and_names_the_file_and_the_key() {
    let folder = project();
    fs::write(folder.path().join("desirepath.yaml"), "base_ulr: http://localhost:3000\n")
        .expect("a file");
    let told = run(folder.path(), &["run"]);
    assert_eq!((told.code, told.out.as_str()), (2, ""));
    for part in ["desirepath.yaml:1:1", "has no key `base_ulr`", "did you mean `base_url`?"] {
        assert!(told.err.contains(part), "{part} is not in\n{}", told.err);
    }
    let told = run(folder.path(), &["run", "--config", "none.yaml"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("cannot read none.yaml"), "{}", told.err);
}

#[test]
fn run_without_a_driver_is_3_and_says_how_to_get_one() {
    let folder = project();
    let mut command = desirepath(folder.path());
    command.args(["run", "--base-url", "http://127.0.0.1:9"]).env("PATH", "");
    // An empty PATH hides no driver that stands in a usual place.
    command.env("CHROMEDRIVER", folder.path().join("chromedriver"));
    let told = ended(&mut command);
    assert_eq!((told.code, told.out.as_str()), (3, ""));
    assert!(told.err.contains("chromedriver was not found"), "{}", told.err);
    assert!(told.err.contains("apt-get install chromium chromium-driver"), "{}", told.err);
    assert!(!folder.path().join("screenshots").exists(), "a run that never began left a folder");
}

#[test]
fn doctor_without_a_driver_is_3_and_says_how_to_get_one() {
    let folder = folder(&[]);
    let mut command = desirepath(folder.path());
    command.arg("doctor").env("PATH", "").env("CHROMEDRIVER", "/nowhere/chromedriver");
    let told = ended(&mut command);
    assert_eq!(told.code, 3);
    assert!(told.out.contains("problem: chromedriver was not found"), "{}", told.out);
    assert!(told.out.contains("/nowhere/chromedriver"), "{}", told.out);
}

#[test]
fn replay_of_a_journey_is_2_and_names_the_command_that_walks_it() {
    let told = run(project().path(), &["replay", "journeys/first.yaml"]);
    assert_eq!((told.code, told.out.as_str()), (2, ""));
    assert!(told.err.contains("first is a journey, not a plan"), "{}", told.err);
    assert!(told.err.contains("desirepath run"), "{}", told.err);
}

#[test]
fn report_of_a_run_that_is_not_there_is_2() {
    let folder = folder(&[]);
    let told = run(folder.path(), &["report", "screenshots/none"]);
    assert_eq!((told.code, told.out.as_str()), (2, ""));
    assert!(told.err.contains("cannot read screenshots/none"), "{}", told.err);
    assert!(!folder.path().join("screenshots").exists());
}

#[test]
fn init_writes_what_check_accepts_and_never_overwrites() {
    let folder = folder(&[]);
    let first = run(folder.path(), &["init"]);
    assert_eq!((first.code, first.out.matches("wrote ").count()), (0, 3), "{}", first.out);
    assert_eq!(run(folder.path(), &["check"]).code, 0);
    let mine = folder.path().join("journeys/first.yaml");
    fs::write(&mine, "# mine\n").expect("a file");
    let second = run(folder.path(), &["init"]);
    assert_eq!((second.code, second.out.matches("kept ").count()), (0, 3), "{}", second.out);
    assert_eq!(fs::read_to_string(&mine).expect("a file"), "# mine\n");
}

#[test]
fn shop_writes_traffic_once_and_the_same_for_the_same_seed() {
    let folder = folder(&[]);
    let write = |file| run(folder.path(), &["shop", "--traffic", file, "--sessions", "30"]);
    let wrote = write("a.jsonl");
    assert_eq!(wrote.code, 0, "{}", wrote.err);
    assert!(
        wrote.out.contains("next: desirepath import a.jsonl --route /product/:slug"),
        "{}",
        wrote.out
    );
    assert_eq!(write("b.jsonl").code, 0);
    let read = |file| fs::read_to_string(folder.path().join(file)).expect("it was written");
    assert_eq!(read("a.jsonl"), read("b.jsonl"));
    assert!(read("a.jsonl").lines().count() > 100);
    let again = write("a.jsonl");
    assert_eq!(again.code, 2);
    assert!(again.err.contains("a.jsonl is there already"), "{}", again.err);
}

#[test]
fn coverage_without_a_model_is_2_and_says_what_writes_one() {
    let folder = folder(&[("other.yaml", JOURNEY)]);
    let missing = run(folder.path(), &["coverage", "no-such-run"]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("`desirepath import` writes one"), "{}", missing.err);
    let wrong = run(folder.path(), &["coverage", "no-such-run", "--model", "other.yaml"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("there is no line `usage_model:`"), "{}", wrong.err);
}

#[test]
fn schema_prints_json() {
    let folder = folder(&[]);
    for kind in ["journey", "rules"] {
        let told = run(folder.path(), &["schema", kind]);
        assert_eq!((told.code, told.err.as_str()), (0, ""));
        let schema: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
        assert!(schema["properties"]["always"].is_object(), "{kind}");
    }
    let told = run(folder.path(), &["schema", "config"]);
    let schema: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    assert!(schema["properties"]["oracles"]["properties"]["dead_click"].is_object());
    let usual = run(folder.path(), &["schema"]).out;
    assert_eq!(usual, run(folder.path(), &["schema", "journey"]).out);
}

/// The one test here with a browser: the folder is made when the application has answered, so
/// that a sweep that cannot begin leaves none.
#[tokio::test(flavor = "multi_thread")]
async fn run_with_a_file_in_the_way_of_its_folder_is_2() {
    let site = Site::start().await;
    let told = tokio::task::spawn_blocking(move || {
        let folder = project();
        fs::write(folder.path().join("taken"), "mine").expect("a file");
        let told = run(folder.path(), &["run", "--base-url", &site.url, "--out", "taken"]);
        let kept = fs::read_to_string(folder.path().join("taken")).expect("a file");
        assert_eq!(kept, "mine");
        told
    });
    let told = told.await.expect("the program ended");
    assert_eq!((told.code, told.out.as_str()), (2, ""), "{}", told.err);
    assert!(told.err.contains("cannot write the run: taken"), "{}", told.err);
    assert!(told.err.contains("--out"), "{}", told.err);
}

#[test]
fn an_import_tells_what_became_of_every_line() {
    let log = "1.2.3.4 - - [01/Oct/2026:12:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"Mozilla/5.0\"\n\
               1.2.3.4 - - [01/Oct/2026:12:00:09 +0000] \"GET /cart HTTP/1.1\" 200 5 \"-\" \"Mozilla/5.0\"\n\
               nonsense\n";
    let folder = folder(&[("site.log", log)]);
    let import = run(folder.path(), &["import", "site.log", "--k", "1"]);
    assert_eq!((import.code, import.err.as_str()), (0, ""));
    insta::assert_snapshot!(import.out);
    let json = run(folder.path(), &["import", "site.log", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(json["lines"]["broken"], 1);
    let strict = run(folder.path(), &["import", "site.log", "--strict"]);
    assert_eq!(strict.code, 2);
    assert!(strict.err.contains("line 3 of site.log: this is no line of"), "{}", strict.err);
    let nobody = run(folder.path(), &["import", "site.log", "--session", "9.9.9.9"]);
    assert_eq!(nobody.code, 2);
    assert!(nobody.err.contains("no session of `9.9.9.9`"), "{}", nobody.err);
    let unknown = run(folder.path(), &["import", "site.log", "--from", "acces-log"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("did you mean `access-log`?"), "{}", unknown.err);
}
