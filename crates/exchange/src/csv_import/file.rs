//! A table in a file: its header, and its records cut into cells.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;
use unicode_normalization::UnicodeNormalization as _;

use super::map::Map;
use super::records::{Raw, Records, ends_with_its_line, is_not_regular};
use super::shown::{looks_personal, shortened, shortened_names};
use crate::fields::split_by;

/// The most columns of a table.
pub const COLUMNS_MAX: usize = 1_024;
/// What may separate columns, in the order in which it is tried.
const DELIMITERS: [char; 3] = [',', ';', '\t'];

/// An open table whose header has the columns that are asked for.
pub struct CsvFile {
    path: PathBuf,
    records: Records,
    pub(super) delimiter: char,
    /// The names in the header, in order.
    pub(super) header: Vec<String>,
    /// Where the columns stand that were asked for.
    pub(super) places: Vec<usize>,
}

/// A record of the file.
pub(super) enum Record {
    /// Its cells, trimmed and in NFC, and where it begins.
    Cells(u64, Vec<String>),
    /// It cannot be cut into cells.
    Broken(u64, Break),
}

/// Why a record cannot be cut into cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Break {
    TooLong,
    NotUtf8,
    /// It cannot be told where a cell ends: nothing up to the last line of the file is read.
    Quote {
        last: u64,
    },
}

impl CsvFile {
    /// Opens the file of a map.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is not a table with the map's columns.
    pub fn open(path: &Path, map: &Map) -> Result<CsvFile, FileError> {
        CsvFile::with_columns(path, &map.columns, map.delimiter, map.header_line)
    }

    /// Opens a table that has these columns.
    pub(super) fn with_columns(
        path: &Path,
        columns: &[String],
        delimiter: Option<char>,
        header_line: u64,
    ) -> Result<CsvFile, FileError> {
        let fault = |fault| FileError {
            path: path.to_owned(),
            fault,
        };
        let unread = |error| match is_not_regular(&error) {
            true => fault(FileFault::NotAFile),
            false => fault(FileFault::Read(error)),
        };
        let mut records = Records::open(path).map_err(unread)?;
        let mut header = None;
        for number in 1..=header_line {
            let Some(line) = records.next_line().map_err(unread)? else {
                break;
            };
            if number == 1 && is_utf16(&line.bytes) {
                return Err(fault(FileFault::Utf16));
            }
            if number == header_line {
                if line.too_long {
                    return Err(fault(FileFault::HeaderTooLong));
                }
                header = Some(line.bytes);
            }
        }
        let header = header.ok_or_else(|| fault(FileFault::Empty))?;
        let header = std::str::from_utf8(&header).map_err(|_| fault(FileFault::NotText))?;
        if header.contains('\0') {
            return Err(fault(FileFault::NotText));
        }
        let tried: Vec<char> = delimiter.map_or_else(|| DELIMITERS.to_vec(), |only| vec![only]);
        let mut best: Option<(Vec<String>, Vec<String>)> = None;
        let mut broken = false;
        for delimiter in tried {
            let whole = ends_with_its_line(delimiter as u8, header.as_bytes());
            let Some(names) = split_by(delimiter, header).ok().filter(|_| whole) else {
                broken = true;
                continue;
            };
            let names: Vec<String> = names.iter().map(|name| tidy(name)).collect();
            if COLUMNS_MAX < names.len() {
                return Err(fault(FileFault::TooManyColumns));
            }
            let place = |column: &String| names.iter().position(|name| name == column);
            let missing: Vec<String> = columns
                .iter()
                .filter(|column| place(column).is_none())
                .cloned()
                .collect();
            if missing.is_empty() {
                let twice = columns
                    .iter()
                    .find(|&column| 1 < names.iter().filter(|name| *name == column).count());
                if let Some(twice) = twice {
                    return Err(fault(FileFault::ColumnTwice(shortened(twice))));
                }
                return Ok(CsvFile {
                    path: path.to_owned(),
                    records,
                    delimiter,
                    places: columns.iter().filter_map(place).collect(),
                    header: names,
                });
            }
            if best.as_ref().is_none_or(|(found, _)| found.len() < names.len()) {
                best = Some((names, missing));
            }
        }
        let (found, missing) = best.unwrap_or_default();
        if broken && found.len() <= 1 {
            return Err(fault(FileFault::HeaderQuote));
        }
        Err(fault(if found.iter().any(|name| is_old_encoding(name)) {
            FileFault::OldEncoding
        } else if missing.len() == columns.len() || found.iter().any(|name| looks_personal(name)) {
            // Without a header the first line is somebody's data.
            FileFault::NoHeader {
                line: header_line,
                missing: shortened_names(missing.iter().map(String::as_str)),
                columns: found.len(),
            }
        } else {
            FileFault::Columns {
                missing: shortened_names(missing.iter().map(String::as_str)),
                found: shortened_names(found.iter().map(String::as_str)),
            }
        }))
    }

    /// How many bytes of text were read so far.
    pub(super) fn bytes(&self) -> u64 {
        self.records.bytes()
    }

    /// Names what is wrong with this file.
    pub(super) fn fault(&self, fault: FileFault) -> FileError {
        FileError {
            path: self.path.clone(),
            fault,
        }
    }

    /// Reads the next record; none at the end. Lines with nothing on them are passed over.
    pub(super) fn next_record(&mut self) -> Result<Option<Record>, FileError> {
        let (number, bytes) = loop {
            let number = self.records.line();
            let raw = self.records.next_record(self.delimiter as u8);
            match raw.map_err(|source| self.unreadable(source))? {
                None => return Ok(None),
                Some(Raw::Whole(bytes)) if bytes.is_empty() => {}
                Some(Raw::Whole(bytes)) => break (number, bytes),
                Some(Raw::TooLong) => return Ok(Some(Record::Broken(number, Break::TooLong))),
                Some(Raw::Quote { last }) => return Ok(Some(Record::Broken(number, Break::Quote { last }))),
            }
        };
        let Ok(text) = std::str::from_utf8(&bytes) else {
            return Ok(Some(Record::Broken(number, Break::NotUtf8)));
        };
        if let Ok(cells) = split_by(self.delimiter, text) {
            let cells = cells.iter().map(|cell| tidy(cell)).collect();
            return Ok(Some(Record::Cells(number, cells)));
        }
        // Two readings of the same quotes: what comes behind is as doubtful.
        match self.records.rest() {
            Ok(last) => Ok(Some(Record::Broken(number, Break::Quote { last }))),
            Err(source) => Err(self.unreadable(source)),
        }
    }

    fn unreadable(&self, source: io::Error) -> FileError {
        self.fault(FileFault::ReadLine {
            line: self.records.line(),
            source,
        })
    }
}

/// A cell as it is compared and recorded: without spaces around it, in NFC.
pub(super) fn tidy(cell: &str) -> String {
    let around = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}');
    cell.trim_matches(around).nfc().collect()
}

fn is_utf16(start: &[u8]) -> bool {
    start.starts_with(&[0xff, 0xfe])
        || start.starts_with(&[0xfe, 0xff])
        || start.iter().take(64).any(|&byte| byte == 0)
}

/// Whether a text is TCVN3 or VNI that was read as Latin letters and saved as UTF-8. Both put signs where no language has
/// them: TCVN3 a `¸` or `µ` behind a letter (`tr¸ch`), VNI `öô` for `ươ` and `ø` behind a vowel.
pub(super) fn is_old_encoding(text: &str) -> bool {
    let mut before = ' ';
    for letter in text.chars() {
        let tcvn3 = matches!(letter, 'µ' | '¶' | '¸' | '¨' | '«' | '¬' | '¼' | '½' | '¾');
        let vni = letter == 'ø' && "aeiouyöôâêAEIOUY".contains(before) || letter == 'ô' && before == 'ö';
        if tcvn3 && before.is_alphabetic() || vni {
            return true;
        }
        before = letter;
    }
    false
}

/// Why a file cannot be imported.
#[derive(Debug, Error)]
#[error("{}: {fault}", path.display())]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: FileFault,
}

/// What can be wrong with a file as a whole.
#[derive(Debug, Error)]
pub enum FileFault {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Read(io::Error),
    /// A folder, a pipe or a device.
    #[error("not a regular file")]
    NotAFile,
    /// A table to look things up in that a link leads to, out of the folder of the imported one.
    #[error("the file is a link to another folder")]
    Outside,
    /// It cannot be read from this line on.
    #[error("cannot be read from line {line} on: {source}")]
    ReadLine {
        /// Counted from 1.
        line: u64,
        /// What the system says.
        source: io::Error,
    },
    /// There is no header.
    #[error("there is no header")]
    Empty,
    /// UTF-16, as a spreadsheet's "Unicode text" is.
    #[error("the file is UTF-16")]
    Utf16,
    /// The header is not UTF-8.
    #[error("the header is not UTF-8")]
    NotText,
    /// The header is longer than a line may be.
    #[error("the header is too long")]
    HeaderTooLong,
    /// A quote of the header does not close in its line.
    #[error("a quote of the header does not close")]
    HeaderQuote,
    /// The line that should be the header does not look like one: what stands in it is not said.
    #[error("the header is not one; columns are missing: {}", missing.join(", "))]
    NoHeader {
        /// Which line that is, from 1.
        line: u64,
        /// The map's.
        missing: Vec<String>,
        /// How many cells the line has.
        columns: usize,
    },
    /// The header is TCVN3 or VNI.
    #[error("the header is TCVN3 or VNI")]
    OldEncoding,
    /// Columns that the map names are not there.
    #[error("columns are missing: {}", missing.join(", "))]
    Columns {
        /// The map's.
        missing: Vec<String>,
        /// The file's, shortened.
        found: Vec<String>,
    },
    /// A column that the map names is there twice.
    #[error("column {0} is there twice")]
    ColumnTwice(String),
    /// More than [`COLUMNS_MAX`] columns.
    #[error("more than {COLUMNS_MAX} columns")]
    TooManyColumns,
    /// More rows than are imported at once.
    #[error("more than {max} rows")]
    TooManyRows {
        /// The most.
        max: u64,
    },
    /// A table to look things up in that is too large for memory.
    #[error("more than {max} bytes to look things up in")]
    TooLargeToLookUp {
        /// The most.
        max: usize,
    },
    /// A line of a table to look things up in cannot be read.
    #[error("line {line} cannot be cut into cells")]
    BrokenLine {
        /// Counted from 1.
        line: u64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &[u8], columns: &[&str]) -> Result<(tempfile::TempDir, CsvFile), FileFault> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        std::fs::write(&path, text).expect("a file");
        let columns: Vec<String> = columns.iter().map(|&column| column.to_owned()).collect();
        let file = CsvFile::with_columns(&path, &columns, None, 1).map_err(|error| error.fault)?;
        Ok((folder, file))
    }

    fn records(text: &str) -> Vec<(u64, Result<Vec<String>, Break>)> {
        let (_folder, mut file) = open(text.as_bytes(), &["a"]).expect("a table");
        let mut records = Vec::new();
        while let Some(record) = file.next_record().expect("readable") {
            records.push(match record {
                Record::Cells(line, cells) => (line, Ok(cells)),
                Record::Broken(line, why) => (line, Err(why)),
            });
        }
        records
    }

    #[test]
    fn the_separator_is_the_one_that_shows_the_columns() {
        for (text, delimiter) in [
            ("a,b\n", ','),
            ("a;b\n", ';'),
            ("a\tb\n", '\t'),
            ("\u{feff}a;b\n", ';'),
            ("\" a \";\"x,y\"\n", ';'),
        ] {
            let (_folder, file) = open(text.as_bytes(), &["a"]).expect(text);
            assert_eq!(file.delimiter, delimiter, "{text:?}");
        }
        let decomposed = "Nga\u{300}y;x\n";
        assert_eq!(
            open(decomposed.as_bytes(), &["Ngày"])
                .expect("NFD is read")
                .1
                .places,
            [0]
        );
    }

    #[test]
    fn what_is_no_such_table_is_named() {
        let fault = |text: &[u8]| match open(text, &["a", "b"]) {
            Ok(_) => "none".to_owned(),
            Err(fault) => format!("{fault:?}"),
        };
        assert!(fault(b"a;c\n").starts_with("Columns { missing: [\"b\"]"));
        assert!(fault(b"c;d\n").starts_with("NoHeader { line: 1, missing: [\"a\", \"b\"], columns: 2 }"));
        assert!(fault(b"a;0912 345 678\n").starts_with("NoHeader"));
        assert!(fault(b"a;x@y\n").starts_with("NoHeader"));
        assert!(fault(b"a,\"b\n").starts_with("HeaderQuote"));
        assert!(fault(b"a,b, \"c\n").starts_with("HeaderQuote"));
        assert!(fault(format!("a,b,{}\n", "x".repeat(70_000)).as_bytes()).starts_with("HeaderTooLong"));
        assert!(fault(b"a,b,b\n").starts_with("ColumnTwice"));
        assert!(fault(b"").starts_with("Empty"));
        assert!(fault(b"\xff\xfea\0;\0b\0\n\0").starts_with("Utf16"));
        assert!(fault(b"a\0;\0b\0\n\0").starts_with("Utf16"));
        assert!(fault(b"Ng\xb5y;b\n").starts_with("NotText"));
        assert!(fault("Ngµy;b\n".as_bytes()).starts_with("OldEncoding"));
        assert!(fault(format!("a,b{}\n", ",x".repeat(COLUMNS_MAX)).as_bytes()).starts_with("TooManyColumns"));
    }

    #[test]
    fn old_encodings_are_told_from_other_languages() {
        for (text, old) in [
            ("Xã Ba Vì", false),
            ("Phường Đống Đa, đường số 9", false),
            ("Müller, Noël, naïve, København, señor", false),
            ("50 m² · 5 µm", false),
            ("X· Ba V×, tr¸ch nhiÖm", true),
            ("Tr\u{ad}êng tiÓu häc B¾c S¬n", true),
            ("Phöôøng Ñoáng Ña", true),
        ] {
            assert_eq!(is_old_encoding(text), old, "{text}");
        }
    }

    #[test]
    fn a_broken_record_hides_nothing_that_can_be_told() {
        let cells = |cells: &[&str]| Ok(cells.iter().map(|cell| (*cell).to_owned()).collect());
        assert_eq!(
            records("a,b\n1, x \n\n2,\"y\r\nz\"\n3,w\n4,\"open\n5,v\n"),
            [
                (2, cells(&["1", "x"])),
                (4, cells(&["2", "y\nz"])),
                (6, cells(&["3", "w"])),
                (7, Err(Break::Quote { last: 8 })),
            ]
        );
        let giant = format!("a\n{}\nb\n", "x".repeat(70_000));
        assert_eq!(records(&giant), [(2, Err(Break::TooLong)), (3, cells(&["b"]))]);
        let (_folder, mut file) = open(b"a,b\n1,\"x\xb5\nevil,2\n\"\n3,4\n", &["a"]).expect("a table");
        let read = std::iter::from_fn(|| file.next_record().expect("readable")).map(|record| match record {
            Record::Cells(line, _) => (line, None),
            Record::Broken(line, why) => (line, Some(why)),
        });
        assert_eq!(read.collect::<Vec<_>>(), [(2, Some(Break::NotUtf8)), (5, None)]);
    }
}
