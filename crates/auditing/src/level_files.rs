//! The files of a kept tree, compared with what they should hold. They are opened to read only: a check changes nothing.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use minhbach_journal::{IoFault, ReadError};
use minhbach_publishing::open_file;
use minhbach_tlog::{TILE_HASHES, TreeHash};

use crate::remote_log::hashes_of_level;

const HASH_BYTES: u64 = TreeHash::LEN as u64;
/// The levels that a tree of fewer than 2⁶⁴ entries can have.
const LEVELS: u8 = 8;

/// A hash of the files that is not the tree's. The first is the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wrong {
    /// The level of tiles, which is the file.
    pub level: u8,
    /// Which of its hashes, from 0.
    pub index: u64,
}

/// Hashes that the files do not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind {
    /// The level of tiles, which is the file.
    pub level: u8,
    /// How many hashes it has.
    pub has: u64,
    /// How many a tree of that size has there.
    pub needs: u64,
}

/// The files, which count up to the size of the signed tree.
pub(crate) struct LevelFiles {
    size: u64,
    files: Vec<(PathBuf, Option<File>)>,
}

impl LevelFiles {
    pub(crate) fn open(dir: &Path, size: u64) -> Result<LevelFiles, ReadError> {
        let folder = dir.join("log").join("tree");
        let open = |level: u8| {
            let path = folder.join(format!("level-{level}"));
            match open_file(&path) {
                Ok(file) => Ok((path, Some(file))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((path, None)),
                Err(error) => Err(fault("open", &path, error)),
            }
        };
        let files = (0..LEVELS).map(open).collect::<Result<_, _>>()?;
        Ok(LevelFiles { size, files })
    }

    /// The first level that has fewer hashes than the signed tree.
    pub(crate) fn behind(&self) -> Result<Option<Behind>, ReadError> {
        for (level, (path, file)) in (0..LEVELS).zip(&self.files) {
            let needs = hashes_of_level(level, self.size);
            let len = file
                .as_ref()
                .map_or(Ok(0), |file| file.metadata().map(|meta| meta.len()));
            let has = len.map_err(|error| fault("read", path, error))? / HASH_BYTES;
            if has < needs {
                return Ok(Some(Behind { level, has, needs }));
            }
        }
        Ok(None)
    }

    /// Compares the leaves from `first` on, which begins a tile, and the hashes over each full tile of them.
    pub(crate) fn compare_within(
        &self,
        first: u64,
        leaves: &[TreeHash],
        tiles: &[TreeHash],
    ) -> Result<Option<Wrong>, ReadError> {
        let wrong = self.compare(0, first, leaves)?;
        Ok(wrong.or(self.compare(1, first / TILE_HASHES, tiles)?))
    }

    /// Compares the hashes of a level from `first` on with those that the file has of the signed tree.
    pub(crate) fn compare(
        &self,
        level: u8,
        first: u64,
        hashes: &[TreeHash],
    ) -> Result<Option<Wrong>, ReadError> {
        let Some((path, Some(file))) = self.files.get(usize::from(level)) else {
            return Ok(None);
        };
        let read = || {
            let has = (file.metadata()?.len() / HASH_BYTES).min(hashes_of_level(level, self.size));
            let count = has.saturating_sub(first).min(hashes.len() as u64);
            let mut bytes = vec![0; count as usize * TreeHash::LEN];
            file.read_exact_at(&mut bytes, first * HASH_BYTES)?;
            Ok(bytes)
        };
        let bytes: Vec<u8> = read().map_err(|error| fault("read", path, error))?;
        let found = bytes.as_chunks().0.iter().map(|hash| TreeHash(*hash));
        let wrong = found.zip(hashes).position(|(found, hash)| found != *hash);
        Ok(wrong.map(|nth| Wrong {
            level,
            index: first + nth as u64,
        }))
    }
}

fn fault(doing: &'static str, path: &Path, error: io::Error) -> ReadError {
    ReadError::Io(IoFault {
        doing,
        path: path.to_path_buf(),
        error,
    })
}
