//! Places that are shared: so many all together, and of them so many for each who asks.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many of one may wait for a place, and how long: whoever has gone meanwhile waits no longer than that.
const WAITING_MAX: usize = 32;
const WAIT_MAX: Duration = Duration::from_secs(20);

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
        self.free_many(key, 1)
    }

    /// So many places in one, if there are as many now.
    pub fn free_many(self: &Arc<Self>, key: K, count: u32) -> Option<Place<K>> {
        let present = self.enter(key);
        Some(Place {
            _one: present.places.clone().try_acquire_many_owned(count).ok()?,
            _of_all: self.all.clone().try_acquire_many_owned(count).ok()?,
            _present: present,
        })
    }

    /// A place, once there is one: first among those of the same key, then among all. So others wait for no more than the
    /// places of one. None where too many of the same key wait already, or it takes too long.
    pub async fn turn(self: &Arc<Self>, key: K) -> Option<Place<K>> {
        let present = self.enter(key);
        if self.each + WAITING_MAX < present.nth {
            return None;
        }
        let place = async {
            let one = present.places.clone().acquire_owned().await.ok()?;
            Some((one, self.all.clone().acquire_owned().await.ok()?))
        };
        let (one, of_all) = tokio::time::timeout(WAIT_MAX, place).await.ok()??;
        Some(Place {
            _one: one,
            _of_all: of_all,
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
            nth: share.present,
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
    /// How many of the same key there were, with this one.
    nth: usize,
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

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_ever_nor_in_crowds() {
        let shares = Shares::new(3, 2);
        let _held = (shares.turn("a").await, shares.turn("a").await);
        let waiting: Vec<_> = (0..WAITING_MAX)
            .map(|_| {
                tokio::spawn({
                    let shares = shares.clone();
                    async move { shares.turn("a").await.is_some() }
                })
            })
            .collect();
        tokio::task::yield_now().await;
        assert!(shares.turn("a").await.is_none(), "one too many, told at once");
        assert!(shares.turn("b").await.is_some());
        for waited in waiting {
            assert!(!waited.await.expect("ended"));
        }
        assert_eq!(shares.locked()["a"].present, 2);
    }

    #[test]
    fn a_place_may_be_as_large_as_a_share() {
        let shares = Shares::new(10, 6);
        let large = shares.free_many("a", 6);
        assert!(large.is_some() && shares.free("a").is_none());
        assert!(shares.free_many("b", 5).is_none() && shares.free_many("b", 4).is_some());
        drop(large);
        assert!(shares.free_many("a", 7).is_none());
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
