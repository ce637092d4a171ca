//! The hosts that a walk may go to.

use std::fmt;

use url::Url;

use super::Purpose;

/// A host as written in `allow_hosts`: `example.com`, `*.example.com` or `localhost:3000`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Lower case, as browsers write it; without the `*.`.
    name: String,
    below: Below,
    port: Option<u16>,
}

/// Which names a [`Host`] means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Below {
    /// The name itself.
    No,
    /// Every name that ends in it, and not the name itself.
    Yes,
}

/// Why a text is no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no host; write for example example.com, *.example.com or localhost:3000")]
pub struct BadHost(String);

impl Host {
    /// Reads an entry of `allow_hosts`.
    ///
    /// # Errors
    /// It is a URL, has a path, or is no host's name.
    pub fn parse(text: &str) -> Result<Self, BadHost> {
        let bad = || BadHost(text.to_owned());
        let (below, rest) = match text.strip_prefix("*.") {
            Some(rest) => (Below::Yes, rest),
            None => (Below::No, text),
        };
        if rest.is_empty() || rest.contains(['/', '*', '@', '?', '#']) {
            return Err(bad());
        }
        // With a scheme that has no port of its own, a port that is written stays.
        let url = Url::parse(&format!("ws://{rest}")).map_err(|_| bad())?;
        let name = url.host_str().ok_or_else(bad)?.to_owned();
        let port = match rest.rsplit_once(':') {
            Some((_, port)) if !port.ends_with(']') => Some(port.parse().map_err(|_| bad())?),
            _ => None,
        };
        Ok(Self { name, below, port })
    }

    fn is_of(&self, url: &Url) -> bool {
        let Some(name) = url.host_str() else { return false };
        let named = match self.below {
            Below::No => name == self.name,
            Below::Yes => name.strip_suffix(&self.name).is_some_and(|front| front.ends_with('.')),
        };
        named && self.port.is_none_or(|port| url.port_or_known_default() == Some(port))
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let star = if self.below == Below::Yes { "*." } else { "" };
        write!(f, "{star}{}", self.name)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// Where a walk may go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hosts {
    /// The application's own; empty: not known, and nothing is held.
    own: Vec<Host>,
    /// What else was listed; `None`: nobody listed anything.
    listed: Option<Vec<Host>>,
}

impl Hosts {
    /// The application's own host, on any port. Pages stay there, and may bring along what they
    /// like from anywhere.
    #[must_use]
    pub fn of(base_url: &str) -> Self {
        let host = Url::parse(base_url).ok().and_then(|url| url.host_str().map(str::to_owned));
        let own = |name: String| Host { name, below: Below::No, port: None };
        let own = host.map(|name| {
            // The one name leads to the other nearly everywhere.
            let twin = match name.strip_prefix("www.") {
                Some(bare) => bare.to_owned(),
                None => format!("www.{name}"),
            };
            vec![own(name), own(twin)]
        });
        Self { own: own.unwrap_or_default(), listed: None }
    }

    /// The same, and these; nothing is asked of any other host then.
    #[must_use]
    pub fn and(self, listed: Vec<Host>) -> Self {
        Self { listed: Some(listed), ..self }
    }

    /// Whether somebody said which hosts.
    #[must_use]
    pub const fn are_listed(&self) -> bool {
        self.listed.is_some()
    }

    pub(super) fn allow(&self, url: &Url, purpose: Purpose) -> bool {
        let free = purpose == Purpose::Part && self.listed.is_none();
        let mut all = self.own.iter().chain(self.listed.iter().flatten());
        free || self.own.is_empty() || all.any(|host| host.is_of(url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(hosts: &Hosts, url: &str, purpose: Purpose) -> bool {
        hosts.allow(&Url::parse(url).expect("a URL"), purpose)
    }

    #[test]
    fn pages_stay_and_their_parts_come_from_anywhere() {
        let hosts = Hosts::of("https://example.com/shop");
        assert!(allow(&hosts, "http://example.com:8080/x", Purpose::Page));
        assert!(allow(&hosts, "https://www.example.com/", Purpose::Page));
        assert!(!allow(&hosts, "https://evil.com/?example.com", Purpose::Page));
        assert!(!allow(&hosts, "https://notexample.com/", Purpose::Page));
        assert!(allow(&hosts, "https://cdn.net/lib.js", Purpose::Part));
        assert!(allow(&Hosts::default(), "https://anywhere/", Purpose::Page));
    }

    #[test]
    fn a_list_holds_everything() {
        let listed = ["*.example.com", "api.net:8443", "[::1]:3000"];
        let listed = listed.iter().map(|text| Host::parse(text).expect("a host")).collect();
        let hosts = Hosts::of("https://app.test").and(listed);
        let part = |url| allow(&hosts, url, Purpose::Part);
        assert!(part("https://app.test/x") && part("https://a.b.example.com/"));
        assert!(!part("https://example.com/"), "the star stands for something");
        assert!(part("https://api.net:8443/") && !part("https://api.net/"));
        assert!(part("http://[::1]:3000/") && !part("https://cdn.net/lib.js"));
    }

    #[test]
    fn an_entry_is_a_host_and_nothing_else() {
        for wrong in ["", "https://example.com", "example.com/x", "a*.b", "a:b", "*.", "a b"] {
            assert!(Host::parse(wrong).is_err(), "{wrong}");
        }
        for right in ["example.com", "*.example.com", "localhost:3000", "[::1]:80"] {
            assert_eq!(Host::parse(right).expect("a host").to_string(), right);
        }
        assert_eq!(Host::parse("EXAMPLE.com").expect("a host").to_string(), "example.com");
    }
}
