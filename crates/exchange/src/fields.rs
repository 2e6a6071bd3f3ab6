//! Splitting a record of comma-separated values into its fields.
//!
//! A quoted field may hold line ends (RFC 4180): [`goes_on`] says whether a record goes on behind a line.

use std::borrow::Cow;

use thiserror::Error;

/// Whether a quote is open where the line ends, so that the next line belongs to the same record. `inside` says that
/// the line begins within a quoted field. Behind a closing quote that text follows nothing is open: the line is broken.
pub fn goes_on(line: &[u8], inside: bool) -> bool {
    goes_on_by(b',', line, inside)
}

/// [`goes_on`] for fields that another character than the comma separates.
pub(crate) fn goes_on_by(delimiter: u8, line: &[u8], mut inside: bool) -> bool {
    let mut rest = line;
    loop {
        if inside {
            let Some(quote) = rest.iter().position(|&byte| byte == b'"') else {
                return true;
            };
            match rest.get(quote + 1) {
                Some(b'"') => {}
                Some(found) if *found == delimiter => inside = false,
                _ => return false,
            }
            rest = &rest[quote + 2..];
        } else if let Some(quoted) = rest.strip_prefix(b"\"") {
            inside = true;
            rest = quoted;
        } else {
            match rest.iter().position(|&byte| byte == delimiter) {
                Some(end) => rest = &rest[end + 1..],
                None => return false,
            }
        }
    }
}

/// Splits a record without its end. Quotes in the middle of an unquoted field are text.
///
/// # Errors
///
/// A quoted field that is not closed, or text after its closing quote.
pub fn split(line: &str) -> Result<Vec<Cow<'_, str>>, FieldsError> {
    split_by(',', line)
}

/// [`split`] for fields that another character than the comma separates.
pub(crate) fn split_by(delimiter: char, line: &str) -> Result<Vec<Cow<'_, str>>, FieldsError> {
    let mut fields = Vec::with_capacity(8);
    let mut rest = line;
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_field(delimiter, quoted, fields.len() + 1)?,
            None => {
                let end = rest.find(delimiter).unwrap_or(rest.len());
                (Cow::Borrowed(&rest[..end]), &rest[end..])
            }
        };
        fields.push(field);
        match after.strip_prefix(delimiter) {
            Some(next) => rest = next,
            None => return Ok(fields),
        }
    }
}

/// Reads a field up to its closing quote, and says what stands behind it: nothing, or the delimiter and more.
fn quoted_field(delimiter: char, quoted: &str, column: usize) -> Result<(Cow<'_, str>, &str), FieldsError> {
    let mut from = 0;
    loop {
        let quote = from
            + quoted[from..]
                .find('"')
                .ok_or(FieldsError::NotClosed { column })?;
        let after = &quoted[quote + 1..];
        if after.starts_with('"') {
            from = quote + 2;
            continue;
        }
        if !after.is_empty() && !after.starts_with(delimiter) {
            return Err(FieldsError::AfterQuote { column });
        }
        let inside = &quoted[..quote];
        let field = if inside.contains('"') {
            inside.replace("\"\"", "\"").into()
        } else {
            inside.into()
        };
        return Ok((field, after));
    }
}

/// Why a line does not fall into fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FieldsError {
    /// The quote that opens the field has no counterpart.
    #[error("the quote of column {column} is not closed")]
    NotClosed {
        /// Counted from 1.
        column: usize,
    },
    /// The closing quote is followed by something other than the delimiter.
    #[error("text stands behind the closing quote of column {column}")]
    AfterQuote {
        /// Counted from 1.
        column: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_those_another_reader_finds() {
        for line in [
            "a,b,c",
            ",,",
            "a",
            "\"a,b\",c",
            "\"say \"\"yes\"\"\",x",
            "\"\",\"\"\"\"",
            "a \"quoted\" word,b",
            "trẻ em,\"vùng cao, vùng sâu\",",
        ] {
            let mut other = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(line.as_bytes());
            let expected = other
                .records()
                .next()
                .expect("one record")
                .expect("a good record");
            assert_eq!(
                split(line).expect(line),
                expected.iter().collect::<Vec<_>>(),
                "{line}"
            );
        }
    }

    #[test]
    fn a_record_goes_on_where_another_reader_reads_on() {
        for (line, inside, open) in [
            ("a,b", false, false),
            ("a,\"b", false, true),
            ("a,\"b\"", false, false),
            ("a,\"b\"\"", false, true),
            ("a,b\"c", false, false),
            ("a,b \"c,d", false, false),
            ("\"", false, true),
            ("", true, true),
            ("", false, false),
            ("b", true, true),
            ("b\"", true, false),
            ("b\",\"c", true, true),
            ("b\"\",c", true, true),
            ("b\"c,\"d", true, false),
        ] {
            assert_eq!(goes_on(line.as_bytes(), inside), open, "{line} {inside}");
        }
        // A closed record with line ends is what another reader finds too.
        let record = "a,\"b\nc, \"\"d\"\"\n\",e";
        let mut other = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(record.as_bytes());
        let expected = other
            .records()
            .next()
            .expect("one record")
            .expect("a good record");
        assert_eq!(split(record).expect("split"), expected.iter().collect::<Vec<_>>());
    }

    #[test]
    fn broken_quotes_are_named() {
        assert_eq!(split("a,\"b"), Err(FieldsError::NotClosed { column: 2 }));
        assert_eq!(split("\"a\"\""), Err(FieldsError::NotClosed { column: 1 }));
        assert_eq!(split("\"a\"b,c"), Err(FieldsError::AfterQuote { column: 1 }));
    }
}
