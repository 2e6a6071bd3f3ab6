//! The log of a data folder, read beside whoever writes there.

use minhbach_journal::Reader;
use minhbach_publishing::{LogView, PublishError, read_vkey};
use minhbach_tlog::VerifyingKey;

use crate::opening::Readable;
use crate::session::Session;

/// What was signed last, and by which key. Where the tree's files are missing they are made again, if nobody writes.
pub fn open(session: &Session) -> anyhow::Result<(LogView, VerifyingKey)> {
    let dir = &session.data;
    let view = || LogView::of_folder(dir, Reader::open_readonly(dir)?).map_err(anyhow::Error::from);
    let view = match view() {
        Err(error) if matches!(error.downcast_ref(), Some(PublishError::TreeBehind(_))) => {
            drop(Readable::open(session)?);
            view()
        }
        view => view,
    }?;
    let view = view.ok_or(PublishError::Unsigned)?;
    let key = read_vkey(dir)?.ok_or_else(|| PublishError::NoPublicKey(dir.join("log").join("vkey")))?;
    Ok((view, key))
}
