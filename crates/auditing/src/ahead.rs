//! Work that is done ahead by a few threads, and taken in order.

use std::ops::Range;
use std::sync::mpsc::sync_channel;
use std::thread;

/// Threads that fetch: a server far away is waited for by as many at once.
const THREADS: u64 = 4;
/// Results that each of them may have in store.
const STORE: usize = 1;

/// Makes a result of each number, a few at once, and has `take` see them in order. The first failure ends it.
///
/// # Errors
///
/// That of the first number that failed, or of `take`.
pub(crate) fn in_order<T: Send, E: Send>(
    numbers: Range<u64>,
    make: impl Fn(u64) -> Result<T, E> + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let Range { start, end } = numbers;
    if end.saturating_sub(start) < 2 {
        return numbers.into_iter().try_for_each(|number| take(make(number)?));
    }
    thread::scope(|scope| {
        let make = &make;
        let stores: Vec<_> = (0..THREADS.min(end - start))
            .map(|nth| {
                let (put, store) = sync_channel(STORE);
                scope.spawn(move || {
                    for number in (start + nth..end).step_by(THREADS as usize) {
                        let made = make(number);
                        let failed = made.is_err();
                        // Nobody takes any more: something before this failed.
                        if put.send(made).is_err() || failed {
                            return;
                        }
                    }
                });
                store
            })
            .collect();
        for number in start..end {
            let store = &stores[((number - start) % THREADS) as usize];
            // A thread ends only after its last number or a failure, which was taken then.
            let Ok(made) = store.recv() else { break };
            take(made?)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_the_first_failure_ends_it() {
        for count in [0, 1, 2, 3, 4, 5, 100] {
            let mut taken = Vec::new();
            let done = in_order(7..7 + count, Ok::<u64, u64>, |number| {
                taken.push(number);
                Ok(())
            });
            assert_eq!((done, taken), (Ok(()), (7..7 + count).collect::<Vec<_>>()));
        }
        for bad in [0, 1, 6, 50, 99] {
            let mut taken = 0;
            let make = |number| if bad <= number { Err(number) } else { Ok(()) };
            let done = in_order(0..100, make, |()| {
                taken += 1;
                Ok(())
            });
            assert_eq!((done, taken), (Err(bad), bad));
            let mut taken = 0;
            let done = in_order(0..100, Ok, |number| {
                taken += 1;
                if number == bad { Err(number) } else { Ok(()) }
            });
            assert_eq!((done, taken), (Err(bad), bad + 1));
        }
    }
}
