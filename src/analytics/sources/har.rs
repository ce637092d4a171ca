//! HTTP archives: each file is one user, and a request for a document is a view.
//! <http://www.softwareishard.com/blog/har-12-spec/>

use serde::Deserialize;

use super::super::batch::Door;
use super::super::seen::Seen;
use super::super::tally::Dropped;
use super::super::text::{Text, When, or_nothing};
use super::super::work::Broken;
use super::{Source, Took, json};

#[derive(Default)]
pub(super) struct Har {
    /// When the archive begins: what tells one from another, wherever it is stored.
    user: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(borrow)]
    started_date_time: Text<'a>,
    #[serde(borrow)]
    request: Request<'a>,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    response: Response<'a>,
    #[serde(borrow, default, rename = "_resourceType")]
    resource: Text<'a>,
}

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow, default)]
    method: Text<'a>,
    #[serde(borrow)]
    url: Text<'a>,
    #[serde(borrow, default)]
    headers: Vec<Header<'a>>,
}

#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(borrow, default)]
    value: Text<'a>,
}

#[derive(Deserialize, Default)]
struct Response<'a> {
    #[serde(borrow, default)]
    status: Text<'a>,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    content: Content<'a>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Content<'a> {
    #[serde(borrow, default)]
    mime_type: Text<'a>,
}

impl Source for Har {
    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let entry: Entry<'_> = json::read(record)?;
        let user = self.user.get_or_insert_with(|| entry.started_date_time.to_string());
        let document = match &*entry.resource {
            "" => entry.response.content.mime_type.starts_with("text/html"),
            resource => resource == "document",
        };
        if !document {
            door.drop_one(Dropped::Asset);
            return Ok(Took::Events);
        }
        let at: When = When(super::super::moment::Moment::parse(&entry.started_date_time));
        let agent =
            entry.request.headers.iter().find(|h| h.name.eq_ignore_ascii_case("user-agent"));
        door.request(
            &entry.request.method,
            entry.response.status.parse().unwrap_or(0),
            &Seen {
                user,
                at: at.0,
                url: &entry.request.url,
                agent: agent.map_or("", |header| &header.value),
                ..Seen::default()
            },
        );
        Ok(Took::Events)
    }
}
