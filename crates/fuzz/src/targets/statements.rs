//! Bank statements: every line is understood or told, and what is understood is what another reader finds.

use std::fs;

use chrono::NaiveDate;
use minhbach_exchange::Bank;
use minhbach_exchange::statement::{Direction, Line, RAW_CHARS_MAX, Read, Statement};
use unicode_normalization::UnicodeNormalization as _;

use crate::folder::scratch;
use crate::sentence;

/// Reads a statement whole, twice.
pub fn statement(bytes: &[u8]) {
    let folder = scratch();
    let path = folder.path().join("sao-ke.csv");
    fs::write(&path, bytes).expect("written");
    let read = || -> Option<Vec<Read>> {
        let mut lines = Vec::new();
        let told = |error| drop(sentence::check(&error, bytes));
        for line in Statement::open(&path, Bank::Vietcombank).map_err(told).ok()? {
            match line {
                Ok(line) => lines.push(line),
                Err(error) => {
                    told(error);
                    return None;
                }
            }
        }
        Some(lines)
    };
    let Some(lines) = read() else {
        return;
    };
    assert_eq!(read().as_ref(), Some(&lines), "the same file, the same lines");
    let mut before = 1;
    for line in &lines {
        let number = match line {
            Read::Understood(line) => line.number,
            Read::NotUnderstood(not) => {
                sentence::check(&not.why, bytes);
                assert!(!not.raw.is_empty() && not.raw.chars().count() <= RAW_CHARS_MAX);
                not.number
            }
        };
        assert!(
            before < number,
            "lines come in the order of the file, and each once"
        );
        before = number;
    }
    let understood: Vec<&Line> = lines
        .iter()
        .filter_map(|line| match line {
            Read::Understood(line) => Some(line),
            Read::NotUnderstood(_) => None,
        })
        .collect();
    let packed = bytes.starts_with(&[0x1f, 0x8b]);
    if !packed {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        no_line_is_lost(text, &lines);
        if understood.len() == lines.len() && !lone_return(text) {
            as_another_reader(text, &understood);
        }
    }
}

/// Every line with something on it, behind the header, is told or is part of a record that is understood.
fn no_line_is_lost(text: &[u8], lines: &[Read]) {
    let told: Vec<(u64, bool)> = lines
        .iter()
        .map(|line| match line {
            Read::Understood(line) => (line.number, true),
            Read::NotUnderstood(not) => (not.number, false),
        })
        .collect();
    for (number, line) in (1..).zip(text.split(|byte| *byte == b'\n')).skip(1) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let place = told.partition_point(|(told, _)| *told <= number);
        let last = place.checked_sub(1).map(|place| told[place]);
        let is_told = last.is_some_and(|(told, understood)| told == number || understood);
        assert!(line.is_empty() || is_told, "line {number} is lost");
    }
}

/// To another reader a lone carriage return ends a record.
fn lone_return(text: &[u8]) -> bool {
    (0..text.len()).any(|at| text[at] == b'\r' && text.get(at + 1) != Some(&b'\n'))
}

fn as_another_reader(text: &[u8], understood: &[&Line]) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
    let records: Vec<csv::StringRecord> = reader
        .records()
        .map(|record| record.expect("UTF-8 that is understood"))
        .collect();
    assert_eq!(records.len(), understood.len());
    for (theirs, ours) in records.iter().zip(understood) {
        let cell = |nth: usize| theirs.get(nth).unwrap_or_default();
        assert_eq!(NaiveDate::parse_from_str(cell(1), "%d/%m/%Y"), Ok(ours.date));
        assert_eq!(cell(2).nfc().collect::<String>(), ours.document);
        let (amount, none) = match ours.direction {
            Direction::Debit => (cell(3), cell(4)),
            Direction::Credit => (cell(4), cell(3)),
        };
        assert_eq!(amount.replace('.', "").parse(), Ok(ours.amount));
        assert_eq!(none, "");
        let memo = |text: &str| text.replace("\r\n", "\n").nfc().collect::<String>();
        assert_eq!(memo(cell(6)), ours.memo);
    }
}
