//! On which hosts an export's pages are: how many events each has, and which of them are asked for.
//! A host that too few users share is told by no name. Paths are not its business.

use indexmap::IndexMap;
use serde::Serialize;

use super::crowd::{Crowd, Crowds};
use super::redact::personal;

/// The most different hosts of an import; the events of others are counted without their names.
const MOST: usize = 1 << 14;
/// The longest name that a host can have.
const LONGEST: usize = 253;

/// A host that enough users share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HostRow {
    /// Its name, in lower case, with its port where that is not the usual one.
    pub host: String,
    /// Events on its pages, those on hosts that were not asked for included.
    pub events: u64,
}

/// The hosts of an export. Every event that has a page is in exactly one of these counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct HostTable {
    /// The hosts that enough users share, those with most events first.
    pub told: Vec<HostRow>,
    /// Events on hosts that too few users share, or whose names are none.
    pub other: u64,
    /// Events on pages without a host, as in most access logs.
    pub without: u64,
}

/// A host's name as it is compared: in lower case, without a port that says nothing. `None` where
/// it cannot be the name of a host.
#[must_use]
pub fn host_name(text: &str) -> Option<String> {
    let name = text.trim().to_ascii_lowercase();
    let name = name.strip_suffix(":443").or_else(|| name.strip_suffix(":80")).unwrap_or(&name);
    let name = name.trim_end_matches('.');
    let right = |c: char| c.is_alphanumeric() || "-._:[]".contains(c);
    (!name.is_empty() && name.len() <= LONGEST && name.chars().all(right)).then(|| name.to_owned())
}

/// Counts events and users by host.
#[derive(Debug)]
pub(super) struct Hosts {
    /// Events by name; what is no name is under the empty one.
    events: IndexMap<Box<str>, u64, foldhash::fast::FixedState>,
    crowds: Crowds,
    /// Events on hosts beyond the most.
    beyond: u64,
    without: u64,
}

impl Hosts {
    pub(super) fn new(least: Crowd) -> Self {
        Self { events: IndexMap::default(), crowds: Crowds::new(least), beyond: 0, without: 0 }
    }

    /// The number of a host, as it stands in a URL.
    pub(super) fn number(&mut self, host: &str) -> usize {
        let name = host_name(host).unwrap_or_default();
        if let Some(number) = self.events.get_index_of(&*name) {
            return number;
        }
        self.crowds.push();
        self.events.insert_full(name.into(), 0).0
    }

    /// The name of the host with this number; empty where it has none.
    pub(super) fn name(&self, number: usize) -> &str {
        self.events.get_index(number).map_or("", |(name, _)| name)
    }

    /// An event of this user on the host with this number.
    pub(super) fn count(&mut self, number: usize, user: u64) {
        self.events[number] += 1;
        self.crowds.add(number, user);
    }

    /// An event on a page without a host.
    pub(super) const fn count_without(&mut self) {
        self.without += 1;
    }

    /// Takes in what was counted elsewhere.
    pub(super) fn add(&mut self, other: &Self) {
        self.beyond += other.beyond;
        self.without += other.without;
        for (at, (name, events)) in other.events.iter().enumerate() {
            if self.events.len() >= MOST && !self.events.contains_key(name) {
                self.beyond += events;
                continue;
            }
            let number = self.number(name);
            self.events[number] += events;
            self.crowds.join(number, other.crowds.of(at));
        }
    }

    /// What may be told.
    pub(super) fn table(&self) -> HostTable {
        let mut table = HostTable { other: self.beyond, without: self.without, told: Vec::new() };
        for (number, (name, &events)) in self.events.iter().enumerate() {
            if !name.is_empty() && self.crowds.is_enough(number) && personal(name).is_none() {
                table.told.push(HostRow { host: name.to_string(), events });
            } else {
                table.other += events;
            }
        }
        table.told.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.host.cmp(&b.host)));
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_is_compared() {
        for (text, name) in [
            ("WWW.Shop.Example.", Some("www.shop.example")),
            ("shop.example:443", Some("shop.example")),
            ("localhost:3000", Some("localhost:3000")),
            ("[::1]:80", Some("[::1]")),
            ("büro.example", Some("büro.example")),
            ("", None),
            ("shop.example/cart", None),
            ("<b>", None),
            ("a b", None),
        ] {
            assert_eq!(host_name(text).as_deref(), name, "{text}");
        }
    }

    #[test]
    fn a_host_is_told_when_enough_users_share_it_however_the_counts_are_divided() {
        let two = Crowd::new(2).expect("a crowd");
        let (mut one, mut other) = (Hosts::new(two), Hosts::new(two));
        let count = |hosts: &mut Hosts, host: &str, user: u64| {
            let number = hosts.number(host);
            hosts.count(number, user);
        };
        count(&mut one, "shop.example", 1);
        count(&mut other, "SHOP.example", 2);
        count(&mut other, "jane.shop.example", 2);
        count(&mut other, "jane.shop.example", 2);
        count(&mut other, "not a host", 3);
        one.count_without();
        let mut all = Hosts::new(two);
        all.add(&other);
        all.add(&one);
        let told = vec![HostRow { host: "shop.example".into(), events: 2 }];
        assert_eq!(all.table(), HostTable { told, other: 3, without: 1 });
    }
}
