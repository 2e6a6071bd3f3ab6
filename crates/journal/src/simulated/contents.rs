//! What of a file is on the disk, what reading shows, and what lies between.

use super::Dice;

/// What a disk writes at once; a write may end in the middle of it all the same.
const SECTOR_BYTES: usize = 512;

/// A file's bytes, on the disk and as they are shown.
#[derive(Clone, Default)]
pub(super) struct Contents {
    /// What the next start finds at the least.
    disk: Vec<u8>,
    /// What reading shows.
    pub shown: Vec<u8>,
    /// What happened since the last sync, in order.
    changes: Vec<Change>,
}

/// A write or a cut: the length after it, and the sectors that it touched as they were then.
#[derive(Clone)]
struct Change {
    len: usize,
    sectors: Vec<(usize, [u8; SECTOR_BYTES])>,
}

impl Contents {
    pub fn write_at(&mut self, bytes: &[u8], at: usize) {
        if bytes.is_empty() {
            return;
        }
        let end = at + bytes.len();
        if self.shown.len() < end {
            self.shown.resize(end, 0);
        }
        self.shown[at..end].copy_from_slice(bytes);
        self.changed(at / SECTOR_BYTES..end.div_ceil(SECTOR_BYTES));
    }

    pub fn cut(&mut self, len: usize) {
        self.shown.resize(len, 0);
        self.changed(len / SECTOR_BYTES..len.div_ceil(SECTOR_BYTES));
    }

    fn changed(&mut self, sectors: std::ops::Range<usize>) {
        let change = Change {
            len: self.shown.len(),
            sectors: sectors.map(|index| (index, sector(&self.shown, index))).collect(),
        };
        self.changes.push(change);
    }

    /// All that happened reaches the disk.
    pub fn settle(&mut self) {
        self.disk = self.settled();
        self.changes.clear();
    }

    /// A sync failed: some of what was written reached the disk, and the system believes that all of it did.
    pub fn lose(&mut self, dice: &mut Dice) {
        self.disk = self.left(dice);
        self.changes.clear();
        // The length is kept in another place, and written again with the next sync.
        if self.disk.len() != self.shown.len() {
            let len = self.shown.len();
            self.changes.push(Change {
                len,
                sectors: Vec::new(),
            });
        }
    }

    /// What reading shows when all that is not waiting to be written is read anew.
    pub fn settled(&self) -> Vec<u8> {
        let mut bytes = self.disk.clone();
        for change in &self.changes {
            bytes.resize(change.len, 0);
            for (index, sector) in &change.sectors {
                put(&mut bytes, *index, sector);
            }
        }
        bytes
    }

    /// What a power loss leaves: of each sector any state that it had since the last sync, or parts of two of them; and
    /// any of the lengths, whatever became of the bytes.
    pub fn left(&self, dice: &mut Dice) -> Vec<u8> {
        if self.changes.is_empty() {
            return self.disk.clone();
        }
        match dice.below(8) {
            0 => return self.disk.clone(),
            1 => return self.settled(),
            2 | 3 => return self.left_in_order(dice),
            _ => {}
        }
        let lens: Vec<usize> = std::iter::once(self.disk.len())
            .chain(self.changes.iter().map(|change| change.len))
            .collect();
        let mut len = lens[dice.index(lens.len())];
        if dice.once_in(4) {
            let (least, most) = lens
                .iter()
                .fold((len, len), |(least, most), len| (least.min(*len), most.max(*len)));
            len = least + dice.index(most - least + 1);
        }
        let longest = lens.iter().copied().max().unwrap_or(0);
        let mut bytes = self.disk.clone();
        bytes.resize(longest, 0);
        for index in 0..longest.div_ceil(SECTOR_BYTES) {
            let mut states = vec![sector(&self.disk, index)];
            let touches = |change: &Change| {
                let found = change.sectors.iter().find(|(touched, _)| *touched == index);
                found.map(|(_, sector)| *sector)
            };
            states.extend(self.changes.iter().filter_map(touches));
            let mut state = states[dice.index(states.len())];
            if dice.once_in(8) {
                let other = states[dice.index(states.len())];
                let from = dice.index(SECTOR_BYTES);
                state[from..].copy_from_slice(&other[from..]);
            }
            put(&mut bytes, index, &state);
        }
        bytes.resize(len, 0);
        bytes
    }

    /// What is left when the disk writes in order and stops in the middle of something.
    fn left_in_order(&self, dice: &mut Dice) -> Vec<u8> {
        let mut bytes = self.disk.clone();
        let whole = dice.index(self.changes.len());
        for (number, change) in self.changes.iter().enumerate().take(whole + 1) {
            let mut sectors = change.sectors.as_slice();
            bytes.resize(change.len, 0);
            if number == whole {
                let before = sector(&bytes, sectors.first().map_or(0, |(index, _)| *index));
                sectors = &sectors[..dice.index(sectors.len() + 1)];
                if let [.., (index, last)] = sectors {
                    let mut torn = *last;
                    let from = dice.index(SECTOR_BYTES + 1);
                    if sectors.len() == 1 {
                        torn[from..].copy_from_slice(&before[from..]);
                    } else {
                        torn[from..].fill(0);
                    }
                    let index = *index;
                    for (index, sector) in &sectors[..sectors.len() - 1] {
                        put(&mut bytes, *index, sector);
                    }
                    put(&mut bytes, index, &torn);
                    if dice.once_in(2) {
                        bytes.truncate(((index + 1) * SECTOR_BYTES).min(change.len));
                    }
                }
                return bytes;
            }
            for (index, sector) in sectors {
                put(&mut bytes, *index, sector);
            }
        }
        bytes
    }

    /// A file that is on the disk as it is.
    pub fn durable(bytes: Vec<u8>) -> Contents {
        Contents {
            disk: bytes.clone(),
            shown: bytes,
            changes: Vec::new(),
        }
    }
}

/// A sector's bytes; zeros where the file has ended.
fn sector(bytes: &[u8], index: usize) -> [u8; SECTOR_BYTES] {
    let mut sector = [0; SECTOR_BYTES];
    let from = (index * SECTOR_BYTES).min(bytes.len());
    let to = (from + SECTOR_BYTES).min(bytes.len());
    sector[..to - from].copy_from_slice(&bytes[from..to]);
    sector
}

fn put(bytes: &mut [u8], index: usize, sector: &[u8; SECTOR_BYTES]) {
    let from = (index * SECTOR_BYTES).min(bytes.len());
    let to = (from + SECTOR_BYTES).min(bytes.len());
    bytes[from..to].copy_from_slice(&sector[..to - from]);
}
