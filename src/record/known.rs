//! Known issues: findings that somebody has looked at and lives with for a while. They are told
//! as events of the run, so that every report made of it later knows them too.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Finding, Happening};

/// A list of known issues, as it is kept in a file beside the journeys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownIssues {
    /// The entries.
    pub known: Vec<KnownIssue>,
}

/// One known issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownIssue {
    /// The finding's signature, from `findings.json`.
    pub signature: String,
    /// Why it is lived with: a ticket, a decision.
    pub reason: String,
    /// The last day on which it is; without it for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Whom to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// How the remark begins that no finding has this signature.
pub(super) fn unmet(signature: &str) -> String {
    format!("known issue not met this time: {signature} (")
}

impl KnownIssues {
    /// What a run has to tell on this day: the entries that count, and a remark for each that has
    /// expired or that no finding matches any more.
    #[must_use]
    pub fn tell(&self, today: Date, findings: &[Finding]) -> Vec<Happening> {
        self.known
            .iter()
            .map(|issue| {
                let seen = findings.iter().any(|f| f.signature == issue.signature);
                match issue.until {
                    _ if !seen => Happening::Remark {
                        walk: None,
                        text: format!("{}{})", unmet(&issue.signature), issue.reason),
                    },
                    Some(until) if until < today => Happening::Remark {
                        walk: None,
                        text: format!(
                            "known issue expired on {until} and counts again: {} ({})",
                            issue.signature, issue.reason
                        ),
                    },
                    _ => Happening::Known { issue: Box::new(issue.clone()) },
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Event, Run, findings};

    #[test]
    fn counts_until_its_day_and_is_told_when_it_is_not_met() {
        let violated = serde_json::json!({ "at": 1, "event": "violated", "walk": "a/0", "violation": {
            "oracle": "always", "severity": "fail", "signature": "X", "title": "x", "message": "",
            "step": "pay", "index": 0, "route": "/",
        } });
        let event: Event = serde_json::from_value(violated).expect("an event");
        let found = findings(&Run::fold([event.clone()]));
        let issue = |signature: &str, until: &str| KnownIssue {
            signature: signature.into(),
            reason: "SHOP-1".into(),
            until: Some(until.parse().expect("a day")),
            owner: None,
        };
        let today = "2026-11-22".parse().expect("a day");
        let list = KnownIssues {
            known: vec![
                issue("X", "2026-11-22"),
                issue("X", "2026-11-21"),
                issue("Y", "2027-01-01"),
            ],
        };
        let told = list.tell(today, &found);
        assert!(matches!(&told[0], Happening::Known { issue } if issue.signature == "X"));
        let remark = |happening: &Happening| match happening {
            Happening::Remark { text, .. } => text.clone(),
            other => panic!("{other:?}"),
        };
        assert!(remark(&told[1]).contains("expired on 2026-11-21"));
        assert!(remark(&told[2]).contains("not met this time: Y"));
        let events = [event, Event { at: 2, what: told[0].clone() }];
        let known = findings(&Run::fold(events)).remove(0).known;
        assert_eq!(known.map(|k| k.reason).as_deref(), Some("SHOP-1"));
    }
}
