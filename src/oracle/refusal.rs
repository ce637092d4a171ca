//! What a refusal costs: a form was sent, the application refused it and shows it again, and what
//! the user had typed there is gone. What is lost without being sent is `lost_input`'s affair.

use super::Moment;
use super::friction::Act;
use crate::record::{
    Complaint, Field, Observed, Oracle, RequestKind, Severity, Shown, Signal, Violation,
};

/// The last requests that may have carried what was typed.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    sent: Vec<Sent>,
}

#[derive(Debug)]
struct Sent {
    id: String,
    /// When it was sent, by the clock of the signals.
    at: u64,
    status: Option<u16>,
}

/// How it is known that the application refused what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// The status of its answer says so.
    Status(u16),
    /// A mark of the form that it shows again only looks like it.
    Mark,
}

impl Refusals {
    /// Fails where the status of the answer says that it is a refusal, and warns where the form
    /// only looks like it. Silent on passwords and searches, on what was accepted, on a form that
    /// is not shown again, on the very field that is complained of (a code is typed anew), and on
    /// a form of one short field. A long text counts whatever is complained of.
    pub(super) fn judge(
        &mut self,
        fields: &[Field],
        signals: &[Observed],
        act: &Act,
        moment: &Moment<'_>,
    ) -> Option<Violation> {
        self.take(signals, act, moment);
        if self.sent.is_empty() || moment.offline {
            return None;
        }
        // What was typed in this document has been seen to go; that of the one before it went
        // with the document, or else the form would not be asked for.
        let again: Vec<(&Field, Shown)> = fields
            .iter()
            .filter(|field| field.sent || !field.own)
            .filter_map(|field| Some((field, field.shown?)))
            .collect();
        let marked = again.iter().any(|(_, shown)| shown.complaint != Complaint::None);
        let said = match self.sent.iter().find_map(|sent| sent.status.filter(is_refusal)) {
            Some(status) => Said::Status(status),
            None if marked => Said::Mark,
            None => return None,
        };
        let blamed = |shown: &Shown| shown.complaint == Complaint::This;
        let lost: Vec<(&Field, Shown)> = again
            .iter()
            .filter(|(_, shown)| shown.gone && (shown.long || !blamed(shown)))
            .copied()
            .collect();
        // Of two fields, one may be the code that has to be typed anew, and nothing tells which.
        let enough = lost.len() > 1
            || lost.iter().any(|(_, shown)| shown.long)
            || again.iter().any(|(_, shown)| blamed(shown)) && !lost.is_empty();
        let lost: Vec<&Field> = lost.into_iter().map(|(field, _)| field).collect();
        enough.then(|| violation(&lost, said, moment))
    }

    fn take(&mut self, signals: &[Observed], act: &Act, moment: &Moment<'_>) {
        self.sent.retain(|sent| sent.at >= act.since);
        let here = url::Url::parse(moment.url).ok().map(|url| url.origin());
        for observed in signals {
            match &observed.signal {
                Signal::RequestStarted { id, method, url, kind, .. }
                    if matches!(method.as_str(), "POST" | "PUT" | "PATCH")
                        && matches!(kind, RequestKind::Fetch | RequestKind::Document)
                        && observed.at >= act.since
                        && url::Url::parse(url).ok().map(|url| url.origin()) == here =>
                {
                    self.sent.push(Sent { id: id.clone(), at: observed.at, status: None });
                }
                Signal::RequestFinished { id, status, .. } => {
                    if let Some(sent) = self.sent.iter_mut().find(|sent| sent.id == *id) {
                        sent.status = Some(*status);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Whether a status says that what was sent is at fault (RFC 9110, section 15.5), and not who
/// sent it or how often.
fn is_refusal(status: &u16) -> bool {
    matches!(status, 400 | 409 | 411..=418 | 422)
}

fn violation(lost: &[&Field], said: Said, moment: &Moment<'_>) -> Violation {
    let (severity, how) = match said {
        Said::Status(status) => (Severity::Fail, format!("it answered {status}")),
        Said::Mark => (Severity::Warn, "it shows the form again, with a complaint".to_owned()),
    };
    let route = moment.route();
    let stable = format!("{route} after a refusal");
    let mut violation = moment.violation(Oracle::LostInput, severity, &stable);
    let names: Vec<String> = lost.iter().map(|field| format!("“{}”", field.name)).collect();
    violation.title = format!("{route} loses what was typed when it refuses it");
    violation.message = format!(
        "the user filled and sent a form, {how}, and these have to be typed again: {}\nafter: {}",
        names.join(", "),
        moment.did
    );
    violation
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::StepId;
    use crate::record::Content;

    const SHORT: Shown = Shown { gone: true, long: false, complaint: Complaint::None };
    const LONG: Shown = Shown { long: true, ..SHORT };
    const BLAMED: Shown = Shown { complaint: Complaint::This, ..SHORT };
    const BESIDE: Shown = Shown { complaint: Complaint::Other, ..SHORT };
    const KEPT: Shown = Shown { gone: false, ..SHORT };

    fn field(name: &str, shown: Shown) -> Field {
        Field {
            key: name.into(),
            name: name.into(),
            path: "/new".into(),
            hash: "a".into(),
            before: "b".into(),
            now: Content::Absent,
            sent: false,
            excuse: None,
            alone: true,
            own: false,
            stamp: 0,
            shown: Some(shown),
        }
    }

    fn judged(fields: &[Field], method: &str, status: u16) -> Option<Severity> {
        let started = Signal::RequestStarted {
            id: "1".into(),
            method: method.into(),
            url: "http://shop/new".into(),
            kind: RequestKind::Document,
            body_size: None,
            headers: Vec::new(),
        };
        let finished = Signal::RequestFinished {
            id: "1".into(),
            status,
            mime: "text/html".into(),
            body_size: None,
            headers: Vec::new(),
        };
        let signals = [started, finished].map(|signal| Observed { at: 5, signal });
        let step = StepId("s".into());
        let moment =
            Moment { step: &step, index: 1, did: "", url: "http://shop/new", offline: false };
        let act = Act { verb: "click".into(), since: 1, ..Act::default() };
        let found = Refusals::default().judge(fields, &signals, &act, &moment);
        found.map(|violation| violation.severity)
    }

    #[test]
    fn a_form_that_comes_back_empty_from_a_refusal_is_lost() {
        let all = [field("Title", SHORT), field("Link", SHORT)];
        assert_eq!(judged(&all, "POST", 422), Some(Severity::Fail));
        assert_eq!(judged(&[field("Text", LONG)], "POST", 400), Some(Severity::Fail));
        let marked = [field("Code", BLAMED), field("Title", BESIDE)];
        assert_eq!(judged(&marked, "POST", 200), Some(Severity::Warn));
    }

    #[test]
    fn right_forms_are_silent() {
        let all = [field("Name", SHORT), field("Message", LONG)];
        assert_eq!(judged(&all, "POST", 200), None, "accepted, and there for the next one");
        assert_eq!(judged(&all, "GET", 400), None, "asked, not sent");
        assert_eq!(judged(&all, "POST", 429), None, "too often, and nothing wrong with it");
        let code = field("Code", BLAMED);
        let kept = field("Name", KEPT);
        assert_eq!(judged(&[code.clone(), kept.clone()], "POST", 422), None, "a code typed anew");
        assert_eq!(judged(&[field("Code", SHORT), kept], "POST", 422), None, "it may be a code");
        assert_eq!(judged(&[field("Coupon", SHORT)], "POST", 422), None, "one short field");
        let secret = Field { shown: None, ..field("Password", SHORT) };
        assert_eq!(judged(&[secret, code], "POST", 422), None, "passwords are emptied rightly");
    }
}
