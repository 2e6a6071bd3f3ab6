//! A log kept a second time, by somebody who does not trust the first.
//!
//! What a mirror holds is vouched for by a checkpoint that it holds too. A step reads the log's checkpoint and compares the
//! tree that it signs with the one before; then it keeps the new checkpoint beside the old one; then it takes over entries,
//! 256 at a time, each of which leads to the signed root and follows the one before; and only when all are there, the new
//! checkpoint takes the place of the old one. So whenever it is killed, the next step goes on.

use std::path::{Path, PathBuf};

use minhbach_journal::{Batch, Holder, Journal, OpenError, OpenOptions, Reader};
use minhbach_publishing::{KeptTree, keep_checkpoint, keep_vkey, read_checkpoint};
use minhbach_tlog::{
    Checkpoint, Nodes, TILE_HASHES, TreeHash, TreeReader, VerifyingKey, consistency_proof, root_at,
};

use crate::alarm::{self, Alarm, AlarmKind, Evidence};
use crate::pending::Which;
use crate::taking::{Taken, take};
use crate::{
    Follower, MirrorError, MirrorMark, RemoteError, RemoteLog, Signed, SignedTree, Source, ahead,
    cosignatures, pending,
};

/// What is written at once, where there is as much: each writing waits for the disk.
const WRITTEN_AT_ONCE: usize = 4 * 1024 * 1024;

/// A mirror of a log. There is one for a data folder at a time: it holds the folder's lock.
pub struct Mirror {
    dir: PathBuf,
    log: RemoteLog,
    witnesses: Vec<VerifyingKey>,
    journal: Journal,
    /// Invariant: it has as many entries as the journal.
    tree: KeptTree,
    /// The checkpoint of which all entries are there.
    whole: Option<Signed>,
    /// The one that was last seen, and of which entries are missing.
    next: Option<Signed>,
    /// One that the log has signed, and whose tree it did not show.
    unseen: Option<Signed>,
    stopped: bool,
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The log has signed nothing new.
    Nothing {
        /// Its entries.
        size: u64,
    },
    /// Entries were taken over.
    Grew {
        /// The entries before.
        from: u64,
        /// The entries now, all of them signed.
        to: u64,
    },
}

impl Mirror {
    /// Opens the mirror in the data folder `dir`, which is made where it is missing, of the log that signs with `key` and is
    /// read from `source`; `url` is where that is. Cosignatures of the `witnesses` are kept over others. Nothing is read of
    /// the log yet.
    ///
    /// # Errors
    ///
    /// An alarm stands there, the folder is a ledger's or mirrors another log, its journal is not what was mirrored, another
    /// process holds it, or the system refuses.
    pub fn open(
        dir: &Path,
        source: Box<dyn Source>,
        url: &str,
        key: &VerifyingKey,
        witnesses: &[VerifyingKey],
        holder: &Holder,
    ) -> Result<Mirror, MirrorError> {
        refuse_alarm(dir)?;
        mark(dir, url, key)?;
        let (journal, _) = match Journal::open(dir, holder, OpenOptions::default()) {
            Err(OpenError::NotThere(_)) => (Journal::create(dir, holder)?, Default::default()),
            opened => opened?,
        };
        keep_vkey(dir, key)?;
        let whole = read_checkpoint(dir, key)?.map(|(note, checkpoint)| Signed { note, checkpoint });
        let size = whole.as_ref().map_or(0, |whole| whole.checkpoint.size);
        let next = pending::read(dir, Which::Next, key)?.filter(|next| size < next.checkpoint.size);
        let unseen = pending::read(dir, Which::Unseen, key)?.filter(|unseen| size < unseen.checkpoint.size);
        let held = journal.head().size;
        let signed = next.as_ref().map_or(size, |next| next.checkpoint.size);
        if signed < held {
            return Err(MirrorError::Unvouched {
                journal: held,
                signed,
            });
        }
        let mut tree = KeptTree::open(dir, journal.reader())?;
        tree.agree_with(whole.as_ref().map(|whole| &whole.checkpoint))?;
        tree.add_up_to(held)?;
        Ok(Mirror {
            dir: dir.to_path_buf(),
            log: RemoteLog::new(source, key.clone()),
            witnesses: witnesses.to_vec(),
            journal,
            tree,
            whole,
            next,
            unseen,
            stopped: false,
        })
    }

    /// The last checkpoint whose entries are all there.
    pub fn checkpoint(&self) -> Option<&Signed> {
        self.whole.as_ref()
    }

    /// Who signs the log.
    pub fn key(&self) -> &VerifyingKey {
        self.log.key()
    }

    /// The entries that are there.
    pub fn reader(&self) -> Reader {
        self.journal.reader()
    }

    /// The hashes of the tree over them.
    pub fn tree(&self) -> TreeReader {
        self.tree.reader()
    }

    /// Reads what the log signs now, and takes it over.
    ///
    /// # Errors
    ///
    /// The log cannot be read, what is served is not what it signs, it signs what cannot be, or the system refuses. What was
    /// taken over before stays, and the next step goes on, unless there is an alarm or the mirror has to be opened again.
    pub fn step(&mut self) -> Result<Step, MirrorError> {
        self.step_and_tell(&mut |_, _| ())
    }

    /// The same, and tells how many entries are there of how many.
    ///
    /// # Errors
    ///
    /// As [`Mirror::step`].
    pub fn step_and_tell(&mut self, tell: &mut dyn FnMut(u64, u64)) -> Result<Step, MirrorError> {
        if self.stopped {
            return Err(MirrorError::Stopped);
        }
        refuse_alarm(&self.dir)?;
        let read = self.log.checkpoint()?;
        self.not_behind_unseen(&read)?;
        let seen = self.next.as_ref().or(self.whole.as_ref()).cloned();
        if let Some(seen) = seen.filter(|seen| read.checkpoint.size <= seen.checkpoint.size) {
            self.not_larger(&seen, &read)?;
        }
        let to = read.checkpoint.size;
        let whole = self.whole.as_ref().map(|whole| whole.checkpoint.clone());
        if whole.as_ref() == Some(&read.checkpoint) {
            self.keep_cosignatures(&read)?;
            return Ok(Step::Nothing { size: to });
        }
        let from = whole.map_or(0, |whole| whole.size);
        self.go_on_to(read, tell)?;
        Ok(if from < to {
            Step::Grew { from, to }
        } else {
            Step::Nothing { size: to }
        })
    }

    /// Takes over what a checkpoint signs that is not smaller than the last one seen.
    fn go_on_to(&mut self, read: Signed, tell: &mut dyn FnMut(u64, u64)) -> Result<(), MirrorError> {
        // The log has signed it, whatever it shows of it.
        let earlier = match self.unseen.replace(read.clone()) {
            Some(earlier) if earlier.checkpoint == read.checkpoint => None,
            earlier => {
                pending::keep(&self.dir, Which::Unseen, &read)?;
                earlier
            }
        };
        let opened = SignedTree::open(&self.log, &read.checkpoint).map_err(MirrorError::from);
        let compared = opened.and_then(|tree| {
            self.continues(&tree, earlier.as_ref(), &read)?;
            Ok(tree)
        });
        let tree = match (compared, earlier) {
            (Err(MirrorError::Remote(error)), Some(earlier)) => {
                // The earlier one is the one that is still to be compared.
                pending::keep(&self.dir, Which::Unseen, &earlier)?;
                self.unseen = Some(earlier);
                return Err(error.into());
            }
            (compared, _) => compared?,
        };
        if let Some(seen) = self.next.as_ref().or(self.whole.as_ref()) {
            let root = root_at(&tree, seen.checkpoint.size)?;
            if root != seen.checkpoint.root {
                let evidence = evidence(&tree, &seen.checkpoint, &read.checkpoint)?;
                return Err(self.raise(AlarmKind::Rewritten, seen.clone(), read, evidence));
            }
        }
        let held = self.journal.head().size;
        if root_at(&tree, held)? != self.tree.root() {
            return Err(MirrorError::ChangedHere { size: held });
        }
        // From here on a failure may leave the folder as nobody knows; what only the network did is told below.
        self.stopped = true;
        pending::keep(&self.dir, Which::Next, &read)?;
        pending::forget(&self.dir, Which::Unseen)?;
        (self.next, self.unseen) = (Some(read.clone()), None);
        let taken = take_over(&tree, &mut self.journal, &mut self.tree, tell);
        if let Err(MirrorError::Remote(error)) = taken {
            self.stopped = false;
            return Err(error.into());
        }
        taken?;
        self.finish(read)?;
        self.stopped = false;
        Ok(())
    }

    /// Whether the tree that a checkpoint signs continues an earlier one that was never shown.
    fn continues(
        &self,
        tree: &SignedTree<'_>,
        earlier: Option<&Signed>,
        read: &Signed,
    ) -> Result<(), MirrorError> {
        let Some(earlier) = earlier else { return Ok(()) };
        if root_at(tree, earlier.checkpoint.size)? == earlier.checkpoint.root {
            return Ok(());
        }
        let evidence = evidence(tree, &earlier.checkpoint, &read.checkpoint)?;
        Err(self.raise(AlarmKind::Rewritten, earlier.clone(), read.clone(), evidence))
    }

    /// Whether a checkpoint stands beside one that the log has signed and not shown: of the same size it must be the same,
    /// and a smaller one is an older one again.
    fn not_behind_unseen(&self, read: &Signed) -> Result<(), MirrorError> {
        let Some(unseen) = self
            .unseen
            .as_ref()
            .filter(|unseen| unseen.checkpoint != read.checkpoint)
        else {
            return Ok(());
        };
        let (before, now) = (unseen.checkpoint.size, read.checkpoint.size);
        match now.cmp(&before) {
            std::cmp::Ordering::Greater => Ok(()),
            std::cmp::Ordering::Equal => Err(self.raise(AlarmKind::Fork, unseen.clone(), read.clone(), None)),
            std::cmp::Ordering::Less => {
                Err(self.raise(AlarmKind::Shrunk, unseen.clone(), read.clone(), None))
            }
        }
    }

    /// All entries of a checkpoint are there: it is the mirror's from now on.
    fn finish(&mut self, read: Signed) -> Result<(), MirrorError> {
        // Every entry was compared with the signed tree; this is the same said of all of them.
        if self.tree.root() != read.checkpoint.root {
            let size = read.checkpoint.size;
            return Err(MirrorError::ChangedHere { size });
        }
        self.tree.sync()?;
        let note = cosignatures::merged(&read, self.whole.as_ref(), &self.witnesses, self.log.key());
        keep_checkpoint(&self.dir, &note)?;
        pending::forget(&self.dir, Which::Next)?;
        self.next = None;
        self.whole = Some(Signed {
            note,
            checkpoint: read.checkpoint,
        });
        Ok(())
    }

    /// A checkpoint of no more entries than the last one seen: the same, or an alarm.
    fn not_larger(&self, seen: &Signed, read: &Signed) -> Result<(), MirrorError> {
        if read.checkpoint == seen.checkpoint {
            return Ok(());
        }
        let size = read.checkpoint.size;
        if size == seen.checkpoint.size {
            return Err(self.raise(AlarmKind::Fork, seen.clone(), read.clone(), None));
        }
        let (root, evidence) = self.smaller(seen, read)?;
        let (kind, evidence) = if root == read.checkpoint.root {
            (AlarmKind::Shrunk, None)
        } else {
            (AlarmKind::Rewritten, evidence)
        };
        Err(self.raise(kind, seen.clone(), read.clone(), evidence))
    }

    /// The root of what was seen at the size of a smaller checkpoint, and what shows it.
    fn smaller(&self, seen: &Signed, read: &Signed) -> Result<(TreeHash, Option<Evidence>), MirrorError> {
        let (held, size) = (self.tree.size(), read.checkpoint.size);
        // What is not here of the larger tree, the log itself must show.
        let shown = || {
            let tree = SignedTree::open(&self.log, &seen.checkpoint)?;
            let root = root_at(&tree, size)?;
            Ok::<_, RemoteError>((root, evidence(&tree, &read.checkpoint, &seen.checkpoint)?))
        };
        if held < size {
            return Ok(shown()?);
        }
        let nodes = self.tree.reader();
        let unreadable = |error| MirrorError::io("read", &self.dir.join("log").join("tree"))(error);
        let root = root_at(&nodes, size).map_err(unreadable)?;
        let evidence = if held < seen.checkpoint.size {
            shown().ok().and_then(|(_, evidence)| evidence)
        } else {
            evidence(&nodes, &read.checkpoint, &seen.checkpoint).map_err(unreadable)?
        };
        Ok((root, evidence))
    }

    /// Keeps what is known of an alarm, and makes an error of it.
    fn raise(
        &self,
        kind: AlarmKind,
        first: Signed,
        second: Signed,
        evidence: Option<Evidence>,
    ) -> MirrorError {
        let folder = PathBuf::new();
        let alarm = Alarm {
            kind,
            first,
            second,
            evidence,
            folder,
        };
        match alarm.keep(&self.dir) {
            Ok(alarm) => {
                // It is evidence now; who has looked at it goes on from what is here.
                match pending::forget(&self.dir, Which::Unseen) {
                    Ok(()) => MirrorError::Alarm(Box::new(alarm)),
                    Err(error) => error,
                }
            }
            Err(error) => MirrorError::io("keep an alarm in", &self.dir.join("log"))(error),
        }
    }

    /// The same checkpoint again may bear more cosignatures.
    fn keep_cosignatures(&mut self, read: &Signed) -> Result<(), MirrorError> {
        let note = cosignatures::merged(read, self.whole.as_ref(), &self.witnesses, self.log.key());
        if self.whole.as_ref().is_some_and(|whole| whole.note == note) {
            return Ok(());
        }
        keep_checkpoint(&self.dir, &note)?;
        let checkpoint = read.checkpoint.clone();
        self.whole = Some(Signed { note, checkpoint });
        Ok(())
    }
}

/// The larger tree's root at the smaller's size, and the way from there to its own.
fn evidence<N: Nodes>(
    larger: &N,
    smaller_size: &Checkpoint,
    larger_size: &Checkpoint,
) -> Result<Option<Evidence>, N::Error> {
    let root = root_at(larger, smaller_size.size)?;
    let proof = consistency_proof(larger, smaller_size.size, larger_size.size)?;
    Ok(proof.map(|proof| Evidence { root, proof }))
}

/// Takes over the entries of a signed tree that are missing in a journal.
fn take_over(
    tree: &SignedTree<'_>,
    journal: &mut Journal,
    kept: &mut KeptTree,
    tell: &mut dyn FnMut(u64, u64),
) -> Result<(), MirrorError> {
    let (held, size) = (journal.head().size, tree.size());
    let mut follower = Follower::after(&journal.head());
    let mut batch = Batch::new();
    let mut leaves: Vec<TreeHash> = Vec::new();
    let bundles = held / TILE_HASHES..size.div_ceil(TILE_HASHES);
    let mut write = |batch: &mut Batch, leaves: &mut Vec<TreeHash>| {
        let head = journal.append(batch)?;
        kept.add(leaves.drain(..))?;
        batch.clear();
        tell(head.size, size);
        Ok::<(), MirrorError>(())
    };
    let make = |index| take(tree, index, held).map_err(MirrorError::from);
    let taken = ahead::in_order(bundles, make, |taken: Taken| {
        for (entry, leaf, read) in taken.entries() {
            follower.accept(&read).map_err(RemoteError::from)?;
            batch.push(entry, read.hash);
            leaves.push(leaf);
        }
        if WRITTEN_AT_ONCE <= batch.bytes() {
            write(&mut batch, &mut leaves)?;
        }
        Ok(())
    });
    match taken {
        // What came before a failure of the network is sound: the next step need not fetch it again.
        Ok(()) | Err(MirrorError::Remote(_)) => write(&mut batch, &mut leaves)?,
        Err(_) => {}
    }
    taken
}

fn refuse_alarm(dir: &Path) -> Result<(), MirrorError> {
    let standing = alarm::standing(dir).map_err(MirrorError::io("list", &dir.join("log")))?;
    match standing {
        Some((folder, why)) => Err(MirrorError::InAlarm { folder, why }),
        None => Ok(()),
    }
}

/// Marks the folder as a mirror of the log, unless it is something else.
fn mark(dir: &Path, url: &str, key: &VerifyingKey) -> Result<(), MirrorError> {
    let mark = MirrorMark {
        url: url.to_owned(),
        vkey: key.to_string(),
    };
    let path = dir.join("log").join("mirror");
    match MirrorMark::read(dir).map_err(MirrorError::io("read", &path))? {
        Some(kept) if kept == mark => return Ok(()),
        // The same log at another place is the same log.
        Some(kept) if kept.vkey == mark.vkey => {}
        Some(MirrorMark { vkey: kept, .. }) => {
            let given = mark.vkey;
            return Err(MirrorError::OtherLog { kept, given });
        }
        None if dir.join("journal").exists() || dir.join("private").exists() => {
            return Err(MirrorError::NotAMirror(dir.to_path_buf()));
        }
        None => {}
    }
    mark.keep(dir).map_err(MirrorError::io("write", &path))
}
