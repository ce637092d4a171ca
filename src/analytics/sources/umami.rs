//! Umami's `website_event` table as CSV: `event_type` 1 is a view, 2 an application's own event.

use super::super::batch::Door;
use super::super::moment::Moment;
use super::super::seen::{Did, Seen};
use super::super::tally::Dropped;
use super::super::work::Broken;
use super::{Source, Took, columns};

const NAMES: [&[&str]; 6] = [
    &["session_id"],
    &["visit_id"],
    &["created_at"],
    &["url_path"],
    &["event_type"],
    &["event_name"],
];

#[derive(Default)]
pub(super) struct Umami {
    places: [Option<usize>; NAMES.len()],
    width: usize,
}

impl Source for Umami {
    fn begin(&mut self, header: &str) -> Result<(), String> {
        let mut fields = Vec::new();
        columns::split(header.trim_end(), ',', &mut fields);
        self.places = columns::places(&fields, NAMES);
        self.width = fields.len();
        for (name, place) in [("session_id", 0), ("created_at", 2), ("url_path", 3)] {
            if self.places[place].is_none() {
                return Err(format!("there is no column `{name}`, which Umami's table has"));
            }
        }
        Ok(())
    }

    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let fields = columns::of(record, ',', self.width)?;
        let [user, visit, created, path, kind, name] =
            self.places.map(|place| columns::at(&fields, place));
        let did = match kind {
            "1" | "" => Did::View,
            "2" if !name.is_empty() => Did::Named(name),
            _ => {
                door.drop_one(Dropped::Irrelevant);
                return Ok(Took::Events);
            }
        };
        door.offer(&Seen {
            user,
            session: visit,
            at: Moment::parse(created),
            url: path,
            did,
            ..Seen::default()
        });
        Ok(Took::Events)
    }
}
