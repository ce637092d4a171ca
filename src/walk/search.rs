//! The search for barriers on a calm walk: once for each state of each route, because it takes a
//! while.

use super::walker::Walker;
use crate::browser::{Barriers, BrowserError};
use crate::oracle::{Moment, accessibility};
use crate::record::{Violation, WalkKind};

impl Walker<'_, '_> {
    /// The barriers on this page, where they are of interest and were not searched for before.
    pub(super) async fn search(
        &mut self,
        moment: &Moment<'_>,
    ) -> Result<Vec<Violation>, BrowserError> {
        let route = moment.route();
        if self.id.kind != WalkKind::Calm || !self.judge.asks_for_barriers(&route) {
            return Ok(Vec::new());
        }
        let state = format!("{route}\n{}", self.page.state().await?);
        if !self.searched.insert(state) {
            return Ok(Vec::new());
        }
        match self.page.barriers(&self.conduct.barriers).await? {
            Barriers::Found(barriers) => Ok(accessibility::judge(&barriers, moment)),
            Barriers::Unsearchable(why) => {
                self.remarks.push(format!("{route} was not searched for barriers: {why}"));
                Ok(Vec::new())
            }
        }
    }
}
