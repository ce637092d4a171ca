//! Where a run is written down: its folder and its journal, new or gone on with. What is written
//! there is the office's.

use jiff::Timestamp;

use super::folder::Folder;
use super::resume::Before;
use super::{Extent, Order, SweepError};
use crate::record::{Journal, LastLine, journal};

/// Where a run is written, and what was written there before.
pub(super) struct Books {
    pub(super) folder: Folder,
    pub(super) journal: Journal,
    pub(super) last_line: LastLine,
    pub(super) before: Before,
}

impl Books {
    /// A new folder, or the one of the run that is gone on with.
    ///
    /// # Errors
    /// It cannot be written, or what is there cannot be gone on with.
    pub(super) fn open(order: &Order, began: Timestamp) -> Result<Self, SweepError> {
        if let Some(run) = &order.resume {
            let resumed = Journal::resume(run);
            let (journal, last_line) = resumed.map_err(SweepError::Folder)?;
            let folder = Folder::open(run);
            let before = Before::read(journal::read(run)?, &folder, order.confirmations)
                .map_err(|why| SweepError::Before { run: run.clone(), why })?;
            return Ok(Self { folder, journal, last_line, before });
        }
        let kind = match (&order.extent, &order.division) {
            (Extent::AsPlanned(_), _) => "replay".to_owned(),
            (_, Some(division)) => division.shard().to_string().replace('/', "of"),
            _ => "sweep".to_owned(),
        };
        let folder = Folder::create(&order.out, &kind, began, order.seed.0);
        let folder = folder.map_err(SweepError::Folder)?;
        let journal = Journal::create(folder.path());
        let journal = journal.map_err(SweepError::Folder)?;
        Ok(Self { folder, journal, last_line: LastLine::Whole, before: Before::default() })
    }
}
