//! The `minhbach` command: the ledger at a terminal and in scripts.
//!
//! Exit codes: 0 yes, 1 no, 2 could not tell. Data go to standard output, words to standard error.

mod answers;
mod commands;
mod ending;
mod failure;
mod filters;
mod interface;
mod json_document;
mod log_source;
mod names;
mod numbers;
mod opening;
mod passphrase_source;
mod policy_file;
mod progress;
mod remote;
mod rows;
mod serving;
mod session;
mod signed_folder;
mod stopping;
mod table;
mod terminal;
mod texts;
mod tree;
mod usage_error;
mod writing;

use std::process::ExitCode;

/// The engine's threads pass buffers on; the C library's allocator gives them back to the kernel page by page.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    interface::run(std::env::args_os().collect()).into()
}
