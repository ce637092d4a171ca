//! The journey language from outside: mistakes as a user sees them, files that are written and
//! read again, hostile files, and the schema.

pub(crate) mod arbitrary;
mod hostile;
mod identity;
mod mistakes;
mod schema;
