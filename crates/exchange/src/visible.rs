//! Characters that would move a cursor, change colours or turn the reading direction, shown instead of obeyed.
//!
//! Names, reasons and arguments come from others. What people read on a terminal must be what they hold.

use std::fmt::Write as _;

/// A text on one line, with what a terminal would obey as `\u{…}`.
pub fn visible(text: &str) -> String {
    escaped(text, is_obeyed)
}

/// As [`visible`], and newlines, which are ours, stay.
pub fn visible_lines(text: &str) -> String {
    escaped(text, |c| c != '\n' && is_obeyed(c))
}

fn escaped(text: &str, hides: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if hides(c) {
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Control characters (C0, DEL, C1), marks of direction, and separators of lines and paragraphs.
fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}')
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        let name = "Quỹ\u{1b}[31m\u{7f}\u{9b}\u{61c}\u{200e}\u{200f}\u{202a}\u{202e}\u{2066}\u{2069}\u{2028}\u{2029}\nA";
        let expected = "Quỹ\\u{1b}[31m\\u{7f}\\u{9b}\\u{61c}\\u{200e}\\u{200f}\\u{202a}\\u{202e}\\u{2066}\\u{2069}\
                        \\u{2028}\\u{2029}";
        assert_eq!(visible(name), format!("{expected}\\u{{a}}A"));
        assert_eq!(visible_lines(name), format!("{expected}\nA"));
        // The no-break space between a number and its unit is no control.
        assert_eq!(visible("Quỹ vì trẻ em 1\u{a0}₫"), "Quỹ vì trẻ em 1\u{a0}₫");
    }
}
