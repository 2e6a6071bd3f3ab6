//! The ledger over HTTP: the questions and proposals of the design's chapter 9, for programs and for people.
//!
//! [`App`] joins a ledger with who may write and with limits; [`router`] is every route over it, so that tests need no
//! socket; [`serve`] listens until it is told to end.

pub mod actors;
mod address;
mod answer;
mod app;
mod around;
mod asking;
mod kept;
mod language;
mod limits;
mod live;
mod log_lines;
mod log_tiles;
mod openapi;
mod operation;
mod pages;
mod params;
mod problem;
mod proposal_form;
mod reads;
mod routes;
mod serve;
mod shares;
mod telemetry;
mod texts;
mod witnesses;
mod writes;

pub use app::{App, GiftShown, Settings};
pub use language::preferred;
pub use limits::{Limits, PerSecond, open_files};
pub use log_lines::LogEnd;
pub use openapi::document;
pub use routes::router;
pub use serve::{Ended, Listening, ServeError};
pub use telemetry::{Logs, log_to};
pub use witnesses::AskedWitnesses;
