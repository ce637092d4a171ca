//! The driver: a process of our own, or somebody's endpoint. It owns the process and
//! opens sessions; what happens in a session is not its business.

use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal as ProcessSignal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStdout, Command};

use super::capabilities::Local;
use super::programs::{CHROMEDRIVER, CHROMIUM, FIREFOX, GECKODRIVER, MINIBROWSER, WEBKITDRIVER};
use super::scratch::Scratch;
use super::screen::Screen;
use super::{BrowserError, BrowserKind, Session};
use crate::bounds::Bounds;

/// How long a driver may take to say on which port it listens.
const START_LIMIT: Duration = Duration::from_secs(20);
/// What chromedriver says before it ends because the port that it found free for IPv6 is taken for
/// IPv4. Which one it finds is luck, so it is started again.
const PORT_TAKEN: &str = "port not available";
/// How often at most.
const STARTS: u32 = 4;

/// A browser of our own takes well below a second to start; a busy machine may take its time.
const SESSION_LIMIT: Duration = Duration::from_secs(60);
/// A Grid refuses by itself what has waited in its queue for five minutes.
const QUEUE_LIMIT: Duration = Duration::from_secs(310);

/// Starts the driver and ends its whole group when our end of the pipe closes: even if we are
/// killed and can tidy up nothing, no browser stays behind. It lets go of the output, so that
/// a driver that dies at once is noticed at once.
const KEEPER: &str = r#""$0" "$@" </dev/null & exec >/dev/null; read _; kill -9 0"#;

const CHROMEDRIVER_ARGUMENTS: &[&str] = &["--port=0"];
/// Without a port for their socket, all take 9222.
const GECKODRIVER_ARGUMENTS: &[&str] = &["--port=0", "--websocket-port=0"];
/// How often is looked whether a driver listens that does not say so.
const KNOCK: Duration = Duration::from_millis(20);

/// Whether a person can watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Display {
    /// No window.
    #[default]
    Headless,
    /// A window on the desktop.
    Headed,
}

/// Which protocols may be spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protocol {
    /// Classic WebDriver with a BiDi socket beside it wherever the endpoint offers one.
    #[default]
    Bidi,
    /// Classic WebDriver alone, for endpoints whose socket does not work.
    Classic,
}

/// What is to be started.
#[derive(Debug, Clone, Default)]
pub struct LaunchOptions {
    /// The browser.
    pub kind: BrowserKind,
    /// With or without a window.
    pub display: Display,
    /// The address of a running WebDriver endpoint; `None`: a driver of our own is started.
    pub webdriver: Option<String>,
    /// The protocols.
    pub protocol: Protocol,
    /// What every walk must keep to.
    pub bounds: Bounds,
    /// Further arguments for the browser, as on its command line.
    pub arguments: Vec<String>,
    /// How long somebody's endpoint may take to give a session: a Grid keeps a queue.
    pub queue_limit: Option<Duration>,
}

impl LaunchOptions {
    /// How long a session may take to begin.
    pub(super) fn session_limit(&self) -> Duration {
        match &self.webdriver {
            None => SESSION_LIMIT,
            Some(_) => self.queue_limit.unwrap_or(QUEUE_LIMIT),
        }
    }
}

/// A driver that listens.
#[derive(Debug)]
pub struct Driver {
    endpoint: String,
    options: LaunchOptions,
    browser: Option<PathBuf>,
    process: Option<Process>,
}

impl Driver {
    /// Starts a driver on a free port, or takes the endpoint that the options name.
    ///
    /// # Errors
    /// A program is missing, or the driver does not start.
    pub async fn start(options: &LaunchOptions) -> Result<Self, BrowserError> {
        let options = options.clone();
        if let Some(endpoint) = &options.webdriver {
            let url = url::Url::parse(endpoint).map_err(|why| BrowserError::BadEndpoint {
                url: endpoint.clone(),
                why: why.to_string(),
            })?;
            if url.scheme() != "http" {
                return Err(BrowserError::BadEndpoint {
                    url: endpoint.clone(),
                    why: "only http:// is spoken".to_owned(),
                });
            }
            return Ok(Self { endpoint: endpoint.clone(), options, browser: None, process: None });
        }
        let words = |all: &[&str]| all.iter().map(|&word| word.to_owned()).collect();
        let (program, browser, arguments, port) = match options.kind {
            BrowserKind::Chromium => {
                (CHROMEDRIVER.find()?, CHROMIUM.find()?, words(CHROMEDRIVER_ARGUMENTS), Port::Said)
            }
            BrowserKind::Firefox => {
                (GECKODRIVER.find()?, FIREFOX.find()?, words(GECKODRIVER_ARGUMENTS), Port::Said)
            }
            BrowserKind::Webkit => {
                let (program, browser) = (WEBKITDRIVER.find()?, MINIBROWSER.find()?);
                let port = free_port(&program).await?;
                (program, browser, vec![format!("--port={port}")], Port::Chosen(port))
            }
        };
        let command = Screen::of(options.kind, options.display)?.command(&program, &arguments);
        let (process, port) = Process::start(&program, &command, port).await?;
        let endpoint = format!("http://127.0.0.1:{port}");
        Ok(Self { endpoint, options, browser: Some(browser), process: Some(process) })
    }

    /// Opens a session: one browser process. Firefox's driver has one at a time.
    ///
    /// # Errors
    /// The endpoint does not answer, versions do not fit together, or the browser does not start.
    pub async fn session(&self) -> Result<Session, BrowserError> {
        let scratch = self.process.as_ref().map(|process| process.scratch.path());
        let kind = self.options.kind;
        let local = self.browser.as_deref().zip(scratch).map(|(program, scratch)| Local {
            kind,
            program,
            scratch,
            driver: self.process_group(),
        });
        Session::start(&self.endpoint, &self.options, local).await
    }

    /// The address of the WebDriver endpoint.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The process group of a driver of our own, in which its browsers are too.
    #[must_use]
    pub fn process_group(&self) -> Option<u32> {
        self.process.as_ref().and_then(|p| u32::try_from(p.group.0.as_raw()).ok())
    }

    /// The time that a driver of our own and its browsers had on processors so far; `None` for one
    /// elsewhere, and where this machine does not tell.
    #[must_use]
    pub fn cpu(&self) -> Option<Duration> {
        self.process_group().and_then(super::processes::cpu)
    }

    /// Ends the driver with everything that it started, and waits until it is gone.
    pub async fn stop(mut self) {
        if let Some(process) = self.process.take() {
            process.stop().await;
        }
    }
}

/// How it is known where a driver listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Port {
    /// It finds one by itself and says which.
    Said,
    /// It was told, and says nothing.
    Chosen(u16),
}

impl Port {
    /// The port that was chosen, once somebody listens there.
    async fn opened(self) -> u16 {
        let Self::Chosen(port) = self else { return std::future::pending().await };
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
            tokio::time::sleep(KNOCK).await;
        }
        port
    }
}

/// A port at which nobody listens now.
async fn free_port(program: &Path) -> Result<u16, BrowserError> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let port = bound.and_then(|listener| listener.local_addr()).map(|address| address.port());
    port.map_err(|why| BrowserError::DriverFailed {
        program: program.display().to_string(),
        why: format!("there is no free port: {why}"),
    })
}

/// The port that the driver names; `None` when it ends without. What else it says is collected.
async fn port_said(
    lines: &mut Lines<BufReader<ChildStdout>>,
    said: &mut Vec<String>,
) -> Option<u16> {
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(port) = port_in(&line) {
            return Some(port);
        }
        said.push(line);
    }
    None
}

/// A driver process in a process group of its own, so that nothing of it outlives us.
#[derive(Debug)]
struct Process {
    child: Child,
    group: Group,
    scratch: Scratch,
}

impl Process {
    /// Starts a driver on a port that it finds itself; gives the port.
    async fn start(
        program: &Path,
        command: &[OsString],
        port: Port,
    ) -> Result<(Self, u16), BrowserError> {
        for _ in 1..STARTS {
            match Self::start_once(program, command, port).await {
                Err(BrowserError::DriverFailed { why, .. }) if why.contains(PORT_TAKEN) => {}
                done => return done,
            }
        }
        Self::start_once(program, command, port).await
    }

    async fn start_once(
        program: &Path,
        command: &[OsString],
        port: Port,
    ) -> Result<(Self, u16), BrowserError> {
        let failed = |why: String| BrowserError::DriverFailed {
            program: program.display().to_string(),
            why,
        };
        let (scratch, alive) = Scratch::create()?;
        let mut child = Command::new("/bin/sh")
            .args(["-c", KEEPER])
            .args(command)
            // Firefox's profile is made there, and Chromium leaves folders behind where it is
            // killed.
            .env("TMPDIR", scratch.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // What is said there is of no use; that it is open says that somebody lives.
            .stderr(Stdio::from(alive))
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|why| failed(why.to_string()))?;
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        let id = id.ok_or_else(|| failed("it ended at once".to_owned()))?;
        let group = Group(Pid::from_raw(id));
        let stdout = child.stdout.take().ok_or_else(|| failed("it has no output".to_owned()))?;
        let process = Self { child, group, scratch };
        let mut lines = BufReader::new(stdout).lines();
        let mut said = Vec::new();
        let listening = async {
            tokio::select! {
                said = port_said(&mut lines, &mut said) => said,
                port = port.opened() => Some(port),
            }
        };
        let port =
            tokio::time::timeout(START_LIMIT, listening).await.ok().flatten().ok_or_else(|| {
                failed(format!("it named no port; it said: {}", said.join(" / ")))
            })?;
        // A full pipe would stop the driver: somebody has to read it to the end.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok((process, port))
    }

    async fn stop(self) {
        let Self { mut child, group, scratch } = self;
        drop(group);
        // Reaped here; an error means that it is gone already.
        let _ = child.wait().await;
        scratch.gone().await;
    }
}

/// A process group, ended when it is dropped.
#[derive(Debug)]
struct Group(Pid);

impl Drop for Group {
    fn drop(&mut self) {
        // ESRCH only says that the group is gone already.
        let _ = killpg(self.0, ProcessSignal::SIGKILL);
    }
}

/// `ChromeDriver was started successfully on port 41187.`, or geckodriver's
/// `… geckodriver INFO Listening on 127.0.0.1:41187`.
fn port_in(line: &str) -> Option<u16> {
    let port = match line.split_once("started successfully on port ") {
        Some((_, port)) => port,
        None => line.split_once("Listening on ")?.1.rsplit_once(':')?.1,
    };
    port.trim_end_matches('.').trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_port_that_the_driver_names() {
        assert_eq!(port_in("ChromeDriver was started successfully on port 41187."), Some(41187));
        assert_eq!(port_in("1\tgeckodriver\tINFO\tListening on 127.0.0.1:4445"), Some(4445));
        assert_eq!(port_in("Starting ChromeDriver 156.0 on port 0"), None);
    }

    /// A driver that says these in turn, one at each start, and then lives.
    fn driver(folder: &Path, says: &[&str]) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        for (turn, say) in says.iter().enumerate() {
            std::fs::write(folder.join(format!("{turn}")), format!("{say}\n")).expect("a file");
        }
        let script = format!(
            "#!/bin/sh\ncd '{}'\nset -- $(ls)\ncat \"$1\"\nif grep -q success \"$1\"; then rm \"$1\"; \
             exec sleep 60; fi\nrm \"$1\"\n",
            folder.display()
        );
        let path = folder.with_extension("sh");
        std::fs::write(&path, script).expect("a file");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("a program");
        path
    }

    #[tokio::test]
    async fn a_driver_whose_port_is_taken_is_started_again_and_one_that_is_broken_is_not() {
        let taken = "IPv4 port not available. Exiting...";
        let success = "ChromeDriver was started successfully on port 4117.";
        for (says, port) in [
            (&[taken, taken, success][..], Some(4117)),
            (&["it does not like this machine", success], None),
            (&[taken; 5], None),
        ] {
            let folder = tempfile::tempdir().expect("a folder");
            let inner = folder.path().join("says");
            std::fs::create_dir(&inner).expect("a folder");
            let started = {
                let program = driver(&inner, says);
                Process::start(&program, &[program.clone().into()], Port::Said).await
            };
            assert_eq!(started.as_ref().ok().map(|(_, port)| *port), port, "{says:?} {started:?}");
            if let Ok((process, _)) = started {
                process.stop().await;
            }
        }
    }
}
