//! A sweep that is under way, in a process of its own and with temporary files of its own, so that
//! it can be killed and what it leaves behind can be seen.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use desirepath::record::{Happening, Run, WalkId, findings, journal};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

/// How long anything may take to come, on a busy machine.
const LIMIT: Duration = Duration::from_secs(90);

/// A folder with journeys, in which sweeps are run.
pub(crate) struct Yard {
    folder: TempDir,
    temporary: TempDir,
}

/// A sweep under way.
pub(crate) struct Running {
    pub(crate) child: Child,
}

impl Yard {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            fs::write(folder.path().join(name), text).expect("a file");
        }
        // Short: the browser makes sockets in it.
        let temporary = tempfile::Builder::new().prefix("dp").tempdir().expect("a folder");
        Self { folder, temporary }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_desirepath"));
        command
            .current_dir(self.path())
            .env("NO_COLOR", "1")
            .env("TMPDIR", self.temporary.path())
            .env("HOME", self.path())
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn start(&self, args: &[&str]) -> Running {
        Running { child: self.command(args).spawn().expect("the program starts") }
    }

    /// To the end: the exit code and what was said.
    pub(crate) fn run(&self, args: &[&str]) -> (i32, String) {
        self.start(args).end()
    }

    /// The only run below `out`, as soon as it is there.
    pub(crate) fn only_run(&self, out: &str) -> PathBuf {
        let out = self.path().join(out);
        wait_for("a run's folder", || {
            let mut runs = fs::read_dir(&out).into_iter().flatten().flatten();
            runs.next().map(|run| run.path()).filter(|run| run.join("events.jsonl").exists())
        })
    }

    /// The path of the only run below `out`, as it is typed.
    pub(crate) fn name(&self, out: &str) -> String {
        let run = self.only_run(out);
        run.strip_prefix(self.path()).expect("it is below").to_string_lossy().into_owned()
    }

    /// Waits until nothing that the sweeps started is left: no process, no temporary file.
    pub(crate) fn is_swept(&self) {
        let ours = self.temporary.path().to_string_lossy().into_owned();
        wait_for("no process and no temporary file", || {
            let files = fs::read_dir(self.temporary.path()).into_iter().flatten().count();
            (files == 0 && processes_with(&ours).is_empty()).then_some(())
        });
    }
}

impl Yard {
    /// The only browser under way.
    pub(crate) fn browser(&self) -> i32 {
        let profile = format!("--user-data-dir={}", self.temporary.path().display());
        let ours = processes_with(&profile).into_iter();
        let main: Vec<i32> = ours.filter(|id| !command_line(*id).contains("--type=")).collect();
        let only = main.iter().find(|id| !main.contains(&parent(**id)));
        *only.expect("a browser")
    }

    /// Its driver.
    pub(crate) fn driver(&self) -> i32 {
        parent(self.browser())
    }

    /// The processes in which its tabs are.
    pub(crate) fn renderers(&self) -> Vec<i32> {
        let browser = self.browser();
        let ours = |id: &i32| {
            std::iter::successors(Some(*id), |id| Some(parent(*id)).filter(|id| *id > 1))
                .any(|id| id == browser)
        };
        processes_with("--type=renderer").into_iter().filter(ours).collect()
    }
}

impl Running {
    pub(crate) fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).expect("a process id");
        kill(Pid::from_raw(id), signal).expect("it lives");
    }

    pub(crate) fn end(self) -> (i32, String) {
        let Output { status, stdout, stderr } = self.child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
        (status.code().unwrap_or(-1), said)
    }
}

/// Waits until there is something, and fails when it does not come.
pub(crate) fn wait_for<T>(what: &str, mut there: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + LIMIT;
    loop {
        if let Some(there) = there() {
            return there;
        }
        assert!(Instant::now() < until, "there never was {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The walks whose books are closed so far.
pub(crate) fn closed(run: &Path) -> Vec<WalkId> {
    let events = journal::read(run).unwrap_or_default().into_iter();
    events
        .filter_map(|event| match event.what {
            Happening::WalkClosed { walk, .. } => Some(walk),
            _ => None,
        })
        .collect()
}

/// What was finished before an interruption still is, as it was, and no walk was closed twice.
pub(crate) fn is_continued(run: &Path, before: &[WalkId]) {
    let after = closed(run);
    assert_eq!(after[..before.len()], *before);
    let mut once = after.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), after.len(), "no walk was closed twice: {after:?}");
}

/// What a run comes to, as far as it is the same each time: walks with their plans and verdicts,
/// findings with the walks that show them and how often they came back.
pub(crate) fn essence(dir: &Path) -> (Vec<String>, Vec<String>) {
    let run = Run::fold(journal::read(dir).expect("a journal"));
    let mut walks: Vec<String> = run
        .walks
        .iter()
        .map(|(id, walk)| {
            let plan = fs::read_to_string(dir.join(&walk.plan)).expect("a plan");
            format!("{id} {:?} {plan}", walk.verdict)
        })
        .collect();
    walks.sort();
    let mut found: Vec<String> = findings(&run)
        .iter()
        // Warnings of use depend on how busy the machine is.
        .filter(|f| f.is_failure())
        .map(|f| {
            let kept = f.evidence.screenshot.as_ref().map(|file| dir.join(file).exists());
            format!("{} {:?} {:?} {:?}", f.signature, f.walks, f.reproduced, kept)
        })
        .collect();
    found.sort();
    (walks, found)
}

fn command_line(id: i32) -> String {
    let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).into_owned()
}

/// The process that started this one; 0 where it has gone.
fn parent(id: i32) -> i32 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // The name before may hold anything, but it ends with the last bracket.
    let fields = stat.rsplit_once(") ").map(|(_, rest)| rest.split(' ').collect::<Vec<_>>());
    fields.and_then(|fields| fields.get(1)?.parse().ok()).unwrap_or(0)
}

fn processes_with(text: &str) -> Vec<i32> {
    let own = i32::try_from(std::process::id()).unwrap_or(0);
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_string_lossy().parse::<i32>().ok())
        .filter(|id| *id != own)
        .filter(|id| command_line(*id).contains(text))
        .collect()
}
