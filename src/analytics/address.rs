//! URLs → paths that may be kept: no host, no credentials, no query, no anchor, and no segment
//! that is plainly an identifier or an attack. Folding by what the data shows is left to `routes`.

use std::borrow::Cow;

use super::redact::{decode, personal};
use crate::route;

/// The most segments of a path; what is deeper is `*`.
const MOST_SEGMENTS: usize = 12;
/// The longest segment that may be a name.
const LONGEST_SEGMENT: usize = 96;

/// Where a URL leads, nothing of it tidied yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place<'u> {
    /// Empty where the URL has none.
    pub(super) host: &'u str,
    pub(super) path: &'u str,
    /// The path in the fragment, with what stands before it (`#` or `#!`).
    behind: Option<(&'static str, &'u str)>,
}

/// The parts of a URL; `None` where it names no page of a web site.
pub(super) fn split(url: &str) -> Option<Place<'_>> {
    let url = url.trim();
    let behind = route::behind_hash(url);
    let place = |host, path| Some(Place { host, path, behind });
    let url = &url[..url.find(['?', '#']).unwrap_or(url.len())];
    let rest = match url.split_once("://") {
        Some((scheme, rest))
            if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https") =>
        {
            rest
        }
        Some((scheme, _)) if !scheme.contains('/') => return None,
        _ => match url.strip_prefix("//") {
            Some(rest) => rest,
            None if url.starts_with('/') => return place("", url),
            None => return None,
        },
    };
    let (authority, path) = rest.split_at(rest.find(['/', '\\']).unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or("");
    place(host, if path.is_empty() { "/" } else { path })
}

impl<'u> Place<'u> {
    /// Where a link on this page leads, as [`split`]; one to another path in the fragment may be
    /// written without the page's own address.
    pub(super) fn link(&self, href: &'u str) -> Option<Place<'u>> {
        if !href.starts_with('#') {
            return split(href);
        }
        Some(Place { behind: Some(route::behind_hash(href)?), ..*self })
    }

    /// Appends the path, tidied: without empty segments and `;parameters`, identifiers as `:id`,
    /// what cannot be a name as `:slug`. What begins the path in the fragment is a segment too.
    pub(super) fn tidy(&self, out: &mut String) {
        let from = out.len();
        tidy(self.path, out);
        let Some((mark, behind)) = self.behind else { return };
        if out.len() - from > 1 {
            out.push('/');
        }
        let before = out.len();
        out.push_str(mark);
        let empty = out.len() + 1;
        tidy(behind, out);
        if out.len() == empty {
            out.truncate(before.max(from + 1));
            if out.len() - from > 1 {
                out.pop();
            }
        }
    }
}

fn tidy(path: &str, out: &mut String) {
    let mut empty = true;
    for (number, segment) in path.split('/').filter(|s| !s.is_empty()).enumerate() {
        let segment = segment.split(';').next().unwrap_or("");
        if segment.is_empty() || segment == "." {
            continue;
        }
        out.push('/');
        empty = false;
        if number == MOST_SEGMENTS {
            out.push('*');
            return;
        }
        out.push_str(keepable(segment));
    }
    if empty {
        out.push('/');
    }
}

/// The segment, or the word for what stands in its place.
fn keepable(segment: &str) -> &str {
    // Most segments of most sites are short lower-case words: nothing to look for.
    if segment.len() < 16
        && segment.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        && !segment.starts_with('-')
    {
        return segment;
    }
    if segment.bytes().all(|b| b.is_ascii_digit()) {
        return ":id";
    }
    let decoded: Cow<'_, str> = decode(segment).map_or(Cow::Borrowed(segment), Cow::Owned);
    if decoded.contains('@') || personal(&decoded).is_some() {
        return ":id";
    }
    if segment.len() > LONGEST_SEGMENT || !is_name(&decoded) || !is_name(segment) {
        return ":slug";
    }
    segment
}

/// Whether a segment may be the name of something: no markup, formula, pattern or control.
fn is_name(segment: &str) -> bool {
    let dangerous = |c: char| {
        c.is_control()
            || c.is_whitespace()
            || "<>\"'`{}|\\^/?#*$=()[]".contains(c)
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffd}')
    };
    !segment.starts_with([':', '+', '-', '.', '%']) && !segment.contains(dangerous)
}

/// The extension of a path's last segment, in lower case; empty where there is none.
pub(super) fn extension(path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or("");
    match last.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() || !extension.contains('-') => {
            extension.to_ascii_lowercase()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(url: &str) -> Option<String> {
        let mut out = String::new();
        split(url)?.tidy(&mut out);
        Some(out)
    }

    #[test]
    fn keeps_the_path_and_nothing_else() {
        for (url, path) in [
            ("https://user:secret@shop.example/cart?token=x#y", "/cart"),
            ("https://shop.example", "/"),
            ("https://shop.example?x", "/"),
            ("//shop.example/a//b/", "/a/b"),
            ("/product/17/reviews", "/product/:id/reviews"),
            ("/a;jsessionid=0123/b", "/a/b"),
            ("/u/jane%40example.com/", "/u/:id"),
            ("/u/@jane", "/u/:id"),
            ("/q/%3Cscript%3E", "/q/:slug"),
            ("/q/=cmd", "/q/:slug"),
            ("/q/-1+1", "/q/:slug"),
            ("/:id/*", "/:slug/:slug"),
            ("/caf%C3%A9", "/caf%C3%A9"),
            ("/blue-mug", "/blue-mug"),
            ("/f/550e8400-e29b-41d4-a716-446655440000", "/f/:id"),
            ("https://shop.example/?a=b#/cart?token=x", "/#/cart"),
            ("https://shop.example/app#!/order/17/", "/app/#!/order/:id"),
            ("https://shop.example/app/#/", "/app"),
            ("https://shop.example/app#/;x", "/app"),
            ("https://shop.example/#/;x", "/"),
            ("https://shop.example/#/u/jane%40example.com", "/#/u/:id"),
            ("https://shop.example/#/access_token=abc&x", "/#/:slug"),
            ("https://shop.example/a#section-2", "/a"),
        ] {
            assert_eq!(page(url).as_deref(), Some(path), "{url}");
        }
        for url in ["about:blank", "mailto:jane@example.com", "chrome-extension://x/y", "", "cart"]
        {
            assert_eq!(page(url), None, "{url}");
        }
    }

    #[test]
    fn an_extension_is_what_follows_the_last_dot() {
        assert_eq!(extension("/a/b.PNG"), "png");
        assert_eq!(extension("/a.b/c"), "");
        assert_eq!(extension("/"), "");
    }

    proptest::proptest! {
        #[test]
        fn what_is_kept_is_always_a_route(url in "\\PC*|/[ -~é/%]{0,60}|/[a-z]{0,3}(#!?)/[ -~é/%]{0,40}") {
            if let Some(path) = page(&url) {
                proptest::prop_assert!(crate::route::Route::parse(&path).is_ok(), "{path}");
                proptest::prop_assert!(!path.contains('@'));
            }
        }
    }
}
