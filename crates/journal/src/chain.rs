//! The chain: each entry follows the one before it in seq, hash and time.

use minhbach_events::Hash;

use crate::line::{Checked, Header};
use crate::{At, What};

/// Where a journal ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number of entries, which is the seq of the next.
    pub size: u64,
    /// The hash of the last entry; [`Hash::ZERO`] when there is none.
    pub hash: Hash,
    /// The moment of the last entry.
    pub at: Option<At>,
}

/// The end of a run of entries, ready for the next one.
#[derive(Clone, Copy)]
pub(crate) struct Chain {
    pub head: Head,
    /// `head.hash` as digits, which is how the next entry must name it.
    hex: [u8; Hash::HEX_LEN],
}

impl Chain {
    pub(crate) fn empty() -> Chain {
        Chain::at(Head {
            size: 0,
            hash: Hash::ZERO,
            at: None,
        })
    }

    pub(crate) fn at(head: Head) -> Chain {
        Chain {
            head,
            hex: head.hash.to_hex(),
        }
    }

    /// The chain that ends with this line, whatever comes before it.
    pub(crate) fn ending_with(line: &Checked<'_>) -> Chain {
        let Header { seq, at, .. } = line.header;
        Chain {
            head: Head {
                size: seq.saturating_add(1),
                hash: line.hash,
                at: Some(at),
            },
            hex: line.hex,
        }
    }

    /// Whether an entry with this header may come next.
    pub(crate) fn permits(&self, next: &Header) -> Result<(), What> {
        if next.seq != self.head.size {
            return Err(What::Seq { found: next.seq });
        }
        if next.prev != self.hex {
            return Err(What::Link {
                before: self.head.hash,
            });
        }
        match self.head.at {
            Some(before) if next.at < before => Err(What::Time {
                found: next.at,
                before,
            }),
            _ => Ok(()),
        }
    }

    /// Takes the line as the next, or says why it cannot be.
    pub(crate) fn accept(&mut self, line: &Checked<'_>) -> Result<(), What> {
        self.permits(&line.header)?;
        *self = Chain::ending_with(line);
        Ok(())
    }
}
