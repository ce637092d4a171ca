//! Barriers on a page, as axe-core finds them. The library is run by the driver, so a page's
//! content security policy does not matter, and taken out again. What is made of a barrier is
//! `oracle::accessibility`'s.

use std::time::Duration;

use serde_json::{Value, json};

use super::wire::Refusal;
use super::{BrowserError, Page};
use crate::record::Barrier;

/// The library as it is published, from <https://www.npmjs.com/package/axe-core>.
const AXE: &str = include_str!("../../assets/axe/axe.min.js");
/// Elements of one barrier that are named.
const NAMED: usize = 5;
/// How long the driver lets the library run.
const AT_MOST: Duration = Duration::from_secs(15);

/// What a search for barriers gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Barriers {
    /// These.
    Found(Vec<Barrier>),
    /// The library could not be run, in words.
    Unsearchable(String),
}

impl Page<'_> {
    /// What tells the states of one route apart for whoever searches them: its headings and the
    /// dialogs that are open.
    ///
    /// # Errors
    /// The page hangs or crashed, or the session is lost.
    pub async fn state(&mut self) -> Result<String, BrowserError> {
        let state = "return [...document.querySelectorAll('h1, h2, dialog[open], [role=dialog], \
                     [role=alertdialog]')].slice(0, 40).map((el) => el.localName + ' ' + \
                     (el.textContent ?? '').trim().slice(0, 40)).join('\\n');";
        let body = json!({ "script": state, "args": [] });
        match self.script_command("execute/sync", body).await {
            Ok(state) => Ok(state.as_str().unwrap_or_default().to_owned()),
            Err(refusal) => Err(refusal.into_error("read the page")),
        }
    }

    /// Searches the page for barriers under the rules with these tags.
    ///
    /// # Errors
    /// The page crashed, or the session is lost.
    pub async fn barriers(&mut self, tags: &[String]) -> Result<Barriers, BrowserError> {
        self.limit_scripts(AT_MOST).await?;
        let body = json!({ "script": search(), "args": [tags, NAMED] });
        let answer = self.script_command("execute/async", body).await;
        self.limit_scripts(super::session::SCRIPT_LIMIT).await?;
        let told = match answer {
            Ok(told) => told,
            Err(Refusal::Unloaded) => {
                return Ok(Barriers::Unsearchable("the page went away meanwhile".into()));
            }
            Err(Refusal::Timeout(_)) => {
                let why = format!("it takes longer than {} s", AT_MOST.as_secs());
                return Ok(Barriers::Unsearchable(why));
            }
            Err(refusal) => return Err(refusal.into_error("search for barriers")),
        };
        let Value::String(told) = told else {
            return Ok(Barriers::Unsearchable("the library gave no answer".into()));
        };
        match serde_json::from_str(&told) {
            Ok(barriers) => Ok(Barriers::Found(barriers)),
            // The library's own words are no list.
            Err(_) => Ok(Barriers::Unsearchable(told)),
        }
    }

    async fn limit_scripts(&mut self, limit: Duration) -> Result<(), BrowserError> {
        let limit = limit.mul_f64(self.session.allowance());
        let body = json!({ "script": u64::try_from(limit.as_millis()).unwrap_or(u64::MAX) });
        let doing = "set its limits";
        self.session.command(doing, http::Method::POST, "timeouts", Some(body)).await.map(drop)
    }
}

/// The library in a function of its own, so that it finds no module system of the page; what it
/// leaves in the window is taken away again. It asks the network for nothing (`preload`).
fn search() -> String {
    format!(
        "const [tags, named, done] = arguments;\n\
         const before = new Map(['axe', 'doT'].map((name) => [name, Object.getOwnPropertyDescriptor(window, name)]));\n\
         const leave = (answer) => {{\n\
         for (const [name, known] of before) {{\n\
         if (known) Object.defineProperty(window, name, known); else delete window[name];\n\
         }}\n\
         done(answer);\n\
         }};\n\
         const module = {{ exports: {{}} }};\n\
         try {{\n\
         (function (module, exports, define) {{ {AXE}\n}}).call(window, module, module.exports, undefined);\n\
         module.exports.run(document, {{ runOnly: {{ type: 'tag', values: tags }}, resultTypes: ['violations'], iframes: false, preload: false }})\n\
         .then(({{ violations }}) => leave(JSON.stringify(violations.map(({{ id, impact, help, helpUrl, nodes }}) => ({{\n\
         rule: id, impact: impact ?? '', help, url: helpUrl, count: nodes.length,\n\
         targets: nodes.slice(0, named).map(({{ target }}) => target.flat(9).join(' ')),\n\
         }})))), (error) => leave(String(error?.message ?? error)));\n\
         }} catch (error) {{ leave(String(error?.message ?? error)); }}"
    )
}
