//! The kinds of export that can be read: their names on the command line, and how their records
//! are separated. What a record says is the business of `sources`.

use std::fmt;
use std::str::FromStr;

/// What wrote an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Google Analytics 4, the BigQuery export as JSON lines.
    Ga4,
    /// PostHog events with `elements_chain`, JSON.
    PostHog,
    /// Web server logs, combined or common format.
    AccessLog,
    /// Web server logs with one JSON object on each line.
    JsonLog,
    /// Any CSV whose columns are named with `--map`, or by names that leave no doubt.
    Csv,
    /// Any JSON whose fields are named with `--map`, or by names that leave no doubt.
    Json,
    /// One session on each line: its pages in their order, without times.
    Paths,
    /// Snowplow's enriched events: tab-separated, no header.
    SnowplowTsv,
    /// Snowplow's atomic events table, as CSV with a header.
    SnowplowCsv,
    /// Segment or `RudderStack` calls, JSON.
    Segment,
    /// The visits of Matomo's `Live.getLastVisitsDetails`, JSON.
    Matomo,
    /// Umami's `website_event` table, CSV.
    Umami,
    /// Amplitude's export, JSON lines.
    Amplitude,
    /// Mixpanel's raw export, JSON lines.
    Mixpanel,
    /// Datadog's RUM events, JSON.
    Datadog,
    /// OpenTelemetry browser events: OTLP logs, JSON.
    Otel,
    /// W3C extended log files (IIS and others).
    W3c,
    /// `CloudFront` standard logs: W3C with columns of its own.
    CloudFront,
    /// Logs of AWS Application Load Balancers.
    Alb,
    /// An HTTP archive.
    Har,
    /// A recording of rrweb, JSON.
    Rrweb,
}

/// How the records of a file are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// One record on each line.
    Lines,
    /// Lines, but a line break inside quotes does not end a record. The first line names columns.
    Csv,
    /// JSON values: one on each line, or the elements of an array, which may stand at the top or
    /// be the first array inside objects.
    Json,
}

impl Kind {
    /// All of them, in the order of the help.
    pub const ALL: [Kind; 21] = [
        Kind::Ga4,
        Kind::PostHog,
        Kind::SnowplowTsv,
        Kind::SnowplowCsv,
        Kind::Segment,
        Kind::Matomo,
        Kind::Umami,
        Kind::Amplitude,
        Kind::Mixpanel,
        Kind::Datadog,
        Kind::Otel,
        Kind::AccessLog,
        Kind::JsonLog,
        Kind::W3c,
        Kind::CloudFront,
        Kind::Alb,
        Kind::Har,
        Kind::Rrweb,
        Kind::Paths,
        Kind::Csv,
        Kind::Json,
    ];

    /// The word on the command line and in journeys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Ga4 => "ga4",
            Kind::PostHog => "posthog",
            Kind::AccessLog => "access-log",
            Kind::JsonLog => "json-log",
            Kind::Csv => "csv",
            Kind::Json => "json",
            Kind::Paths => "paths",
            Kind::SnowplowTsv => "snowplow",
            Kind::SnowplowCsv => "snowplow-csv",
            Kind::Segment => "segment",
            Kind::Matomo => "matomo",
            Kind::Umami => "umami",
            Kind::Amplitude => "amplitude",
            Kind::Mixpanel => "mixpanel",
            Kind::Datadog => "datadog",
            Kind::Otel => "otel",
            Kind::W3c => "w3c",
            Kind::CloudFront => "cloudfront",
            Kind::Alb => "alb",
            Kind::Har => "har",
            Kind::Rrweb => "rrweb",
        }
    }

    pub(super) const fn framing(self) -> Framing {
        match self {
            Kind::AccessLog
            | Kind::SnowplowTsv
            | Kind::W3c
            | Kind::CloudFront
            | Kind::Alb
            | Kind::Paths => Framing::Lines,
            Kind::Csv | Kind::SnowplowCsv | Kind::Umami => Framing::Csv,
            _ => Framing::Json,
        }
    }

    /// Whether a record can only be understood after all those before it.
    pub(super) const fn needs_order(self) -> bool {
        matches!(self, Kind::Rrweb | Kind::Har | Kind::Otel)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// There is no such kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no kind `{word}`{}; the kinds are {}", nearest.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default(), Kind::ALL.map(Kind::word).join(", "))]
pub struct BadKind {
    word: String,
    nearest: Option<&'static str>,
}

impl FromStr for Kind {
    type Err = BadKind;

    fn from_str(word: &str) -> Result<Self, BadKind> {
        let word = word.trim().to_ascii_lowercase();
        let word = if word == "rudderstack" { "segment".to_owned() } else { word };
        Kind::ALL.into_iter().find(|kind| kind.word() == word).ok_or_else(|| {
            let near = |kind: &Kind| strsim::jaro_winkler(kind.word(), &word);
            let nearest = Kind::ALL
                .into_iter()
                .filter(|kind| near(kind) > 0.75)
                .max_by(|a, b| near(a).total_cmp(&near(b)));
            BadKind { word, nearest: nearest.map(Kind::word) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_again_and_a_slip_is_mended() {
        for kind in Kind::ALL {
            assert_eq!(kind.word().parse(), Ok(kind));
        }
        let error = "posthogg".parse::<Kind>().expect_err("no kind").to_string();
        assert!(error.contains("did you mean `posthog`?"), "{error}");
    }
}
