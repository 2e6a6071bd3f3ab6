//! What is known: read models fed by entries, kept in sled or in memory.
//!
//! [`Projections`] is told each entry once, in order, as a [`Recorded`](recorded::Recorded), and answers with
//! documents that serialize as the interfaces show them. It holds nothing that the journal does not: a folder
//! that is lost or damaged is rebuilt by telling it every entry again.

mod answer;
mod cursor;
mod document;
mod flow;
mod folding;
mod gift;
mod holders;
mod journal;
mod keys;
mod lot;
mod lots;
mod needs;
mod node;
mod overlay;
mod packed;
mod parties;
mod places;
mod pool_line;
mod progress;
mod projection;
mod projections;
mod received;
mod search;
mod statement;
mod stock;
mod trail;
mod trails;
mod upstream;
mod value;

pub mod recorded;
pub mod store;

pub use answer::{AsOf, Dong, PAGE, Page, ReadError};
pub use folding::{folded, marked};
pub use journal::Journal;
pub use lot::LotAnswer;
pub use lots::{BalanceRow, Balances, BalancesFilter};
pub use needs::{ItemTotal, NeedRow, NeedState, NeedsQuery, NeedsTable, NeedsTotal, PriorityTotal, Requests};
pub use node::{Kind, Node};
pub use overlay::Overlay;
pub use parties::{GaveRow, HandedRow, HoldsRow, PartiesQuery, PartiesTable, PartyRow, RoleRow, SuppliedRow};
pub use places::{
    Counts, DeliveredThere, PlaceAnswer, PlaceRow, PlaceTotal, PlaceVersion, PlacesQuery, PlacesTable, Reach,
    Scope, SuccessionRow, Via,
};
pub use progress::{
    BySuccession, CategoryRow, Heading, PlacesReached, ProgrammeRow, ProgressAnswer, ReachedTotal, Report,
    RequestsRow, Span, TargetRow, YearRow,
};
pub use projection::{Fault, Projection};
pub use projections::{Position, ProjectionError, Projections};
pub use received::{Dimension, Month, ReceivedQuery, ReceivedRow, ReceivedTable, ReceivedTotal};
pub use search::{FoundKind, FoundPlace, FoundRow, Match, QUERY_CHARS_MAX, SEARCH_PAGE, SearchAnswer};
pub use statement::{Balance, StatementFilter, StatementRow, StatementTable};
pub use stock::{Stock, StockSource, Totals};
pub use store::{DAMAGED, OpenError};
pub use trail::{Edge, Reached, Trail};
pub use trails::DeliveryState;
pub use value::{Worth, value_of};
