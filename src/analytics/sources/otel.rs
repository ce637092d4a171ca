//! OpenTelemetry browser events, as OTLP logs in JSON: page views and clicks among the records; the
//! spans beside them are `otel_spans`'. A click does not say on which page it was: that is the page
//! of the session's last navigation, which is why records are taken in their order.
//! <https://opentelemetry.io/docs/specs/semconv/browser/>

use std::collections::HashMap;

use serde::Deserialize;

use super::super::batch::Door;
use super::super::seen::{Described, Did, Seen};
use super::super::tally::Dropped;
use super::super::text::{Text, When, or_nothing};
use super::super::work::Broken;
use super::otel_spans::{self, ResourceSpans};
use super::{Source, Took, json};

/// How many sessions' pages are remembered at once.
const SESSIONS: usize = 100_000;

#[derive(Default)]
pub(super) struct Otel {
    /// The page on which each session is.
    pages: HashMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    #[serde(borrow, default)]
    resource_logs: Vec<Resource<'a>>,
    #[serde(borrow, default)]
    resource_spans: Vec<ResourceSpans<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'a> {
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    resource: Attributes<'a>,
    #[serde(borrow, default)]
    scope_logs: Vec<Scope<'a>>,
}

#[derive(Deserialize, Default)]
pub(super) struct Attributes<'a> {
    #[serde(borrow, default)]
    pub(super) attributes: Vec<Pair<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Scope<'a> {
    #[serde(borrow, default)]
    log_records: Vec<Log<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(default)]
    time_unix_nano: When,
    #[serde(default)]
    observed_time_unix_nano: When,
    #[serde(borrow, default)]
    event_name: Text<'a>,
    #[serde(borrow, default)]
    attributes: Vec<Pair<'a>>,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    body: Value<'a>,
}

#[derive(Deserialize)]
pub(super) struct Pair<'a> {
    #[serde(borrow)]
    key: Text<'a>,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    value: Value<'a>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Value<'a> {
    #[serde(borrow, default)]
    string_value: Text<'a>,
    #[serde(borrow, default)]
    kvlist_value: Option<List<'a>>,
}

#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow, default)]
    values: Vec<Pair<'a>>,
}

impl<'a> Log<'a> {
    /// An attribute of the record, of its body, or of its resource, whichever has it first.
    fn attribute<'s>(&'s self, resource: &'s [Pair<'a>], names: &[&str]) -> &'s str {
        let body = self.body.kvlist_value.as_ref().map_or(&[][..], |list| &list.values);
        find([&self.attributes, body, resource], names)
    }

    fn name(&self) -> &str {
        if self.event_name.is_empty() {
            self.attribute(&[], &["event.name"])
        } else {
            &self.event_name
        }
    }

    fn is_view(&self) -> bool {
        matches!(self.name(), "browser.page_view" | "browser.navigation" | "page_view")
    }

    fn at(&self) -> When {
        self.time_unix_nano.or(self.observed_time_unix_nano)
    }
}

/// The first of these attributes that one of the lists has.
pub(super) fn find<'s>(lists: [&'s [Pair<'_>]; 3], names: &[&str]) -> &'s str {
    for name in names {
        let mut all = lists.iter().copied().flatten();
        if let Some(pair) = all.find(|pair| &*pair.key == *name) {
            return &pair.value.string_value;
        }
    }
    ""
}

impl Source for Otel {
    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let document: Document<'_> = json::read(record)?;
        let mut logs: Vec<(&Log<'_>, &[Pair<'_>])> = Vec::new();
        for resource in &document.resource_logs {
            let shared = &resource.resource.attributes[..];
            let own = resource.scope_logs.iter().flat_map(|scope| &scope.log_records);
            logs.extend(own.map(|log| (log, shared)));
        }
        // Records stand by the instrumentation that made them. A click leads to the page of the same
        // millisecond, not away from it.
        logs.sort_by_key(|(log, _)| (log.at().0.map(|at| (at.millis, at.micros)), log.is_view()));
        for (order, (log, shared)) in (0_u32..).zip(logs) {
            self.one(log, shared, order, door);
        }
        for resource in &document.resource_spans {
            otel_spans::take(resource, door);
        }
        Ok(Took::Events)
    }
}

impl Otel {
    fn one(&mut self, log: &Log<'_>, shared: &[Pair<'_>], order: u32, door: &mut Door<'_>) {
        let get = |names: &[&str]| log.attribute(shared, names);
        let session = get(&["session.id"]);
        let user = user(get);
        let did = match log.name() {
            _ if log.is_view() => Did::View,
            "browser.user_action.click" | "browser.click" => Did::Click(Described {
                tag: get(&["browser.tag_name", "browser.element.tag"]).to_ascii_lowercase().into(),
                text: get(&["browser.element.text"]).into(),
                id: get(&["browser.element.id"]).into(),
                selector: get(&["browser.css_selector"]).into(),
                ..Described::default()
            }),
            name if name.starts_with("browser.") || name.is_empty() => {
                return door.drop_one(Dropped::Irrelevant);
            }
            name => Did::Named(name),
        };
        let url = get(&["url.full", "browser.document.url.full", "http.url", "url.path"]);
        let whose = if session.is_empty() { user } else { session };
        let known = self.pages.get(whose).map_or("", String::as_str);
        door.offer(&Seen {
            user,
            session,
            at: log.at().0,
            order: Some(order),
            url: if url.is_empty() { known } else { url },
            did,
            agent: get(&["user_agent.original"]),
            ..Seen::default()
        });
        if !url.is_empty() && !whose.is_empty() && known != url {
            if self.pages.len() >= SESSIONS && !self.pages.contains_key(whose) {
                self.pages.clear();
            }
            self.pages.insert(whose.to_owned(), url.to_owned());
        }
    }
}

/// Who it was: where nobody is named, a session is somebody.
pub(super) fn user<'s>(get: impl Fn(&[&str]) -> &'s str) -> &'s str {
    get(&["user.id", "user.hash", "enduser.id", "session.id"])
}
