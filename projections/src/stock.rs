//! What is known of a lot or pool, with the totals of its line.

use minhbach_events::{Amount, Item, Reference, Slug, words::Source};

use crate::document::{document, in_documents};
use crate::keys::{Key, STOCK};
use crate::overlay::Overlay;
use crate::packed::{Pack, Unpack};
use crate::projection::Fault;
use crate::recorded::{Holding, Opened, StockId, StockKind};
use crate::store::StoreError;

document! {
    /// How much of a line, or of a gift, is where.
    ///
    /// Invariant: `received` is the sum of the others.
    #[derive(Copy, Default)]
    pub struct Totals {
        /// What came in and was not taken back by a reversal.
        pub received: Amount,
        /// What can be drawn.
        pub available: Amount,
        /// What allocations hold.
        pub allocated: Amount,
        /// What deliveries handed over.
        pub delivered: Amount,
        /// What purchases spent.
        pub spent: Amount,
        /// What went to another keeper.
        pub transferred: Amount,
        /// What went back to donors.
        pub refunded: Amount,
        /// What was lost.
        pub written_off: Amount,
        /// What overhead took.
        pub expensed: Amount,
    }
}

impl Totals {
    fn bucket(&mut self, holding: Holding) -> Option<&mut Amount> {
        Some(match holding {
            Holding::Available => &mut self.available,
            Holding::Allocated(_) => &mut self.allocated,
            Holding::Delivered(_) => &mut self.delivered,
            Holding::Spent(_) => &mut self.spent,
            Holding::Transferred(_) => &mut self.transferred,
            Holding::Refunded(_) => &mut self.refunded,
            Holding::WrittenOff(_) => &mut self.written_off,
            Holding::Expensed(_) => &mut self.expensed,
            Holding::Withdrawn => return None,
        })
    }

    /// Adds a stretch that `holding` has; a withdrawn one counts nowhere.
    pub(crate) fn add(&mut self, holding: Holding, length: u128) {
        if let Some(bucket) = self.bucket(holding) {
            bucket.0 += length;
            self.received.0 += length;
        }
    }

    /// Takes away a stretch that `holding` had; `None` when it had less.
    pub(crate) fn take(&mut self, holding: Holding, length: u128) -> Option<()> {
        if let Some(bucket) = self.bucket(holding) {
            bucket.0 = bucket.0.checked_sub(length)?;
            self.received.0 = self.received.0.checked_sub(length)?;
        }
        Some(())
    }

    /// Adds another's.
    pub(crate) fn add_all(&mut self, other: &Totals) {
        for (mine, theirs) in self.each().into_iter().zip({ *other }.each()) {
            mine.0 += theirs.0;
        }
    }

    fn each(&mut self) -> [&mut Amount; 9] {
        [
            &mut self.received,
            &mut self.available,
            &mut self.allocated,
            &mut self.delivered,
            &mut self.spent,
            &mut self.transferred,
            &mut self.refunded,
            &mut self.written_off,
            &mut self.expensed,
        ]
    }

    fn holds(mut self) -> bool {
        let [received, others @ ..] = self.each();
        received.0 == others.iter().map(|amount| amount.0).sum::<u128>()
    }
}

/// Where a lot or pool came from, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StockSource {
    /// From one source.
    Of(Source),
    /// From several.
    Mixed,
}

impl StockSource {
    /// The word of the documents.
    pub fn word(self) -> &'static str {
        match self {
            StockSource::Of(source) => source.word(),
            StockSource::Mixed => "mixed",
        }
    }
    /// Reads the word.
    pub fn from_word(word: &str) -> Option<StockSource> {
        match word {
            "mixed" => Some(StockSource::Mixed),
            _ => Source::from_word(word).map(StockSource::Of),
        }
    }
}

impl std::fmt::Display for StockSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

in_documents!(
    StockSource,
    "Where resources come from; `mixed` is from several sources.",
    enum Source::ALL.iter().map(|source| source.word()).chain(["mixed"]).collect::<Vec<_>>(),
    StockSource::from_word
);

/// What is known of a lot or pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stock {
    /// How much is where.
    pub totals: Totals,
    /// The length of its line in thousandths, withdrawn stretches included.
    pub line: u128,
    /// How many receipts ever joined a pool.
    pub joined: u64,
    /// How many of them were withdrawn.
    pub withdrawn: u64,
    /// Where the pool's last block of receipts begins.
    pub(crate) last_block: u128,
    /// Lot or pool.
    pub kind: StockKind,
    /// Its code or slug.
    pub name: Reference,
    /// The party that holds it.
    pub fund: Slug,
    /// What it is of.
    pub item: Item,
    /// Where it came from.
    pub sources: Vec<Source>,
    /// A lot's worth in whole đồng, if any of it is known.
    pub value_vnd: Option<u64>,
    /// Whether a part of a lot that has a worth came without one.
    pub partly_unvalued: bool,
}

impl Stock {
    pub(crate) fn opened(opened: &Opened, value_vnd: Option<u64>, partly_unvalued: bool) -> Stock {
        let mut totals = Totals::default();
        totals.add(Holding::Available, opened.quantity);
        Stock {
            totals,
            line: opened.quantity,
            joined: 0,
            withdrawn: 0,
            last_block: 0,
            kind: opened.kind,
            name: opened.name.clone(),
            fund: opened.fund.clone(),
            item: opened.item.clone(),
            sources: opened.sources.clone(),
            value_vnd,
            partly_unvalued,
        }
    }

    /// The pool's slug, if it is a pool.
    pub fn pool(&self) -> Option<Slug> {
        (self.kind == StockKind::Pool)
            .then(|| self.name.as_slug())
            .flatten()
    }

    /// Its source as tables show it.
    pub fn source(&self) -> StockSource {
        match self.sources.as_slice() {
            [source] => StockSource::Of(*source),
            _ => StockSource::Mixed,
        }
    }

    pub(crate) fn load(overlay: &Overlay, id: StockId) -> Result<Option<Stock>, StoreError> {
        let value = overlay.get(&key(id))?;
        value.map(|value| Stock::unpack(&value)).transpose()
    }

    /// The stock, which an entry has named.
    pub(crate) fn known(overlay: &Overlay, id: StockId) -> Result<Stock, Fault> {
        Stock::load(overlay, id)?
            .ok_or_else(|| Fault::Inconsistent(format!("stock {}/{} was never opened", id.seq(), id.nth())))
    }

    /// Keeps it, unless its totals do not add up.
    pub(crate) fn save(&self, overlay: &mut Overlay, id: StockId) -> Result<(), Fault> {
        if !self.totals.holds() {
            return Err(Fault::Inconsistent(format!(
                "the totals of {} do not add up",
                self.name
            )));
        }
        overlay.put(key(id), self.pack());
        Ok(())
    }

    fn pack(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(128);
        for amount in { self.totals }.each() {
            out.number(amount.0);
        }
        out.number(self.line);
        out.number(self.joined.into());
        out.number(self.withdrawn.into());
        out.number(self.last_block);
        out.push(match self.kind {
            StockKind::Lot => 0,
            StockKind::Pool => 1,
        });
        out.text(self.name.as_str());
        out.text(self.fund.as_str());
        out.text(self.item.as_str());
        out.number(self.sources.len() as u128);
        for source in &self.sources {
            out.push(source_byte(*source));
        }
        out.maybe(self.value_vnd.map(u128::from));
        out.push(u8::from(self.partly_unvalued));
        out
    }

    pub(crate) fn unpack(value: &[u8]) -> Result<Stock, StoreError> {
        let mut read = Unpack::new("stock", value);
        let mut totals = Totals::default();
        for amount in totals.each() {
            amount.0 = read.number()?;
        }
        let (line, joined, withdrawn, last_block) =
            (read.number()?, read.number64()?, read.number64()?, read.number()?);
        let kind = match read.byte()? {
            0 => StockKind::Lot,
            1 => StockKind::Pool,
            _ => return Err(read.damaged()),
        };
        let name = read.text()?;
        let name = Reference::new(name).ok_or_else(|| read.damaged())?;
        let (fund, item) = (read.slug()?, read.item()?);
        let mut sources = Vec::new();
        for _ in 0..read.number()? {
            let byte = read.byte()?;
            sources.push(source_of(byte).ok_or_else(|| read.damaged())?);
        }
        let value_vnd = read
            .maybe()?
            .map(u64::try_from)
            .transpose()
            .map_err(|_| read.damaged())?;
        let partly_unvalued = read.byte()? == 1;
        read.finish()?;
        Ok(Stock {
            totals,
            line,
            joined,
            withdrawn,
            last_block,
            kind,
            name,
            fund,
            item,
            sources,
            value_vnd,
            partly_unvalued,
        })
    }
}

pub(crate) fn key(id: StockId) -> Vec<u8> {
    Key::of(STOCK).number(id.number()).0
}

/// A source as a byte of a key: its place in the list of words.
pub(crate) fn source_byte(source: Source) -> u8 {
    source as u8
}

pub(crate) fn source_of(byte: u8) -> Option<Source> {
    Source::ALL.get(usize::from(byte)).copied()
}
