//! Whether `private/` still knows what earlier imports put in the ledger.

use std::path::Path;

use minhbach_events::Key;
use minhbach_exchange::import_key::SECRET_FILE;
use minhbach_exchange::register::credit_keys;
use minhbach_ledger::Books;

use crate::numbers;
use crate::session::Session;

/// Stops where the ledger has imported receipts that no register in `private/` holds, or their secret is gone: a line
/// could then not be recognised, and would be imported again. Nothing is written.
pub fn is_all_known(session: &Session, books: &Books, private: &Path) -> anyhow::Result<()> {
    let imported = books.imported_lines();
    if imported == 0 {
        return Ok(());
    }
    let mut known = 0;
    if private.join(SECRET_FILE).exists() {
        // A line that several statements held has one receipt and counts once: one bit for each entry.
        let mut seen = vec![0_u64; (books.size() / 64 + 1) as usize];
        for key in credit_keys(private)? {
            if known == imported {
                break;
            }
            let Some(key) = Key::new(&key?.to_string()) else {
                continue;
            };
            for seq in books.key_candidates(&key) {
                let bit = 1 << (seq % 64);
                if let Some(word) = seen.get_mut((seq / 64) as usize)
                    && *word & bit == 0
                {
                    *word |= bit;
                    known += 1;
                }
            }
        }
    }
    if known == imported {
        return Ok(());
    }
    Err(session.told(
        "import-private-lacks",
        &[
            ("folder", &private.display()),
            ("imported", &numbers::number(session.texts, imported)),
            ("known", &numbers::number(session.texts, known)),
        ],
    ))
}
