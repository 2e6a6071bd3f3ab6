//! A store in a folder, by sled.
//!
//! sled answers some damage, and most failures of a disk, with a panic of its own. None passes this file: whatever goes
//! wrong becomes an error, the projections are rebuilt from the journal, and nobody is shown what sled says of itself.

use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::path::Path;
use std::sync::Once;
use std::time::{Duration, Instant};

use super::{Batch, Direction, Pairs, Store, StoreError};

/// What sled may keep of the store in memory; its own default is 1 GiB.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;
const FLUSH_EVERY_MS: u64 = 1_000;
/// How long a lock is waited for, and how often it is tried.
const LOCK_WAIT: Duration = Duration::from_secs(2);
const LOCK_RETRY: Duration = Duration::from_millis(20);

/// What is said of files that are not as they were written.
pub const DAMAGED: &str = "a part of it is not as it was written";

/// Why a projection folder cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It is damaged, of another layout or not a projection folder: move it aside and rebuild it.
    #[error("the projection folder cannot be used: {why}; move it aside and rebuild it from the journal")]
    Unusable {
        /// What is wrong with it.
        why: String,
    },
    /// Another process has it open.
    #[error("the projection folder is in use by another process; close that one first")]
    InUse,
    /// The disk or its permissions are in the way; moving the folder aside would not help.
    #[error("the projection folder cannot be read or written: {0}")]
    Io(io::Error),
}

/// A store in a folder.
pub struct SledStore {
    /// There until dropped.
    opened: Option<Opened>,
}

struct Opened {
    /// Goes before the database that owns it.
    tree: sled::Tree,
    _db: sled::Db,
}

impl Drop for SledStore {
    fn drop(&mut self) {
        let opened = self.opened.take();
        // It syncs its files, and panics where it cannot. What it did not write is written again from the journal.
        let _ = caught(|| drop(opened));
    }
}

impl SledStore {
    /// Opens the store in `dir`, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says whether to rebuild the folder or to leave it.
    pub fn open(dir: &Path) -> Result<SledStore, OpenError> {
        if dir.exists() && !dir.is_dir() {
            return Err(OpenError::Unusable {
                why: "a file is where the folder should be".to_owned(),
            });
        }
        // Threads of a store just closed in this process can hold its lock a little longer.
        let give_up = Instant::now() + LOCK_WAIT;
        loop {
            match SledStore::open_now(dir) {
                Err(OpenError::InUse) if Instant::now() < give_up => std::thread::sleep(LOCK_RETRY),
                opened => return opened,
            }
        }
    }

    fn tree(&self) -> Result<&sled::Tree, StoreError> {
        let opened = self.opened.as_ref().ok_or_else(|| StoreError::Failed {
            why: "it is closed".to_owned(),
        })?;
        Ok(&opened.tree)
    }

    fn open_now(dir: &Path) -> Result<SledStore, OpenError> {
        let config = sled::Config::new()
            .path(dir)
            .cache_capacity(CACHE_BYTES)
            .use_compression(false)
            .flush_every_ms(Some(FLUSH_EVERY_MS));
        let opened = caught(|| {
            let db = config.open()?;
            let tree = sled::Tree::clone(&db);
            Ok(Opened { tree, _db: db })
        });
        match opened {
            Ok(Ok(opened)) => Ok(SledStore { opened: Some(opened) }),
            Ok(Err(error)) => Err(open_error(error)),
            Err(_) => Err(OpenError::Unusable {
                why: DAMAGED.to_owned(),
            }),
        }
    }
}

fn open_error(error: sled::Error) -> OpenError {
    use io::ErrorKind::{
        NotFound, OutOfMemory, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull,
    };
    match error {
        sled::Error::Io(error) if error.to_string().contains("could not acquire lock") => OpenError::InUse,
        sled::Error::Io(error)
            if matches!(
                error.kind(),
                PermissionDenied | StorageFull | QuotaExceeded | ReadOnlyFilesystem | OutOfMemory | NotFound
            ) =>
        {
            OpenError::Io(error)
        }
        error => OpenError::Unusable { why: said(error) },
    }
}

/// What went wrong, in the system's words where it was the system: sled copies such an error as the text of its code.
fn said(error: sled::Error) -> String {
    let error = match error {
        sled::Error::Io(error) => error,
        // Where and how is sled's own affair.
        sled::Error::Corruption { .. } => return DAMAGED.to_owned(),
        error => return error.to_string(),
    };
    let text = error.to_string();
    let code = text.split_once("Os { code: ").and_then(|(_, rest)| {
        let (code, _) = rest.split_once(',')?;
        code.parse().ok()
    });
    code.map_or(text, |code| io::Error::from_raw_os_error(code).to_string())
}

thread_local! {
    /// Whether this thread is in sled's hands.
    static IN_SLED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work` on sled; a panic inside it ends here, and says nothing.
fn caught<T>(work: impl FnOnce() -> T) -> std::thread::Result<T> {
    static HUSHED: Once = Once::new();
    HUSHED.call_once(|| {
        let others = take_hook();
        set_hook(Box::new(move |panic| {
            if !is_sleds(panic) {
                others(panic);
            }
        }));
    });
    let before = IN_SLED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    IN_SLED.set(before);
    result
}

/// Whether sled panics: in our call of it, or in a thread of its own, after which every later call fails.
fn is_sleds(panic: &PanicHookInfo<'_>) -> bool {
    let its_thread = std::thread::current()
        .name()
        .is_some_and(|name| name.starts_with("sled"));
    let its_code = panic
        .location()
        .is_some_and(|place| place.file().contains("/sled-"));
    IN_SLED.get() || its_thread || its_code
}

/// Runs `work` on sled; an error or a panic inside it is a failed store.
fn guarded<T>(work: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreError> {
    match caught(work) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(StoreError::Failed { why: said(error) }),
        Err(_) => Err(StoreError::Failed {
            why: DAMAGED.to_owned(),
        }),
    }
}

impl Store for SledStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let tree = self.tree()?;
        guarded(|| Ok(tree.get(key)?.map(|value| value.to_vec())))
    }

    fn range<'a>(&'a self, from: &[u8], to: &[u8], direction: Direction) -> Pairs<'a> {
        let tree = match self.tree() {
            Ok(tree) => tree,
            Err(error) => return Box::new(std::iter::once(Err(error))),
        };
        let mut range = (from < to).then(|| tree.range(from.to_vec()..to.to_vec()));
        Box::new(std::iter::from_fn(move || {
            let read = guarded(|| {
                range
                    .as_mut()
                    .and_then(|range| match direction {
                        Direction::Forward => range.next(),
                        Direction::Backward => range.next_back(),
                    })
                    .transpose()
            })
            .transpose()?;
            if read.is_err() {
                range = None;
            }
            Some(read.map(|(key, value)| (key.to_vec(), value.to_vec())))
        }))
    }

    fn write(&self, batch: Batch) -> Result<(), StoreError> {
        let mut writes = sled::Batch::default();
        for (key, value) in batch {
            match value {
                Some(value) => writes.insert(key, value),
                None => writes.remove(key),
            }
        }
        let tree = self.tree()?;
        guarded(|| tree.apply_batch(writes))
    }

    fn flush(&self) -> Result<(), StoreError> {
        let tree = self.tree()?;
        guarded(|| tree.flush().map(|_| ()))
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::said;

    #[test]
    fn what_the_system_answered_is_said_in_its_words() {
        let full = || io::Error::from_raw_os_error(28);
        for error in [full(), io::Error::new(full().kind(), format!("{:?}", full()))] {
            assert_eq!(
                said(sled::Error::Io(error)),
                "No space left on device (os error 28)"
            );
        }
        let other = io::Error::other("could not acquire lock");
        assert_eq!(said(sled::Error::Io(other)), "could not acquire lock");
    }
}
