//! Addresses: relative to where the recording was made, and without what is secret in them.

use url::Url;

use super::secret;
use crate::route;

/// The application's origin: that of the first address.
#[derive(Debug, Clone, Default)]
pub(super) struct Base(Option<Url>);

/// An address as a journey has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    /// The path with query and fragment, or the whole address where it is another application's.
    pub(super) text: String,
    /// Parameters of the query whose values are secret and left out: their names.
    pub(super) secrets: Vec<String>,
    /// Whether a user name or password stood in it.
    pub(super) had_user: bool,
}

impl Base {
    /// The origin, where an address was seen.
    pub(super) fn origin(&self) -> Option<String> {
        self.0.as_ref().map(|url| url.origin().ascii_serialization())
    }

    /// An origin that the recording names itself.
    pub(super) fn name(&mut self, origin: &str) {
        if self.0.is_none() {
            self.0 = Url::parse(origin).ok().filter(is_page);
        }
    }

    /// An absolute or relative address; the first absolute one says where the application is.
    pub(super) fn whole(&mut self, address: &str) -> Result<Url, String> {
        let address = address.trim();
        let url = match (&self.0, Url::parse(address)) {
            (_, Ok(url)) => url,
            (Some(base), Err(_)) => base
                .join(address)
                .map_err(|why| format!("`{}` is no address: {why}", short(address)))?,
            (None, Err(why)) => {
                return Err(format!("`{}` is no address: {why}", short(address)));
            }
        };
        if !is_page(&url) {
            return Err(format!("`{}` is no page of a web application", short(address)));
        }
        self.0.get_or_insert_with(|| url.clone());
        Ok(url)
    }

    /// An address as `visit` has it: a value that is secret becomes a variable of its name.
    pub(super) fn written(&self, url: &Url) -> Written {
        let mut url = url.clone();
        let had_user = !url.username().is_empty() || url.password().is_some();
        // Only addresses without a host refuse this, and these are no pages.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        let secrets = hide(&mut url);
        let text = match &self.0 {
            Some(base) if base.origin() == url.origin() => {
                url[url::Position::BeforePath..].to_owned()
            }
            _ => url.to_string(),
        };
        // Braces would be taken for a variable.
        let mut text = text.replace("{{", "%7B%7B");
        for name in &secrets {
            text = text.replace(&mark(name), &format!("{{{{{}}}}}", variable(name)));
        }
        Written { text, secrets, had_user }
    }

    /// An address as `expect` has it: with identifiers folded, which differ in every walk.
    pub(super) fn expected(&self, url: &Url) -> String {
        let mut url = url.clone();
        let _ = url.set_username("");
        let _ = url.set_password(None);
        let secret = url.query_pairs().any(|(name, _)| secret::speaks_of_secret(&name));
        if secret {
            url.set_query(None);
        }
        match &self.0 {
            Some(base) if base.origin() == url.origin() => {
                let path = route::fold(url.path());
                format!("{path}{}", &url[url::Position::AfterPath..]).replace("{{", "%7B%7B")
            }
            _ => url.to_string().replace("{{", "%7B%7B"),
        }
    }
}

/// The variable of a secret parameter.
pub(super) fn variable(name: &str) -> String {
    let slug = crate::journey::ids::slug(name);
    if slug.is_empty() { "secret".to_owned() } else { slug }
}

fn is_page(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

/// Puts a mark in place of each secret value of the query; gives the parameters' names.
fn hide(url: &mut Url) -> Vec<String> {
    let Some(query) = url.query().map(str::to_owned) else { return Vec::new() };
    let mut names = Vec::new();
    let kept: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) if !value.is_empty() && secret::speaks_of_secret(name) => {
                names.push(name.to_owned());
                format!("{name}={}", mark(name))
            }
            _ => pair.to_owned(),
        })
        .collect();
    if !names.is_empty() {
        url.set_query(Some(&kept.join("&")));
    }
    names
}

/// What stands for a secret until braces are harmless.
fn mark(name: &str) -> String {
    format!("-desirepath-{}-", variable(name))
}

fn short(address: &str) -> String {
    crate::diagnostic::shown(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_their_origin_and_their_secrets() {
        let mut base = Base::default();
        let url = base.whole("https://ada:pw@shop.example/a?token=abc&q=x#top").expect("a page");
        let written = base.written(&url);
        assert_eq!(written.text, "/a?token={{token}}&q=x#top");
        assert_eq!((written.secrets, written.had_user), (vec!["token".to_owned()], true));
        let url = base.whole("/order/123456?x={{y}}").expect("a page");
        assert_eq!(base.written(&url).text, "/order/123456?x=%7B%7By}}");
        assert_eq!(base.expected(&url), "/order/:id?x=%7B%7By}}");
        let url = base.whole("https://pay.example/").expect("a page");
        assert_eq!(base.written(&url).text, "https://pay.example/");
        assert!(base.whole("chrome://newtab").is_err());
        assert_eq!(base.origin().as_deref(), Some("https://shop.example"));
    }
}
