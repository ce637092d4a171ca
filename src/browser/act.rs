//! Acting: what a person does with pointer and keyboard. Each act is one round trip where it can
//! be; whether the element was ready is for a look to say.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::glance::Found;
use super::page::Page;
use super::wire::Refusal;
use super::{BrowserError, BrowserKind, keys, script};
use crate::journey::ScrollTo;

/// What a pointer does at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gesture {
    /// Presses and releases.
    Click,
    /// Twice, as one gesture.
    Double,
    /// With the right button.
    Right,
    /// Only goes there.
    Hover,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Held {
    /// Its text.
    pub content: String,
    /// Whether the page or the browser says that this will not do.
    pub refused: bool,
}

/// So many keys are typed sooner than another command would put them in.
const FEW_KEYS: usize = 2;

/// Fields whose pickers no keyboard fills alike in all locales.
const PICKERS: [&str; 8] =
    ["date", "time", "datetime-local", "month", "week", "color", "range", "number"];

/// The web element identifier: <https://www.w3.org/TR/webdriver2/#elements>.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How the tab's own line calls events of the pointer and of the keys.
const POINTER: &str = "Input.dispatchMouseEvent";
const KEYS: &str = "Input.dispatchKeyEvent";

/// What the library tells and does not do.
const READINGS: [&str; 5] = ["held", "offers", "offer", "ending", "snapshot"];

impl Page<'_> {
    /// Uses the pointer at the element's point.
    ///
    /// # Errors
    /// The page hangs or crashed, or the session is lost.
    pub async fn click(&mut self, found: &Found, gesture: Gesture) -> Result<(), BrowserError> {
        let turns = pointing(found.point, gesture);
        let by_lane = self.by_lane(POINTER, turns, Duration::ZERO, "use the pointer");
        if let Some(done) = by_lane.await {
            return done;
        }
        let (down, up) = match gesture {
            Gesture::Right => (pointer("pointerDown", 2), pointer("pointerUp", 2)),
            _ => (pointer("pointerDown", 0), pointer("pointerUp", 0)),
        };
        let mut actions = vec![move_to(found.point, 0)];
        match gesture {
            Gesture::Hover => {}
            Gesture::Click | Gesture::Right => actions.extend([down, up]),
            Gesture::Double => actions.extend([down.clone(), up.clone(), down, up]),
        }
        self.perform(mouse(&actions), Duration::ZERO, "click").await
    }

    /// Sends input by the tab's own line, turn by turn with a pause after each; `None` where there
    /// is no line, and nothing was sent.
    async fn by_lane(
        &mut self,
        method: &'static str,
        turns: Vec<Vec<Value>>,
        pause: Duration,
        doing: &str,
    ) -> Option<Result<(), BrowserError>> {
        if let Err(error) = self.has_left().await {
            return Some(Err(error));
        }
        let lane = self.lane.as_ref()?;
        let limit = self.patience().mul_f64(self.session.allowance()) + lasting(pause, turns.len());
        let (began, before) = (Instant::now(), self.told.mark());
        let mut answer = self.session.through(lane.input(method, turns, pause, limit)).await;
        if answer.is_none() {
            self.lane = None;
        }
        self.drain_events();
        if let Some(Err(Refusal::Timeout(_))) = answer
            && self.told.has_dialog_since(before)
        {
            // All were answered, and there was always another one.
            self.session.give_up();
            answer = Some(Err(Refusal::Nagged(began.elapsed())));
        }
        Some(self.performed(answer?, began, doing).await)
    }

    /// Whether the page has not heard of the click that was just made: the element was locked
    /// between the look and the press.
    ///
    /// # Errors
    /// The page hangs or crashed, or the session is lost.
    pub async fn is_unheard(&mut self) -> Result<bool, BrowserError> {
        match self.act("unheard", json!({}), "see whether a click was heard").await {
            Ok(unheard) => Ok(unheard == true),
            // It has led somewhere.
            Err(BrowserError::Gone) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What the field that the look has aimed at holds.
    ///
    /// # Errors
    /// The element went away, the page hangs or crashed, or the session is lost.
    pub async fn held(&mut self) -> Result<Held, BrowserError> {
        let doing = "read a field";
        let held = self.act("held", json!({}), doing).await?;
        serde_json::from_value(held)
            .map_err(|why| BrowserError::Refused { doing: doing.to_owned(), why: why.to_string() })
    }

    /// Drags one element onto another; the look before has aimed at the first.
    ///
    /// # Errors
    /// The page hangs or crashed, or the session is lost.
    pub async fn drag(&mut self, from: &Found, to: &Found) -> Result<(), BrowserError> {
        let (start, end) = (from.point, to.point);
        if self.session.kind != BrowserKind::Chromium {
            // Firefox's pointer begins a drag of HTML and never drops: https://bugzil.la/1515879. WebKit's does so, too.
            let to = json!({ "to": [end.0, end.1] });
            if self.act("drop", to, "drag").await? == true {
                return Ok(());
            }
        }
        let between = |part: f64| {
            (
                (start.0 + (end.0 - start.0) * part).round(),
                (start.1 + (end.1 - start.1) * part).round(),
            )
        };
        let actions = [
            move_to(start, 0),
            pointer("pointerDown", 0),
            // Pages begin a drag after a few pixels, and follow moves, not jumps.
            move_to((start.0 + 4.0, start.1 + 4.0), 30),
            move_to(between(0.5), 60),
            move_to(end, 60),
            move_to(end, 30),
            pointer("pointerUp", 0),
        ];
        self.perform(mouse(&actions), Duration::from_millis(180), "drag").await
    }

    /// Replaces the content of the field that the look has aimed at. The text is put in at once,
    /// as an input method does, but for its last character, which is typed: pages that listen to
    /// keys rather than to input hear one when the whole text is there. It is a real key as long
    /// as nobody has used the page, and one that only the page hears afterwards, which is sooner.
    /// What no keyboard types exactly is put in whole.
    ///
    /// # Errors
    /// The element went away, the page hangs or crashed, or the session is lost.
    pub async fn fill(&mut self, found: &Found, text: &str) -> Result<(), BrowserError> {
        let doing = "fill a field";
        if found.input.as_deref().is_some_and(|kind| PICKERS.contains(&kind)) {
            return self.act("set", json!({ "text": text }), doing).await.map(drop);
        }
        if text.is_empty() {
            return self.clear(found).await;
        }
        let one_line = found.input.as_deref().is_some_and(|kind| kind != "contenteditable");
        // Browsers take line ends out of what is put into a single line; typed, they would send
        // the form.
        let text =
            if one_line { text.replace(['\n', '\r'], "") } else { text.replace("\r\n", "\n") };
        let letters: Vec<char> = text.chars().collect();
        let typed = match keys::is_typeable(&text) {
            true if letters.len() <= FEW_KEYS => letters.len(),
            true => 1,
            false => 0,
        };
        let (inserted, typed) = letters.split_at(letters.len() - typed);
        let (inserted, typed): (String, String) =
            (inserted.iter().collect(), typed.iter().collect());
        let left = self.act("fill", json!({ "text": inserted, "keys": typed }), doing).await?;
        if left != true {
            return Ok(());
        }
        self.strike(&keys::letters(&typed), Duration::ZERO, doing).await
    }

    /// Types at the end of the field aimed at, or wherever the focus is without one.
    ///
    /// # Errors
    /// The element went away, the page hangs or crashed, or the session is lost.
    pub async fn type_keys(
        &mut self,
        found: Option<&Found>,
        text: &str,
        pause: Option<Duration>,
    ) -> Result<(), BrowserError> {
        let doing = "type";
        if found.is_some() {
            self.act("focus", json!({ "caret": "end" }), doing).await?;
        }
        if pause.is_none() && !keys::is_typeable(text) {
            let args = json!({ "text": text, "caret": "keep", "focused": true });
            return self.act("insert", args, doing).await.map(drop);
        }
        // With a rhythm, the text goes in pieces, so that no command lasts longer than a moment.
        let letters: Vec<char> = text.chars().collect();
        let piece = match pause.map(|p| p.as_millis()) {
            Some(ms) if ms > 0 => usize::try_from(5_000 / ms).unwrap_or(1).clamp(1, 100),
            _ => 100,
        };
        for part in letters.chunks(piece) {
            let part: String = part.iter().collect();
            if keys::is_typeable(&part) {
                self.strike(&keys::letters(&part), pause.unwrap_or_default(), doing).await?;
            } else {
                let args = json!({ "text": part, "caret": "keep", "focused": true });
                self.act("insert", args, doing).await?;
                tokio::time::sleep(lasting(pause.unwrap_or_default(), piece)).await;
            }
        }
        Ok(())
    }

    /// Presses a key or chord (`Enter`, `Control+A`) wherever the focus is.
    ///
    /// # Errors
    /// The chord is not known, the page hangs or crashed, or the session is lost.
    pub async fn press(&mut self, chord: &str) -> Result<(), BrowserError> {
        self.strike(&[keys::chord(chord)?], Duration::ZERO, "press keys").await
    }

    /// Presses chords one after the other, with a pause after each.
    async fn strike(
        &mut self,
        chords: &[Vec<char>],
        pause: Duration,
        doing: &str,
    ) -> Result<(), BrowserError> {
        // On a Mac, keys edit by commands that the driver adds.
        if !cfg!(target_os = "macos") {
            let turns = chords.iter().map(|chord| keys::strokes(chord)).collect();
            if let Some(done) = self.by_lane(KEYS, turns, pause, doing).await {
                return done;
            }
        }
        self.perform(keys::actions(chords, pause), lasting(pause, chords.len()), doing).await
    }

    /// Pastes over the content of the field that the look has aimed at.
    ///
    /// # Errors
    /// The element went away, the page hangs or crashed, or the session is lost.
    pub async fn paste(&mut self, _field: &Found, text: &str) -> Result<(), BrowserError> {
        self.act("paste", json!({ "text": text }), "paste").await.map(drop)
    }

    /// Empties the field that the look has aimed at.
    ///
    /// # Errors
    /// The element went away, the page hangs or crashed, or the session is lost.
    pub async fn clear(&mut self, found: &Found) -> Result<(), BrowserError> {
        let picker = found.input.as_deref().is_some_and(|kind| PICKERS.contains(&kind));
        let kind = if picker { "set" } else { "insert" };
        self.act(kind, json!({ "text": "", "caret": "all" }), "clear a field").await.map(drop)
    }

    /// Chooses an option by value or label in the `<select>` that the look has aimed at.
    ///
    /// # Errors
    /// There is no such option, the element went away, or the session is lost.
    pub async fn select(&mut self, _list: &Found, option: &str) -> Result<(), BrowserError> {
        let answer = self.act("select", json!({ "option": option }), "choose an option").await?;
        if answer.is_null() {
            return Ok(());
        }
        let there = answer["missing"].as_array().into_iter().flatten();
        let there = there.filter_map(Value::as_str).map(str::to_owned).collect();
        Err(BrowserError::NoOption { option: option.to_owned(), there })
    }

    /// Ticks a checkbox or radio button, unless it is ticked.
    ///
    /// # Errors
    /// The page hangs or crashed, or the session is lost.
    pub async fn check(&mut self, found: &Found) -> Result<(), BrowserError> {
        if found.checked == Some(true) {
            return Ok(());
        }
        self.click(found, Gesture::Click).await
    }

    /// Unticks a checkbox, unless it is not ticked.
    ///
    /// # Errors
    /// The page hangs or crashed, or the session is lost.
    pub async fn uncheck(&mut self, found: &Found) -> Result<(), BrowserError> {
        if found.checked == Some(false) {
            return Ok(());
        }
        self.click(found, Gesture::Click).await
    }

    /// Puts files into a file input.
    ///
    /// # Errors
    /// A file is not there, the element is no file input, or the session is lost.
    pub async fn upload(&mut self, found: &Found, files: &[PathBuf]) -> Result<(), BrowserError> {
        let doing = "upload";
        if found.input.as_deref() != Some("file") {
            let why = format!("<{}> takes no files", found.tag);
            return Err(BrowserError::Refused { doing: doing.to_owned(), why });
        }
        let mut paths = Vec::with_capacity(files.len());
        for path in files {
            let missing = |why: &str| BrowserError::Refused {
                doing: doing.to_owned(),
                why: format!("{} {why}", path.display()),
            };
            // Drivers take whole paths only.
            let whole = std::path::absolute(path).map_err(|why| missing(&why.to_string()))?;
            if !whole.is_file() {
                return Err(missing("is no file"));
            }
            paths.push(whole.display().to_string());
        }
        let asked = json!({ "script": script::TARGET, "args": [] });
        let target = self.session.command(doing, Method::POST, "execute/sync", Some(asked)).await?;
        let element = target[ELEMENT].as_str().ok_or(BrowserError::Gone)?;
        let body = json!({ "text": paths.join("\n") });
        let path = format!("element/{element}/value");
        self.session.command(doing, Method::POST, &path, Some(body)).await.map(drop)
    }

    /// Scrolls. An element is in view already when a look has aimed at it.
    ///
    /// # Errors
    /// The page hangs or crashed, or the session is lost.
    pub async fn scroll(&mut self, to: &ScrollTo) -> Result<(), BrowserError> {
        match to {
            ScrollTo::Top => self.act("scroll", json!({ "to": "top" }), "scroll").await.map(drop),
            ScrollTo::Bottom => {
                self.act("scroll", json!({ "to": "bottom" }), "scroll").await.map(drop)
            }
            ScrollTo::By(pixels) => {
                let (width, height) = self.options.viewport;
                let wheel = json!({ "actions": [{ "type": "wheel", "id": "wheel", "actions": [{
                    "type": "scroll", "x": width / 2, "y": height / 2,
                    "deltaX": 0, "deltaY": pixels, "duration": 0, "origin": "viewport",
                }] }] });
                self.perform(wheel, Duration::ZERO, "scroll").await
            }
            ScrollTo::Element(_) => Ok(()),
        }
    }

    /// Performs actions. A dialog that they open is answered; they are never performed twice.
    async fn perform(
        &mut self,
        actions: Value,
        lasting: Duration,
        doing: &str,
    ) -> Result<(), BrowserError> {
        let limit = self.patience() + lasting;
        let began = Instant::now();
        let answer = self.session.try_command(Method::POST, "actions", Some(actions), limit).await;
        self.performed(answer.map(drop), began, doing).await
    }

    /// What has come of an act.
    async fn performed(
        &mut self,
        answer: Result<(), Refusal>,
        began: Instant,
        doing: &str,
    ) -> Result<(), BrowserError> {
        self.drain_events();
        match answer {
            Ok(()) | Err(Refusal::Unloaded) => {
                self.take_effect().await;
                Ok(())
            }
            Err(Refusal::Alert(_)) => {
                self.answer_dialog().await;
                Ok(())
            }
            // The page did not take the event: its scripts let nothing else run.
            Err(Refusal::Timeout(_)) => {
                self.session.give_up();
                Err(BrowserError::Hung { doing: doing.to_owned(), after: began.elapsed() })
            }
            Err(refusal) => Err(refusal.into_error(doing)),
        }
    }

    /// Lets the library act on the element aimed at.
    pub(super) async fn act(
        &mut self,
        kind: &str,
        args: Value,
        doing: &str,
    ) -> Result<Value, BrowserError> {
        self.has_left().await?;
        for _ in 0..2 {
            let body = json!({ "script": script::ACT, "args": [kind, args] });
            let answer = match self.script_command("execute/sync", body).await {
                // What was done has led to another document, before the driver could answer.
                Err(Refusal::Unloaded) if !READINGS.contains(&kind) => return Ok(Value::Null),
                other => other.map_err(|refusal| refusal.into_error(doing))?,
            };
            let text = answer.as_str().unwrap_or("null");
            let value: Value = serde_json::from_str(text).unwrap_or_default();
            if value["gone"] == true {
                return Err(BrowserError::Gone);
            }
            if value["absent"] != true {
                return Ok(value);
            }
            self.install().await?;
        }
        Err(BrowserError::Gone)
    }
}

/// What the tab is told of a gesture, press by press.
/// <https://chromedevtools.github.io/devtools-protocol/tot/Input/#method-dispatchMouseEvent>
fn pointing((x, y): (f64, f64), gesture: Gesture) -> Vec<Vec<Value>> {
    let (button, bit, presses) = match gesture {
        Gesture::Hover => ("none", 0, 0),
        Gesture::Click => ("left", 1, 1),
        Gesture::Double => ("left", 1, 2),
        Gesture::Right => ("right", 2, 1),
    };
    let event = |kind: &str, button: &str, buttons: u8, count: u8| {
        json!({
            "type": kind, "x": x.round(), "y": y.round(),
            "button": button, "buttons": buttons, "clickCount": count,
        })
    };
    let press = |count| {
        vec![event("mousePressed", button, bit, count), event("mouseReleased", button, 0, count)]
    };
    // A move by itself would be told with the next frame; with a press, it is told before it.
    let mut first = vec![event("mouseMoved", "none", 0, 0)];
    first.extend((1..=presses.min(1)).flat_map(press));
    std::iter::once(first).chain((2..=presses).map(press)).collect()
}

/// How long so many pauses are.
fn lasting(pause: Duration, times: usize) -> Duration {
    pause * u32::try_from(times).unwrap_or(u32::MAX)
}

fn pointer(kind: &str, button: u8) -> Value {
    json!({ "type": kind, "button": button })
}

fn move_to((x, y): (f64, f64), millis: u32) -> Value {
    json!({ "type": "pointerMove", "duration": millis, "origin": "viewport", "x": x.round(), "y": y.round() })
}

fn mouse(actions: &[Value]) -> Value {
    json!({ "actions": [{
        "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": actions,
    }] })
}
