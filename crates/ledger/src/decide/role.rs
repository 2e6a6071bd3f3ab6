//! Which organisation holds which duty, and since when.

use minhbach_events::event::{RoleAssigned, RoleEnded};

use super::Ask;
use crate::rejection::{Reason, Rejection};

pub(super) fn role_assigned(ask: &mut Ask<'_>, e: &RoleAssigned) -> Result<(), Rejection> {
    let held = (e.role.clone(), e.party.clone(), e.programme.clone());
    if let Some(&since) = ask.books.roles.get(&held) {
        let rejection = Rejection::new(Reason::RoleHeld).with("party", &e.party);
        ask.rule(rejection.with("role", &e.role).date("date", since));
    }
    ask.party(&e.party)?;
    e.programme
        .iter()
        .try_for_each(|programme| ask.programme(programme).map(drop))
}

pub(super) fn role_ended(ask: &mut Ask<'_>, e: &RoleEnded) -> Result<(), Rejection> {
    ask.party(&e.party)?;
    e.programme
        .iter()
        .try_for_each(|programme| ask.programme(programme).map(drop))?;
    let held = (e.role.clone(), e.party.clone(), e.programme.clone());
    let Some(&since) = ask.books.roles.get(&held) else {
        let rejection = Rejection::new(Reason::NoRole).with("party", &e.party);
        return Err(rejection.with("role", &e.role));
    };
    ask.not_in_future("on", e.on);
    if e.on < since {
        let rejection = Rejection::new(Reason::BeforeEarlier).with("field", "on");
        ask.rule(
            rejection
                .date("date", e.on)
                .date("earlier", since)
                .with("name", &e.role),
        );
    }
    Ok(())
}
