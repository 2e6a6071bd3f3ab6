//! The embedded plans and the demo's story against the rules themselves.

mod accounts;
mod ledger;
mod plans;
mod story;
