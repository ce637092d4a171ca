//! One file for each format: a record of an export → what was seen. A source cleans nothing and
//! keeps nothing between records, unless its format is made of differences (`rrweb`) or tells the
//! page only once (`otel`).

mod access;
mod amplitude;
mod aws;
mod chain;
mod columns;
mod composed;
mod datadog;
mod ga4;
mod har;
mod json;
mod mapped;
mod matomo;
mod mixpanel;
mod otel;
mod otel_spans;
mod paths;
mod posthog;
mod rrweb;
mod segment;
mod snowplow;
mod umami;
mod w3c;

pub(super) use mapped::Clock;
pub use mapped::{BadMapping, Mapping};
pub(super) use paths::{is_told as holds_paths, legend};

use super::AnalyticsError;
use super::batch::Door;
use super::kind::Kind;
use super::work::Broken;

/// What a record was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Took {
    /// Events, wanted or not; they went through the door.
    Events,
    /// A header or a comment.
    Heading,
}

/// One format.
pub(super) trait Source {
    /// Takes the line that names the columns.
    ///
    /// # Errors
    /// A column that is needed is not there.
    fn begin(&mut self, _header: &str) -> Result<(), String> {
        Ok(())
    }

    /// Takes one record; what it tells goes through the door.
    ///
    /// # Errors
    /// The record makes no sense.
    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken>;
}

/// The source for this kind.
///
/// # Errors
/// It needs a mapping, and there is none.
pub(super) fn source(
    kind: Kind,
    mapping: Option<&Mapping>,
) -> Result<Box<dyn Source>, AnalyticsError> {
    Ok(match kind {
        Kind::Ga4 => Box::new(ga4::Ga4),
        Kind::PostHog => Box::new(posthog::PostHog),
        Kind::AccessLog => Box::new(access::AccessLog),
        Kind::JsonLog => Box::new(access::JsonLog),
        Kind::SnowplowTsv => Box::new(snowplow::Snowplow::enriched()),
        Kind::SnowplowCsv => Box::new(snowplow::Snowplow::atomic()),
        Kind::Segment => Box::new(segment::Segment),
        Kind::Matomo => Box::new(matomo::Matomo),
        Kind::Umami => Box::new(umami::Umami::default()),
        Kind::Amplitude => Box::new(amplitude::Amplitude),
        Kind::Mixpanel => Box::new(mixpanel::Mixpanel),
        Kind::Datadog => Box::new(datadog::Datadog),
        Kind::Otel => Box::new(otel::Otel::default()),
        Kind::W3c | Kind::CloudFront => Box::new(w3c::W3c::default()),
        Kind::Alb => Box::new(aws::Alb),
        Kind::Har => Box::new(har::Har::default()),
        Kind::Rrweb => Box::new(rrweb::Rrweb::default()),
        Kind::Paths => Box::new(paths::Paths::default()),
        Kind::Csv => Box::new(mapped::MappedCsv::new(mapped::needed(mapping)?)),
        Kind::Json => Box::new(mapped::MappedJson::new(mapped::needed(mapping)?)),
    })
}
