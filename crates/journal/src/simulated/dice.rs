//! Random numbers that can be drawn again, and which seeds a test goes through.

use std::ops::Range;

/// SplitMix64: small, and the same everywhere.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The same seed, the same numbers.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// The next number below `bound`, which is not 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    /// A place in something of that length.
    pub fn index(&mut self, bound: usize) -> usize {
        self.below(bound as u64) as usize
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

/// Which seeds a test goes through.
pub struct Seeds(Range<u64>);

impl Seeds {
    /// The first `usual` seeds; as many as `MINHBACH_SEEDS` says, where it says so; `MINHBACH_SEED` alone, where one is given.
    pub fn of_environment(usual: u64) -> Seeds {
        let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
        match (number("MINHBACH_SEED"), number("MINHBACH_SEEDS")) {
            (Some(seed), _) => Seeds(seed..seed + 1),
            (None, Some(count)) => Seeds(0..count),
            (None, None) => Seeds(0..usual),
        }
    }

    /// Goes through them on all cores. A seed that fails is named, with how to go through it alone, and fails the test.
    ///
    /// # Panics
    ///
    /// Some seed failed.
    pub fn each(self, test: impl Fn(u64) + Sync) {
        let next = std::sync::atomic::AtomicU64::new(self.0.start);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for _ in 0..cores {
                scope.spawn(|| {
                    loop {
                        let seed = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        if self.0.end <= seed {
                            return;
                        }
                        let named = Named(seed);
                        test(seed);
                        drop(named);
                    }
                });
            }
        });
    }
}

/// Names the seed under test when it fails.
struct Named(u64);

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let seed = self.0;
            eprintln!("seed {seed} failed: MINHBACH_SEED={seed} goes through it alone");
        }
    }
}
