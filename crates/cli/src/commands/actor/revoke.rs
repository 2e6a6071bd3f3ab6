//! `actor revoke`: ends a post's token.

use clap::ArgMatches;
use minhbach_ledger::system_clock;
use minhbach_server::actors::{self, ActorsError};

use super::code;
use crate::ending::Ending;
use crate::failure;
use crate::session::Session;

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let code = code(session, matches)?;
    match actors::revoke(&session.data, &code, system_clock()()) {
        Ok(()) => {
            session.say(&session.texts.with("actor-revoked", &[("code", &code)]));
            Ok(Ending::Yes)
        }
        Err(error @ (ActorsError::Unknown(_) | ActorsError::Revoked { .. })) => {
            session.say(&failure::actors::sentence(&error, session.texts));
            Ok(Ending::No)
        }
        Err(error) => Err(error.into()),
    }
}
