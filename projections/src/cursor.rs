//! Where a page of a trail begins.

use crate::answer::ReadError;
use crate::recorded::StockId;

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cursor {
    /// At a position of a gift; whether the steps before its portion were shown.
    Gift {
        stock: StockId,
        from: u128,
        entered: bool,
    },
    /// At a stock that was drawn on; how many of the flows out of it were shown.
    Upstream { stock: StockId, shown: usize },
    /// At a delivery out of an allocation.
    Deliveries { from: u64 },
    /// At an allocation for a need, and a delivery out of it.
    Need { allocation: u64, delivery: u64 },
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Cursor::Gift { stock, from, entered } => {
                write!(f, "g.{}.{from}.{}", stock.number(), u8::from(*entered))
            }
            Cursor::Upstream { stock, shown } => write!(f, "u.{}.{shown}", stock.number()),
            Cursor::Deliveries { from } => write!(f, "d.{from}"),
            Cursor::Need { allocation, delivery } => write!(f, "n.{allocation}.{delivery}"),
        }
    }
}

impl Cursor {
    pub(crate) fn read(text: &str) -> Result<Cursor, ReadError> {
        let parts: Vec<&str> = text.split('.').collect();
        let stock = |text: &str| text.parse().map(StockId::from_number).ok();
        let cursor = match parts.as_slice() {
            ["g", id, from, entered @ ("0" | "1")] => {
                stock(id)
                    .zip(from.parse().ok())
                    .map(|(stock, from)| Cursor::Gift {
                        stock,
                        from,
                        entered: *entered == "1",
                    })
            }
            ["u", id, shown] => stock(id)
                .zip(shown.parse().ok())
                .map(|(stock, shown)| Cursor::Upstream { stock, shown }),
            ["d", from] => from.parse().ok().map(|from| Cursor::Deliveries { from }),
            ["n", allocation, delivery] => allocation
                .parse()
                .ok()
                .zip(delivery.parse().ok())
                .map(|(allocation, delivery)| Cursor::Need { allocation, delivery }),
            _ => None,
        };
        cursor.ok_or(ReadError::BadCursor)
    }
}
