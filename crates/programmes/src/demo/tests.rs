//! The story by itself: its size, its words, what it shows, and that a larger one is the same many times over. Whether
//! the rules answer as it says is asked in `tests/accepted`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use minhbach_events::event::EVENT_TYPES;
use minhbach_events::words::{Channel, NeedOutcome, RejectionCode, Source};
use minhbach_events::{Code, Entry, Event, Hash, Reference};

use super::{Scale, Step, Story, copies, story, trails};

fn at_scale(times: u32) -> Story {
    story(Some(Scale { times })).expect("the data files are right")
}

fn told() -> Vec<Step> {
    story(None).expect("the data files are right").collect()
}

fn accepted(steps: &[Step]) -> impl Iterator<Item = &Event> {
    let accepted = steps.iter().filter(|step| step.refused.is_none());
    accepted.map(|step| &step.proposal.event)
}

/// What the ledger fills in, so that a step can be written.
fn completed(event: &Event, nth: usize) -> Event {
    let mut event = event.clone();
    if let Event::ReceiptIssued(receipt) = &mut event {
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
    let size = accepted(&steps).count();
    assert!((700..=1_500).contains(&size), "{size} entries");
    let small = accepted(&steps).filter(
        |event| matches!(event, Event::ReceiptIssued(receipt) if receipt.pool.is_some() && receipt.donor.is_none()),
    );
    assert!(size < 2 * small.count(), "most are small bank gifts");
    assert_eq!(steps, told());
    assert!(matches!(steps[0].proposal.event, Event::LedgerOpened(_)));
    let day = |step: &Step| step.proposal.at.expect("a time").vietnam_date().to_string();
    assert_eq!(day(&steps[0]), "2024-07-01");
    assert_eq!(steps.last().map(day).as_deref(), Some("2025-12-31"));
    for (before, after) in steps.iter().zip(&steps[1..]) {
        assert!(
            before.proposal.at <= after.proposal.at,
            "{after:?} goes back in time"
        );
    }
}

#[test]
fn offices_are_closed_at_night_and_on_sundays() {
    for step in told() {
        let at = step.proposal.at.expect("a time");
        let hour = (at.millis() / 3_600_000 + 7) % 24;
        assert!(
            (7..=18).contains(&hour) || is_cash(&step),
            "{hour} o'clock: {step:?}"
        );
        let sunday = at.vietnam_date().ordinal() % 7 == 0;
        assert!(!sunday || is_cash(&step), "a Sunday: {step:?}");
    }
}

/// A collecting box is opened where and when the festival is.
fn is_cash(step: &Step) -> bool {
    matches!(&step.proposal.event, Event::ReceiptIssued(receipt) if receipt.channel == Channel::Cash)
}

#[test]
fn every_event_type_happens() {
    let steps = told();
    let happened: BTreeSet<&str> = accepted(&steps).map(Event::type_name).collect();
    assert_eq!(happened, EVENT_TYPES.iter().copied().collect());
    assert_eq!(happened.len(), 47);
}

#[test]
fn each_kind_of_refusal_that_a_proposal_can_meet_is_met() {
    let steps = told();
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for step in &steps {
        *met.entry(step.refused.map_or("", RejectionCode::word))
            .or_default() += 1;
    }
    met.remove("");
    let expected = [
        "closed",
        "duplicate_code",
        "expired",
        "four_eyes",
        "insufficient_quantity",
        "item_mismatch",
        "malformed",
        "out_of_period",
        "out_of_scope",
        "personal_data",
        "restriction_conflict",
        "restriction_violated",
        "reversal_blocked",
        "small_group",
        "source_not_permitted",
        "unknown_reference",
        "value_mismatch",
    ];
    assert!(met.keys().eq(expected.iter()), "{met:?}");
}

#[test]
fn nothing_private_is_told() {
    for step in told() {
        // The one step that does so is refused for it.
        if step.refused == Some(RejectionCode::PersonalData) {
            continue;
        }
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
fn what_is_invented_says_so() {
    for step in told() {
        match &step.proposal.event {
            Event::PartyRegistered(party) => {
                assert!(party.name.as_str().ends_with("(minh hoạ)"), "{party:?}")
            }
            Event::PartyRevised(party) => {
                assert!(party.base.name.as_str().ends_with("(minh hoạ)"), "{party:?}")
            }
            Event::IndicatorReported(reported) => {
                assert!(
                    reported.data_source.as_str().starts_with("Số liệu minh hoạ"),
                    "{reported:?}"
                );
            }
            _ => {}
        }
    }
}

#[test]
fn the_story_shows_what_it_is_to_show() {
    let steps = told();
    let (mut despite, mut outcomes, mut sources) = (HashSet::new(), HashSet::new(), HashSet::new());
    let (mut small, mut needs, mut closed, mut places) = (0, 0, 0, HashSet::new());
    for event in accepted(&steps) {
        match event {
            Event::NeedAssessed(_) => needs += 1,
            Event::NeedClosed(need) => {
                closed += 1;
                outcomes.insert(need.outcome.word());
            }
            Event::DeliveryMade(delivery) => {
                small += u32::from((1..5).contains(&delivery.children.get()));
                despite.extend(delivery.despite.iter().flatten().map(|code| code.word()));
                places.insert(delivery.place.as_str());
            }
            Event::ReceiptIssued(receipt) => {
                despite.extend(receipt.despite.iter().flatten().map(|code| code.word()));
                sources.insert(receipt.source.word());
            }
            _ => {}
        }
    }
    assert_eq!(despite, HashSet::from(["closed", "expired"]));
    let met = NeedOutcome::Met.word();
    assert_eq!(outcomes, HashSet::from([met, "withdrawn", "duplicate"]));
    assert!(closed < needs, "some needs are unmet at the end");
    assert_eq!(small, 3, "children who must not be found");
    for source in [
        Source::StateBudget,
        Source::SocialDomestic,
        Source::ChildFund,
        Source::FundForPoor,
        Source::Fngo,
    ] {
        assert!(sources.contains(source.word()), "{source:?}");
    }
    // Both cities, before and after each reform.
    for place in [
        "xa-ba-vi-ba-vi",
        "xa-ba-vi-ha-noi",
        "xa-lai-xuan-thuy-nguyen",
        "xa-lien-xuan-thuy-nguyen",
        "xa-viet-khe-hai-phong",
        "xa-phu-long-cat-hai",
        "dac-khu-cat-hai-hai-phong",
    ] {
        assert!(places.contains(place), "nothing was delivered in {place}");
    }
}

/// Spring's cash is the story's idle money: nothing but a finding ever names it.
#[test]
fn the_idle_cash_stays_untouched() {
    for event in accepted(&told()) {
        let mut named = false;
        event.texts(&mut |text| named |= text == "RC-TIEN-MAT-HOI-XUAN");
        assert!(
            !named || matches!(event, Event::ReceiptIssued(_) | Event::FindingRaised(_)),
            "{event:?}"
        );
    }
}

#[test]
fn codes_worth_following_exist() {
    let steps = told();
    for trail in trails() {
        let named = accepted(&steps).filter(|event| {
            event.subject() == Some(trail.code)
                && matches!(
                    event,
                    Event::ReceiptIssued(_)
                        | Event::DonationPledged(_)
                        | Event::DeliveryMade(_)
                        | Event::NeedAssessed(_)
                )
        });
        assert_eq!(named.count(), 1, "{}", trail.code);
    }
}

/// What a step brings in, by item, in thousandths.
fn received(steps: impl Iterator<Item = Step>) -> HashMap<String, u128> {
    let mut sums = HashMap::new();
    for step in steps.filter(|step| step.refused.is_none()) {
        if let Event::ReceiptIssued(receipt) = &step.proposal.event {
            *sums.entry(receipt.item.to_string()).or_default() += receipt.quantity.amount().0;
        }
    }
    sums
}

#[test]
fn three_times_the_story_is_three_times_the_gifts() {
    let (once, thrice) = (told(), at_scale(3).collect::<Vec<_>>());
    assert_eq!(at_scale(3).steps(), thrice.len() as u64);
    assert_eq!(at_scale(1).steps(), once.len() as u64);
    let common = |step: &&Step| step.refused.is_some() || !copies::is_copied(&step.proposal.event);
    let common = once.iter().filter(common).count();
    assert_eq!(thrice.len(), 3 * (once.len() - common) + common);
    let expected: HashMap<String, u128> = received(once.iter().cloned())
        .into_iter()
        .map(|(item, sum)| (item, 3 * sum))
        .collect();
    assert_eq!(received(thrice.iter().cloned()), expected);
    // The first copy is the story as it is told once; no code comes twice.
    let first: Vec<&Event> = accepted(&thrice)
        .filter(|event| !event.subject().is_some_and(is_marked))
        .filter(|event| !matches!(event, Event::EntryReversed(_) | Event::ReportFiled(_)))
        .collect();
    let once: Vec<&Event> = accepted(&once)
        .filter(|event| !matches!(event, Event::EntryReversed(_) | Event::ReportFiled(_)))
        .collect();
    assert_eq!(first, once);
    let mut receipts = HashSet::new();
    for event in accepted(&thrice) {
        if let Event::ReceiptIssued(receipt) = event {
            assert!(receipts.insert(receipt.receipt.get()), "{receipt:?}");
        }
    }
}

#[test]
fn a_copy_names_no_other_copys_codes() {
    for step in at_scale(2).filter(|step| step.refused.is_none()) {
        let codes = codes(&step.proposal.event);
        let marked: HashSet<bool> = codes.iter().map(|code| is_marked(code)).collect();
        assert!(marked.len() <= 1, "{codes:?} in {step:?}");
    }
}

/// Whether a code ends with the mark of a copy; some communes' names have an X too.
fn is_marked(code: &str) -> bool {
    code.rsplit_once("-X")
        .is_some_and(|(_, copy)| copy.parse::<u32>().is_ok())
}

/// Every text of an event that has the form of a transaction's code.
fn codes(event: &Event) -> Vec<String> {
    const PREFIXES: [&str; 16] = [
        "RC-", "DN-", "PU-", "LT-", "TR-", "AL-", "DL-", "RF-", "WO-", "EX-", "ND-", "SP-", "EV-", "RG-",
        "IN-", "FI-",
    ];
    let mut codes = Vec::new();
    event.texts(&mut |text| {
        let code = Reference::new(text).and_then(|name| name.as_code());
        if let Some(code) = code
            && PREFIXES.iter().any(|prefix| code.as_str().starts_with(prefix))
        {
            codes.push(code.to_string());
        }
    });
    codes
}

#[test]
fn a_million_copies_take_no_more_memory_than_one() {
    let mut story = at_scale(u32::MAX);
    assert_eq!(story.times, Scale::TIMES_MAX);
    assert!(1_000_000_000 < story.steps());
    let drafts = at_scale(1).drafts.len();
    let mut longest = String::new();
    for step in story.by_ref().take(500_000) {
        if let Event::ReceiptIssued(receipt) = step.proposal.event {
            longest = receipt.receipt.get().to_string();
        }
    }
    assert!(longest.starts_with("RC-NAM-HOC-0001-X49"), "{longest}");
    assert_eq!(story.drafts.len(), drafts);
    assert!(story.marks.len() < 20);
}

#[test]
fn codes_leave_room_for_the_mark_of_a_copy() {
    for step in told() {
        for code in codes(&step.proposal.event) {
            assert!(
                Code::new(&format!("{code}-X{}", Scale::TIMES_MAX)).is_some(),
                "{code}"
            );
        }
    }
}
