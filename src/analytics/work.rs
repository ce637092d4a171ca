//! One parser thread: blocks of records → batches of events. Every record is counted exactly once.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};

use super::batch::{Batch, Door, Rules};
use super::frame;
use super::kind::{Framing, Kind};
use super::read::Block;
use super::sources::{self, Mapping, Source, Took};

/// Parses blocks until there are no more. Ends early where nobody takes the batches.
pub(super) fn work(
    blocks: &Receiver<Block>,
    batches: &SyncSender<Batch>,
    rules: &Rules,
    mapping: Option<&Mapping>,
) {
    let mut door = Door::new(rules);
    let mut worker = Worker { current: None, mapping };
    while let Ok(block) = blocks.recv() {
        worker.parse(&block, &mut door);
        if batches.send(door.take(block.consumed)).is_err() {
            return;
        }
    }
}

struct Worker<'m> {
    /// The source, with the file and header that it has begun.
    current: Option<(u16, Arc<str>, Box<dyn Source>)>,
    mapping: Option<&'m Mapping>,
}

impl Worker<'_> {
    fn parse(&mut self, block: &Block, door: &mut Door<'_>) {
        let source = match self.source(block) {
            Ok(source) => source,
            Err(why) => {
                // The reader asked the same before: this is a header within the file.
                door.at(block.file, block.first);
                door.lines().all += 1;
                return door.mistake(&block.name, why);
            }
        };
        // Checking whole text is several times faster than looking for what is wrong in it.
        let text = str::from_utf8(&block.bytes)
            .map_or_else(|_| String::from_utf8_lossy(&block.bytes), Cow::Borrowed);
        let framing = block.kind.framing();
        let rows: Box<dyn Iterator<Item = &str>> = match framing {
            Framing::Csv => Box::new(frame::rows(&text)),
            Framing::Lines | Framing::Json => Box::new(lines(&text)),
        };
        for (line, row) in (block.first..).zip(rows) {
            door.at(block.file, line);
            door.lines().all += 1;
            let row = row.strip_suffix('\r').unwrap_or(row);
            if row.trim().is_empty() {
                door.lines().blank += 1;
                continue;
            }
            // Of other CSV the source itself knows whether there is a header.
            if framing == Framing::Csv && block.kind != Kind::Csv && line == 1 {
                door.lines().heading += 1;
                continue;
            }
            let before = door.events();
            match source.take(row, door) {
                Ok(Took::Events) => {
                    door.lines().read += 1;
                    if door.events() == before {
                        door.drop_one(super::tally::Dropped::Irrelevant);
                    }
                }
                Ok(Took::Heading) => door.lines().heading += 1,
                Err(why) => door.mistake(&block.name, why.into_owned()),
            }
        }
    }

    fn source(&mut self, block: &Block) -> Result<&mut Box<dyn Source>, String> {
        let same = self
            .current
            .as_ref()
            .is_some_and(|(file, header, _)| *file == block.file && *header == block.header);
        if !same {
            let mut source =
                sources::source(block.kind, self.mapping).map_err(|e| e.to_string())?;
            if !block.header.is_empty() {
                source.begin(&block.header)?;
            }
            self.current = Some((block.file, Arc::clone(&block.header), source));
        }
        Ok(&mut self.current.as_mut().expect("it was set above").2)
    }
}

/// As `str::lines`, but a carriage return within a line is no end.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.strip_suffix('\n').unwrap_or(text).split('\n')
}

/// What is wrong with a record, without its content.
pub(super) type Broken = Cow<'static, str>;
