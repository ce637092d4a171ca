//! Which failures are walked again, exactly, before anybody is told of them.

use std::collections::BTreeMap;

use crate::record::{Finding, Run, Verdict, WalkId};

/// The walks to be carried out again: the exhibit of each failing finding, until `times` of them
/// have told something. A walk that exhibits several is walked again once for all of them. What
/// tells nothing (the infrastructure broke, the machine was busier than when it failed) is made up
/// for, as often again at most.
pub(super) fn again(run: &Run, findings: &[Finding], times: u32) -> Vec<WalkId> {
    let mut lacking: BTreeMap<WalkId, u32> = BTreeMap::new();
    for finding in findings.iter().filter(|f| f.is_failure()) {
        let told = finding.reproduced.map_or(0, |reproduced| reproduced.of);
        let lacks = lacking.entry(finding.exhibit.again(1)).or_default();
        *lacks = times.saturating_sub(told).max(*lacks);
    }
    let walked = |id: &WalkId| {
        let attempts = run.walks.iter().filter(|(walk, _)| walk.again(1) == *id);
        // An attempt that was interrupted is walked under its own number.
        let over = attempts.filter(|(_, record)| record.verdict != Verdict::Interrupted);
        over.map(|(walk, _)| walk.attempt).max().unwrap_or(1)
    };
    lacking
        .into_iter()
        .flat_map(|(id, lacks)| {
            let next = walked(&id) + 1;
            let last = (next + lacks).min(2 + 2 * times);
            (next..last).map(move |attempt| id.again(attempt))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Event, Happening, findings};

    /// Walks of one journey that fail in one way (`failed`), pass, or break.
    fn run(walks: &[(&str, &str)]) -> Run {
        let mut events = Vec::new();
        for (at, (walk, verdict)) in (0u64..).zip(walks) {
            let walk: WalkId = walk.parse().expect("an id");
            let mut push = |what| events.push(Event { at, what });
            push(Happening::WalkStarted {
                walk: walk.clone(),
                plan: String::new(),
                deviations: Vec::new(),
                trace: String::new(),
            });
            let verdict = match *verdict {
                "failed" => {
                    let violation = serde_json::json!({
                        "oracle": "always", "severity": "fail", "signature": "S", "title": "",
                        "message": "", "step": "pay", "index": 0, "route": "/",
                    });
                    let violation = serde_json::from_value(violation).expect("a violation");
                    push(Happening::Violated {
                        walk: walk.clone(),
                        violation: Box::new(violation),
                    });
                    Verdict::Failed
                }
                "passed" => Verdict::Passed,
                "open" => continue,
                _ => Verdict::Infrastructure("killed".into()),
            };
            push(Happening::WalkFinished { walk, verdict, took: 1, requests: 0 });
        }
        Run::fold(events)
    }

    fn due(walks: &[(&str, &str)]) -> Vec<String> {
        let run = run(walks);
        again(&run, &findings(&run), 2).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_failure_is_walked_again_until_two_attempts_have_told_something() {
        assert_eq!(due(&[("a/1", "failed"), ("a/2", "passed")]), ["a/1#2", "a/1#3"]);
        assert_eq!(due(&[("a/1", "failed"), ("a/1#2", "passed"), ("a/1#3", "failed")]), [""; 0]);
        assert_eq!(due(&[("a/1", "failed"), ("a/1#2", "broke"), ("a/1#3", "failed")]), ["a/1#4"]);
        assert_eq!(due(&[("a/1", "failed"), ("a/1#2", "open")]), ["a/1#2", "a/1#3"]);
    }

    #[test]
    fn what_never_tells_anything_has_an_end() {
        let walks = [("a/1", "failed"), ("a/1#2", "broke"), ("a/1#3", "broke"), ("a/1#4", "broke")];
        assert_eq!(due(&walks), ["a/1#5"]);
        assert_eq!(due(&[&walks[..], &[("a/1#5", "broke")]].concat()), [""; 0]);
    }
}
