//! Responses that say that something went wrong: 5xx, and 4xx on the application's own requests.

use indexmap::IndexMap;

use super::Moment;
use crate::record::{Observed, Oracle, RequestKind, Severity, Signal, Violation};
use crate::route;
use crate::service::Services;

/// The requests of a walk: those still open, and how many there were.
#[derive(Debug)]
pub(super) struct Requests<'a> {
    origin: String,
    /// The services that have names; `None`: no service has one.
    services: Option<&'a Services>,
    open: IndexMap<String, Open>,
    count: u32,
}

/// A request without an answer yet.
#[derive(Debug, Clone)]
pub(super) struct Open {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) kind: RequestKind,
    pub(super) since: u64,
}

impl<'a> Requests<'a> {
    pub(super) fn of(origin: &str) -> Self {
        Self { origin: origin.to_owned(), services: None, open: IndexMap::new(), count: 0 }
    }

    pub(super) const fn name(&mut self, services: &'a Services) {
        self.services = Some(services);
    }

    /// The service that a request is for.
    pub(super) fn service(&self, open: &Open) -> String {
        match self.services {
            Some(services) => services.of(&open.url, &self.origin),
            None => Services::default().of(&open.url, &self.origin),
        }
    }

    pub(super) const fn count(&self) -> u32 {
        self.count
    }

    /// Whether a script or the document waits for an answer.
    pub(super) fn is_waiting(&self) -> bool {
        self.open.values().any(|o| matches!(o.kind, RequestKind::Fetch | RequestKind::Document))
    }

    /// Takes out the application's own requests that have been open for `limit` milliseconds.
    pub(super) fn take_older_than(&mut self, limit: u64, now: u64) -> Vec<Open> {
        let is_old = |open: &Open| now.saturating_sub(open.since) >= limit;
        let old: Vec<String> =
            self.open.iter().filter(|(_, o)| is_old(o)).map(|(id, _)| id.clone()).collect();
        old.iter()
            .filter_map(|id| self.open.shift_remove(id))
            .filter(|open| open.url.starts_with(&self.origin))
            .collect()
    }

    pub(super) fn judge(&mut self, observed: &Observed, moment: &Moment<'_>) -> Option<Violation> {
        match &observed.signal {
            Signal::RequestStarted { id, method, url, kind, .. } => {
                self.count += 1;
                let open = Open {
                    method: method.clone(),
                    url: url.clone(),
                    kind: *kind,
                    since: observed.at,
                };
                self.open.insert(id.clone(), open);
                None
            }
            Signal::RequestFinished { id, status, .. } => {
                let open = self.open.shift_remove(id)?;
                self.answered(&open, *status, moment)
            }
            Signal::RequestFailed { id, .. } => {
                self.open.shift_remove(id);
                None
            }
            // The requests of the old document end with it, told or not.
            Signal::Navigated { document: true, .. } => {
                self.open.retain(|_, open| open.kind == RequestKind::Document);
                None
            }
            _ => None,
        }
    }

    fn answered(&self, open: &Open, status: u16, moment: &Moment<'_>) -> Option<Violation> {
        let own = open.url.starts_with(&self.origin);
        let (oracle, severity, class) = match status {
            500.. if own => (Oracle::Http5xx, Severity::Fail, "5xx"),
            500.. => (Oracle::Http5xx, Severity::Warn, "5xx"),
            // A browser asks for the icon by itself; 401 and 403 may be right, and are said.
            400..500 if own && !open.url.ends_with("/favicon.ico") => {
                (Oracle::Http4xx, Severity::Warn, "4xx")
            }
            _ => return None,
        };
        let path = url::Url::parse(&open.url)
            .map_or_else(|_| open.url.clone(), |url| route::fold(url.path()));
        let stable = format!("{} {path} {class}", open.method);
        let mut violation = moment.violation(oracle, severity, &stable);
        violation.title = format!("{} {path} answered {status}", open.method);
        violation.message =
            format!("{} {} answered {status}\nafter: {}", open.method, open.url, moment.did);
        violation.request = Some(format!("{} {} → {status}", open.method, open.url));
        violation.service = Some(self.service(open));
        Some(violation)
    }
}
