//! Tests of the files as others see them. Hashes are computed with the blake3 crate straight.

#![expect(
    clippy::single_range_in_vec_init,
    reason = "a list of files, each a range of entries"
)]

mod commit;
mod cut_faults;
mod faults;
mod locking;
mod reading;
mod recovery;
mod sample;
mod verification;
