//! Routes: URLs with their variable parts folded, such as `/product/:slug`.
//! Folding routes out of data is not done here; this is the type and its matching.

use std::fmt;

/// A path pattern. A segment that begins with `:` stands for any one segment, `*` at the
/// end for any rest. Query and fragment never take part.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Route(String);

/// Why a text is not a route.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a route begins with `/` and has no white space, query or fragment, for example /product/:slug"
)]
pub struct BadRoute;

impl Route {
    /// Reads a route; `/product/:slug/` and `/product/:slug` are the same.
    ///
    /// # Errors
    /// The text does not begin with `/`, or has white space, `?` or `#` in it.
    pub fn parse(text: &str) -> Result<Self, BadRoute> {
        if !text.starts_with('/') || text.contains(|c: char| c.is_whitespace() || "?#".contains(c))
        {
            return Err(BadRoute);
        }
        let trimmed = text.trim_end_matches('/');
        Ok(Self(if trimmed.is_empty() { "/".into() } else { trimmed.into() }))
    }

    /// The pattern as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a URL's path (`/product/blue-mug`) is on this route.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let mut pattern = self.0.split('/').filter(|s| !s.is_empty());
        let mut actual =
            path.split(['?', '#']).next().unwrap_or("").split('/').filter(|s| !s.is_empty());
        loop {
            match (pattern.next(), actual.next()) {
                (Some("*"), _) | (None, None) => return true,
                (Some(p), Some(a)) if p.starts_with(':') || p == a => {}
                _ => return false,
            }
        }
    }

    /// How many segments are fixed: of several matching routes, the most specific has most.
    #[must_use]
    pub fn specificity(&self) -> usize {
        self.0.split('/').filter(|s| !s.is_empty() && !s.starts_with(':') && *s != "*").count()
    }

    /// Whether the route names exactly one page.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        !self.0.split('/').any(|s| s.starts_with(':') || s == "*")
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The path of a URL; a text that is no URL stays as it is.
#[must_use]
pub fn path(url: &str) -> String {
    url::Url::parse(url).map_or_else(|_| url.to_owned(), |url| url.path().to_owned())
}

/// Folds a URL's path where no routes are known: numbers and long identifiers become `:id`.
///
/// Used in finding signatures, so that `/order/17` and `/order/18` are one place.
#[must_use]
pub fn fold(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or("");
    let folded: Vec<&str> =
        path.split('/').map(|s| if is_identifier(s) { ":id" } else { s }).collect();
    let folded = folded.join("/");
    if folded.is_empty() { "/".into() } else { folded }
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
    fn folds_numbers_and_long_identifiers() {
        assert_eq!(fold("/order/17?x=1"), "/order/:id");
        assert_eq!(fold("/o/550e8400-e29b-41d4-a716-446655440000"), "/o/:id");
        assert_eq!(fold("/product/blue-mug"), "/product/blue-mug");
        assert_eq!(fold(""), "/");
    }
}
