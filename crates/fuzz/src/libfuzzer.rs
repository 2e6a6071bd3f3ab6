//! The long run: the target that `MINHBACH_FUZZ_TARGET` names, under libFuzzer. `cargo xtask fuzz` builds and runs it.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
mod run {
    use std::sync::OnceLock;

    use minhbach_fuzz::{Target, find};

    /// The target of this process.
    fn target() -> &'static Target {
        static TARGET: OnceLock<&Target> = OnceLock::new();
        TARGET.get_or_init(|| {
            let name = std::env::var("MINHBACH_FUZZ_TARGET").unwrap_or_default();
            find(&name).unwrap_or_else(|| panic!("MINHBACH_FUZZ_TARGET names no target: {name:?}"))
        })
    }

    libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (target().check)(bytes));
}

#[cfg(not(fuzzing))]
fn main() {
    eprintln!("libFuzzer is not in this build: `cargo xtask fuzz` makes one that has it");
}
