//! The journal's files: whatever bytes are in them, what is sound before the first fault is kept, and nothing else is.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;
use minhbach_events::Hash;
use minhbach_journal::{
    Batch, ENTRY_BYTES_MAX, Holder, Journal, OpenError, OpenOptions, Reader, VerifyError, cut, verify,
};

use crate::folder::scratch;
use crate::sentence;

/// Between the files of one input.
const NEXT_FILE: u8 = 0x1d;

/// Opens what an input's bytes are as files, and compares with a second reading of them; then goes on writing, or cuts what
/// is not sound and goes on.
///
/// The first byte says what is set right before: hashes (1), links (2) and numbers (4) of entries; the lines are entries
/// then, without hashes. Without that, only the first line could ever be reached.
pub fn recovery(bytes: &[u8]) {
    let (mode, bytes) = bytes.split_first().unwrap_or((&0, &[]));
    let files = files(&set_right(*mode, bytes));
    let folder = scratch();
    let dir = folder.path();
    fs::create_dir(dir.join("journal")).expect("a folder");
    for (first, bytes) in &files {
        fs::write(path(dir, *first), bytes).expect("written");
    }
    let model = Model::of(&files);
    read_beside(dir, &model, bytes);
    match open(dir) {
        Ok(mut journal) => {
            assert!(
                !model.damaged,
                "a journal is opened that is damaged at entry {}",
                model.entries.len()
            );
            holds(&journal.reader(), &model.entries);
            let more = append_one(&mut journal, &model);
            drop(journal);
            let verified = verify(dir, &|_| {}).expect("sound after opening");
            assert_eq!(verified.size, model.entries.len() as u64 + 1);
            assert_eq!(verified.torn_tail, None);
            holds(
                &Reader::open_readonly(dir).expect("opened"),
                &[&model.entries[..], &[more]].concat(),
            );
        }
        Err(OpenError::Damaged(damage)) => {
            sentence::check(&damage, bytes);
            assert!(model.damaged, "{damage}, where another reading finds nothing");
            assert_eq!(damage.seq, model.entries.len() as u64, "{damage}");
            for (first, bytes) in &files {
                let kept = fs::read(path(dir, *first)).expect("read");
                assert_eq!(&kept, bytes, "a damaged journal is left as it is");
            }
            cut_and_go_on(dir, &files, &model, bytes);
        }
        Err(error) => panic!("{error}"),
    }
}

/// What `verify` says of damage. Of a line without end it asks the clock whether somebody writes it, so that is not asked.
fn read_beside(dir: &Path, model: &Model, bytes: &[u8]) {
    if !model.damaged {
        return;
    }
    match verify(dir, &|_| {}) {
        Err(VerifyError::Damage(damage)) => {
            sentence::check(&damage, bytes);
            assert_eq!(damage.seq, model.entries.len() as u64, "{damage}");
        }
        other => panic!("damage at entry {} is not found: {other:?}", model.entries.len()),
    }
    // A reader looks at less, and never gives out what is not sound.
    let Ok(reader) = Reader::open_readonly(dir) else {
        return;
    };
    for (nth, entry) in reader.entries(0).enumerate() {
        let Ok(entry) = entry else { break };
        assert_eq!(
            Some(&entry.bytes),
            model.entries.get(nth),
            "entry {nth} is given out"
        );
    }
}

fn cut_and_go_on(dir: &Path, files: &[(u64, Vec<u8>)], model: &Model, bytes: &[u8]) {
    let size = model.entries.len() as u64;
    let beyond = cut(dir, &holder(), size + 1).expect_err("no more than is sound can be kept");
    sentence::check(&beyond, bytes);
    let done = cut(dir, &holder(), size).expect("what is sound can be kept");
    assert_eq!(done.head.size, size);
    let all: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    let kept: u64 = model.entries.iter().map(|entry| entry.len() as u64 + 66).sum();
    assert_eq!(kept + done.bytes, all as u64, "every byte is kept or set aside");
    let mut journal = open(dir).expect("sound after cutting");
    let more = append_one(&mut journal, model);
    drop(journal);
    holds(
        &Reader::open_readonly(dir).expect("opened"),
        &[&model.entries[..], &[more]].concat(),
    );
}

/// Appends what an input's lines are, as entries whose hashes are right: what is taken is read again, and what is not is
/// refused whole.
pub fn append(bytes: &[u8]) {
    let (mode, bytes) = bytes.split_first().unwrap_or((&0, &[]));
    let lines = set_right(mode & 6, bytes);
    let lines = lines.strip_suffix(b"\n").unwrap_or(&lines);
    let entries: Vec<&[u8]> = lines
        .split(|byte| *byte == b'\n')
        .filter(|entry| entry.len() <= 2 * ENTRY_BYTES_MAX)
        .collect();
    let folder = scratch();
    let dir = folder.path();
    let mut journal = Journal::create(dir, &holder()).expect("created");
    let mut kept: Vec<Vec<u8>> = Vec::new();
    // In commits of one, two, three entries.
    let (mut rest, mut many) = (&entries[..], 1);
    while !rest.is_empty() {
        let (now, later) = rest.split_at(many.min(rest.len()));
        (rest, many) = (later, 1 + many % 3);
        let mut batch = Batch::new();
        now.iter().for_each(|entry| batch.push(entry, Hash::of(entry)));
        assert_eq!(batch.len(), now.len());
        let written: Vec<u8> = now.iter().chain(&[]).flat_map(|entry| line(entry)).collect();
        let wanted = [&joined(&kept)[..], &written].concat();
        let fits = Model::of(&[(0, wanted)]);
        match journal.append(&batch) {
            Ok(head) => {
                assert!(!fits.damaged, "a batch is taken that does not follow");
                kept = fits.entries;
                assert_eq!(head.size, kept.len() as u64);
            }
            Err(error) => {
                sentence::check(&error, bytes);
                assert!(fits.damaged, "a batch that follows is refused: {error}");
                let again = journal
                    .append(&Batch::new())
                    .expect_err("a writer that failed has stopped");
                sentence::check(&again, bytes);
                break;
            }
        }
    }
    drop(journal);
    assert_eq!(open(dir).expect("sound").head().size, kept.len() as u64);
    holds(&Reader::open_readonly(dir).expect("opened"), &kept);
}

/// A second reading of a journal's files, one byte after the other.
struct Model {
    entries: Vec<Vec<u8>>,
    hash: Hash,
    at: String,
    damaged: bool,
}

impl Model {
    fn of(files: &[(u64, Vec<u8>)]) -> Model {
        let mut model = Model {
            entries: Vec::new(),
            hash: Hash::ZERO,
            at: String::new(),
            damaged: false,
        };
        for (nth, (first, bytes)) in files.iter().enumerate() {
            let is_last = nth + 1 == files.len();
            model.damaged |= *first != model.entries.len() as u64 || bytes.is_empty() && !is_last;
            for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                if model.damaged {
                    return model;
                }
                match line.strip_suffix(b"\n") {
                    Some(line) => model.take(line),
                    // The end of the last file may be torn: that is no entry, and no damage.
                    None => model.damaged = !is_last,
                }
            }
        }
        model
    }

    fn take(&mut self, line: &[u8]) {
        match self.next(line) {
            Some((entry, at)) => {
                self.hash = Hash::of(entry);
                self.entries.push(entry.to_vec());
                self.at = at;
            }
            None => self.damaged = true,
        }
    }

    /// The entry of a line that follows, and when it was recorded.
    fn next<'l>(&self, line: &'l [u8]) -> Option<(&'l [u8], String)> {
        let (hash, entry) = (line.get(..64)?, line.get(65..)?);
        let right = line[64] == b' ' && hash == blake3::hash(entry).to_hex().as_bytes();
        let start = format!(
            "{{\"seq\":{},\"prev\":\"{}\",\"at\":\"",
            self.entries.len(),
            self.hash
        );
        let rest = entry.strip_prefix(start.as_bytes())?;
        let (at, rest) = (std::str::from_utf8(rest.get(..24)?).ok()?, rest.get(24..)?);
        let rest = rest.strip_prefix(b"\",\"by\":")?;
        // A leap second is chrono's, and no year has another number of digits.
        let moment = NaiveDateTime::parse_from_str(at, "%Y-%m-%dT%H:%M:%S%.3fZ").ok();
        let form = at.len() == 24
            && at.bytes().enumerate().all(|(nth, byte)| {
                byte.is_ascii_digit()
                    || b"----T::.Z".contains(&byte) && matches!(nth, 4 | 7 | 10 | 13 | 16 | 19 | 23)
            });
        let known = moment.is_some() && form && &at[17..19] != "60";
        let follows = self.at.as_str() <= at;
        let fits = entry.len() <= ENTRY_BYTES_MAX && rest.ends_with(b"}");
        (right && known && follows && fits).then(|| (entry, at.to_owned()))
    }
}

/// Cuts an input into files, each named by the lines before it.
fn files(bytes: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let mut files: Vec<(u64, Vec<u8>)> = Vec::new();
    let mut lines = 0;
    for part in bytes.split(|byte| *byte == NEXT_FILE).take(4) {
        match files.last_mut() {
            Some((first, before)) if *first == lines => before.extend_from_slice(part),
            _ => files.push((lines, part.to_vec())),
        }
        lines += part.iter().filter(|byte| **byte == b'\n').count() as u64;
    }
    files
}

/// Sets hashes, links and numbers right, as far as `mode` says.
fn set_right(mode: u8, bytes: &[u8]) -> Vec<u8> {
    if mode & 7 == 0 {
        return bytes.to_vec();
    }
    let (mut out, mut seq, mut prev) = (Vec::new(), 0_u64, Hash::ZERO);
    for part in bytes.split_inclusive(|byte| *byte == b'\n' || *byte == NEXT_FILE) {
        let (entry, end) = match part.split_last() {
            Some((end @ (b'\n' | &NEXT_FILE), entry)) => (entry, Some(*end)),
            _ => (part, None),
        };
        let mut entry = entry.to_vec();
        if !entry.is_empty() {
            if mode & 4 != 0 {
                entry = replaced(&entry, b"{\"seq\":", b",\"prev\"", seq.to_string().as_bytes());
            }
            if mode & 2 != 0 {
                entry = replaced(&entry, b"\"prev\":\"", b"\",\"at\"", prev.to_string().as_bytes());
            }
            prev = Hash::of(&entry);
            seq += 1;
            if mode & 1 != 0 {
                out.extend_from_slice(format!("{prev} ").as_bytes());
            }
        }
        out.extend_from_slice(&entry);
        out.extend(end);
    }
    out
}

/// Puts a value between two marks, if both are there.
fn replaced(entry: &[u8], before: &[u8], behind: &[u8], value: &[u8]) -> Vec<u8> {
    let find = |mark: &[u8], from: usize| {
        entry[from..]
            .windows(mark.len())
            .position(|part| part == mark)
            .map(|at| from + at)
    };
    let place = find(before, 0).and_then(|at| {
        let start = at + before.len();
        find(behind, start).map(|end| start..end)
    });
    match place {
        Some(place) => [&entry[..place.start], value, &entry[place.end..]].concat(),
        None => entry.to_vec(),
    }
}

fn line(entry: &[u8]) -> Vec<u8> {
    [Hash::of(entry).to_string().as_bytes(), b" ", entry, b"\n"].concat()
}

fn joined(entries: &[Vec<u8>]) -> Vec<u8> {
    entries.iter().flat_map(|entry| line(entry)).collect()
}

fn append_one(journal: &mut Journal, model: &Model) -> Vec<u8> {
    let at = if model.at.is_empty() {
        "2026-11-22T01:11:00.123Z"
    } else {
        &model.at
    };
    let (seq, prev) = (model.entries.len(), model.hash);
    let entry = format!("{{\"seq\":{seq},\"prev\":\"{prev}\",\"at\":\"{at}\",\"by\":\"x\"}}").into_bytes();
    let mut batch = Batch::new();
    batch.push(&entry, Hash::of(&entry));
    journal.append(&batch).expect("what is sound goes on");
    entry
}

fn holds(reader: &Reader, entries: &[Vec<u8>]) {
    let read: Vec<Vec<u8>> = reader
        .entries(0)
        .map(|entry| entry.expect("sound").bytes)
        .collect();
    assert_eq!(read, entries, "what is sound is read, and nothing else");
    for seq in [
        0,
        entries.len() / 2,
        entries.len().saturating_sub(1),
        entries.len(),
    ] {
        let read = reader.entry(seq as u64).expect("sound");
        assert_eq!(read.map(|entry| entry.bytes).as_ref(), entries.get(seq));
    }
}

fn open(dir: &Path) -> Result<Journal, OpenError> {
    Journal::open(dir, &holder(), OpenOptions { verify_all: true }).map(|(journal, _)| journal)
}

fn holder() -> Holder {
    Holder {
        command: "fuzz".to_owned(),
        url: None,
    }
}

fn path(dir: &Path, first: u64) -> PathBuf {
    dir.join("journal").join(format!("{first:020}.log"))
}
