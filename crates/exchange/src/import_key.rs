//! The idempotency key of a statement line: the same line has the same key for ever, and nobody outside can guess at it.
//!
//! A key is `stmt-` and the first 32 hexadecimal digits of a BLAKE3 keyed with 32 secret bytes. What is hashed is account,
//! date, document number, direction, amount, memo and the line's ordinal among identical ones, each text behind its length.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::private_folder;
use crate::statement::{Line, put_text};

/// The file in the private folder that holds the secret.
pub const SECRET_FILE: &str = "import-secret";
const SECRET_BYTES: usize = 32;
const PREFIX: &str = "stmt-";
/// What the key of a row of comma-separated values begins with; 32 hexadecimal digits follow.
pub const ROW_PREFIX: &str = "csv-";

/// The key of one line, written `stmt-` and 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImportKey(u128);

impl ImportKey {
    /// Reads the written form; anything else is none.
    pub fn parse(text: &str) -> Option<ImportKey> {
        let hex = text.strip_prefix(PREFIX)?;
        let good = hex.len() == 32 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if good {
            u128::from_str_radix(hex, 16).ok().map(ImportKey)
        } else {
            None
        }
    }
}

impl fmt::Display for ImportKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{:032x}", self.0)
    }
}

impl fmt::Debug for ImportKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for ImportKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ImportKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        ImportKey::parse(&text).ok_or_else(|| serde::de::Error::custom("not an import key"))
    }
}

/// What a line says, as 128 bits: two lines are identical when these are.
pub(crate) type Print = u128;

/// The secret under which keys are made. It never leaves the private folder.
pub struct Secret {
    bytes: [u8; SECRET_BYTES],
    kept: bool,
}

impl Secret {
    /// Reads the secret of a private folder, or draws a new one that is written only by [`Secret::keep`].
    ///
    /// # Errors
    ///
    /// A secret that cannot be read or has another length than 32 bytes: it must come back from a backup, because
    /// under a new secret every gift already imported would look new.
    pub fn open(private: &Path) -> Result<Secret, SecretError> {
        let path = private.join(SECRET_FILE);
        match fs::read(&path) {
            Ok(found) => match <[u8; SECRET_BYTES]>::try_from(found.as_slice()) {
                Ok(bytes) => Ok(Secret { bytes, kept: true }),
                Err(_) => Err(SecretError::Damaged {
                    path,
                    found: found.len(),
                }),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut bytes = [0; SECRET_BYTES];
                getrandom::fill(&mut bytes).map_err(|_| SecretError::NoRandomness)?;
                Ok(Secret { bytes, kept: false })
            }
            Err(source) => Err(SecretError::Io { path, source }),
        }
    }

    /// Whether the secret stands in the private folder.
    pub fn is_kept(&self) -> bool {
        self.kept
    }

    /// Writes a newly drawn secret, mode 0600, and returns when it is on the disk.
    ///
    /// # Errors
    ///
    /// The folder or the file cannot be written.
    pub fn keep(&mut self, private: &Path) -> Result<(), SecretError> {
        if self.kept {
            return Ok(());
        }
        let path = private.join(SECRET_FILE);
        let draft = private.join(format!("{SECRET_FILE}.new"));
        let write = || {
            private_folder::ensure(private)?;
            // Under its own name only when whole: a crash must not leave a short secret.
            match fs::remove_file(&draft) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = private_folder::create_file(&draft)?;
            file.write_all(&self.bytes)?;
            file.sync_all()?;
            fs::rename(&draft, &path)?;
            private_folder::sync(private)
        };
        write().map_err(|source| SecretError::Io {
            path: path.clone(),
            source,
        })?;
        self.kept = true;
        Ok(())
    }

    /// The key of a line of an account that is the `ordinal`-th, from 0, among identical ones.
    pub fn key(&self, account: &str, line: &Line, ordinal: u32) -> ImportKey {
        let mut bytes = Vec::with_capacity(128);
        put_text(&mut bytes, account);
        line.put_content(&mut bytes);
        bytes.extend_from_slice(&ordinal.to_le_bytes());
        ImportKey(self.hash(&bytes))
    }

    /// What the line says, hashed; `bytes` is the caller's scratch space.
    pub(crate) fn print(&self, line: &Line, bytes: &mut Vec<u8>) -> Print {
        bytes.clear();
        line.put_content(bytes);
        self.hash(bytes)
    }

    /// The key of a row of comma-separated values: of these texts, and which one among rows of the same texts it is.
    pub(crate) fn row_key(&self, texts: &RowTexts, ordinal: u32) -> String {
        let mut bytes = texts.0.clone();
        bytes.extend_from_slice(&ordinal.to_le_bytes());
        format!("{ROW_PREFIX}{:032x}", self.hash(&bytes))
    }

    /// What a row says, hashed.
    pub(crate) fn row_print(&self, texts: &RowTexts) -> Print {
        self.hash(&texts.0)
    }

    fn hash(&self, bytes: &[u8]) -> u128 {
        let hash = blake3::keyed_hash(&self.bytes, bytes);
        let (first, _) = hash.as_bytes().split_at(16);
        first
            .iter()
            .fold(0, |number, &byte| number << 8 | u128::from(byte))
    }
}

/// Texts that make a key, each behind its length.
#[derive(Default)]
pub(crate) struct RowTexts(Vec<u8>);

impl RowTexts {
    /// Adds one.
    pub fn add(&mut self, text: &str) {
        put_text(&mut self.0, text);
    }
}

/// Why there is no secret to make keys with.
#[derive(Debug, Error)]
pub enum SecretError {
    /// Another length than 32 bytes.
    #[error("{} is damaged: {found} bytes, not 32; restore it from a backup, because under a new one every gift imported before would be imported again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Its length in bytes.
        found: usize,
    },
    /// It cannot be read or written.
    #[error("cannot read or write {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The operating system has no random bytes.
    #[error("the operating system gives no random bytes")]
    NoRandomness,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::Direction;
    use chrono::NaiveDate;
    use std::collections::HashSet;
    use std::os::unix::fs::PermissionsExt;

    fn line() -> Line {
        let date = NaiveDate::from_ymd_opt(2024, 9, 10).expect("a day");
        Line {
            number: 2,
            date,
            document: "12".into(),
            direction: Direction::Credit,
            amount: 50_000,
            memo: "ab".into(),
        }
    }

    #[test]
    fn the_key_is_the_keyed_hash_of_the_described_bytes() {
        let secret = Secret {
            bytes: [7; 32],
            kept: true,
        };
        let mut described = Vec::new();
        described.extend(b"\x04\0\0\0acct");
        described.extend(b"\x0a\0\0\x002024-09-10");
        described.extend(b"\x02\0\0\x0012");
        described.extend(b"C");
        described.extend([0x50, 0xc3, 0, 0, 0, 0, 0, 0]); // 50,000 = 0xc350
        described.extend(b"\x02\0\0\0ab");
        described.extend([3, 0, 0, 0]);
        let hash = blake3::keyed_hash(&[7; 32], &described).to_hex();
        let key = secret.key("acct", &line(), 3).to_string();
        assert_eq!(key, format!("stmt-{}", &hash[..32]));
        assert_eq!(ImportKey::parse(&key).expect("a key").to_string(), key);
        assert_eq!(ImportKey::parse(&key.to_uppercase()), None);
        assert_eq!(ImportKey::parse("stmt-+2345678901234567890123456789012"), None);
    }

    #[test]
    fn every_part_counts_and_nothing_shifts_between_parts() {
        let secret = Secret {
            bytes: [7; 32],
            kept: true,
        };
        let changed = |change: fn(&mut Line)| {
            let mut line = line();
            change(&mut line);
            secret.key("a", &line, 0)
        };
        let keys = [
            secret.key("a", &line(), 0),
            secret.key("b", &line(), 0),
            secret.key("a", &line(), 1),
            changed(|line| line.date = line.date.succ_opt().expect("a day")),
            changed(|line| line.document = "1".into()),
            changed(|line| line.direction = Direction::Debit),
            changed(|line| line.amount += 1),
            changed(|line| line.memo = "a".into()),
            changed(|line| (line.document, line.memo) = ("12a".into(), "b".into())),
            Secret {
                bytes: [8; 32],
                kept: true,
            }
            .key("a", &line(), 0),
        ];
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
        assert_eq!(
            changed(|line| line.number = 99),
            keys[0],
            "where a line stands in a file does not count"
        );
    }

    #[test]
    fn the_secret_is_kept_for_its_owner_and_a_damaged_one_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let private = folder.path().join("private");
        let mut secret = Secret::open(&private).expect("drawn");
        assert!(!private.exists(), "nothing is written before it is needed");
        secret.keep(&private).expect("kept");
        let path = private.join(SECRET_FILE);
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&private), mode(&path)), (0o700, 0o600));
        let again = Secret::open(&private).expect("read");
        assert_eq!(again.key("a", &line(), 0), secret.key("a", &line(), 0));
        assert!(again.is_kept());
        fs::write(&path, [0; 31]).expect("damaged");
        assert!(matches!(
            Secret::open(&private),
            Err(SecretError::Damaged { found: 31, .. })
        ));
    }
}
