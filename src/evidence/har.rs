//! The network of a walk as HAR 1.2 (<http://www.softwareishard.com/blog/har-12-spec/>), which
//! browsers and proxies open. Bodies are not kept, and credentials in headers are withheld.

use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use url::Url;

use crate::record::{Observed, Signal};

/// Headers that let whoever reads them act as the user.
const WITHHELD: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "set-cookie"];

/// The requests among `observed` as a HAR document; `start` is when the page was opened.
#[must_use]
pub fn har(observed: &[Observed], start: Timestamp) -> String {
    let mut open: IndexMap<&str, Request<'_>> = IndexMap::new();
    let mut entries: Vec<(u64, Value)> = Vec::new();
    let mut pages: Vec<Value> = Vec::new();
    for Observed { at, signal } in observed {
        match signal {
            Signal::RequestStarted { id, method, url, body_size, headers, .. } => {
                let request = Request { began: *at, method, url, body_size: *body_size, headers };
                // A redirect keeps its id: the request before it ended here.
                if let Some(before) = open.insert(id, request) {
                    entries.push(before.entry(start, Some(*at), &Answer::default()));
                }
            }
            Signal::RequestFinished { id, status, mime, body_size, headers } => {
                if let Some(request) = open.shift_remove(id.as_str()) {
                    let answer =
                        Answer { status: *status, mime, size: *body_size, headers, error: None };
                    entries.push(request.entry(start, Some(*at), &answer));
                }
            }
            Signal::RequestFailed { id, error } => {
                if let Some(request) = open.shift_remove(id.as_str()) {
                    let answer = Answer { error: Some(error), ..Answer::default() };
                    entries.push(request.entry(start, Some(*at), &answer));
                }
            }
            Signal::Navigated { url, document: true } => pages.push(json!({
                "startedDateTime": moment(start, *at),
                "id": format!("page_{}", pages.len() + 1),
                "title": url,
                "pageTimings": {},
            })),
            _ => {}
        }
    }
    for request in open.values() {
        let answer = Answer { error: Some("it had not ended"), ..Answer::default() };
        entries.push(request.entry(start, None, &answer));
    }
    entries.sort_by_key(|(began, _)| *began);
    let entries: Vec<Value> = entries.into_iter().map(|(_, entry)| entry).collect();
    let document = json!({
        "log": {
            "version": "1.2",
            "creator": { "name": "desirepath", "version": env!("CARGO_PKG_VERSION") },
            "pages": pages,
            "entries": entries,
        }
    });
    format!("{document:#}\n")
}

struct Request<'a> {
    began: u64,
    method: &'a str,
    url: &'a str,
    body_size: Option<u64>,
    headers: &'a [(String, String)],
}

#[derive(Default)]
struct Answer<'a> {
    status: u16,
    mime: &'a str,
    size: Option<u64>,
    headers: &'a [(String, String)],
    error: Option<&'a str>,
}

impl Request<'_> {
    /// The entry, and when it began. HAR writes −1 for a size that is not known.
    fn entry(&self, start: Timestamp, ended: Option<u64>, answer: &Answer<'_>) -> (u64, Value) {
        let size = |size: Option<u64>| size.map_or(json!(-1), |n| json!(n));
        let took = ended.map_or(0, |end| end.saturating_sub(self.began));
        let redirect = answer
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("location"))
            .map_or("", |(_, value)| value);
        let mut entry = json!({
            "startedDateTime": moment(start, self.began),
            "time": took,
            "request": {
                "method": self.method,
                "url": self.url,
                "httpVersion": "",
                "cookies": [],
                "headers": headers(self.headers),
                "queryString": query(self.url),
                "headersSize": -1,
                "bodySize": size(self.body_size),
            },
            "response": {
                "status": answer.status,
                "statusText": "",
                "httpVersion": "",
                "cookies": [],
                "headers": headers(answer.headers),
                "content": { "size": size(answer.size), "mimeType": answer.mime },
                "redirectURL": redirect,
                "headersSize": -1,
                "bodySize": size(answer.size),
            },
            "cache": {},
            "timings": { "send": 0, "wait": took, "receive": 0 },
        });
        if let Some(error) = answer.error {
            entry["response"]["_error"] = json!(error);
        }
        (self.began, entry)
    }
}

fn headers(headers: &[(String, String)]) -> Vec<Value> {
    headers
        .iter()
        .map(|(name, value)| {
            let secret = WITHHELD.iter().any(|w| name.eq_ignore_ascii_case(w));
            json!({ "name": name, "value": if secret { "(withheld)" } else { value } })
        })
        .collect()
}

fn query(url: &str) -> Vec<Value> {
    let Ok(url) = Url::parse(url) else { return Vec::new() };
    url.query_pairs().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn moment(start: Timestamp, at: u64) -> String {
    let after = SignedDuration::from_millis(i64::try_from(at).unwrap_or(i64::MAX));
    // A signal from beyond the end of the calendar is shown at the start.
    let moment = start.checked_add(after).unwrap_or(start);
    format!("{moment:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::RequestKind;

    fn started(at: u64, id: &str, url: &str) -> Observed {
        Observed {
            at,
            signal: Signal::RequestStarted {
                id: id.into(),
                method: "GET".into(),
                url: url.into(),
                kind: RequestKind::Fetch,
                body_size: None,
                headers: vec![("Cookie".into(), "sid=secret".into())],
            },
        }
    }

    #[test]
    fn every_request_is_one_entry_whatever_became_of_it() {
        let finished = Signal::RequestFinished {
            id: "a".into(),
            status: 302,
            mime: "text/html".into(),
            body_size: Some(0),
            headers: vec![("location".into(), "/b".into())],
        };
        let failed = Signal::RequestFailed { id: "b".into(), error: "net::ERR_FAILED".into() };
        let observed = [
            started(0, "a", "http://h/?q=1"),
            started(5, "b", "http://h/b"),
            Observed { at: 20, signal: finished },
            Observed { at: 21, signal: failed },
            started(30, "c", "http://h/endless"),
        ];
        let start = "2026-11-05T02:00:00Z".parse().expect("a time");
        let text = har(&observed, start);
        let har: Value = serde_json::from_str(&text).expect("JSON");
        let entries = har["log"]["entries"].as_array().expect("entries");
        assert_eq!(entries.len(), 3);
        assert_eq!(entries[0]["startedDateTime"], "2026-11-05T02:00:00.000Z");
        assert_eq!(entries[0]["time"], 20);
        assert_eq!(entries[0]["response"]["redirectURL"], "/b");
        assert_eq!(entries[0]["request"]["queryString"][0]["value"], "1");
        assert_eq!(entries[1]["response"]["_error"], "net::ERR_FAILED");
        assert_eq!(entries[2]["response"]["_error"], "it had not ended");
        assert!(!text.contains("secret"), "credentials are withheld");
    }
}
