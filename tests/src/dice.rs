//! Random numbers that can be drawn again.

/// SplitMix64: small, and the same everywhere.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The same seed, the same numbers.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// A seed that differs from run to run; print it, or set `MINHBACH_SEED` to one that was printed.
    pub fn fresh_seed() -> u64 {
        let given = std::env::var("MINHBACH_SEED")
            .ok()
            .and_then(|seed| seed.parse().ok());
        given.unwrap_or_else(|| {
            let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
            (since.as_nanos() % 1_000_000_007) as u64
        })
    }

    /// The next number below `bound`, which is not 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}
