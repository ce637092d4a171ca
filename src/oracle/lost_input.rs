//! Lost input: what was typed and not sent is gone, and the user did not clear it. Our own
//! definition; the page says what a field holds, and here it is remembered what it should hold.

use indexmap::IndexMap;

use super::Moment;
use super::friction::{Act, Pressed};
use crate::journey::{Operator, Promise};
use crate::record::{Content, Field, Observed, Oracle, Severity, Signal, Violation};
use crate::route;

/// More fields than any person fills between two pages.
const MOST: usize = 100;

/// What was typed and is neither sent nor cleared.
#[derive(Debug, Default)]
pub(super) struct Typed {
    /// By path and key.
    fields: IndexMap<(String, String), Remembered>,
}

#[derive(Debug)]
struct Remembered {
    field: Field,
    left: Left,
}

/// What has happened to the page on which a field was filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Left {
    /// The user is still there.
    No,
    /// The user left it or loaded it anew; what applications promise of that differs.
    By(Promise),
    /// A button or key led on: what was typed has done its service.
    ByUse,
}

impl Typed {
    /// The fields that a look has to ask about: their document may be gone when it comes.
    pub(super) fn remembered(&self) -> impl Iterator<Item = &Field> {
        let open = |r: &&Remembered| r.left != Left::ByUse && r.field.alone;
        self.fields.values().filter(open).map(|r| &r.field)
    }

    /// Fails where the user has stayed on the page, and where the application promises to keep
    /// it; else warns. Silent on what was sent, on questions and lists, on what the field refused
    /// at once, on what a button of the form or Enter has taken, on odd input of the walker's own,
    /// on fields that are no longer there, and on those of another tab.
    pub(super) fn judge(
        &mut self,
        fields: &[Field],
        signals: &[Observed],
        act: &Act,
        promises: &[Promise],
        moment: &Moment<'_>,
    ) -> Vec<Violation> {
        if matches!(act.verb.as_str(), "new_tab" | "switch_tab" | "close_tab") {
            // Another tab has fields of its own, and what was typed still stands in the other one.
            self.fields.clear();
        }
        let how = leaving(act);
        self.leave(signals, how);
        let mut lost: IndexMap<Left, Vec<&Field>> = IndexMap::new();
        for field in fields {
            let key = (field.path.clone(), field.key.clone());
            let known = self.fields.get(&key);
            let is_new = field.own && known.is_none_or(|r| r.field.stamp != field.stamp);
            let left = match known.map_or(Left::ByUse, |r| r.left) {
                _ if is_new => Left::No,
                // Another document asks, and no signal has said that there is one.
                Left::No if !field.own => how,
                left => left,
            };
            let is_gone = matches!(field.now, Content::Empty | Content::Reverted);
            if field.sent || (is_gone && field.excuse.is_some()) {
                self.fields.insert(key, Remembered { field: field.clone(), left: Left::ByUse });
                continue;
            }
            match field.now {
                Content::Kept | Content::Changed if is_new => {
                    self.fields.insert(key, Remembered { field: field.clone(), left });
                }
                Content::Kept | Content::Changed => {}
                // A dialog that was closed, a part of a form that does not apply any more.
                Content::Absent if left == Left::No => {
                    let left = Left::ByUse;
                    self.fields.insert(key, Remembered { field: field.clone(), left });
                }
                Content::Absent => {}
                Content::Empty | Content::Reverted => {
                    let told = Remembered { field: field.clone(), left: Left::ByUse };
                    self.fields.insert(key, told);
                    let odd = is_new && act.by == Some(Operator::OddInput);
                    if !odd && !moment.offline && left != Left::ByUse {
                        lost.entry(left).or_default().push(field);
                    }
                }
            }
        }
        while self.fields.len() > MOST {
            self.fields.shift_remove_index(0);
        }
        lost.iter().map(|(left, fields)| violation(fields, *left, promises, moment)).collect()
    }

    /// Notes how the pages were left that the signals say were left.
    fn leave(&mut self, signals: &[Observed], how: Left) {
        for observed in signals {
            let Signal::Navigated { url, document } = &observed.signal else { continue };
            let path = route::path(url);
            // Going back within a document is going back: it may only show in query or fragment.
            let is_back = how == Left::By(Promise::Back);
            for ((on, _), remembered) in &mut self.fields {
                if (*document || *on != path || is_back) && remembered.left == Left::No {
                    // A link to the page that one is on asks for that page anew.
                    let anew = *on == path && how == Left::By(Promise::Detour);
                    remembered.left = if anew { Left::ByUse } else { how };
                }
            }
        }
    }
}

/// How an act leaves a page, if it does.
fn leaving(act: &Act) -> Left {
    match (act.verb.as_str(), act.by) {
        // Who goes for good, comes in anew or has lost the session was promised nothing.
        ("visit" | "leave" | "go" | "back" | "reload", Some(by)) if !by.is_preserving() => {
            Left::ByUse
        }
        // The page is as it was when they come back to its tab.
        ("leave_tab", _) => Left::No,
        (_, Some(Operator::DetourAndBack)) => Left::By(Promise::Detour),
        ("reload", _) => Left::By(Promise::Reload),
        ("back" | "forward", _) => Left::By(Promise::Back),
        ("press" | "dialog", _) => Left::ByUse,
        ("click" | "double_click", _) if act.target != Pressed::Link => Left::ByUse,
        _ => Left::By(Promise::Detour),
    }
}

/// One violation for all fields that are lost at once: they have one cause.
fn violation(
    fields: &[&Field],
    left: Left,
    promises: &[Promise],
    moment: &Moment<'_>,
) -> Violation {
    let (severity, after) = match left {
        Left::By(promise) => {
            let held = promises.contains(&promise);
            let severity = if held { Severity::Fail } else { Severity::Warn };
            (
                severity,
                match promise {
                    Promise::Reload => "after a reload",
                    Promise::Back => "after going back or forward",
                    Promise::Detour | Promise::Resize => "after looking at another page",
                },
            )
        }
        Left::No | Left::ByUse => (Severity::Fail, "while they stayed on the page"),
    };
    let route = moment.route();
    // How people left is no other defect; that they never left is one.
    let stable = match left {
        Left::No | Left::ByUse => format!("{route} {after}"),
        _ => format!("{route} after leaving"),
    };
    let mut violation = moment.violation(Oracle::LostInput, severity, &stable);
    let names: Vec<String> = fields
        .iter()
        .map(|field| match field.now {
            Content::Reverted => format!("“{}”, which holds what it held before", field.name),
            _ => format!("“{}”, which is empty", field.name),
        })
        .collect();
    violation.title = format!("{route} loses what was typed, {after}");
    violation.message = format!(
        "the user filled these, did not send them and did not clear them: {}\nafter: {}",
        names.join("; "),
        moment.did
    );
    violation
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::StepId;

    fn field(now: Content) -> Field {
        Field {
            key: "input|text|name||Name".into(),
            name: "Name".into(),
            path: "/checkout".into(),
            hash: "a".into(),
            before: "b".into(),
            now,
            sent: false,
            excuse: None,
            alone: true,
            own: true,
            stamp: 1,
            shown: None,
        }
    }

    fn act(verb: &str) -> Act {
        Act { verb: verb.into(), ..Act::default() }
    }

    struct Walk(Typed);

    impl Walk {
        fn filled() -> Self {
            let mut walk = Self(Typed::default());
            assert!(walk.sees(&[field(Content::Kept)], None, &act("fill"), &[]).is_empty());
            walk
        }

        fn sees(
            &mut self,
            fields: &[Field],
            moved: Option<&str>,
            act: &Act,
            promises: &[Promise],
        ) -> Vec<Violation> {
            let step = StepId("s".into());
            let url = "http://shop/checkout";
            let moment = Moment { step: &step, index: 1, did: "", url, offline: false };
            let signals: Vec<Observed> = moved
                .map(|url| Signal::Navigated { url: url.to_owned(), document: true })
                .map(|signal| Observed { at: 0, signal })
                .into_iter()
                .collect();
            self.0.judge(fields, &signals, act, promises, &moment)
        }
    }

    #[test]
    fn another_tab_has_lost_nothing() {
        let elsewhere = Field { own: false, ..field(Content::Empty) };
        assert!(Walk::filled().sees(&[elsewhere], None, &act("new_tab"), &[]).is_empty());
    }

    #[test]
    fn a_field_that_the_page_empties_fails() {
        let found = Walk::filled().sees(&[field(Content::Empty)], None, &act("select"), &[]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].severity, Severity::Fail);
        let found = Walk::filled().sees(&[field(Content::Reverted)], None, &act("click"), &[]);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn what_was_sent_cleared_or_put_in_order_is_not_lost() {
        let gone = field(Content::Empty);
        let sent = Field { sent: true, ..gone.clone() };
        let excused = Field { excuse: Some("button".into()), ..gone.clone() };
        for seen in [sent, excused, field(Content::Changed), field(Content::Absent)] {
            assert!(Walk::filled().sees(&[seen], None, &act("click"), &[]).is_empty());
        }
        let mut walk = Walk::filled();
        walk.sees(&[field(Content::Absent)], None, &act("click"), &[]);
        assert!(walk.sees(&[gone], None, &act("click"), &[]).is_empty(), "the dialog opens again");
        let odd = Act { by: Some(Operator::OddInput), ..act("fill") };
        let refused = Field { stamp: 2, ..field(Content::Empty) };
        assert!(Walk::filled().sees(&[refused], None, &odd, &[]).is_empty());
    }

    #[test]
    fn after_a_reload_it_depends_on_what_is_promised() {
        let asked = Field { own: false, stamp: 0, ..field(Content::Empty) };
        let url = Some("http://shop/checkout");
        let mut walk = Walk::filled();
        let found = walk.sees(std::slice::from_ref(&asked), url, &act("reload"), &[]);
        assert_eq!(found[0].severity, Severity::Warn);
        let mut walk = Walk::filled();
        let found = walk.sees(&[asked], url, &act("reload"), &[Promise::Reload]);
        assert_eq!(found[0].severity, Severity::Fail);
    }

    #[test]
    fn who_begins_anew_was_promised_nothing() {
        let asked = Field { own: false, stamp: 0, ..field(Content::Empty) };
        let url = Some("http://shop/checkout");
        for (verb, by) in [
            ("leave", Operator::Abandon),
            ("visit", Operator::Abandon),
            ("visit", Operator::DeepLink),
            ("reload", Operator::ExpireSession),
        ] {
            let act = Act { by: Some(by), ..act(verb) };
            let found = Walk::filled().sees(std::slice::from_ref(&asked), url, &act, &[]);
            assert!(found.is_empty(), "{verb} by {by:?}: {found:?}");
        }
        let back = Act { by: Some(Operator::BackAndForward), ..act("back") };
        assert_eq!(Walk::filled().sees(&[asked], url, &back, &[]).len(), 1);
    }

    #[test]
    fn who_looks_at_another_tab_has_not_left_the_page() {
        let act = act("leave_tab");
        let elsewhere = Some("about:blank");
        let found = Walk::filled().sees(&[field(Content::Empty)], elsewhere, &act, &[]);
        assert_eq!(found[0].severity, Severity::Fail);
        assert!(found[0].title.ends_with("while they stayed on the page"), "{}", found[0].title);
    }

    #[test]
    fn going_back_within_a_document_is_going_back() {
        let step = StepId("s".into());
        let url = "http://shop/checkout";
        let moment = Moment { step: &step, index: 1, did: "", url, offline: false };
        let url = "http://shop/checkout?page=1#list".to_owned();
        let signals = [Observed { at: 0, signal: Signal::Navigated { url, document: false } }];
        let mut walk = Walk::filled();
        let gone = [field(Content::Empty)];
        let found = walk.0.judge(&gone, &signals, &act("back"), &[], &moment);
        assert_eq!(found[0].severity, Severity::Warn, "the filter went with its address");
        let found = Walk::filled().0.judge(&gone, &signals, &act("hover"), &[], &moment);
        assert_eq!(found[0].severity, Severity::Fail);
    }

    #[test]
    fn a_link_to_the_page_itself_begins_anew() {
        let asked = Field { own: false, stamp: 0, ..field(Content::Empty) };
        let link = Act { target: Pressed::Link, ..act("click") };
        let same = Some("http://shop/checkout");
        assert!(Walk::filled().sees(&[asked], same, &link, &[]).is_empty());
    }

    #[test]
    fn a_link_leaves_what_was_typed_behind_and_a_button_uses_it() {
        let asked = Field { own: false, stamp: 0, ..field(Content::Empty) };
        let link = Act { target: Pressed::Link, ..act("click") };
        let mut walk = Walk::filled();
        walk.sees(&[], Some("http://shop/help"), &link, &[]);
        assert_eq!(walk.0.remembered().count(), 1);
        let back = Some("http://shop/checkout");
        assert_eq!(walk.sees(std::slice::from_ref(&asked), back, &act("back"), &[]).len(), 1);
        let mut walk = Walk::filled();
        walk.sees(&[], Some("http://shop/pay"), &act("click"), &[]);
        assert_eq!(walk.0.remembered().count(), 0);
        assert!(walk.sees(&[asked], back, &act("back"), &[]).is_empty());
    }
}
