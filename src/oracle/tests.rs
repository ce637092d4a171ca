//! The oracles on made-up moments.

use super::*;
use crate::journey::{Action, Condition, Expectation, Journey, Operator, Promise, Step, Template};
use crate::record::{ConsoleLevel, RequestKind, Signal};

fn observed(signal: Signal) -> Observed {
    Observed { at: 0, signal }
}

fn request(id: &str, method: &str, url: &str) -> Observed {
    observed(Signal::RequestStarted {
        id: id.into(),
        method: method.into(),
        url: url.into(),
        kind: RequestKind::Fetch,
        body_size: None,
        headers: Vec::new(),
    })
}

fn answer(id: &str, status: u16) -> Observed {
    let (mime, headers) = (String::new(), Vec::new());
    observed(Signal::RequestFinished { id: id.into(), status, mime, body_size: None, headers })
}

fn judged(signals: &[Observed]) -> Vec<Violation> {
    let step = StepId("pay".into());
    let moment = Moment {
        step: &step,
        index: 3,
        did: "click pay",
        url: "http://shop/checkout/17",
        offline: false,
    };
    let (settings, ordinary) = (Settings::default(), BTreeSet::new());
    let mut judge = Judge::new(&settings, &ordinary, "http://shop");
    let found = judge.signals(signals, &moment);
    judge.weigh(found)
}

#[test]
fn a_5xx_is_one_defect_whatever_the_number() {
    let a = judged(&[request("1", "POST", "http://shop/api/order/17?x=1"), answer("1", 500)]);
    let b = judged(&[request("1", "POST", "http://shop/api/order/18"), answer("1", 503)]);
    assert_eq!(a[0].signature, b[0].signature);
    assert_eq!(a[0].severity, Severity::Fail);
    assert_eq!(a[0].route, "/checkout/:id");
}

#[test]
fn the_application_answers_for_its_own_requests_only() {
    assert!(judged(&[request("1", "GET", "http://ads/x"), answer("1", 404)]).is_empty());
    let own = judged(&[request("1", "GET", "http://shop/x"), answer("1", 404)]);
    assert_eq!(own[0].severity, Severity::Warn);
    let foreign = judged(&[request("1", "GET", "http://ads/x"), answer("1", 500)]);
    assert_eq!(foreign[0].severity, Severity::Warn);
    assert!(judged(&[request("1", "GET", "http://shop/favicon.ico"), answer("1", 404)]).is_empty());
}

#[test]
fn what_follows_from_a_cause_is_mentioned_in_it() {
    let found = judged(&[
        observed(Signal::Rejection { message: "Error: 500".into(), stack: String::new() }),
        request("1", "POST", "http://shop/api/pay"),
        answer("1", 500),
        observed(Signal::Console {
            level: ConsoleLevel::Error,
            text: "oh no".into(),
            source: None,
        }),
    ]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].oracle, Oracle::Http5xx);
    assert!(found[0].message.contains("also: unhandled rejection: Error: 500"));
    assert!(found[0].message.contains("also: console error: oh no"));
}

#[test]
fn what_is_missed_after_the_step_that_broke_something_stands_beside_it() {
    let step = StepId("pay".into());
    let at = |index| Moment { step: &step, index, did: "", url: "http://shop/", offline: false };
    let (settings, none) = (Settings::default(), BTreeSet::new());
    let mut judge = Judge::new(&settings, &none, "http://shop");
    let boom = [observed(Signal::Exception { message: "boom".into(), stack: String::new() })];
    let breaks = |judge: &mut Judge<'_>, index| {
        let found = judge.signals(&boom, &at(index));
        judge.weigh(found)
    };
    let signature = breaks(&mut judge, 3)[0].signature.clone();
    let missed = |judge: &mut Judge<'_>, name: &str, index| {
        let missed = at(index).violation(Oracle::Eventually, Severity::Fail, name);
        judge.weigh(vec![missed]).remove(0).beside
    };
    assert_eq!(missed(&mut judge, "the sum is there", 3), Some(signature.clone()));
    assert_eq!(missed(&mut judge, "the basket is there", 4), None, "nothing broke there");
    assert!(breaks(&mut judge, 5).is_empty(), "it was told before");
    assert_eq!(missed(&mut judge, "the name is there", 5), Some(signature));
}

#[test]
fn ordinary_noise_never_fails() {
    let step = StepId("a".into());
    let moment = Moment { step: &step, index: 0, did: "", url: "http://shop/", offline: false };
    let boom = [observed(Signal::Exception { message: "boom".into(), stack: String::new() })];
    let settings = Settings::default();
    let none = BTreeSet::new();
    let mut calm = Judge::new(&settings, &none, "http://shop");
    let found = calm.signals(&boom, &moment);
    let signature = calm.weigh(found)[0].signature.clone();
    let ordinary = BTreeSet::from([signature]);
    let mut judge = Judge::new(&settings, &ordinary, "http://shop");
    let found = judge.signals(&boom, &moment);
    assert_eq!(judge.weigh(found)[0].severity, Severity::Warn);
    let found = judge.signals(&boom, &moment);
    assert!(judge.weigh(found).is_empty(), "once in a walk is enough");
}

#[test]
fn what_the_walker_did_itself_is_not_held_against_the_page() {
    let step = StepId("a".into());
    let moment = Moment { step: &step, index: 0, did: "", url: "http://shop/", offline: true };
    let (settings, none) = (Settings::default(), BTreeSet::new());
    let mut judge = Judge::new(&settings, &none, "http://shop");
    let text = "net::ERR_INTERNET_DISCONNECTED".into();
    let console = Signal::Console { level: ConsoleLevel::Error, text, source: None };
    assert!(judge.signals(&[observed(console)], &moment).is_empty());
    assert!(page::blank(&moment).is_none());
}

fn journey() -> Journey {
    let mut pay = Step::new("pay", Action::Back);
    pay.needs = vec![StepId("add".into())];
    let mut thanks = Step::new("thanks", Action::Back);
    thanks.needs = vec![StepId("pay".into())];
    let steps = vec![
        Step::new("open", Action::Back),
        Step::new("add", Action::Back),
        pay,
        thanks,
        Step::new("bare", Action::Back),
    ];
    Journey { name: "j".into(), steps, ..Journey::default() }
}

fn id(text: &str) -> StepId {
    StepId(text.into())
}

#[test]
fn on_the_path_everything_is_judged() {
    let standing = Standing::at_start(&journey());
    assert_eq!(standing.judge(&id("bare")), Judgement::Judged(Severity::Fail));
}

#[test]
fn after_altering_only_what_names_its_needs_is_judged() {
    let mut standing = Standing::at_start(&journey());
    standing.deviated(Operator::Skip, &id("open"), 0);
    assert!(matches!(standing.judge(&id("bare")), Judgement::NotJudged(_)));
    assert!(matches!(standing.judge(&id("thanks")), Judgement::NotJudged(_)));
    standing.done(&id("add"), 1);
    standing.done(&id("pay"), 2);
    assert_eq!(standing.judge(&id("thanks")), Judgement::Judged(Severity::Fail));
    standing.deviated(Operator::ExpireSession, &id("pay"), 3);
    assert!(matches!(standing.judge(&id("thanks")), Judgement::NotJudged(_)));
}

#[test]
fn a_need_that_was_done_twice_is_not_done_as_written() {
    let mut standing = Standing::at_start(&journey());
    standing.deviated(Operator::Repeat, &id("add"), 1);
    standing.done(&id("add"), 1);
    standing.done(&id("pay"), 2);
    assert!(matches!(standing.judge(&id("thanks")), Judgement::NotJudged(_)));

    // Nor is one that was done again because nothing seemed to be left of it.
    let mut standing = Standing::at_start(&journey());
    standing.deviated(Operator::Skip, &id("open"), 0);
    standing.done(&id("add"), 1);
    standing.redone(&id("add"), 2);
    standing.done(&id("pay"), 3);
    assert!(matches!(standing.judge(&id("thanks")), Judgement::NotJudged(_)));
}

#[test]
fn what_leads_to_an_expectation_is_needed_without_a_word() {
    let mut plan = journey();
    let expectation =
        Expectation { all: vec![Condition::Text(Template::new("paid"))], within: None };
    let mut paid = Step::new("paid", Action::Expect(expectation));
    paid.needs = vec![id("add")];
    plan.steps.push(paid);
    let judged = |plan: &Journey, done: &[&str]| {
        let mut standing = Standing::at_start(plan);
        standing.deviated(Operator::Skip, &id("bare"), 0);
        for (at, step) in (1..).zip(done) {
            standing.done(&id(step), at);
        }
        standing.judge(&id("paid"))
    };
    let why = "bare leads to it and was not done".into();
    assert_eq!(judged(&plan, &["add", "pay"]), Judgement::NotJudged(why));
    assert_eq!(judged(&plan, &["add", "bare"]), Judgement::Judged(Severity::Fail));
    plan.steps[4].optional = true;
    assert!(matches!(judged(&plan, &["add", "pay"]), Judgement::NotJudged(_)));
    assert_eq!(judged(&plan, &["add", "thanks"]), Judgement::Judged(Severity::Fail));
}

#[test]
fn applications_differ_unless_they_promise() {
    let mut plan = journey();
    let mut standing = Standing::at_start(&plan);
    standing.deviated(Operator::Reload, &id("add"), 1);
    assert_eq!(standing.judge(&id("bare")), Judgement::Judged(Severity::Warn));
    plan.promises = vec![Promise::Reload];
    let mut standing = Standing::at_start(&plan);
    standing.deviated(Operator::Reload, &id("add"), 1);
    standing.deviated(Operator::Pause, &id("add"), 1);
    assert_eq!(standing.judge(&id("bare")), Judgement::Judged(Severity::Fail));
}

#[test]
fn what_an_unpromised_deviation_has_lost_is_not_missed_again() {
    let mut standing = Standing::at_start(&journey());
    standing.lost();
    assert_eq!(standing.judge(&id("bare")), Judgement::Judged(Severity::Fail), "as it is written");
    standing.deviated(Operator::Resize, &id("add"), 1);
    assert_eq!(standing.judge(&id("bare")), Judgement::Judged(Severity::Warn));
    standing.lost();
    assert!(matches!(standing.judge(&id("bare")), Judgement::NotJudged(_)));
}
