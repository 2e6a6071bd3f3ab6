//! The story is checked by a small model of its own: what is named was registered, what is drawn came in, days follow.

use std::collections::{HashMap, HashSet};

use minhbach_events::words::RejectionCode;
use minhbach_events::{Code, Date, Entry, Event, Hash, Slug};

use super::{Scale, Step, story, trails};

fn told() -> Vec<Step> {
    story(None).expect("the data files are right").collect()
}

/// Events that the ledger would have to make a code for get one here, so that they can be written.
fn completed(event: &Event, nth: usize) -> Event {
    let mut event = event.clone();
    if let Event::ReceiptIssued(receipt) = &mut event {
        let code = Code::new(&format!("RC-MADE-{nth}")).expect("a code");
        receipt.receipt.0.get_or_insert(code);
        receipt.serial =
            minhbach_events::Serial::new(&receipt.fund, receipt.received_on.year(), nth as u64 + 1);
    }
    event
}

#[test]
fn every_step_survives_being_written_and_read() {
    for (nth, step) in told().into_iter().enumerate() {
        let entry = Entry {
            seq: nth as u64,
            prev: Hash::ZERO,
            at: step.proposal.at.expect("a scripted time"),
            by: step.proposal.by.clone().expect("a post"),
            key: None,
            event: completed(&step.proposal.event, nth),
        };
        let bytes = entry.to_bytes();
        assert_eq!(
            Entry::from_bytes(&bytes),
            Ok(entry),
            "{}",
            String::from_utf8_lossy(&bytes)
        );
    }
}

#[test]
fn the_story_is_of_the_promised_size_and_always_the_same() {
    let steps = told();
    let accepted = steps.iter().filter(|step| step.refused.is_none()).count();
    assert!((300..=450).contains(&accepted), "{accepted} entries");
    assert_eq!(steps, told());
    assert!(matches!(steps[0].proposal.event, Event::LedgerOpened(_)));
    for (before, after) in steps.iter().zip(&steps[1..]) {
        assert!(
            before.proposal.at <= after.proposal.at,
            "{after:?} goes back in time"
        );
    }
}

#[test]
fn scale_adds_small_gifts_and_nothing_else() {
    let scaled: Vec<Step> = story(Some(Scale { small_gifts: 1_000 })).expect("told").collect();
    let default = told();
    assert_eq!(
        scaled.len() - default.len(),
        3 * (1_000 - Scale::default().small_gifts as usize)
    );
    check(&scaled);
    let fewer: Vec<Step> = story(Some(Scale { small_gifts: 0 })).expect("told").collect();
    assert_eq!(
        fewer, default,
        "fewer gifts would leave allocations without money"
    );
}

#[test]
fn nothing_private_is_told() {
    for step in told() {
        step.proposal.event.texts(&mut |text| {
            assert!(!text.contains('@'), "{text}");
            let mut run = 0;
            for letter in text.chars() {
                match letter {
                    '0'..='9' => run += 1,
                    ' ' | '.' | '-' | '\u{2013}' => {}
                    _ => run = 0,
                }
                assert!(run < 9, "nine digits in {text}");
            }
        });
    }
}

#[test]
fn organisations_say_that_they_are_invented() {
    for step in told() {
        if let Event::PartyRegistered(party) = &step.proposal.event {
            assert!(
                party.name.as_str().ends_with("(minh hoạ)"),
                "{}",
                party.name.as_str()
            );
        }
    }
}

#[test]
fn what_the_story_is_to_show_is_in_it() {
    let steps = told();
    let mut kinds: HashMap<&str, usize> = HashMap::new();
    for step in steps.iter().filter(|step| step.refused.is_none()) {
        *kinds.entry(step.proposal.event.type_name()).or_default() += 1;
    }
    for (kind, count) in [
        ("ledger.opened", 1),
        ("programme.published", 2),
        ("campaign.opened", 3),
        ("campaign.closed", 1),
        ("pool.opened", 4),
        ("donation.cancelled", 1),
        ("allocation.released", 1),
        ("delivery.disputed", 2),
        ("entry.reversed", 1),
        // The city, 5 districts, 14 communes, 9 units since 2025.
        ("place.registered", 29),
        ("place.revised", 5),
        ("place.succeeded", 14),
    ] {
        assert_eq!(kinds.get(kind), Some(&count), "{kind}");
    }
    let pooled = steps.iter().filter(
        |step| matches!(&step.proposal.event, Event::ReceiptIssued(receipt) if receipt.pool.is_some() && receipt.donor.is_none()),
    );
    assert!(pooled.count() >= 150);
    let refusals: HashSet<&str> = steps
        .iter()
        .filter_map(|step| step.refused)
        .map(RejectionCode::word)
        .collect();
    let expected = [
        "closed",
        "expired",
        "four_eyes",
        "insufficient_quantity",
        "out_of_scope",
        "restriction_violated",
        "reversal_blocked",
        "small_group",
        "source_not_permitted",
    ];
    assert_eq!(refusals, HashSet::from(expected));
    let (mut small, mut despite) = (0, HashSet::new());
    for step in steps.iter().filter(|step| step.refused.is_none()) {
        let lifted = match &step.proposal.event {
            Event::DeliveryMade(delivery) => {
                small += u32::from((1..5).contains(&delivery.children.get()));
                &delivery.despite
            }
            Event::ReceiptIssued(receipt) => &receipt.despite,
            _ => continue,
        };
        despite.extend(lifted.iter().flatten().map(|code| code.word()));
    }
    assert_eq!((small, despite), (1, HashSet::from(["closed", "expired"])));
}

#[test]
fn codes_worth_following_exist() {
    let steps = told();
    for trail in trails() {
        let accepted = steps.iter().filter(|step| step.refused.is_none());
        let named = accepted.filter(|step| {
            !matches!(
                step.proposal.event,
                Event::DeliveryDisputed(_) | Event::DonationCancelled(_)
            ) && step.proposal.event.subject() == Some(trail.code)
        });
        assert_eq!(named.count(), 1, "{}", trail.code);
    }
}

#[test]
fn the_story_adds_up() {
    check(&told());
}

/// What the model knows after some steps; quantities in thousandths.
#[derive(Default)]
struct Model {
    known: HashSet<(&'static str, String)>,
    /// Undrawn, of each lot and pool.
    stock: HashMap<String, u64>,
    /// The day of the newest receipt in each.
    newest: HashMap<String, Date>,
    /// Reserved and not delivered, with the day of decision and its place.
    allocations: HashMap<Code, (u64, Date, Slug)>,
    /// Quantity, day and post of each delivery.
    deliveries: HashMap<Code, (u64, Date, String)>,
    ends: HashMap<Slug, Date>,
    accepted: Vec<Event>,
}

impl Model {
    fn has(&self, kind: &'static str, name: &str) {
        assert!(
            self.known.contains(&(kind, name.to_owned())),
            "{kind} {name} is not registered"
        );
    }
    fn add(&mut self, kind: &'static str, name: &str) {
        assert!(self.known.insert((kind, name.to_owned())), "{kind} {name} twice");
    }
    fn place(&self, place: &Slug, on: Date) {
        self.has("place", place.as_str());
        assert!(
            self.ends.get(place).is_none_or(|&end| on < end),
            "{place} is no more on {on}"
        );
    }
}

fn check(steps: &[Step]) {
    let mut model = Model::default();
    for step in steps.iter().filter(|step| step.refused.is_none()) {
        take(&mut model, step);
        model.accepted.push(step.proposal.event.clone());
    }
    // Everything that came in and was not given away is still there: nothing went below zero on the way (u64).
    assert!(model.stock["gop-trung-thu"] > 0 && model.stock["chua-xac-dinh"] > 0);
}

fn take(model: &mut Model, step: &Step) {
    let today = step.proposal.at.expect("a time").vietnam_date();
    let by = step.proposal.by.as_ref().expect("a post").to_string();
    let past = |on: Date| assert!(on <= today, "{on} is after {today}");
    match &step.proposal.event {
        Event::PlaceRegistered(place) => {
            if let Some(parent) = &place.parent {
                model.has("place", parent.as_str());
            }
            past(place.valid_from);
            model.add("place", place.place.as_str());
        }
        Event::PlaceRevised(revised) => {
            model.has("place", revised.base.place.as_str());
            let end = revised.base.valid_to.expect("a district ends");
            model.ends.insert(
                revised.base.place.clone(),
                Date::from_ordinal(end.ordinal() + 1).expect("a day"),
            );
        }
        Event::PlaceSucceeded(succession) => {
            model.place(&succession.place, succession.on);
            for successor in &succession.successors {
                model.has("place", successor.place.as_str());
            }
            model.ends.insert(succession.place.clone(), succession.on);
        }
        Event::ProgrammePublished(programme) => {
            for place in programme
                .places
                .iter()
                .chain(programme.special_places.iter().flatten())
            {
                model.has("place", place.as_str());
            }
            for category in &programme.categories {
                model.add("category", category.category.as_str());
            }
            for target in &programme.targets {
                if let Some(category) = &target.category {
                    model.has("category", category.as_str());
                }
            }
            model.add("programme", programme.programme.as_str());
        }
        Event::ItemRegistered(item) => {
            for category in &item.categories {
                model.has("category", category.as_str());
            }
            model.add("item", item.item.as_str());
        }
        Event::PartyRegistered(party) => {
            party.place.iter().for_each(|place| model.place(place, today));
            model.add("party", party.party.as_str());
        }
        Event::PartyRevised(party) => {
            party
                .base
                .place
                .iter()
                .for_each(|place| model.place(place, today));
            model.has("party", party.base.party.as_str());
        }
        Event::CampaignOpened(campaign) => {
            model.has("programme", campaign.programme.as_str());
            model.has("party", campaign.fund.as_str());
            assert!(campaign.opens <= campaign.closes);
            model.add("campaign", campaign.campaign.as_str());
        }
        Event::PoolOpened(pool) => {
            model.has("party", pool.fund.as_str());
            pool.campaign
                .iter()
                .for_each(|campaign| model.has("campaign", campaign.as_str()));
            model.add("pool", pool.pool.as_str());
            model.stock.insert(pool.pool.to_string(), 0);
        }
        Event::DonationPledged(pledge) => {
            pledge
                .donor
                .iter()
                .for_each(|donor| model.has("party", donor.as_str()));
            past(pledge.pledged_on);
            model.add("donation", pledge.donation.get().as_str());
        }
        Event::DonationCancelled(cancelled) => model.has("donation", cancelled.donation.as_str()),
        Event::ReceiptIssued(receipt) => {
            past(receipt.received_on);
            model.has("party", receipt.fund.as_str());
            receipt
                .donor
                .iter()
                .for_each(|donor| model.has("party", donor.as_str()));
            receipt
                .donation
                .iter()
                .for_each(|donation| model.has("donation", donation.as_str()));
            receipt
                .campaign
                .iter()
                .for_each(|campaign| model.has("campaign", campaign.as_str()));
            if !receipt.item.is_money() {
                model.has("item", receipt.item.as_str());
            }
            let stock = match (&receipt.pool, &receipt.receipt.0) {
                (Some(pool), _) => {
                    model.has("pool", pool.as_str());
                    pool.to_string()
                }
                (None, Some(lot)) => lot.to_string(),
                (None, None) => panic!("nothing could refer to the lot of {receipt:?}"),
            };
            *model.stock.entry(stock.clone()).or_default() += receipt.quantity.thousandths();
            model.newest.insert(stock, receipt.received_on);
            if let Some(code) = &receipt.receipt.0 {
                model.add("receipt", code.as_str());
            }
        }
        Event::AllocationMade(allocation) => {
            past(allocation.decided_on);
            model.place(&allocation.place, allocation.decided_on);
            model.has("category", allocation.category.as_str());
            let mut sum = 0;
            for draw in &allocation.draws {
                let lot = draw.lot.as_str();
                let left = model
                    .stock
                    .get_mut(lot)
                    .unwrap_or_else(|| panic!("no lot or pool {lot}"));
                *left = left
                    .checked_sub(draw.quantity.thousandths())
                    .unwrap_or_else(|| panic!("{lot} is overdrawn"));
                assert!(
                    model.newest[lot] <= allocation.decided_on,
                    "{lot} is drawn before it came in"
                );
                sum += draw.quantity.thousandths();
            }
            let code = allocation.allocation.get().clone();
            let made = (sum, allocation.decided_on, allocation.place.clone());
            assert!(model.allocations.insert(code, made).is_none());
        }
        Event::AllocationReleased(released) => {
            let (left, _, _) = model
                .allocations
                .get_mut(&released.allocation)
                .expect("an allocation");
            *left = left
                .checked_sub(released.quantity.thousandths())
                .expect("reserved");
            // The one release of the story gives back to one lot.
            *model.stock.get_mut("RC-CAP-SACH-01").expect("a lot") += released.quantity.thousandths();
        }
        Event::DeliveryMade(delivery) => {
            past(delivery.delivered_on);
            model.place(&delivery.place, delivery.delivered_on);
            model.has("party", delivery.receiver.as_str());
            let (left, decided, _) = model
                .allocations
                .get_mut(&delivery.allocation)
                .expect("an allocation");
            *left = left
                .checked_sub(delivery.quantity.thousandths())
                .expect("reserved");
            assert!(*decided <= delivery.delivered_on);
            let made = (delivery.quantity.thousandths(), delivery.delivered_on, by);
            assert!(
                model
                    .deliveries
                    .insert(delivery.delivery.get().clone(), made)
                    .is_none()
            );
        }
        Event::DeliveryConfirmed(answer) => {
            past(answer.confirmed_on);
            model.has("party", answer.confirmed_by.as_str());
            let (quantity, on, recorded_by) = model
                .deliveries
                .remove(&answer.delivery)
                .expect("an open delivery");
            assert!(answer.accepted.0 <= u128::from(quantity) && on <= answer.confirmed_on);
            assert_ne!(recorded_by, by, "{} has two eyes only", answer.delivery);
        }
        Event::DeliveryDisputed(dispute) => {
            past(dispute.disputed_on);
            model.has("party", dispute.disputed_by.as_str());
            let (_, on, _) = model
                .deliveries
                .remove(&dispute.delivery)
                .expect("an open delivery");
            assert!(on <= dispute.disputed_on);
        }
        Event::EntryReversed(reversal) => match &model.accepted[reversal.reverses.get() as usize] {
            Event::ReceiptIssued(receipt) => {
                assert_eq!(receipt.receipt.get().as_str(), "RC-TRUNG-THU-GHI-HAI-LAN");
                let pool = receipt.pool.as_ref().expect("a pool").as_str();
                *model.stock.get_mut(pool).expect("a pool") -= receipt.quantity.thousandths();
            }
            other => panic!("reverses {other:?}"),
        },
        Event::LedgerOpened(_) | Event::CampaignClosed(_) => {}
        other => panic!("the story tells nothing of {}", other.type_name()),
    }
}
