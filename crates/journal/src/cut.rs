//! The operator's decision on damage: keep the entries before one, set the rest aside.

use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::chain::{Chain, Head};
use crate::journal::{open_durable, take_lock, truncate};
use crate::lines::{Kind, Lines};
use crate::segment::{self, FOLDER, ListError, Segment, file_name};
use crate::storage::{Disk, Storage, make_folder, make_names_durable, sync_folder};
use crate::walk::{End, Walk, Walked};
use crate::{Damage, Holder, IoFault, OpenError, SEGMENT_BYTES_MAX};

/// Bytes that are saved at once.
const COPIED_AT_ONCE: usize = 256 * 1024;

/// What was cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The last entry that is kept.
    pub head: Head,
    /// The whole lines removed, sound or not. A torn tail is not counted.
    pub entries: u64,
    /// The bytes removed.
    pub bytes: u64,
    /// The folder where they are kept; `None` when there was nothing to remove.
    pub saved: Option<PathBuf>,
}

/// Why nothing was cut.
#[derive(Debug, thiserror::Error)]
pub enum CutError {
    /// Entries that were to be kept are missing or damaged.
    #[error(
        "cannot keep the entries before {seq}: only the {readable} before entry {readable} are sound{}",
        damage.as_ref().map_or(String::new(), |damage| format!(" ({damage})"))
    )]
    Beyond {
        /// What was asked for.
        seq: u64,
        /// The greatest seq that can be asked for.
        readable: u64,
        /// What is wrong there; `None` when the journal just ends.
        damage: Option<Box<Damage>>,
    },
    /// The folder cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The system refused. What was not cut yet is still in its place, and the same command goes on.
    #[error(transparent)]
    Io(#[from] IoFault),
}

/// Keeps the entries before `seq` in the data folder `dir` and moves everything from there on to
/// `recovered/cut-<seq>-<n>/`, durably, before it leaves the journal.
///
/// # Errors
///
/// Not all entries before `seq` are sound, another process holds the folder, or the system refuses.
pub fn cut(dir: &Path, holder: &Holder, seq: u64) -> Result<Cut, CutError> {
    cut_with(dir, holder, seq, SEGMENT_BYTES_MAX, &Disk)
}

pub(crate) fn cut_with(
    dir: &Path,
    holder: &Holder,
    seq: u64,
    segment_bytes_max: u64,
    storage: &dyn Storage,
) -> Result<Cut, CutError> {
    segment::list(dir).map_err(OpenError::from)?;
    let _lock = take_lock(dir, holder)?;
    let segments = segment::list(dir).map_err(OpenError::from)?;
    let walk = Walk {
        segment_bytes_max,
        piece_bytes: None,
        progress: &|_| {},
    };
    let walked = walk.over(&segments, Chain::empty())?;
    let readable = walked.chain.head.size;
    if readable < seq {
        let damage = match walked.end {
            End::Damaged(damage) => Some(damage),
            End::Clean | End::Torn(_) => None,
        };
        return Err(CutError::Beyond {
            seq,
            readable,
            damage,
        });
    }
    let Some(knife) = place(&segments, &walked, seq)? else {
        return Ok(Cut {
            head: walked.chain.head,
            entries: 0,
            bytes: 0,
            saved: None,
        });
    };
    let (kept, later) = segments.split_at(knife.files);
    // What is said to be kept is durable.
    make_names_durable(storage, dir)?;
    if let Some(last) = kept.last() {
        open_durable(storage, &last.path)?;
    }
    let torn = kept.last().map(|segment| (segment, knife.byte));
    let bytes = torn.map_or(0, |(segment, byte)| segment.len - byte)
        + later.iter().map(|segment| segment.len).sum::<u64>();
    let misplaced = later
        .iter()
        .any(|segment| segment.len == 0 && segment.first != seq);
    if bytes == 0 && !misplaced {
        return Ok(Cut {
            head: knife.head,
            entries: 0,
            bytes: 0,
            saved: None,
        });
    }
    let mut entries = torn.map_or(Ok(0), |(segment, byte)| whole_lines(segment, byte))?;
    for segment in later {
        entries += whole_lines(segment, 0)?;
    }
    let saved = folder_for(storage, dir, seq)?;
    set_aside(storage, dir, &saved, torn, later)?;
    Ok(Cut {
        head: knife.head,
        entries,
        bytes,
        saved: Some(saved),
    })
}

/// Where to cut.
struct Knife {
    /// The files that stay; the cut goes through the last of them.
    files: usize,
    byte: u64,
    head: Head,
}

/// Where the entries before `seq`, all sound, end. `None` when there is no file.
fn place(segments: &[Segment], walked: &Walked, seq: u64) -> Result<Option<Knife>, IoFault> {
    let mut first = 0;
    for (index, sound) in walked.sound.iter().enumerate() {
        let segment = &segments[index];
        let end = first + sound.entries;
        if end < seq {
            first = end;
            continue;
        }
        if segment.first != first {
            return Ok(Some(Knife {
                files: index,
                byte: 0,
                head: Chain::empty().head,
            }));
        }
        if seq == walked.chain.head.size {
            return Ok(Some(Knife {
                files: index + 1,
                byte: sound.bytes,
                head: walked.chain.head,
            }));
        }
        // At most 64 MiB, and these lines were checked a moment ago.
        let file = std::sync::Arc::new(segment.open()?);
        let mut lines = Lines::new(file, 0, sound.bytes, sound.bytes);
        let mut head = None;
        for _ in first..seq {
            let line = lines.next().map_err(IoFault::on("read", &segment.path))?;
            head = line.map(|line| line.bytes.to_vec());
        }
        let head = match head.as_deref().map(crate::line::check) {
            Some(Ok(line)) => Chain::ending_with(&line).head,
            _ => Chain::empty().head,
        };
        return Ok(Some(Knife {
            files: index + 1,
            byte: lines.position(),
            head,
        }));
    }
    Ok(None)
}

fn whole_lines(segment: &Segment, from: u64) -> Result<u64, IoFault> {
    let mut lines = Lines::new(
        std::sync::Arc::new(segment.open()?),
        from,
        segment.len,
        segment.len,
    );
    let mut count = 0;
    while let Some(line) = lines.next().map_err(IoFault::on("read", &segment.path))? {
        count += u64::from(line.kind != Kind::Unterminated);
    }
    Ok(count)
}

/// A new folder, so that a second cut never covers what the first one saved.
fn folder_for(storage: &dyn Storage, dir: &Path, seq: u64) -> Result<PathBuf, IoFault> {
    let recovered = dir.join("recovered");
    make_folder(storage, &recovered)?;
    for number in 1_u64.. {
        let folder = recovered.join(format!("cut-{seq:020}-{number}"));
        match storage.make_folder(&folder) {
            Ok(()) => {
                sync_folder(storage, &recovered)?;
                // Whoever made it may have been killed before its name was durable.
                sync_folder(storage, dir)?;
                return Ok(folder);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(IoFault::on("make the folder", &folder)(error)),
        }
    }
    Err(IoFault::on("make a folder in", &recovered)(
        io::ErrorKind::AlreadyExists.into(),
    ))
}

/// Saves, then removes. Files go from the last on, so that wherever this is interrupted the journal is what it
/// was or less of its end, and the command can be given again.
fn set_aside(
    storage: &dyn Storage,
    dir: &Path,
    saved: &Path,
    torn: Option<(&Segment, u64)>,
    later: &[Segment],
) -> Result<(), IoFault> {
    let torn = torn.filter(|(segment, byte)| *byte < segment.len);
    let journal = dir.join(FOLDER);
    if let Some((segment, byte)) = torn {
        let copy = saved.join(format!("{}.from-byte-{byte}", file_name(segment.first)));
        copy_end(storage, segment, byte, &copy)
            .map_err(IoFault::on("save the end of the journal in", &copy))?;
        sync_folder(storage, saved)?;
    }
    for segment in later.iter().rev() {
        let to = saved.join(file_name(segment.first));
        open_durable(storage, &segment.path)?;
        storage
            .rename(&segment.path, &to)
            .map_err(IoFault::on("move", &segment.path))?;
        sync_folder(storage, saved)?;
        sync_folder(storage, &journal)?;
    }
    if let Some((segment, byte)) = torn {
        truncate(storage, &segment.path, byte)?;
    }
    Ok(())
}

fn copy_end(storage: &dyn Storage, segment: &Segment, byte: u64, copy: &Path) -> io::Result<()> {
    let from = segment.open().map_err(|fault| fault.error)?;
    let mut to = storage.create(copy)?;
    let mut bytes = vec![0; COPIED_AT_ONCE];
    let mut at = byte;
    while at < segment.len {
        let wanted = (segment.len - at).min(COPIED_AT_ONCE as u64) as usize;
        from.read_exact_at(&mut bytes[..wanted], at)?;
        to.write_at(&bytes[..wanted], at - byte)?;
        at += wanted as u64;
    }
    to.sync()
}

impl From<ListError> for CutError {
    fn from(error: ListError) -> CutError {
        CutError::Open(error.into())
    }
}
