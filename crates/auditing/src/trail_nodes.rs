//! The steps of a trail, held to the entries that they name: a step says nothing that its entry does not.
//!
//! What a step says of a quantity can be less than its entry does: an allocation is without what was released, a delivery
//! without what came back, and what was reversed is nothing any more. What only other entries tell is not compared: what a
//! pool received, how a need was revised, of what item a delivery was.

use std::collections::{HashMap, HashSet};

use minhbach_events::event::Draw;
use minhbach_events::{Amount, Date, Entry, Event, Quantity};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::BundleError;
use crate::bundle_file::of_json;

/// The longest number of a share: through 64 steps they grow.
const SHARE_DIGITS_MAX: usize = 2_000;

/// What a step of a trail says that its entry does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NodeWrong {
    /// Its entry is not there.
    #[error("its entry is not in the bundle")]
    NoEntry,
    /// The entry does not name its code.
    #[error("the entry does not name its code")]
    Code,
    /// The entry is of another day.
    #[error("the entry is of another day")]
    Date,
    /// The entry is of another item.
    #[error("the entry is of another item")]
    Item,
    /// The entry is of another quantity.
    #[error("the entry is of another quantity")]
    Quantity,
    /// The entry is of another place.
    #[error("the entry is of another place")]
    Place,
    /// The entry is of another category.
    #[error("the entry is of another category")]
    Category,
}

/// What of a trail is compared; the rest of it is the ledger's word.
#[derive(Deserialize)]
struct Trail {
    code: String,
    as_of: AsOf,
    nodes: Vec<Node>,
    #[serde(default)]
    edges: Vec<Edge>,
    #[serde(default)]
    reached: Vec<Reached>,
}

#[derive(Deserialize)]
struct Edge {
    from: String,
    to: String,
    share: Option<String>,
}

#[derive(Deserialize)]
struct Reached {
    delivery: String,
    place: String,
    delivered: String,
    delivered_on: String,
    share: String,
    child_deliveries: u64,
}

#[derive(Deserialize)]
struct AsOf {
    size: u64,
}

#[derive(Deserialize)]
struct Node {
    code: String,
    seq: u64,
    on: String,
    item: Option<String>,
    quantity: Option<String>,
    place: Option<String>,
    category: Option<String>,
    reversed_by: Option<u64>,
    share: Option<String>,
}

/// Compares every step with its entry, the entries being in order; how many steps there are.
pub(crate) fn check(
    trail: &RawValue,
    code: &str,
    size: u64,
    entries: &[Entry],
) -> Result<usize, BundleError> {
    let trail: Trail =
        serde_json::from_str(trail.get()).map_err(|error| BundleError::Trail(of_json(&error)))?;
    if trail.code != code {
        return Err(BundleError::OtherTrail);
    }
    if trail.as_of.size != size {
        let found = trail.as_of.size;
        return Err(BundleError::OtherSize { found, size });
    }
    for node in &trail.nodes {
        let at = entries.binary_search_by_key(&node.seq, |entry| entry.seq);
        let agrees = at
            .map_err(|_| NodeWrong::NoEntry)
            .and_then(|at| node.agrees_with(&entries[at]));
        agrees.map_err(|wrong| BundleError::Node {
            index: node.seq,
            code: minhbach_events::shorten(&node.code),
            wrong,
        })?;
    }
    trail.flows_between_steps()?;
    let mut steps: HashMap<&str, &Node> = HashMap::new();
    for node in &trail.nodes {
        steps.entry(&node.code).or_insert(node);
    }
    for reached in &trail.reached {
        let node = steps.get(reached.delivery.as_str());
        let at = node.and_then(|node| entries.binary_search_by_key(&node.seq, |entry| entry.seq).ok());
        let agrees = at
            .ok_or(NodeWrong::NoEntry)
            .and_then(|at| reached.agrees_with(&entries[at]));
        agrees.map_err(|wrong| BundleError::Node {
            index: node.map_or(0, |node| node.seq),
            code: minhbach_events::shorten(&reached.delivery),
            wrong,
        })?;
    }
    Ok(trail.nodes.len())
}

/// Whether that is a part of something: more than nothing, and no more than all of it.
fn is_share(share: &str) -> bool {
    let number = |digits: &str| {
        digits
            .parse::<u128>()
            .ok()
            .filter(|_| !digits.starts_with(['0', '+']))
    };
    // Longer ones are compared by their lengths: the ledger writes them in lowest terms, without zeros before them.
    let plain = |digits: &str| {
        let decimal = digits.bytes().all(|byte| byte.is_ascii_digit());
        decimal && !digits.is_empty() && !digits.starts_with('0') && digits.len() <= SHARE_DIGITS_MAX
    };
    let Some((over, under)) = share
        .split_once('/')
        .filter(|(over, under)| plain(over) && plain(under))
    else {
        return false;
    };
    match (number(over), number(under)) {
        (Some(over), Some(under)) => over <= under,
        _ => over.len() < under.len() || (over.len() == under.len() && over <= under),
    }
}

impl Trail {
    /// That what flows does so between steps that are there, and in parts that can be.
    fn flows_between_steps(&self) -> Result<(), BundleError> {
        // A bundle may have as many steps as edges, and 16 MiB hold many of both.
        let steps: HashSet<&str> = self.nodes.iter().map(|node| node.code.as_str()).collect();
        let is_step = |code: &str| steps.contains(code);
        for edge in &self.edges {
            if !is_step(&edge.from) || !is_step(&edge.to) {
                let code = format!("{} → {}", edge.from, edge.to);
                return Err(BundleError::Trail(minhbach_events::shorten(&code)));
            }
        }
        let shares = self.edges.iter().filter_map(|edge| edge.share.as_deref());
        let shares = shares.chain(self.nodes.iter().filter_map(|node| node.share.as_deref()));
        let mut shares = shares.chain(self.reached.iter().map(|reached| reached.share.as_str()));
        match shares.find(|share| !is_share(share)) {
            None => Ok(()),
            Some(share) => Err(BundleError::Trail(minhbach_events::shorten(share))),
        }
    }
}

impl Reached {
    /// Whether a delivery says of itself what is said of it; a part of it may have come back.
    fn agrees_with(&self, entry: &Entry) -> Result<(), NodeWrong> {
        let Event::DeliveryMade(made) = &entry.event else {
            return Err(NodeWrong::Code);
        };
        if made.delivery.get().as_str() != self.delivery {
            return Err(NodeWrong::Code);
        }
        if made.place.as_str() != self.place {
            return Err(NodeWrong::Place);
        }
        if Date::parse(&self.delivered_on) != Some(made.delivered_on) {
            return Err(NodeWrong::Date);
        }
        let delivered = Amount::parse_sum(&self.delivered).ok_or(NodeWrong::Quantity)?;
        if made.quantity.amount() < delivered || u64::from(made.children) < self.child_deliveries {
            return Err(NodeWrong::Quantity);
        }
        Ok(())
    }
}

/// Whether an entry is about a code: as its own, or as that of a lot that it opens.
pub(crate) fn names(entry: &Entry, code: &str) -> bool {
    let opened = match &entry.event {
        Event::PurchaseMade(e) => e.obtains.iter().any(|lot| lot.lot.get().as_str() == code),
        Event::CustodyTransferred(e) => e.new_lot.get().as_str() == code,
        Event::DeliveryReturned(e) => e.new_lot.get().as_str() == code,
        _ => false,
    };
    // A gift may be about a place or an organisation; a file that is about one would tell of every gift there.
    let ground = [
        "ledger.",
        "programme.",
        "place.",
        "item.",
        "party.",
        "role.",
        "campaign.",
    ];
    let is_ground = ground
        .iter()
        .any(|kind| entry.event.type_name().starts_with(kind));
    opened || (!is_ground && entry.event.subject() == Some(code))
}

impl Node {
    fn agrees_with(&self, entry: &Entry) -> Result<(), NodeWrong> {
        if !names(entry, &self.code) {
            return Err(NodeWrong::Code);
        }
        let said = Said::by(entry, &self.code);
        if Date::parse(&self.on) != Some(said.on) {
            return Err(NodeWrong::Date);
        }
        let differs = |here: &Option<String>, there: Option<&str>| {
            let both = here.as_deref().zip(there);
            both.is_some_and(|(here, there)| here != there)
        };
        if differs(&self.item, said.item.as_deref()) {
            return Err(NodeWrong::Item);
        }
        if let Some(quantity) = &self.quantity {
            let quantity = Amount::parse_sum(quantity).ok_or(NodeWrong::Quantity)?;
            let fits = match said.quantity {
                HowMuch::Is(said) if self.reversed_by.is_none() => quantity == said,
                HowMuch::Is(said) | HowMuch::AtMost(said) => quantity <= said,
                HowMuch::NotSaid => true,
            };
            if !fits {
                return Err(NodeWrong::Quantity);
            }
        }
        if differs(&self.place, said.place) {
            return Err(NodeWrong::Place);
        }
        if differs(&self.category, said.category) {
            return Err(NodeWrong::Category);
        }
        Ok(())
    }
}

/// What an entry says of a step.
struct Said<'a> {
    on: Date,
    item: Option<String>,
    quantity: HowMuch,
    place: Option<&'a str>,
    category: Option<&'a str>,
}

enum HowMuch {
    Is(Amount),
    /// The step is without what was given back.
    AtMost(Amount),
    /// Other entries tell.
    NotSaid,
}

impl<'a> Said<'a> {
    fn by(entry: &'a Entry, code: &str) -> Said<'a> {
        let on = |on: Date| Said {
            on,
            item: None,
            quantity: HowMuch::NotSaid,
            place: None,
            category: None,
        };
        let just = |on_date: Date, quantity: Quantity| Said {
            quantity: HowMuch::Is(quantity.amount()),
            ..on(on_date)
        };
        let drawn = |draws: &[Draw]| Amount(draws.iter().map(|draw| draw.quantity.amount().0).sum());
        match &entry.event {
            Event::DonationPledged(e) => Said {
                item: Some(e.item.to_string()),
                ..just(e.pledged_on, e.quantity)
            },
            Event::ReceiptIssued(e) => Said {
                item: Some(e.item.to_string()),
                ..just(e.received_on, e.quantity)
            },
            Event::PoolOpened(e) => Said {
                item: Some(e.item.to_string()),
                ..on(entry.at.vietnam_date())
            },
            Event::AllocationMade(e) => Said {
                item: Some(e.item.to_string()),
                quantity: HowMuch::AtMost(drawn(&e.draws)),
                place: Some(e.place.as_str()),
                category: Some(e.category.as_str()),
                ..on(e.decided_on)
            },
            Event::DeliveryMade(e) => Said {
                quantity: HowMuch::AtMost(e.quantity.amount()),
                place: Some(e.place.as_str()),
                ..on(e.delivered_on)
            },
            Event::PurchaseMade(e) => {
                let lot = e.obtains.iter().find(|lot| lot.lot.get().as_str() == code);
                match lot {
                    Some(lot) => Said {
                        item: Some(lot.item.to_string()),
                        ..just(e.purchased_on, lot.quantity)
                    },
                    None => Said {
                        quantity: HowMuch::Is(drawn(&e.spends)),
                        ..on(e.purchased_on)
                    },
                }
            }
            Event::CustodyTransferred(e) => just(e.transferred_on, e.quantity),
            Event::DeliveryReturned(e) => just(e.returned_on, e.quantity),
            Event::RefundPaid(e) => just(e.paid_on, e.quantity),
            Event::StockWrittenOff(e) => just(e.written_off_on, e.quantity),
            Event::ExpensePaid(e) => just(e.paid_on, e.quantity),
            Event::NeedAssessed(e) => Said {
                item: Some(e.item.to_string()),
                place: Some(e.place.as_str()),
                category: Some(e.category.as_str()),
                ..on(e.assessed_on)
            },
            Event::SponsorshipStarted(e) => Said {
                item: Some(e.item.to_string()),
                place: Some(e.place.as_str()),
                category: Some(e.category.as_str()),
                ..just(e.starts, e.quantity)
            },
            Event::RecognitionAwarded(e) => on(e.awarded_on),
            _ => on(entry.at.vietnam_date()),
        }
    }
}
