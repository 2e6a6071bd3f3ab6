//! Signed notes: a text, and who signs it (C2SP signed-note).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{KeyKind, KeyName, SigningKey, VerifyingKey};

/// The most signatures a note may bear; the specification asks for 16 at least.
pub const SIGNATURES_MAX: usize = 64;
/// The longest note that is read.
pub const NOTE_BYTES_MAX: usize = 64 * 1024;

/// A line that says who signs.
const DASH: &str = "\u{2014} ";

/// A text with the lines of those who sign it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// One line: whose, by which key, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Whose.
    pub name: KeyName,
    /// The first bytes of the hash of the key.
    pub id: [u8; 4],
    /// Of what form they are, the kind of the key says.
    pub bytes: Vec<u8>,
}

/// Why a note is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is no signed note.
    #[error("not a signed note: {0}")]
    Form(&'static str),
    /// A key that is known did not sign this.
    #[error("the signature of {0} is wrong")]
    BadSignature(KeyName),
    /// Nobody who is known has signed.
    #[error("nobody who is known has signed it")]
    Unsigned,
}

impl Note {
    /// A text that nobody has signed yet.
    ///
    /// # Errors
    ///
    /// It does not end with a line feed, or has control characters in it.
    pub fn of(text: String) -> Result<Note, NoteError> {
        if !text.ends_with('\n') {
            return Err(NoteError::Form("the text does not end with a line feed"));
        }
        if text.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
            return Err(NoteError::Form("the text has control characters"));
        }
        let signatures = Vec::new();
        Ok(Note { text, signatures })
    }

    /// Reads a note. Nothing is checked of what its signatures say.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn parse(bytes: &[u8]) -> Result<Note, NoteError> {
        if NOTE_BYTES_MAX < bytes.len() {
            return Err(NoteError::Form("it is too long"));
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Form("it is not UTF-8"))?;
        // The text may have blank lines of its own.
        let split = note
            .rfind("\n\n")
            .ok_or(NoteError::Form("there is no blank line before signatures"))?;
        let mut read = Note::of(note[..=split].to_owned())?;
        let lines = note[split + 2..].strip_suffix('\n');
        let lines = lines.ok_or(NoteError::Form("the last line does not end with a line feed"))?;
        for line in lines.split('\n') {
            if SIGNATURES_MAX <= read.signatures.len() {
                return Err(NoteError::Form("there are too many signatures"));
            }
            let signature = Signature::parse(line);
            read.signatures
                .push(signature.ok_or(NoteError::Form("a line is no signature"))?);
        }
        Ok(read)
    }

    /// What is signed, with its final line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its lines, as they stand.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Adds a line, in place of an earlier one of the same key.
    pub fn add(&mut self, signature: Signature) {
        let same = |other: &Signature| other.name == signature.name && other.id == signature.id;
        match self.signatures.iter_mut().find(|other| same(other)) {
            Some(other) => *other = signature,
            None => self.signatures.push(signature),
        }
    }

    /// Keeps those lines that it is said of.
    pub fn retain(&mut self, keep: impl FnMut(&Signature) -> bool) {
        self.signatures.retain(keep);
    }

    /// Adds the line of a log's key.
    pub fn sign(&mut self, key: &SigningKey) {
        let bytes = key.sign(self.text.as_bytes()).to_vec();
        self.add(Signature::by(key.public(), bytes));
    }

    /// Which of these log's keys have signed it; unknown keys are none of our business.
    ///
    /// # Errors
    ///
    /// A known key's signature is wrong, or none is there.
    pub fn signed_by<'a>(&self, known: &'a [VerifyingKey]) -> Result<Vec<&'a VerifyingKey>, NoteError> {
        let mut signers = Vec::new();
        for signature in &self.signatures {
            let Some(key) = known
                .iter()
                .find(|key| key.kind() == KeyKind::Log && signature.is_of(key))
            else {
                continue;
            };
            let signed = <&[u8; 64]>::try_from(&signature.bytes[..]);
            if !signed.is_ok_and(|signed| key.has_signed(self.text.as_bytes(), signed)) {
                return Err(NoteError::BadSignature(key.name().clone()));
            }
            signers.push(key);
        }
        if signers.is_empty() {
            Err(NoteError::Unsigned)
        } else {
            Ok(signers)
        }
    }
}

impl Signature {
    pub(crate) fn by(key: &VerifyingKey, bytes: Vec<u8>) -> Signature {
        Signature {
            name: key.name().clone(),
            id: key.id(),
            bytes,
        }
    }

    /// Whether it names that key.
    pub fn is_of(&self, key: &VerifyingKey) -> bool {
        self.name == *key.name() && self.id == key.id()
    }

    /// Reads a line, without its line feed.
    pub fn parse(line: &str) -> Option<Signature> {
        let (name, base64) = line.strip_prefix(DASH)?.split_once(' ')?;
        let name = KeyName::new(name).ok()?;
        let bytes = STANDARD.decode(base64).ok()?;
        let (id, bytes) = bytes.split_first_chunk::<4>()?;
        if bytes.is_empty() {
            return None;
        }
        Some(Signature {
            name,
            id: *id,
            bytes: bytes.to_vec(),
        })
    }
}

/// The line, without its line feed.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id, &self.bytes[..]].concat();
        write!(f, "{DASH}{} {}", self.name, STANDARD.encode(bytes))
    }
}

/// The note as it is served.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::{log_key, witness_key};

    fn signed() -> Note {
        let mut note = Note::of("one\n\ntwo\n".into()).expect("a text");
        note.sign(&log_key());
        note
    }

    #[test]
    fn a_note_is_read_as_it_is_written() {
        let note = signed();
        let written = note.to_string();
        assert!(
            written.starts_with("one\n\ntwo\n\n\u{2014} example.org/ledger X1txb"),
            "{written}"
        );
        let read = Note::parse(written.as_bytes()).expect("a note");
        assert_eq!((read.text(), &read), ("one\n\ntwo\n", &note));
        let log = [log_key().public().clone()];
        assert_eq!(read.signed_by(&log), Ok(vec![&log[0]]));
    }

    #[test]
    fn strangers_are_passed_over_and_known_keys_are_not() {
        let known = [log_key().public().clone()];
        let mut note = signed();
        let stranger = Signature {
            name: KeyName::new("stranger").expect("a name"),
            id: [1, 2, 3, 4],
            bytes: vec![9; 10],
        };
        note.add(stranger.clone());
        assert_eq!(note.signed_by(&known), Ok(vec![&known[0]]));
        // Who is known under the name with another key, is a stranger too.
        note.add(Signature {
            name: known[0].name().clone(),
            ..stranger.clone()
        });
        assert_eq!(note.signed_by(&known), Ok(vec![&known[0]]));
        assert_eq!(note.signed_by(&[]), Err(NoteError::Unsigned));
        // A witness's key signs no notes of its own, even where it has signed these bytes.
        let witness = witness_key();
        let bytes = witness.sign(note.text().as_bytes()).to_vec();
        let mut by_witness = Note::of(note.text().to_owned()).expect("a text");
        by_witness.add(Signature::by(witness.public(), bytes));
        assert_eq!(
            by_witness.signed_by(&[witness.public().clone()]),
            Err(NoteError::Unsigned)
        );
        assert_eq!(
            note.signed_by(&[witness_key().public().clone()]),
            Err(NoteError::Unsigned)
        );
        for bad in [vec![9; 64], vec![9; 63], vec![9; 65]] {
            let mut forged = note.clone();
            forged.add(Signature::by(&known[0], bad));
            assert_eq!(
                forged.signed_by(&known),
                Err(NoteError::BadSignature(known[0].name().clone()))
            );
        }
        let other = note.to_string().replacen("two", "tw0", 1);
        let other = Note::parse(other.as_bytes()).expect("a note");
        assert!(matches!(other.signed_by(&known), Err(NoteError::BadSignature(_))));
    }

    #[test]
    fn what_is_no_note_is_refused() {
        let good = signed().to_string();
        let line = good.lines().last().expect("a line");
        let many = (0..=SIGNATURES_MAX)
            .map(|_| format!("{line}\n"))
            .collect::<String>();
        let long = "x".repeat(NOTE_BYTES_MAX);
        for bad in [
            String::new(),
            "text\n".into(),
            "text\n\n".into(),
            good.trim_end().to_owned(),
            good.replace("two\n\n", "two\n"),
            good.replace('\u{2014}', "-"),
            good.replace("\u{2014} ", "\u{2014}  "),
            good.replace("one", "o\tne"),
            good.replace("one", "o\rne"),
            format!("{good}\n"),
            format!("{good}x\n"),
            good.replace("ledger ", "led+ger "),
            good.replace("ledger X", "ledger"),
            good.replace("ledger X", "ledger \u{a0}X"),
            format!("text\n\n{DASH}name AAAA\n"),
            format!("text\n\n{DASH}name AAAAAA==\n"),
            format!("text\n\n{many}"),
            format!("{long}\n\n{line}\n"),
        ] {
            assert!(
                matches!(Note::parse(bad.as_bytes()), Err(NoteError::Form(_))),
                "{bad:.200}"
            );
        }
        assert!(Note::parse(b"\xff\n\n").is_err());
        assert!(Note::of("no end".into()).is_err());
        let sixteen = (0..16)
            .map(|nth| format!("{DASH}name-{nth} AAAAAAAA\n"))
            .collect::<String>();
        assert_eq!(
            Note::parse(format!("text\n\n{sixteen}").as_bytes()).map(|note| note.signatures().len()),
            Ok(16)
        );
    }
}
