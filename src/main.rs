//! The command line of desirepath.

fn main() {}
