//! The contract: what can be observed in a browser, the events of a run, and the findings that
//! they add up to. Every report is a fold over these events; nothing else leaves a walk.

mod cause;
pub mod charter;
pub mod closing;
pub mod contract;
pub mod estimate;
pub mod event;
pub mod finding;
pub mod journal;
pub mod known;
pub mod merge;
mod offered;
pub mod run;
pub mod shape;
pub mod shard;
pub mod signal;
pub mod timing;
pub mod trace;
pub mod turned_back;
mod unjudged;
pub mod walk_id;

pub use charter::Charter;
pub use closing::Closing;
pub use contract::{Change, Compared, Contracts, Difference, Exchange};
pub use estimate::Estimate;
pub use event::{
    Event, Happening, Kept, Matched, Oracle, Outcome, Rect, Severity, Shrunk, StepRecord, SweepEnd,
    SweepHeader, Verdict, Violation,
};
pub use finding::{Certainty, Finding, InBrowser, Reproduced, findings};
pub use journal::{Journal, JournalError, LastLine};
pub use known::KnownIssue;
pub use offered::Offered;
pub use run::{Note, Run, Sighting, WalkRecord};
pub use shape::Shape;
pub use shard::Shard;
pub use signal::{ConsoleLevel, Observed, RequestKind, Signal, Submission, is_aborted};
pub use timing::{Spent, Timings};
pub use trace::{
    Barrier, Click, Complaint, Content, Effects, Field, Overflow, Sent, Shown, Spinner, Trace,
    Vitals,
};
pub use turned_back::TurnedBack;
pub use unjudged::{Unjudged, Untold};
pub use walk_id::{WalkId, WalkKind};
