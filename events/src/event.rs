//! Every event type, with its fields in the order in which they are written.
//!
//! The bytes are for ever: a new field, another order or another spelling is a new version of the type.

use serde_json::{Map, Value, json};

use crate::code::{Code, NewCode, Reference, Serial, Slug};
use crate::field::{Context, Field, Fields, Mode, Record, Whole, record, write_plain};
use crate::hash::Hash;
use crate::item::Item;
use crate::json::Json;
use crate::malformed::{Form, Malformed, Problem};
use crate::quantity::{Amount, Decimal, Fraction, Quantity, Vnd};
use crate::text::{Label, MediaType, Name, Origin, Prose, Title, Unit};
use crate::time::{Date, MonthDay};
use crate::words::{
    Beneficiary, Channel, Condition, Consent, Display, Every, Form as GiftForm, ItemForm, LedgerKind,
    NeedOutcome, Part, PartyKind, PlaceKind, RejectionCode, Source, TargetKind,
};

/// A count of children.
pub type Children = Whole<0, 1_000_000_000>;
/// 1 is most urgent, 5 least.
pub type Priority = Whole<1, 5>;
/// The smallest group that may be shown beside a place finer than a district.
pub type MinGroup = Whole<5, 1_000_000>;
/// A seq, or a size of the journal.
pub type Seq = Whole<0, 9_007_199_254_740_991>;

impl Field for Hash {
    fn write(&self, out: &mut Vec<u8>) {
        write_plain(
            out,
            std::str::from_utf8(&self.to_hex()).expect("hexadecimal digits are ASCII"),
        );
    }
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
        Hash::from_hex(crate::field::read_text(json, context)?.as_bytes())
            .ok_or_else(|| context.wrong(Problem::Form(Form::Hash)))
    }
    fn schema() -> Value {
        json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" })
    }
}

record! {
    /// A span of days, both ends included.
    Period { from: Date, to: Date }
}
record! {
    /// A paper that a programme rests on.
    Document { number: Name, issuer: Name, issued_on: Option<Date>, role: Label }
}
record! {
    /// A kind of support that a programme gives.
    Category {
        category: Label,
        title: Title,
        beneficiary: Beneficiary,
        forms: Vec<GiftForm>,
        sources: Option<Vec<Source>>,
        places: Option<Vec<Slug>>,
        groups: Option<Vec<Label>>,
    }
}
record! {
    /// What a programme has set itself to reach.
    Target {
        target: Label,
        title: Title,
        kind: TargetKind,
        value: Option<Decimal<false>>,
        category: Option<Label>,
        group: Option<Label>,
        due: Date,
    }
}
record! {
    /// Who does what in a programme, as a role.
    Duty { role: Label, duty: Prose }
}
record! {
    /// A report that falls due every year.
    ReportDue { report: Label, title: Title, due: MonthDay, cut_off: Option<MonthDay> }
}
record! {
    /// A place that takes over from another.
    Successor { place: Slug, part: Part }
}
record! {
    /// What the donor bound a gift to; each part optional, an empty list binding nothing.
    Restriction {
        programmes: Option<Vec<Slug>>,
        categories: Option<Vec<Label>>,
        places: Option<Vec<Slug>>,
        groups: Option<Vec<Label>>,
        need: Option<Code>,
        until: Option<Date>,
    }
}
record! {
    /// A part of a lot or pool that an entry takes.
    Draw { lot: Reference, quantity: Quantity }
}
record! {
    /// A lot that a purchase puts into stock.
    Obtained { lot: NewCode, item: Item, quantity: Quantity, value_vnd: Vnd, expires_on: Option<Date> }
}

/// The version every event type has so far.
pub const EVENT_VERSION: u64 = 1;

/// Declares the event types: the struct of each, and the choice among all.
macro_rules! events {
    ($($(#[$meta:meta])* $name:literal $variant:ident { $(..$base:ident: $base_ty:ty,)? $($field:ident: $ty:ty),* $(,)? })+) => {
        $(record! { $(#[$meta])* $variant { $(..$base: $base_ty,)? $($field: $ty),* } })+

        /// Something that happened.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(clippy::large_enum_variant, reason = "the large ones are the common ones; a box would cost each entry")]
        pub enum Event { $(#[doc = concat!("`", $name, "`")] $variant($variant)),+ }

        /// The names of all event types.
        pub const EVENT_TYPES: &[&str] = &[$($name),+];

        impl Event {
            /// The name of its type.
            pub fn type_name(&self) -> &'static str {
                match self { $(Event::$variant(_) => $name),+ }
            }

            /// Appends the canonical bytes: `type`, `v`, then the fields.
            pub fn write(&self, out: &mut Vec<u8>) {
                match self {
                    $(Event::$variant(event) => {
                        out.extend_from_slice(concat!("{\"type\":\"", $name, "\",\"v\":1").as_bytes());
                        event.write_fields(out, &mut false);
                    })+
                }
                out.push(b'}');
            }

            /// Reads the fields of a type; `None` for a type that does not exist.
            fn read_type(
                name: &str, fields: &mut Fields<'_, '_>, context: &mut Context,
            ) -> Option<Result<Event, Malformed>> {
                match name {
                    $($name => Some($variant::read_fields(fields, context).map(Event::$variant)),)+
                    _ => None,
                }
            }

            /// Calls `seen` with every free text, code and slug in it.
            pub fn texts(&self, seen: &mut dyn FnMut(&str)) {
                match self { $(Event::$variant(event) => event.texts_of_fields(seen)),+ }
            }

            /// The text of its first field, which names what it is about; `None` for a reversal or a proposal
            /// whose code is not made yet.
            pub fn subject(&self) -> Option<&str> {
                match self { $(Event::$variant(event) => events!(@first event $(, $base)? $(, $field)*)),+ }
            }

            /// A JSON Schema of each type, by name.
            pub fn schemas() -> Vec<(&'static str, Value)> {
                vec![$({
                    let mut properties = Map::new();
                    let mut required = vec!["type".into(), "v".into()];
                    properties.insert("type".to_owned(), json!({ "const": $name }));
                    properties.insert("v".to_owned(), json!({ "const": EVENT_VERSION }));
                    $variant::schema_fields(&mut properties, &mut required);
                    ($name, json!({
                        "type": "object", "properties": properties, "required": required, "additionalProperties": false,
                    }))
                }),+]
            }
        }
        $(impl From<$variant> for Event {
            fn from(event: $variant) -> Event {
                Event::$variant(event)
            }
        })+
    };
    (@first $event:ident, base $(, $rest:ident)*) => { $event.base.first_name() };
    (@first $event:ident, $first:ident $(, $rest:ident)*) => { Field::name(&$event.$first) };
}

events! {
    /// The first entry of every journal.
    "ledger.opened" LedgerOpened { ledger: Name, origin: Origin, format: Whole<1, 1>, kind: LedgerKind }
    /// A plan enters the books with its categories, targets and duties.
    "programme.published" ProgrammePublished {
        programme: Slug, title: Title, documents: Vec<Document>, parent: Option<Slug>, period: Period,
        places: Vec<Slug>, groups: Vec<Label>, categories: Vec<Category>, targets: Vec<Target>, duties: Vec<Duty>,
        reports: Vec<ReportDue>, min_group: MinGroup, special_places: Option<Vec<Slug>>,
    }
    /// A plan changes; what was done under it stands.
    "programme.revised" ProgrammeRevised { ..base: ProgrammePublished, reason: Prose }
    /// A plan ends, perhaps into the next.
    "programme.closed" ProgrammeClosed { programme: Slug, on: Date, carries_to: Option<Slug> }
    /// A place enters the books.
    "place.registered" PlaceRegistered {
        place: Slug, kind: PlaceKind, name: Name, parent: Option<Slug>, code: Option<Label>, valid_from: Date,
        valid_to: Option<Date>, zone: Option<Label>, latitude: Option<Decimal<true>>, longitude: Option<Decimal<true>>,
    }
    /// What is said of a place changes.
    "place.revised" PlaceRevised { ..base: PlaceRegistered, reason: Prose }
    /// A place is merged into, or split among, others.
    "place.succeeded" PlaceSucceeded { place: Slug, on: Date, successors: Vec<Successor> }
    /// A kind of goods or service enters the books.
    "item.registered" ItemRegistered { item: Slug, title: Title, form: ItemForm, unit: Unit, categories: Vec<Label> }
    /// What is said of an item changes.
    "item.revised" ItemRevised { ..base: ItemRegistered, reason: Prose }
    /// An organisation enters the books.
    "party.registered" PartyRegistered { party: Slug, kind: PartyKind, name: Name, place: Option<Slug> }
    /// What is said of an organisation changes.
    "party.revised" PartyRevised { ..base: PartyRegistered, reason: Prose }
    /// An organisation takes on a duty.
    "role.assigned" RoleAssigned { role: Label, party: Slug, programme: Option<Slug>, from: Date }
    /// An organisation lays down a duty.
    "role.ended" RoleEnded { role: Label, party: Slug, programme: Option<Slug>, on: Date }
    /// An appeal begins.
    "campaign.opened" CampaignOpened {
        campaign: Slug, title: Title, programme: Slug, fund: Slug, opens: Date, closes: Date,
        distribute_by: Option<Date>, restriction: Option<Restriction>,
    }
    /// An appeal ends before its day.
    "campaign.closed" CampaignClosed { campaign: Slug, on: Date }
    /// A line of like receipts is begun.
    "pool.opened" PoolOpened {
        pool: Slug, fund: Slug, item: Item, source: Source, campaign: Option<Slug>, restriction: Option<Restriction>,
    }
    /// A lack is assessed.
    "need.assessed" NeedAssessed {
        need: NewCode, programme: Slug, category: Label, place: Slug, group: Option<Label>, item: Item,
        quantity: Quantity, children: Children, priority: Priority, assessed_on: Date, assessed_by: Option<Slug>,
        method: Option<Prose>, needed_by: Option<Date>,
    }
    /// A lack is assessed again.
    "need.revised" NeedRevised {
        need: Code, quantity: Option<Quantity>, children: Option<Children>, priority: Option<Priority>,
        needed_by: Option<Date>, reason: Prose,
    }
    /// A lack is no more.
    "need.closed" NeedClosed { need: Code, outcome: NeedOutcome }
    /// A promise; never income.
    "donation.pledged" DonationPledged {
        donation: NewCode, donor: Option<Slug>, source: Source, item: Item, quantity: Quantity, pledged_on: Date,
        campaign: Option<Slug>, restriction: Option<Restriction>, display: Display,
    }
    /// A promise, or a part of it, is withdrawn.
    "donation.cancelled" DonationCancelled { donation: Code, quantity: Quantity, reason: Prose }
    /// A gift in hand.
    "receipt.issued" ReceiptIssued {
        receipt: NewCode, serial: Serial, donation: Option<Code>, donor: Option<Slug>, fund: Slug, pool: Option<Slug>,
        source: Source, item: Item, quantity: Quantity, received_on: Date, campaign: Option<Slug>,
        restriction: Option<Restriction>, display: Display, channel: Channel, value_vnd: Option<Vnd>,
        value_basis: Option<Name>, expires_on: Option<Date>, commitment: Option<Hash>,
        despite: Option<Vec<RejectionCode>>, reason: Option<Prose>,
    }
    /// Goods are looked at; what is rejected leaves the stock.
    "goods.inspected" GoodsInspected {
        lot: Reference, inspected_on: Date, accepted: Amount, rejected: Amount, reason: Option<Prose>,
    }
    /// A lot is bound to another purpose, with consent.
    "purpose.changed" PurposeChanged {
        lot: Reference, restriction: Restriction, consent: Consent, consented_on: Date, reason: Prose,
    }
    /// Money becomes goods or services of the same worth.
    "purchase.made" PurchaseMade {
        purchase: NewCode, spends: Vec<Draw>, obtains: Vec<Obtained>, supplier: Option<Slug>, purchased_on: Date,
        commitment: Option<Hash>,
    }
    /// A lot, or a part of it, goes to another keeper.
    "custody.transferred" CustodyTransferred {
        transfer: NewCode, lot: Reference, quantity: Quantity, to: Slug, new_lot: NewCode, transferred_on: Date,
    }
    /// Parts of lots are reserved for a place and category.
    "allocation.made" AllocationMade {
        allocation: NewCode, programme: Slug, category: Label, place: Slug, group: Option<Label>, need: Option<Code>,
        item: Item, draws: Vec<Draw>, decided_on: Date,
    }
    /// A part of what was reserved goes back.
    "allocation.released" AllocationReleased { allocation: Code, quantity: Quantity, reason: Prose }
    /// Handing over to the receiver for the children.
    "delivery.made" DeliveryMade {
        delivery: NewCode, allocation: Code, quantity: Quantity, place: Slug, receiver: Slug, children: Children,
        delivered_on: Date, despite: Option<Vec<RejectionCode>>, reason: Option<Prose>,
    }
    /// The receiver's own word on what arrived.
    "delivery.confirmed" DeliveryConfirmed {
        delivery: Code, confirmed_by: Slug, accepted: Amount, confirmed_on: Date, condition: Condition,
        despite: Option<Vec<RejectionCode>>, reason: Option<Prose>,
    }
    /// The receiver says that something is wrong.
    "delivery.disputed" DeliveryDisputed { delivery: Code, disputed_by: Slug, disputed_on: Date, reason: Prose }
    /// A dispute is settled.
    "delivery.resolved" DeliveryResolved { delivery: Code, accepted: Amount, resolved_on: Date, reason: Prose }
    /// Goods or money come back.
    "delivery.returned" DeliveryReturned {
        delivery: Code, quantity: Quantity, new_lot: NewCode, returned_on: Date, reason: Prose,
    }
    /// A gift goes back to its donor.
    "refund.paid" RefundPaid { refund: NewCode, lot: Reference, quantity: Quantity, paid_on: Date, reason: Prose }
    /// A loss.
    "stock.written_off" StockWrittenOff {
        write_off: NewCode, lot: Reference, quantity: Quantity, written_off_on: Date, reason: Prose,
    }
    /// Overhead, with who agreed to it.
    "expense.paid" ExpensePaid {
        expense: NewCode, lot: Reference, quantity: Quantity, paid_on: Date, purpose: Title, consent: Consent,
    }
    /// A donor takes on recurring support.
    "sponsorship.started" SponsorshipStarted {
        sponsorship: NewCode, donor: Option<Slug>, programme: Slug, category: Label, place: Slug, item: Item,
        quantity: Quantity, every: Every, starts: Date, share: Option<Fraction>,
    }
    /// Recurring support ends.
    "sponsorship.ended" SponsorshipEnded { sponsorship: Code, on: Date, reason: Prose }
    /// A paper or picture is committed to, without being shown.
    "evidence.attached" EvidenceAttached {
        evidence: NewCode, subject: Reference, media_type: MediaType, bytes: Seq, commitment: Hash,
    }
    /// A mistake is answered: an entry is undone, both stay visible.
    "entry.reversed" EntryReversed { reverses: Seq, reason: Prose }
    /// A measured quantity is reported.
    "indicator.reported" IndicatorReported {
        programme: Slug, indicator: Label, target: Option<Label>, period: Period, numerator: Decimal<false>,
        denominator: Decimal<false>, data_source: Name, as_of: Date,
    }
    /// A report is filed, bound to the journal it was made from.
    "report.filed" ReportFiled {
        programme: Slug, report: Label, period: Period, filed_on: Date, digest: Hash, size: Seq, head: Hash,
    }
    /// Praise, bound to verified receipts.
    "recognition.awarded" RecognitionAwarded {
        recognition: NewCode, party: Slug, title: Title, receipts: Vec<Code>, awarded_on: Date,
    }
    /// An inspection begins.
    "inspection.opened" InspectionOpened { inspection: NewCode, scope: Prose, inspector: Slug }
    /// Something is found wrong.
    "finding.raised" FindingRaised {
        finding: NewCode, inspection: Option<Code>, rule: Label, severity: Label, subjects: Vec<Reference>, detail: Prose,
    }
    /// A finding is answered.
    "finding.answered" FindingAnswered { finding: Code, answered_by: Slug, answer: Prose }
    /// A finding is closed.
    "finding.closed" FindingClosed { finding: Code, outcome: Name }
}

impl ProgrammePublished {
    fn first_name(&self) -> Option<&str> {
        self.programme.name()
    }
}
impl PlaceRegistered {
    fn first_name(&self) -> Option<&str> {
        self.place.name()
    }
}
impl ItemRegistered {
    fn first_name(&self) -> Option<&str> {
        self.item.name()
    }
}
impl PartyRegistered {
    fn first_name(&self) -> Option<&str> {
        self.party.name()
    }
}

impl<const MIN: u64, const MAX: u64> From<Whole<MIN, MAX>> for u64 {
    fn from(whole: Whole<MIN, MAX>) -> u64 {
        whole.get()
    }
}

/// Why an event could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not of the form of its type, or not an object with a type at all.
    Malformed(Malformed),
    /// There is no such type, or not in this version.
    UnknownType(String),
}

impl From<Malformed> for Unreadable {
    fn from(malformed: Malformed) -> Unreadable {
        Unreadable::Malformed(malformed)
    }
}

impl Event {
    /// Reads an event of the journal from its JSON: `type`, `v`, then the fields.
    pub fn read(json: &Json<'_>, context: &mut Context) -> Result<Event, Unreadable> {
        let mut fields = Fields::of(json, context)?;
        let event = Event::read_from(&mut fields, context)?;
        fields.finish(context)?;
        Ok(event)
    }

    /// Reads `type` (and in an entry `v`) and the type's fields, leaving others for the caller.
    pub fn read_from(fields: &mut Fields<'_, '_>, context: &mut Context) -> Result<Event, Unreadable> {
        let TypeName(name) = fields.take("type", context)?;
        if context.mode == Mode::Entry {
            let version: Whole<0, 9_999> = fields.take("v", context)?;
            if version.get() != EVENT_VERSION {
                let name = crate::json::shorten(&name);
                return Err(Unreadable::UnknownType(format!("{name} v{}", version.get())));
            }
        }
        match Event::read_type(&name, fields, context) {
            Some(read) => Ok(read?),
            None => Err(Unreadable::UnknownType(crate::json::shorten(&name))),
        }
    }
}

/// The name of an event type, not yet known to exist.
struct TypeName(String);

impl Field for TypeName {
    fn write(&self, out: &mut Vec<u8>) {
        crate::field::write_text(out, &self.0);
    }
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
        crate::field::read_text(json, context).map(|name| TypeName(name.to_owned()))
    }
    fn schema() -> Value {
        json!({ "enum": EVENT_TYPES })
    }
}
