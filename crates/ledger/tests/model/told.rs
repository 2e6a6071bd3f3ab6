//! What the read models tell, beside the model's own arithmetic: balances, worth, and every gift's exact shares.

use std::collections::BTreeMap;
use std::sync::Arc;

use minhbach_events::{Code, Entry, Hash, Reference, Slug};
use minhbach_ledger::Books;
use minhbach_projections::recorded::{Effects, Holding, Recorded, Undone};
use minhbach_projections::{BalancesFilter, Journal, Projections, Reached};
use num_rational::BigRational;

use crate::effect::Worth;
use crate::shares::{Shares, ratio};
use crate::slow::Slow;

/// The entries, for the read models that look back into them.
struct Looking<'a> {
    entries: &'a [(Arc<Entry>, Effects)],
    books: &'a Books,
}

impl Journal for Looking<'_> {
    fn entry(&self, seq: u64) -> Result<Option<Arc<Entry>>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(self.entries.get(seq as usize).map(|(entry, _)| entry.clone()))
    }
    fn seq_of_code(&self, code: &Code) -> Option<u64> {
        self.books.seq_of_code(code)
    }
    fn seq_of_pool(&self, pool: &Slug) -> Option<u64> {
        self.books.seq_of_pool(pool)
    }
    fn is_reversed(&self, seq: u64) -> Option<u64> {
        self.books.reversed_by(seq)
    }
}

/// Reads all entries into read models in memory and compares what they tell.
pub fn check(entries: &[(Arc<Entry>, Effects)], books: &Books, slow: &Slow) -> Result<(), String> {
    let mut projections = Projections::in_memory();
    for (entry, effects) in entries {
        let undone = slow.entries[entry.seq as usize].reverses.map(|seq| Undone {
            entry: entries[seq as usize].0.clone(),
            about: effects.about,
        });
        let hash = Hash::of(&entry.to_bytes());
        let recorded = Recorded {
            entry: entry.clone(),
            hash,
            effects: effects.clone(),
            undone,
        };
        projections
            .apply(&recorded)
            .map_err(|error| format!("{entry:?}: {error}"))?;
    }
    balances(&projections, slow)?;
    worth(&projections, slow)?;
    shares(&projections, &Looking { entries, books }, slow)
}

fn balances(projections: &Projections, slow: &Slow) -> Result<(), String> {
    let mut told = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = projections
            .balances(&BalancesFilter::default(), cursor.as_deref())
            .map_err(|error| error.to_string())?;
        for row in page.rows {
            let t = row.totals;
            let totals = [
                t.received,
                t.available,
                t.allocated,
                t.delivered,
                t.spent,
                t.transferred,
                t.refunded,
                t.written_off,
                t.expensed,
            ];
            told.push((row.lot.as_str().to_owned(), totals.map(|amount| amount.0)));
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let mut counted = Vec::new();
    for stock in slow.stocks.iter().filter(|stock| !stock.gone) {
        let mut totals = [0; 9];
        for segment in &stock.segments {
            let bucket = match segment.holder {
                Holding::Available => 1,
                Holding::Allocated(_) => 2,
                Holding::Delivered(_) => 3,
                Holding::Spent(_) => 4,
                Holding::Transferred(_) => 5,
                Holding::Refunded(_) => 6,
                Holding::WrittenOff(_) => 7,
                Holding::Expensed(_) => 8,
                Holding::Withdrawn => continue,
            };
            totals[bucket] += segment.to - segment.from;
            totals[0] += segment.to - segment.from;
        }
        counted.push((stock.name.clone(), totals));
    }
    told.sort();
    counted.sort();
    match told.iter().zip(&counted).find(|(told, counted)| told != counted) {
        Some((told, counted)) => Err(format!("balances tell {told:?}, counted are {counted:?}")),
        None if told.len() != counted.len() => Err(format!("{} balances, not {}", told.len(), counted.len())),
        None => Ok(()),
    }
}

/// What each held piece is worth.
fn worth(projections: &Projections, slow: &Slow) -> Result<(), String> {
    for stock in slow.stocks.iter().filter(|stock| !stock.gone) {
        for segment in &stock.segments {
            let piece = (segment.from, segment.to);
            let told = projections
                .value_of(stock.id, piece.0, piece.1)
                .map_err(|error| error.to_string())?;
            let told = told.map(|worth| (worth.dong, worth.whole));
            let counted = match stock.worth(&[piece]) {
                Worth::Known(dong) => (dong, true),
                Worth::Partly(dong) => (dong, false),
                Worth::Unknown => (0, false),
            };
            if told != Some(counted) {
                return Err(format!(
                    "{} {piece:?} is told to be worth {told:?}, counted {counted:?}",
                    stock.name
                ));
            }
        }
    }
    Ok(())
}

/// Every gift reaches the deliveries it reaches, with its exact part.
fn shares(projections: &Projections, journal: &Looking, slow: &Slow) -> Result<(), String> {
    let shares = Shares::of(slow);
    let mut counted: BTreeMap<(u64, String), (u128, BigRational)> = BTreeMap::new();
    for (at, delivery) in slow
        .deliveries
        .iter()
        .enumerate()
        .filter(|(_, d)| slow.stands(d.seq))
    {
        for (stock, pieces) in slow.used(at) {
            for piece in pieces {
                for (receipt, amount) in shares.amounts(slow, stock, piece) {
                    let net = delivery.quantity - slow.returned_quantity(at);
                    // What came back altogether reached nobody.
                    if net == 0 {
                        continue;
                    }
                    let part = amount / ratio(delivery.quantity, 1);
                    let entry = counted.entry((receipt, delivery.code.clone()));
                    entry.or_insert_with(|| (net, ratio(0, 1))).1 += part;
                }
            }
        }
    }
    for receipt in slow.receipts.iter().filter(|receipt| slow.stands(receipt.seq)) {
        let name = Reference::new(&receipt.code).expect("a code");
        let mut reached: Vec<Reached> = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let page = projections
                .trail(&name, journal, cursor.as_deref())
                .map_err(|error| format!("{}: {error}", receipt.code))?;
            reached.extend(page.reached);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        let mut told: Vec<(String, u128, String)> = reached
            .iter()
            .map(|r| (r.delivery.as_str().to_owned(), r.delivered.0, r.share.clone()))
            .collect();
        told.sort();
        let mine: Vec<(String, u128, String)> = counted
            .range((receipt.seq, String::new())..(receipt.seq + 1, String::new()))
            .map(|((_, delivery), (net, part))| {
                (
                    delivery.clone(),
                    *net,
                    format!("{}/{}", part.numer(), part.denom()),
                )
            })
            .collect();
        if told != mine {
            return Err(format!(
                "{} is told to reach {told:?}, counted {mine:?}",
                receipt.code
            ));
        }
    }
    Ok(())
}
