//! The records of a file as bytes, in bounded memory. What stands inside a quoted cell is never taken for a record.

use std::fs::File;
use std::io::{self, BufRead};
use std::path::Path;

use crate::source::{FILE_BYTES_MAX, LINE_BYTES_MAX, LINES_MAX, unpacked};

/// The most bytes of a record that are kept, line ends inside its cells counted.
pub(super) const RECORD_BYTES_MAX: usize = LINE_BYTES_MAX;

/// The records of an open file, in order.
pub(super) struct Records {
    input: Box<dyn BufRead + Send>,
    /// The line of the next byte, from 1.
    line: u64,
    /// Whether the next byte is its first.
    at_begin: bool,
    bytes: u64,
}

/// A record as bytes, or why there is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Raw {
    /// Without its line end; line ends inside its cells are `\n`.
    Whole(Vec<u8>),
    /// Longer than [`RECORD_BYTES_MAX`]; it was passed over to its end.
    TooLong,
    /// Where a cell ends cannot be told, so nothing up to the end of the file, which is in this line, is a record.
    Quote { last: u64 },
}

impl Records {
    /// Opens a regular file, plain or gzip; a byte order mark is passed over. Nothing else is opened: reading a pipe or a
    /// device may not end.
    pub fn open(path: &Path) -> io::Result<Records> {
        if !std::fs::metadata(path)?.is_file() {
            return Err(not_regular());
        }
        let file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Err(not_regular());
        }
        Ok(Records {
            input: unpacked(file)?,
            line: 1,
            at_begin: true,
            bytes: 0,
        })
    }

    /// The line of the next byte, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// How many bytes were taken so far, after decompression.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Hands byte after byte to `takes` until it says that it has enough, or the file ends. Says whether there was a byte.
    fn each(&mut self, mut takes: impl FnMut(u8) -> bool) -> io::Result<bool> {
        let mut any = false;
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok(any);
            }
            any = true;
            let mut used = 0;
            let mut enough = false;
            for &byte in buffer {
                used += 1;
                self.at_begin = byte == b'\n';
                self.line += u64::from(self.at_begin);
                enough = takes(byte);
                if enough {
                    break;
                }
            }
            self.input.consume(used);
            self.bytes += used as u64;
            if FILE_BYTES_MAX < self.bytes {
                return Err(too_large("more than 16 GiB of text"));
            }
            if LINES_MAX < self.line {
                return Err(too_large("more than 100,000,000 lines"));
            }
            if enough {
                return Ok(true);
            }
        }
    }

    /// Reads a line, whatever quotes stand in it; none at the end of the file.
    pub fn next_line(&mut self) -> io::Result<Option<Line>> {
        let mut kept = Kept::default();
        let any = self.each(|byte| {
            if byte != b'\n' {
                kept.push(byte);
            }
            byte == b'\n'
        })?;
        kept.without_return();
        Ok(any.then_some(Line {
            too_long: kept.too_long,
            bytes: kept.bytes,
        }))
    }

    /// Reads a record; none at the end of the file.
    pub fn next_record(&mut self, delimiter: u8) -> io::Result<Option<Raw>> {
        let mut kept = Kept::default();
        let mut cut = Cut::new(delimiter);
        let any = self.each(|byte| {
            cut.take(byte);
            if byte == b'\n' {
                kept.without_return();
            }
            if cut.at == At::Inside || byte != b'\n' {
                kept.push(byte);
            }
            matches!(cut.at, At::End | At::Lost)
        })?;
        if !any {
            return Ok(None);
        }
        if cut.at != At::End {
            cut.end_of_file();
            kept.without_return();
        }
        if cut.at == At::Lost {
            return self.rest().map(|last| Some(Raw::Quote { last }));
        }
        Ok(Some(match kept.too_long {
            true => Raw::TooLong,
            false => Raw::Whole(kept.bytes),
        }))
    }

    /// Passes over everything that is left, where it cannot be told what of it is inside a cell.
    /// Says which line is the last.
    pub fn rest(&mut self) -> io::Result<u64> {
        self.each(|_| false)?;
        Ok(if self.at_begin {
            self.line.saturating_sub(1)
        } else {
            self.line
        })
    }
}

fn too_large(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, why)
}

/// What [`Records::open`] says of a folder, a pipe or a device.
fn not_regular() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, NotRegular)
}

/// Not a regular file.
#[derive(Debug, thiserror::Error)]
#[error("not a regular file")]
pub(super) struct NotRegular;

/// Whether an error says that something is not a regular file.
pub(super) fn is_not_regular(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<NotRegular>())
}

/// A line, or its beginning where it was too long to be kept.
pub(super) struct Line {
    pub bytes: Vec<u8>,
    pub too_long: bool,
}

#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    too_long: bool,
}

impl Kept {
    fn push(&mut self, byte: u8) {
        // One byte more than the limit, for the \r of a line that just fits.
        if self.bytes.len() <= RECORD_BYTES_MAX {
            self.bytes.push(byte);
        } else {
            self.too_long = true;
        }
    }

    fn without_return(&mut self) {
        if !self.too_long && self.bytes.last() == Some(&b'\r') {
            self.bytes.pop();
        }
        self.too_long |= RECORD_BYTES_MAX < self.bytes.len();
    }
}

/// Follows the quotes of a record byte by byte.
struct Cut {
    delimiter: u8,
    at: At,
    /// Whether a quote behind blanks, which some programs take for the beginning of a quoted cell, has no counterpart yet.
    odd: Option<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// At the beginning of a cell.
    Begin,
    /// Behind blanks at the beginning of a cell.
    Blank,
    /// In a cell without quotes.
    Plain,
    /// In a quoted cell.
    Inside,
    /// Behind a quote in a quoted cell: its last, or the first of two.
    Quote,
    /// Behind `\r` behind the last quote of a cell.
    Return,
    /// At the end of the record.
    End,
    /// It cannot be told where the cell ends.
    Lost,
}

impl Cut {
    fn new(delimiter: u8) -> Cut {
        Cut {
            delimiter,
            at: At::Begin,
            odd: None,
        }
    }

    fn take(&mut self, byte: u8) {
        if byte == b'"'
            && let Some(odd) = &mut self.odd
        {
            *odd = !*odd;
        }
        self.at = match (self.at, byte) {
            (At::End | At::Lost, _) => self.at,
            (At::Inside, b'"') => At::Quote,
            (At::Inside, _) => At::Inside,
            (At::Quote, b'"') => At::Inside,
            (At::Begin, b'"') => At::Inside,
            (At::Quote, b'\r') => At::Return,
            (_, b'\n') => self.ended(),
            (At::Return, _) => At::Lost,
            (_, byte) if byte == self.delimiter => At::Begin,
            (At::Quote, _) => At::Lost,
            (At::Blank, b'"') => {
                self.odd.get_or_insert(true);
                At::Plain
            }
            (At::Begin | At::Blank, byte) if is_blank(byte) => At::Blank,
            _ => At::Plain,
        };
    }

    fn end_of_file(&mut self) {
        self.at = match self.at {
            At::Inside | At::Lost => At::Lost,
            _ => self.ended(),
        };
    }

    /// Where the line ends outside of a quoted cell. The two ways of reading a quote behind blanks must agree on it.
    fn ended(&self) -> At {
        match self.odd {
            Some(true) => At::Lost,
            _ => At::End,
        }
    }
}

/// A part of what is trimmed from a cell: ASCII blanks, the no-break space, marks without width. No Vietnamese letter begins
/// with one of these bytes.
fn is_blank(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | 0x0b | 0x0c | 0xc2 | 0xa0 | 0xef | 0xbb | 0xbf | 0xe2 | 0x80 | 0x8b
    )
}

/// Whether a record ends where this line does.
pub(super) fn ends_with_its_line(delimiter: u8, line: &[u8]) -> bool {
    let mut cut = Cut::new(delimiter);
    line.iter().for_each(|&byte| cut.take(byte));
    cut.end_of_file();
    cut.at == At::End
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &[u8]) -> Vec<(u64, Raw)> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        std::fs::write(&path, text).expect("a file");
        let mut records = Records::open(&path).expect("opened");
        let mut found = Vec::new();
        loop {
            let line = records.line();
            match records.next_record(b',').expect("readable") {
                Some(raw) => found.push((line, raw)),
                None => return found,
            }
        }
    }

    fn whole(text: &str) -> Raw {
        Raw::Whole(text.as_bytes().to_vec())
    }

    #[test]
    fn records_end_where_another_reader_ends_them() {
        for text in [
            "a,b\nc,d\n",
            "a,\"b\nc\",d\ne,\"\"\n\"\"\"f\"\"\n\"\n",
            "\"a\"\r\nb,\"c\"\r\n",
            "a \"word\",5\" wide\nb,c",
            "a, \"b\" ,c\nd,e,f",
        ] {
            let mut other = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes());
            let expected: Vec<Vec<String>> = other
                .records()
                .map(|record| record.expect("a good record").iter().map(str::to_owned).collect())
                .collect();
            let found: Vec<Vec<String>> = cut(text.as_bytes())
                .into_iter()
                .map(|(_, raw)| {
                    let Raw::Whole(bytes) = raw else {
                        panic!("{text:?} has no broken record")
                    };
                    let text = String::from_utf8(bytes).expect("UTF-8");
                    let cells = crate::fields::split_by(',', &text).expect("split");
                    cells.into_iter().map(|cell| cell.into_owned()).collect()
                })
                .collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn nothing_behind_a_broken_quote_is_a_record() {
        for (text, last) in [
            ("a\n\"he said \"hi\"\nevil\nbye\"\nd\n", 5),
            ("a\nx,\"note \"\"x\"\"\nevil\nbye\" more\n", 4),
            ("a\nx,\"open\nevil\n", 3),
            ("a\nx,\"open\nevil", 3),
            ("a\n\"x\"\ry\nevil\n", 3),
            // Some programs take a quote behind blanks for the beginning of a quoted cell.
            ("a\nx, \"open\nevil\nbye\",y\n", 4),
            ("a\nx,\u{a0}\"open,z\nevil\nbye\",y\n", 4),
        ] {
            assert_eq!(
                cut(text.as_bytes()),
                [(1, whole("a")), (2, Raw::Quote { last })],
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_record_too_long_is_passed_over_to_its_real_end() {
        let lines = "evil,999\n".repeat(10_000);
        for (long, next) in [
            (format!("x,\"{lines}\"\n"), 10_003),
            (format!("x,\"{}\"\"\n{lines}\"\n", "y".repeat(70_000)), 10_004),
            (format!("{}\n", "x".repeat(70_000)), 3),
        ] {
            assert_eq!(
                cut(format!("a\n{long}b\n").as_bytes()),
                [(1, whole("a")), (2, Raw::TooLong), (next, whole("b"))]
            );
        }
        let open = format!("a\nx,\"{lines}\"y\nb\n");
        assert_eq!(
            cut(open.as_bytes()),
            [(1, whole("a")), (2, Raw::Quote { last: 10_003 })]
        );
        let fits = "x".repeat(RECORD_BYTES_MAX);
        assert_eq!(
            cut(format!("{fits}\r\n{fits}x\r\nb").as_bytes()),
            [(1, whole(&fits)), (2, Raw::TooLong), (3, whole("b"))]
        );
    }
}
