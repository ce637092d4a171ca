//! Selenium IDE (`.side` projects) → journeys, one for each test. What a command does is in
//! `command`, how it names elements in `locator`,
//! what needs no memory of the test in `part`.

mod command;
mod locator;
mod part;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use self::command::Reader;
use super::address::Base;
use super::draft::{Draft, together};
use super::json::{self, list, text, words};
use super::{ExchangeError, Imported, Kind};
use crate::diagnostic::{Diagnostic, SourceText};
use crate::journey::ids;

/// Reads a project.
pub(super) fn read(source: &Arc<SourceText>) -> Result<Imported, ExchangeError> {
    let project = json::parse(source)?;
    let Some(tests) = project.get("tests").and_then(Value::as_array) else {
        let message = "this is no project of Selenium IDE: it has no list of `tests`";
        let help = "save the project in Selenium IDE; its file ends in .side";
        return Err(Diagnostic::of_file(&source.file, message).help(help).into());
    };
    let names = Names::of(tests);
    let mut finished = Vec::with_capacity(tests.len());
    for (index, test) in tests.iter().enumerate() {
        let mut base = Base::default();
        base.name(text(&project, "url").unwrap_or_default());
        let part = (tests.len() > 1).then(|| names.journeys[index].clone());
        let mut reader = Reader::new(Draft::new(Kind::Selenium, part, base), &names, index);
        for (number, command) in list(test, "commands").iter().enumerate() {
            reader.entry(number + 1, command);
        }
        finished.push(reader.finish());
    }
    Ok(together(Kind::Selenium, finished))
}

/// What the tests of a project are called here, and which of them run which.
pub(super) struct Names {
    /// The journeys' names, in the order of the tests.
    pub(super) journeys: Vec<String>,
    /// The place of each test by its name in the project.
    places: HashMap<String, usize>,
    /// The tests that each test runs.
    runs: Vec<Vec<usize>>,
    /// The tests with at least one command.
    filled: Vec<bool>,
}

impl Names {
    fn of(tests: &[Value]) -> Self {
        let mut taken = HashSet::new();
        let mut journeys = Vec::with_capacity(tests.len());
        let mut places = HashMap::new();
        for (index, test) in tests.iter().enumerate() {
            let name = text(test, "name").unwrap_or_default();
            places.entry(name.to_owned()).or_insert(index);
            let slug = ids::slug(name);
            let base = if slug.is_empty() { "from-selenium".to_owned() } else { slug };
            let mut unique = base.clone();
            let mut number = 2;
            while !taken.insert(unique.clone()) {
                unique = format!("{base}-{number}");
                number += 1;
            }
            journeys.push(unique);
        }
        let runs = |test: &Value| -> Vec<usize> {
            list(test, "commands")
                .iter()
                .filter(|command| text(command, "command") == Some("run"))
                .filter_map(|command| places.get(words(command, "target")?).copied())
                .collect()
        };
        let runs = tests.iter().map(runs).collect();
        let filled = tests.iter().map(|test| !list(test, "commands").is_empty()).collect();
        Self { journeys, places, runs, filled }
    }

    /// The journey of a test that another test runs.
    ///
    /// # Errors
    /// There is no such test, or it runs the other one in turn.
    pub(super) fn run(&self, from: usize, test: &str) -> Result<&str, String> {
        let shown = crate::diagnostic::shown(test);
        let Some(&to) = self.places.get(test) else {
            return Err(format!("there is no test {shown} in the project"));
        };
        if !self.filled[to] {
            return Err(format!("the test {shown} is empty"));
        }
        let mut seen = HashSet::new();
        let mut open = vec![to];
        while let Some(test) = open.pop() {
            if test == from {
                return Err(format!("the test {shown} runs this one in turn"));
            }
            if seen.insert(test) {
                open.extend(&self.runs[test]);
            }
        }
        Ok(&self.journeys[to])
    }
}
