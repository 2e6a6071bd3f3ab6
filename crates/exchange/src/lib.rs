//! Imports and exports: bank statements.
