//! Small bank gifts by the dozen, as the lines of a statement bring them.

use minhbach_events::words::Source;

use super::script::{Script, instant, timestamp};
use super::words::{Gift, UNNAMED};

/// A run of small bank gifts into a pool, evenly spread over days.
pub struct SmallGifts<'a> {
    pub fund: &'a str,
    pub pool: &'a str,
    pub campaign: Option<&'a str>,
    pub count: u32,
    /// What their codes begin with.
    pub prefix: &'a str,
    pub from: &'a str,
    pub to: &'a str,
    pub by: &'a str,
}

/// What people send, in đồng.
const SMALL_AMOUNTS: [u64; 12] = [
    20_000, 50_000, 50_000, 100_000, 100_000, 100_000, 200_000, 200_000, 300_000, 500_000, 500_000, 1_000_000,
];
const DAY_MILLIS: i64 = 24 * 3_600_000;

impl SmallGifts<'_> {
    /// Writes them.
    pub fn arrive(&self, script: &mut Script) {
        let (from, to) = (instant(self.from), instant(self.to));
        let mut dice = Dice(self.prefix.bytes().map(u64::from).sum());
        for number in 0..self.count {
            let arrived = from + (to - from) * i64::from(number) / i64::from(self.count);
            let on = timestamp(arrived).vietnam_date();
            script.at_millis(entered(arrived), self.by);
            let gift = Gift {
                receipt: &format!("{}-{:04}", self.prefix, number + 1),
                fund: self.fund,
                pool: Some(self.pool),
                campaign: self.campaign,
                source: Source::SocialDomestic,
                units: SMALL_AMOUNTS[dice.roll(SMALL_AMOUNTS.len())],
                ..UNNAMED
            };
            script.write(gift.on(on));
        }
    }
}

/// People give at any hour; the statement is entered on the same day between 8 and 17 o'clock, Sunday's on Monday.
fn entered(arrived: i64) -> i64 {
    let today = timestamp(arrived).vietnam_date();
    let morning = instant(&format!("{today} 08:00"));
    let since_midnight = arrived - instant(&format!("{today} 00:00"));
    let sunday = i64::from(today.ordinal() % 7 == 0);
    morning + since_midnight * 9 / 24 + sunday * DAY_MILLIS
}

/// A fixed linear congruential generator (Knuth's MMIX constants): the same gifts every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}
