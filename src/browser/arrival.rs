//! Waiting for a document that is on its way. chromedriver holds every command back until a
//! navigation that has begun is through; geckodriver carries it out in the document that goes.

use std::time::{Duration, Instant};

use super::page::Page;
use super::{BrowserError, BrowserKind};

impl Page<'_> {
    /// Waits while the tab is on its way to another document; answers whether it was, so that
    /// what was seen is of the old one.
    ///
    /// # Errors
    /// The document does not come within the page's limit.
    pub(super) async fn has_left(&mut self) -> Result<bool, BrowserError> {
        if self.session.kind == BrowserKind::Chromium {
            return Ok(false);
        }
        let (began, limit) = (Instant::now(), self.options.load_limit);
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
                Err(_) => {}
            }
        }
        Ok(left)
    }
}
