//! What somebody hands on to show what became of a gift: entries, each with its proof, and the signed checkpoint that the
//! proofs lead to, in one file.

use minhbach_events::{Entry, Reference};
use minhbach_tlog::{Checkpoint, KeyName, NoteError};
use minhbach_tlog::{
    ENTRY_BYTES_MAX, Note, ProofError, TreeHash, VerifyingKey, cosignature, root_of_inclusion,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::trail_nodes::{self, NodeWrong};
use crate::{EntryWrong, ReadEntry, Signed, SignedError};

/// What the member `format` says.
const FORMAT: &str = "minhbach-trail-bundle@v1";
/// The longest bundle.
pub const BUNDLE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The most entries in one.
pub const BUNDLE_ENTRIES_MAX: usize = 2_000;
/// A tree of fewer than 2⁶⁴ entries needs no more.
const HASHES_MAX: usize = 63;

/// Entries with their proofs, and the checkpoint that these lead to.
#[derive(Clone, Debug)]
pub struct TrailBundle {
    /// What it is about.
    pub code: Reference,
    /// The key that the log says is its own: to be compared with one that was got elsewhere.
    pub vkey: String,
    /// The signed checkpoint.
    pub note: Note,
    /// In order of index, each once.
    pub entries: Vec<BundledEntry>,
    /// What the ledger says of the code at the checkpoint's size: proved only as far as its entries are.
    pub trail: Option<Box<RawValue>>,
}

/// An entry with the proof that it is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundledEntry {
    /// Its place.
    pub index: u64,
    /// Its exact bytes, which are a text.
    pub entry: String,
    /// From its leaf to the root.
    pub proof: Vec<TreeHash>,
}

/// What a bundle was found to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedBundle {
    /// The checkpoint that its proofs lead to.
    pub checkpoint: Checkpoint,
    /// Which of the known witnesses have seen it, and when, in POSIX seconds.
    pub cosigned: Vec<(KeyName, u64)>,
    /// The first entry that names the code.
    pub named_by: u64,
    /// Whether the key that it was checked with is the one that the bundle names.
    pub key_as_named: bool,
    /// How many entries it proves.
    pub entries: usize,
    /// How many steps of the trail agree with their entries; none where there is no trail.
    pub nodes: Option<usize>,
}

/// Why a bundle shows nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// It is longer than a bundle can be.
    #[error("it is longer than {BUNDLE_BYTES_MAX} bytes")]
    TooLong,
    /// It is no bundle.
    #[error("not a trail bundle: {0}")]
    Form(String),
    /// It has more entries than a bundle can have.
    #[error("it has {0} entries, and a bundle has at most {BUNDLE_ENTRIES_MAX}")]
    TooMany(usize),
    /// An entry is not behind the one before it.
    #[error("entry {index} is given twice or out of order")]
    Order {
        /// Its index.
        index: u64,
    },
    /// A line of a proof is no hash, or there are too many.
    #[error("the proof of entry {index} has a line that is no hash, or too many")]
    Hashes {
        /// Its index.
        index: u64,
    },
    /// The checkpoint is not the log's.
    #[error("the checkpoint is not of this log: {0}")]
    NotSigned(SignedError),
    /// A known witness has not signed what stands under its name.
    #[error("the cosignature of {0} is wrong")]
    Cosignature(KeyName),
    /// An entry is not the one of its place.
    #[error("entry {index} is not in the log as it is given: {why}")]
    Proof {
        /// Its index.
        index: u64,
        /// Why.
        why: ProofError,
    },
    /// An entry's bytes are none that a journal can have, or of another place.
    #[error("entry {index}: {what}")]
    Entry {
        /// Its index.
        index: u64,
        /// What is wrong.
        what: EntryWrong,
    },
    /// No entry is about the code.
    #[error("no entry of it is about {0}")]
    NotAbout(Reference),
    /// The trail cannot be read as one.
    #[error("its trail is none: {0}")]
    Trail(String),
    /// The trail is of another code.
    #[error("its trail is of another code")]
    OtherTrail,
    /// The trail is not of the checkpoint's size.
    #[error("its trail is of {found} entries, and the checkpoint of {size}")]
    OtherSize {
        /// What the trail says.
        found: u64,
        /// What the checkpoint says.
        size: u64,
    },
    /// A step of the trail does not agree with its entry.
    #[error("the trail's step {code} (entry {index}): {wrong}")]
    Node {
        /// The entry that it names.
        index: u64,
        /// Its code.
        code: String,
        /// What does not agree.
        wrong: NodeWrong,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    code: String,
    vkey: String,
    checkpoint: String,
    entries: Vec<WrittenEntry>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    trail: Option<Box<RawValue>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEntry {
    index: u64,
    entry: String,
    proof: Vec<String>,
}

/// What the reader of JSON says, which repeats names and values that somebody wrote.
pub(crate) fn of_json(error: &serde_json::Error) -> String {
    minhbach_events::shorten_to(&error.to_string(), 200)
}

/// A member that is there has a value: null is no trail.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::<RawValue>::deserialize(deserializer).map(Some)
}

impl TrailBundle {
    /// Reads a bundle, strictly. Whether it shows anything is not asked yet.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn parse(bytes: &[u8]) -> Result<TrailBundle, BundleError> {
        if BUNDLE_BYTES_MAX < bytes.len() {
            return Err(BundleError::TooLong);
        }
        let form = |what: &str| BundleError::Form(what.to_owned());
        let written: Written =
            serde_json::from_slice(bytes).map_err(|error| BundleError::Form(of_json(&error)))?;
        if written.format != FORMAT {
            return Err(form("it is of another format or version"));
        }
        let code = Reference::new(&written.code).ok_or_else(|| form("its code is none"))?;
        let note = Note::parse(written.checkpoint.as_bytes());
        let note = note.map_err(|error| BundleError::NotSigned(error.into()))?;
        if BUNDLE_ENTRIES_MAX < written.entries.len() {
            return Err(BundleError::TooMany(written.entries.len()));
        }
        let mut entries: Vec<BundledEntry> = Vec::with_capacity(written.entries.len());
        for entry in written.entries {
            let index = entry.index;
            if entries.last().is_some_and(|before| index <= before.index) {
                return Err(BundleError::Order { index });
            }
            entries.push(entry.read()?);
        }
        Ok(TrailBundle {
            code,
            vkey: written.vkey,
            note,
            entries,
            trail: written.trail,
        })
    }

    /// The bundle as it is written.
    ///
    /// # Errors
    ///
    /// It would have more entries or bytes than a bundle can have, or its entries are not in order.
    pub fn to_json(&self) -> Result<String, BundleError> {
        if BUNDLE_ENTRIES_MAX < self.entries.len() {
            return Err(BundleError::TooMany(self.entries.len()));
        }
        if let Some(pair) = self
            .entries
            .windows(2)
            .find(|pair| pair[1].index <= pair[0].index)
        {
            return Err(BundleError::Order { index: pair[1].index });
        }
        let entry = |entry: &BundledEntry| WrittenEntry {
            index: entry.index,
            entry: entry.entry.clone(),
            proof: entry.proof.iter().map(|hash| hash.to_base64()).collect(),
        };
        let written = Written {
            format: FORMAT.to_owned(),
            code: self.code.to_string(),
            vkey: self.vkey.clone(),
            checkpoint: self.note.to_string(),
            entries: self.entries.iter().map(entry).collect(),
            trail: self.trail.clone(),
        };
        let json = serde_json::to_string(&written).map_err(|error| BundleError::Form(of_json(&error)))?;
        if BUNDLE_BYTES_MAX < json.len() {
            return Err(BundleError::TooLong);
        }
        Ok(json)
    }

    /// Checks everything that a bundle can show, in the order of its format's description.
    ///
    /// It shows that these entries are in the log of that key, unchanged, at these places. It does not show that no other
    /// entry touches the gift, nor that what was recorded is true.
    ///
    /// # Errors
    ///
    /// The first thing that is not so.
    pub fn check(
        &self,
        key: &VerifyingKey,
        witnesses: &[VerifyingKey],
    ) -> Result<CheckedBundle, BundleError> {
        let signed = Signed::of(self.note.clone(), key).map_err(BundleError::NotSigned)?;
        let mut cosigned = Vec::new();
        for witness in witnesses {
            let time = cosignature::time_of(&self.note, witness);
            let time = time.map_err(|_: NoteError| BundleError::Cosignature(witness.name().clone()))?;
            cosigned.extend(time.map(|time| (witness.name().clone(), time)));
        }
        let entries = self
            .entries
            .iter()
            .map(|entry| entry.check(&signed.checkpoint))
            .collect::<Result<Vec<Entry>, _>>()?;
        let about = |entry: &&Entry| trail_nodes::names(entry, self.code.as_str());
        let named_by = entries.iter().find(about).map(|entry| entry.seq);
        let named_by = named_by.ok_or_else(|| BundleError::NotAbout(self.code.clone()))?;
        let nodes = self.trail.as_deref().map(|trail| {
            let size = signed.checkpoint.size;
            trail_nodes::check(trail, self.code.as_str(), size, &entries)
        });
        let nodes = nodes.transpose()?;
        Ok(CheckedBundle {
            checkpoint: signed.checkpoint,
            cosigned,
            named_by,
            key_as_named: self.vkey == key.to_string(),
            entries: entries.len(),
            nodes,
        })
    }
}

impl WrittenEntry {
    fn read(self) -> Result<BundledEntry, BundleError> {
        let WrittenEntry { index, entry, proof } = self;
        if HASHES_MAX < proof.len() {
            return Err(BundleError::Hashes { index });
        }
        let hashes = proof.iter().map(|line| TreeHash::from_base64(line));
        let proof = hashes
            .collect::<Option<Vec<_>>>()
            .ok_or(BundleError::Hashes { index })?;
        if ENTRY_BYTES_MAX < entry.len() {
            let what = minhbach_events::EntryError::TooLarge { bytes: entry.len() };
            let what = EntryWrong::Form(what);
            return Err(BundleError::Entry { index, what });
        }
        Ok(BundledEntry { index, entry, proof })
    }
}

impl BundledEntry {
    /// Checks that it is in the tree at its place, and is an entry that says so itself.
    fn check(&self, checkpoint: &Checkpoint) -> Result<Entry, BundleError> {
        let (index, bytes) = (self.index, self.entry.as_bytes());
        let root = root_of_inclusion(TreeHash::leaf(bytes), index, checkpoint.size, &self.proof);
        let root = root.and_then(|root| match root == checkpoint.root {
            true => Ok(()),
            false => Err(ProofError::Root),
        });
        root.map_err(|why| BundleError::Proof { index, why })?;
        let wrong = |what| BundleError::Entry { index, what };
        ReadEntry::of(bytes, index).map_err(|fault| wrong(fault.what))?;
        Entry::read(bytes).map_err(|error| wrong(EntryWrong::Form(error)))
    }
}
