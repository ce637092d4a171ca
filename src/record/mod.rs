//! The contract: what can be observed in a browser, the events of a run, and the findings that
//! they add up to. Every report is a fold over these events; nothing else leaves a walk.

pub mod estimate;
pub mod event;
pub mod finding;
pub mod journal;
pub mod known;
pub mod run;
pub mod signal;
pub mod trace;

pub use estimate::Estimate;
pub use event::{
    Event, Happening, Kept, Matched, Oracle, Outcome, Rect, Severity, Shrunk, StepRecord, SweepEnd,
    SweepHeader, Verdict, Violation, WalkId, WalkKind,
};
pub use finding::{Certainty, Finding, InBrowser, Reproduced, findings};
pub use journal::{Journal, JournalError};
pub use known::KnownIssue;
pub use run::{Note, Run, Sighting, WalkRecord};
pub use signal::{ConsoleLevel, Observed, RequestKind, Signal, Submission};
pub use trace::{Click, Content, Effects, Field, Overflow, Sent, Spinner, Trace, Vitals};
