//! A ledger that is written to and signed as it grows.

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use minhbach_events::{Entry, Event};
use minhbach_journal::Reader;
use minhbach_ledger::{Committed, Ledger, Observer};
use minhbach_publishing::{
    Cosigning, Failing, Grown, Publisher, SIGN_EVERY, checkpoint_is_missing, open_to_write,
};
use minhbach_server::AskedWitnesses;
use minhbach_tlog::{KeyName, Policy};

use crate::failure;
use crate::session::Session;

/// A ledger with who signs its checkpoints. A journal without its first entry has no name to sign under yet.
pub struct Writing {
    ledger: Ledger,
    publisher: Option<Publisher>,
    witnesses: Option<AskedWitnesses>,
}

/// A policy whose witnesses are asked to cosign, and what is shown without enough of them.
pub struct Witnessed {
    pub policy: Policy,
    pub failing: Failing,
}

impl Writing {
    /// Joins an open ledger with its log: the journal must be the one that was signed last.
    pub fn of(
        session: &Session,
        dir: &Path,
        ledger: Ledger,
        witnessed: Option<Witnessed>,
    ) -> anyhow::Result<Writing> {
        let (publisher, witnesses) = match origin(ledger.reader())? {
            None => (None, None),
            Some(origin) => {
                let (publisher, witnesses) = begin(session, dir, &origin, ledger.reader(), witnessed)?;
                (Some(publisher), witnesses)
            }
        };
        Ok(Writing {
            ledger,
            publisher,
            witnesses,
        })
    }

    /// The same for a ledger whose first entry is to come, under that name.
    pub fn of_new(
        session: &Session,
        dir: &Path,
        ledger: Ledger,
        origin: &KeyName,
    ) -> anyhow::Result<Writing> {
        let (publisher, witnesses) = begin(session, dir, origin, ledger.reader(), None)?;
        Ok(Writing {
            ledger,
            publisher: Some(publisher),
            witnesses,
        })
    }

    /// Signs on while this command commits.
    pub fn signing(self) -> Writing {
        if let Some(publisher) = &self.publisher {
            self.ledger.observe(Arc::new(Following(publisher.grown())));
        }
        self
    }

    /// For a server, which observes the ledger itself.
    pub fn into_parts(self) -> (Ledger, Option<Publisher>, Option<AskedWitnesses>) {
        (self.ledger, self.publisher, self.witnesses)
    }

    /// Ends it: what was handed in is committed, then signed.
    pub fn close(self, session: &Session) {
        // The entries are durable; only the projections can have failed.
        if let Err(fault) = self.ledger.close() {
            let why = failure::tables(&fault.to_string(), session.texts);
            session.say(&session.texts.with("closing-projections", &[("why", &why)]));
        }
        if let Some(Err(error)) = self.publisher.map(Publisher::end) {
            session.say(&failure::publishing::not_signed(&error, session.texts));
        }
    }
}

impl Deref for Writing {
    type Target = Ledger;
    fn deref(&self) -> &Ledger {
        &self.ledger
    }
}

fn begin(
    session: &Session,
    dir: &Path,
    origin: &KeyName,
    journal: &Reader,
    witnessed: Option<Witnessed>,
) -> anyhow::Result<(Publisher, Option<AskedWitnesses>)> {
    let texts = session.texts;
    let missing = checkpoint_is_missing(dir)?;
    let log = open_to_write(dir, origin, journal.clone())?;
    if missing {
        session.say(&texts.get("signing-checkpoint-missing"));
    }
    // A server's log has it too; a person at a terminal sees it where it happens.
    let on_failure = Box::new(move |error: &_| {
        Session::say_anywhere(&failure::publishing::not_signed(error, texts));
    });
    let Some(Witnessed { policy, failing }) = witnessed else {
        return Ok((Publisher::begin(log, SIGN_EVERY, on_failure)?, None));
    };
    // A policy that trusts logs, and not this one, is another log's.
    if !policy.logs().is_empty() && !policy.logs().iter().any(|known| known.key == *log.key()) {
        return Err(session.told("policy-other-log", &[("key", log.key())]));
    }
    let note = log.view().checkpoint().map(|(note, _)| note);
    let witnesses = AskedWitnesses::of(policy, note.as_ref());
    let cosigning = Cosigning::by(Box::new(witnesses.clone()), failing);
    let publisher = Publisher::begin_cosigned(log, cosigning, SIGN_EVERY, on_failure)?;
    Ok((publisher, Some(witnesses)))
}

/// The name that the first entry gives the log; none before it.
pub fn origin(journal: &Reader) -> anyhow::Result<Option<KeyName>> {
    let Some(raw) = journal.entry(0)? else {
        return Ok(None);
    };
    match Entry::read(&raw.bytes)?.event {
        Event::LedgerOpened(opened) => Ok(Some(KeyName::new(opened.origin.as_str())?)),
        _ => Ok(None),
    }
}

/// Tells who signs of each commit.
struct Following(Grown);

impl Observer for Following {
    fn committed(&self, _: &Committed) {
        self.0.tell();
    }
}
