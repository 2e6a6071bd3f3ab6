//! What leaves stocks otherwise than to children, and the lots that purchases, transfers and returns open.

use minhbach_events::event::{
    CustodyTransferred, DeliveryReturned, ExpensePaid, GoodsInspected, PurchaseMade, RefundPaid, Restriction,
    StockWrittenOff,
};
use minhbach_events::{Code, Date, Entry, Item, Quantity, Reference, Slug};
use minhbach_projections::recorded::{Effects, Holding, Part, StockId, StockKind, Value};

use super::{index, known, moved, new_code, of_entry, opened, standing};
use crate::books::{Books, Delivery, Outflow, Return, Sources, Stock, Store, Taken, Taking, Word};
use crate::codes::{Coded, Record};
use crate::decide::{depth, lowest, stretch_to_refund};
use crate::line::{Line, Span};
use crate::restriction::{join, normal};

impl Taking {
    /// Who holds what an entry took in this way.
    pub(super) fn holding(self, seq: u64) -> Holding {
        match self {
            Taking::Spent => Holding::Spent(seq),
            Taking::Transferred => Holding::Transferred(seq),
            Taking::Refunded => Holding::Refunded(seq),
            Taking::WrittenOff => Holding::WrittenOff(seq),
            Taking::Expensed => Holding::Expensed(seq),
        }
    }
}

/// Takes a quantity from the front of a lot or pool.
fn take(
    books: &mut Books,
    seq: u64,
    taking: Taking,
    lot: &Reference,
    quantity: u128,
    effects: &mut Effects,
) -> Result<Vec<Taken>, String> {
    let place = known(books.stock(lot), lot)?;
    let stock = &books.stocks[place as usize];
    if stock.reversed {
        return Err(format!("{lot} was reversed"));
    }
    let spans = stock.line.front(quantity);
    let spans = spans.ok_or_else(|| format!("{lot} holds less than is taken"))?;
    Ok(hold(books, seq, taking, place, spans, effects))
}

fn hold(
    books: &mut Books,
    seq: u64,
    taking: Taking,
    place: u32,
    spans: Vec<Span>,
    effects: &mut Effects,
) -> Vec<Taken> {
    let stock = &mut books.stocks[place as usize];
    let mut taken = Vec::with_capacity(spans.len());
    for span in spans {
        stock.line.hold(span, seq);
        effects
            .moves
            .push(moved(stock.id, span, Holding::Available, taking.holding(seq)));
        taken.push(Taken::of(place, span));
    }
    taken
}

/// Remembers what an entry took; its own code too, if it has one.
fn outflow(
    books: &mut Books,
    seq: u64,
    taking: Taking,
    code: Option<&Code>,
    taken: Vec<Taken>,
    opened: (u32, u32),
) -> Result<Record, String> {
    let record = Record::Outflow(index(books.outflows.len())?);
    if let Some(code) = code {
        new_code(books, code, of_entry(seq)?)?;
    }
    books.outflows.push_back(Outflow {
        seq,
        taking,
        taken: taken.into(),
        opened,
    });
    Ok(record)
}

/// A lot that something else than a receipt opens.
struct Lot<'a> {
    id: StockId,
    code: &'a Code,
    fund: Word<Slug>,
    item: Word<Item>,
    sources: Sources,
    restriction: Option<std::sync::Arc<Restriction>>,
    quantity: u128,
    since: Date,
    expires_on: Option<Date>,
    depth: u8,
    value: Value,
}

impl Lot<'_> {
    fn open(self, books: &mut Books, effects: &mut Effects) -> Result<u32, String> {
        let place = index(books.stocks.len())?;
        new_code(books, self.code, Coded::Lot(place))?;
        let stock = Stock {
            id: self.id,
            name: Reference::from(self.code),
            fund: self.fund,
            item: self.item,
            sources: self.sources,
            restriction: self.restriction,
            line: Line::of(self.quantity),
            store: Store::Lot {
                since: self.since,
                expires_on: self.expires_on,
            },
            reversed: false,
            depth: self.depth,
        };
        effects
            .opened
            .push(opened(&stock, StockKind::Lot, self.quantity, self.value));
        books.use_item(&stock.item);
        books.stocks.push_back(stock);
        Ok(place)
    }
}

fn earliest(a: Option<Date>, b: Option<Date>) -> Option<Date> {
    a.into_iter().chain(b).min()
}

fn excluded<T>(_: T) -> String {
    "its restrictions exclude each other".to_owned()
}

pub(super) fn purchase_made(
    books: &mut Books,
    seq: u64,
    e: &PurchaseMade,
    effects: &mut Effects,
) -> Result<Record, String> {
    let mut taken = Vec::new();
    let mut sources = Sources::default();
    let mut restriction = None;
    let mut deepest = 0;
    for spend in &e.spends {
        let quantity = u128::from(spend.quantity.thousandths());
        taken.extend(take(books, seq, Taking::Spent, &spend.lot, quantity, effects)?);
        let stock = &books.stocks[known(books.stock(&spend.lot), &spend.lot)? as usize];
        sources = sources.and(stock.sources);
        deepest = deepest.max(stock.depth);
        restriction = join(
            books,
            restriction.as_ref(),
            stock.restriction.as_ref(),
            e.purchased_on,
        )
        .map_err(excluded)?;
    }
    let first = taken.first().ok_or_else(|| "nothing is spent".to_owned())?;
    let fund = books.stocks[first.stock as usize].fund.clone();
    let opens = (index(books.stocks.len())?, index(e.obtains.len())?);
    let record = outflow(books, seq, Taking::Spent, Some(e.purchase.get()), taken, opens)?;
    for (nth, obtained) in e.obtains.iter().enumerate() {
        let nth = u16::try_from(nth).map_err(|_| "more is obtained than an entry can hold".to_owned())?;
        let lot = Lot {
            id: StockId::new(seq, nth),
            code: obtained.lot.get(),
            fund: fund.clone(),
            item: obtained.item.clone().into(),
            sources,
            restriction: restriction.clone(),
            quantity: u128::from(obtained.quantity.thousandths()),
            since: e.purchased_on,
            expires_on: obtained.expires_on,
            depth: deepest + 1,
            value: Value::Stated(Some(obtained.value_vnd.get())),
        };
        lot.open(books, effects)?;
    }
    Ok(record)
}

pub(super) fn custody_transferred(
    books: &mut Books,
    seq: u64,
    e: &CustodyTransferred,
    effects: &mut Effects,
) -> Result<Record, String> {
    let quantity = u128::from(e.quantity.thousandths());
    let taken = take(books, seq, Taking::Transferred, &e.lot, quantity, effects)?;
    let stock = &books.stocks[known(books.stock(&e.lot), &e.lot)? as usize];
    let spans: Vec<Span> = taken.iter().map(|taken| taken.span()).collect();
    let lot = Lot {
        id: StockId::new(seq, 0),
        code: e.new_lot.get(),
        fund: e.to.clone().into(),
        item: stock.item.clone(),
        sources: stock.sources,
        restriction: stock.restriction.clone(),
        quantity,
        since: e.transferred_on,
        expires_on: books.came_from(stock, &spans).expires_on,
        depth: stock.depth + 1,
        value: Value::OfTaken,
    };
    let opens = (index(books.stocks.len())?, 1);
    let record = outflow(
        books,
        seq,
        Taking::Transferred,
        Some(e.transfer.get()),
        taken,
        opens,
    )?;
    lot.open(books, effects)?;
    Ok(record)
}

pub(super) fn refund_paid(
    books: &mut Books,
    seq: u64,
    e: &RefundPaid,
    effects: &mut Effects,
) -> Result<Record, String> {
    let (place, whole) = known(stretch_to_refund(books, &e.lot), &e.lot)?;
    let spans = lowest(&books.stocks[place as usize].line.free_within(whole), e.quantity);
    enough(&spans, e.quantity, &e.lot)?;
    let taken = hold(books, seq, Taking::Refunded, place, spans, effects);
    outflow(books, seq, Taking::Refunded, Some(e.refund.get()), taken, (0, 0))
}

fn enough(spans: &[Span], quantity: Quantity, lot: &Reference) -> Result<(), String> {
    let length: u128 = spans.iter().map(|span| span.length()).sum();
    (length == u128::from(quantity.thousandths()))
        .then_some(())
        .ok_or_else(|| format!("{lot} holds less than is taken"))
}

pub(super) fn stock_written_off(
    books: &mut Books,
    seq: u64,
    e: &StockWrittenOff,
    effects: &mut Effects,
) -> Result<Record, String> {
    let quantity = u128::from(e.quantity.thousandths());
    let taken = take(books, seq, Taking::WrittenOff, &e.lot, quantity, effects)?;
    outflow(
        books,
        seq,
        Taking::WrittenOff,
        Some(e.write_off.get()),
        taken,
        (0, 0),
    )
}

pub(super) fn expense_paid(
    books: &mut Books,
    seq: u64,
    e: &ExpensePaid,
    effects: &mut Effects,
) -> Result<Record, String> {
    let quantity = u128::from(e.quantity.thousandths());
    let taken = take(books, seq, Taking::Expensed, &e.lot, quantity, effects)?;
    outflow(books, seq, Taking::Expensed, Some(e.expense.get()), taken, (0, 0))
}

pub(super) fn goods_inspected(
    books: &mut Books,
    seq: u64,
    e: &GoodsInspected,
    effects: &mut Effects,
) -> Result<Record, String> {
    let taken = take(books, seq, Taking::WrittenOff, &e.lot, e.rejected.0, effects)?;
    let stock = known(books.stock(&e.lot), &e.lot)?;
    effects.about = Some(books.stocks[stock as usize].id.seq());
    outflow(books, seq, Taking::WrittenOff, None, taken, (0, 0))
}

pub(super) fn delivery_returned(
    books: &mut Books,
    entry: &Entry,
    e: &DeliveryReturned,
    effects: &mut Effects,
) -> Result<Record, String> {
    let Record::Delivery(place) = standing(books, &e.delivery)? else {
        return Err(format!("{} is not a delivery", e.delivery));
    };
    let delivery = &books.deliveries[place as usize];
    if delivery.net() < u128::from(e.quantity.thousandths()) {
        return Err(format!("more of {} comes back than was delivered", e.delivery));
    }
    let allocation = &books.allocations[delivery.allocation as usize];
    let mut sources = Sources::default();
    let mut restriction = Ok(None);
    let mut expires_on = None;
    let mut fund = None;
    for (nth, draw) in allocation.draws.iter().enumerate() {
        let spans = delivery.pieces.iter().filter(|piece| piece.draw as usize == nth);
        let spans: Vec<Span> = spans.map(|piece| piece.span()).collect();
        if spans.is_empty() {
            continue;
        }
        let stock = &books.stocks[draw.stock as usize];
        fund = fund.or(Some(&stock.fund));
        sources = sources.and(stock.sources);
        expires_on = earliest(expires_on, books.came_from(stock, &spans).expires_on);
        restriction = restriction.and_then(|joined: Option<_>| {
            join(books, joined.as_ref(), stock.restriction.as_ref(), e.returned_on)
        });
    }
    // What donors agreed to since can exclude each other; then it stays bound to what it was allocated for.
    let restriction = restriction.unwrap_or_else(|_| {
        normal(Some(&Restriction {
            programmes: Some(vec![(*allocation.programme).clone()]),
            categories: Some(vec![(*allocation.category).clone()]),
            places: Some(vec![(*allocation.place).clone()]),
            groups: allocation.group.as_ref().map(|group| vec![(**group).clone()]),
            need: None,
            until: None,
        }))
    });
    effects.about = Some(delivery.seq);
    let parts = tail(delivery, u128::from(e.quantity.thousandths()));
    effects.returned = parts
        .iter()
        .flat_map(|part| along(books, delivery, *part))
        .collect();
    let lot = Lot {
        id: StockId::new(entry.seq, 0),
        code: e.new_lot.get(),
        fund: fund
            .ok_or_else(|| "the delivery handed nothing over".to_owned())?
            .clone(),
        item: allocation.item.clone(),
        sources,
        restriction,
        quantity: u128::from(e.quantity.thousandths()),
        since: e.returned_on,
        expires_on,
        depth: depth(books, delivery) + 1,
        value: Value::OfTaken,
    };
    let stock = lot.open(books, effects)?;
    let record = Record::Return(index(books.returns.len())?);
    books.returns.push_back(Return {
        delivery: place,
        parts: parts.clone(),
        stock,
    });
    let delivery = &mut books.deliveries[place as usize];
    for part in parts {
        delivery.returned.insert(part.from, part.to, ());
    }
    delivery.returns.push(entry.seq);
    Ok(record)
}

/// The last parts of a delivery that have not come back yet, along its pieces, in their order.
fn tail(delivery: &Delivery, quantity: u128) -> Vec<Span> {
    let mut end = u128::from(delivery.quantity);
    let mut rest = quantity;
    let mut parts = Vec::new();
    let returned = delivery.returned.iter().rev().map(|(from, to, ())| (from, to));
    // Before everything lies an empty part, so that what is in front of the first return is met too.
    for (from, to) in returned.chain([(0, 0)]) {
        let first = to.max(end.saturating_sub(rest));
        if first < end && 0 < rest {
            rest -= end - first;
            parts.push(Span { from: first, to: end });
        }
        end = from;
    }
    parts.reverse();
    parts
}

/// The stretches of stocks that a part of a delivery is made of, in the order in which they were handed over.
fn along(books: &Books, delivery: &Delivery, part: Span) -> Vec<Part> {
    let draws = &books.allocations[delivery.allocation as usize].draws;
    let mut at = 0;
    let mut parts = Vec::new();
    for piece in &delivery.pieces {
        let end = at + piece.span().length();
        let (first, last) = (at.max(part.from), end.min(part.to));
        if first < last {
            parts.push(Part {
                stock: books.stocks[draws[piece.draw as usize].stock as usize].id,
                from: piece.span().from + (first - at),
                to: piece.span().from + (last - at),
                at: first,
            });
        }
        at = end;
    }
    parts
}
