//! Chromium's own sockets: where they are.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How long the browser may take to answer.
const LIMIT: Duration = Duration::from_secs(10);
/// The most that the browser says of itself.
const ABOUT: u64 = 64 * 1024;

/// The socket of the browser that listens at `address` (`localhost:9222`); it says so over HTTP.
pub(super) async fn socket_of(address: &str) -> Result<String, String> {
    let asking = async {
        let mut line = TcpStream::connect(address).await?;
        let question =
            format!("GET /json/version HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        line.write_all(question.as_bytes()).await?;
        let mut answer = Vec::new();
        let mut about = line.take(ABOUT);
        // The browser keeps the line open: the answer ends where its JSON does.
        while !answer.ends_with(b"}") && !answer.ends_with(b"}\n") {
            if about.read_buf(&mut answer).await? == 0 {
                break;
            }
        }
        std::io::Result::Ok(answer)
    };
    let answer = tokio::time::timeout(LIMIT, asking)
        .await
        .map_err(|_| format!("{address} does not answer"))?
        .map_err(|why| format!("{address}: {why}"))?;
    let answer = String::from_utf8_lossy(&answer);
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let about: Value = serde_json::from_str(body.trim()).unwrap_or_default();
    let url = about["webSocketDebuggerUrl"].as_str().map(str::to_owned);
    url.ok_or_else(|| format!("{address} is no browser"))
}
