//! HTTP archives → a journey of the pages that were entered and the forms that were sent, as far
//! as requests tell. What people clicked and pages fetched by themselves is not in them.

use std::sync::Arc;

use serde_json::Value;

use super::account::{Fate, Handling};
use super::address::Base;
use super::draft::{Draft, literal};
use super::json::{self, list, text, whole};
use super::{ExchangeError, Imported, Kind, locate};
use crate::diagnostic::{Diagnostic, SourceText, shown};
use crate::journey::{Action, By, Locator, Target};
use crate::route::Route;

/// Reads an archive.
pub(super) fn read(source: &Arc<SourceText>) -> Result<Imported, ExchangeError> {
    let archive = json::parse(source)?;
    let entries = archive.get("log").and_then(|log| log.get("entries")).and_then(Value::as_array);
    let Some(entries) = entries else {
        let message = "this is no HTTP archive: it has no list of `entries` in `log`";
        let help = "export it from the network panel as HAR";
        return Err(Diagnostic::of_file(&source.file, message).help(help).into());
    };
    let mut reader = Reader { redirected: false, here: None, unknown: false };
    let mut draft = Draft::new(Kind::Har, None, Base::default());
    for (index, entry) in entries.iter().enumerate() {
        draft.entry(index + 1, |draft| reader.entry(draft, entry));
    }
    let stem = std::path::Path::new(&source.file).file_stem().and_then(|stem| stem.to_str());
    Ok(draft.finish(stem.unwrap_or_default()).into())
}

struct Reader {
    /// Whether the next page is where the last one led by itself.
    redirected: bool,
    /// The page that is shown, without its fragment.
    here: Option<String>,
    /// Whether something was done that no request tells: a link may be missing for want of it.
    unknown: bool,
}

impl Reader {
    fn entry(&mut self, draft: &mut Draft, entry: &Value) -> Handling {
        let request = entry.get("request").ok_or("it has no `request`")?;
        let url = text(request, "url").ok_or("it has no address")?;
        let method = text(request, "method").unwrap_or("GET").to_ascii_uppercase();
        let status = entry.get("response").and_then(|response| whole(response, "status"));
        if !is_page(entry, request) {
            let handling = aside(&method, url);
            self.unknown |= handling.is_err();
            return handling;
        }
        if status == Some(204) || is_download(entry) {
            return Err(format!("it ends on no page: {}", shown(url)));
        }
        let redirects = status.is_some_and(|status| matches!(status, 301 | 302 | 303 | 307 | 308));
        let reached = std::mem::replace(&mut self.redirected, redirects);
        if reached && method == "GET" {
            self.here = Some(without_fragment(url));
            return Ok(Fate::Folded);
        }
        let from = header(request, "referer").map(str::to_owned);
        let linked = from.is_some() && from.as_deref().map(without_fragment) == self.here;
        self.here = Some(without_fragment(url));
        if method == "POST" {
            return form(draft, request, url);
        }
        if method != "GET" {
            return Err(format!("a page is not entered with {}", shown(&method)));
        }
        if linked && self.unknown {
            draft.say_of_all(
                "pages after what a script sent are entered by their address: whether a link leads \
                 there may depend on what is missing",
            );
        }
        follow(draft, url, linked && !self.unknown)?;
        Ok(Fate::Carried)
    }
}

/// By a link, where the page before is said to have led here, else by the address.
fn follow(draft: &mut Draft, url: &str, linked: bool) -> Result<(), String> {
    let whole = draft.base.whole(url)?;
    let same = draft.base.origin() == Some(whole.origin().ascii_serialization());
    let route = Route::parse(whole.path()).ok().filter(Route::is_literal);
    match route {
        Some(route)
            if linked && same && whole.query().is_none() && literal(route.as_str()).is_ok() =>
        {
            draft.act(Action::Go(route));
            Ok(())
        }
        _ => draft.visit(url),
    }
}

/// The fields of a form that was sent. Whether each can be seen, no request tells.
fn form(draft: &mut Draft, request: &Value, url: &str) -> Handling {
    let sent = request.get("postData").ok_or("it sends nothing that is known")?;
    let kind = text(sent, "mimeType").unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded")
        && !kind.starts_with("multipart/form-data")
    {
        return Err(format!("it sends {}, which is no form", shown(kind)));
    }
    let mut fields: Vec<(String, String)> = list(sent, "params")
        .iter()
        .filter_map(|field| {
            let value = text(field, "value").unwrap_or_default().to_owned();
            (field.get("fileName").is_none())
                .then(|| Some((text(field, "name")?.to_owned(), value)))?
        })
        .collect();
    if fields.is_empty() && kind.starts_with("application/x-www-form-urlencoded") {
        let body = text(sent, "text").unwrap_or_default();
        fields = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    }
    let mut seen = None;
    for (name, value) in &fields {
        if is_hidden(name) {
            draft.say(format!("the field {} is filled by the page itself", shown(name)));
            continue;
        }
        let target = Target::new(vec![locate::by_attribute("name", name)]);
        let Some(target) = target.filter(|_| !name.trim().is_empty() && literal(name).is_ok())
        else {
            draft.say(format!("the field {} cannot be named", shown(name)));
            continue;
        };
        // By its name: what is typed may look like anything.
        match draft.fill(target, name, value) {
            Ok(()) => {
                if let Some(step) = draft.steps.last_mut() {
                    step.optional = true;
                }
                seen = Some(name);
            }
            Err(why) => draft.say(format!("the field {}: {why}", shown(name))),
        }
    }
    let path = draft.base.whole(url)?.path().to_owned();
    let form = match seen {
        Some(name) => format!("form:has([name={}])", locate::css_string(name)),
        None => format!("form[action$={}]", locate::css_string(&path)),
    };
    if literal(&form).is_err() {
        return Err("its form cannot be named".to_owned());
    }
    draft.say("a form was sent: its fields may be skipped (optional), as no request tells which of them people see; its button is guessed");
    let button = format!("{form} [type=submit], {form} button:not([type])");
    let target = Target::new(vec![Locator::new(By::Css(button))]).expect("one way is given");
    draft.act(Action::Click(target));
    Ok(Fate::Carried)
}

/// What is no page: the page fetched it, or a script sent it.
fn aside(method: &str, url: &str) -> Handling {
    if matches!(method, "GET" | "HEAD" | "OPTIONS") {
        return Ok(Fate::Folded);
    }
    let path = url.split(['?', '#']).next().unwrap_or_default();
    Err(format!(
        "a script sent {} {}; what people did to cause it is not in a HAR",
        shown(method),
        shown(path)
    ))
}

fn is_page(entry: &Value, request: &Value) -> bool {
    if header(request, "x-requested-with").is_some() {
        return false;
    }
    if let Some(for_what) = header(request, "sec-fetch-dest") {
        return for_what == "document";
    }
    if let Some(kind) = text(entry, "_resourceType") {
        return kind == "document";
    }
    let content = entry.get("response").and_then(|response| response.get("content"));
    let html =
        content.and_then(|content| text(content, "mimeType")).is_some_and(|m| m.contains("html"));
    let wanted = header(request, "accept").is_some_and(|accept| accept.contains("text/html"));
    let status = entry.get("response").and_then(|response| whole(response, "status"));
    let redirects = status.is_some_and(|status| (300..400).contains(&status));
    wanted && (html || redirects)
}

fn is_download(entry: &Value) -> bool {
    entry
        .get("response")
        .and_then(|response| header(response, "content-disposition"))
        .is_some_and(|disposition| disposition.trim_start().starts_with("attachment"))
}

/// A header's value, by its name in lower case.
fn header<'v>(message: &'v Value, name: &str) -> Option<&'v str> {
    list(message, "headers")
        .iter()
        .find(|header| text(header, "name").is_some_and(|n| n.eq_ignore_ascii_case(name)))
        .and_then(|header| text(header, "value"))
}

fn is_hidden(name: &str) -> bool {
    let lower = name.to_lowercase();
    let told = ["csrf", "xsrf", "authenticity", "viewstate", "nonce", "_method", "utf8", "__"];
    told.iter().any(|part| lower.contains(part))
}

fn without_fragment(url: &str) -> String {
    url.split('#').next().unwrap_or_default().to_owned()
}
