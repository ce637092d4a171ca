//! An action at the element that was found: once more where nobody heard it, and with both ends
//! where something is dragged; and one that needs none. How each action is done is `carry`'s affair.

use super::astray::is_error_page;
use super::carry;
use super::walker::{Flow, Walker};
use crate::browser::{Aim, Aimed, BrowserError, Found, Readiness, Settle, Why};
use crate::journey::{Action, Target};
use crate::perturb::script::{Haste, Manner};

impl Walker<'_, '_> {
    /// Who is in a hurry presses what is just being locked, sees that nothing comes of it, and
    /// presses again.
    pub(super) async fn hit_heard(
        &mut self,
        action: &Action,
        manner: &Manner,
        haste: Haste,
        found: &Found,
    ) -> Result<Flow, BrowserError> {
        self.hit(action, manner, found).await?;
        let presses = haste == Haste::Hurried && matches!(action, Action::Click(_));
        if !presses || !self.page.is_unheard().await? {
            return Ok(Flow::On);
        }
        let limit = self.conduct.step_limit;
        let (aimed, flow) = self.look(carry::aim(action), Settle::AtRest, limit).await?;
        if let (Aimed::Found(found), Flow::On) = (aimed, flow) {
            self.hit(action, manner, &found).await?;
        }
        Ok(flow)
    }

    pub(super) async fn hit(
        &mut self,
        action: &Action,
        manner: &Manner,
        found: &Found,
    ) -> Result<(), BrowserError> {
        if let Action::Drag { from, to } = action {
            return self.drag(from, to).await;
        }
        carry::do_at(self.page, action, manner, found, self.pace).await
    }

    /// Does an action that aims at nothing. A second tab shows the page that is there, but nobody
    /// opens the browser's own words about one that did not come.
    pub(super) async fn do_anywhere(&mut self, action: &Action) -> Result<(), BrowserError> {
        let here = if is_error_page(&self.url) { &self.acted_on } else { &self.url };
        carry::do_anywhere(self.page, action, &self.base_url, here).await
    }

    /// Looks at both ends, the first once more after the second: looking may scroll.
    async fn drag(&mut self, from: &Target, to: &Target) -> Result<(), BrowserError> {
        let limit = self.conduct.step_limit;
        let aim = |target| Aim::Element { target, readiness: Readiness::Hover };
        let end = self.look(aim(to), Settle::AtRest, limit).await?.0;
        let start = self.look(aim(from), Settle::AtRest, limit).await?.0;
        match (start, end) {
            (Aimed::Found(start), Aimed::Found(end)) => self.page.drag(&start, &end).await,
            (start, end) => {
                for aimed in [start, end] {
                    if let Aimed::Missing(missing) = aimed
                        && let Why::Never(called) = missing.why
                    {
                        self.forbid(&called);
                    }
                }
                Err(BrowserError::Gone)
            }
        }
    }
}
