//! `events.jsonl`, written as it happens and read back: one event a line. What the events mean
//! together is `run`'s; this knows lines, files and versions only.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::event::FORMAT;
use super::{Event, Happening};

/// The journal's name in a run's folder.
pub const FILE: &str = "events.jsonl";

/// The writer. It owns the file; each event is handed to the operating system before
/// [`Journal::append`] returns, so that a killed sweep loses at most the line being written.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    line: Vec<u8>,
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
        Ok(Journal { file, path, line: Vec::new() })
    }

    /// Goes on with the journal in `dir`. A last line that was torn is taken off.
    ///
    /// # Errors
    /// There is none, or it cannot be read or written.
    pub fn resume(dir: &Path) -> io::Result<Journal> {
        let path = dir.join(FILE);
        let mut file =
            OpenOptions::new().read(true).write(true).open(&path).map_err(|e| at(&path, &e))?;
        let end = whole_lines(&mut file).map_err(|e| at(&path, &e))?;
        file.set_len(end).map_err(|e| at(&path, &e))?;
        file.seek(SeekFrom::Start(end)).map_err(|e| at(&path, &e))?;
        Ok(Journal { file, path, line: Vec::new() })
    }

    /// Writes one event.
    ///
    /// # Errors
    /// The disk refuses (full, gone); the error names the file.
    pub fn append(&mut self, event: &Event) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, event).map_err(|e| at(&self.path, &e.into()))?;
        self.line.push(b'\n');
        self.file.write_all(&self.line).map_err(|e| at(&self.path, &e))
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
        let text = format!(
            "{newer} events of kinds that this version does not know were passed over; \
             a newer desirepath wrote this run"
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

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
