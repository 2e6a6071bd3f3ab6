//! A ledger that counts single units in plain lists: slow, obvious, and sharing no code with the read models.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use minhbach_events::event::*;
use minhbach_events::words::{Channel, Condition, Display, ItemForm, Source};
use minhbach_events::*;
use minhbach_projections::Journal;
use minhbach_projections::recorded::*;
use serde_json::{Value, json};

#[derive(Clone, Copy, PartialEq)]
struct Unit {
    receipt: u64,
    /// Its place in its receipt.
    nth: u64,
    holding: Holding,
}

struct SimStock {
    id: StockId,
    name: String,
    pool: bool,
    fund: &'static str,
    item: &'static str,
    source: Source,
    /// Thousandths in a unit.
    step: u128,
    units: Vec<Unit>,
}

struct SimReceipt {
    code: String,
    stock: usize,
    units: u64,
    value: Option<u64>,
    donation: Option<u64>,
    on: Date,
}

type At = (usize, usize);

struct SimAllocation {
    code: String,
    item: &'static str,
    place: &'static str,
    category: &'static str,
    units: Vec<At>,
    released: bool,
}

struct SimDelivery {
    code: String,
    allocation: u64,
    units: Vec<At>,
    children: u64,
    on: Date,
    place: &'static str,
    confirmed: Option<u128>,
    disputed: bool,
    resolved: Option<u128>,
}

pub struct Model {
    pub entries: Vec<Recorded>,
    stocks: Vec<SimStock>,
    receipts: BTreeMap<u64, SimReceipt>,
    pledges: BTreeMap<u64, String>,
    allocations: BTreeMap<u64, SimAllocation>,
    deliveries: BTreeMap<u64, SimDelivery>,
    codes: HashMap<String, u64>,
    reversed: HashMap<u64, u64>,
    /// Every allocation goes to a place of its own, and everything happens on a day of its own.
    pub wide: bool,
}

const GOODS: &str = "ao-am";
const PLACES: [&str; 2] = ["xa-ba-vi", "xa-yen-xuan"];
const CATEGORIES: [&str; 2] = ["am-ap", "bua-an"];

fn slug(text: &str) -> Slug {
    Slug::new(text).unwrap()
}
fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}
fn written(thousandths: u128) -> String {
    let text = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Model {
    pub fn new() -> Model {
        let mut model = Model {
            entries: Vec::new(),
            stocks: Vec::new(),
            receipts: BTreeMap::new(),
            pledges: BTreeMap::new(),
            allocations: BTreeMap::new(),
            deliveries: BTreeMap::new(),
            codes: HashMap::new(),
            reversed: HashMap::new(),
            wide: false,
        };
        let registered = ItemRegistered {
            item: slug(GOODS),
            title: text::Title {
                vi: text::Text::new("Áo ấm").unwrap(),
                en: None,
            },
            form: ItemForm::Goods,
            unit: text::Unit::new("H87").unwrap(),
            categories: Vec::new(),
        };
        model.record(registered.into(), Effects::default(), None);
        model.open_pool("nuoi-em", "quy-a", "VND", Source::SocialDomestic, 1000);
        model.open_pool("ao-am-chung", "quy-b", GOODS, Source::Fngo, 500);
        model
    }

    fn next(&self) -> u64 {
        self.entries.len() as u64
    }

    fn record(&mut self, event: Event, effects: Effects, undone: Option<Undone>) -> u64 {
        let seq = self.next();
        let entry = Entry {
            seq,
            prev: self.entries.last().map_or(Hash::ZERO, |recorded| recorded.hash),
            at: Timestamp::parse("2026-11-22T01:11:00.123Z").unwrap(),
            by: Actor::new("local").unwrap(),
            key: None,
            event,
        };
        self.entries.push(Recorded {
            hash: Hash::of(&entry.to_bytes()),
            entry: Arc::new(entry),
            effects,
            undone,
        });
        seq
    }

    fn open_pool(&mut self, name: &str, fund: &'static str, item: &'static str, source: Source, step: u128) {
        let id = StockId::new(self.next(), 0);
        let opened = Opened {
            stock: id,
            name: Reference::new(name).unwrap(),
            kind: StockKind::Pool,
            fund: slug(fund),
            item: Item::new(item).unwrap(),
            sources: vec![source],
            quantity: 0,
            value: minhbach_projections::recorded::Value::Stated(None),
        };
        let event = PoolOpened {
            pool: slug(name),
            fund: slug(fund),
            item: Item::new(item).unwrap(),
            source,
            campaign: None,
            restriction: None,
        };
        let effects = Effects {
            opened: vec![opened],
            ..Effects::default()
        };
        self.record(event.into(), effects, None);
        self.stocks.push(SimStock {
            id,
            name: name.to_owned(),
            pool: true,
            fund,
            item,
            source,
            step,
            units: Vec::new(),
        });
    }

    /// Does what four bytes say, if it can be done.
    pub fn step(&mut self, [what, a, b, c]: [u8; 4]) {
        let mut on = Date::new(2026, 10 + u32::from(c % 2), 1 + u32::from(c % 3)).unwrap();
        if self.wide {
            on = Date::from_ordinal(730_000 + self.next() as i32).unwrap();
        }
        match what % 12 {
            0..=2 => self.receive(Some(usize::from(a % 2)), 1 + u64::from(b % 6), c, on),
            3 => self.receive(None, 1 + u64::from(b % 6), c, on),
            4 if self.pledges.len() < 6 => self.pledge(on),
            4 | 5 => self.allocate(a, b, c, on),
            6 | 7 => self.deliver(a, 1 + usize::from(b % 5), c, on),
            8 => self.release(a, 1 + usize::from(b % 4)),
            9 => self.answer(a, b, on),
            _ => self.reverse(usize::from(a) << 8 | usize::from(b)),
        }
    }

    fn pledge(&mut self, on: Date) {
        let name = format!("DN-{}", self.next());
        let event = DonationPledged {
            donation: code(&name).into(),
            donor: None,
            source: Source::SocialDomestic,
            item: Item::new("VND").unwrap(),
            quantity: Quantity::from_whole(50).unwrap(),
            pledged_on: on,
            campaign: None,
            restriction: None,
            display: Display::Anonymous,
        };
        let seq = self.record(event.into(), Effects::default(), None);
        self.pledges.insert(seq, name.clone());
        self.codes.insert(name, seq);
    }

    fn receive(&mut self, pool: Option<usize>, units: u64, c: u8, on: Date) {
        let seq = self.next();
        let name = format!("RC-{seq}");
        let (stock, item, fund, source, step) = match pool {
            Some(pool) => {
                let known = &self.stocks[pool];
                (pool, known.item, known.fund, known.source, known.step)
            }
            None => {
                let (item, step) = if c.is_multiple_of(3) {
                    ("VND", 1000)
                } else {
                    (GOODS, 500)
                };
                self.stocks.push(SimStock {
                    id: StockId::new(seq, 0),
                    name: name.clone(),
                    pool: false,
                    fund: if c.is_multiple_of(2) { "quy-a" } else { "quy-b" },
                    item,
                    source: Source::ALL[usize::from(c) % 3],
                    step,
                    units: Vec::new(),
                });
                let known = self.stocks.last().unwrap();
                (self.stocks.len() - 1, item, known.fund, known.source, step)
            }
        };
        let pledges: Vec<u64> = self.pledges.keys().copied().collect();
        let donation = (item == "VND" && c.is_multiple_of(4) && !pledges.is_empty())
            .then(|| pledges[usize::from(c / 4) % pledges.len()]);
        let length = u128::from(units) * step;
        let value = match item {
            "VND" => c.is_multiple_of(5).then_some((length / 1000) as u64),
            _ => (c % 4 != 1).then_some(7 + 13 * u64::from(c)),
        };
        let known = &self.stocks[stock];
        let from = known.units.len() as u128 * step;
        let event = ReceiptIssued {
            receipt: code(&name).into(),
            serial: Serial::new(&slug(fund), 2026, seq),
            donation: donation.map(|seq| code(&self.pledges[&seq])),
            donor: None,
            fund: slug(fund),
            pool: known.pool.then(|| slug(&known.name)),
            source,
            item: Item::new(item).unwrap(),
            quantity: Quantity::from_thousandths(length as u64).unwrap(),
            received_on: on,
            campaign: None,
            restriction: None,
            display: Display::Anonymous,
            channel: Channel::Bank,
            value_vnd: value.and_then(Vnd::new),
            value_basis: None,
            expires_on: None,
            commitment: None,
            despite: None,
            reason: None,
        };
        let mut effects = Effects {
            about: donation,
            ..Effects::default()
        };
        if known.pool {
            effects.joined = Some(Joined {
                pool: known.id,
                from,
                to: from + length,
                value_vnd: value,
            });
        } else {
            effects.opened.push(Opened {
                stock: known.id,
                name: Reference::new(&name).unwrap(),
                kind: StockKind::Lot,
                fund: slug(fund),
                item: Item::new(item).unwrap(),
                sources: vec![source],
                quantity: length,
                value: minhbach_projections::recorded::Value::Stated(value),
            });
        }
        self.record(event.into(), effects, None);
        self.stocks[stock].units.extend((0..units).map(|nth| Unit {
            receipt: seq,
            nth,
            holding: Holding::Available,
        }));
        self.codes.insert(name.clone(), seq);
        self.receipts.insert(
            seq,
            SimReceipt {
                code: name,
                stock,
                units,
                value,
                donation,
                on,
            },
        );
    }

    /// Passes units on, and says so in the longest stretches.
    fn pass(&mut self, units: &[At], now: Holding) -> Vec<Move> {
        let mut moves: Vec<Move> = Vec::new();
        for &(stock, unit) in units {
            let known = &mut self.stocks[stock];
            let was = std::mem::replace(&mut known.units[unit].holding, now);
            let (from, to) = (unit as u128 * known.step, (unit as u128 + 1) * known.step);
            match moves.last_mut() {
                Some(last) if last.stock == known.id && last.to == from && last.was == was => last.to = to,
                _ => moves.push(Move {
                    stock: known.id,
                    from,
                    to,
                    was,
                    now,
                }),
            }
        }
        moves
    }

    fn allocate(&mut self, a: u8, b: u8, c: u8, on: Date) {
        let item = if a.is_multiple_of(2) { "VND" } else { GOODS };
        let mut draws = Vec::new();
        let mut units = Vec::new();
        for (index, stock) in self.stocks.iter().enumerate() {
            let free = (0..stock.units.len()).filter(|&unit| stock.units[unit].holding == Holding::Available);
            let mut taken: Vec<At> = free.map(|unit| (index, unit)).collect();
            taken.truncate(1 + usize::from(b % 9));
            if stock.item == item && !taken.is_empty() && draws.len() < 1 + usize::from(c % 3) {
                let quantity = taken.len() as u64 * stock.step as u64;
                draws.push(Draw {
                    lot: Reference::new(&stock.name).unwrap(),
                    quantity: Quantity::from_thousandths(quantity).unwrap(),
                });
                units.extend(taken);
            }
        }
        if draws.is_empty() {
            return;
        }
        let seq = self.next();
        let name = format!("AL-{seq}");
        let (mut place, category) = (PLACES[usize::from(b) % 2], CATEGORIES[usize::from(c) % 2]);
        if self.wide {
            place = Box::leak(format!("xa-{seq}").into_boxed_str());
        }
        let moves = self.pass(&units, Holding::Allocated(seq));
        let event = AllocationMade {
            allocation: code(&name).into(),
            programme: slug("ke-hoach-138"),
            category: Label::new(category).unwrap(),
            place: slug(place),
            group: None,
            need: None,
            item: Item::new(item).unwrap(),
            draws,
            decided_on: on,
        };
        let effects = Effects {
            moves,
            ..Effects::default()
        };
        self.record(event.into(), effects, None);
        self.codes.insert(name.clone(), seq);
        self.allocations.insert(
            seq,
            SimAllocation {
                code: name,
                item,
                place,
                category,
                units,
                released: false,
            },
        );
    }

    fn pick<T>(map: &BTreeMap<u64, T>, a: u8) -> Option<u64> {
        map.keys().nth(usize::from(a) % map.len().max(1)).copied()
    }

    fn open_units(&self, allocation: u64) -> Vec<At> {
        let held =
            |&(stock, unit): &At| self.stocks[stock].units[unit].holding == Holding::Allocated(allocation);
        self.allocations[&allocation]
            .units
            .iter()
            .copied()
            .filter(held)
            .collect()
    }

    /// Delivers all that an allocation holds.
    pub fn deliver_from(&mut self, allocation: u64) {
        let place = self
            .allocations
            .keys()
            .position(|seq| *seq == allocation)
            .unwrap();
        let on = Date::from_ordinal(730_000 + self.next() as i32).unwrap();
        self.deliver_nth(place, usize::MAX, 7, on);
    }

    fn deliver(&mut self, a: u8, count: usize, c: u8, on: Date) {
        self.deliver_nth(usize::from(a) % self.allocations.len().max(1), count, c, on);
    }

    fn deliver_nth(&mut self, nth: usize, count: usize, c: u8, on: Date) {
        let Some(allocation) = self.allocations.keys().nth(nth).copied() else {
            return;
        };
        let mut units = self.open_units(allocation);
        units.truncate(count);
        if units.is_empty() {
            return;
        }
        let seq = self.next();
        let name = format!("DL-{seq}");
        let quantity: u128 = units.iter().map(|at| self.stocks[at.0].step).sum();
        let moves = self.pass(&units, Holding::Delivered(seq));
        let known = &self.allocations[&allocation];
        let children = 5 + u64::from(c % 20);
        let event = DeliveryMade {
            delivery: code(&name).into(),
            allocation: code(&known.code),
            quantity: Quantity::from_thousandths(quantity as u64).unwrap(),
            place: slug(known.place),
            receiver: slug("truong-a"),
            children: Children::new(children).unwrap(),
            delivered_on: on,
            despite: None,
            reason: None,
        };
        let delivery = SimDelivery {
            code: name.clone(),
            allocation,
            units,
            children,
            on,
            place: known.place,
            confirmed: None,
            disputed: false,
            resolved: None,
        };
        let effects = Effects {
            moves,
            about: Some(allocation),
            ..Effects::default()
        };
        self.record(event.into(), effects, None);
        self.codes.insert(name, seq);
        self.deliveries.insert(seq, delivery);
    }

    fn release(&mut self, a: u8, count: usize) {
        let Some(allocation) = Model::pick(&self.allocations, a) else {
            return;
        };
        let mut units = self.open_units(allocation);
        units.reverse();
        units.truncate(count);
        if units.is_empty() {
            return;
        }
        units.reverse();
        let quantity: u128 = units.iter().map(|at| self.stocks[at.0].step).sum();
        let moves = self.pass(&units, Holding::Available);
        let known = self.allocations.get_mut(&allocation).unwrap();
        known.units.retain(|unit| !units.contains(unit));
        known.released = true;
        let event = AllocationReleased {
            allocation: code(&known.code),
            quantity: Quantity::from_thousandths(quantity as u64).unwrap(),
            reason: text::Text::new("thừa").unwrap(),
        };
        let effects = Effects {
            moves,
            about: Some(allocation),
            ..Effects::default()
        };
        self.record(event.into(), effects, None);
    }

    fn answer(&mut self, a: u8, b: u8, on: Date) {
        let Some(seq) = Model::pick(&self.deliveries, a) else {
            return;
        };
        if self.reversed.contains_key(&seq) {
            return;
        }
        // More than was delivered can be said to have been accepted; it never counts.
        let accepted = Amount(u128::from(b % 12) * 500);
        let by = slug("truong-a");
        let reason = text::Text::new("thiếu").unwrap();
        let known = self.deliveries.get_mut(&seq).unwrap();
        let delivery = code(&known.code);
        let event: Event = match (known.confirmed, known.disputed, known.resolved) {
            (None, false, None) if !b.is_multiple_of(3) => {
                known.confirmed = Some(accepted.0);
                DeliveryConfirmed {
                    delivery,
                    confirmed_by: by,
                    accepted,
                    confirmed_on: on,
                    condition: Condition::Good,
                    despite: None,
                    reason: None,
                }
                .into()
            }
            (None, false, None) => {
                known.disputed = true;
                DeliveryDisputed {
                    delivery,
                    disputed_by: by,
                    disputed_on: on,
                    reason,
                }
                .into()
            }
            (None, true, None) => {
                known.resolved = Some(accepted.0);
                DeliveryResolved {
                    delivery,
                    accepted,
                    resolved_on: on,
                    reason,
                }
                .into()
            }
            _ => return,
        };
        let effects = Effects {
            about: Some(seq),
            ..Effects::default()
        };
        self.record(event, effects, None);
    }

    fn reverse(&mut self, which: usize) {
        let seq = (which % self.entries.len()) as u64;
        if self.reversed.contains_key(&seq) {
            return;
        }
        let entry = self.entries[seq as usize].entry.clone();
        let about = self.entries[seq as usize].effects.about;
        let live = |delivery: &u64| !self.reversed.contains_key(delivery);
        let moves = match &entry.event {
            Event::ReceiptIssued(_) => {
                let stock = self.receipts[&seq].stock;
                let known = &self.stocks[stock].units;
                let units: Vec<At> = (0..known.len())
                    .filter(|&unit| known[unit].receipt == seq)
                    .map(|unit| (stock, unit))
                    .collect();
                if units
                    .iter()
                    .any(|&(_, unit)| known[unit].holding != Holding::Available)
                {
                    return;
                }
                self.pass(&units, Holding::Withdrawn)
            }
            Event::AllocationMade(_) => {
                let known = &self.allocations[&seq];
                let delivered = self
                    .deliveries
                    .iter()
                    .any(|(delivery, known)| known.allocation == seq && live(delivery));
                if known.released || delivered {
                    return;
                }
                let units = std::mem::take(&mut self.allocations.get_mut(&seq).unwrap().units);
                self.pass(&units, Holding::Available)
            }
            Event::DeliveryMade(_) => {
                let known = &self.deliveries[&seq];
                if known.confirmed.is_some() || known.disputed {
                    return;
                }
                let allocation = known.allocation;
                let units = std::mem::take(&mut self.deliveries.get_mut(&seq).unwrap().units);
                self.pass(&units, Holding::Allocated(allocation))
            }
            Event::DeliveryConfirmed(_) => {
                self.deliveries.get_mut(&about.unwrap()).unwrap().confirmed = None;
                Vec::new()
            }
            Event::DeliveryDisputed(_) => {
                let known = self.deliveries.get_mut(&about.unwrap()).unwrap();
                if known.resolved.is_some() {
                    return;
                }
                known.disputed = false;
                Vec::new()
            }
            Event::DeliveryResolved(_) => {
                self.deliveries.get_mut(&about.unwrap()).unwrap().resolved = None;
                Vec::new()
            }
            _ => return,
        };
        let event = EntryReversed {
            reverses: Seq::new(seq).unwrap(),
            reason: text::Text::new("nhập nhầm").unwrap(),
        };
        let effects = Effects {
            moves,
            ..Effects::default()
        };
        let by = self.record(event.into(), effects, Some(Undone { entry, about }));
        self.reversed.insert(seq, by);
    }

    // What the documents should say.

    fn as_of(&self) -> Value {
        json!({ "size": self.entries.len(), "head": self.entries.last().unwrap().hash })
    }

    fn totals<'a>(&self, units: impl Iterator<Item = (&'a Unit, u128)>) -> Value {
        let mut sums: BTreeMap<&str, u128> = BTreeMap::new();
        for (unit, step) in units {
            let word = match unit.holding {
                Holding::Available => "available",
                Holding::Allocated(_) => "allocated",
                Holding::Delivered(_) => "delivered",
                Holding::Withdrawn => continue,
                _ => unreachable!(),
            };
            *sums.entry(word).or_default() += step;
            *sums.entry("received").or_default() += step;
        }
        let sum = |word| written(sums.get(word).copied().unwrap_or(0));
        json!({
            "received": sum("received"), "available": sum("available"), "allocated": sum("allocated"),
            "delivered": sum("delivered"), "spent": "0", "transferred": "0", "refunded": "0",
            "written_off": "0", "expensed": "0",
        })
    }

    pub fn balances(&self) -> Value {
        let mut rows = Vec::new();
        for stock in &self.stocks {
            let mut row = self.totals(stock.units.iter().map(|unit| (unit, stock.step)));
            if !stock.pool && row["received"] == "0" {
                continue;
            }
            let more = json!({
                "lot": stock.name, "kind": if stock.pool { "pool" } else { "lot" }, "fund": stock.fund,
                "source": stock.source, "item": stock.item,
            });
            row.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            rows.push(row);
        }
        json!({ "as_of": self.as_of(), "rows": rows })
    }

    /// Every lot and pool by the entry that opened it, lots of reversed receipts among them.
    pub fn lots(&self) -> Vec<(u64, String, Value)> {
        let lots = self.stocks.iter().enumerate().map(|(index, stock)| {
            let mut lot = self.totals(stock.units.iter().map(|unit| (unit, stock.step)));
            let standing = |unit: &&Unit| unit.holding != Holding::Withdrawn;
            let receipts: BTreeSet<u64> = stock
                .units
                .iter()
                .filter(standing)
                .map(|unit| unit.receipt)
                .collect();
            let mut more = json!({
                "as_of": self.as_of(), "lot": stock.name, "kind": if stock.pool { "pool" } else { "lot" },
                "fund": stock.fund, "source": stock.source, "sources": [stock.source], "item": stock.item,
                "unit": if stock.item == GOODS { "H87" } else { stock.item }, "opened_by": stock.id.seq(),
            });
            if stock.pool {
                more["receipts"] = json!(receipts.len());
            } else if let Some(receipt) = receipts.first() {
                let receipt = &self.receipts[receipt];
                assert_eq!(receipt.stock, index);
                let value = match stock.item {
                    "VND" => Some(receipt.units),
                    _ => receipt.value,
                };
                if let Some(value) = value {
                    more["value_vnd"] = json!(value.to_string());
                }
            }
            lot.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            (stock.id.seq(), stock.name.clone(), lot)
        });
        lots.collect()
    }

    pub fn statement(&self) -> Value {
        type Days = BTreeMap<Date, (u128, u128)>;
        let mut days: BTreeMap<(&str, Option<&str>, &str), Days> = BTreeMap::new();
        let line = |stock: &'_ usize| {
            let stock = &self.stocks[*stock];
            let pool = stock.pool.then_some(stock.name.as_str());
            (stock.fund, pool, stock.item, stock.step)
        };
        for (seq, receipt) in &self.receipts {
            let (fund, pool, item, step) = line(&receipt.stock);
            if !self.reversed.contains_key(seq) {
                let day = days.entry((fund, pool, item)).or_default().entry(receipt.on);
                day.or_default().0 += u128::from(receipt.units) * step;
            }
        }
        for delivery in self.deliveries.values() {
            for (stock, _) in &delivery.units {
                let (fund, pool, item, step) = line(stock);
                let day = days.entry((fund, pool, item)).or_default().entry(delivery.on);
                day.or_default().1 += step;
            }
        }
        let mut rows = Vec::new();
        for ((fund, pool, item), days) in days {
            let mut balance = 0i128;
            for (day, (into, out)) in days {
                balance += into as i128 - out as i128;
                let sign = if balance < 0 { "-" } else { "" };
                let mut row = json!({
                    "fund": fund, "item": item, "day": day, "in": written(into), "out": written(out),
                    "balance": format!("{sign}{}", written(balance.unsigned_abs())),
                });
                if let Some(pool) = pool {
                    row["pool"] = json!(pool);
                }
                rows.push(row);
            }
        }
        json!({ "as_of": self.as_of(), "rows": rows })
    }

    /// A unit's worth: `V(x + 1) - V(x)` of its receipt, and whether it is known.
    fn worth(&self, (stock, unit): At) -> (u128, bool) {
        let Unit { receipt, nth, .. } = self.stocks[stock].units[unit];
        let receipt = &self.receipts[&receipt];
        if self.stocks[stock].item == "VND" {
            return (1, true);
        }
        let upto = |x: u64| u128::from(receipt.value.unwrap_or(0) * x / receipt.units);
        (upto(nth + 1) - upto(nth), receipt.value.is_some())
    }

    pub fn received(&self, by: &[&str]) -> Value {
        #[derive(Default)]
        struct Sum([u128; 6]);
        let mut rows: BTreeMap<Vec<String>, Sum> = BTreeMap::new();
        let mut total = Sum::default();
        for delivery in self
            .deliveries
            .values()
            .filter(|delivery| !delivery.units.is_empty())
        {
            let mut accepted = match delivery {
                SimDelivery {
                    resolved: Some(accepted),
                    ..
                } => *accepted,
                SimDelivery { disputed: true, .. } => 0,
                SimDelivery { confirmed, .. } => confirmed.unwrap_or(0),
            };
            let allocation = &self.allocations[&delivery.allocation];
            let mut parts: BTreeMap<Vec<String>, Sum> = BTreeMap::new();
            let mut whole = Sum([0, 0, 1, delivery.children.into(), 0, 0]);
            for at in &delivery.units {
                let stock = &self.stocks[at.0];
                let key = by.iter().map(|dimension| match *dimension {
                    "place" => delivery.place.to_owned(),
                    "category" => allocation.category.to_owned(),
                    "item" => allocation.item.to_owned(),
                    "month" => delivery.on.to_string()[..7].to_owned(),
                    "source" => stock.source.to_string(),
                    _ => "ke-hoach-138".to_owned(),
                });
                let part = parts.entry(key.collect()).or_default();
                let (worth, known) = self.worth(*at);
                let confirmed = accepted.min(stock.step);
                accepted -= confirmed;
                part.0[0] += stock.step;
                part.0[1] += confirmed;
                part.0[2] = 1;
                part.0[3] = delivery.children.into();
                part.0[4] += worth;
                part.0[5] = part.0[5].max(u128::from(!known));
                whole.0[4] += worth;
                whole.0[5] = whole.0[5].max(u128::from(!known));
            }
            for (key, part) in parts {
                let row = rows.entry(key).or_default();
                (0..6).for_each(|i| row.0[i] += part.0[i]);
            }
            (0..6).for_each(|i| total.0[i] += whole.0[i]);
        }
        let rows: Vec<Value> = rows
            .into_iter()
            .map(|(key, Sum([delivered, confirmed, deliveries, children, value, unvalued]))| {
                let mut row = json!({
                    "delivered": written(delivered), "confirmed": written(confirmed), "deliveries": deliveries,
                    "child_deliveries": children, "value_vnd": value.to_string(), "unvalued": unvalued,
                });
                for (dimension, part) in by.iter().zip(key) {
                    if *dimension == "item" {
                        row["unit"] = json!(if part == "VND" { "VND" } else { "H87" });
                    }
                    row[*dimension] = json!(part);
                }
                row
            })
            .collect();
        let [_, _, deliveries, children, value, unvalued] = total.0;
        json!({
            "as_of": self.as_of(), "rows": rows,
            "total": {
                "deliveries": deliveries, "child_deliveries": children, "value_vnd": value.to_string(),
                "unvalued": unvalued,
            },
        })
    }

    pub fn names(&self) -> Vec<String> {
        let pools = self
            .stocks
            .iter()
            .filter(|stock| stock.pool)
            .map(|stock| stock.name.clone());
        self.codes.keys().cloned().chain(pools).collect()
    }

    /// Edges with what flows, deliveries reached with their share and state, the pools upstream, the outcome.
    pub fn trail(&self, name: &str) -> Value {
        let mut edges: BTreeMap<(String, String), u128> = BTreeMap::new();
        let mut reached: BTreeMap<String, Value> = BTreeMap::new();
        let mut pools = BTreeMap::new();
        let mut outcome = Value::Null;
        let seq = self.codes.get(name).copied();
        let mut reach = |seq: u64, part: u128| {
            let delivery = &self.deliveries[&seq];
            let whole: u128 = delivery.units.iter().map(|at| self.stocks[at.0].step).sum();
            let divisor = (1..=whole)
                .rev()
                .find(|d| whole.is_multiple_of(*d) && part.is_multiple_of(*d))
                .unwrap();
            let state = match delivery {
                SimDelivery {
                    resolved: Some(_), ..
                } => "resolved",
                SimDelivery { disputed: true, .. } => "disputed",
                SimDelivery {
                    confirmed: Some(_), ..
                } => "confirmed",
                _ => "made",
            };
            let line = json!({
                "delivered": written(whole), "share": format!("{}/{}", part / divisor, whole / divisor),
                "state": state, "child_deliveries": delivery.children,
            });
            reached.insert(delivery.code.clone(), line);
        };
        let gift: Option<Vec<At>> =
            if let Some(stock) = self.stocks.iter().position(|s| s.name == name && s.pool) {
                Some(
                    (0..self.stocks[stock].units.len())
                        .map(|unit| (stock, unit))
                        .collect(),
                )
            } else {
                let seq = seq.unwrap();
                let receipts: Vec<u64> =
                    match (self.pledges.contains_key(&seq), self.receipts.contains_key(&seq)) {
                        (true, _) => self
                            .receipts
                            .iter()
                            .filter(|(receipt, known)| {
                                known.donation == Some(seq) && !self.reversed.contains_key(receipt)
                            })
                            .map(|(receipt, _)| *receipt)
                            .collect(),
                        (_, true) => vec![seq],
                        _ => Vec::new(),
                    };
                for receipt in receipts
                    .iter()
                    .filter(|receipt| !self.reversed.contains_key(receipt))
                {
                    let known = &self.receipts[receipt];
                    let stock = &self.stocks[known.stock];
                    let quantity = u128::from(known.units) * stock.step;
                    if let Some(donation) = known.donation {
                        edges.insert((self.pledges[&donation].clone(), known.code.clone()), quantity);
                    }
                    if stock.pool {
                        edges.insert((known.code.clone(), stock.name.clone()), quantity);
                    }
                }
                let is_gift = self.pledges.contains_key(&seq) || self.receipts.contains_key(&seq);
                is_gift.then(|| {
                    let mut units = Vec::new();
                    for receipt in receipts {
                        let stock = self.receipts[&receipt].stock;
                        let known = &self.stocks[stock].units;
                        let mine = (0..known.len()).filter(|&unit| known[unit].receipt == receipt);
                        units.extend(mine.map(|unit| (stock, unit)));
                    }
                    units
                })
            };
        if let Some(gift) = gift {
            let units = gift
                .iter()
                .map(|at| (&self.stocks[at.0].units[at.1], self.stocks[at.0].step));
            outcome = self.totals(units);
            let mut parts: BTreeMap<u64, u128> = BTreeMap::new();
            for (stock, unit) in gift {
                let known = &self.stocks[stock];
                let allocation = match known.units[unit].holding {
                    Holding::Allocated(allocation) => allocation,
                    Holding::Delivered(delivery) => {
                        *parts.entry(delivery).or_default() += known.step;
                        self.deliveries[&delivery].allocation
                    }
                    _ => continue,
                };
                let edge = (known.name.clone(), self.allocations[&allocation].code.clone());
                *edges.entry(edge).or_default() += known.step;
            }
            for (delivery, part) in parts {
                let known = &self.deliveries[&delivery];
                let edge = (
                    self.allocations[&known.allocation].code.clone(),
                    known.code.clone(),
                );
                edges.insert(edge, part);
                reach(delivery, part);
            }
        } else {
            let seq = seq.unwrap();
            let (drawn, allocation, deliveries): (&[At], u64, Vec<u64>) = match self.allocations.get(&seq) {
                Some(known) => {
                    let mine = self
                        .deliveries
                        .iter()
                        .filter(|(_, d)| d.allocation == seq && !d.units.is_empty());
                    (&known.units, seq, mine.map(|(delivery, _)| *delivery).collect())
                }
                None => {
                    let known = &self.deliveries[&seq];
                    let made = if known.units.is_empty() { vec![] } else { vec![seq] };
                    (&known.units, known.allocation, made)
                }
            };
            let to = &self.allocations[&allocation].code;
            let mut behind: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
            for &(stock, unit) in drawn {
                let known = &self.stocks[stock];
                *edges.entry((known.name.clone(), to.clone())).or_default() += known.step;
                let receipt = known.units[unit].receipt;
                if known.pool {
                    behind.entry(known.name.clone()).or_default().insert(receipt);
                } else if let Some(donation) = self.receipts[&receipt].donation {
                    let edge = (self.pledges[&donation].clone(), known.name.clone());
                    *edges.entry(edge).or_default() += known.step;
                }
            }
            for (pool, receipts) in behind {
                let code = |seq: Option<&u64>| self.receipts[seq.unwrap()].code.clone();
                let ends = (code(receipts.first()), code(receipts.last()));
                pools.insert(pool, (receipts.len(), ends));
            }
            for delivery in deliveries {
                let known = &self.deliveries[&delivery];
                let whole = known.units.iter().map(|at| self.stocks[at.0].step).sum();
                edges.insert((to.clone(), known.code.clone()), whole);
                reach(delivery, whole);
            }
        }
        let edges: Vec<Value> = edges
            .into_iter()
            .map(|((from, to), quantity)| json!([from, to, written(quantity)]))
            .collect();
        json!({ "edges": edges, "reached": reached, "pools": pools, "outcome": outcome,
            "reversed_by": seq.and_then(|seq| self.reversed.get(&seq)) })
    }
}

impl Journal for Model {
    fn entry(&self, seq: u64) -> Result<Option<Arc<Entry>>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(self
            .entries
            .get(seq as usize)
            .map(|recorded| recorded.entry.clone()))
    }
    fn seq_of_code(&self, code: &Code) -> Option<u64> {
        self.codes.get(code.as_str()).copied()
    }
    fn seq_of_pool(&self, pool: &Slug) -> Option<u64> {
        let stock = self
            .stocks
            .iter()
            .find(|stock| stock.pool && stock.name == pool.as_str());
        stock.map(|stock| stock.id.seq())
    }
    fn is_reversed(&self, seq: u64) -> Option<u64> {
        self.reversed.get(&seq).copied()
    }
}
