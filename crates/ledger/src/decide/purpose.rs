//! A lot or pool bound to another purpose, with consent, before it is used.

use minhbach_events::event::PurposeChanged;

use super::{Ask, reference, stock};
use crate::books::Store;
use crate::rejection::{Reason, Rejection};

pub(super) fn purpose_changed(ask: &mut Ask<'_>, e: &PurposeChanged) -> Result<(), Rejection> {
    let (_, stock) = stock::stock(ask, &e.lot)?;
    reference::restriction(ask, Some(&e.restriction))?;
    ask.not_in_future("consented_on", e.consented_on);
    // Nobody agrees to another purpose of what is not there yet; a pool goes on filling.
    if let Store::Lot { since, .. } = stock.store
        && e.consented_on < since
    {
        let rejection = Rejection::new(Reason::BeforeEarlier).with("field", "consented_on");
        let rejection = rejection.date("date", e.consented_on).date("earlier", since);
        ask.rule(rejection.with("name", &e.lot));
    }
    Ok(())
}
