//! A table of millions of small elements that grows a little at a time.
//!
//! Linear hashing (Litwin, "Linear hashing: a new tool for file and table addressing", VLDB 1980): the buckets are split one
//! after the other as elements come, so no insertion ever waits for all of them to be moved, and nearly no memory is empty.

/// Elements in a bucket, on the average, before the next one is split.
const FILL: usize = 48;

/// Elements, each found by a hash of 64 bits that it holds or that its content gives.
#[derive(Clone, Debug)]
pub(crate) struct Buckets<T> {
    buckets: Vec<Vec<T>>,
    /// Bits of the hash that tell buckets apart, of those that were split in this round; one bit less for the others.
    bits: u32,
    len: usize,
}

impl<T> Default for Buckets<T> {
    fn default() -> Self {
        Buckets {
            buckets: vec![Vec::new()],
            bits: 0,
            len: 0,
        }
    }
}

impl<T: Copy> Buckets<T> {
    /// The bucket in which elements of a hash are.
    pub fn bucket(&self, hash: u64) -> &[T] {
        &self.buckets[self.place(hash)]
    }

    /// Adds an element. `hash` says the hash of any.
    pub fn insert(&mut self, element: T, hash: impl Fn(&T) -> u64) {
        let place = self.place(hash(&element));
        let bucket = &mut self.buckets[place];
        if bucket.len() == bucket.capacity() {
            // By an eighth, not to double: there are many buckets, and each is small.
            bucket.reserve_exact(bucket.len() / 8 + 4);
        }
        bucket.push(element);
        self.len += 1;
        if FILL * self.buckets.len() < self.len {
            self.split(hash);
        }
    }

    /// How many buckets there are.
    pub fn count(&self) -> usize {
        self.buckets.len()
    }

    /// Every bucket, in order.
    pub fn iter(&self) -> impl Iterator<Item = &[T]> {
        self.buckets.iter().map(Vec::as_slice)
    }

    /// Those buckets, as [`iter`](Buckets::iter) gave them; none where there is not a single one.
    pub fn of(buckets: Vec<Vec<T>>) -> Option<Buckets<T>> {
        let last = buckets.len().checked_sub(1)?;
        let len = buckets.iter().map(Vec::len).sum();
        let bits = usize::BITS - last.leading_zeros();
        Some(Buckets { buckets, bits, len })
    }

    fn place(&self, hash: u64) -> usize {
        let place = (hash & ((1 << self.bits) - 1)) as usize;
        if place < self.buckets.len() {
            return place;
        }
        // Not split in this round yet: one bit less.
        (hash & ((1 << (self.bits - 1)) - 1)) as usize
    }

    /// Splits the next bucket: some of its elements go to a new one.
    fn split(&mut self, hash: impl Fn(&T) -> u64) {
        let new = self.buckets.len();
        if new == 1 << self.bits {
            self.bits += 1;
        }
        let old = new - (1 << (self.bits - 1));
        self.buckets.push(Vec::new());
        let (stay, go): (Vec<T>, Vec<T>) =
            (self.buckets[old].iter()).partition(|element| self.place(hash(element)) == old);
        self.buckets[old] = exact(stay);
        self.buckets[new] = exact(go);
    }
}

/// Without the room that growing by doubling leaves.
fn exact<T: Copy>(elements: Vec<T>) -> Vec<T> {
    let mut exact = Vec::with_capacity(elements.len() + 4);
    exact.extend_from_slice(&elements);
    exact
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spreads numbers as a good hash does (the finalizer of SplitMix64).
    fn hash(number: &u64) -> u64 {
        let mut hash = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
        hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        hash ^ (hash >> 31)
    }

    #[test]
    fn every_element_is_in_its_bucket_at_every_size() {
        let mut buckets = Buckets::default();
        for number in 0..30_000u64 {
            buckets.insert(number, hash);
            assert!(buckets.bucket(hash(&number)).contains(&number));
            if number % 997 == 0 {
                for earlier in 0..=number {
                    assert!(
                        buckets.bucket(hash(&earlier)).contains(&earlier),
                        "{earlier} of {number}"
                    );
                }
                let kept: Vec<Vec<u64>> = buckets.iter().map(<[u64]>::to_vec).collect();
                let again = Buckets::of(kept).expect("buckets");
                assert_eq!((again.bits, again.len), (buckets.bits, buckets.len));
            }
        }
        assert_eq!(buckets.len, 30_000);
        assert!(buckets.iter().all(|bucket| bucket.len() < 4 * FILL));
    }
}
