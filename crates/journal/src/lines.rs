//! Reading a file line by line in bounded memory, whatever is in it.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use crate::line::LINE_MAX;

/// How much is read at once: small enough to be hashed while it is in the cache.
const READ_BYTES: u64 = 256 * 1024;

/// How much is read at once past the soft end, where only the rest of a line is wanted: more than most lines have.
const OVERRUN_BYTES: u64 = 4 * 1024;

/// The lines of a file between two places.
pub(crate) struct Lines<F> {
    file: F,
    buffer: Vec<u8>,
    /// What of the buffer is not given out yet.
    start: usize,
    filled: usize,
    /// What of that is known to hold no `\n`.
    searched: usize,
    /// Where in the file the buffer's `start` is.
    at: u64,
    /// Lines that begin here or later are not wanted.
    soft_end: u64,
    /// Bytes from here on do not exist for us.
    end: u64,
}

/// A line and where it begins.
pub(crate) struct Found<'a> {
    pub at: u64,
    /// Without the `\n`; [`Kind::Whole`] only.
    pub bytes: &'a [u8],
    /// The length in the file, without the `\n`.
    pub len: u64,
    pub kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Whole,
    /// It ends with `\n`, but no entry is that long.
    Overlong,
    /// The file ends before the line does.
    Unterminated,
}

impl<F: AsRef<File>> Lines<F> {
    /// The lines that begin in `from..soft_end`, `from` being the beginning of one, in a file of `end` bytes.
    pub(crate) fn new(file: F, from: u64, soft_end: u64, end: u64) -> Lines<F> {
        Lines {
            file,
            buffer: Vec::new(),
            start: 0,
            filled: 0,
            searched: 0,
            at: from,
            soft_end,
            end,
        }
    }

    /// Where the next line begins.
    pub(crate) fn position(&self) -> u64 {
        self.at
    }

    /// Wants lines up to there too.
    pub(crate) fn extend_to(&mut self, soft_end: u64) {
        self.soft_end = soft_end;
    }

    pub(crate) fn next(&mut self) -> io::Result<Option<Found<'_>>> {
        if self.soft_end.min(self.end) <= self.at {
            return Ok(None);
        }
        let at = self.at;
        let mut dropped = 0_u64;
        loop {
            if let Some(found) = memchr::memchr(b'\n', &self.buffer[self.searched..self.filled]) {
                let (from, to) = (self.start, self.searched + found);
                let len = dropped + (to - from) as u64;
                self.start = to + 1;
                self.searched = self.start;
                self.at = at + len + 1;
                if (LINE_MAX as u64) < len {
                    return Ok(Some(Found {
                        at,
                        bytes: &[],
                        len,
                        kind: Kind::Overlong,
                    }));
                }
                return Ok(Some(Found {
                    at,
                    bytes: &self.buffer[from..to],
                    len,
                    kind: Kind::Whole,
                }));
            }
            self.searched = self.filled;
            let held = self.filled - self.start;
            if LINE_MAX < held || 0 < dropped {
                // Whatever it is, it is no entry: only its end matters now.
                dropped += held as u64;
                (self.start, self.filled, self.searched) = (0, 0, 0);
            }
            let reached = at + dropped + (self.filled - self.start) as u64;
            if self.end <= reached {
                self.at = self.end;
                (self.start, self.filled, self.searched) = (0, 0, 0);
                let len = self.end - at;
                return Ok(Some(Found {
                    at,
                    bytes: &[],
                    len,
                    kind: Kind::Unterminated,
                }));
            }
            self.fill(reached)?;
        }
    }

    /// Reads on at `reached`, behind what is still held.
    fn fill(&mut self, reached: u64) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.filled, 0);
        self.filled -= self.start;
        self.searched -= self.start;
        self.start = 0;
        let wanted = self
            .soft_end
            .saturating_sub(reached)
            .clamp(OVERRUN_BYTES, READ_BYTES);
        let wanted = wanted.min(self.end - reached) as usize;
        if self.buffer.len() < self.filled + wanted {
            self.buffer.resize(self.filled + wanted, 0);
        }
        self.file
            .as_ref()
            .read_exact_at(&mut self.buffer[self.filled..self.filled + wanted], reached)?;
        self.filled += wanted;
        Ok(())
    }
}

/// The place of the last `\n` before `end`, at `floor` or later.
pub(crate) fn last_newline(file: &File, floor: u64, end: u64) -> io::Result<Option<u64>> {
    let mut buffer = vec![0; 4096];
    let mut end = end;
    while floor < end {
        let from = end.saturating_sub(buffer.len() as u64).max(floor);
        let block = &mut buffer[..(end - from) as usize];
        file.read_exact_at(block, from)?;
        if let Some(found) = memchr::memrchr(b'\n', block) {
            return Ok(Some(from + found as u64));
        }
        end = from;
        buffer.resize(READ_BYTES as usize, 0);
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Arc;

    use super::{Kind, Lines, last_newline};
    use crate::line::LINE_MAX;

    fn file(bytes: &[u8]) -> Arc<std::fs::File> {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(bytes).expect("written");
        Arc::new(file)
    }

    fn read(bytes: &[u8], from: u64, soft_end: u64) -> Vec<(u64, u64, Kind)> {
        let mut lines = Lines::new(file(bytes), from, soft_end, bytes.len() as u64);
        let mut seen = Vec::new();
        while let Some(found) = lines.next().expect("read") {
            if found.kind == Kind::Whole {
                let (at, len) = (found.at as usize, found.len as usize);
                assert_eq!(found.bytes, &bytes[at..at + len]);
            }
            seen.push((found.at, found.len, found.kind));
        }
        seen
    }

    #[test]
    fn lines_of_any_length_are_told_apart() {
        use Kind::{Overlong, Unterminated, Whole};
        assert_eq!(read(b"", 0, u64::MAX), []);
        assert_eq!(read(b"\n", 0, u64::MAX), [(0, 0, Whole)]);
        assert_eq!(
            read(b"ab\n\nc", 0, u64::MAX),
            [(0, 2, Whole), (3, 0, Whole), (4, 1, Unterminated)]
        );
        assert_eq!(read(b"ab\ncd\nef\n", 3, 4), [(3, 2, Whole)]);
        assert_eq!(read(b"ab\ncd\nef\n", 3, 6), [(3, 2, Whole)]);

        let max = LINE_MAX as u64;
        for len in [max - 1, max, max + 1, 3 * max, 700_001] {
            let kind = if len <= max { Whole } else { Overlong };
            let mut bytes = b"ab\n".to_vec();
            bytes.resize(3 + len as usize, b'x');
            assert_eq!(read(&bytes, 0, u64::MAX), [(0, 2, Whole), (3, len, Unterminated)]);
            bytes.extend(b"\ncd\n");
            assert_eq!(
                read(&bytes, 0, u64::MAX),
                [(0, 2, Whole), (3, len, kind), (3 + len + 1, 2, Whole)]
            );
            assert_eq!(read(&bytes, 0, 4), [(0, 2, Whole), (3, len, kind)]);
        }
    }

    #[test]
    fn the_last_newline_is_found_however_far_back() {
        for tail in [0, 1, 4095, 4096, 4097, 300_000, 600_001] {
            let mut bytes = b"ab\ncd\n".to_vec();
            bytes.resize(6 + tail, b'x');
            let end = bytes.len() as u64;
            assert_eq!(last_newline(&file(&bytes), 0, end).expect("read"), Some(5));
            assert_eq!(last_newline(&file(&bytes), 5, end).expect("read"), Some(5));
            assert_eq!(last_newline(&file(&bytes), 6, end).expect("read"), None);
            assert_eq!(last_newline(&file(&bytes), 0, 5).expect("read"), Some(2));
        }
    }
}
