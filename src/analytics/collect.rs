//! Batches from all threads → all events under one numbering of states, split by users. What does
//! not fit into memory goes to temporary files that have no name, so that they are gone however
//! the program ends.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use indexmap::IndexSet;

use super::batch::{Asked, Batch, Event};
use super::crowd::{Crowd, Crowds};
use super::hosts::Hosts;
use super::key;
use super::tally::{Events, Lines, Mistake};

/// How many parts the events are split into, by the highest bits of the user.
const PARTS: usize = 64;
/// Bytes of an event in a temporary file.
const STORED: usize = 31;
/// The most different states, before they are told apart less finely.
const MOST_STATES: usize = 1 << 19;
/// The most bytes of their keys.
const MOST_BYTES: usize = 48 << 20;
/// How many mistakes are told in words.
pub(super) const TOLD: usize = 5;

/// Everything that was collected.
pub(super) struct Collected {
    pub(super) keys: Keys,
    /// How many events each state has.
    pub(super) weights: Vec<u64>,
    pub(super) crowds: Crowds,
    pub(super) hosts: Hosts,
    pub(super) lines: Lines,
    pub(super) events: Events,
    /// The first mistakes, by file and line.
    pub(super) mistakes: Vec<Mistake>,
    /// Events whose state had to be told less finely.
    pub(super) coarsened: u64,
    /// Events that went through temporary files.
    pub(super) spilled: u64,
    parts: Vec<Vec<Event>>,
    files: Option<Vec<BufWriter<File>>>,
    budget: usize,
    held: usize,
    bytes: usize,
}

/// The keys of states; a state's number is the place of its key.
pub(super) type Keys = IndexSet<Box<str>, foldhash::fast::FixedState>;

impl Collected {
    /// Nothing yet. More events than `budget` are not held in memory at once.
    pub(super) fn new(least: Crowd, budget: usize) -> Self {
        Self {
            keys: Keys::default(),
            weights: Vec::new(),
            crowds: Crowds::new(least),
            hosts: Hosts::new(least),
            lines: Lines::default(),
            events: Events::default(),
            mistakes: Vec::new(),
            coarsened: 0,
            spilled: 0,
            parts: vec![Vec::new(); PARTS],
            files: None,
            budget,
            held: 0,
            bytes: 0,
        }
    }

    /// Takes a batch in.
    ///
    /// # Errors
    /// Events cannot be written to a temporary file.
    pub(super) fn take(&mut self, batch: Batch) -> io::Result<()> {
        self.lines.add(&batch.lines);
        self.events.add(&batch.tally);
        self.hosts.add(&batch.hosts);
        self.mistakes.extend(batch.mistakes);
        self.mistakes.sort();
        self.mistakes.truncate(TOLD);
        let numbers: Vec<(u32, bool)> =
            batch.keys.into_iter().map(|key| self.number(key)).collect();
        for mut event in batch.events {
            let (state, coarser) = numbers[event.state as usize];
            event.state = state;
            self.coarsened += u64::from(coarser);
            self.weights[state as usize] += 1;
            self.crowds.add(state as usize, event.user);
            self.parts[part(event.user)].push(event);
            self.held += 1;
        }
        if self.held > self.budget {
            self.spill()?;
        }
        Ok(())
    }

    /// The number of a key, and whether it had to be a coarser one.
    fn number(&mut self, key: Box<str>) -> (u32, bool) {
        let mut key = key;
        let mut coarser = false;
        loop {
            if let Some(number) = self.keys.get_index_of(&key) {
                return (index(number), coarser);
            }
            let full = self.keys.len() >= MOST_STATES || self.bytes >= MOST_BYTES;
            match full.then(|| key::coarser(&key)).flatten() {
                Some(next) => {
                    key = next.into();
                    coarser = true;
                }
                None => break,
            }
        }
        self.bytes += key.len();
        self.weights.push(0);
        self.crowds.push();
        (index(self.keys.insert_full(key).0), coarser)
    }

    /// How many events there are.
    pub(super) fn len(&self) -> usize {
        self.held + usize::try_from(self.spilled).unwrap_or(usize::MAX)
    }

    /// The states are settled: what they were made of is not needed any more.
    pub(super) fn forget_keys(&mut self) {
        self.keys = Keys::default();
        self.weights = Vec::new();
        self.crowds.clear();
    }

    fn spill(&mut self) -> io::Result<()> {
        let files = match &mut self.files {
            Some(files) => files,
            None => self.files.insert(
                (0..PARTS)
                    .map(|_| tempfile::tempfile().map(BufWriter::new))
                    .collect::<io::Result<_>>()?,
            ),
        };
        for (part, file) in self.parts.iter_mut().zip(files) {
            for event in part.drain(..) {
                file.write_all(&store(&event))?;
            }
        }
        self.spilled += self.held as u64;
        self.held = 0;
        Ok(())
    }

    /// Hands over the events of each part; all events of a user are in one part, and the parts are
    /// in the order of the users. What was handed over is not held any more.
    ///
    /// # Errors
    /// A temporary file cannot be read.
    pub(super) fn drain(&mut self, mut each: impl FnMut(&mut Vec<Event>)) -> io::Result<()> {
        let mut files = self.files.take().unwrap_or_default().into_iter();
        for part in &mut self.parts {
            let mut events = std::mem::take(part);
            if let Some(file) = files.next() {
                load(file.into_inner().map_err(io::IntoInnerError::into_error)?, &mut events)?;
            }
            each(&mut events);
        }
        Ok(())
    }
}

fn part(user: u64) -> usize {
    usize::try_from(user >> (64 - PARTS.trailing_zeros())).expect("six bits")
}

fn index(number: usize) -> u32 {
    u32::try_from(number).expect("far fewer states than 2^32")
}

fn store(event: &Event) -> [u8; STORED] {
    let mut bytes = [0; STORED];
    bytes[0..8].copy_from_slice(&event.user.to_le_bytes());
    bytes[8..16].copy_from_slice(&event.time.to_le_bytes());
    bytes[16..20].copy_from_slice(&event.session.to_le_bytes());
    bytes[20..24].copy_from_slice(&event.order.to_le_bytes());
    bytes[24..28].copy_from_slice(&event.state.to_le_bytes());
    bytes[28..30].copy_from_slice(&event.file.to_le_bytes());
    bytes[30] = u8::from(event.asked == Asked::Yes);
    bytes
}

fn load(mut file: File, events: &mut Vec<Event>) -> io::Result<()> {
    let size = file.stream_position()?;
    file.rewind()?;
    let count = usize::try_from(size).unwrap_or(usize::MAX) / STORED;
    events.reserve_exact(count);
    let mut file = BufReader::with_capacity(1 << 16, file);
    let mut bytes = [0; STORED];
    for _ in 0..count {
        file.read_exact(&mut bytes)?;
        events.push(Event {
            user: u64::from_le_bytes(piece(&bytes, 0)),
            time: i64::from_le_bytes(piece(&bytes, 8)),
            session: u32::from_le_bytes(piece(&bytes, 16)),
            order: u32::from_le_bytes(piece(&bytes, 20)),
            state: u32::from_le_bytes(piece(&bytes, 24)),
            file: u16::from_le_bytes(piece(&bytes, 28)),
            asked: if bytes[30] == 1 { Asked::Yes } else { Asked::No },
        });
    }
    Ok(())
}

fn piece<const N: usize>(bytes: &[u8; STORED], from: usize) -> [u8; N] {
    bytes[from..from + N].try_into().expect("a slice of N bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_comes_back() {
        let event = Event {
            user: u64::MAX - 7,
            time: -3,
            session: 5,
            order: u32::MAX,
            state: 9,
            file: 65_535,
            asked: Asked::No,
        };
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(&store(&event)).expect("writes");
        let mut events = vec![];
        load(file, &mut events).expect("reads");
        assert_eq!(events, [event]);
    }
}
