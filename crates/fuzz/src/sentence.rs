//! A refusal is one sentence: something a person can read, on one line, that does not go on for ever.

use std::fmt::Display;

/// The most characters of a sentence: what somebody sent is shortened in it.
pub const CHARS_MAX: usize = 1_000;
/// What a value looks like to whoever wrote the program, and to nobody else.
const NOISE: [&str; 8] = [
    "Some(",
    "Ok(",
    "Err(",
    "None,",
    "Error {",
    "Kind::",
    "\": \"",
    "Problem::",
];

/// Asserts that an error said of `input` is such a sentence, and gives it back.
///
/// # Panics
///
/// It is empty, too long, of several lines, would move a terminal's cursor, or is a debug print.
pub fn check(error: &impl Display, input: &[u8]) -> String {
    let said = error.to_string();
    assert!(!said.trim().is_empty(), "an error without a word");
    let length = said.chars().count();
    let start: String = said.chars().take(300).collect();
    assert!(length <= CHARS_MAX, "an error of {length} characters: {start:?}");
    assert!(
        !said.contains(char::is_control),
        "an error with a control character in it: {said:?}"
    );
    for noise in NOISE.iter().filter(|noise| said.contains(**noise)) {
        assert!(is_sent(noise, input), "an error for programmers: {said:?}");
    }
    said
}

/// Whether what somebody sent looks like that by itself: as it is, or as it is shown, without its control characters.
fn is_sent(noise: &str, input: &[u8]) -> bool {
    let shown = || {
        let text = String::from_utf8_lossy(input);
        let shown: String = text.chars().filter(|c| !c.is_control()).collect();
        shown.contains(noise)
    };
    input.windows(noise.len()).any(|part| part == noise.as_bytes()) || shown()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_taken() {
        let said = check(&"entry 7: expected a day like 2024-02-29, field “ngày”", b"");
        assert!(said.starts_with("entry 7"));
        check(&"there is no event Some(", b"type=Some(x)");
        check(&"column 1 is Err(d", b"Er\x06r(d,");
    }

    #[test]
    fn what_is_no_sentence_is_not() {
        let long = "x".repeat(CHARS_MAX + 1);
        for bad in [
            "",
            " ",
            &long,
            "a\nb",
            "a\u{1b}[2Jb",
            "a\u{9b}b",
            "Some(3)",
            "Error { line: 1 }",
        ] {
            assert!(std::panic::catch_unwind(|| check(&bad, b"")).is_err(), "{bad:?}");
        }
        // Something else was sent than what is said.
        for sent in [&b"Some"[..], b"Some\x06", b"Some (", b"Ok("] {
            assert!(std::panic::catch_unwind(|| check(&"there is no event Some(", sent)).is_err());
        }
    }
}
