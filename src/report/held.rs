//! What was kept from happening, in sentences: no fault of the application, and nothing that a
//! reader should have to guess.

use super::words;
use crate::bounds::Breach;
use crate::record::{Run, TurnedBack};

/// How many of a kind are named.
const NAMED: usize = 5;

/// One sentence for each reason that there was.
#[must_use]
pub fn sentences(run: &Run) -> Vec<String> {
    let of = |breach: Breach| -> Vec<&TurnedBack> {
        run.turned_back.iter().filter(|one| one.breach == breach).collect()
    };
    let mut sentences = Vec::new();
    let foreign = of(Breach::Host);
    if !foreign.is_empty() {
        let hosts = most(foreign.iter().map(|one| (one.host.clone(), one.times)));
        let (number, hosts_in_words) =
            (u32::try_from(hosts.len()).unwrap_or(u32::MAX), named(&hosts));
        sentences.push(format!(
            "{} to {} not allowed {} blocked: {hosts_in_words}. What belongs to the application \
             goes into allow_hosts.",
            requests(&foreign),
            words::count(number, "host"),
            were(&foreign)
        ));
    }
    let changing = of(Breach::Change);
    if !changing.is_empty() {
        let routes =
            most(changing.iter().map(|one| (format!("{} {}", one.what, one.at), one.times)));
        sentences.push(format!(
            "The run was read-only: {} that may change something {} not sent: {}. Nothing that \
             failed for want of them is held against the application; what only reads goes into \
             read_only: {{ allow: [/route] }}.",
            requests(&changing),
            were(&changing),
            named(&routes)
        ));
    }
    let never = of(Breach::Never);
    if !never.is_empty() {
        let things = most(never.iter().map(|one| (one.at.clone(), one.times)));
        sentences.push(format!("What must never be touched was left alone: {}.", named(&things)));
    }
    sentences
}

fn sum(all: &[&TurnedBack]) -> u32 {
    all.iter().fold(0, |sum, one| sum.saturating_add(one.times))
}

fn requests(all: &[&TurnedBack]) -> String {
    words::count(sum(all), "request")
}

fn were(all: &[&TurnedBack]) -> &'static str {
    if sum(all) == 1 { "was" } else { "were" }
}

/// Names with how often each occurs, most frequent first.
fn most(all: impl Iterator<Item = (String, u32)>) -> Vec<(String, u32)> {
    let mut sums = indexmap::IndexMap::new();
    for (name, times) in all {
        *sums.entry(name).or_insert(0u32) += times;
    }
    let mut sums: Vec<(String, u32)> = sums.into_iter().collect();
    sums.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    sums
}

fn named(all: &[(String, u32)]) -> String {
    let shown = all.iter().take(NAMED).map(|(name, times)| format!("{name} ({times}×)"));
    let mut shown: Vec<String> = shown.collect();
    if all.len() > NAMED {
        shown.push(format!("{} more", all.len() - NAMED));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_held_back_is_counted_by_reason() {
        let one = |breach, what: &str, host: &str, at: &str, times| TurnedBack {
            breach,
            what: what.into(),
            host: host.into(),
            at: at.into(),
            times,
        };
        let turned_back = vec![
            one(Breach::Host, "GET", "ads.net", "/a", 2),
            one(Breach::Host, "GET", "b.net", "/b", 9),
            one(Breach::Host, "POST", "ads.net", "/c", 1),
            one(Breach::Change, "POST", "shop", "/api/pay", 1),
            one(Breach::Never, "click", "", "`.danger`", 3),
        ];
        let said = sentences(&Run { turned_back, ..Run::default() });
        assert!(
            said[0].starts_with(
                "12 requests to 2 hosts not allowed were blocked: b.net (9×), ads.net (3×)."
            ),
            "{said:?}"
        );
        assert!(
            said[1]
                .contains("1 request that may change something was not sent: POST /api/pay (1×)"),
            "{said:?}"
        );
        assert_eq!(said[2], "What must never be touched was left alone: `.danger` (3×).");
        assert_eq!(sentences(&Run::default()), Vec::<String>::new());
    }
}
