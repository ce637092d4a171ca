//! What walks must keep to, from the command line and the configuration.

use serde::Deserialize;

use super::config::Config;
use super::failure::Failure;
use crate::bounds::{Bounds, Changes, Host, Hosts};
use crate::journey::{Journey, Never, never, read_rules};
use crate::route::Route;

/// What walks must keep to.
#[derive(Debug, Default, Clone, clap::Args)]
pub struct BoundsArgs {
    /// Send nothing that may change something (anything but GET, HEAD and OPTIONS), for a sweep
    /// against production
    #[arg(long, env = "DESIREPATH_READ_ONLY")]
    pub read_only: bool,
    /// Hosts that may be asked beside the application's own, and no others: example.com,
    /// *.example.com, localhost:3000
    #[arg(long, env = "DESIREPATH_ALLOW_HOSTS", value_name = "HOSTS", value_delimiter = ',')]
    pub allow_hosts: Option<Vec<String>>,
}

/// `read_only: true`, or `read_only: { allow: [/api/search] }`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ReadOnly {
    /// Everything may be sent.
    #[default]
    No,
    /// Nothing that may change something, except on these routes.
    Except(Vec<Route>),
}

impl<'de> Deserialize<'de> for ReadOnly {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = ReadOnly;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("true, false, or { allow: [/api/search] }")
            }

            fn visit_bool<E>(self, on: bool) -> Result<ReadOnly, E> {
                Ok(if on { ReadOnly::Except(Vec::new()) } else { ReadOnly::No })
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<ReadOnly, A::Error> {
                use serde::de::Error;
                let mut except = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    if key != "allow" {
                        return Err(A::Error::unknown_field(&key, &["allow"]));
                    }
                    for route in map.next_value::<Vec<String>>()? {
                        except.push(Route::parse(&route).map_err(A::Error::custom)?);
                    }
                }
                Ok(ReadOnly::Except(except))
            }
        }
        d.deserialize_any(Visitor)
    }
}

impl BoundsArgs {
    /// What walks of the application at `base_url` must keep to.
    pub(super) fn bounds(&self, config: &Config, base_url: &str) -> Result<Bounds, Failure> {
        let mut hosts = Hosts::of(base_url);
        if let Some(listed) = self.allow_hosts.as_ref().or(config.allow_hosts.as_ref()) {
            let listed = listed.iter().map(|text| Host::parse(text.trim()));
            let listed = listed.collect::<Result<_, _>>();
            hosts = hosts.and(listed.map_err(|e| Failure::usage(format!("allow_hosts: {e}")))?);
        }
        let changes = match &config.read_only {
            ReadOnly::Except(except) => Changes::HeldBack { except: except.clone() },
            ReadOnly::No if self.read_only => Changes::HeldBack { except: Vec::new() },
            ReadOnly::No => Changes::Allowed,
        };
        Ok(Bounds { hosts, changes })
    }
}

/// Adds what the configuration says must never be touched, so that plans and replays say it too.
pub(super) fn forbid(config: &Config, journeys: &mut [Journey]) -> Result<(), Failure> {
    let forbidden = read(config)?;
    for journey in journeys {
        let own = &journey.never;
        let new: Vec<Never> = forbidden.iter().filter(|n| !own.contains(n)).cloned().collect();
        journey.never.extend(new);
        if let Some((step, never)) = never::touching(journey) {
            return Err(Failure::usage(format!(
                "{}: the step {step} touches {never}, which `never` forbids: take the step out, or \
                 what forbids it",
                journey.name
            )));
        }
    }
    Ok(())
}

/// The configuration speaks of elements as journeys do, so their reader reads it.
fn read(config: &Config) -> Result<Vec<Never>, Failure> {
    let Some(never) = &config.never else { return Ok(Vec::new()) };
    let map = serde_yaml::Mapping::from_iter([("never".into(), never.clone())]);
    let text = serde_yaml::to_string(&map).map_err(Failure::usage)?;
    let rules = read_rules(super::config::FILE, &text);
    rules.map(|rules| rules.never).map_err(|mistakes| Failure::usage(mistakes.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        serde_yaml::from_str(text).expect("a configuration")
    }

    #[test]
    fn bounds_are_read_and_wrong_ones_told() {
        let config =
            self::config("read_only: { allow: [/api/search] }\nallow_hosts: ['*.example.com']\n");
        let bounds = BoundsArgs::default().bounds(&config, "http://shop.test").expect("bounds");
        assert!(matches!(&bounds.changes, Changes::HeldBack { except } if except.len() == 1));
        assert!(bounds.hosts.are_listed());
        let wrong = BoundsArgs { allow_hosts: Some(vec!["http://x".into()]), read_only: true };
        let told = wrong.bounds(&Config::default(), "http://shop.test").expect_err("wrong");
        assert!(told.to_string().contains("example.com"), "{told}");
        assert!(serde_yaml::from_str::<Config>("read_only: { alow: [/x] }").is_err());
    }

    #[test]
    fn what_the_configuration_forbids_holds_for_every_journey() {
        let config = self::config("never: [{ role: button, name: Delete }, { url: /logout }]\n");
        let journey = |step: &str| {
            let text = format!("journey: a\nsteps: [{step}]\n");
            [crate::journey::read("a", &text).expect("a journey")]
        };
        let mut fine = journey("back");
        forbid(&config, &mut fine).expect("fine");
        assert_eq!(fine[0].never.len(), 2);
        let told = forbid(&config, &mut journey("{ go: /logout }")).expect_err("wrong").to_string();
        assert!(told.contains("/logout") && told.contains("never"), "{told}");
        let click = "{ click: { role: button, name: Delete } }";
        assert!(forbid(&config, &mut journey(click)).is_err());
        let told = read(&self::config("never: [{ rle: button }]\n")).expect_err("wrong");
        assert!(told.to_string().contains("role"), "{told}");
    }
}
