//! The books as bytes, so that opening a ledger does not read its journal from the beginning.
//!
//! What is kept is made of the journal and never more than it: it is bound to one entry by its hash, to this program's
//! rules by a hash of their text, and checked chunk by chunk. Whatever does not fit is not read at all, and the journal is.
//! It has sections that need nothing of each other, so that several threads read it.
//! Programmes, places, items, parties and campaigns are kept as the entries that define them, which are read again.

mod chunks;
mod parts;
mod records;

use std::io::{self, Read, Seek, SeekFrom, Write};

use minhbach_events::{Entry, Hash};

use crate::Books;

/// What a file of kept books begins with; the rest of the line says which rules made it.
const MAGIC: &[u8; 16] = b"minhbach-books1\n";
/// The text of the rules and of the events when this program was built: books that other rules made are made again.
const RULES: &str = env!("MINHBACH_RULES");
/// Magic, rules, size, head, where each section begins, and the hash of all that.
const HEADER_BYTES: usize = 16 + 16 + 8 + 64 + 8 * SECTIONS + 32;
/// The names, entries, codes and keys; the stocks; what was drawn of them.
const SECTIONS: usize = 3;

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
    /// Where each section begins, in bytes.
    begins: [u64; SECTIONS],
}

/// Writes the books, from where `out` stands.
///
/// # Errors
///
/// `out` fails.
pub fn keep(books: &Books, out: &mut (impl Write + Seek)) -> io::Result<()> {
    let start = out.stream_position()?;
    // Until everything is written there is no header, so that what is cut is nobody's books.
    out.write_all(&[0; HEADER_BYTES])?;
    let mut begins = [HEADER_BYTES as u64; SECTIONS];
    for section in 0..SECTIONS {
        let mut parts = parts::Out::new(chunks::Chunks::new(out));
        match section {
            0 => records::put_names(books, &mut parts),
            1 => records::put_stocks(books, &mut parts),
            _ => records::put_drawn(books, &mut parts),
        }
        let end = begins[section] + parts.end()?;
        if let Some(next) = begins.get_mut(section + 1) {
            *next = end;
        }
    }
    out.seek(SeekFrom::Start(start))?;
    out.write_all(&header(books.size, &books.head, &begins))?;
    out.seek(SeekFrom::End(0))?;
    Ok(())
}

fn header(size: u64, head: &Hash, begins: &[u64; SECTIONS]) -> Vec<u8> {
    let mut header = Vec::with_capacity(HEADER_BYTES);
    header.extend_from_slice(MAGIC);
    header.extend_from_slice(RULES.as_bytes());
    header.extend_from_slice(&size.to_le_bytes());
    header.extend_from_slice(&head.to_hex());
    for begin in begins {
        header.extend_from_slice(&begin.to_le_bytes());
    }
    let hash = blake3::hash(&header);
    header.extend_from_slice(hash.as_bytes());
    header
}

/// Which journal the books in a file are of; the rest is read by [`kept`].
///
/// # Errors
///
/// It is none that this program wrote.
pub fn kept_at(input: &mut dyn Read) -> Result<KeptAt, Unusable> {
    let mut header = [0; HEADER_BYTES];
    input.read_exact(&mut header)?;
    let (content, hash) = header.split_at(HEADER_BYTES - 32);
    let (start, place) = content.split_at(MAGIC.len() + RULES.len());
    if start != [MAGIC, RULES.as_bytes()].concat() {
        return Err(Unusable::Version);
    }
    if blake3::hash(content).as_bytes() != hash {
        return Err(Unusable::Damaged("header"));
    }
    let (size, place) = place.split_at(8);
    let (head, sections) = place.split_at(64);
    let number = |bytes: &[u8]| bytes.try_into().map_or(0, u64::from_le_bytes);
    let mut begins = [0; SECTIONS];
    for (begin, bytes) in begins.iter_mut().zip(sections.chunks_exact(8)) {
        *begin = number(bytes);
    }
    Ok(KeptAt {
        size: number(size),
        head: Hash::from_hex(head).ok_or(Unusable::Damaged("header"))?,
        begins,
    })
}

/// Reads what [`keep`] wrote. `open` gives what was written from a byte on; `entry` an entry of the journal that the books
/// are of.
///
/// # Errors
///
/// Something is not as it was written.
pub fn kept<'o>(
    at: KeptAt,
    open: &(dyn Fn(u64) -> io::Result<Box<dyn Read + Send + 'o>> + Sync),
    entry: &dyn Fn(u64) -> Option<Entry>,
) -> Result<Books, Unusable> {
    let section = |nth: usize| -> Result<parts::In<'o>, Unusable> {
        let begin = at.begins[nth];
        let input = open(begin)?;
        let input = match at.begins.get(nth + 1) {
            Some(end) => Box::new(input.take(end.saturating_sub(begin))),
            None => input,
        };
        Ok(parts::In::new(chunks::ReadChunks::new(input)))
    };
    let (names, stocks, drawn) = std::thread::scope(|scope| {
        let stocks = scope.spawn(|| records::get_stocks(section(1)?));
        let drawn = scope.spawn(|| records::get_drawn(section(2)?));
        let names = section(0).and_then(|input| records::get_names(input, entry));
        let broken = |_| Unusable::Damaged("record");
        (names, stocks.join().map_err(broken), drawn.join().map_err(broken))
    });
    let mut books = records::together(names?, stocks??, drawn??);
    if books.entries.len() as u64 != at.size {
        return Err(Unusable::Damaged("size"));
    }
    books.size = at.size;
    books.head = at.head;
    Ok(books)
}
