//! Stretches that went on into other lots: spent in a purchase, transferred, or in a delivery of which a part came
//! back.
//!
//! Who holds a stretch is known anyway; kept apart, these few are found without walking past every delivery.

use crate::keys::{FLOW, Key, take_position};
use crate::overlay::Overlay;
use crate::packed::{Pack, Unpack};
use crate::projection::Fault;
use crate::store::{Direction, StoreError};
use crate::trails::Stretch;

/// A stretch, and the entry through which it went on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flow {
    pub stretch: Stretch,
    pub through: u64,
}

pub(crate) fn begin(overlay: &mut Overlay, stretch: &Stretch, through: u64) {
    let mut value = Vec::with_capacity(24);
    value.number(stretch.to);
    value.number(through.into());
    overlay.put(key(stretch), value);
}

/// Takes a stretch out again. All of it must go through the entry.
pub(crate) fn end(overlay: &mut Overlay, stretch: &Stretch, through: u64) -> Result<(), Fault> {
    let parts = within(overlay, stretch).collect::<Result<Vec<_>, _>>()?;
    let mut ended = 0;
    for part in parts.into_iter().filter(|part| part.through == through) {
        let flow = part.stretch;
        ended += flow.to.min(stretch.to) - flow.from.max(stretch.from);
        overlay.delete(key(&flow));
        if flow.from < stretch.from {
            begin(
                overlay,
                &Stretch {
                    to: stretch.from,
                    ..flow
                },
                through,
            );
        }
        if stretch.to < flow.to {
            begin(
                overlay,
                &Stretch {
                    from: stretch.to,
                    ..flow
                },
                through,
            );
        }
    }
    if ended == stretch.to - stretch.from {
        Ok(())
    } else {
        Err(Fault::Inconsistent(format!(
            "a stretch did not go on through entry {through}"
        )))
    }
}

/// What overlaps a stretch, uncut, in the order of the line.
pub(crate) fn within<'a>(
    overlay: &'a Overlay,
    stretch: &Stretch,
) -> impl Iterator<Item = Result<Flow, StoreError>> + 'a {
    let from = stretch.from;
    let stock = stretch.stock;
    let prefix = Key::of(FLOW).number(stock.number()).0;
    let first = overlay
        .last_at_most(&prefix, &key(stretch))
        .and_then(|pair| pair.map(|(key, value)| unpack(stretch, &key, &value)).transpose());
    let start = match &first {
        Ok(Some(flow)) if flow.stretch.from == from => from + 1,
        _ => from,
    };
    let first = first
        .map(|flow| flow.filter(|flow| from < flow.stretch.to))
        .transpose();
    let (start, end) = (
        key(&Stretch {
            from: start,
            ..*stretch
        }),
        key(&Stretch {
            from: stretch.to,
            ..*stretch
        }),
    );
    let asked = *stretch;
    let rest = overlay
        .range(&start, &end, Direction::Forward)
        .map(move |pair| pair.and_then(|(key, value)| unpack(&asked, &key, &value)));
    first.into_iter().chain(rest)
}

fn key(stretch: &Stretch) -> Vec<u8> {
    Key::of(FLOW)
        .number(stretch.stock.number())
        .position(stretch.from)
        .0
}

fn unpack(asked: &Stretch, key: &[u8], value: &[u8]) -> Result<Flow, StoreError> {
    let from = key.get(9..).and_then(|mut rest| take_position(&mut rest));
    let from = from.ok_or(StoreError::Damaged { what: "flow" })?;
    let mut read = Unpack::new("flow", value);
    let (to, through) = (read.number()?, read.number64()?);
    read.finish()?;
    Ok(Flow {
        stretch: Stretch {
            stock: asked.stock,
            from,
            to,
        },
        through,
    })
}
