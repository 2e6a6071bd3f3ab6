//! Lines of proposals as they arrive, in bounded memory.

use std::io::{BufRead, BufReader, ErrorKind, Read};

use minhbach_events::ENTRY_BYTES_MAX;

/// The most lines that are taken together.
pub const BATCH_LINES_MAX: usize = 1_000;
const BUFFER_BYTES: usize = 256 * 1024;

/// The lines of an input.
pub struct Lines<R> {
    input: BufReader<R>,
    /// The beginning of a line whose end has not come yet, at most [`ENTRY_BYTES_MAX`] bytes of it.
    begun: Vec<u8>,
    /// How long that beginning is in truth.
    begun_bytes: usize,
    number: u64,
}

impl<R: Read> Lines<R> {
    pub fn new(input: R) -> Lines<R> {
        Lines {
            input: BufReader::with_capacity(BUFFER_BYTES, input),
            begun: Vec::new(),
            begun_bytes: 0,
            number: 0,
        }
    }

    /// Waits for input, then gives every whole line there is, at most [`BATCH_LINES_MAX`], with its number; of a line that
    /// is longer than any entry its length. False at the end.
    pub fn read_some(&mut self, mut give: impl FnMut(u64, Result<&[u8], usize>)) -> std::io::Result<bool> {
        let mut given = 0;
        loop {
            let buffer = match self.input.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                buffer => buffer?,
            };
            if buffer.is_empty() {
                // A last line need not end in a newline; a newline at the end begins no line.
                if 0 < self.begun_bytes {
                    self.number += 1;
                    finish(self.number, &mut self.begun, &mut self.begun_bytes, &mut give);
                }
                return Ok(false);
            }
            let mut used = 0;
            while given < BATCH_LINES_MAX
                && let Some(length) = buffer[used..].iter().position(|&byte| byte == b'\n')
            {
                let line = &buffer[used..used + length];
                self.number += 1;
                given += 1;
                if self.begun_bytes == 0 {
                    give(self.number, fitting(line, length));
                } else {
                    begin(&mut self.begun, &mut self.begun_bytes, line);
                    finish(self.number, &mut self.begun, &mut self.begun_bytes, &mut give);
                }
                used += length + 1;
            }
            if given < BATCH_LINES_MAX {
                begin(&mut self.begun, &mut self.begun_bytes, &buffer[used..]);
                used = buffer.len();
            }
            self.input.consume(used);
            if 0 < given {
                return Ok(true);
            }
        }
    }
}

/// Adds to the beginning of a line what may still become a proposal.
fn begin(begun: &mut Vec<u8>, begun_bytes: &mut usize, part: &[u8]) {
    let room = ENTRY_BYTES_MAX.saturating_sub(begun.len());
    begun.extend_from_slice(&part[..part.len().min(room)]);
    *begun_bytes = begun_bytes.saturating_add(part.len());
}

fn finish(
    number: u64,
    begun: &mut Vec<u8>,
    begun_bytes: &mut usize,
    give: &mut impl FnMut(u64, Result<&[u8], usize>),
) {
    give(number, fitting(begun, std::mem::take(begun_bytes)));
    begun.clear();
}

/// A line of that length, or its length alone where no entry is so long.
fn fitting(line: &[u8], length: usize) -> Result<&[u8], usize> {
    if ENTRY_BYTES_MAX < length {
        Err(length)
    } else {
        Ok(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let some = self.0.len().min(self.1).min(into.len());
            into[..some].copy_from_slice(&self.0[..some]);
            self.0 = &self.0[some..];
            Ok(some)
        }
    }

    fn read(text: &[u8], step: usize) -> Vec<(u64, String)> {
        let mut lines = Lines::new(Drip(text, step));
        let mut read = Vec::new();
        while lines
            .read_some(|number, line| {
                read.push((
                    number,
                    match line {
                        Ok(line) => String::from_utf8_lossy(line).into_owned(),
                        Err(bytes) => format!("{bytes} bytes"),
                    },
                ));
            })
            .expect("memory")
        {}
        read
    }

    #[test]
    fn lines_are_numbered_whatever_pieces_they_come_in() {
        let text = b"{\"type\":\"campaign.closed\",\"campaign\":\"xy\",\"on\":\"2026-01-01\"}\n\nnonsense\n{\"type\":\"x\"}";
        let expected = read(text, 1_000_000);
        assert_eq!(
            expected.iter().map(|(number, _)| *number).collect::<Vec<_>>(),
            vec![1, 2, 3, 4]
        );
        assert_eq!(
            expected[0].1.as_bytes(),
            text.split(|byte| *byte == b'\n').next().expect("a line")
        );
        assert_eq!(expected[2].1, "nonsense");
        assert_eq!(expected[3].1, "{\"type\":\"x\"}");
        for step in [1, 2, 7, 64] {
            assert_eq!(read(text, step), expected);
        }
        assert_eq!(read(b"", 1), vec![]);
        assert_eq!(read(b"\n", 1).len(), 1);
    }

    #[test]
    fn a_line_too_long_is_measured_and_not_kept() {
        let mut text = vec![b'x'; 3_000_000];
        text.extend_from_slice(b"\n{\"type\":\"x\"}\n");
        let read = read(&text, 100_000);
        assert_eq!(read[0], (1, "3000000 bytes".to_owned()));
        assert_eq!(read.len(), 2);
    }

    #[test]
    fn batches_are_bounded() {
        let text = b"\n".repeat(2_500);
        let mut lines = Lines::new(&text[..]);
        let mut sizes = Vec::new();
        loop {
            let mut size = 0;
            let more = lines.read_some(|_, _| size += 1).expect("memory");
            sizes.push(size);
            if !more {
                break;
            }
        }
        assert_eq!(sizes, vec![1_000, 1_000, 500, 0]);
    }
}
