//! What breaks around a sweep while it walks: its driver, its browser, a tab; and pages that do
//! what no page should. The sweep goes on, says whose fault it was, and leaves nothing behind.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use desirepath::record::{Oracle, Run, Verdict, WalkId, findings, journal};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::running::{Yard, wait_for};

/// A page that says `on` when the server has answered.
const RINGING: &str = "<!doctype html><title>ring</title><h1>wait</h1><script>
    fetch('/rung' + location.pathname).then(() => { document.querySelector('h1').textContent = 'on'; });
    </script>";

const RUDE: &str = "<!doctype html><title>rude</title><h1>here</h1>
    <a href=/download>Get</a> <label>Paper <input type=file></label>
    <button id=pop onclick=\"window.open('/wait'); this.textContent = 'popped'\">Pop</button>
    <button id=much onclick=\"fetch('/huge').then((r) => r.body.pipeTo(new WritableStream()))
        .then(() => { this.textContent = 'all of it'; })\">Much</button>";

const GIGABYTE: usize = 1 << 30;

/// Serves the pages; `rung` is called when a page of this name has rung for the first time.
async fn serve(rung: impl Fn(&str) + Send + Sync + 'static) -> String {
    let rung = Arc::new(rung);
    let heard: Arc<Mutex<HashSet<String>>> = Arc::default();
    let answer = move |Path(name): Path<String>| {
        let (rung, heard) = (Arc::clone(&rung), Arc::clone(&heard));
        async move {
            let first = heard.lock().expect("nobody panicked").insert(name.clone());
            if first {
                // Looking for processes takes a moment.
                tokio::task::spawn_blocking(move || rung(&name)).await.expect("it rang");
            }
            "on"
        }
    };
    let huge = || async {
        let block = Bytes::from(vec![b'x'; 1 << 20]);
        let blocks = (0..GIGABYTE >> 20).map(move |_| Ok::<_, std::io::Error>(block.clone()));
        Body::from_stream(futures_util::stream::iter(blocks)).into_response()
    };
    let file =
        || async { ([(header::CONTENT_DISPOSITION, "attachment; filename=got.bin")], "got") };
    let app = Router::new()
        .route("/", get(|| async { Html("<!doctype html><h1>home</h1>") }))
        .route("/rude", get(|| async { Html(RUDE) }))
        .route("/download", get(file))
        .route("/huge", get(huge))
        .route("/rung/{name}", get(answer))
        .route("/{name}", get(|| async { Html(RINGING) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

fn ringing(name: &str) -> String {
    format!("journey: {name}\nsteps:\n  - visit: /{name}\n  - expect: {{ text: on }}\n")
}

fn read(dir: &std::path::Path) -> Run {
    Run::fold(journal::read(dir).expect("a journal"))
}

fn calm(run: &Run, journey: &str) -> Verdict {
    let id: WalkId = format!("{journey}/calm-0").parse().expect("an id");
    run.walks[&id].verdict.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_driver_browser_and_tab_end_no_sweep() {
    // What is read needs no driver, where the browser is our own; going elsewhere does.
    let driver = ringing("driver") + "  - visit: /driver\n";
    let (browser, tab) = (ringing("browser"), ringing("tab"));
    let files = [("driver.yaml", &*driver), ("browser.yaml", &browser), ("tab.yaml", &tab)];
    let yard = Arc::new(Yard::new(&files));
    let there = Arc::clone(&yard);
    let url = serve(move |name| {
        let victims = match name {
            "driver" => vec![there.driver()],
            "browser" => vec![there.browser()],
            _ => there.renderers(),
        };
        assert!(!victims.is_empty(), "nobody to kill");
        for victim in victims {
            // One of several renderers may have gone by itself.
            let _ = kill(Pid::from_raw(victim), Signal::SIGKILL);
        }
    })
    .await;
    tokio::task::spawn_blocking(move || {
        let (code, said) = yard.run(&[
            "run",
            "driver.yaml",
            "browser.yaml",
            "tab.yaml",
            "--base-url",
            &url,
            "--perturb",
            "none",
            "--users",
            "1",
            "--shrink",
            "0",
        ]);
        let run = read(&yard.only_run("screenshots"));
        // Driver and browser are the infrastructure's: the walks were walked again, and are whole.
        let remarks: Vec<&str> = run.remarks.iter().map(|note| note.text.as_str()).collect();
        let replaced = remarks.iter().filter(|text| text.contains("was replaced")).count();
        assert_eq!(replaced, 2, "{remarks:?}\n{said}");
        assert_eq!(calm(&run, "driver"), Verdict::Passed, "{said}");
        assert_eq!(calm(&run, "browser"), Verdict::Passed, "{said}");
        // The tab is the application's until somebody shows otherwise; it did not come back.
        assert_eq!(calm(&run, "tab"), Verdict::Failed, "{said}");
        let found = findings(&run);
        let crash = found.iter().find(|f| f.oracle == Oracle::Crash).expect("a crash");
        assert_eq!(crash.reproduced.map(|r| r.times), Some(0), "{said}");
        assert_eq!(code, 1, "{said}");
        yard.is_swept();
    })
    .await
    .expect("it ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn rude_pages_litter_nothing_and_fill_no_memory() {
    let files = [
        (
            "get.yaml",
            "journey: get\nsteps:\n  - visit: /rude\n  - click: { text: Get }\n  - expect: { text: here }\n",
        ),
        (
            "pick.yaml",
            "journey: pick\nsteps:\n  - visit: /rude\n  - click: { label: Paper }\n  - expect: { text: here }\n",
        ),
        (
            "pop.yaml",
            "journey: pop\nsteps:\n  - visit: /rude\n  - click: { css: '#pop' }\n  - expect: { text: popped }\n",
        ),
        (
            "much.yaml",
            "journey: much\nsteps:\n  - visit: /rude\n  - click: { css: '#much' }\n  - expect: { text: all of it, within: 60s }\n",
        ),
    ];
    let yard = Yard::new(&files);
    let url = serve(|_| ()).await;
    tokio::task::spawn_blocking(move || {
        let mut sweep = yard.start(&[
            "run",
            "get.yaml",
            "pick.yaml",
            "pop.yaml",
            "much.yaml",
            "--base-url",
            &url,
            "--perturb",
            "none",
            "--users",
            "2",
        ]);
        let status = PathBuf::from(format!("/proc/{}/status", sweep.child.id()));
        let mut most = 0;
        wait_for("an end", || {
            most = most.max(peak(&status).unwrap_or(0));
            sweep.child.try_wait().expect("our child")
        });
        let (code, said) = sweep.end();
        assert_eq!(code, 0, "{said}");
        let run = read(&yard.only_run("screenshots"));
        assert_eq!(run.conclusive().count(), 4, "{said}");
        assert!((1..300_000).contains(&most), "{most} KiB at most");
        yard.is_swept();
        let left: Vec<PathBuf> = files_below(yard.path());
        assert!(!left.iter().any(|file| file.ends_with("got.bin")), "{left:?}");
    })
    .await
    .expect("it ends");
}

/// The most memory that a process has had, in KiB.
fn peak(status: &std::path::Path) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

fn files_below(folder: &std::path::Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| {
            let path = entry.path();
            if path.is_dir() { files_below(&path) } else { vec![path] }
        })
        .collect()
}
