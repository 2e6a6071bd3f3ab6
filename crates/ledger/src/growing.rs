//! A table of millions whose copies share nearly all of it.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::Arc;

use hashbrown::HashTable;
use siphasher::sip::SipHasher13;

use crate::buckets::Buckets;

/// New elements that are kept apart before they go to the others.
const NEW_MAX: usize = 1_024;

/// A hash with a secret key: who chooses codes cannot choose where they go. The key is kept with the tables that were made
/// by it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hashing(pub(crate) [u64; 2]);

impl Default for Hashing {
    fn default() -> Hashing {
        let random = RandomState::new();
        Hashing([random.hash_one(0), random.hash_one(1)])
    }
}

impl Hashing {
    pub fn of(self, value: &impl Hash) -> u64 {
        let mut hasher = SipHasher13::new_with_keys(self.0[0], self.0[1]);
        value.hash(&mut hasher);
        hasher.finish()
    }
}

/// Elements by hash: most of them in buckets that all copies share, the newest apart in each.
#[derive(Clone, Debug)]
pub(crate) struct Growing<T> {
    shared: Arc<Buckets<T>>,
    new: HashTable<T>,
}

impl<T> Default for Growing<T> {
    fn default() -> Self {
        Growing {
            shared: Arc::default(),
            new: HashTable::new(),
        }
    }
}

impl<T: Copy> Growing<T> {
    /// All in one place.
    pub fn of(buckets: Buckets<T>) -> Growing<T> {
        Growing {
            shared: Arc::new(buckets),
            new: HashTable::new(),
        }
    }

    /// Elements of which one may have that hash; not all of them have it.
    pub fn with_hash(&self, hash: u64) -> impl Iterator<Item = &T> {
        self.new.iter_hash(hash).chain(self.shared.bucket(hash))
    }

    pub fn insert(&mut self, element: T, hash: impl Fn(&T) -> u64) {
        self.new.insert_unique(hash(&element), element, &hash);
        // While a copy is in use the new ones wait.
        if NEW_MAX <= self.new.len()
            && let Some(shared) = Arc::get_mut(&mut self.shared)
        {
            for element in self.new.drain() {
                shared.insert(element, &hash);
            }
            // While a copy was in use there may have been many.
            self.new.shrink_to(NEW_MAX, &hash);
        }
    }

    /// Those that are shared, and those that are not yet.
    pub fn parts(&self) -> (&Buckets<T>, impl ExactSizeIterator<Item = &T>) {
        (&self.shared, self.new.iter())
    }
}
