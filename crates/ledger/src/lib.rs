//! The rules of the ledger, and the engine that joins the journal and the projections.
//!
//! [`decide`] holds the rules and may refuse; [`apply`] records what has happened and may not. Neither sees a
//! clock, a disk or a request: the moment, the actor with its authority, and chance for new codes are arguments.

mod apply;
mod authority;
mod books;
mod buckets;
mod codes;
mod decide;
mod engine;
mod entries;
mod growing;
mod kept;
mod line;
mod named;
mod names;
mod personal;
mod rejection;
mod restriction;
mod sharing;
mod spans;

pub use apply::{Impossible, apply, available};
pub use authority::{Authority, Caller, DUTIES, Powers, Role, roles_for};
pub use books::{Books, PoolTerms, Promise};
pub use decide::{Moment, decide};
pub use engine::{
    Acknowledgement, Answer, BooksGuard, Clock, Committed, Ledger, Observer, OpenError, Opened, Pending,
    Progress, REQUEST_PROPOSALS_MAX, ReadFault, Rebuilt, Replaying, Snapshot, Stopped, View,
    discard_projections, forget_projections, read_books, recorded_at, repeats, system_clock,
};
pub use kept::{KeptAt, Unusable, keep, kept, kept_at};
pub use named::{Named, NamedKind, Unknown};
pub use names::{NameKind, NameRow, NamesTable};
pub use rejection::{Datum, Language, Reason, Rejection, problem_text};
