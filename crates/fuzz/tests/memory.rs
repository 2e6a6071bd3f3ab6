//! Long inputs cost memory in proportion to their length, whatever stands in them. This is one test in a process of its own,
//! because it counts what the whole process allocates.

use std::panic::{AssertUnwindSafe, catch_unwind};

use minhbach_fuzz::{TARGETS, kept};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// How long an input is made.
const BYTES: usize = 256 * 1024;
/// What a target may allocate for each byte of it, all its copies and comparisons counted.
const TIMES_MAX: usize = 250;
/// What it may allocate in any case: buffers of files.
const ANYWAY: usize = 8 * 1024 * 1024;

#[test]
fn long_inputs_cost_memory_in_proportion() {
    for target in TARGETS {
        let kept = kept::inputs(target).expect("what is kept can be read");
        // What is made once is not counted.
        kept.iter().for_each(|input| (target.check)(input));
        for input in kept.iter().take(4).filter(|input| !input.is_empty()) {
            // The whole over and over, and its middle over and over within it.
            let (start, end) = (input.len() / 3, (2 * input.len() / 3).max(input.len() / 3 + 1));
            let middle = input[start..end].repeat(BYTES / (end - start));
            let inside = [&input[..start], &middle, &input[end..]].concat();
            for long in [input.repeat(1 + BYTES / input.len()), inside] {
                let before = ALLOCATED.current_usage();
                ALLOCATED.reset_peak_usage();
                let found = catch_unwind(AssertUnwindSafe(|| (target.check)(&long)));
                let most = ALLOCATED.peak_usage().saturating_sub(before);
                assert!(found.is_ok(), "{}: a long input finds something", target.name);
                let bound = ANYWAY + TIMES_MAX * long.len();
                assert!(
                    most <= bound,
                    "{}: {most} bytes for an input of {}",
                    target.name,
                    long.len()
                );
            }
        }
    }
}
