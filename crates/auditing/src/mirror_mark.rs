//! What makes a data folder a mirror: a file that says of whom.

use std::io;
use std::path::{Path, PathBuf};

use minhbach_publishing::{make_folder, replace_file};
use minhbach_tlog::VerifyingKey;
use serde::{Deserialize, Serialize};

use crate::bounded_file;
use crate::bundle_file::of_json;

/// Longer files are no marks.
const BYTES_MAX: u64 = 16 * 1024;

/// Whose log a folder mirrors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MirrorMark {
    /// Where it is read: the address or folder that holds its checkpoint.
    pub url: String,
    /// The key that it signs with.
    pub vkey: String,
}

fn path(dir: &Path) -> PathBuf {
    dir.join("log").join("mirror")
}

impl MirrorMark {
    /// The mark of the data folder `dir`; none where it is no mirror.
    ///
    /// # Errors
    ///
    /// The file is no mark, or the system refuses.
    pub fn read(dir: &Path) -> io::Result<Option<MirrorMark>> {
        let Some(bytes) = bounded_file::read(&path(dir), BYTES_MAX)? else {
            return Ok(None);
        };
        let not_a_mark = |error| io::Error::new(io::ErrorKind::InvalidData, of_json(&error));
        let mark: MirrorMark = serde_json::from_slice(&bytes).map_err(not_a_mark)?;
        let key = VerifyingKey::parse(&mark.vkey);
        key.map_err(|why| io::Error::new(io::ErrorKind::InvalidData, why))?;
        Ok(Some(mark))
    }

    /// Marks the data folder `dir`, durably.
    pub(crate) fn keep(&self, dir: &Path) -> io::Result<()> {
        let path = path(dir);
        make_folder(&dir.join("log"))?;
        let mut bytes = serde_json::to_vec(self)?;
        bytes.push(b'\n');
        replace_file(&path, &bytes)
    }
}
