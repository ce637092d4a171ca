//! Numbers as a person reads them: counts with their nouns, shares, lengths of time. One way to
//! say each, in every report.

use crate::record::{
    Certainty, Change, Compared, Difference, Estimate, Finding, InBrowser, KnownIssue, Shrunk,
};

/// `1 walk`, `40 walks`. The noun's plural is regular.
#[must_use]
pub fn count(n: u32, noun: &str) -> String {
    format!("{} {noun}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// `12,345`.
#[must_use]
pub fn grouped(n: u32) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `18.4 %`; below one per cent with two digits that count, and never a zero that is none.
#[must_use]
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        p if p <= 0.0 => "0 %".to_owned(),
        p if p < 0.01 => "< 0.01 %".to_owned(),
        p if p < 1.0 => format!("{p:.2} %"),
        p if p < 99.95 => format!("{p:.1} %"),
        p if p < 100.0 => "> 99.9 %".to_owned(),
        _ => "100 %".to_owned(),
    }
}

/// `2.3 % (1.1–4.5 %)`.
#[must_use]
pub fn estimate(e: Estimate) -> String {
    format!("{} ({})", percent(e.share), interval(e))
}

/// `2.3 % of sessions (1.1–4.5 %)`.
#[must_use]
pub fn sessions(e: Estimate) -> String {
    format!("{} of sessions ({})", percent(e.share), interval(e))
}

/// `1.1–4.5 %`.
#[must_use]
pub fn interval(e: Estimate) -> String {
    let (low, high) = (percent(e.low), percent(e.high));
    format!("{}–{high}", low.trim_end_matches(" %"))
}

/// A length of time in milliseconds as people say it: `40 ms`, `2.3 s`, `4 min 05 s`,
/// `2 h 10 min`.
#[must_use]
pub fn took(ms: u64) -> String {
    match ms {
        0..1000 => format!("{ms} ms"),
        1000..59_950 => format!("{}.{} s", (ms + 50) / 1000, (ms + 50) % 1000 / 100),
        59_950..3_600_000 => {
            let s = (ms + 500) / 1000;
            format!("{} min {:02} s", s / 60, s % 60)
        }
        _ => format!("{} h {:02} min", ms / 3_600_000, ms % 3_600_000 / 60_000),
    }
}

/// `6 of 20 walks`.
#[must_use]
pub fn hits(finding: &Finding) -> String {
    let hits = format!("{} of {}", grouped(finding.hits()), count(finding.walked, "walk"));
    match browsers(finding) {
        Some(browsers) => format!("{hits} ({browsers})"),
        None => hits,
    }
}

/// Where a sweep in several browsers saw it: `chromium, firefox`, or `only in firefox; 12 walks in
/// chromium passed there`.
fn browsers(finding: &Finding) -> Option<String> {
    let name = |b: &InBrowser| b.browser.word();
    let (shown, others): (Vec<&InBrowser>, Vec<&InBrowser>) =
        finding.browsers.iter().partition(|b| b.hits > 0);
    if finding.browsers.is_empty() {
        return None;
    }
    let names: Vec<&str> = shown.into_iter().map(name).collect();
    if others.is_empty() {
        return Some(names.join(", "));
    }
    let passed: Vec<String> =
        others.iter().map(|b| format!("{} in {}", count(b.passed, "walk"), name(b))).collect();
    Some(format!("only in {}; {} passed there", names.join(", "), passed.join(" and ")))
}

/// What walking it again gave: `reproduced 3 of 3`, `flaky 1 of 3`, `not walked again`.
#[must_use]
pub fn reproduced(finding: &Finding) -> String {
    match (finding.certainty(), finding.reproduced) {
        (Certainty::Steady, Some(r)) => format!("reproduced {} of {}", r.times, r.of),
        (_, Some(r)) => format!("flaky {} of {}", r.times, r.of),
        (_, None) => "not walked again".to_owned(),
    }
}

/// The deviations that come with a finding: `reload in 6 of 7 walks, pause in 2 of 7`; empty
/// where calm walks show it too, because then no deviation explains it.
#[must_use]
pub fn deviations(finding: &Finding) -> String {
    if finding.calm {
        return String::new();
    }
    let of = finding.hits();
    let words: Vec<String> = finding
        .operators
        .iter()
        .take(3)
        .map(|(operator, n)| format!("{} in {n} of {of}", operator.word()))
        .collect();
    words.join(", ")
}

/// `known until 2027-01-31: SHOP-12 (ask Ada)`.
#[must_use]
pub fn known(issue: &KnownIssue) -> String {
    let until = issue.until.map(|day| format!(" until {day}")).unwrap_or_default();
    let ask = issue.owner.as_ref().map(|owner| format!(" (ask {owner})")).unwrap_or_default();
    format!("known{until}: {}{ask}", issue.reason)
}

/// The smallest walk: `smallest: 3 of 18 steps, fails 3 of 3. It fails at pay when people
/// double-click at pay. About 1 session in 50 does so, by the profile's rates.`
#[must_use]
pub fn smallest(shrunk: &Shrunk) -> String {
    let again = shrunk.reproduced;
    let mut text = format!(
        "smallest: {} of {}, fails {} of {}. {}{}.",
        grouped(shrunk.steps),
        count(shrunk.of_steps, "step"),
        again.times,
        again.of,
        shrunk.cause.chars().take(1).flat_map(char::to_uppercase).collect::<String>(),
        shrunk.cause.chars().skip(1).collect::<String>(),
    );
    if let Some(likelihood) = shrunk.likelihood.filter(|l| *l > 0.0) {
        let one_in = (1.0 / likelihood).round().clamp(1.0, 1e9) as u32;
        text += &match one_in {
            1 => " Every other session of the journey or more does so, by the profile's rates."
                .to_owned(),
            n => format!(
                " About 1 session of the journey in {} does so, by the profile's rates.",
                grouped(n + 1)
            ),
        };
    }
    text
}

/// `GET /api/visit → 200`, with the service where its name says more than the path.
#[must_use]
pub fn exchange(c: &Compared) -> String {
    let Compared { method, route, status, service, .. } = c;
    let says_more = !route.starts_with(service.as_str());
    let of = if says_more { format!(" of {service}") } else { String::new() };
    format!("{method} {route}{of} → {status}")
}

/// How an exchange differs from calm walks: `incompatible: cart.discount is gone,
/// cart.discount_cents is new`; empty where it does not, or nothing is known.
#[must_use]
pub fn differs(c: &Compared) -> String {
    let sent = c.sent_changes.iter().map(|change| self::change("sent: ", change));
    let answered = c.answer_changes.iter().map(|change| self::change("", change));
    let all: Vec<String> = answered.chain(sent).collect();
    match (all.is_empty(), c.is_breaking()) {
        (true, _) => String::new(),
        (false, true) => format!("incompatible: {}", all.join(", ")),
        (false, false) => format!("compatible: {}", all.join(", ")),
    }
}

fn change(side: &str, change: &Change) -> String {
    let path = if change.path.is_empty() { "the whole" } else { &change.path };
    match &change.what {
        Difference::Gone => format!("{side}{path} is gone"),
        Difference::GoneInSome => format!("{side}{path} is gone in some"),
        Difference::New => format!("{side}{path} is new"),
        Difference::Retyped { was, is } => {
            format!("{side}{path} is {is} where calm walks had {was}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_numbers_as_people_do() {
        assert_eq!(count(1, "walk"), "1 walk");
        assert_eq!(count(12_345, "walk"), "12,345 walks");
        assert_eq!(percent(0.184), "18.4 %");
        assert_eq!(percent(0.0042), "0.42 %");
        assert_eq!(percent(0.000_01), "< 0.01 %");
        assert_eq!(percent(0.9999), "> 99.9 %");
        assert_eq!(interval(Estimate { share: 0.02, low: 0.011, high: 0.045 }), "1.1–4.5 %");
        let times = [0, 999, 2349, 59_960, 245_000, 7_800_000].map(took);
        assert_eq!(times, ["0 ms", "999 ms", "2.3 s", "1 min 00 s", "4 min 05 s", "2 h 10 min"]);
    }
}
