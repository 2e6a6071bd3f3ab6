//! How many tests passed, over all test binaries.

use std::fmt;

/// Sums of what the test binaries printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Totals {
    /// Counts a line if it is the closing one of a test binary:
    /// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s`.
    pub fn see(&mut self, line: &str) {
        if !line.starts_with("test result: ") {
            return;
        }
        for part in line.split([';', '.']) {
            let mut words = part.split_whitespace();
            let (Some(count), Some(what)) = (words.next(), words.next()) else {
                continue;
            };
            let Ok(count) = count.parse::<u64>() else { continue };
            match what {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.ignored += count,
                _ => {}
            }
        }
    }

    /// Whether there was no test at all, which no run of this workspace means to happen.
    pub fn is_empty(&self) -> bool {
        self.passed + self.failed == 0
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Totals {
            passed,
            failed,
            ignored,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {ignored} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_the_closing_lines_and_nothing_else() {
        let mut totals = Totals::default();
        for line in [
            "running 5 tests",
            "test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured; 7 filtered out; finished in 1.25s",
            "test journal::says_7 passed ... ok",
            "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        ] {
            totals.see(line);
        }
        assert_eq!(
            totals,
            Totals {
                passed: 6,
                failed: 3,
                ignored: 1
            }
        );
        assert_eq!(totals.to_string(), "6 passed, 3 failed, 1 skipped");
    }

    #[test]
    fn no_test_is_no_success() {
        assert!(Totals::default().is_empty());
    }
}
