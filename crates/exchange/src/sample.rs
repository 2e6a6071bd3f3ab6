//! The maker of a test statement: no real gift, but the traps of a real one.
//!
//! The same size and seed make the same bytes. It holds quiet days and one very large day, document numbers that occur
//! twice, wholly identical lines far apart, one debit, a balance here and there, empty memos and CRLF line ends.

use std::collections::VecDeque;
use std::io::{self, Write};

/// A statement to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Lines behind the header.
    pub lines: u64,
    /// Another seed, another statement.
    pub seed: u64,
}

/// What the statement holds, counted while it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// Lines behind the header.
    pub lines: u64,
    /// Money in.
    pub credits: u64,
    /// Their sum in đồng.
    pub credits_vnd: u128,
    /// Money out: one, of 55,000 đồng, when there are ten lines or more.
    pub debits: u64,
    /// Their sum in đồng.
    pub debits_vnd: u128,
    /// Different pairs of date and document number.
    pub distinct_documents: u64,
    /// Groups of two wholly identical lines.
    pub identical_pairs: u64,
    /// Lines without a memo.
    pub empty_memos: u64,
    /// Lines of the large day, which is the last.
    pub large_day: u64,
}

const MEMOS: [&str; 10] = [
    "",
    "",
    "chuyen tien",
    "ung ho tre em vung cao",
    "ct ung ho dong bao",
    "ủng hộ bữa ăn học đường",
    "\"ao am, sach vo cho em\"",
    "gop gach xay truong",
    "\"chuong trinh \"\"ao am\"\"\"",
    "mua dong am ap",
];
const AMOUNTS: [&str; 8] = [
    "100.000",
    "200.000",
    "500.000",
    "50.000",
    "1.000.000",
    "20.000",
    "2.500.000",
    "10.000.000",
];

impl Sample {
    /// Writes the statement, and says what it holds.
    ///
    /// # Errors
    ///
    /// Whatever writing says.
    pub fn write(&self, out: &mut impl Write) -> io::Result<Facts> {
        let mut facts = Facts::default();
        let mut random = Random(self.seed);
        let quiet = self.lines / 25;
        let debit_at = if self.lines < 10 { u64::MAX } else { quiet / 2 };
        // The first of a pair waits here for its second, which comes after a tenth of the file.
        let mut waiting: VecDeque<(u64, Made)> = VecDeque::new();
        let pair_every = (self.lines / 50).clamp(8, 4_000);
        let mut last: Option<Made> = None;
        out.write_all(b"PageId,TNXDate,DocNo,Debit,Credit,Balance,TransactionDetails\r\n")?;
        for at in 0..self.lines {
            let day = if at < quiet { 1 + at * 9 / quiet } else { 10 };
            let large = day == 10;
            facts.large_day += u64::from(large);
            let draw = random.next();
            let repeat = waiting.front().is_some_and(|&(due, _)| due == at);
            let made = match (repeat, last.take()) {
                (true, _) => {
                    facts.identical_pairs += 1;
                    waiting.pop_front().map(|(_, made)| made).unwrap_or_default()
                }
                // The document number of the line before, with another amount: another gift.
                (_, Some(before)) if draw.is_multiple_of(28) && before.day == day => Made {
                    amount: AMOUNTS.len(),
                    ..before
                },
                _ => {
                    facts.distinct_documents += 1;
                    let made = Made {
                        day,
                        document: at,
                        amount: (draw >> 8) as usize % AMOUNTS.len(),
                        memo: (draw >> 16) as usize % MEMOS.len(),
                        debit: at == debit_at,
                    };
                    let second = at + self.lines / 10 + 1;
                    if large && at.is_multiple_of(pair_every) && second < self.lines {
                        waiting.push_back((second, made));
                    } else if !made.debit {
                        last = Some(made);
                    }
                    made
                }
            };
            let Made {
                document,
                memo,
                debit,
                ..
            } = made;
            // A number of four digits and one of five or six, as banks print them; at most 10^10 lines stay different.
            let document = format!("{:04}.{}", document % 10_000, 10_000 + document / 10_000);
            let (amount, vnd) = match (debit, AMOUNTS.get(made.amount)) {
                (true, _) => ("55.000", 55_000),
                (_, None) => ("123.000", 123_000),
                (_, Some(amount)) => {
                    let digits = amount.bytes().filter(u8::is_ascii_digit);
                    (
                        *amount,
                        digits.fold(0, |sum, digit| sum * 10 + u128::from(digit - b'0')),
                    )
                }
            };
            let balance = if at % 1_000 == 500 { "19.620.261.427" } else { "" };
            let (out_of, into) = if debit { (amount, "") } else { ("", amount) };
            let page = at / 17 + 1;
            write!(
                out,
                "{page},{:02}/09/2024,{document},{out_of},{into},{balance},{}\r\n",
                made.day, MEMOS[memo]
            )?;
            facts.lines += 1;
            facts.empty_memos += u64::from(MEMOS[memo].is_empty());
            let (count, sum) = match debit {
                true => (&mut facts.debits, &mut facts.debits_vnd),
                false => (&mut facts.credits, &mut facts.credits_vnd),
            };
            *count += 1;
            *sum += vnd;
        }
        Ok(facts)
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Made {
    day: u64,
    document: u64,
    amount: usize,
    memo: usize,
    debit: bool,
}

/// SplitMix64: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn the_facts_are_those_another_reader_counts() {
        for (lines, seed) in [(1, 1), (9, 1), (40, 2), (1_000, 3), (20_000, 4)] {
            let mut bytes = Vec::new();
            let facts = Sample { lines, seed }.write(&mut bytes).expect("written");
            let mut again = Vec::new();
            Sample { lines, seed }.write(&mut again).expect("written");
            assert!(bytes == again);
            let mut groups: HashMap<Vec<String>, u64> = HashMap::new();
            let mut documents: HashMap<(String, String), u64> = HashMap::new();
            let mut counted = Facts::default();
            for record in csv::Reader::from_reader(&bytes[..]).records() {
                let record = record.expect("a record");
                let number = |column: usize| record[column].replace('.', "").parse::<u128>().unwrap_or(0);
                counted.lines += 1;
                counted.credits += u64::from(number(4) != 0);
                counted.credits_vnd += number(4);
                counted.debits += u64::from(number(3) != 0);
                counted.debits_vnd += number(3);
                counted.empty_memos += u64::from(record[6].is_empty());
                counted.large_day += u64::from(&record[1] == "10/09/2024");
                *documents.entry((record[1].into(), record[2].into())).or_default() += 1;
                let identity = [1, 2, 3, 4, 6]
                    .iter()
                    .map(|&column| record[column].to_owned())
                    .collect();
                *groups.entry(identity).or_default() += 1;
            }
            counted.distinct_documents = documents.len() as u64;
            counted.identical_pairs = groups.values().filter(|&&count| count == 2).count() as u64;
            assert!(groups.values().all(|&count| count < 3));
            assert_eq!(facts, counted, "{lines} lines");
            if 1_000 <= lines {
                assert!(
                    0 < facts.identical_pairs && facts.distinct_documents < lines - facts.identical_pairs
                );
                assert!(facts.debits == 1 && facts.debits_vnd == 55_000);
            }
        }
    }
}
