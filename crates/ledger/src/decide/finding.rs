//! Inspections, and what they find wrong.

use minhbach_events::Code;
use minhbach_events::event::{FindingAnswered, FindingClosed, FindingRaised, InspectionOpened};

use super::{Ask, paper};
use crate::books::Finding;
use crate::codes::Record;
use crate::rejection::{Reason, Rejection};

pub(super) fn inspection_opened(ask: &mut Ask<'_>, e: &InspectionOpened) -> Result<(), Rejection> {
    ask.new_code(&e.inspection);
    ask.party(&e.inspector)
}

pub(super) fn finding_raised(ask: &mut Ask<'_>, e: &FindingRaised) -> Result<(), Rejection> {
    ask.new_code(&e.finding);
    if let Some(inspection) = &e.inspection {
        let (Record::Inspection(_), _) = ask.record("inspection", inspection)? else {
            return Err(Ask::unknown("inspection", inspection));
        };
    }
    e.subjects
        .iter()
        .try_for_each(|subject| paper::subject(ask, subject))
}

fn finding<'a>(ask: &mut Ask<'a>, code: &Code) -> Result<&'a Finding, Rejection> {
    let (Record::Finding(index), _) = ask.record("finding", code)? else {
        return Err(Ask::unknown("finding", code));
    };
    let finding = &ask.books.findings[index as usize];
    if let Some(seq) = finding.closed {
        ask.rule(
            Rejection::new(Reason::FindingClosed)
                .with("finding", code)
                .count("seq", seq),
        );
    }
    Ok(finding)
}

pub(super) fn finding_answered(ask: &mut Ask<'_>, e: &FindingAnswered) -> Result<(), Rejection> {
    finding(ask, &e.finding)?;
    ask.party(&e.answered_by)
}

pub(super) fn finding_closed(ask: &mut Ask<'_>, e: &FindingClosed) -> Result<(), Rejection> {
    let finding = finding(ask, &e.finding)?;
    if finding.by == ask.moment.by {
        ask.rule(
            Rejection::new(Reason::SameFinder)
                .with("by", &finding.by)
                .with("finding", &e.finding),
        );
    }
    Ok(())
}
