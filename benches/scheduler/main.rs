//! The scheduler alone: the program itself, with more and more users at once, against an endpoint
//! that has no browsers. What is left is desirepath's own: walks in a second, and the processor
//! time of each step.
//!
//! `cargo bench --bench scheduler`, or with the numbers of users: `-- 1 100 5000`.

mod endpoint;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use endpoint::Open;
use serde_json::Value;

/// Twelve steps, as journeys have them.
const JOURNEY: &str = "journey: bench\nsteps:\n  - visit: /\n  - click: { text: One }\n  \
    - fill: { label: Name, with: Ada Lovelace }\n  - fill: { label: Town, with: London }\n  \
    - click: { text: Two }\n  - expect: { text: done }\n  - visit: /two\n  - click: { text: Three }\n  \
    - click: { text: Four }\n  - fill: { label: Search, with: mug }\n  - click: { text: Five }\n  \
    - expect: { text: done }\n";

/// Deviations that leave each walk its steps and its one tab.
const PROFILE: &str = "typing: 0.1\npaste: 0.1\nscroll: 0.1\n";

/// What one number of users came to.
struct Row {
    users: usize,
    open: usize,
    walks: u64,
    steps: f64,
    wall: Duration,
    own_cpu: f64,
    memory: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let asked: Vec<usize> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    let users = if asked.is_empty() { vec![1, 10, 100, 1000, 5000] } else { asked };
    let runtime = tokio::runtime::Runtime::new()?;
    let open = Arc::new(Open::default());
    let endpoint = runtime.block_on(endpoint::listen(Arc::clone(&open)))?;
    println!(
        "| users | open at once | walks | seconds | walks/s | steps/s | own CPU per step | CPUs used | memory |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for users in users {
        let row = sweep(&endpoint, users, &open)?;
        let seconds = row.wall.as_secs_f64();
        println!(
            "| {} | {} | {} | {seconds:.1} | {:.1} | {:.0} | {:.3} ms | {:.2} | {} MB |",
            row.users,
            row.open,
            row.walks,
            row.walks as f64 / seconds,
            row.steps / seconds,
            row.own_cpu * 1e3 / row.steps,
            row.own_cpu / seconds,
            row.memory / 1024,
        );
    }
    Ok(())
}

fn sweep(endpoint: &str, users: usize, open: &Open) -> Result<Row, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("bench.yaml"), JOURNEY)?;
    fs::write(folder.path().join("profile.yaml"), PROFILE)?;
    let walks = (users * 15).clamp(20, 1500).max(users);
    let mut child = Command::new(env!("CARGO_BIN_EXE_desirepath"))
        .current_dir(folder.path())
        .args(["run", "bench.yaml", "--base-url", "http://127.0.0.1:9/", "--seed", "1"])
        .args(["--webdriver", endpoint, "--users", &users.to_string()])
        .args([
            "--walks",
            &walks.to_string(),
            "--shrink",
            "0",
            "--perturb",
            "profile.yaml",
            "--timings",
            "--report",
            "json",
        ])
        .args(["--out", "out"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(folder.path().join("said"))?)
        .spawn()?;
    let began = Instant::now();
    let mut memory = 0;
    let status = loop {
        memory = peak(child.id()).unwrap_or(memory);
        match child.try_wait()? {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(100)),
        }
    };
    let wall = began.elapsed();
    if !status.success() {
        let said = fs::read_to_string(folder.path().join("said"))?;
        return Err(format!("{users} users: {status}\n{said}").into());
    }
    let findings = findings(&folder.path().join("out"))?;
    let timings = &findings["timings"];
    let count = |kind: &Value| kind["steps"].as_f64().unwrap_or(0.0);
    let kinds = timings["kinds"].as_object().ok_or("no timings")?;
    let of_walks = |name: &str| name == "opening" || name == "ending";
    Ok(Row {
        users,
        open: open.take_most(),
        walks: timings["kinds"]["opening"]["steps"].as_u64().unwrap_or(0),
        steps: kinds.iter().filter(|(name, _)| !of_walks(name)).map(|(_, kind)| count(kind)).sum(),
        wall,
        own_cpu: timings["own_cpu"].as_f64().ok_or("no processor time")? / 1e6,
        memory,
    })
}

/// The most memory that a process has had, in kilobytes.
fn peak(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn findings(out: &Path) -> Result<Value, Box<dyn Error>> {
    let run = fs::read_dir(out)?.next().ok_or("no run")??.path();
    Ok(serde_json::from_str(&fs::read_to_string(run.join("findings.json"))?)?)
}
