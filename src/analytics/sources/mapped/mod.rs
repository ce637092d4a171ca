//! Any CSV and any JSON whose fields somebody names:
//! `--map user=visitor,time=ts,url=page,action=what,target=button`. Here the values of the fields
//! become events; `mapping` says which field is which, `csv` and `json` find them.

mod csv;
mod json;
mod mapping;

use std::borrow::Cow;

pub(in crate::analytics) use mapping::Clock;
pub use mapping::{BadMapping, Mapping};

pub(super) use csv::MappedCsv;
pub(super) use json::MappedJson;

use mapping::Part;

use super::super::AnalyticsError;
use super::super::batch::Door;
use super::super::moment::Moment;
use super::super::seen::{Described, Did, Seen};
use super::paths;

/// The mapping that this kind cannot do without.
///
/// # Errors
/// There is none.
pub(super) fn needed(mapping: Option<&Mapping>) -> Result<Mapping, AnalyticsError> {
    mapping.cloned().ok_or_else(|| {
        AnalyticsError::Mapping(
            "csv and json need to know which field is what: --map user=…,time=…,url=…[,action=…,\
             target=…,session=…,agent=…]; columns without a header go by number, user=1"
                .to_owned(),
        )
    })
}

/// Offers one event made of the values of the mapping's fields, or all events of a path. `place`
/// is its place in its record.
fn offer(mapping: &Mapping, values: &[Cow<'_, str>], place: u32, door: &mut Door<'_>) {
    let value = |part| mapping.value(part, values);
    let time = value(Part::Time);
    let at = match mapping.clock() {
        Clock::Nothing => Some(door.in_place_of_a_time()),
        Clock::Events | Clock::Sessions => Moment::parse(&time).or_else(|| Moment::log(&time)),
    };
    let (user, session, agent) = (value(Part::User), value(Part::Session), value(Part::Agent));
    let user = if mapping.has(Part::User) { user } else { session.clone() };
    let seen = Seen { user: &user, session: &session, at, agent: &agent, ..Seen::default() };
    if mapping.has(Part::Path) {
        return paths::walk(&value(Part::Path), &[], &seen, door);
    }
    let (action, target) = (value(Part::Action), value(Part::Target));
    let told = || Described {
        name: Cow::Borrowed(&*target),
        text: Cow::Borrowed(&*target),
        ..Described::default()
    };
    // What a field is called is no typed text: its label.
    let field = || Described { label: Cow::Borrowed(&*target), ..Described::default() };
    let action = action.trim();
    let did = match action.trim_start_matches('$').to_ascii_lowercase().as_str() {
        "" | "view" | "views" | "pageview" | "page_view" | "page view" | "page" | "visit" => {
            Did::View
        }
        // Sets of clicks on items call it so when an item's page was opened.
        "clicks" if !mapping.has(Part::Target) => Did::View,
        "click" | "tap" | "press" => Did::Click(told()),
        "fill" | "type" | "input" | "change" => Did::Fill(field()),
        "select" | "choose" | "check" => Did::Choose(field()),
        "submit" => Did::Submit(Described::default()),
        _ => Did::Named(action),
    };
    let order = (place > 0).then_some(place);
    let url = value(Part::Url);
    door.offer(&Seen { url: &page(&url, mapping.noun()), did, order, ..seen });
}

/// The address of a page that may only have a name: `news` is at `/news`, and the sixth of
/// something at `/page-6`, so that it is not taken for an identifier.
pub(super) fn page<'v>(value: &'v str, noun: &str) -> Cow<'v, str> {
    let value = value.trim();
    if value.is_empty() || value.starts_with('/') && !value.contains(char::is_whitespace) {
        return Cow::Borrowed(value);
    }
    if value.bytes().all(|b| b.is_ascii_digit()) {
        return Cow::Owned(format!("/{noun}-{value}"));
    }
    // What has a scheme is an address, of a web site or not.
    if value.contains(':') {
        return Cow::Borrowed(value);
    }
    let first = value.split('/').next().unwrap_or("");
    let host = first.len() < value.len() && first.contains('.') && !first.starts_with('.');
    let words: Vec<&str> = value.split_whitespace().collect();
    let before = match () {
        () if value.starts_with('/') => "",
        () if host => "//",
        () => "/",
    };
    Cow::Owned(format!("{before}{}", words.join("-")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_page() {
        for (value, is) in [
            ("https://shop.example/a", "https://shop.example/a"),
            ("/cart?x=1", "/cart?x=1"),
            ("6", "/category-6"),
            ("news", "/news"),
            ("Product detail", "/Product-detail"),
            ("electronics.audio", "/electronics.audio"),
            ("electronics/audio", "/electronics/audio"),
            ("shop.example/cart", "//shop.example/cart"),
            ("about:blank", "about:blank"),
            ("", ""),
        ] {
            assert_eq!(page(value, "category"), is);
        }
    }
}
