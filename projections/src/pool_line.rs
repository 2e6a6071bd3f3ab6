//! The receipts along a pool's line, in blocks, so that any of them is found without walking the pool.

use crate::keys::{Key, POOL_BLOCK, POOL_SEQ, take_position};
use crate::overlay::Overlay;
use crate::packed::Unpack;
use crate::projection::Fault;
use crate::recorded::{Joined, StockId};
use crate::stock::Stock;
use crate::store::StoreError;

/// Receipts in a block.
const BLOCK: u64 = 64;
/// How a receipt without a value is written.
const NO_VALUE: u64 = u64::MAX;

/// A receipt on a pool's line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PoolReceipt {
    pub seq: u64,
    /// Where it begins, in thousandths.
    pub from: u128,
    pub to: u128,
    /// Its worth in whole đồng, if known.
    pub value_vnd: Option<u64>,
}

/// What the receipts before one add up to, withdrawn ones included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Before {
    /// Worth in đồng of those that have a value.
    pub value: u128,
    /// How many have none.
    pub unvalued: u64,
    pub receipts: u64,
}

impl Before {
    fn add(&mut self, receipt: &PoolReceipt) {
        match receipt.value_vnd {
            Some(value) => self.value += u128::from(value),
            None => self.unvalued += 1,
        }
        self.receipts += 1;
    }
}

/// Adds a receipt at the end of the line. The stock is changed, not saved.
pub(crate) fn append(
    overlay: &mut Overlay,
    pool: &mut Stock,
    joined: &Joined,
    seq: u64,
) -> Result<(), Fault> {
    let length = joined
        .to
        .checked_sub(joined.from)
        .and_then(|length| u64::try_from(length).ok());
    let length = length.filter(|&length| length > 0 && joined.from == pool.line);
    let length = length.ok_or_else(|| {
        Fault::Inconsistent(format!(
            "the receipt joins {} from {} to {}, its line ends at {}",
            pool.name, joined.from, joined.to, pool.line
        ))
    })?;
    let mut receipt = Vec::with_capacity(24);
    for number in [seq, length, joined.value_vnd.unwrap_or(NO_VALUE)] {
        receipt.extend_from_slice(&number.to_le_bytes());
    }
    if pool.joined.is_multiple_of(BLOCK) {
        let mut before = Before::default();
        if pool.joined > 0 {
            let block = Block::load(overlay, joined.pool, pool.last_block)?.ok_or(LOST_BLOCK)?;
            before = block.before;
            block.receipts.iter().for_each(|receipt| before.add(receipt));
        }
        let mut value = Vec::with_capacity(32 + 24 * BLOCK as usize);
        value.extend_from_slice(&before.value.to_le_bytes());
        value.extend_from_slice(&before.unvalued.to_le_bytes());
        value.extend_from_slice(&before.receipts.to_le_bytes());
        value.extend_from_slice(&receipt);
        overlay.put(block_key(joined.pool, joined.from), value);
        let by_seq = Key::of(POOL_SEQ).number(joined.pool.number()).number(seq);
        overlay.put(by_seq.0, joined.from.to_be_bytes().to_vec());
        pool.last_block = joined.from;
    } else {
        let block = overlay.change(&block_key(joined.pool, pool.last_block))?;
        block.as_mut().ok_or(LOST_BLOCK)?.extend_from_slice(&receipt);
    }
    pool.joined += 1;
    pool.line = joined.to;
    Ok(())
}

/// The receipt that a position of the line belongs to, and what is before that receipt.
pub(crate) fn at(
    overlay: &Overlay,
    pool: StockId,
    position: u128,
) -> Result<(Before, PoolReceipt), StoreError> {
    let prefix = Key::of(POOL_BLOCK).number(pool.number()).0;
    let (key, value) = overlay
        .last_at_most(&prefix, &block_key(pool, position))?
        .ok_or(LOST_BLOCK)?;
    let from = take_position(&mut &key[prefix.len()..]).ok_or(LOST_BLOCK)?;
    let block = Block::unpack(from, &value)?;
    let mut before = block.before;
    for receipt in block.receipts {
        if position < receipt.to {
            return Ok((before, receipt));
        }
        before.add(&receipt);
    }
    Err(LOST_BLOCK)
}

/// The receipt that the entry `seq` added.
pub(crate) fn of_receipt(
    overlay: &Overlay,
    pool: StockId,
    seq: u64,
) -> Result<Option<PoolReceipt>, StoreError> {
    let prefix = Key::of(POOL_SEQ).number(pool.number());
    let key = prefix.clone().number(seq).0;
    let Some((_, from)) = overlay.last_at_most(&prefix.0, &key)? else {
        return Ok(None);
    };
    let from = take_position(&mut from.as_slice()).ok_or(LOST_BLOCK)?;
    let block = Block::load(overlay, pool, from)?.ok_or(LOST_BLOCK)?;
    Ok(block.receipts.into_iter().find(|receipt| receipt.seq == seq))
}

const LOST_BLOCK: StoreError = StoreError::Damaged {
    what: "block of pooled receipts",
};

struct Block {
    before: Before,
    receipts: Vec<PoolReceipt>,
}

impl Block {
    fn load(overlay: &Overlay, pool: StockId, from: u128) -> Result<Option<Block>, StoreError> {
        let value = overlay.get(&block_key(pool, from))?;
        value.map(|value| Block::unpack(from, &value)).transpose()
    }

    fn unpack(from: u128, value: &[u8]) -> Result<Block, StoreError> {
        let mut read = Unpack::new("block of pooled receipts", value);
        let before = Before {
            value: u128::from_le_bytes(read.bytes()?),
            unvalued: u64::from_le_bytes(read.bytes()?),
            receipts: u64::from_le_bytes(read.bytes()?),
        };
        let mut receipts = Vec::with_capacity(BLOCK as usize);
        let mut from = from;
        while !read.rest().is_empty() {
            let seq = u64::from_le_bytes(read.bytes()?);
            let to = from + u128::from(u64::from_le_bytes(read.bytes()?));
            let value = u64::from_le_bytes(read.bytes()?);
            receipts.push(PoolReceipt {
                seq,
                from,
                to,
                value_vnd: (value != NO_VALUE).then_some(value),
            });
            from = to;
        }
        Ok(Block { before, receipts })
    }
}

fn block_key(pool: StockId, from: u128) -> Vec<u8> {
    Key::of(POOL_BLOCK).number(pool.number()).position(from).0
}
