//! The lines of a file as bytes, plain or gzip, with everything bounded.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

/// The longest line that is read, in bytes without its end.
pub const LINE_BYTES_MAX: usize = 64 * 1024;
/// The most bytes that are taken from a file, after decompression.
pub const FILE_BYTES_MAX: u64 = 16 << 30;
/// The most lines that are taken from a file.
pub const LINES_MAX: u64 = 100_000_000;

/// The lines of an open file, in order.
pub struct Lines {
    input: Box<dyn BufRead + Send>,
    line: Vec<u8>,
    number: u64,
    bytes: u64,
}

/// One line, or that it was too long to be kept.
pub enum RawLine<'a> {
    /// The bytes without `\n` or `\r\n`.
    Whole(&'a [u8]),
    /// The first [`LINE_BYTES_MAX`] bytes of a longer line.
    TooLong(&'a [u8]),
}

/// What a file holds, plain or gzip, without a byte order mark.
pub(crate) fn unpacked(file: File) -> io::Result<Box<dyn BufRead + Send>> {
    let mut file = BufReader::with_capacity(128 * 1024, file);
    let packed = file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    let mut input: Box<dyn BufRead + Send> = match packed {
        true => Box::new(BufReader::with_capacity(128 * 1024, MultiGzDecoder::new(file))),
        false => Box::new(file),
    };
    // A pipe or a decoder may hand over fewer than three bytes at first: three are read and the rest chained.
    let mut start = Vec::with_capacity(3);
    input.by_ref().take(3).read_to_end(&mut start)?;
    if start == [0xef, 0xbb, 0xbf] {
        start.clear();
    }
    Ok(Box::new(io::Cursor::new(start).chain(input)))
}

impl Lines {
    /// Opens a file; gzip is recognised by its first two bytes, not by its name. A byte order mark is skipped.
    ///
    /// # Errors
    ///
    /// Whatever opening and reading say, as they say it.
    pub fn open(path: &Path) -> io::Result<Lines> {
        Ok(Lines {
            input: unpacked(File::open(path)?)?,
            line: Vec::new(),
            number: 0,
            bytes: 0,
        })
    }

    /// The number of the line last read, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// How many bytes were taken so far, after decompression and without a byte order mark.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reads the next line; `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// A failed read, damaged gzip data, or a file past [`FILE_BYTES_MAX`] or [`LINES_MAX`].
    pub fn next_line(&mut self) -> io::Result<Option<RawLine<'_>>> {
        self.line.clear();
        let mut too_long = false;
        let mut any = false;
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                break;
            }
            any = true;
            let end = buffer.iter().position(|&byte| byte == b'\n');
            let part = &buffer[..end.unwrap_or(buffer.len())];
            // One byte more than the limit, for the \r of a line that just fits.
            let room = (LINE_BYTES_MAX + 1).saturating_sub(self.line.len());
            too_long |= room < part.len();
            self.line.extend_from_slice(&part[..part.len().min(room)]);
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            self.bytes += used as u64;
            if FILE_BYTES_MAX < self.bytes {
                return Err(io::Error::new(
                    io::ErrorKind::FileTooLarge,
                    "more than 16 GiB of text",
                ));
            }
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        self.number += 1;
        if LINES_MAX < self.number {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "more than 100,000,000 lines",
            ));
        }
        if !too_long && self.line.last() == Some(&b'\r') {
            self.line.pop();
        }
        if too_long || LINE_BYTES_MAX < self.line.len() {
            return Ok(Some(RawLine::TooLong(&self.line[..LINE_BYTES_MAX])));
        }
        Ok(Some(RawLine::Whole(&self.line)))
    }
}
