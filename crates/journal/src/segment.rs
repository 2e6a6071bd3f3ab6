//! The files of a journal: their names, their order, how they end.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::chain::Chain;
use crate::line::{self, LINE_MAX};
use crate::lines::last_newline;
use crate::reader::Extent;
use crate::{Damage, IoFault, What};

/// The folder of the files within the data folder.
pub(crate) const FOLDER: &str = "journal";

/// A file of the journal as it was when the folder was listed.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    /// The seq its name says it begins with.
    pub first: u64,
    pub path: Arc<Path>,
    /// Its length in bytes.
    pub len: u64,
}

/// Why the folder cannot be listed as a journal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListError {
    #[error("there is no journal in {}", .0.display())]
    NotThere(PathBuf),
    #[error("not a file of the journal: {}", .0.display())]
    Foreign(PathBuf),
    #[error(transparent)]
    Io(#[from] IoFault),
}

pub(crate) fn file_name(first: u64) -> String {
    format!("{first:020}.log")
}

/// The file that begins with `first` in the folder of the files.
pub(crate) fn file_path(folder: &Path, first: u64) -> PathBuf {
    folder.join(file_name(first))
}

/// The files of the journal in the data folder `dir`, in order.
pub(crate) fn list(dir: &Path) -> Result<Vec<Segment>, ListError> {
    let folder = dir.join(FOLDER);
    let listing = match fs::read_dir(&folder) {
        Ok(listing) => listing,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(ListError::NotThere(dir.to_path_buf()));
        }
        Err(error) => return Err(IoFault::on("list", &folder)(error).into()),
    };
    let mut paths = Vec::new();
    for item in listing {
        let item = item.map_err(IoFault::on("list", &folder))?;
        let name = item.file_name();
        let Some(stem) = name.as_encoded_bytes().strip_suffix(b".log") else {
            continue;
        };
        let first = std::str::from_utf8(stem)
            .ok()
            .filter(|stem| stem.len() == 20 && stem.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|stem| stem.parse().ok())
            .ok_or_else(|| ListError::Foreign(item.path()))?;
        paths.push((first, item.path()));
    }
    paths.sort();
    // Lengths are read after all the names: when a file is named here, the one before it was complete.
    let measure = |(first, path): (u64, PathBuf)| {
        let meta = fs::metadata(&path).map_err(IoFault::on("read", &path))?;
        if !meta.is_file() {
            return Err(ListError::Foreign(path));
        }
        Ok(Segment {
            first,
            len: meta.len(),
            path: path.into(),
        })
    };
    paths.into_iter().map(measure).collect()
}

impl Segment {
    pub(crate) fn open(&self) -> Result<File, IoFault> {
        File::open(&self.path).map_err(IoFault::on("open", &self.path))
    }

    /// The whole file, of which nothing is known but its length.
    pub(crate) fn extent(&self) -> Extent {
        Extent {
            first: self.first,
            path: Arc::clone(&self.path),
            len: self.len,
            index: Vec::new(),
        }
    }

    pub(crate) fn damage(&self, line: u64, byte: u64, seq: u64, what: What) -> Box<Damage> {
        Box::new(Damage {
            file: self.path.to_path_buf(),
            line,
            byte,
            seq,
            what,
        })
    }
}

/// How a file ends.
pub(crate) struct Ending {
    /// The chain after the last whole line; `None` when there is no whole line.
    pub chain: Option<Chain>,
    /// Where the last whole line ends, its `\n` included.
    pub len: u64,
}

/// Why the end of a file cannot be told.
pub(crate) enum EndingError {
    Damage(Box<Damage>),
    Io(IoFault),
}

/// Reads and checks the last whole line of a file, and no more of it. `next`, where known, is the seq that follows.
pub(crate) fn ending(segment: &Segment, next: Option<u64>) -> Result<Ending, EndingError> {
    let fault = |error| EndingError::Io(IoFault::on("read", &segment.path)(error));
    let file = segment.open().map_err(EndingError::Io)?;
    let Some(last) = last_newline(&file, 0, segment.len).map_err(fault)? else {
        return Ok(Ending { chain: None, len: 0 });
    };
    let floor = last.saturating_sub(LINE_MAX as u64 + 1);
    let start = last_newline(&file, floor, last)
        .map_err(fault)?
        .map_or(floor, |before| before + 1);
    let mut bytes = vec![0; (last - start) as usize];
    file.read_exact_at(&mut bytes, start).map_err(fault)?;
    match line::check(&bytes) {
        Ok(line) => Ok(Ending {
            chain: Some(Chain::ending_with(&line)),
            len: last + 1,
        }),
        Err(what) => {
            let seq = next
                .map(|next| next.saturating_sub(1))
                .or_else(|| line::seq_of_line(&bytes));
            let seq = seq.unwrap_or(segment.first).max(segment.first);
            Err(EndingError::Damage(segment.damage(
                (seq - segment.first).saturating_add(1),
                start,
                seq,
                what,
            )))
        }
    }
}

/// Checks that each file ends where the next begins, reading one line of each but the last.
/// The answer is the chain before the last file.
pub(crate) fn check_joints(segments: &[Segment]) -> Result<Chain, EndingError> {
    let mut chain = Chain::empty();
    for (index, segment) in segments.iter().enumerate() {
        if segment.first != chain.head.size {
            let what = What::Misnamed { named: segment.first };
            return Err(EndingError::Damage(segment.damage(1, 0, chain.head.size, what)));
        }
        let Some(next) = segments.get(index + 1) else {
            break;
        };
        let ending = ending(segment, Some(next.first))?;
        chain = match ending.chain {
            Some(chain) if ending.len == segment.len => chain,
            _ => {
                let what = if segment.len == 0 {
                    What::EmptyFile
                } else {
                    What::CutOff
                };
                let seq = ending.chain.map_or(segment.first, |chain| chain.head.size);
                let line = seq.saturating_sub(segment.first) + 1;
                return Err(EndingError::Damage(segment.damage(line, ending.len, seq, what)));
            }
        };
    }
    Ok(chain)
}
