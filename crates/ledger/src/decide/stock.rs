//! What is drawn: a lot or pool, whether it holds enough, and how old it is.

use minhbach_events::{Code, Date, Quantity, Reference};

use super::Ask;
use crate::books::{Books, Stock, amount};
use crate::line::Span;
use crate::rejection::{Reason, Rejection};

/// The most purchases, transfers and returns between a lot and the gifts it comes from (design, chapter 6).
const DEPTH_MAX: u8 = 64;

/// The lot or pool that a draw names, standing.
pub(super) fn stock<'a>(ask: &Ask<'a>, lot: &Reference) -> Result<(u32, &'a Stock), Rejection> {
    if let Some(code) = lot.as_code()
        && ask.books.codes.get(&code).is_some()
    {
        ask.record("lot", &code)?;
    }
    if let Some(index) = ask.books.stock(lot) {
        return Ok((index, &ask.books.stocks[index as usize]));
    }
    // A gift in a pool is no lot of its own: the pool is drawn on, from its front.
    let pooled = lot.as_code().and_then(|code| receipt(ask.books, &code));
    Err(match pooled {
        Some((pool, _)) => Rejection::new(Reason::InPool)
            .with("lot", lot)
            .with("pool", &ask.books.stocks[pool as usize].name),
        None => Ask::unknown("lot", lot),
    })
}

/// The stretches that a draw would take. Where there is too little the rule is broken, and other rules are asked of
/// what there is: they come first in the order of rules.
pub(super) fn drawn(ask: &mut Ask<'_>, lot: &Reference, stock: &Stock, quantity: Quantity) -> Vec<Span> {
    let requested = u128::from(quantity.thousandths());
    let available = stock.line.available();
    if available < requested {
        let rejection = Rejection::new(Reason::NotInLot).with("lot", lot).of(&stock.item);
        ask.rule(
            rejection
                .quantity("available", amount(available))
                .quantity("requested", quantity.amount()),
        );
    }
    stock.line.front(requested.min(available)).unwrap_or_default()
}

/// A decision is not dated before what it draws came in.
pub(super) fn not_before(ask: &mut Ask<'_>, field: &'static str, on: Date, stock: &Stock, spans: &[Span]) {
    let came_from = ask.books.came_from(stock, spans);
    if on < came_from.newest {
        let rejection = Rejection::new(Reason::BeforeEarlier).with("field", field);
        let rejection = rejection.date("date", on).date("earlier", came_from.newest);
        ask.rule(rejection.with("name", came_from.newest_name));
    }
}

/// One step of provenance more must still be followed.
pub(super) fn step(field: &str, depth: u8) -> Result<(), Rejection> {
    if depth < DEPTH_MAX {
        return Ok(());
    }
    let problem = minhbach_events::Problem::TooDeep {
        max: u64::from(DEPTH_MAX),
    };
    Err(minhbach_events::Malformed::new(field, problem).into())
}

/// Whether a code stands for a receipt, and where its gift lies: the stock and its stretch.
pub(super) fn receipt(books: &Books, code: &Code) -> Option<(u32, Span)> {
    let seq = books.seq_of_code(code)?;
    match books.entries.get(seq) {
        Some(crate::codes::Record::Receipt(stock)) => {
            Some((stock, books.receipt_span(&books.receipt(seq, stock))))
        }
        _ => None,
    }
}
