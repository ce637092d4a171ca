//! rrweb recordings → a journey: what people did, told in terms of the page as it then was. The
//! page is rebuilt in `dom`; what its elements are called is in `naming`.

mod dom;
mod naming;

use std::sync::Arc;

use serde_json::Value;

use self::dom::{Dom, Id, number};
use super::account::{Fate, Handling};
use super::address::Base;
use super::draft::{Draft, literal};
use super::json::{self, text, whole};
use super::{ExchangeError, Imported, Kind, secret};
use crate::diagnostic::{Diagnostic, SourceText};
use crate::journey::vocabulary::MOST_PIXELS;
use crate::journey::{Action, ScrollTo, Target, Template};

/// A page that comes within this time after a click was led to by it, in milliseconds.
const LEADS_WITHIN: i64 = 5_000;
/// The click of a label and that of its control are this near, in milliseconds.
const ONE_GESTURE: i64 = 100;

/// Reads a recording.
pub(super) fn read(source: &Arc<SourceText>) -> Result<Imported, ExchangeError> {
    let events = events(source)?;
    // Without one, the recorder was told not to keep them, and focus tells nothing.
    let is_focus = |event: &Value| {
        event.get("data").is_some_and(|data| {
            number(data, "source") == Some(2) && number(data, "type") == Some(5)
        })
    };
    let mut reader = Reader { knows_focus: events.iter().any(is_focus), ..Reader::default() };
    let mut draft = Draft::new(Kind::Rrweb, None, Base::default());
    for (index, event) in events.iter().enumerate() {
        draft.entry(index + 1, |draft| reader.event(draft, event));
    }
    let stem = std::path::Path::new(&source.file).file_stem().and_then(|stem| stem.to_str());
    Ok(draft.finish(stem.unwrap_or_default()).into())
}

/// One list of events, or one event a line.
fn events(source: &Arc<SourceText>) -> Result<Vec<Value>, ExchangeError> {
    let text = json::after_mark(&source.text);
    if text.trim_start().starts_with('[') {
        return match json::parse(source)? {
            Value::Array(events) => Ok(events),
            _ => Err(no_events(source)),
        };
    }
    let mut events = Vec::new();
    let mut start = source.text.len() - text.len();
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        if !line.trim().is_empty() {
            events.push(json::parse_part(source, start..end)?);
        }
        start = end;
    }
    if events.is_empty() { Err(no_events(source)) } else { Ok(events) }
}

fn no_events(source: &SourceText) -> ExchangeError {
    let help = "write the events as one JSON list, or as one event a line";
    Diagnostic::of_file(&source.file, "there are no events in it").help(help).into()
}

/// What was done last, as far as the next event may belong to it.
#[derive(Clone, Copy, Default, PartialEq)]
enum Last {
    #[default]
    Nothing,
    Clicked(Id),
    Filled(Id),
    Scrolled,
    Resized,
}

#[derive(Default)]
struct Reader {
    dom: Dom,
    /// The page that is shown.
    here: Option<String>,
    /// What was done last on it.
    last: Last,
    /// What was done last on it that can lead to another page, and when.
    cause: Last,
    at: i64,
    /// The masked text that was typed last: its step, its field's name, its length.
    masked: Option<(usize, String, usize)>,
    /// When the page came.
    came: i64,
    /// The field that has the focus, where the recording tells.
    focus: Option<Id>,
    knows_focus: bool,
    /// How far the page is scrolled down, in CSS pixels.
    scrolled: i64,
    /// The window's size.
    size: Option<(u32, u32)>,
}

impl Reader {
    fn event(&mut self, draft: &mut Draft, event: &Value) -> Handling {
        if event.is_string() {
            return Err("it is packed; unpack the recording with @rrweb/packer first".to_owned());
        }
        let kind = number(event, "type").ok_or("it has no `type`")?;
        let now = whole(event, "timestamp").unwrap_or(self.at);
        let nothing = Value::Null;
        let data = event.get("data").unwrap_or(&nothing);
        match kind {
            2 => {
                self.dom = Dom::of_snapshot(data.get("node").unwrap_or(&nothing));
                self.scrolled =
                    data.get("initialOffset").and_then(|to| whole(to, "top")).unwrap_or(0);
                Ok(Fate::Folded)
            }
            3 => match number(data, "source") {
                Some(0) => {
                    self.dom.mutate(data);
                    Ok(Fate::Folded)
                }
                Some(2) => self.pointer(draft, data, now),
                Some(3) => self.scroll(draft, data),
                Some(4) => self.resize(draft, data),
                Some(5) => self.input(draft, data, now),
                Some(_) => Ok(Fate::Folded),
                None => Err("it does not say what changed".to_owned()),
            },
            4 => self.page(draft, data, now),
            0 | 1 | 5 | 6 => Ok(Fate::Folded),
            other => Err(format!("events of the type {other} are not known")),
        }
    }

    /// A page begins, or the same one is recorded afresh.
    fn page(&mut self, draft: &mut Draft, data: &Value, now: i64) -> Handling {
        let href = text(data, "href").ok_or("it does not say which page")?;
        if self.here.as_deref() == Some(href) {
            return Ok(Fate::Folded);
        }
        let first = self.here.is_none();
        let before = self.size;
        self.size = size(data).or(self.size);
        if first
            && before != self.size
            && let Some((width, height)) = self.size
        {
            draft.act(Action::Resize { width, height });
        }
        self.scrolled = 0;
        let led = now.saturating_sub(self.at) <= LEADS_WITHIN;
        let by_itself = now.saturating_sub(self.came) <= ONE_GESTURE * 20;
        if led {
            self.unmask(draft, href);
        }
        match self.cause {
            Last::Clicked(_) if led => draft.expect_at(href)?,
            Last::Filled(id) if led => {
                draft.say("the field was filled and another page came: Enter is taken to have been pressed");
                let target = naming::target(&self.dom, id);
                draft.act(Action::Press { target, keys: "Enter".to_owned() });
                draft.expect_at(href)?;
            }
            Last::Nothing if !first && by_itself => {
                // One page led to the next by itself: what counts is where it ended.
                if matches!(draft.steps.last().map(|step| &step.action), Some(Action::Expect(_))) {
                    draft.steps.pop();
                    draft.expect_at(href)?;
                }
                self.came = now;
                self.here = Some(href.to_owned());
                return Ok(Fate::Folded);
            }
            _ => {
                draft.visit(href)?;
                if !first {
                    draft.say("entered by its address: nothing that was done before led here");
                }
            }
        }
        self.here = Some(href.to_owned());
        self.came = now;
        (self.last, self.cause, self.masked) = (Last::Nothing, Last::Nothing, None);
        self.focus = None;
        Ok(Fate::Carried)
    }

    /// A form that sends its fields in the address shows what was typed after all.
    fn unmask(&mut self, draft: &mut Draft, href: &str) {
        let Some((step, name, length)) = self.masked.take() else { return };
        let Ok(url) = url::Url::parse(href) else { return };
        let sent = url.query_pairs().find(|(key, value)| {
            *key == name && value.chars().count() == length && !secret::speaks_of_secret(key)
        });
        let text = sent.and_then(|(_, value)| literal(&value).ok());
        let step = draft.steps.get_mut(step).map(|step| &mut step.action);
        if let (Some(text), Some(Action::Fill { with, .. })) = (text, step) {
            *with = text;
        }
    }

    fn pointer(&mut self, draft: &mut Draft, data: &Value, now: i64) -> Handling {
        let id = number(data, "id").ok_or("it does not say which element")?;
        match number(data, "type") {
            Some(5) => {
                self.focus = Some(id);
                return Ok(Fate::Folded);
            }
            Some(2..=4) => {}
            Some(_) => return Ok(Fate::Folded),
            None => return Err("it does not say what the pointer did".to_owned()),
        }
        let meant = naming::meant(&self.dom, id)
            .ok_or("it hit an element that the recording does not have")?;
        let soon = now.saturating_sub(self.at) <= ONE_GESTURE;
        if let Last::Clicked(before) = self.last {
            let of_label = naming::control(&self.dom, before) == Some(meant);
            if number(data, "type") == Some(2) && of_label && soon {
                self.last = Last::Clicked(meant);
                return Ok(Fate::Folded);
            }
            if number(data, "type") == Some(4) && before == meant {
                return Ok(self.twice(draft));
            }
        }
        let target = self.target(meant)?;
        draft.act(match number(data, "type") {
            Some(3) => Action::RightClick(target),
            Some(4) => Action::DoubleClick(target),
            _ => Action::Click(target),
        });
        (self.last, self.cause, self.at) = (Last::Clicked(meant), Last::Clicked(meant), now);
        Ok(Fate::Carried)
    }

    /// The two clicks that were recorded before a double click are that double click.
    fn twice(&mut self, draft: &mut Draft) -> Fate {
        let clicked = draft.steps.pop();
        let again =
            |step: &crate::journey::Step| clicked.as_ref().is_some_and(|c| c.action == step.action);
        if draft.steps.last().is_some_and(again) {
            draft.steps.pop();
        }
        if let Some(Action::Click(target)) = clicked.map(|step| step.action) {
            draft.act(Action::DoubleClick(target));
        }
        Fate::Folded
    }

    fn target(&self, id: Id) -> Result<Target, String> {
        naming::target(&self.dom, id)
            .ok_or_else(|| "its element is not on the recorded page".to_owned())
    }

    fn input(&mut self, draft: &mut Draft, data: &Value, now: i64) -> Handling {
        let id = number(data, "id").ok_or("it does not say which field")?;
        let by_script = data.get("userTriggered").and_then(Value::as_bool) == Some(false);
        let elsewhere = self.knows_focus && self.focus != Some(id);
        let tag = self.dom.tag(id).unwrap_or_default().to_owned();
        let kind = naming::input_type(&self.dom, id);
        let ticks = tag == "input" && matches!(kind.as_str(), "checkbox" | "radio");
        let clicked = self.last == Last::Clicked(id);
        if by_script || (elsewhere && !clicked) {
            return Ok(Fate::Folded);
        }
        if ticks && !clicked && kind == "radio" && data.get("isChecked") != Some(&Value::Bool(true))
        {
            // The other radio buttons of a group lose their mark by themselves.
            return Ok(Fate::Folded);
        }
        let new = if ticks {
            let target = self.target(id)?;
            match data.get("isChecked").and_then(Value::as_bool) {
                Some(true) => Action::Check(target),
                Some(false) => Action::Uncheck(target),
                None => return Err("it does not say whether it is ticked".to_owned()),
            }
        } else {
            let value = text(data, "text").ok_or("it does not say what the field holds")?;
            self.written(draft, id, &tag, value)?
        };
        (self.at, self.cause) = (now, Last::Filled(id));
        // The click into a field and each key in it are one filling.
        if clicked || self.last == Last::Filled(id) {
            if let Some(step) = draft.steps.last_mut() {
                step.action = new;
            }
            self.last = Last::Filled(id);
            self.note_masked(draft, id, data);
            return Ok(Fate::Folded);
        }
        draft.act(new);
        self.last = Last::Filled(id);
        self.note_masked(draft, id, data);
        Ok(Fate::Carried)
    }

    fn note_masked(&mut self, draft: &Draft, id: Id, data: &Value) {
        let typed = text(data, "text").filter(|typed| naming::is_masked(typed));
        let name = self.dom.attribute(id, "name").map(str::to_owned);
        if let Some((typed, name)) = typed.zip(name) {
            let step = draft.steps.len().saturating_sub(1);
            self.masked = Some((step, name, typed.chars().count()));
        }
    }

    fn written(&self, draft: &mut Draft, id: Id, tag: &str, value: &str) -> Result<Action, String> {
        let target = self.target(id)?;
        if tag == "select" {
            if naming::is_masked(value) {
                return Err("the choice is masked; write the option by hand".to_owned());
            }
            return Ok(Action::Select { target, option: literal(value)? });
        }
        let attribute = |name: &str| self.dom.attribute(id, name).unwrap_or_default();
        let described = naming::name(&self.dom, id).unwrap_or_default();
        let words =
            [&described, attribute("name"), attribute("id"), attribute("autocomplete")].join(" ");
        let is_secret =
            naming::input_type(&self.dom, id) == "password" || secret::speaks_of_secret(&words);
        let with = if is_secret && !value.is_empty() {
            draft.secret(if described.is_empty() { "password" } else { &described })
        } else if naming::is_masked(value) {
            plausible(draft, &words, &naming::input_type(&self.dom, id), value)
        } else {
            literal(value)?
        };
        Ok(Action::Fill { target, with })
    }

    fn scroll(&mut self, draft: &mut Draft, data: &Value) -> Handling {
        let id = number(data, "id").ok_or("it does not say what was scrolled")?;
        let is_page = self.dom.root() == Some(id) || self.dom.tag(id) == Some("html");
        if !is_page {
            return Err("scrolling inside an element is left out: steps scroll to what they need"
                .to_owned());
        }
        let to = whole(data, "y").ok_or("it does not say how far")?.clamp(0, i64::from(i32::MAX));
        let mut by = to - self.scrolled;
        let goes_on = self.last == Last::Scrolled;
        let last = draft.steps.last_mut().filter(|_| goes_on);
        if let Some(Action::Scroll(ScrollTo::By(before))) = last.as_ref().map(|step| &step.action) {
            by += i64::from(*before);
        }
        self.scrolled = to;
        let pixels = i32::try_from(by).unwrap_or(if by < 0 { i32::MIN } else { i32::MAX });
        let scroll = Action::Scroll(if to == 0 { ScrollTo::Top } else { ScrollTo::By(pixels) });
        self.last = Last::Scrolled;
        match last {
            Some(step) => {
                step.action = scroll;
                Ok(Fate::Folded)
            }
            None => {
                draft.act(scroll);
                Ok(Fate::Carried)
            }
        }
    }

    fn resize(&mut self, draft: &mut Draft, data: &Value) -> Handling {
        let (width, height) = size(data).ok_or("it does not say how large the window is")?;
        if self.size == Some((width, height)) {
            return Ok(Fate::Folded);
        }
        self.size = Some((width, height));
        let resize = Action::Resize { width, height };
        let goes_on = std::mem::replace(&mut self.last, Last::Resized) == Last::Resized;
        match draft.steps.last_mut().filter(|_| goes_on) {
            Some(step) => {
                step.action = resize;
                Ok(Fate::Folded)
            }
            None => {
                draft.act(resize);
                Ok(Fate::Carried)
            }
        }
    }
}

fn size(data: &Value) -> Option<(u32, u32)> {
    let side = |name| {
        let side = u32::try_from(whole(data, name)?).ok()?;
        (1..=MOST_PIXELS).contains(&u64::from(side)).then_some(side)
    };
    Some((side("width")?, side("height")?))
}

/// Something that a person could have typed where the recorder put stars.
fn plausible(draft: &mut Draft, words: &str, kind: &str, stars: &str) -> Template {
    let words = words.to_lowercase();
    let all: Vec<&str> = words.split(|c: char| !c.is_alphanumeric()).collect();
    let has = |parts: &[&str]| parts.iter().any(|part| all.contains(part));
    let field = match kind {
        "email" => "email",
        "tel" => "phone",
        _ if has(&["email", "mail"]) => "email",
        _ if has(&["phone", "telephone", "tel", "telefon", "mobile"]) => "phone",
        _ if has(&["zip", "postcode", "postal", "plz", "zipcode"]) => "zip",
        _ if has(&["city", "town", "ort", "stadt", "level2"]) => "city",
        _ if has(&["street", "address", "straße", "line1"]) => "street",
        _ if has(&["first", "given", "firstname", "vorname"]) => "first_name",
        _ if has(&["last", "family", "surname", "lastname", "nachname"]) => "last_name",
        _ if has(&["name"]) => "name",
        _ => "",
    };
    if field.is_empty() {
        draft.say_of_all("what was typed is masked; a text of the same length stands in its place");
        let letters = "example ".chars().cycle();
        let text: String = letters.take(stars.chars().count().min(200)).collect();
        return match kind {
            "number" | "range" => Template::new("1"),
            "date" => Template::new("2026-01-31"),
            _ => Template::new(text.trim_end()),
        };
    }
    draft.say_of_all("what was typed is masked; a made-up person's details stand in its place");
    Template::new(format!("{{{{person.{field}}}}}"))
}
