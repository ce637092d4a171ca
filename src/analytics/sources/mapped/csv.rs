//! Rows of a CSV whose columns are named, by the header or, where there is none, by number. The
//! separator is what separates most in the first row.

use std::borrow::Cow;

use super::super::super::batch::Door;
use super::super::super::work::Broken;
use super::super::{Source, Took, columns};
use super::{Mapping, offer};

pub(in super::super) struct MappedCsv {
    mapping: Mapping,
    /// The place of each of the mapping's fields.
    places: Vec<usize>,
    separator: char,
    width: usize,
    /// The row that names the columns, where there is one.
    header: Option<String>,
}

impl MappedCsv {
    pub(in super::super) const fn new(mapping: Mapping) -> Self {
        Self { mapping, places: Vec::new(), separator: ',', width: 0, header: None }
    }
}

impl Source for MappedCsv {
    fn begin(&mut self, header: &str) -> Result<(), String> {
        let header = header.trim_end_matches(['\r', '\n']);
        self.separator = columns::separator(header);
        let mut fields = Vec::new();
        columns::split(header, self.separator, &mut fields);
        self.width = fields.len();
        let named = |name: &String| fields.iter().position(|f| f.trim().eq_ignore_ascii_case(name));
        let places: Vec<Option<usize>> = self.mapping.fields().iter().map(named).collect();
        let number = |name: &String| name.parse::<usize>().ok().filter(|&number| number > 0);
        let numbers: Option<Vec<usize>> = self.mapping.fields().iter().map(number).collect();
        if let Some(numbers) = numbers.filter(|_| places.iter().any(Option::is_none)) {
            if let Some(number) = numbers.iter().find(|number| **number > self.width) {
                return Err(format!("there is no column {number}; there are {}", self.width));
            }
            self.places = numbers.iter().map(|number| number - 1).collect();
            return Ok(());
        }
        if let Some(missing) = places.iter().position(Option::is_none) {
            let there: Vec<&str> = fields.iter().map(|f| f.trim()).take(40).collect();
            return Err(format!(
                "there is no column `{}`; there are {}",
                self.mapping.fields()[missing],
                there.join(", ")
            ));
        }
        self.places = places.into_iter().flatten().collect();
        self.header = Some(header.to_owned());
        Ok(())
    }

    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        if record.starts_with(['#', '%']) || self.header.as_deref() == Some(record) {
            return Ok(Took::Heading);
        }
        let fields = columns::of(record, self.separator, self.width)?;
        let value = |place: &usize| Cow::Borrowed(&*fields[*place]);
        let values: Vec<Cow<'_, str>> = self.places.iter().map(value).collect();
        offer(&self.mapping, &values, 0, door);
        Ok(Took::Events)
    }
}
