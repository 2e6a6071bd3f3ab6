//! The documents as tables of comma-separated values, the same from the command and from the server.
//!
//! Each document has a file: what its columns are, and its rows as [`Field`]s. [`Csv`] writes them.

use std::io::{self, Write};

use crate::visible::visible;

pub mod balances;
pub mod names;
pub mod needs;
pub mod parties;
pub mod place;
pub mod places;
pub mod progress;
pub mod received;
pub mod search;
pub mod statement;
pub mod trail;

/// A column of the CSV form.
pub enum Field {
    /// A code, a word, or a text that others wrote.
    Word(String),
    /// A number with a point, if it has decimals.
    Number(String),
}

impl Field {
    /// A code or a word; empty for none.
    pub fn word(word: Option<&str>) -> Field {
        Field::Word(word.unwrap_or_default().to_owned())
    }
    /// A number.
    pub fn number(number: impl std::fmt::Display) -> Field {
        Field::Number(number.to_string())
    }
}

/// A cell that begins with one of these is, or becomes by pasting, a formula in a spreadsheet; also in wide letters.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A CSV file: UTF-8 with commas, or as a spreadsheet in the Vietnamese locale opens it by a double click: with a
/// mark at its beginning, semicolons, and decimal commas.
pub struct Csv<W: Write> {
    writer: csv::Writer<W>,
    excel: bool,
}

impl<W: Write> Csv<W> {
    /// Writes the header.
    ///
    /// # Errors
    ///
    /// `out` takes nothing more.
    pub fn begin(mut out: W, excel: bool, header: &[&str]) -> io::Result<Csv<W>> {
        if excel {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let mut csv = Csv::go_on(out, excel);
        csv.writer.write_record(header).map_err(of_io)?;
        Ok(csv)
    }

    /// Writes more rows of a table that [`begin`](Csv::begin) has begun elsewhere: the next page, in a buffer of its own.
    pub fn go_on(out: W, excel: bool) -> Csv<W> {
        let delimiter = if excel { b';' } else { b',' };
        let writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
        Csv { writer, excel }
    }

    /// Writes a row.
    ///
    /// # Errors
    ///
    /// `out` takes nothing more, or the row has another number of fields than the one before it.
    pub fn row(&mut self, fields: Vec<Field>) -> io::Result<()> {
        for field in fields {
            let text = match field {
                Field::Number(number) if self.excel => number.replace('.', ","),
                Field::Number(number) => number,
                Field::Word(text) => self.text(&text),
            };
            self.writer.write_field(text).map_err(of_io)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(of_io)
    }

    /// A text as it is written: what a terminal would obey is made visible, as in tables. What a spreadsheet would take for
    /// a formula is marked as text for it; elsewhere the mark would be a part of the value.
    fn text(&self, text: &str) -> String {
        if self.excel && is_guessed_at(text) {
            return format!("=\"{text}\"");
        }
        let mark = if self.excel && text.starts_with(FORMULA) {
            "'"
        } else {
            ""
        };
        format!("{mark}{}", visible(text))
    }

    /// Writes what waits, and gives back where it was written to.
    ///
    /// # Errors
    ///
    /// It takes nothing more.
    pub fn end(mut self) -> io::Result<W> {
        self.writer.flush()?;
        self.writer.into_inner().map_err(|error| {
            let kind = error.error().kind();
            io::Error::new(kind, error.error().to_string())
        })
    }
}

/// Whether a spreadsheet would make something else of a text: a day of a share like `1/4`, of a month like `2024-11`, a
/// number of a code like `01`. Whole days are left to it.
fn is_guessed_at(text: &str) -> bool {
    let of_digits = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'/' || byte == b'-');
    let is_day = text.len() == 10 && text.matches('-').count() == 2;
    of_digits && text.starts_with(|first: char| first.is_ascii_digit()) && !is_day
}

/// What the writer met, so that a pipe that was closed is still known as one.
fn of_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("a row that the table cannot have: {kind:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(excel: bool, field: Field) -> String {
        let mut out = Vec::new();
        let mut csv = Csv::begin(&mut out, excel, &["a", "b"]).expect("begun");
        csv.row(vec![field, Field::word(None)]).expect("a row");
        csv.end().expect("ended");
        let text = String::from_utf8(out).expect("UTF-8");
        text.lines().nth(1).expect("a row").to_owned()
    }

    #[test]
    fn a_text_is_no_formula_and_a_number_stays_one() {
        let text = |text: &str| Field::word(Some(text));
        for (value, excel, exact) in [
            ("=1+1", "'=1+1;", "=1+1,"),
            ("+84", "'+84;", "+84,"),
            ("-5", "'-5;", "-5,"),
            ("@SUM(A1)", "'@SUM(A1);", "@SUM(A1),"),
            ("\t=1", "'\\u{9}=1;", "\\u{9}=1,"),
            ("\r=1", "'\\u{d}=1;", "\\u{d}=1,"),
            ("＝1", "'＝1;", "＝1,"),
            ("Quỹ =1", "Quỹ =1;", "Quỹ =1,"),
            ("a\u{202e}b\u{1b}", "a\\u{202e}b\\u{1b};", "a\\u{202e}b\\u{1b},"),
            ("", ";", ","),
            ("1/4", "\"=\"\"1/4\"\"\";", "1/4,"),
            ("2024-11", "\"=\"\"2024-11\"\"\";", "2024-11,"),
            ("01", "\"=\"\"01\"\"\";", "01,"),
            ("2024-11-20", "2024-11-20;", "2024-11-20,"),
            ("1/4 a", "1/4 a;", "1/4 a,"),
        ] {
            assert_eq!(written(true, text(value)), excel, "{value:?}");
            assert_eq!(written(false, text(value)), exact, "{value:?}");
        }
        assert_eq!(written(true, Field::number("-1.5")), "-1,5;");
        assert_eq!(written(false, Field::number("-1.5")), "-1.5,");
    }

    #[test]
    fn a_table_in_two_pieces_is_the_same_table() {
        let row = |csv: &mut Csv<Vec<u8>>, n: u64| csv.row(vec![Field::number(n), Field::word(Some("a,b"))]);
        for excel in [false, true] {
            let mut whole = Csv::begin(Vec::new(), excel, &["n", "word"]).expect("begun");
            row(&mut whole, 1)
                .and_then(|()| row(&mut whole, 2))
                .expect("rows");
            let mut first = Csv::begin(Vec::new(), excel, &["n", "word"]).expect("begun");
            row(&mut first, 1).expect("a row");
            let mut second = Csv::go_on(Vec::new(), excel);
            row(&mut second, 2).expect("a row");
            let pieces = [first, second].map(|csv| csv.end().expect("ended")).concat();
            assert_eq!(pieces, whole.end().expect("ended"));
        }
    }
}
