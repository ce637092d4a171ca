//! OpenTelemetry browser events, as OTLP logs in JSON: page views and clicks among the records.
//! <https://opentelemetry.io/docs/specs/semconv/browser/>

use serde::Deserialize;

use super::super::batch::Door;
use super::super::seen::{Described, Did, Seen};
use super::super::tally::Dropped;
use super::super::text::{Text, When, or_nothing};
use super::super::work::Broken;
use super::{Source, Took, json};

pub(super) struct Otel;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    #[serde(borrow, default)]
    resource_logs: Vec<Resource<'a>>,
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
struct Attributes<'a> {
    #[serde(borrow, default)]
    attributes: Vec<Pair<'a>>,
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
struct Pair<'a> {
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
        for name in names {
            let mut all = self.attributes.iter().chain(body).chain(resource);
            if let Some(pair) = all.find(|pair| &*pair.key == *name) {
                return &pair.value.string_value;
            }
        }
        ""
    }
}

impl Source for Otel {
    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let document: Document<'_> = json::read(record)?;
        for resource in &document.resource_logs {
            let shared = &resource.resource.attributes[..];
            for log in resource.scope_logs.iter().flat_map(|scope| &scope.log_records) {
                one(log, shared, door);
            }
        }
        Ok(Took::Events)
    }
}

fn one(log: &Log<'_>, shared: &[Pair<'_>], door: &mut Door<'_>) {
    let get = |names: &[&str]| log.attribute(shared, names);
    let named = get(&["event.name"]);
    let name = if log.event_name.is_empty() { named } else { &log.event_name };
    let did = match name {
        "browser.page_view" | "browser.navigation" | "page_view" => Did::View,
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
    let session = get(&["session.id"]);
    let user = get(&["user.id", "user.hash", "enduser.id"]);
    door.offer(&Seen {
        user: if user.is_empty() { session } else { user },
        session,
        at: log.time_unix_nano.or(log.observed_time_unix_nano).0,
        url: get(&["url.full", "browser.document.url.full", "http.url", "url.path"]),
        did,
        agent: get(&["user_agent.original"]),
        ..Seen::default()
    });
}
