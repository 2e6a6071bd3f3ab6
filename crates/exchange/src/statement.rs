//! Reading a bank statement record by record: what is understood, and what is not and why.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::fields::{self, FieldsError};
use crate::source::{LINE_BYTES_MAX, Lines, RawLine};
use crate::vietnamese_number::{self, NumberError};

/// The most characters of a line that is not understood that are shown.
pub const RAW_CHARS_MAX: usize = 200;
/// The most bytes of a document number.
pub const DOCUMENT_BYTES_MAX: usize = 200;

/// A bank's layout of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bank {
    /// `PageId,TNXDate,DocNo,Debit,Credit,Balance,TransactionDetails`, dates as dd/mm/yyyy, amounts as `1.234.567`.
    Vietcombank,
}

impl Bank {
    /// The banks whose layouts are known.
    pub const ALL: &[Bank] = &[Bank::Vietcombank];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Bank::Vietcombank => "vietcombank",
        }
    }

    /// The names of the columns, in order.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Bank::Vietcombank => &[
                "PageId",
                "TNXDate",
                "DocNo",
                "Debit",
                "Credit",
                "Balance",
                "TransactionDetails",
            ],
        }
    }
}

impl FromStr for Bank {
    type Err = UnknownBank;

    fn from_str(name: &str) -> Result<Bank, UnknownBank> {
        Bank::ALL
            .iter()
            .copied()
            .find(|bank| bank.name() == name)
            .ok_or(UnknownBank)
    }
}

/// No layout has that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("unknown bank: the layout that can be read is vietcombank")]
pub struct UnknownBank;

/// Whether money came in or went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Money came in.
    Credit,
    /// Money went out.
    Debit,
}

/// A line that is understood.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    /// The line's number in the file, from 1; the header is line 1.
    pub number: u64,
    /// The day the bank gives.
    pub date: NaiveDate,
    /// The bank's document number, which may occur more than once or be empty.
    pub document: String,
    /// In or out.
    pub direction: Direction,
    /// In đồng, more than zero.
    pub amount: u64,
    /// What the payer wrote, in NFC. Private.
    pub memo: String,
}

/// A memo is private and does not show in a debug print.
impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Line")
            .field("number", &self.number)
            .field("date", &self.date)
            .field("document", &self.document)
            .field("direction", &self.direction)
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}

impl Line {
    /// Writes what the line says, its number in the file left out, as bytes in which nothing can be shifted from one
    /// field to the next: each text is preceded by its length.
    pub(crate) fn put_content(&self, bytes: &mut Vec<u8>) {
        put_text(bytes, &self.date.to_string());
        put_text(bytes, &self.document);
        bytes.push(match self.direction {
            Direction::Credit => b'C',
            Direction::Debit => b'D',
        });
        bytes.extend_from_slice(&self.amount.to_le_bytes());
        put_text(bytes, &self.memo);
    }
}

/// Writes a text behind its length, four bytes with the lowest first.
pub(crate) fn put_text(bytes: &mut Vec<u8>, text: &str) {
    // A line is at most 64 KiB, so its parts fit.
    bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

/// A line that is not understood. It is shown to whoever runs the import and recorded nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct NotUnderstood {
    /// The line's number in the file, from 1; the header is line 1.
    pub number: u64,
    /// The beginning of the line, at most [`RAW_CHARS_MAX`] characters. Private: it may hold the memo.
    pub raw: String,
    /// The column, where it is one column's fault.
    pub field: Option<&'static str>,
    /// What is wrong.
    pub why: Why,
}

/// The raw text is private and does not show in a debug print.
impl std::fmt::Debug for NotUnderstood {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NotUnderstood")
            .field("number", &self.number)
            .field("field", &self.field)
            .field("why", &self.why)
            .finish_non_exhaustive()
    }
}

/// Why a line is not understood.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Why {
    /// More than [`LINE_BYTES_MAX`] bytes.
    #[error("the line is longer than {LINE_BYTES_MAX} bytes")]
    TooLong,
    /// Another encoding, or damage.
    #[error("the line is not UTF-8: save the file as UTF-8 (TCVN3 and VNI must be converted first)")]
    NotUtf8,
    /// A quoted field that goes on for more than [`LINE_BYTES_MAX`] bytes, or to the end of the file.
    #[error("it stands inside a quote that does not close")]
    InsideQuote,
    /// Quotes that do not pair.
    #[error("{0}")]
    Fields(#[from] FieldsError),
    /// Another number of columns than the layout has.
    #[error("{found} columns where {expected} belong")]
    Columns {
        /// On the line.
        found: usize,
        /// In the layout.
        expected: usize,
    },
    /// Not a day as dd/mm/yyyy.
    #[error("the date is not a day as dd/mm/yyyy")]
    Date,
    /// An amount that cannot be read.
    #[error("{0}")]
    Amount(#[from] NumberError),
    /// An amount of nothing.
    #[error("the amount is zero")]
    Zero,
    /// In and out at once.
    #[error("both a debit and a credit stand on the line")]
    BothAmounts,
    /// Neither in nor out.
    #[error("neither a debit nor a credit stands on the line")]
    NoAmount,
    /// A document number of more than [`DOCUMENT_BYTES_MAX`] bytes.
    #[error("the document number is longer than {DOCUMENT_BYTES_MAX} bytes")]
    DocumentTooLong,
}

/// What a line of the file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// Money in or out.
    Understood(Line),
    /// Something to look at.
    NotUnderstood(NotUnderstood),
}

/// An open statement: an iterator over its records behind the header. Lines with nothing on them are passed over.
///
/// A record is a line, or several where a quoted field holds line ends; its number is that of its first line. When several
/// lines together are not understood, each of them is told by itself: a stray quote hides no line.
pub struct Statement {
    path: PathBuf,
    bank: Bank,
    lines: Lines,
    /// The record last read, its line ends as `\n`.
    record: Vec<u8>,
    /// The number of its first line.
    record_number: u64,
    /// What is still to be told of a record that is not understood.
    spoilt: Option<Spoilt>,
    ended: bool,
}

/// The rest of a record of several lines that is not understood.
struct Spoilt {
    /// Where in the record.
    from: usize,
    number: u64,
    field: Option<&'static str>,
    why: Why,
}

/// How a record ended.
enum Ended {
    AsItShould,
    LineTooLong,
    InsideQuote,
}

impl Statement {
    /// Opens a statement, plain or gzip, and checks that its header is the bank's.
    ///
    /// # Errors
    ///
    /// [`StatementError::Read`] when it cannot be read, [`StatementError::Layout`] and its kin when it is not of that layout.
    pub fn open(path: &Path, bank: Bank) -> Result<Statement, StatementError> {
        let read = |source| StatementError::Read {
            path: path.to_owned(),
            source,
        };
        let kind = fs::metadata(path).map_err(read)?;
        if !kind.is_file() {
            return Err(StatementError::NotAFile {
                path: path.to_owned(),
            });
        }
        let mut lines = Lines::open(path).map_err(read)?;
        let header = match lines.next_line().map_err(read)? {
            None => {
                return Err(StatementError::Empty {
                    path: path.to_owned(),
                });
            }
            Some(RawLine::TooLong(_)) => {
                return Err(StatementError::NotText {
                    path: path.to_owned(),
                });
            }
            Some(RawLine::Whole(bytes)) => {
                std::str::from_utf8(bytes).map_err(|_| StatementError::NotText {
                    path: path.to_owned(),
                })?
            }
        };
        if header.contains('\0') {
            return Err(StatementError::NotText {
                path: path.to_owned(),
            });
        }
        check_header(header, path, bank)?;
        Ok(Statement {
            path: path.to_owned(),
            bank,
            lines,
            record: Vec::new(),
            record_number: 1,
            spoilt: None,
            ended: false,
        })
    }
}

impl Statement {
    /// Reads the next record into `record`; none at the end of the file.
    ///
    /// What it holds stays below three times [`LINE_BYTES_MAX`], whatever the file says.
    fn next_record(&mut self) -> Result<Option<Ended>, StatementError> {
        self.record.clear();
        let mut inside = false;
        loop {
            let number = self.lines.number() + 1;
            let line = self
                .lines
                .next_line()
                .map_err(|source| StatementError::ReadLine {
                    path: self.path.clone(),
                    line: number,
                    source,
                })?;
            let (line, too_long) = match line {
                None if inside => return Ok(Some(Ended::InsideQuote)),
                None => return Ok(None),
                Some(RawLine::Whole([])) if !inside => continue,
                Some(RawLine::Whole(line)) => (line, false),
                Some(RawLine::TooLong(start)) => (start, true),
            };
            if inside {
                self.record.push(b'\n');
            } else {
                self.record_number = number;
            }
            self.record.extend_from_slice(line);
            if too_long && !inside {
                return Ok(Some(Ended::LineTooLong));
            }
            // The line that goes past the limit is spoilt too: it began inside the quote.
            if LINE_BYTES_MAX < self.record.len() || too_long {
                return Ok(Some(Ended::InsideQuote));
            }
            inside = fields::goes_on(line, inside);
            if !inside {
                return Ok(Some(Ended::AsItShould));
            }
        }
    }

    /// The next line of a record that is not understood; lines with nothing on them are passed over.
    fn next_spoilt(&mut self) -> Option<NotUnderstood> {
        let mut spoilt = self.spoilt.take()?;
        while let Some(rest) = self.record.get(spoilt.from..) {
            let end = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
            let line = &rest[..end];
            let number = spoilt.number;
            spoilt.from += end + 1;
            spoilt.number += 1;
            if line.is_empty() {
                continue;
            }
            let found = NotUnderstood {
                number,
                raw: String::from_utf8_lossy(&line[..line.len().min(RAW_CHARS_MAX * 4)])
                    .chars()
                    .take(RAW_CHARS_MAX)
                    .collect(),
                field: spoilt.field,
                why: spoilt.why.clone(),
            };
            self.spoilt = Some(spoilt);
            return Some(found);
        }
        None
    }
}

impl Iterator for Statement {
    type Item = Result<Read, StatementError>;

    /// After an error there is nothing more.
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(line) = self.next_spoilt() {
                return Some(Ok(Read::NotUnderstood(line)));
            }
            if self.ended {
                return None;
            }
            let ended = match self.next_record() {
                Ok(Some(ended)) => ended,
                Ok(None) => {
                    self.ended = true;
                    return None;
                }
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            };
            let number = self.record_number;
            let understood = match ended {
                Ended::AsItShould => understand(&self.record, number, self.bank),
                Ended::LineTooLong => Err((None, Why::TooLong)),
                Ended::InsideQuote => Err((None, Why::InsideQuote)),
            };
            match understood {
                Ok(line) => return Some(Ok(Read::Understood(line))),
                Err((field, why)) => {
                    self.spoilt = Some(Spoilt {
                        from: 0,
                        number,
                        field,
                        why,
                    });
                }
            }
        }
    }
}

/// Why a file cannot be read as a statement of the bank.
#[derive(Debug, Error)]
pub enum StatementError {
    /// The file cannot be opened or read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Reading stops in the middle: a failed disk, damaged gzip data, a limit.
    #[error("cannot read {} at line {line}: {source}; nothing of it was imported: get the file again", path.display())]
    ReadLine {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: u64,
        /// What the system or the decoder says.
        source: io::Error,
    },
    /// A folder, a pipe, a device.
    #[error("{} is not a file: name a statement, plain or .gz", path.display())]
    NotAFile {
        /// What was named.
        path: PathBuf,
    },
    /// Not one line.
    #[error("{} is empty: export the statement again", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The first line is no text in UTF-8.
    #[error("line 1 of {} is not a header in UTF-8: save the statement as CSV in UTF-8", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// A column of the header is not the layout's.
    #[error(
        "{} is not a statement as {} lays it out: column {column} of line 1 is {}, not {}; export it again as CSV with the columns {}",
        path.display(), bank.name(), shown(found.as_deref()), shown(*expected), bank.columns().join(",")
    )]
    Layout {
        /// The file.
        path: PathBuf,
        /// The layout that was asked for.
        bank: Bank,
        /// The first column that differs, from 1.
        column: usize,
        /// The layout's name for it; none when the file has too many columns.
        expected: Option<&'static str>,
        /// The file's name for it, at most 40 characters; none when the file has too few columns.
        found: Option<String>,
    },
    /// The columns are separated by semicolons, as spreadsheets in the Vietnamese locale save them.
    #[error("{} separates its columns by semicolons: save it with commas", path.display())]
    Semicolons {
        /// The file.
        path: PathBuf,
    },
}

fn shown(name: Option<&str>) -> String {
    name.map_or("missing".to_owned(), |name| format!("`{name}`"))
}

fn check_header(header: &str, path: &Path, bank: Bank) -> Result<(), StatementError> {
    let expected = bank.columns();
    let found = fields::split(header).unwrap_or_else(|_| vec![Cow::Borrowed(header)]);
    let column = (0..expected.len().max(found.len()))
        .find(|&column| expected.get(column).copied() != found.get(column).map(|name| name.as_ref()));
    let Some(column) = column else { return Ok(()) };
    if found.len() == 1 && header.starts_with(expected[0]) && header.contains(';') {
        return Err(StatementError::Semicolons {
            path: path.to_owned(),
        });
    }
    Err(StatementError::Layout {
        path: path.to_owned(),
        bank,
        column: column + 1,
        expected: expected.get(column).copied(),
        found: found
            .get(column)
            .map(|name| name.chars().filter(|c| !c.is_control()).take(40).collect()),
    })
}

type Fault = (Option<&'static str>, Why);

fn understand(bytes: &[u8], number: u64, bank: Bank) -> Result<Line, Fault> {
    let whole = |why| (None, why);
    let text = std::str::from_utf8(bytes).map_err(|_| whole(Why::NotUtf8))?;
    let fields = fields::split(text).map_err(|error| whole(error.into()))?;
    let columns = bank.columns();
    if fields.len() != columns.len() {
        return Err(whole(Why::Columns {
            found: fields.len(),
            expected: columns.len(),
        }));
    }
    let Bank::Vietcombank = bank;
    let (date, document, debit, credit, memo) = (&fields[1], &fields[2], &fields[3], &fields[4], &fields[6]);
    let date = parse_date(date).ok_or((Some("TNXDate"), Why::Date))?;
    let (direction, column, amount) = match (debit.is_empty(), credit.is_empty()) {
        (true, false) => (Direction::Credit, "Credit", credit),
        (false, true) => (Direction::Debit, "Debit", debit),
        (false, false) => return Err(whole(Why::BothAmounts)),
        (true, true) => return Err(whole(Why::NoAmount)),
    };
    let amount = vietnamese_number::parse(amount).map_err(|why| (Some(column), why.into()))?;
    if amount == 0 {
        return Err((Some(column), Why::Zero));
    }
    let document = composed(document);
    if DOCUMENT_BYTES_MAX < document.len() {
        return Err((Some("DocNo"), Why::DocumentTooLong));
    }
    Ok(Line {
        number,
        date,
        document,
        direction,
        amount,
        memo: composed(memo),
    })
}

/// In NFC: the same words from a Mac and from Windows are the same bytes.
fn composed(text: &str) -> String {
    if is_nfc(text) {
        text.to_owned()
    } else {
        text.nfc().collect()
    }
}

/// Reads dd/mm/yyyy, both digits of day and month required.
fn parse_date(text: &str) -> Option<NaiveDate> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 10
        && bytes.iter().enumerate().all(|(index, &byte)| match index {
            2 | 5 => byte == b'/',
            _ => byte.is_ascii_digit(),
        });
    if !shaped {
        return None;
    }
    let number = |from: usize, to: usize| {
        bytes[from..to]
            .iter()
            .fold(0, |n, b| n * 10 + u32::from(b - b'0'))
    };
    let year = number(6, 10);
    if !(1900..=2999).contains(&year) {
        return None;
    }
    NaiveDate::from_ymd_opt(year as i32, number(3, 5), number(0, 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const HEADER: &str = "PageId,TNXDate,DocNo,Debit,Credit,Balance,TransactionDetails";

    fn read(bytes: &[u8]) -> Result<Vec<Read>, StatementError> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("statement.csv");
        fs::write(&path, bytes).expect("written");
        Statement::open(&path, Bank::Vietcombank)?.collect()
    }

    fn line(text: &str) -> Result<Line, (Option<&'static str>, Why)> {
        let mut found = read(format!("{HEADER}\n{text}\n").as_bytes()).expect("a statement");
        assert_eq!(found.len(), 1, "{text}");
        match found.remove(0) {
            Read::Understood(line) => Ok(line),
            Read::NotUnderstood(line) => Err((line.field, line.why)),
        }
    }

    #[test]
    fn a_line_is_understood_or_says_why_not() {
        let good = line("3,05/09/2024,77.1,,1.250.000,,trẻ em vùng cao").expect("understood");
        assert_eq!(
            (good.number, good.amount, good.direction),
            (2, 1_250_000, Direction::Credit)
        );
        assert_eq!(good.date, NaiveDate::from_ymd_opt(2024, 9, 5).expect("a day"));
        assert_eq!(
            (good.document.as_str(), good.memo.as_str()),
            ("77.1", "trẻ em vùng cao")
        );
        assert_eq!(
            line("3,05/09/2024,77.1,55.000,,,").expect("understood").direction,
            Direction::Debit
        );
        assert_eq!(
            line("3,05/09/2024,77.1,,5.000,,\"a, \"\"b\"\"\"")
                .expect("understood")
                .memo,
            "a, \"b\""
        );
        // e + combining circumflex + combining acute, as a Mac writes it.
        assert_eq!(
            line("3,05/09/2024,1,,5.000,,e\u{302}\u{301}")
                .expect("understood")
                .memo,
            "\u{1ebf}"
        );
        for (text, field, why) in [
            ("3,09/13/2024,1,,5.000,,", Some("TNXDate"), Why::Date),
            ("3,31/04/2024,1,,5.000,,", Some("TNXDate"), Why::Date),
            ("3,29/02/2023,1,,5.000,,", Some("TNXDate"), Why::Date),
            ("3,5/9/2024,1,,5.000,,", Some("TNXDate"), Why::Date),
            ("3,2024-09-05,1,,5.000,,", Some("TNXDate"), Why::Date),
            ("3,05/09/0024,1,,5.000,,", Some("TNXDate"), Why::Date),
            ("3,,1,,5.000,,", Some("TNXDate"), Why::Date),
            (
                "3,05/09/2024,1,,\"5,000\",,",
                Some("Credit"),
                Why::Amount(NumberError::Comma),
            ),
            (
                "3,05/09/2024,1,-5.000,,,",
                Some("Debit"),
                Why::Amount(NumberError::Sign),
            ),
            ("3,05/09/2024,1,,0,,", Some("Credit"), Why::Zero),
            ("3,05/09/2024,1,5.000,5.000,,", None, Why::BothAmounts),
            ("3,05/09/2024,1,0,5.000,,", None, Why::BothAmounts),
            ("3,05/09/2024,1,,,,", None, Why::NoAmount),
            (
                "3,05/09/2024,1,,5.000,",
                None,
                Why::Columns {
                    found: 6,
                    expected: 7,
                },
            ),
            (
                "3,05/09/2024,1,,5.000,,a,b",
                None,
                Why::Columns {
                    found: 8,
                    expected: 7,
                },
            ),
            ("3,05/09/2024,1,,5.000,,\"a", None, Why::InsideQuote),
            (
                "3,05/09/2024,1,,5.000,,\"a\"b",
                None,
                Why::Fields(FieldsError::AfterQuote { column: 7 }),
            ),
        ] {
            assert_eq!(line(text), Err((field, why)), "{text}");
        }
        let long = format!("3,05/09/2024,{},,5.000,,", "7".repeat(201));
        assert_eq!(line(&long), Err((Some("DocNo"), Why::DocumentTooLong)));
    }

    #[test]
    fn bad_bytes_and_long_lines_spoil_one_line_each() {
        let mut file = format!("\u{feff}{HEADER}\r\n1,05/09/2024,1,,5.000,,a\r\n").into_bytes();
        file.extend_from_slice(b"1,05/09/2024,2,,5.000,,\xb5\xd3\r\n\r\n");
        let rest = LINE_BYTES_MAX - "1,05/09/2024,3,,5.000,,".len();
        file.extend_from_slice(format!("1,05/09/2024,3,,5.000,,{}\r\n", "x".repeat(rest)).as_bytes());
        file.extend_from_slice(format!("1,05/09/2024,3,,5.000,,{}\r\n", "x".repeat(rest + 1)).as_bytes());
        file.extend_from_slice(format!("1,05/09/2024,3,,5.000,,{}\n", "x".repeat(300_000)).as_bytes());
        file.extend_from_slice(b"1,05/09/2024,4,,6.000,,no end");
        let found = read(&file).expect("a statement");
        let told: Vec<_> = found
            .iter()
            .map(|read| match read {
                Read::Understood(line) => (line.number, None),
                Read::NotUnderstood(line) => {
                    assert!(line.raw.chars().count() <= RAW_CHARS_MAX);
                    (line.number, Some(line.why.clone()))
                }
            })
            .collect();
        let expected = [
            (2, None),
            (3, Some(Why::NotUtf8)),
            (5, None),
            (6, Some(Why::TooLong)),
            (7, Some(Why::TooLong)),
            (8, None),
        ];
        assert_eq!(told, expected);
    }

    /// The number, and the amount or the reason, of each record behind the header.
    fn told(body: &str) -> Vec<(u64, Result<u64, Why>)> {
        let found = read(format!("{HEADER}\n{body}").as_bytes()).expect("a statement");
        let one = |read| match read {
            Read::Understood(line) => (line.number, Ok(line.amount)),
            Read::NotUnderstood(line) => (line.number, Err(line.why)),
        };
        found.into_iter().map(one).collect()
    }

    #[test]
    fn a_quoted_memo_with_line_ends_is_one_record() {
        let forged = "1,01/09/2024,1.1,,50.000,,\"hello\n1,01/09/2024,9.9,,999.999.000,,forged\n\"\n";
        let next = "1,01/09/2024,1.2,,7.000,,x\n";
        assert_eq!(
            told(&format!("{forged}{next}")),
            [(2, Ok(50_000)), (5, Ok(7_000))]
        );
        let windows = format!("{HEADER}\n{forged}").replace('\n', "\r\n");
        for text in [format!("{HEADER}\n{forged}"), windows] {
            match &read(text.as_bytes()).expect("a statement")[..] {
                [Read::Understood(line)] => {
                    assert_eq!(line.memo, "hello\n1,01/09/2024,9.9,,999.999.000,,forged\n")
                }
                other => panic!("{other:?}"),
            }
        }
        // A quote within an unquoted field is text, and opens nothing.
        assert_eq!(
            told(&format!("1,01/09/2024,1,,5.000,,a \"b\n{next}")),
            [(2, Ok(5_000)), (3, Ok(7_000))]
        );
        // As long as a record may be, to the byte.
        let begin = "1,01/09/2024,1,,5.000,,\"";
        let memo = "y\n".repeat(LINE_BYTES_MAX);
        let fits = &memo[..LINE_BYTES_MAX - begin.len() - 1];
        let lines = fits.matches('\n').count() as u64;
        assert_eq!(
            told(&format!("{begin}{fits}\"\n{next}")),
            [(2, Ok(5_000)), (3 + lines, Ok(7_000))]
        );
        let found = told(&format!("{begin}y{fits}\"\n{next}"));
        assert_eq!(found.len() as u64, lines + 2);
        let (last, spoilt) = found.split_last().expect("lines");
        assert_eq!(*last, (3 + lines, Ok(7_000)));
        assert!(
            spoilt.iter().all(|(_, what)| *what == Err(Why::InsideQuote)),
            "{spoilt:?}"
        );
    }

    #[test]
    fn a_quote_that_does_not_close_spoils_its_window_and_hides_no_line() {
        let open = "1,01/09/2024,1,,5.000,,\"a\n";
        let good = "1,01/09/2024,2,,6.000,,b\n";
        let why = || Err(Why::InsideQuote);
        // To the end of the file; a line with nothing on it is nothing here either.
        assert_eq!(
            told(&format!("{open}\n{good}{good}")),
            [(2, why()), (4, why()), (5, why())]
        );
        // Past the limit, and then everything is as before.
        let many = good.repeat(3_000);
        let found = told(&format!("{open}{many}"));
        assert_eq!(found.len(), 3_001, "each line is told");
        let spoilt = found.iter().take_while(|(_, what)| *what == why()).count();
        let window = (LINE_BYTES_MAX - open.len()).div_ceil(good.len()) + 1;
        assert!(spoilt.abs_diff(window) <= 1, "{spoilt} {window}");
        assert!(found[spoilt..].iter().all(|(_, what)| *what == Ok(6_000)));
        assert!(found.iter().map(|(number, _)| *number).eq(2..3_003));
        // A long line inside a quote does not begin anew either.
        let long = "z".repeat(LINE_BYTES_MAX + 1);
        assert_eq!(
            told(&format!("{open}{long}\n{good}")),
            [(2, why()), (3, why()), (4, Ok(6_000))]
        );
        // Closed amid another line's text, or with too many columns: each line is told.
        let broken = || Err(Why::Fields(FieldsError::AfterQuote { column: 7 }));
        assert_eq!(
            told(&format!("{open}{good}1,01/09/2024,3,,7.000,,\"c\"\n{good}")),
            [(2, broken()), (3, broken()), (4, broken()), (5, Ok(6_000))]
        );
        let columns = || {
            Err(Why::Columns {
                found: 8,
                expected: 7,
            })
        };
        assert_eq!(
            told(&format!("{open}x\",y\n{good}")),
            [(2, columns()), (3, columns()), (4, Ok(6_000))]
        );
    }

    #[test]
    fn gzip_is_recognised_and_its_damage_stops_the_reading() {
        let text = format!("{HEADER}\n1,05/09/2024,1,,5.000,,a\n1,05/09/2024,2,,6.000,,b\n");
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(text.as_bytes()).expect("packed");
        let packed = packer.finish().expect("packed");
        assert_eq!(
            read(&packed).expect("a statement"),
            read(text.as_bytes()).expect("a statement")
        );
        assert!(
            read(&packed[..packed.len() - 4]).is_err(),
            "a cut end is not an end"
        );
        assert!(read(&[&packed[..], b"rubbish"].concat()).is_err());
    }

    #[test]
    fn another_layout_is_refused_with_the_column_that_differs() {
        let column = |header: &str| match read(header.as_bytes()) {
            Err(StatementError::Layout {
                column,
                expected,
                found,
                ..
            }) => (column, expected, found),
            other => panic!("{header}: {other:?}"),
        };
        assert_eq!(
            column("PageId,TNXDate,DocNo,Credit,Debit,Balance,TransactionDetails\n"),
            (4, Some("Debit"), Some("Credit".into()))
        );
        assert_eq!(
            column("PageId,TNXDate,DocNo,Debit,Credit,Balance\n"),
            (7, Some("TransactionDetails"), None)
        );
        assert_eq!(
            column(&format!("{HEADER},More\n")),
            (8, None, Some("More".into()))
        );
        assert_eq!(column("\n"), (1, Some("PageId"), Some(String::new())));
        assert_eq!(
            column("{\"a\":1}\n"),
            (1, Some("PageId"), Some("{\"a\":1}".into()))
        );
        assert!(matches!(
            read(HEADER.replace(',', ";").as_bytes()),
            Err(StatementError::Semicolons { .. })
        ));
        assert!(matches!(read(b""), Err(StatementError::Empty { .. })));
        assert!(matches!(
            read(b"\xff\xfeP\0a\0"),
            Err(StatementError::NotText { .. })
        ));
        assert!(matches!(read(b"PageId\0"), Err(StatementError::NotText { .. })));
        assert!(matches!(
            Statement::open(Path::new("/"), Bank::Vietcombank),
            Err(StatementError::NotAFile { .. })
        ));
        assert_eq!(read(HEADER.as_bytes()).expect("a header alone"), []);
    }
}
