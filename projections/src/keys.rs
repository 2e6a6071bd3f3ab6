//! The keys of the store: one byte for the table, then numbers with the highest byte first.

/// The layout of the store; another one is rebuilt.
pub(crate) const LAYOUT: u32 = 7;

/// Where the projections stand.
pub(crate) const POSITION: u8 = 0x01;
/// stock → what is known of it, with its totals.
pub(crate) const STOCK: u8 = 0x10;
/// pool, where the block's first receipt begins → up to 64 receipts.
pub(crate) const POOL_BLOCK: u8 = 0x11;
/// pool, seq of a block's first receipt → where it begins.
pub(crate) const POOL_SEQ: u8 = 0x12;
/// stock, where a stretch begins → where it ends, who holds it.
pub(crate) const HOLDER: u8 = 0x13;
/// donation, receipt → the receipt's stretch.
pub(crate) const GIFT: u8 = 0x20;
/// drawing entry, stock, where a stretch begins → where it ends, in which order it was drawn.
pub(crate) const DRAWN: u8 = 0x21;
/// allocation → what is known of it.
pub(crate) const ALLOCATION: u8 = 0x22;
/// allocation, delivery → nothing.
pub(crate) const DELIVERIES: u8 = 0x23;
/// delivery → what is known of it.
pub(crate) const DELIVERY: u8 = 0x24;
/// delivery or pledge, the entry that answers or cancels it → nothing.
pub(crate) const ANSWERS: u8 = 0x25;
/// delivery, the entry that brings a part of it back → how much.
pub(crate) const RETURNS: u8 = 0x26;
/// stock, where a stretch begins → where it ends, the entry through which it went on into other lots.
pub(crate) const FLOW: u8 = 0x27;
/// need, allocation → nothing.
pub(crate) const ALLOCATIONS_OF_NEED: u8 = 0x28;
/// stock, the entry that changed its purpose → nothing.
pub(crate) const PURPOSES: u8 = 0x29;
/// programme, place, category, item, month → what was received.
pub(crate) const RECEIVED: u8 = 0x30;
/// source, programme, place, category, item, month → what of that source was received.
pub(crate) const RECEIVED_BY_SOURCE: u8 = 0x31;
/// delivery → what it adds to the cells.
pub(crate) const CONTRIBUTION: u8 = 0x32;
/// item → its unit.
pub(crate) const UNIT: u8 = 0x33;
/// fund, pool, item, day → in and out.
pub(crate) const STATEMENT: u8 = 0x40;
/// need → its state, priority and last day, which find its row.
pub(crate) const NEED: u8 = 0x50;
/// state, priority, last day, need → what is known of it.
pub(crate) const NEED_ROW: u8 = 0x51;
/// allocation → the need it is for.
pub(crate) const ALLOCATION_NEED: u8 = 0x52;
/// delivery → what it adds to a need.
pub(crate) const NEED_DELIVERY: u8 = 0x53;
/// programme, category, group → how many needs were assessed, and what became of them.
pub(crate) const REQUESTS: u8 = 0x54;
/// programme → where its terms are, and how it ended.
pub(crate) const PROGRAMME: u8 = 0x60;
/// programme, target, indicator, as of, the reporting entry → the report.
pub(crate) const INDICATOR: u8 = 0x61;
/// party → what is known of it.
pub(crate) const PARTY: u8 = 0x70;
/// party, role, programme, the assigning entry → from, until.
pub(crate) const ROLE: u8 = 0x71;
/// donor, item → receipts.
pub(crate) const GAVE: u8 = 0x72;
/// fund, item → how much is where.
pub(crate) const HOLDS: u8 = 0x73;
/// receiver, item → deliveries.
pub(crate) const WAS_HANDED: u8 = 0x74;
/// delivery → what it adds to its receiver.
pub(crate) const HANDED: u8 = 0x75;
/// supplier → purchases.
pub(crate) const SUPPLIED: u8 = 0x76;
/// pledge → who is named as its donor.
pub(crate) const PROMISED_BY: u8 = 0x77;
/// place → what is known of it.
pub(crate) const PLACE: u8 = 0x78;
/// place, the entry that said so → nothing.
pub(crate) const PLACE_VERSION: u8 = 0x79;
/// place, how they are linked, another place → since when, how far.
pub(crate) const PLACE_LINK: u8 = 0x7A;
/// kind, subject, nth → a name it has or had.
pub(crate) const NAME: u8 = 0x7B;
/// folded word, kind, subject, nth → nothing.
pub(crate) const NAME_WORD: u8 = 0x7C;
/// folded name, kind, subject, nth → nothing.
pub(crate) const NAME_WHOLE: u8 = 0x7D;
/// code → the entry that gave it.
pub(crate) const CODE: u8 = 0x7E;

/// Which question a table answers, by the name of its command.
pub(crate) fn question(table: u8) -> &'static str {
    match table {
        STOCK..=HOLDER => "balances",
        GIFT..=PURPOSES => "trail",
        RECEIVED..=UNIT => "received",
        STATEMENT => "statement",
        NEED..=REQUESTS => "needs",
        PROGRAMME..=INDICATOR => "progress",
        PARTY..=PROMISED_BY => "parties",
        PLACE..=PLACE_LINK => "places",
        NAME..=CODE => "search",
        _ => "position",
    }
}

/// A key under construction.
#[derive(Clone, Debug)]
pub(crate) struct Key(pub Vec<u8>);

impl Key {
    pub(crate) fn of(table: u8) -> Key {
        let mut key = Vec::with_capacity(48);
        key.push(table);
        Key(key)
    }
    pub(crate) fn number(mut self, number: u64) -> Key {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }
    pub(crate) fn position(mut self, position: u128) -> Key {
        self.0.extend_from_slice(&position.to_be_bytes());
        self
    }
    /// Ends with a zero, which no code, slug or label holds, so that short texts sort before long ones.
    pub(crate) fn text(mut self, text: &str) -> Key {
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(0);
        self
    }
    pub(crate) fn byte(mut self, byte: u8) -> Key {
        self.0.push(byte);
        self
    }
    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Key {
        self.0.extend_from_slice(bytes);
        self
    }
}

/// Takes a number from the front of what is left of a key.
pub(crate) fn take_number(key: &mut &[u8]) -> Option<u64> {
    let (head, rest) = key.split_first_chunk()?;
    *key = rest;
    Some(u64::from_be_bytes(*head))
}

/// Takes a position.
pub(crate) fn take_position(key: &mut &[u8]) -> Option<u128> {
    let (head, rest) = key.split_first_chunk()?;
    *key = rest;
    Some(u128::from_be_bytes(*head))
}

/// Takes a text.
pub(crate) fn take_text<'a>(key: &mut &'a [u8]) -> Option<&'a str> {
    let end = key.iter().position(|&byte| byte == 0)?;
    let text = std::str::from_utf8(&key[..end]).ok()?;
    *key = &key[end + 1..];
    Some(text)
}
