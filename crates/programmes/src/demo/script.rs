//! How a scene is written down: a clock that the scene sets, the post that writes, and short words for the events.
//!
//! The words take their codes, dates and texts as literals and panic on a wrong one; the whole story is told by the
//! tests, so none can be wrong in a binary that passed them.

use minhbach_events::event::{
    AllocationMade, Children, DeliveryConfirmed, DeliveryDisputed, DeliveryMade, Draw, EntryReversed,
    ReceiptIssued, Restriction, Seq,
};
use minhbach_events::text::{Prose, Title};
use minhbach_events::words::{Channel, Condition, Display, RejectionCode, Source};
use minhbach_events::{
    Actor, Amount, Code, Date, Event, Item, Label, NewCode, Proposal, Quantity, Reference, Serial, Slug,
    Timestamp, Vnd,
};

/// A step whose place in the journal is not known yet.
pub struct Draft {
    pub proposal: Proposal,
    pub refused: Option<RejectionCode>,
    /// The name by which a later reversal finds it.
    pub mark: Option<&'static str>,
    /// The name of what it reverses.
    pub reverses: Option<&'static str>,
}

/// The story as far as it is written.
pub struct Script {
    drafts: Vec<Draft>,
    now: i64,
    by: &'static str,
}

/// Milliseconds between two entries written one after the other.
const BETWEEN_MILLIS: i64 = 47_250;
const VIETNAM_MILLIS: i64 = 7 * 3_600_000;

impl Default for Script {
    fn default() -> Script {
        Script {
            drafts: Vec::new(),
            now: instant("2024-07-01 08:00"),
            by: "so.quan-tri",
        }
    }
}

impl Script {
    /// Sets clock (Vietnamese time) and post for what is written next.
    pub fn at(&mut self, when: &str, by: &'static str) -> &mut Script {
        self.now = instant(when);
        self.by = by;
        self
    }

    /// The day it is in Vietnam.
    pub fn today(&self) -> Date {
        timestamp(self.now).vietnam_date()
    }

    /// Writes an event; the clock goes on a little.
    pub fn write(&mut self, event: impl Into<Event>) -> &mut Script {
        self.push(event.into(), None)
    }

    /// Writes a proposal that the ledger refuses.
    pub fn refused(&mut self, event: impl Into<Event>, with: RejectionCode) -> &mut Script {
        self.push(event.into(), Some(with))
    }

    /// Names what was written last, for a reversal.
    pub fn mark(&mut self, name: &'static str) {
        self.last().mark = Some(name);
    }

    /// Reverses what bears that name.
    pub fn reverse(&mut self, name: &'static str, reason: &str, refused: Option<RejectionCode>) {
        let reverses = Seq::new(0).expect("within its bounds");
        self.push(
            EntryReversed {
                reverses,
                reason: prose(reason),
            }
            .into(),
            refused,
        );
        self.last().reverses = Some(name);
    }

    /// Small bank gifts into a pool, evenly spread over days; the first few bear codes, the ledger makes the others.
    pub fn small_gifts(&mut self, gifts: SmallGifts<'_>) {
        let (from, to) = (instant(gifts.from), instant(gifts.to));
        let mut dice = Dice(gifts.count.into());
        for number in 0..gifts.count {
            self.now = from + (to - from) * i64::from(number) / i64::from(gifts.count);
            self.by = "quy.nhap-sao-ke";
            let dong = SMALL_AMOUNTS[dice.roll(SMALL_AMOUNTS.len())];
            let code = (number < gifts.named).then(|| format!("{}-{:04}", gifts.prefix, number + 1));
            let receipt = ReceiptIssued {
                receipt: code.map_or_else(NewCode::default, |code| new_code(&code)),
                pool: Some(slug(gifts.pool)),
                campaign: gifts.campaign.map(slug),
                ..gift(gifts.fund, Source::SocialDomestic, "VND", dong, self.today())
            };
            self.write(receipt);
        }
    }

    /// A delivery and, some hours later, the receiver's word that all of it came in good order.
    pub fn deliver(&mut self, delivery: DeliveryMade, confirming_post: &'static str) {
        let (code, accepted) = (delivery.delivery.get().clone(), delivery.quantity.amount());
        let receiver = delivery.receiver.as_str().to_owned();
        self.write(delivery);
        self.later(3).by_post(confirming_post);
        let on = self.today();
        self.write(DeliveryConfirmed {
            accepted,
            ..confirmed(code.as_str(), &receiver, on)
        });
    }

    /// Lets hours pass.
    pub fn later(&mut self, hours: i64) -> &mut Script {
        self.now += hours * 3_600_000;
        self
    }

    /// Another post writes on.
    pub fn by_post(&mut self, by: &'static str) {
        self.by = by;
    }

    /// Everything in the order of time; what was written at the same instant stays in its order.
    pub fn in_order(mut self) -> Vec<Draft> {
        self.drafts.sort_by_key(|draft| draft.proposal.at);
        self.drafts
    }

    fn push(&mut self, event: Event, refused: Option<RejectionCode>) -> &mut Script {
        let mut proposal = Proposal::of(event);
        proposal.at = Some(timestamp(self.now));
        proposal.by = Some(Actor::new(self.by).expect("a post's code"));
        self.drafts.push(Draft {
            proposal,
            refused,
            mark: None,
            reverses: None,
        });
        self.now += BETWEEN_MILLIS;
        self
    }

    fn last(&mut self) -> &mut Draft {
        self.drafts.last_mut().expect("something was written")
    }
}

/// A run of small bank gifts.
pub struct SmallGifts<'a> {
    pub fund: &'a str,
    pub pool: &'a str,
    pub campaign: Option<&'a str>,
    pub count: u32,
    /// What the codes of the first few begin with.
    pub prefix: &'a str,
    pub named: u32,
    pub from: &'a str,
    pub to: &'a str,
}

/// What people send, in đồng.
const SMALL_AMOUNTS: [u64; 12] = [
    20_000, 50_000, 50_000, 100_000, 100_000, 100_000, 200_000, 200_000, 300_000, 500_000, 500_000, 1_000_000,
];

/// A fixed linear congruential generator (Knuth's MMIX constants): the same gifts every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// A named organisation's or an unnamed person's gift by bank, to be refined.
pub fn gift(fund: &str, source: Source, item_name: &str, units: u64, on: Date) -> ReceiptIssued {
    ReceiptIssued {
        receipt: NewCode::default(),
        serial: Serial::default(),
        donation: None,
        donor: None,
        fund: slug(fund),
        pool: None,
        source,
        item: item(item_name),
        quantity: whole(units),
        received_on: on,
        campaign: None,
        restriction: None,
        display: Display::Anonymous,
        channel: Channel::Bank,
        value_vnd: None,
        value_basis: None,
        expires_on: None,
        commitment: None,
        despite: None,
        reason: None,
    }
}

/// A decision under the plan to reserve parts of lots and pools.
pub fn allocation(
    code_text: &str,
    category: &str,
    place: &str,
    group: Option<&str>,
    item_name: &str,
    draws: &[(&str, u64)],
    on: Date,
) -> AllocationMade {
    let draws = draws.iter().map(|&(lot, units)| Draw {
        lot: Reference::new(lot).expect("a code or slug"),
        quantity: whole(units),
    });
    AllocationMade {
        allocation: new_code(code_text),
        programme: slug("hn-204-2019"),
        category: label(category),
        place: slug(place),
        group: group.map(label),
        need: None,
        item: item(item_name),
        draws: draws.collect(),
        decided_on: on,
    }
}

/// A handing over.
pub fn delivery(
    code_text: &str,
    of: &str,
    units: u64,
    place: &str,
    receiver: &str,
    children: u64,
    on: Date,
) -> DeliveryMade {
    DeliveryMade {
        delivery: new_code(code_text),
        allocation: code(of),
        quantity: whole(units),
        place: slug(place),
        receiver: slug(receiver),
        children: Children::new(children).expect("within its bounds"),
        delivered_on: on,
        despite: None,
        reason: None,
    }
}

/// The receiver's word, in good order; how much is to be filled in.
pub fn confirmed(delivery: &str, by: &str, on: Date) -> DeliveryConfirmed {
    DeliveryConfirmed {
        delivery: code(delivery),
        confirmed_by: slug(by),
        accepted: Amount::ZERO,
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
pub fn only(categories: &[&str], places: &[&str]) -> Option<Restriction> {
    let list = |names: &[&str]| !names.is_empty();
    Some(Restriction {
        programmes: None,
        categories: list(categories).then(|| categories.iter().map(|name| label(name)).collect()),
        places: list(places).then(|| places.iter().map(|name| slug(name)).collect()),
        groups: None,
        need: None,
        until: None,
    })
}

/// Whole đồng.
pub fn vnd(dong: u64) -> Option<Vnd> {
    Some(Vnd::new(dong).expect("within its bounds"))
}
/// Whole units.
pub fn whole(units: u64) -> Quantity {
    Quantity::from_whole(units).expect("within its bounds")
}
/// A day.
pub fn day(text: &str) -> Date {
    Date::parse(text).expect("a date")
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
/// A label.
pub fn label(text: &str) -> Label {
    Label::new(text).expect("a label")
}
/// A currency or an item's slug.
pub fn item(text: &str) -> Item {
    Item::new(text).expect("a currency or a slug")
}
/// A reason.
pub fn prose(text: &str) -> Prose {
    Prose::new(text).expect("a reason within its length")
}
/// A heading in both languages.
pub fn title(vi: &str, en: &str) -> Title {
    let text = |text| minhbach_events::text::Text::new(text).expect("a heading within its length");
    Title {
        vi: text(vi),
        en: Some(text(en)),
    }
}

/// The instant of `2024-07-01 08:00` in Vietnam, in milliseconds since 1970.
fn instant(when: &str) -> i64 {
    let utc = Timestamp::parse(&format!("{}:00.000Z", when.replace(' ', "T"))).expect("a day and a time");
    utc.millis() - VIETNAM_MILLIS
}
fn timestamp(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).expect("a time of this century")
}
