//! Spans of OpenTelemetry's older browser instrumentations, as OTLP traces in JSON: a document's load
//! is a view, an interaction is what was done to an element that an `XPath` names, and one that
//! changed the history leads to another page. All other spans are the application's own work.
//! <https://www.npmjs.com/package/@opentelemetry/instrumentation-user-interaction>

use serde::Deserialize;

use super::super::batch::Door;
use super::super::seen::{Described, Did, Seen, changed};
use super::super::tally::Dropped;
use super::super::text::{Text, When, or_nothing};
use super::otel::{Attributes, Pair, find, user};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResourceSpans<'a> {
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    resource: Attributes<'a>,
    #[serde(borrow, default)]
    scope_spans: Vec<Scope<'a>>,
}

#[derive(Deserialize)]
struct Scope<'a> {
    #[serde(borrow, default)]
    spans: Vec<Span<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Span<'a> {
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(default)]
    start_time_unix_nano: When,
    #[serde(borrow, default)]
    attributes: Vec<Pair<'a>>,
}

/// Takes the spans of a resource.
pub(super) fn take(resource: &ResourceSpans<'_>, door: &mut Door<'_>) {
    let shared = &resource.resource.attributes[..];
    for span in resource.scope_spans.iter().flat_map(|scope| &scope.spans) {
        one(span, shared, door);
    }
}

fn one(span: &Span<'_>, shared: &[Pair<'_>], door: &mut Door<'_>) {
    let get = |names: &[&str]| find([&span.attributes, &[], shared], names);
    let element = || Described {
        tag: get(&["target_element"]).to_ascii_lowercase().into(),
        selector: css(get(&["target_xpath"])).into(),
        ..Described::default()
    };
    let did = match (&*span.name, get(&["event_type"])) {
        ("documentLoad", "") => Did::View,
        (_, "click") => Did::Click(element()),
        (_, "change") => changed(element()),
        (_, "submit") => Did::Submit(element()),
        _ => return door.drop_one(Dropped::Irrelevant),
    };
    let url = get(&["url.full", "http.url"]);
    let seen = Seen {
        user: user(get),
        session: get(&["session.id"]),
        at: span.start_time_unix_nano.0,
        order: Some(0),
        url,
        did,
        agent: get(&["user_agent.original"]),
        ..Seen::default()
    };
    door.offer(&seen);
    if let Some(path) = span.name.strip_prefix("Navigation: ") {
        let host = url.find("://").map_or(0, |at| at + 3);
        let origin = url[host..].find('/').map_or(url, |at| &url[..host + at]);
        let to = format!("{origin}{path}");
        door.offer(&Seen { url: &to, did: Did::View, order: Some(1), ..seen });
    }
}

/// The selector of the element that this path of the instrumentation leads to: steps by tag from
/// the root or from an id. Empty where it is no such path.
fn css(path: &str) -> String {
    let Some(path) = path.strip_prefix("//") else { return String::new() };
    let mut css = String::new();
    for step in path.split('/') {
        if !css.is_empty() {
            css.push_str(" > ");
        }
        if let Some(id) = step.strip_prefix("*[@id=\"").and_then(|id| id.strip_suffix("\"]"))
            && !id.contains(['"', '\\'])
        {
            css.push_str("[id=\"");
            css.push_str(id);
            css.push_str("\"]");
        } else if let Some((tag, place)) = step.strip_suffix(']').and_then(|s| s.split_once('[')) {
            css.push_str(tag);
            css.push_str(":nth-of-type(");
            css.push_str(place);
            css.push(')');
        } else {
            css.push_str(step);
        }
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_by_tags_is_a_selector() {
        assert_eq!(css("//*[@id=\"mug\"]/button/span"), "[id=\"mug\"] > button > span");
        assert_eq!(css("//html/body/a[2]"), "html > body > a:nth-of-type(2)");
        assert_eq!(css(""), "");
    }
}
