//! `events.jsonl`, written as it happens and read back: one event a line. What the events mean
//! together is `run`'s; this knows lines, files and versions only.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::event::FORMAT;
use super::{Event, Happening};

/// The journal's name in a run's folder.
pub const FILE: &str = "events.jsonl";

/// The writer. It owns the file; each event is handed to the operating system before
/// [`Journal::append`] returns, so that a killed sweep loses at most the line being written. As
/// long as it lives nobody else can go on with the same run.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    /// Where the last whole line ends, in bytes.
    end: u64,
}

/// Whether a journal that goes on ended with a whole line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastLine {
    /// It did.
    Whole,
    /// The sweep died while it wrote the line, which was cut off.
    Torn,
}

impl Journal {
    /// Begins the journal of a new run in the folder `dir`, which is made where it is missing.
    ///
    /// # Errors
    /// The folder or file cannot be made, or a journal is there already: no run is overwritten.
    pub fn create(dir: &Path) -> io::Result<Journal> {
        std::fs::create_dir_all(dir).map_err(|e| at(dir, &e))?;
        let path = dir.join(FILE);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(|e| at(&path, &e))?;
        lock(&file).map_err(|e| at(&path, &e))?;
        Ok(Journal { file, path, end: 0 })
    }

    /// Goes on with the journal in `dir`. A last line that was torn is taken off.
    ///
    /// # Errors
    /// There is none, it cannot be read or written, or another process is writing it.
    pub fn resume(dir: &Path) -> io::Result<(Journal, LastLine)> {
        let path = dir.join(FILE);
        let mut file =
            OpenOptions::new().read(true).write(true).open(&path).map_err(|e| at(&path, &e))?;
        lock(&file).map_err(|e| at(&path, &e))?;
        let had = file.metadata().map_err(|e| at(&path, &e))?.len();
        let end = whole_lines(&mut file).map_err(|e| at(&path, &e))?;
        let mut journal = Journal { file, path, end };
        journal.cut().map_err(|e| at(&journal.path, &e))?;
        Ok((journal, if had == end { LastLine::Whole } else { LastLine::Torn }))
    }

    /// Writes one event, which holds no secrets any more.
    ///
    /// # Errors
    /// The disk refuses (full, gone); the error names the file, which ends with a whole line.
    pub fn append(&mut self, event: &Event) -> io::Result<()> {
        let mut line = serde_json::to_string(event).map_err(|e| at(&self.path, &e.into()))?;
        line.push('\n');
        if let Err(error) = self.file.write_all(line.as_bytes()) {
            // A full disk takes half a line; what comes when there is room again must not stand
            // behind it. Making a file shorter needs no room.
            let _ = self.cut();
            return Err(at(&self.path, &error));
        }
        self.end += line.len() as u64;
        Ok(())
    }

    /// Takes off what stands behind the last whole line.
    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len(self.end)?;
        self.file.seek(SeekFrom::Start(self.end)).map(drop)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Why a journal cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// There is no event in it.
    #[error("{} holds no event: the run ended before it began", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A newer desirepath wrote it.
    #[error(
        "{} has format {found}, this desirepath reads up to {FORMAT}: \
         use desirepath {written_by} or later", path.display()
    )]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u64,
        /// The version that wrote it.
        written_by: String,
    },
    /// A line is no event.
    #[error("{}:{line}: not an event of a run: {why}", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
}

/// Reads a journal: the file, or the folder of its run.
///
/// A last line without its line break was being written when the sweep died, and is left out.
/// Events of kinds that a newer version of the same format added are passed over; a remark at
/// the end says how many.
///
/// # Errors
/// The file cannot be read, holds no event, has a newer format, or a line of it is broken.
pub fn read(path: &Path) -> Result<Vec<Event>, JournalError> {
    let path = if path.is_dir() { path.join(FILE) } else { path.to_owned() };
    let unreadable = |source| JournalError::Unreadable { path: path.clone(), source };
    let mut reader = BufReader::new(File::open(&path).map_err(unreadable)?);
    let mut events: Vec<Event> = Vec::new();
    let (mut newer, mut line, mut number) = (0_u32, Vec::new(), 0);
    loop {
        line.clear();
        number += 1;
        if reader.read_until(b'\n', &mut line).map_err(unreadable)? == 0 {
            break;
        }
        let torn = line.last() != Some(&b'\n');
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<Event>(&line) {
            Ok(event) => events.push(event),
            Err(_) if torn => break,
            Err(error) => match foreign(&line) {
                Foreign::TooNew { found, written_by } => {
                    return Err(JournalError::TooNew { path, found, written_by });
                }
                Foreign::NewKind => newer += 1,
                Foreign::Broken => {
                    let why = error.to_string();
                    return Err(JournalError::Broken { path, line: number, why });
                }
            },
        }
        if let Some(Event { what: Happening::SweepStarted(header), .. }) = events.last()
            && header.format > FORMAT
        {
            let (found, written_by) = (header.format.into(), header.desirepath.clone());
            return Err(JournalError::TooNew { path, found, written_by });
        }
    }
    let Some(last) = events.last() else { return Err(JournalError::Empty { path }) };
    if newer > 0 {
        let lines =
            if newer == 1 { "1 event of a kind" } else { &format!("{newer} events of kinds") };
        let text = format!(
            "{lines} unknown to this version passed over: a newer desirepath wrote this run"
        );
        events.push(Event { at: last.at, what: Happening::Remark { walk: None, text } });
    }
    Ok(events)
}

/// What a line is that does not read as an event.
enum Foreign {
    TooNew { found: u64, written_by: String },
    NewKind,
    Broken,
}

fn foreign(line: &[u8]) -> Foreign {
    #[derive(Deserialize)]
    struct Outline {
        event: String,
        format: Option<u64>,
        #[serde(default)]
        desirepath: String,
    }
    match serde_json::from_slice::<Outline>(line) {
        Ok(Outline { format: Some(found), desirepath, .. }) if found > FORMAT.into() => {
            Foreign::TooNew { found, written_by: desirepath }
        }
        Ok(Outline { event, .. }) if !Happening::WORDS.contains(&event.as_str()) => {
            Foreign::NewKind
        }
        _ => Foreign::Broken,
    }
}

/// Where the last whole line of the file ends.
fn whole_lines(file: &mut File) -> io::Result<u64> {
    const BLOCK: u64 = 64 * 1024;
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut block = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(BLOCK);
        file.seek(SeekFrom::Start(start))?;
        block.clear();
        Read::by_ref(file).take(end - start).read_to_end(&mut block)?;
        if let Some(last) = block.iter().rposition(|&b| b == b'\n') {
            return Ok(start + last as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// Keeps others out. A file system that knows no locks keeps nobody out.
fn lock(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            Err(io::Error::other("another desirepath is writing this run"))
        }
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{SweepEnd, SweepHeader};

    fn event(at: u64, what: Happening) -> Event {
        Event { at, what }
    }

    fn started() -> Event {
        let header = SweepHeader { format: FORMAT, seed: u64::MAX, ..SweepHeader::default() };
        event(0, Happening::SweepStarted(Box::new(header)))
    }

    fn remark(at: u64) -> Event {
        event(at, Happening::Remark { walk: None, text: "line\nbreak".into() })
    }

    fn written(dir: &Path, text: &str) -> PathBuf {
        let path = dir.join(FILE);
        std::fs::write(&path, text).expect("a file");
        path
    }

    #[test]
    fn a_torn_line_is_left_out_and_taken_off_when_the_run_goes_on() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::create(dir.path()).expect("a journal");
        journal.append(&started()).expect("a line");
        journal.append(&remark(1)).expect("a line");
        let mut text = std::fs::read_to_string(journal.path()).expect("text");
        text.push_str(r#"{"at":2,"event":"rem"#);
        written(dir.path(), &text);
        assert_eq!(read(dir.path()).expect("events"), [started(), remark(1)]);

        let second = Journal::resume(dir.path()).expect_err("it is written");
        assert!(second.to_string().contains("another desirepath"), "{second}");
        drop(journal);
        let (mut journal, last) = Journal::resume(dir.path()).expect("the journal again");
        assert_eq!(last, LastLine::Torn);
        let end = event(9, Happening::SweepFinished { end: SweepEnd::Completed });
        journal.append(&end).expect("a line");
        assert_eq!(read(journal.path()).expect("events"), [started(), remark(1), end]);
    }

    #[test]
    fn a_full_disk_is_told_with_the_file() {
        let file = OpenOptions::new().write(true).open("/dev/full").expect("it is always there");
        let path = PathBuf::from("run/events.jsonl");
        let mut journal = Journal { file, path, end: 0 };
        let error = journal.append(&remark(1)).expect_err("full").to_string();
        assert!(error.starts_with("run/events.jsonl: No space left"), "{error}");
    }

    #[test]
    fn a_broken_line_in_the_middle_is_named_by_its_number() {
        let dir = tempfile::tempdir().expect("a folder");
        let good = serde_json::to_string(&started()).expect("JSON");
        let path = written(dir.path(), &format!("{good}\n\n{{\"at\":1}}\n{good}\n"));
        let error = read(&path).expect_err("a broken line").to_string();
        assert!(error.contains("events.jsonl:3: not an event of a run"), "{error}");
    }

    #[test]
    fn what_a_newer_version_wrote_is_passed_over_or_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let good = serde_json::to_string(&started()).expect("JSON");
        written(dir.path(), &format!("{good}\n{{\"at\":1,\"event\":\"walk_paused\",\"x\":1}}\n"));
        let events = read(dir.path()).expect("events");
        let Some(Event { what: Happening::Remark { text, .. }, .. }) = events.last() else {
            panic!("a remark says that something was passed over: {events:?}")
        };
        assert!(text.starts_with("1 event"), "{text}");

        for rest in ["", ",\"walks\":{}"] {
            let line = format!(
                "{{\"at\":0,\"event\":\"sweep_started\",\"format\":99,\
                 \"desirepath\":\"7.0\"{rest}}}\n"
            );
            written(dir.path(), &line);
            let error = read(dir.path()).expect_err("too new").to_string();
            assert!(error.contains("format 99") && error.contains("7.0"), "{error}");
        }
        written(dir.path(), "");
        assert!(matches!(read(dir.path()), Err(JournalError::Empty { .. })));
    }

    #[test]
    fn every_kind_of_event_is_known_by_its_name() {
        for word in Happening::WORDS {
            let line = format!("{{\"at\":0,\"event\":\"{word}\"}}");
            let error = serde_json::from_str::<Event>(&line).expect_err("fields are missing");
            assert!(error.to_string().contains("missing field"), "{word}: {error}");
        }
    }
}
