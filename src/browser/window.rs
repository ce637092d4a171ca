//! What surrounds a page: the browser's own buttons, tabs, window size, dialogs, cookies and the
//! network. Pointer and keyboard are in `act`.

use http::Method;
use serde_json::{Value, json};

use super::BrowserError;
use super::bidi::PromptAnswer;
use super::page::Page;
use super::wire::Refusal;
use crate::journey::DialogAnswer;

/// Whether the page has a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// It has none.
    Offline,
    /// It has.
    Online,
}

impl Page<'_> {
    /// The browser's back button.
    ///
    /// # Errors
    /// The page behind does not answer, or the session is lost.
    pub async fn back(&mut self) -> Result<(), BrowserError> {
        self.button("back").await
    }

    /// The browser's forward button.
    ///
    /// # Errors
    /// The page ahead does not answer, or the session is lost.
    pub async fn forward(&mut self) -> Result<(), BrowserError> {
        self.button("forward").await
    }

    /// The browser's reload button.
    ///
    /// # Errors
    /// The page does not answer, or the session is lost.
    pub async fn reload(&mut self) -> Result<(), BrowserError> {
        self.button("refresh").await
    }

    async fn button(&mut self, path: &str) -> Result<(), BrowserError> {
        match self.navigate(path, json!({})).await {
            Ok(()) => Ok(()),
            Err(Refusal::Timeout(_)) => Err(BrowserError::Unanswered {
                url: self.options.base_url.clone(),
                after: self.session.loading,
            }),
            Err(refusal) => Err(refusal.into_error(path)),
        }
    }

    /// Opens a tab beside this one and goes on there, at an address where one is given.
    ///
    /// # Errors
    /// As [`Page::goto`].
    pub async fn new_tab(&mut self, url: Option<&str>) -> Result<(), BrowserError> {
        let user_context = self.session.left_over.clone();
        let tab = self.session.new_tab(user_context.as_deref()).await?;
        self.told.add_tab(&tab);
        self.enter(&tab).await?;
        let (width, height) = self.options.viewport;
        self.set_viewport(width, height).await?;
        match url {
            Some(url) => self.goto(url).await,
            None => Ok(()),
        }
    }

    /// Goes on in the tab with this number, from 1 in order of opening.
    ///
    /// # Errors
    /// There is no such tab, or the session is lost.
    pub async fn switch_tab(&mut self, number: u32) -> Result<(), BrowserError> {
        let tabs = self.tabs().await?;
        let wanted = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
        let tab = wanted
            .and_then(|n| tabs.get(n))
            .ok_or(BrowserError::NoTab { number, open: tabs.len() })?
            .clone();
        self.enter(&tab).await
    }

    /// Closes this tab and goes on in the one opened before it.
    ///
    /// # Errors
    /// It is the only one, or the session is lost.
    pub async fn close_tab(&mut self) -> Result<(), BrowserError> {
        let tabs = self.tabs().await?;
        let here = tabs.iter().position(|tab| *tab == self.tab).unwrap_or(tabs.len());
        let next = tabs[..here].last().or_else(|| tabs.get(here + 1)).cloned();
        let next = next.ok_or(BrowserError::NoTab { number: 2, open: tabs.len() })?;
        self.session.command("close the tab", Method::DELETE, "window", None).await?;
        self.told.tabs.retain(|tab| *tab != self.tab);
        self.enter(&next).await
    }

    /// The page's tabs in order of opening.
    async fn tabs(&mut self) -> Result<Vec<String>, BrowserError> {
        self.catch_up().await;
        if self.session.socket.is_none() {
            let handles =
                self.session.command("list the tabs", Method::GET, "window/handles", None).await?;
            let open: Vec<&str> =
                handles.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            self.told.tabs.retain(|tab| open.contains(&tab.as_str()));
            for tab in open.into_iter().filter(|tab| *tab != self.session.home) {
                self.told.add_tab(tab);
            }
        }
        Ok(self.told.tabs.clone())
    }

    /// The viewport's width and height, in CSS pixels.
    #[must_use]
    pub const fn viewport(&self) -> (u32, u32) {
        self.options.viewport
    }

    /// Changes the viewport, in CSS pixels.
    ///
    /// # Errors
    /// The session is lost.
    pub async fn resize(&mut self, width: u32, height: u32) -> Result<(), BrowserError> {
        self.options.viewport = (width, height);
        self.set_viewport(width, height).await
    }

    pub(super) async fn set_viewport(
        &mut self,
        width: u32,
        height: u32,
    ) -> Result<(), BrowserError> {
        if let Some(socket) = &self.session.socket {
            let params = json!({
                "context": self.tab, "viewport": { "width": width, "height": height },
            });
            if socket.call("browsingContext.setViewport", params).await.is_ok() {
                return Ok(());
            }
        }
        // Classic knows only the window's outer size: the frame around it is added.
        let body = json!({
            "script": "return [outerWidth - innerWidth, outerHeight - innerHeight];", "args": [],
        });
        let frame =
            self.session.command("resize", Method::POST, "execute/sync", Some(body)).await?;
        let side = |i: usize| frame[i].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        let body = json!({ "width": width + side(0), "height": height + side(1) });
        self.session.command("resize", Method::POST, "window/rect", Some(body)).await.map(drop)
    }

    /// Says what is answered to the next `alert`, `confirm` or `prompt`; all others get OK.
    pub async fn answer_next_dialog(&mut self, answer: &DialogAnswer) {
        let answer = match answer {
            DialogAnswer::Accept(text) => {
                PromptAnswer::Accept(text.as_ref().map(|t| t.as_str().to_owned()))
            }
            DialogAnswer::Dismiss => PromptAnswer::Dismiss,
        };
        match &self.session.socket {
            Some(socket) => socket.answer_next(Some(answer)).await,
            None => self.answer = Some(answer),
        }
    }

    /// Deletes the application's cookies, as if the login had expired.
    ///
    /// # Errors
    /// The session is lost.
    pub async fn expire_session(&mut self) -> Result<(), BrowserError> {
        if let (Some(socket), Some(context)) = (&self.session.socket, &self.session.left_over) {
            let params = json!({ "partition": { "type": "storageKey", "userContext": context } });
            if socket.call("storage.deleteCookies", params).await.is_ok() {
                return Ok(());
            }
        }
        self.session.command("delete cookies", Method::DELETE, "cookie", None).await.map(drop)
    }

    /// Takes the network away, or gives it back.
    ///
    /// # Errors
    /// This browser cannot do it.
    pub async fn set_network(&mut self, network: Network) -> Result<(), BrowserError> {
        let conditions = match network {
            Network::Offline => json!({ "type": "offline" }),
            Network::Online => Value::Null,
        };
        if let (Some(socket), Some(context)) = (&self.session.socket, &self.session.left_over) {
            let params = json!({ "networkConditions": conditions, "userContexts": [context] });
            if socket.call("emulation.setNetworkConditions", params).await.is_ok() {
                return Ok(());
            }
        }
        Err(BrowserError::Unsupported("taking the network away"))
    }

    /// Deletes what the application has stored, where there is no context of our own.
    pub(super) async fn clear_origin(&mut self) -> Result<(), BrowserError> {
        if self.goto("").await.is_err() {
            // An application that is not there is for the walk to find out.
            return Ok(());
        }
        self.session.command("delete cookies", Method::DELETE, "cookie", None).await?;
        let body = json!({ "script": "try { localStorage.clear(); sessionStorage.clear(); } catch {}", "args": [] });
        // A page without an origin has no storage.
        let _ = self.script_command("execute/sync", body).await;
        self.navigate("url", json!({ "url": "about:blank" }))
            .await
            .map_err(|refusal| refusal.into_error("leave the application"))?;
        self.told.drain();
        Ok(())
    }
}
