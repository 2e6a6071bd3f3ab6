//! Organisations: what they are, what they gave, hold, were handed and supplied.

use std::collections::{BTreeMap, BTreeSet};

use minhbach_events::words::{Display, PartyKind};
use minhbach_events::{Amount, Date, Event, Item, Label, Slug};

use crate::answer::{AsOf, Dong, PAGE, Page, ReadError};
use crate::document::document;
use crate::keys::{GAVE, HANDED, HOLDS, Key, PARTY, PROMISED_BY, ROLE, SUPPLIED, WAS_HANDED, take_text};
use crate::needs::unit_of;
use crate::overlay::{Overlay, after_prefix};
use crate::packed::{Pack, Unpack};
use crate::projection::{Fault, Projection};
use crate::recorded::{Holding, Recorded};
use crate::stock::{Stock, Totals};
use crate::store::{Direction, StoreError};
use crate::trails::{Allocation, Delivery};

/// The read model of parties.
pub struct Parties;

impl Projection for Parties {
    fn name(&self) -> &'static str {
        "parties"
    }

    fn apply(&self, overlay: &mut Overlay, recorded: &Recorded) -> Result<(), Fault> {
        let seq = recorded.entry.seq;
        match &recorded.entry.event {
            Event::PartyRegistered(e) => save_party(overlay, e),
            Event::PartyRevised(e) => save_party(overlay, &e.base),
            Event::RoleAssigned(e) => {
                let key = role_prefix(&e.party, &e.role, e.programme.as_ref()).number(seq);
                overlay.put(key.0, pack_role(e.from, None));
            }
            Event::RoleEnded(e) => {
                let prefix = role_prefix(&e.party, &e.role, e.programme.as_ref()).0;
                let last = overlay.last_at_most(&prefix, &after_prefix(&prefix))?;
                let (key, value) = last.ok_or_else(|| {
                    Fault::Inconsistent(format!("{} never had the role {}", e.party, e.role))
                })?;
                let (from, _) = unpack_role(&value)?;
                overlay.put(key, pack_role(from, Some(e.on)));
            }
            Event::DonationPledged(e) => {
                if let Some(donor) = e.donor.as_ref().filter(|_| e.display == Display::Named) {
                    overlay.put(Key::of(PROMISED_BY).number(seq).0, donor.as_str().into());
                }
            }
            _ => {}
        }
        gave(overlay, recorded)?;
        holds(overlay, recorded)?;
        supplied(overlay, recorded)?;
        handed(overlay, recorded)
    }
}

fn save_party(overlay: &mut Overlay, party: &minhbach_events::event::PartyRegistered) {
    let mut value = vec![party.kind as u8];
    value.text(party.name.as_str());
    value.text(party.place.as_ref().map_or("", Slug::as_str));
    overlay.put(Key::of(PARTY).text(party.party.as_str()).0, value);
}

fn role_prefix(party: &Slug, role: &Label, programme: Option<&Slug>) -> Key {
    let key = Key::of(ROLE).text(party.as_str()).text(role.as_str());
    key.text(programme.map_or("", Slug::as_str))
}

fn pack_role(from: Date, until: Option<Date>) -> Vec<u8> {
    let mut value = from.ordinal().to_be_bytes().to_vec();
    if let Some(until) = until {
        value.extend_from_slice(&until.ordinal().to_be_bytes());
    }
    value
}

fn unpack_role(value: &[u8]) -> Result<(Date, Option<Date>), StoreError> {
    let mut read = Unpack::new("role", value);
    let mut day = || {
        let days = i32::from_be_bytes(read.bytes()?);
        Date::from_ordinal(days).ok_or(StoreError::Damaged { what: "role" })
    };
    let from = day()?;
    let until = (4 < value.len()).then(day).transpose()?;
    Ok((from, until))
}

/// Receipts of donors that are named, in the receipt itself or in its pledge.
fn gave(overlay: &mut Overlay, recorded: &Recorded) -> Result<(), Fault> {
    let issued = (&recorded.entry.event, recorded.effects.about, false);
    let undone = recorded
        .undone
        .as_ref()
        .map(|undone| (&undone.entry.event, undone.about, true));
    for (event, about, back) in std::iter::once(issued).chain(undone) {
        let Event::ReceiptIssued(receipt) = event else {
            continue;
        };
        if receipt.display != Display::Named {
            continue;
        }
        let donor = match (&receipt.donor, about) {
            (Some(donor), _) => Some(donor.as_str().to_owned()),
            (None, Some(pledge)) => {
                let donor = overlay.get(&Key::of(PROMISED_BY).number(pledge).0)?;
                donor.map(|donor| String::from_utf8_lossy(&donor).into_owned())
            }
            (None, None) => None,
        };
        let Some(donor) = donor else { continue };
        let key = Key::of(GAVE).text(&donor).text(receipt.item.as_str());
        let one = [1, receipt.quantity.thousandths().into()];
        count(overlay, &key.0, &one, back)?;
    }
    Ok(())
}

fn supplied(overlay: &mut Overlay, recorded: &Recorded) -> Result<(), Fault> {
    let undone = recorded.undone.as_ref().map(|undone| &undone.entry.event);
    for (event, back) in [(Some(&recorded.entry.event), false), (undone, true)] {
        if let Some(Event::PurchaseMade(purchase)) = event
            && let Some(supplier) = &purchase.supplier
        {
            let worth = purchase.obtains.iter().map(|obtained| obtained.value_vnd.get());
            let one = [1, worth.map(u128::from).sum()];
            count(overlay, &Key::of(SUPPLIED).text(supplier.as_str()).0, &one, back)?;
        }
    }
    Ok(())
}

/// What funds hold: the totals of their lots and pools, by item.
fn holds(overlay: &mut Overlay, recorded: &Recorded) -> Result<(), Fault> {
    let effects = &recorded.effects;
    for opened in &effects.opened {
        let key = holds_key(&opened.fund, &opened.item);
        change_totals(overlay, &key, |totals| {
            totals.add(Holding::Available, opened.quantity);
            Some(())
        })?;
    }
    if let Some(joined) = &effects.joined {
        let pool = Stock::known(overlay, joined.pool)?;
        change_totals(overlay, &holds_key(&pool.fund, &pool.item), |totals| {
            totals.add(Holding::Available, joined.to - joined.from);
            Some(())
        })?;
    }
    let mut last: Option<(crate::recorded::StockId, Vec<u8>)> = None;
    for part in &effects.moves {
        let key = match last.take().filter(|(stock, _)| *stock == part.stock) {
            Some((_, key)) => key,
            None => {
                let stock = Stock::known(overlay, part.stock)?;
                holds_key(&stock.fund, &stock.item)
            }
        };
        change_totals(overlay, &key, |totals| {
            totals.take(part.was, part.to - part.from)?;
            totals.add(part.now, part.to - part.from);
            Some(())
        })?;
        last = Some((part.stock, key));
    }
    Ok(())
}

fn holds_key(fund: &Slug, item: &Item) -> Vec<u8> {
    Key::of(HOLDS).text(fund.as_str()).text(item.as_str()).0
}

fn change_totals(
    overlay: &mut Overlay,
    key: &[u8],
    change: impl FnOnce(&mut Totals) -> Option<()>,
) -> Result<(), Fault> {
    let value = overlay.change(key)?;
    let mut totals = value
        .as_deref()
        .map(unpack_totals)
        .transpose()?
        .unwrap_or_default();
    change(&mut totals)
        .ok_or_else(|| Fault::Inconsistent("a fund passes on more than it holds".to_owned()))?;
    let mut packed = Vec::with_capacity(32);
    for amount in amounts(&mut totals) {
        packed.number(amount.0);
    }
    *value = Some(packed);
    Ok(())
}

fn amounts(totals: &mut Totals) -> [&mut Amount; 9] {
    [
        &mut totals.received,
        &mut totals.available,
        &mut totals.allocated,
        &mut totals.delivered,
        &mut totals.spent,
        &mut totals.transferred,
        &mut totals.refunded,
        &mut totals.written_off,
        &mut totals.expensed,
    ]
}

fn unpack_totals(value: &[u8]) -> Result<Totals, StoreError> {
    let mut read = Unpack::new("totals of a fund", value);
    let mut totals = Totals::default();
    for amount in amounts(&mut totals) {
        amount.0 = read.number()?;
    }
    read.finish()?;
    Ok(totals)
}

/// Adds to sums under a key, or takes away from them.
fn count<const N: usize>(
    overlay: &mut Overlay,
    key: &[u8],
    one: &[u128; N],
    back: bool,
) -> Result<(), Fault> {
    let value = overlay.change(key)?;
    let mut sums = value.as_deref().map(unpack_sums).transpose()?.unwrap_or([0; N]);
    for (sum, part) in sums.iter_mut().zip(one) {
        let changed = if back {
            sum.checked_sub(*part)
        } else {
            sum.checked_add(*part)
        };
        *sum = changed
            .ok_or_else(|| Fault::Inconsistent("more is taken from a party than was counted".to_owned()))?;
    }
    *value = sums.iter().any(|sum| *sum != 0).then(|| {
        let mut packed = Vec::with_capacity(24);
        for sum in sums {
            packed.number(sum);
        }
        packed
    });
    Ok(())
}

fn unpack_sums<const N: usize>(value: &[u8]) -> Result<[u128; N], StoreError> {
    let mut read = Unpack::new("sums of a party", value);
    let mut sums = [0; N];
    for sum in &mut sums {
        *sum = read.number()?;
    }
    read.finish()?;
    Ok(sums)
}

/// The deliveries whose quantity or acceptance an entry may have changed.
pub(crate) fn touched(recorded: &Recorded) -> BTreeSet<u64> {
    let mut touched = BTreeSet::new();
    for part in &recorded.effects.moves {
        for holding in [part.was, part.now] {
            if let Holding::Delivered(delivery) = holding {
                touched.insert(delivery);
            }
        }
    }
    if of_a_delivery(&recorded.entry.event) {
        touched.extend(recorded.effects.about);
    }
    if let Some(undone) = recorded
        .undone
        .as_ref()
        .filter(|undone| of_a_delivery(&undone.entry.event))
    {
        touched.extend(undone.about);
    }
    touched
}

fn of_a_delivery(event: &Event) -> bool {
    matches!(
        event,
        Event::DeliveryConfirmed(_)
            | Event::DeliveryDisputed(_)
            | Event::DeliveryResolved(_)
            | Event::DeliveryReturned(_)
    )
}

fn handed(overlay: &mut Overlay, recorded: &Recorded) -> Result<(), Fault> {
    for delivery in touched(recorded) {
        let known = Delivery::known(overlay, delivery)?;
        let was = match &recorded.entry.event {
            Event::DeliveryMade(made) if delivery == recorded.entry.seq => Handed {
                allocation: known.allocation,
                receiver: made.receiver.clone(),
                item: Allocation::known(overlay, known.allocation)?.item,
                delivered: 0,
                confirmed: 0,
            },
            _ => Handed::load(overlay, delivery)?
                .ok_or_else(|| Fault::Inconsistent(format!("nobody is known to have received {delivery}")))?,
        };
        let now = Handed {
            delivered: known.net(),
            confirmed: known.accepted(),
            ..was.clone()
        };
        let key = Key::of(WAS_HANDED)
            .text(now.receiver.as_str())
            .text(now.item.as_str())
            .0;
        count(overlay, &key, &was.sums(known.children), true)?;
        count(overlay, &key, &now.sums(known.children), false)?;
        let key = Key::of(HANDED).number(delivery).0;
        if known.quantity == 0 {
            overlay.delete(key);
        } else {
            overlay.put(key, now.pack());
        }
    }
    Ok(())
}

/// What a delivery adds to its receiver; quantities in thousandths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Handed {
    pub allocation: u64,
    receiver: Slug,
    item: Item,
    /// What was handed over and did not come back.
    pub delivered: u128,
    /// What of it the receiver, or the settling of a dispute, accepted.
    pub confirmed: u128,
}

impl Handed {
    /// Deliveries, children, delivered, confirmed. What came back whole is no delivery.
    fn sums(&self, children: u64) -> [u128; 4] {
        if self.delivered == 0 {
            return [0; 4];
        }
        [1, children.into(), self.delivered, self.confirmed]
    }

    pub fn load(overlay: &Overlay, delivery: u64) -> Result<Option<Handed>, StoreError> {
        let value = overlay.get(&Key::of(HANDED).number(delivery).0)?;
        let Some(value) = value else { return Ok(None) };
        let mut read = Unpack::new("what was handed over", &value);
        let handed = Handed {
            allocation: read.number64()?,
            receiver: read.slug()?,
            item: read.item()?,
            delivered: read.number()?,
            confirmed: read.number()?,
        };
        read.finish()?;
        Ok(Some(handed))
    }

    fn pack(&self) -> Vec<u8> {
        let mut value = Vec::with_capacity(64);
        value.number(self.allocation.into());
        value.text(self.receiver.as_str());
        value.text(self.item.as_str());
        value.number(self.delivered);
        value.number(self.confirmed);
        value
    }
}

/// Which parties are asked for; each part narrows.
#[derive(Clone, Debug, Default)]
pub struct PartiesQuery {
    /// One of them.
    pub party: Option<Slug>,
    /// Of one kind.
    pub kind: Option<PartyKind>,
    /// Those that have, or had, a role.
    pub role: Option<Label>,
}

document! {
    /// Organisations and what they did.
    #[serde(deny_unknown_fields)]
    pub struct PartiesTable {
        /// How far the journal was read.
        pub as_of: AsOf,
        /// In order of their slugs.
        pub rows: Vec<PartyRow>,
        /// Where the next page begins.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub next: Option<String>,
    }

    /// An organisation and what it did.
    #[serde(deny_unknown_fields)]
    pub struct PartyRow {
        /// Its slug.
        pub party: Slug,
        /// What kind it is.
        pub kind: PartyKind,
        /// Its name, as last registered.
        pub name: String,
        /// Where it is.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub place: Option<Slug>,
        /// Its roles, those it laid down among them.
        pub roles: Vec<RoleRow>,
        /// What it gave under its name. Refunds are not taken off.
        pub gave: Vec<GaveRow>,
        /// What came into its keeping, and where that is.
        pub holds: Vec<HoldsRow>,
        /// What was handed to it for children, net of returns.
        pub received: Vec<HandedRow>,
        /// What was bought from it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub supplied: Option<SuppliedRow>,
    }

    /// A role of a party.
    #[serde(deny_unknown_fields)]
    pub struct RoleRow {
        /// Its label.
        pub role: Label,
        /// In which programme; none for the whole ledger.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub programme: Option<Slug>,
        /// Since when.
        pub from: Date,
        /// The day on which it was laid down.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub until: Option<Date>,
    }

    /// Receipts of one item from a named donor.
    #[serde(deny_unknown_fields)]
    pub struct GaveRow {
        /// Of what.
        pub item: Item,
        /// The item's unit.
        pub unit: String,
        /// How many receipts.
        pub receipts: u64,
        /// How much.
        pub quantity: Amount,
    }

    /// How much of an item a fund has had, and where that is.
    pub struct HoldsRow {
        /// Of what.
        pub item: Item,
        /// The item's unit.
        pub unit: String,
        /// How much is where, as in balances.
        #[serde(flatten)]
        pub totals: Totals,
    }

    /// Deliveries of one item to a receiver.
    #[serde(deny_unknown_fields)]
    pub struct HandedRow {
        /// Of what.
        pub item: Item,
        /// The item's unit.
        pub unit: String,
        /// How many deliveries.
        pub deliveries: u64,
        /// Children added up over deliveries: a child served twice counts twice.
        pub child_deliveries: u64,
        /// How much was handed over.
        pub delivered: Amount,
        /// How much of it was accepted.
        pub confirmed: Amount,
    }

    /// Purchases from a supplier.
    #[derive(Copy)]
    #[serde(deny_unknown_fields)]
    pub struct SuppliedRow {
        /// How many purchases.
        pub purchases: u64,
        /// Their worth in đồng.
        pub value_vnd: Dong,
    }
}

pub(crate) fn parties(
    overlay: &Overlay,
    as_of: AsOf,
    query: &PartiesQuery,
    page: Page<'_>,
) -> Result<PartiesTable, ReadError> {
    let (cursor, limit) = (page.cursor, page.rows(PAGE));
    let begin = cursor.map(|cursor| Slug::new(cursor).ok_or(ReadError::BadCursor));
    let begin = begin.transpose()?;
    // A page names the party that the next one begins with; parties stay.
    if let Some(begin) = &begin
        && overlay.get(&Key::of(PARTY).text(begin.as_str()).0)?.is_none()
    {
        return Err(ReadError::BadCursor);
    }
    let begin = begin.or(query.party.clone());
    let from = Key::of(PARTY)
        .bytes(begin.as_ref().map_or("", Slug::as_str).as_bytes())
        .0;
    let (mut rows, mut next) = (Vec::new(), None);
    for pair in overlay.range(&from, &after_prefix(&[PARTY]), Direction::Forward) {
        let (key, value) = pair?;
        let damaged = StoreError::Damaged { what: "party" };
        let slug = take_text(&mut &key[1..]).and_then(Slug::new).ok_or(damaged)?;
        if query.party.as_ref().is_some_and(|asked| *asked != slug) {
            break;
        }
        let row = read_party(slug, &value)?;
        if query.kind.is_some_and(|kind| kind != row.kind) {
            continue;
        }
        let roles = roles(overlay, &row.party)?;
        if query
            .role
            .as_ref()
            .is_some_and(|asked| roles.iter().all(|role| role.role != *asked))
        {
            continue;
        }
        if rows.len() == limit {
            next = Some(row.party.to_string());
            break;
        }
        rows.push(PartyRow {
            roles,
            ..filled(overlay, row)?
        });
    }
    Ok(PartiesTable { as_of, rows, next })
}

fn read_party(party: Slug, value: &[u8]) -> Result<PartyRow, StoreError> {
    let mut read = Unpack::new("party", value);
    let kind = usize::from(read.byte()?);
    let kind = *PartyKind::ALL.get(kind).ok_or_else(|| read.damaged())?;
    let (name, place) = (read.text()?.to_owned(), read.text()?);
    let row = PartyRow {
        party,
        kind,
        name,
        place: Slug::new(place),
        roles: Vec::new(),
        gave: Vec::new(),
        holds: Vec::new(),
        received: Vec::new(),
        supplied: None,
    };
    read.finish()?;
    Ok(row)
}

fn roles(overlay: &Overlay, party: &Slug) -> Result<Vec<RoleRow>, StoreError> {
    let mut roles: BTreeMap<(Date, u64), RoleRow> = BTreeMap::new();
    for pair in overlay.prefix(&Key::of(ROLE).text(party.as_str()).0) {
        let (key, value) = pair?;
        let read = || {
            let mut rest = &key[1..];
            let (_, role) = (take_text(&mut rest)?, Label::new(take_text(&mut rest)?)?);
            let programme = Slug::new(take_text(&mut rest)?);
            Some((role, programme, crate::keys::take_number(&mut rest)?))
        };
        let (role, programme, seq) = read().ok_or(StoreError::Damaged { what: "role" })?;
        let (from, until) = unpack_role(&value)?;
        let row = RoleRow {
            role,
            programme,
            from,
            until,
        };
        roles.insert((from, seq), row);
    }
    Ok(roles.into_values().collect())
}

/// The items under a party in a table, each with its value.
fn items(overlay: &Overlay, table: u8, party: &Slug) -> Result<Vec<(Item, String, Vec<u8>)>, StoreError> {
    let mut found = Vec::new();
    for pair in overlay.prefix(&Key::of(table).text(party.as_str()).0) {
        let (key, value) = pair?;
        let mut rest = &key[1..];
        take_text(&mut rest);
        let damaged = StoreError::Damaged {
            what: "item of a party",
        };
        let item = take_text(&mut rest).and_then(Item::new).ok_or(damaged)?;
        let unit = unit_of(overlay, &item)?;
        found.push((item, unit, value));
    }
    Ok(found)
}

fn filled(overlay: &Overlay, mut row: PartyRow) -> Result<PartyRow, StoreError> {
    for (item, unit, value) in items(overlay, GAVE, &row.party)? {
        let [receipts, quantity] = unpack_sums(&value)?;
        row.gave.push(GaveRow {
            item,
            unit,
            receipts: narrow(receipts)?,
            quantity: Amount(quantity),
        });
    }
    for (item, unit, value) in items(overlay, HOLDS, &row.party)? {
        let totals = unpack_totals(&value)?;
        // A pool that nothing came into yet, and a lot of a reversed receipt, are nothing held.
        if !totals.received.is_zero() {
            row.holds.push(HoldsRow { item, unit, totals });
        }
    }
    for (item, unit, value) in items(overlay, WAS_HANDED, &row.party)? {
        let [deliveries, children, delivered, confirmed] = unpack_sums(&value)?;
        row.received.push(HandedRow {
            item,
            unit,
            deliveries: narrow(deliveries)?,
            child_deliveries: narrow(children)?,
            delivered: Amount(delivered),
            confirmed: Amount(confirmed),
        });
    }
    if let Some(value) = overlay.get(&Key::of(SUPPLIED).text(row.party.as_str()).0)? {
        let [purchases, value_vnd] = unpack_sums(&value)?;
        row.supplied = Some(SuppliedRow {
            purchases: narrow(purchases)?,
            value_vnd: Dong(value_vnd),
        });
    }
    Ok(row)
}

fn narrow(count: u128) -> Result<u64, StoreError> {
    u64::try_from(count).map_err(|_| StoreError::Damaged {
        what: "sums of a party",
    })
}
