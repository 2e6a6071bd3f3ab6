//! The append-only files: chain, segments, commit, recovery, reading.
