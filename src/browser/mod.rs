//! The only floor that knows WebDriver: drivers, sessions, pages, looking and acting.
//! It tells what it saw and judges nothing.
//!
//! A step costs two round trips: a [`Page::look`], which waits, reads and aims inside the page,
//! and one act at the point where the aim was. Classic WebDriver carries both, and a line of its
//! own to the tab the scripts where the browser has one; a BiDi socket beside it brings isolation
//! and everything that the browser tells by itself.

mod accessibility;
mod act;
mod arrival;
mod bidi;
mod bodies;
mod capabilities;
mod context;
mod debugger;
mod driver;
mod endpoint;
mod error;
mod fence;
mod glance;
mod grid;
mod keys;
mod lane;
mod look;
mod mapper;
mod offer;
mod own;
mod page;
mod processes;
mod programs;
mod scratch;
mod screen;
mod script;
mod session;
mod strain;
mod told;
mod window;
mod wire;

pub use crate::browser_kind::{BrowserKind, UnknownBrowser};
pub use accessibility::Barriers;
pub use act::Gesture;
pub use driver::{Display, Driver, LaunchOptions, Protocol};
pub use error::BrowserError;
pub use glance::{
    Aim, Aimed, Attention, BrokenRule, Filled, Found, Glance, Look, Measured, NotFound, Readiness,
    Reading, RuleCheck, Settle, Why,
};
pub use grid::{Slots, slots};
pub use offer::{Offer, OfferVerb};
pub use page::{Page, PageOptions, Snapshot};
pub use session::Session;
pub use told::InFlight;
pub use window::Network;
