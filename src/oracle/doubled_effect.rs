//! Doubled effect: one intent (a press, a double click) and two requests that both change
//! something. Our own definition, after RFC 9110, section 9.2.2, and the `Idempotency-Key` header.

use std::collections::BTreeSet;

use super::Moment;
use super::friction::Act;
use crate::journey::StepId;
use crate::record::{Observed, Oracle, RequestKind, Sent, Severity, Signal, Violation, is_aborted};
use crate::route;

/// The requests of the last presses that may have had an effect.
#[derive(Debug)]
pub(super) struct Intents {
    origin: String,
    requests: Vec<Request>,
}

#[derive(Debug)]
struct Request {
    id: String,
    /// The place in the walk of the press that led to it.
    index: u32,
    /// When that press began: what is done again shares its place with the step that needs it.
    pressed: u64,
    method: String,
    url: String,
    /// `None` where the page could not tell: then the size has to do.
    body: Option<u32>,
    size: Option<u64>,
    key: Option<String>,
    state: State,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Open,
    Succeeded,
    /// Given up by the page.
    GivenUp,
    /// Sent, and the page was left before the browser had told of the answer.
    LeftBehind,
    Told,
}

impl Intents {
    pub(super) fn of(origin: &str) -> Self {
        Self { origin: origin.to_owned(), requests: Vec::new() }
    }

    /// Fails on a step that must have one effect only (`once: true`), else warns. Silent where
    /// the bodies differ, where both carry the same `Idempotency-Key`, where one of them failed,
    /// and on requests to other origins. What was sent has its effect, even if the first answer
    /// leads away before the second one is there; a first one that was given up for the second is
    /// what careful pages do.
    pub(super) fn judge(
        &mut self,
        signals: &[Observed],
        sends: &[Sent],
        act: &Act,
        once: &BTreeSet<StepId>,
        moment: &Moment<'_>,
    ) -> Option<Violation> {
        self.take(signals, sends, act, moment);
        let twin = self.requests.iter().enumerate().find_map(|(i, second)| {
            let first = self.requests[..i].iter().position(|first| first.is_doubled_by(second))?;
            Some((first, i))
        });
        let (first, second) = twin?;
        let answered = match self.requests[second].state {
            State::Succeeded => "sent and answered twice",
            _ => "sent twice, and the page left before the second answer",
        };
        let severity = if once.contains(moment.step) { Severity::Fail } else { Severity::Warn };
        self.requests[first].state = State::Told;
        self.requests[second].state = State::Told;
        let Request { method, url, .. } = &self.requests[first];
        let path = url::Url::parse(url).map_or_else(|_| url.clone(), |url| route::fold(url.path()));
        let stable = format!("{method} {path}");
        let mut violation = moment.violation(Oracle::DoubledEffect, severity, &stable);
        violation.title = format!("{method} {path} twice for one intent");
        violation.message = format!(
            "the same request was {answered}, without a common Idempotency-Key\nafter: {}",
            moment.did
        );
        violation.request = Some(format!("2 × {method} {path}"));
        Some(violation)
    }

    fn take(&mut self, signals: &[Observed], sends: &[Sent], act: &Act, moment: &Moment<'_>) {
        self.requests.retain(|request| request.index + 2 >= moment.index);
        for observed in signals {
            match &observed.signal {
                Signal::RequestStarted { id, method, url, kind, body_size, headers }
                    if act.is_press()
                        && matches!(method.as_str(), "POST" | "PATCH")
                        && matches!(kind, RequestKind::Fetch | RequestKind::Document)
                        && observed.at >= act.since
                        && url.starts_with(&self.origin) =>
                {
                    let earlier = self.requests.iter();
                    let nth = earlier
                        .filter(|r| r.pressed == act.since && r.method == *method && r.url == *url)
                        .count();
                    let key = |name: &str| name.eq_ignore_ascii_case("idempotency-key");
                    self.requests.push(Request {
                        id: id.clone(),
                        index: moment.index,
                        pressed: act.since,
                        body: nth_body(sends, method, url, nth),
                        method: method.clone(),
                        url: url.clone(),
                        size: *body_size,
                        key: headers.iter().find(|(n, _)| key(n)).map(|(_, value)| value.clone()),
                        state: State::Open,
                    });
                }
                Signal::RequestFinished { id, status, .. } if (200..400).contains(status) => {
                    let open = self.requests.iter_mut().find(|r| r.id == *id);
                    if let Some(request) = open.filter(|r| r.state != State::Told) {
                        request.state = State::Succeeded;
                    }
                }
                Signal::RequestFailed { id, error } if is_aborted(error) => {
                    let open = self.requests.iter_mut().find(|r| r.id == *id);
                    if let Some(request) = open.filter(|r| r.state == State::Open) {
                        request.state = State::GivenUp;
                    }
                }
                Signal::Navigated { document: true, .. } => {
                    for request in self.requests.iter_mut().filter(|r| r.state == State::Open) {
                        request.state = State::LeftBehind;
                    }
                }
                _ => {}
            }
        }
    }
}

impl Request {
    fn is_doubled_by(&self, other: &Self) -> bool {
        let both = matches!(self.state, State::Succeeded | State::LeftBehind)
            && matches!(other.state, State::Succeeded | State::LeftBehind | State::GivenUp);
        let alike =
            self.method == other.method && self.url == other.url && self.pressed == other.pressed;
        let same_body = match (self.body, other.body) {
            (Some(one), Some(two)) => one == two,
            _ => self.size == other.size,
        };
        let guarded = self.key.is_some() && self.key == other.key;
        both && alike && same_body && !guarded
    }
}

/// The body of the nth request of its kind: page and browser tell them in the same order.
fn nth_body(sends: &[Sent], method: &str, url: &str, nth: usize) -> Option<u32> {
    let url = url.split('#').next().unwrap_or(url);
    let alike = sends
        .iter()
        .filter(|sent| sent.method == method && sent.url.split('#').next() == Some(url));
    alike.map(|sent| sent.body).nth(nth).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(id: &str, key: Option<&str>) -> Signal {
        Signal::RequestStarted {
            id: id.into(),
            method: "POST".into(),
            url: "http://shop/api/order".into(),
            kind: RequestKind::Fetch,
            body_size: Some(20),
            headers: key
                .map(|k| ("Idempotency-Key".to_owned(), k.to_owned()))
                .into_iter()
                .collect(),
        }
    }

    fn answer(id: &str, status: u16) -> Signal {
        let mime = String::new();
        Signal::RequestFinished { id: id.into(), status, mime, body_size: None, headers: vec![] }
    }

    fn sent(body: Option<u32>) -> Sent {
        Sent { method: "POST".into(), url: "http://shop/api/order".into(), body }
    }

    fn judged(signals: Vec<Signal>, sends: &[Sent], once: bool) -> Option<Violation> {
        let step = StepId("pay".into());
        let url = "http://shop/checkout";
        let moment = Moment { step: &step, index: 4, did: "click Pay", url, offline: false };
        let once = if once { BTreeSet::from([step.clone()]) } else { BTreeSet::new() };
        let signals: Vec<Observed> =
            signals.into_iter().map(|signal| Observed { at: 10, signal }).collect();
        let act = Act { verb: "double_click".into(), ..Act::default() };
        Intents::of("http://shop").judge(&signals, sends, &act, &once, &moment)
    }

    fn twice(key: Option<&str>, status: u16) -> Vec<Signal> {
        vec![post("1", key), post("2", key), answer("1", 200), answer("2", status)]
    }

    #[test]
    fn two_effects_of_one_intent_fail_where_one_is_all_that_may_be() {
        let found = judged(twice(None, 201), &[], true).expect("doubled");
        assert_eq!(found.severity, Severity::Fail);
        assert_eq!(found.signature, "doubled_effect: POST /api/order");
        let found = judged(twice(None, 201), &[sent(Some(0)), sent(Some(0))], false);
        assert_eq!(found.expect("doubled").severity, Severity::Warn);
    }

    #[test]
    fn what_was_sent_once_more_counts_though_the_page_was_left_before_its_answer() {
        let cut = |id: &str| {
            let error = "net::ERR_ABORTED".into();
            Signal::RequestFailed { id: id.into(), error }
        };
        let gone = || Signal::Navigated { url: "http://shop/thanks".into(), document: true };
        let left = vec![post("1", None), post("2", None), answer("1", 201), cut("2"), gone()];
        let found = judged(left, &[], false).expect("doubled");
        assert!(found.message.contains("the page left before the second answer"));
        // The browser tells nothing more of what a page that is gone has asked for.
        let left = vec![post("1", None), post("2", None), gone()];
        assert!(judged(left, &[], false).is_some());
        assert_eq!(judged(vec![post("1", None), gone(), post("2", None)], &[], false), None);
        let given_up = vec![post("1", None), cut("1"), post("2", None), answer("2", 201)];
        assert_eq!(judged(given_up, &[], true), None);
    }

    #[test]
    fn what_is_pressed_again_on_the_way_to_a_step_is_two_intents() {
        let step = StepId("remove".into());
        let url = "http://shop/cart";
        let moment = Moment { step: &step, index: 4, did: "click Add", url, offline: false };
        let mut intents = Intents::of("http://shop");
        for (id, since) in [("1", 10), ("2", 90)] {
            let act = Act { verb: "click".into(), since, ..Act::default() };
            let signals =
                [post(id, None), answer(id, 200)].map(|signal| Observed { at: since + 5, signal });
            assert_eq!(intents.judge(&signals, &[], &act, &BTreeSet::new(), &moment), None);
        }
    }

    #[test]
    fn what_is_guarded_different_or_refused_is_not_doubled() {
        assert_eq!(judged(twice(Some("k1"), 200), &[], true), None);
        assert_eq!(judged(twice(None, 409), &[], true), None);
        let different = [sent(Some(0)), sent(Some(1))];
        assert_eq!(judged(twice(None, 200), &different, true), None);
        assert_eq!(judged(vec![post("1", None), answer("1", 200)], &[], true), None);
    }
}
