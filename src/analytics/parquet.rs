//! A Parquet file → the JSON lines that the same rows would be, read on as if they stood in the
//! file. What the rows mean is not its business: that is the sources'.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
use ::parquet::record::reader::RowIter;
use ::parquet::record::{Field, Row};
use jiff::Timestamp;
use serde::Serialize;
use serde::ser::{SerializeMap as _, SerializeSeq as _, Serializer};

/// The rows of a file, as lines of JSON.
pub(super) struct Rows {
    rows: RowIter<'static>,
    /// What was made of a row and not read yet.
    line: Vec<u8>,
    /// How much of it was read.
    from: usize,
    /// Rows read, of how many in how many bytes.
    done: u64,
    all: u64,
    size: u64,
    consumed: Rc<Cell<u64>>,
}

impl Rows {
    /// Opens a file; `consumed` is told how much of it has been read.
    ///
    /// # Errors
    /// It is damaged, or packed in a way that is not read.
    pub(super) fn open(file: File, consumed: Rc<Cell<u64>>) -> io::Result<Self> {
        let size = file.metadata()?.len();
        sound(move || {
            let reader = SerializedFileReader::new(file)?;
            let all = u64::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or(0);
            let rows = RowIter::from_file_into(Box::new(reader));
            Ok(Self { rows, line: Vec::new(), from: 0, done: 0, all, size, consumed })
        })
    }

    /// Makes a line of the next row; whether there was one.
    fn next(&mut self) -> io::Result<bool> {
        let rows = &mut self.rows;
        let Some(row) = sound(|| rows.next().transpose())? else {
            self.consumed.set(self.size);
            return Ok(false);
        };
        self.line.clear();
        self.from = 0;
        serde_json::to_writer(&mut self.line, &Object(&row))?;
        self.line.write_all(b"\n")?;
        self.done += 1;
        let part = u128::from(self.size) * u128::from(self.done) / u128::from(self.all.max(1));
        self.consumed.set(u64::try_from(part).unwrap_or(self.size).min(self.size));
        Ok(true)
    }
}

impl Read for Rows {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.from == self.line.len() {
            if !self.next()? {
                return Ok(0);
            }
        }
        let count = (&self.line[self.from..]).read(buffer)?;
        self.from += count;
        Ok(count)
    }
}

/// Asks the reader for something. On some damaged files it panics; to whoever imports them that is
/// damage like any other.
fn sound<T>(ask: impl FnOnce() -> Result<T, ParquetError>) -> io::Result<T> {
    match catch_unwind(AssertUnwindSafe(ask)) {
        Ok(Ok(told)) => Ok(told),
        Ok(Err(error)) => Err(io::Error::other(in_words(&error))),
        Err(_) => Err(io::Error::other("as Parquet it makes no sense")),
    }
}

fn in_words(error: &ParquetError) -> String {
    let text = error.to_string();
    match text.split_once("Disabled feature at compile time: ") {
        Some((_, codec)) => format!(
            "it is packed with {codec}, which is not read here; write it with snappy, gzip or \
             without compression"
        ),
        None => text,
    }
}

/// A row as a JSON object; what is null is left out.
struct Object<'a>(&'a Row);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, field) in self.0.get_column_iter().filter(|(_, field)| **field != Field::Null) {
            map.serialize_entry(name, &Value(field))?;
        }
        map.end()
    }
}

/// A field as the JSON value that exports have of it: times as text, in UTC.
struct Value<'a>(&'a Field);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let time = |stamp: Result<Timestamp, jiff::Error>| stamp.ok().map(|t| t.to_string());
        match self.0 {
            Field::Null => serializer.serialize_unit(),
            Field::Bool(value) => serializer.serialize_bool(*value),
            Field::Byte(value) => serializer.serialize_i8(*value),
            Field::Short(value) => serializer.serialize_i16(*value),
            Field::Int(value) => serializer.serialize_i32(*value),
            Field::Long(value) => serializer.serialize_i64(*value),
            Field::UByte(value) => serializer.serialize_u8(*value),
            Field::UShort(value) => serializer.serialize_u16(*value),
            Field::UInt(value) => serializer.serialize_u32(*value),
            Field::ULong(value) => serializer.serialize_u64(*value),
            Field::Float(value) => serializer.serialize_f32(*value),
            Field::Double(value) => serializer.serialize_f64(*value),
            Field::Str(value) => serializer.serialize_str(value),
            Field::Bytes(value) => serializer.serialize_str(&String::from_utf8_lossy(value.data())),
            Field::TimestampMillis(value) => {
                time(Timestamp::from_millisecond(*value)).serialize(serializer)
            }
            Field::TimestampMicros(value) => {
                time(Timestamp::from_microsecond(*value)).serialize(serializer)
            }
            Field::Group(row) => Object(row).serialize(serializer),
            Field::ListInternal(list) => {
                let mut seq = serializer.serialize_seq(Some(list.len()))?;
                for field in list.elements() {
                    seq.serialize_element(&Value(field))?;
                }
                seq.end()
            }
            Field::MapInternal(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, field) in entries.entries() {
                    let name = match key {
                        Field::Str(name) => name.clone(),
                        other => other.to_string(),
                    };
                    map.serialize_entry(&name, &Value(field))?;
                }
                map.end()
            }
            other @ (Field::Float16(_)
            | Field::Decimal(_)
            | Field::Date(_)
            | Field::TimeMillis(_)
            | Field::TimeMicros(_)) => serializer.collect_str(other),
        }
    }
}
