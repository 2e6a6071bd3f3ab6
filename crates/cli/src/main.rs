//! The minhbach command.
fn main() {}
