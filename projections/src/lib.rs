//! What is known: read models fed by entries, kept in sled or in memory.

pub mod recorded;
