//! What moves no quantity: sponsorships, evidence, indicators, reports and recognition.

use minhbach_events::event::{
    EvidenceAttached, IndicatorReported, RecognitionAwarded, ReportFiled, SponsorshipEnded,
    SponsorshipStarted,
};
use minhbach_events::{Malformed, Problem, Reference};

use super::{Ask, allocation, reference, stock};
use crate::codes::Record;
use crate::rejection::{Reason, Rejection};

pub(super) fn sponsorship_started(ask: &mut Ask<'_>, e: &SponsorshipStarted) -> Result<(), Rejection> {
    ask.new_code(&e.sponsorship);
    e.donor.iter().try_for_each(|donor| ask.party(donor))?;
    allocation::served(ask, &e.programme, &e.category)?;
    ask.place(&e.place)?;
    ask.item(&e.item)
}

pub(super) fn sponsorship_ended(ask: &mut Ask<'_>, e: &SponsorshipEnded) -> Result<(), Rejection> {
    let (Record::Sponsorship(index), _) = ask.record("sponsorship", &e.sponsorship)? else {
        return Err(Ask::unknown("sponsorship", &e.sponsorship));
    };
    let sponsorship = ask.books.sponsorships[index as usize];
    if let Some(on) = sponsorship.ended {
        ask.rule(
            Rejection::new(Reason::AlreadyClosed)
                .with("name", &e.sponsorship)
                .date("date", on),
        );
    }
    ask.not_in_future("on", e.on);
    if e.on < sponsorship.starts {
        let rejection = Rejection::new(Reason::BeforeEarlier).with("field", "on");
        let rejection = rejection.date("date", e.on).date("earlier", sponsorship.starts);
        ask.rule(rejection.with("name", &e.sponsorship));
    }
    Ok(())
}

/// What a paper or a finding is about: a code that stands, or a slug of any kind.
pub(super) fn subject(ask: &Ask<'_>, subject: &Reference) -> Result<(), Rejection> {
    if let Some(code) = subject.as_code()
        && ask.books.codes.get(&code).is_some()
    {
        return ask.record("subject", &code).map(drop);
    }
    let books = ask.books;
    let known = subject.as_slug().is_some_and(|slug| {
        books.programmes.contains_key(&slug)
            || books.places.contains_key(&slug)
            || books.items.contains_key(&slug)
            || books.parties.contains_key(&slug)
            || books.campaigns.contains_key(&slug)
            || books.pools.contains_key(&slug)
    });
    known
        .then_some(())
        .ok_or_else(|| Ask::unknown("subject", subject))
}

pub(super) fn evidence_attached(ask: &mut Ask<'_>, e: &EvidenceAttached) -> Result<(), Rejection> {
    ask.new_code(&e.evidence);
    subject(ask, &e.subject)
}

pub(super) fn indicator_reported(ask: &mut Ask<'_>, e: &IndicatorReported) -> Result<(), Rejection> {
    let programme = ask.programme(&e.programme)?;
    if let Some(target) = &e.target
        && !programme.terms.targets.iter().any(|t| t.target == *target)
    {
        return Err(reference::inside(&e.programme, "target", target));
    }
    ask.not_in_future("as_of", e.as_of);
    Ok(())
}

pub(super) fn report_filed(ask: &mut Ask<'_>, e: &ReportFiled) -> Result<(), Rejection> {
    let size = e.size.get();
    // Earlier heads are in the journal, not here; whoever verifies the report looks them up.
    if size == ask.books.size && e.head != ask.books.head {
        return Err(Malformed::new("head", Problem::OtherHead).into());
    }
    let programme = ask.programme(&e.programme)?;
    if !programme.terms.reports.iter().any(|r| r.report == e.report) {
        return Err(reference::inside(&e.programme, "report", &e.report));
    }
    if ask.books.size < size {
        return Err(Rejection::new(Reason::NoEntry)
            .count("seq", size.saturating_sub(1))
            .count("size", ask.books.size));
    }
    ask.not_in_future("filed_on", e.filed_on);
    Ok(())
}

pub(super) fn recognition_awarded(ask: &mut Ask<'_>, e: &RecognitionAwarded) -> Result<(), Rejection> {
    ask.new_code(&e.recognition);
    ask.party(&e.party)?;
    for receipt in &e.receipts {
        let (Record::Receipt(_), _) = ask.record("receipt", receipt)? else {
            return Err(Ask::unknown("receipt", receipt));
        };
        if let Some((stock, span)) = stock::receipt(ask.books, receipt) {
            let stock = &ask.books.stocks[stock as usize];
            stock::not_before(ask, "awarded_on", e.awarded_on, stock, &[span]);
        }
    }
    ask.not_in_future("awarded_on", e.awarded_on);
    Ok(())
}
