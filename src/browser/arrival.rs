//! Waiting for a document that is on its way. chromedriver holds every command back until a
//! navigation that has begun is through; geckodriver carries it out in the document that goes, and
//! so does a line of scripts of our own.

use std::time::{Duration, Instant};

use http::Method;
use serde_json::json;

use super::page::Page;
use super::wire::Refusal;
use super::{BrowserError, BrowserKind};

/// Answers after a frame: what an act has set going in the page is on its way then.
const A_FRAME: &str = "const done = arguments[0]; \
     requestAnimationFrame(() => setTimeout(done)); setTimeout(done, 100);";

impl Page<'_> {
    /// Lets what was done begin to have its effect, where the driver does not.
    pub(super) async fn take_effect(&mut self) {
        if self.session.kind == BrowserKind::Chromium {
            return;
        }
        // A page that is gone or hangs shows in the next look.
        let body = json!({ "script": A_FRAME, "args": [] });
        let _ = self.script_command("execute/async", body).await;
        self.catch_up().await;
    }

    /// Waits while the tab is on its way to another document; answers whether it was, so that
    /// what was seen is of the old one.
    ///
    /// # Errors
    /// The document does not come within the page's limit.
    pub(super) async fn has_left(&mut self) -> Result<bool, BrowserError> {
        if self.session.kind == BrowserKind::Chromium && self.lane.is_none() {
            return Ok(false);
        }
        self.drain_events();
        if self.session.kind == BrowserKind::Chromium {
            return self.held_back().await;
        }
        let (began, limit) = (Instant::now(), self.stretched(self.options.load_limit));
        let mut left = false;
        while self.told.leaving(&self.tab).is_some() {
            left = true;
            if began.elapsed() > limit {
                let waiting = self.in_flight().into_iter().find(|r| r.is_document());
                let url = waiting.map(|r| r.url).unwrap_or_default();
                return Err(BrowserError::Unanswered { url, after: began.elapsed() });
            }
            // The next event is what ends it; the limit is looked at now and then.
            let Some(socket) = &mut self.session.socket else { return Ok(left) };
            match tokio::time::timeout(Duration::from_millis(250), socket.events.recv()).await {
                Ok(Some(event)) => self.told.take(&event),
                Ok(None) => return Ok(left),
                Err(_) => self.told.settle_leaving(&self.tab),
            }
        }
        Ok(left)
    }

    /// The same where the driver knows best: a command that does nothing comes back when the tab
    /// is there.
    async fn held_back(&mut self) -> Result<bool, BrowserError> {
        if self.told.leaving(&self.tab).is_none() {
            return Ok(false);
        }
        let (began, limit) = (Instant::now(), self.patience());
        let body = json!({ "script": "", "args": [] });
        let answer =
            self.session.try_command(Method::POST, "execute/sync", Some(body), limit).await;
        self.drain_events();
        self.told.arrived(&self.tab);
        match answer {
            Ok(_) | Err(Refusal::Unloaded) => {}
            Err(Refusal::Alert(_)) => self.answer_dialog().await,
            Err(Refusal::Timeout(_) | Refusal::Silent(_)) => {
                return Err(self.silence(began.elapsed()));
            }
            Err(refusal) => return Err(refusal.into_error("wait for a document")),
        }
        Ok(true)
    }
}
