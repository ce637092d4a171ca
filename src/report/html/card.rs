//! One finding as the report shows it: every text ready, every picture inside. The order of its
//! parts is the template's.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

use super::timeline::{self, Timeline};
use crate::record::{Compared, Estimate, Finding, Run, Severity};
use crate::report::{command, visible, words};

/// A finding, ready to be shown.
pub(super) struct Card {
    /// Where links to it lead: `fail-1`.
    pub anchor: String,
    pub number: usize,
    pub fails: bool,
    pub title: String,
    pub message: String,
    pub route: String,
    pub step: String,
    pub oracle: &'static str,
    pub journeys: String,
    pub hits: String,
    pub rate: String,
    pub share: Option<Share>,
    pub reproduced: String,
    /// `steady`, `flaky` or `untried`: a class of the style sheet.
    pub certainty: &'static str,
    pub deviations: String,
    pub calm: bool,
    pub screenshot: Option<Picture>,
    pub filmstrip: Option<Picture>,
    pub timeline: Timeline,
    pub readings: Vec<Reading>,
    pub request: String,
    /// The service that failed to answer it; empty where none did.
    pub service: String,
    pub exchanges: Vec<Exchange>,
    pub stack: String,
    pub exhibit: String,
    pub replay: String,
    /// What is known of it; empty where it is new.
    pub known: String,
    /// The smallest walk in words; empty where none was found.
    pub smallest: String,
    pub files: Vec<FileLink>,
}

/// The share of sessions, in words and as a bar that is 100 wide.
pub(super) struct Share {
    pub share: String,
    pub interval: String,
    pub bar: Bar,
}

/// Where the interval and the share stand on a bar from 0 to 100.
pub(super) struct Bar {
    pub low: String,
    pub width: String,
    pub at: String,
}

/// A picture inside the page, with its file beside it.
pub(super) struct Picture {
    pub data: String,
    pub href: String,
    pub width: u32,
    pub height: u32,
}

/// A reading before and after the step.
pub(super) struct Reading {
    pub name: String,
    pub was: String,
    pub now: String,
    pub changed: bool,
}

/// What was said to a service and by it, beside what calm walks say.
pub(super) struct Exchange {
    pub what: String,
    /// `failed`, `incompatible`, `compatible`: a class of the style sheet.
    pub kind: &'static str,
    pub before: String,
    pub sent: String,
    pub answered: String,
    pub differs: String,
}

/// A file of the evidence.
pub(super) struct FileLink {
    pub name: &'static str,
    pub href: String,
}

impl Card {
    /// `widest` is the upper end of the widest interval on the page: all bars share a scale.
    pub(super) fn new(
        run: &Run,
        finding: &Finding,
        number: usize,
        widest: f64,
        dir: &Path,
        album: &mut Album<'_>,
    ) -> Self {
        let shown = |text: &str| visible::line(text).into_owned();
        let fails = finding.severity == Severity::Fail;
        let rate = Estimate::of(finding.hits(), finding.walked);
        let evidence = &finding.evidence;
        let files = [
            ("page", &evidence.screenshot),
            ("filmstrip", &evidence.filmstrip),
            ("DOM", &evidence.dom),
            ("text", &evidence.text),
            ("console", &evidence.console),
            ("network (HAR)", &evidence.har),
        ];
        let mut files: Vec<FileLink> = files
            .into_iter()
            .filter_map(|(name, file)| Some(FileLink { name, href: href(file.as_deref()?) }))
            .collect();
        files.push(FileLink { name: "plan", href: href(&finding.plan) });
        if let Some(smallest) = &finding.smallest {
            files.push(FileLink { name: "smallest plan", href: href(&smallest.plan) });
        }
        Self {
            anchor: format!("{}-{number}", if fails { "fail" } else { "warn" }),
            number,
            fails,
            title: shown(&finding.title),
            message: visible::lines(&finding.message),
            route: shown(&finding.route),
            step: shown(&finding.step.to_string()),
            oracle: finding.oracle.word(),
            journeys: shown(&finding.journeys.join(", ")),
            hits: words::hits(finding),
            rate: words::interval(rate),
            share: finding.share.map(|share| Share {
                share: words::percent(share.share),
                interval: words::interval(share),
                bar: bar(share, widest),
            }),
            reproduced: words::reproduced(finding),
            certainty: match finding.certainty() {
                crate::record::Certainty::Steady => "steady",
                crate::record::Certainty::Untried => "untried",
                crate::record::Certainty::Flaky => "flaky",
            },
            deviations: words::deviations(finding),
            calm: finding.calm,
            screenshot: evidence.screenshot.as_deref().and_then(|file| album.picture(file)),
            filmstrip: evidence.filmstrip.as_deref().and_then(|file| album.picture(file)),
            timeline: timeline::of(run, finding),
            readings: readings(finding),
            request: shown(finding.request.as_deref().unwrap_or_default()),
            service: shown(finding.service.as_deref().unwrap_or_default()),
            exchanges: finding.exchanges.iter().map(exchange).collect(),
            stack: visible::lines(&finding.stack),
            exhibit: shown(&finding.exhibit.to_string()),
            replay: shown(&command::replay(dir, finding)),
            known: finding.known.as_ref().map_or_else(String::new, |k| shown(&words::known(k))),
            smallest: finding
                .smallest
                .as_ref()
                .map_or_else(String::new, |s| shown(&words::smallest(s))),
            files,
        }
    }
}

fn bar(share: Estimate, widest: f64) -> Bar {
    let on = |value: f64| if widest > 0.0 { value / widest * 100.0 } else { 0.0 };
    Bar {
        low: format!("{:.1}", on(share.low)),
        width: format!("{:.1}", (on(share.high) - on(share.low)).max(1.0)),
        at: format!("{:.1}", on(share.share)),
    }
}

fn readings(finding: &Finding) -> Vec<Reading> {
    let added = finding.now.keys().filter(|name| !finding.was.contains_key(*name));
    let say = |value: Option<&Value>| {
        value.map_or("—".to_owned(), |v| visible::line(&v.to_string()).into_owned())
    };
    finding
        .was
        .keys()
        .chain(added)
        .map(|name| {
            let (was, now) = (finding.was.get(name), finding.now.get(name));
            Reading {
                name: visible::line(name).into_owned(),
                was: say(was),
                now: say(now),
                changed: was != now,
            }
        })
        .collect()
}

fn exchange(c: &Compared) -> Exchange {
    let shown = |text: &str| visible::line(text).into_owned();
    let differs = words::differs(c);
    let nothing = match (c.sent.is_none() && c.answered.is_none(), c.taught_by) {
        (true, _) => "no JSON",
        (false, 0) => "no calm walk has seen this",
        (false, _) => "as on calm walks",
    };
    Exchange {
        what: shown(&words::exchange(c)),
        kind: match (c.failed, c.is_breaking()) {
            (true, _) => "failed",
            (false, true) => "incompatible",
            (false, false) => "compatible",
        },
        before: words::took(c.before),
        sent: shown(c.sent.as_deref().unwrap_or("—")),
        answered: shown(c.answered.as_deref().unwrap_or("—")),
        differs: if differs.is_empty() { nothing.into() } else { shown(&differs) },
    }
}

/// The address of a file in the run's folder, relative to the report. The leading `./` keeps a
/// hostile name from being read as an address with a scheme.
fn href(file: &str) -> String {
    let mut href = String::from("./");
    for byte in file.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => {
                href.push(char::from(byte));
            }
            _ => href.push_str(&format!("%{byte:02X}")),
        }
    }
    href
}

/// The pictures of one page: a page that a browser must open is not allowed to grow without end.
pub(super) struct Album<'a> {
    load: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    room: usize,
}

impl<'a> Album<'a> {
    const ROOM: usize = 24 * 1024 * 1024;

    pub(super) fn new(load: &'a dyn Fn(&str) -> Option<Vec<u8>>) -> Self {
        Self { load, room: Self::ROOM }
    }

    /// The picture, where it is a PNG and there is room for it.
    fn picture(&mut self, file: &str) -> Option<Picture> {
        let png = (self.load)(file)?;
        let (width, height) = size(&png)?;
        self.room = self.room.checked_sub(png.len())?;
        Some(Picture { data: BASE64.encode(&png), href: href(file), width, height })
    }
}

/// A PNG's size, out of its first chunk.
fn size(png: &[u8]) -> Option<(u32, u32)> {
    let header = png.strip_prefix(b"\x89PNG\r\n\x1a\n")?.get(..16)?;
    let number = |at: usize| Some(u32::from_be_bytes(header.get(at..at + 4)?.try_into().ok()?));
    (&header[4..8] == b"IHDR").then(|| Some((number(8)?, number(12)?)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_file_name_stays_a_relative_address() {
        assert_eq!(href("pictures/a b.png"), "./pictures/a%20b.png");
        assert_eq!(href("javascript:alert(1)"), "./javascript%3Aalert%281%29");
    }

    #[test]
    fn only_a_png_is_a_picture() {
        let svg = |_: &str| Some(b"<svg onload=alert(1)>".to_vec());
        assert!(Album::new(&svg).picture("a.png").is_none());
    }
}
