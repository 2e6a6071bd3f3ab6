//! Bytes in chunks with a hash each: read and checked by one thread while another takes them apart.

use std::io::{self, Read, Write};

use crossbeam_channel::{Receiver, bounded};

use super::Unusable;

/// A chunk is written once it holds so much.
pub(super) const CHUNK_BYTES: usize = 1 << 20;
/// One is never longer: a record is some hundred kilobytes at most.
const CHUNK_BYTES_MAX: usize = 64 << 20;
/// Chunks that are checked and wait.
const AHEAD: usize = 8;

/// Writes chunks.
pub(super) struct Chunks<'o> {
    out: &'o mut dyn Write,
    /// The first error; nothing is written after it.
    failed: Option<io::Error>,
}

impl<'o> Chunks<'o> {
    pub fn new(out: &'o mut dyn Write) -> Chunks<'o> {
        Chunks { out, failed: None }
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
        self.out.write_all(chunk)
    }

    pub fn end(mut self) -> io::Result<()> {
        self.write(&[]);
        self.failed.map_or(Ok(()), Err)
    }
}

/// Gives the chunks of `input` to `work`, while the next are read and checked. All must be read, to the end.
pub(super) fn read<T>(
    input: &mut (dyn Read + Send),
    work: impl FnOnce(&Receiver<Vec<u8>>) -> Result<T, Unusable>,
) -> Result<T, Unusable> {
    std::thread::scope(|scope| {
        let (sender, chunks) = bounded(AHEAD);
        let reader = scope.spawn(move || -> Result<(), Unusable> {
            while let Some(chunk) = next(input)? {
                // The other side has gone when it found something wrong.
                if sender.send(chunk).is_err() {
                    return Ok(());
                }
            }
            Ok(())
        });
        let done = work(&chunks);
        let more = chunks.recv().is_ok();
        drop(chunks);
        // What was wrong with the bytes comes before what was wrong with their meaning.
        reader.join().map_err(|_| Unusable::Damaged("chunk"))??;
        if more && done.is_ok() {
            return Err(Unusable::Damaged("end"));
        }
        done
    })
}

/// The next chunk; none at the end.
fn next(input: &mut (dyn Read + Send)) -> Result<Option<Vec<u8>>, Unusable> {
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length) as usize;
    if CHUNK_BYTES_MAX < length {
        return Err(Unusable::Damaged("length"));
    }
    let mut hash = [0; 32];
    input.read_exact(&mut hash)?;
    let mut chunk = vec![0; length];
    input.read_exact(&mut chunk)?;
    if *blake3::hash(&chunk).as_bytes() != hash {
        return Err(Unusable::Damaged("hash"));
    }
    if length == 0 {
        // Nothing may follow.
        return match input.read(&mut [0])? {
            0 => Ok(None),
            _ => Err(Unusable::Damaged("end")),
        };
    }
    Ok(Some(chunk))
}
