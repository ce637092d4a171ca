//! Files → blocks of whole records, in one thread: unpacks, tells the kind, and cuts. Memory is
//! bounded by the size of a block, or of the longest record that is allowed.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use super::frame::Pending;
use super::kind::{Framing, Kind};
use super::pack::Unpacked;
use super::sources::Mapping;
use super::tally::Mistake;
use super::{AnalyticsError, detect, sources};

/// How many bytes of records make a block.
const BLOCK: usize = 1 << 20;
/// The longest record, in bytes.
pub(super) const LONGEST_RECORD: usize = 8 << 20;
/// How much of a file is looked at to tell its kind.
const HEAD: usize = 1 << 16;

/// Whole records of one file.
pub(super) struct Block {
    /// The file's number, in the order in which they were named.
    pub(super) file: u16,
    /// The file's name, for mistakes.
    pub(super) name: Arc<str>,
    pub(super) kind: Kind,
    /// The line that names the columns, where there is one.
    pub(super) header: Arc<str>,
    pub(super) bytes: Vec<u8>,
    /// The number of its first record in the file, from 1.
    pub(super) first: u64,
    /// Bytes of the stored file since the last block.
    pub(super) consumed: u64,
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) kind: Option<Kind>,
    /// Bytes of the files as they are stored.
    pub(super) stored: u64,
    /// Bytes of their content.
    pub(super) unpacked: u64,
    pub(super) too_long: u64,
    /// Files that end too early or are damaged.
    pub(super) damaged: Vec<Mistake>,
}

/// What is to be read.
pub(super) struct Plan<'a> {
    pub(super) files: &'a [PathBuf],
    /// The kind, where somebody said it.
    pub(super) from: Option<Kind>,
    pub(super) mapping: Option<&'a Mapping>,
}

/// Reads all files and hands their blocks out in turn. Ends early where nobody takes them.
pub(super) fn read(
    plan: &Plan<'_>,
    workers: &[SyncSender<Block>],
) -> Result<Reading, AnalyticsError> {
    let mut reading = Reading::default();
    let mut first: Option<(&Path, Kind)> = None;
    let mut turn = 0;
    for (number, path) in plan.files.iter().enumerate() {
        let number = u16::try_from(number).map_err(|_| AnalyticsError::Files(plan.files.len()))?;
        let mut cutter = Cutter::open(number, path, &mut reading)?;
        if cutter.head.is_empty() {
            continue;
        }
        let kind = match plan.from {
            Some(kind) => kind,
            None => told(path, &cutter.head, plan.mapping)?,
        };
        if let Some((before, one)) = first
            && one != kind
        {
            return Err(AnalyticsError::Mixed {
                first: before.to_owned(),
                one,
                second: path.clone(),
                other: kind,
            });
        }
        first = Some((path, kind));
        reading.kind = Some(kind);
        let mut send = |block: Block| {
            // A source that needs its records in order has them all from one thread.
            let worker = if kind.needs_order() { 0 } else { turn % workers.len() };
            turn += 1;
            workers[worker].send(block).is_ok()
        };
        if !cutter.cut(kind, plan.mapping, &mut reading, &mut send)? {
            break;
        }
    }
    Ok(reading)
}

/// The mapping that the first file with any content tells by the names of its own fields, where
/// its kind is not another.
///
/// # Errors
/// A file cannot be opened.
pub(super) fn evident(
    files: &[PathBuf],
    from: Option<Kind>,
) -> Result<Option<Mapping>, AnalyticsError> {
    if !matches!(from, None | Some(Kind::Csv | Kind::Json)) {
        return Ok(None);
    }
    for path in files {
        let head = Cutter::open(0, path, &mut Reading::default())?.head;
        if head.is_empty() {
            continue;
        }
        if from.is_none() && detect::kind(&head).is_some() {
            return Ok(None);
        }
        return Ok(match head.trim_ascii_start().first() {
            Some(b'{' | b'[') => {
                // Who it was may be said once, of a whole array of events.
                let around = detect::around(&head).and_then(|(array, object)| {
                    Mapping::of_object(&object).filter(|mapping| mapping.says_who_around(array))
                });
                let record = |record: &Vec<u8>| Mapping::of_object(record);
                around.or_else(|| detect::records(&head).iter().find_map(record))
            }
            _ => header(Kind::Csv, &head).and_then(|header| Mapping::of_header(&header)),
        });
    }
    Ok(None)
}

fn told(path: &Path, head: &[u8], mapping: Option<&Mapping>) -> Result<Kind, AnalyticsError> {
    if mapping.is_some() {
        let json = matches!(head.trim_ascii_start().first(), Some(b'{' | b'['));
        return Ok(if json { Kind::Json } else { Kind::Csv });
    }
    detect::kind(head).ok_or_else(|| AnalyticsError::Unknown { path: path.to_owned() })
}

/// One file on its way into blocks.
struct Cutter<'a> {
    number: u16,
    path: &'a Path,
    name: Arc<str>,
    unpacked: Unpacked,
    /// Bytes of the stored file that earlier blocks stood for.
    told: u64,
    head: Vec<u8>,
    /// Whether the head is all there is.
    ended: bool,
}

impl<'a> Cutter<'a> {
    fn open(number: u16, path: &'a Path, reading: &mut Reading) -> Result<Self, AnalyticsError> {
        let mut cutter = Self {
            number,
            path,
            name: path.display().to_string().into(),
            unpacked: Unpacked::open(path)?,
            told: 0,
            head: vec![0; HEAD],
            ended: false,
        };
        let mut filled = 0;
        while filled < HEAD && !cutter.ended {
            let mut piece = std::mem::take(&mut cutter.head);
            let count = cutter.pull(&mut piece[filled..], reading);
            cutter.head = piece;
            filled += count;
            cutter.ended = count == 0;
        }
        cutter.head.truncate(filled);
        if cutter.head.starts_with(b"\xef\xbb\xbf") {
            cutter.head.drain(..3);
        }
        Ok(cutter)
    }

    /// Reads on; damage is an end like any other, and is told.
    fn pull(&mut self, buffer: &mut [u8], reading: &mut Reading) -> usize {
        match self.unpacked.read(buffer) {
            Ok(count) => {
                reading.unpacked += count as u64;
                count
            }
            Err(error) => {
                reading.damaged.push(Mistake {
                    file: self.name.to_string(),
                    line: 0,
                    why: format!(
                        "the file is damaged or ends too early ({error}); what came before was used"
                    ),
                });
                0
            }
        }
    }

    /// Cuts the file; whether the blocks were all taken.
    fn cut(
        &mut self,
        kind: Kind,
        mapping: Option<&Mapping>,
        reading: &mut Reading,
        send: &mut dyn FnMut(Block) -> bool,
    ) -> Result<bool, AnalyticsError> {
        let mut header = header(kind, &self.head);
        let columns = |why| AnalyticsError::Columns { path: self.path.to_owned(), why };
        // Asked here so that the first thing one hears of a wrong column is its name.
        let mut probe = sources::source(kind, mapping)?;
        if kind.framing() == Framing::Csv || header.is_some() {
            probe.begin(header.as_deref().unwrap_or("")).map_err(columns)?;
        }
        let mut framer = detect::framer(kind, &self.head, mapping);
        let mut pending = Pending::default();
        let mut first = 1;
        let mut skipping = false;
        let mut piece = std::mem::take(&mut self.head);
        loop {
            let mut fresh: &[u8] = &piece;
            if skipping {
                match framer.skip(fresh) {
                    Some(rest) => {
                        fresh = rest;
                        skipping = false;
                    }
                    None => fresh = &[],
                }
            }
            framer.feed(fresh, &mut pending);
            if self.ended {
                framer.finish(&mut pending);
            }
            let too_long = pending.bytes.len() - pending.complete > LONGEST_RECORD;
            if pending.complete >= BLOCK || self.ended || too_long {
                let records = pending.records;
                let block = self.block(kind, header.as_ref(), &mut pending, first);
                if matches!(kind, Kind::W3c | Kind::CloudFront)
                    && let Some(newer) = last_fields(&block.bytes)
                {
                    header = Some(newer);
                }
                if !block.bytes.is_empty() && !send(block) {
                    return Ok(false);
                }
                first += records;
            }
            if too_long && !self.ended {
                pending.bytes.clear();
                reading.too_long += 1;
                first += 1;
                skipping = true;
            }
            if self.ended {
                reading.stored += self.unpacked.consumed();
                return Ok(true);
            }
            piece.resize(BLOCK / 4, 0);
            let count = self.pull(&mut piece, reading);
            piece.truncate(count);
            self.ended = count == 0;
        }
    }

    /// Takes the whole records that are pending.
    fn block(
        &mut self,
        kind: Kind,
        header: Option<&Arc<str>>,
        pending: &mut Pending,
        first: u64,
    ) -> Block {
        let rest = pending.bytes.split_off(pending.complete);
        let consumed = self.unpacked.consumed();
        let block = Block {
            file: self.number,
            name: Arc::clone(&self.name),
            kind,
            header: header.map_or_else(|| Arc::from(""), Arc::clone),
            bytes: std::mem::replace(&mut pending.bytes, rest),
            first,
            consumed: consumed - self.told,
        };
        self.told = consumed;
        pending.bytes.reserve(BLOCK + BLOCK / 2);
        pending.complete = 0;
        pending.records = 0;
        block
    }
}

/// The line that names the columns, at the beginning of a file.
fn header(kind: Kind, head: &[u8]) -> Option<Arc<str>> {
    match kind.framing() {
        Framing::Csv => {
            let text = String::from_utf8_lossy(head);
            let mut rows = super::frame::rows(&text);
            let told = |row: &&str| !row.trim().is_empty() && !row.starts_with(['#', '%']);
            let first = if kind == Kind::Csv { rows.find(told) } else { rows.next() };
            first.map(|row| Arc::from(row.trim_end_matches('\r')))
        }
        Framing::Lines if kind == Kind::Paths => sources::legend(&String::from_utf8_lossy(head))
            .map(|line| Arc::from(line.trim_end_matches('\r'))),
        // The fields may be named after the first records of the head; each block finds its own.
        _ => None,
    }
}

/// The last line of a block that names the fields of what follows, as W3C logs have it.
fn last_fields(block: &[u8]) -> Option<Arc<str>> {
    let begins = |&at: &usize| at == 0 || block[at - 1] == b'\n';
    let at = memchr::memmem::find_iter(block, b"#Fields:").filter(begins).last()?;
    let line = block[at..].split(|&b| b == b'\n').next()?;
    Some(String::from_utf8_lossy(line).into())
}
