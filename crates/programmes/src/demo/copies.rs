//! The same story many times over: each copy's codes are its own, and it names no other copy's.

use minhbach_events::event::Restriction;
use minhbach_events::{Code, Event, NewCode, Reference};

/// Whether an event bears or names a code, so that each copy of the story has its own. The others – plans, places,
/// parties, campaigns, pools and what is said of them – are common to all copies.
pub fn is_copied(event: &Event) -> bool {
    let mut copied = false;
    each_code(&mut event.clone(), &mut |_| copied = true);
    copied
}

/// Gives every code of an event the mark of a copy; the first copy bears none.
pub fn mark(event: &mut Event, copy: u32) {
    if 0 < copy {
        each_code(event, &mut |code| {
            *code = Code::new(&format!("{code}-X{}", copy + 1)).expect("the story's codes are short");
        });
    }
}

fn each_code(event: &mut Event, seen: &mut dyn FnMut(&mut Code)) {
    match event {
        Event::NeedAssessed(e) => new(&mut e.need, seen),
        Event::NeedRevised(e) => seen(&mut e.need),
        Event::NeedClosed(e) => seen(&mut e.need),
        Event::DonationPledged(e) => {
            new(&mut e.donation, seen);
            restriction(&mut e.restriction, seen);
        }
        Event::DonationCancelled(e) => seen(&mut e.donation),
        Event::ReceiptIssued(e) => {
            new(&mut e.receipt, seen);
            e.donation.iter_mut().for_each(&mut *seen);
            restriction(&mut e.restriction, seen);
        }
        Event::GoodsInspected(e) => named(&mut e.lot, seen),
        Event::PurposeChanged(e) => named(&mut e.lot, seen),
        Event::PurchaseMade(e) => {
            new(&mut e.purchase, seen);
            e.spends.iter_mut().for_each(|spend| named(&mut spend.lot, seen));
            e.obtains
                .iter_mut()
                .for_each(|obtained| new(&mut obtained.lot, seen));
        }
        Event::CustodyTransferred(e) => {
            new(&mut e.transfer, seen);
            named(&mut e.lot, seen);
            new(&mut e.new_lot, seen);
        }
        Event::AllocationMade(e) => {
            new(&mut e.allocation, seen);
            e.need.iter_mut().for_each(&mut *seen);
            e.draws.iter_mut().for_each(|draw| named(&mut draw.lot, seen));
        }
        Event::AllocationReleased(e) => seen(&mut e.allocation),
        Event::DeliveryMade(e) => {
            new(&mut e.delivery, seen);
            seen(&mut e.allocation);
        }
        Event::DeliveryConfirmed(e) => seen(&mut e.delivery),
        Event::DeliveryDisputed(e) => seen(&mut e.delivery),
        Event::DeliveryResolved(e) => seen(&mut e.delivery),
        Event::DeliveryReturned(e) => {
            seen(&mut e.delivery);
            new(&mut e.new_lot, seen);
        }
        Event::RefundPaid(e) => {
            new(&mut e.refund, seen);
            named(&mut e.lot, seen);
        }
        Event::StockWrittenOff(e) => {
            new(&mut e.write_off, seen);
            named(&mut e.lot, seen);
        }
        Event::ExpensePaid(e) => {
            new(&mut e.expense, seen);
            named(&mut e.lot, seen);
        }
        Event::SponsorshipStarted(e) => new(&mut e.sponsorship, seen),
        Event::SponsorshipEnded(e) => seen(&mut e.sponsorship),
        Event::EvidenceAttached(e) => {
            new(&mut e.evidence, seen);
            named(&mut e.subject, seen);
        }
        // What it reverses is a copy's; its seq is filled in where the story is told.
        Event::EntryReversed(_) => seen(&mut Code::new("REVERSAL").expect("a code")),
        Event::RecognitionAwarded(e) => {
            new(&mut e.recognition, seen);
            e.receipts.iter_mut().for_each(&mut *seen);
        }
        Event::InspectionOpened(e) => new(&mut e.inspection, seen),
        Event::FindingRaised(e) => {
            new(&mut e.finding, seen);
            e.inspection.iter_mut().for_each(&mut *seen);
            e.subjects.iter_mut().for_each(|subject| named(subject, seen));
        }
        Event::FindingAnswered(e) => seen(&mut e.finding),
        Event::FindingClosed(e) => seen(&mut e.finding),
        Event::LedgerOpened(_)
        | Event::ProgrammePublished(_)
        | Event::ProgrammeRevised(_)
        | Event::ProgrammeClosed(_)
        | Event::PlaceRegistered(_)
        | Event::PlaceRevised(_)
        | Event::PlaceSucceeded(_)
        | Event::ItemRegistered(_)
        | Event::ItemRevised(_)
        | Event::PartyRegistered(_)
        | Event::PartyRevised(_)
        | Event::RoleAssigned(_)
        | Event::RoleEnded(_)
        | Event::CampaignOpened(_)
        | Event::CampaignClosed(_)
        | Event::PoolOpened(_)
        | Event::IndicatorReported(_)
        | Event::ReportFiled(_) => {}
    }
}

fn new(code: &mut NewCode, seen: &mut dyn FnMut(&mut Code)) {
    code.0.iter_mut().for_each(seen);
}

/// A pool's slug is common to all copies.
fn named(name: &mut Reference, seen: &mut dyn FnMut(&mut Code)) {
    if let Some(mut code) = name.as_code() {
        seen(&mut code);
        *name = Reference::from(&code);
    }
}

fn restriction(restriction: &mut Option<Restriction>, seen: &mut dyn FnMut(&mut Code)) {
    restriction
        .iter_mut()
        .filter_map(|r| r.need.as_mut())
        .for_each(seen);
}
