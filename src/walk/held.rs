//! What a walk does when something was kept from happening: it says so, goes on as far as the page
//! lets it, and blames nothing on the application that may come of it.

use super::walker::{Flow, Walker};
use crate::bounds::Breach;
use crate::perturb::Move;
use crate::perturb::script::Role;
use crate::record::{Happening, Observed, Outcome, Signal, StepRecord, TurnedBack, Verdict};
use crate::route;

/// What was kept from happening and may be missed.
#[derive(Debug)]
pub(super) struct Held {
    breach: Breach,
    why: String,
}

impl Walker<'_, '_> {
    /// Tells what the fence and the page have turned back since the last look.
    pub(super) async fn take_turned_back(&mut self, signals: &[Observed], refused: &[String]) {
        let mut all = Vec::new();
        for observed in signals {
            let Some(one) = TurnedBack::request(&observed.signal) else { continue };
            one.add_to(&mut all);
            if let Some(breach) = TurnedBack::is_missed(&observed.signal) {
                self.hold(breach, words(&observed.signal));
            }
        }
        for called in refused {
            TurnedBack::element(&self.act.verb, called).add_to(&mut all);
            self.forbid(called);
        }
        self.tell_turned_back(all).await;
    }

    async fn tell_turned_back(&self, all: Vec<TurnedBack>) {
        if !all.is_empty() {
            self.tell(Happening::TurnedBack { walk: self.id.clone(), all }).await;
        }
    }

    /// Something stands in the way that must never be touched.
    pub(super) fn forbid(&mut self, called: &str) {
        self.hold(Breach::Never, format!("{called} must never be touched"));
    }

    /// What the server was not asked to change stays unchanged for the rest of the walk.
    fn hold(&mut self, breach: Breach, why: String) {
        if self.held.as_ref().is_none_or(|held| held.breach != Breach::Change) {
            self.held = Some(Held { breach, why });
        }
    }

    /// A step of the journey was done after all: a page that was only not left is no hindrance.
    pub(super) fn go_on(&mut self) {
        self.held.take_if(|held| held.breach != Breach::Change);
    }

    /// Ends the walk at a step that cannot be done or does not hold, where that may come of what
    /// was held back. `None`: nothing was.
    pub(super) fn held_back(&mut self, record: &mut StepRecord) -> Option<Flow> {
        let held = self.held.as_ref()?;
        let why = format!("held back: {}", held.why);
        self.walked.verdict = Verdict::Stranded(format!("at {}, {why}", record.step));
        record.outcome = Outcome::NotJudged(why);
        Some(Flow::Stop)
    }

    /// A step whose target must never be touched. A journey that says so is mistaken, and its walk
    /// ends there; anybody else looks for something else to do.
    pub(super) async fn refuse(&mut self, mut record: StepRecord, m: &Move, called: &str) -> Flow {
        self.tell_turned_back(vec![TurnedBack::element(&record.verb, called)]).await;
        let why = format!("{called} must never be touched");
        if m.role != Role::Step || m.by.is_some() || m.optional {
            return self.leave_out(record, why);
        }
        self.walked.verdict = Verdict::Stranded(format!("at {}, held back: {why}", record.step));
        record.outcome = Outcome::Skipped(why);
        self.pass_by(record);
        Flow::Stop
    }
}

fn words(signal: &Signal) -> String {
    let Signal::TurnedBack { method, url, breach, .. } = signal else { return String::new() };
    let path = route::fold(&route::path(url));
    match breach {
        Breach::Change => format!("{method} {path} was not sent, because this run is read-only"),
        Breach::Never => format!("{path} must never be opened"),
        Breach::Host => {
            let host = url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
            let host = host.unwrap_or_default();
            format!("it leads to {host}, which is not among the allowed hosts (allow_hosts)")
        }
    }
}
