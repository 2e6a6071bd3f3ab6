//! Where each member of a backup belongs: their names, their order, how long they can be.

use minhbach_journal::SEGMENT_BYTES_MAX;

use crate::manifest;
use crate::tar_header::SIZE_MAX;

pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const VKEY: &str = "log/vkey";
pub(crate) const CHECKPOINT: &str = "log/checkpoint";
pub(crate) const COSIGNED: &str = "log/cosigned";
pub(crate) const MIRROR: &str = "log/mirror";
pub(crate) const SEALED: &str = "private.age";
pub(crate) const SUMS: &str = "B3SUMS";

/// The files of `log/` that are kept; none is longer.
pub(crate) const OF_LOG: [&str; 4] = [VKEY, CHECKPOINT, COSIGNED, MIRROR];
pub(crate) const OF_LOG_BYTES_MAX: u64 = 1024 * 1024;
/// The list of hashes of more files than 2³² entries have.
const SUMS_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Where a member belongs. Each comes after those that are less, and none comes twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Manifest,
    Log(usize),
    /// The seq of its first entry.
    Journal(u64),
    Sealed,
    Sums,
}

impl Place {
    /// Where the member of that name belongs, if anywhere.
    pub(crate) fn of(name: &str) -> Option<Place> {
        if let Some(nth) = OF_LOG.iter().position(|known| *known == name) {
            return Some(Place::Log(nth));
        }
        match name {
            MANIFEST => Some(Place::Manifest),
            SEALED => Some(Place::Sealed),
            SUMS => Some(Place::Sums),
            _ => {
                let first = name.strip_prefix("journal/").and_then(first_of)?;
                Some(Place::Journal(first))
            }
        }
    }

    /// The most bytes that a member can have there.
    pub(crate) fn bytes_max(&self) -> u64 {
        match self {
            Place::Manifest => manifest::BYTES_MAX,
            Place::Log(_) => OF_LOG_BYTES_MAX,
            Place::Journal(_) => SEGMENT_BYTES_MAX,
            Place::Sealed => SIZE_MAX,
            Place::Sums => SUMS_BYTES_MAX,
        }
    }
}

/// The name of the member that begins with that entry.
pub(crate) fn journal_member(first: u64) -> String {
    format!("journal/{first:020}.log")
}

/// The seq that a journal file's name says.
pub(crate) fn first_of(file: &str) -> Option<u64> {
    let digits = file.strip_suffix(".log")?;
    let all_digits = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| digits.parse().ok()).flatten()
}
