//! Chrome DevTools Recorder (`{ title, steps: […] }`) → a journey. How its selectors are read is
//! in `selectors`.

mod selectors;

use std::sync::Arc;

use serde_json::Value;

use self::selectors::{Selected, of_step};
use super::account::{Fate, Handling};
use super::address::Base;
use super::draft::{Draft, filled};
use super::json::{self, list, text, whole, words};
use super::secret::speaks_of_secret;
use super::{ExchangeError, Imported, Kind, keys, locate};
use crate::diagnostic::{Diagnostic, SourceText, shown};
use crate::journey::vocabulary::MOST_PIXELS;
use crate::journey::{Action, Condition, Expectation, Locator, ScrollTo, Target};

/// Reads a recording.
pub(super) fn read(source: &Arc<SourceText>) -> Result<Imported, ExchangeError> {
    let recording = json::parse(source)?;
    let Some(steps) = recording.get("steps").and_then(Value::as_array) else {
        let message = "this is no recording of DevTools: it has no list of `steps`";
        let help = "export it from the Recorder panel as JSON";
        return Err(Diagnostic::of_file(&source.file, message).help(help).into());
    };
    let mut reader = Reader {
        draft: Draft::new(Kind::Recorder, None, Base::default()),
        held: Vec::new(),
        pressed_alone: false,
        scrolled: 0,
        tabs: vec!["main".to_owned()],
        tab: 0,
    };
    if let Some(limit) = whole(&recording, "timeout") {
        let limit = limit.max(0);
        reader.draft.say_of_all(&format!(
            "the recording's own time limit of {limit} ms is left out: the sweep's limit holds"
        ));
    }
    for (index, step) in steps.iter().enumerate() {
        reader.entry(index + 1, step);
    }
    Ok(reader.draft.finish(text(&recording, "title").unwrap_or_default()).into())
}

struct Reader {
    draft: Draft,
    /// The modifiers that are down, in order.
    held: Vec<String>,
    /// Whether the last of them was pressed and nothing with it yet.
    pressed_alone: bool,
    /// How far the page is scrolled down, in CSS pixels, as far as the recording says.
    scrolled: i64,
    /// The targets seen, in the order in which they were opened: a tab each.
    tabs: Vec<String>,
    /// Which of them has the focus.
    tab: usize,
}

impl Reader {
    fn entry(&mut self, number: usize, step: &Value) {
        // The draft is lent to the handler, which also changes what is remembered here.
        let mut draft =
            std::mem::replace(&mut self.draft, Draft::new(Kind::Recorder, None, Base::default()));
        draft.entry(number, |draft| {
            self.turn_to_tab(draft, step);
            let handled = self.step(draft, step);
            if matches!(handled, Ok(Fate::Carried)) {
                after(draft, step, &mut self.scrolled)?;
            }
            handled
        });
        self.draft = draft;
    }

    fn turn_to_tab(&mut self, draft: &mut Draft, step: &Value) {
        let target = text(step, "target").unwrap_or("main");
        let tab = match self.tabs.iter().position(|known| known == target) {
            Some(tab) => tab,
            None => {
                self.tabs.push(target.to_owned());
                self.tabs.len() - 1
            }
        };
        if tab != self.tab {
            self.tab = tab;
            if let Some(number) = u32::try_from(tab + 1).ok().filter(|number| *number <= 1000) {
                draft.act(Action::SwitchTab(number));
            }
        }
    }

    fn step(&mut self, draft: &mut Draft, step: &Value) -> Handling {
        let kind = text(step, "type").ok_or("it has no `type`")?;
        match kind {
            "navigate" => {
                let url = text(step, "url").ok_or("it has no `url`")?;
                self.scrolled = 0;
                draft.visit(url)?;
                Ok(Fate::Carried)
            }
            "setViewport" => viewport(draft, step),
            "click" => self.click(draft, step),
            "doubleClick" => {
                let Selected { target, .. } = of_step(draft, step)?;
                draft.act(Action::DoubleClick(target));
                Ok(Fate::Carried)
            }
            "hover" => {
                let Selected { target, .. } = of_step(draft, step)?;
                draft.act(Action::Hover(target));
                Ok(Fate::Carried)
            }
            "change" => change(draft, step),
            "keyDown" => self.key_down(draft, step),
            "keyUp" => self.key_up(draft, step),
            "scroll" => self.scroll(draft, step),
            "waitForElement" => wait_for_element(draft, step),
            "waitForExpression" => {
                let js = words(step, "expression").ok_or("its expression is empty")?;
                if js.contains("await") || js.contains("Promise") {
                    return Err(format!(
                        "it waits for a promise, and conditions here have their value at once: {}",
                        shown(js)
                    ));
                }
                let js = js.trim().trim_end_matches(';').to_owned();
                draft.act(Action::WaitFor(stated(Condition::Js(js))));
                Ok(Fate::Carried)
            }
            "close" => {
                draft.act(Action::CloseTab);
                self.tabs.truncate(self.tab.max(1));
                self.tab = self.tabs.len() - 1;
                Ok(Fate::Carried)
            }
            "emulateNetworkConditions" => Err("another speed of the network is not carried over; \
                                               losing it is a perturbation (lose_network)"
                .to_owned()),
            "customStep" => {
                let name = text(step, "name").unwrap_or("without a name");
                Err(format!("custom step {} belongs to an extension", shown(name)))
            }
            other => Err(format!("steps of the type {} are not known", shown(other))),
        }
    }

    fn click(&mut self, draft: &mut Draft, step: &Value) -> Handling {
        let Selected { target, .. } = of_step(draft, step)?;
        if !self.held.is_empty() {
            let held = self.held.join(" and ");
            draft.say(format!("{held} was held while clicking; the click is without"));
            self.pressed_alone = false;
        }
        if whole(step, "duration").is_some_and(|millis| millis >= 500) {
            draft.say("the button was held down for long; the click is a short one");
        }
        if text(step, "deviceType").is_some_and(|device| device == "touch") {
            draft.say("the tap of a finger becomes a click");
        }
        draft.act(match text(step, "button").unwrap_or("primary") {
            "primary" | "left" => Action::Click(target),
            "secondary" | "right" => Action::RightClick(target),
            other => return Err(format!("there is no click with the {} button", shown(other))),
        });
        Ok(Fate::Carried)
    }

    fn key_down(&mut self, draft: &mut Draft, step: &Value) -> Handling {
        let key = key(step)?;
        if keys::is_modifier(&key) {
            if !self.held.contains(&key) {
                self.held.push(key);
            }
            self.pressed_alone = true;
            return Ok(Fate::Folded);
        }
        self.pressed_alone = false;
        draft.act(Action::Press { target: None, keys: keys::chord(&self.held, &key) });
        Ok(Fate::Carried)
    }

    fn key_up(&mut self, draft: &mut Draft, step: &Value) -> Handling {
        let key = key(step)?;
        let Some(at) = self.held.iter().position(|held| *held == key) else {
            return Ok(Fate::Folded);
        };
        let alone = self.pressed_alone && at + 1 == self.held.len();
        self.pressed_alone = false;
        if !alone {
            self.held.remove(at);
            return Ok(Fate::Folded);
        }
        let keys = self.held.join("+");
        self.held.remove(at);
        draft.act(Action::Press { target: None, keys });
        Ok(Fate::Carried)
    }

    fn scroll(&mut self, draft: &mut Draft, step: &Value) -> Handling {
        if step.get("selectors").is_some() {
            let Selected { target, .. } = of_step(draft, step)?;
            draft.say(
                "the element is scrolled into view; how far it was scrolled itself is left out",
            );
            draft.act(Action::Scroll(ScrollTo::Element(target)));
            return Ok(Fate::Carried);
        }
        if whole(step, "x").is_some_and(|x| x != 0) {
            draft.say("scrolling sideways is left out");
        }
        let to = whole(step, "y").ok_or("it does not say how far")?.clamp(0, i64::from(i32::MAX));
        let by = to - self.scrolled;
        self.scrolled = to;
        if by == 0 {
            return Ok(Fate::Folded);
        }
        let to = match i32::try_from(by) {
            _ if to == 0 => ScrollTo::Top,
            Ok(pixels) => ScrollTo::By(pixels),
            Err(_) => ScrollTo::Bottom,
        };
        draft.act(Action::Scroll(to));
        Ok(Fate::Carried)
    }
}

/// What any step may say beside what it does: its time limit, and where it led.
fn after(draft: &mut Draft, step: &Value, scrolled: &mut i64) -> Result<(), String> {
    if let Some(limit) = whole(step, "timeout").and_then(|limit| u64::try_from(limit).ok()) {
        draft.limit_last(limit);
    }
    for event in list(step, "assertedEvents") {
        if text(event, "type") != Some("navigation") {
            let kind = text(event, "type").unwrap_or("without a type");
            draft.say(format!("what it asserts is not known: an event {}", shown(kind)));
            continue;
        }
        *scrolled = 0;
        if let Some(url) = words(event, "url")
            && let Err(why) = draft.expect_at(url)
        {
            draft.say(format!("where it leads is not stated: {why}"));
        }
        if let Some(title) = words(event, "title") {
            match filled(title, "the title") {
                Ok(title) => draft.expect(Condition::Title(title)),
                Err(why) => draft.say(why),
            }
        }
    }
    Ok(())
}

fn stated(condition: Condition) -> Expectation {
    Expectation { all: vec![condition], within: None }
}

fn key(step: &Value) -> Result<String, String> {
    let key = text(step, "key").ok_or("it does not say which key")?;
    keys::name(key).ok_or_else(|| format!("there is no key {}", shown(key)))
}

fn viewport(draft: &mut Draft, step: &Value) -> Handling {
    let side = |name| {
        whole(step, name)
            .and_then(|pixels| u32::try_from(pixels).ok())
            .filter(|pixels| (1..=MOST_PIXELS).contains(&u64::from(*pixels)))
            .ok_or_else(|| format!("its {name} is no number of pixels from 1 to {MOST_PIXELS}"))
    };
    let (width, height) = (side("width")?, side("height")?);
    let is = |name| step.get(name).and_then(Value::as_bool) == Some(true);
    if is("isMobile") || is("hasTouch") {
        draft.say("the window's size is carried over, not that the device is a phone");
    }
    if step.get("deviceScaleFactor").and_then(Value::as_f64).is_some_and(|factor| factor != 1.0) {
        draft.say("how many device pixels a CSS pixel has is left out");
    }
    draft.act(Action::Resize { width, height });
    Ok(Fate::Carried)
}

/// `change`: a text, a choice or a tick; which one, only the selectors tell.
fn change(draft: &mut Draft, step: &Value) -> Handling {
    let Selected { target, hints, .. } = of_step(draft, step)?;
    let value = text(step, "value").ok_or("it has no `value`")?;
    let is = |word: &str| hints.roles.iter().any(|role| role == word);
    let tag = |word: &str| hints.tags.iter().any(|tag| tag == word);
    if tag("select") || is("listbox") || (is("combobox") && !tag("input")) {
        draft.act(Action::Select { target, option: super::draft::literal(value)? });
        return Ok(Fate::Carried);
    }
    if is("checkbox") || is("radio") || is("switch") {
        draft.act(match value {
            "false" | "off" | "" => Action::Uncheck(target),
            _ => Action::Check(target),
        });
        return Ok(Fate::Carried);
    }
    let is_text =
        tag("input") || tag("textarea") || is("textbox") || is("searchbox") || is("spinbutton");
    draft.fill(target, &hints.described, value)?;
    if !is_text {
        draft.say("taken for a text field, as its selectors do not tell; if it is a list of choices, write select with option in place of fill with with");
    }
    Ok(Fate::Carried)
}

fn wait_for_element(draft: &mut Draft, step: &Value) -> Handling {
    let Selected { target, hints } = of_step(draft, step)?;
    if step.get("properties").is_some() && speaks_of_secret(&hints.described) {
        return Err("it states what a field with a secret holds".to_owned());
    }
    let shown = step.get("visible").and_then(Value::as_bool) != Some(false);
    let count = match step.get("count") {
        None => 1,
        Some(_) => whole(step, "count")
            .and_then(|count| u32::try_from(count).ok())
            .ok_or("its count is no number from 0")?,
    };
    let condition = match (text(step, "operator").unwrap_or(">="), count) {
        (">=", 0) => return Err("any number of elements will do: it waits for nothing".to_owned()),
        (">=", _) if !shown => Condition::Hidden(target.clone()),
        ("==" | "<=", 0) => Condition::Hidden(target.clone()),
        (_, _) if !shown => {
            return Err(
                "it counts elements that are hidden, and only visible ones count here".to_owned()
            );
        }
        (">=", 1) => Condition::Visible(target.clone()),
        (">=", least) => Condition::Visible(number(&target, least)?),
        ("==", is) => Condition::Count { target: target.clone(), is },
        ("<=", most) => Condition::Hidden(number(&target, most.saturating_add(1))?),
        (other, _) => {
            return Err(format!("the operator {} is not known", crate::diagnostic::shown(other)));
        }
    };
    let mut all = vec![condition];
    let asked = |name| step.get(name).and_then(Value::as_object).into_iter().flatten();
    for (name, value) in asked("attributes") {
        let value = value.as_str().unwrap_or_default();
        all.push(script(
            draft,
            &target,
            &format!("?.getAttribute({}) === {}", quoted(name), quoted(value)),
        )?);
    }
    for (name, value) in asked("properties") {
        all.push(script(draft, &target, &format!("?.[{}] === {value}", quoted(name)))?);
    }
    draft.act(Action::WaitFor(Expectation { all, within: None }));
    Ok(Fate::Carried)
}

/// The element with this number, for "at least" and "at most".
fn number(target: &Target, number: u32) -> Result<Target, String> {
    let ways = target.alternatives().iter();
    let ways = ways.map(|way| Locator { nth: Some(number), ..way.clone() }).collect();
    Target::new(ways).ok_or_else(|| "it has no selector".to_owned())
}

/// A condition on the first element that only a script can read.
fn script(draft: &mut Draft, target: &Target, test: &str) -> Result<Condition, String> {
    let css = locate::as_css(target)
        .ok_or("it asks for an attribute or property of an element that no CSS selector finds")?;
    draft.say("an attribute or property is asked of the first element that its CSS selector finds");
    Ok(Condition::Js(format!("document.querySelector({}){test}", quoted(&css))))
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
