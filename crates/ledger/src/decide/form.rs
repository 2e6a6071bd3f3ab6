//! What makes an event malformed although each of its fields has the right form.

use minhbach_events::event::{ProgrammePublished, PurchaseMade, Restriction};
use minhbach_events::words::{Display, RejectionCode};
use minhbach_events::{Event, Item, Malformed, Problem, Quantity, Slug};

use crate::books::too_many_decimals;

pub(super) fn check(event: &Event) -> Result<(), Malformed> {
    match event {
        Event::ProgrammePublished(e) => programme(e),
        Event::ProgrammeRevised(e) => programme(&e.base),
        Event::PlaceRegistered(e) => place(e),
        Event::PlaceRevised(e) => place(&e.base),
        Event::PlaceSucceeded(e) => {
            if e.successors.is_empty() {
                return Err(Malformed::new("successors", Problem::EmptyList));
            }
            if e.successors.iter().any(|successor| successor.place == e.place) {
                return Err(Malformed::new("successors", Problem::UnderItself));
            }
            once(
                "successors",
                e.successors.iter().map(|successor| &successor.place),
            )
        }
        Event::CampaignOpened(e) => {
            begins_before("closes", e.opens, e.closes)?;
            if let Some(by) = e.distribute_by {
                begins_before("distribute_by", e.opens, by)?;
            }
            restriction(e.restriction.as_ref())
        }
        Event::PoolOpened(e) => restriction(e.restriction.as_ref()),
        Event::DonationPledged(e) => {
            decimals(&e.item, e.quantity)?;
            anonymous(e.display, e.donor.as_ref())?;
            restriction(e.restriction.as_ref())
        }
        Event::ReceiptIssued(e) => {
            decimals(&e.item, e.quantity)?;
            anonymous(e.display, e.donor.as_ref())?;
            restriction(e.restriction.as_ref())?;
            despite(
                e.despite.as_deref(),
                e.reason.is_some(),
                &[RejectionCode::Closed, RejectionCode::OutOfPeriod],
            )
        }
        Event::AllocationMade(e) => {
            if e.draws.is_empty() {
                return Err(Malformed::new("draws", Problem::EmptyList));
            }
            for (index, draw) in e.draws.iter().enumerate() {
                too_fine(&format!("draws[{index}].quantity"), &e.item, draw.quantity)?;
            }
            once("draws", e.draws.iter().map(|draw| &draw.lot))
        }
        Event::ProgrammeClosed(e) if e.carries_to.as_ref() == Some(&e.programme) => {
            Err(Malformed::new("carries_to", Problem::UnderItself))
        }
        Event::NeedAssessed(e) => decimals(&e.item, e.quantity),
        Event::SponsorshipStarted(e) => decimals(&e.item, e.quantity),
        Event::GoodsInspected(e) if e.accepted.is_zero() && e.rejected.is_zero() => {
            Err(Malformed::new("rejected", Problem::NothingInspected))
        }
        Event::GoodsInspected(e) if !e.rejected.is_zero() && e.reason.is_none() => {
            Err(Malformed::new("reason", Problem::RejectedWithoutReason))
        }
        Event::PurposeChanged(e) => restriction(Some(&e.restriction)),
        Event::PurchaseMade(e) => purchase(e),
        Event::IndicatorReported(e) => begins_before("period", e.period.from, e.period.to),
        Event::ReportFiled(e) => begins_before("period", e.period.from, e.period.to),
        Event::RecognitionAwarded(e) => once("receipts", e.receipts.iter()),
        Event::FindingRaised(e) => once("subjects", e.subjects.iter()),
        Event::DeliveryMade(e) => {
            use RejectionCode::{
                Closed, Expired, OutOfPeriod, OutOfScope, RestrictionViolated, SourceNotPermitted,
            };
            let policies = [
                Closed,
                OutOfPeriod,
                OutOfScope,
                SourceNotPermitted,
                RestrictionViolated,
                Expired,
            ];
            despite(e.despite.as_deref(), e.reason.is_some(), &policies)
        }
        Event::DeliveryConfirmed(e) => despite(
            e.despite.as_deref(),
            e.reason.is_some(),
            &[RejectionCode::Closed, RejectionCode::OutOfPeriod],
        ),
        _ => Ok(()),
    }
}

fn purchase(e: &PurchaseMade) -> Result<(), Malformed> {
    if e.spends.is_empty() {
        return Err(Malformed::new("spends", Problem::EmptyList));
    }
    if e.obtains.is_empty() {
        return Err(Malformed::new("obtains", Problem::EmptyList));
    }
    once("spends", e.spends.iter().map(|spend| &spend.lot))?;
    for (index, obtained) in e.obtains.iter().enumerate() {
        too_fine(
            &format!("obtains[{index}].quantity"),
            &obtained.item,
            obtained.quantity,
        )?;
    }
    // A natural person is never named, so the paper has to stand for them.
    if e.supplier.is_none() && e.commitment.is_none() {
        return Err(Malformed::new(
            "commitment",
            Problem::NeitherSupplierNorCommitment,
        ));
    }
    Ok(())
}

fn begins_before(
    field: &str,
    from: minhbach_events::Date,
    to: minhbach_events::Date,
) -> Result<(), Malformed> {
    if to < from {
        Err(Malformed::new(field, Problem::EndsBeforeBegin))
    } else {
        Ok(())
    }
}

fn once<'a, T: Ord + 'a>(field: &str, items: impl Iterator<Item = &'a T>) -> Result<(), Malformed> {
    let mut sorted: Vec<&T> = items.collect();
    sorted.sort();
    match sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        true => Err(Malformed::new(field, Problem::Twice)),
        false => Ok(()),
    }
}

fn once_in_option<T: Ord>(field: &str, list: Option<&Vec<T>>) -> Result<(), Malformed> {
    list.map_or(Ok(()), |list| once(field, list.iter()))
}

fn decimals(item: &Item, quantity: Quantity) -> Result<(), Malformed> {
    too_fine("quantity", item, quantity)
}

fn too_fine(field: &str, item: &Item, quantity: Quantity) -> Result<(), Malformed> {
    match too_many_decimals(item, quantity.decimals()) {
        None => Ok(()),
        Some((currency, digits)) => Err(Malformed::new(field, Problem::Decimals { currency, digits })),
    }
}

fn anonymous(display: Display, donor: Option<&Slug>) -> Result<(), Malformed> {
    match donor {
        Some(_) if display == Display::Anonymous => Err(Malformed::new("donor", Problem::AnonymousDonor)),
        _ => Ok(()),
    }
}

fn despite(
    codes: Option<&[RejectionCode]>,
    reason: bool,
    policies: &[RejectionCode],
) -> Result<(), Malformed> {
    let Some(codes) = codes else {
        return if reason {
            Err(Malformed::new("reason", Problem::ReasonWithoutDespite))
        } else {
            Ok(())
        };
    };
    if codes.is_empty() {
        return Err(Malformed::new("despite", Problem::EmptyList));
    }
    if !reason {
        return Err(Malformed::new("reason", Problem::DespiteWithoutReason));
    }
    if let Some(code) = codes.iter().find(|code| !policies.contains(code)) {
        return Err(Malformed::new(
            "despite",
            Problem::DespiteNotNeeded {
                code: code.word().to_owned(),
            },
        ));
    }
    once("despite", codes.iter())
}

fn restriction(restriction: Option<&Restriction>) -> Result<(), Malformed> {
    let Some(r) = restriction else { return Ok(()) };
    once_in_option("restriction.programmes", r.programmes.as_ref())?;
    once_in_option("restriction.categories", r.categories.as_ref())?;
    once_in_option("restriction.places", r.places.as_ref())?;
    once_in_option("restriction.groups", r.groups.as_ref())
}

fn programme(p: &ProgrammePublished) -> Result<(), Malformed> {
    begins_before("period", p.period.from, p.period.to)?;
    once("places", p.places.iter())?;
    once("groups", p.groups.iter())?;
    once("categories", p.categories.iter().map(|c| &c.category))?;
    once("targets", p.targets.iter().map(|t| &t.target))?;
    once("reports", p.reports.iter().map(|r| &r.report))?;
    for (index, category) in p.categories.iter().enumerate() {
        once(&format!("categories[{index}].forms"), category.forms.iter())?;
        once_in_option(&format!("categories[{index}].sources"), category.sources.as_ref())?;
        once_in_option(&format!("categories[{index}].places"), category.places.as_ref())?;
        once_in_option(&format!("categories[{index}].groups"), category.groups.as_ref())?;
    }
    Ok(())
}

fn place(p: &minhbach_events::event::PlaceRegistered) -> Result<(), Malformed> {
    if let Some(to) = p.valid_to {
        begins_before("valid_to", p.valid_from, to)?;
    }
    if p.parent.as_ref() == Some(&p.place) {
        return Err(Malformed::new("parent", Problem::UnderItself));
    }
    degrees("latitude", p.latitude.as_ref().map(|d| d.as_str()), 90)?;
    degrees("longitude", p.longitude.as_ref().map(|d| d.as_str()), 180)
}

fn degrees(field: &str, decimal: Option<&str>, max: u64) -> Result<(), Malformed> {
    let Some(decimal) = decimal else { return Ok(()) };
    let unsigned = decimal.trim_start_matches('-');
    let (whole, fraction) = unsigned
        .split_once('.')
        .map_or((unsigned, false), |(whole, _)| (whole, true));
    let whole: u64 = whole.parse().unwrap_or(u64::MAX);
    if whole < max || (whole == max && !fraction) {
        return Ok(());
    }
    Err(Malformed::new(field, Problem::Degrees { max }))
}
