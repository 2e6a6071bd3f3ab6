//! Trees on a terminal: lines under lines, wrapped between words.

use std::io::{self, Write};

/// A text and what hangs under it.
#[derive(Default)]
pub struct Branch {
    lines: Vec<String>,
    below: Vec<Branch>,
}

impl Branch {
    /// A branch with a first line.
    pub fn new(line: impl Into<String>) -> Branch {
        Branch {
            lines: vec![line.into()],
            below: Vec::new(),
        }
    }
    /// Adds a line to its text.
    pub fn line(mut self, line: impl Into<String>) -> Branch {
        self.lines.push(line.into());
        self
    }
    /// Hangs a branch under it.
    pub fn push(&mut self, branch: Branch) {
        self.below.push(branch);
    }

    /// Writes it, no line wider than `width` if words allow.
    pub fn write(&self, out: &mut impl Write, width: usize) -> io::Result<()> {
        self.write_under(out, width, "", "")
    }

    fn write_under(&self, out: &mut impl Write, width: usize, first: &str, rest: &str) -> io::Result<()> {
        let own_rest = if self.below.is_empty() {
            format!("{rest}  ")
        } else {
            format!("{rest}│ ")
        };
        // At the root lines stand at the margin.
        let own_rest = if rest.is_empty() && first.is_empty() {
            String::new()
        } else {
            own_rest
        };
        let mut begin = first;
        for line in &self.lines {
            for wrapped in wrap(
                line,
                width.saturating_sub(own_rest.chars().count().max(first.chars().count())),
            ) {
                writeln!(out, "{begin}{wrapped}")?;
                begin = &own_rest;
            }
        }
        for (at, branch) in self.below.iter().enumerate() {
            let last = at + 1 == self.below.len();
            let (first, below) = if last {
                ("└─ ", "   ")
            } else {
                ("├─ ", "│  ")
            };
            branch.write_under(out, width, &format!("{rest}{first}"), &format!("{rest}{below}"))?;
        }
        Ok(())
    }
}

/// Breaks a line between words; what a line begins with is kept under it.
pub fn wrap(line: &str, width: usize) -> Vec<String> {
    let indent: String = line.chars().take_while(|c| *c == ' ').collect();
    if seen(line) <= width {
        return vec![line.to_owned()];
    }
    let mut lines = Vec::new();
    let mut current = indent.clone();
    let mut empty = true;
    for word in line.trim_start().split(' ') {
        if !empty && width < seen(&current) + 1 + seen(word) {
            lines.push(std::mem::replace(&mut current, indent.clone()));
            empty = true;
        }
        if !empty {
            current.push(' ');
        }
        current.push_str(word);
        empty = false;
    }
    lines.push(current);
    lines
}

/// How many characters of a text are seen: those of a colour are not.
fn seen(text: &str) -> usize {
    let mut count = 0;
    let mut hidden = false;
    for c in text.chars() {
        match c {
            '\u{1b}' => hidden = true,
            'm' if hidden => hidden = false,
            _ if hidden => {}
            _ => count += 1,
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_hang_and_lines_wrap() {
        let mut root = Branch::new("gốc");
        let mut first = Branch::new("một hai ba bốn năm");
        first.push(Branch::new("lá"));
        root.push(first);
        root.push(Branch::new("cuối").line("thêm"));
        let mut out = Vec::new();
        root.write(&mut out, 14).expect("memory");
        let text = String::from_utf8(out).expect("UTF-8");
        assert_eq!(
            text,
            "gốc\n├─ một hai\n│  │ ba bốn\n│  │ năm\n│  └─ lá\n└─ cuối\n     thêm\n"
        );
    }

    #[test]
    fn colours_take_no_room() {
        assert_eq!(seen("\u{1b}[32mxong\u{1b}[0m"), 4);
        assert_eq!(wrap("\u{1b}[32mmột\u{1b}[0m hai", 7).len(), 1);
    }
}
