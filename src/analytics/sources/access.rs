//! Logs of web servers: the common and the combined format, and JSON with the names that servers
//! and proxies give these fields. The user is the address together with the user agent.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::super::batch::Door;
use super::super::moment::Moment;
use super::super::seen::Seen;
use super::super::text::Text;
use super::super::work::Broken;
use super::{Source, Took, json};

pub(super) struct AccessLog;

impl Source for AccessLog {
    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let line = Line::read(record).ok_or("this is no line of a common or combined log")?;
        let (method, target) =
            request(line.request).ok_or("the request is not of the form METHOD /path HTTP/1.1")?;
        let status = line.status.parse().map_err(|_| "the status is no number")?;
        let at = Moment::log(line.time)
            .ok_or("the time is not of the form 17/May/2015:10:05:03 +0000")?;
        door.request(
            method,
            status,
            &Seen {
                user: line.address,
                apart: line.agent,
                at: Some(at),
                url: target,
                agent: line.agent,
                ..Seen::default()
            },
        );
        Ok(Took::Events)
    }
}

/// The fields of a line that matter.
struct Line<'a> {
    address: &'a str,
    time: &'a str,
    request: &'a str,
    status: &'a str,
    agent: &'a str,
}

impl<'a> Line<'a> {
    /// `address ident user [time] "request" status bytes`, and for the combined format
    /// `"referrer" "user agent"`. A virtual host may stand before all of it.
    fn read(line: &'a str) -> Option<Self> {
        let (before, rest) = line.split_once(" [")?;
        let (time, rest) = rest.split_once("] ")?;
        let words: Vec<&str> = before.split(' ').collect();
        let address = words.get(words.len().saturating_sub(3))?;
        let (request, rest) = quoted(rest)?;
        let mut rest = rest.trim_start();
        let status = rest.split(' ').next()?;
        rest = rest.get(status.len()..)?.trim_start();
        let bytes = rest.split(' ').next()?;
        rest = rest.get(bytes.len()..)?.trim_start();
        let agent = quoted(rest).and_then(|(_, rest)| quoted(rest.trim_start()));
        Some(Self { address, time, request, status, agent: agent.map_or("", |(agent, _)| agent) })
    }
}

/// What stands between quotes; a backslash takes the meaning from the next character.
pub(super) fn quoted(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('"')?;
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return Some((&text[..at], &text[at + 1..])),
            _ => at += 1,
        }
    }
    None
}

/// The method and the target of `GET /path HTTP/1.1`. A target may hold spaces, for clients
/// send what they like.
pub(super) fn request(line: &str) -> Option<(&str, &str)> {
    let (method, rest) = line.split_once(' ')?;
    let target = rest.rsplit_once(" HTTP/").map_or(rest, |(target, _)| target);
    (!method.is_empty() && method.bytes().all(|b| b.is_ascii_alphabetic()))
        .then_some((method, target))
}

pub(super) struct JsonLog;

/// The fields by the names that nginx, Caddy, Traefik, Envoy and others give them. Of several
/// with one meaning the first counts.
#[derive(Default)]
struct Row<'a> {
    time: Text<'a>,
    address: Text<'a>,
    method: Text<'a>,
    uri: Text<'a>,
    request: Asked<'a>,
    status: Text<'a>,
    agent: Text<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Row<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Row<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row<'de>, A::Error> {
                let mut row = Row::default();
                while let Some(key) = map.next_key::<Text<'de>>()? {
                    let place = match &*key {
                        "time" | "time_local" | "time_iso8601" | "timestamp" | "@timestamp"
                        | "ts" | "start_time" | "StartUTC" | "msec" => &mut row.time,
                        "remote_addr" | "remote_ip" | "client_ip" | "clientip" | "client"
                        | "ClientHost" | "ip" | "x_forwarded_for" => &mut row.address,
                        "method" | "request_method" | "http_method" | "RequestMethod" => {
                            &mut row.method
                        }
                        "uri" | "request_uri" | "path" | "url" | "RequestPath" => &mut row.uri,
                        "status" | "status_code" | "response" | "response_code"
                        | "DownstreamStatus" => &mut row.status,
                        "useragent" | "user_agent" | "http_user_agent" | "agent"
                        | "request_User-Agent" => &mut row.agent,
                        "request" => {
                            row.request = map.next_value()?;
                            continue;
                        }
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                            continue;
                        }
                    };
                    let value = map.next_value()?;
                    if place.is_empty() {
                        *place = value;
                    }
                }
                Ok(row)
            }
        }
        d.deserialize_map(Fields)
    }
}

/// `"GET / HTTP/1.1"`, or an object as Caddy writes it.
#[derive(Default)]
struct Asked<'a> {
    line: Text<'a>,
    method: Text<'a>,
    uri: Text<'a>,
    remote: Text<'a>,
    agent: Text<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Asked<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Asked<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a request line or an object")
            }

            fn visit_borrowed_str<E>(self, line: &'de str) -> Result<Self::Value, E> {
                Ok(Asked { line: Text(line.into()), ..Asked::default() })
            }

            fn visit_str<E>(self, line: &str) -> Result<Self::Value, E> {
                Ok(Asked { line: Text(line.to_owned().into()), ..Asked::default() })
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Asked::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut asked = Asked::default();
                while let Some(key) = map.next_key::<Text<'de>>()? {
                    match &*key {
                        "method" => asked.method = map.next_value()?,
                        "uri" => asked.uri = map.next_value()?,
                        "remote_ip" | "client_ip" => asked.remote = map.next_value()?,
                        "headers" => asked.agent = map.next_value::<Headers<'de>>()?.agent(),
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(asked)
            }
        }
        d.deserialize_any(Either)
    }
}

#[derive(serde::Deserialize)]
struct Headers<'a> {
    #[serde(borrow, default, rename = "User-Agent")]
    agent: Option<Vec<Text<'a>>>,
}

impl<'a> Headers<'a> {
    fn agent(self) -> Text<'a> {
        self.agent.and_then(|all| all.into_iter().next()).unwrap_or_default()
    }
}

impl Source for JsonLog {
    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let row: Row<'_> = json::read(record)?;
        let asked = &row.request;
        let (method, uri) = request(&asked.line)
            .unwrap_or((either(&row.method, &asked.method), either(&row.uri, &asked.uri)));
        let agent = either(&row.agent, &asked.agent);
        let status = row.status.parse().map_err(|_| "there is no status in it")?;
        door.request(
            method,
            status,
            &Seen {
                user: either(&row.address, &asked.remote),
                apart: agent,
                at: Moment::log(&row.time).or_else(|| Moment::parse(&row.time)),
                url: uri,
                agent,
                ..Seen::default()
            },
        );
        Ok(Took::Events)
    }
}

/// The first of two texts that is not empty.
fn either<'t>(one: &'t Text<'_>, other: &'t Text<'_>) -> &'t str {
    if one.is_empty() { other } else { one }
}
