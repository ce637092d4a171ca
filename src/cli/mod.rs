//! The commands: arguments come in, a floor below is asked, what is printed goes out.

pub mod check;
pub mod input;
pub mod schema;
