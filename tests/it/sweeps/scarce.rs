//! A disk that is full, and a clock that jumps: what was finished stays, the sweep says why it
//! stopped, and goes on when there is room again, whatever the clock says then.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use desirepath::record::{Run, SweepEnd, journal};

use super::resume::{JOURNEYS, order};
use super::running::{Running, Yard, closed, is_continued};
use crate::site::Site;

/// Has no file of the program grow beyond so many KiB, as if the disk were full. Its browsers have
/// theirs.
fn cramped(yard: &Yard, kib: u32, args: &[&str]) -> Running {
    let driver = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".into());
    let roomy = yard.path().join("driver.sh");
    fs::write(&roomy, format!("#!/bin/sh\nulimit -S -f unlimited\nexec '{driver}' \"$@\"\n"))
        .expect("a file");
    fs::set_permissions(&roomy, PermissionsExt::from_mode(0o755)).expect("a program");
    let usual = yard.command(args);
    let mut command = Command::new("/bin/sh");
    // Blocks are of 512 bytes; the signal would end the program where a full disk refuses.
    let script = format!("trap '' XFSZ; ulimit -S -f {}; exec \"$@\"", 2 * kib);
    command.args(["-c", &script]).arg("sh").arg(usual.get_program()).args(usual.get_args());
    command.current_dir(yard.path()).env("CHROMEDRIVER", &roomy);
    for (name, value) in usual.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Running { child: command.spawn().expect("a shell") }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_on_a_full_disk_stops_and_goes_on_at_any_time() {
    let site = Site::start().await;
    tokio::task::spawn_blocking(move || {
        let yard = Yard::new(&JOURNEYS);
        let (code, said) = cramped(&yard, 16, &order(&site.url)).end();
        let run = yard.only_run("screenshots");
        assert_eq!(code, 3, "{said}");
        assert!(said.contains("could not be written"), "{said}");
        assert!(said.contains("go on when there is room again"), "{said}");
        let name = run.strip_prefix(yard.path()).expect("below it").to_string_lossy();
        let next = format!("desirepath run --resume {name}");
        assert!(said.contains(&next), "{said}");
        let before = closed(&run);
        assert!(!before.is_empty() && before.len() < 8, "{before:?}\n{said}");
        yard.is_swept();

        // The clock has gone back by decades since.
        let file = run.join("events.jsonl");
        let text = fs::read_to_string(&file).expect("the journal");
        let (first, rest) = text.split_once('\n').expect("a header");
        let mut header: serde_json::Value = serde_json::from_str(first).expect("JSON");
        assert!(header["started"].is_string(), "{first}");
        header["started"] = "2099-12-31T23:59:59Z".into();
        fs::write(&file, format!("{header}\n{rest}")).expect("the journal");

        let (code, said) = yard.run(&["run", "--resume", &name]);
        assert_eq!(code, 1, "{said}");
        let events = journal::read(&run).expect("a journal");
        assert!(events.is_sorted_by_key(|event| event.at), "time went back in the journal");
        let swept = Run::fold(events);
        assert_eq!(swept.end, Some(SweepEnd::Completed), "{said}");
        assert!(swept.took < 600_000, "{} ms", swept.took);
        is_continued(&run, &before);
        assert!(run.join("report.html").exists() && run.join("junit.xml").exists());
        yard.is_swept();
    })
    .await
    .expect("it ends");
}
