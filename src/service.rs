//! Services: which part of an application answers a request, told by the request's URL alone. What
//! came of the request is not known here.

use indexmap::IndexMap;
use serde::Deserialize;
use url::Url;

use crate::route;

/// First segments that say nothing about who answers.
const GENERAL: [&str; 6] = ["api", "rest", "services", "service", "v", "ajax"];
/// Names that are too long to be a service's.
const LONGEST_SEGMENT: usize = 40;

/// The services that somebody has named; a request to none of them is named after its URL.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(transparent)]
pub struct Services {
    named: IndexMap<String, Place>,
}

/// Where a service answers: an origin, a path on the application's own origin, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `https://pay.example.com`; `None`: the application's own.
    origin: Option<String>,
    /// The beginning of the path, whole segments of it, without a slash at its end.
    path: String,
}

/// Why a text is not a place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a path such as /api/cart, an origin such as https://pay.example.com, or both as \
     {{ origin: \"https://pay.example.com\", path: /v2 }}, found `{0}`"
)]
pub struct BadPlace(String);

impl Place {
    /// Reads `/api/cart`, `https://pay.example.com` or `https://pay.example.com/v2`.
    ///
    /// # Errors
    /// The text is none of these.
    pub fn parse(text: &str) -> Result<Self, BadPlace> {
        let bad = || BadPlace(text.to_owned());
        let whole = |path: &str| {
            let is_whole = path.starts_with('/') && !path.contains(['?', '#', ' ']);
            is_whole.then(|| path.trim_end_matches('/').to_owned()).ok_or_else(bad)
        };
        if text.starts_with('/') {
            return Ok(Self { origin: None, path: whole(text)? });
        }
        let url = Url::parse(text).map_err(|_| bad())?;
        let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
        if !is_web || url.query().is_some() || url.fragment().is_some() {
            return Err(bad());
        }
        Ok(Self { origin: Some(url.origin().ascii_serialization()), path: whole(url.path())? })
    }

    /// How much of a URL it accounts for: the longer the path, the better; then a named origin.
    fn fit(&self, origin: &str, path: &str, own: &str) -> Option<(usize, bool)> {
        let here = self.origin.as_deref().unwrap_or(own) == origin;
        let rest = path.strip_prefix(self.path.as_str())?;
        let fits = here && (rest.is_empty() || rest.starts_with('/'));
        fits.then_some((self.path.len(), self.origin.is_some()))
    }
}

impl Services {
    /// The service that answers at `url`, for an application at the origin `own`: the one with
    /// the longest path that fits, else the host of another origin, else the beginning of the
    /// path.
    #[must_use]
    pub fn of(&self, url: &str, own: &str) -> String {
        let Ok(url) = Url::parse(url) else { return "unknown".into() };
        let (origin, path) = (url.origin().ascii_serialization(), url.path());
        let fitting = self
            .named
            .iter()
            .filter_map(|(name, place)| place.fit(&origin, path, own).map(|fit| (fit, name)));
        // Of equals the one that stands first.
        if let Some((_, name)) = fitting.rev().max_by_key(|(fit, _)| *fit) {
            return name.clone();
        }
        // `data:` and `blob:` are answered by nobody.
        let Some(host) = url.host_str() else { return "unknown".into() };
        match url.port() {
            _ if origin == own => beginning(path),
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }
}

/// `/api/cart/items/17` → `/api/cart`, `/product/blue-mug` → `/product`. A file at the top, and
/// what begins with data, is the application itself: `/`.
fn beginning(path: &str) -> String {
    let mut taken = String::new();
    let folded = route::fold(path);
    let mut segments = folded.split('/').filter(|segment| !segment.is_empty()).peekable();
    while let Some(segment) = segments.next() {
        let is_file = segments.peek().is_none() && segment.contains('.');
        if segment.starts_with(':') || is_file || segment.len() > LONGEST_SEGMENT {
            break;
        }
        taken.push('/');
        taken.push_str(segment);
        let bare = segment.trim_end_matches(|c: char| c.is_ascii_digit());
        if !GENERAL.contains(&bare) {
            break;
        }
    }
    if taken.is_empty() { "/".into() } else { taken }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Parts {
            origin: Option<String>,
            path: Option<String>,
        }
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Place;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a path, an origin, or { origin: …, path: … }")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Place, E> {
                Place::parse(text).map_err(E::custom)
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Place, A::Error> {
                use serde::de::Error;
                let Parts { origin, path } =
                    Parts::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                let parse = |text: String| Place::parse(&text).map_err(A::Error::custom);
                match (origin.map(parse).transpose()?, path.map(parse).transpose()?) {
                    (Some(Place { origin: None, path }), _) => {
                        Err(A::Error::custom(format!("origin: {}", BadPlace(path))))
                    }
                    (_, Some(Place { origin: Some(path), .. })) => {
                        Err(A::Error::custom(format!("path: {}", BadPlace(path))))
                    }
                    (Some(Place { path, .. }), Some(_)) if !path.is_empty() => {
                        Err(A::Error::custom("the path stands in `origin` and in `path`"))
                    }
                    (Some(place), Some(Place { path, .. })) => Ok(Place { path, ..place }),
                    (Some(place), None) | (None, Some(place)) => Ok(place),
                    (None, None) => Err(A::Error::custom("neither origin nor path is given")),
                }
            }
        }
        d.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "https://shop.example";

    fn named(yaml: &str) -> Services {
        serde_yaml::from_str(yaml).expect("services")
    }

    #[test]
    fn the_longest_place_that_fits_names_the_service() {
        let services = named(
            "cart: /api/cart\ncoupons: /api/cart/coupon/\nshop: /\npayment: { origin: 'https://pay.example', path: /v2 }\n\
             ledger: https://pay.example\n",
        );
        let of = |url: &str| services.of(url, OWN);
        assert_eq!(of("https://shop.example/api/cart/items?x=1"), "cart");
        assert_eq!(of("https://shop.example/api/cart/coupon"), "coupons");
        assert_eq!(of("https://shop.example/api/cartoon"), "shop");
        assert_eq!(of("https://pay.example/v2/pay"), "payment");
        assert_eq!(of("https://pay.example/v21"), "ledger");
        assert_eq!(of("https://other.example/api/cart"), "other.example");
    }

    #[test]
    fn without_a_name_the_url_gives_one() {
        let of = |url: &str| Services::default().of(url, OWN);
        assert_eq!(of("https://shop.example/api/cart/items/17"), "/api/cart");
        assert_eq!(of("https://shop.example/api/v2/orders"), "/api/v2/orders");
        assert_eq!(of("https://shop.example/api/17"), "/api");
        assert_eq!(of("https://shop.example/app.js"), "/");
        assert_eq!(of("https://shop.example/"), "/");
        assert_eq!(of("http://127.0.0.1:9000/x"), "127.0.0.1:9000");
        assert_eq!(of("data:text/plain,x"), "unknown");
    }

    #[test]
    fn mistakes_are_explained() {
        let error =
            |yaml: &str| serde_yaml::from_str::<Services>(yaml).expect_err("wrong").to_string();
        assert!(error("cart: api/cart\n").contains("such as /api/cart"));
        assert!(error("cart: { orgin: x }\n").contains("unknown field `orgin`"));
        assert!(error("cart: {}\n").contains("neither origin nor path"));
        assert!(error("cart: { origin: /x }\n").contains("origin: expected"));
        assert!(
            error("cart: { origin: 'https://a.b/c', path: /d }\n")
                .contains("in `origin` and in `path`")
        );
    }
}
