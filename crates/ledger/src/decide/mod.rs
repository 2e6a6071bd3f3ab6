//! The rules: whether a proposal may be recorded.
//!
//! Rules are asked in the order of the design, chapter 7. A decision that breaks one is refused. A fact has
//! happened: where it only breaks a policy it is refused once, and accepted when proposed again with `despite` and
//! a reason.

mod allocation;
pub(crate) mod delivery;
mod finding;
mod form;
mod gifts;
mod need;
mod outflow;
mod paper;
mod purchase;
mod purpose;
mod reference;
mod reversal;
mod role;
mod stock;

pub(crate) use delivery::{depth, front};
use minhbach_events::words::RejectionCode;
use minhbach_events::{
    Actor, Code, Date, Event, Item, Malformed, NewCode, Prefix, Problem, Proposal, Serial, Slug, Timestamp,
};
pub(crate) use outflow::{lowest, stretch_to_refund};

use crate::authority::{self, Authority};
use crate::books::{Books, Programme, too_many_decimals};
use crate::codes::Record;
use crate::personal::{self, Personal};
use crate::rejection::{Reason, Rejection};

/// What a decision depends on besides the books: when, who and on what authority, and chance for new codes.
#[derive(Clone, Debug)]
pub struct Moment {
    /// When it is recorded, UTC.
    pub at: Timestamp,
    /// The post that proposes.
    pub by: Actor,
    /// What that post may propose.
    pub authority: Authority,
    /// Where new codes come from: unpredictable in a live ledger.
    pub entropy: [u8; 32],
}

/// Decides whether a proposal may be recorded, and as what.
///
/// The event returned has its codes and serial number. Nothing changes until [`apply`](crate::apply).
///
/// # Errors
///
/// The first rule broken, in the order of the design.
pub fn decide(books: &Books, proposal: &Proposal, moment: &Moment) -> Result<Event, Rejection> {
    let event = &proposal.event;
    form::check(event)?;
    let unauthorised = authority::check(books, proposal, &moment.by, &moment.authority).err();
    let personal = check_personal(books, event).err();
    if books.kind.is_none() && !matches!(event, Event::LedgerOpened(_)) {
        let first = unauthorised.or(personal);
        return Err(first.unwrap_or_else(|| Rejection::new(Reason::NotOpened)));
    }
    let mut ask = Ask {
        books,
        moment,
        today: moment.at.vietnam_date(),
        broken: Vec::new(),
    };
    // Asked first, said in its turn: what makes an event malformed beside the books comes before it.
    let before = unauthorised.into_iter().chain(personal);
    before.for_each(|rejection| ask.rule(rejection));
    match asked(&mut ask, event) {
        Ok(()) => ask.finish(despite_of(event))?,
        Err(rejection) => return Err(ask.first_with(rejection)),
    }
    Ok(completed(books, event.clone(), moment))
}

/// Asks the rules of one type. An error is one that leaves nothing more to ask, such as an unknown reference.
fn asked(ask: &mut Ask<'_>, event: &Event) -> Result<(), Rejection> {
    match event {
        Event::LedgerOpened(_) => {
            if ask.books.kind.is_some() {
                return Err(Rejection::new(Reason::OpenedTwice));
            }
            Ok(())
        }
        Event::ProgrammePublished(e) => reference::programme_published(ask, e),
        Event::ProgrammeRevised(e) => reference::programme_revised(ask, e),
        Event::ProgrammeClosed(e) => reference::programme_closed(ask, e),
        Event::PlaceRegistered(e) => reference::place_registered(ask, e),
        Event::PlaceRevised(e) => reference::place_revised(ask, e),
        Event::PlaceSucceeded(e) => reference::place_succeeded(ask, e),
        Event::ItemRegistered(e) => reference::item_registered(ask, e),
        Event::ItemRevised(e) => reference::item_revised(ask, e),
        Event::PartyRegistered(e) => reference::party_registered(ask, e),
        Event::PartyRevised(e) => reference::party_revised(ask, e),
        Event::RoleAssigned(e) => role::role_assigned(ask, e),
        Event::RoleEnded(e) => role::role_ended(ask, e),
        Event::CampaignOpened(e) => reference::campaign_opened(ask, e),
        Event::CampaignClosed(e) => reference::campaign_closed(ask, e),
        Event::PoolOpened(e) => reference::pool_opened(ask, e),
        Event::NeedAssessed(e) => need::need_assessed(ask, e),
        Event::NeedRevised(e) => need::need_revised(ask, e),
        Event::NeedClosed(e) => need::need_closed(ask, e),
        Event::DonationPledged(e) => gifts::donation_pledged(ask, e),
        Event::DonationCancelled(e) => gifts::donation_cancelled(ask, e),
        Event::ReceiptIssued(e) => gifts::receipt_issued(ask, e),
        Event::GoodsInspected(e) => outflow::goods_inspected(ask, e),
        Event::PurposeChanged(e) => purpose::purpose_changed(ask, e),
        Event::PurchaseMade(e) => purchase::purchase_made(ask, e),
        Event::CustodyTransferred(e) => purchase::custody_transferred(ask, e),
        Event::AllocationMade(e) => allocation::allocation_made(ask, e),
        Event::AllocationReleased(e) => allocation::allocation_released(ask, e),
        Event::DeliveryMade(e) => delivery::delivery_made(ask, e),
        Event::DeliveryConfirmed(e) => delivery::delivery_confirmed(ask, e),
        Event::DeliveryDisputed(e) => delivery::delivery_disputed(ask, e),
        Event::DeliveryResolved(e) => delivery::delivery_resolved(ask, e),
        Event::DeliveryReturned(e) => delivery::delivery_returned(ask, e),
        Event::RefundPaid(e) => outflow::refund_paid(ask, e),
        Event::StockWrittenOff(e) => outflow::stock_written_off(ask, e),
        Event::ExpensePaid(e) => outflow::expense_paid(ask, e),
        Event::SponsorshipStarted(e) => paper::sponsorship_started(ask, e),
        Event::SponsorshipEnded(e) => paper::sponsorship_ended(ask, e),
        Event::EvidenceAttached(e) => paper::evidence_attached(ask, e),
        Event::EntryReversed(e) => reversal::entry_reversed(ask, e),
        Event::IndicatorReported(e) => paper::indicator_reported(ask, e),
        Event::ReportFiled(e) => paper::report_filed(ask, e),
        Event::RecognitionAwarded(e) => paper::recognition_awarded(ask, e),
        Event::InspectionOpened(e) => finding::inspection_opened(ask, e),
        Event::FindingRaised(e) => finding::finding_raised(ask, e),
        Event::FindingAnswered(e) => finding::finding_answered(ask, e),
        Event::FindingClosed(e) => finding::finding_closed(ask, e),
    }
}

/// Whether an event's fields fit each other, which is asked before its idempotency key.
pub(crate) fn well_formed(event: &Event) -> Result<(), Malformed> {
    form::check(event)
}

fn despite_of(event: &Event) -> &[RejectionCode] {
    match event {
        Event::ReceiptIssued(e) => e.despite.as_deref(),
        Event::DeliveryMade(e) => e.despite.as_deref(),
        Event::DeliveryConfirmed(e) => e.despite.as_deref(),
        _ => None,
    }
    .unwrap_or_default()
}

/// The rules being asked about one proposal, and what was found broken.
pub(crate) struct Ask<'a> {
    pub books: &'a Books,
    pub moment: &'a Moment,
    /// The day it is in Vietnam.
    pub today: Date,
    broken: Vec<(Rejection, bool)>,
}

impl<'a> Ask<'a> {
    /// A rule that nothing lifts was broken.
    pub fn rule(&mut self, rejection: Rejection) {
        self.broken.push((rejection, false));
    }

    /// A policy was broken, which `despite` lifts for a fact.
    pub fn policy(&mut self, rejection: Rejection) {
        self.broken.push((rejection, true));
    }

    /// Refuses with the first rule broken, and a `despite` that lifts nothing.
    fn finish(mut self, despite: &[RejectionCode]) -> Result<(), Rejection> {
        // Authority and personal data come first: only what can be recorded at all may lack a broken rule.
        let barred = self
            .broken
            .iter()
            .any(|(rejection, _)| rejection.code() <= RejectionCode::PersonalData);
        for code in despite.iter().filter(|_| !barred) {
            if !self
                .broken
                .iter()
                .any(|(rejection, policy)| *policy && rejection.code() == *code)
            {
                let problem = Problem::DespiteNotNeeded {
                    code: code.word().to_owned(),
                };
                return Err(Malformed::new("despite", problem).into());
            }
        }
        self.in_order();
        let refused = self
            .broken
            .into_iter()
            .find(|(rejection, policy)| !*policy || !despite.contains(&rejection.code()));
        refused.map_or(Ok(()), |(rejection, _)| Err(rejection))
    }

    /// The first rule broken, when there is nothing more to ask.
    fn first_with(mut self, last: Rejection) -> Rejection {
        self.rule(last.clone());
        self.in_order();
        self.broken.into_iter().next().map_or(last, |(first, _)| first)
    }

    /// The words of a rejection are declared in the order in which the rules are asked.
    fn in_order(&mut self) {
        self.broken.sort_by_key(|(rejection, _)| rejection.code());
    }

    /// No business date lies after today in Vietnam; nothing lifts that.
    pub fn not_in_future(&mut self, field: &'static str, date: Date) {
        if self.today < date {
            let rejection = Rejection::new(Reason::InFuture).with("field", field);
            self.rule(rejection.date("date", date).date("today", self.today));
        }
    }

    // --- references ---

    pub fn unknown(kind: &'static str, name: impl std::fmt::Display) -> Rejection {
        Rejection::new(Reason::Unknown)
            .word("kind", kind)
            .with("name", name)
    }

    /// What a code stands for, if it stands.
    pub fn record(&self, kind: &'static str, code: &Code) -> Result<(Record, u64), Rejection> {
        let record = self
            .books
            .record_of_code(code)
            .ok_or_else(|| Self::unknown(kind, code))?;
        let seq = self
            .books
            .seq_of_code(code)
            .ok_or_else(|| Self::unknown(kind, code))?;
        match self.books.reversed.get(&seq) {
            None => Ok((record, seq)),
            Some(&by) => Err(Rejection::new(Reason::Reversed)
                .with("name", code)
                .count("seq", by)),
        }
    }

    pub fn party(&self, party: &Slug) -> Result<(), Rejection> {
        self.books
            .parties
            .contains_key(party)
            .then_some(())
            .ok_or_else(|| Self::unknown("party", party))
    }

    pub fn programme(&self, programme: &Slug) -> Result<&'a Programme, Rejection> {
        let known = self.books.programmes.get(programme);
        known.ok_or_else(|| Self::unknown("programme", programme))
    }

    pub fn place(&self, place: &Slug) -> Result<(), Rejection> {
        self.books
            .places
            .contains_key(place)
            .then_some(())
            .ok_or_else(|| Self::unknown("place", place))
    }

    pub fn item(&self, item: &Item) -> Result<(), Rejection> {
        match item {
            Item::Money(_) => Ok(()),
            Item::Kind(slug) if self.books.items.contains_key(slug) => Ok(()),
            Item::Kind(slug) => Err(Self::unknown("item", slug)),
        }
    }

    /// A code given by the caller must be new.
    pub fn new_code(&mut self, code: &NewCode) {
        self.new_codes([code]);
    }

    /// The codes given by the caller must be new, and stand for one thing each.
    pub fn new_codes<'c>(&mut self, codes: impl IntoIterator<Item = &'c NewCode>) {
        let mut seen: Vec<&Code> = Vec::new();
        for code in codes.into_iter().filter_map(|code| code.0.as_ref()) {
            if self.books.codes.get(code).is_some() {
                self.rule(Rejection::new(Reason::CodeUsed).with("code", code));
            } else if let Some(kind) = self.books.named(code.as_str()) {
                self.rule(
                    Rejection::new(Reason::SlugUsed)
                        .word("kind", kind)
                        .with("name", code),
                );
            } else if seen.contains(&code) {
                self.rule(Rejection::new(Reason::CodeTwice).with("code", code));
            }
            seen.push(code);
        }
    }

    /// Decimals that the item of another entry does not have.
    pub fn decimals(field: &str, item: &Item, decimals: u32) -> Result<(), Rejection> {
        match too_many_decimals(item, decimals) {
            None => Ok(()),
            Some((currency, digits)) => {
                Err(Malformed::new(field, Problem::Decimals { currency, digits }).into())
            }
        }
    }
}

/// Personal data in a free text or a caller's code. A code already in the books was looked at when it came in.
fn check_personal(books: &Books, event: &Event) -> Result<(), Rejection> {
    let mut found = None;
    event.texts(&mut |text| {
        if found.is_none()
            && let Some(personal) = personal::find(text)
            && Code::new(text).is_none_or(|code| books.codes.get(&code).is_none())
        {
            found = Some((personal, text.to_owned()));
        }
    });
    let Some((personal, text)) = found else {
        return Ok(());
    };
    let reason = match personal {
        Personal::Email => Reason::Email,
        Personal::Number => Reason::LongNumber,
    };
    Err(Rejection::new(reason).with("field", field_of(event, &text)))
}

/// The path of the field that holds a text, so that the sentence need not repeat the text.
fn field_of(event: &Event, text: &str) -> String {
    fn search(value: &serde_json::Value, text: &str, path: &str) -> Option<String> {
        match value {
            serde_json::Value::String(s) => (s == text).then(|| path.to_owned()),
            serde_json::Value::Array(list) => list
                .iter()
                .enumerate()
                .find_map(|(i, value)| search(value, text, &format!("{path}[{i}]"))),
            serde_json::Value::Object(map) => map.iter().find_map(|(key, value)| {
                let inner = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                search(value, text, &inner)
            }),
            _ => None,
        }
    }
    let mut bytes = Vec::new();
    event.write(&mut bytes);
    serde_json::from_slice(&bytes)
        .ok()
        .and_then(|value| search(&value, text, ""))
        .unwrap_or_default()
}

/// Fills in what the ledger makes: codes where none were given, and the serial number of a receipt.
fn completed(books: &Books, mut event: Event, moment: &Moment) -> Event {
    let mut codes = CodeMaker {
        books,
        moment,
        drawn: None,
    };
    match &mut event {
        Event::DonationPledged(e) => codes.fill(&mut e.donation, Prefix::Donation),
        Event::ReceiptIssued(e) => {
            codes.fill(&mut e.receipt, Prefix::Receipt);
            let year = e.received_on.year();
            let last = books.serials.get(&(e.fund.clone(), year)).copied().unwrap_or(0);
            e.serial = Serial::new(&e.fund, year, last + 1);
        }
        Event::NeedAssessed(e) => codes.fill(&mut e.need, Prefix::Need),
        Event::PurchaseMade(e) => {
            codes.fill(&mut e.purchase, Prefix::Purchase);
            for lot in &mut e.obtains {
                codes.fill(&mut lot.lot, Prefix::Lot);
            }
        }
        Event::CustodyTransferred(e) => {
            codes.fill(&mut e.transfer, Prefix::Transfer);
            codes.fill(&mut e.new_lot, Prefix::Lot);
        }
        Event::AllocationMade(e) => codes.fill(&mut e.allocation, Prefix::Allocation),
        Event::DeliveryMade(e) => codes.fill(&mut e.delivery, Prefix::Delivery),
        Event::DeliveryReturned(e) => codes.fill(&mut e.new_lot, Prefix::Lot),
        Event::RefundPaid(e) => codes.fill(&mut e.refund, Prefix::Refund),
        Event::StockWrittenOff(e) => codes.fill(&mut e.write_off, Prefix::WriteOff),
        Event::ExpensePaid(e) => codes.fill(&mut e.expense, Prefix::Expense),
        Event::SponsorshipStarted(e) => codes.fill(&mut e.sponsorship, Prefix::Sponsorship),
        Event::EvidenceAttached(e) => codes.fill(&mut e.evidence, Prefix::Evidence),
        Event::RecognitionAwarded(e) => codes.fill(&mut e.recognition, Prefix::Recognition),
        Event::InspectionOpened(e) => codes.fill(&mut e.inspection, Prefix::Inspection),
        Event::FindingRaised(e) => codes.fill(&mut e.finding, Prefix::Finding),
        _ => {}
    }
    event
}

struct CodeMaker<'a> {
    books: &'a Books,
    moment: &'a Moment,
    drawn: Option<blake3::OutputReader>,
}

impl CodeMaker<'_> {
    fn fill(&mut self, code: &mut NewCode, prefix: Prefix) {
        if code.0.is_none() {
            *code = NewCode(Some(self.make(prefix)));
        }
    }

    /// Draws until a code is well formed and new. With 2^40 codes a prefix, a draw seldom has to be repeated.
    fn make(&mut self, prefix: Prefix) -> Code {
        let drawn = self
            .drawn
            .get_or_insert_with(|| blake3::Hasher::new_keyed(&self.moment.entropy).finalize_xof());
        loop {
            let mut random = [0; 8];
            drawn.fill(&mut random);
            if let Some(code) = Code::made(prefix, u64::from_le_bytes(random))
                && self.books.codes.get(&code).is_none()
            {
                return code;
            }
        }
    }
}
