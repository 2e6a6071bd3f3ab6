//! Logs, honest and not, and what a stranger makes of them.

mod attacks;
mod bundles;
mod folders;
mod http;
mod mirrors;
mod paper_log;
mod resuming;
mod sources;
mod tampered;
mod trails;
