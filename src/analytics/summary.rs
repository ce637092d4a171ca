//! What an import found, in numbers: everything that was read is in exactly one of them.

use serde::Serialize;

use super::hosts::HostTable;
use super::routes::RouteRow;
use super::tally::{Events, Lines, Mistake};

/// The numbers of an import.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Files.
    pub files: usize,
    /// Bytes of the files as they are stored.
    pub stored_bytes: u64,
    /// Bytes of their content, unpacked.
    pub bytes: u64,
    /// Lines, array elements or CSV rows, and what they were.
    pub lines: Lines,
    /// Events, and what became of them.
    pub events: Events,
    /// The first lines that make no sense.
    pub mistakes: Vec<Mistake>,
    /// Files that are damaged or end too early.
    pub damaged: Vec<Mistake>,
    /// Neighbouring events of a user that stood in the wrong order in their file.
    pub reordered: u64,
    /// Sessions of the source that were cut, because more than a day lay between two events.
    pub clock_jumps: u64,
    /// On which hosts the events were.
    pub hosts: HostTable,
    /// Different users with at least one step.
    pub users: u64,
    /// Sessions.
    pub sessions: usize,
    /// Steps in all of them.
    pub steps: usize,
    /// Different states.
    pub states: usize,
    /// Different texts of elements that fewer than k users share, and that are left out.
    pub rare_texts: usize,
    /// Different paths that are folded into `:slug`, because fewer than k users were there.
    pub rare_paths: usize,
    /// Different texts that look like addresses, tokens, card numbers or long numbers, and that
    /// are left out.
    pub personal_texts: usize,
    /// Events whose page or element is told less finely, because there were too many different.
    pub coarsened: u64,
    /// Events that went through temporary files, because they were too many for memory.
    pub spilled: u64,
    /// Which field was taken for what, where the names of the fields told it; as `--map` has it.
    pub mapping: Option<String>,
    /// The gap that ends a session, in milliseconds; `None` where events have no times.
    pub gap: Option<u64>,
    /// Where the data itself would cut, in milliseconds; `None` without a clear valley, or where
    /// the source has sessions of its own.
    pub valley: Option<u64>,
    /// Milliseconds since 1970 of the first and the last step.
    pub window: Option<(i64, i64)>,
    /// The routes, most frequent first.
    pub routes: Vec<RouteRow>,
}
