//! Which tool wrote a file, and how its JSON is laid out, by the first bytes of its content. The
//! name of a file is never asked.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::de::IgnoredAny;

use super::frame::{Elements, Framer, Layout, Pending};
use super::kind::{Framing, Kind};
use super::moment::Moment;
use super::sources::{self, Mapping};

/// Keys under which documents keep their records in an array.
const CONTAINERS: [&str; 8] =
    ["results", "events", "data", "hits", "visits", "records", "entries", "items"];

/// How the records of this kind are laid out in a file that begins so.
pub(super) fn framer(kind: Kind, head: &[u8], mapping: Option<&Mapping>) -> Framer {
    match kind.framing() {
        Framing::Lines => Framer::Lines,
        Framing::Csv => Framer::Csv { quoted: false },
        Framing::Json if kind == Kind::Har => {
            Framer::Json(Elements::new(Layout::Array("entries", 2)))
        }
        Framing::Json => match layout(head) {
            Layout::Lines => Framer::Lines,
            // Fields that are named by way of the array are those of the object around it.
            Layout::Array(key, _)
                if kind == Kind::Json && mapping.is_some_and(|m| m.reaches_into(key)) =>
            {
                Framer::Json(Elements::new(Layout::Values))
            }
            layout => Framer::Json(Elements::new(layout)),
        },
    }
}

fn layout(head: &[u8]) -> Layout {
    let head = head.trim_ascii_start();
    if head.first() == Some(&b'[') {
        return Layout::Array("", 0);
    }
    let mut lines = head.splitn(2, |&b| b == b'\n');
    let first = lines.next().unwrap_or_default();
    let second = lines.next().unwrap_or_default().trim_ascii_start();
    let whole = serde_json::from_slice::<IgnoredAny>(first).is_ok();
    if whole && second.starts_with(b"{") {
        return Layout::Lines;
    }
    if let Some(key) = container(head) {
        return Layout::Array(key, 1);
    }
    if whole || second.is_empty() || head.first() != Some(&b'{') {
        Layout::Lines
    } else {
        Layout::Values
    }
}

/// The key of the first array of objects right under the first object.
fn container(head: &[u8]) -> Option<&'static str> {
    let mut depth = 0_usize;
    let mut at = 0;
    let mut key: &[u8] = b"";
    while at < head.len() {
        match head[at] {
            b'"' => {
                let from = at + 1;
                at = from;
                while at < head.len() && head[at] != b'"' {
                    at += if head[at] == b'\\' { 2 } else { 1 };
                }
                if depth == 1 {
                    key = head.get(from..at).unwrap_or_default();
                }
            }
            b'[' if depth == 1 => {
                let objects = head[at + 1..].trim_ascii_start().first().is_some_and(|b| *b == b'{');
                if objects && let Some(found) = CONTAINERS.iter().find(|c| c.as_bytes() == key) {
                    return Some(found);
                }
                depth += 1;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return None;
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The kind of a file that begins so; `None` where nothing tells.
pub(super) fn kind(head: &[u8]) -> Option<Kind> {
    let trimmed = head.trim_ascii_start();
    match trimmed.first()? {
        b'{' | b'[' => json(trimmed),
        _ => {
            let text = String::from_utf8_lossy(trimmed);
            lines(&text)
        }
    }
}

fn json(head: &[u8]) -> Option<Kind> {
    if is_archive(head) {
        return Some(Kind::Har);
    }
    // Some first records are of no kind of their own: schema lines, empty objects.
    records(head).iter().find_map(|head| record(head))
}

/// The first records of a JSON file that begins so.
pub(super) fn records(head: &[u8]) -> Vec<Vec<u8>> {
    let layout = layout(head);
    let mut pending = Pending::default();
    match layout {
        Layout::Lines => Framer::Lines.feed(head, &mut pending),
        layout => Framer::Json(Elements::new(layout)).feed(head, &mut pending),
    }
    if pending.complete == 0 {
        pending.complete = pending.bytes.len();
    }
    let whole = pending.bytes[..pending.complete].split(|&b| b == b'\n');
    whole.filter(|record| !record.is_empty()).take(20).map(<[u8]>::to_vec).collect()
}

/// The object around the array of records in a JSON file that begins so, with the array's key; of
/// one that is longer than its beginning, as much as stands before the second record.
pub(super) fn around(head: &[u8]) -> Option<(&'static str, Vec<u8>)> {
    let layout @ Layout::Array(key, 1) = layout(head) else { return None };
    let first = |layout| {
        let (mut framer, mut pending) = (Framer::Json(Elements::new(layout)), Pending::default());
        let read = head.chunks(1).position(|byte| {
            framer.feed(byte, &mut pending);
            pending.records > 0
        });
        read.map(|at| &head[..=at])
    };
    if let Some(whole) = first(Layout::Values) {
        return Some((key, whole.to_vec()));
    }
    first(layout).map(|begun| (key, [begun, b"]}"].concat()))
}

/// `{"log":{"version":…`
fn is_archive(head: &[u8]) -> bool {
    let bare: Vec<u8> = head.iter().copied().filter(|b| !b.is_ascii_whitespace()).take(8).collect();
    bare.starts_with(b"{\"log\":{")
}

fn record(record: &[u8]) -> Option<Kind> {
    let keys: HashMap<Cow<'_, str>, IgnoredAny> = serde_json::from_slice(record).ok()?;
    let has = |key: &str| keys.contains_key(key);
    let any = |all: &[&str]| all.iter().any(|key| has(key));
    let text = String::from_utf8_lossy(record);
    Some(match () {
        () if has("event_name") && has("event_timestamp") => Kind::Ga4,
        () if any(&["resourceLogs", "scopeLogs", "resourceSpans", "scopeSpans"]) => Kind::Otel,
        () if has("event") && any(&["distinct_id", "elements_chain"]) => Kind::PostHog,
        () if has("event") && has("properties") && text.contains("\"$mp_") => Kind::Mixpanel,
        () if has("event") && has("properties") && text.contains("\"$elements") => Kind::PostHog,
        () if has("event") && has("properties") && !has("messageId") => Kind::Mixpanel,
        () if any(&["actionDetails", "idVisit"]) => Kind::Matomo,
        () if has("event_type")
            && any(&["amplitude_id", "$insert_id", "insert_id", "device_id"]) =>
        {
            Kind::Amplitude
        }
        () if has("_dd") || (has("attributes") && text.contains("\"_dd\"")) => Kind::Datadog,
        () if any(&["messageId", "anonymousId", "anonymous_id"]) && has("type") => Kind::Segment,
        () if has("type") && has("timestamp") && has("data") => Kind::Rrweb,
        () if any(&["method", "request", "request_method", "http_method", "request_uri"])
            && any(&["status", "status_code", "response"]) =>
        {
            Kind::JsonLog
        }
        () => return None,
    })
}

fn lines(text: &str) -> Option<Kind> {
    let first = text.lines().next().unwrap_or("");
    if first.starts_with('#') {
        let fields = text.lines().find_map(|line| line.strip_prefix("#Fields:"))?;
        let cloudfront = fields.contains("x-edge-location");
        return Some(if cloudfront { Kind::CloudFront } else { Kind::W3c });
    }
    let header = first.to_ascii_lowercase();
    let columns: Vec<&str> = header.split(',').map(|c| c.trim().trim_matches('"')).collect();
    let has = |column: &str| columns.contains(&column);
    if has("website_id") && has("url_path") {
        return Some(Kind::Umami);
    }
    if sources::holds_paths(text) {
        return Some(Kind::Paths);
    }
    if has("domain_userid") && (has("derived_tstamp") || has("collector_tstamp")) {
        return Some(Kind::SnowplowCsv);
    }
    // The first lines of a log may be damaged; one that is right is enough.
    text.lines().take(20).find_map(|line| {
        if line.bytes().filter(|&b| b == b'\t').count() >= 100 {
            return Some(Kind::SnowplowTsv);
        }
        let mut words = line.split(' ');
        let (scheme, time) = (words.next()?, words.next()?);
        if matches!(scheme, "http" | "https" | "h2" | "ws" | "wss" | "grpcs")
            && Moment::parse(time).is_some()
        {
            return Some(Kind::Alb);
        }
        let at = line.find('[')?;
        (Moment::log(line[at + 1..].split(']').next()?).is_some() && line.contains('"'))
            .then_some(Kind::AccessLog)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_kind_by_the_content() {
        for (head, is) in [
            (
                "{\"event_date\":\"x\",\"event_timestamp\":\"1\",\"event_name\":\"page_view\"}\n",
                Some(Kind::Ga4),
            ),
            (
                "{\"next\":null,\"results\":[{\"event\":\"$pageview\",\"distinct_id\":\"a\"}]}",
                Some(Kind::PostHog),
            ),
            ("{\"event\":\"x\",\"properties\":{\"distinct_id\":\"a\"}}", Some(Kind::Mixpanel)),
            ("[{\"idSite\":1,\"idVisit\":2,\"actionDetails\":[]}]", Some(Kind::Matomo)),
            ("{\n \"log\": {\n \"version\": \"1.2\"", Some(Kind::Har)),
            ("[{\"type\":4,\"data\":{},\"timestamp\":1}]", Some(Kind::Rrweb)),
            ("event_id,website_id,session_id,created_at,url_path\n", Some(Kind::Umami)),
            (
                "1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1\n",
                Some(Kind::AccessLog),
            ),
            ("#Version: 1.0\n#Fields: date time x-edge-location\n", Some(Kind::CloudFront)),
            ("#Software: IIS\n#Fields: date time cs-uri-stem\n", Some(Kind::W3c)),
            ("% numbers\n\nnews tech\n\n1 1 \n2\n2 1\n", Some(Kind::Paths)),
            ("a,b,c\n1,2,3\n", None),
            ("{\"a\":1}", None),
            ("", None),
            ("[", None),
        ] {
            assert_eq!(kind(head.as_bytes()), is, "{head}");
        }
    }

    #[test]
    fn tells_the_layout() {
        for (head, is) in [
            ("{\"a\":[{}]}\n{\"a\":1}", Layout::Lines),
            ("{\"data\":[{}]}\n{\"data\":[]}", Layout::Lines),
            ("{\"data\":[{}]}", Layout::Array("data", 1)),
            ("{\n\"meta\":{\"data\":[{}]},\n\"data\" : [ {", Layout::Array("data", 1)),
            ("{\n\"a\":1\n}", Layout::Values),
            ("{\"session\":1,\"events\":[{}]}", Layout::Array("events", 1)),
            ("  [1]", Layout::Array("", 0)),
        ] {
            assert_eq!(layout(head.as_bytes()), is, "{head}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(head: Vec<u8>, text in "[\\[\\]{}\",:\\\\a\n #]*") {
            let _ = kind(&head);
            let _ = kind(text.as_bytes());
            let _ = layout(text.as_bytes());
        }
    }
}
