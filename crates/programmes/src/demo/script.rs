//! How a scene is written down: a clock that the scene sets, the post that writes, and marks for what is reversed.
//!
//! Scenes give codes, dates and texts as literals and panic on a wrong one; the whole story is told by the tests, so
//! none can be wrong in a binary that passed them.

use minhbach_events::event::{DeliveryConfirmed, DeliveryMade, EntryReversed, Seq};
use minhbach_events::words::{Condition, RejectionCode};
use minhbach_events::{Actor, Date, Event, Proposal, Timestamp};

use super::words::{confirmed, prose};

/// A step whose place in the journal is not known yet.
pub struct Draft {
    pub proposal: Proposal,
    pub refused: Option<RejectionCode>,
    /// The name by which a later reversal finds it.
    pub mark: Option<&'static str>,
    /// The name of what it reverses.
    pub reverses: Option<&'static str>,
}

/// The story as far as it is written.
pub struct Script {
    drafts: Vec<Draft>,
    now: i64,
    by: String,
}

/// Milliseconds between two entries written one after the other.
const BETWEEN_MILLIS: i64 = 47_250;
const HOUR_MILLIS: i64 = 3_600_000;
const VIETNAM_MILLIS: i64 = 7 * HOUR_MILLIS;

impl Default for Script {
    fn default() -> Script {
        Script {
            drafts: Vec::new(),
            now: instant("2024-07-01 08:00"),
            by: "so.quan-tri".to_owned(),
        }
    }
}

impl Script {
    /// Sets clock (Vietnamese time) and post for what is written next.
    pub fn at(&mut self, when: &str, by: &str) -> &mut Script {
        self.at_millis(instant(when), by)
    }

    /// Sets clock (milliseconds since 1970) and post.
    pub fn at_millis(&mut self, millis: i64, by: &str) -> &mut Script {
        self.now = millis;
        by.clone_into(&mut self.by);
        self
    }

    /// The day it is in Vietnam.
    pub fn today(&self) -> Date {
        timestamp(self.now).vietnam_date()
    }

    /// Writes an event; the clock goes on a little.
    pub fn write(&mut self, event: impl Into<Event>) -> &mut Script {
        self.push(event.into(), None)
    }

    /// Writes a proposal that the ledger refuses.
    pub fn refused(&mut self, event: impl Into<Event>, with: RejectionCode) -> &mut Script {
        self.push(event.into(), Some(with))
    }

    /// Names what was written last, for a reversal.
    pub fn mark(&mut self, name: &'static str) {
        self.last().mark = Some(name);
    }

    /// Reverses what bears that name.
    pub fn reverse(&mut self, name: &'static str, reason: &str, refused: Option<RejectionCode>) {
        let reversal = EntryReversed {
            reverses: Seq::new(0).expect("within its bounds"),
            reason: prose(reason),
        };
        self.push(reversal.into(), refused);
        self.last().reverses = Some(name);
    }

    /// A delivery and, some hours later, the receiver's word that all of it came in good order.
    pub fn deliver(&mut self, delivery: DeliveryMade) -> &mut Script {
        let accepted = delivery.quantity.thousandths() / 1000;
        let (code, receiver) = (delivery.delivery.get().clone(), delivery.receiver.clone());
        self.write(delivery).later(3);
        self.confirm(code.as_str(), receiver.as_str(), accepted, Condition::Good)
    }

    /// The receiver's word, from the receiver's own post.
    pub fn confirm(&mut self, delivery: &str, by: &str, units: u64, condition: Condition) -> &mut Script {
        self.by = format!("{by}.van-thu");
        let on = self.today();
        self.write(DeliveryConfirmed {
            condition,
            ..confirmed(delivery, by, units, on)
        })
    }

    /// Lets hours pass.
    pub fn later(&mut self, hours: i64) -> &mut Script {
        self.now += hours * HOUR_MILLIS;
        self
    }

    /// Everything in the order of time; what was written at the same instant stays in its order.
    pub fn in_order(mut self) -> Vec<Draft> {
        self.drafts.sort_by_key(|draft| draft.proposal.at);
        self.drafts
    }

    fn push(&mut self, event: Event, refused: Option<RejectionCode>) -> &mut Script {
        let mut proposal = Proposal::of(event);
        proposal.at = Some(timestamp(self.now));
        proposal.by = Some(Actor::new(&self.by).expect("a post's code"));
        self.drafts.push(Draft {
            proposal,
            refused,
            mark: None,
            reverses: None,
        });
        self.now += BETWEEN_MILLIS;
        self
    }

    fn last(&mut self) -> &mut Draft {
        self.drafts.last_mut().expect("something was written")
    }
}

/// The instant of `2024-07-01 08:00` in Vietnam, in milliseconds since 1970.
pub fn instant(when: &str) -> i64 {
    let utc = Timestamp::parse(&format!("{}:00.000Z", when.replace(' ', "T"))).expect("a day and a time");
    utc.millis() - VIETNAM_MILLIS
}

/// The instant as entries write it.
pub fn timestamp(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).expect("a time of this century")
}
