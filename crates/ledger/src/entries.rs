//! What each entry recorded, by seq, in a few bytes each.

use imbl::Vector;

use crate::codes::Record;

/// Records in five bytes each: there is one for every entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entries(Vector<[u8; 5]>);

impl Entries {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn get(&self, seq: u64) -> Option<Record> {
        let &[kind, place @ ..] = self.0.get(usize::try_from(seq).ok()?)?;
        Record::of_parts(kind, u32::from_le_bytes(place))
    }

    /// Adds what the next entry recorded.
    pub fn push(&mut self, record: Record) {
        let (kind, place) = record.parts();
        let [a, b, c, d] = place.to_le_bytes();
        self.0.push_back([kind, a, b, c, d]);
    }

    /// Every record, from the first entry's.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8; 5]> {
        self.0.iter()
    }

    /// What [`iter`](Entries::iter) gave; none where one of them is no record.
    pub fn of(records: Vector<[u8; 5]>) -> Option<Entries> {
        let known = (records.iter()).all(|&[kind, ..]| Record::of_parts(kind, 0).is_some());
        known.then_some(Entries(records))
    }
}

impl Record {
    /// A number for the kind, and the place among its kind.
    fn parts(self) -> (u8, u32) {
        match self {
            Record::Other => (0, 0),
            Record::Donation(place) => (1, place),
            Record::Receipt(place) => (2, place),
            Record::Allocation(place) => (3, place),
            Record::Delivery(place) => (4, place),
            Record::Cancelling(place) => (5, place),
            Record::Release(place) => (6, place),
            Record::Answer(place) => (7, place),
            Record::Outflow(place) => (8, place),
            Record::Lot(place) => (9, place),
            Record::Return(place) => (10, place),
            Record::Purpose(place) => (11, place),
            Record::Need(place) => (12, place),
            Record::Sponsorship(place) => (13, place),
            Record::Finding(place) => (14, place),
            Record::Inspection(seq) => (15, seq),
            Record::Paper(seq) => (16, seq),
        }
    }

    fn of_parts(kind: u8, place: u32) -> Option<Record> {
        const KINDS: [fn(u32) -> Record; 17] = [
            |_| Record::Other,
            Record::Donation,
            Record::Receipt,
            Record::Allocation,
            Record::Delivery,
            Record::Cancelling,
            Record::Release,
            Record::Answer,
            Record::Outflow,
            Record::Lot,
            Record::Return,
            Record::Purpose,
            Record::Need,
            Record::Sponsorship,
            Record::Finding,
            Record::Inspection,
            Record::Paper,
        ];
        Some(KINDS.get(usize::from(kind))?(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_what_its_bytes_say() {
        let mut entries = Entries::default();
        let records: Vec<Record> = (0..17)
            .filter_map(|kind| Record::of_parts(kind, 0x0403_0201 << u32::from(kind % 3)))
            .collect();
        assert_eq!(records.len(), 17);
        assert_eq!(Record::of_parts(17, 0), None);
        records.iter().for_each(|&record| entries.push(record));
        for (seq, &record) in records.iter().enumerate() {
            assert_eq!(entries.get(seq as u64), Some(record));
            assert!(records[..seq].iter().all(|&other| other != record));
        }
        assert_eq!(entries.get(17), None);
        let again = Entries::of(entries.iter().copied().collect()).expect("records");
        assert_eq!(again.get(16), Some(records[16]));
        assert!(Entries::of(Vector::unit([17, 0, 0, 0, 0])).is_none());
    }
}
