//! What witnesses signed of a checkpoint, over the times that it was read.

use minhbach_tlog::{Note, VerifyingKey, cosignature};

use crate::Signed;

/// The most lines that a kept note bears: what one server adds must not crowd out what others signed.
const LINES_MAX: usize = 32;

/// A note that was read, with what an earlier reading of the same checkpoint bore besides. Of a witness who is known, the
/// line that it signed last is kept, and none that it did not sign.
pub(crate) fn merged(
    read: &Signed,
    before: Option<&Signed>,
    witnesses: &[VerifyingKey],
    key: &VerifyingKey,
) -> Note {
    let before = before
        .filter(|before| before.checkpoint == read.checkpoint)
        .map(|before| &before.note);
    let notes = [Some(&read.note), before];
    let lines = || notes.into_iter().flatten().flat_map(Note::signatures);
    let mut merged = read.checkpoint.to_note();
    let of_log = read.note.signatures().iter().find(|line| line.is_of(key));
    of_log.into_iter().for_each(|line| merged.add(line.clone()));
    for witness in witnesses {
        let times = notes.into_iter().flatten().filter_map(|note| {
            let time = cosignature::time_of(note, witness).ok().flatten()?;
            Some((time, note))
        });
        let Some((_, note)) = times.max_by_key(|(time, _)| *time) else {
            continue;
        };
        let line = note.signatures().iter().find(|line| line.is_of(witness));
        line.into_iter().for_each(|line| merged.add(line.clone()));
    }
    for line in lines() {
        let known = witnesses.iter().chain([key]).any(|known| line.is_of(known));
        let there = merged
            .signatures()
            .iter()
            .any(|other| other.name == line.name && other.id == line.id);
        if !known && !there && merged.signatures().len() < LINES_MAX {
            merged.add(line.clone());
        }
    }
    merged
}
