//! Answers as JSON, written while they are read, so that a long list needs no memory.

use std::io::Write;

use serde::Serialize;

/// Writes `{"as_of":…,"rows":[…],"total":…}` row by row.
pub struct RowsDocument<W> {
    out: W,
    rows: u64,
}

impl<W: Write> RowsDocument<W> {
    /// Begins the document.
    pub fn begin(mut out: W, as_of: &impl Serialize) -> anyhow::Result<RowsDocument<W>> {
        out.write_all(b"{\"as_of\":")?;
        serde_json::to_writer(&mut out, as_of)?;
        out.write_all(b",\"rows\":[")?;
        Ok(RowsDocument { out, rows: 0 })
    }

    /// Adds a row.
    pub fn row(&mut self, row: &impl Serialize) -> anyhow::Result<()> {
        if 0 < self.rows {
            self.out.write_all(b",")?;
        }
        self.rows += 1;
        Ok(serde_json::to_writer(&mut self.out, row)?)
    }

    /// Ends the list, and the document with a total, which is JSON already.
    pub fn end(mut self, total: Option<&str>) -> anyhow::Result<()> {
        self.out.write_all(b"]")?;
        if let Some(total) = total {
            write!(self.out, ",\"total\":{total}")?;
        }
        self.out.write_all(b"}\n")?;
        Ok(self.out.flush()?)
    }
}

/// Writes one document on one line.
pub fn write(mut out: impl Write, document: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer(&mut out, document)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}
