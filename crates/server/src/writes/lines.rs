//! Lines of proposals out of a body that comes in pieces.

use axum::body::Bytes;
use minhbach_events::{ENTRY_BYTES_MAX, EntryError, Proposal};
use minhbach_ledger::{REQUEST_PROPOSALS_MAX, Rejection};

/// Bytes of lines that are taken together.
const BATCH_BYTES_MAX: usize = 1024 * 1024;

/// Lines that came together.
#[derive(Default)]
pub(crate) struct Batch {
    /// What can be proposed.
    pub proposals: Vec<Proposal>,
    /// Each line: its number, and why it cannot be read, if so.
    pub slots: Vec<(u64, Option<Rejection>)>,
    /// How many bytes the lines have.
    pub bytes: usize,
}

impl Batch {
    fn is_full(&self) -> bool {
        self.slots.len() == REQUEST_PROPOSALS_MAX || BATCH_BYTES_MAX <= self.bytes
    }

    fn add(&mut self, number: u64, bytes: usize, read: Result<Proposal, EntryError>) {
        self.bytes += bytes;
        let refused = match read {
            Ok(proposal) => {
                self.proposals.push(proposal);
                None
            }
            Err(error) => Some(Rejection::from(error)),
        };
        self.slots.push((number, refused));
    }
}

/// Puts lines together; of a line that is too long only so much is kept as could be one.
#[derive(Default)]
pub(crate) struct Lines {
    /// The beginning of a line whose end has not come.
    begun: Vec<u8>,
    /// How long that beginning is in truth.
    begun_bytes: usize,
    number: u64,
}

impl Lines {
    /// Takes lines from the beginning of `piece` until the batch is full; what is left of it stays there.
    pub fn take(&mut self, piece: &mut Bytes, batch: &mut Batch) {
        while !batch.is_full()
            && let Some(end) = memchr::memchr(b'\n', piece)
        {
            let line = piece.split_to(end + 1);
            let line = &line[..end];
            self.number += 1;
            if self.begun_bytes == 0 {
                batch.add(self.number, line.len(), Proposal::from_line(line));
            } else {
                self.begin(line);
                self.finish(batch);
            }
        }
        if !batch.is_full() {
            let rest = std::mem::take(piece);
            self.begin(&rest);
        }
    }

    /// A last line need not end in a newline; a newline at the end begins no line.
    pub fn end(&mut self, batch: &mut Batch) {
        if 0 < self.begun_bytes {
            self.number += 1;
            self.finish(batch);
        }
    }

    /// The number of the line that comes next.
    pub fn next_number(&self) -> u64 {
        self.number + 1
    }

    fn begin(&mut self, part: &[u8]) {
        let room = ENTRY_BYTES_MAX.saturating_sub(self.begun.len());
        self.begun.extend_from_slice(&part[..part.len().min(room)]);
        self.begun_bytes = self.begun_bytes.saturating_add(part.len());
    }

    fn finish(&mut self, batch: &mut Batch) {
        let bytes = std::mem::take(&mut self.begun_bytes);
        let read = if ENTRY_BYTES_MAX < bytes {
            Err(EntryError::TooLarge { bytes })
        } else {
            Proposal::from_line(&self.begun)
        };
        batch.add(self.number, self.begun.len(), read);
        self.begun.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of the lines and whether each can be read, batch by batch.
    fn read(text: &[u8], piece: usize) -> Vec<Vec<(u64, Option<&'static str>)>> {
        let (mut lines, mut batches) = (Lines::default(), Vec::new());
        let mut batch = Batch::default();
        for part in text.chunks(piece) {
            let mut part = Bytes::copy_from_slice(part);
            loop {
                lines.take(&mut part, &mut batch);
                if part.is_empty() {
                    break;
                }
                batches.push(std::mem::take(&mut batch));
            }
        }
        lines.end(&mut batch);
        batches.push(batch);
        let shown = |batch: Batch| {
            let slots = batch.slots.into_iter();
            slots
                .map(|(number, refused)| (number, refused.map(|refused| refused.code().word())))
                .collect()
        };
        batches.into_iter().map(shown).collect()
    }

    #[test]
    fn however_a_body_is_cut_its_lines_are_the_same() {
        let line = br#"{"type":"need.closed","need":"ND-1","outcome":"met"}"#;
        let long = vec![b'x'; ENTRY_BYTES_MAX + 1];
        let text = [&line[..], b"\n\n", &long, b"\n", line].concat();
        let expected = vec![vec![
            (1, None),
            (2, Some("malformed")),
            (3, Some("too_large")),
            (4, None),
        ]];
        for piece in [1, 7, 100, 4_096, text.len()] {
            assert_eq!(read(&text, piece), expected, "{piece}");
        }
        assert_eq!(read(&[&text[..], b"\n"].concat(), 100), expected);
        assert_eq!(read(b"", 1), vec![vec![]]);
    }

    #[test]
    fn a_batch_holds_no_more_than_a_request() {
        let many = read(&b"{}\n".repeat(REQUEST_PROPOSALS_MAX + 3), 1 << 16);
        let lengths: Vec<usize> = many.iter().map(Vec::len).collect();
        assert_eq!(lengths, [REQUEST_PROPOSALS_MAX, 3]);
        assert_eq!(many[1][0].0, REQUEST_PROPOSALS_MAX as u64 + 1);
    }
}
