//! An export of an analytics tool → the sessions in it.
//!
//! It owns the formats, the cleaning, the redaction, and where a session ends. What sessions
//! teach is not its business: that is `usage`.

mod address;
mod agents;
mod batch;
mod collect;
mod crowd;
mod detect;
mod element;
mod error;
mod frame;
mod gaps;
mod hosts;
mod import;
mod key;
mod kind;
mod moment;
mod pack;
#[cfg(feature = "parquet")]
mod parquet;
mod read;
mod redact;
mod routes;
mod seen;
mod session;
mod sessionize;
mod settle;
mod sources;
mod summary;
mod tally;
mod text;
mod vocabulary;
mod work;

pub use crowd::Crowd;
pub use element::Element;
pub use error::AnalyticsError;
pub use hosts::{HostRow, HostTable, host_name};
pub use import::{Import, Lenience, Request, import};
pub use kind::{BadKind, Kind};
pub use routes::RouteRow;
pub use session::{Act, Head, Sessions, State, StateId, Step};
pub use sources::{BadMapping, Mapping};
pub use summary::Summary;
pub use tally::{Dropped, Events, Lines, Mistake};
