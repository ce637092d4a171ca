//! `desirepath.yaml`: what stands there need not be typed. A flag goes over an environment
//! variable (`DESIREPATH_…`), and that over the file.

mod keys;

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::Deserialize;

use super::bounds::ReadOnly;
use crate::browser::BrowserKind;
use crate::diagnostic::{Diagnostics, SourceText};
use crate::journey::{Promise, read, schema};
use crate::oracle::{Budget, Level, Settings, Thresholds};
use crate::record::Oracle;
use crate::route::Route;
use crate::service::Services;
use crate::time::Span;

/// The file's name.
pub const FILE: &str = "desirepath.yaml";

/// Everything that can stand in the file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Folders and files with journeys.
    pub journeys: Option<Vec<PathBuf>>,
    /// Where the application is.
    pub base_url: Option<String>,
    /// The seed of every choice.
    pub seed: Option<u64>,
    /// Perturbed walks.
    pub walks: Option<u32>,
    /// Or the time for them.
    pub budget: Option<Span>,
    /// Walks at once.
    pub users: Option<usize>,
    /// Walks that may be spent on making each confirmed failure small.
    pub shrink: Option<u32>,
    /// `none`, `human`, `wild` or a file.
    pub perturb: Option<String>,
    /// A run whose durations say how a divided sweep is divided.
    pub balance: Option<PathBuf>,
    /// `real`, `fast` or a factor.
    pub pace: Option<String>,
    /// The browser, or a list of them.
    #[serde(deserialize_with = "browsers")]
    pub browser: Vec<BrowserKind>,
    /// A W3C WebDriver endpoint.
    pub webdriver: Option<String>,
    /// The release under test.
    pub release: Option<String>,
    /// The folder of runs.
    pub out: Option<PathBuf>,
    /// Reports to write.
    pub report: Option<Vec<String>>,
    /// The file of known issues.
    pub known: Option<PathBuf>,
    /// `new`, `any` or `none`.
    pub fail_on: Option<String>,
    /// The window's inner size, `1280x800`.
    pub viewport: Option<String>,
    /// How long a step may take until its target is ready.
    pub step_limit: Option<Span>,
    /// How long an `expect` is retried.
    pub expect_limit: Option<Span>,
    /// How long a request may be open.
    pub request_limit: Option<Span>,
    /// What the application promises to keep the outcome under, on every journey.
    pub promises: Vec<Promise>,
    /// Hosts that may be asked beside the application's own, and no others.
    pub allow_hosts: Option<Vec<String>>,
    /// Whether nothing may be sent that may change something.
    pub read_only: ReadOnly,
    /// What must never be touched, on any journey; written as in a journey.
    pub never: Option<serde_yaml::Value>,
    /// Routes that an import need not find out, such as `/product/:slug`.
    pub routes: Vec<String>,
    /// Oracles that are off, warn or fail, everywhere or by route.
    pub oracles: IndexMap<Oracle, Setting>,
    /// The names of services, each with its path on the application or its origin, or both.
    pub services: Services,
    /// The tags of axe-core's rules by which `oracles: { accessibility: … }` is judged.
    pub accessibility_tags: Option<Vec<String>>,
    /// Whose thresholds friction is judged by: `posthog`, `datadog` or `amplitude`.
    pub friction: Thresholds,
    /// What a page may take by its Web Vitals; nothing is measured without.
    pub vitals: Vitals,
}

/// `{ lcp: 2.5s, inp: 200ms, cls: 0.1 }`, each of them optional.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Vitals {
    /// Until the largest content is painted.
    pub lcp: Option<Span>,
    /// From an act until the next frame.
    pub inp: Option<Span>,
    /// How far the layout shifts, without unit.
    pub cls: Option<f64>,
}

/// `off`, or `{ /admin/*: off, /: fail }`.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// Everywhere.
    Everywhere(Level),
    /// By route, in the order of the file; the last that applies decides.
    ByRoute(Vec<(Route, Level)>),
}

impl<'de> Deserialize<'de> for Setting {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Setting;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("off, warn or fail, or routes with one of these each")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Setting, E> {
                level(word).map(Setting::Everywhere).map_err(E::custom)
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Setting, A::Error> {
                use serde::de::Error;
                let mut by_route = Vec::new();
                while let Some((route, word)) = map.next_entry::<String, String>()? {
                    let route = Route::parse(&route).map_err(A::Error::custom)?;
                    by_route.push((route, level(&word).map_err(A::Error::custom)?));
                }
                Ok(Setting::ByRoute(by_route))
            }
        }
        d.deserialize_any(Visitor)
    }
}

fn level(word: &str) -> Result<Level, String> {
    match word {
        "off" => Ok(Level::Off),
        "warn" => Ok(Level::Warn),
        "fail" => Ok(Level::Fail),
        _ => Err(format!("expected off, warn or fail, found `{word}`")),
    }
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// Keys that there are not.
    #[error("{0}")]
    Keys(Diagnostics),
    /// Something else in it is wrong.
    #[error("{}: {why}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What, and where.
        why: String,
    },
}

impl Config {
    /// Reads the file that was named, else [`FILE`] where there is one.
    ///
    /// # Errors
    /// A file that was named does not exist; any file that exists is wrong.
    pub fn read(named: Option<&Path>) -> Result<Self, ConfigError> {
        let path = named.unwrap_or(Path::new(FILE));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if named.is_none() && e.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(source) => {
                return Err(ConfigError::Unreadable { path: path.to_owned(), source });
            }
        };
        Self::parse(&path.display().to_string(), &text)
    }

    fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let only_comments =
            text.lines().all(|line| line.trim().is_empty() || line.trim().starts_with('#'));
        if only_comments {
            return Ok(Self::default());
        }
        let source = SourceText::new(file, text);
        let mistakes = read::unknown_keys(&source, "a configuration", &[keys::CONFIG]);
        if mistakes.has_errors() {
            return Err(ConfigError::Keys(mistakes));
        }
        serde_yaml::from_str(text)
            .map_err(|e| ConfigError::Wrong { path: file.into(), why: e.to_string() })
    }

    /// The JSON Schema of the file, for editors.
    #[must_use]
    pub fn schema() -> serde_json::Value {
        schema::document("A desirepath configuration", keys::CONFIG)
    }

    /// What a page may take.
    #[must_use]
    pub fn budget(&self) -> Budget {
        let Vitals { lcp, inp, cls } = self.vitals;
        Budget { lcp: lcp.map(Span::duration), inp: inp.map(Span::duration), cls }
    }

    /// The oracles' levels.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        for (&oracle, setting) in &self.oracles {
            match setting {
                Setting::Everywhere(level) => settings.set(oracle, None, *level),
                Setting::ByRoute(routes) => {
                    for (route, level) in routes {
                        settings.set(oracle, Some(route.clone()), *level);
                    }
                }
            }
        }
        settings
    }
}

/// One browser's name, or a list of names.
fn browsers<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<BrowserKind>, D::Error> {
    struct Names;
    impl<'de> serde::de::Visitor<'de> for Names {
        type Value = Vec<BrowserKind>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("the name of a browser, or a list of them")
        }

        fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Self::Value, E> {
            name.parse().map(|kind| vec![kind]).map_err(E::custom)
        }

        fn visit_seq<A: serde::de::SeqAccess<'de>>(
            self,
            mut names: A,
        ) -> Result<Self::Value, A::Error> {
            let mut kinds = Vec::new();
            while let Some(name) = names.next_element::<String>()? {
                kinds.push(name.parse().map_err(serde::de::Error::custom)?);
            }
            Ok(kinds)
        }
    }
    from.deserialize_any(Names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse(FILE, text)
    }

    #[test]
    fn the_table_has_the_keys_that_are_read() {
        let keys = |told: serde_yaml::Error| -> Vec<String> {
            told.to_string().split('`').skip(3).step_by(2).map(str::to_owned).collect()
        };
        let table = |keys: &[crate::journey::vocabulary::Key]| -> Vec<String> {
            keys.iter().map(|key| key.name.to_owned()).collect()
        };
        let sorted = |mut names: Vec<String>| {
            names.sort();
            names
        };
        let read = serde_yaml::from_str::<Config>("_: 0").expect_err("no such key");
        assert_eq!(sorted(keys(read)), sorted(table(keys::CONFIG)));
        let oracles = serde_yaml::from_str::<Oracle>("_").expect_err("no such oracle");
        let crate::journey::vocabulary::Shape::Map([known]) =
            keys::CONFIG.iter().find(|key| key.name == "oracles").expect("it is there").shape
        else {
            panic!("a map of oracles");
        };
        assert_eq!(sorted(keys(oracles)), sorted(table(known)));
    }

    #[test]
    fn oracles_are_set_everywhere_or_by_route() {
        let config =
            parse("oracles:\n  console_error: off\n  http_4xx: { /api/*: fail, /api/old: off }\n")
                .expect("reads");
        let settings = config.settings();
        assert_eq!(settings.level(Oracle::ConsoleError, "/x"), Level::Off);
        assert_eq!(settings.level(Oracle::Http4xx, "/api/x"), Level::Fail);
        assert_eq!(settings.level(Oracle::Http4xx, "/api/old"), Level::Off);
        assert_eq!(settings.level(Oracle::Http4xx, "/x"), Level::Default);
    }

    #[test]
    fn thresholds_and_budgets_have_names() {
        let text =
            "friction: posthog\nvitals: { lcp: 2.5s, cls: 0.1 }\noracles: { dead_click: off }\n";
        let config = parse(text).expect("reads");
        assert_eq!(config.friction, Thresholds::Posthog);
        let lcp = Some(std::time::Duration::from_millis(2500));
        assert_eq!(config.budget(), Budget { lcp, inp: None, cls: Some(0.1) });
        assert_eq!(Config::default().friction, Thresholds::Datadog);
        assert!(!Config::default().budget().is_set());
        assert!(parse("friction: hotjar\n").expect_err("wrong").to_string().contains("posthog"));
    }

    #[test]
    fn services_have_names() {
        let text =
            "services:\n  cart: /api/cart\n  pay: { origin: 'https://pay.example', path: /v2 }\n";
        let services = parse(text).expect("reads").services;
        assert_eq!(services.of("https://pay.example/v2/x", "https://shop.example"), "pay");
        let wrong = parse("services:\n  cart: api\n").expect_err("wrong").to_string();
        assert!(wrong.contains("such as /api/cart") && wrong.contains("line 2"), "{wrong}");
    }

    #[test]
    fn mistakes_say_where_and_what() {
        let error = |text| parse(text).expect_err("wrong").to_string();
        let told = error("sed: 3\nvitals: { lpc: 2s }\noracles:\n  dead_clik: off\n");
        for part in ["desirepath.yaml:1:1", "`seed`?", "`lcp`?", "`dead_click`?", "4 |"] {
            assert!(told.contains(part), "{part} is not in\n{told}");
        }
        assert!(error("oracles: { console_error: loud }\n").contains("off, warn or fail"));
        assert!(error("budget: soon\n").contains("10m"));
        assert_eq!(parse("# nothing yet\n").expect("reads"), Config::default());
    }
}
