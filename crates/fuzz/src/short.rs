//! The short run: what is kept, and then the inputs of a fixed number of executions.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use crate::{Target, kept, mutate};

/// Runs one execution alone, by its number.
pub const EXECUTION: &str = "MINHBACH_FUZZ_EXECUTION";

/// Runs a target: everything kept, then as many executions as it says.
///
/// # Panics
///
/// An input finds something: it is left in a file, and the panic says how to run it again.
pub fn run(target: &Target) {
    let kept = kept::inputs(target).expect("what is kept can be read");
    assert!(!kept.is_empty(), "nothing is kept of {}", target.name);
    let words = target.dictionary.words();
    let made = |number| mutate::input(number, &kept, &words);
    if let Some(number) = std::env::var(EXECUTION)
        .ok()
        .and_then(|number| number.parse().ok())
    {
        return (target.check)(&made(number));
    }
    for (nth, input) in kept.iter().enumerate() {
        try_input(target, input, &format!("input {nth} of what is kept"));
    }
    for number in 0..target.executions {
        let again = format!("execution {number}; {EXECUTION}={number} runs it alone");
        try_input(target, &made(number), &again);
    }
}

fn try_input(target: &Target, input: &[u8], which: &str) {
    if catch_unwind(AssertUnwindSafe(|| (target.check)(input))).is_err() {
        let path = leave(target, input);
        panic!(
            "{}: {which}. The input is in {path}; `cargo run -p minhbach-fuzz -- replay {} {path}` runs it",
            target.name,
            target.name,
            path = path.display()
        );
    }
}

/// Leaves an input in a file that later runs do not remove.
fn leave(target: &Target, input: &[u8]) -> PathBuf {
    let name = format!(
        "minhbach-fuzz-{}-{}",
        target.name,
        &blake3::hash(input).to_hex()[..12]
    );
    let path = std::env::temp_dir().join(name);
    // A test that fails says so in any case.
    let _ = fs::write(&path, input);
    path
}
