//! One row of the table, and how it is checked.

use minhbach_events::{Actor, Entry, Event, Hash, Proposal, Timestamp};
use minhbach_ledger::{Authority, Books, Caller, Language, Moment, Reason, Rejection, apply, decide};
use serde_json::Value;

use crate::world;

/// What happened before, what is proposed, and what the rules say to it.
pub struct Row {
    pub what: &'static str,
    pub given: Vec<Value>,
    pub proposal: Value,
    /// On whose authority it is proposed; what was given comes from whoever holds the folder.
    pub authority: Authority,
    pub expected: Expected,
}

#[derive(Clone, Debug)]
pub enum Expected {
    Accepted,
    /// Both sentences name every fact; a fact that begins with `en:` only the English one.
    Refused {
        reason: Reason,
        facts: Vec<String>,
    },
}

impl Row {
    pub fn type_name(&self) -> &str {
        self.proposal["type"].as_str().expect("a row proposes a type")
    }
}

/// The rows of one file.
#[derive(Default)]
pub struct Table(pub Vec<Row>);

/// Entries before the one proposed: each a type and what differs from the world's proposal of that type.
pub type Given<'a> = &'a [(&'a str, Value)];

impl Table {
    fn row(
        &mut self,
        what: &'static str,
        given: Given<'_>,
        type_name: &str,
        change: Value,
        expected: Expected,
    ) {
        self.0.push(Row {
            what,
            given: given
                .iter()
                .map(|(type_name, change)| world::propose(type_name, change.clone()))
                .collect(),
            proposal: world::propose(type_name, change),
            authority: Authority::Whole,
            expected,
        });
    }

    /// A proposal that is accepted.
    pub fn ok(&mut self, what: &'static str, given: Given<'_>, type_name: &str, change: Value) {
        self.row(what, given, type_name, change, Expected::Accepted);
    }

    /// A proposal that is refused.
    pub fn no(
        &mut self,
        what: &'static str,
        given: Given<'_>,
        type_name: &str,
        change: Value,
        reason: Reason,
        facts: &[&str],
    ) {
        let facts = facts.iter().map(|fact| (*fact).to_owned()).collect();
        self.row(
            what,
            given,
            type_name,
            change,
            Expected::Refused { reason, facts },
        );
    }
}

/// 15 June 2026, nine in the morning in Vietnam.
pub fn moment() -> Moment {
    Moment {
        at: Timestamp::parse("2026-06-15T02:00:00.000Z").expect("an instant"),
        by: Actor::new("clerk-02").expect("an actor"),
        authority: Authority::Whole,
        entropy: [7; 32],
    }
}

/// Decides a line of whoever holds the folder.
pub fn decide_line(books: &Books, line: &Value) -> Result<(Event, Moment), Rejection> {
    decide_line_of(books, line, &Authority::Whole)
}

/// Decides a line. Its `at` is the moment's, and its `by`, unless the sender speaks for itself only.
pub fn decide_line_of(
    books: &Books,
    line: &Value,
    authority: &Authority,
) -> Result<(Event, Moment), Rejection> {
    let proposal = Proposal::from_line(line.to_string().as_bytes()).map_err(Rejection::from)?;
    let mut moment = moment();
    let sender = Caller {
        by: moment.by,
        authority: authority.clone(),
    };
    moment.by = sender.post(&proposal).clone();
    moment.authority = sender.authority;
    moment.at = proposal.at.unwrap_or(moment.at);
    decide(books, &proposal, &moment).map(|event| (event, moment))
}

/// Decides and applies a line of whoever holds the folder.
pub fn record(books: &mut Books, line: &Value) -> Result<(), Rejection> {
    record_of(books, line, &Authority::Whole)
}

/// Decides and applies a line.
pub fn record_of(books: &mut Books, line: &Value, authority: &Authority) -> Result<(), Rejection> {
    let (event, moment) = decide_line_of(books, line, authority)?;
    let entry = Entry {
        seq: books.size(),
        prev: books.head(),
        at: moment.at,
        by: moment.by.clone(),
        key: None,
        event,
    };
    let bytes = entry.to_bytes();
    assert_eq!(
        Entry::from_bytes(&bytes).as_ref(),
        Ok(&entry),
        "what is decided is a canonical entry"
    );
    let audited = decide(books, &Proposal::of(entry.event.clone()), &moment);
    assert_eq!(
        audited.as_ref(),
        Ok(&entry.event),
        "what is decided is decided again"
    );
    apply(books, &entry, Hash::of(&bytes)).expect("what is decided can be applied");
    Ok(())
}

pub fn check(row: &Row) {
    let first = matches!(
        row.expected,
        Expected::Refused {
            reason: Reason::NotOpened,
            ..
        }
    );
    let mut books = if first || row.what.contains("before the opening") {
        Books::default()
    } else {
        world::books()
    };
    for line in &row.given {
        if let Err(rejection) = record(&mut books, line) {
            panic!("{}: given {line}\n{rejection}", row.what);
        }
    }
    let answer = record_of(&mut books, &row.proposal, &row.authority);
    let at = format!("{}: {}", row.what, row.proposal);
    match (&row.expected, answer) {
        (Expected::Accepted, Ok(())) => {}
        (Expected::Accepted, Err(rejection)) => panic!("{at}\nrefused: {rejection}"),
        (Expected::Refused { reason, .. }, Ok(())) => panic!("{at}\naccepted, should be {reason:?}"),
        (Expected::Refused { reason, facts }, Err(rejection)) => {
            assert_eq!(rejection.reason(), *reason, "{at}\n{rejection}");
            check_answer(&rejection, facts, &at);
        }
    }
}

/// A fact as Vietnamese and as English write it: 2026-03-31 is 31/03/2026, 1234.5 is 1.234,5 and 1,234.5.
fn written(fact: &str) -> (String, String) {
    if let [year, month, day] = fact.split('-').collect::<Vec<_>>()[..]
        && year.len() == 4
        && fact.bytes().all(|b| b.is_ascii_digit() || b == b'-')
    {
        return (format!("{day}/{month}/{year}"), fact.to_owned());
    }
    let (whole, decimals) = fact.split_once('.').unwrap_or((fact, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    // Longer than a quantity: a seq, which is never grouped.
    if fact.is_empty()
        || 15 < whole.len()
        || !digits(whole)
        || !digits(decimals)
        || (whole.len() < 4 && decimals.is_empty())
    {
        return (fact.to_owned(), fact.to_owned());
    }
    let mut groups: Vec<&str> = whole
        .as_bytes()
        .rchunks(3)
        .map(|g| std::str::from_utf8(g).unwrap())
        .collect();
    groups.reverse();
    let join = |group: &str, point: &str| {
        let tail = if decimals.is_empty() {
            String::new()
        } else {
            format!("{point}{decimals}")
        };
        format!("{}{tail}", groups.join(group))
    };
    (join(".", ","), join(",", "."))
}

fn check_answer(rejection: &Rejection, facts: &[String], at: &str) {
    let vi = rejection.message(Language::Vietnamese);
    let en = rejection.message(Language::English);
    assert_ne!(vi, en, "{at}");
    check_sentence(&vi, at);
    check_sentence(&en, at);
    for fact in facts {
        match fact.strip_prefix("en:") {
            Some(fact) => assert!(en.contains(fact), "{at}\n{en}\ndoes not name {fact}"),
            None => {
                // Days and quantities are written as each language writes them.
                let (in_vi, in_en) = written(fact);
                assert!(vi.contains(&in_vi), "{at}\n{vi}\ndoes not name {in_vi}");
                assert!(en.contains(&in_en), "{at}\n{en}\ndoes not name {in_en}");
            }
        }
    }
    let json = serde_json::to_value(rejection).expect("a rejection is JSON");
    assert_eq!(json["code"], rejection.code().word(), "{at}");
    assert_eq!(json["message"]["vi"], Value::from(vi), "{at}");
    assert_eq!(json["message"]["en"], Value::from(en), "{at}");
    assert_eq!(json["detail"]["reason"], rejection.reason().id(), "{at}");
}

/// A sentence is whole: it ends, and no name of a fact is left in it.
pub fn check_sentence(sentence: &str, at: &str) {
    assert!(sentence.ends_with('.'), "{at}\n{sentence}");
    for left in ["{", "Unknown localization", "word-", "problem-", "form-"] {
        let braces = left == "{" && sentence.contains("{ }");
        assert!(braces || !sentence.contains(left), "{at}\n{sentence}");
    }
}
