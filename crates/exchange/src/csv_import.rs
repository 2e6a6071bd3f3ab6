//! Importing a table of comma-separated values: each row becomes one event, as a map says.
//!
//! [`Map::read`] reads and checks a map, [`CsvFile::open`] a file's header against it, and [`Rows`] turns row after row into
//! the line of a proposal, or says why not. What stands in columns that the map does not name goes nowhere.

mod condition;
mod date;
mod file;
mod lookup;
mod map;
mod number;
mod reader;
mod records;
mod row;
mod shown;

pub use date::{DateFormatProblem, DateProblem};
pub use file::{CsvFile, FileError, FileFault};
pub use map::{Map, MapError, MapProblem, Sentence, Wrong};
pub use number::NumberProblem;
pub use row::{NotTaken, ROWS_MAX, Row, RowOutcome, Rows, Why};
pub use shown::shown;
