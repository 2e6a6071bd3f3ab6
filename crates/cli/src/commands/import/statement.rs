//! `import statement`: a receipt in the pool for each credit of a bank statement.

use std::collections::VecDeque;
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use minhbach_events::event::ReceiptIssued;
use minhbach_events::malformed::Form;
use minhbach_events::words::{Channel, Display, Source};
use minhbach_events::{Date, Entry, Item, Key, NewCode, Proposal, Quantity, Serial, Slug};
use minhbach_exchange::{Bank, Import, ImportError, ImportKey, NewReceipt, Outcome, Overlap, Prepared};
use minhbach_ledger::{Books, REQUEST_PROPOSALS_MAX};

use super::door::{Answers, Door, Given};
use super::earlier;
use super::listing::{Listing, REFUSED_MAX, RefusedLine};
use crate::ending::Ending;
use crate::failure;
use crate::interface::{choice, flag, switch};
use crate::names::{Known, Names};
use crate::progress::Bar;
use crate::session::{Session, text};

/// Receipts in one request.
const REQUEST_RECEIPTS: usize = 1_000;
/// Requests that are on their way at once.
const IN_FLIGHT: usize = 8;

const _: () = assert!(REQUEST_RECEIPTS <= REQUEST_PROPOSALS_MAX);

pub fn arguments(command: Command) -> Command {
    let banks: Vec<&'static str> = Bank::ALL.iter().map(|bank| bank.name()).collect();
    let sources: Vec<&'static str> = Source::ALL.iter().map(|source| source.word()).collect();
    command
        .arg(
            Arg::new("file")
                .required(true)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(choice("bank", &banks).required(true))
        .arg(flag("fund").required(true))
        .arg(flag("pool").required(true))
        .arg(choice("source", &sources).required(true))
        .arg(flag("account"))
        .arg(switch("continues").conflicts_with("whole-days"))
        .arg(switch("whole-days"))
}

/// Where the gifts go.
struct Target {
    fund: Slug,
    pool: Slug,
    source: Source,
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let missing = || {
        session.told(
            "usage-missing-argument",
            &[("argument", &"--fund, --pool, --source, --bank")],
        )
    };
    let target = Target {
        fund: session
            .formed(matches, "fund", Slug::new, Form::Slug)?
            .ok_or_else(missing)?,
        pool: session
            .formed(matches, "pool", Slug::new, Form::Slug)?
            .ok_or_else(missing)?,
        source: session
            .word(matches, "source", Source::from_word)
            .ok_or_else(missing)?,
    };
    let bank =
        text(matches, "bank").and_then(|name| Bank::ALL.iter().find(|bank| bank.name() == name).copied());
    let account =
        text(matches, "account").map_or_else(|| format!("{}/{}", target.fund, target.pool), str::to_owned);
    let overlap = match (matches.get_flag("continues"), matches.get_flag("whole-days")) {
        (true, _) => Overlap::Continues,
        (_, true) => Overlap::WholeDays,
        _ => Overlap::Judge,
    };
    let file: &PathBuf = matches.get_one("file").ok_or_else(missing)?;
    let door = Door::open(session)?;
    let import = Import {
        file,
        bank: bank.ok_or_else(missing)?,
        account: &account,
        private: door.private(),
        overlap,
    };
    // The books are let go of before anything is recorded.
    let fitting = fits(session, &door.books(), &target);
    let known = fitting.and_then(|()| earlier::is_all_known(session, &door.books(), import.private));
    let imported = known.and_then(|()| import_into(session, &door, &import, &target));
    door.close();
    imported
}

/// Whether the pool is there and takes these gifts; asked before anything is written.
fn fits(session: &Session, books: &Books, target: &Target) -> anyhow::Result<()> {
    let Target { fund, pool, source } = target;
    if books.party_name(fund).is_none() {
        return Err(session.told("import-no-fund", &[("fund", fund)]));
    }
    let Some(terms) = books.pool(pool) else {
        return Err(session.told("import-no-pool", &[("pool", pool)]));
    };
    if terms.fund != fund {
        return Err(session.told(
            "import-other-fund",
            &[("pool", pool), ("own", terms.fund), ("fund", fund)],
        ));
    }
    if terms.source != *source {
        return Err(session.told(
            "import-other-source",
            &[("pool", pool), ("own", &terms.source), ("source", source)],
        ));
    }
    if !terms.item.is_vnd() {
        let names = Names {
            known: Known::Books(books),
            texts: session.texts,
        };
        return Err(session.told(
            "import-other-item",
            &[("pool", pool), ("item", &names.item(terms.item))],
        ));
    }
    Ok(())
}

fn import_into(
    session: &Session,
    door: &Door<'_>,
    import: &Import<'_>,
    target: &Target,
) -> anyhow::Result<Ending> {
    let mut journal_failed = None;
    let prepared = import.prepare(&mut |key| match is_recorded(door, key) {
        Ok(recorded) => recorded,
        Err(error) => {
            journal_failed.get_or_insert(error);
            false
        }
    });
    if let Some(error) = journal_failed {
        return Err(error);
    }
    let prepared = match prepared {
        Err(ImportError::Ambiguous(ambiguity)) => {
            Listing::doubtful(session, &ambiguity)?;
            return Err(ImportError::Ambiguous(ambiguity).into());
        }
        prepared => prepared?,
    };
    let mut listing = Listing {
        repeated: prepared.is_repeated(),
        ..Listing::default()
    };
    let outcome = record(session, door, &prepared, target, &mut listing).map_err(|error| {
        let why = failure::sentence(&error, session.texts);
        session.told("import-stopped", &[("why", &why)])
    })?;
    for aside in prepared.set_aside()? {
        listing.set_aside(aside?);
    }
    let reconciliation = prepared.finish(outcome)?;
    listing.show(session, &reconciliation)?;
    let all_in = reconciliation.refused.count == 0 && reconciliation.not_understood == 0;
    Ok(if all_in { Ending::Yes } else { Ending::No })
}

/// Whether the journal has an entry of that key. The books only know candidates; the entry has the last word.
fn is_recorded(door: &Door<'_>, key: &ImportKey) -> anyhow::Result<bool> {
    let key = key.to_string();
    let Some(key) = Key::new(&key) else {
        return Ok(false);
    };
    let candidates: Vec<u64> = door.books().key_candidates(&key).collect();
    for seq in candidates {
        if let Some(raw) = door.journal().entry(seq)?
            && Entry::read(&raw.bytes)?.key.as_ref() == Some(&key)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What is with the writer.
struct HandedIn {
    receipts: Vec<NewReceipt>,
    answers: Answers,
}

fn record(
    session: &Session,
    door: &Door<'_>,
    prepared: &Prepared,
    target: &Target,
    listing: &mut Listing,
) -> anyhow::Result<Outcome> {
    let bar = Bar::new(session);
    let of = prepared.receipts_len();
    let mut outcome = Outcome::default();
    let mut in_flight: VecDeque<HandedIn> = VecDeque::new();
    let mut receipts = prepared.receipts()?.peekable();
    let mut done = 0;
    while receipts.peek().is_some() || !in_flight.is_empty() {
        if receipts.peek().is_some() && in_flight.len() < IN_FLIGHT {
            let receipts: Vec<NewReceipt> = receipts
                .by_ref()
                .take(REQUEST_RECEIPTS)
                .collect::<Result<_, _>>()?;
            let proposals = receipts
                .iter()
                .map(|receipt| proposal(target, receipt))
                .collect::<anyhow::Result<_>>()?;
            let answers = door.submit(proposals)?;
            in_flight.push_back(HandedIn { receipts, answers });
            continue;
        }
        if let Some(HandedIn { receipts, answers }) = in_flight.pop_front() {
            for (receipt, answer) in receipts.iter().zip(answers.wait()?) {
                count(session, &mut outcome, listing, receipt, &answer)?;
            }
            done += receipts.len() as u64;
            bar.at("progress-import", done, of);
        }
    }
    Ok(outcome)
}

fn count(
    session: &Session,
    outcome: &mut Outcome,
    listing: &mut Listing,
    receipt: &NewReceipt,
    answer: &Given,
) -> anyhow::Result<()> {
    let tally = match answer {
        Ok(taken) if taken.repeated => &mut outcome.already_there,
        Ok(_) => &mut outcome.imported,
        Err(refused) => {
            if listing.refused.len() < REFUSED_MAX {
                let why = refused.message(session.texts.language);
                listing.refused.push(RefusedLine {
                    line: receipt.line,
                    code: refused.code().to_owned(),
                    why: why.to_owned(),
                });
            }
            listing.refused_count += 1;
            &mut outcome.refused
        }
    };
    Ok(tally.add(receipt.amount_vnd)?)
}

fn proposal(target: &Target, receipt: &NewReceipt) -> anyhow::Result<Proposal> {
    let unfit = || {
        anyhow::anyhow!(
            "line {}: a date or an amount that no entry can hold",
            receipt.line
        )
    };
    let event = ReceiptIssued {
        receipt: NewCode::default(),
        serial: Serial::default(),
        donation: None,
        donor: None,
        fund: target.fund.clone(),
        pool: Some(target.pool.clone()),
        source: target.source,
        item: Item::new("VND").ok_or_else(unfit)?,
        quantity: Quantity::from_whole(receipt.amount_vnd).ok_or_else(unfit)?,
        received_on: Date::parse(&receipt.received_on.to_string()).ok_or_else(unfit)?,
        campaign: None,
        restriction: None,
        display: Display::Anonymous,
        channel: Channel::Bank,
        value_vnd: None,
        value_basis: None,
        expires_on: None,
        commitment: receipt.commitment,
        despite: None,
        reason: None,
    };
    Ok(Proposal {
        key: Key::new(&receipt.key.to_string()),
        ..Proposal::of(event)
    })
}
