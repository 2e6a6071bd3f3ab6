//! What the output goes to: how wide it is, and whether colours and progress bars make sense.

use std::io::IsTerminal;

use minhbach_exchange::visible::visible_lines;

/// The width where there is no terminal to ask.
const WIDTH: usize = 80;
/// Narrower, no table can be read.
const WIDTH_MIN: usize = 40;

/// What the output goes to.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// In characters.
    pub width: usize,
    /// Whether to set off words by colour.
    pub colours: bool,
    /// Whether progress can be shown on standard error.
    pub progress: bool,
}

impl Terminal {
    /// Looks at standard output, standard error, `COLUMNS` and `NO_COLOR`.
    pub fn here() -> Terminal {
        let stdout = std::io::stdout().is_terminal();
        let asked = std::env::var("COLUMNS")
            .ok()
            .and_then(|columns| columns.parse::<usize>().ok());
        let own = || {
            if stdout {
                comfy_table::Table::new().width().map(usize::from)
            } else {
                None
            }
        };
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Terminal {
            width: asked.or_else(own).unwrap_or(WIDTH).max(WIDTH_MIN),
            colours: stdout && !no_colour,
            progress: std::io::stderr().is_terminal(),
        }
    }

    /// A heading, set off.
    pub fn strong(self, text: &str) -> String {
        self.painted(text, "1")
    }
    /// What is well.
    pub fn good(self, text: &str) -> String {
        self.painted(text, "32")
    }
    /// What waits for somebody.
    pub fn waiting(self, text: &str) -> String {
        self.painted(text, "33")
    }
    /// What is wrong.
    pub fn bad(self, text: &str) -> String {
        self.painted(text, "31")
    }
    /// What matters less.
    pub fn faint(self, text: &str) -> String {
        self.painted(text, "2")
    }

    /// The same on standard error, which may be a file where standard output is none.
    pub fn warning(self, text: &str) -> String {
        match self.progress {
            true => self.bad(text),
            false => visible_lines(text),
        }
    }

    /// Colours are the only control characters that reach a terminal: those of the text are shown.
    fn painted(self, text: &str, code: &str) -> String {
        let text = visible_lines(text);
        if self.colours {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_set_off_on_a_terminal_and_nothing_in_it_is_obeyed() {
        let terminal = |colours, progress| Terminal {
            width: WIDTH,
            colours,
            progress,
        };
        assert_eq!(terminal(true, true).warning("lost"), "\u{1b}[31mlost\u{1b}[0m");
        for to_a_file in [
            terminal(true, false),
            terminal(false, true),
            terminal(false, false),
        ] {
            assert_eq!(to_a_file.warning("lost"), "lost");
        }
        let forged = terminal(true, true).warning("\u{1b}[2Jlost");
        assert_eq!(forged.matches('\u{1b}').count(), 2, "{forged:?}");
    }
}
