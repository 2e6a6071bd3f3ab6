//! The commands of a developer.
#![allow(clippy::print_stdout, reason = "a command's output is its purpose")]

mod deny;
mod docs;
mod fuzz;
mod layering;
mod program;
mod strangers;
mod test;
mod tidy;
mod totals;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};

use crate::program::Program;
use crate::test::Selection;

/// The commands of a developer.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Everything that must hold: formatting, lints, layers, tidiness, all tests.
    Test(Selection),
    /// Licences, advisories, bans and sources of the dependencies, by cargo-deny.
    Deny,
    /// Writes the pages that are made from the tests of the rules: docs/rejections.md.
    Docs,
    /// Everything that reads bytes from outside, on bytes that nobody thought of, under libFuzzer.
    Fuzz(fuzz::Selection),
    /// The engine beside PostgreSQL, a bare file and sled, in one run.
    ///
    /// Every argument goes to the benchmarks; `cargo xtask bench --help` lists them.
    #[command(disable_help_flag = true)]
    Bench {
        /// Passed on.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    let root = root()?;
    match cli.command {
        Command::Test(selection) => test::run(&root, &selection),
        Command::Deny => deny::run(&root),
        Command::Docs => docs::write(&root),
        Command::Fuzz(selection) => fuzz::run(&root, &selection),
        Command::Bench { arguments } => Program::new("cargo")
            .args([
                "run",
                "--release",
                "--locked",
                "--package",
                "xtask",
                "--features",
                "bench",
            ])
            .args(["--bin", "xtask-bench", "--"])
            .args(&arguments)
            .run_in(&root),
    }
}

/// The root of the workspace that this program was built from.
fn root() -> Result<PathBuf> {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .context("CARGO_MANIFEST_DIR is not set: run this through cargo, as `cargo xtask …`")?;
    let root = Path::new(&manifest).ancestors().nth(2);
    Ok(root
        .context("CARGO_MANIFEST_DIR is not two folders below the workspace")?
        .to_path_buf())
}
