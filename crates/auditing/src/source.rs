//! Where the files of a log are read: a folder of tiles, or a server.

use std::io;
use std::path::{Path, PathBuf};

use crate::bounded_file;

/// The files of a log, by their paths below its prefix: `checkpoint`, `tile/0/000`.
pub trait Source: Send + Sync {
    /// Reads a file; none where there is no such file. Nothing is believed of what it holds.
    ///
    /// # Errors
    ///
    /// It cannot be read, or has more than `most` bytes.
    fn get(&self, path: &str, most: u64) -> Result<Option<Vec<u8>>, SourceError>;
}

/// A file of a log that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {fault}")]
pub struct SourceError {
    /// Its path or address.
    pub place: String,
    /// What stood in the way.
    pub fault: SourceFault,
}

/// Why a file of a log could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceFault {
    /// It is longer than such a file can be.
    #[error("it is longer than the {most} bytes that such a file can have")]
    TooLong {
        /// The most bytes.
        most: u64,
    },
    /// The system does not let us read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Nobody listens there, or no machine of that name is known.
    #[error("the server cannot be reached: {0}")]
    NotReached(String),
    /// The connection could not be made secure.
    #[error("the connection cannot be made secure: {0}")]
    Tls(String),
    /// No answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// The connection broke, again and again.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The answer is elsewhere; we do not go there unasked.
    #[error("the server sends us elsewhere: {0}")]
    Elsewhere(String),
    /// The server answers with another status.
    #[error("the server answers with status {0}")]
    Status(u16),
}

/// A folder of tiles, such as an export is.
#[derive(Clone, Debug)]
pub struct FolderSource(PathBuf);

impl FolderSource {
    /// The log whose checkpoint lies in the folder `dir`.
    pub fn new(dir: &Path) -> FolderSource {
        FolderSource(dir.to_path_buf())
    }
}

impl Source for FolderSource {
    fn get(&self, path: &str, most: u64) -> Result<Option<Vec<u8>>, SourceError> {
        let place = self.0.join(path);
        let failed = |fault| SourceError {
            place: place.display().to_string(),
            fault,
        };
        let read = bounded_file::read(&place, most).map_err(|error| failed(error.into()))?;
        let Some(bytes) = read else { return Ok(None) };
        if most < bytes.len() as u64 {
            return Err(failed(SourceFault::TooLong { most }));
        }
        Ok(Some(bytes))
    }
}
