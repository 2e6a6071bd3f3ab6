//! What the read models tell, beside the model's own arithmetic: balances, worth, and every gift's exact shares.

use std::collections::BTreeMap;
use std::sync::Arc;

use minhbach_events::{Code, Entry, Event, Hash, Reference, Slug};
use minhbach_ledger::Books;
use minhbach_projections::recorded::{Effects, Holding, Recorded, Undone};
use minhbach_projections::{BalancesFilter, Journal, Projections, Reached, ReceivedQuery, StatementFilter};
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
    received(&projections, entries, slow)?;
    statement(&projections, entries, slow)?;
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

/// What was delivered, net of returns, by item.
fn received(projections: &Projections, entries: &[(Arc<Entry>, Effects)], slow: &Slow) -> Result<(), String> {
    let mut counted: BTreeMap<String, [u128; 6]> = BTreeMap::new();
    for (at, delivery) in slow
        .deliveries
        .iter()
        .enumerate()
        .filter(|(_, d)| slow.stands(d.seq))
    {
        let kept = slow.not_returned(at);
        let net: u128 = kept.iter().map(|(from, to)| to - from).sum();
        if net == 0 {
            continue;
        }
        // The pieces as handed over, less what came back, by where they are in the delivery.
        let mut worths = Vec::new();
        let mut begins = 0;
        for (stock, pieces) in slow.used(at) {
            for (from, to) in pieces {
                let here = kept
                    .iter()
                    .map(|&(f, t)| (f.max(begins), t.min(begins + (to - from))));
                for (f, t) in here.filter(|(f, t)| f < t) {
                    let piece = (from + (f - begins), from + (t - begins));
                    worths.push(slow.stocks[stock].worth(&[piece]));
                }
                begins += to - from;
            }
        }
        let (value, whole) = match crate::stock::total(worths.into_iter()) {
            Worth::Known(dong) => (dong, true),
            Worth::Partly(dong) => (dong, false),
            Worth::Unknown => (0, false),
        };
        let answers = slow
            .answers
            .iter()
            .filter(|a| a.delivery == at && slow.stands(a.seq));
        let accepted = match answers
            .max_by_key(|a| a.seq)
            .map(|a| &entries[a.seq as usize].0.event)
        {
            Some(Event::DeliveryConfirmed(e)) => e.accepted.0.min(net),
            Some(Event::DeliveryResolved(e)) => e.accepted.0.min(net),
            _ => 0,
        };
        let Event::DeliveryMade(made) = &entries[delivery.seq as usize].0.event else {
            return Err(format!("{} is no delivery", delivery.code));
        };
        let item = slow.allocations[delivery.allocation].item.clone();
        let sums = counted.entry(item).or_default();
        let one = [
            net,
            accepted,
            1,
            made.children.get().into(),
            value,
            u128::from(!whole),
        ];
        sums.iter_mut().zip(one).for_each(|(sum, one)| *sum += one);
    }
    let table = projections
        .received(&ReceivedQuery::default(), None)
        .map_err(|error| error.to_string())?;
    // By default rows are told apart by place, category and item; here items are added up.
    let mut told: BTreeMap<String, [u128; 6]> = BTreeMap::new();
    for row in &table.rows {
        let item = row.item.to_string();
        let sums = told.entry(item).or_default();
        let one = [
            row.delivered.0,
            row.confirmed.0,
            row.deliveries.into(),
            row.child_deliveries.into(),
            row.value_vnd.0,
            row.unvalued.into(),
        ];
        sums.iter_mut().zip(one).for_each(|(sum, one)| *sum += one);
    }
    if told == counted {
        Ok(())
    } else {
        Err(format!("received tells {told:?}, counted {counted:?}"))
    }
}

/// A line of the statement: the fund, the pool or nothing, the item, the day.
type Day = (String, String, String, String);

/// What came in and went out, day by day.
fn statement(
    projections: &Projections,
    entries: &[(Arc<Entry>, Effects)],
    slow: &Slow,
) -> Result<(), String> {
    let day_of = |seq: u64| match &entries[seq as usize].0.event {
        Event::ReceiptIssued(e) => e.received_on,
        Event::PurchaseMade(e) => e.purchased_on,
        Event::CustodyTransferred(e) => e.transferred_on,
        Event::DeliveryReturned(e) => e.returned_on,
        Event::DeliveryMade(e) => e.delivered_on,
        Event::RefundPaid(e) => e.paid_on,
        Event::ExpensePaid(e) => e.paid_on,
        Event::StockWrittenOff(e) => e.written_off_on,
        Event::GoodsInspected(e) => e.inspected_on,
        other => panic!("{} moves nothing in or out", other.type_name()),
    };
    let mut counted: BTreeMap<Day, (u128, u128)> = BTreeMap::new();
    for (at, stock) in slow.stocks.iter().enumerate().filter(|(_, stock)| !stock.gone) {
        let pool = if stock.pool {
            stock.name.clone()
        } else {
            String::new()
        };
        let key = |seq: u64| -> Day {
            let day = day_of(seq).to_string();
            (stock.fund.clone(), pool.clone(), stock.item.clone(), day)
        };
        let mut from_receipt = false;
        for receipt in slow
            .receipts
            .iter()
            .filter(|r| r.stock == at && slow.stands(r.seq))
        {
            counted.entry(key(receipt.seq)).or_default().0 += receipt.to - receipt.from;
            from_receipt = true;
        }
        if !stock.pool && !from_receipt {
            counted.entry(key(stock.id.seq())).or_default().0 += stock.end();
        }
        for segment in &stock.segments {
            let seq = match segment.holder {
                Holding::Delivered(seq)
                | Holding::Spent(seq)
                | Holding::Transferred(seq)
                | Holding::Refunded(seq)
                | Holding::WrittenOff(seq)
                | Holding::Expensed(seq) => seq,
                Holding::Available | Holding::Allocated(_) | Holding::Withdrawn => continue,
            };
            counted.entry(key(seq)).or_default().1 += segment.to - segment.from;
        }
    }
    let mut told: BTreeMap<Day, (u128, u128)> = BTreeMap::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = projections
            .statement(&StatementFilter::default(), cursor.as_deref())
            .map_err(|error| error.to_string())?;
        for row in page.rows {
            let pool = row.pool.map_or(String::new(), |pool| pool.to_string());
            let key = (
                row.fund.to_string(),
                pool,
                row.item.to_string(),
                row.day.to_string(),
            );
            told.insert(key, (row.into.0, row.out.0));
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    if told == counted {
        return Ok(());
    }
    let differs = |(day, sums): &(&Day, &(u128, u128))| counted.get(*day) != Some(*sums);
    let first = told.iter().find(differs);
    Err(format!("the statement tells {first:?}, counted {counted:?}"))
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
