//! The private register of imported statements: what each line said, its key, and the salt of its memo's commitment.
//!
//! `private/statements/` holds one file an import, `<number>-<first 16 digits of the digest>.ndjson`: a header, a line for
//! each line of the statement in its order, and a closing mark once everything was answered for. The header and the lines
//! are on the disk before the ledger hears of the import. Until the ledger has taken a line of it, such a file means
//! nothing, and the next import puts it aside as `.abandoned`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use minhbach_events::Hash;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::import_key::ImportKey;
use crate::private_folder;
use crate::statement::{Bank, Direction, Line};

/// The folder of the registers in the private folder.
pub const STATEMENTS_FOLDER: &str = "statements";
/// A register's line: a statement's line with every byte escaped, and room for the rest.
const REGISTER_LINE_BYTES_MAX: u64 = 1 << 20;
const FORMAT: u32 = 1;

/// The first line of a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The register's format: 1.
    pub format: u32,
    /// The account whose statement it is. Private.
    pub account: String,
    /// The layout it was read in.
    pub bank: Bank,
    /// BLAKE3 over what was understood, the same for a plain and a compressed file.
    #[serde(with = "hex")]
    pub digest: Hash,
    /// The earliest day.
    #[serde(with = "day")]
    pub first: NaiveDate,
    /// The latest day.
    #[serde(with = "day")]
    pub last: NaiveDate,
    /// How many lines follow.
    pub lines: u64,
    /// The user stated that the file begins where an earlier one ended.
    pub continues: bool,
    /// The user stated that the file holds whole days.
    pub whole_days: bool,
}

/// One line of a statement in a register.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The idempotency key in the ledger; debits have one too, though they never go there.
    pub key: ImportKey,
    /// The day the bank gives.
    #[serde(with = "day")]
    pub date: NaiveDate,
    /// The bank's document number.
    pub document: String,
    /// In or out.
    pub direction: Direction,
    /// In đồng.
    pub amount: u64,
    /// What the payer wrote.
    pub memo: String,
    /// Which one among identical lines it is, from 0.
    pub ordinal: u32,
    /// It was a line of an earlier import too.
    pub seen: bool,
    /// The random half of the commitment, of a credit with a memo.
    #[serde(with = "opt_hex", skip_serializing_if = "Option::is_none", default)]
    pub salt: Option<Hash>,
    /// BLAKE3 over the salt and the memo.
    #[serde(with = "opt_hex", skip_serializing_if = "Option::is_none", default)]
    pub commitment: Option<Hash>,
}

/// The memo and the salt are private and do not show in a debug print.
impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("key", &self.key)
            .field("date", &self.date)
            .finish_non_exhaustive()
    }
}

impl Entry {
    /// The statement's line, without its place in the file.
    pub(crate) fn into_line(self) -> Line {
        Line {
            number: 0,
            date: self.date,
            document: self.document,
            direction: self.direction,
            amount: self.amount,
            memo: self.memo,
        }
    }
}

/// The commitment to a memo under a salt: BLAKE3 over both.
pub fn commit(salt: &Hash, memo: &str) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&salt.0);
    hasher.update(memo.as_bytes());
    Hash(*hasher.finalize().as_bytes())
}

/// The last line of a register whose import came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Receipts that were issued by the run that closed it.
    pub imported: u64,
    /// Credits that were in the ledger before.
    pub already_there: u64,
    /// Credits that the ledger refused.
    pub refused: u64,
}

#[derive(Serialize, Deserialize)]
struct ClosingLine {
    closed: Closed,
}

/// A register that exists.
#[derive(Debug, Clone)]
pub struct Register {
    /// Its file.
    pub path: PathBuf,
    /// Counts the imports of a data folder, from 1.
    pub number: u64,
    /// Its first line.
    pub header: Header,
    /// Whether the closing mark is there.
    pub closed: bool,
}

/// Finds the registers of a private folder in the order of import, and the files whose writing did not even get
/// past the header.
///
/// # Errors
///
/// A file or the folder cannot be read.
pub(crate) fn list(private: &Path) -> Result<(Vec<Register>, Vec<PathBuf>), RegisterError> {
    let folder = private.join(STATEMENTS_FOLDER);
    let mut found = Vec::new();
    let mut headless = Vec::new();
    for (number, path) in numbered(&folder)? {
        if path.extension().is_none_or(|extension| extension != "ndjson") {
            continue;
        }
        let mut entries = Entries::open(&path)?;
        match entries.header.take() {
            Some(header) => {
                let closed = closing_mark(&path)?;
                found.push(Register {
                    path,
                    number,
                    header,
                    closed,
                });
            }
            None => headless.push(path),
        }
    }
    Ok((found, headless))
}

/// The keys of all credits in the registers, in the order of import. A line that several statements held comes more than
/// once, with the same key.
///
/// # Errors
///
/// A file or the folder cannot be read, or a register is damaged.
pub fn credit_keys(
    private: &Path,
) -> Result<impl Iterator<Item = Result<ImportKey, RegisterError>> + use<>, RegisterError> {
    let (registers, _) = list(private)?;
    let mut paths = registers.into_iter().map(|register| register.path);
    let mut open: Option<Entries> = None;
    Ok(std::iter::from_fn(move || {
        loop {
            match open.as_mut().and_then(Entries::next) {
                Some(Ok(entry)) if entry.direction == Direction::Debit => {}
                Some(entry) => return Some(entry.map(|entry| entry.key)),
                None => match Entries::open(&paths.next()?) {
                    Ok(entries) => open = Some(entries),
                    Err(error) => return Some(Err(error)),
                },
            }
        }
    }))
}

/// The numbered files of the folder, in order.
fn numbered(folder: &Path) -> Result<Vec<(u64, PathBuf)>, RegisterError> {
    let failed = |source| RegisterError::Io {
        path: folder.to_owned(),
        source,
    };
    let names = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        names => names.map_err(failed)?,
    };
    let mut found = Vec::new();
    for name in names {
        let path = name.map_err(failed)?.path();
        let number = path
            .file_name()
            .and_then(|name| name.to_str()?.split_once('-')?.0.parse::<u64>().ok());
        if let Some(number) = number {
            found.push((number, path));
        }
    }
    found.sort();
    Ok(found)
}

/// Whether the last whole line is a closing mark.
fn closing_mark(path: &Path) -> Result<bool, RegisterError> {
    let look = || -> io::Result<bool> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(512)))?;
        let mut tail = Vec::new();
        file.take(512).read_to_end(&mut tail)?;
        let Some(tail) = tail.strip_suffix(b"\n") else {
            return Ok(false);
        };
        let last = tail.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
        Ok(serde_json::from_slice::<ClosingLine>(last).is_ok())
    };
    look().map_err(|source| RegisterError::Io {
        path: path.to_owned(),
        source,
    })
}

/// Puts a register aside of which the ledger knows nothing.
pub(crate) fn abandon(path: &Path) -> Result<(), RegisterError> {
    let aside = path.with_extension("abandoned");
    fs::rename(path, aside).map_err(|source| RegisterError::Io {
        path: path.to_owned(),
        source,
    })
}

/// The entries of a register, in order. A torn last line, which a crash left, ends it.
pub struct Entries {
    path: PathBuf,
    input: BufReader<File>,
    text: Vec<u8>,
    number: u64,
    header: Option<Header>,
    ended: bool,
}

impl Entries {
    /// Opens a register.
    ///
    /// # Errors
    ///
    /// It cannot be read, or its first line is whole and yet no header.
    pub fn open(path: &Path) -> Result<Entries, RegisterError> {
        let file = File::open(path).map_err(|source| RegisterError::Io {
            path: path.to_owned(),
            source,
        })?;
        let mut entries = Entries {
            path: path.to_owned(),
            input: BufReader::with_capacity(64 * 1024, file),
            text: Vec::new(),
            number: 0,
            header: None,
            ended: false,
        };
        if entries.next_text()? {
            let header: Header = serde_json::from_slice(&entries.text).map_err(|_| entries.damaged())?;
            if header.format != FORMAT {
                return Err(RegisterError::Format {
                    path: path.to_owned(),
                    found: header.format,
                });
            }
            entries.header = Some(header);
        }
        Ok(entries)
    }

    /// Reads the next whole line into `text`; false at the end and at a torn line.
    fn next_text(&mut self) -> Result<bool, RegisterError> {
        self.text.clear();
        self.number += 1;
        let mut limited = self.input.by_ref().take(REGISTER_LINE_BYTES_MAX);
        limited
            .read_until(b'\n', &mut self.text)
            .map_err(|source| RegisterError::Io {
                path: self.path.clone(),
                source,
            })?;
        if self.text.len() as u64 == REGISTER_LINE_BYTES_MAX {
            return Err(self.damaged());
        }
        Ok(self.text.ends_with(b"\n"))
    }

    fn damaged(&self) -> RegisterError {
        RegisterError::Damaged {
            path: self.path.clone(),
            line: self.number,
        }
    }
}

impl Iterator for Entries {
    type Item = Result<Entry, RegisterError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let entry = match self.next_text() {
            Err(error) => Err(error),
            Ok(false) => {
                self.ended = true;
                return None;
            }
            // The mark is the last line unless a later run closed it again.
            Ok(true) if self.text.starts_with(b"{\"closed\":") => return self.next(),
            Ok(true) => serde_json::from_slice(&self.text).map_err(|_| self.damaged()),
        };
        self.ended = entry.is_err();
        Some(entry)
    }
}

/// A register being written.
pub(crate) struct Writing {
    path: PathBuf,
    file: BufWriter<File>,
    text: Vec<u8>,
}

impl Writing {
    /// Begins the register of a new import under the next number.
    pub(crate) fn begin(private: &Path, header: &Header) -> Result<Writing, RegisterError> {
        let folder = private.join(STATEMENTS_FOLDER);
        let next = numbered(&folder)?.last().map_or(1, |(number, _)| number + 1);
        let digest = header.digest.to_string();
        let path = folder.join(format!("{next:06}-{}.ndjson", &digest[..16]));
        let create = || {
            private_folder::ensure(private)?;
            private_folder::ensure(&folder)?;
            private_folder::create_file(&path)
        };
        let file = create().map_err(|source| RegisterError::Io {
            path: path.clone(),
            source,
        })?;
        let mut writing = Writing {
            path,
            file: BufWriter::with_capacity(256 * 1024, file),
            text: Vec::new(),
        };
        writing.put(header)?;
        Ok(writing)
    }

    /// Adds the next line.
    pub(crate) fn push(&mut self, entry: &Entry) -> Result<(), RegisterError> {
        self.put(entry)
    }

    /// Returns when everything is on the disk.
    pub(crate) fn keep(self) -> Result<PathBuf, RegisterError> {
        let Writing { path, file, .. } = self;
        let sync = || {
            file.into_inner()
                .map_err(|error| error.into_error())?
                .sync_all()?;
            private_folder::sync(path.parent().unwrap_or(Path::new(".")))
        };
        match sync() {
            Ok(()) => Ok(path),
            Err(source) => Err(RegisterError::Io { path, source }),
        }
    }

    fn put(&mut self, value: &impl Serialize) -> Result<(), RegisterError> {
        self.text.clear();
        let written = serde_json::to_writer(&mut self.text, value)
            .map_err(io::Error::from)
            .and_then(|()| {
                self.text.push(b'\n');
                self.file.write_all(&self.text)
            });
        written.map_err(|source| RegisterError::Io {
            path: self.path.clone(),
            source,
        })
    }
}

/// Adds the closing mark and returns when it is on the disk. A torn end is cut first.
pub(crate) fn close(path: &Path, closed: Closed) -> Result<(), RegisterError> {
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        let mut end = file.metadata()?.len();
        let mut byte = [0];
        while 0 < end {
            file.seek(SeekFrom::Start(end - 1))?;
            file.read_exact(&mut byte)?;
            if byte == *b"\n" {
                break;
            }
            end -= 1;
        }
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        let mut line = serde_json::to_vec(&ClosingLine { closed })?;
        line.push(b'\n');
        file.write_all(&line)?;
        file.sync_all()
    };
    write().map_err(|source| RegisterError::Io {
        path: path.to_owned(),
        source,
    })
}

/// Why a register cannot be used.
#[derive(Debug, Error)]
pub enum RegisterError {
    /// It cannot be read or written.
    #[error("cannot read or write {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A line in it is not what was written.
    #[error("{} is damaged at line {line}: restore it from a backup of private/, without it double imports cannot be told", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: u64,
    },
    /// Written by another version.
    #[error("{} has format {found}, this program reads {FORMAT}: use the newer program", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
}

/// A header for lines that are about to be written.
pub(crate) fn header(
    account: &str,
    bank: Bank,
    digest: Hash,
    days: (NaiveDate, NaiveDate),
    lines: u64,
) -> Header {
    Header {
        format: FORMAT,
        account: account.to_owned(),
        bank,
        digest,
        first: days.0,
        last: days.1,
        lines,
        continues: false,
        whole_days: false,
    }
}

mod day {
    use super::*;

    pub fn serialize<S: Serializer>(date: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(date)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

mod hex {
    use super::*;

    pub fn serialize<S: Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(hash)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        let text = String::deserialize(deserializer)?;
        Hash::from_hex(text.as_bytes()).ok_or_else(|| serde::de::Error::custom("not 64 hexadecimal digits"))
    }
}

mod opt_hex {
    use super::*;

    pub fn serialize<S: Serializer>(hash: &Option<Hash>, serializer: S) -> Result<S::Ok, S::Error> {
        match hash {
            Some(hash) => serializer.collect_str(hash),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Hash>, D::Error> {
        super::hex::deserialize(deserializer).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn entry(ordinal: u32) -> Entry {
        let salt = Hash([ordinal as u8; 32]);
        Entry {
            key: ImportKey::parse(&format!("stmt-{ordinal:032x}")).expect("a key"),
            date: NaiveDate::from_ymd_opt(2024, 9, 10).expect("a day"),
            document: "7\"7".into(),
            direction: Direction::Credit,
            amount: 5_000,
            memo: "áo ấm".into(),
            ordinal,
            seen: false,
            salt: Some(salt),
            commitment: Some(commit(&salt, "áo ấm")),
        }
    }

    fn written(private: &Path, lines: u32) -> PathBuf {
        let day = entry(0).date;
        let header = header(
            "acct",
            Bank::Vietcombank,
            Hash::ZERO,
            (day, day),
            u64::from(lines),
        );
        let mut writing = Writing::begin(private, &header).expect("begun");
        for ordinal in 0..lines {
            writing.push(&entry(ordinal)).expect("pushed");
        }
        writing.keep().expect("kept")
    }

    #[test]
    fn a_register_reads_back_and_is_its_owners() {
        let folder = tempfile::tempdir().expect("a folder");
        let private = folder.path().join("private");
        let path = written(&private, 2);
        assert!(path.ends_with("statements/000001-0000000000000000.ndjson"));
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(
            (mode(&path), mode(path.parent().expect("a folder"))),
            (0o600, 0o700)
        );
        let read: Vec<Entry> = Entries::open(&path)
            .expect("open")
            .map(|entry| entry.expect("good"))
            .collect();
        assert_eq!(read, [entry(0), entry(1)]);
        assert!(!list(&private).expect("listed").0[0].closed);
        close(
            &path,
            Closed {
                imported: 2,
                already_there: 0,
                refused: 0,
            },
        )
        .expect("closed");
        let (registers, headless) = list(&private).expect("listed");
        assert!(registers[0].closed && headless.is_empty());
        assert_eq!(Entries::open(&path).expect("open").count(), 2);
    }

    #[test]
    fn a_register_cut_at_any_byte_holds_its_whole_lines() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = written(folder.path(), 3);
        close(
            &path,
            Closed {
                imported: 3,
                already_there: 0,
                refused: 0,
            },
        )
        .expect("closed");
        let whole = fs::read(&path).expect("read");
        for cut in 0..whole.len() {
            fs::write(&path, &whole[..cut]).expect("cut");
            let lines = whole[..cut].iter().filter(|&&byte| byte == b'\n').count();
            let (registers, headless) = list(folder.path()).expect("listed");
            assert_eq!(
                (registers.len(), headless.len()),
                if lines == 0 { (0, 1) } else { (1, 0) },
                "cut at {cut}"
            );
            let read = Entries::open(&path)
                .expect("open")
                .filter(|entry| entry.is_ok())
                .count();
            assert_eq!(read, lines.saturating_sub(1).min(3), "cut at {cut}");
            if lines == 4 {
                assert!(!registers[0].closed);
                close(
                    &path,
                    Closed {
                        imported: 0,
                        already_there: 3,
                        refused: 0,
                    },
                )
                .expect("closed");
                assert!(list(folder.path()).expect("listed").0[0].closed);
            }
        }
    }

    #[test]
    fn damage_is_named_with_its_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = written(folder.path(), 2);
        let text = fs::read_to_string(&path)
            .expect("read")
            .replacen("\"ordinal\":0", "\"ordinal\":x", 1);
        fs::write(&path, text).expect("damaged");
        let read: Vec<_> = Entries::open(&path).expect("open").collect();
        assert!(matches!(read[..], [Err(RegisterError::Damaged { line: 2, .. })]));
        assert!(!format!("{read:?}").contains("áo"));
    }
}
