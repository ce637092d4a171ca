//! The walker: one move after the other, with what it has to remember between them.
//!
//! A look judges the move before and aims the next one, so a step costs two round trips: one
//! look, one act. What a step led to is therefore told when the next one looks.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::adapt::{self, Miss};
use super::astray::WayBack;
use super::held::Held;
use super::redo::Places;
use super::retype::Form;
use super::{Conduct, Ending, Frame, Lent, Pace, Pictures, Walked};
use crate::browser::{Aim, Aimed, BrowserError, Found, NotFound, Page, Settle, Why};
use crate::journey::{Action, Journey, Operator, Rule, StepId};
use crate::oracle::{
    self, Act, Judge, Judgement, Moment, Pressed, Readings, Standing, Terms, Think, expectation,
};
use crate::perturb::script::{Deed, Haste, Manner, Role};
use crate::perturb::{Move, script, words};
use crate::record::{
    Happening, Matched, Outcome, Rect, Severity, Spent, StepRecord, Verdict, WalkId,
};
use crate::time::Span;

/// How many failures of one walk keep their picture.
pub(super) const SCENES: usize = 3;

/// Whether the walk goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    On,
    Stop,
}

pub(super) struct Walker<'a, 's> {
    pub(super) page: &'a mut Page<'s>,
    pub(super) id: &'a WalkId,
    pub(super) plan: &'a Journey,
    pub(super) lent: &'a Lent,
    pub(super) conduct: &'a Conduct,
    pub(super) told: &'a mpsc::Sender<Happening>,
    pub(super) judge: Judge<'a>,
    pub(super) standing: Standing,
    pub(super) rules: Arc<[Rule]>,
    /// What of the signatures that the walk is about it has not shown yet.
    pub(super) sought: BTreeSet<String>,
    /// The rules that were broken once: told, and not waited for again.
    pub(super) broken: HashSet<usize>,
    pub(super) base_url: String,
    pub(super) pace: Pace,
    pub(super) began: Instant,
    /// The move that was done last, until a look tells and judges what it led to.
    pub(super) pending: Option<StepRecord>,
    /// Steps passed by since then; they are told after it.
    pub(super) behind: Vec<StepRecord>,
    /// The last move that was begun: what a look is about.
    pub(super) place: (StepId, u32, String),
    /// What friction is judged by: the last act, as the oracles know it.
    pub(super) act: Act,
    /// The think times that were not waited for, in milliseconds.
    skipped: u64,
    /// Whether the journey says how long people think before the move under way.
    think: Think,
    /// What the move under way is done to.
    pressed: Pressed,
    /// Whether nothing was done to the page since the last look.
    pub(super) idle: bool,
    /// The readings before the pending move; `None` where they are not known.
    pub(super) was: Option<Readings>,
    /// Where the last target stood.
    pub(super) target: Option<Rect>,
    pub(super) url: String,
    pub(super) offline: bool,
    /// What was kept from happening, and may be missed.
    pub(super) held: Option<Held>,
    /// Where a look at another page began, for coming back from it.
    pub(super) left: Option<String>,
    /// The visible lines of the pages that were looked at.
    pub(super) glimpsed: BTreeSet<String>,
    /// The way back to where the walker left its journey.
    pub(super) way_back: Option<WayBack>,
    pub(super) missed: Option<StepId>,
    pub(super) done_since_miss: bool,
    pub(super) failed: bool,
    /// How many moves there were more than the plan has.
    pub(super) shift: u32,
    pub(super) remarks: Vec<String>,
    /// The states of routes that were searched for barriers.
    pub(super) searched: HashSet<String>,
    /// The routes of which was told what they offer.
    pub(super) inventoried: HashSet<String>,
    /// The window's size as the journey has it, while a deviation has made it another one.
    pub(super) window: Option<(u32, u32)>,
    /// The page on which the last step was carried out.
    pub(super) acted_on: String,
    /// What was typed on the page, for typing it again.
    pub(super) form: Form,
    /// Where the steps were done, for doing them again there.
    pub(super) places: Places,
    /// The next steps, for finding the place again where the page has changed.
    pub(super) ahead: Vec<Move>,
    /// What is done after the move under way.
    pub(super) coming: Option<Action>,
    pub(super) walked: Walked,
}

impl<'a, 's> Walker<'a, 's> {
    pub(super) fn new(
        page: &'a mut Page<'s>,
        id: &'a WalkId,
        plan: &'a Journey,
        lent: &'a Lent,
        conduct: &'a Conduct,
        told: &'a mpsc::Sender<Happening>,
    ) -> Self {
        let base_url = plan.plan.as_ref().map(|p| p.base_url.clone()).unwrap_or_default();
        let origin = url::Url::parse(&base_url)
            .map(|url| url.origin().ascii_serialization())
            .unwrap_or_default();
        Self {
            judge: Judge::new(&conduct.settings, &conduct.ordinary, &origin)
                .among(&conduct.services)
                .under(Terms::of(plan, conduct.thresholds, conduct.budget)),
            standing: Standing::at_start(plan),
            rules: plan.always.iter().chain(&plan.eventually).cloned().collect(),
            sought: conduct.sought.clone(),
            broken: HashSet::new(),
            base_url,
            pace: conduct.pace,
            began: Instant::now(),
            pending: None,
            behind: Vec::new(),
            place: (StepId("start".into()), 0, "opening the page".into()),
            act: Act::default(),
            skipped: 0,
            think: Think::Unknown,
            pressed: Pressed::Other,
            idle: false,
            was: None,
            target: None,
            url: String::new(),
            offline: false,
            held: None,
            left: None,
            glimpsed: BTreeSet::new(),
            way_back: None,
            missed: None,
            done_since_miss: true,
            failed: false,
            shift: 0,
            remarks: Vec::new(),
            searched: HashSet::new(),
            inventoried: HashSet::new(),
            window: None,
            acted_on: String::new(),
            form: Form::default(),
            places: Places::default(),
            ahead: Vec::new(),
            coming: None,
            walked: Walked::with(Verdict::Passed),
            page,
            id,
            plan,
            lent,
            conduct,
            told,
        }
    }

    pub(super) async fn walk(mut self) -> Walked {
        let moves = script(self.plan);
        let mut broken = None;
        let mut ended = false;
        self.book("opening", Spent::default());
        for ((index, m), place) in (0u32..).zip(&moves).zip(0..) {
            self.see_ahead(&moves, place);
            self.coming = match moves.get(place + 1).map(|m| &m.deed) {
                Some(Deed::Act { action, .. }) => Some(self.lent.fill_action(action)),
                _ => None,
            };
            let before = self.page.spent();
            let went = self.carry_out(index + self.shift, m).await;
            self.book(verb(&m.deed), before);
            match went {
                Ok(Flow::On) => {}
                Ok(Flow::Stop) => {
                    ended = true;
                    break;
                }
                Err(error) => {
                    broken = Some(error);
                    break;
                }
            }
        }
        let before = self.page.spent();
        if broken.is_none() && !ended {
            broken = self.end().await.err();
        }
        if let Some(error) = broken {
            self.broke(&error).await;
        }
        self.book("ending", before);
        self.finish().await
    }

    fn book(&mut self, kind: &str, before: Spent) {
        self.walked.timings.add(kind, self.page.spent().since(before));
    }

    /// Looks at what the last step led to. Where nothing may have changed the outcome, it is kept
    /// for comparing.
    async fn end(&mut self) -> Result<(), BrowserError> {
        let limit = self.conduct.step_limit;
        let (_, flow) = self.look(Aim::Nothing, Settle::AtRest, limit).await?;
        if flow == Flow::Stop || !self.standing.is_on_path() || self.held.is_some() {
            return Ok(());
        }
        let page = self.page.ending().await?;
        let alike = |text: &str| self.lent.without_fresh(text);
        let values = page.values.iter().map(|(field, value)| (alike(field), alike(value)));
        let (url, text) = (alike(&page.url), alike(&page.text));
        let mut outcome = oracle::outcome::Outcome::new(&url, &text, values);
        outcome.glimpsed = self.glimpsed.iter().map(|line| alike(line)).collect();
        self.walked.ending = Some(Ending {
            outcome,
            severity: self.standing.severity(),
            after: self.standing.preserving().to_vec(),
            last: self.place.clone(),
            url: page.url,
        });
        self.photograph().await;
        Ok(())
    }

    async fn finish(mut self) -> Walked {
        self.tell_pending().await;
        if self.failed {
            self.walked.verdict = Verdict::Failed;
        } else if self.walked.verdict == Verdict::Passed
            && let Some(step) = self.missed.take().filter(|_| !self.done_since_miss)
        {
            self.walked.verdict = Verdict::Stranded(format!("at {step}"));
        }
        let took = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.tell(Happening::WalkFinished {
            walk: self.id.clone(),
            verdict: self.walked.verdict.clone(),
            took,
            requests: self.judge.request_count(),
        })
        .await;
        if self.id.is_counted() && (self.failed || self.id.kind.is_calm()) {
            self.walked.exchanges = self.page.exchanges(&self.walked.signals).await;
        }
        self.walked
    }

    /// One move.
    async fn carry_out(&mut self, index: u32, m: &Move) -> Result<Flow, BrowserError> {
        if let Some(operator) = m.by {
            self.standing.deviated(operator, &m.step, index);
        }
        let think = self.pace.think(m.think);
        self.skipped += millis(m.think.duration().saturating_sub(think));
        self.think = if m.think > Span::ZERO { Think::Known } else { Think::Unknown };
        self.pressed = Pressed::Other;
        if think > Duration::ZERO {
            let limit = self.conduct.step_limit;
            if self.look(Aim::Nothing, Settle::AtRest, limit).await?.1 == Flow::Stop {
                return Ok(Flow::Stop);
            }
            self.page.pause(think).await;
        }
        let record = self.record(index, m, think);
        match &m.deed {
            Deed::LeaveOut => {
                let operator = m.by.map_or("a deviation", |o| o.word());
                Ok(self.leave_out(record, operator.to_owned()))
            }
            Deed::Act { action: Action::Roam(moves), .. } => self.roam(index, m, *moves).await,
            Deed::Act { action, manner, haste } => {
                let action = self.lent.fill_action(action);
                self.act(record, m, &action, manner, *haste).await
            }
            around => {
                self.idle = false;
                self.around(record, around).await
            }
        }
    }

    pub(super) fn record(&self, index: u32, m: &Move, think: Duration) -> StepRecord {
        StepRecord {
            index,
            step: m.step.clone(),
            did: words::deed(m),
            verb: verb(&m.deed).to_owned(),
            by: m.by,
            outcome: Outcome::Done,
            url: self.url.clone(),
            thought: millis(think),
            waited: 0,
            acted: 0,
            matched: None,
            readings: Readings::new(),
        }
    }

    /// An action of the language: look, then act.
    pub(super) async fn act(
        &mut self,
        mut record: StepRecord,
        m: &Move,
        action: &Action,
        manner: &Manner,
        haste: Haste,
    ) -> Result<Flow, BrowserError> {
        let is_step = m.role == Role::Step;
        if is_step
            && !self.standing.is_on_path()
            && let Some(need) = self.standing.lacks(&m.needs)
        {
            let why = format!("it needs {need}, which was not done");
            return Ok(self.leave_out(record, why));
        }
        let expects = matches!(action, Action::Expect(_));
        let severity = match self.standing.judge(&m.step) {
            Judgement::NotJudged(why) if expects => {
                record.outcome = Outcome::NotJudged(why);
                self.pass_by(record);
                return Ok(Flow::On);
            }
            Judgement::Judged(severity) => severity,
            Judgement::NotJudged(_) => Severity::Warn,
        };
        let limit = match action {
            Action::Expect(e) | Action::WaitFor(e) => {
                e.within.map_or(self.conduct.expect_limit, |span| span.duration())
            }
            _ => adapt::patience(m, &self.standing, self.missed.is_some(), self.conduct),
        };
        let settle = match haste {
            Haste::Patient => Settle::AtRest,
            Haste::Hurried => Settle::Now,
        };
        let looked = Instant::now();
        self.target = None;
        let (aimed, flow) = self.look_for(m, action, settle, limit, &record).await?;
        record.waited = millis(looked.elapsed());
        if flow == Flow::Stop {
            return Ok(Flow::Stop);
        }
        let acted = Instant::now();
        match aimed {
            Aimed::Nothing => {
                self.set_about(&record);
                let before = self.page.viewport();
                self.do_anywhere(action).await?;
                if m.by == Some(Operator::Resize) {
                    self.window =
                        self.window.or(Some(before)).filter(|size| *size != self.page.viewport());
                }
            }
            Aimed::Found(found) => {
                record.matched = Some(matched(&found));
                self.target = Some(found.rect);
                if found.href.is_some() {
                    self.pressed = Pressed::Link;
                }
                self.set_about(&record);
                match self.hit_heard(action, manner, haste, &found).await {
                    // The page replaced the element in the moment between look and act.
                    Err(BrowserError::Gone) => {
                        return Ok(self.miss(record, m, "it went away under the pointer").await);
                    }
                    Err(BrowserError::NoOption { option, there }) => {
                        let why = format!("no option “{option}”; there are {}", there.join(", "));
                        return Ok(self.miss(record, m, &why).await);
                    }
                    Err(error) => return Err(error),
                    Ok(Flow::On) => {}
                    // It was done, and what it led to ends the walk.
                    Ok(Flow::Stop) => {
                        self.pass_by(record);
                        return Ok(Flow::Stop);
                    }
                }
            }
            Aimed::Holds => {}
            Aimed::Fails(_) if expects && self.failed => {
                // What broke was seen by this very look, and may be why the rest is missing.
                record.outcome = Outcome::NotJudged("something broke before".into());
                self.pass_by(record);
                return Ok(Flow::On);
            }
            Aimed::Fails(failing) if expects => {
                return Ok(self.disappointed(record, severity, &failing).await);
            }
            Aimed::Fails(failing) => {
                return Ok(self.miss(record, m, &failing.join("; ")).await);
            }
            Aimed::Missing(NotFound { why: Why::Never(called), .. }) => {
                return Ok(self.refuse(record, m, &called).await);
            }
            Aimed::Missing(missing) if self.is_further(m, &missing).await => {
                self.go_past(m);
                return Ok(self.leave_out(record, missing.to_string()));
            }
            Aimed::Missing(missing) => {
                let told = self.standing.is_on_path();
                let flow = self.miss(record.clone(), m, &missing.to_string()).await;
                if !told || !is_step || flow == Flow::Stop || self.failed {
                    return Ok(flow);
                }
                // What was lost is told, and nobody stops for it.
                let (redone, flow) = self.redo(&m.needs, &record).await?;
                if !redone || flow == Flow::Stop {
                    return Ok(flow);
                }
                return Box::pin(self.act(record, m, action, manner, haste)).await;
            }
        }
        record.acted = millis(acted.elapsed());
        if is_step {
            if let Deed::Act { action, .. } = &m.deed {
                self.remember(&m.step, action);
            }
            self.standing.done(&m.step, record.index);
            self.done_since_miss |= !expects;
            if !expects {
                self.go_on();
            }
        }
        if expects {
            self.pass_by(record);
            self.idle = true;
        } else {
            self.queue(record).await;
            if is_step {
                self.places.did(&m.step, &self.url);
            }
        }
        self.photograph().await;
        Ok(Flow::On)
    }

    /// What breaks from here on breaks at this move.
    fn set_about(&mut self, record: &StepRecord) {
        self.place = (record.step.clone(), record.index, record.did.clone());
    }

    /// A move was done; the next look tells and judges what it led to.
    pub(super) async fn queue(&mut self, record: StepRecord) {
        self.tell_pending().await;
        self.set_about(&record);
        self.places.did_something_else();
        let since = self.page.age().saturating_sub(record.acted);
        self.act = Act {
            verb: record.verb.clone(),
            by: record.by,
            since,
            by_persons_clock: since + self.skipped,
            think: self.think,
            target: self.pressed,
        };
        self.pending = Some(record);
    }

    /// A step that did nothing to the page: what was done before it is still to be judged.
    pub(super) fn pass_by(&mut self, record: StepRecord) {
        self.behind.push(record);
    }

    pub(super) async fn tell(&self, happening: Happening) {
        // Nobody listens any more when the sweep is over; the walk then ends by itself.
        let _ = self.told.send(happening).await;
    }

    pub(super) async fn tell_pending(&mut self) {
        let told: Vec<StepRecord> =
            self.pending.take().into_iter().chain(self.behind.drain(..)).collect();
        for record in told {
            let walk = self.id.clone();
            self.tell(Happening::StepFinished { walk, step: Box::new(record) }).await;
        }
        for text in std::mem::take(&mut self.remarks) {
            self.tell(Happening::Remark { walk: Some(self.id.clone()), text }).await;
        }
    }

    pub(super) fn leave_out(&mut self, mut record: StepRecord, why: String) -> Flow {
        record.outcome = Outcome::Skipped(why);
        self.pass_by(record);
        Flow::On
    }

    /// The page does not offer a step.
    async fn miss(&mut self, mut record: StepRecord, m: &Move, why: &str) -> Flow {
        match adapt::miss(m, &self.standing) {
            Miss::LeftOut => self.leave_out(record, why.to_owned()),
            Miss::OffPath => {
                self.go_past(m);
                self.leave_out(record, why.to_owned())
            }
            Miss::Wrong(severity) => {
                if let Some(flow) = self.held_back(&mut record) {
                    self.pass_by(record);
                    return flow;
                }
                record.outcome = Outcome::Failed(why.to_owned());
                let moment = Moment {
                    step: &m.step,
                    index: record.index,
                    did: &record.did,
                    url: &self.url,
                    offline: self.offline || self.held.is_some(),
                };
                let after = self.standing.preserving();
                let violation =
                    expectation::impossible(&moment, &self.plan.name, severity, why, after);
                self.pass_by(record);
                let flow = self.pronounce(vec![violation]).await;
                self.go_past(m);
                flow
            }
        }
    }

    fn go_past(&mut self, m: &Move) {
        self.standing.missed(&m.step);
        if self.missed.is_none() || self.done_since_miss {
            self.missed = Some(m.step.clone());
        }
        self.done_since_miss = false;
    }

    pub(super) async fn photograph(&mut self) {
        if self.conduct.pictures != Pictures::OfEveryStep {
            return;
        }
        let before = self.page.spent();
        if let Ok(screenshot) = self.page.screenshot().await {
            let (_, _, caption) = self.place.clone();
            self.walked.frames.push(Frame { screenshot, caption });
        }
        self.page.spent_on_evidence(before);
    }
}

/// The kind of step in a rule's `after`.
const fn verb(deed: &Deed) -> &'static str {
    match deed {
        Deed::Act { action, .. } => action.verb(),
        Deed::LeaveOut => "skip",
        Deed::Wait(_) => "wait",
        Deed::LookAt(_) => "go",
        Deed::ComeBack => "back",
        Deed::LeaveTab(_) => "leave_tab",
        Deed::Leave(_) => "leave",
        Deed::ExpireSession => "expire_session",
        Deed::Network(_) => "network",
    }
}

fn matched(found: &Found) -> Matched {
    Matched {
        alternative: u32::try_from(found.alternative).unwrap_or(u32::MAX),
        by: found.by.clone(),
        rect: found.rect,
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
