//! Tables of comma-separated values, and the maps that make proposals of them.

use std::fs;
use std::path::Path;

use minhbach_events::Proposal;
use minhbach_exchange::csv_import::{CsvFile, Map, MapError, RowOutcome, Rows};
use minhbach_exchange::fields;
use minhbach_exchange::import_key::Secret;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

use crate::folder::scratch;
use crate::sentence;

/// Between the map and the table of one input.
const TABLE: &[u8] = b"\n====\n";

/// What a line is cut into is what another reader cuts it into, or nothing.
pub fn fields(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match fields::split(text) {
        Ok(cells) => {
            let joined: usize = cells.iter().map(|cell| cell.len()).sum();
            assert!(joined < text.len() + 1, "more comes out than went in");
            // Bare line ends do not end a record of ours within a line, and a lone one means nothing to the other.
            // The other also takes a byte order mark away, which ours does where files are opened.
            let one_record = !text.is_empty() && !text.starts_with('\u{feff}') && !unquoted_line_end(text);
            if one_record {
                let theirs = theirs(text.as_bytes(), b',');
                assert_eq!(
                    theirs.as_deref(),
                    Some(&[cells.iter().map(|cell| cell.to_string()).collect()][..])
                );
            }
            assert!(
                !fields::goes_on(text.as_bytes(), false),
                "a whole record goes on behind its end"
            );
        }
        Err(error) => drop(sentence::check(&error, bytes)),
    }
}

fn unquoted_line_end(text: &str) -> bool {
    let (mut quoted, mut at_start, mut rest) = (false, true, text.chars().peekable());
    while let Some(letter) = rest.next() {
        match letter {
            '"' if quoted && rest.peek() == Some(&'"') => drop(rest.next()),
            '"' if quoted => quoted = false,
            '"' if at_start => quoted = true,
            '\n' | '\r' if !quoted => return true,
            _ => {}
        }
        at_start = letter == ',' && !quoted;
    }
    false
}

/// The records of another reader, if all of them are texts.
fn theirs(bytes: &[u8], delimiter: u8) -> Option<Vec<Vec<String>>> {
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.has_headers(false).flexible(true).delimiter(delimiter);
    let mut reader = reader.from_reader(bytes);
    let mut records = Vec::new();
    for record in reader.records() {
        records.push(record.ok()?.iter().map(str::to_owned).collect());
    }
    Some(records)
}

/// The cells of a table that can be read whole are those of another reader, trimmed and in NFC.
pub fn table(bytes: &[u8]) {
    let folder = scratch();
    let path = folder.path().join("bang.csv");
    fs::write(&path, bytes).expect("written");
    let map = "map = \"bang\"\nevent = \"party.registered\"\nfile = { delimiter = \",\" }\n[fields]\nparty = { column = \"a\" }\n\
        kind = { constant = \"organisation\" }\nname = { column = \"b\" }\n";
    let map = Map::parse(map, Path::new("map.toml")).expect("a map");
    let Some(rows) = rows(&map, &path, bytes) else {
        return;
    };
    let mut lines = 0;
    let mut cells = Vec::new();
    for (line, row) in rows {
        assert!(lines < line, "rows come in the order of the file");
        lines = line;
        match row {
            RowOutcome::Proposal { cells: found, line } => {
                assert_eq!(found.len(), map.columns().len());
                serde_json::from_slice::<Value>(&line).expect("a proposal is JSON");
                cells.push(Some(found));
            }
            RowOutcome::NotTaken(not_taken) => {
                let said = sentence::check(&not_taken.why, bytes);
                // From there on our reader does not say what is a record.
                if said.contains("quote does not close")
                    || said.contains("UTF-8")
                    || said.contains("too long")
                {
                    return;
                }
                cells.push(None);
            }
            RowOutcome::Skipped | RowOutcome::Blank => cells.push(None),
        }
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // To the other reader a lone carriage return ends a line, and so it does where nothing is quoted.
    if text.starts_with(&[0x1f, 0x8b]) || text.contains(&b'\r') {
        return;
    }
    let Some((header, records)) = theirs(text, b',').and_then(|mut records| {
        let records_behind = records.split_off(1.min(records.len()));
        Some((records.pop()?, records_behind))
    }) else {
        return;
    };
    let place = |name: &str| header.iter().position(|cell| tidy(cell) == name);
    let (Some(a), Some(b)) = (place("a"), place("b")) else {
        panic!("the other reader finds no columns a and b in {header:?}");
    };
    assert_eq!(cells.len(), records.len(), "as many records");
    for (ours, theirs) in cells.iter().zip(&records) {
        let Some(ours) = ours else { continue };
        let place = |column: &String| if column == "a" { a } else { b };
        let expected: Vec<String> = map
            .columns()
            .iter()
            .map(|column| tidy(&theirs[place(column)]))
            .collect();
        assert_eq!(*ours, expected);
    }
}

fn tidy(cell: &str) -> String {
    cell.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}')
        .nfc()
        .collect()
}

/// A map is read, or what is wrong is said with its line.
pub fn map(bytes: &[u8]) {
    read_map(bytes);
}

fn read_map(bytes: &[u8]) -> Option<Map> {
    let text = std::str::from_utf8(bytes).ok()?;
    match Map::parse(text, Path::new("map.toml")) {
        Ok(map) => {
            assert!(!map.name().is_empty());
            assert!(map.columns().iter().all(|column| !column.trim().is_empty()));
            let again = Map::parse(text, Path::new("map.toml")).expect("read once, read twice");
            assert_eq!(format!("{again:?}"), format!("{map:?}"));
            Some(map)
        }
        Err(error) => {
            sentence::check(&error, bytes);
            if let MapError::Wrong(wrong) = error {
                assert!(
                    (1..=text.lines().count() + 1).contains(&wrong.line),
                    "line {}",
                    wrong.line
                );
            }
            None
        }
    }
}

/// A table by a map: what is proposed can be read as JSON, says the map's event, and is the same the second time.
pub fn mapped(bytes: &[u8]) {
    let at = bytes.windows(TABLE.len()).position(|part| part == TABLE);
    let (map, table) = at.map_or((bytes, &[][..]), |at| (&bytes[..at], &bytes[at + TABLE.len()..]));
    let Some(map) = read_map(map) else {
        return;
    };
    let folder = scratch();
    let path = folder.path().join("bang.csv");
    fs::write(&path, table).expect("written");
    // Beside it, where a map may look things up.
    fs::write(
        folder.path().join("nguon.csv"),
        "Mã,Quỹ,Tên\nA1,quy-mot,Một\nA2,quy-hai,Hai\nA2,quy-ba,Hai\n",
    )
    .expect("written");
    let first = rows(&map, &path, bytes);
    for (_, row) in first.iter().flatten() {
        match row {
            RowOutcome::Proposal { line, .. } => {
                let json: Value = serde_json::from_slice(line).expect("a proposal is JSON");
                assert_eq!(json["type"], map.event());
                assert!(json["key"].is_string());
                if let Err(error) = Proposal::from_line(line) {
                    sentence::check(&error, bytes);
                }
            }
            RowOutcome::NotTaken(not_taken) => {
                sentence::check(&not_taken.why, bytes);
                let shown = not_taken.value.as_deref().unwrap_or_default();
                assert!(
                    shown.chars().filter(|letter| letter.is_ascii_digit()).count() < 9 || is_money(shown),
                    "{shown:?} is shown"
                );
            }
            RowOutcome::Skipped | RowOutcome::Blank => {}
        }
    }
    let lines = |rows: &Option<Vec<(u64, RowOutcome)>>| {
        format!("{:?}", rows.iter().flatten().map(line_of).collect::<Vec<_>>())
    };
    assert_eq!(
        lines(&rows(&map, &path, bytes)),
        lines(&first),
        "the same table, the same proposals"
    );
}

fn is_money(shown: &str) -> bool {
    shown.contains(['₫', 'đ', '$', '€', 'Đ'])
        || ["vnd", "vnđ", "usd", "eur"]
            .iter()
            .any(|sign| shown.to_lowercase().contains(sign))
}

fn line_of((line, row): &(u64, RowOutcome)) -> (u64, String) {
    match row {
        RowOutcome::Proposal { line: json, .. } => (*line, String::from_utf8_lossy(json).into_owned()),
        other => (*line, format!("{other:?}")),
    }
}

/// The rows of a table; none where it is none of the map's.
fn rows(map: &Map, path: &Path, bytes: &[u8]) -> Option<Vec<(u64, RowOutcome)>> {
    let private = path.with_file_name("private");
    fs::create_dir_all(&private).expect("a folder");
    fs::write(private.join("import-secret"), [7; 32]).expect("written");
    let secret = Secret::open(&private).expect("a secret");
    let opened = CsvFile::open(path, map).and_then(|file| Rows::new(map, file, path, &secret));
    let mut rows = match opened {
        Ok(rows) => rows,
        Err(error) => {
            sentence::check(&error.fault, bytes);
            return None;
        }
    };
    let mut found = Vec::new();
    loop {
        match rows.next_row() {
            Ok(Some(row)) => found.push((row.line, row.outcome)),
            Ok(None) => return Some(found),
            Err(error) => {
                sentence::check(&error.fault, bytes);
                return None;
            }
        }
    }
}
