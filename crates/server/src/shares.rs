//! Places that are shared: so many all together, and of them so many for each who asks.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Places for whoever a `K` names: an address, an actor.
pub(crate) struct Shares<K: Eq + Hash + Clone> {
    all: Arc<Semaphore>,
    each: usize,
    /// Who has a place or waits for one, with how many do.
    present: Mutex<HashMap<K, Share>>,
}

struct Share {
    places: Arc<Semaphore>,
    present: usize,
}

/// A place that is taken until it is dropped.
pub(crate) struct Place<K: Eq + Hash + Clone> {
    _one: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
    _present: Present<K>,
}

impl<K: Eq + Hash + Clone> Shares<K> {
    /// So many all together, and for each.
    pub fn new(all: usize, each: usize) -> Arc<Shares<K>> {
        Arc::new(Shares {
            all: Arc::new(Semaphore::new(all.min(Semaphore::MAX_PERMITS))),
            each: each.min(Semaphore::MAX_PERMITS),
            present: Mutex::default(),
        })
    }

    /// A place, if there is one now.
    pub fn free(self: &Arc<Self>, key: K) -> Option<Place<K>> {
        let present = self.enter(key);
        Some(Place {
            _one: present.places.clone().try_acquire_owned().ok()?,
            _of_all: self.all.clone().try_acquire_owned().ok()?,
            _present: present,
        })
    }

    /// A place, once there is one: first among those of the same key, then among all. So others wait for no more than the
    /// places of one.
    pub async fn turn(self: &Arc<Self>, key: K) -> Option<Place<K>> {
        let present = self.enter(key);
        Some(Place {
            _one: present.places.clone().acquire_owned().await.ok()?,
            _of_all: self.all.clone().acquire_owned().await.ok()?,
            _present: present,
        })
    }

    fn enter(self: &Arc<Self>, key: K) -> Present<K> {
        let mut present = self.locked();
        let share = present.entry(key.clone()).or_insert_with(|| Share {
            places: Arc::new(Semaphore::new(self.each)),
            present: 0,
        });
        share.present += 1;
        Present {
            places: share.places.clone(),
            shares: self.clone(),
            key,
        }
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<K, Share>> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Someone who has a place or waits for one.
struct Present<K: Eq + Hash + Clone> {
    places: Arc<Semaphore>,
    shares: Arc<Shares<K>>,
    key: K,
}

impl<K: Eq + Hash + Clone> Drop for Present<K> {
    fn drop(&mut self) {
        let mut present = self.shares.locked();
        if let Some(share) = present.get_mut(&self.key) {
            share.present -= 1;
            if share.present == 0 {
                present.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[test]
    fn nobody_has_more_than_a_share_nor_all_more_than_there_are() {
        let shares = Shares::new(3, 2);
        let mut held: Vec<_> = [1, 1, 1, 2, 2, 3].map(|key| shares.free(key)).into();
        let taken: Vec<bool> = held.iter().map(Option::is_some).collect();
        assert_eq!(taken, [true, true, false, true, false, false]);
        held.remove(0);
        assert!(shares.free(3).is_some());
        held.clear();
        assert!(shares.locked().is_empty(), "who has gone is forgotten");
    }

    #[tokio::test]
    async fn who_asks_for_much_waits_and_others_do_not() {
        let (shares, brief) = (Shares::new(3, 2), Duration::from_millis(20));
        let first = shares.turn("a").await;
        let _second = shares.turn("a").await;
        let mut third = Box::pin(shares.turn("a"));
        assert!(timeout(brief, &mut third).await.is_err());
        assert!(timeout(brief, shares.turn("b")).await.is_ok());
        drop(first);
        assert!(timeout(brief, third).await.is_ok());
    }
}
