//! What scripts sent and were answered, as shapes. The browser keeps the bodies of one page
//! (BiDi's data collectors), and they are asked for when somebody wants to know. Nothing is added
//! to the page, and no body outlives the call that reads it.
//!
//! <https://w3c.github.io/webdriver-bidi/#command-network-addDataCollector>

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::Page;
use super::bidi::{Line, Socket};
use crate::record::{Exchange, Observed, RequestKind, Shape, Signal};

/// The made-up event that has what a script sent.
pub(super) const SENT: &str = "desirepath.sent";
/// A longer body is not kept, and not read.
const LONGEST: u64 = 512 * 1024;
/// Exchanges of one walk that are read: the last ones.
const MOST: usize = 60;
/// How long reading may take in all; what is read by then is kept.
const PATIENCE: Duration = Duration::from_secs(5);

/// Has the browser keep the bodies of a user context; gives the collector's name.
pub(super) async fn collect(line: &Line, user_context: &str) -> Result<String, String> {
    let params = json!({
        "dataTypes": ["request", "response"],
        "maxEncodedDataSize": LONGEST,
        "userContexts": [user_context],
    });
    let made = line.call("network.addDataCollector", params).await?;
    made["collector"].as_str().map(str::to_owned).ok_or_else(|| format!("no name in {made}"))
}

/// Has the browser forget what it kept.
pub(super) async fn forget(line: &Line, collector: &str) {
    // What is lost with the browser needs no forgetting.
    let _ = line.call("network.removeDataCollector", json!({ "collector": collector })).await;
}

/// The question for the body of a request that is on its way, where a script sends JSON. Browsers
/// forget it with the document, so it is asked for at once.
pub(super) fn question(method: &str, params: &Value) -> Option<Value> {
    let request = &params["request"];
    let sends = method == "network.beforeRequestSent" && request["method"] != "GET";
    let is_json = sends
        && request["headers"].as_array().is_some_and(|headers| {
            headers.iter().any(|header| {
                header["name"].as_str().is_some_and(|n| n.eq_ignore_ascii_case("content-type"))
                    && header["value"]["value"].as_str().is_some_and(is_json)
            })
        });
    let fits = request["bodySize"].as_u64().is_none_or(|size| size <= LONGEST);
    (is_json && fits).then(|| json!({ "dataType": "request", "request": request["request"] }))
}

/// The event that tells of the answer to [`question`].
pub(super) fn told(question: &Value, context: &Value, answer: &Value) -> Option<Value> {
    let shape = shape(answer)?;
    Some(json!({ "context": context, "request": question["request"], "shape": shape }))
}

/// `application/json`, `application/problem+json; charset=utf-8`.
fn is_json(mime: &str) -> bool {
    let mime = mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    mime.ends_with("/json") || mime.ends_with("+json")
}

/// The shape of a body that the browser hands out; `None` where it is no JSON.
fn shape(answer: &Value) -> Option<Shape> {
    use base64::Engine as _;
    let text = answer["bytes"]["value"].as_str()?;
    if text.len() as u64 > 2 * LONGEST {
        return None;
    }
    let value: Value = match answer["bytes"]["type"].as_str() {
        Some("base64") => {
            let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
            serde_json::from_slice(&bytes).ok()?
        }
        _ => serde_json::from_str(text).ok()?,
    };
    Some(Shape::of(&value))
}

impl Page<'_> {
    /// What scripts sent and were answered, from everything that this page has told: the last
    /// exchanges, oldest first. A body that the browser does not hand out has no shape.
    pub async fn exchanges(&mut self, observed: &[Observed]) -> Vec<Exchange> {
        self.drain_events();
        let ended = ended(observed);
        let skipped = ended.len().saturating_sub(MOST);
        let line = self.session.socket.as_ref().map(Socket::line);
        let until = Instant::now() + PATIENCE;
        let reading = ended.iter().skip(skipped).map(|ended| answer(line.as_ref(), ended, until));
        let mut answers = join_all(reading).await.into_iter();
        ended
            .into_iter()
            .skip(skipped)
            .map(|ended| Exchange {
                sent: self.told.sent.get(&ended.id).cloned(),
                answered: answers.next().flatten(),
                ..ended.exchange
            })
            .collect()
    }
}

async fn answer(line: Option<&Line>, ended: &Ended, until: Instant) -> Option<Shape> {
    let line = line.filter(|_| ended.is_json)?;
    let params = json!({ "dataType": "response", "request": ended.id });
    let answer = tokio::time::timeout_at(until, line.call("network.getData", params)).await;
    shape(&answer.ok()?.ok()?)
}

/// A script's request that was answered.
struct Ended {
    id: String,
    exchange: Exchange,
    /// Whether its answer is JSON of a length that is read.
    is_json: bool,
}

fn ended(observed: &[Observed]) -> Vec<Ended> {
    let mut open: HashMap<&str, Exchange> = HashMap::new();
    let mut ended = Vec::new();
    for Observed { at, signal } in observed {
        match signal {
            Signal::RequestStarted { id, method, url, kind: RequestKind::Fetch, .. } => {
                let (method, url) = (method.clone(), url.clone());
                let exchange =
                    Exchange { at: *at, method, url, status: 0, sent: None, answered: None };
                open.insert(id, exchange);
            }
            Signal::RequestFinished { id, status, mime, body_size, .. } => {
                if let Some(exchange) = open.remove(id.as_str()) {
                    ended.push(Ended {
                        id: id.clone(),
                        exchange: Exchange { status: *status, ..exchange },
                        is_json: is_json(mime) && body_size.is_none_or(|size| size <= LONGEST),
                    });
                }
            }
            _ => {}
        }
    }
    ended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_json_or_nothing() {
        assert!(is_json("application/problem+json; charset=utf-8") && is_json("text/json"));
        assert!(!is_json("application/x-ndjson") && !is_json("text/event-stream"));
        let body = |kind: &str, value: &str| json!({ "bytes": { "type": kind, "value": value } });
        let text = |answer: &Value| shape(answer).map(|shape| shape.to_string());
        assert_eq!(text(&body("string", "{\"a\":1}")).as_deref(), Some("{ a: number }"));
        assert_eq!(text(&body("base64", "W3RydWVd")).as_deref(), Some("[flag]"));
        assert_eq!(text(&body("string", "<p>")), None);
        assert_eq!(text(&json!({})), None);
    }

    #[test]
    fn only_json_that_scripts_send_is_asked_for() {
        let params = |method: &str, mime: &str| {
            let header =
                json!({ "name": "Content-Type", "value": { "type": "string", "value": mime } });
            json!({ "request": { "request": "7", "method": method, "headers": [header] } })
        };
        let ask = |method: &str, mime: &str| {
            question("network.beforeRequestSent", &params(method, mime)).is_some()
        };
        assert!(ask("POST", "application/json"));
        assert!(!ask("GET", "application/json") && !ask("POST", "multipart/form-data"));
        assert!(
            question("network.responseCompleted", &params("POST", "application/json")).is_none()
        );
    }
}
