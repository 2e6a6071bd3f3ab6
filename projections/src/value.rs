//! What a part of a lot or pool is worth in đồng.

use crate::overlay::Overlay;
use crate::pool_line::{self, PoolReceipt};
use crate::recorded::{StockId, StockKind};
use crate::stock::Stock;
use crate::store::StoreError;

/// What a part of a line is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worth {
    /// The đồng of what has a value.
    pub dong: u128,
    /// Whether all of it has one.
    pub whole: bool,
}

/// What the stretch from `from` to `to` (in thousandths) of a stock's line is worth.
///
/// With `V(x) = floor(value × x / quantity)`, counted along a lot or along each receipt of a pool, a piece is
/// worth `V(to) − V(from)`: the pieces of a line add up to the whole, however it is cut.
///
/// # Errors
///
/// [`StoreError`] when the store cannot be read, or the stretch is not on the line.
pub fn value_of(
    overlay: &Overlay,
    id: StockId,
    stock: &Stock,
    from: u128,
    to: u128,
) -> Result<Worth, StoreError> {
    if to <= from {
        return Ok(Worth { dong: 0, whole: true });
    }
    if stock.item.is_vnd() {
        // Receipts of đồng are whole, so those before this stretch cut nothing off.
        let dong = to / 1000 - from / 1000;
        return Ok(Worth { dong, whole: true });
    }
    match stock.kind {
        StockKind::Lot => Ok(match stock.value_vnd {
            Some(value) => Worth {
                dong: floor(value, to, stock.line) - floor(value, from, stock.line),
                whole: !stock.partly_unvalued,
            },
            None => Worth {
                dong: 0,
                whole: false,
            },
        }),
        StockKind::Pool => {
            let (before, first) = pool_line::at(overlay, id, from)?;
            let (until, last) = pool_line::at(overlay, id, to - 1)?;
            let unvalued = until.unvalued + u64::from(last.value_vnd.is_none());
            let dong = (until.value + within(&last, to)).checked_sub(before.value + within(&first, from));
            Ok(Worth {
                dong: dong.ok_or(StoreError::Damaged {
                    what: "block of pooled receipts",
                })?,
                whole: unvalued == before.unvalued,
            })
        }
    }
}

/// What a receipt is worth up to a position of the line.
fn within(receipt: &PoolReceipt, position: u128) -> u128 {
    receipt.value_vnd.map_or(0, |value| {
        floor(value, position - receipt.from, receipt.to - receipt.from)
    })
}

fn floor(value: u64, part: u128, quantity: u128) -> u128 {
    // A value is below 10^15 and a quantity below 10^18: the product has 110 bits.
    u128::from(value) * part / quantity
}
