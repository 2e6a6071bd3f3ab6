//! How much one address, one token and all together may ask for.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use minhbach_events::Actor;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files for the journal, the read models, the register and what is served.
const FILES_APART: usize = 128;

/// How often something may happen: a steady rate, and how many at once after a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PerSecond {
    /// A second.
    pub steady: NonZeroU32,
    /// At once.
    pub burst: NonZeroU32,
}

impl PerSecond {
    /// So many a second, and five times as many at once.
    pub fn of(steady: NonZeroU32) -> PerSecond {
        PerSecond {
            steady,
            burst: steady.saturating_mul(NonZeroU32::new(5).unwrap_or(steady)),
        }
    }
}

/// What is allowed. `None` is without limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests of one address (an IPv6 network of 64 bits counts as one).
    pub requests_per_address: Option<PerSecond>,
    /// Requests to write of one token; the lines of a stream do not count, its length is bounded by what is kept of it.
    pub writes_per_token: Option<PerSecond>,
    /// Connections at once, all together.
    pub connections: usize,
    /// Connections at once of one address.
    pub connections_per_address: usize,
    /// Streams of proposals at once, all together.
    pub write_streams: usize,
    /// Streams of proposals at once of one token.
    pub write_streams_per_token: usize,
    /// Followers of the journal at once, all together.
    pub followers: usize,
    /// Followers of the journal at once of one address.
    pub followers_per_address: usize,
    /// Questions over whole lists at once, all together; others wait their turn.
    pub list_questions: usize,
    /// Questions over whole lists at once of one address; its others wait their turn.
    pub list_questions_per_address: usize,
    /// KiB of long tables that wait for their readers, all together.
    pub table_kib: usize,
    /// KiB of long tables that wait for their readers at one address.
    pub table_kib_per_address: usize,
    /// How long the head of a request, and the next request of a connection, is waited for.
    pub head_timeout: Duration,
    /// How long a body of one proposal, or the next part of a stream, is waited for.
    pub body_timeout: Duration,
    /// How long a reader may take nothing of its answer.
    pub stalled_timeout: Duration,
    /// How long requests may go on after the server was told to end.
    pub drain_timeout: Duration,
}

impl Default for Limits {
    /// For a public server behind which a province's telephones may share an address.
    fn default() -> Limits {
        let steady = |count| NonZeroU32::new(count).map(PerSecond::of);
        Limits {
            requests_per_address: steady(200),
            writes_per_token: steady(100),
            connections: 4_096,
            connections_per_address: 512,
            write_streams: 64,
            write_streams_per_token: 16,
            followers: 1_024,
            followers_per_address: 256,
            list_questions: 8,
            list_questions_per_address: 4,
            table_kib: 512 * 1024,
            table_kib_per_address: 128 * 1024,
            head_timeout: Duration::from_secs(15),
            body_timeout: Duration::from_secs(60),
            stalled_timeout: Duration::from_secs(60),
            drain_timeout: Duration::from_secs(20),
        }
    }
}

impl Limits {
    /// The same where a process may open so many files: some are for the journal and the read models, and no address has
    /// more than a quarter of the others.
    #[must_use]
    pub fn fitting(mut self, files: u64) -> Limits {
        let files = usize::try_from(files).unwrap_or(usize::MAX);
        let sockets = files.saturating_sub(FILES_APART).max(files / 2).max(1);
        self.connections = self.connections.min(sockets);
        let share = (self.connections / 4).max(1);
        self.connections_per_address = self.connections_per_address.min(share);
        // Who only asks finds a place beside those who follow.
        self.followers = self.followers.min((self.connections / 2).max(1));
        self.followers_per_address = self.followers_per_address.min((self.followers / 2).max(1));
        self
    }
}

/// Lets this process open as many files as it may, and says how many those are.
pub fn open_files() -> u64 {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let all = Rlimit {
            current: limit.maximum,
            ..limit
        };
        if setrlimit(Resource::Nofile, all).is_ok() {
            limit = all;
        }
    }
    limit.current.unwrap_or(u64::MAX)
}

/// The clocks of addresses and tokens.
pub(crate) struct Rates {
    addresses: Option<DefaultKeyedRateLimiter<IpAddr>>,
    tokens: Option<DefaultKeyedRateLimiter<Actor>>,
    clock: DefaultClock,
}

impl Rates {
    pub fn new(limits: &Limits) -> Rates {
        let quota = |rate: PerSecond| Quota::per_second(rate.steady).allow_burst(rate.burst);
        Rates {
            addresses: limits
                .requests_per_address
                .map(|rate| RateLimiter::keyed(quota(rate))),
            tokens: limits
                .writes_per_token
                .map(|rate| RateLimiter::keyed(quota(rate))),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a request of an address; how many seconds to wait, when it is one too many.
    pub fn address(&self, address: IpAddr) -> Result<(), u64> {
        let Some(limiter) = &self.addresses else {
            return Ok(());
        };
        limiter
            .check_key(&network(address))
            .map_err(|until| seconds(until.wait_time_from(self.clock.now())))
    }

    /// Counts a request to write of an actor's token.
    pub fn token(&self, actor: &Actor) -> Result<(), u64> {
        let Some(limiter) = &self.tokens else {
            return Ok(());
        };
        limiter
            .check_key(actor)
            .map_err(|until| seconds(until.wait_time_from(self.clock.now())))
    }

    /// Forgets those who have been quiet long enough to begin anew.
    pub fn forget_quiet(&self) {
        if let Some(limiter) = &self.addresses {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        if let Some(limiter) = &self.tokens {
            limiter.retain_recent();
        }
    }
}

/// Whole seconds, at least one.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs()
        .saturating_add(u64::from(0 < wait.subsec_nanos()))
        .max(1)
}

/// What counts as one address: whoever has an IPv6 address has 2⁶⁴ of them.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_all_the_files() {
        let all = Limits::default();
        assert_eq!(all.clone().fitting(u64::MAX), all);
        let few = all.clone().fitting(1_024);
        assert_eq!((few.connections, few.connections_per_address), (896, 224));
        assert_eq!((few.followers, few.followers_per_address), (448, 224));
        let fewer = all.fitting(100);
        assert_eq!(
            (fewer.connections, fewer.connections_per_address, fewer.followers),
            (50, 12, 25)
        );
    }

    #[test]
    fn one_too_many_is_told_when_to_come_back_and_others_are_not() {
        let one = NonZeroU32::new(1).expect("1");
        let limits = Limits {
            requests_per_address: Some(PerSecond {
                steady: one,
                burst: NonZeroU32::new(2).expect("2"),
            }),
            ..Limits::default()
        };
        let rates = Rates::new(&limits);
        let address = |text: &str| rates.address(text.parse().expect("an address"));
        assert_eq!([address("192.0.2.1"), address("192.0.2.1")], [Ok(()), Ok(())]);
        assert_eq!(address("192.0.2.1"), Err(1));
        assert_eq!(address("192.0.2.2"), Ok(()));
        // The same network, and an address that is only written as of the other kind.
        assert_eq!([address("2001:db8::1"), address("2001:db8::2")], [Ok(()), Ok(())]);
        assert_eq!(address("2001:db8:0:0:ffff::3"), Err(1));
        assert_eq!(address("2001:db8:0:1::3"), Ok(()));
        assert_eq!(address("::ffff:192.0.2.1"), Err(1));
    }
}
