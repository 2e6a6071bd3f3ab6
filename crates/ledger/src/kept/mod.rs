//! The books as bytes, so that opening a ledger does not read its journal from the beginning.
//!
//! What is kept is made of the journal and never more than it: it is bound to one entry by its hash, to this program's
//! rules by a hash of their text, and checked chunk by chunk. Whatever does not fit is not read at all, and the journal is.
//! Programmes, places, items, parties and campaigns are kept as the entries that define them, which are read again.

mod chunks;
mod parts;
mod records;

use std::io::{self, Read, Write};

use minhbach_events::{Entry, Hash};

use crate::Books;

/// What a file of kept books begins with; the rest of the line says which rules made it.
const MAGIC: &[u8; 16] = b"minhbach-books1\n";
/// The text of the rules and of the events when this program was built: books that other rules made are made again.
const RULES: &str = env!("MINHBACH_RULES");
/// Magic, rules, size and head.
const HEADER_BYTES: usize = 16 + 16 + 8 + 64;

/// Why kept books cannot be used. They are made again of the journal; nothing is lost.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// They cannot be read.
    #[error("they cannot be read: {0}")]
    Io(#[from] io::Error),
    /// They are not such a file, or of other rules.
    #[error("they are of another version of the program")]
    Version,
    /// Something in them is not as it was written.
    #[error("they are damaged: {0}")]
    Damaged(&'static str),
}

/// Which journal kept books are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptAt {
    /// How many entries they know.
    pub size: u64,
    /// The hash of the last of them.
    pub head: Hash,
}

/// Writes the books.
///
/// # Errors
///
/// `out` fails.
pub fn keep(books: &Books, out: &mut dyn Write) -> io::Result<()> {
    let mut header = Vec::with_capacity(HEADER_BYTES);
    header.extend_from_slice(MAGIC);
    header.extend_from_slice(RULES.as_bytes());
    header.extend_from_slice(&books.size.to_le_bytes());
    header.extend_from_slice(&books.head.to_hex());
    out.write_all(&header)?;
    let mut out = parts::Out::new(chunks::Chunks::new(out));
    records::put(books, &mut out);
    out.end()
}

/// Which journal the books in a file are of; the rest is read by [`kept`].
///
/// # Errors
///
/// It is none that this program wrote.
pub fn kept_at(input: &mut dyn Read) -> Result<KeptAt, Unusable> {
    let mut header = [0; HEADER_BYTES];
    input.read_exact(&mut header)?;
    let (start, place) = header.split_at(MAGIC.len() + RULES.len());
    let (size, head) = place.split_at(8);
    if start != [MAGIC, RULES.as_bytes()].concat() {
        return Err(Unusable::Version);
    }
    let size = size.try_into().map(u64::from_le_bytes);
    match (size, Hash::from_hex(head)) {
        (Ok(size), Some(head)) => Ok(KeptAt { size, head }),
        _ => Err(Unusable::Damaged("header")),
    }
}

/// Reads what [`keep`] wrote behind its header. `entry` gives an entry of the journal that they are of.
///
/// # Errors
///
/// Something is not as it was written.
pub fn kept(
    at: KeptAt,
    input: &mut (dyn Read + Send),
    entry: &dyn Fn(u64) -> Option<Entry>,
) -> Result<Books, Unusable> {
    let mut books = chunks::read(input, |chunks| records::get(&mut parts::In::new(chunks), entry))?;
    if books.entries.len() as u64 != at.size {
        return Err(Unusable::Damaged("size"));
    }
    books.size = at.size;
    books.head = at.head;
    Ok(books)
}
