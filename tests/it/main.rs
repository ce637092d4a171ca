//! Everything that is tested from outside, in one binary: it links once.

mod browser;
mod cli;
mod imports;
mod language;
mod reports;
mod site;
