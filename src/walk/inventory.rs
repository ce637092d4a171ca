//! What a page offers, told once for each route on a journey's calm walk: `desirepath coverage`
//! lays it beside what people use.

use super::walker::Walker;
use crate::browser::BrowserError;
use crate::record::{Happening, Offered, WalkKind};
use crate::route;

impl Walker<'_, '_> {
    /// Tells what the page with this route offers, where it was not told before.
    pub(super) async fn take_inventory(&mut self, route: String) -> Result<(), BrowserError> {
        if self.id.kind != WalkKind::Calm
            || !self.id.is_first()
            || self.inventoried.contains(&route)
        {
            return Ok(());
        }
        let items = self.page.inventory().await?;
        let elements: Vec<Offered> = items
            .into_iter()
            .map(|item| Offered {
                verb: item.verb.word().to_owned(),
                ways: item.ways.iter().map(|way| format!("{} {way}", way.by.word())).collect(),
                leads_to: item.leads_to,
            })
            .collect();
        // A page that shows nothing yet is asked again.
        if !elements.is_empty() {
            self.inventoried.insert(route);
            let (walk, on) = (self.id.clone(), route::path(&self.url));
            self.tell(Happening::Offered { walk, on, elements }).await;
        }
        Ok(())
    }
}
