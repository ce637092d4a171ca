//! Everything that is tested from outside, in one binary: it links once.

mod browser;
mod cli;
mod exchange;
mod imports;
mod language;
mod reports;
mod site;
mod sweeps;
