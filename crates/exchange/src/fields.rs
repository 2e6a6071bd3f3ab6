//! Splitting one line of comma-separated values into its fields.
//!
//! A record never goes past its line: a quote that is not closed spoils one line and cannot swallow the rest of a statement.

use std::borrow::Cow;

use thiserror::Error;

/// Splits a line without its end. Quotes in the middle of an unquoted field are text.
///
/// # Errors
///
/// A quoted field that is not closed, or text after its closing quote.
pub fn split(line: &str) -> Result<Vec<Cow<'_, str>>, FieldsError> {
    let mut fields = Vec::with_capacity(8);
    let mut rest = line;
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_field(quoted, fields.len() + 1)?,
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                (Cow::Borrowed(&rest[..end]), &rest[end..])
            }
        };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => return Ok(fields),
        }
    }
}

/// Reads a field up to its closing quote, and says what stands behind it: nothing, or a comma and more.
fn quoted_field(quoted: &str, column: usize) -> Result<(Cow<'_, str>, &str), FieldsError> {
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
        if !after.is_empty() && !after.starts_with(',') {
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
    /// The quote that opens the field has no counterpart on the line.
    #[error("the quote of column {column} is not closed on this line")]
    NotClosed {
        /// Counted from 1.
        column: usize,
    },
    /// The closing quote is followed by something other than a comma.
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
    fn broken_quotes_are_named() {
        assert_eq!(split("a,\"b"), Err(FieldsError::NotClosed { column: 2 }));
        assert_eq!(split("\"a\"\""), Err(FieldsError::NotClosed { column: 1 }));
        assert_eq!(split("\"a\"b,c"), Err(FieldsError::AfterQuote { column: 1 }));
    }
}
