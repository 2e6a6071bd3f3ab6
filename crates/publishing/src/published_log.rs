//! The one who adds what the journal holds to the tree, and signs.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use minhbach_journal::Reader;
use minhbach_tlog::{
    Checkpoint, KeyName, Nodes as _, Note, SigningKey, Tree, TreeHash, VerifyingKey, root_at,
};

use crate::view::{LogView, Shown};
use crate::{PublishError, checkpoint_file, read_key};

/// Entries that are added to the tree at once.
const ADDED_AT_ONCE: usize = 4_096;

/// A journal's log. There is one for a data folder at a time, as there is one writer.
pub struct PublishedLog {
    dir: PathBuf,
    key: SigningKey,
    tree: Tree,
    journal: Reader,
    shown: Arc<RwLock<Option<Shown>>>,
    /// After a failure nobody knows what of the tree is on the disk.
    doubtful: bool,
}

impl PublishedLog {
    /// Opens the log `origin` of the journal in the data folder `dir`, whose key must be there. What was signed is compared
    /// with what the journal holds; nothing is signed yet.
    ///
    /// # Errors
    ///
    /// There is no key, the journal is not the one that was signed, or the system refuses.
    pub fn open(dir: &Path, origin: &KeyName, journal: Reader) -> Result<PublishedLog, PublishError> {
        let key = read_key(dir, origin)?;
        let folder = dir.join("log").join("tree");
        fs::create_dir_all(&folder).map_err(PublishError::io("make the folder", &folder))?;
        let signed = checkpoint_file::read(dir, key.public())?;
        let tree = Tree::open(&folder).map_err(PublishError::io("open", &folder))?;
        let mut log = PublishedLog {
            dir: dir.to_path_buf(),
            key,
            tree,
            journal,
            shown: Arc::default(),
            doubtful: false,
        };
        log.agree_with(signed.as_ref().map(|(_, checkpoint)| checkpoint))?;
        if let Some((note, checkpoint)) = signed {
            log.show(note, checkpoint);
        }
        Ok(log)
    }

    /// Compares the journal with what was signed of it, and makes the tree again where its files are not those.
    fn agree_with(&mut self, signed: Option<&Checkpoint>) -> Result<(), PublishError> {
        let Some(signed) = signed else {
            // Nobody was shown anything: the files may be of a crash.
            return self.cut(0);
        };
        let journal = self.journal.head().size;
        if journal < signed.size {
            let signed = signed.size;
            return Err(PublishError::Shorter { journal, signed });
        }
        if !self.tree_is(signed)? {
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
    fn tree_is(&self, signed: &Checkpoint) -> Result<bool, PublishError> {
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

    /// Adds what the journal holds durably now, signs it and shows it; the checkpoint, which is the one before where nothing
    /// was added. After a failure the one before is still shown.
    ///
    /// # Errors
    ///
    /// The journal cannot be read or the system refuses.
    pub fn advance(&mut self) -> Result<Checkpoint, PublishError> {
        let size = self.journal.head().size;
        if let Some(shown) = self.shown().filter(|shown| shown.size == size) {
            return Ok(shown);
        }
        if std::mem::replace(&mut self.doubtful, true) {
            // A page whose writing failed can be gone although the next sync succeeds.
            self.cut(0)?;
            let signed = checkpoint_file::read(&self.dir, self.key.public())?;
            self.agree_with(signed.as_ref().map(|(_, checkpoint)| checkpoint))?;
        }
        let checkpoint = self.add_and_sign(size)?;
        self.doubtful = false;
        Ok(checkpoint)
    }

    fn add_and_sign(&mut self, size: u64) -> Result<Checkpoint, PublishError> {
        self.add_up_to(size)?;
        // The tree is on the disk before it is signed: then whatever a checkpoint names can be served after a crash.
        let folder = self.dir.join("log").join("tree");
        self.tree.sync().map_err(PublishError::io("sync", &folder))?;
        let checkpoint = Checkpoint {
            origin: self.key.public().name().clone(),
            size,
            root: self.tree.root(),
        };
        let mut note = checkpoint.to_note();
        note.sign(&self.key);
        checkpoint_file::write(&self.dir, &note)?;
        self.show(note, checkpoint.clone());
        Ok(checkpoint)
    }

    /// Who signs.
    pub fn key(&self) -> &VerifyingKey {
        self.key.public()
    }

    /// The last checkpoint that was shown.
    pub fn shown(&self) -> Option<Checkpoint> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        shown.as_ref().map(|shown| shown.checkpoint.clone())
    }

    /// What is served of the log, beside it.
    pub fn view(&self) -> LogView {
        LogView::new(self.tree.reader(), self.journal.clone(), self.shown.clone())
    }

    fn show(&self, note: Note, checkpoint: Checkpoint) {
        let shown = Shown { note, checkpoint };
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Some(shown);
    }

    fn cut(&mut self, size: u64) -> Result<(), PublishError> {
        let folder = self.dir.join("log").join("tree");
        self.tree.cut(size).map_err(PublishError::io("cut", &folder))
    }

    fn add_up_to(&mut self, size: u64) -> Result<(), PublishError> {
        let folder = self.dir.join("log").join("tree");
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
            let added = self.tree.append(leaves.drain(..));
            added.map_err(PublishError::io("write", &folder))?;
        }
        Ok(())
    }
}
