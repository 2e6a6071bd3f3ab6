//! Short words for what scenes write: gifts, decisions, handings over, and the forms of their parts.

use minhbach_events::event::{
    AllocationMade, Children, DeliveryConfirmed, DeliveryDisputed, DeliveryMade, Draw, Period, ReceiptIssued,
    Restriction,
};
use minhbach_events::text::{Name, Prose, Text, Title};
use minhbach_events::words::{Channel, Condition, Display, Source};
use minhbach_events::{Code, Date, Hash, Item, Label, NewCode, Quantity, Reference, Serial, Slug, Vnd};

/// A gift in hand, with what most gifts leave out.
#[derive(Clone, Copy)]
pub struct Gift<'a> {
    pub receipt: &'a str,
    pub fund: &'a str,
    pub pool: Option<&'a str>,
    pub campaign: Option<&'a str>,
    pub donation: Option<&'a str>,
    pub donor: Option<&'a str>,
    pub source: Source,
    pub item: &'a str,
    pub units: u64,
    pub channel: Channel,
    /// What it is worth in đồng, and who says so.
    pub worth: Option<(u64, &'a str)>,
}

/// Money by bank from somebody who wishes not to be named.
pub const UNNAMED: Gift<'static> = Gift {
    receipt: "",
    fund: "",
    pool: None,
    campaign: None,
    donation: None,
    donor: None,
    source: Source::SocialDomestic,
    item: "VND",
    units: 0,
    channel: Channel::Bank,
    worth: None,
};

impl Gift<'_> {
    /// The receipt for it.
    pub fn on(self, day: Date) -> ReceiptIssued {
        ReceiptIssued {
            receipt: new_code(self.receipt),
            serial: Serial::default(),
            donation: self.donation.map(code),
            donor: self.donor.map(slug),
            fund: slug(self.fund),
            pool: self.pool.map(slug),
            source: self.source,
            item: item(self.item),
            quantity: whole(self.units),
            received_on: day,
            campaign: self.campaign.map(slug),
            restriction: None,
            display: match self.donor {
                Some(_) => Display::Named,
                None => Display::Anonymous,
            },
            channel: self.channel,
            value_vnd: self.worth.map(|(dong, _)| vnd(dong)),
            value_basis: self.worth.map(|(_, basis)| name(basis)),
            expires_on: None,
            commitment: None,
            despite: None,
            reason: None,
        }
    }
}

/// Under which plan, for whom, and what.
#[derive(Clone, Copy)]
pub struct Aim<'a> {
    pub programme: &'a str,
    pub category: &'a str,
    pub group: Option<&'a str>,
    pub item: &'a str,
}

impl Aim<'_> {
    /// A decision to reserve parts of lots and pools.
    pub fn allocate(self, made: &str, place: &str, draws: &[(&str, u64)], on: Date) -> AllocationMade {
        AllocationMade {
            allocation: new_code(made),
            programme: slug(self.programme),
            category: label(self.category),
            place: slug(place),
            group: self.group.map(label),
            need: None,
            item: item(self.item),
            draws: draws.iter().map(|&(lot, units)| draw(lot, units)).collect(),
            decided_on: on,
        }
    }
}

/// A part of a lot or pool.
pub fn draw(lot: &str, units: u64) -> Draw {
    Draw {
        lot: reference(lot),
        quantity: whole(units),
    }
}

/// A handing over: its code, the allocation's, how much, where, to whom, for how many children.
pub fn delivery(of: [&str; 2], units: u64, to: [&str; 2], children: u64, on: Date) -> DeliveryMade {
    let ([made, allocation], [place, receiver]) = (of, to);
    DeliveryMade {
        delivery: new_code(made),
        allocation: code(allocation),
        quantity: whole(units),
        place: slug(place),
        receiver: slug(receiver),
        children: Children::new(children).expect("within its bounds"),
        delivered_on: on,
        despite: None,
        reason: None,
    }
}

/// The receiver's word, in good order.
pub fn confirmed(delivery: &str, by: &str, units: u64, on: Date) -> DeliveryConfirmed {
    DeliveryConfirmed {
        delivery: code(delivery),
        confirmed_by: slug(by),
        accepted: minhbach_events::Amount(u128::from(units) * 1000),
        confirmed_on: on,
        condition: Condition::Good,
        despite: None,
        reason: None,
    }
}

/// The receiver's word that something is wrong.
pub fn disputed(delivery: &str, by: &str, on: Date, reason: &str) -> DeliveryDisputed {
    DeliveryDisputed {
        delivery: code(delivery),
        disputed_by: slug(by),
        disputed_on: on,
        reason: prose(reason),
    }
}

/// A restriction to categories, places, or both.
pub fn only(categories: &[&str], places: &[&str]) -> Restriction {
    Restriction {
        programmes: None,
        categories: (!categories.is_empty()).then(|| categories.iter().map(|name| label(name)).collect()),
        places: (!places.is_empty()).then(|| places.iter().map(|name| slug(name)).collect()),
        groups: None,
        need: None,
        until: None,
    }
}

/// A paper that is not shown: in the demo the commitment is to a sentence that says so.
pub fn paper(what: &str) -> Hash {
    Hash::of(format!("minh hoạ: {what}").as_bytes())
}

/// Whole đồng.
pub fn vnd(dong: u64) -> Vnd {
    Vnd::new(dong).expect("within its bounds")
}
/// Whole units.
pub fn whole(units: u64) -> Quantity {
    Quantity::from_whole(units).expect("within its bounds")
}
/// A day.
pub fn day(text: &str) -> Date {
    Date::parse(text).expect("a date")
}
/// A span of days.
pub fn period(from: &str, to: &str) -> Period {
    Period {
        from: day(from),
        to: day(to),
    }
}
/// A slug.
pub fn slug(text: &str) -> Slug {
    Slug::new(text).expect("a slug")
}
/// A code that exists.
pub fn code(text: &str) -> Code {
    Code::new(text).expect("a code")
}
/// A code that is given.
pub fn new_code(text: &str) -> NewCode {
    code(text).into()
}
/// A code or a slug.
pub fn reference(text: &str) -> Reference {
    Reference::new(text).expect("a code or slug")
}
/// A label.
pub fn label(text: &str) -> Label {
    Label::new(text).expect("a label")
}
/// A currency or an item's slug.
pub fn item(text: &str) -> Item {
    Item::new(text).expect("a currency or a slug")
}
/// A name.
pub fn name(text: &str) -> Name {
    Name::new(text).expect("a name within its length")
}
/// A reason.
pub fn prose(text: &str) -> Prose {
    Prose::new(text).expect("a reason within its length")
}
/// A heading in both languages.
pub fn title(vi: &str, en: &str) -> Title {
    let text = |text| Text::new(text).expect("a heading within its length");
    Title {
        vi: text(vi),
        en: Some(text(en)),
    }
}
