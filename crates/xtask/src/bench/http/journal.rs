//! A large ledger in which every code leads somewhere: gifts in a pool, purchases out of it, goods passed on, deliveries.

use std::collections::VecDeque;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context as _, Result};
use minhbach_events::{Code, Prefix, Proposal};
use minhbach_ledger::Ledger;

use crate::engine::{caller, holder, record};
use crate::measure::BATCH;

/// Entries that belong together: the gifts, what is bought and given, and the coats on their way.
const GROUP: usize = 20;
/// Gifts of money in a group.
const GIFTS: usize = 13;
/// How many of them its purchase spends.
const SPENT: usize = 10;
/// Requests in flight.
const IN_FLIGHT: usize = 4;
const DAY: &str = r#""2024-09-09""#;

/// What a public reader asks for: one of many things of a kind.
pub struct Names {
    /// Every code, with gifts in the pool the most frequent, as in the journal.
    pub codes: Vec<String>,
    /// Codes of lots.
    pub lots: Vec<String>,
    /// How many entries there are.
    pub entries: u64,
}

/// The fund, its pool, and a plan that has one kind of coat.
const GROUNDWORK: [&str; 7] = [
    r#"{"type":"ledger.opened","ledger":"bench","origin":"bench.example/ledger","format":1,"kind":"live"}"#,
    r#"{"type":"party.registered","party":"quy-588","kind":"fund","name":"Quỹ minh hoạ"}"#,
    r#"{"type":"pool.opened","pool":"cuu-tro","fund":"quy-588","item":"VND","source":"social_domestic"}"#,
    r#"{"type":"place.registered","place":"tinh","kind":"province","name":"Tỉnh","valid_from":"2000-01-01"}"#,
    r#"{"type":"programme.published","programme":"ke-hoach","title":{"vi":"Kế hoạch"},"documents":[],"period":{"from":"2019-01-01","to":"2030-12-31"},"places":["tinh"],"groups":[],"categories":[{"category":"CLO-WRM","title":{"vi":"Áo ấm"},"beneficiary":"child","forms":["goods"]}],"targets":[],"duties":[],"reports":[],"min_group":5}"#,
    r#"{"type":"item.registered","item":"ao-am","title":{"vi":"Áo ấm"},"form":"goods","unit":"H87","categories":["CLO-WRM"]}"#,
    r#"{"type":"party.registered","party":"truong","kind":"facility","name":"Trường minh hoạ"}"#,
];

/// What a client proposes over HTTP; `NUMBER` stands for what makes the key its own.
pub const RECEIPT: &str = concat!(
    r#"{"type":"receipt.issued","fund":"quy-588","pool":"cuu-tro","source":"social_domestic","item":"VND","#,
    r#""quantity":"50000","received_on":"2024-09-09","display":"anonymous","channel":"bank","#,
    r#""commitment":"5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02","key":"stmt-NUMBER"}"#
);

/// A ledger with nothing but what [`RECEIPT`] names.
///
/// # Errors
///
/// The system refuses.
pub fn small(folder: &Path) -> Result<()> {
    let ledger = Ledger::create(folder, &holder(), minhbach_ledger::system_clock())?;
    record(&ledger, &GROUNDWORK)?;
    Ok(ledger.close()?)
}

/// A ledger of about so many entries, caught up and closed, and the names in it.
///
/// # Errors
///
/// The system refuses.
pub fn large(folder: &Path, entries: usize) -> Result<Names> {
    let ledger = begin(folder)?;
    let mut names = Names {
        codes: Vec::new(),
        lots: Vec::new(),
        entries: 0,
    };
    grow(&ledger, 0..groups(entries), |name, lot| {
        if lot {
            names.lots.push(name.clone());
        }
        names.codes.push(name);
    })?;
    names.entries = ledger.as_of().size;
    ledger.close()?;
    Ok(names)
}

/// A ledger with what the groups name, to be grown.
///
/// # Errors
///
/// The system refuses.
pub fn begin(folder: &Path) -> Result<Ledger> {
    let ledger = Ledger::create(folder, &holder(), minhbach_ledger::system_clock())?;
    record(&ledger, &GROUNDWORK)?;
    Ok(ledger)
}

/// How many groups make a ledger of about so many entries.
pub fn groups(entries: usize) -> usize {
    entries.saturating_sub(GROUNDWORK.len()).div_ceil(GROUP)
}

/// Adds groups, with several requests in flight, until all are acknowledged. `named` is told each code, and whether it is a
/// lot's.
///
/// # Errors
///
/// The system refuses.
pub fn grow(ledger: &Ledger, groups: Range<usize>, named: impl FnMut(String, bool)) -> Result<()> {
    let mut requests = requests(groups, named);
    let caller = caller()?;
    let mut pending = VecDeque::new();
    loop {
        let request = requests.next().transpose()?;
        let last = request.is_none();
        if let Some(request) = request {
            pending.push_back(ledger.submit(request, &caller, false)?);
        }
        while IN_FLIGHT < pending.len() || last && !pending.is_empty() {
            let oldest = pending.pop_front().context("a request is pending")?;
            for answer in oldest.wait()? {
                answer?;
            }
        }
        if last {
            return Ok(());
        }
    }
}

/// The groups as requests of about [`BATCH`] proposals.
pub fn requests(
    groups: Range<usize>,
    mut named: impl FnMut(String, bool),
) -> impl Iterator<Item = Result<Vec<Proposal>>> {
    let mut groups = groups.peekable();
    std::iter::from_fn(move || {
        groups.peek()?;
        let mut proposals = Vec::with_capacity(BATCH);
        while proposals.len() + GROUP <= BATCH
            && let Some(nth) = groups.next()
        {
            let lines = match group(nth, &mut named) {
                Ok(lines) => lines,
                Err(error) => return Some(Err(error)),
            };
            for line in lines {
                match Proposal::from_line(line.as_bytes()) {
                    Ok(proposal) => proposals.push(proposal),
                    Err(error) => return Some(Err(error.into())),
                }
            }
        }
        Some(Ok(proposals))
    })
}

/// The code of the gift of money that a purchase after so many groups spends first: each group buys for ten gifts' worth, and
/// the oldest is spent first.
///
/// # Errors
///
/// No draw makes a code.
pub fn first_unspent(groups: usize) -> Result<String> {
    let gift = groups * SPENT;
    made(Prefix::Receipt, (gift / GIFTS * GROUP + gift % GIFTS + 1) as u64)
}

/// The entries of the `nth` group; their names are added.
fn group(nth: usize, named: &mut impl FnMut(String, bool)) -> Result<Vec<String>> {
    let mut used = 0;
    let mut code = |prefix| -> Result<String> {
        used += 1;
        made(prefix, (nth * GROUP + used) as u64)
    };
    let mut lines = Vec::with_capacity(GROUP);
    for _ in 0..GIFTS {
        let receipt = code(Prefix::Receipt)?;
        lines.push(format!(
            r#"{{"type":"receipt.issued","receipt":"{receipt}","fund":"quy-588","pool":"cuu-tro","source":"social_domestic","item":"VND","quantity":"100000","received_on":{DAY},"display":"anonymous","channel":"bank","key":"stmt-{receipt}"}}"#
        ));
        named(receipt, false);
    }
    let [given, bought, moved] = [code(Prefix::Receipt)?, code(Prefix::Lot)?, code(Prefix::Lot)?];
    let [purchase, transfer] = [code(Prefix::Purchase)?, code(Prefix::Transfer)?];
    lines.push(format!(
        r#"{{"type":"receipt.issued","receipt":"{given}","fund":"quy-588","source":"social_domestic","item":"ao-am","quantity":"50","received_on":{DAY},"display":"anonymous","channel":"goods"}}"#
    ));
    lines.push(format!(
        r#"{{"type":"purchase.made","purchase":"{purchase}","spends":[{{"lot":"cuu-tro","quantity":"1000000"}}],"obtains":[{{"lot":"{bought}","item":"ao-am","quantity":"50","value_vnd":"1000000"}}],"supplier":"truong","purchased_on":{DAY}}}"#
    ));
    lines.push(format!(
        r#"{{"type":"custody.transferred","transfer":"{transfer}","lot":"{bought}","quantity":"40","to":"truong","new_lot":"{moved}","transferred_on":{DAY}}}"#
    ));
    named(purchase, false);
    named(transfer, false);
    for lot in [&moved, &given] {
        let [allocation, delivery] = [code(Prefix::Allocation)?, code(Prefix::Delivery)?];
        lines.push(format!(
            r#"{{"type":"allocation.made","allocation":"{allocation}","programme":"ke-hoach","category":"CLO-WRM","place":"tinh","item":"ao-am","draws":[{{"lot":"{lot}","quantity":"30"}}],"decided_on":{DAY}}}"#
        ));
        lines.push(format!(
            r#"{{"type":"delivery.made","delivery":"{delivery}","allocation":"{allocation}","quantity":"30","place":"tinh","receiver":"truong","children":30,"delivered_on":{DAY}}}"#
        ));
        named(allocation, false);
        named(delivery, false);
    }
    for lot in [given, bought, moved] {
        named(lot, true);
    }
    Ok(lines)
}

/// A code as the ledger makes them; another number, another code.
fn made(prefix: Prefix, number: u64) -> Result<String> {
    const ODD: u64 = 0x9e_3779_b97f;
    const TRIES: u64 = 64;
    let mut draws = (0..TRIES).map(|again| (number * TRIES + again).wrapping_mul(ODD) & ((1 << 40) - 1));
    let code = draws.find_map(|random| Code::made(prefix, random));
    Ok(code.context("no draw makes a code")?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_accepted_and_every_name_leads_somewhere() {
        let folder = tempfile::tempdir().expect("a folder");
        let names = large(folder.path(), 2_000).expect("a ledger");
        // Seven before the groups, a hundred groups of twenty; a purchase and a transfer open a lot besides.
        assert_eq!(names.entries, 7 + 100 * 20);
        assert_eq!((names.codes.len(), names.lots.len()), (100 * 22, 100 * 3));
        let (ledger, _) =
            Ledger::open(folder.path(), &holder(), minhbach_ledger::system_clock(), &()).expect("it opens");
        for code in names.codes.iter().take(22) {
            let name = minhbach_events::Reference::new(code).expect("a code");
            let trail = ledger.read(|projections, journal| projections.trail(&name, journal, None));
            let trail = trail.expect("caught up").expect("a trail");
            assert!(!trail.nodes.is_empty(), "{code}");
        }
    }
}
