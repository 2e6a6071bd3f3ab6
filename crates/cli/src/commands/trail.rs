//! `trail`: where something came from and where it went, as a donor understands it.

use std::collections::HashSet;
use std::io::Write;

use clap::{Arg, ArgMatches, Command};
use minhbach_events::code::check_character;
use minhbach_events::{Code, Reference};
use minhbach_exchange::csv_tables::{self, Csv};
use minhbach_projections::Trail;

use crate::answers::{self, Answers};
use crate::ending::Ending;
use crate::json_document;
use crate::session::{Format, Session, output, text};
use crate::tree::Branch;

use self::facts::Facts;
use self::story::Story;

mod facts;
mod onward;
mod part;
mod story;

pub fn arguments(command: Command) -> Command {
    command.arg(Arg::new("code").required(true))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let typed = text(matches, "code").unwrap_or_default().trim();
    let answers = answers::open(session)?;
    let Some(trail) = find(session, &*answers, typed)? else {
        session.say(&not_found(session, typed));
        return Ok(Ending::No);
    };
    match session.format {
        Format::Json => json_document::write(output(), &trail)?,
        Format::Csv { excel } => {
            let mut csv = Csv::begin(output(), excel, &csv_tables::trail::HEADER)?;
            let mut rows = trail.reached.iter();
            rows.try_for_each(|reached| csv.row(csv_tables::trail::row(&trail, reached)))?;
            csv.end()?;
        }
        Format::Table => {
            let branch = tree_of(session, &*answers, &trail)?;
            let mut out = output();
            branch.write(&mut out, session.terminal.width)?;
            out.flush()?;
        }
    }
    Ok(Ending::Yes)
}

/// A trail as a donor understands it.
pub fn tree_of(session: &Session, answers: &dyn Answers, trail: &Trail) -> anyhow::Result<Branch> {
    let facts = Facts::of(answers, trail)?;
    Ok(Story::new(session, answers, trail, facts)?.tell())
}

/// The trail of a code or a pool's slug; a code typed in small letters is found too.
fn find(session: &Session, answers: &dyn Answers, typed: &str) -> anyhow::Result<Option<Trail>> {
    let upper = typed.to_uppercase();
    for name in [typed, upper.as_str()] {
        let Some(reference) = Reference::new(name) else {
            continue;
        };
        let found = whole(session, answers, &reference)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// How often a trail is asked from the beginning again because its ledger grew meanwhile.
const TRIES: usize = 5;

/// All pages of a trail as one; of one size of the ledger, unless it never stands still.
fn whole(session: &Session, answers: &dyn Answers, name: &Reference) -> anyhow::Result<Option<Trail>> {
    for _ in 1..TRIES {
        match pages(answers, name)? {
            Some((_, false)) => {}
            whole => return Ok(whole.map(|(trail, _)| trail)),
        }
    }
    let last = pages(answers, name)?;
    if matches!(last, Some((_, false))) {
        session.say(&session.texts.get("remote-grew"));
    }
    Ok(last.map(|(trail, _)| trail))
}

/// All pages, and whether the ledger was the same for each.
fn pages(answers: &dyn Answers, name: &Reference) -> anyhow::Result<Option<(Trail, bool)>> {
    let Some(mut trail) = answers.trail(name, None)? else {
        return Ok(None);
    };
    let mut as_of_one = true;
    let id = |node: &minhbach_projections::Node| (node.seq, node.code.clone());
    let mut seen: HashSet<_> = trail.nodes.iter().map(id).collect();
    while let Some(cursor) = trail.next.take() {
        let Some(next) = answers.trail(name, Some(&cursor))? else {
            break;
        };
        as_of_one &= next.as_of == trail.as_of;
        trail
            .nodes
            .extend(next.nodes.into_iter().filter(|node| seen.insert(id(node))));
        trail.edges.extend(next.edges);
        trail.reached.extend(next.reached);
        trail.next = next.next;
    }
    Ok(Some((trail, as_of_one)))
}

/// Says that nothing is known, and when a code must have been copied wrongly.
fn not_found(session: &Session, typed: &str) -> String {
    let texts = session.texts;
    let upper = typed.to_uppercase();
    let said = texts.with("trail-not-found", &[("code", &typed)]);
    let hint = match wrong_check(&upper) {
        Some(true) => texts.get("trail-check-wrong"),
        _ if Reference::new(typed).is_none() && Reference::new(&upper).is_none() => {
            texts.get("trail-no-code")
        }
        _ => texts.get("trail-not-found-hint"),
    };
    format!("{said} {hint}")
}

/// Whether the check character of a code of the ledger's own making is wrong; `None` for other codes.
fn wrong_check(code: &str) -> Option<bool> {
    Code::new(code)?;
    let (letters, body) = code.split_once('-')?;
    if letters.len() != 2 || body.len() != 9 || body.contains('-') {
        return None;
    }
    let last = body.chars().next_back()?;
    Some(check_character(&format!("{letters}{}", &body[..8]))? != last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_copied_wrongly_is_told_from_others() {
        let good = Code::made(minhbach_events::Prefix::Receipt, 0x7_1234_5678).expect("a code");
        assert_eq!(wrong_check(good.as_str()), Some(false));
        let mut digits: Vec<char> = good.as_str().chars().collect();
        digits[4] = if digits[4] == '0' { '1' } else { '0' };
        assert_eq!(wrong_check(&digits.iter().collect::<String>()), Some(true));
        assert_eq!(wrong_check("TRUNG-THU-1"), None);
        assert_eq!(wrong_check("ba-vi"), None);
    }
}
