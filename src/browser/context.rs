//! Isolated contexts: cookies and storage of their own, with a first tab in them. They are made
//! over the BiDi socket alone, so that the next one can be made while a walk is under way, and
//! the last one be removed. Without BiDi a tab has to do.

use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::bidi::Line;
use super::bodies;
use super::lane::Lane;
use super::page::PageOptions;
use super::session::{COMMAND_LIMIT, SCRIPT_LIMIT, Session, micros};
use super::{BrowserError, BrowserKind};

/// What a context is given before anything is loaded in it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Dress {
    /// Firefox draws one tab of a window: the next one may not come before the one in use.
    background: bool,
    viewport: (u32, u32),
    user_agent: Option<String>,
}

/// A context with its first tab.
#[derive(Debug)]
pub(super) struct Isolated {
    /// `None` without BiDi: nothing isolates the tab.
    pub user_context: Option<String>,
    /// The tab's handle, which is its BiDi context too.
    pub tab: String,
    /// What keeps the bodies of its requests.
    pub collector: Option<String>,
    /// The tab's line of scripts.
    pub lane: Option<Lane>,
    /// What it could not be given, in words.
    lost: Vec<String>,
}

/// A context that is being made.
#[derive(Debug)]
pub(super) struct Ahead {
    dress: Dress,
    making: JoinHandle<Result<Isolated, String>>,
}

impl Session {
    /// A context for these options: the one that was made ahead, or a new one.
    pub(super) async fn isolate(
        &mut self,
        options: &PageOptions,
    ) -> Result<Isolated, BrowserError> {
        let Some(line) = self.socket.as_ref().map(super::bidi::Socket::line) else {
            let tab = self.new_tab(None).await?;
            return Ok(Isolated {
                user_context: None,
                tab,
                collector: None,
                lane: None,
                lost: Vec::new(),
            });
        };
        let dress = self.dress(options);
        let began = Instant::now();
        let made = match self.ahead.take() {
            Some(ahead) if ahead.dress == dress => {
                ahead.making.await.unwrap_or_else(|why| Err(why.to_string()))
            }
            _ => make(line, dress, self.address.clone()).await,
        };
        self.spent.browser += micros(began.elapsed());
        let isolated = made.map_err(BrowserError::SessionLost)?;
        self.left_over.clone_from(&isolated.user_context);
        self.collector.clone_from(&isolated.collector);
        for what in &isolated.lost {
            self.note_lost(what);
        }
        Ok(isolated)
    }

    /// Begins to make the context after this one, for the same options.
    pub(super) fn isolate_ahead(&mut self, options: &PageOptions) {
        if let (Some(socket), None) = (&self.socket, &self.ahead) {
            let dress = self.dress(options);
            let making = tokio::spawn(make(socket.line(), dress.clone(), self.address.clone()));
            self.ahead = Some(Ahead { dress, making });
        }
    }

    /// A line of scripts to a tab, where the browser has one. Without BiDi only the driver knows of
    /// documents on their way and of dialogs, and scripts are its affair.
    pub(super) async fn lane_to(&self, tab: &str) -> Option<Lane> {
        self.socket.as_ref()?;
        Lane::open(self.address.as_deref()?, tab).await.ok()
    }

    fn dress(&self, options: &PageOptions) -> Dress {
        let marked = options.user_agent_suffix.as_ref().zip(self.user_agent.as_ref());
        Dress {
            background: self.kind == BrowserKind::Firefox,
            viewport: options.viewport,
            // Applications that turn headless browsers away would not be walked as people do.
            user_agent: marked.map(|(mark, agent)| {
                format!("{} {mark}", agent.replace("HeadlessChrome/", "Chrome/"))
            }),
        }
    }

    /// Another tab of the same context; gives its handle.
    pub(super) async fn new_tab(
        &mut self,
        user_context: Option<&str>,
    ) -> Result<String, BrowserError> {
        if let (Some(socket), Some(user_context)) = (&self.socket, user_context) {
            let params = json!({ "type": "tab", "userContext": user_context });
            let made = socket.call("browsingContext.create", params).await;
            return made.and_then(|made| word(&made, "context")).map_err(BrowserError::SessionLost);
        }
        let doing = "open a tab";
        // WebKit draws one tab of a window, and nothing happens in those behind it.
        let kind = if self.kind == BrowserKind::Webkit { "window" } else { "tab" };
        let body = Some(json!({ "type": kind }));
        let made = self.command(doing, Method::POST, "window/new", body).await?;
        word(&made, "handle").map_err(|why| BrowserError::Refused { doing: doing.to_owned(), why })
    }

    /// Has the driver wait so long for a document, and no longer than we wait for the driver: it
    /// would still be busy when we go on.
    pub(super) async fn limit_loading(&mut self, limit: Duration) -> Result<(), BrowserError> {
        let stretch = self.stretch().ceil();
        let limit = limit.min(COMMAND_LIMIT - Duration::from_secs(5)).mul_f64(stretch);
        if limit == self.loading {
            return Ok(());
        }
        self.allowed = self.allowed.max(stretch);
        let millis = |limit: Duration| u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        let scripts = SCRIPT_LIMIT.mul_f64(stretch);
        let body = json!({ "pageLoad": millis(limit), "script": millis(scripts) });
        self.command("set its limits", Method::POST, "timeouts", Some(body)).await?;
        (self.loading, self.allowed) = (limit, stretch);
        Ok(())
    }

    /// Removes what the last page left: with BiDi its context, while the next page begins;
    /// without, its tabs.
    pub(super) async fn remove_left_over(&mut self) {
        if !self.is_usable() {
            return;
        }
        let user_context = self.left_over.take();
        let collector = self.collector.take();
        match (&self.socket, user_context) {
            (Some(socket), Some(context)) => {
                let line = socket.line();
                tokio::spawn(async move {
                    if let Some(collector) = collector {
                        bodies::forget(&line, &collector).await;
                    }
                    // What is lost with the browser needs no removing.
                    let params = json!({ "userContext": context });
                    let _ = line.call("browser.removeUserContext", params).await;
                });
            }
            (Some(_), None) => {}
            (None, _) => self.close_tabs().await,
        }
    }

    /// Closes every tab but the first; refusals mean that they are gone already.
    async fn close_tabs(&mut self) {
        let handles = self.try_command(Method::GET, "window/handles", None, COMMAND_LIMIT).await;
        let Ok(Value::Array(handles)) = handles else { return };
        for handle in handles {
            if handle == self.home {
                continue;
            }
            let body = json!({ "handle": handle });
            let _ = self.try_command(Method::POST, "window", Some(body), COMMAND_LIMIT).await;
            let _ = self.try_command(Method::DELETE, "window", None, COMMAND_LIMIT).await;
        }
        let home = json!({ "handle": self.home });
        let _ = self.try_command(Method::POST, "window", Some(home), COMMAND_LIMIT).await;
    }

    pub(super) fn note_lost(&mut self, what: &str) {
        if !self.lost.iter().any(|known| known == what) {
            self.lost.push(what.to_owned());
        }
    }
}

/// Makes a context and dresses it; an error is in the browser's words and means that there is no
/// context.
async fn make(line: Line, dress: Dress, address: Option<String>) -> Result<Isolated, String> {
    let created = line.call("browser.createUserContext", json!({})).await?;
    let user_context = word(&created, "userContext")?;
    let mut tab = json!({ "type": "tab", "userContext": user_context });
    if dress.background {
        tab["background"] = json!(true);
    }
    let created = line.call("browsingContext.create", tab).await?;
    let tab = word(&created, "context")?;
    let (width, height) = dress.viewport;
    let viewport = json!({ "context": tab, "viewport": { "width": width, "height": height } });
    line.call("browsingContext.setViewport", viewport).await?;
    let contexts = json!([user_context]);
    let mut lost = Vec::new();
    if let Some(agent) = dress.user_agent {
        let params = json!({ "userAgent": agent, "userContexts": contexts });
        if let Err(why) = line.call("emulation.setUserAgentOverride", params).await {
            lost.push(format!("the mark in the user agent ({why})"));
        }
    }
    let collector = match bodies::collect(&line, &user_context).await {
        Ok(collector) => Some(collector),
        Err(why) => {
            lost.push(format!("the shapes of requests and answers ({why})"));
            None
        }
    };
    let lane = match address {
        Some(address) => Lane::open(&address, &tab).await.ok(),
        None => None,
    };
    Ok(Isolated { user_context: Some(user_context), tab, collector, lane, lost })
}

fn word(answer: &Value, key: &str) -> Result<String, String> {
    answer[key].as_str().map(str::to_owned).ok_or_else(|| format!("no {key} in {answer}"))
}
