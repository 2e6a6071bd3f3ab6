//! The one who adds what the journal holds to the tree, and signs.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use minhbach_journal::Reader;
use minhbach_tlog::{Checkpoint, KeyName, Note, SigningKey, TreeHash, VerifyingKey, consistency_proof};

use crate::checkpoint_file::{keep_cosigned, read_cosigned};
use crate::view::{LogView, Shown};
use crate::{KeptTree, PublishError, keep_checkpoint, keep_vkey, read_checkpoint, read_key};

/// A journal's log. There is one for a data folder at a time, as there is one writer.
pub struct PublishedLog {
    dir: PathBuf,
    key: SigningKey,
    tree: KeptTree,
    journal: Reader,
    shown: Arc<RwLock<Option<Shown>>>,
    /// What was signed last, whether or not it is shown.
    signed: Option<Shown>,
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
        let signed = signed.map(|(note, checkpoint)| Shown { note, checkpoint });
        Ok(PublishedLog {
            dir: dir.to_path_buf(),
            key,
            tree,
            journal,
            shown: Arc::new(RwLock::new(signed.clone())),
            signed,
            doubtful: false,
        })
    }

    /// Adds what the journal holds durably now, signs it and shows it; the checkpoint, which is the one before where nothing
    /// was added. After a failure the one before is still shown.
    ///
    /// # Errors
    ///
    /// The journal cannot be read or the system refuses.
    pub fn advance(&mut self) -> Result<Checkpoint, PublishError> {
        let signed = self.sign()?;
        if self.shown().as_ref() != Some(&signed.checkpoint) {
            self.show(signed.clone());
        }
        Ok(signed.checkpoint)
    }

    /// The same, and shows nothing yet.
    pub(crate) fn sign(&mut self) -> Result<Shown, PublishError> {
        let size = self.journal.head().size;
        if let Some(signed) = self
            .signed
            .as_ref()
            .filter(|signed| signed.checkpoint.size == size)
        {
            return Ok(signed.clone());
        }
        self.surely(|log| log.add_and_sign(size))
    }

    /// Keeps and shows a checkpoint with more signatures than it was signed with. One that has enough of them is kept apart
    /// too: it is what is shown where later ones have too few.
    pub(crate) fn show_cosigned(&mut self, note: &Note, enough: bool) -> Result<(), PublishError> {
        let checkpoint = self.surely(|log| {
            let Some(signed) = log.signed.clone() else {
                return Err(PublishError::Ended);
            };
            keep_checkpoint(&log.dir, note)?;
            if enough {
                keep_cosigned(&log.dir, note)?;
            }
            Ok(signed.checkpoint)
        })?;
        let shown = Shown {
            note: note.clone(),
            checkpoint,
        };
        self.signed = Some(shown.clone());
        self.show(shown);
        Ok(())
    }

    /// Hides what was signed without enough witnesses, as an earlier process left it, behind what it had shown.
    pub(crate) fn show_only(&self, enough: impl Fn(&Note) -> bool) -> Result<(), PublishError> {
        let is_enough = |(note, _): &(Note, Checkpoint)| enough(note);
        let signed = self.signed.clone().map(|signed| (signed.note, signed.checkpoint));
        let shown = match signed.filter(is_enough) {
            Some(signed) => Some(signed),
            None => read_cosigned(&self.dir, self.key.public())?.filter(is_enough),
        };
        let shown = shown.map(|(note, checkpoint)| Shown { note, checkpoint });
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = shown;
        Ok(())
    }

    /// Works on the files; after a failure nobody knows what of it is on the disk, and the next work begins with a look.
    fn surely<T>(
        &mut self,
        work: impl FnOnce(&mut PublishedLog) -> Result<T, PublishError>,
    ) -> Result<T, PublishError> {
        if std::mem::replace(&mut self.doubtful, true) {
            // A page whose writing failed can be gone although the next sync succeeds.
            self.tree.cut(0)?;
            let signed = read_checkpoint(&self.dir, self.key.public())?;
            self.tree
                .agree_with(signed.as_ref().map(|(_, checkpoint)| checkpoint))?;
            self.signed = signed.map(|(note, checkpoint)| Shown { note, checkpoint });
        }
        let done = work(self)?;
        self.doubtful = false;
        Ok(done)
    }

    fn add_and_sign(&mut self, size: u64) -> Result<Shown, PublishError> {
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
        let signed = Shown { note, checkpoint };
        self.signed = Some(signed.clone());
        Ok(signed)
    }

    /// The proof that the first `old` entries are the beginning of the first `new`; none where `new` is smaller.
    pub(crate) fn consistency(&self, old: u64, new: u64) -> io::Result<Option<Vec<TreeHash>>> {
        consistency_proof(&self.tree.reader(), old, new)
    }

    /// How many entries of the journal are not signed yet.
    pub fn unsigned(&self) -> u64 {
        let signed = self.signed.as_ref().map_or(0, |signed| signed.checkpoint.size);
        self.journal.head().size.saturating_sub(signed)
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

    pub(crate) fn show(&self, shown: Shown) {
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Some(shown);
    }
}
