//! The lines of one commit.

use minhbach_events::Hash;

use crate::chain::Chain;
use crate::line::{self, Checked, Header, LINE_PREFIX};
use crate::{ENTRY_BYTES_MAX, What};

/// Entries to append together, already in the form of lines. It is made to be cleared and filled again.
#[derive(Default)]
pub struct Batch {
    bytes: Vec<u8>,
    /// Where each line ends in `bytes`, its `\n` included.
    ends: Vec<usize>,
    first: Option<Header>,
    chain: Option<Chain>,
    fault: Option<(u64, What)>,
}

impl Batch {
    /// An empty batch.
    pub fn new() -> Batch {
        Batch::default()
    }

    /// Adds an entry and its hash, which the caller has computed over just these bytes.
    ///
    /// What cannot follow the entry before it is remembered, and [`crate::Journal::append`] refuses the batch.
    pub fn push(&mut self, entry: &[u8], hash: Hash) {
        debug_assert_eq!(hash, Hash::of(entry));
        let hex = hash.to_hex();
        if let Err(what) = self.follow(entry, hash, hex) {
            let seq = self.chain.map_or(0, |chain| chain.head.size);
            self.fault.get_or_insert((seq, what));
        }
        self.bytes.reserve(LINE_PREFIX + entry.len() + 1);
        self.bytes.extend_from_slice(&hex);
        self.bytes.push(b' ');
        self.bytes.extend_from_slice(entry);
        self.bytes.push(b'\n');
        self.ends.push(self.bytes.len());
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The number of bytes the entries take in the files.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Empties the batch and keeps its memory.
    pub fn clear(&mut self) {
        let Batch {
            bytes,
            ends,
            first,
            chain,
            fault,
        } = self;
        bytes.clear();
        ends.clear();
        (*first, *chain, *fault) = (None, None, None);
    }

    /// The chain after these entries, if `head` may come before them. `None` for an empty batch.
    pub(crate) fn after(&self, head: &Chain) -> Result<Option<Chain>, (u64, What)> {
        if let Some(first) = &self.first {
            head.permits(first).map_err(|what| (head.head.size, what))?;
        }
        match &self.fault {
            Some((seq, what)) => Err((*seq, what.clone())),
            None => Ok(self.chain),
        }
    }

    pub(crate) fn lines(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn ends(&self) -> &[usize] {
        &self.ends
    }

    fn follow(&mut self, entry: &[u8], hash: Hash, hex: [u8; Hash::HEX_LEN]) -> Result<(), What> {
        if ENTRY_BYTES_MAX < entry.len() {
            return Err(What::LineTooLong);
        }
        let header = line::header(entry).filter(|_| memchr::memchr(b'\n', entry).is_none());
        let header = header.ok_or(What::NotAnEntry)?;
        let line = Checked {
            entry,
            header,
            hash,
            hex,
        };
        match &mut self.chain {
            Some(chain) => chain.accept(&line),
            None => {
                self.first = Some(header);
                self.chain = Some(Chain::ending_with(&line));
                Ok(())
            }
        }
    }
}
