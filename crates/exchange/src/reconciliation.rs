//! The sums at the end of an import, which must agree to the đồng.

use serde::{Serialize, Serializer};
use thiserror::Error;

/// A number of lines and what they add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// Their sum in đồng.
    #[serde(serialize_with = "as_text")]
    pub sum_vnd: u128,
}

impl Tally {
    /// Counts one more line.
    ///
    /// # Errors
    ///
    /// The sum or the count does not fit.
    pub fn add(&mut self, amount_vnd: u64) -> Result<(), OutOfRange> {
        self.count = self.count.checked_add(1).ok_or(OutOfRange)?;
        self.sum_vnd = self
            .sum_vnd
            .checked_add(u128::from(amount_vnd))
            .ok_or(OutOfRange)?;
        Ok(())
    }

    /// Both together.
    ///
    /// # Errors
    ///
    /// The sum or the count does not fit.
    pub fn plus(self, other: Tally) -> Result<Tally, OutOfRange> {
        Ok(Tally {
            count: self.count.checked_add(other.count).ok_or(OutOfRange)?,
            sum_vnd: self.sum_vnd.checked_add(other.sum_vnd).ok_or(OutOfRange)?,
        })
    }
}

/// A sum that cannot be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the sum is out of range")]
pub struct OutOfRange;

/// What became of each line of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Reconciliation {
    /// Lines behind the header with anything on them.
    pub lines: u64,
    /// Money in.
    pub credits: Tally,
    /// Money out; listed, never imported.
    pub debits: Tally,
    /// Credits that became receipts in this run.
    pub imported: Tally,
    /// Credits that were receipts before.
    pub already_there: Tally,
    /// Credits that the ledger refused.
    pub refused: Tally,
    /// Lines that were not understood; listed, never imported.
    pub not_understood: u64,
}

impl Reconciliation {
    /// Checks that every line is accounted for and that the sums agree.
    ///
    /// # Errors
    ///
    /// The first two figures that do not agree.
    pub fn balances(&self) -> Result<(), Imbalance> {
        let out_of_range = |_| Imbalance::OutOfRange;
        let accounted = self
            .imported
            .plus(self.already_there)
            .and_then(|sum| sum.plus(self.refused));
        let accounted = accounted.map_err(out_of_range)?;
        let lines =
            u128::from(self.credits.count) + u128::from(self.debits.count) + u128::from(self.not_understood);
        if lines != u128::from(self.lines) {
            return Err(Imbalance::Lines {
                lines: self.lines,
                accounted: lines,
            });
        }
        if accounted.count != self.credits.count {
            return Err(Imbalance::Credits {
                credits: self.credits.count,
                accounted: accounted.count,
            });
        }
        if accounted.sum_vnd != self.credits.sum_vnd {
            return Err(Imbalance::Sum {
                credits_vnd: self.credits.sum_vnd,
                accounted_vnd: accounted.sum_vnd,
            });
        }
        Ok(())
    }
}

/// Two figures of a reconciliation that should be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Imbalance {
    /// Lines against credits, debits and lines not understood.
    #[error("the file has {lines} lines, but {accounted} are accounted for")]
    Lines {
        /// In the file.
        lines: u64,
        /// Credits, debits and lines not understood.
        accounted: u128,
    },
    /// Credits against what became of them, counted.
    #[error("the file has {credits} credits, but {accounted} are imported, there before or refused")]
    Credits {
        /// In the file.
        credits: u64,
        /// Imported, there before and refused.
        accounted: u64,
    },
    /// Credits against what became of them, in đồng.
    #[error(
        "the credits are {credits_vnd} đồng, but {accounted_vnd} đồng are imported, there before or refused"
    )]
    Sum {
        /// In the file.
        credits_vnd: u128,
        /// Imported, there before and refused.
        accounted_vnd: u128,
    },
    /// A sum that cannot be held.
    #[error("a sum is out of range")]
    OutOfRange,
}

/// Quantities are text in every JSON answer: a reader with floats would round them.
fn as_text<S: Serializer>(sum: &u128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_agree_or_the_first_disagreement_is_named() {
        let tally = |count, sum_vnd| Tally { count, sum_vnd };
        let good = Reconciliation {
            lines: 10,
            credits: tally(7, 700),
            debits: tally(1, 50),
            imported: tally(4, 400),
            already_there: tally(2, 250),
            refused: tally(1, 50),
            not_understood: 2,
        };
        assert_eq!(good.balances(), Ok(()));
        let check = |bad: Reconciliation, expected| assert_eq!(bad.balances(), Err(expected));
        check(
            Reconciliation { lines: 11, ..good },
            Imbalance::Lines {
                lines: 11,
                accounted: 10,
            },
        );
        check(
            Reconciliation {
                imported: tally(3, 400),
                ..good
            },
            Imbalance::Credits {
                credits: 7,
                accounted: 6,
            },
        );
        check(
            Reconciliation {
                imported: tally(4, 401),
                ..good
            },
            Imbalance::Sum {
                credits_vnd: 700,
                accounted_vnd: 701,
            },
        );
        check(
            Reconciliation {
                refused: tally(1, u128::MAX),
                ..good
            },
            Imbalance::OutOfRange,
        );
        let json = serde_json::to_string(&tally(1, u128::from(u64::MAX) + 1)).expect("JSON");
        assert_eq!(json, r#"{"count":1,"sum_vnd":"18446744073709551616"}"#);
    }
}
