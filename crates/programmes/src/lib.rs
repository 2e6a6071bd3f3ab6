//! The plans of the programme documents as data, and their reader.
