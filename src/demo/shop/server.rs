//! One HTTP server on a loopback port: how it starts and how it ends. What it serves is its
//! router's business.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long requests under way may take once the server was told to stop.
const GRACE: Duration = Duration::from_secs(2);

/// A server that runs until it is stopped or dropped.
#[derive(Debug)]
pub(super) struct Server {
    origin: String,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    /// Serves `router` on this loopback port, or on a free one.
    pub(super) async fn start(router: Router, port: Option<u16>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let listener = listener.tap_io(|stream| {
            // Without it the last packet of an answer may wait 40 ms; an error costs only that.
            let _ = stream.set_nodelay(true);
        });
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            // A dropped sender ends the wait as a sent stop does.
            let until = async move {
                let _ = stopped.await;
            };
            axum::serve(listener, router).with_graceful_shutdown(until).await
        });
        Ok(Self { origin, stop, task })
    }

    /// Scheme, address and port, without a slash at the end.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// Takes no new requests and waits a little for those under way.
    pub(super) async fn stop(self) {
        let Self { stop, mut task, .. } = self;
        drop(stop);
        if tokio::time::timeout(GRACE, &mut task).await.is_err() {
            task.abort();
        }
    }
}
