//! The key that a witness cosigns with: 32 random bytes in a file for its owner alone, drawn once.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use minhbach_tlog::{KeyError, KeyKind, KeyName, SigningKey};
use rustix::fs::OFlags;

use crate::WitnessError;
use crate::folder::{self, Folder};

/// Longer files are no keys.
const KEY_BYTES_MAX: u64 = 1_024;
/// What others may do to a file.
const OTHERS: u32 = 0o077;

/// The key in the folder; a new one of that name if the folder never had one.
///
/// # Errors
///
/// Others may read it, it is no key or has another name, it or what it cosigned is gone, or the system refuses.
pub(crate) fn open(folder: &Folder, name: Option<&KeyName>) -> Result<SigningKey, WitnessError> {
    let (path, logs) = (folder.key(), folder.logs());
    let Some(key) = read(&path)? else {
        if folder::has_entries(&logs)? {
            return Err(WitnessError::KeyLost(path));
        }
        let name = name.ok_or_else(|| WitnessError::NoName(path.clone()))?;
        let key = draw(name.clone())?;
        // Before the key, so that a key without them says that they are lost.
        folder::make(&logs)?;
        keep(folder, &key)?;
        return Ok(key);
    };
    match name {
        Some(asked) if key.public().name() != asked => Err(WitnessError::OtherName {
            key: key.public().name().clone(),
            asked: asked.clone(),
        }),
        _ if !logs.is_dir() => Err(WitnessError::RecordsLost(logs)),
        _ => Ok(key),
    }
}

fn draw(name: KeyName) -> Result<SigningKey, WitnessError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| WitnessError::NoRandomness)?;
    Ok(SigningKey::of_seed(name, KeyKind::Cosigner, &seed))
}

fn keep(folder: &Folder, key: &SigningKey) -> Result<(), WitnessError> {
    let path = folder.key();
    // Whole under another name first: half a key would be none for ever.
    let draft = path.with_extension("new");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(WitnessError::io("remove", &draft)(error));
        }
        _ => {}
    }
    let mut options = OpenOptions::new();
    let written = options.write(true).create_new(true).mode(0o600).open(&draft);
    let written = written.and_then(|mut file: File| {
        file.write_all(key.to_secret_text().as_bytes())?;
        file.sync_all()
    });
    written.map_err(WitnessError::io("write the key", &draft))?;
    // A link fails where there is a file already, and renaming would replace it.
    let linked = fs::hard_link(&draft, &path).map_err(WitnessError::io("write the key", &path));
    let removed = fs::remove_file(&draft).map_err(WitnessError::io("remove", &draft));
    linked.and(removed)?;
    folder::sync(folder.path())
}

/// The key in a file; none where there is no file.
fn read(path: &Path) -> Result<Option<SigningKey>, WitnessError> {
    let failed = |error| WitnessError::io("read", path)(error);
    let mut options = OpenOptions::new();
    // Not through a link, nor waiting at a pipe.
    options
        .read(true)
        .custom_flags(OFlags::NOFOLLOW.union(OFlags::NONBLOCK).bits() as i32);
    let file = match options.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let meta = file.metadata().map_err(failed)?;
    if meta.mode() & OTHERS != 0 {
        return Err(WitnessError::KeyExposed(path.to_path_buf()));
    }
    let bad = |why| WitnessError::BadKey {
        path: path.to_path_buf(),
        why,
    };
    let mut text = String::new();
    match file.take(KEY_BYTES_MAX).read_to_string(&mut text) {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(bad(KeyError::Form)),
        read => read.map_err(failed)?,
    };
    let key = SigningKey::parse_secret_text(&text).map_err(bad)?;
    if key.public().kind() != KeyKind::Cosigner {
        return Err(bad(KeyError::Kind));
    }
    Ok(Some(key))
}
