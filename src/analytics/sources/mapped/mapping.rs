//! Which field of a CSV or of JSON holds which part of an event: as somebody says it with `--map`,
//! or as the names of the fields themselves say it. Reading records is not done here.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use super::super::columns;

/// The parts of an event that a field can be named for.
const PARTS: [&str; 8] = ["user", "time", "url", "action", "target", "session", "agent", "path"];

/// One part of an event; its number is its place in [`PARTS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    User,
    Time,
    Url,
    Action,
    Target,
    Session,
    Agent,
    /// All pages of a session in one field.
    Path,
}

/// What of an export has times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::analytics) enum Clock {
    /// Every event.
    Events,
    /// Sessions, as they begin; within them there is only an order.
    Sessions,
    /// Nothing: there is only an order.
    Nothing,
}

/// Which field holds what. A dot in a name leads into an object, or into each object of an array:
/// `context.page.url`, `events.type`. A number is a column of a CSV without a header. Fields in
/// braces are put together with what stands around them: `/item/{id}`, `{day} {clock}`. Of several
/// with `|` between them the first counts whose fields are not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The fields that are read, each once.
    fields: Vec<String>,
    /// How each part is made of them.
    parts: [Option<Vec<Recipe>>; PARTS.len()],
}

/// What stands one after the other.
type Recipe = Vec<Piece>;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// The field at this place.
    Field(usize),
}

/// Why a mapping is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadMapping {
    /// Something other than `part=field`.
    #[error("`{0}` is not of the form part=field; the parts are {parts}", parts = PARTS.join(", "))]
    Form(String),
    /// There is no such part.
    #[error("there is no part `{0}`; the parts are {parts}", parts = PARTS.join(", "))]
    Part(String),
    /// A part that no event can do without.
    #[error("the mapping names no field for {0}")]
    Missing(&'static str),
    /// A brace that is not closed, or nothing in the braces.
    #[error("`{0}` should have a field between braces, such as /item/{{id}}")]
    Braces(String),
    /// Both `url` and `path`.
    #[error("`url` is the page of one event and `path` all pages of a session: name one of them")]
    Both,
}

impl FromStr for Mapping {
    type Err = BadMapping;

    fn from_str(text: &str) -> Result<Self, BadMapping> {
        let mut mapping = Self { fields: Vec::new(), parts: [const { None }; PARTS.len()] };
        for pair in text.split(',').filter(|pair| !pair.trim().is_empty()) {
            let (part, field) =
                pair.split_once('=').ok_or_else(|| BadMapping::Form(pair.to_owned()))?;
            let place = PARTS
                .iter()
                .position(|known| *known == part.trim())
                .ok_or_else(|| BadMapping::Part(part.trim().to_owned()))?;
            let recipes = field.split('|').map(|text| mapping.pieces(text.trim()));
            mapping.parts[place] = Some(recipes.collect::<Result<_, _>>()?);
        }
        match (mapping.has(Part::Url), mapping.has(Part::Path)) {
            (true, true) => return Err(BadMapping::Both),
            (false, false) => {
                return Err(BadMapping::Missing(
                    "`url`, the page or what stands for one (a category, an item), or `path`, all \
                     pages of a session in one field",
                ));
            }
            (true, false) if !mapping.has(Part::User) && !mapping.has(Part::Session) => {
                return Err(BadMapping::Missing("`user` or `session`; one of them is needed"));
            }
            _ => {}
        }
        Ok(mapping)
    }
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = PARTS.iter().zip(&self.parts);
        let told = parts.filter_map(|(part, recipes)| Some((part, recipes.as_ref()?)));
        let told = told.map(|(part, recipes)| {
            let recipes: Vec<String> = recipes.iter().map(|recipe| self.spelled(recipe)).collect();
            format!("{part}={}", recipes.join("|"))
        });
        f.write_str(&told.collect::<Vec<_>>().join(","))
    }
}

impl Mapping {
    fn spelled(&self, recipe: &Recipe) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Field(field) if recipe.len() == 1 => self.fields[*field].clone(),
            Piece::Field(field) => format!("{{{}}}", self.fields[*field]),
        };
        recipe.iter().map(piece).collect()
    }

    fn pieces(&mut self, text: &str) -> Result<Recipe, BadMapping> {
        if !text.contains('{') {
            return Ok(vec![self.field(text)]);
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let bad = || BadMapping::Braces(text.to_owned());
            let (name, behind) = after.split_once('}').ok_or_else(bad)?;
            if name.trim().is_empty() {
                return Err(bad());
            }
            pieces.extend((!before.is_empty()).then(|| Piece::Text(before.to_owned())));
            pieces.push(self.field(name.trim()));
            rest = behind;
        }
        pieces.extend((!rest.is_empty()).then(|| Piece::Text(rest.to_owned())));
        Ok(pieces)
    }

    fn field(&mut self, name: &str) -> Piece {
        let known = self.fields.iter().position(|field| field == name);
        Piece::Field(known.unwrap_or_else(|| {
            self.fields.push(name.to_owned());
            self.fields.len() - 1
        }))
    }

    /// The fields that are to be read, each once.
    pub(super) fn fields(&self) -> &[String] {
        &self.fields
    }

    /// Whether a part is named.
    pub(super) const fn has(&self, part: Part) -> bool {
        self.parts[part as usize].is_some()
    }

    /// Whether a field is named by way of this array.
    pub(in crate::analytics) fn reaches_into(&self, array: &str) -> bool {
        self.fields.iter().any(|field| is_within(field, array))
    }

    /// Whether what happened is in this array, and who it was, or in which session, around it.
    pub(in crate::analytics) fn says_who_around(&self, array: &str) -> bool {
        let who = [Part::User, Part::Session].map(|part| self.parts[part as usize].as_deref());
        let pieces = who.into_iter().flatten().flatten().flatten();
        let mut fields = pieces.filter_map(|piece| match piece {
            Piece::Field(at) => Some(&self.fields[*at]),
            Piece::Text(_) => None,
        });
        self.reaches_into(array) && fields.any(|field| !is_within(field, array))
    }

    /// What has times in an export that is read so.
    pub(in crate::analytics) const fn clock(&self) -> Clock {
        match (self.has(Part::Time), self.has(Part::Path)) {
            (false, _) => Clock::Nothing,
            (true, true) => Clock::Sessions,
            (true, false) => Clock::Events,
        }
    }

    /// A part of an event, of the values of the fields; empty where it is not named.
    pub(super) fn value<'v>(&self, part: Part, values: &'v [Cow<'_, str>]) -> Cow<'v, str> {
        let recipes = self.parts[part as usize].as_deref().unwrap_or_default();
        let is_empty = |piece: &Piece| matches!(piece, Piece::Field(at) if values[*at].is_empty());
        let told = recipes.iter().find(|recipe| !recipe.iter().any(is_empty));
        match told.or(recipes.last()).map_or(&[][..], Vec::as_slice) {
            [] => Cow::Borrowed(""),
            [Piece::Field(field)] => Cow::Borrowed(&values[*field]),
            pieces => {
                let each = pieces.iter().map(|piece| match piece {
                    Piece::Text(text) => text.as_str(),
                    Piece::Field(field) => &values[*field],
                });
                Cow::Owned(each.collect())
            }
        }
    }

    /// What a value that is a mere number counts: `category-6` for the sixth.
    pub(super) fn noun(&self) -> &str {
        let part = if self.has(Part::Path) { Part::Path } else { Part::Url };
        let recipe = self.parts[part as usize].as_ref().and_then(|recipes| recipes.first());
        let Some([Piece::Field(field)]) = recipe.map(Vec::as_slice) else {
            return "page";
        };
        let name = &self.fields[*field];
        let name = name.rsplit('.').next().unwrap_or(name);
        let word = name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
        if word && part == Part::Url { name } else { "page" }
    }

    /// What the names of columns say by themselves; `None` where they leave open who, when or
    /// where.
    pub(in crate::analytics) fn of_header(header: &str) -> Option<Self> {
        let mut fields = Vec::new();
        columns::split(header.trim_end(), columns::separator(header), &mut fields);
        let names: Vec<&str> = fields.iter().map(|field| field.trim()).collect();
        Self::of_names(&names)
    }

    /// The same of the fields of a JSON object.
    pub(in crate::analytics) fn of_object(record: &[u8]) -> Option<Self> {
        let mut names = Vec::new();
        leaves(&serde_json::from_slice(record).ok()?, "", &mut names);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Self::of_names(&names)
    }

    fn of_names(names: &[&str]) -> Option<Self> {
        let plain = |name: &str| {
            let last = name.rsplit('.').next().unwrap_or(name);
            last.to_ascii_lowercase().replace([' ', '-'], "_")
        };
        // A comma or brace in a name could not be said with `--map`.
        let named = |words: &[&str]| {
            let found = words.iter().find_map(|word| names.iter().find(|n| plain(n) == *word));
            found.filter(|name| !name.contains([',', '|', '{', '}', '='])).copied()
        };
        let category_or_item = match (named(&CATEGORY), named(&ITEM)) {
            (Some(category), Some(item)) => Some(format!("{category}|/item/{{{item}}}")),
            (Some(category), None) => Some(category.to_owned()),
            (None, Some(item)) => Some(format!("/item/{{{item}}}")),
            (None, None) => None,
        };
        let page = named(&PAGE).map(str::to_owned).or(category_or_item)?;
        let mut text = format!("time={},url={page}", named(&TIME)?);
        for (part, words) in [("user", &USER[..]), ("session", &SESSION), ("action", &ACTION)] {
            if let Some(name) = named(words) {
                text += &format!(",{part}={name}");
            }
        }
        text.parse().ok()
    }
}

fn is_within(field: &str, array: &str) -> bool {
    field.strip_prefix(array).is_some_and(|rest| rest.starts_with('.'))
}

/// Names that leave no doubt, the likeliest first.
const USER: [&str; 11] = [
    "user_id",
    "userid",
    "user",
    "visitor_id",
    "visitorid",
    "visitor",
    "client_id",
    "clientid",
    "cookie_id",
    "customer_id",
    "uid",
];
const SESSION: [&str; 6] =
    ["session_id", "sessionid", "session", "user_session", "visit_id", "visitid"];
const TIME: [&str; 9] = [
    "event_time",
    "timestamp",
    "event_timestamp",
    "time",
    "ts",
    "datetime",
    "date_time",
    "created_at",
    "server_time",
];
const PAGE: [&str; 10] = [
    "url",
    "page_url",
    "page_location",
    "current_url",
    "page_path",
    "url_path",
    "path",
    "page",
    "page_name",
    "screen",
];
const CATEGORY: [&str; 3] = ["category_code", "category", "category_name"];
const ITEM: [&str; 6] = ["item_id", "itemid", "item", "product_id", "productid", "aid"];
const ACTION: [&str; 6] = ["event_type", "event_name", "event", "action", "type", "behavior"];

/// The dotted names of what an object holds; of arrays only the first element is looked at.
fn leaves(value: &Value, path: &str, names: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                leaves(value, &path, names);
            }
        }
        Value::Array(elements) => {
            if let Some(first) = elements.first() {
                leaves(first, path, names);
            }
        }
        _ if !path.is_empty() => names.push(path.to_owned()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_says_what_is_wrong_with_it() {
        let error = |text: &str| text.parse::<Mapping>().expect_err("wrong").to_string();
        assert!(error("user=a,time=b").contains("no field for `url`"));
        assert!(error("time=b,url=c").contains("`user` or `session`"));
        assert!(error("user").contains("part=field"));
        assert!(error("who=a").contains("no part `who`"));
        assert!(error("user=a,url=/x/{").contains("between braces"));
        assert!(error("user=a,url=b,path=c").contains("name one of them"));
        for text in [
            "user=a,time=b.c,url=d",
            "time={2} {3},url=/item/{4},session=1",
            "path=4",
            "user=a,url=b|/c/{d}",
        ] {
            assert_eq!(text.parse::<Mapping>().map(|m| m.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn parts_are_put_together() {
        let mapping: Mapping = "user=u,time={d} {t},url=/item/{i}".parse().expect("a mapping");
        let values = ["me", "2026-10-01", "12:00", "7"].map(Cow::Borrowed);
        assert_eq!(mapping.fields(), ["u", "d", "t", "i"]);
        assert_eq!(mapping.value(Part::Time, &values), "2026-10-01 12:00");
        assert_eq!(mapping.value(Part::Url, &values), "/item/7");
        assert_eq!(mapping.value(Part::Agent, &values), "");
        let mapping: Mapping = "user=u,url=c|/item/{i}".parse().expect("a mapping");
        let url =
            |values: [&str; 3]| mapping.value(Part::Url, &values.map(Cow::Borrowed)).into_owned();
        assert_eq!(url(["me", "shoes", "7"]), "shoes");
        assert_eq!(url(["me", "", "7"]), "/item/7");
    }

    #[test]
    fn names_may_say_it_themselves() {
        let header = "event_time,event_type,product_id,category_code,user_id,user_session";
        let told = |mapping: Option<Mapping>| mapping.map(|m| m.to_string());
        assert_eq!(
            told(Mapping::of_header(header)).as_deref(),
            Some(
                "user=user_id,time=event_time,url=category_code|/item/{product_id},action=event_type,\
                 session=user_session"
            )
        );
        assert_eq!(
            told(Mapping::of_object(
                b"{\"session\":1,\"events\":[{\"aid\":5,\"ts\":1,\"type\":\"x\"}]}"
            ))
            .as_deref(),
            Some("time=events.ts,url=/item/{events.aid},action=events.type,session=session")
        );
        assert_eq!(Mapping::of_header("a,b,c"), None);
        assert_eq!(Mapping::of_header("user_id,url"), None, "no time");
        assert_eq!(Mapping::of_object(b"[1]"), None);
    }
}
