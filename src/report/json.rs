//! `findings.json`: the findings for programs, versioned. What is not a finding is in the
//! journal.

use serde::Serialize;

use super::tally::{Headline, Tally};
use crate::record::{Finding, Run, SweepEnd, Timings};

/// The version of the format: adding a field keeps it, changing a meaning raises it.
pub const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    format: u32,
    desirepath: &'a str,
    run: &'a str,
    started: &'a str,
    release: Option<&'a str>,
    seed: u64,
    base_url: &'a str,
    browser: &'a str,
    profile: &'a str,
    headline: &'a str,
    end: Option<&'a SweepEnd>,
    walks: Walks,
    /// Where the time of the walks went, in microseconds, where somebody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    timings: Option<&'a Timings>,
    findings: &'a [Finding],
}

#[derive(Serialize)]
struct Walks {
    passed: u32,
    failed: u32,
    stranded: u32,
    infrastructure: u32,
    interrupted: u32,
    confirmations: u32,
}

/// The document.
///
/// # Errors
/// A finding cannot be written as JSON.
pub fn render(run: &Run, findings: &[Finding]) -> serde_json::Result<String> {
    let tally = Tally::of(run);
    let header = &run.header;
    let document = Document {
        format: FORMAT,
        desirepath: &header.desirepath,
        run: &header.run,
        started: &header.started,
        release: header.release.as_deref(),
        seed: header.seed,
        base_url: &header.base_url,
        browser: &header.browser,
        profile: &header.profile,
        headline: &Headline::of(run, findings).sentence,
        end: run.end.as_ref(),
        walks: Walks {
            passed: tally.passed,
            failed: tally.failed,
            stranded: tally.stranded,
            infrastructure: tally.infrastructure,
            interrupted: tally.interrupted,
            confirmations: tally.confirmations,
        },
        timings: run.timings.as_ref(),
        findings,
    };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}
