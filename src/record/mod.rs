//! The contract: what can be observed in a browser, the events of a run, and the findings that
//! they add up to. Every report is a fold over these events; nothing else leaves a walk.

pub mod event;
pub mod signal;

pub use event::{
    Event, Happening, Kept, Matched, Oracle, Outcome, Rect, Severity, StepRecord, SweepEnd,
    SweepHeader, Verdict, Violation, WalkId, WalkKind,
};
pub use signal::{ConsoleLevel, Observed, RequestKind, Signal};
