//! A question about one cell of a row.

/// What is asked of a column's cell.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    pub column: usize,
    pub test: Test,
}

#[derive(Debug, Clone)]
pub(super) enum Test {
    /// One of these, letter for letter.
    Equals(Vec<String>),
    /// One of these patterns, where `*` stands for any text and `?` for one letter.
    Matches(Vec<String>),
    Empty(bool),
}

impl Condition {
    /// Whether it holds, `cell` giving the cell of a column.
    pub fn holds<'a>(&self, cell: impl Fn(usize) -> &'a str) -> bool {
        let cell = cell(self.column);
        match &self.test {
            Test::Equals(texts) => texts.iter().any(|text| text == cell),
            Test::Matches(patterns) => patterns.iter().any(|pattern| matches(pattern, cell)),
            Test::Empty(empty) => cell.is_empty() == *empty,
        }
    }
}

/// Whether a text is of a pattern. It takes at most pattern × text steps.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(c) if *c == '?' || *c == text[read] => {
                at += 1;
                read += 1;
            }
            _ => match star {
                // The star takes one letter more.
                Some((star_at, taken)) => {
                    star = Some((star_at, taken + 1));
                    at = star_at + 1;
                    read = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_texts() {
        for (pattern, text, expected) in [
            ("*/2021", "28/03/2021", true),
            ("*/2021", "28/03/2020", false),
            ("-*", "-500", true),
            ("-*", "500", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("Bát ?ã", "Bát xã", true),
            ("?", "", false),
            ("*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaa", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
