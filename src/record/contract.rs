//! What services and application say to each other: shapes that the calm walks teach, and how an
//! exchange before a failure differs from them. It holds shapes and never a value, and it judges
//! nothing: a difference is shown beside a failure and is none by itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::shape::{Object, Plain, Presence, Shape};
use crate::route;
use crate::service::Services;

/// Exchanges that are shown beside one failure.
const SHOWN: usize = 6;
/// Differences of one message that are shown.
const MOST_CHANGES: usize = 12;

/// One request of a script and its answer, in the memory of one walk.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// When it began, in milliseconds since the page was opened.
    pub at: u64,
    /// `GET`, `POST` …
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// The HTTP status.
    pub status: u16,
    /// What was sent, where it was JSON.
    pub sent: Option<Shape>,
    /// What was answered, where it was JSON.
    pub answered: Option<Shape>,
}

/// An exchange before a failure, laid beside what calm walks say at the same place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// The service that answered.
    pub service: String,
    /// `GET`, `POST` …
    pub method: String,
    /// The path with its variable parts folded.
    pub route: String,
    /// The HTTP status.
    pub status: u16,
    /// Milliseconds from its beginning to the failure.
    pub before: u64,
    /// Whether it is the request that failed.
    pub failed: bool,
    /// The shape of what was sent, in words; `None` where it was no JSON.
    pub sent: Option<String>,
    /// The shape of what was answered, in words; `None` where it was no JSON.
    pub answered: Option<String>,
    /// How many exchanges of calm walks taught the shape; 0: there is nothing to compare with.
    pub taught_by: u32,
    /// How what was sent differs.
    pub sent_changes: Vec<Change>,
    /// How the answer differs.
    pub answer_changes: Vec<Change>,
}

/// One difference between a message and what calm walks have taught.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Where: `cart.lines[].quantity`; empty for the whole.
    pub path: String,
    /// What.
    #[serde(flatten)]
    pub what: Difference,
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Difference {
    /// A field that was always there is not there.
    Gone,
    /// A field that was always there is missing in some elements of a list.
    GoneInSome,
    /// It is of another type.
    Retyped {
        /// What calm walks have seen.
        was: String,
        /// What it is now.
        is: String,
    },
    /// A field that no calm walk has seen.
    New,
}

impl Change {
    /// Whether a reader that expects the taught shape can stumble over it.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        self.what != Difference::New
    }
}

impl Compared {
    /// All differences, of what was sent and of the answer.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.sent_changes.iter().chain(&self.answer_changes)
    }

    /// Whether a reader of the taught shapes can stumble over it.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        self.changes().any(Change::is_breaking)
    }
}

/// How a message differs from what was taught; what was only ever `null` or empty is not known.
#[must_use]
pub fn differences(taught: &Shape, seen: &Shape) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(taught, seen, "", &mut changes);
    changes.sort_by_key(|change| !change.is_breaking());
    changes.truncate(MOST_CHANGES);
    changes
}

fn compare(taught: &Shape, seen: &Shape, path: &str, changes: &mut Vec<Change>) {
    let only_null = taught.list.is_none()
        && taught.object.is_none()
        && taught.plain.iter().all(|plain| *plain == Plain::Null);
    if only_null {
        return;
    }
    let other = seen.plain.iter().any(|plain| !taught.plain.contains(plain))
        || seen.list.is_some() && taught.list.is_none()
        || seen.object.is_some() && taught.object.is_none();
    if other {
        let what = Difference::Retyped { was: taught.types(), is: seen.types() };
        changes.push(Change { path: path.to_owned(), what });
    }
    if let (Some(taught), Some(seen)) = (&taught.list, &seen.list) {
        compare(taught, seen, &format!("{path}[]"), changes);
    }
    match (&taught.object, &seen.object) {
        (Some(Object::Fields(taught)), Some(Object::Fields(seen))) => {
            let at = |name: &str| {
                if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
            };
            for (name, field) in taught {
                let always = field.presence == Presence::Always;
                let what = match seen.get(name) {
                    None if always => Difference::Gone,
                    None => continue,
                    Some(now) => {
                        compare(&field.shape, &now.shape, &at(name), changes);
                        if now.presence == Presence::Always || !always {
                            continue;
                        }
                        Difference::GoneInSome
                    }
                };
                changes.push(Change { path: at(name), what });
            }
            for name in seen.keys().filter(|name| !taught.contains_key(*name)) {
                changes.push(Change { path: at(name), what: Difference::New });
            }
        }
        (Some(Object::Map(taught)), Some(Object::Fields(seen))) => {
            for field in seen.values() {
                compare(taught, &field.shape, &format!("{path}.…"), changes);
            }
        }
        (Some(Object::Map(taught)), Some(Object::Map(seen))) => {
            compare(taught, seen, &format!("{path}.…"), changes);
        }
        // Names that are data say nothing about names that are not.
        (Some(Object::Fields(_)), Some(Object::Map(_))) | (None, _) | (_, None) => {}
    }
}

/// What the calm walks of a run teach: a shape for each service, method, route and class of
/// status. The file `shapes.json` of a run's folder holds one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Contracts {
    taught: BTreeMap<String, Taught>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Taught {
    times: u32,
    sent: Option<Shape>,
    answered: Option<Shape>,
}

impl Taught {
    fn unite(&mut self, other: Self) {
        let unite = |known: &mut Option<Shape>, seen: Option<Shape>| {
            if let Some(seen) = seen {
                *known = Some(known.take().unwrap_or_default().union(seen));
            }
        };
        self.times += other.times;
        unite(&mut self.sent, other.sent);
        unite(&mut self.answered, other.answered);
    }
}

/// Where a walk takes place, for whoever names its exchanges.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The services that were named.
    pub services: &'a Services,
    /// The application's origin.
    pub origin: &'a str,
}

/// A failure, as exchanges are laid beside it.
#[derive(Debug, Clone, Copy)]
pub struct Failure<'a> {
    /// When, in milliseconds since the page was opened.
    pub at: u64,
    /// The request that failed, `POST URL → 500`, where one did.
    pub request: Option<&'a str>,
}

impl Contracts {
    /// Whether nothing was taught.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.taught.is_empty()
    }

    /// Learns from one exchange of a calm walk.
    pub fn learn(&mut self, exchange: &Exchange, ground: Ground<'_>) {
        let Named { key, .. } = Named::of(exchange, ground);
        let (sent, answered) = (exchange.sent.clone(), exchange.answered.clone());
        self.taught.entry(key).or_default().unite(Taught { times: 1, sent, answered });
    }

    /// Learns what the calm walks of another part of the sweep taught.
    pub fn unite(&mut self, other: Self) {
        for (key, taught) in other.taught {
            self.taught.entry(key).or_default().unite(taught);
        }
    }

    /// The exchanges that say something about a failure: the request that failed, and those
    /// before it that differ from what was taught. The failed one comes first, then what is
    /// incompatible, then the nearest.
    #[must_use]
    pub fn beside(
        &self,
        failure: Failure<'_>,
        exchanges: &[Exchange],
        ground: Ground<'_>,
    ) -> Vec<Compared> {
        let mut nearest: BTreeMap<String, Compared> = BTreeMap::new();
        for exchange in exchanges.iter().filter(|exchange| exchange.at <= failure.at) {
            let Exchange { method, url, status, .. } = exchange;
            let failed = failure.request == Some(format!("{method} {url} → {status}").as_str());
            let Named { key, service, route } = Named::of(exchange, ground);
            let taught = self.taught.get(&key);
            let changes = |taught: Option<&Shape>, seen: Option<&Shape>| {
                taught.zip(seen).map_or_else(Vec::new, |(t, s)| differences(t, s))
            };
            let compared = Compared {
                service,
                method: method.clone(),
                route,
                status: *status,
                before: failure.at - exchange.at,
                failed,
                sent: exchange.sent.as_ref().map(Shape::to_string),
                answered: exchange.answered.as_ref().map(Shape::to_string),
                taught_by: taught.map_or(0, |taught| taught.times),
                sent_changes: changes(taught.and_then(|t| t.sent.as_ref()), exchange.sent.as_ref()),
                answer_changes: changes(
                    taught.and_then(|t| t.answered.as_ref()),
                    exchange.answered.as_ref(),
                ),
            };
            if failed || compared.changes().next().is_some() {
                nearest.insert(key, compared);
            }
        }
        let mut compared: Vec<Compared> = nearest.into_values().collect();
        compared.sort_by_key(|c| (!c.failed, !c.is_breaking(), c.before));
        compared.truncate(SHOWN);
        compared
    }
}

/// An exchange's place.
struct Named {
    key: String,
    service: String,
    route: String,
}

impl Named {
    fn of(exchange: &Exchange, ground: Ground<'_>) -> Self {
        let service = ground.services.of(&exchange.url, ground.origin);
        let route = route::fold(&route::path(&exchange.url));
        let key = format!("{service} {} {route} {}xx", exchange.method, exchange.status / 100);
        Self { key, service, route }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::shape::tests::value;
    use super::*;

    proptest! {
        #[test]
        fn what_was_learned_from_values_accepts_them(values in prop::collection::vec(value(), 1..6)) {
            let shapes: Vec<Shape> = values.iter().map(Shape::of).collect();
            let taught = shapes.iter().cloned().fold(Shape::default(), Shape::union);
            for shape in &shapes {
                prop_assert_eq!(differences(&taught, shape), Vec::new());
            }
        }
    }

    fn between(taught: &Value, seen: &Value) -> Vec<(String, Difference)> {
        differences(&Shape::of(taught), &Shape::of(seen))
            .into_iter()
            .map(|change| (change.path, change.what))
            .collect()
    }

    #[test]
    fn what_is_gone_retyped_and_new_is_told_apart() {
        let taught =
            json!({ "cart": { "discount": 3, "lines": [{ "n": 1, "tag": "x" }] }, "who": "ada" });
        let seen = json!({ "cart": { "discount_cents": 3, "lines": [{ "n": "1", "tag": "x" }, { "n": 2 }] }, "who": null });
        let retyped = |was: &str, is: &str| Difference::Retyped { was: was.into(), is: is.into() };
        assert_eq!(
            between(&taught, &seen),
            [
                ("cart.discount".to_owned(), Difference::Gone),
                ("cart.lines[].n".to_owned(), retyped("number", "number or text")),
                ("cart.lines[].tag".to_owned(), Difference::GoneInSome),
                ("who".to_owned(), retyped("text", "null")),
                ("cart.discount_cents".to_owned(), Difference::New),
            ]
        );
    }

    #[test]
    fn what_is_not_known_is_no_difference() {
        assert_eq!(
            between(&json!({ "a": null, "l": [] }), &json!({ "a": 1, "l": [{ "x": 1 }] })),
            []
        );
        assert_eq!(between(&json!({ "l": [1] }), &json!({ "l": [] })), []);
        assert_eq!(between(&json!([{ "a": 1 }, {}]), &json!([{}])), []);
    }

    fn exchange(at: u64, url: &str, status: u16, answered: &Value) -> Exchange {
        Exchange {
            at,
            method: "GET".into(),
            url: format!("http://shop{url}"),
            status,
            sent: None,
            answered: Some(Shape::of(answered)),
        }
    }

    #[test]
    fn beside_a_failure_stands_what_failed_and_what_was_different_before() {
        let services = Services::default();
        let ground = Ground { services: &services, origin: "http://shop" };
        let mut contracts = Contracts::default();
        for n in 0..3 {
            contracts.learn(&exchange(n, "/api/cart/17", 200, &json!({ "discount": 1 })), ground);
            contracts.learn(&exchange(n, "/api/visit", 200, &json!({ "n": 1 })), ground);
        }
        let walk = [
            exchange(1, "/api/cart/18", 200, &json!({ "discount_cents": 1 })),
            exchange(2, "/api/visit", 200, &json!({ "n": 1, "m": 1 })),
            exchange(3, "/api/pay", 500, &json!({ "error": "secret words" })),
            exchange(9, "/api/cart/18", 200, &json!({ "late": 1 })),
        ];
        let failure = Failure { at: 5, request: Some("GET http://shop/api/pay → 500") };
        let told = contracts.beside(failure, &walk, ground);
        let places: Vec<(&str, bool, u32)> =
            told.iter().map(|c| (c.service.as_str(), c.is_breaking(), c.taught_by)).collect();
        assert_eq!(
            places,
            [("/api/pay", false, 0), ("/api/cart", true, 3), ("/api/visit", false, 3)]
        );
        assert_eq!((told[1].route.as_str(), told[1].before), ("/api/cart/:id", 4));
        let text = serde_json::to_string(&told).expect("JSON");
        assert!(!text.contains("secret words") && text.contains("error: text"), "{text}");
        assert_eq!(contracts.beside(Failure { at: 0, request: None }, &walk, ground), []);
    }
}
