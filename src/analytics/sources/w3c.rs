//! W3C extended logs, as IIS and `CloudFront` write them: a `#Fields:` line names the columns of
//! what follows. <https://www.w3.org/TR/WD-logfile.html>

use super::super::batch::Door;
use super::super::moment::Moment;
use super::super::redact::decode;
use super::super::seen::Seen;
use super::super::work::Broken;
use super::{Source, Took};

/// The fields that we need.
const NAMES: [&str; 7] =
    ["date", "time", "c-ip", "cs-method", "cs-uri-stem", "sc-status", "cs(User-Agent)"];

#[derive(Default)]
pub(super) struct W3c {
    places: Option<[Option<usize>; NAMES.len()]>,
}

impl Source for W3c {
    fn begin(&mut self, header: &str) -> Result<(), String> {
        let fields = header.trim_end().strip_prefix("#Fields:").unwrap_or(header);
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let places = NAMES.map(|name| fields.iter().position(|f| f.eq_ignore_ascii_case(name)));
        for (name, place) in NAMES.iter().zip(&places).take(6) {
            if place.is_none() {
                return Err(format!("the log has no field {name}; add it to what the server logs"));
            }
        }
        self.places = Some(places);
        Ok(())
    }

    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        if record.starts_with('#') {
            if record.starts_with("#Fields:") {
                self.begin(record)?;
            }
            return Ok(Took::Heading);
        }
        let places = self.places.ok_or("no #Fields line stands before it")?;
        // CloudFront separates by tabs, others by spaces; neither stands inside a field.
        let separator = if record.contains('\t') { '\t' } else { ' ' };
        let fields: Vec<&str> = record.split(separator).collect();
        let [date, time, address, method, path, status, agent] =
            places.map(|place| place.and_then(|p| fields.get(p)).copied().unwrap_or(""));
        let status = status.parse().map_err(|_| "the status is no number")?;
        let at = Moment::parse(&format!("{date}T{time}")).ok_or("date and time make no sense")?;
        // A space in a user agent is written as `+` or as `%20`.
        let plain = agent.replace('+', " ");
        let agent = decode(&plain).unwrap_or(plain);
        door.request(
            method,
            status,
            &Seen {
                user: address,
                apart: &agent,
                at: Some(at),
                url: path,
                agent: &agent,
                ..Seen::default()
            },
        );
        Ok(Took::Events)
    }
}
