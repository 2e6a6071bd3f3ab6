//! Checking every line of files, on all cores.
//!
//! The files are cut into pieces; a line belongs to the piece it begins in. Each piece is checked by itself, and
//! then the seams between them in order, so that the first bad entry is found whichever worker met it.

use std::fs::File;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::chain::Chain;
use crate::line::{self, Header};
use crate::lines::{Kind, Lines};
use crate::segment::Segment;
use crate::{Damage, IoFault, TornTail, What};

/// One entry in so many has its place remembered.
pub(crate) const INDEX_STEP: u64 = 256;

/// How far a long check has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Entries checked so far.
    pub entries: u64,
    /// Bytes checked so far.
    pub bytes: u64,
    /// Bytes to check in all.
    pub bytes_total: u64,
}

/// What the walk holds the files to, and how it goes.
pub(crate) struct Walk<'a> {
    pub segment_bytes_max: u64,
    /// The size of a piece, for tests; by default it follows from the amount of work.
    pub piece_bytes: Option<u64>,
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

/// What was found.
pub(crate) struct Walked {
    /// The end of the sound entries.
    pub chain: Chain,
    /// The sound part of each file, up to the file where the walk ended.
    pub sound: Vec<Sound>,
    pub end: End,
}

/// The sound part of a file.
#[derive(Default)]
pub(crate) struct Sound {
    pub entries: u64,
    pub bytes: u64,
    /// Where every [`INDEX_STEP`]th entry begins.
    pub index: Vec<u32>,
}

/// How the walk ended.
pub(crate) enum End {
    Clean,
    Torn(TornTail),
    Damaged(Box<Damage>),
}

impl Walk<'_> {
    /// Checks the files, which follow `before` and one another and are the last of the journal.
    pub(crate) fn over(&self, segments: &[Segment], before: Chain) -> Result<Walked, IoFault> {
        let bytes_total = segments.iter().map(|segment| segment.len).sum();
        let pieces = self.pieces(segments, bytes_total);
        let done = Done {
            entries: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            bytes_total,
        };
        let first_bad = AtomicUsize::new(usize::MAX);
        let check = |(index, piece): (usize, &Piece)| {
            if first_bad.load(Ordering::Relaxed) < index {
                return Ok(Outcome::default());
            }
            let outcome = self.check_piece(&segments[piece.segment], &piece.range, &done)?;
            if outcome.fault.is_some() {
                first_bad.fetch_min(index, Ordering::Relaxed);
            }
            Ok(outcome)
        };
        let outcomes: Vec<Outcome> = pieces
            .par_iter()
            .enumerate()
            .map(check)
            .collect::<Result<_, IoFault>>()?;
        Ok(join(segments, &pieces, outcomes, before))
    }

    fn pieces(&self, segments: &[Segment], bytes_total: u64) -> Vec<Piece> {
        let even = bytes_total / (rayon::current_num_threads() as u64 * 8);
        let step = self
            .piece_bytes
            .unwrap_or(even.clamp(64 * 1024, 8 * 1024 * 1024))
            .max(1);
        let mut pieces = Vec::new();
        for (index, segment) in segments.iter().enumerate() {
            // An empty file has a piece too: its name must fit.
            let mut from = 0_u64;
            loop {
                let to = from.saturating_add(step).min(segment.len);
                pieces.push(Piece {
                    segment: index,
                    range: from..to,
                });
                from = to;
                if segment.len <= from {
                    break;
                }
            }
        }
        pieces
    }

    fn check_piece(&self, segment: &Segment, range: &Range<u64>, done: &Done) -> Result<Outcome, IoFault> {
        let fault = IoFault::on("read", &segment.path);
        let mut outcome = Outcome::default();
        match self.check_lines(segment, range, done, &mut outcome) {
            Ok(()) => Ok(outcome),
            Err(error) => Err(fault(error)),
        }
    }

    fn check_lines(
        &self,
        segment: &Segment,
        range: &Range<u64>,
        done: &Done,
        outcome: &mut Outcome,
    ) -> std::io::Result<()> {
        let file = Arc::new(File::open(&segment.path)?);
        let mut lines = Lines::new(file, range.start.saturating_sub(1), range.end, segment.len);
        if 0 < range.start {
            // What begins before the piece belongs to the one before, even when it ends here.
            lines.next()?;
        }
        let mut report = Report {
            done,
            entries: 0,
            bytes: 0,
            progress: self.progress,
        };
        while let Some(found) = lines.next()? {
            let byte = found.at;
            match found.kind {
                Kind::Unterminated => {
                    let kind = FaultKind::Unterminated { bytes: found.len };
                    outcome.fault = Some(Fault { byte, kind });
                    return Ok(());
                }
                Kind::Overlong => {
                    let kind = FaultKind::Bad(What::LineTooLong);
                    outcome.fault = Some(Fault { byte, kind });
                    return Ok(());
                }
                Kind::Whole => {}
            }
            let end = found.at + found.len + 1;
            if let Err(what) = self.check_line(segment, byte, end, found.bytes, outcome) {
                let kind = FaultKind::Bad(what);
                outcome.fault = Some(Fault { byte, kind });
                return Ok(());
            }
            outcome.lines += 1;
            outcome.end = end;
            report.line(end - byte);
        }
        Ok(())
    }

    fn check_line(
        &self,
        segment: &Segment,
        byte: u64,
        end: u64,
        bytes: &[u8],
        outcome: &mut Outcome,
    ) -> Result<(), What> {
        let line = line::check(bytes)?;
        if let Some(chain) = &outcome.last {
            chain.permits(&line.header)?;
        }
        if 0 < byte && self.segment_bytes_max < end {
            let limit = self.segment_bytes_max;
            return Err(What::FileTooLong { limit });
        }
        outcome.last = Some(Chain::ending_with(&line));
        let ordinal = line.header.seq.wrapping_sub(segment.first);
        if ordinal.is_multiple_of(INDEX_STEP) {
            outcome.index.push(u32::try_from(byte).unwrap_or(u32::MAX));
        }
        outcome.first.get_or_insert((byte, line.header));
        Ok(())
    }
}

struct Piece {
    segment: usize,
    range: Range<u64>,
}

/// What one piece has by itself.
#[derive(Default)]
struct Outcome {
    /// The first line, and where it begins.
    first: Option<(u64, Header)>,
    /// The chain after the last sound line.
    last: Option<Chain>,
    lines: u64,
    /// Where the last sound line ends.
    end: u64,
    index: Vec<u32>,
    fault: Option<Fault>,
}

struct Fault {
    byte: u64,
    kind: FaultKind,
}

enum FaultKind {
    Bad(What),
    Unterminated { bytes: u64 },
}

/// Puts the pieces together in order, up to the first fault in or between them.
fn join(segments: &[Segment], pieces: &[Piece], outcomes: Vec<Outcome>, before: Chain) -> Walked {
    let mut chain = before;
    let mut sound: Vec<Sound> = Vec::new();
    for (piece, outcome) in pieces.iter().zip(outcomes) {
        let segment = &segments[piece.segment];
        let is_last = piece.segment + 1 == segments.len();
        if piece.range.start == 0 {
            sound.push(Sound::default());
            let seq = chain.head.size;
            let what = if segment.first != seq {
                Some(What::Misnamed { named: segment.first })
            } else if segment.len == 0 && !is_last {
                Some(What::EmptyFile)
            } else {
                None
            };
            if let Some(what) = what {
                return Walked {
                    chain,
                    sound,
                    end: End::Damaged(segment.damage(1, 0, seq, what)),
                };
            }
        }
        let so_far = sound.last_mut().expect("the first piece of a file begins at 0");
        let line = so_far.entries + 1;
        if let Some((byte, header)) = &outcome.first {
            if let Err(what) = chain.permits(header) {
                let end = End::Damaged(segment.damage(line, *byte, chain.head.size, what));
                return Walked { chain, sound, end };
            }
            so_far.entries += outcome.lines;
            so_far.bytes = outcome.end;
            so_far.index.extend(outcome.index);
            chain = outcome.last.unwrap_or(chain);
        }
        if let Some(Fault { byte, kind }) = outcome.fault {
            let (line, seq) = (line + outcome.lines, chain.head.size);
            let end = match kind {
                FaultKind::Bad(what) => End::Damaged(segment.damage(line, byte, seq, what)),
                FaultKind::Unterminated { bytes } if is_last => End::Torn(TornTail {
                    file: segment.path.to_path_buf(),
                    byte,
                    bytes,
                }),
                FaultKind::Unterminated { .. } => End::Damaged(segment.damage(line, byte, seq, What::CutOff)),
            };
            return Walked { chain, sound, end };
        }
    }
    Walked {
        chain,
        sound,
        end: End::Clean,
    }
}

struct Done {
    entries: AtomicU64,
    bytes: AtomicU64,
    bytes_total: u64,
}

/// Counts for one worker, and tells now and then.
struct Report<'a> {
    done: &'a Done,
    entries: u64,
    bytes: u64,
    progress: &'a (dyn Fn(Progress) + Sync),
}

impl Report<'_> {
    const STEP_BYTES: u64 = 1024 * 1024;

    fn line(&mut self, bytes: u64) {
        self.entries += 1;
        self.bytes += bytes;
        if Self::STEP_BYTES <= self.bytes {
            self.tell();
        }
    }

    fn tell(&mut self) {
        let entries = self.done.entries.fetch_add(self.entries, Ordering::Relaxed) + self.entries;
        let bytes = self.done.bytes.fetch_add(self.bytes, Ordering::Relaxed) + self.bytes;
        (self.entries, self.bytes) = (0, 0);
        (self.progress)(Progress {
            entries,
            bytes,
            bytes_total: self.done.bytes_total,
        });
    }
}

impl Drop for Report<'_> {
    fn drop(&mut self) {
        self.tell();
    }
}
