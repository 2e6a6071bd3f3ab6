//! Bytes in chunks with a hash each, so that nothing is taken apart that was not as it was written.

use std::io::{self, Read, Write};

use super::Unusable;

/// A chunk is written once it holds so much.
pub(super) const CHUNK_BYTES: usize = 1 << 20;
/// One is never longer: a record is some hundred kilobytes at most.
const CHUNK_BYTES_MAX: usize = 64 << 20;

/// Writes chunks.
pub(super) struct Chunks<'o> {
    out: &'o mut dyn Write,
    written: u64,
    /// The first error; nothing is written after it.
    failed: Option<io::Error>,
}

impl<'o> Chunks<'o> {
    pub fn new(out: &'o mut dyn Write) -> Chunks<'o> {
        Chunks {
            out,
            written: 0,
            failed: None,
        }
    }

    /// Writes a chunk: its length, its hash, itself. An empty one is the end.
    pub fn write(&mut self, chunk: &[u8]) {
        if self.failed.is_none() {
            self.failed = self.try_write(chunk).err();
        }
    }

    fn try_write(&mut self, chunk: &[u8]) -> io::Result<()> {
        let length = u32::try_from(chunk.len()).map_err(io::Error::other)?;
        self.out.write_all(&length.to_le_bytes())?;
        self.out.write_all(blake3::hash(chunk).as_bytes())?;
        self.out.write_all(chunk)?;
        self.written += 4 + 32 + u64::from(length);
        Ok(())
    }

    /// How many bytes were written in all.
    pub fn end(mut self) -> io::Result<u64> {
        self.write(&[]);
        self.failed.map_or(Ok(self.written), Err)
    }
}

/// Reads chunks.
pub(super) struct ReadChunks<'i> {
    input: Box<dyn Read + Send + 'i>,
}

impl<'i> ReadChunks<'i> {
    pub fn new(input: Box<dyn Read + Send + 'i>) -> ReadChunks<'i> {
        ReadChunks { input }
    }

    /// The next chunk, in place of the one before; empty at the end.
    pub fn next(&mut self, chunk: &mut Vec<u8>) -> Result<(), Unusable> {
        let mut length = [0; 4];
        self.input.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length) as usize;
        if CHUNK_BYTES_MAX < length {
            return Err(Unusable::Damaged("length"));
        }
        let mut hash = [0; 32];
        self.input.read_exact(&mut hash)?;
        chunk.resize(length, 0);
        self.input.read_exact(chunk)?;
        if *blake3::hash(chunk).as_bytes() != hash {
            return Err(Unusable::Damaged("hash"));
        }
        // Nothing may follow the end.
        if length == 0 && self.input.read(&mut [0])? != 0 {
            return Err(Unusable::Damaged("end"));
        }
        Ok(())
    }
}
