//! Every code and every key ever used, in a few bytes each.

use std::collections::HashMap;

use minhbach_events::{Code, Key};

use crate::growing::{Growing, Hashing};
use crate::sharing::Shared;

/// What an entry recorded: a kind of record and its place among its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// An entry that nothing has to be remembered of but that it is there.
    Other,
    Donation(u32),
    /// By the stock that it is in.
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

/// What a code was given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coded {
    /// To what the entry with this seq recorded.
    Entry(u32),
    /// To one of the lots that an entry opened beside its own matter, as an index of `stocks`.
    Lot(u32),
}

/// Marks a lot among seqs: a journal of 2^31 entries would hold a terabyte.
const LOT: u32 = 1 << 31;

impl Coded {
    fn pack(self) -> Option<u32> {
        match self {
            Coded::Entry(seq) => (seq < LOT).then_some(seq),
            Coded::Lot(stock) => (stock < LOT).then_some(stock | LOT),
        }
    }
    fn unpack(packed: u32) -> Coded {
        match packed & LOT {
            0 => Coded::Entry(packed),
            _ => Coded::Lot(packed & !LOT),
        }
    }
}

/// Codes of at most 12 characters as exact numbers, longer ones as text.
///
/// The alphabet has 37 characters; with an end mark, 12 of them fit in 64 bits (38^12 < 2^64). So nothing has to
/// be looked up in the journal to be sure, and a code the ledger makes costs 12 bytes of table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Codes {
    pub(crate) hashing: Hashing,
    /// The number in two halves, so that an element takes 12 bytes and not 16; then what it was given to.
    pub(crate) short: Growing<[u32; 3]>,
    pub(crate) long: Shared<HashMap<Code, u32>>,
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

/// The number that an element of the table is of.
fn number_of(element: &[u32; 3]) -> u64 {
    u64::from(element[0]) << 32 | u64::from(element[1])
}

impl Codes {
    pub fn get(&self, code: &Code) -> Option<Coded> {
        let packed = match number(code) {
            Some(number) => self.of_number(number),
            None => self.long.get(code).copied(),
        };
        packed.map(Coded::unpack)
    }

    fn of_number(&self, number: u64) -> Option<u32> {
        let mut found = self.short.with_hash(self.hashing.of(&number));
        found
            .find(|element| number_of(element) == number)
            .map(|element| element[2])
    }

    /// Adds a code; false if it was there, or if there is no room for what it was given to.
    pub fn insert(&mut self, code: &Code, coded: Coded) -> bool {
        let Some(packed) = coded.pack() else {
            return false;
        };
        match number(code) {
            Some(number) => {
                if self.of_number(number).is_some() {
                    return false;
                }
                let hash = self.hash();
                self.short
                    .insert([(number >> 32) as u32, number as u32, packed], hash);
                true
            }
            None if self.long.contains_key(code) => false,
            None => self.long.insert(code.clone(), packed).is_none(),
        }
    }

    /// The hash of an element of the table.
    pub(crate) fn hash(&self) -> impl Fn(&[u32; 3]) -> u64 + Copy + use<> {
        let hashing = self.hashing;
        move |element| hashing.of(&number_of(element))
    }
}

/// Every idempotency key, as 32 bits of a hash and the entry it stands in.
///
/// A hit is a candidate: the entry itself has the last word. Among 10 million keys one new key in 400 meets a candidate.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    pub(crate) hashing: Hashing,
    pub(crate) table: Growing<[u32; 2]>,
}

impl Keys {
    /// The entries that may carry the key.
    pub fn candidates(&self, key: &Key) -> impl Iterator<Item = u64> + '_ {
        let hash = self.hash_of_key(key);
        let found = self.table.with_hash(u64::from(hash));
        found
            .filter(move |element| element[0] == hash)
            .map(|element| u64::from(element[1]))
    }

    pub fn insert(&mut self, key: &Key, seq: u64) {
        let hash = self.hash_of_key(key);
        let seq = u32::try_from(seq).expect("a journal holds fewer than 2^32 entries");
        self.table.insert([hash, seq], Keys::hash_of);
    }

    fn hash_of_key(&self, key: &Key) -> u32 {
        self.hashing.of(key) as u32
    }

    /// The hash that an element holds. Its bits are enough to find a bucket: of 2^32 keys there are 2^26.
    pub(crate) fn hash_of(element: &[u32; 2]) -> u64 {
        u64::from(element[0])
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
            let coded = match index % 2 {
                0 => Coded::Entry(index as u32),
                _ => Coded::Lot(index as u32),
            };
            assert!(codes.insert(&code, coded));
            assert!(!codes.insert(&code, Coded::Entry(0)), "{name} twice");
            assert_eq!(codes.get(&code), Some(coded), "{name}");
        }
        for (index, name) in names.iter().enumerate() {
            let place = match codes.get(&Code::new(name).unwrap()) {
                Some(Coded::Entry(place) | Coded::Lot(place)) => place,
                None => panic!("{name} is not found again"),
            };
            assert_eq!(place, index as u32, "{name}");
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
            assert!(keys.candidates(&key(n)).any(|seq| seq == n));
        }
        // Of 10,000 keys that were never used some 0.02 have a hash that one of the 10,000 has.
        let met = (10_000..20_000).filter(|&n| keys.candidates(&key(n)).next().is_some());
        assert!(met.count() < 5);
    }

    #[test]
    fn what_has_no_room_is_refused() {
        let mut codes = Codes::default();
        let code = Code::new("RC-7K2Q9M4XX").unwrap();
        assert!(!codes.insert(&code, Coded::Entry(1 << 31)));
        assert!(!codes.insert(&code, Coded::Lot(1 << 31)));
        assert_eq!(codes.get(&code), None);
        assert!(codes.insert(&code, Coded::Entry((1 << 31) - 1)));
        assert_eq!(codes.get(&code), Some(Coded::Entry((1 << 31) - 1)));
    }
}
