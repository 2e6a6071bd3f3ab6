//! A disk that loses what a disk may lose, under the real writer and the real recovery: for tests.
//!
//! The files are real ones, so that reading is as it always is; beside them it is kept what of them is durable. When the
//! power goes, the files become one of the states that a disk may have been left in.

mod contents;
mod dice;
mod disk;

use std::path::Path;

use crate::{Cut, CutError, Holder, Journal, OpenError, OpenOptions, Recovery};

pub use dice::{Dice, Seeds};
pub use disk::{SimulatedDisk, Trouble};

/// [`Journal::create`] on a simulated disk, with files of that size.
///
/// # Errors
///
/// As there.
pub fn create(
    dir: &Path,
    holder: &Holder,
    segment_bytes_max: u64,
    disk: &SimulatedDisk,
) -> Result<Journal, OpenError> {
    Journal::create_with(dir, holder, segment_bytes_max, Box::new(disk.clone()))
}

/// [`Journal::open`] on a simulated disk, with files of that size.
///
/// # Errors
///
/// As there.
pub fn open(
    dir: &Path,
    holder: &Holder,
    options: OpenOptions,
    segment_bytes_max: u64,
    disk: &SimulatedDisk,
) -> Result<(Journal, Recovery), OpenError> {
    Journal::open_with(
        dir,
        holder,
        options,
        &|_| 0,
        segment_bytes_max,
        Box::new(disk.clone()),
    )
}

/// [`crate::cut`] on a simulated disk, with files of that size.
///
/// # Errors
///
/// As there.
pub fn cut(
    dir: &Path,
    holder: &Holder,
    seq: u64,
    segment_bytes_max: u64,
    disk: &SimulatedDisk,
) -> Result<Cut, CutError> {
    crate::cut::cut_with(dir, holder, seq, segment_bytes_max, disk)
}
