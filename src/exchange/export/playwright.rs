//! Plan → a test for `@playwright/test`: one file that needs nothing else. How it finds elements
//! and waits is in `assets/exchange/playwright.js`, which stands in front of the test.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Exported, Said, moves, say_what_stays};
use crate::exchange::account::{Fate, Handling};
use crate::journey::template::{FRESH, Part};
use crate::journey::{
    Action, By, Class, Condition, DialogAnswer, Expectation, Journey, Locator, ScrollTo, Target,
    Template, Variable,
};
use crate::perturb::script::{Haste, Role};
use crate::perturb::{Deed, Manner, Move, Network, words};
use crate::time::Span;

const WALKER: &str = include_str!("../../../assets/exchange/playwright.js");

/// How long a step may take, as in a sweep, in milliseconds.
const STEP_LIMIT: u64 = 15_000;
/// How long a statement may take to become true, as in a sweep.
const EXPECT_LIMIT: Span = Span::secs(5);
/// Steps after a deviation that may not be possible are not waited for as long.
const ATTEMPT_LIMIT: u64 = 3_000;

/// Writes a plan as a test.
#[must_use]
pub fn write(plan: &Journey) -> Exported {
    let mut writer =
        Writer { plan, said: Said::default(), body: String::new(), off_path: false, waits: 0 };
    say_what_stays(plan, &mut writer.said);
    let moves = moves(plan, &mut writer.said);
    for (index, m) in moves.iter().enumerate() {
        writer.said.number = index + 1;
        let handling = writer.one(m);
        if handling.is_err() {
            writer.line(&format!("// not carried over: {}", comment(&words::deed(m))));
        }
        writer.said.count(&handling);
    }
    let header = plan.plan.as_ref();
    let (width, height) = header.map_or((1280, 800), |plan| plan.viewport);
    let base_url = header.map(|plan| plan.base_url.clone()).unwrap_or_default();
    let limit = 30_000 + STEP_LIMIT * moves.len() as u64 + writer.waits;
    let name = quoted(&plan.name);
    let text = format!(
        "// Written by desirepath convert. Run it with: npx playwright test\n\
         import {{ test, expect }} from '@playwright/test';\n\n\
         const BASE_URL = process.env.BASE_URL ?? {base};\n\
         const at = path => new URL(path, BASE_URL).href;\n\
         const secret = name => {{\n  const value = process.env[name];\n  \
         if (value === undefined) throw new Error(`set the environment variable ${{name}}`);\n  \
         return value;\n}};\n\n\
         {WALKER}\n\
         test.use({{ viewport: {{ width: {width}, height: {height} }} }});\n\n\
         test({name}, async ({{ page, context }}) => {{\n  \
         test.setTimeout({limit});\n  \
         const walker = new Walker(page);\n{body}}});\n",
        base = quoted(&base_url),
        body = writer.body,
    );
    let Said { remarks, account, .. } = writer.said;
    Exported { file: format!("{}.spec.mjs", plan.name), text, remarks, account }
}

struct Writer<'a> {
    plan: &'a Journey,
    said: Said,
    body: String,
    /// Whether an altering deviation has happened: what follows may not be possible.
    off_path: bool,
    /// How long the test stands and waits, in milliseconds.
    waits: u64,
}

impl Writer<'_> {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.body, "  {line}");
    }

    fn one(&mut self, m: &Move) -> Handling {
        if let Some(operator) = m.by {
            self.line(&format!("// {}: {}", operator.word(), comment(&words::deed(m))));
            self.off_path |= operator.class() == Class::Altering;
        } else {
            self.line(&format!("// {}", comment(&words::deed(m))));
        }
        let (code, is_statement, hurried) = match &m.deed {
            Deed::LeaveOut => return Ok(Fate::Carried),
            Deed::Act { action, manner, haste } => {
                let is_statement = matches!(action, Action::Expect(_));
                (self.act(action, manner)?, is_statement, *haste == Haste::Hurried)
            }
            around => (self.around(around), false, false),
        };
        if is_statement && self.off_path && m.needs.is_empty() {
            return Err("after this deviation a statement without needs is not judged".to_owned());
        }
        let rest = if hurried || is_statement { "" } else { "await walker.rest(); " };
        let id = quoted(&m.step.0);
        let may_miss = m.optional || self.off_path;
        let line = if is_statement && self.off_path {
            format!("if ({}.every(need => walker.done.has(need))) {{ {code} }}", needs(m))
        } else if m.role == Role::Around && !matches!(m.deed, Deed::Act { .. }) {
            format!("{rest}{code}")
        } else if m.role == Role::Around {
            format!("await walker.deviate({id}, async () => {{ {rest}{code} }});")
        } else if may_miss {
            let needs = if self.off_path { needs(m) } else { "[]".to_owned() };
            format!("await walker.attempt({id}, {needs}, async () => {{ {rest}{code} }});")
        } else {
            format!("await walker.step({id}, async () => {{ {rest}{code} }});")
        };
        self.line(&line);
        Ok(Fate::Carried)
    }

    fn around(&mut self, deed: &Deed) -> String {
        let mut wait = |span: &Span| {
            self.waits += span.as_millis();
            format!("await walker.page.waitForTimeout({});", span.as_millis())
        };
        match deed {
            Deed::Wait(span) => wait(span),
            Deed::LookAt(page) => format!("await walker.lookAt({});", quoted(page)),
            Deed::ComeBack => "await walker.comeBack();".to_owned(),
            Deed::LeaveTab(span) => {
                let wait = wait(span);
                format!("await walker.newTab('about:blank'); {wait} await walker.closeTab();")
            }
            Deed::Leave(span) => {
                let wait = wait(span);
                format!("await walker.page.goto('about:blank'); {wait}")
            }
            Deed::ExpireSession => "await context.clearCookies();".to_owned(),
            Deed::Network(Network::Offline) => "await context.setOffline(true);".to_owned(),
            Deed::Network(Network::Online) => "await context.setOffline(false); \
                 if (walker.page.url().startsWith('chrome-error:')) await walker.page.reload();"
                .to_owned(),
            Deed::Act { .. } | Deed::LeaveOut => String::new(),
        }
    }

    fn act(&mut self, action: &Action, manner: &Manner) -> Handled {
        let on = |target: &Target| self.find(target);
        Ok(match action {
            Action::Visit(to) => format!("await walker.page.goto(at({}));", self.text(to)?),
            Action::Go(route) => {
                let limit = self.limit();
                format!("await (await walker.link({}{limit})).click();", quoted(route.as_str()))
            }
            Action::Click(t) => format!("await {}.click();", on(t)?),
            Action::DoubleClick(t) => format!("await {}.dblclick();", on(t)?),
            Action::RightClick(t) => format!("await {}.click({{ button: 'right' }});", on(t)?),
            Action::Hover(t) => format!("await {}.hover();", on(t)?),
            Action::Fill { target, with } => self.fill(target, with, manner)?,
            Action::Type { target: None, text } => {
                format!("await walker.page.keyboard.type({});", self.text(text)?)
            }
            Action::Type { target: Some(target), text } => {
                let delay = match manner {
                    Manner::KeyByKey(span) => format!(", {{ delay: {} }}", span.as_millis()),
                    _ => String::new(),
                };
                let text = self.text(text)?;
                format!(
                    "const field = {}; await field.press('End'); \
                     await field.pressSequentially({text}{delay});",
                    on(target)?
                )
            }
            Action::Clear(t) => format!("await {}.clear();", on(t)?),
            Action::Select { target, option } => {
                format!("await walker.select({}, {});", on(target)?, self.text(option)?)
            }
            Action::Check(t) => format!("await {}.check();", on(t)?),
            Action::Uncheck(t) => format!("await {}.uncheck();", on(t)?),
            Action::Upload { target, files } => {
                let files: Result<Vec<String>, String> =
                    files.iter().map(|f| self.text(f)).collect();
                format!("await {}.setInputFiles([{}]);", on(target)?, files?.join(", "))
            }
            Action::Press { target: None, keys } => {
                format!("await walker.page.keyboard.press({});", quoted(&chord(keys)))
            }
            Action::Press { target: Some(target), keys } => {
                format!("await {}.press({});", on(target)?, quoted(&chord(keys)))
            }
            Action::Scroll(ScrollTo::Top) => {
                "await walker.page.evaluate(() => window.scrollTo(0, 0));".to_owned()
            }
            Action::Scroll(ScrollTo::Bottom) => "await walker.page.evaluate(() => \
                 window.scrollTo(0, document.documentElement.scrollHeight));"
                .to_owned(),
            Action::Scroll(ScrollTo::By(pixels)) => {
                format!("await walker.page.mouse.wheel(0, {pixels});")
            }
            Action::Scroll(ScrollTo::Element(t)) => {
                format!("await {}.scrollIntoViewIfNeeded();", on(t)?)
            }
            Action::Drag { from, to } => format!("await {}.dragTo({});", on(from)?, on(to)?),
            Action::Back => "await walker.page.goBack();".to_owned(),
            Action::Forward => "await walker.page.goForward();".to_owned(),
            Action::Reload => "await walker.page.reload();".to_owned(),
            Action::NewTab(Some(to)) => format!("await walker.newTab(at({}));", self.text(to)?),
            Action::NewTab(None) => "await walker.newTab(walker.page.url());".to_owned(),
            Action::SwitchTab(number) => format!("await walker.switchTab({number});"),
            Action::CloseTab => "await walker.closeTab();".to_owned(),
            Action::Resize { width, height } => {
                format!(
                    "await walker.page.setViewportSize({{ width: {width}, height: {height} }});"
                )
            }
            Action::Dialog(DialogAnswer::Dismiss) => {
                "walker.answer = { accept: false };".to_owned()
            }
            Action::Dialog(DialogAnswer::Accept(None)) => {
                "walker.answer = { accept: true };".to_owned()
            }
            Action::Dialog(DialogAnswer::Accept(Some(text))) => {
                format!("walker.answer = {{ accept: true, text: {} }};", self.text(text)?)
            }
            Action::WaitFor(what) | Action::Expect(what) => self.expectation(what)?,
            Action::Roam(_) => return Err("roaming has no fixed moves".to_owned()),
            Action::Use(_) | Action::Choose(_) | Action::Repeat { .. } | Action::AnyOrder(_) => {
                return Err("it is not drawn yet".to_owned());
            }
        })
    }

    fn fill(&self, target: &Target, with: &Template, manner: &Manner) -> Handled {
        let field = self.find(target)?;
        let text = self.text(with)?;
        Ok(match manner {
            Manner::AtOnce => format!("await {field}.fill({text});"),
            Manner::KeyByKey(span) => format!(
                "const field = {field}; await field.clear(); \
                 await field.pressSequentially({text}, {{ delay: {} }});",
                span.as_millis()
            ),
            Manner::ErasedFirst(slip) => format!(
                "const field = {field}; await field.fill({}); await field.clear(); \
                 await field.pressSequentially({text});",
                quoted(slip)
            ),
            Manner::Pasted => format!("await walker.paste({field}, {text});"),
        })
    }

    fn expectation(&self, what: &Expectation) -> Handled {
        let limit = what.within.unwrap_or(EXPECT_LIMIT).as_millis();
        let options = format!("{{ timeout: {limit} }}");
        let poll = |code: &str| format!("await expect.poll(async () => {code}, {options})");
        let mut all = Vec::new();
        for condition in &what.all {
            all.push(match condition {
                Condition::Url(to) => {
                    let to = self.text(to)?;
                    format!("{}.toBe(true);", poll(&format!("walker.on({to}, walker.page.url())")))
                }
                Condition::Title(text) => {
                    let text = self.text(text)?;
                    let title = poll("(await walker.page.title()).toLowerCase()");
                    format!("{title}.toContain({text}.toLowerCase());")
                }
                Condition::Text(text) => {
                    format!(
                        "{}.toContain({}.toLowerCase());",
                        poll("walker.text()"),
                        self.text(text)?
                    )
                }
                Condition::NoText(text) => {
                    format!(
                        "{}.not.toContain({}.toLowerCase());",
                        poll("walker.text()"),
                        self.text(text)?
                    )
                }
                Condition::Visible(target) => {
                    let count = poll(&format!("walker.count({})", self.ways(target)?));
                    format!("{count}.toBeGreaterThan(0);")
                }
                Condition::Hidden(target) => {
                    format!("{}.toBe(0);", poll(&format!("walker.count({})", self.ways(target)?)))
                }
                Condition::Count { target, is } => {
                    format!(
                        "{}.toBe({is});",
                        poll(&format!("walker.count({})", self.ways(target)?))
                    )
                }
                Condition::Value { target, is } => {
                    let value = poll(&format!("walker.value({})", self.ways(target)?));
                    format!("{value}.toBe({});", self.text(is)?)
                }
                Condition::Js(js) => {
                    // As a text, so that no expression can break out of the test.
                    let js = quoted(&format!("Boolean({js}\n)"));
                    format!("{}.toBe(true);", poll(&format!("walker.page.evaluate({js})")))
                }
            });
        }
        Ok(all.join(" "))
    }

    fn limit(&self) -> String {
        if self.off_path { format!(", {ATTEMPT_LIMIT}") } else { String::new() }
    }

    fn find(&self, target: &Target) -> Handled {
        Ok(format!("(await walker.find({}{}))", self.ways(target)?, self.limit()))
    }

    fn ways(&self, target: &Target) -> Handled {
        let ways: Result<Vec<String>, String> =
            target.alternatives().iter().map(|way| self.way(way)).collect();
        Ok(format!("[{}]", ways?.join(", ")))
    }

    fn way(&self, way: &Locator) -> Handled {
        let text = |text: &String| self.text(&Template::new(text.clone()));
        let mut out = match &way.by {
            By::Role { role, name: Some(name) } => {
                format!("{{ role: {}, name: {}", text(role)?, text(name)?)
            }
            By::Role { role: what, name: None }
            | By::Label(what)
            | By::Text(what)
            | By::Placeholder(what)
            | By::Alt(what)
            | By::Title(what)
            | By::TestId(what)
            | By::Css(what)
            | By::Xpath(what) => format!("{{ {}: {}", way.by.word(), text(what)?),
        };
        if way.exact {
            out.push_str(", exact: true");
        }
        if let Some(nth) = way.nth {
            let _ = write!(out, ", nth: {nth}");
        }
        Ok(out + " }")
    }

    /// A text as a JavaScript expression; secrets come from the environment there too.
    fn text(&self, text: &Template) -> Handled {
        let mut pieces = Vec::new();
        for part in text.parts() {
            pieces.push(match part {
                Part::Text(text) => quoted(text),
                // The tests of one process share it; a retry has a process of its own.
                Part::Name(FRESH) => {
                    "(process.env.FRESH ??= String(Date.now()).slice(-10))".to_owned()
                }
                Part::Name(name) => match self.plan.vars.get(name) {
                    Some(Variable::Env { name, .. }) => format!("secret({})", quoted(name)),
                    _ => return Err(format!("nobody there can tell the value of {name}")),
                },
            });
        }
        Ok(match pieces.as_slice() {
            [] => "''".to_owned(),
            [one] => one.clone(),
            several => format!("({})", several.join(" + ")),
        })
    }
}

/// Code, or why there is none.
type Handled = Result<String, String>;

fn needs(m: &Move) -> String {
    let needs: Vec<String> = m.needs.iter().map(|id| quoted(&id.0)).collect();
    format!("[{}]", needs.join(", "))
}

/// A text as a JavaScript string.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A text that cannot end its comment.
fn comment(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect()
}

/// A chord with Playwright's names, where a capital letter would mean Shift.
fn chord(keys: &str) -> String {
    let shifted = keys.to_ascii_lowercase().contains("shift");
    let parts: Vec<String> = match keys.trim() {
        "+" => vec!["+".to_owned()],
        keys => keys
            .split('+')
            .map(|part| match part.trim().to_ascii_lowercase().as_str() {
                "ctrl" => "Control".to_owned(),
                "esc" => "Escape".to_owned(),
                "plus" => "+".to_owned(),
                lower if lower.chars().count() == 1 && keys.contains('+') && !shifted => {
                    lower.to_owned()
                }
                _ => crate::exchange::keys::name(part.trim())
                    .unwrap_or_else(|| part.trim().to_owned()),
            })
            .collect(),
    };
    parts.join("+")
}
