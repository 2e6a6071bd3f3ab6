//! What slugs and labels stand for, as a table: a line for each. Beside another table it says what that one's slugs mean.

use minhbach_ledger::NameRow;

use super::Field;

/// What the columns are.
pub const HEADER: [&str; 6] = ["kind", "id", "vi", "en", "unit", "programme"];

/// The columns of [`HEADER`] for a row of the document.
pub fn row(row: &NameRow) -> Vec<Field> {
    vec![
        Field::word(Some(row.kind.word())),
        Field::word(Some(&row.id)),
        Field::word(Some(&row.vi)),
        Field::word(row.en.as_deref()),
        Field::word(row.unit.as_deref()),
        Field::word(row.programme.as_deref()),
    ]
}
