//! A ledger behind a server: asked over HTTP, written to with a token.

mod answers;
pub mod chosen;
mod fault;
mod line_answer;
mod name_table;
mod problem;
mod server;
mod url;

pub use answers::Remote;
pub use fault::{Fault, RemoteError, sentence};
pub use line_answer::{LineAnswer, LineError};
pub use name_table::NameTable;
pub use problem::Problem;
pub use server::{Answered, Server, Token};
pub use url::Url;
