//! Tables beside the imported file in which rows look things up by a key.

use std::collections::HashMap;
use std::path::Path;
use std::{fs, io};

use super::file::{CsvFile, FileError, FileFault, Record};
use super::map::LookupSource;

/// The most bytes of text that are kept of one table.
const BYTES_MAX: usize = 64 << 20;

/// What a table says of its keys.
pub(super) struct LookupTable {
    rows: HashMap<String, Vec<Option<String>>>,
}

/// What is found under a key.
pub(super) enum Found<'a> {
    One(&'a str),
    None,
    /// Rows of the same key say different things.
    Several,
}

impl LookupTable {
    /// Reads the table of a source, which lies beside the imported file.
    pub fn read(source: &LookupSource, imported: &Path) -> Result<LookupTable, FileError> {
        let path = imported.with_file_name(&source.file);
        let columns = [std::slice::from_ref(&source.key), &source.columns].concat();
        let fault = |fault| FileError {
            path: path.clone(),
            fault,
        };
        if leads_away(&path).map_err(|error| fault(FileFault::Read(error)))? {
            return Err(fault(FileFault::Outside));
        }
        let mut file = CsvFile::with_columns(&path, &columns, None, 1)?;
        let mut rows: HashMap<String, Vec<Option<String>>> = HashMap::new();
        let mut bytes = 0;
        while let Some(record) = file.next_record()? {
            let cells = match record {
                Record::Cells(_, cells) => cells,
                Record::Broken(line, _) => return Err(fault(FileFault::BrokenLine { line })),
            };
            let cell = |column: usize| cells.get(file.places[column]).map_or("", String::as_str);
            let key = cell(0);
            if key.is_empty() {
                continue;
            }
            let values: Vec<Option<String>> = (1..columns.len())
                .map(|column| Some(cell(column).to_owned()))
                .collect();
            match rows.get_mut(key) {
                Some(known) => {
                    for (known, value) in known.iter_mut().zip(values) {
                        if *known != value {
                            *known = None;
                        }
                    }
                }
                None => {
                    bytes += key.len() + values.iter().flatten().map(String::len).sum::<usize>();
                    if BYTES_MAX < bytes {
                        return Err(fault(FileFault::TooLargeToLookUp { max: BYTES_MAX }));
                    }
                    rows.insert(key.to_owned(), values);
                }
            }
        }
        Ok(LookupTable { rows })
    }

    /// What stands in a column under a key.
    pub fn get(&self, key: &str, column: usize) -> Found<'_> {
        match self.rows.get(key).and_then(|values| values.get(column)) {
            None => Found::None,
            Some(None) => Found::Several,
            Some(Some(value)) => Found::One(value),
        }
    }
}

/// Whether a link leads out of the folder in which a file seems to lie.
fn leads_away(path: &Path) -> io::Result<bool> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    Ok(!fs::canonicalize(path)?.starts_with(fs::canonicalize(folder)?))
}
