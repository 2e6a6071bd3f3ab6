//! A stock's line: positions in thousandths, fixed for ever; the lowest free ones are drawn first.

use crate::spans::Spans;

/// A stretch of a line, its end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub from: u128,
    pub to: u128,
}

impl Span {
    pub fn length(self) -> u128 {
        self.to - self.from
    }
}

/// A position in 96 bits, for what is kept by the million: each of fewer than 2^32 entries adds less than 2^60 thousandths to a
/// line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position([u32; 3]);

impl Position {
    pub fn get(self) -> u128 {
        let [low, middle, high] = self.0.map(u128::from);
        low | middle << 32 | high << 64
    }
}

impl From<u128> for Position {
    fn from(position: u128) -> Position {
        debug_assert!(position < 1 << 96);
        Position([position as u32, (position >> 32) as u32, (position >> 64) as u32])
    }
}

/// A stretch that is kept by the million.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SmallSpan {
    pub(crate) from: Position,
    pub(crate) to: Position,
}

impl From<Span> for SmallSpan {
    fn from(span: Span) -> SmallSpan {
        SmallSpan {
            from: span.from.into(),
            to: span.to.into(),
        }
    }
}

impl From<SmallSpan> for Span {
    fn from(span: SmallSpan) -> Span {
        Span {
            from: span.from.get(),
            to: span.to.get(),
        }
    }
}

/// The line of a lot or pool.
///
/// Invariant: every position below `end` is free, held by exactly one entry, or withdrawn for good.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    end: u128,
    available: u128,
    /// What was withdrawn or lost for good.
    gone: u128,
    free: Spans<()>,
    /// By whom the rest is held: the seq of an allocation, delivery or another outflow.
    held: Spans<u64>,
}

impl Line {
    pub fn of(quantity: u128) -> Line {
        let mut line = Line::default();
        if 0 < quantity {
            line.extend(quantity);
        }
        line
    }

    /// A line as it was: its end, what is available and what is gone; what is free, and what is held by whom.
    pub fn of_parts((end, available, gone): (u128, u128, u128), free: Spans<()>, held: Spans<u64>) -> Line {
        Line {
            end,
            available,
            gone,
            free,
            held,
        }
    }

    /// Its end, what is available and what is gone.
    pub fn counts(&self) -> (u128, u128, u128) {
        (self.end, self.available, self.gone)
    }

    /// What is free, and what is held by whom.
    pub fn spans(&self) -> (&Spans<()>, &Spans<u64>) {
        (&self.free, &self.held)
    }

    pub fn end(&self) -> u128 {
        self.end
    }

    /// What can be drawn, in thousandths.
    pub fn available(&self) -> u128 {
        self.available
    }

    /// What entries hold, in thousandths.
    pub fn held(&self) -> u128 {
        self.end - self.available - self.gone
    }

    /// The free parts of a stretch, lowest first.
    pub fn free_within(&self, span: Span) -> Vec<Span> {
        self.free
            .overlapping(span.from, span.to)
            .map(|(from, to, ())| Span {
                from: from.max(span.from),
                to: to.min(span.to),
            })
            .collect()
    }

    /// The held parts of a stretch with their holders, lowest first.
    pub fn held_within(&self, span: Span) -> Vec<(Span, u64)> {
        self.held
            .overlapping(span.from, span.to)
            .map(|(from, to, holder)| {
                let from = from.max(span.from);
                let to = to.min(span.to);
                (Span { from, to }, holder)
            })
            .collect()
    }

    /// The lowest free stretches outside one stretch that replace parts of these lengths, each cut to its part.
    pub fn replacements(&self, lengths: impl Iterator<Item = u128>, outside: Span) -> Option<Vec<Vec<Span>>> {
        let mut free = self.free.iter().flat_map(|(from, to, ())| {
            // A free stretch can reach over an end of the one that is left out.
            let before = Span {
                from,
                to: to.min(outside.from),
            };
            let after = Span {
                from: from.max(outside.to),
                to,
            };
            [before, after].into_iter().filter(|span| span.from < span.to)
        });
        let mut at: Option<Span> = None;
        let mut replaced = Vec::new();
        for mut rest in lengths {
            let mut parts = Vec::new();
            while 0 < rest {
                let span = match at.take() {
                    Some(span) => span,
                    None => free.next()?,
                };
                let to = span.to.min(span.from + rest);
                rest -= to - span.from;
                parts.push(Span { from: span.from, to });
                at = (to < span.to).then_some(Span {
                    from: to,
                    to: span.to,
                });
            }
            replaced.push(parts);
        }
        Some(replaced)
    }

    /// Takes a held stretch out of the line for good.
    pub fn lose(&mut self, span: Span) {
        self.held.remove(span.from, span.to);
        self.gone += span.length();
    }

    /// A receipt joins at the end.
    pub fn extend(&mut self, quantity: u128) -> Span {
        let span = Span {
            from: self.end,
            to: self.end + quantity,
        };
        self.end = span.to;
        self.available += quantity;
        self.free.insert(span.from, span.to, ());
        span
    }

    /// The stretches a draw of this quantity would take, lowest first; `None` when there is not enough.
    pub fn front(&self, quantity: u128) -> Option<Vec<Span>> {
        if self.available < quantity {
            return None;
        }
        let mut rest = quantity;
        let mut spans = Vec::new();
        for (from, to, ()) in self.free.iter() {
            if rest == 0 {
                break;
            }
            let to = to.min(from + rest);
            rest -= to - from;
            spans.push(Span { from, to });
        }
        Some(spans)
    }

    /// Whether all of a stretch is free.
    pub fn is_free(&self, span: Span) -> bool {
        self.free.covers(span.from, span.to, ())
    }

    /// Takes a free stretch.
    pub fn hold(&mut self, span: Span, holder: u64) {
        self.free.remove(span.from, span.to);
        self.held.insert(span.from, span.to, holder);
        self.available -= span.length();
    }

    /// Passes a held stretch on.
    pub fn pass(&mut self, span: Span, holder: u64) {
        self.held.remove(span.from, span.to);
        self.held.insert(span.from, span.to, holder);
    }

    /// Gives a held stretch back to its original place in the line.
    pub fn give_back(&mut self, span: Span) {
        self.held.remove(span.from, span.to);
        self.free.insert(span.from, span.to, ());
        self.available += span.length();
    }

    /// Takes a free stretch out of the line for good.
    pub fn withdraw(&mut self, span: Span) {
        self.free.remove(span.from, span.to);
        self.available -= span.length();
        self.gone += span.length();
    }

    /// Who holds parts of a stretch, without repetition, in order of seq.
    pub fn holders(&self, span: Span) -> Vec<u64> {
        let mut holders: Vec<u64> = self
            .held
            .overlapping(span.from, span.to)
            .map(|(_, _, holder)| holder)
            .collect();
        holders.sort_unstable();
        holders.dedup();
        holders
    }
}
