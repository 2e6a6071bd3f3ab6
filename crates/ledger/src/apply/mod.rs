//! What an entry does to the books. It has happened and is not refused.

mod outflow;
mod reversal;

use std::fmt;

use minhbach_events::event::{
    AllocationMade, AllocationReleased, DeliveryMade, DonationCancelled, DonationPledged, PoolOpened,
    PurposeChanged, ReceiptIssued,
};
use minhbach_events::{Code, Entry, Event, Hash, Key, Quantity, Reference, Slug};
use minhbach_projections::recorded::{Effects, Holding, Joined, Move, Opened, StockId, StockKind, Value};

use crate::NameKind;
use crate::books::{
    Allocation, Answer, AnswerKind, Books, Campaign, Cancelling, Delivery, Donation, Drawn, Finding, NONE,
    Need, Piece, Place, Pooled, Programme, Purpose, Release, Sources, Sponsorship, Standing, Stock, Store,
    Word,
};
use crate::codes::{Coded, Record};
use crate::decide::front;
use crate::line::{Line, Span};
use crate::restriction::{join, normal};
use crate::spans::Spans;

/// An entry that cannot follow from the entries before it. No ledger writes one: the journal was made or changed
/// by something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impossible {
    /// The entry.
    pub seq: u64,
    /// What does not fit.
    pub what: String,
}

impl fmt::Display for Impossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "entry {} does not follow from the entries before it: {}",
            self.seq, self.what
        )
    }
}

impl std::error::Error for Impossible {}

/// Brings the books up to an entry, and says what it moved.
///
/// # Errors
///
/// When the entry cannot follow from those before it; the books are then not to be used any more.
pub fn apply(books: &mut Books, entry: &Entry, hash: Hash) -> Result<Effects, Impossible> {
    let seq = entry.seq;
    let impossible = |what: String| Impossible { seq, what };
    if seq != books.size {
        return Err(impossible(format!("its seq should be {}", books.size)));
    }
    let effects = happen(books, entry).map_err(impossible)?;
    books.size += 1;
    books.head = hash;
    books.last_at = Some(entry.at);
    if let Some(key) = &entry.key {
        books.keys.insert(key, seq);
        if matches!(entry.event, Event::ReceiptIssued(_)) && is_of_a_statement(key) {
            books.imported_lines += 1;
        }
    }
    Ok(effects)
}

/// Whether a key is one that the import of a statement gives to a line. Another key that only begins so is somebody else's.
fn is_of_a_statement(key: &Key) -> bool {
    key.as_str().strip_prefix("stmt-").is_some_and(|digits| {
        digits.len() == 32
            && digits
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Which name an event says the meaning of.
fn defines(event: &Event) -> Option<(NameKind, Slug)> {
    Some(match event {
        Event::ProgrammePublished(e) => (NameKind::Programme, e.programme.clone()),
        Event::ProgrammeRevised(e) => (NameKind::Programme, e.base.programme.clone()),
        Event::PlaceRegistered(e) => (NameKind::Place, e.place.clone()),
        Event::PlaceRevised(e) => (NameKind::Place, e.base.place.clone()),
        Event::ItemRegistered(e) => (NameKind::Item, e.item.clone()),
        Event::ItemRevised(e) => (NameKind::Item, e.base.item.clone()),
        Event::PartyRegistered(e) => (NameKind::Party, e.party.clone()),
        Event::PartyRevised(e) => (NameKind::Party, e.base.party.clone()),
        _ => return None,
    })
}

fn happen(books: &mut Books, entry: &Entry) -> Result<Effects, String> {
    let seq = entry.seq;
    let mut record = Record::Other;
    let mut effects = Effects::default();
    if let Some(name) = defines(&entry.event) {
        books.defined.insert(name, seq);
    }
    match &entry.event {
        Event::LedgerOpened(e) => books.kind = Some(e.kind),
        Event::ProgrammePublished(e) => {
            books.programmes.insert(
                e.programme.clone(),
                Programme {
                    terms: e.clone(),
                    closed: None,
                    carries_to: None,
                },
            );
        }
        Event::ProgrammeRevised(e) => {
            let programme = known(books.programmes.get_mut(&e.base.programme), &e.base.programme)?;
            programme.terms = e.base.clone();
        }
        Event::ProgrammeClosed(e) => {
            let programme = known(books.programmes.get_mut(&e.programme), &e.programme)?;
            programme.closed = Some(e.on);
            programme.carries_to = e.carries_to.clone();
        }
        Event::RoleAssigned(e) => {
            let held = (e.role.clone(), e.party.clone(), e.programme.clone());
            books.roles.insert(held, e.from);
        }
        Event::RoleEnded(e) => {
            let held = (e.role.clone(), e.party.clone(), e.programme.clone());
            books.roles.remove(&held);
        }
        Event::PlaceRegistered(e) => {
            let place = Place {
                terms: e.clone(),
                succeeded: None,
                predecessors: Vec::new(),
            };
            books.places.insert(e.place.clone(), place);
        }
        Event::PlaceRevised(e) => {
            let place = known(books.places.get_mut(&e.base.place), &e.base.place)?;
            place.terms = e.base.clone();
        }
        Event::PlaceSucceeded(e) => {
            for successor in &e.successors {
                let place = known(books.places.get_mut(&successor.place), &successor.place)?;
                place.predecessors.push((e.place.clone(), e.on));
            }
            known(books.places.get_mut(&e.place), &e.place)?.succeeded = Some((e.on, e.successors.clone()));
        }
        Event::ItemRegistered(e) => {
            books.items.insert(e.item.clone(), e.clone());
        }
        Event::ItemRevised(e) => {
            books.items.insert(e.base.item.clone(), e.base.clone());
        }
        Event::PartyRegistered(e) => {
            books.parties.insert(e.party.clone(), e.clone());
        }
        Event::PartyRevised(e) => {
            books.parties.insert(e.base.party.clone(), e.base.clone());
        }
        Event::CampaignOpened(e) => {
            let restriction = normal(e.restriction.as_ref());
            let campaign = Campaign {
                terms: e.clone(),
                seq,
                closed: None,
                restriction,
            };
            books.campaigns.insert(e.campaign.clone(), campaign);
        }
        Event::CampaignClosed(e) => {
            known(books.campaigns.get_mut(&e.campaign), &e.campaign)?.closed = Some(e.on)
        }
        Event::PoolOpened(e) => pool_opened(books, entry, e, &mut effects)?,
        Event::DonationPledged(e) => record = donation_pledged(books, entry, e)?,
        Event::DonationCancelled(e) => record = donation_cancelled(books, seq, e, &mut effects)?,
        Event::ReceiptIssued(e) => record = receipt_issued(books, seq, e, &mut effects)?,
        Event::AllocationMade(e) => record = allocation_made(books, seq, e, &mut effects)?,
        Event::AllocationReleased(e) => record = allocation_released(books, seq, e, &mut effects)?,
        Event::DeliveryMade(e) => record = delivery_made(books, entry, e, &mut effects)?,
        Event::DeliveryConfirmed(e) => {
            record = answered(books, seq, &e.delivery, AnswerKind::Confirmed, &mut effects)?
        }
        Event::DeliveryDisputed(e) => {
            record = answered(books, seq, &e.delivery, AnswerKind::Disputed, &mut effects)?
        }
        Event::DeliveryResolved(e) => record = resolved(books, seq, &e.delivery, &mut effects)?,
        Event::DeliveryReturned(e) => record = outflow::delivery_returned(books, entry, e, &mut effects)?,
        Event::GoodsInspected(e) => record = outflow::goods_inspected(books, seq, e, &mut effects)?,
        Event::PurposeChanged(e) => record = purpose_changed(books, seq, e, &mut effects)?,
        Event::PurchaseMade(e) => record = outflow::purchase_made(books, seq, e, &mut effects)?,
        Event::CustodyTransferred(e) => record = outflow::custody_transferred(books, seq, e, &mut effects)?,
        Event::RefundPaid(e) => record = outflow::refund_paid(books, seq, e, &mut effects)?,
        Event::StockWrittenOff(e) => record = outflow::stock_written_off(books, seq, e, &mut effects)?,
        Event::ExpensePaid(e) => record = outflow::expense_paid(books, seq, e, &mut effects)?,
        Event::NeedAssessed(e) => {
            books.use_item(&e.item);
            books.use_place(&e.place);
            record = Record::Need(index(books.needs.len())?);
            new_code(books, e.need.get(), of_entry(seq)?)?;
            books.needs.push_back(Need {
                seq,
                code: e.need.get().clone(),
                programme: e.programme.clone(),
                category: e.category.clone(),
                place: e.place.clone(),
                item: e.item.clone(),
                children: e.children.get(),
                assessed_on: e.assessed_on,
                closed: None,
            });
        }
        Event::NeedRevised(e) => {
            let need = need(books, &e.need)?;
            if let Some(children) = &e.children {
                need.children = children.get();
            }
            effects.about = Some(need.seq);
        }
        Event::NeedClosed(e) => {
            let need = need(books, &e.need)?;
            need.closed = Some(seq);
            effects.about = Some(need.seq);
        }
        Event::SponsorshipStarted(e) => {
            record = Record::Sponsorship(index(books.sponsorships.len())?);
            new_code(books, e.sponsorship.get(), of_entry(seq)?)?;
            books.sponsorships.push_back(Sponsorship {
                seq,
                starts: e.starts,
                ended: None,
            });
        }
        Event::SponsorshipEnded(e) => {
            let Record::Sponsorship(place) = standing(books, &e.sponsorship)? else {
                return Err(format!("{} is not a sponsorship", e.sponsorship));
            };
            let sponsorship = &mut books.sponsorships[place as usize];
            sponsorship.ended = Some(e.on);
            effects.about = Some(sponsorship.seq);
        }
        Event::EvidenceAttached(e) => record = paper(books, seq, e.evidence.get(), Record::Paper)?,
        Event::RecognitionAwarded(e) => record = paper(books, seq, e.recognition.get(), Record::Paper)?,
        Event::InspectionOpened(e) => record = paper(books, seq, e.inspection.get(), Record::Inspection)?,
        Event::IndicatorReported(_) | Event::ReportFiled(_) => {}
        Event::FindingRaised(e) => {
            record = Record::Finding(index(books.findings.len())?);
            new_code(books, e.finding.get(), of_entry(seq)?)?;
            books.findings.push_back(Finding {
                seq,
                by: entry.by.clone(),
                closed: None,
            });
        }
        Event::FindingAnswered(e) => effects.about = Some(finding(books, &e.finding)?.seq),
        Event::FindingClosed(e) => {
            let finding = finding(books, &e.finding)?;
            finding.closed = Some(seq);
            effects.about = Some(finding.seq);
        }
        Event::EntryReversed(e) => reversal::entry_reversed(books, seq, e.reverses.get(), &mut effects)?,
    }
    books.entries.push(record);
    Ok(effects)
}

fn known<T>(found: Option<T>, name: impl fmt::Display) -> Result<T, String> {
    found.ok_or_else(|| format!("{name} is not known"))
}

/// Indexes are 32 bits wide to keep millions of them small.
fn index(length: usize) -> Result<u32, String> {
    u32::try_from(length)
        .ok()
        .filter(|&index| index != NONE)
        .ok_or_else(|| "the books are full".to_owned())
}

/// What an entry's own code is given to.
fn of_entry(seq: u64) -> Result<Coded, String> {
    let seq = u32::try_from(seq).map_err(|_| "the journal is full".to_owned())?;
    Ok(Coded::Entry(seq))
}

fn new_code(books: &mut Books, code: &Code, coded: Coded) -> Result<(), String> {
    books
        .codes
        .insert(code, coded)
        .then_some(())
        .ok_or_else(|| format!("{code} is used twice"))
}

fn standing(books: &Books, code: &Code) -> Result<Record, String> {
    let record = known(books.record_of_code(code), code)?;
    let seq = known(books.seq_of_code(code), code)?;
    if books.reversed.contains_key(&seq) {
        Err(format!("{code} was reversed"))
    } else {
        Ok(record)
    }
}

fn need<'a>(books: &'a mut Books, code: &Code) -> Result<&'a mut Need, String> {
    match standing(books, code)? {
        Record::Need(place) => Ok(&mut books.needs[place as usize]),
        _ => Err(format!("{code} is not a need")),
    }
}

fn finding<'a>(books: &'a mut Books, code: &Code) -> Result<&'a mut Finding, String> {
    match standing(books, code)? {
        Record::Finding(place) => Ok(&mut books.findings[place as usize]),
        _ => Err(format!("{code} is not a finding")),
    }
}

/// A code of which nothing but its entry has to be remembered.
fn paper(books: &mut Books, seq: u64, code: &Code, kind: fn(u32) -> Record) -> Result<Record, String> {
    let record = kind(u32::try_from(seq).map_err(|_| "the journal is full".to_owned())?);
    new_code(books, code, of_entry(seq)?)?;
    Ok(record)
}

fn purpose_changed(
    books: &mut Books,
    seq: u64,
    e: &PurposeChanged,
    effects: &mut Effects,
) -> Result<Record, String> {
    let stock = known(books.stock(&e.lot), &e.lot)?;
    let place = index(books.purposes.len())?;
    let state = &mut books.stocks[stock as usize];
    if state.reversed {
        return Err(format!("{} was reversed", e.lot));
    }
    let before = std::mem::replace(&mut state.restriction, normal(Some(&e.restriction)));
    effects.about = Some(state.id.seq());
    books.purposes.push_back(Purpose { seq, stock, before });
    books.purposes_of.entry(stock).or_default().push(place);
    Ok(Record::Purpose(place))
}

fn pool_opened(
    books: &mut Books,
    entry: &Entry,
    e: &PoolOpened,
    effects: &mut Effects,
) -> Result<(), String> {
    let campaign = match &e.campaign {
        None => None,
        Some(campaign) => known(books.campaigns.get(campaign), campaign)?
            .restriction
            .clone(),
    };
    let own = normal(e.restriction.as_ref());
    let restriction = join(books, own.as_ref(), campaign.as_ref(), entry.at.vietnam_date());
    let stock = Stock {
        id: StockId::new(entry.seq, 0),
        name: Reference::from(&e.pool),
        fund: e.fund.clone().into(),
        item: e.item.clone().into(),
        sources: Sources::of(e.source),
        restriction: restriction.map_err(|_| "its restrictions exclude each other".to_owned())?,
        line: Line::default(),
        store: Store::Pool {
            receipts: Box::default(),
        },
        reversed: false,
        depth: 0,
    };
    effects
        .opened
        .push(opened(&stock, StockKind::Pool, 0, Value::Stated(None)));
    let place = index(books.stocks.len())?;
    if books.pools.insert(e.pool.clone(), place).is_some() {
        return Err(format!("the pool {} is opened twice", e.pool));
    }
    books.use_item(&stock.item);
    books.stocks.push_back(stock);
    Ok(())
}

fn opened(stock: &Stock, kind: StockKind, quantity: u128, value: Value) -> Opened {
    Opened {
        stock: stock.id,
        name: stock.name.clone(),
        kind,
        fund: (*stock.fund).clone(),
        item: (*stock.item).clone(),
        sources: stock.sources.iter().collect(),
        quantity,
        value,
    }
}

fn donation_pledged(books: &mut Books, entry: &Entry, e: &DonationPledged) -> Result<Record, String> {
    let campaign = e
        .campaign
        .as_ref()
        .and_then(|c| books.campaigns.get(c))
        .and_then(|c| c.restriction.clone());
    let own = normal(e.restriction.as_ref());
    let restriction = join(books, own.as_ref(), campaign.as_ref(), e.pledged_on);
    books.use_item(&e.item);
    let record = Record::Donation(index(books.donations.len())?);
    new_code(books, e.donation.get(), of_entry(entry.seq)?)?;
    books.donations.push_back(Donation {
        seq: entry.seq,
        code: e.donation.get().clone(),
        item: e.item.clone(),
        pledged: e.quantity.thousandths(),
        cancelled: 0,
        received: 0,
        pledged_on: e.pledged_on,
        restriction: restriction.map_err(|_| "its restrictions exclude each other".to_owned())?,
        standing: Standing::new(),
    });
    Ok(record)
}

fn donation_index(books: &Books, code: &Code) -> Result<u32, String> {
    match standing(books, code)? {
        Record::Donation(index) => Ok(index),
        _ => Err(format!("{code} is not a donation")),
    }
}

fn donation_cancelled(
    books: &mut Books,
    seq: u64,
    e: &DonationCancelled,
    effects: &mut Effects,
) -> Result<Record, String> {
    let donation = donation_index(books, &e.donation)?;
    let quantity = e.quantity.thousandths();
    let state = &mut books.donations[donation as usize];
    if state.pledged - state.cancelled < quantity {
        return Err(format!("more of {} is cancelled than was promised", e.donation));
    }
    state.cancelled += quantity;
    state.standing.push(seq);
    effects.about = Some(state.seq);
    let record = Record::Cancelling(index(books.cancellings.len())?);
    books.cancellings.push_back(Cancelling { donation, quantity });
    Ok(record)
}

fn receipt_issued(
    books: &mut Books,
    seq: u64,
    e: &ReceiptIssued,
    effects: &mut Effects,
) -> Result<Record, String> {
    let seq32 = u32::try_from(seq).map_err(|_| "the journal is full".to_owned())?;
    let donation = match &e.donation {
        None => None,
        Some(code) => Some(donation_index(books, code)?),
    };
    new_code(books, e.receipt.get(), of_entry(seq)?)?;
    let value_vnd = if e.item.is_vnd() {
        Some(e.quantity.thousandths() / 1000)
    } else {
        e.value_vnd.map(minhbach_events::Vnd::get)
    };
    let stock = match &e.pool {
        Some(pool) => join_pool(books, seq32, pool, e, value_vnd, effects)?,
        None => open_lot(books, seq, e, value_vnd, effects)?,
    };
    if let Some(donation) = donation {
        books.kept_promises.insert(seq32, donation);
        let state = &mut books.donations[donation as usize];
        state.received += u128::from(e.quantity.thousandths());
        state.standing.push(seq);
        effects.about = Some(state.seq);
    }
    let (_, year, number) = e
        .serial
        .parts()
        .ok_or_else(|| "its serial number is not one".to_owned())?;
    let last = books.serials.entry((e.fund.clone(), year)).or_insert(0);
    if number != *last + 1 {
        return Err(format!("serial number {} follows {last}", e.serial.as_str()));
    }
    *last = number;
    Ok(Record::Receipt(stock))
}

fn join_pool(
    books: &mut Books,
    seq: u32,
    pool: &Slug,
    e: &ReceiptIssued,
    value_vnd: Option<u64>,
    effects: &mut Effects,
) -> Result<u32, String> {
    let place = *known(books.pools.get(pool), pool)?;
    let stock = &mut books.stocks[place as usize];
    let Store::Pool { receipts } = &mut stock.store else {
        return Err(format!("{pool} is not a pool"));
    };
    let span = stock.line.extend(u128::from(e.quantity.thousandths()));
    receipts.push_back(Pooled {
        from: span.from.into(),
        seq,
        received_on: e.received_on.ordinal(),
        expires_on: e.expires_on.map_or(i32::MAX, minhbach_events::Date::ordinal),
    });
    effects.joined = Some(Joined {
        pool: stock.id,
        from: span.from,
        to: span.to,
        value_vnd,
    });
    Ok(place)
}

fn open_lot(
    books: &mut Books,
    seq: u64,
    e: &ReceiptIssued,
    value_vnd: Option<u64>,
    effects: &mut Effects,
) -> Result<u32, String> {
    let own = normal(e.restriction.as_ref());
    let pledge = match &e.donation {
        None => None,
        Some(code) => books.donations[donation_index(books, code)? as usize]
            .restriction
            .clone(),
    };
    let campaign = e
        .campaign
        .as_ref()
        .and_then(|c| books.campaigns.get(c))
        .and_then(|c| c.restriction.clone());
    let excluded = |_| "its restrictions exclude each other".to_owned();
    let restriction = join(books, own.as_ref(), pledge.as_ref(), e.received_on).map_err(excluded)?;
    let restriction =
        join(books, restriction.as_ref(), campaign.as_ref(), e.received_on).map_err(excluded)?;
    let quantity = u128::from(e.quantity.thousandths());
    let stock = Stock {
        id: StockId::new(seq, 0),
        name: Reference::from(e.receipt.get()),
        fund: e.fund.clone().into(),
        item: e.item.clone().into(),
        sources: Sources::of(e.source),
        restriction,
        line: Line::of(quantity),
        store: Store::Lot {
            since: e.received_on,
            expires_on: e.expires_on,
        },
        reversed: false,
        depth: 0,
    };
    effects
        .opened
        .push(opened(&stock, StockKind::Lot, quantity, Value::Stated(value_vnd)));
    let place = index(books.stocks.len())?;
    books.use_item(&stock.item);
    books.stocks.push_back(stock);
    Ok(place)
}

fn allocation_made(
    books: &mut Books,
    seq: u64,
    e: &AllocationMade,
    effects: &mut Effects,
) -> Result<Record, String> {
    let mut draws = Vec::with_capacity(e.draws.len());
    for draw in &e.draws {
        let place = known(books.stock(&draw.lot), &draw.lot)?;
        let stock = &mut books.stocks[place as usize];
        if stock.reversed {
            return Err(format!("{} was reversed", draw.lot));
        }
        let spans = stock.line.front(u128::from(draw.quantity.thousandths()));
        let spans = spans.ok_or_else(|| format!("{} holds less than is drawn", draw.lot))?;
        let mut open = Spans::default();
        for span in spans {
            stock.line.hold(span, seq);
            open.insert(span.from, span.to, ());
            effects
                .moves
                .push(moved(stock.id, span, Holding::Available, Holding::Allocated(seq)));
        }
        draws.push(Drawn { stock: place, open });
    }
    books.use_place(&e.place);
    let record = Record::Allocation(index(books.allocations.len())?);
    new_code(books, e.allocation.get(), of_entry(seq)?)?;
    known(books.programmes.get(&e.programme), &e.programme)?;
    let need = match &e.need {
        None => NONE,
        Some(code) => match standing(books, code)? {
            Record::Need(place) => place,
            _ => return Err(format!("{code} is not a need")),
        },
    };
    effects.about = books.needs.get(need as usize).map(|need| need.seq);
    books.allocations.push_back(Allocation {
        seq,
        code: e.allocation.get().clone(),
        programme: e.programme.clone().into(),
        category: e.category.clone().into(),
        place: e.place.clone().into(),
        group: e.group.clone().map(Word::from),
        need,
        item: e.item.clone().into(),
        decided_on: e.decided_on,
        draws: draws.into(),
        standing: Standing::new(),
    });
    Ok(record)
}

fn moved(stock: StockId, span: Span, was: Holding, now: Holding) -> Move {
    Move {
        stock,
        from: span.from,
        to: span.to,
        was,
        now,
    }
}

fn allocation_index(books: &Books, code: &Code) -> Result<u32, String> {
    match standing(books, code)? {
        Record::Allocation(index) => Ok(index),
        _ => Err(format!("{code} is not an allocation")),
    }
}

/// What a release gives back: the last-listed draws first, from their tail.
fn tail(allocation: &Allocation, quantity: Quantity) -> Option<Vec<Piece>> {
    let mut rest = u128::from(quantity.thousandths());
    let mut pieces = Vec::new();
    for (index, draw) in allocation.draws.iter().enumerate().rev() {
        for (from, to, ()) in draw.open.iter().rev() {
            if rest == 0 {
                return Some(pieces);
            }
            let from = from.max(to.saturating_sub(rest));
            rest -= to - from;
            pieces.push(Piece::of(index as u32, Span { from, to }));
        }
    }
    (rest == 0).then_some(pieces)
}

fn allocation_released(
    books: &mut Books,
    seq: u64,
    e: &AllocationReleased,
    effects: &mut Effects,
) -> Result<Record, String> {
    let place = allocation_index(books, &e.allocation)?;
    let allocation = &mut books.allocations[place as usize];
    let pieces = tail(allocation, e.quantity)
        .ok_or_else(|| format!("{} holds less than is released", e.allocation))?;
    for piece in &pieces {
        let draw = &mut allocation.draws[piece.draw as usize];
        draw.open.remove(piece.span().from, piece.span().to);
        let stock = &mut books.stocks[draw.stock as usize];
        stock.line.give_back(piece.span());
        effects.moves.push(moved(
            stock.id,
            piece.span(),
            Holding::Allocated(allocation.seq),
            Holding::Available,
        ));
    }
    allocation.standing.push(seq);
    effects.about = Some(allocation.seq);
    let record = Record::Release(index(books.releases.len())?);
    books.releases.push_back(Release {
        allocation: place,
        pieces: pieces.into(),
    });
    Ok(record)
}

fn delivery_made(
    books: &mut Books,
    entry: &Entry,
    e: &DeliveryMade,
    effects: &mut Effects,
) -> Result<Record, String> {
    let seq = entry.seq;
    let place = allocation_index(books, &e.allocation)?;
    books.use_place(&e.place);
    let record = Record::Delivery(index(books.deliveries.len())?);
    new_code(books, e.delivery.get(), of_entry(entry.seq)?)?;
    let allocation = &mut books.allocations[place as usize];
    let quantity = u128::from(e.quantity.thousandths());
    let pieces: Vec<Piece> = front(allocation, quantity)
        .into_iter()
        .map(|(draw, span)| Piece::of(draw, span))
        .collect();
    if pieces.iter().map(|piece| piece.span().length()).sum::<u128>() != quantity {
        return Err(format!("{} holds less than is delivered", e.allocation));
    }
    for piece in &pieces {
        let draw = &mut allocation.draws[piece.draw as usize];
        draw.open.remove(piece.span().from, piece.span().to);
        let stock = &mut books.stocks[draw.stock as usize];
        stock.line.pass(piece.span(), seq);
        effects.moves.push(moved(
            stock.id,
            piece.span(),
            Holding::Allocated(allocation.seq),
            Holding::Delivered(seq),
        ));
    }
    allocation.standing.push(seq);
    effects.about = Some(allocation.seq);
    known(books.parties.get(&e.receiver), &e.receiver)?;
    books.deliveries.push_back(Delivery {
        seq,
        code: e.delivery.get().clone(),
        by: entry.by.clone().into(),
        allocation: place,
        receiver: e.receiver.clone().into(),
        quantity: e.quantity.thousandths(),
        delivered_on: e.delivered_on,
        pieces: pieces.into(),
        returned: Spans::default(),
        returns: Standing::new(),
        answer: None,
    });
    Ok(record)
}

fn answered(
    books: &mut Books,
    seq: u64,
    code: &Code,
    kind: AnswerKind,
    effects: &mut Effects,
) -> Result<Record, String> {
    let Record::Delivery(place) = standing(books, code)? else {
        return Err(format!("{code} is not a delivery"));
    };
    let delivery = &mut books.deliveries[place as usize];
    if delivery.answer.is_some() {
        return Err(format!("{code} is answered twice"));
    }
    delivery.answer = Some((seq, kind));
    effects.about = Some(delivery.seq);
    let record = Record::Answer(index(books.answers.len())?);
    books.answers.push_back(Answer { seq, delivery: place });
    Ok(record)
}

/// A resolution stands on the dispute that it settles.
fn resolved(books: &mut Books, seq: u64, code: &Code, effects: &mut Effects) -> Result<Record, String> {
    let Record::Delivery(place) = standing(books, code)? else {
        return Err(format!("{code} is not a delivery"));
    };
    let delivery = &mut books.deliveries[place as usize];
    let Some((dispute, AnswerKind::Disputed)) = delivery.answer else {
        return Err(format!("{code} is not disputed"));
    };
    delivery.answer = Some((
        seq,
        AnswerKind::Resolved {
            dispute: u32::try_from(dispute).map_err(|_| "the journal is full".to_owned())?,
        },
    ));
    effects.about = Some(delivery.seq);
    let record = Record::Answer(index(books.answers.len())?);
    books.answers.push_back(Answer { seq, delivery: place });
    Ok(record)
}

/// What the books hold together about a lot or pool, for tests of conservation.
pub fn available(books: &Books, name: &Reference) -> Option<u128> {
    books
        .stock(name)
        .map(|place| books.stocks[place as usize].line.available())
}
