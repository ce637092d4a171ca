//! Servers and pages at their worst: they never answer, hang up, lead in circles, ask for
//! passwords, open dialogs or never give the processor back. One sweep meets them all, says of each what it is, and walks the healthy ones to the end.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use desirepath::record::{Finding, Oracle, Run, SweepEnd, Verdict, WalkId, findings, journal};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::running::Yard;

/// A page that asks whatever can be asked, also when it is left.
const DIALOGS: &str = "<!doctype html><title>ask</title><h1>ask</h1><a href=/>Leave</a>
    <button onclick=\"alert('one'); const sure = confirm('two'); const who = prompt('three', 'me');
        document.querySelector('h1').textContent = `${sure} ${who}`\">Ask</button>
    <script>addEventListener('beforeunload', (event) => { event.preventDefault(); event.returnValue = 'x'; });
    </script>";
const NAGGING: &str = "<!doctype html><title>nag</title><h1>here</h1>
    <button onclick=\"for (;;) alert('again')\">Nag</button>";
const ENDLESS: &str = "<!doctype html><title>endless</title><h1>here</h1>
    <button onclick=\"for (;;) {}\">Freeze</button>";
const RESTLESS: &str = "<!doctype html><title>restless</title><h1>here</h1>
    <script>setTimeout(() => location.reload(), 300)</script>";
const CUT: &str = "<!doctype html><title>cut</title><h1>here</h1>
    <button onclick=\"fetch('/reset').catch(() => { document.querySelector('h1').textContent = 'cut off'; })\">
    Ask</button>";

/// What the faults that keep a sweep waiting come to when they are met again.
const BETTER: &str = "<!doctype html><title>better</title><h1>here</h1>
    <button>Nag</button> <button>Freeze</button>";

/// Serves the one request of a connection. What takes long is wicked only the first time.
async fn answer(mut stream: TcpStream, met: Arc<Mutex<HashSet<String>>>) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let request = String::from_utf8_lossy(&request);
    let path = request.split(' ').nth(1).unwrap_or("/");
    let first = met.lock().expect("nobody panicked").insert(path.to_owned());
    let page = |body| ("200 OK", "", body);
    let (status, header, body) = match path {
        "/nagging" | "/endless" | "/silent" if !first => page(BETTER),
        "/" => page("<!doctype html><title>home</title><h1>home</h1>"),
        "/dialogs" => page(DIALOGS),
        "/nagging" => page(NAGGING),
        "/endless" => page(ENDLESS),
        "/restless" => page(RESTLESS),
        "/cut" => page(CUT),
        "/circle" => ("302 Found", "Location: /circle\r\n", ""),
        "/locked" => ("401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n", "who?"),
        // Closed with an answer still owed.
        "/empty" => return Ok(()),
        // Without lingering, a connection is reset and not closed.
        "/reset" => return stream.set_zero_linger(),
        "/silent" => {
            // Until the browser has had enough.
            return stream.read_exact(&mut [0]).await.map(drop);
        }
        _ => ("404 Not Found", "", ""),
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{header}Content-Type: text/html\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.shutdown().await
}

async fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let met: Arc<Mutex<HashSet<String>>> = Arc::default();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Who hangs up in the middle is the browser's business.
            tokio::spawn(answer(stream, Arc::clone(&met)));
        }
    });
    url
}

/// What is seen of a journey's first walk.
struct Seen {
    verdict: Verdict,
    failures: Vec<(Oracle, String, String)>,
    back: Option<u32>,
}

fn seen(run: &Run, found: &[Finding], journey: &str) -> Seen {
    let id: WalkId = format!("{journey}/calm-0").parse().expect("an id");
    let its = || found.iter().filter(|f| f.is_failure() && f.walks.contains(&id));
    Seen {
        verdict: run.walks[&id].verdict.clone(),
        failures: its().map(|f| (f.oracle, f.title.clone(), f.message.clone())).collect(),
        back: its().next().and_then(|f| f.reproduced).map(|r| r.times),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_is_told_for_what_it_is_and_the_healthy_are_walked() {
    let url = serve().await;
    let press = |name: &str, then: &str| {
        format!("  - click: {{ role: button, name: {name} }}\n  - expect: {{ text: {then} }}\n")
    };
    let here = "  - expect: { text: here }\n".to_owned();
    let leave = "  - click: { text: Leave }\n  - expect: { text: home }\n";
    // What takes long comes first.
    let wicked = [
        ("endless", press("Freeze", "here"), Oracle::Hang, "no answer for"),
        ("silent", here.clone(), Oracle::Step, "did not answer within"),
        ("nagging", press("Nag", "here"), Oracle::Hang, "dialogs without end"),
        ("circle", here.clone(), Oracle::Step, "net::ERR_TOO_MANY_REDIRECTS"),
        ("locked", here.clone(), Oracle::Step, "it asks for a name and a password"),
        ("empty", here.clone(), Oracle::Step, "net::ERR_EMPTY_RESPONSE"),
        ("reset", here.clone(), Oracle::Step, "net::ERR_CONNECTION_RESET"),
    ];
    let healthy = [
        ("dialogs", press("Ask", "true me") + leave),
        ("restless", here),
        ("cut", press("Ask", "cut off")),
    ];
    let all = wicked.iter().map(|(name, then, ..)| (name, then));
    let all = all.chain(healthy.iter().map(|(name, then)| (name, then)));
    let files: Vec<(String, String)> = all
        .map(|(name, then)| {
            let text = format!("journey: {name}\nsteps:\n  - visit: /{name}\n{then}");
            (format!("{name}.yaml"), text)
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let yard = Yard::new(&files);
    let mut args = vec!["run"];
    args.extend(files.iter().map(|(name, _)| name));
    args.extend(["--base-url", &url, "--perturb", "none", "--users", "4", "--shrink", "0"]);
    let (code, said) = tokio::task::block_in_place(|| yard.run(&args));

    // The application broke, and no browser of ours did.
    assert_eq!(code, 1, "{said}");
    let run = Run::fold(journal::read(&yard.only_run("screenshots")).expect("a journal"));
    assert_eq!(run.end, Some(SweepEnd::Completed), "{said}");
    assert!(!run.remarks.iter().any(|note| note.text.contains("was replaced")), "{said}");
    let found = findings(&run);
    for (name, _, oracle, words) in &wicked {
        let Seen { verdict, failures, back } = seen(&run, &found, name);
        assert_eq!(verdict, Verdict::Failed, "{name}\n{said}");
        let [(by, title, message)] = failures.as_slice() else { panic!("{failures:?}\n{said}") };
        assert_eq!(by, oracle, "{name}\n{said}");
        assert!(title.contains(&format!("/{name}")), "{title}");
        assert!(message.contains(words), "{message}");
        let comes_back = !["endless", "silent", "nagging"].contains(name);
        assert_eq!(back, Some(if comes_back { 2 } else { 0 }), "{name}\n{said}");
    }
    for (name, _) in &healthy {
        let Seen { verdict, failures, .. } = seen(&run, &found, name);
        assert_eq!((verdict, failures), (Verdict::Passed, Vec::new()), "{name}\n{said}");
    }
    yard.is_swept();
}
