//! Looking: one script that waits, reads and aims, cut into slices so that the driver is never
//! kept busy, and begun anew in a new document. What is done afterwards is in `act`.

use std::time::{Duration, Instant};

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::glance::{
    Aim, Aimed, BrokenRule, Found, Glance, Look, NotFound, Readiness, Reading, Settle, Why,
};
use super::page::Page;
use super::script::{self, Expressions};
use super::wire::Refusal;
use super::{BrowserError, session};
use crate::journey::{Condition, Never, RuleTest, Target};
use crate::record::{RequestKind, Trace};

/// How long a page may take to come to rest before a look goes on without.
const SETTLE_AT_MOST: Duration = Duration::from_secs(3);
/// How long one script may wait in the page.
const SLICE: Duration = Duration::from_millis(900);

/// What a slice answers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Slice {
    stage: Stage,
    url: String,
    title: String,
    settled: bool,
    blank: bool,
    readings: IndexMap<String, Value>,
    failed: IndexMap<String, String>,
    broken: Vec<BrokenRule>,
    eventually: Option<Vec<BrokenRule>>,
    aimed: Option<Value>,
    attempts: u32,
    problems: Vec<Value>,
    trace: Option<Trace>,
    /// Requests of the page's scripts that have no answer yet.
    pending: usize,
    refused: Vec<String>,
    error: String,
    /// Milliseconds in the page: until it rested, and from then on until what was looked for was
    /// there.
    rested: f64,
    readied: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    /// The library is not there, or the document has not begun.
    #[default]
    Absent,
    /// The page does not rest yet.
    Settling,
    /// Rules or aim are not there yet.
    Waiting,
    /// All is there.
    Done,
    /// The library itself failed.
    Broken,
}

/// Where a look stands between two slices.
struct Progress {
    started: Instant,
    /// How long the aim is waited for; grows when the machine gets busy meanwhile.
    within: Duration,
    /// How much longer everything takes just now: by it, the deadlines of rules are stretched.
    stretch: f64,
    /// How long resting is waited for.
    settle_at_most: Duration,
    /// Until when resting is waited for; begins anew with a new document.
    settle_until: Option<Instant>,
    settled: bool,
    /// The rules of `always` were tested.
    tested: bool,
    broken: Vec<BrokenRule>,
    /// Rules of `eventually` that did not come true in time.
    expired: Vec<BrokenRule>,
    /// When the aim began, after rest and rules.
    aiming_since: Option<Instant>,
    attempts: u32,
    /// The slice under way was sent then.
    sent: Instant,
    /// The page last answered then.
    answered: Instant,
    trace: Trace,
    refused: Vec<String>,
    last: Slice,
}

impl Page<'_> {
    /// Looks at the page: waits until it rests, takes the readings, tests the rules and aims at
    /// what the next step needs. One round trip where nothing has to be waited for.
    ///
    /// # Errors
    /// The page hangs or crashed, the tab is closed, or the session is lost. An element that is
    /// not there and a rule that does not hold are no errors, but part of the [`Glance`].
    pub async fn look(&mut self, look: &Look<'_>) -> Result<Glance, BrowserError> {
        if !self.session.is_fenced() {
            return Err(BrowserError::SessionLost("the fence around it is down".to_owned()));
        }
        let (user, mut unreadable) = self.expressions(look).await?;
        let text = script::look(&user, look.attention.vitals);
        let (now, settle_at_most) = (Instant::now(), self.stretched(SETTLE_AT_MOST));
        let mut progress = Progress {
            started: now,
            within: look.within,
            stretch: 1.0,
            settle_at_most,
            settle_until: (look.settle != Settle::Now).then(|| now + settle_at_most),
            settled: look.settle != Settle::Now,
            tested: false,
            broken: Vec::new(),
            expired: Vec::new(),
            aiming_since: None,
            attempts: 0,
            answered: now,
            sent: now,
            trace: Trace::default(),
            refused: Vec::new(),
            last: Slice::default(),
        };
        loop {
            while !self.slice(look, &user, &text, &mut progress).await? {}
            match look.settle {
                Settle::AtRest | Settle::StillAtRest => {
                    self.catch_up_with(progress.last.pending).await;
                }
                Settle::Now => self.catch_up().await,
            }
            self.still_told()?;
            if !self.has_left().await? {
                break;
            }
            progress.begin_anew(look);
        }
        progress.broken.append(&mut unreadable.rules);
        let mut glance = conclude(look, progress)?;
        glance.reading.failed.append(&mut unreadable.readings);
        Ok(glance)
    }

    /// Takes one slice; answers whether the look is over.
    async fn slice(
        &mut self,
        look: &Look<'_>,
        user: &Expressions<'_>,
        text: &str,
        progress: &mut Progress,
    ) -> Result<bool, BrowserError> {
        progress.sent = Instant::now();
        progress.within = progress.within.max(self.stretched(look.within));
        progress.stretch = self.stretch();
        let args = slice_args(look, user, progress);
        let last = args["last"] == true;
        let body = json!({ "script": text, "args": [args] });
        let answer = self.script_command("execute/async", body).await.map(|value| {
            value.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
        });
        let mut slice: Slice = match answer {
            Ok(slice) => slice,
            Err(Refusal::Unloaded) => {
                progress.begin_anew(look);
                return self.not_answered(progress);
            }
            Err(Refusal::Timeout(_)) => return self.not_answered(progress),
            Err(Refusal::Silent(after)) => return Err(self.silence(after)),
            Err(refusal) => return Err(refusal.into_error("look at the page")),
        };
        self.session.waited_in_page(slice.rested, slice.readied);
        for problem in &slice.problems {
            self.told.take_problem(problem);
        }
        progress.refused.append(&mut slice.refused);
        match slice.stage {
            Stage::Absent => {
                self.install().await?;
                return self.not_answered(progress);
            }
            Stage::Broken => {
                return Err(BrowserError::Refused {
                    doing: "look at the page".to_owned(),
                    why: slice.error,
                });
            }
            Stage::Settling => {
                progress.answered = Instant::now();
                progress.last = slice;
                return Ok(false);
            }
            Stage::Waiting | Stage::Done => {}
        }
        progress.accept(look, slice);
        Ok(progress.last.stage == Stage::Done || (last && progress.aiming_since.is_some()))
    }

    /// Answers reach a page's scripts before the browser tells of them: what the page has already
    /// seen answered is waited for a moment, so that it is told with the step that it belongs to.
    async fn catch_up_with(&mut self, pending: usize) {
        self.catch_up().await;
        for _ in 0..4 {
            let open = self.told.in_flight();
            let open = open.iter().filter(|request| request.kind == RequestKind::Fetch).count();
            if self.session.socket.is_none() || open <= pending {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
            self.catch_up().await;
        }
    }

    /// A slice without an answer is tried again, until the page counts as hung.
    fn not_answered(&mut self, progress: &Progress) -> Result<bool, BrowserError> {
        let silent = progress.answered.elapsed();
        if silent > self.stretched(self.options.hang_limit).max(progress.within) {
            return Err(self.silence(silent));
        }
        Ok(false)
    }

    /// Why nothing answers: a server that keeps a document waiting, or a page that hangs.
    pub(super) fn silence(&mut self, after: Duration) -> BrowserError {
        self.session.give_up();
        let waiting = self.in_flight().into_iter().find(|r| r.kind == RequestKind::Document);
        match waiting {
            Some(request) => BrowserError::Unanswered { url: request.url, after },
            None => BrowserError::Hung { doing: "look at the page".to_owned(), after },
        }
    }

    /// Whether an expression is JavaScript, or the browser's words; each is tried once in a
    /// session.
    async fn parses(&mut self, js: &str) -> Result<Option<String>, BrowserError> {
        if let Some(known) = self.session.parsed.get(js) {
            return Ok(known.clone());
        }
        let until = Instant::now() + self.stretched(self.options.hang_limit);
        let words = loop {
            let body = json!({ "script": script::parse_only(js), "args": [] });
            match self.script_command("execute/sync", body).await {
                Ok(_) => break None,
                Err(Refusal::Script(why)) => {
                    let why = why.trim_start_matches("javascript error: ");
                    break Some(format!(
                        "SyntaxError: {}",
                        why.trim_start_matches("SyntaxError: ")
                    ));
                }
                // A page that is busy, or on its way elsewhere.
                Err(Refusal::Unloaded | Refusal::Timeout(_)) if Instant::now() < until => {}
                Err(Refusal::Silent(after)) => return Err(self.silence(after)),
                Err(refusal) => return Err(refusal.into_error("read an expression")),
            }
        };
        self.session.parsed.insert(js.to_owned(), words.clone());
        Ok(words)
    }

    /// Collects the expressions of a look, and sorts out what is no JavaScript: it would take
    /// the whole script with it.
    async fn expressions<'a>(
        &mut self,
        look: &Look<'a>,
    ) -> Result<(Expressions<'a>, Unreadable), BrowserError> {
        let mut user = Expressions::default();
        let mut unreadable = Unreadable::default();
        for observation in look.observe {
            match self.parses(&observation.js).await? {
                None => user.observe.push((&observation.name, &observation.js)),
                Some(why) => {
                    unreadable.readings.insert(observation.name.clone(), why);
                }
            }
        }
        for rule in look.rules {
            let RuleTest::Js(js) = rule.test else { continue };
            match self.parses(js).await? {
                None => user.rules.push((rule.index, js)),
                Some(why) => {
                    unreadable.rules.push(BrokenRule { index: rule.index, error: Some(why) });
                }
            }
        }
        if let Aim::Expectation(expectation) = look.aim {
            for (index, condition) in expectation.all.iter().enumerate() {
                let Condition::Js(js) = condition else { continue };
                if let Some(why) = self.parses(js).await? {
                    return Err(BrowserError::BadExpression { js: js.clone(), why });
                }
                user.expect.push((index, js));
            }
        }
        Ok((user, unreadable))
    }
}

/// The user's expressions that are no JavaScript.
#[derive(Debug, Default)]
struct Unreadable {
    readings: IndexMap<String, String>,
    rules: Vec<BrokenRule>,
}

impl Progress {
    /// After a navigation everything is looked at in the new document.
    fn begin_anew(&mut self, look: &Look<'_>) {
        if look.settle != Settle::Now {
            self.settle_until = Some(Instant::now() + self.settle_at_most);
            self.settled = true;
        }
        self.tested = false;
        self.broken.clear();
        self.attempts = 0;
    }

    fn accept(&mut self, look: &Look<'_>, mut slice: Slice) {
        let now = Instant::now();
        self.answered = now;
        if let Some(trace) = slice.trace.take() {
            self.trace.absorb(trace);
        }
        self.settle_until = None;
        if !self.tested {
            self.tested = true;
            self.broken = std::mem::take(&mut slice.broken);
            self.settled &= slice.settled;
        }
        let untrue = slice.eventually.clone().unwrap_or_default();
        if untrue.is_empty() && self.aiming_since.is_none() {
            // The slice that found nothing more to wait for has been aiming since it began. A page
            // on which something never came true has had that time for the aim as well.
            let waited_in_vain = !self.expired.is_empty();
            self.aiming_since = Some(if waited_in_vain { self.started } else { self.sent });
        }
        let over = |broken: &BrokenRule| {
            let rule = look.rules.iter().find(|rule| rule.index == broken.index);
            let deadline = rule.and_then(|rule| rule.deadline);
            deadline.is_some_and(|d| self.started.elapsed() >= d.mul_f64(self.stretch))
        };
        self.expired.extend(untrue.into_iter().filter(over));
        self.attempts = slice.attempts;
        self.last = slice;
    }

    /// The rules of `eventually` that have neither come true nor run out of time.
    fn open<'a>(&self, look: &'a Look<'_>) -> Vec<&'a super::RuleCheck<'a>> {
        look.rules
            .iter()
            .filter(|rule| rule.deadline.is_some())
            .filter(|rule| !self.expired.iter().any(|broken| broken.index == rule.index))
            .filter(|rule| match &self.last.eventually {
                Some(open) => open.iter().any(|b| b.index == rule.index),
                None => true,
            })
            .collect()
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn slice_args(look: &Look<'_>, user: &Expressions<'_>, progress: &Progress) -> Value {
    let readable = |index: usize| user.rules.iter().any(|(i, _)| *i == index);
    let rule = |rule: &super::RuleCheck<'_>| match rule.test {
        RuleTest::NoText(text) => {
            Some(json!({ "index": rule.index, "kind": "no_text", "text": text }))
        }
        RuleTest::Text(text) => Some(json!({ "index": rule.index, "kind": "text", "text": text })),
        RuleTest::Js(_) => {
            readable(rule.index).then(|| json!({ "index": rule.index, "kind": "js" }))
        }
    };
    let always: Vec<Value> = look
        .rules
        .iter()
        .filter(|r| r.deadline.is_none() && !progress.tested)
        .filter_map(rule)
        .collect();
    let open = progress.open(look);
    let eventually: Vec<Value> = open.iter().filter_map(|r| rule(r)).collect();
    // The time of the aim begins when nothing else is waited for any more.
    let aim_left = progress
        .within
        .saturating_sub(progress.aiming_since.map(|since| since.elapsed()).unwrap_or_default());
    let rules_left = open
        .iter()
        .filter_map(|r| r.deadline)
        .map(|d| d.mul_f64(progress.stretch).saturating_sub(progress.started.elapsed()))
        .max()
        .unwrap_or_default();
    let left = if eventually.is_empty() { aim_left } else { rules_left };
    let settle = progress
        .settle_until
        .map(|until| until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1)));
    json!({
        "slice": millis(left.min(SLICE)),
        "last": left <= SLICE,
        "settle": settle.map_or(0, millis),
        "bound": millis(progress.settle_at_most),
        "still": look.settle == Settle::StillAtRest,
        "rules": always,
        "eventually": eventually,
        "was": look.was,
        "step": look.step,
        "aim": aim(&look.aim),
        "next": aim(&look.next),
        "attempts": progress.attempts,
        "unanswered": {
            "after": millis(look.attention.answer_within),
            "most": millis(look.attention.at_most),
        },
        "typed": look.attention.filled,
        "never": look.never.iter().map(never).collect::<Vec<_>>(),
    })
}

fn aim(aim: &Aim<'_>) -> Value {
    match aim {
        Aim::Nothing => json!({ "kind": "nothing" }),
        Aim::Element { target, readiness } => json!({
            "kind": "element",
            "target": target,
            "readiness": readiness.word(),
            "focus": matches!(readiness, Readiness::Editable | Readiness::Press),
        }),
        Aim::Link(route) => json!({
            "kind": "link", "route": route.as_str(), "readiness": Readiness::Pointer.word(), "focus": false,
        }),
        Aim::Expectation(expectation) => {
            let all: Vec<Value> = expectation.all.iter().map(condition).collect();
            json!({ "kind": "expectation", "all": all })
        }
    }
}

fn never(never: &Never) -> Value {
    let mut value = match never {
        Never::Element(locator) => json!(locator),
        Never::Url(route) => json!({ "url": route.as_str() }),
    };
    value["called"] = json!(never.to_string());
    value
}

fn condition(condition: &Condition) -> Value {
    let of = |target: &Target| json!({ "target": target, "called": target.to_string() });
    match condition {
        Condition::Url(text) => json!({ "url": text.as_str() }),
        Condition::Title(text) => json!({ "title": text.as_str() }),
        Condition::Text(text) => json!({ "text": text.as_str() }),
        Condition::NoText(text) => json!({ "no_text": text.as_str() }),
        Condition::Visible(target) => json!({ "visible": of(target) }),
        Condition::Hidden(target) => json!({ "hidden": of(target) }),
        Condition::Value { target, is } => {
            json!({ "value": { "target": target, "called": target.to_string(), "is": is.as_str() } })
        }
        Condition::Count { target, is } => {
            json!({ "count": { "target": target, "called": target.to_string(), "is": is } })
        }
        Condition::Js(js) => json!({ "js": js }),
    }
}

/// What the last slice and the way there add up to.
fn conclude(look: &Look<'_>, progress: Progress) -> Result<Glance, BrowserError> {
    let Progress { last, mut broken, expired, settled, trace, refused, .. } = progress;
    broken.extend(expired);
    let aimed = match (&look.aim, last.aimed) {
        (Aim::Nothing, _) => Aimed::Nothing,
        (_, Some(aimed)) => read_aimed(look, aimed)?,
        (_, None) => Aimed::Missing(NotFound { why: Why::Absent, near: Vec::new() }),
    };
    let reading = Reading {
        url: last.url,
        title: last.title,
        blank: last.blank,
        settled: settled && look.settle != Settle::Now,
        readings: last.readings,
        failed: last.failed,
    };
    Ok(Glance { reading, broken_rules: broken, aimed, trace, refused })
}

fn read_aimed(look: &Look<'_>, aimed: Value) -> Result<Aimed, BrowserError> {
    let words = |value: &Value| -> Vec<String> {
        let list = value.as_array().into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let cover = aimed["cover"].as_str().map(str::to_owned);
    let why = match (aimed["kind"].as_str(), aimed["why"].as_str()) {
        (Some("holds"), _) => return Ok(Aimed::Holds),
        (Some("fails"), _) => return Ok(Aimed::Fails(words(&aimed["why"]))),
        (Some("found"), _) => {
            let mut found: Found =
                serde_json::from_value(aimed).map_err(|why| BrowserError::Refused {
                    doing: "describe the element".to_owned(),
                    why: why.to_string(),
                })?;
            found.by = match look.aim {
                Aim::Element { target, .. } => {
                    let locator = target.alternatives().get(found.alternative);
                    locator.map(|l| format!("{} {l}", l.by.word())).unwrap_or_default()
                }
                Aim::Link(route) => format!("link to {route}"),
                Aim::Nothing | Aim::Expectation(_) => String::new(),
            };
            return Ok(Aimed::Found(found));
        }
        (_, Some("hidden")) => Why::Hidden,
        (_, Some("moving")) => Why::Moving,
        (_, Some("disabled")) => Why::Disabled,
        (_, Some("read_only")) => Why::ReadOnly,
        (_, Some("never")) => Why::Never(cover.unwrap_or_default()),
        (_, Some("covered")) => Why::Covered(cover.unwrap_or_default()),
        _ => cover.map_or(Why::Absent, Why::Unsearchable),
    };
    Ok(Aimed::Missing(NotFound { why, near: words(&aimed["near"]) }))
}

const _: () = assert!(SLICE.as_millis() * 3 < session::SCRIPT_LIMIT.as_millis());
