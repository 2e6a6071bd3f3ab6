//! Comparing two ledgers entry by entry, and what was signed of them.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};

use minhbach_auditing::Signed;
use minhbach_events::Hash;
use minhbach_publishing::PublishError;

use crate::BackupError;
use crate::history::{Batch, History, Read};

/// So many batches wait for the slower side.
const WAITING: usize = 4;

/// Two ledgers, side by side.
#[derive(Debug)]
pub struct Comparison {
    /// The two, in the order in which they were named.
    pub sides: [Side; 2],
    /// So many entries from the first on are the same, byte for byte.
    pub common: u64,
    /// The first entry that differs.
    pub first: Option<Difference>,
    /// What was signed of the one and of the other.
    pub checkpoints: Checkpoints,
}

/// One of two ledgers.
#[derive(Debug)]
pub struct Side {
    /// Where it is.
    pub place: PathBuf,
    /// Sound entries: hash, link, seq and time of each were checked.
    pub size: u64,
    /// The hash of the last of them.
    pub head: Hash,
    /// What was signed of it last.
    pub signed: Option<Signed>,
    /// Why no more of it could be read, or what was signed of it could not be.
    pub faults: Vec<BackupError>,
    /// Whether its own checkpoint is not of its own journal, which reaches as far.
    pub not_as_signed: bool,
}

impl Side {
    /// Whether something of it is missing or cannot be read: then nothing is said of what it lacks.
    pub fn is_damaged(&self) -> bool {
        !self.faults.is_empty()
    }
}

/// An entry that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its place.
    pub seq: u64,
    /// Its hash on each side.
    pub hashes: [Hash; 2],
    /// Its bytes on each side.
    pub entries: [Vec<u8>; 2],
}

/// How what was signed of two ledgers goes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checkpoints {
    /// Only one of them was signed, or none: nothing can be compared.
    NotBoth,
    /// Two keys have signed: these are two logs.
    OtherKeys,
    /// One continues the other.
    Agree,
    /// One key has signed two histories: the two notes are evidence that its log has forked.
    Contradict,
    /// The journals do not reach far enough to tell.
    Untold,
}

/// What a comparison comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same entries.
    Same,
    /// Not the same entries, or what was signed contradicts.
    Different,
    /// No difference was seen, and not everything could be.
    CannotSay,
}

impl Comparison {
    /// What it comes to.
    pub fn verdict(&self) -> Verdict {
        let [a, b] = &self.sides;
        let damaged = self.sides.iter().any(Side::is_damaged);
        // A side that is damaged may go on behind its damage.
        let longer = a.size != b.size && !damaged;
        let fork = self.checkpoints == Checkpoints::Contradict;
        if self.first.is_some() || longer || fork {
            Verdict::Different
        } else if damaged || a.not_as_signed || b.not_as_signed {
            Verdict::CannotSay
        } else {
            Verdict::Same
        }
    }
}

/// Compares two data folders or backups: every entry of both is read and checked, on two cores. `progress` is told of entries
/// read of both, and in all.
///
/// # Errors
///
/// One of them cannot be opened. What is found out later is told of its side.
pub fn compare(places: [&Path; 2], progress: &(dyn Fn(u64, u64) + Sync)) -> Result<Comparison, BackupError> {
    let [mut a, mut b] = [History::open(places[0])?, History::open(places[1])?];
    let mut sizes: Vec<u64> = [&a, &b]
        .iter()
        .filter_map(|side| side.signed.as_ref())
        .map(|(signed, _)| signed.checkpoint.size)
        .collect();
    sizes.sort_unstable();
    sizes.dedup();
    let of = a.size + b.size;
    let done = [AtomicU64::new(0), AtomicU64::new(0)];
    let tell = |nth: usize, at: u64| {
        done[nth].store(at, Ordering::Relaxed);
        progress(done.iter().map(|side| side.load(Ordering::Relaxed)).sum(), of);
    };
    let (to_a, from_a) = sync_channel(WAITING);
    let (to_b, from_b) = sync_channel(WAITING);
    let (read_a, read_b, (common, first)) = std::thread::scope(|scope| {
        let reading_a = scope.spawn(|| a.read(&sizes, to_a, &|at| tell(0, at)));
        let reading_b = scope.spawn(|| b.read(&sizes, to_b, &|at| tell(1, at)));
        let seen = side_by_side(&from_a, &from_b);
        // Nobody takes what is left of the longer one.
        drop((from_a, from_b));
        let joined = |thread: std::thread::ScopedJoinHandle<'_, Read>| {
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        (joined(reading_a), joined(reading_b), seen)
    });
    let checkpoints = checkpoints([(&a, &read_a), (&b, &read_b)]);
    Ok(Comparison {
        sides: [side(a, read_a), side(b, read_b)],
        common,
        first,
        checkpoints,
    })
}

/// Takes entries of both while they are the same: how many are, and the first that is not.
fn side_by_side(a: &Receiver<Batch>, b: &Receiver<Batch>) -> (u64, Option<Difference>) {
    let mut common = 0;
    while let (Ok(a), Ok(b)) = (a.recv(), b.recv()) {
        for (nth, (of_a, of_b)) in a.entries.iter().zip(&b.entries).enumerate() {
            if of_a.0 != of_b.0 {
                let difference = Difference {
                    seq: common,
                    hashes: [of_a.0, of_b.0],
                    entries: [a.entry(nth).to_vec(), b.entry(nth).to_vec()],
                };
                return (common, Some(difference));
            }
            common += 1;
        }
        // All batches are of one length but the last of each.
        if a.entries.len() != b.entries.len() {
            break;
        }
    }
    (common, None)
}

fn checkpoints(sides: [(&History, &Read); 2]) -> Checkpoints {
    let [(a, of_a), (b, of_b)] = sides;
    let (Some((signed_a, key_a)), Some((signed_b, key_b))) = (&a.signed, &b.signed) else {
        return Checkpoints::NotBoth;
    };
    if key_a != key_b {
        return Checkpoints::OtherKeys;
    }
    let (smaller, larger, journal) = if signed_a.checkpoint.size <= signed_b.checkpoint.size {
        (&signed_a.checkpoint, &signed_b.checkpoint, of_b)
    } else {
        (&signed_b.checkpoint, &signed_a.checkpoint, of_a)
    };
    if smaller.size == larger.size {
        return match smaller.root == larger.root {
            true => Checkpoints::Agree,
            false => Checkpoints::Contradict,
        };
    }
    let root_at = |size: u64| {
        let root = journal.roots.iter().find(|(at, _)| *at == size);
        root.map(|(_, root)| *root)
    };
    // The journal of the larger one must be what it signs: then its beginning is what it says of the smaller one.
    match (root_at(smaller.size), root_at(larger.size)) {
        (Some(beginning), Some(whole)) if whole == larger.root => match beginning == smaller.root {
            true => Checkpoints::Agree,
            false => Checkpoints::Contradict,
        },
        _ => Checkpoints::Untold,
    }
}

fn side(history: History, read: Read) -> Side {
    let place = history.place().to_path_buf();
    let signed = history.signed.map(|(signed, _)| signed);
    let mut faults: Vec<BackupError> = history.not_signed.into_iter().chain(read.fault).collect();
    let mut not_as_signed = false;
    if let Some(Signed { checkpoint, .. }) = &signed {
        let own = read.roots.iter().find(|(at, _)| *at == checkpoint.size);
        match own {
            Some((_, root)) => not_as_signed = *root != checkpoint.root,
            // Whatever else is wrong with it has been said.
            None if faults.is_empty() && read.size < checkpoint.size => faults.push(
                PublishError::Shorter {
                    journal: read.size,
                    signed: checkpoint.size,
                }
                .into(),
            ),
            None => {}
        }
    }
    Side {
        place,
        size: read.size,
        head: read.head,
        signed,
        faults,
        not_as_signed,
    }
}
