//! The one who adds what the journal holds to the tree, and signs.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use minhbach_journal::Reader;
use minhbach_tlog::{Checkpoint, KeyName, Note, SigningKey, VerifyingKey};

use crate::view::{LogView, Shown};
use crate::{KeptTree, PublishError, keep_checkpoint, keep_vkey, read_checkpoint, read_key};

/// A journal's log. There is one for a data folder at a time, as there is one writer.
pub struct PublishedLog {
    dir: PathBuf,
    key: SigningKey,
    tree: KeptTree,
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
        keep_vkey(dir, key.public())?;
        let signed = read_checkpoint(dir, key.public())?;
        let mut tree = KeptTree::open(dir, journal.clone())?;
        tree.agree_with(signed.as_ref().map(|(_, checkpoint)| checkpoint))?;
        let log = PublishedLog {
            dir: dir.to_path_buf(),
            key,
            tree,
            journal,
            shown: Arc::default(),
            doubtful: false,
        };
        if let Some((note, checkpoint)) = signed {
            log.show(note, checkpoint);
        }
        Ok(log)
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
            self.tree.cut(0)?;
            let signed = read_checkpoint(&self.dir, self.key.public())?;
            self.tree
                .agree_with(signed.as_ref().map(|(_, checkpoint)| checkpoint))?;
        }
        let checkpoint = self.add_and_sign(size)?;
        self.doubtful = false;
        Ok(checkpoint)
    }

    fn add_and_sign(&mut self, size: u64) -> Result<Checkpoint, PublishError> {
        self.tree.add_up_to(size)?;
        // The tree is on the disk before it is signed: then whatever a checkpoint names can be served after a crash.
        self.tree.sync()?;
        let checkpoint = Checkpoint {
            origin: self.key.public().name().clone(),
            size,
            root: self.tree.root(),
        };
        let mut note = checkpoint.to_note();
        note.sign(&self.key);
        keep_checkpoint(&self.dir, &note)?;
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
}
