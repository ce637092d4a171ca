//! What a walker makes of what it sees: it looks, has the oracles judge, and tells. How moves are
//! carried out is in `walker`.

use std::sync::Arc;
use std::time::Duration;

use super::walker::{Flow, SCENES, Walker};
use super::{Pace, Scene, carry};
use crate::browser::{
    Aim, Aimed, Attention, BrowserError, Filled, Glance, Look, Measured, RuleCheck, Settle,
};
use crate::journey::{Rule, RuleTest};
use crate::oracle::dead_click::WATCHED_AT_LEAST;
use crate::oracle::{Moment, Readings, expectation, page as whole, rules};
use crate::record::{
    Field, Happening, Observed, Oracle, Outcome, Severity, Signal, StepRecord, Verdict, Violation,
};

impl Walker<'_, '_> {
    /// Looks: tells what the pending move led to, judges it, and aims the next one.
    pub(super) async fn look(
        &mut self,
        aim: Aim<'_>,
        settle: Settle,
        limit: Duration,
    ) -> Result<(Aimed, Flow), BrowserError> {
        if self.url.is_empty() && self.pending.is_none() && matches!(aim, Aim::Nothing) {
            // Before the first step there is nothing to look at.
            return Ok((Aimed::Nothing, Flow::On));
        }
        let idle = std::mem::take(&mut self.idle);
        let settle = if idle && settle == Settle::AtRest { Settle::StillAtRest } else { settle };
        let judged = settle != Settle::Now && !self.offline;
        let verb = self.pending.as_ref().map(|p| p.verb.clone());
        let rules = Arc::clone(&self.rules);
        let checks: Vec<RuleCheck<'_>> = match &verb {
            Some(verb) if judged => self.checks(&rules, verb),
            _ => Vec::new(),
        };
        let step = self.pending.as_ref().map_or(
            serde_json::Value::Null,
            |p| serde_json::json!({ "kind": p.verb, "id": p.step }),
        );
        let next = match aim {
            Aim::Expectation(_) => self.coming.as_ref().map_or(Aim::Nothing, carry::aim),
            _ => Aim::Nothing,
        };
        let nothing = Readings::new();
        self.walked.stretched = self.walked.stretched.max(self.page.stretch());
        let glance = self
            .page
            .look(&Look {
                settle,
                observe: &self.plan.observe,
                rules: &checks,
                was: self.was.as_ref().unwrap_or(&nothing),
                step,
                aim,
                next,
                within: limit,
                attention: self.attention(),
                never: &self.plan.never,
            })
            .await?;
        let flow = self.judge_glance(&glance, judged).await?;
        Ok((glance.aimed, flow))
    }

    /// What every look brings along for the oracles of use. A fast walk is not held up by a
    /// threshold that people would have waited for.
    fn attention(&self) -> Attention {
        let answer_within = self.judge.answer_within();
        let at_most = match self.pace {
            Pace::Fast => Duration::from_millis(u64::from(WATCHED_AT_LEAST)),
            Pace::Real | Pace::Factor(_) => answer_within,
        };
        let filled = |field: &Field| Filled {
            key: field.key.clone(),
            name: field.name.clone(),
            path: field.path.clone(),
            hash: field.hash.clone(),
            before: field.before.clone(),
            stamp: field.stamp,
        };
        let filled = self.judge.remembered().map(filled).collect();
        let vitals = if self.judge.has_budget() { Measured::Vitals } else { Measured::Nothing };
        let (answer_within, at_most) =
            (self.page.stretched(answer_within), self.page.stretched(at_most));
        Attention { answer_within, at_most, filled, vitals }
    }

    /// The rules that are tested after a step of this kind. One that speaks of the readings
    /// before it waits until there are some.
    fn checks<'r>(&self, rules: &'r [Rule], verb: &str) -> Vec<RuleCheck<'r>> {
        rules
            .iter()
            .enumerate()
            .filter(|(index, rule)| rules::applies(rule, verb) && !self.broken.contains(index))
            .filter(|(_, rule)| self.was.is_some() || !speaks_of_was(&rule.test))
            .map(|(index, rule)| RuleCheck {
                index,
                test: &rule.test,
                deadline: rule.within.map(|span| span.duration()),
            })
            .collect()
    }

    async fn judge_glance(&mut self, glance: &Glance, judged: bool) -> Result<Flow, BrowserError> {
        let reading = &glance.reading;
        self.url.clone_from(&reading.url);
        self.places.came_to(&reading.url);
        let signals = self.page.signals();
        let mut found = Vec::new();
        if let Some(pending) = &mut self.pending {
            pending.url.clone_from(&reading.url);
            pending.readings.clone_from(&reading.readings);
        }
        self.take_turned_back(&signals, &glance.refused).await;
        let (step, index, did) = self.place.clone();
        let moment = Moment {
            step: &step,
            index,
            did: &did,
            url: &reading.url,
            offline: self.offline || self.held.is_some(),
        };
        found.extend(self.judge.signals(&signals, &moment));
        self.judge.stretch(self.walked.stretched);
        let now = signals.last().map_or(0, |s| s.at).max(self.page.age());
        found.extend(self.judge.uses(&glance.trace, &signals, &self.act, self.page.age(), &moment));
        found.extend(self.judge.endless(now, self.conduct.request_limit, &moment));
        if reading.blank && judged {
            found.extend(whole::blank(&moment));
        }
        if judged {
            found.extend(self.search(&moment).await?);
            self.take_inventory(moment.route()).await?;
        }
        let was = self.was.clone().unwrap_or_default();
        for broken in &glance.broken_rules {
            let Some(rule) = self.rules.get(broken.index) else { continue };
            match &broken.error {
                Some(error) => {
                    let text = format!("“{}” could not be tested at {step}: {error}", rule.name);
                    self.remarks.push(text);
                }
                None => {
                    self.broken.insert(broken.index);
                    found.push(rules::broken(rule, None, &moment, &was, &reading.readings));
                }
            }
        }
        self.walked.signals.extend(signals);
        // What a page shows before it has come to rest is no state to compare with.
        self.was = judged.then(|| reading.readings.clone());
        self.tell_pending().await;
        Ok(self.pronounce(found).await)
    }

    /// Tells violations. Where the page can still be used the walk goes on: something else may
    /// break, and a finding is judged by the walks in which it broke first.
    pub(super) async fn pronounce(&mut self, mut found: Vec<Violation>) -> Flow {
        if self.id.kind.is_calm() && self.walked.roamed.is_empty() {
            for violation in &mut found {
                if shows_calm(violation.oracle) {
                    violation.severity = Severity::Warn;
                }
            }
        }
        let mut flow = Flow::On;
        for mut violation in self.judge.weigh(found) {
            if self.held.is_some() {
                violation.severity = Severity::Warn;
            }
            // A journey can be walked whatever keeps others from walking it.
            if violation.oracle == Oracle::Accessibility && violation.severity == Severity::Fail {
                self.keep_scene(&violation).await;
            } else if violation.severity == Severity::Fail {
                self.failed = true;
                self.standing.failed();
                self.keep_scene(&violation).await;
                if ends_a_walk(violation.oracle) {
                    flow = Flow::Stop;
                }
            }
            if violation.oracle == Oracle::LostInput {
                self.standing.lost();
            }
            if self.sought.remove(&violation.signature) && self.sought.is_empty() {
                flow = Flow::Stop;
            }
            let walk = self.id.clone();
            self.tell(Happening::Violated { walk, violation: Box::new(violation) }).await;
        }
        flow
    }

    /// An `expect` that does not hold.
    pub(super) async fn disappointed(
        &mut self,
        mut record: StepRecord,
        severity: Severity,
        failing: &[String],
    ) -> Flow {
        if let Some(flow) = self.held_back(&mut record) {
            self.pass_by(record);
            return flow;
        }
        record.outcome = Outcome::Failed(failing.join("; "));
        let moment = Moment {
            step: &record.step,
            index: record.index,
            did: &record.did,
            url: &self.url,
            offline: self.offline || self.held.is_some(),
        };
        let violation = expectation::fails(&moment, &self.plan.name, severity, failing);
        // What is missing now will be missed again; once is enough, even as a warning.
        self.standing.failed();
        self.pass_by(record);
        self.pronounce(vec![violation]).await
    }

    /// The browser could not go on: the application's fault, or the tool's.
    pub(super) async fn broke(&mut self, error: &BrowserError) {
        let (step, index, did) = self.place.clone();
        let told = error.to_string();
        if error.is_infrastructure() {
            self.walked.verdict = Verdict::Infrastructure(told);
            return;
        }
        self.walked.signals.extend(self.page.signals());
        let url = self.url.clone();
        let moment = Moment {
            step: &step,
            index,
            did: &did,
            url: &url,
            offline: self.offline || self.held.is_some(),
        };
        let violation = match error {
            BrowserError::Crashed => {
                let crashed = Observed { at: self.page.age(), signal: Signal::Crashed };
                let found = self.judge.signals(std::slice::from_ref(&crashed), &moment);
                self.walked.signals.push(crashed);
                found
            }
            BrowserError::Hung { .. } | BrowserError::Nagged { .. } => {
                vec![whole::hangs(&moment, &told)]
            }
            _ if self.offline || self.held.is_some() => Vec::new(),
            _ => {
                let severity = self.standing.severity();
                let after = self.standing.preserving();
                vec![expectation::impossible(&moment, &self.plan.name, severity, &told, after)]
            }
        };
        if violation.is_empty() || !self.standing.is_on_path() && !is_whole(error) {
            self.walked.verdict = Verdict::Stranded(format!("at {step}: {told}"));
            return;
        }
        self.pronounce(violation).await;
    }

    /// The page as it is now, for whoever has to understand the failure.
    async fn keep_scene(&mut self, violation: &Violation) {
        if self.walked.scenes.len() >= SCENES {
            return;
        }
        let (step, _, did) = self.place.clone();
        let target = self.target;
        let before = self.page.spent();
        let snapshot = self.page.snapshot().await.ok();
        self.walked.scenes.push(Scene {
            signature: violation.signature.clone(),
            at: self.page.age(),
            request: violation.request.clone(),
            screenshot: self.page.screenshot().await.ok(),
            target,
            caption: format!("{step}: {did}"),
            dom: snapshot.as_ref().map(|s| s.html.clone()),
            text: snapshot.map(|s| s.text),
        });
        self.page.spent_on_evidence(before);
    }
}

/// Oracles whose finding on a calm walk is the application's ordinary noise: the journey can be
/// walked all the same.
const fn shows_calm(oracle: Oracle) -> bool {
    matches!(
        oracle,
        Oracle::UncaughtException
            | Oracle::UnhandledRejection
            | Oracle::Http5xx
            | Oracle::EndlessRequest
            | Oracle::LostInput
            | Oracle::DoubledEffect
    )
}

/// Failures after which nobody could go on.
const fn ends_a_walk(oracle: Oracle) -> bool {
    matches!(
        oracle,
        Oracle::Crash | Oracle::Hang | Oracle::BlankPage | Oracle::Expect | Oracle::Step
    )
}

/// Errors that say something about the page whatever came before.
const fn is_whole(error: &BrowserError) -> bool {
    matches!(error, BrowserError::Crashed | BrowserError::Hung { .. } | BrowserError::Nagged { .. })
}

fn speaks_of_was(test: &RuleTest) -> bool {
    let RuleTest::Js(js) = test else { return false };
    js.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').any(|word| word == "was")
}
