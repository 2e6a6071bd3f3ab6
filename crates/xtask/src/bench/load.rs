//! The entries that every contender writes: receipts in a pool, as a bank statement brings them.

use std::io::Write as _;

use minhbach_events::event::{Event, ReceiptIssued};
use minhbach_events::words::{Channel, Display, Source};
use minhbach_events::{
    Actor, Code, Date, Entry, EntryError, Hash, Item, Key, NewCode, Prefix, Proposal, Quantity, Serial, Slug,
    Timestamp,
};

/// 2024-09-09T00:00:00Z, in milliseconds: the statement's own month.
const BEGIN_MILLIS: i64 = 1_725_840_000_000;

/// Entries without their place in a chain, which whoever writes them gives.
pub struct Load {
    /// What follows `prev` in each entry's bytes.
    tails: Vec<Box<[u8]>>,
}

/// A place in a chain: the next entry's seq, and the hash of the one before.
#[derive(Clone, Copy)]
pub struct Chain {
    /// The next entry's seq.
    pub seq: u64,
    /// The hash of the entry before.
    pub prev: Hash,
}

impl Load {
    /// So many entries, the same ones every time.
    pub fn of(entries: usize) -> Load {
        let mut tails = Vec::with_capacity(entries);
        let mut number = 0;
        while tails.len() < entries {
            if let Some(receipt) = receipt(number, tails.len() as u64) {
                tails.push(tail(receipt, tails.len() as u64));
            }
            number += 1;
        }
        Load { tails }
    }

    /// The `nth` entry as somebody would propose it: without the serial number, which the ledger gives.
    pub fn proposal(&self, nth: usize) -> Result<Proposal, EntryError> {
        let mut bytes = Vec::new();
        Chain::begin().write_next(self, nth, &mut bytes);
        let Entry { key, mut event, .. } = Entry::read(&bytes)?;
        if let Event::ReceiptIssued(receipt) = &mut event {
            receipt.serial = Serial::default();
        }
        Ok(Proposal {
            event,
            key,
            by: None,
            at: None,
        })
    }

    /// The mean size of an entry, in bytes.
    pub fn entry_bytes_mean(&self) -> usize {
        let mut chain = Chain::begin();
        let mut out = Vec::new();
        let sample = self.tails.len().min(1_000);
        for nth in 0..sample {
            chain.write_next(self, nth, &mut out);
        }
        out.len() / sample.max(1)
    }
}

impl Chain {
    /// Before the first entry.
    pub fn begin() -> Chain {
        Chain {
            seq: 0,
            prev: Hash::ZERO,
        }
    }

    /// Appends the bytes of the `nth` entry of the load, placed here, and returns their hash.
    pub fn write_next(&mut self, load: &Load, nth: usize, out: &mut Vec<u8>) -> Hash {
        let begin = out.len();
        write!(out, "{{\"seq\":{},\"prev\":\"", self.seq).expect("writing to a Vec cannot fail");
        out.extend_from_slice(&self.prev.to_hex());
        out.push(b'"');
        out.extend_from_slice(&load.tails[nth]);
        let hash = Hash::of(&out[begin..]);
        *self = Chain {
            seq: self.seq + 1,
            prev: hash,
        };
        hash
    }
}

/// The `nth` receipt, with a code made of the `number`; one number in nine makes none.
fn receipt(number: u64, nth: u64) -> Option<ReceiptIssued> {
    const ODD: u64 = 0x9e_3779_b97f;
    let code = Code::made(Prefix::Receipt, number.wrapping_mul(ODD) & ((1 << 40) - 1))?;
    let fund = Slug::new("quy-588")?;
    Some(ReceiptIssued {
        receipt: NewCode(Some(code)),
        serial: Serial::new(&fund, 2024, nth + 1),
        donation: None,
        donor: None,
        pool: Slug::new("cuu-tro"),
        source: Source::SocialDomestic,
        item: Item::new("VND")?,
        quantity: Quantity::from_whole(10_000 * (1 + nth % 97))?,
        received_on: Date::new(2024, 9, 9)?,
        campaign: None,
        restriction: None,
        display: Display::Anonymous,
        channel: Channel::Bank,
        value_vnd: None,
        value_basis: None,
        expires_on: None,
        commitment: Some(Hash::of(&nth.to_be_bytes())),
        despite: None,
        reason: None,
        fund,
    })
}

/// Everything of its entry after `prev`.
fn tail(receipt: ReceiptIssued, nth: u64) -> Box<[u8]> {
    let entry = entry(receipt, nth);
    let before = format!("{{\"seq\":0,\"prev\":\"{}\"", Hash::ZERO);
    entry.to_bytes()[before.len()..].into()
}

fn entry(receipt: ReceiptIssued, nth: u64) -> Entry {
    let digits = Hash::of(&[&b"key"[..], &nth.to_be_bytes()].concat()).to_string();
    let millis = BEGIN_MILLIS + i64::try_from(nth).unwrap_or(i64::MAX - BEGIN_MILLIS);
    Entry {
        seq: 0,
        prev: Hash::ZERO,
        at: Timestamp::from_millis(millis).expect("a moment of this era"),
        by: Actor::new("local").expect("an actor's code"),
        key: Key::new(&format!("stmt-{}", &digits[..32])),
        event: Event::ReceiptIssued(receipt),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_a_chain_of_true_entries() {
        let load = Load::of(200);
        let mut chain = Chain::begin();
        let mut before = Hash::ZERO;
        let mut codes = std::collections::BTreeSet::new();
        for nth in 0..200 {
            let mut bytes = Vec::new();
            let hash = chain.write_next(&load, nth, &mut bytes);
            let entry = Entry::from_bytes(&bytes).expect("canonical bytes");
            assert_eq!(
                (entry.seq, entry.prev, hash),
                (nth as u64, before, Hash::of(&bytes))
            );
            let Event::ReceiptIssued(receipt) = entry.event else {
                panic!("another type")
            };
            assert!(
                codes.insert(receipt.receipt.get().to_string()),
                "a code came twice"
            );
            before = hash;
        }
    }

    #[test]
    fn an_entry_has_the_size_of_a_pooled_receipt() {
        assert!((380..=560).contains(&Load::of(1_000).entry_bytes_mean()));
    }
}
