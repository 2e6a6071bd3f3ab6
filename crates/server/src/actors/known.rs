//! Whom a server lets in.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use super::error::{ActorsError, Flaw};
use super::file::{self, Stamp};
use super::record::ActorRecord;
use super::token::TokenHash;

/// The actors whose tokens hold, as the register says at each question. Shared between threads.
///
/// A question costs a look at the file's name and one hash. A register that was replaced is read again, so that a token
/// which was revoked lets nobody in from the next question on.
pub struct Actors {
    path: PathBuf,
    known: RwLock<Known>,
}

/// What was read last.
#[derive(Default)]
struct Known {
    /// The file, held open so that no other gets its number; `None` when there was none.
    read: Option<(File, Stamp)>,
    active: HashMap<TokenHash, Arc<ActorRecord>>,
    /// The file is no register: it is not read again at each question.
    flaw: Option<Flaw>,
}

impl Actors {
    /// Reads the register of a data folder. No register is one of nobody, until there is one.
    ///
    /// # Errors
    ///
    /// The register is damaged or cannot be read.
    pub fn open(dir: &Path) -> Result<Actors, ActorsError> {
        let actors = Actors {
            path: file::path(dir),
            known: RwLock::default(),
        };
        let known = actors.read()?;
        actors.sound(&known)?;
        actors.keep(known);
        Ok(actors)
    }

    /// The actor of a token; `None` when it is nobody's, or no longer.
    ///
    /// # Errors
    ///
    /// The register is damaged or cannot be read: then nobody is let in.
    pub fn authenticate(&self, token: &str) -> Result<Option<Arc<ActorRecord>>, ActorsError> {
        TokenHash::of(token).map_or(Ok(None), |hash| self.of(&hash))
    }

    fn of(&self, hash: &TokenHash) -> Result<Option<Arc<ActorRecord>>, ActorsError> {
        let now = Stamp::now(&self.path)?;
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if known.read.as_ref().map(|(_, stamp)| *stamp) == now {
                self.sound(&known)?;
                return Ok(known.active.get(hash).cloned());
            }
        }
        let known = self.read()?;
        let answer = self.sound(&known).map(|()| known.active.get(hash).cloned());
        self.keep(known);
        answer
    }

    /// Whether the token of an actor that was let in still holds.
    ///
    /// # Errors
    ///
    /// The register is damaged or cannot be read.
    pub fn still(&self, actor: &ActorRecord) -> Result<bool, ActorsError> {
        Ok(self.of(&actor.hash)?.is_some())
    }

    fn sound(&self, known: &Known) -> Result<(), ActorsError> {
        known.flaw.map_or(Ok(()), |flaw| {
            let path = self.path.clone();
            Err(ActorsError::Damaged { path, flaw })
        })
    }

    fn read(&self) -> Result<Known, ActorsError> {
        let Some(found) = file::read(&self.path)? else {
            return Ok(Known::default());
        };
        let (active, flaw) = match found.records {
            Ok(records) => (
                records
                    .into_iter()
                    .filter(ActorRecord::is_active)
                    .map(|record| (record.hash, Arc::new(record)))
                    .collect(),
                None,
            ),
            Err(flaw) => (HashMap::new(), Some(flaw)),
        };
        Ok(Known {
            read: Some((found.file, found.stamp)),
            active,
            flaw,
        })
    }

    /// Another thread may have read a newer register meanwhile; whoever comes next sees that this is not the one there.
    fn keep(&self, known: Known) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
    }
}
