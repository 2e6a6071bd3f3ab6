//! One actor, as the register keeps it.

use std::fmt;

use minhbach_events::{Actor, Slug, Timestamp};
use minhbach_ledger::{Caller, Powers, Role};

use super::token::TokenHash;

/// An actor that was given a token. The hash of the token is in it, but never in `Debug`.
pub struct ActorRecord {
    /// In whose name its proposals are recorded.
    pub code: Actor,
    /// When it was added, UTC.
    pub added_at: Timestamp,
    /// Since when its token lets nobody in, UTC.
    pub revoked_at: Option<Timestamp>,
    powers: Powers,
    caller: Caller,
    pub(super) hash: TokenHash,
}

impl ActorRecord {
    pub(super) fn new(code: Actor, powers: Powers, hash: TokenHash, added_at: Timestamp) -> ActorRecord {
        ActorRecord {
            caller: Caller::with(code.clone(), powers.clone()),
            code,
            added_at,
            revoked_at: None,
            powers,
            hash,
        }
    }

    /// Who it is to the ledger: its code, and what its roles allow.
    pub fn caller(&self) -> Caller {
        self.caller.clone()
    }

    /// Its roles, in the order of [`Role::ALL`].
    pub fn roles(&self) -> impl Iterator<Item = Role> + '_ {
        self.powers.roles()
    }

    /// The organisation it speaks for, when it is a receiver.
    pub fn party(&self) -> Option<&Slug> {
        self.powers.party()
    }

    /// Whether its token lets it in.
    pub fn is_active(&self) -> bool {
        self.revoked_at.is_none()
    }
}

impl fmt::Debug for ActorRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActorRecord")
            .field("code", &self.code)
            .field("roles", &self.roles().collect::<Vec<_>>())
            .field("party", &self.party())
            .field("added_at", &self.added_at)
            .field("revoked_at", &self.revoked_at)
            .finish_non_exhaustive()
    }
}
