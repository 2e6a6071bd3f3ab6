//! The rules (Books, decide, apply) and the engine that joins journal and projections.
