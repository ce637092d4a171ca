//! The console of a walk as text, one message a line, with what gives it a context: exceptions,
//! dialogs, new documents and failed requests.

use std::fmt::Write as _;

use crate::record::{ConsoleLevel, Observed, Signal};

/// The console among `observed`: seconds since the page was opened, how loud, what it says.
/// Further lines of a message and stacks are indented.
#[must_use]
pub fn console(observed: &[Observed]) -> String {
    let mut text = String::new();
    for Observed { at, signal } in observed {
        let (kind, message, detail) = match signal {
            Signal::Console { level, text, source } => {
                let kind = match level {
                    ConsoleLevel::Info => "info",
                    ConsoleLevel::Warn => "warn",
                    ConsoleLevel::Error => "error",
                };
                let source = source.as_ref().map_or(String::new(), |s| format!("from {s}"));
                (kind, text.clone(), source)
            }
            Signal::Exception { message, stack } => ("exception", message.clone(), stack.clone()),
            Signal::Rejection { message, stack } => ("rejection", message.clone(), stack.clone()),
            Signal::RequestFailed { error, .. } => ("network", error.clone(), String::new()),
            Signal::Navigated { url, document: true } => ("page", url.clone(), String::new()),
            Signal::Dialog { kind, message } => {
                ("dialog", format!("{kind}: {message}"), String::new())
            }
            Signal::Crashed => ("crash", "the page crashed".to_owned(), String::new()),
            Signal::Lost { what } => ("lost", what.clone(), String::new()),
            _ => continue,
        };
        let mut lines = message.lines();
        let first = lines.next().unwrap_or_default();
        // Writing into a string cannot fail.
        let _ = writeln!(text, "{:>4}.{:03}s  {kind:<9}  {first}", at / 1000, at % 1000);
        for line in lines.chain(detail.lines()) {
            let _ = writeln!(text, "                      {line}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_a_line_and_its_stack_is_indented() {
        let observed = [
            Observed {
                at: 12,
                signal: Signal::Console {
                    level: ConsoleLevel::Error,
                    text: "no cart\nfor you".into(),
                    source: Some("http://h/app.js".into()),
                },
            },
            Observed {
                at: 3400,
                signal: Signal::Exception {
                    message: "TypeError: x is undefined".into(),
                    stack: "at pay (app.js:3)".into(),
                },
            },
        ];
        insta::assert_snapshot!(console(&observed), @r"
           0.012s  error      no cart
                              for you
                              from http://h/app.js
           3.400s  exception  TypeError: x is undefined
                              at pay (app.js:3)
        ");
    }
}
