//! Plans of one's own: TOML that becomes proposals.

use minhbach_events::Proposal;
use minhbach_programmes::{ReadError, check, check_parts, read};

use crate::sentence;

/// The name under which a plan is read.
const FILE: &str = "ke-hoach.toml";

/// A plan is read and checked, or everything that is wrong is said with its place.
pub fn plan(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (read, parts, whole) = (read(FILE, text), check_parts(FILE, text), check(FILE, text));
    for errors in [&read, &parts, &whole]
        .into_iter()
        .filter_map(|told| told.as_ref().err())
    {
        told(errors, text);
    }
    if let Ok(parts) = &parts {
        assert_eq!(read.as_ref(), Ok(parts), "what passes the check can be read");
    }
    if let Ok(whole) = &whole {
        assert_eq!(parts.as_ref(), Ok(whole), "a plan passes as a part of one");
    }
    for record in read.iter().flat_map(|data| &data.records) {
        let line = record.proposal.to_line();
        assert_eq!(
            Proposal::from_line(&line).as_ref(),
            Ok(&record.proposal),
            "a clerk can propose the same"
        );
        assert!(
            record.proposal.key.is_none() && record.proposal.by.is_none() && record.proposal.at.is_none()
        );
        assert!(!record.source.trim().is_empty());
    }
}

fn told(errors: &[ReadError], text: &str) {
    assert!(!errors.is_empty(), "refused for nothing");
    assert!(errors.len() <= 500);
    let lines: Vec<&str> = text.split('\n').collect();
    let mut before = (0, 0);
    for error in errors {
        sentence::check(error, text.as_bytes());
        assert_eq!(error.file, FILE);
        assert!((1..=lines.len()).contains(&error.line), "line {}", error.line);
        let line = lines[error.line - 1];
        assert!(
            (1..=line.chars().count() + 1).contains(&error.column),
            "column {}",
            error.column
        );
        assert!(before <= (error.line, error.column), "in the order of the text");
        before = (error.line, error.column);
    }
}
