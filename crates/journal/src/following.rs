//! Lines that come from elsewhere than a data folder, each held to the chain.

use crate::chain::Chain;
use crate::line;
use crate::{EntryRef, Head, What};

/// The lines of a journal from the first on, wherever they are read: hash, link, seq and time of each are checked.
pub struct Following {
    chain: Chain,
}

impl Following {
    /// Before the first line.
    pub fn from_the_first() -> Following {
        Following {
            chain: Chain::empty(),
        }
    }

    /// The last entry so far.
    pub fn head(&self) -> Head {
        self.chain.head
    }

    /// Takes a line, without its `\n`, as the next.
    ///
    /// # Errors
    ///
    /// It is no line of a journal, or cannot come next; nothing is taken then.
    pub fn take<'a>(&mut self, line: &'a [u8]) -> Result<EntryRef<'a>, What> {
        let checked = line::check(line)?;
        self.chain.accept(&checked)?;
        Ok(EntryRef {
            seq: checked.header.seq,
            hash: checked.hash,
            at: checked.header.at,
            bytes: checked.entry,
        })
    }
}
