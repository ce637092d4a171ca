//! Generated traffic of the bundled shop, as PostHog would export it: the beginning of the story
//! that the demo tells. Nobody real is in it, and every line says so.

mod element;
mod shopper;

use std::io::{self, Write};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use shopper::{Done, What, visit};

/// What stands in the property `generated_by` of every event.
pub const GENERATED_BY: &str = "desirepath shop --traffic";

/// Where the shop of the export is; example names are nobody's (RFC 2606).
const ORIGIN: &str = "https://shop.example";
/// The first day, 1 October 2026 in UTC, in milliseconds since 1970.
const FIRST_DAY: i64 = 1_790_812_800_000;
/// How many days it covers.
const DAYS: i64 = 31;
/// Of so many visits, some are of users who came before.
const VISITS_PER_USER: f64 = 1.4;

/// One event with its place in time.
struct Event {
    /// Milliseconds since 1970.
    at: i64,
    /// The visit and the place in it, so that events of one moment keep their order.
    place: (u32, usize),
    user: u32,
    done: Done,
}

/// Writes the events of so many sessions as JSON lines, in the order of their time. The same seed
/// gives the same bytes.
///
/// # Errors
/// The lines cannot be written.
pub fn write(out: &mut dyn Write, sessions: u32, seed: u64) -> io::Result<()> {
    for event in events(sessions, seed) {
        writeln!(out, "{}", line(&event, seed))?;
    }
    Ok(())
}

fn events(sessions: u32, seed: u64) -> Vec<Event> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small share")]
    let users = ((f64::from(sessions) / VISITS_PER_USER) as u32).max(1);
    let mut events = Vec::new();
    for number in 0..sessions {
        let user = rng.random_range(0..users);
        let start = moment(&mut rng);
        for (at, done) in visit(&mut rng).into_iter().enumerate() {
            let time = start + i64::try_from(done.at).unwrap_or(0);
            events.push(Event { at: time, place: (number, at), user, done });
        }
    }
    events.sort_by_key(|event| (event.at, event.place));
    events
}

/// A moment of the month: people shop in the evening more than at night.
fn moment(rng: &mut ChaCha8Rng) -> i64 {
    let day = rng.random_range(0..DAYS) * 86_400_000;
    let hour = |rng: &mut ChaCha8Rng| rng.random_range(0..86_400_000i64);
    let late = hour(rng).max(hour(rng));
    FIRST_DAY + day + late
}

fn line(event: &Event, seed: u64) -> serde_json::Value {
    let Event { at, place: (visit, place), user, done } = event;
    let (name, kind, chain) = match &done.what {
        What::View => ("$pageview", None, String::new()),
        What::Click(element) => ("$autocapture", Some("click"), element.chain()),
        What::Change(element) => ("$autocapture", Some("change"), element.chain()),
        What::Submit(element) => ("$autocapture", Some("submit"), element.chain()),
        What::Named(name) => (*name, None, String::new()),
    };
    let timestamp = jiff::Timestamp::from_millisecond(*at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let mut properties = json!({
        "$current_url": format!("{ORIGIN}{}", done.page),
        "$host": "shop.example",
        "$pathname": done.page.split('?').next().unwrap_or_default(),
        "$session_id": format!("visit-{seed}-{visit}"),
        "$window_id": format!("window-{seed}-{visit}"),
        "generated_by": GENERATED_BY,
    });
    if let Some(kind) = kind {
        properties["$event_type"] = kind.into();
    }
    json!({
        "uuid": format!("{seed:08x}-0000-7000-8000-{visit:06x}{place:06x}"),
        "event": name,
        "timestamp": format!("{timestamp:.3}"),
        "distinct_id": format!("shopper-{seed}-{user}"),
        "elements_chain": chain,
        "properties": properties,
    })
}

#[cfg(test)]
pub(crate) mod tests;
