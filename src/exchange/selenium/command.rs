//! What each command of Selenium IDE does, as steps
//! (<https://www.selenium.dev/selenium-ide/docs/en/api/commands>).

use std::collections::HashMap;

use serde_json::Value;

use super::Names;
use super::locator::{self, alone};
use super::part::{When, dialog, left, script, second_or, size, unknown};
use crate::diagnostic::shown;
use crate::exchange::account::{Fate, Handling};
use crate::exchange::draft::{Draft, Finished, filled, literal};
use crate::exchange::json::{text, words};
use crate::exchange::secret::speaks_of_secret;
use crate::exchange::{keys, locate};
use crate::journey::{Action, Condition, DialogAnswer, Expectation, Step, Target, Template, Think};
use crate::time::Span;

/// The commands of one test on their way into a journey.
pub(super) struct Reader<'a> {
    draft: Option<Draft>,
    names: &'a Names,
    test: usize,
    /// The variables that have a value known here; the others are read from the page.
    stored: HashMap<String, String>,
    /// The number of each window's tab, by the variable that holds its handle.
    windows: HashMap<String, u32>,
    /// How many tabs were opened.
    tabs: u32,
    /// How long the next step waits, from `pause`.
    pause: Option<Span>,
}

/// A command's three parts.
struct Command<'v> {
    value: &'v Value,
    name: &'v str,
    first: &'v str,
    second: &'v str,
}

impl<'a> Reader<'a> {
    pub(super) fn new(draft: Draft, names: &'a Names, test: usize) -> Self {
        Self {
            draft: Some(draft),
            names,
            test,
            stored: HashMap::new(),
            windows: HashMap::new(),
            tabs: 1,
            pause: None,
        }
    }

    pub(super) fn finish(self) -> Finished {
        let name = &self.names.journeys[self.test];
        self.draft.expect("it is only away while a command is read").finish(name)
    }

    pub(super) fn entry(&mut self, number: usize, value: &Value) {
        let mut draft = self.draft.take().expect("it is only away while a command is read");
        draft.entry(number, |draft| {
            let before = draft.steps.len();
            let command = Command {
                value,
                name: text(value, "command").ok_or("it has no `command`")?.trim(),
                first: text(value, "target").unwrap_or_default(),
                second: text(value, "value").unwrap_or_default(),
            };
            if let Some(disabled) = command.name.strip_prefix("//") {
                return Err(format!("{} is disabled in the project", shown(disabled)));
            }
            let handled = self.command(draft, &command)?;
            self.note_window(value);
            if draft.steps.len() > before
                && let Some(pause) = self.pause.take()
            {
                draft.steps[before].think = Some(Think::Exactly(pause));
            }
            Ok(handled)
        });
        self.draft = Some(draft);
    }

    /// A command that opens a window names the variable that will hold its handle.
    fn note_window(&mut self, value: &Value) {
        if value.get("opensWindow").and_then(Value::as_bool) == Some(true) {
            self.tabs = (self.tabs + 1).min(1000);
            if let Some(name) = words(value, "windowHandleName") {
                self.windows.insert(name.to_owned(), self.tabs);
            }
        }
    }

    fn command(&mut self, draft: &mut Draft, command: &Command<'_>) -> Handling {
        let Command { name, first, second, .. } = *command;
        let element = |target: &str| locator::target(command.value, target);
        let asked = name
            .strip_prefix("assert")
            .or_else(|| name.strip_prefix("verify"))
            .filter(|_| !matches!(name, "assert" | "verify"));
        if let Some(what) = asked {
            if name.starts_with("verify") {
                draft.say_of_all("a verify that fails lets Selenium IDE go on; here it ends the walk as an expect does");
            }
            return self.state(draft, command, what);
        }
        if let Some(what) = name.strip_prefix("waitFor") {
            return self.wait_for(draft, command, what);
        }
        match name {
            "open" => {
                let url = self.plain(first)?;
                draft.visit(if url.trim().is_empty() { "/" } else { &url })?;
            }
            "click" => draft.act(Action::Click(element(&self.plain(first)?)?)),
            "clickAt" => {
                self.said_point(draft, second);
                draft.act(Action::Click(element(&self.plain(first)?)?));
            }
            "doubleClick" => draft.act(Action::DoubleClick(element(&self.plain(first)?)?)),
            "doubleClickAt" => {
                self.said_point(draft, second);
                draft.act(Action::DoubleClick(element(&self.plain(first)?)?));
            }
            "mouseOver" => draft.act(Action::Hover(element(&self.plain(first)?)?)),
            "mouseOut" => return Ok(Fate::Folded),
            "type" | "editContent" => {
                let target = element(&self.plain(first)?)?;
                self.fill(draft, target, first, second)?;
            }
            "sendKeys" => {
                let target = element(&self.plain(first)?)?;
                self.send_keys(draft, &target, first, second)?;
            }
            "select" | "addSelection" => {
                let target = element(&self.plain(first)?)?;
                let option = self.template(draft, locator::option(second)?)?;
                draft.act(Action::Select { target, option });
            }
            "check" => draft.act(Action::Check(element(&self.plain(first)?)?)),
            "uncheck" => draft.act(Action::Uncheck(element(&self.plain(first)?)?)),
            "dragAndDropToObject" => {
                let from = element(&self.plain(first)?)?;
                draft.act(Action::Drag { from, to: alone(&self.plain(second)?)? });
            }
            "setWindowSize" => draft.act(size(first)?),
            "pause" => {
                let millis = first.trim().parse::<u64>();
                let millis =
                    millis.map_err(|_| "it does not say how many milliseconds".to_owned())?;
                let before = self.pause.unwrap_or_default().as_millis();
                self.pause = Some(Span::millis(millis.saturating_add(before).min(3_600_000)));
                draft.say_of_all("a pause becomes the next step's think; steps wait by themselves until they can be done");
                return Ok(Fate::Folded);
            }
            "store" => {
                let value = self.plain(first)?;
                let name = filled(second, "the variable's name")?;
                self.stored.insert(name.as_str().to_owned(), value);
                return Ok(Fate::Folded);
            }
            "storeWindowHandle" => {
                self.windows.insert(second_or(first, second).to_owned(), 1);
                return Ok(Fate::Folded);
            }
            "selectFrame" => return Ok(Fate::Folded),
            "selectWindow" => draft.act(Action::SwitchTab(self.window(first)?)),
            "close" => draft.act(Action::CloseTab),
            "run" => {
                let journey = self.names.run(self.test, first)?;
                draft.act(Action::Use(journey.to_owned()));
            }
            name if dialog(name, second_or(first, second)).is_some() => {
                let (answer, when) =
                    dialog(name, second_or(first, second)).expect("the guard has just seen it");
                let answer = match answer {
                    DialogAnswer::Accept(Some(text)) => {
                        DialogAnswer::Accept(Some(self.template(draft, text.as_str())?))
                    }
                    answer => answer,
                };
                self.answer(draft, answer, when);
            }
            other => return Err(left(other)),
        }
        Ok(Fate::Carried)
    }

    /// An answer is said before the dialog opens; Selenium IDE also knows answers to an open one.
    fn answer(&self, draft: &mut Draft, answer: DialogAnswer, when: When) {
        let step = Step::new("", Action::Dialog(answer));
        let last = draft.steps.len().saturating_sub(1);
        let before = last.checked_sub(1).and_then(|at| draft.steps.get_mut(at));
        match (when, before) {
            (When::Next, _) => draft.steps.push(step),
            // Recordings say the same answer before and after.
            (When::Open, Some(before)) if matches!(before.action, Action::Dialog(_)) => {
                *before = step;
            }
            (When::Open, _) => draft.steps.insert(last, step),
        }
    }

    fn said_point(&self, draft: &mut Draft, point: &str) {
        if !matches!(point.trim(), "" | "0,0") {
            draft.say("the point inside the element is left out: its middle is clicked");
        }
    }

    fn fill(
        &self,
        draft: &mut Draft,
        target: Target,
        name: &str,
        value: &str,
    ) -> Result<(), String> {
        if speaks_of_secret(name) {
            return draft.fill(target, name, value);
        }
        let with = self.template(draft, value)?;
        draft.act(Action::Fill { target, with });
        Ok(())
    }

    /// Texts and keys in one string: `mug${KEY_ENTER}`. A modifier holds until the end.
    fn send_keys(
        &self,
        draft: &mut Draft,
        target: &Target,
        name: &str,
        keys: &str,
    ) -> Result<(), String> {
        let mut held: Vec<String> = Vec::new();
        let mut written = String::new();
        let mut actions = Vec::new();
        let secret = speaks_of_secret(name);
        let mut rest = keys;
        while !rest.is_empty() {
            let key = rest.strip_prefix("${KEY_").and_then(|tail| tail.split_once('}'));
            if let Some((key, tail)) = key {
                rest = tail;
                let name =
                    keys::name(key).ok_or_else(|| format!("there is no key {}", shown(key)))?;
                if keys::is_modifier(&name) {
                    held.push(name);
                    continue;
                }
                if !written.is_empty() {
                    actions.push(Typed::Text(std::mem::take(&mut written)));
                }
                actions.push(Typed::Keys(keys::chord(&held, &name)));
                continue;
            }
            let letter = rest.chars().next().expect("it is not empty");
            rest = &rest[letter.len_utf8()..];
            if held.is_empty() {
                written.push(letter);
            } else {
                if !written.is_empty() {
                    actions.push(Typed::Text(std::mem::take(&mut written)));
                }
                let name = keys::name(&letter.to_string())
                    .ok_or_else(|| format!("there is no key for {}", shown(&letter.to_string())))?;
                actions.push(Typed::Keys(keys::chord(&held, &name)));
            }
        }
        if !written.is_empty() {
            actions.push(Typed::Text(written));
        }
        if actions.is_empty() {
            return Err("it types nothing".to_owned());
        }
        for typed in actions {
            match typed {
                Typed::Text(_) if secret => {
                    let text = draft.secret(name);
                    draft.act(Action::Type { target: Some(target.clone()), text });
                }
                Typed::Text(text) => {
                    let text = self.template(draft, &text)?;
                    if text.as_str().trim().is_empty() {
                        for _ in text.as_str().chars() {
                            let keys = "Space".to_owned();
                            draft.act(Action::Press { target: Some(target.clone()), keys });
                        }
                    } else {
                        draft.act(Action::Type { target: Some(target.clone()), text });
                    }
                }
                Typed::Keys(keys) => {
                    draft.act(Action::Press { target: Some(target.clone()), keys });
                }
            }
        }
        Ok(())
    }

    /// `assertText`, `verifyTitle` and their like.
    fn state(&mut self, draft: &mut Draft, command: &Command<'_>, what: &str) -> Handling {
        let Command { first, second, .. } = *command;
        let target = || locator::target(command.value, &self.plain(first)?);
        let condition = match what {
            "Title" => {
                Condition::Title(self.words(draft, second_or(second, first), "the title")?)
            }
            "ElementPresent" => Condition::Visible(target()?),
            "ElementNotPresent" => Condition::Hidden(target()?),
            "Text" if second.trim().is_empty() => Condition::Visible(target()?),
            "Text" => {
                let target = target()?;
                let text = self.words(draft, second, "the text")?;
                let tag = first.split_once('=').and_then(|(_, css)| locate::tag(css));
                let own_value =
                    tag.is_some_and(|tag| matches!(tag.as_str(), "button" | "li" | "option"));
                if text.as_str().contains('\n') || own_value {
                    draft.say("the text is looked for on the whole page, not in its element alone");
                    Condition::Text(text)
                } else {
                    Condition::Value { target, is: text }
                }
            }
            "Value" | "SelectedValue" if speaks_of_secret(first) => {
                Condition::Value { target: target()?, is: draft.secret(first) }
            }
            "Value" | "SelectedValue" => {
                Condition::Value { target: target()?, is: self.template(draft, second)? }
            }
            "Checked" => Condition::Value { target: target()?, is: Template::new("true") },
            "NotChecked" => Condition::Value { target: target()?, is: Template::new("false") },
            "NotText" => {
                let text = Value::from(self.plain(second)?.trim());
                script(&target()?, &format!("?.textContent.trim() !== {text}"))?
            }
            "NotSelectedValue" => {
                let value = Value::from(self.plain(second)?);
                script(&target()?, &format!("?.value !== {value}"))?
            }
            "SelectedLabel" => {
                let label = Value::from(self.plain(second)?.trim());
                script(&target()?, &format!("?.selectedOptions[0]?.label === {label}"))?
            }
            "Editable" => script(&target()?, "?.matches(':enabled:read-write') === true")?,
            "NotEditable" => script(&target()?, "?.matches(':enabled:read-write') === false")?,
            "Alert" | "Confirmation" | "Prompt" => {
                return Err("dialogs are answered at once, and their text is not stated".to_owned());
            }
            other => return Err(format!("there is no statement about {}", shown(other))),
        };
        draft.expect(condition);
        Ok(Fate::Carried)
    }

    /// `waitForElementVisible` and its like, whose value is a limit in milliseconds.
    fn wait_for(&mut self, draft: &mut Draft, command: &Command<'_>, what: &str) -> Handling {
        let Command { first, second, .. } = *command;
        let target = || locator::target(command.value, &self.plain(first)?);
        let mut limit = second;
        let condition = match what {
            "ElementVisible" | "ElementPresent" => Condition::Visible(target()?),
            "ElementNotVisible" | "ElementNotPresent" => Condition::Hidden(target()?),
            "ElementEditable" => script(&target()?, "?.matches(':enabled:read-write') === true")?,
            "ElementNotEditable" => {
                script(&target()?, "?.matches(':enabled:read-write') === false")?
            }
            "Text" => {
                limit = "";
                target()?;
                draft.say("the text is waited for on the whole page, not in its element alone");
                Condition::Text(self.words(draft, second, "the text")?)
            }
            other => return Err(format!("there is no waiting for {}", shown(other))),
        };
        draft.act(Action::WaitFor(Expectation { all: vec![condition], within: None }));
        if let Ok(millis) = limit.trim().parse() {
            draft.limit_last(millis);
        }
        Ok(Fate::Carried)
    }

    /// The tab of `handle=${win123}`, `win_ser_1` …
    fn window(&self, target: &str) -> Result<u32, String> {
        let target = target.trim();
        let name = target.strip_prefix("handle=").unwrap_or(target);
        let name = name.strip_prefix("${").and_then(|n| n.strip_suffix('}')).unwrap_or(name);
        if let Some(tab) = self.windows.get(name) {
            return Ok(*tab);
        }
        match name.strip_prefix("win_ser_").unwrap_or(name) {
            "local" | "root" => Ok(1),
            number => {
                let number = number.parse::<u32>().ok().filter(|number| *number < 1000);
                number.map(|number| number + 1).ok_or_else(|| {
                    format!(
                        "nobody can tell which tab {} is; write switch_tab with its number",
                        shown(target)
                    )
                })
            }
        }
    }

    /// A text with its variables as a template.
    fn template(&self, draft: &mut Draft, text: &str) -> Result<Template, String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, tail)) = rest.split_once("${") {
            let Some((name, tail)) = tail.split_once('}') else { break };
            literal(before)?;
            let value = self.stored.get(name).ok_or_else(|| unknown(name))?;
            out.push_str(before);
            let variable =
                if speaks_of_secret(name) { draft.secret(name) } else { draft.define(name, value) };
            out.push_str(variable.as_str());
            rest = tail;
        }
        literal(rest)?;
        out.push_str(rest);
        Ok(Template::new(out))
    }

    fn words(&self, draft: &mut Draft, text: &str, what: &str) -> Result<Template, String> {
        if text.trim().is_empty() {
            return Err(format!("{what} is empty"));
        }
        self.template(draft, text)
    }

    /// A text with its variables' values in it, for places that take no variables.
    fn plain(&self, text: &str) -> Result<String, String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, tail)) = rest.split_once("${") {
            let Some((name, tail)) = tail.split_once('}') else { break };
            out.push_str(before);
            out.push_str(self.stored.get(name).ok_or_else(|| unknown(name))?);
            rest = tail;
        }
        out.push_str(rest);
        Ok(out)
    }
}

/// What `sendKeys` types, piece by piece.
enum Typed {
    Text(String),
    Keys(String),
}
