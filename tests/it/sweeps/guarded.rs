//! What a sweep must not do: leave the application, change anything on a read-only run, touch what
//! must never be touched, tell a secret, or let a page write on the reader's terminal.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde_json::Value;

use super::{Sweep, desirepath, sweep};

/// A request as the server saw it.
#[derive(Debug, Clone)]
struct Asked {
    method: Method,
    host: String,
    path: String,
    headers: HeaderMap,
}

type Log = Arc<Mutex<Vec<Asked>>>;

/// An application that remembers what it was asked for; under `other.localhost` it is somebody
/// else's.
struct Application {
    url: String,
    log: Log,
}

impl Application {
    async fn start() -> Self {
        let log = Log::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let app = Router::new().fallback(answer).with_state(Arc::clone(&log));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url: format!("http://127.0.0.1:{port}/"), log }
    }

    fn asked(&self, with: impl Fn(&Asked) -> bool) -> Vec<Asked> {
        self.log.lock().expect("no test panics here").iter().filter(|a| with(a)).cloned().collect()
    }

    fn paths(&self, with: impl Fn(&Asked) -> bool) -> Vec<String> {
        self.asked(with).into_iter().map(|asked| asked.path).collect()
    }
}

async fn answer(State(log): State<Log>, request: Request) -> Response {
    let headers = request.headers().clone();
    let text = |name: header::HeaderName| {
        headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
    };
    let host = text(header::HOST);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let port = host.rsplit(':').next().unwrap_or_default().to_owned();
    let asked = Asked { method: method.clone(), host, path: path.clone(), headers };
    log.lock().expect("no test panics here").push(asked);
    let other = format!("http://other.localhost:{port}");
    let page = |text: &str| Html(text.replace("OTHER", &other)).into_response();
    match path.as_str() {
        "/" => page(include_str!("../../fixtures/site/guarded.html")),
        "/hostile" => page(include_str!("../../fixtures/site/hostile.html")),
        "/order" => Redirect::to("/thanks").into_response(),
        "/worker.js" => {
            let script = "fetch('/api/worker', { method: 'POST', body: 'x' }).catch(() => {});";
            ([(header::CONTENT_TYPE, "text/javascript")], script).into_response()
        }
        "/picture.svg" => {
            let picture = "<svg xmlns='http://www.w3.org/2000/svg' width='5' height='5'/>";
            ([(header::CONTENT_TYPE, "image/svg+xml")], picture).into_response()
        }
        "/favicon.ico" => ().into_response(),
        path if path.starts_with("/api/") => {
            ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], "answered").into_response()
        }
        path => Html(format!("<!doctype html><title>x</title><p>{path}</p>")).into_response(),
    }
}

impl Sweep {
    fn events(&self, kind: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.run().join("events.jsonl")).expect("a journal");
        let events = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        events.filter(|event| event["event"] == kind).collect()
    }

    fn verdicts(&self) -> Vec<String> {
        let verdict =
            |event: Value| format!("{} {}", event["verdict"]["verdict"], event["verdict"]["why"]);
        self.events("walk_finished").into_iter().map(verdict).collect()
    }
}

const CALM: [&str; 4] = ["--perturb", "none", "--users", "1"];

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_stays_on_the_application_and_says_whose_it_is() {
    let app = Application::start().await;
    let journey = "journey: stay\nsteps:\n  - visit: /\n  - click: Partner\n  - expect: { url: / }\n  \
        - click: Pop up\n  - click: Call\n  - expect: { text: answered twice }\n";
    let swept = sweep(&app.url, journey, "", &CALM).await;
    assert_eq!(swept.code, 0, "{}", swept.said);
    assert!(swept.said.contains("2 requests to 1 host not allowed were blocked"), "{}", swept.said);
    let foreign = |asked: &Asked| asked.host.starts_with("other.");
    assert_eq!(app.paths(|a| foreign(a) && a.path.starts_with("/away")), Vec::<String>::new());
    // What a page brings along comes from anywhere, unmarked, so that no browser asks first.
    let parts = app.asked(|a| foreign(a));
    assert!(parts.iter().any(|a| a.path == "/picture.svg"), "{parts:?}");
    assert!(parts.iter().any(|a| a.path == "/api/foreign"), "{parts:?}");
    for part in parts {
        assert!(!part.headers.contains_key("x-desirepath"), "{part:?}");
        assert_ne!(part.method, Method::OPTIONS, "{part:?}");
    }
    let started = &swept.events("walk_started")[0];
    let trace = started["trace"].as_str().expect("a trace");
    let run = swept.run();
    let run = run.file_name().expect("a name").to_string_lossy();
    for path in ["/", "/api/own"] {
        let asked = app.asked(|a| !foreign(a) && a.path == path);
        let last = asked.last().expect("it was asked for");
        assert_eq!(last.headers["x-desirepath"], format!("{run}/stay/calm-0").as_str(), "{path}");
        assert!(last.headers["traceparent"].to_str().expect("text").contains(trace), "{path}");
        let agent = last.headers["user-agent"].to_str().expect("text");
        assert!(agent.contains("desirepath/"), "{agent}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_hosts_holds_everything_and_no_fault_is_made_of_it() {
    let app = Application::start().await;
    let journey =
        "journey: alone\nsteps:\n  - visit: /\n  - click: Partner\n  - expect: { url: /away }\n";
    let args = [&CALM[..], &["--allow-hosts", "cdn.test,*.example.com"]].concat();
    let swept = sweep(&app.url, journey, "", &args).await;
    assert_eq!(swept.code, 0, "{}", swept.said);
    assert_eq!(app.paths(|a| a.host.starts_with("other.")), Vec::<String>::new());
    assert!(swept.said.contains("other.localhost"), "{}", swept.said);
    assert!(
        swept.verdicts()[0].contains("held back: it leads to other.localhost"),
        "{:?}",
        swept.verdicts()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_sweep_sends_nothing_that_changes_something() {
    let app = Application::start().await;
    let journey = "journey: order\nsteps:\n  - visit: /\n  - click: Beacon\n  - click: Worker\n  - click: Pay\n  \
        - click: Search\n  - expect: { text: found }\n  - click: Place order\n  - expect: { url: /thanks }\n";
    let folder = tempfile::tempdir().expect("a folder");
    let config = "read_only: { allow: [/api/search] }\nallow_hosts: [other.localhost]\n";
    fs::write(folder.path().join("c.yaml"), config).expect("a file");
    let config = folder.path().join("c.yaml").to_string_lossy().into_owned();
    let args = [&CALM[..], &["--config", &config]].concat();
    let swept = sweep(&app.url, journey, "", &args).await;
    assert_eq!(swept.code, 0, "{}", swept.said);
    assert_eq!(app.paths(|a| a.method != Method::GET), ["/api/search"], "{}", swept.said);
    assert!(swept.said.contains("The run was read-only: 4 requests"), "{}", swept.said);
    assert!(swept.said.contains("POST /order (1×)"), "{}", swept.said);
    let verdict = &swept.verdicts()[0];
    assert!(verdict.contains("stranded") && verdict.contains("POST"), "{verdict}");
    let failures = swept.findings().into_iter().filter(|f| f["severity"] == "fail");
    assert_eq!(failures.collect::<Vec<_>>(), Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_never_be_touched_is_not() {
    let app = Application::start().await;
    let never =
        "never: [{ css: .danger }, { role: button, name: Close account }, { url: /logout }]\n";
    // Through a child of it; by Enter, which presses the form's first button; by a link to it.
    let ways = ["click: Everything", "click: { css: '#inner' }", "press: Enter", "click: Leave"];
    for (number, way) in ways.into_iter().enumerate() {
        let first = if way.starts_with("press") { "  - click: { label: Reason }\n" } else { "" };
        let journey = format!(
            "journey: a{number}\n{never}steps:\n  - visit: /\n{first}  - {way}\n  - expect: {{ text: gone }}\n"
        );
        let swept = sweep(&app.url, &journey, "", &CALM).await;
        assert_eq!(swept.code, 0, "{way}: {}", swept.said);
        assert!(swept.said.contains("never be touched was left alone"), "{way}: {}", swept.said);
        assert!(swept.verdicts()[0].contains("held back"), "{way}: {:?}", swept.verdicts());
    }
    let journey = format!("journey: free\n{never}steps:\n  - visit: /\n  - roam: 15\n");
    let swept = sweep(&app.url, &journey, "", &CALM).await;
    assert_eq!(swept.code, 0, "{}", swept.said);
    let touched = app.paths(|a| ["/logout", "/api/danger", "/close"].contains(&a.path.as_str()));
    assert_eq!(touched, Vec::<String>::new());
    // What is plain from the file is said before anything is walked.
    let journey = format!(
        "journey: plain\n{never}steps:\n  - visit: /\n  - id: end\n    click: {{ css: .danger }}\n"
    );
    let swept = sweep(&app.url, &journey, "", &CALM).await;
    assert_eq!(swept.code, 2, "{}", swept.said);
    assert!(
        swept.said.contains("which `never` forbids") && swept.said.contains("journey.yaml:5"),
        "{}",
        swept.said
    );
}

const SECRET: &str = "hunter2-Zo\"ë-4711";

fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push((path.to_string_lossy().into_owned(), fs::read(&path).expect("a file")));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_page_gets_nothing_out_and_a_secret_does_not_either() {
    let app = Application::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let journey = "journey: sign-in\nvars:\n  password: { env: TEST_PASSWORD, secret: true }\nsteps:\n  \
        - visit: /hostile\n  - fill: { label: Password, with: '{{password}}' }\n  - click: Sign in\n  \
        - expect: { text: Welcome }\n";
    fs::write(folder.path().join("journey.yaml"), journey).expect("a file");
    let (url, path) = (app.url.clone(), folder.path().to_owned());
    let output = tokio::task::spawn_blocking(move || {
        let args =
            ["run", "journey.yaml", "--seed", "1", "--out", "out", "--walks", "1", "--users", "1"];
        assert_cmd::Command::new(env!("CARGO_BIN_EXE_desirepath"))
            .current_dir(path)
            .env("NO_COLOR", "1")
            .env("TEST_PASSWORD", SECRET)
            .args(args)
            .args(["--base-url", &url, "--shrink", "3", "--report", "html,junit,json,github"])
            .output()
            .expect("the program starts")
    })
    .await
    .expect("it ends");
    let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
    assert_eq!(output.status.code(), Some(1), "{said}");
    let mut all = vec![("the terminal".to_owned(), said.into_bytes())];
    files(folder.path(), &mut all);
    assert!(all.len() > 8, "evidence was kept: {:?}", all.iter().map(|a| &a.0).collect::<Vec<_>>());
    let json = serde_json::to_string(SECRET).expect("JSON");
    let url_form: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let html = SECRET.replace('"', "&quot;");
    for (name, bytes) in &all {
        let text = String::from_utf8_lossy(bytes);
        for form in [SECRET, json.trim_matches('"'), &url_form, &html] {
            assert!(!text.contains(form) && !name.contains(form), "{name} tells {form}: {text}");
        }
        let shown =
            name == "the terminal" || name.ends_with("junit.xml") || name.ends_with("report.html");
        let acts = |c: char| matches!(c, '\u{1b}' | '\u{7}' | '\u{9b}' | '\u{202e}' | '\u{2066}');
        assert!(!shown || !text.contains(acts), "{name}: {text}");
    }
    let (code, said) = desirepath(folder.path(), &["check", "journey.yaml"]);
    assert_eq!(code, 0, "{said}");
}
