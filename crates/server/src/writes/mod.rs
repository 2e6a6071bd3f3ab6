//! Writing: one proposal, or a stream of them, by an actor with a token.

mod caller;
mod gate;
mod lines;
mod route;
mod single;
mod stream;
mod together;

pub(crate) use gate::Gate;
pub(crate) use route::{__path_post_entries, post_entries};
