//! Logs of AWS Application Load Balancers.
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html>

use super::super::batch::Door;
use super::super::moment::Moment;
use super::super::seen::Seen;
use super::super::work::Broken;
use super::access::{quoted, request};
use super::{Source, Took};

pub(super) struct Alb;

impl Source for Alb {
    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let (plain, rest) = record.split_once(" \"").ok_or("there is no request in it")?;
        let fields: Vec<&str> = plain.split(' ').collect();
        let [_, time, _, client, _, _, _, _, status, ..] = fields[..] else {
            return Err("there are too few fields before the request".into());
        };
        let at = Moment::parse(time).ok_or("the time makes no sense")?;
        let status = status.parse().map_err(|_| "the status is no number")?;
        // What was split off began with a quote.
        let request_and_more = &record[record.len() - rest.len() - 1..];
        let (line, rest) = quoted(request_and_more).ok_or("the request has no end")?;
        let (method, url) =
            request(line).ok_or("the request is not of the form METHOD URL HTTP/1.1")?;
        let agent = quoted(rest.trim_start()).map_or("", |(agent, _)| agent);
        let address = client.rsplit_once(':').map_or(client, |(address, _)| address);
        door.request(
            method,
            status,
            &Seen { user: address, apart: agent, at: Some(at), url, agent, ..Seen::default() },
        );
        Ok(Took::Events)
    }
}
