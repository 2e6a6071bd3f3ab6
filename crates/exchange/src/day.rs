//! Telling, for one day of one account, which lines of a statement are new.
//!
//! A statement is a window of the bank's own order of lines. What earlier imports showed of a day is kept as pieces:
//! windows whose place to each other is unknown. The lines are compared by their prints, so that a day of millions of
//! lines costs memory for numbers alone, and every search here is linear or sorts.

use std::collections::HashMap;

use crate::import_key::Print;

/// The earlier lines of one day.
#[derive(Debug, Default, Clone)]
pub(crate) struct Earlier {
    pieces: Vec<Piece>,
    /// One earlier file had lines before and after the day, so it held all of it.
    whole: bool,
}

/// A window of the day in the bank's order.
#[derive(Debug, Default, Clone)]
struct Piece {
    prints: Vec<Print>,
    ordinals: Vec<u32>,
}

/// The lines of the day that one earlier import held.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub prints: Vec<Print>,
    pub ordinals: Vec<u32>,
    /// The lines that were known before that import.
    pub seen: Vec<bool>,
}

impl Earlier {
    /// How many lines are known.
    pub(crate) fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.prints.len()).sum()
    }

    /// How many lines identical to this one are known.
    pub(crate) fn count(&self, print: Print) -> usize {
        self.pieces
            .iter()
            .flat_map(|piece| &piece.prints)
            .filter(|&&known| known == print)
            .count()
    }

    /// Adds what a later import showed of the day.
    ///
    /// `whole`: its file was known or stated to hold the whole day. `between`: it really had lines before and after.
    /// `continues`: it was stated to begin where an earlier one ended.
    pub(crate) fn add(&mut self, shown: Shown, whole: bool, between: bool, continues: bool) {
        let Shown {
            prints,
            ordinals,
            seen,
        } = shown;
        let window = Piece { prints, ordinals };
        let seen_before = seen.iter().filter(|&&seen| seen).count();
        if whole && seen_before == self.len() {
            // It holds all lines known before, in the bank's order.
            self.pieces = vec![window];
            self.whole |= between;
            return;
        }
        if self.whole && seen_before == seen.len() {
            return; // A part of a whole day shows nothing more.
        }
        let overlaps = self.overlaps_by_identity(&window, &seen);
        if overlaps.is_empty() {
            match self.pieces.as_mut_slice() {
                [only] if continues => only.extend(&window, 0),
                _ => self.pieces.push(window),
            }
            return;
        }
        // A window that reaches into pieces at its ends joins them.
        let mut merged = Piece::default();
        if let Some(first) = overlaps.iter().find(|overlap| overlap.in_window == 0) {
            merged.extend_upto(&self.pieces[first.piece], first.in_piece);
        }
        merged.extend(&window, 0);
        if let Some(last) = overlaps
            .iter()
            .find(|overlap| overlap.in_window + overlap.len == window.prints.len())
        {
            merged.extend(&self.pieces[last.piece], last.in_piece + last.len);
        }
        let mut index = 0;
        self.pieces.retain(|_| {
            index += 1;
            !overlaps.iter().any(|overlap| overlap.piece == index - 1)
        });
        self.pieces.push(merged);
    }

    /// Where the runs of lines seen before lie in the pieces; prints and ordinals together say which line it is.
    fn overlaps_by_identity(&self, window: &Piece, seen: &[bool]) -> Vec<Overlap> {
        let mut overlaps: Vec<Overlap> = Vec::new();
        let mut at = 0;
        while at < seen.len() {
            if !seen[at] {
                at += 1;
                continue;
            }
            let found = self.pieces.iter().enumerate().find_map(|(piece, known)| {
                (0..known.prints.len())
                    .find(|&place| known.same(place, window, at))
                    .map(|place| (piece, place))
            });
            let Some((piece, in_piece)) = found else {
                at += 1;
                continue;
            };
            let known = &self.pieces[piece];
            let longest = (known.prints.len() - in_piece).min(seen.len() - at);
            let len = (0..longest)
                .find(|&step| !seen[at + step] || !known.same(in_piece + step, window, at + step))
                .unwrap_or(longest);
            overlaps.push(Overlap {
                piece,
                in_piece,
                in_window: at,
                len,
            });
            at += len;
            if self.pieces.len() < overlaps.len() {
                break; // Scattered lines of a whole day, not a window of one: its pieces stay as they are found.
            }
        }
        overlaps
    }
}

impl Piece {
    fn same(&self, place: usize, other: &Piece, at: usize) -> bool {
        self.prints[place] == other.prints[at] && self.ordinals[place] == other.ordinals[at]
    }

    fn extend(&mut self, other: &Piece, from: usize) {
        self.prints.extend_from_slice(&other.prints[from..]);
        self.ordinals.extend_from_slice(&other.ordinals[from..]);
    }

    fn extend_upto(&mut self, other: &Piece, to: usize) {
        self.prints.extend_from_slice(&other.prints[..to]);
        self.ordinals.extend_from_slice(&other.ordinals[..to]);
    }
}

/// A stretch of a window that is also a stretch of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Overlap {
    piece: usize,
    in_piece: usize,
    in_window: usize,
    len: usize,
}

/// What is known about the file that shows the day.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Circumstances {
    /// The file has lines before and after the day, or was stated to hold whole days.
    pub whole: bool,
    /// The file was stated to begin where an earlier one ended, and can on this day.
    pub continues: bool,
}

/// Which line of the day each line of the file is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It can be told.
    Told(Told),
    /// It cannot be told.
    CannotTell(CannotTell),
}

/// For each line of the file its ordinal among identical lines, and whether an earlier import held it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub ordinals: Vec<u32>,
    pub seen: Vec<bool>,
}

/// Why a day cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The file holds the whole day and yet lacks lines that earlier imports held.
    LacksEarlierLines,
    /// An earlier file held the whole day, and this one has lines that it lacked.
    MoreThanWholeDay,
    /// The lines in common are not one stretch of both: gifts repeated, or the same ones again.
    NoOneStretch,
    /// The lines in common lie in a stretch in more than one way.
    SeveralStretches,
}

/// The lines that are in doubt.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CannotTell {
    pub doubt: Doubt,
    /// Places in the file's lines of that day.
    pub in_file: Vec<usize>,
    /// Lines that earlier imports held and the file lacks.
    pub missing: Vec<Print>,
}

/// Decides which lines of `file`, all of one day, are new.
pub(crate) fn judge(earlier: &Earlier, file: &[Print], circumstances: Circumstances) -> Verdict {
    let mut known: Vec<Print> = earlier
        .pieces
        .iter()
        .flat_map(|piece| piece.prints.iter().copied())
        .collect();
    known.sort_unstable();
    let mut sorted = file.to_vec();
    sorted.sort_unstable();
    let common = count_common(&known, &sorted);
    let repeated = Repeated::of(&sorted);
    drop(sorted);

    let count = |print| how_many(&known, print);
    let after_known = || Told {
        ordinals: repeated
            .occurrences(file)
            .zip(file)
            .map(|(nth, &print)| nth + count(print))
            .collect(),
        seen: vec![false; file.len()],
    };
    if common == 0 {
        // Also lines of a whole day that were not understood then and come by themselves now.
        return Verdict::Told(after_known());
    }
    if circumstances.whole || earlier.whole {
        // A whole day holds every line of a part of it, counted.
        if circumstances.whole && common < known.len() {
            let missing = lacking(&known, file);
            return Verdict::CannotTell(CannotTell {
                doubt: Doubt::LacksEarlierLines,
                in_file: vec![],
                missing,
            });
        }
        if !circumstances.whole && common < file.len() {
            let more = repeated
                .occurrences(file)
                .enumerate()
                .filter(|&(at, nth)| count(file[at]) <= nth);
            let in_file = more.map(|(at, _)| at).collect();
            return Verdict::CannotTell(CannotTell {
                doubt: Doubt::MoreThanWholeDay,
                in_file,
                missing: vec![],
            });
        }
        let ordinals: Vec<u32> = repeated.occurrences(file).collect();
        let seen = ordinals
            .iter()
            .zip(file)
            .map(|(&nth, &print)| nth < count(print))
            .collect();
        return Verdict::Told(Told { ordinals, seen });
    }
    let mut overlaps: Vec<Overlap> = Vec::new();
    let mut several = false;
    for (index, piece) in earlier.pieces.iter().enumerate() {
        let found = stretches(index, &piece.prints, file);
        several |= 1 < found.len();
        overlaps.extend(found);
    }
    overlaps.sort_unstable_by_key(|overlap| overlap.in_window);
    let apart = overlaps
        .windows(2)
        .all(|pair| pair[0].in_window + pair[0].len <= pair[1].in_window);
    let explained: usize = overlaps.iter().map(|overlap| overlap.len).sum();
    if !several && apart && explained == common {
        let mut told = after_known();
        for overlap in &overlaps {
            let piece = &earlier.pieces[overlap.piece];
            let known = &piece.ordinals[overlap.in_piece..overlap.in_piece + overlap.len];
            told.ordinals[overlap.in_window..overlap.in_window + overlap.len].copy_from_slice(known);
            told.seen[overlap.in_window..overlap.in_window + overlap.len].fill(true);
        }
        // Behind an overlap the count of new lines starts at what is known, without the lines that were known.
        let mut new: HashMap<Print, u32> = HashMap::new();
        for (at, &print) in file.iter().enumerate() {
            if !told.seen[at] && repeated.0.contains_key(&print) {
                let nth = new.entry(print).or_default();
                told.ordinals[at] = count(print) + *nth;
                *nth += 1;
            }
        }
        return Verdict::Told(told);
    }
    if circumstances.continues && overlaps.is_empty() {
        return Verdict::Told(after_known());
    }
    let doubt = if several || !apart {
        Doubt::SeveralStretches
    } else {
        Doubt::NoOneStretch
    };
    let mut clear = vec![false; file.len()];
    if doubt == Doubt::NoOneStretch {
        for overlap in &overlaps {
            clear[overlap.in_window..overlap.in_window + overlap.len].fill(true);
        }
    }
    let in_file = (0..file.len())
        .filter(|&at| !clear[at] && 0 < count(file[at]))
        .collect();
    Verdict::CannotTell(CannotTell {
        doubt,
        in_file,
        missing: vec![],
    })
}

/// The ways in which a piece and a file's lines share one stretch of at least two different lines, as windows of one
/// sequence do: the end of one is the beginning of the other, or one lies inside the other. Two ways are enough to know.
fn stretches(piece: usize, known: &[Print], file: &[Print]) -> Vec<Overlap> {
    let mut found = Vec::new();
    // The file's lines along the piece, then the piece along the file's lines: what runs out gives the other end.
    slide(file, known, |in_piece, len| {
        found.push(Overlap {
            piece,
            in_piece,
            in_window: 0,
            len,
        });
        found.len() < 2
    });
    if found.len() < 2 {
        slide(known, file, |in_window, len| {
            // The same lines from beginning to end were found the first time.
            if known.len() != file.len() || len != file.len() {
                found.push(Overlap {
                    piece,
                    in_piece: 0,
                    in_window,
                    len,
                });
            }
            found.len() < 2
        });
    }
    found
}

/// Finds where `pattern` lies whole in `text`, and where a beginning of it is the end of `text`, shorter than both.
/// Stretches of identical lines alone are left out. `tell` gets place and length, and says whether to go on.
fn slide(pattern: &[Print], text: &[Print], mut tell: impl FnMut(usize, usize) -> bool) {
    let Some(&first) = pattern.first() else { return };
    // A beginning of the pattern has two different lines when it is longer than this.
    let uniform = pattern
        .iter()
        .position(|&print| print != first)
        .unwrap_or(pattern.len());
    let borders = borders(pattern);
    let mut matched = 0;
    for (at, &print) in text.iter().enumerate() {
        while 0 < matched && (matched == pattern.len() || pattern[matched] != print) {
            matched = borders[matched - 1] as usize;
        }
        if pattern[matched] == print {
            matched += 1;
        }
        if matched == pattern.len() && uniform < matched && !tell(at + 1 - matched, matched) {
            return;
        }
    }
    if matched == pattern.len() {
        matched = borders[matched - 1] as usize; // Told as whole.
    }
    while uniform < matched {
        if matched < text.len() && !tell(text.len() - matched, matched) {
            return;
        }
        matched = borders[matched - 1] as usize;
    }
}

/// For each beginning of the pattern, the longest shorter beginning that is also its end (Knuth, Morris and Pratt).
fn borders(pattern: &[Print]) -> Vec<u32> {
    let mut borders = vec![0; pattern.len()];
    let mut matched = 0;
    for at in 1..pattern.len() {
        while 0 < matched && pattern[matched] != pattern[at] {
            matched = borders[matched - 1] as usize;
        }
        if pattern[matched] == pattern[at] {
            matched += 1;
        }
        borders[at] = matched as u32; // Fewer than 100,000,000 lines.
    }
    borders
}

/// The prints that stand in a list more than once, with how often; almost none do.
struct Repeated(HashMap<Print, u32>);

impl Repeated {
    fn of(sorted: &[Print]) -> Repeated {
        let groups = sorted.chunk_by(|a, b| a == b).filter(|group| 1 < group.len());
        Repeated(groups.map(|group| (group[0], group.len() as u32)).collect())
    }

    /// For each line of the list, how many identical ones stand before it.
    fn occurrences<'a>(&'a self, list: &'a [Print]) -> impl Iterator<Item = u32> + 'a {
        let mut met: HashMap<Print, u32> = HashMap::with_capacity(self.0.len());
        list.iter().map(move |print| {
            if !self.0.contains_key(print) {
                return 0;
            }
            let nth = met.entry(*print).or_default();
            *nth += 1;
            *nth - 1
        })
    }
}

fn how_many(sorted: &[Print], print: Print) -> u32 {
    let from = sorted.partition_point(|&known| known < print);
    sorted[from..].partition_point(|&known| known == print) as u32
}

/// How many lines two sorted lists have in common, identical ones counted.
fn count_common(a: &[Print], b: &[Print]) -> usize {
    let (mut i, mut j, mut common) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, common) = (i + 1, j + 1, common + 1),
        }
    }
    common
}

/// The different prints that are in `known`, which is sorted, more often than in `file`.
fn lacking(known: &[Print], file: &[Print]) -> Vec<Print> {
    let mut sorted = file.to_vec();
    sorted.sort_unstable();
    let groups = known.chunk_by(|a, b| a == b);
    groups
        .filter(|group| how_many(&sorted, group[0]) < group.len() as u32)
        .map(|group| group[0])
        .collect()
}

#[cfg(test)]
mod tests;
