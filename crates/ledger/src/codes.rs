//! Every code and every key ever used, in a few bytes each.

use std::collections::HashMap;

use minhbach_events::{Code, Key};

use crate::growing::{Growing, Hashing};
use crate::sharing::Shared;

/// What a code or a seq stands for: a kind of record and its place among its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// An entry that nothing has to be remembered of but that it is there.
    Other,
    Donation(u32),
    Receipt(u32),
    Allocation(u32),
    Delivery(u32),
    Cancelling(u32),
    Release(u32),
    Answer(u32),
    /// A purchase, transfer, refund, loss, expense or inspection of goods.
    Outflow(u32),
    /// A lot that something else than a receipt opened.
    Lot(u32),
    Return(u32),
    Purpose(u32),
    Need(u32),
    Sponsorship(u32),
    Finding(u32),
    /// By its seq.
    Inspection(u32),
    /// Evidence or recognition, by its seq.
    Paper(u32),
}

/// Codes of at most 12 characters as exact numbers, longer ones as text.
///
/// The alphabet has 37 characters; with an end mark, 12 of them fit in 64 bits (38^12 < 2^64). So nothing has to
/// be looked up in the journal to be sure, and a code the ledger makes costs 16 bytes of table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Codes {
    pub(crate) hashing: Hashing,
    pub(crate) short: Growing<(u64, Record)>,
    pub(crate) long: Shared<HashMap<Code, Record>>,
}

fn number(code: &Code) -> Option<u64> {
    if code.as_str().len() > 12 {
        return None;
    }
    Some(code.as_str().bytes().fold(0, |number, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0' + 1,
            b'A'..=b'Z' => byte - b'A' + 11,
            _ => 37,
        };
        number * 38 + u64::from(digit)
    }))
}

impl Codes {
    pub fn get(&self, code: &Code) -> Option<Record> {
        match number(code) {
            Some(number) => self.of_number(number),
            None => self.long.get(code).copied(),
        }
    }

    fn of_number(&self, number: u64) -> Option<Record> {
        let mut found = self.short.with_hash(self.hashing.of(&number));
        found.find(|(n, _)| *n == number).map(|(_, record)| *record)
    }

    /// Adds a code; false if it was there.
    pub fn insert(&mut self, code: &Code, record: Record) -> bool {
        match number(code) {
            Some(number) => {
                if self.of_number(number).is_some() {
                    return false;
                }
                let hashing = self.hashing;
                self.short.insert((number, record), |(n, _)| hashing.of(n));
                true
            }
            None if self.long.contains_key(code) => false,
            None => self.long.insert(code.clone(), record).is_none(),
        }
    }
}

/// Every idempotency key, as 64 bits of a hash and the entry it stands in.
///
/// A hit is a candidate: the entry itself has the last word.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    pub(crate) hashing: Hashing,
    // Halves of 32 bits, so that an element takes 12 bytes and not 16.
    pub(crate) table: Growing<[u32; 3]>,
}

fn fold(hash: u64) -> (u32, u32) {
    ((hash >> 32) as u32, hash as u32)
}

impl Keys {
    /// The entries that may carry the key.
    pub fn candidates(&self, key: &Key) -> impl Iterator<Item = u64> + '_ {
        let hash = self.hashing.of(key);
        let (high, low) = fold(hash);
        let found = self.table.with_hash(hash);
        found
            .filter(move |e| e[0] == high && e[1] == low)
            .map(|e| u64::from(e[2]))
    }

    pub fn insert(&mut self, key: &Key, seq: u64) {
        let (high, low) = fold(self.hashing.of(key));
        let seq = u32::try_from(seq).expect("a journal holds fewer than 2^32 entries");
        self.table.insert([high, low, seq], Keys::hash_of);
    }

    /// The hash that an element holds.
    pub(crate) fn hash_of(element: &[u32; 3]) -> u64 {
        u64::from(element[0]) << 32 | u64::from(element[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_any_length_are_told_apart() {
        let mut codes = Codes::default();
        let names = [
            "AAA",
            "AAAA",
            "0AA",
            "A-A",
            "A--",
            "RC-7K2Q9M4XX",
            "RC-7K2Q9M4XXA",
            "999999999999",
            "ZZZZZZZZZZZZ",
        ];
        for (index, name) in names.iter().enumerate() {
            let code = Code::new(name).unwrap();
            assert_eq!(codes.get(&code), None, "{name}");
            assert!(codes.insert(&code, Record::Receipt(index as u32)));
            assert!(!codes.insert(&code, Record::Other), "{name} twice");
        }
        for (index, name) in names.iter().enumerate() {
            assert_eq!(
                codes.get(&Code::new(name).unwrap()),
                Some(Record::Receipt(index as u32)),
                "{name}"
            );
        }
    }

    #[test]
    fn keys_are_found_again() {
        let mut keys = Keys::default();
        let key = |n: u64| Key::new(&format!("stmt-{n}")).unwrap();
        for n in 0..10_000 {
            keys.insert(&key(n), n);
        }
        for n in 0..10_000 {
            assert_eq!(keys.candidates(&key(n)).collect::<Vec<_>>(), vec![n]);
        }
        assert_eq!(keys.candidates(&key(10_000)).next(), None);
    }
}
