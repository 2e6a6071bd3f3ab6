//! `cargo xtask docs`: writes the pages that are made from tests.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::program::Program;

/// Writes `docs/rejections.md`, the lines beside it, and `docs/events.md`. The same tests compare them when they are not
/// told to write.
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
    Program::new("cargo")
        .args(["test", "--locked", "--package", "minhbach", "--bin", "minhbach"])
        .args([
            "--",
            "--exact",
            "commands::schema::tests::the_page_of_events_is_up_to_date",
        ])
        .env("MINHBACH_WRITE_DOCS", "1")
        .run_in(root)
        .context("writing docs/events.md from the texts and the vectors")?;
    println!("written: docs/rejections.md, docs/rejections.ndjson, docs/events.md");
    Ok(())
}
