//! Questions: each route reads its parameters, asks, and writes the answer.

pub(crate) mod balances;
pub(crate) mod entries;
mod list;
pub(crate) mod lots;
pub(crate) mod names;
pub(crate) mod needs;
pub(crate) mod parties;
pub(crate) mod places;
pub(crate) mod programmes;
pub(crate) mod proofs;
pub(crate) mod received;
pub(crate) mod search;
pub(crate) mod statement;
pub(crate) mod status;
pub(crate) mod trails;

use minhbach_ledger::{Named, Unknown};

use crate::app::App;
use crate::problem::{Fault, Problem};
use crate::texts::text;

/// Refuses filters that name what the ledger does not know: a slip of the pen, not an empty answer.
fn known(app: &App, named: &Named<'_>) -> Result<(), Problem> {
    let ledger = app.ledger()?;
    match named.first_unknown(&ledger.books()) {
        None => Ok(()),
        Some(Unknown { kind, name }) => Err(Problem::because(
            Fault::UnknownName,
            &[("name", &name)],
            |language| text(language, &format!("kind-{}", kind.word())),
        )),
    }
}
