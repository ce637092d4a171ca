//! Visits of Matomo's `Live.getLastVisitsDetails`: each record is a visit with its actions.
//! <https://developer.matomo.org/api-reference/reporting-api>

use serde::Deserialize;

use super::super::batch::Door;
use super::super::seen::{Described, Did, Seen};
use super::super::tally::Dropped;
use super::super::text::{Text, When};
use super::super::work::Broken;
use super::{Source, Took, json};

pub(super) struct Matomo;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Visit<'a> {
    #[serde(borrow, default)]
    id_visit: Text<'a>,
    #[serde(borrow, default)]
    visitor_id: Text<'a>,
    #[serde(borrow, default)]
    user_id: Text<'a>,
    #[serde(borrow)]
    action_details: Vec<Action<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Action<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, default)]
    url: Text<'a>,
    #[serde(default)]
    timestamp: When,
    #[serde(borrow, default)]
    event_action: Text<'a>,
    #[serde(borrow, default)]
    content_name: Text<'a>,
}

impl Source for Matomo {
    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let visit: Visit<'_> = json::read(record)?;
        let user = [&visit.visitor_id, &visit.user_id, &visit.id_visit];
        let user = user.into_iter().find(|id| !id.is_empty()).map_or("", |id| id);
        let mut page = "";
        for (order, action) in (0_u32..).zip(&visit.action_details) {
            let did = match &*action.kind {
                "action" | "search" => {
                    page = &action.url;
                    Did::View
                }
                // Where it leads to is the action's URL; where it was done is the last page.
                "outlink" | "download" => Did::Click(Described {
                    tag: "a".into(),
                    href: action.url.0.clone(),
                    ..Described::default()
                }),
                "event" if !action.event_action.is_empty() => Did::Named(&action.event_action),
                "content" if !action.content_name.is_empty() => Did::Named(&action.content_name),
                "goal" | "ecommerceOrder" | "ecommerceAbandonedCart" => Did::Named(&action.kind),
                _ => {
                    door.drop_one(Dropped::Irrelevant);
                    continue;
                }
            };
            let away = matches!(&*action.kind, "outlink" | "download") || action.url.is_empty();
            door.offer(&Seen {
                user,
                session: &visit.id_visit,
                at: action.timestamp.0,
                order: Some(order),
                url: if away { page } else { &action.url },
                did,
                ..Seen::default()
            });
        }
        Ok(Took::Events)
    }
}
