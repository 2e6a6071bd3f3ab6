//! What is run: a name, a function, and the words of its format.

use crate::TARGETS;

/// Something that reads bytes from outside, and what must hold of it.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, which is also that of its folder among what is kept.
    pub name: &'static str,
    /// Panics where something does not hold.
    pub check: fn(&[u8]),
    /// The words of its format.
    pub dictionary: Dictionary,
    /// How often the short run calls it: less often where a call writes files.
    pub executions: u64,
}

/// The words of a format, in the form that libFuzzer reads: one a line, in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dictionary {
    /// The file in `dictionaries/`.
    pub file: &'static str,
    /// What it holds.
    pub text: &'static str,
}

impl Dictionary {
    /// The words. What cannot be read as one is left out; a test finds it.
    pub fn words(&self) -> Vec<Vec<u8>> {
        let lines = self.text.lines().map(str::trim);
        lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .filter_map(word)
            .collect()
    }
}

/// Reads `"\xe2\x80\x94 "`: quotes around it, and `\\`, `\"` and `\xNN` in it.
pub fn word(line: &str) -> Option<Vec<u8>> {
    let mut rest = line.strip_prefix('"')?.strip_suffix('"')?.as_bytes();
    let mut word = Vec::new();
    while let Some((first, after)) = rest.split_first() {
        (word, rest) = match (first, after) {
            (b'\\', [byte @ (b'\\' | b'"'), after @ ..]) => ([&word[..], &[*byte]].concat(), after),
            (b'\\', [b'x', high, low, after @ ..]) => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).ok()?;
                (
                    [&word[..], &[u8::from_str_radix(digits, 16).ok()?]].concat(),
                    after,
                )
            }
            (b'\\' | b'"', _) => return None,
            _ => ([&word[..], &[*first]].concat(), after),
        };
    }
    (!word.is_empty()).then_some(word)
}

/// The target of that name.
pub fn find(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_libfuzzer_reads_them() {
        assert_eq!(word(r#""a\x0a\\\"b""#).as_deref(), Some(&b"a\n\\\"b"[..]));
        for bad in [
            "",
            "a",
            "\"",
            "\"\"",
            r#""a"b""#,
            r#""\n""#,
            r#""\xg0""#,
            r#""\x0""#,
        ] {
            assert_eq!(word(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_line_of_a_dictionary_is_a_word() {
        for Target { name, dictionary, .. } in TARGETS {
            let lines = dictionary.text.lines().map(str::trim);
            let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
            assert_eq!(dictionary.words().len(), lines.count(), "{name}");
            assert!(!dictionary.words().is_empty(), "{name}");
        }
    }

    #[test]
    fn names_stand_for_one_target_each() {
        for (nth, target) in TARGETS.iter().enumerate() {
            let found = TARGETS.iter().position(|other| other.name == target.name);
            assert_eq!(found, Some(nth), "{}", target.name);
        }
    }
}
