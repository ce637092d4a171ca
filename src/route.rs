//! Routes: URLs with their variable parts folded, such as `/product/:slug`.
//! Folding routes out of data is not done here; this is the type and its matching.

use std::fmt;

/// A path pattern. A segment that begins with `:` stands for any one segment, `*` at the
/// end for any rest. The query never takes part, and of the fragment only a path in it
/// (`/#/cart`, `/app#!/cart`), by which some applications tell their pages apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Route(String);

/// Why a text is not a route.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a route begins with `/` and has no white space, query or anchor, for example /product/:slug or /#/cart"
)]
pub struct BadRoute;

impl Route {
    /// Reads a route; `/product/:slug/` and `/product/:slug` are the same, and so are `/app/#/cart`
    /// and `/app#/cart`, `/#/` and `/`.
    ///
    /// # Errors
    /// The text does not begin with `/`, has white space or `?` in it, or a `#` that no path follows.
    pub fn parse(text: &str) -> Result<Self, BadRoute> {
        let (path, fragment) = text.split_once('#').unwrap_or((text, "/"));
        let inner = fragment.strip_prefix('!').unwrap_or(fragment);
        let strange = |c: char| c.is_whitespace() || "?#".contains(c);
        if !path.starts_with('/')
            || !inner.starts_with('/')
            || (path.contains(strange) || inner.contains(strange))
        {
            return Err(BadRoute);
        }
        let path = path.trim_end_matches('/');
        Ok(Self(match behind_hash(text) {
            Some((mark, inner)) => {
                let path = if path.is_empty() { "/" } else { path };
                format!("{path}{mark}{}", inner.trim_end_matches('/'))
            }
            None if path.is_empty() => "/".into(),
            None => path.into(),
        }))
    }

    /// The pattern as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a URL's path (`/product/blue-mug`, `/#/cart`) is on this route.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let mut pattern = segments(&self.0);
        let mut actual = segments(path);
        loop {
            match (pattern.next(), actual.next()) {
                (Some("*"), _) | (None, None) => return true,
                (Some(p), Some(a)) if p == a || p.starts_with(':') && !a.starts_with('#') => {}
                _ => return false,
            }
        }
    }

    /// How many segments are fixed: of several matching routes, the most specific has most.
    #[must_use]
    pub fn specificity(&self) -> usize {
        segments(&self.0).filter(|s| !s.starts_with(':') && *s != "*").count()
    }

    /// Whether the route names exactly one page.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        !segments(&self.0).any(|s| s.starts_with(':') || s == "*")
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The path in the fragment of a URL, with what stands before it (`#` or `#!`), and without its
/// query: `("#", "/cart")` of `/#/cart?x`. `None` for an anchor (`#top`), and for the first page
/// of an application that routes so (`#/`), which is the page without a fragment.
#[must_use]
pub fn behind_hash(url: &str) -> Option<(&'static str, &str)> {
    let (_, fragment) = url.split_once('#')?;
    let (mark, path) = match fragment.strip_prefix('!') {
        Some(path) => ("#!", path),
        None => ("#", fragment),
    };
    let path = path.split(['?', '#']).next().unwrap_or("");
    (path.starts_with('/') && !path.trim_matches('/').is_empty()).then_some((mark, path))
}

/// The segments of a path; what begins a path in the fragment is one of its own.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    let (mark, behind) = behind_hash(path).unwrap_or(("", ""));
    let before = path.split(['?', '#']).next().unwrap_or("").split('/');
    before.chain([mark]).chain(behind.split('/')).filter(|segment| !segment.is_empty())
}

/// The path of a URL, with the one in its fragment; a text that is no URL stays as it is.
#[must_use]
pub fn path(url: &str) -> String {
    let Ok(parsed) = url::Url::parse(url) else { return url.to_owned() };
    let (mark, behind) = behind_hash(parsed.as_str()).unwrap_or(("", ""));
    format!("{}{mark}{behind}", parsed.path())
}

/// Folds a URL's path where no routes are known: numbers and long identifiers become `:id`.
///
/// Used in finding signatures, so that `/order/17` and `/order/18` are one place.
#[must_use]
pub fn fold(path: &str) -> String {
    let (mark, behind) = behind_hash(path).unwrap_or(("", ""));
    let before = fold_segments(path.split(['?', '#']).next().unwrap_or(""));
    let before = if before.is_empty() { "/" } else { &before };
    format!("{before}{mark}{}", fold_segments(behind))
}

fn fold_segments(path: &str) -> String {
    let folded: Vec<&str> =
        path.split('/').map(|s| if is_identifier(s) { ":id" } else { s }).collect();
    folded.join("/")
}

fn is_identifier(segment: &str) -> bool {
    let digits = segment.chars().filter(char::is_ascii_digit).count();
    let hex = segment.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    (digits > 0 && digits == segment.len()) || (segment.len() >= 16 && hex && digits > 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_folded_parts_and_nothing_more() {
        let route = Route::parse("/product/:slug").expect("a route");
        assert!(route.matches("/product/blue-mug"));
        assert!(route.matches("/product/blue-mug/?ref=x"));
        assert!(!route.matches("/product"));
        assert!(!route.matches("/product/a/b"));
        assert!(Route::parse("/docs/*").expect("a route").matches("/docs/a/b"));
        assert!(Route::parse("/").expect("a route").matches("/"));
        assert_eq!(Route::parse("product"), Err(BadRoute));
    }

    #[test]
    fn a_path_behind_a_hash_is_a_page_of_its_own_and_an_anchor_is_none() {
        let route = |text: &str| Route::parse(text).expect("a route");
        assert_eq!(route("/app/#/cart/").as_str(), "/app#/cart");
        assert_eq!(route("/#/").as_str(), "/");
        assert_eq!(route("/#!/a").as_str(), "/#!/a");
        for wrong in ["/#top", "/#", "/#/a?b", "/#/a#b", "#/a", "/a?b#/c", "/#/a b"] {
            assert_eq!(Route::parse(wrong), Err(BadRoute), "{wrong}");
        }
        assert!(route("/#/cart").matches("/?x=1#/cart?y=2"));
        assert!(route("/#/order/:id").matches("/#/order/17/"));
        assert!(route("/#/order/:id").is_literal().eq(&false));
        assert!(route("/").matches("/#top") && route("/").matches("/#/"));
        assert!(route("/*").matches("/#/cart"));
        assert!(!route("/").matches("/#/cart"));
        assert!(!route("/:slug/cart").matches("/#/cart"));
        assert!(!route("/#!/cart").matches("/#/cart"));
        assert!(!route("/#/cart").matches("/cart"));
        assert!(route("/#/cart").specificity() > route("/cart").specificity());
        assert_eq!(path("https://x.example/app?q#/a/1?secret"), "/app#/a/1");
        assert_eq!(path("https://x.example/app#top"), "/app");
        assert_eq!(fold("/app/7#/order/17?x"), "/app/:id#/order/:id");
        assert_eq!(fold("/#top"), "/");
    }

    #[test]
    fn folds_numbers_and_long_identifiers() {
        assert_eq!(fold("/order/17?x=1"), "/order/:id");
        assert_eq!(fold("/o/550e8400-e29b-41d4-a716-446655440000"), "/o/:id");
        assert_eq!(fold("/product/blue-mug"), "/product/blue-mug");
        assert_eq!(fold(""), "/");
    }
}
