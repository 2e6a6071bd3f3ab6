//! What an entry looks like as a step of a trail.

use minhbach_events::{Amount, Code, Date, Entry, Event, Item, Label, Reference, Slug};
use serde::{Deserialize, Serialize};

use crate::document::document;

/// What a step of a trail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = TrailKind))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A pledge.
    Donation,
    /// A gift in hand, and the lot it opened; without a pledge, donation and receipt in one.
    Receipt,
    /// A lot that something else than a receipt put into stock.
    Lot,
    /// A line of like receipts.
    Pool,
    /// What is reserved for a place and category.
    Allocation,
    /// What was handed over.
    Delivery,
    /// Money that became goods or services.
    Purchase,
    /// A move to another keeper.
    Transfer,
    /// A gift given back.
    Refund,
    /// A loss.
    WriteOff,
    /// Overhead.
    Expense,
    /// A lack.
    Need,
    /// Recurring support.
    Sponsorship,
    /// A paper or picture.
    Evidence,
    /// Praise.
    Recognition,
    /// An inspection.
    Inspection,
    /// Something found wrong.
    Finding,
}

document! {
    /// A step of a trail.
    #[serde(deny_unknown_fields)]
    #[cfg_attr(feature = "openapi", schema(as = TrailNode))]
    pub struct Node {
        /// Its code or slug.
        pub code: Reference,
        /// What it is.
        pub kind: Kind,
        /// The entry it comes from.
        pub seq: u64,
        /// The business date; for what has none, the day in Vietnam on which it was recorded.
        pub on: Date,
        /// What it is of.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub item: Option<Item>,
        /// How much: of an allocation what it drew and did not release, of a delivery what was not returned. Of a
        /// pool what it received, or, where a trail looks upstream, what was drawn from it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub quantity: Option<Amount>,
        /// Where.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub place: Option<Slug>,
        /// For what.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub category: Option<Label>,
        /// How many receipts a pool stands for: all of it, or, where a trail looks upstream, those that were drawn.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub count: Option<u64>,
        /// The first of them.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub first: Option<Reference>,
        /// The last of them.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub last: Option<Reference>,
        /// Where a trail looks upstream: which exact part of what is asked for came from here.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub share: Option<String>,
        /// The entries that bound this lot or pool to another purpose.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub purpose_changed_by: Vec<u64>,
        /// The entries that answer it and stand, in order: what confirmed, disputed, settled or brought back a delivery,
        /// and what cancelled a pledge.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub answered_by: Vec<u64>,
        /// The entry that reversed it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub reversed_by: Option<u64>,
        /// What it is about, where no quantity flows between them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub about: Vec<Reference>,
    }
}

impl Node {
    /// The step that an entry is, as the entry itself says; `None` for an entry that opens no code and no pool.
    pub(crate) fn of(entry: &Entry) -> Option<Node> {
        let drawn = |draws: &[minhbach_events::event::Draw]| {
            Amount(draws.iter().map(|draw| draw.quantity.amount().0).sum())
        };
        let blank = |code: Reference, kind| Node {
            code,
            kind,
            seq: entry.seq,
            on: entry.at.vietnam_date(),
            item: None,
            quantity: None,
            place: None,
            category: None,
            count: None,
            first: None,
            last: None,
            share: None,
            purpose_changed_by: Vec::new(),
            answered_by: Vec::new(),
            reversed_by: None,
            about: Vec::new(),
        };
        let start = |code: &Code, kind| blank(code.into(), kind);
        Some(match &entry.event {
            Event::DonationPledged(e) => Node {
                on: e.pledged_on,
                item: Some(e.item.clone()),
                quantity: Some(e.quantity.amount()),
                ..start(e.donation.get(), Kind::Donation)
            },
            Event::ReceiptIssued(e) => Node {
                on: e.received_on,
                item: Some(e.item.clone()),
                quantity: Some(e.quantity.amount()),
                ..start(e.receipt.get(), Kind::Receipt)
            },
            Event::PoolOpened(e) => Node {
                item: Some(e.item.clone()),
                ..blank((&e.pool).into(), Kind::Pool)
            },
            Event::AllocationMade(e) => Node {
                on: e.decided_on,
                item: Some(e.item.clone()),
                quantity: Some(drawn(&e.draws)),
                place: Some(e.place.clone()),
                category: Some(e.category.clone()),
                about: e.need.iter().map(Reference::from).collect(),
                ..start(e.allocation.get(), Kind::Allocation)
            },
            Event::DeliveryMade(e) => Node {
                on: e.delivered_on,
                quantity: Some(e.quantity.amount()),
                place: Some(e.place.clone()),
                ..start(e.delivery.get(), Kind::Delivery)
            },
            Event::PurchaseMade(e) => Node {
                on: e.purchased_on,
                quantity: Some(drawn(&e.spends)),
                ..start(e.purchase.get(), Kind::Purchase)
            },
            Event::CustodyTransferred(e) => Node {
                on: e.transferred_on,
                quantity: Some(e.quantity.amount()),
                ..start(e.transfer.get(), Kind::Transfer)
            },
            // Its own code is the lot's.
            Event::DeliveryReturned(e) => Node {
                on: e.returned_on,
                quantity: Some(e.quantity.amount()),
                ..start(e.new_lot.get(), Kind::Lot)
            },
            Event::RefundPaid(e) => Node {
                on: e.paid_on,
                quantity: Some(e.quantity.amount()),
                ..start(e.refund.get(), Kind::Refund)
            },
            Event::StockWrittenOff(e) => Node {
                on: e.written_off_on,
                quantity: Some(e.quantity.amount()),
                ..start(e.write_off.get(), Kind::WriteOff)
            },
            Event::ExpensePaid(e) => Node {
                on: e.paid_on,
                quantity: Some(e.quantity.amount()),
                ..start(e.expense.get(), Kind::Expense)
            },
            Event::NeedAssessed(e) => Node {
                on: e.assessed_on,
                item: Some(e.item.clone()),
                quantity: Some(e.quantity.amount()),
                place: Some(e.place.clone()),
                category: Some(e.category.clone()),
                ..start(e.need.get(), Kind::Need)
            },
            Event::SponsorshipStarted(e) => Node {
                on: e.starts,
                item: Some(e.item.clone()),
                quantity: Some(e.quantity.amount()),
                place: Some(e.place.clone()),
                category: Some(e.category.clone()),
                ..start(e.sponsorship.get(), Kind::Sponsorship)
            },
            Event::EvidenceAttached(e) => Node {
                about: vec![e.subject.clone()],
                ..start(e.evidence.get(), Kind::Evidence)
            },
            Event::RecognitionAwarded(e) => Node {
                on: e.awarded_on,
                about: e.receipts.iter().map(Reference::from).collect(),
                ..start(e.recognition.get(), Kind::Recognition)
            },
            Event::InspectionOpened(e) => start(e.inspection.get(), Kind::Inspection),
            Event::FindingRaised(e) => Node {
                about: e
                    .inspection
                    .iter()
                    .map(Reference::from)
                    .chain(e.subjects.iter().cloned())
                    .collect(),
                ..start(e.finding.get(), Kind::Finding)
            },
            _ => return None,
        })
    }
}
