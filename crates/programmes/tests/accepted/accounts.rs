//! A plain second count of what is where, from the accepted events alone.

use std::collections::BTreeMap;

use minhbach_events::{Event, NewCode};

/// What is where; quantities in thousandths.
#[derive(Default)]
pub struct Accounts {
    stocks: BTreeMap<String, Stock>,
    /// Reserved and not delivered: lots and quantities, in the order in which they were listed.
    allocations: BTreeMap<String, Vec<(String, u64)>>,
    /// The allocation of each delivery, and what it took of which draw.
    deliveries: BTreeMap<String, (String, Vec<(usize, u64)>)>,
    entries: Vec<Event>,
}

struct Stock {
    fund: String,
    item: String,
    received: u64,
    left: u64,
}

/// Of a fund and item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Total {
    pub received: u64,
    pub gone: u64,
    pub reserved: u64,
    pub left: u64,
}

impl Total {
    pub fn times(&self, times: u64) -> [u64; 4] {
        [self.received, self.gone, self.reserved, self.left].map(|sum| sum * times)
    }
}

fn name(code: &NewCode) -> String {
    code.get().to_string()
}

impl Accounts {
    /// What is left of each lot and pool.
    pub fn left(&self) -> impl Iterator<Item = (&str, u64)> {
        self.stocks
            .iter()
            .map(|(name, stock)| (name.as_str(), stock.left))
    }

    /// Sums by fund and item: what came in, what is gone, what is reserved, what is left.
    pub fn totals(&self) -> BTreeMap<(String, String), Total> {
        let mut totals: BTreeMap<(String, String), Total> = BTreeMap::new();
        for (name, stock) in &self.stocks {
            let total = totals
                .entry((stock.fund.clone(), stock.item.clone()))
                .or_default();
            let draws = self.allocations.values().flatten();
            let reserved: u64 = draws.filter(|(lot, _)| lot == name).map(|(_, open)| open).sum();
            total.received += stock.received;
            total.left += stock.left;
            total.reserved += reserved;
            total.gone += self.gone(name);
        }
        totals
    }

    /// Delivered, spent, moved, paid back, lost or used up, added up from the entries once more.
    fn gone(&self, stock: &str) -> u64 {
        let delivered = self.deliveries.values().flat_map(|(of, pieces)| {
            let draws = &self.allocations[of];
            pieces
                .iter()
                .map(|&(draw, units)| (draws[draw].0.as_str(), units))
        });
        let delivered: u64 = delivered
            .filter(|(lot, _)| *lot == stock)
            .map(|(_, units)| units)
            .sum();
        let taken = self.entries.iter().map(|event| match event {
            Event::PurchaseMade(e) => {
                let spends = e.spends.iter().filter(|spend| spend.lot.as_str() == stock);
                spends.map(|spend| spend.quantity.thousandths()).sum()
            }
            Event::CustodyTransferred(e) if e.lot.as_str() == stock => e.quantity.thousandths(),
            Event::ExpensePaid(e) if e.lot.as_str() == stock => e.quantity.thousandths(),
            Event::StockWrittenOff(e) if e.lot.as_str() == stock => e.quantity.thousandths(),
            Event::RefundPaid(e) if self.stock_of_receipt(e.lot.as_str()) == stock => {
                e.quantity.thousandths()
            }
            Event::GoodsInspected(e) if e.lot.as_str() == stock => e.rejected.0 as u64,
            _ => 0,
        });
        delivered + taken.sum::<u64>()
    }

    /// The pool that a receipt is in, or its own lot.
    fn stock_of_receipt<'a>(&'a self, receipt: &'a str) -> &'a str {
        let pool = self.entries.iter().find_map(|event| match event {
            Event::ReceiptIssued(e) if e.receipt.get().as_str() == receipt => e.pool.as_ref(),
            _ => None,
        });
        pool.map_or(receipt, |pool| pool.as_str())
    }

    fn open(&mut self, lot: String, fund: &str, item: &str, units: u64) {
        let stock = self.stocks.entry(lot).or_insert_with(|| Stock {
            fund: fund.to_owned(),
            item: item.to_owned(),
            received: 0,
            left: 0,
        });
        assert_eq!((stock.fund.as_str(), stock.item.as_str()), (fund, item));
        stock.received += units;
        stock.left += units;
    }

    fn draw(&mut self, lot: &str, units: u64) {
        let stock = self.stocks.get_mut(lot).expect("a lot or pool");
        stock.left = stock.left.checked_sub(units).expect("no more than there is");
    }

    fn give_back(&mut self, lot: &str, units: u64) {
        self.stocks.get_mut(lot).expect("a lot or pool").left += units;
    }

    pub fn take(&mut self, event: &Event) {
        match event {
            Event::PoolOpened(e) => self.open(e.pool.to_string(), e.fund.as_str(), &e.item.to_string(), 0),
            Event::ReceiptIssued(e) => {
                let stock = e
                    .pool
                    .as_ref()
                    .map_or_else(|| name(&e.receipt), ToString::to_string);
                self.open(
                    stock,
                    e.fund.as_str(),
                    &e.item.to_string(),
                    e.quantity.thousandths(),
                );
            }
            Event::PurchaseMade(e) => {
                let fund = self.stocks[e.spends[0].lot.as_str()].fund.clone();
                for spend in &e.spends {
                    self.draw(spend.lot.as_str(), spend.quantity.thousandths());
                }
                for lot in &e.obtains {
                    self.open(
                        name(&lot.lot),
                        &fund,
                        &lot.item.to_string(),
                        lot.quantity.thousandths(),
                    );
                }
            }
            Event::CustodyTransferred(e) => {
                let item = self.stocks[e.lot.as_str()].item.clone();
                self.draw(e.lot.as_str(), e.quantity.thousandths());
                self.open(name(&e.new_lot), e.to.as_str(), &item, e.quantity.thousandths());
            }
            Event::GoodsInspected(e) => self.draw(e.lot.as_str(), e.rejected.0 as u64),
            Event::StockWrittenOff(e) => self.draw(e.lot.as_str(), e.quantity.thousandths()),
            Event::ExpensePaid(e) => self.draw(e.lot.as_str(), e.quantity.thousandths()),
            Event::RefundPaid(e) => {
                let stock = self.stock_of_receipt(e.lot.as_str()).to_owned();
                self.draw(&stock, e.quantity.thousandths());
            }
            Event::AllocationMade(e) => {
                let draws = e
                    .draws
                    .iter()
                    .map(|draw| (draw.lot.as_str().to_owned(), draw.quantity.thousandths()));
                let draws: Vec<(String, u64)> = draws.collect();
                for (lot, units) in &draws {
                    self.draw(lot, *units);
                }
                self.allocations.insert(name(&e.allocation), draws);
            }
            Event::AllocationReleased(e) => {
                let mut rest = e.quantity.thousandths();
                let mut back = Vec::new();
                let draws = self
                    .allocations
                    .get_mut(e.allocation.as_str())
                    .expect("an allocation");
                for (lot, open) in draws.iter_mut().rev() {
                    let units = rest.min(*open);
                    (*open, rest) = (*open - units, rest - units);
                    back.push((lot.clone(), units));
                }
                assert_eq!(rest, 0);
                back.iter().for_each(|(lot, units)| self.give_back(lot, *units));
            }
            Event::DeliveryMade(e) => {
                let mut rest = e.quantity.thousandths();
                let mut pieces = Vec::new();
                let draws = self
                    .allocations
                    .get_mut(e.allocation.as_str())
                    .expect("an allocation");
                for (index, (_, open)) in draws.iter_mut().enumerate() {
                    let units = rest.min(*open);
                    (*open, rest) = (*open - units, rest - units);
                    pieces.push((index, units));
                }
                assert_eq!(rest, 0);
                self.deliveries
                    .insert(name(&e.delivery), (e.allocation.to_string(), pieces));
            }
            Event::DeliveryReturned(e) => {
                let (allocation, pieces) = &self.deliveries[e.delivery.as_str()];
                let first = pieces.iter().find(|(_, units)| 0 < *units).expect("a draw").0;
                let stock = &self.stocks[&self.allocations[allocation][first].0];
                let (fund, item) = (stock.fund.clone(), stock.item.clone());
                self.open(name(&e.new_lot), &fund, &item, e.quantity.thousandths());
            }
            Event::EntryReversed(e) => self.undo(e.reverses.get() as usize),
            _ => {}
        }
        self.entries.push(event.clone());
    }

    fn undo(&mut self, seq: usize) {
        match self.entries[seq].clone() {
            // In a pool the next gifts take its place in what was drawn.
            Event::ReceiptIssued(e) => {
                let stock = self.stock_of_receipt(e.receipt.get().as_str()).to_owned();
                self.draw(&stock, e.quantity.thousandths());
                self.stocks.get_mut(&stock).expect("a pool").received -= e.quantity.thousandths();
            }
            Event::DeliveryMade(e) => {
                let (allocation, pieces) = self.deliveries.remove(&name(&e.delivery)).expect("a delivery");
                let draws = self.allocations.get_mut(&allocation).expect("an allocation");
                pieces.iter().for_each(|&(draw, units)| draws[draw].1 += units);
            }
            other => panic!("the story reverses no {}", other.type_name()),
        }
    }
}
