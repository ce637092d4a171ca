//! What is done, in words: for timelines, captions and findings.

use super::script::{Deed, Manner, Move, Network};
use crate::journey::{
    Action, Condition, DialogAnswer, Expectation, Operator, Perturbation, ScrollTo,
};

/// Texts longer than this are cut in sentences.
const LONGEST: usize = 60;

/// A deviation in words: `reload after add`, `look at /shipping and come back after address`.
#[must_use]
pub fn deviation(p: &Perturbation) -> String {
    let d = &p.detail;
    let step = &p.step;
    let duration = d.duration.unwrap_or_default();
    let to = d.to.as_deref().unwrap_or_default();
    let text = || quoted(d.text.as_deref().unwrap_or_default());
    match p.operator {
        Operator::Pause => format!("wait {duration} before {step}"),
        Operator::Hurry => format!("hurry to {step}"),
        Operator::Typing => format!("type {step} key by key, {duration} between keys"),
        Operator::EraseRetype => format!("type {} first at {step}, erase it and retype", text()),
        Operator::Paste => format!("paste at {step}"),
        Operator::Scroll => format!("scroll about after {step}"),
        Operator::LeaveTab => format!("leave the tab for {duration} after {step}"),
        Operator::OtherOrder => {
            let order: Vec<&str> = d.order.iter().map(|id| id.0.as_str()).collect();
            format!("do {step} in the order {}", order.join(", "))
        }
        Operator::DetourAndBack => format!("look at {to} and come back after {step}"),
        Operator::BackAndForward => format!("go back and forward after {step}"),
        Operator::Reload => format!("reload after {step}"),
        Operator::Resize => {
            let (width, height) = d.size.unwrap_or_default();
            format!("make the window {width}×{height} for one step after {step}")
        }
        Operator::Skip => format!("leave out {step}"),
        Operator::Swap => {
            let other = d.other.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("do {other} before {step}")
        }
        Operator::Repeat => format!("do {step} {} times", d.times.unwrap_or(1)),
        Operator::DoubleClick => format!("double-click at {step}"),
        Operator::Detour => format!("go to {to} for good after {step}"),
        Operator::Splice => {
            let steps: Vec<&str> = d.steps.iter().map(|s| s.id.0.as_str()).collect();
            format!("do {} after {step}", steps.join(", "))
        }
        Operator::DeepLink => format!("begin at {to}, before {step}"),
        Operator::Abandon => format!("leave for {duration} after {step} and begin again"),
        Operator::SecondTab => format!("go on in a second tab after {step}"),
        Operator::ExpireSession => format!("let the session expire after {step}"),
        Operator::LoseNetwork => format!("lose the network for {duration} at {step}"),
        Operator::OddInput => format!("type {} at {step}", text()),
    }
}

/// A move in words: `click button “Add to cart”`.
#[must_use]
pub fn deed(m: &Move) -> String {
    match &m.deed {
        Deed::Act { action: act, manner, .. } => {
            let words = action(act);
            match manner {
                Manner::AtOnce => words,
                Manner::KeyByKey(_) => format!("{words}, key by key"),
                Manner::ErasedFirst(slip) => format!("{words}, after a slip: {}", quoted(slip)),
                Manner::Pasted => format!("{words}, pasted"),
            }
        }
        Deed::LeaveOut => format!("leave out {}", m.step),
        Deed::Wait(span) => format!("wait {span}"),
        Deed::LookAt(page) => format!("look at {page}"),
        Deed::ComeBack => "come back".into(),
        Deed::LeaveTab(span) => format!("leave the tab for {span}"),
        Deed::Leave(span) => format!("leave for {span}"),
        Deed::ExpireSession => "the session expires".into(),
        Deed::Network(Network::Offline) => "the network is gone".into(),
        Deed::Network(Network::Online) => "the network is back".into(),
    }
}

/// An action in words.
#[must_use]
pub fn action(action: &Action) -> String {
    match action {
        Action::Visit(url) => format!("visit {url}"),
        Action::Go(route) => format!("go to {route}"),
        Action::Click(t) => format!("click {t}"),
        Action::DoubleClick(t) => format!("double-click {t}"),
        Action::RightClick(t) => format!("right-click {t}"),
        Action::Hover(t) => format!("point at {t}"),
        Action::Fill { target, with } => format!("fill {target} with {}", quoted(with.as_str())),
        Action::Type { target: Some(t), text } => format!("type {} in {t}", quoted(text.as_str())),
        Action::Type { target: None, text } => format!("type {}", quoted(text.as_str())),
        Action::Clear(t) => format!("clear {t}"),
        Action::Select { target, option } => {
            format!("select {} in {target}", quoted(option.as_str()))
        }
        Action::Check(t) => format!("check {t}"),
        Action::Uncheck(t) => format!("uncheck {t}"),
        Action::Upload { target, files } => {
            let names: Vec<&str> = files.iter().map(|f| f.as_str()).collect();
            format!("upload {} to {target}", names.join(", "))
        }
        Action::Press { keys, target: Some(t) } => format!("press {keys} in {t}"),
        Action::Press { keys, target: None } => format!("press {keys}"),
        Action::Scroll(ScrollTo::Top) => "scroll to the top".into(),
        Action::Scroll(ScrollTo::Bottom) => "scroll to the end".into(),
        Action::Scroll(ScrollTo::By(pixels)) => format!("scroll by {pixels} px"),
        Action::Scroll(ScrollTo::Element(t)) => format!("scroll to {t}"),
        Action::Drag { from, to } => format!("drag {from} to {to}"),
        Action::Back => "back".into(),
        Action::Forward => "forward".into(),
        Action::Reload => "reload".into(),
        Action::NewTab(Some(url)) => format!("open {url} in a new tab"),
        Action::NewTab(None) => "open the same page in a new tab".into(),
        Action::SwitchTab(n) => format!("switch to tab {n}"),
        Action::CloseTab => "close the tab".into(),
        Action::Resize { width, height } => format!("make the window {width}×{height}"),
        Action::Dialog(DialogAnswer::Accept(_)) => "accept the next dialog".into(),
        Action::Dialog(DialogAnswer::Dismiss) => "dismiss the next dialog".into(),
        Action::WaitFor(e) => format!("wait for {}", expectation(e)),
        Action::Expect(e) => format!("expect {}", expectation(e)),
        Action::Use(name) => format!("do the steps of {name}"),
        Action::Choose(branches) => format!("choose one of {}", branches.len()),
        Action::Repeat { steps, .. } => format!("repeat {} steps", steps.len()),
        Action::Roam(moves) => format!("roam {moves} moves"),
        Action::AnyOrder(steps) => format!("do {} steps in any order", steps.len()),
    }
}

/// What is expected, in words: `text “Thank you” and url /thanks`.
#[must_use]
pub fn expectation(e: &Expectation) -> String {
    let parts: Vec<String> = e.all.iter().map(condition).collect();
    parts.join(" and ")
}

/// One condition in words.
#[must_use]
pub fn condition(c: &Condition) -> String {
    match c {
        Condition::Url(t) => format!("url {t}"),
        Condition::Title(t) => format!("title {}", quoted(t.as_str())),
        Condition::Text(t) => format!("text {}", quoted(t.as_str())),
        Condition::NoText(t) => format!("no text {}", quoted(t.as_str())),
        Condition::Visible(t) => format!("{t} to be visible"),
        Condition::Hidden(t) => format!("{t} to be hidden"),
        Condition::Value { target, is } => format!("{target} to hold {}", quoted(is.as_str())),
        Condition::Count { target, is } => format!("{is} of {target}"),
        Condition::Js(js) => format!("`{js}`"),
    }
}

fn quoted(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return format!("“{text}”");
    }
    let head: String = text.chars().take(LONGEST).collect();
    format!("“{head}…” ({} characters)", text.chars().count())
}
