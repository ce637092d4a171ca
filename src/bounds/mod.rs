//! What a walk must keep to: the hosts that it may go to, and whether it may change anything there.
//! It decides about one request at a time; who stops requests is `browser::fence`.

mod hosts;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::route::Route;

pub use hosts::{BadHost, Host, Hosts};

/// What a walk must keep to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bounds {
    /// Where it may go.
    pub hosts: Hosts,
    /// Whether it may change something.
    pub changes: Changes,
}

/// Whether requests may change something on the server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Changes {
    /// They may.
    #[default]
    Allowed,
    /// Only requests that by HTTP's own rules change nothing are let through
    /// (<https://www.rfc-editor.org/rfc/rfc9110#name-safe-methods>), and those on these routes:
    /// applications that search by POST.
    HeldBack {
        /// The routes on which everything is let through.
        except: Vec<Route>,
    },
}

/// Why something was kept from happening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Breach {
    /// It leads to a host that is not allowed.
    Host,
    /// It may change something, and the walk is read-only.
    Change,
    /// The journey or the configuration says that it must never be touched.
    Never,
}

/// What a request is for, as far as hosts are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A document in a tab: the walker itself goes there.
    Page,
    /// Anything that a page brings along: frames, scripts, pictures, calls.
    Part,
}

impl Bounds {
    /// Why this request must not be sent; `None` where it may.
    #[must_use]
    pub fn breach(&self, method: &str, url: &Url, purpose: Purpose) -> Option<Breach> {
        if !matches!(url.scheme(), "http" | "https" | "ws" | "wss") {
            return None;
        }
        if !self.hosts.allow(url, purpose) {
            return Some(Breach::Host);
        }
        match &self.changes {
            Changes::HeldBack { except }
                if !is_safe(method) && !except.iter().any(|route| route.matches(url.path())) =>
            {
                Some(Breach::Change)
            }
            _ => None,
        }
    }

    /// Whether somebody relies on them: without a fence there may be no walk then.
    #[must_use]
    pub fn are_strict(&self) -> bool {
        self.hosts.are_listed() || self.changes != Changes::Allowed
    }
}

fn is_safe(method: &str) -> bool {
    ["GET", "HEAD", "OPTIONS"].iter().any(|safe| method.eq_ignore_ascii_case(safe))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breach(bounds: &Bounds, method: &str, url: &str, purpose: Purpose) -> Option<Breach> {
        bounds.breach(method, &Url::parse(url).expect("a URL"), purpose)
    }

    #[test]
    fn a_read_only_walk_sends_what_changes_nothing() {
        let search = Route::parse("/api/search").expect("a route");
        let bounds =
            Bounds { changes: Changes::HeldBack { except: vec![search] }, ..Bounds::default() };
        let of = |method, url| breach(&bounds, method, url, Purpose::Part);
        assert_eq!(of("GET", "http://shop/delete?id=3"), None);
        assert_eq!(of("options", "http://shop/api/pay"), None);
        assert_eq!(of("POST", "http://shop/api/pay"), Some(Breach::Change));
        assert_eq!(of("POST", "http://shop/api/search?q=mug"), None);
        assert_eq!(of("DELETE", "http://shop/api/search/3"), Some(Breach::Change));
        assert_eq!(of("PROPFIND", "http://shop/"), Some(Breach::Change), "nobody knows");
        assert_eq!(of("POST", "blob:http://shop/1"), None);
        assert!(bounds.are_strict());
    }
}
