//! The register's file: JSON with a record on each line, read strictly and only whole.

use std::collections::HashSet;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use minhbach_events::{Actor, Slug, Timestamp};
use minhbach_ledger::{Powers, Role};
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};

use super::error::{ActorsError, Flaw};
use super::record::ActorRecord;
use super::token::TokenHash;

/// The most records of a register, revoked ones counted.
pub const RECORDS_MAX: usize = 10_000;
/// Longer than [`RECORDS_MAX`] of the longest records.
const BYTES_MAX: u64 = 8 * 1024 * 1024;
const FORMAT: &str = "minhbach actors 1";
/// Opens no link and waits for nobody.
const PLAIN_FILE: i32 = OFlags::NOFOLLOW.union(OFlags::NONBLOCK).bits() as i32;

/// Where the register of a data folder is.
pub fn path(dir: &Path) -> PathBuf {
    dir.join("private").join("actors.json")
}

/// Which file it was and in which state. A register is replaced, never written over, so this tells two apart as long as
/// the file is held open: the system gives its number to no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    device: u64,
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(file: &Metadata) -> Stamp {
        Stamp {
            device: file.dev(),
            inode: file.ino(),
            bytes: file.size(),
            modified: (file.mtime(), file.mtime_nsec()),
            changed: (file.ctime(), file.ctime_nsec()),
        }
    }

    /// That of the file which is there now, if one is.
    pub(super) fn now(path: &Path) -> Result<Option<Stamp>, ActorsError> {
        match path.symlink_metadata() {
            Ok(file) => Ok(Some(Stamp::of(&file))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ActorsError::io(path)(error)),
        }
    }
}

/// A register as it was read, and the file it was read from, held open.
pub(super) struct Found {
    pub(super) file: File,
    pub(super) stamp: Stamp,
    pub(super) records: Result<Vec<ActorRecord>, Flaw>,
}

/// Reads the register; `None` when there is no file.
///
/// # Errors
///
/// The system refuses. A file that is no register is found too, with its flaw.
pub(super) fn read(path: &Path) -> Result<Option<Found>, ActorsError> {
    let mut file = match File::options().read(true).custom_flags(PLAIN_FILE).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        // What the system says of a link that is not followed.
        Err(_) if path.is_symlink() => {
            return Err(ActorsError::Damaged {
                path: path.to_path_buf(),
                flaw: Flaw::NotAFile,
            });
        }
        Err(error) => return Err(ActorsError::io(path)(error)),
    };
    let metadata = file.metadata().map_err(ActorsError::io(path))?;
    let stamp = Stamp::of(&metadata);
    let records = if metadata.is_file() {
        let mut text = Vec::new();
        let read = Read::by_ref(&mut file).take(BYTES_MAX + 1).read_to_end(&mut text);
        read.map_err(ActorsError::io(path))?;
        parse(&text)
    } else {
        Err(Flaw::NotAFile)
    };
    Ok(Some(Found { file, stamp, records }))
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    code: String,
    roles: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    party: Option<String>,
    hash: String,
    added_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    actors: Vec<Written>,
}

fn parse(text: &[u8]) -> Result<Vec<ActorRecord>, Flaw> {
    if BYTES_MAX < text.len() as u64 {
        return Err(Flaw::TooLong);
    }
    // What the reader of JSON says is left out: it repeats values, and one of them may be a hash.
    let document: Document = serde_json::from_slice(text).map_err(|error| Flaw::Shape {
        line: error.line(),
        column: error.column(),
    })?;
    if document.format != FORMAT {
        return Err(Flaw::Format);
    }
    if RECORDS_MAX < document.actors.len() {
        return Err(Flaw::TooMany);
    }
    let mut records = Vec::with_capacity(document.actors.len());
    let (mut active, mut hashes) = (HashSet::new(), HashSet::new());
    for (record, written) in (1..).zip(&document.actors) {
        let read = written.read().map_err(|field| Flaw::Field { record, field })?;
        if !hashes.insert(read.hash) {
            return Err(Flaw::SameToken { record });
        }
        if read.is_active() && !active.insert(read.code.clone()) {
            return Err(Flaw::TwiceActive { record });
        }
        records.push(read);
    }
    Ok(records)
}

impl Written {
    fn of(record: &ActorRecord) -> Written {
        Written {
            code: record.code.to_string(),
            roles: record.roles().map(|role| role.word().to_owned()).collect(),
            party: record.party().map(ToString::to_string),
            hash: record.hash.to_hex(),
            added_at: record.added_at.to_string(),
            revoked_at: record.revoked_at.map(|at| at.to_string()),
        }
    }

    /// The record, or the name of the first field that is wrong.
    fn read(&self) -> Result<ActorRecord, &'static str> {
        let code = Actor::new(&self.code).ok_or("code")?;
        let roles: Option<Vec<Role>> = self.roles.iter().map(|word| Role::from_word(word)).collect();
        let roles = roles.filter(|roles| !roles.is_empty()).ok_or("roles")?;
        let party = match &self.party {
            Some(party) => Some(Slug::new(party).ok_or("party")?),
            None => None,
        };
        if party.is_some() != roles.contains(&Role::Receiver) {
            return Err("party");
        }
        let hash = TokenHash::from_hex(&self.hash).ok_or("hash")?;
        let added_at = Timestamp::parse(&self.added_at).ok_or("added_at")?;
        let mut record = ActorRecord::new(code, Powers::new(roles, party), hash, added_at);
        if let Some(revoked) = &self.revoked_at {
            record.revoked_at = Some(Timestamp::parse(revoked).ok_or("revoked_at")?);
        }
        Ok(record)
    }
}

/// The bytes of a register.
pub(super) fn text(records: &[ActorRecord]) -> Result<Vec<u8>, io::Error> {
    let mut text = format!("{{\"format\":\"{FORMAT}\",\"actors\":[").into_bytes();
    for (before, record) in records.iter().enumerate() {
        text.extend_from_slice(if before == 0 { b"\n" } else { b",\n" });
        serde_json::to_writer(&mut text, &Written::of(record))?;
    }
    text.extend_from_slice(b"\n]}\n");
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(text: &str) -> Flaw {
        parse(text.as_bytes()).map(drop).expect_err("no register")
    }

    fn line(changes: &[(&str, &str)]) -> String {
        let mut line = serde_json::json!({
            "code": "ke-toan", "roles": ["recorder", "receiver"], "party": "truong", "hash": "ab".repeat(32),
            "added_at": "2026-11-22T01:11:00.123Z", "revoked_at": "2026-11-23T01:11:00.123Z",
        });
        for (field, value) in changes {
            let value: serde_json::Value = serde_json::from_str(value).expect("JSON");
            match value.is_null() {
                true => drop(line.as_object_mut().expect("an object").remove(*field)),
                false => line[*field] = value,
            }
        }
        line.to_string()
    }

    fn document(lines: &[String]) -> String {
        format!("{{\"format\":\"{FORMAT}\",\"actors\":[{}]}}", lines.join(","))
    }

    #[test]
    fn what_is_written_is_read_again() {
        let other = format!("\"{}\"", "cd".repeat(32));
        let second = [
            ("hash", other.as_str()),
            ("revoked_at", "null"),
            ("party", "null"),
            ("roles", "[\"auditor\"]"),
        ];
        let read = parse(document(&[line(&[]), line(&second)]).as_bytes()).expect("a register");
        let written = text(&read).expect("written");
        let again = parse(&written).expect("read again");
        assert_eq!(text(&again).expect("written"), written);
        assert_eq!(
            written.iter().filter(|byte| **byte == b'\n').count(),
            4,
            "a record a line"
        );
        assert_eq!(
            again[0].party().map(ToString::to_string).as_deref(),
            Some("truong")
        );
        assert!(again[0].roles().eq([Role::Recorder, Role::Receiver]));
        assert!(!again[0].is_active() && again[1].is_active());
        assert!(text(&[]).is_ok_and(|text| parse(&text).is_ok_and(|none| none.is_empty())));
    }

    #[test]
    fn each_flaw_is_found_and_says_where() {
        let sound = document(&[line(&[])]);
        for cut in 0..sound.len() {
            assert!(matches!(flaw(&sound[..cut]), Flaw::Shape { .. }), "{cut}");
        }
        assert!(matches!(flaw(&format!("{sound}x")), Flaw::Shape { .. }));
        assert!(matches!(
            flaw(&document(&[line(&[("pin", "1")])])),
            Flaw::Shape { .. }
        ));
        assert_eq!(flaw(&sound.replace(FORMAT, "minhbach actors 2")), Flaw::Format);
        let fields = [
            ("code", "\"kế toán\""),
            ("roles", "[]"),
            ("roles", "[\"king\"]"),
            ("roles", "[\"recorder\"]"),
            ("party", "\"Trường\""),
            ("party", "null"),
            ("hash", "\"ab\""),
            ("added_at", "\"yesterday\""),
            ("revoked_at", "\"2026-13-01T00:00:00.000Z\""),
        ];
        for (nth, change) in fields.into_iter().enumerate() {
            let field = if nth == 3 { "party" } else { change.0 };
            assert_eq!(
                flaw(&document(&[line(&[change])])),
                Flaw::Field { record: 1, field }
            );
        }
        assert_eq!(
            flaw(&document(&[line(&[]), line(&[])])),
            Flaw::SameToken { record: 2 }
        );
        let other = format!("\"{}\"", "cd".repeat(32));
        let active = |hash: &str| line(&[("hash", hash), ("revoked_at", "null")]);
        let twice = document(&[
            active("\"ab\"").replace("\"ab\"", &format!("\"{}\"", "ab".repeat(32))),
            active(&other),
        ]);
        assert_eq!(flaw(&twice), Flaw::TwiceActive { record: 2 });
        assert_eq!(flaw(&" ".repeat(BYTES_MAX as usize + 1)), Flaw::TooLong);
    }

    #[test]
    fn as_many_records_as_may_be_fit_into_the_length_that_may_be() {
        let code = format!("\"{}\"", "x".repeat(64));
        let all: Vec<String> = Role::ALL
            .iter()
            .map(|role| format!("\"{}\"", role.word()))
            .collect();
        let roles = format!("[{}]", all.join(","));
        let party = format!("\"{}\"", "x".repeat(80));
        let longest = line(&[("code", &code), ("roles", &roles)]).len() + party.len();
        assert!(((longest + 2) * RECORDS_MAX) < BYTES_MAX as usize, "{longest}");
        let many = vec![line(&[]); RECORDS_MAX + 1];
        assert_eq!(flaw(&document(&many)), Flaw::TooMany);
    }
}
