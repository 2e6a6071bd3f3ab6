//! A ledger of needs, plans, parties and places, kept as plain lists: what stands is what was not reversed, and
//! every answer is counted anew from that.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use minhbach_events::event::*;
use minhbach_events::quantity::Decimal;
use minhbach_events::text::{Prose, Text, Title, Unit};
use minhbach_events::words::Part as Wholeness;
use minhbach_events::words::{
    Beneficiary, Channel, Condition, Display, ItemForm, NeedOutcome, PartyKind, PlaceKind, Source, TargetKind,
};
use minhbach_events::*;
use minhbach_projections::recorded::*;
use minhbach_projections::{Journal, Projections};
use serde_json::{Value as Json, json};

type At = (usize, usize);

struct Lot {
    id: StockId,
    name: String,
    fund: &'static str,
    item: &'static str,
    /// Who has each unit, and the receipt it came with.
    units: Vec<(Holding, u64)>,
}

pub struct World {
    pub entries: Vec<Recorded>,
    lots: Vec<Lot>,
    /// The units that an entry brought, took or gave back.
    units: BTreeMap<u64, Vec<At>>,
    codes: HashMap<String, u64>,
    reversed: BTreeMap<u64, u64>,
}

pub const ITEMS: [&str; 3] = ["VND", "ao-am", "sua"];
const FUNDS: [&str; 2] = ["quy-a", "quy-b"];
const SCHOOLS: [&str; 2] = ["truong-1", "truong-2"];
const DONORS: [&str; 2] = ["doanh-nghiep-x", "doanh-nghiep-y"];
const SUPPLIER: &str = "nha-cung-cap";
const CATEGORIES: [&str; 2] = ["am-ap", "bua-an"];
const PROGRAMMES: [&str; 2] = ["ke-hoach-p", "ke-hoach-q"];
pub const PARTIES: [&str; 7] = [
    "doanh-nghiep-x",
    "doanh-nghiep-y",
    "nha-cung-cap",
    "quy-a",
    "quy-b",
    "truong-1",
    "truong-2",
];

/// Slug, kind, parent. `xa-c` went over to `xa-e` wholly, `xa-d` in parts to `xa-e` and `xa-h`.
const PLACES: [(&str, PlaceKind, &str); 9] = [
    ("tp-a", PlaceKind::Province, ""),
    ("huyen-b", PlaceKind::District, "tp-a"),
    ("xa-c", PlaceKind::Commune, "huyen-b"),
    ("thon-f", PlaceKind::Village, "xa-c"),
    ("xa-d", PlaceKind::Commune, "huyen-b"),
    ("xa-e", PlaceKind::Commune, "tp-a"),
    ("thon-g", PlaceKind::Village, "xa-e"),
    ("xa-h", PlaceKind::Commune, "tp-a"),
    ("xa-k", PlaceKind::Commune, "tp-a"),
];

/// How each place that is reached belongs to the one asked about, and its slug.
type Reached = &'static [(&'static str, &'static str)];

/// What a question about a place reaches, by hand: the place, its reach, then `via` and place.
pub const REACHES: &[(&str, &str, Reached)] = &[
    ("xa-c", "alone", &[("itself", "xa-c")]),
    ("xa-c", "under", &[("itself", "xa-c"), ("under", "thon-f")]),
    (
        "xa-c",
        "whole",
        &[
            ("itself", "xa-c"),
            ("under", "thon-f"),
            ("successor", "thon-g"),
            ("successor", "xa-e"),
        ],
    ),
    (
        "xa-e",
        "whole",
        &[
            ("itself", "xa-e"),
            ("under", "thon-g"),
            ("predecessor", "thon-f"),
            ("predecessor", "xa-c"),
            ("predecessor", "xa-d"),
        ],
    ),
    ("xa-h", "whole", &[("itself", "xa-h"), ("predecessor", "xa-d")]),
    (
        "huyen-b",
        "whole",
        &[
            ("itself", "huyen-b"),
            ("under", "thon-f"),
            ("under", "xa-c"),
            ("under", "xa-d"),
            ("successor", "thon-g"),
            ("successor", "xa-e"),
            ("successor", "xa-h"),
        ],
    ),
    ("xa-k", "whole", &[("itself", "xa-k")]),
];

/// How a place stands to a plan's category, by hand: `ke-hoach-p` lists `xa-c` and `xa-d`, for `bua-an` only `xa-c`.
fn scope(programme: &str, category: &str, place: &str) -> &'static str {
    match (programme, category, place) {
        ("ke-hoach-q", _, _) => "listed",
        (_, _, "xa-c" | "thon-f") => "listed",
        (_, "am-ap", "xa-d") => "listed",
        (_, _, "xa-e" | "thon-g") => "succession",
        (_, "am-ap", "xa-h") => "succession",
        _ => "outside",
    }
}

pub fn slug(text: &str) -> Slug {
    Slug::new(text).unwrap()
}
fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}
fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}
pub fn title(text: &str) -> Title {
    Title {
        vi: Text::new(text).unwrap(),
        en: None,
    }
}
fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}
fn prose(text: &str) -> Prose {
    Text::new(text).unwrap()
}
fn unit(item: &str) -> &'static str {
    if item == "VND" { "VND" } else { "H87" }
}

pub fn place(slug_text: &str, kind: PlaceKind, name: &str, parent: &str) -> PlaceRegistered {
    PlaceRegistered {
        place: slug(slug_text),
        kind,
        name: Text::new(name).unwrap(),
        parent: Slug::new(parent),
        code: None,
        valid_from: day("2019-01-01"),
        valid_to: None,
        zone: None,
        latitude: None,
        longitude: None,
    }
}

fn category(name: &str, places: Option<Vec<Slug>>) -> Category {
    Category {
        category: label(name),
        title: title(name),
        beneficiary: Beneficiary::Child,
        forms: Vec::new(),
        sources: None,
        places,
        groups: None,
    }
}

fn target(name: &str, kind: TargetKind, category: Option<&str>, group: Option<&str>) -> Target {
    Target {
        target: label(name),
        title: title(name),
        kind,
        value: None,
        category: category.map(label),
        group: group.map(label),
        due: day("2021-12-31"),
    }
}

impl World {
    pub fn new() -> World {
        let mut world = World {
            entries: Vec::new(),
            lots: Vec::new(),
            units: BTreeMap::new(),
            codes: HashMap::new(),
            reversed: BTreeMap::new(),
        };
        for item in &ITEMS[1..] {
            world.say(ItemRegistered {
                item: slug(item),
                title: title(item),
                form: ItemForm::Goods,
                unit: Unit::new("H87").unwrap(),
                categories: Vec::new(),
            });
        }
        for (name, kind, parent) in PLACES {
            world.say(place(name, kind, name, parent));
        }
        for (from, to) in [
            ("xa-c", &[("xa-e", Wholeness::Whole)][..]),
            ("xa-d", &[("xa-e", Wholeness::Part), ("xa-h", Wholeness::Part)]),
        ] {
            let successors = to.iter().map(|(place, part)| Successor {
                place: slug(place),
                part: *part,
            });
            world.say(PlaceSucceeded {
                place: slug(from),
                on: day("2025-07-01"),
                successors: successors.collect(),
            });
        }
        for party in PARTIES {
            world.say(PartyRegistered {
                party: slug(party),
                kind: if party == SUPPLIER {
                    PartyKind::Supplier
                } else {
                    PartyKind::Organisation
                },
                name: Text::new(party).unwrap(),
                place: None,
            });
        }
        for programme in PROGRAMMES {
            let p = programme == "ke-hoach-p";
            world.say(ProgrammePublished {
                programme: slug(programme),
                title: title(programme),
                documents: Vec::new(),
                parent: None,
                period: Period {
                    from: day("2019-01-01"),
                    to: day("2020-12-31"),
                },
                places: if p {
                    vec![slug("xa-c"), slug("xa-d")]
                } else {
                    Vec::new()
                },
                groups: vec![label("nho")],
                categories: vec![
                    category("am-ap", None),
                    category("bua-an", p.then(|| vec![slug("xa-c")])),
                ],
                targets: vec![
                    target("T-1", TargetKind::Ratio, None, None),
                    target("T-2", TargetKind::OnDemand, Some("am-ap"), None),
                    target("T-3", TargetKind::CountOfPlaces, Some("am-ap"), None),
                    target("T-4", TargetKind::RecurringPerYear, None, None),
                    target("T-5", TargetKind::OnDemand, Some("bua-an"), Some("nho")),
                    target("T-6", TargetKind::OnDemand, None, None),
                ],
                duties: Vec::new(),
                reports: Vec::new(),
                min_group: MinGroup::new(5).unwrap(),
                special_places: None,
            });
        }
        let effects = world.opened("gop-chung", StockKind::Pool, "quy-a", "VND", 0, 0);
        let event = PoolOpened {
            pool: slug("gop-chung"),
            fund: slug("quy-a"),
            item: Item::new("VND").unwrap(),
            source: Source::SocialDomestic,
            campaign: None,
            restriction: None,
        };
        world.record(event.into(), effects, None);
        world
    }

    fn next(&self) -> u64 {
        self.entries.len() as u64
    }

    fn code(&mut self, prefix: &str) -> String {
        let code = format!("{prefix}-{}", self.next());
        self.codes.insert(code.clone(), self.next());
        code
    }

    pub fn say(&mut self, event: impl Into<Event>) -> u64 {
        self.record(event.into(), Effects::default(), None)
    }

    fn say_of(&mut self, about: u64, event: impl Into<Event>) {
        let effects = Effects {
            about: Some(about),
            ..Effects::default()
        };
        self.record(event.into(), effects, None);
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

    fn opened(
        &mut self,
        name: &str,
        kind: StockKind,
        fund: &'static str,
        item: &'static str,
        units: usize,
        nth: u16,
    ) -> Effects {
        let id = StockId::new(self.next(), nth);
        self.lots.push(Lot {
            id,
            name: name.to_owned(),
            fund,
            item,
            units: vec![(Holding::Available, self.next()); units],
        });
        let lot = self.lots.len() - 1;
        self.units
            .insert(self.next(), (0..units).map(|unit| (lot, unit)).collect());
        Effects {
            opened: vec![Opened {
                stock: id,
                name: Reference::new(name).unwrap(),
                kind,
                fund: slug(fund),
                item: Item::new(item).unwrap(),
                sources: vec![Source::SocialDomestic],
                quantity: units as u128 * 1000,
                value: Value::Stated(None),
            }],
            ..Effects::default()
        }
    }

    fn pass(&mut self, units: &[At], now: Holding) -> Vec<Move> {
        let pass = |&(lot, unit): &At| {
            let lot = &mut self.lots[lot];
            let was = std::mem::replace(&mut lot.units[unit].0, now);
            Move {
                stock: lot.id,
                from: unit as u128 * 1000,
                to: (unit as u128 + 1) * 1000,
                was,
                now,
            }
        };
        units.iter().map(pass).collect()
    }

    fn held(&self, holding: Holding) -> Vec<At> {
        let lots = self.lots.iter().enumerate();
        lots.flat_map(|(at, lot)| {
            let held = lot
                .units
                .iter()
                .enumerate()
                .filter(move |(_, unit)| unit.0 == holding);
            held.map(move |(unit, _)| (at, unit))
        })
        .collect()
    }

    fn stands(&self, seq: u64) -> bool {
        !self.reversed.contains_key(&seq)
    }

    /// The entries that stand, with what they are about.
    fn standing(&self) -> impl Iterator<Item = (u64, &Event, Option<u64>)> {
        self.entries
            .iter()
            .map(|recorded| (recorded.entry.seq, &recorded.entry.event, recorded.effects.about))
            .filter(|(seq, _, _)| self.stands(*seq))
    }

    fn pick(&self, a: u8, wanted: impl Fn(&Event) -> bool) -> Option<(u64, Event)> {
        let fit: Vec<(u64, &Event)> = self
            .standing()
            .filter(|(_, event, _)| wanted(event))
            .map(|(seq, event, _)| (seq, event))
            .collect();
        let (seq, event) = fit.get(usize::from(a) % fit.len().max(1))?;
        Some((*seq, (*event).clone()))
    }

    /// What four bytes say, if it can be done.
    pub fn step(&mut self, [what, a, b, c]: [u8; 4]) {
        match what % 20 {
            0 | 1 => self.need(a, b, c),
            2 => self.need_again(a, b, c),
            3 | 4 => self.receive(a, b, c),
            5 => self.purchase(a, b),
            6..=8 => self.allocate(a, b, c),
            9..=11 => self.deliver(a, b, c),
            12 => self.release(a, b),
            13 | 14 => self.answer(a, b),
            15 => self.give_back(a, b),
            16 => self.report(a, b, c),
            17 => self.role(a, b),
            _ => self.reverse(usize::from(a) << 8 | usize::from(b)),
        }
    }

    fn need(&mut self, a: u8, b: u8, c: u8) {
        let need = self.code("ND");
        self.say(NeedAssessed {
            need: code(&need).into(),
            programme: slug(PROGRAMMES[usize::from(a) % 2]),
            category: label(CATEGORIES[usize::from(b) % 2]),
            place: slug(PLACES[usize::from(c) % 9].0),
            group: b.is_multiple_of(3).then(|| label("nho")),
            item: Item::new(ITEMS[usize::from(a / 2) % 3]).unwrap(),
            quantity: Quantity::from_whole(1 + u64::from(c % 7)).unwrap(),
            children: Children::new(5 + u64::from(b % 4)).unwrap(),
            priority: Priority::new(1 + u64::from(c % 5)).unwrap(),
            assessed_on: day("2020-01-01"),
            assessed_by: None,
            method: None,
            needed_by: (!b.is_multiple_of(4))
                .then(|| Date::from_ordinal(737_000 + i32::from(b % 5)).unwrap()),
        });
    }

    fn need_again(&mut self, a: u8, b: u8, c: u8) {
        let Some((about, Event::NeedAssessed(need))) =
            self.pick(a, |event| matches!(event, Event::NeedAssessed(_)))
        else {
            return;
        };
        let need = need.need.get().clone();
        if self
            .entries
            .iter()
            .any(|r| matches!(&r.entry.event, Event::NeedClosed(e) if e.need == need))
        {
            return;
        }
        if b.is_multiple_of(3) {
            let outcome = NeedOutcome::ALL[usize::from(c) % 3];
            self.say_of(about, NeedClosed { need, outcome });
        } else {
            let revised = NeedRevised {
                need,
                quantity: b
                    .is_multiple_of(2)
                    .then(|| Quantity::from_whole(1 + u64::from(c % 9)).unwrap()),
                children: None,
                priority: c
                    .is_multiple_of(2)
                    .then(|| Priority::new(1 + u64::from(b % 5)).unwrap()),
                needed_by: c.is_multiple_of(3).then(|| day("2020-05-05")),
                reason: prose("khảo sát lại"),
            };
            self.say_of(about, revised);
        }
    }

    fn receive(&mut self, a: u8, b: u8, c: u8) {
        if c.is_multiple_of(11) {
            let donation = self.code("DN");
            let named = b.is_multiple_of(2);
            self.say(DonationPledged {
                donation: code(&donation).into(),
                donor: named.then(|| slug(DONORS[usize::from(a) % 2])),
                source: Source::SocialDomestic,
                item: Item::new("VND").unwrap(),
                quantity: Quantity::from_whole(50).unwrap(),
                pledged_on: day("2020-01-01"),
                campaign: None,
                restriction: None,
                display: if named { Display::Named } else { Display::Anonymous },
            });
            return;
        }
        let receipt = self.code("RC");
        let (pool, item) = (a.is_multiple_of(3), ITEMS[usize::from(b) % 3]);
        let item = if pool { "VND" } else { item };
        let fund = if pool { "quy-a" } else { FUNDS[usize::from(c) % 2] };
        let units = 1 + usize::from(b % 6);
        let pledge = self.pick(c, |event| matches!(event, Event::DonationPledged(_)));
        let pledge = pledge
            .filter(|_| item == "VND" && c.is_multiple_of(2))
            .map(|(seq, _)| seq);
        let named = !c.is_multiple_of(3);
        let mut effects = if pool {
            let lot = self.lots.iter().position(|lot| lot.name == "gop-chung").unwrap();
            let from = self.lots[lot].units.len();
            let seq = self.next();
            self.lots[lot]
                .units
                .extend(vec![(Holding::Available, seq); units]);
            self.units
                .insert(seq, (from..from + units).map(|unit| (lot, unit)).collect());
            Effects {
                joined: Some(Joined {
                    pool: self.lots[lot].id,
                    from: from as u128 * 1000,
                    to: (from + units) as u128 * 1000,
                    value_vnd: None,
                }),
                ..Effects::default()
            }
        } else {
            self.opened(&receipt, StockKind::Lot, fund, item, units, 0)
        };
        effects.about = pledge;
        let event = ReceiptIssued {
            receipt: code(&receipt).into(),
            serial: Serial::new(&slug(fund), 2026, self.next()),
            donation: pledge.map(|seq| code(&format!("DN-{seq}"))),
            donor: (named && a.is_multiple_of(2)).then(|| slug(DONORS[usize::from(b) % 2])),
            fund: slug(fund),
            pool: pool.then(|| slug("gop-chung")),
            source: Source::SocialDomestic,
            item: Item::new(item).unwrap(),
            quantity: Quantity::from_whole(units as u64).unwrap(),
            received_on: day("2020-01-01"),
            campaign: None,
            restriction: None,
            display: if named { Display::Named } else { Display::Anonymous },
            channel: Channel::Bank,
            value_vnd: None,
            value_basis: None,
            expires_on: None,
            commitment: None,
            despite: None,
            reason: None,
        };
        self.record(event.into(), effects, None);
    }

    fn purchase(&mut self, a: u8, b: u8) {
        let Some(lot) = self
            .lots
            .iter()
            .position(|lot| lot.item == "VND" && lot.units.iter().any(|unit| unit.0 == Holding::Available))
        else {
            return;
        };
        let mut spent: Vec<At> = self
            .held(Holding::Available)
            .into_iter()
            .filter(|at| at.0 == lot)
            .collect();
        spent.truncate(1 + usize::from(a % 4));
        let (purchase, obtained) = (self.code("PU"), format!("LT-{}", self.next()));
        self.codes.insert(obtained.clone(), self.next());
        let fund = self.lots[lot].fund;
        let name = Reference::new(&self.lots[lot].name).unwrap();
        let mut effects = self.opened(
            &obtained,
            StockKind::Lot,
            fund,
            "ao-am",
            1 + usize::from(b % 5),
            0,
        );
        let bought = self.units[&self.next()].len() as u64;
        let seq = self.next();
        effects.moves = self.pass(&spent, Holding::Spent(seq));
        let event = PurchaseMade {
            purchase: code(&purchase).into(),
            spends: vec![Draw {
                lot: name,
                quantity: Quantity::from_whole(spent.len() as u64).unwrap(),
            }],
            obtains: vec![Obtained {
                lot: code(&obtained).into(),
                item: Item::new("ao-am").unwrap(),
                quantity: Quantity::from_whole(bought).unwrap(),
                value_vnd: Vnd::new(spent.len() as u64).unwrap(),
                expires_on: None,
            }],
            supplier: (!b.is_multiple_of(4)).then(|| slug(SUPPLIER)),
            purchased_on: day("2020-01-01"),
            commitment: None,
        };
        self.units.entry(seq).or_default().extend(spent);
        self.record(event.into(), effects, None);
    }

    fn allocate(&mut self, a: u8, b: u8, c: u8) {
        let need = self.pick(c, |event| matches!(event, Event::NeedAssessed(_)));
        let need = need.filter(|_| !a.is_multiple_of(4));
        let (programme, category, place, item) = match &need {
            Some((_, Event::NeedAssessed(need))) => (
                need.programme.clone(),
                need.category.clone(),
                need.place.clone(),
                need.item.clone(),
            ),
            _ => (
                slug(PROGRAMMES[usize::from(a) % 2]),
                label(CATEGORIES[usize::from(b) % 2]),
                slug(PLACES[usize::from(c) % 9].0),
                Item::new(ITEMS[usize::from(b / 2) % 3]).unwrap(),
            ),
        };
        let Some(lot) = self.lots.iter().position(|lot| {
            lot.item == item.as_str() && lot.units.iter().any(|unit| unit.0 == Holding::Available)
        }) else {
            return;
        };
        let mut taken: Vec<At> = self
            .held(Holding::Available)
            .into_iter()
            .filter(|at| at.0 == lot)
            .collect();
        taken.truncate(1 + usize::from(b % 6));
        let allocation = self.code("AL");
        let seq = self.next();
        let effects = Effects {
            moves: self.pass(&taken, Holding::Allocated(seq)),
            about: need.as_ref().map(|(seq, _)| *seq),
            ..Effects::default()
        };
        let event = AllocationMade {
            allocation: code(&allocation).into(),
            programme,
            category,
            place,
            group: None,
            need: need.map(|(seq, _)| code(&format!("ND-{seq}"))),
            item,
            draws: vec![Draw {
                lot: Reference::new(&self.lots[lot].name).unwrap(),
                quantity: Quantity::from_whole(taken.len() as u64).unwrap(),
            }],
            decided_on: day("2020-01-01"),
        };
        self.record(event.into(), effects, None);
        self.units.insert(seq, taken);
    }

    fn deliver(&mut self, a: u8, b: u8, c: u8) {
        let Some((allocation, _)) = self.pick(a, |event| matches!(event, Event::AllocationMade(_))) else {
            return;
        };
        let mut units = self.held(Holding::Allocated(allocation));
        units.truncate(1 + usize::from(b % 4));
        if units.is_empty() {
            return;
        }
        let delivery = self.code("DL");
        let seq = self.next();
        let effects = Effects {
            moves: self.pass(&units, Holding::Delivered(seq)),
            about: Some(allocation),
            ..Effects::default()
        };
        let event = DeliveryMade {
            delivery: code(&delivery).into(),
            allocation: code(&format!("AL-{allocation}")),
            quantity: Quantity::from_whole(units.len() as u64).unwrap(),
            place: slug(PLACES[usize::from(c) % 9].0),
            receiver: slug(SCHOOLS[usize::from(c) % 2]),
            children: Children::new(5 + u64::from(b % 20)).unwrap(),
            delivered_on: day("2020-01-01"),
            despite: None,
            reason: None,
        };
        self.record(event.into(), effects, None);
        self.units.insert(seq, units);
    }

    fn release(&mut self, a: u8, b: u8) {
        let Some((allocation, _)) = self.pick(a, |event| matches!(event, Event::AllocationMade(_))) else {
            return;
        };
        let mut units = self.held(Holding::Allocated(allocation));
        let from = units.len().saturating_sub(1 + usize::from(b % 3));
        let units = units.split_off(from);
        if units.is_empty() {
            return;
        }
        let effects = Effects {
            moves: self.pass(&units, Holding::Available),
            about: Some(allocation),
            ..Effects::default()
        };
        let event = AllocationReleased {
            allocation: code(&format!("AL-{allocation}")),
            quantity: Quantity::from_whole(units.len() as u64).unwrap(),
            reason: prose("thừa"),
        };
        let seq = self.record(event.into(), effects, None);
        self.units.insert(seq, units);
    }

    /// What stands of a delivery: confirmed, disputed, resolved, returned.
    fn said(&self, delivery: u64) -> (Option<u128>, bool, Option<u128>, u128) {
        let mut said = (None, false, None, 0);
        for (_, event, about) in self.standing() {
            if about != Some(delivery) {
                continue;
            }
            match event {
                Event::DeliveryConfirmed(e) => said.0 = Some(e.accepted.0),
                Event::DeliveryDisputed(_) => said.1 = true,
                Event::DeliveryResolved(e) => said.2 = Some(e.accepted.0),
                Event::DeliveryReturned(e) => said.3 += u128::from(e.quantity.thousandths()),
                _ => {}
            }
        }
        said
    }

    fn answer(&mut self, a: u8, b: u8) {
        let Some((seq, Event::DeliveryMade(made))) =
            self.pick(a, |event| matches!(event, Event::DeliveryMade(_)))
        else {
            return;
        };
        let delivery = made.delivery.get().clone();
        let accepted = Amount((u128::from(b % 5) * 1000).min(made.quantity.thousandths().into()));
        let on = day("2020-01-01");
        let by = made.receiver;
        let event: Event = match self.said(seq) {
            (None, false, None, _) if b.is_multiple_of(3) => DeliveryDisputed {
                delivery,
                disputed_by: by,
                disputed_on: on,
                reason: prose("thiếu"),
            }
            .into(),
            (None, false, None, _) => DeliveryConfirmed {
                delivery,
                confirmed_by: by,
                accepted,
                confirmed_on: on,
                condition: Condition::Good,
                despite: None,
                reason: None,
            }
            .into(),
            (None, true, None, _) => DeliveryResolved {
                delivery,
                accepted,
                resolved_on: on,
                reason: prose("đã đếm lại"),
            }
            .into(),
            _ => return,
        };
        let effects = Effects {
            about: Some(seq),
            ..Effects::default()
        };
        self.record(event, effects, None);
    }

    fn give_back(&mut self, a: u8, b: u8) {
        let Some((seq, Event::DeliveryMade(made))) =
            self.pick(a, |event| matches!(event, Event::DeliveryMade(_)))
        else {
            return;
        };
        let left = made.quantity.thousandths() as usize / 1000 - self.said(seq).3 as usize / 1000;
        let units = left.min(1 + usize::from(b % 3));
        if units == 0 {
            return;
        }
        let lot = self.code("LT");
        let first = self.units[&seq][0].0;
        let (fund, item) = (self.lots[first].fund, self.lots[first].item);
        let mut effects = self.opened(&lot, StockKind::Lot, fund, item, units, 0);
        effects.about = Some(seq);
        // The tail of what was not brought back before.
        let mut held = self.held(Holding::Delivered(seq));
        held.truncate(left);
        let tail = held.split_off(left - units);
        effects.returned = tail
            .into_iter()
            .enumerate()
            .map(|(nth, (lot, unit))| Part {
                stock: self.lots[lot].id,
                from: unit as u128 * 1000,
                to: (unit as u128 + 1) * 1000,
                at: (left - units + nth) as u128 * 1000,
            })
            .collect();
        let event = DeliveryReturned {
            delivery: made.delivery.get().clone(),
            quantity: Quantity::from_whole(units as u64).unwrap(),
            new_lot: code(&lot).into(),
            returned_on: day("2020-01-01"),
            reason: prose("chật"),
        };
        self.record(event.into(), effects, None);
    }

    fn report(&mut self, a: u8, b: u8, c: u8) {
        let year = 2018 + i32::from(c % 5);
        self.say(IndicatorReported {
            programme: slug(PROGRAMMES[usize::from(a) % 2]),
            indicator: label(["kham", "an"][usize::from(b) % 2]),
            target: [None, Some(label("T-1")), Some(label("T-4"))][usize::from(b / 2) % 3].clone(),
            period: Period {
                from: day(&format!("{year}-01-01")),
                to: day(&format!("{year}-12-31")),
            },
            numerator: Decimal::new(&(a % 9).to_string()).unwrap(),
            denominator: Decimal::new("8").unwrap(),
            data_source: Text::new("báo cáo").unwrap(),
            as_of: Date::from_ordinal(737_000 + i32::from(c % 4)).unwrap(),
        });
    }

    fn role(&mut self, a: u8, b: u8) {
        let (party, role) = (
            slug(PARTIES[usize::from(a) % 7]),
            label(["dau-moi", "y-te"][usize::from(b) % 2]),
        );
        let open = self
            .roles(&party)
            .into_iter()
            .any(|known| known["role"] == role.as_str() && known.get("until").is_none());
        if open {
            self.say(RoleEnded {
                role,
                party,
                programme: None,
                on: day("2021-06-06"),
            });
        } else {
            self.say(RoleAssigned {
                role,
                party,
                programme: None,
                from: Date::from_ordinal(737_000 + i32::from(b)).unwrap(),
            });
        }
    }

    fn reverse(&mut self, which: usize) {
        let seq = (which % self.entries.len()) as u64;
        if !self.stands(seq) {
            return;
        }
        let Recorded { entry, effects, .. } = self.entries[seq as usize].clone();
        let about = effects.about;
        let on_it = || {
            self.standing()
                .any(|(_, event, other)| other == Some(seq) && !matches!(event, Event::EntryReversed(_)))
        };
        let units = self.units.get(&seq).cloned().unwrap_or_default();
        let all = |holding: Holding, units: &[At]| {
            units
                .iter()
                .all(|&(lot, unit)| self.lots[lot].units[unit].0 == holding)
        };
        let brought = |world: &World| -> Vec<At> {
            let mine = |at: &&At| world.lots[at.0].units[at.1].1 == seq;
            units.iter().filter(mine).copied().collect()
        };
        let moves = match &entry.event {
            Event::ReceiptIssued(e) if e.pool.is_some() => match self.recall(&units) {
                Some(moves) => moves,
                None => return,
            },
            Event::ReceiptIssued(_) | Event::DeliveryReturned(_) => {
                if !all(Holding::Available, &units) {
                    return;
                }
                self.pass(&units, Holding::Withdrawn)
            }
            Event::PurchaseMade(_) => {
                let brought = brought(self);
                if !all(Holding::Available, &brought) {
                    return;
                }
                let mut moves = self.pass(&brought, Holding::Withdrawn);
                moves.extend(self.pass(&self.held(Holding::Spent(seq)), Holding::Available));
                moves
            }
            Event::AllocationMade(_) => {
                if on_it() {
                    return;
                }
                self.pass(&self.held(Holding::Allocated(seq)), Holding::Available)
            }
            Event::AllocationReleased(_) => {
                if !all(Holding::Available, &units) {
                    return;
                }
                self.pass(&units, Holding::Allocated(about.unwrap()))
            }
            Event::DeliveryMade(_) => {
                if on_it() {
                    return;
                }
                self.pass(
                    &self.held(Holding::Delivered(seq)),
                    Holding::Allocated(about.unwrap()),
                )
            }
            Event::DeliveryDisputed(_) if self.said(about.unwrap()).2.is_some() => return,
            Event::DeliveryConfirmed(_) | Event::DeliveryDisputed(_) | Event::DeliveryResolved(_) => {
                Vec::new()
            }
            _ => return,
        };
        let event = EntryReversed {
            reverses: Seq::new(seq).unwrap(),
            reason: prose("nhập nhầm"),
        };
        let effects = Effects {
            moves,
            about,
            ..Effects::default()
        };
        let by = self.record(event.into(), effects, Some(Undone { entry, about }));
        self.reversed.insert(seq, by);
    }

    /// Takes a receipt out of its pool: the next undrawn units take the place of its drawn ones.
    fn recall(&mut self, units: &[At]) -> Option<Vec<Move>> {
        let lot = units.first()?.0;
        let free = self.held(Holding::Available);
        let mut free = free.into_iter().filter(|at| at.0 == lot && !units.contains(at));
        let mut moves = Vec::new();
        let drawn: Vec<(At, Holding)> = units
            .iter()
            .map(|at| (*at, self.lots[at.0].units[at.1].0))
            .collect();
        let held: Vec<(At, At, Holding)> = drawn
            .iter()
            .filter(|(_, holding)| *holding != Holding::Available)
            .map(|(at, holding)| free.next().map(|other| (*at, other, *holding)))
            .collect::<Option<_>>()?;
        drop(free);
        for (_, other, holding) in &held {
            moves.extend(self.pass(&[*other], *holding));
        }
        moves.extend(self.pass(units, Holding::Withdrawn));
        Some(moves)
    }

    // --- answers, counted anew ---

    /// Each delivery that stands: its entry, its own and its allocation's terms, net and accepted.
    fn deliveries(&self) -> Vec<(DeliveryMade, AllocationMade, u128, u128)> {
        let mut found = Vec::new();
        for (seq, event, about) in self.standing() {
            let Event::DeliveryMade(made) = event else {
                continue;
            };
            let Event::AllocationMade(allocation) = &self.entries[about.unwrap() as usize].entry.event else {
                panic!("a delivery is of an allocation");
            };
            let (confirmed, disputed, resolved, returned) = self.said(seq);
            let net = u128::from(made.quantity.thousandths()) - returned;
            let accepted = match (resolved, disputed) {
                (Some(accepted), _) => accepted,
                (None, true) => 0,
                (None, false) => confirmed.unwrap_or(0),
            };
            found.push((made.clone(), allocation.clone(), net, accepted.min(net)));
        }
        found
    }

    /// Every need as its row, in order.
    pub fn needs(&self) -> Vec<Json> {
        let deliveries = self.deliveries();
        let mut rows = Vec::new();
        for (seq, event, _) in self.standing() {
            let Event::NeedAssessed(e) = event else { continue };
            let need = e.need.get();
            let (mut quantity, mut priority, mut needed_by) =
                (e.quantity.thousandths(), e.priority.get(), e.needed_by);
            let mut state = "open";
            for (_, event, _) in self.standing() {
                match event {
                    Event::NeedRevised(again) if again.need == *need => {
                        quantity = again.quantity.map_or(quantity, Quantity::thousandths);
                        priority = again.priority.map_or(priority, |priority| priority.get());
                        needed_by = again.needed_by.or(needed_by);
                    }
                    Event::NeedClosed(end) if end.need == *need => state = end.outcome.word(),
                    _ => {}
                }
            }
            let mut held: i128 = 0;
            for (seq, event, about) in self.standing() {
                let of = |allocation: u64| {
                    matches!(&self.entries[allocation as usize].entry.event,
                        Event::AllocationMade(e) if e.need.as_ref() == Some(need))
                };
                held += match event {
                    Event::AllocationMade(e) if of(seq) => e
                        .draws
                        .iter()
                        .map(|draw| i128::from(draw.quantity.thousandths()))
                        .sum(),
                    Event::AllocationReleased(e) if of(about.unwrap()) => {
                        -i128::from(e.quantity.thousandths())
                    }
                    Event::DeliveryMade(e) if of(about.unwrap()) => -i128::from(e.quantity.thousandths()),
                    _ => 0,
                };
            }
            let held = u128::try_from(held).unwrap();
            let mine = deliveries
                .iter()
                .filter(|(_, allocation, _, _)| allocation.need.as_ref() == Some(need));
            let (delivered, confirmed) = mine.fold((0, 0), |sum, (_, _, net, ok)| (sum.0 + net, sum.1 + ok));
            let uncovered = if state == "open" {
                u128::from(quantity).saturating_sub(held + delivered)
            } else {
                0
            };
            let mut row = json!({
                "need": need, "state": state, "priority": priority, "programme": e.programme, "category": e.category,
                "place": e.place, "item": e.item, "unit": unit(e.item.as_str()), "quantity": Amount(quantity.into()),
                "children": e.children.get(), "assessed_on": e.assessed_on, "allocated": Amount(held),
                "delivered": Amount(delivered), "confirmed": Amount(confirmed), "uncovered": Amount(uncovered),
            });
            if let Some(day) = needed_by {
                row["needed_by"] = json!(day);
            }
            if let Some(group) = &e.group {
                row["group"] = json!(group);
            }
            rows.push(((priority, needed_by.is_none(), needed_by, seq), row));
        }
        rows.sort_by_key(|(order, _)| *order);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn requests(&self, programme: &str, category: Option<&str>, group: Option<&str>) -> Json {
        let mine: Vec<Json> = self
            .needs()
            .into_iter()
            .filter(|row| {
                row["programme"] == programme
                    && category.is_none_or(|category| row["category"] == category)
                    && group.is_none_or(|group| row.get("group").is_some_and(|own| own == group))
            })
            .collect();
        let state = |state: &str| mine.iter().filter(|row| row["state"] == state).count();
        let amount = |row: &Json, name: &str| Amount::parse(row[name].as_str().unwrap()).unwrap();
        let fully = mine
            .iter()
            .filter(|row| row["state"] == "open" && amount(row, "quantity") <= amount(row, "delivered"))
            .count();
        json!({
            "requests": state("open") + state("met"), "met": state("met") + fully, "closed_as_met": state("met"),
            "fully_delivered": fully, "withdrawn": state("withdrawn"), "duplicate": state("duplicate"),
        })
    }

    /// The latest report of each indicator of a target, by the year in which its period ends if one is asked for.
    fn reported(&self, programme: &str, target: Option<&str>, year: Option<i32>) -> Vec<u64> {
        let mut latest: BTreeMap<String, (Date, u64)> = BTreeMap::new();
        for (seq, event, _) in self.standing() {
            if let Event::IndicatorReported(e) = event
                && e.programme.as_str() == programme
                && e.target.as_ref().map(Label::as_str) == target
                && year.is_none_or(|year| year == e.period.to.year())
            {
                let known = latest.entry(e.indicator.to_string()).or_insert((e.as_of, seq));
                *known = (*known).max((e.as_of, seq));
            }
        }
        let mut latest: Vec<(Date, u64)> = latest.into_values().collect();
        latest.sort();
        latest.into_iter().rev().map(|(_, seq)| seq).collect()
    }

    /// Deliveries, children, places, and those by succession, of a category or of all.
    fn reached(&self, programme: &str, category: Option<&str>) -> Json {
        let (mut all, mut by_succession) = ((0, 0, BTreeSet::new()), (0, 0, BTreeSet::new()));
        for (made, allocation, net, _) in self.deliveries() {
            let own = allocation.category.as_str();
            if net == 0
                || allocation.programme.as_str() != programme
                || category.is_some_and(|asked| asked != own)
            {
                continue;
            }
            let succeeded = scope(programme, own, made.place.as_str()) == "succession";
            for sum in std::iter::once(&mut all).chain(succeeded.then_some(&mut by_succession)) {
                sum.0 += 1;
                sum.1 += made.children.get();
                sum.2.insert(made.place.clone());
            }
        }
        json!({
            "deliveries": all.0, "child_deliveries": all.1, "places": all.2.len(),
            "by_succession": {
                "deliveries": by_succession.0, "child_deliveries": by_succession.1, "places": by_succession.2.len(),
            },
        })
    }

    /// What progress says, without texts and worths: by target, of reports their seqs.
    pub fn progress(&self, programme: &str) -> Json {
        let listed = if programme == "ke-hoach-p" { Some(2) } else { None };
        let mut reached = BTreeSet::new();
        let mut succeeded = BTreeSet::new();
        for (made, allocation, net, _) in self.deliveries() {
            if net == 0
                || allocation.programme.as_str() != programme
                || allocation.category.as_str() != "am-ap"
            {
                continue;
            }
            let place = made.place.as_str();
            let _new = match scope(programme, "am-ap", place) {
                // A village is a place of the commune that is listed.
                "listed" if programme == "ke-hoach-p" && place == "thon-f" => {
                    reached.insert("xa-c".to_owned())
                }
                "listed" => reached.insert(place.to_owned()),
                "succession" => succeeded.insert(place.to_owned()),
                _ => false,
            };
        }
        let mut places = json!({ "reached": reached.len(), "by_succession": succeeded.len() });
        if let Some(listed) = listed {
            places["of"] = json!(listed);
        }
        // The plan runs 2019 to 2020, its targets to 2021; other years are there if something was reported of them.
        let years: Vec<Json> = (2018..=2022)
            .map(|year| (year, self.reported(programme, Some("T-4"), Some(year))))
            .filter(|(year, reported)| (2019..=2021).contains(year) || !reported.is_empty())
            .map(|(year, reported)| json!([year, reported]))
            .collect();
        json!({
            "T-1": self.reported(programme, Some("T-1"), None), "T-2": self.requests(programme, Some("am-ap"), None),
            "T-3": places, "T-4": years, "T-5": self.requests(programme, Some("bua-an"), Some("nho")),
            "T-6": self.requests(programme, None, None), "indicators": self.reported(programme, None, None),
            "am-ap": self.reached(programme, Some("am-ap")), "bua-an": self.reached(programme, Some("bua-an")),
            "total": self.reached(programme, None),
        })
    }

    fn roles(&self, party: &Slug) -> Vec<Json> {
        let mut roles: Vec<(Date, Json)> = Vec::new();
        for (_, event, _) in self.standing() {
            match event {
                Event::RoleAssigned(e) if e.party == *party => {
                    roles.push((e.from, json!({ "role": e.role, "from": e.from })));
                }
                Event::RoleEnded(e) if e.party == *party => {
                    let last = roles
                        .iter_mut()
                        .rev()
                        .find(|(_, known)| known["role"] == e.role.as_str());
                    last.unwrap().1["until"] = json!(e.on);
                }
                _ => {}
            }
        }
        roles.sort_by_key(|(from, _)| *from);
        roles.into_iter().map(|(_, role)| role).collect()
    }

    /// What a party gave, holds, was handed and supplied.
    pub fn party(&self, party: &str) -> Json {
        let (mut gave, mut holds, mut received) = (Vec::new(), Vec::new(), Vec::new());
        for item in ITEMS {
            let (mut receipts, mut quantity) = (0, 0);
            for (_, event, about) in self.standing() {
                let Event::ReceiptIssued(e) = event else { continue };
                let pledged = about.and_then(|pledge| match &self.entries[pledge as usize].entry.event {
                    Event::DonationPledged(e) => e.donor.clone(),
                    _ => None,
                });
                let donor = e
                    .donor
                    .clone()
                    .or(pledged)
                    .filter(|_| e.display == Display::Named);
                if donor.is_some_and(|donor| donor.as_str() == party) && e.item.as_str() == item {
                    receipts += 1;
                    quantity += u128::from(e.quantity.thousandths());
                }
            }
            if 0 < receipts {
                let quantity = Amount(quantity);
                gave.push(
                    json!({ "item": item, "unit": unit(item), "receipts": receipts, "quantity": quantity }),
                );
            }
            let mut counts: BTreeMap<&str, u128> = BTreeMap::new();
            for lot in self
                .lots
                .iter()
                .filter(|lot| lot.fund == party && lot.item == item)
            {
                for (holding, _) in &lot.units {
                    let word = match holding {
                        Holding::Available => "available",
                        Holding::Allocated(_) => "allocated",
                        Holding::Delivered(_) => "delivered",
                        Holding::Spent(_) => "spent",
                        _ => continue,
                    };
                    *counts.entry(word).or_default() += 1000;
                    *counts.entry("received").or_default() += 1000;
                }
            }
            if !counts.is_empty() {
                let mut row = json!({ "item": item, "unit": unit(item) });
                for word in [
                    "received",
                    "available",
                    "allocated",
                    "delivered",
                    "spent",
                    "transferred",
                    "refunded",
                    "written_off",
                    "expensed",
                ] {
                    row[word] = json!(Amount(counts.get(word).copied().unwrap_or(0)));
                }
                holds.push(row);
            }
            let mut sums = (0, 0, 0, 0);
            for (made, allocation, net, accepted) in self.deliveries() {
                if made.receiver.as_str() == party && allocation.item.as_str() == item && 0 < net {
                    sums = (
                        sums.0 + 1,
                        sums.1 + made.children.get(),
                        sums.2 + net,
                        sums.3 + accepted,
                    );
                }
            }
            if 0 < sums.0 {
                received.push(json!({
                    "item": item, "unit": unit(item), "deliveries": sums.0, "child_deliveries": sums.1,
                    "delivered": Amount(sums.2), "confirmed": Amount(sums.3),
                }));
            }
        }
        let mut row = json!({
            "party": party, "kind": if party == SUPPLIER { "supplier" } else { "organisation" }, "name": party,
            "roles": self.roles(&slug(party)), "gave": gave, "holds": holds, "received": received,
        });
        let bought: Vec<u64> = self
            .standing()
            .filter_map(|(_, event, _)| match event {
                Event::PurchaseMade(e) if e.supplier.as_ref().is_some_and(|own| own.as_str() == party) => {
                    Some(e.obtains.iter().map(|obtained| obtained.value_vnd.get()).sum())
                }
                _ => None,
            })
            .collect();
        if !bought.is_empty() {
            let value = bought.iter().sum::<u64>().to_string();
            row["supplied"] = json!({ "purchases": bought.len(), "value_vnd": value });
        }
        row
    }

    /// What was delivered at the places that a question reaches, without worths; and how much of it by succession.
    pub fn place(&self, reached: &[(&str, &str)]) -> Json {
        let mut rows: Vec<Json> = Vec::new();
        let mut by_succession = (0, 0);
        for (via, place) in reached {
            let mut cells: BTreeMap<[String; 3], [u128; 4]> = BTreeMap::new();
            for (made, allocation, net, accepted) in self.deliveries() {
                if made.place.as_str() != *place || net == 0 {
                    continue;
                }
                let key = [
                    allocation.programme.to_string(),
                    allocation.category.to_string(),
                    allocation.item.to_string(),
                ];
                if scope(&key[0], &key[1], place) == "succession" {
                    by_succession.0 += 1;
                    by_succession.1 += made.children.get();
                }
                let cell = cells.entry(key).or_default();
                for (sum, part) in cell
                    .iter_mut()
                    .zip([net, accepted, 1, made.children.get().into()])
                {
                    *sum += part;
                }
            }
            for ([programme, category, item], [delivered, confirmed, deliveries, children]) in cells {
                rows.push(json!({
                    "via": via, "place": place, "programme": programme, "category": category,
                    "scope": scope(&programme, &category, place), "item": item, "unit": unit(&item),
                    "delivered": Amount(delivered), "confirmed": Amount(confirmed), "deliveries": deliveries,
                    "child_deliveries": children,
                }));
            }
        }
        json!({ "rows": rows, "by_succession": by_succession })
    }
}

/// Tells the projections what they do not know yet.
pub fn tell(projections: &mut Projections, world: &World) {
    let from = projections
        .position()
        .map_or(0, |position| position.size as usize);
    for recorded in &world.entries[from..] {
        projections.apply(recorded).unwrap();
    }
}

impl Journal for World {
    fn entry(&self, seq: u64) -> Result<Option<Arc<Entry>>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(self
            .entries
            .get(seq as usize)
            .map(|recorded| recorded.entry.clone()))
    }
    fn seq_of_code(&self, code: &Code) -> Option<u64> {
        self.codes.get(code.as_str()).copied()
    }
    fn seq_of_pool(&self, _: &Slug) -> Option<u64> {
        None
    }
    fn is_reversed(&self, seq: u64) -> Option<u64> {
        self.reversed.get(&seq).copied()
    }
}
