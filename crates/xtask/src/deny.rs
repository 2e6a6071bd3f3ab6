//! `cargo xtask deny`: what the dependencies are allowed to be, by `deny.toml`.

use std::path::Path;

use anyhow::{Result, bail};

use crate::program::Program;

/// Runs cargo-deny, if it is there.
pub fn run(root: &Path) -> Result<()> {
    if !Program::new("cargo")
        .args(["deny", "--version"])
        .succeeds_in(root)
    {
        bail!(
            "cargo-deny is not installed: run `cargo install cargo-deny --locked`, which takes some minutes"
        );
    }
    Program::new("cargo")
        .args(["deny", "--all-features", "--locked", "check"])
        .run_in(root)
}
