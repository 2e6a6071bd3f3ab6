//! Who may propose what: roles, the duty each event type belongs to, and on whose authority a caller speaks.
//!
//! Whoever holds the data folder may write anything into it: to deny the owner of the disk would be a pretence. Who
//! comes from outside, with a token, is one actor of fixed roles, and speaks for nobody else.

use minhbach_events::{Actor, Event, Proposal, Slug};

use crate::Books;
use crate::codes::Record;
use crate::rejection::{Reason, Rejection};

/// A duty that an actor is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Records what came in and what papers say: pledges, receipts, needs, evidence.
    Recorder,
    /// Decides: where goods and money go, and what undoes an entry.
    Approver,
    /// Hands over, and takes back.
    Deliverer,
    /// Says, for one organisation, what arrived there.
    Receiver,
    /// Looks for what is wrong, and says when it no longer is.
    Inspector,
    /// Reads.
    Auditor,
    /// Keeps what everything else refers to: programmes, places, items, parties, campaigns, pools.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: &'static [Role] = &[
        Role::Recorder,
        Role::Approver,
        Role::Deliverer,
        Role::Receiver,
        Role::Inspector,
        Role::Auditor,
        Role::Admin,
    ];

    /// Its word, in files and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Role::Recorder => "recorder",
            Role::Approver => "approver",
            Role::Deliverer => "deliverer",
            Role::Receiver => "receiver",
            Role::Inspector => "inspector",
            Role::Auditor => "auditor",
            Role::Admin => "admin",
        }
    }

    /// The role of a word.
    pub fn from_word(word: &str) -> Option<Role> {
        Role::ALL.iter().copied().find(|role| role.word() == word)
    }
}

/// The roles that may propose an event type: [`DUTIES`], asked by name. None for a type that is not in it.
pub fn roles_for(type_name: &str) -> &'static [Role] {
    DUTIES
        .iter()
        .find(|(name, _)| *name == type_name)
        .map_or(&[], |(_, roles)| roles)
}

/// Each event type and the roles that may propose it, in the order of the types. `docs/actors.md` gives the reasons.
///
/// What is in no row nobody may propose who comes with a token.
pub const DUTIES: &[(&str, &[Role])] = {
    use Role::{Admin, Approver, Deliverer, Inspector, Receiver, Recorder};
    &[
        ("ledger.opened", &[Admin]),
        ("programme.published", &[Admin]),
        ("programme.revised", &[Admin]),
        ("programme.closed", &[Admin]),
        ("place.registered", &[Admin]),
        ("place.revised", &[Admin]),
        ("place.succeeded", &[Admin]),
        ("item.registered", &[Admin]),
        ("item.revised", &[Admin]),
        ("party.registered", &[Admin]),
        ("party.revised", &[Admin]),
        ("role.assigned", &[Admin]),
        ("role.ended", &[Admin]),
        ("campaign.opened", &[Admin]),
        ("campaign.closed", &[Admin]),
        ("pool.opened", &[Admin]),
        ("need.assessed", &[Recorder]),
        ("need.revised", &[Recorder]),
        ("need.closed", &[Recorder]),
        ("donation.pledged", &[Recorder]),
        ("donation.cancelled", &[Recorder]),
        ("receipt.issued", &[Recorder]),
        ("goods.inspected", &[Recorder]),
        ("purpose.changed", &[Approver]),
        ("purchase.made", &[Approver]),
        ("custody.transferred", &[Approver, Deliverer]),
        ("allocation.made", &[Approver]),
        ("allocation.released", &[Approver]),
        ("delivery.made", &[Deliverer]),
        ("delivery.confirmed", &[Receiver]),
        ("delivery.disputed", &[Receiver]),
        ("delivery.resolved", &[Approver]),
        ("delivery.returned", &[Deliverer]),
        ("refund.paid", &[Approver]),
        ("stock.written_off", &[Approver]),
        ("expense.paid", &[Approver]),
        ("sponsorship.started", &[Recorder]),
        ("sponsorship.ended", &[Recorder]),
        ("evidence.attached", &[Recorder, Deliverer, Inspector]),
        ("entry.reversed", &[Approver]),
        ("indicator.reported", &[Recorder]),
        ("report.filed", &[Approver]),
        ("recognition.awarded", &[Approver]),
        ("inspection.opened", &[Inspector]),
        ("finding.raised", &[Inspector]),
        ("finding.answered", &[Recorder, Approver, Deliverer, Admin]),
        ("finding.closed", &[Inspector]),
    ]
};

/// What an actor with a token may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Powers {
    roles: u8,
    party: Option<Slug>,
}

impl Powers {
    /// The powers of some roles; `party` is the organisation a receiver speaks for.
    pub fn new(roles: impl IntoIterator<Item = Role>, party: Option<Slug>) -> Powers {
        let roles = roles.into_iter().fold(0, |bits, role| bits | bit(role));
        Powers { roles, party }
    }

    /// Whether it has a role.
    pub fn has(&self, role: Role) -> bool {
        self.roles & bit(role) != 0
    }

    /// Its roles, in the order of [`Role::ALL`].
    pub fn roles(&self) -> impl Iterator<Item = Role> + '_ {
        Role::ALL.iter().copied().filter(|role| self.has(*role))
    }

    /// The organisation it speaks for.
    pub fn party(&self) -> Option<&Slug> {
        self.party.as_ref()
    }
}

fn bit(role: Role) -> u8 {
    1 << role as u8
}

/// On what authority a caller proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authority {
    /// It holds the folder: everything, and in any post's name.
    Whole,
    /// It came with a token: what its roles may do, in its own name.
    Of(Powers),
}

/// Who hands proposals in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The post that proposes.
    pub by: Actor,
    /// What it may propose.
    pub authority: Authority,
}

impl Caller {
    /// Whoever holds the folder; `by` is the post of proposals that name none.
    pub fn whole(by: Actor) -> Caller {
        Caller {
            by,
            authority: Authority::Whole,
        }
    }

    /// An actor who came with a token.
    pub fn with(by: Actor, powers: Powers) -> Caller {
        Caller {
            by,
            authority: Authority::Of(powers),
        }
    }

    /// In whose name a proposal of this caller is recorded.
    pub fn post<'a>(&'a self, proposal: &'a Proposal) -> &'a Actor {
        match (&self.authority, &proposal.by) {
            (Authority::Whole, Some(named)) => named,
            _ => &self.by,
        }
    }
}

impl From<&Actor> for Caller {
    /// [`Caller::whole`].
    fn from(by: &Actor) -> Caller {
        Caller::whole(by.clone())
    }
}

/// Whether an authority covers a proposal of the post `by`.
///
/// # Errors
///
/// `not_authorised`: another post's name, a type that none of the roles may propose, or an answer to a delivery that
/// was made to somebody else.
pub(crate) fn check(
    books: &Books,
    proposal: &Proposal,
    by: &Actor,
    authority: &Authority,
) -> Result<(), Rejection> {
    let Authority::Of(powers) = authority else {
        return Ok(());
    };
    if let Some(named) = proposal.by.as_ref().filter(|named| *named != by) {
        return Err(Rejection::new(Reason::OtherPost)
            .with("by", named)
            .with("actor", by));
    }
    let type_name = proposal.event.type_name();
    let roles = roles_for(type_name);
    if !roles.iter().any(|role| powers.has(*role)) {
        return Err(Rejection::new(Reason::NoDuty)
            .with("actor", by)
            .with("type", type_name)
            .words("roles", roles.iter().map(|role| role.word())));
    }
    let (delivery, field, named) = match &proposal.event {
        Event::DeliveryConfirmed(e) => (&e.delivery, "confirmed_by", &e.confirmed_by),
        Event::DeliveryDisputed(e) => (&e.delivery, "disputed_by", &e.disputed_by),
        _ => return Ok(()),
    };
    let Some(party) = powers.party() else {
        return Err(Rejection::new(Reason::NoParty).with("actor", by));
    };
    // A delivery that is not there is said to be unknown, in the turn of that rule.
    if let Some(Record::Delivery(place)) = books.record_of_code(delivery)
        && let receiver = &*books.deliveries[place as usize].receiver
        && receiver != party
    {
        return Err(Rejection::new(Reason::OtherReceiver)
            .with("actor", by)
            .with("delivery", delivery)
            .with("receiver", receiver)
            .with("party", party));
    }
    if named != party {
        return Err(Rejection::new(Reason::OtherParty)
            .with("actor", by)
            .with("field", field)
            .with("named", named)
            .with("party", party));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use minhbach_events::event::EVENT_TYPES;

    use super::*;

    #[test]
    fn every_event_type_is_in_the_table_and_somebody_may_propose_it() {
        let listed: Vec<&str> = DUTIES.iter().map(|(name, _)| *name).collect();
        assert_eq!(listed, EVENT_TYPES);
        for (name, roles) in DUTIES {
            assert!(!roles.is_empty(), "nobody may propose {name}");
            assert!(roles.is_sorted(), "{name}");
        }
    }

    #[test]
    fn words_lead_back_to_their_roles() {
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.word()), Some(*role));
            assert!(Powers::new([*role], None).roles().eq([*role]));
        }
        assert_eq!(Role::from_word("Recorder"), None);
        assert_eq!(Role::ALL.len(), Role::Admin as usize + 1);
    }

    /// The table of `docs/actors.md`: a row names types and roles between backticks.
    #[test]
    fn the_page_says_what_the_table_says() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/actors.md");
        let page = std::fs::read_to_string(path).expect("a page");
        let (_, table) = page.split_once("\n| Loại · Types |").expect("the table");
        let words =
            |cell: &str| -> Vec<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
        let mut said = Vec::new();
        for row in table.lines().skip(2).take_while(|line| line.starts_with('|')) {
            let cells: Vec<&str> = row.split('|').collect();
            let [_, types, roles, why, _] = cells[..] else {
                panic!("a row of three cells: {row}");
            };
            assert!(why.contains(" · *"), "the reason in both languages: {row}");
            said.extend(words(types).into_iter().map(|name| (name, words(roles))));
        }
        let expected = DUTIES.iter().map(|(name, roles)| {
            let roles = roles.iter().map(|role| role.word().to_owned());
            ((*name).to_owned(), roles.collect::<Vec<_>>())
        });
        assert_eq!(said, expected.collect::<Vec<_>>());
        for role in Role::ALL {
            assert!(
                page.contains(&format!("\n| `{}` |", role.word())),
                "{}",
                role.word()
            );
        }
    }

    /// The duties that the glossary keeps apart: what one hand does, no other hand of the same role undoes or answers.
    #[test]
    fn duties_are_kept_apart() {
        let may = |role: Role| DUTIES.iter().filter(move |(_, roles)| roles.contains(&role));
        let apart = [
            ("receipt.issued", "allocation.made"),
            ("receipt.issued", "purchase.made"),
            ("receipt.issued", "entry.reversed"),
            ("goods.inspected", "stock.written_off"),
            ("allocation.made", "delivery.made"),
            ("delivery.made", "delivery.confirmed"),
            ("delivery.disputed", "delivery.resolved"),
            ("finding.raised", "finding.answered"),
            ("finding.closed", "finding.answered"),
            ("party.registered", "receipt.issued"),
            ("party.registered", "allocation.made"),
        ];
        for role in Role::ALL {
            for (one, other) in apart {
                let both = may(*role).filter(|(name, _)| [one, other].contains(name));
                assert!(both.count() < 2, "{} does both {one} and {other}", role.word());
            }
        }
        assert_eq!(may(Role::Auditor).count(), 0);
        let answers: Vec<&str> = may(Role::Receiver).map(|(name, _)| *name).collect();
        assert_eq!(answers, ["delivery.confirmed", "delivery.disputed"]);
    }
}
