//! Ghost submit: a form is sent by an action that was not meant to send it. Our own definition,
//! held to what can be decided: a button that sends only because HTML makes it so, beside one that
//! says it does; and a script that sends a form while the user only looks around.

use super::friction::Act;
use super::{Moment, signature};
use crate::record::{Observed, Oracle, RequestKind, Severity, Signal, Submission, Violation};

/// Warns, where a request followed: a form whose sending the page prevents is not sent.
pub(super) fn judge(signals: &[Observed], act: &Act, moment: &Moment<'_>) -> Option<Violation> {
    let place = signals.iter().position(|o| is_ghost(&o.signal, act))?;
    let Signal::Submitted { form, by, how } = &signals[place].signal else { return None };
    let request = signals[place..].iter().find_map(|o| sending(&o.signal))?;
    let what = if by.is_empty() { "a script" } else { by };
    let stable =
        format!("{} {} {}", moment.route(), signature::stable(form), signature::stable(what));
    let mut violation = moment.violation(Oracle::GhostSubmit, Severity::Warn, &stable);
    violation.title = format!("“{what}” sends the form “{form}”");
    violation.message = match how {
        Submission::Untyped => format!(
            "“{by}” is a <button> without a type, so it sends its form, in which another button is \
             there for that\nafter: {}",
            moment.did
        ),
        _ => format!("nothing was pressed that sends it\nafter: {}", moment.did),
    };
    violation.request = Some(request);
    Some(violation)
}

fn is_ghost(signal: &Signal, act: &Act) -> bool {
    let looks_around = matches!(
        act.verb.as_str(),
        "scroll" | "hover" | "back" | "forward" | "resize" | "wait" | "leave_tab"
    );
    match signal {
        Signal::Submitted { how: Submission::Untyped, .. } => true,
        Signal::Submitted { how: Submission::Script, .. } => looks_around,
        _ => false,
    }
}

fn sending(signal: &Signal) -> Option<String> {
    let Signal::RequestStarted { method, url, kind, .. } = signal else { return None };
    let sends = *kind == RequestKind::Document
        || (*kind == RequestKind::Fetch && !matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS"));
    sends.then(|| format!("{method} {}", url.split(['?', '#']).next().unwrap_or(url)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::StepId;

    fn judged(how: Submission, verb: &str, method: &str) -> Option<Violation> {
        let step = StepId("s".into());
        let url = "http://shop/checkout";
        let moment =
            Moment { step: &step, index: 1, did: "click “Show coupon”", url, offline: false };
        let submitted =
            Signal::Submitted { form: "Checkout".into(), by: "Show coupon".into(), how };
        let request = Signal::RequestStarted {
            id: "1".into(),
            method: method.into(),
            url: "http://shop/api/order?x=1".into(),
            kind: RequestKind::Fetch,
            body_size: None,
            headers: Vec::new(),
        };
        let signals = [submitted, request].map(|signal| Observed { at: 0, signal });
        judge(&signals, &Act { verb: verb.into(), ..Act::default() }, &moment)
    }

    #[test]
    fn a_button_that_was_not_meant_to_send_is_a_ghost() {
        let found = judged(Submission::Untyped, "click", "POST").expect("a ghost");
        assert_eq!(found.request.as_deref(), Some("POST http://shop/api/order"));
        assert!(judged(Submission::Script, "scroll", "POST").is_some());
    }

    #[test]
    fn what_the_user_sends_or_the_page_prevents_is_none() {
        assert_eq!(judged(Submission::Control, "click", "POST"), None);
        assert_eq!(judged(Submission::Script, "click", "POST"), None);
        assert_eq!(judged(Submission::Untyped, "click", "GET"), None, "nothing was sent");
    }
}
