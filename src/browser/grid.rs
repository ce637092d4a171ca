//! What a Selenium Grid says of itself: how many browsers it has, and how many are taken. It asks
//! and changes nothing; sessions are `endpoint`'s.

use std::fmt;
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use super::{BrowserKind, LaunchOptions};

/// How long a status may take: it is asked for a hint and not for a promise.
const STATUS_LIMIT: Duration = Duration::from_secs(10);

/// The places of a Grid for one kind of browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slots {
    /// The browser.
    pub kind: BrowserKind,
    /// Sessions of it that the Grid can have at once.
    pub all: usize,
    /// How many of these nobody has now.
    pub free: usize,
}

impl fmt::Display for Slots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, all, free } = self;
        match (all, free) {
            (0, _) => write!(f, "the Grid has no place for {kind} now"),
            (1, 0) => write!(f, "the Grid has one place for {kind}, and it is taken"),
            (_, 0) => write!(f, "the Grid has {all} places for {kind}, and all are taken"),
            (1, _) => write!(f, "the Grid has one place for {kind}"),
            _ => write!(f, "the Grid has {all} places for {kind}, {free} of them free"),
        }
    }
}

/// The places at the endpoint of these options; `None` where there is no endpoint, it is no Grid,
/// or it does not say.
pub async fn slots(options: &LaunchOptions) -> Option<Slots> {
    let endpoint = options.webdriver.as_deref()?;
    let address = format!("{}/status", endpoint.trim_end_matches('/')).parse().ok()?;
    let client: Client<_, String> =
        Client::builder(TokioExecutor::new()).build(HttpConnector::new());
    let asking = async {
        let answer = client.get(address).await.ok()?;
        answer.into_body().collect().await.ok().map(http_body_util::Collected::to_bytes)
    };
    let body = tokio::time::timeout(STATUS_LIMIT, asking).await.ok().flatten()?;
    let status: Value = serde_json::from_slice(&body).ok()?;
    count(&status["value"], options.kind)
}

fn count(status: &Value, kind: BrowserKind) -> Option<Slots> {
    let mut slots = Slots { kind, all: 0, free: 0 };
    for node in status["nodes"].as_array()? {
        if node["availability"] != "UP" {
            continue;
        }
        let places = || node["slots"].as_array().into_iter().flatten();
        let taken = places().filter(|slot| !slot["session"].is_null()).count();
        let limit = node["maxSessions"].as_u64().and_then(|n| usize::try_from(n).ok());
        let limit = limit.unwrap_or(usize::MAX);
        let fitting = || {
            places().filter(|slot| {
                let name = slot["stereotype"]["browserName"].as_str().unwrap_or_default();
                name.parse() == Ok(kind)
            })
        };
        let free = fitting().filter(|slot| slot["session"].is_null()).count();
        slots.all += fitting().count().min(limit);
        slots.free += free.min(limit.saturating_sub(taken));
    }
    Some(slots)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_node_has_no_more_places_than_it_may_have_sessions() {
        let slot = |browser: &str, session: Value| json!({ "stereotype": { "browserName": browser }, "session": session });
        let taken = || json!({ "sessionId": "1" });
        let status = json!({ "nodes": [
            { "availability": "UP", "maxSessions": 2, "slots": [
                slot("chrome", taken()), slot("chrome", Value::Null), slot("chrome", Value::Null),
                slot("firefox", Value::Null),
            ] },
            { "availability": "DOWN", "maxSessions": 4, "slots": [slot("chrome", Value::Null)] },
        ] });
        let of = |kind| count(&status, kind);
        let chromium = Slots { kind: BrowserKind::Chromium, all: 2, free: 1 };
        let firefox = Slots { kind: BrowserKind::Firefox, all: 1, free: 1 };
        assert_eq!(of(BrowserKind::Chromium), Some(chromium));
        assert_eq!(of(BrowserKind::Firefox), Some(firefox));
        assert_eq!(count(&json!({ "ready": true }), BrowserKind::Chromium), None);
        assert_eq!(chromium.to_string(), "the Grid has 2 places for chromium, 1 of them free");
    }
}
