//! `actor add`: gives a post a token, which is shown this once.

use std::io::Write;

use clap::ArgMatches;
use minhbach_events::Slug;
use minhbach_events::malformed::Form;
use minhbach_ledger::{Role, system_clock};
use minhbach_server::actors::{self, ActorsError, NewActor};

use super::{code, role_of};
use crate::ending::Ending;
use crate::failure;
use crate::session::{Session, output};

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let code = code(session, matches)?;
    let words = matches.get_many::<String>("role").into_iter().flatten();
    let roles: Vec<Role> = words.filter_map(|word| Role::from_word(word)).collect();
    let party = session.formed(matches, "party", Slug::new, Form::Slug)?;
    let (texts, now) = (session.texts, system_clock());
    let new = NewActor {
        code: code.clone(),
        roles: roles.clone(),
        party: party.clone(),
    };
    let token = match actors::add(&session.data, new, now()) {
        Ok(token) => token,
        Err(error @ (ActorsError::Active { .. } | ActorsError::Full(_))) => {
            session.say(&failure::actors::sentence(&error, texts));
            return Ok(Ending::No);
        }
        Err(error) => return Err(error.into()),
    };
    let mut out = output();
    let shown = writeln!(out, "{}", token.reveal()).and_then(|()| out.flush());
    if let Err(error) = shown {
        // A token that nobody has read must not stay, nor stand in the way of another.
        let why = failure::system(&error, texts);
        session.say(&texts.with("actor-token-not-shown", &[("code", &code), ("why", &why)]));
        actors::revoke(&session.data, &code, now())?;
        return Ok(Ending::CouldNotTell);
    }
    let mut named: Vec<String> = roles.iter().map(|role| role_of(texts, *role)).collect();
    named.dedup();
    if let Some(party) = &party {
        named.push(texts.with("actor-speaks-for", &[("party", party)]));
    }
    let roles = named.join(", ");
    session.say(&texts.with("actor-added", &[("code", &code), ("roles", &roles)]));
    Ok(Ending::Yes)
}
