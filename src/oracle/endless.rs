//! Requests that never end. Streams and sockets are meant not to; documents and fetches are.

use std::time::Duration;

use super::Moment;
use super::http::Requests;
use crate::record::{Oracle, RequestKind, Severity, Violation};
use crate::route;

/// Warns for a fetch, since it may be a long poll, and fails for a document.
pub(super) fn judge(
    requests: &mut Requests<'_>,
    now: u64,
    limit: Duration,
    moment: &Moment<'_>,
) -> Vec<Violation> {
    if moment.offline {
        return Vec::new();
    }
    let limit_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
    requests
        .take_older_than(limit_ms, now)
        .into_iter()
        .filter_map(|open| {
            let severity = match open.kind {
                RequestKind::Document => Severity::Fail,
                RequestKind::Fetch => Severity::Warn,
                _ => return None,
            };
            let path = url::Url::parse(&open.url)
                .map_or_else(|_| open.url.clone(), |url| route::fold(url.path()));
            let stable = format!("{} {path}", open.method);
            let mut violation = moment.violation(Oracle::EndlessRequest, severity, &stable);
            violation.title = format!("{} {path} does not end", open.method);
            violation.message =
                format!("{} {} had no answer after {} s", open.method, open.url, limit.as_secs());
            violation.request = Some(format!("{} {} → no answer", open.method, open.url));
            violation.service = Some(requests.service(&open));
            Some(violation)
        })
        .collect()
}
