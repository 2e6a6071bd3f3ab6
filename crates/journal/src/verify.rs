//! Checking a whole journal without writing.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use crate::chain::Chain;
use crate::segment::{self, ListError};
use crate::walk::{End, Progress, Walk};
use crate::{Damage, Head, IoFault, SEGMENT_BYTES_MAX, TornTail};

/// What a verification found to be sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The number of entries.
    pub size: u64,
    /// The last entry.
    pub head: Head,
    /// The number of files.
    pub segments: u64,
    /// The bytes of all files, a torn tail included.
    pub bytes: u64,
    /// A last line that was never finished. It is no entry, but the folder wants opening by its writer.
    pub torn_tail: Option<TornTail>,
}

/// Why a journal is not sound, or why that could not be told.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The first entry, by seq, that is not as it must be.
    #[error("damaged: {0}")]
    Damage(Box<Damage>),
    /// There is no journal in the folder.
    #[error("there is no journal in {}: name the data folder, or make one with `minhbach init`", .0.display())]
    NotThere(PathBuf),
    /// A file in the journal's folder has a name that none of its files has.
    #[error("{} is not a file of the journal: move it elsewhere", .0.display())]
    Foreign(PathBuf),
    /// A file could not be read.
    #[error(transparent)]
    Io(#[from] IoFault),
}

/// Checks every line of the journal in the data folder `dir`: hash, link, seq and time, on all cores.
///
/// It never writes and takes no lock; beside a running writer it checks what was there when it began. `progress` is
/// told of every few thousand entries, from any thread.
///
/// # Errors
///
/// The first bad entry, or what could not be read. A torn tail is not an error but part of the answer.
pub fn verify(dir: &Path, progress: &(dyn Fn(Progress) + Sync)) -> Result<Verified, VerifyError> {
    verify_with(
        dir,
        &Walk {
            segment_bytes_max: SEGMENT_BYTES_MAX,
            piece_bytes: None,
            progress,
        },
    )
}

pub(crate) fn verify_with(dir: &Path, walk: &Walk<'_>) -> Result<Verified, VerifyError> {
    let segments = segment::list(dir)?;
    let walked = walk.over(&segments, Chain::empty())?;
    let torn_tail = match walked.end {
        End::Clean => None,
        End::Torn(tail) => Some(tail).filter(|tail| !is_being_written(tail)),
        End::Damaged(damage) => return Err(VerifyError::Damage(damage)),
    };
    Ok(Verified {
        size: walked.chain.head.size,
        head: walked.chain.head,
        segments: segments.len() as u64,
        bytes: segments.iter().map(|segment| segment.len).sum(),
        torn_tail,
    })
}

/// Whether a running writer finishes the line, which is then neither torn nor of what was there at the beginning.
fn is_being_written(tail: &TornTail) -> bool {
    const TRIES: u32 = 10;
    let ends = || {
        let file = std::fs::File::open(&tail.file)?;
        let len = file.metadata()?.len();
        crate::lines::last_newline(&file, tail.byte, len)
    };
    for _ in 0..TRIES {
        if let Ok(Some(_)) = ends() {
            return true;
        }
        sleep(Duration::from_millis(10));
    }
    false
}

impl From<ListError> for VerifyError {
    fn from(error: ListError) -> VerifyError {
        match error {
            ListError::NotThere(dir) => VerifyError::NotThere(dir),
            ListError::Foreign(file) => VerifyError::Foreign(file),
            ListError::Io(fault) => VerifyError::Io(fault),
        }
    }
}
