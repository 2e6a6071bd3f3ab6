//! A journal's tree in the files of its data folder: made of the journal, and never more than it.

use std::path::{Path, PathBuf};

use minhbach_journal::Reader;
use minhbach_tlog::{Checkpoint, Nodes as _, Tree, TreeHash, TreeReader, root_at};

use crate::{PublishError, make_folder};

/// Entries that are added to the tree at once.
const ADDED_AT_ONCE: usize = 4_096;

/// The tree in `log/tree`, beside the journal that it is the tree of. There is one for a data folder at a time, as there is
/// one writer.
pub struct KeptTree {
    folder: PathBuf,
    tree: Tree,
    journal: Reader,
}

impl KeptTree {
    /// Opens the tree of the journal in the data folder `dir`, with as many entries as its files agree on. What they hold
    /// counts only after [`KeptTree::agree_with`].
    ///
    /// # Errors
    ///
    /// The system refuses.
    pub fn open(dir: &Path, journal: Reader) -> Result<KeptTree, PublishError> {
        let folder = dir.join("log").join("tree");
        make_folder(&folder).map_err(PublishError::io("make the folder", &folder))?;
        let tree = Tree::open(&folder).map_err(PublishError::io("open", &folder))?;
        Ok(KeptTree {
            folder,
            tree,
            journal,
        })
    }

    /// Compares the journal with what was signed of it, and makes the tree again where its files are not those. Afterwards
    /// it has as many entries as were signed, and none where nothing was.
    ///
    /// # Errors
    ///
    /// The journal is shorter than what was signed or is another, it cannot be read, or the system refuses.
    pub fn agree_with(&mut self, signed: Option<&Checkpoint>) -> Result<(), PublishError> {
        let Some(signed) = signed else {
            // Nobody was shown anything, and the files may be of a crash; but only what was durable is ever added, so that a
            // tree of more entries than there are is one of a journal that lost them.
            let (journal, known) = (self.journal.head().size, self.tree.size());
            if journal < known {
                return Err(PublishError::Shorter {
                    journal,
                    signed: known,
                });
            }
            return self.cut(0);
        };
        let journal = self.journal.head().size;
        if journal < signed.size {
            let signed = signed.size;
            return Err(PublishError::Shorter { journal, signed });
        }
        if !self.is(signed)? {
            self.cut(0)?;
            self.add_up_to(signed.size)?;
        }
        // What is behind it was not signed and need not have reached the disk.
        self.cut(signed.size)?;
        let found = self.tree.root();
        if found == signed.root {
            return Ok(());
        }
        Err(PublishError::Rewritten {
            size: signed.size,
            found,
            signed: signed.root,
        })
    }

    /// Whether the files hold the signed tree and the journal's entry at its end is the tree's. As each entry names the hash
    /// of the one before, an earlier one cannot be another with that entry the same; an entry that does not fit its
    /// neighbours is found when the journal is read.
    fn is(&self, signed: &Checkpoint) -> Result<bool, PublishError> {
        let Some(last) = signed.size.checked_sub(1) else {
            return Ok(true);
        };
        let reader = self.tree.reader();
        if self.tree.size() < signed.size || root_at(&reader, signed.size).ok() != Some(signed.root) {
            return Ok(false);
        }
        let entry = self.journal.entry(last)?;
        let leaf = entry.map(|entry| TreeHash::leaf(&entry.bytes));
        Ok(leaf.is_some() && leaf == reader.node(0, last).ok())
    }

    /// Adds entries of the journal until there are `size` of them.
    ///
    /// # Errors
    ///
    /// The journal has fewer or cannot be read, or the system refuses. What was added before stays.
    pub fn add_up_to(&mut self, size: u64) -> Result<(), PublishError> {
        let mut entries = self.journal.entries(self.tree.size());
        let mut leaves = Vec::with_capacity(ADDED_AT_ONCE);
        while self.tree.size() < size {
            let wanted = (size - self.tree.size()).min(ADDED_AT_ONCE as u64);
            for _ in 0..wanted {
                let Some(entry) = entries.next_ref() else {
                    let journal = self.tree.size() + leaves.len() as u64;
                    let signed = size;
                    return Err(PublishError::Shorter { journal, signed });
                };
                leaves.push(TreeHash::leaf(entry?.bytes));
            }
            self.add(leaves.drain(..))?;
        }
        Ok(())
    }

    /// Adds entries by their leaves' hashes, which must be those of the journal's next ones: for who has just hashed them.
    ///
    /// # Errors
    ///
    /// The system refuses. Then the tree is as before.
    pub fn add(&mut self, leaves: impl IntoIterator<Item = TreeHash>) -> Result<(), PublishError> {
        let added = self.tree.append(leaves);
        added.map_err(PublishError::io("write", &self.folder))
    }

    /// Forgets the entries from `size` on, where there are any.
    ///
    /// # Errors
    ///
    /// The system refuses.
    pub fn cut(&mut self, size: u64) -> Result<(), PublishError> {
        self.tree.cut(size).map_err(PublishError::io("cut", &self.folder))
    }

    /// Makes durable what was added.
    ///
    /// # Errors
    ///
    /// The system refuses.
    pub fn sync(&self) -> Result<(), PublishError> {
        self.tree.sync().map_err(PublishError::io("sync", &self.folder))
    }

    /// How many entries it has.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The root over all its entries.
    pub fn root(&self) -> TreeHash {
        self.tree.root()
    }

    /// Reads its tiles and nodes beside it.
    pub fn reader(&self) -> TreeReader {
        self.tree.reader()
    }
}
