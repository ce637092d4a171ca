//! Plan → a recording of Chrome DevTools Recorder, which `@puppeteer/replay` plays too. What the
//! format cannot say is done by a script in the page where one can do it, else it is said.

mod asked;

use serde_json::{Value, json};

use self::asked::{at, concrete, conditions, css, links, says, selector, window};
use super::{Exported, Said, moves, say_what_stays};
use crate::exchange::account::{Fate, Handling};
use crate::exchange::keys;
use crate::journey::{
    Action, By, Class, Condition, Expectation, Journey, ScrollTo, Target, Template,
};
use crate::perturb::script::{Haste, Role};
use crate::perturb::{Deed, Manner, Move, words};
use crate::time::Span;

/// A step's longest time limit in that format, in milliseconds.
const MOST_TIMEOUT: u64 = 30_000;
/// How long the page must stay unchanged before a step, in milliseconds: the format has no rest.
const REST: u64 = 300;
/// Where in an element a click goes: from its upper left corner, inside of round corners.
const OFFSET: (u32, u32) = (10, 8);

/// Writes a plan as a recording.
#[must_use]
pub fn write(plan: &Journey) -> Exported {
    let mut writer = Writer { plan, said: Said::default(), steps: Vec::new(), restless: false };
    say_what_stays(plan, &mut writer.said);
    let header = plan.plan.as_ref();
    let viewport = header.map_or((1280, 800), |plan| plan.viewport);
    writer.steps.push(window(viewport));
    for (index, m) in moves(plan, &mut writer.said).iter().enumerate() {
        writer.said.number = index + 1;
        let handling = writer.one(m);
        writer.said.count(&handling);
    }
    let recording = json!({ "title": plan.name, "timeout": 15_000, "steps": writer.steps });
    let text = serde_json::to_string_pretty(&recording).expect("a JSON value has a text");
    let Said { remarks, account, .. } = writer.said;
    Exported { file: format!("{}.json", plan.name), text: text + "\n", remarks, account }
}

struct Writer<'a> {
    plan: &'a Journey,
    said: Said,
    steps: Vec<Value>,
    /// Whether something was done since the page was last seen at rest.
    restless: bool,
}

impl Writer<'_> {
    fn one(&mut self, m: &Move) -> Handling {
        if m.by.is_some_and(|operator| operator.class() == Class::Altering) {
            self.said.say_of_all(
                "after a deviation that alters the walk a recording ends at the first step that \
                 is not possible any more, where a walk would adapt",
            );
        }
        match &m.deed {
            Deed::LeaveOut => return Ok(Fate::Folded),
            Deed::Act { action, manner, haste } => {
                let states = matches!(action, Action::Expect(_) | Action::WaitFor(_));
                if m.optional && m.role == Role::Step {
                    self.said.say(format!("{} is optional, and a recording has no such steps: it must be possible there", m.step));
                }
                let before = self.steps.len();
                if !states && self.restless && *haste == Haste::Patient {
                    self.rest();
                }
                if let Err(why) = self.act(action, manner) {
                    self.steps.truncate(before);
                    return Err(format!("{why} ({})", words::deed(m)));
                }
                self.restless |= !states;
            }
            Deed::Wait(span) => self.wait(*span)?,
            Deed::LookAt(page) => {
                let url = self.address(&Template::new(page.clone()))?;
                self.said.say("the other page is entered by its address, not by a link");
                self.steps.push(json!({ "type": "navigate", "url": url }));
            }
            Deed::ComeBack => self.history("history.back()"),
            Deed::Leave(span) => {
                self.steps.push(json!({ "type": "navigate", "url": "about:blank" }));
                self.wait(*span)?;
            }
            Deed::Network(network) => self.steps.push(conditions(*network)),
            Deed::LeaveTab(_) => return Err("a recording opens no other tab".to_owned()),
            Deed::ExpireSession => return Err("a recording cannot take cookies away".to_owned()),
        }
        Ok(Fate::Carried)
    }

    /// Until nothing in the page has changed for a moment.
    fn rest(&mut self) {
        self.restless = false;
        let js = format!(
            "(() => {{ const now = performance.now(); if (!window.__rest) {{ \
             window.__rest = {{ at: now }}; new MutationObserver(() => {{ \
             window.__rest.at = performance.now(); }}).observe(document, {{ subtree: true, \
             childList: true, attributes: true, characterData: true }}); }} \
             return document.readyState === 'complete' && now - window.__rest.at > {REST}; }})()"
        );
        self.expression(&js, None);
    }

    fn wait(&mut self, span: Span) -> Result<(), String> {
        let millis = span.as_millis();
        if millis + 1_000 > MOST_TIMEOUT {
            return Err(format!(
                "it waits {span}, and a recording waits {MOST_TIMEOUT} ms at most"
            ));
        }
        let mark = format!("__wait{}", self.steps.len());
        self.expression(
            &format!("performance.now() - (window.{mark} ??= performance.now()) >= {millis}"),
            Some(MOST_TIMEOUT),
        );
        Ok(())
    }

    /// Something that leads to another page or the same one again.
    fn history(&mut self, js: &str) {
        let step = json!({
            "type": "waitForExpression",
            "expression": format!("(setTimeout(() => {js}, 50), true)"),
            "assertedEvents": [{ "type": "navigation" }],
        });
        self.steps.push(step);
    }

    fn expression(&mut self, js: &str, timeout: Option<u64>) {
        let mut step = json!({ "type": "waitForExpression", "expression": js });
        if let Some(timeout) = timeout {
            step["timeout"] = json!(timeout.clamp(1, MOST_TIMEOUT));
        }
        self.steps.push(step);
    }

    fn act(&mut self, action: &Action, manner: &Manner) -> Result<(), String> {
        match action {
            Action::Visit(to) => {
                let url = self.address(to)?;
                self.steps.push(json!({ "type": "navigate", "url": url }));
            }
            Action::Go(route) => self.pointed("click", &links(route.as_str())),
            Action::Click(t) => self.on("click", t)?,
            Action::DoubleClick(t) => self.on("doubleClick", t)?,
            Action::RightClick(t) => {
                self.on("click", t)?;
                let click = self.steps.last_mut().expect("one was just added");
                click["button"] = json!("secondary");
            }
            Action::Hover(t) => {
                let selectors = self.selectors(t)?;
                self.steps.push(json!({ "type": "hover", "selectors": selectors }));
            }
            Action::Fill { target, with } => self.fill(target, with, manner)?,
            Action::Clear(target) => self.change(target, "")?,
            Action::Type { target: None, text } => {
                for letter in concrete(text)?.chars() {
                    let key = if letter == '\n' { "Enter".to_owned() } else { letter.to_string() };
                    self.key(&key);
                }
            }
            Action::Type { target: Some(_), .. } => {
                return Err(
                    "a recording replaces a field's content and cannot add to it".to_owned()
                );
            }
            Action::Select { target, option } => self.select(target, option)?,
            Action::Check(t) => self.tick(t, true)?,
            Action::Uncheck(t) => self.tick(t, false)?,
            Action::Press { target, keys } => {
                if let Some(target) = target {
                    let focus = self.element(target)?;
                    self.expression(&format!("({focus}?.focus(), true)"), None);
                }
                self.press(keys)?;
            }
            Action::Scroll(ScrollTo::Top) => {
                self.steps.push(json!({ "type": "scroll", "x": 0, "y": 0 }));
            }
            Action::Scroll(ScrollTo::Bottom) => {
                self.expression(
                    "(window.scrollTo(0, document.documentElement.scrollHeight), true)",
                    None,
                );
            }
            Action::Scroll(ScrollTo::By(pixels)) => {
                self.expression(&format!("(window.scrollBy(0, {pixels}), true)"), None);
            }
            Action::Scroll(ScrollTo::Element(t)) => {
                let element = self.element(t)?;
                self.expression(&format!("({element}?.scrollIntoView(), true)"), None);
            }
            Action::Back => self.history("history.back()"),
            Action::Forward => self.history("history.forward()"),
            Action::Reload => self.history("location.reload()"),
            Action::Resize { width, height } => self.steps.push(window((*width, *height))),
            Action::CloseTab => self.steps.push(json!({ "type": "close" })),
            Action::WaitFor(what) | Action::Expect(what) => self.expectation(what)?,
            Action::NewTab(_) | Action::SwitchTab(_) => {
                return Err("a recording opens no other tab".to_owned());
            }
            Action::Upload { .. } => return Err("a recording uploads no files".to_owned()),
            Action::Drag { .. } => return Err("a recording drags nothing".to_owned()),
            Action::Dialog(_) => return Err("a recording answers no dialogs".to_owned()),
            Action::Roam(_) => return Err("roaming has no fixed moves".to_owned()),
            Action::Use(_) | Action::Choose(_) | Action::Repeat { .. } | Action::AnyOrder(_) => {
                return Err("it is not drawn yet".to_owned());
            }
        }
        Ok(())
    }

    fn on(&mut self, kind: &str, target: &Target) -> Result<(), String> {
        let selectors = self.selectors(target)?;
        self.pointed(kind, &selectors);
        Ok(())
    }

    fn pointed(&mut self, kind: &str, selectors: &Value) {
        let (x, y) = OFFSET;
        self.steps
            .push(json!({ "type": kind, "selectors": selectors, "offsetX": x, "offsetY": y }));
    }

    fn fill(&mut self, target: &Target, with: &Template, manner: &Manner) -> Result<(), String> {
        let text = concrete(with)?;
        match manner {
            Manner::AtOnce => {}
            Manner::ErasedFirst(slip) => {
                self.change(target, slip)?;
                self.change(target, "")?;
            }
            Manner::KeyByKey(span) => {
                self.said.say(format!("the rhythm of typing ({span} a key) is left out"));
            }
            Manner::Pasted => self.said.say("what was pasted is typed"),
        }
        self.change(target, &text)
    }

    fn change(&mut self, target: &Target, value: &str) -> Result<(), String> {
        let selectors = self.selectors(target)?;
        self.steps.push(json!({ "type": "change", "selectors": selectors, "value": value }));
        Ok(())
    }

    /// A recording chooses by value alone, and a plan may have the label: a script knows both.
    fn select(&mut self, target: &Target, option: &Template) -> Result<(), String> {
        let option = Value::from(concrete(option)?);
        let list = self.element(target)?;
        self.said
            .say("the option is chosen by a script in the page, as it may be named by its label");
        self.expression(
            &format!(
                "((list, wanted) => {{ const fold = text => text.replace(/\\s+/g, ' ').trim(); \
                 const option = list && ([...list.options].find(o => o.value === wanted) ?? \
                 [...list.options].find(o => fold(o.label) === fold(wanted))); \
                 if (!option) return false; if (!option.selected) {{ option.selected = true; \
                 for (const type of ['input', 'change']) list.dispatchEvent(new Event(type, \
                 {{ bubbles: true }})); }} return true; }})({list}, {option})"
            ),
            None,
        );
        Ok(())
    }

    fn tick(&mut self, target: &Target, ticked: bool) -> Result<(), String> {
        let boxed = self.element(target)?;
        self.said.say("the box is clicked by a script in the page, where it is not so already");
        self.expression(
            &format!("(box => {{ if (!box) return false; if (box.checked !== {ticked}) box.click(); return true; }})({boxed})"),
            None,
        );
        Ok(())
    }

    fn key(&mut self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            self.steps.push(json!({ "type": kind, "key": key }));
        }
    }

    fn press(&mut self, chord: &str) -> Result<(), String> {
        let parts: Vec<&str> = match chord.trim() {
            "+" => vec!["+"],
            chord => chord.split('+').map(str::trim).collect(),
        };
        let named: Option<Vec<String>> = parts.iter().map(|part| keys::name(part)).collect();
        let named = named.ok_or_else(|| format!("there is no key for {chord}"))?;
        let theirs: Vec<&str> = named
            .iter()
            .map(|key| match key.as_str() {
                "Space" => " ",
                "Plus" => "+",
                key => key,
            })
            .collect();
        self.steps.extend(theirs.iter().map(|key| json!({ "type": "keyDown", "key": key })));
        self.steps.extend(theirs.iter().rev().map(|key| json!({ "type": "keyUp", "key": key })));
        Ok(())
    }

    fn expectation(&mut self, what: &Expectation) -> Result<(), String> {
        let timeout = what.within.map(Span::as_millis);
        for condition in &what.all {
            let js = match condition {
                Condition::Visible(target) => {
                    let selectors = self.selectors(target)?;
                    let mut step = json!({ "type": "waitForElement", "selectors": selectors, "visible": true });
                    if let Some(timeout) = timeout {
                        step["timeout"] = json!(timeout.clamp(1, MOST_TIMEOUT));
                    }
                    self.steps.push(step);
                    continue;
                }
                Condition::Hidden(target) => {
                    format!("!(el => el && el.checkVisibility())({})", self.element(target)?)
                }
                Condition::Count { target, is } => {
                    let css = css(target)?;
                    format!(
                        "[...document.querySelectorAll({css})].filter(el => el.checkVisibility()).length === {is}"
                    )
                }
                Condition::Value { target, is } => {
                    let is = Value::from(concrete(is)?);
                    format!(
                        "(el => el && (['checkbox', 'radio'].includes(el.type) ? String(el.checked) : el.value ?? el.textContent.replace(/\\s+/g, ' ').trim()) === {is})({})",
                        self.element(target)?
                    )
                }
                Condition::Url(to) => at(&concrete(to)?),
                Condition::Title(text) => {
                    let text = Value::from(concrete(text)?.to_lowercase());
                    format!("document.title.toLowerCase().includes({text})")
                }
                Condition::Text(text) => says(&concrete(text)?),
                Condition::NoText(text) => format!("!{}", says(&concrete(text)?)),
                Condition::Js(js) => js.clone(),
            };
            self.expression(&js, timeout);
        }
        Ok(())
    }

    fn address(&self, to: &Template) -> Result<String, String> {
        let to = concrete(to)?;
        let base = self.plan.plan.as_ref().map_or("", |plan| plan.base_url.as_str());
        url::Url::parse(base)
            .and_then(|base| base.join(&to))
            .map(String::from)
            .map_err(|why| format!("{to} is no address: {why}"))
    }

    /// An expression for the first element, where CSS finds it.
    fn element(&self, target: &Target) -> Result<String, String> {
        for way in target.alternatives() {
            if let By::Label(label) = &way.by {
                let label = Value::from(concrete(&Template::new(label.clone()))?);
                return Ok(format!(
                    "((all, wanted) => all.find(el => (el.getAttribute('aria-label') ?? \
                     el.labels?.[0]?.textContent ?? '').trim().toLowerCase() === \
                     wanted.toLowerCase()))([...document.querySelectorAll('input, select, textarea, button')], {label})"
                ));
            }
        }
        css(target).map(|css| format!("document.querySelector({css})"))
    }

    fn selectors(&mut self, target: &Target) -> Result<Value, String> {
        let mut all = Vec::new();
        for way in target.alternatives() {
            match selector(way)? {
                Some(found) => all.extend(found),
                None => self.said.say(format!(
                    "a way to find it is left out, as that format has none like it: {way}"
                )),
            }
        }
        if all.is_empty() {
            return Err(format!("no selector of that format finds {target}"));
        }
        Ok(Value::from(all.into_iter().map(|one| json!([one])).collect::<Vec<_>>()))
    }
}
