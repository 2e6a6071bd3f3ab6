//! `cargo xtask docs`: writes the pages that are made from the tests of the rules.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::program::Program;

/// Writes `docs/rejections.md` and the lines beside it. The same test compares them when it is not told to write.
pub fn write(root: &Path) -> Result<()> {
    Program::new("cargo")
        .args([
            "test",
            "--locked",
            "--package",
            "minhbach-ledger",
            "--test",
            "table",
        ])
        .args(["--", "--exact", "document::rejections_are_documented"])
        .env("MINHBACH_WRITE_DOCS", "1")
        .run_in(root)
        .context("writing docs/rejections.md from the rows of crates/ledger/tests/table")?;
    println!("written: docs/rejections.md, docs/rejections.ndjson");
    Ok(())
}
