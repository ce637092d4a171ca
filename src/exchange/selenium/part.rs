//! Parts of Selenium IDE's commands that need no memory of the test: dialogs, sizes, conditions
//! that only a script can read, and why a command is not carried over.

use serde_json::Value;

use crate::diagnostic::shown;
use crate::exchange::locate;
use crate::journey::vocabulary::MOST_PIXELS;
use crate::journey::{Action, Condition, DialogAnswer, Target, Template};

/// Why a command is not carried over, and what to do instead.
pub(super) fn left(name: &str) -> String {
    match name {
        "" => "it is empty".to_owned(),
        "echo" | "debugger" | "setSpeed" | "comment" => {
            format!("{name} is for whoever runs the test, not for the page")
        }
        "if" | "elseIf" | "else" | "while" | "times" | "forEach" | "do" | "repeatIf" | "end" => {
            format!(
                "{name}: the commands inside are carried over once; write choose or repeat around them"
            )
        }
        "executeScript" | "executeAsyncScript" | "runScript" => {
            format!("{name}: a person runs no script; readings stand in observe")
        }
        "assert" | "verify" => format!("{name} compares a variable; write expect with js"),
        "submit" => {
            "nobody can submit a form without a button or Enter; write click or press".to_owned()
        }
        _ if name.starts_with("store") => {
            format!("{name} reads from the page while it runs; readings stand in observe")
        }
        _ if name.starts_with("mouse") || name.starts_with("drag") => {
            format!("{name} is a part of a gesture; write click, hover or drag")
        }
        _ => format!("the command {} is not known", shown(name)),
    }
}

/// Whether a dialog that is answered is open already.
#[derive(Clone, Copy)]
pub(super) enum When {
    Next,
    Open,
}

pub(super) fn dialog(name: &str, text: &str) -> Option<(DialogAnswer, When)> {
    let answered = || DialogAnswer::Accept((!text.is_empty()).then(|| Template::new(text)));
    Some(match name {
        "answerOnNextPrompt" => (answered(), When::Next),
        "chooseOkOnNextConfirmation" => (DialogAnswer::Accept(None), When::Next),
        "chooseCancelOnNextConfirmation" | "chooseCancelOnNextPrompt" => {
            (DialogAnswer::Dismiss, When::Next)
        }
        "webdriverAnswerOnVisiblePrompt" | "webDriverAnswerOnVisiblePrompt" => {
            (answered(), When::Open)
        }
        "acceptAlert"
        | "acceptConfirmation"
        | "webdriverChooseOkOnVisibleConfirmation"
        | "webDriverChooseOkOnVisibleConfirmation" => (DialogAnswer::Accept(None), When::Open),
        "dismissConfirmation"
        | "dismissPrompt"
        | "webdriverChooseCancelOnVisibleConfirmation"
        | "webdriverChooseCancelOnVisiblePrompt"
        | "webDriverChooseCancelOnVisibleConfirmation"
        | "webDriverChooseCancelOnVisiblePrompt" => (DialogAnswer::Dismiss, When::Open),
        _ => return None,
    })
}

/// Projects write a lone argument into either place.
pub(super) fn second_or<'t>(first: &'t str, second: &'t str) -> &'t str {
    if first.trim().is_empty() { second } else { first }
}

pub(super) fn unknown(name: &str) -> String {
    format!("it needs the variable {}, which has no value before the test runs", shown(name))
}

pub(super) fn size(text: &str) -> Result<Action, String> {
    let side = |side: &str| {
        side.trim().parse::<u32>().ok().filter(|n| (1..=MOST_PIXELS).contains(&u64::from(*n)))
    };
    let both = text.split_once('x').and_then(|(w, h)| Some((side(w)?, side(h)?)));
    let (width, height) =
        both.ok_or_else(|| format!("{} is no size such as 1280x800", shown(text)))?;
    Ok(Action::Resize { width, height })
}

/// A condition on the first element that only a script can read.
pub(super) fn script(target: &Target, test: &str) -> Result<Condition, String> {
    let css = locate::as_css(target)
        .ok_or("only an element with a CSS selector can be asked for this")?;
    Ok(Condition::Js(format!("document.querySelector({}){test}", Value::from(css))))
}
