//! `parties`: organisations, what they gave, hold, were handed and supplied.

use std::io::Write;

use clap::{Arg, ArgMatches, Command};
use minhbach_events::malformed::Form;
use minhbach_events::words::PartyKind;
use minhbach_events::{Label, Slug};
use minhbach_exchange::csv_tables::balances::{OUTCOMES, amounts};
use minhbach_exchange::csv_tables::{self, Csv};
use minhbach_exchange::visible::visible;
use minhbach_ledger::NameKind;
use minhbach_projections::{PartiesQuery, PartyRow, RoleRow};

use crate::answers::{self, Answers};
use crate::ending::Ending;
use crate::filters::any;
use crate::interface::{choice, flag};
use crate::names::{Names, role_of};
use crate::numbers;
use crate::rows::{Page, Shown, list};
use crate::session::{Format, Session, output};
use crate::table::Table;
use crate::tree::Branch;

pub fn arguments(command: Command) -> Command {
    let kinds: Vec<&'static str> = PartyKind::ALL.iter().map(|kind| kind.word()).collect();
    command
        .arg(Arg::new("party"))
        .arg(choice("kind", &kinds))
        .arg(flag("role"))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let query = PartiesQuery {
        party: session.formed(matches, "party", Slug::new, Form::Slug)?,
        kind: session.word(matches, "kind", PartyKind::from_word),
        role: session.formed(matches, "role", Label::new, Form::Label)?,
    };
    let answers = answers::open(session)?;
    let page = |cursor: Option<&str>| answers.parties(&query, cursor);
    // A party has several facts, and a table of lines holds one a line.
    if let Format::Csv { excel } = session.format {
        let mut csv = Csv::begin(output(), excel, &csv_tables::parties::HEADER)?;
        let mut next = Some(page(None)?);
        while let Some(current) = next {
            for row in &current.rows {
                csv_tables::parties::rows(row)
                    .into_iter()
                    .try_for_each(|row| csv.row(row))?;
            }
            next = current
                .next
                .as_deref()
                .map(|cursor| page(Some(cursor)))
                .transpose()?;
        }
        csv.end()?;
        return Ok(Ending::Yes);
    }
    if session.format == Format::Table && query.party.is_some() {
        let found = page(None)?;
        let mut out = output();
        for row in &found.rows {
            story(session, &*answers, row)?.write(&mut out, session.terminal.width)?;
        }
        if found.rows.is_empty() {
            writeln!(out, "{}", session.texts.get("parties-nothing"))?;
        }
        out.flush()?;
        return Ok(Ending::Yes);
    }
    let nothing = if any(matches, &["party", "kind", "role"]) {
        session.texts.get("parties-nothing")
    } else {
        session.texts.get("parties-nothing-yet")
    };
    let shown = Shown {
        csv_header: &csv_tables::parties::HEADER,
        csv_row: &|_| Vec::new(),
        table: &|rows| table(session, &*answers, rows),
        nothing,
        after: &|_| Ok(String::new()),
    };
    list(session, &shown, |cursor| {
        let page = page(cursor)?;
        Ok(Page {
            as_of: page.as_of,
            rows: page.rows,
            next: page.next,
            total: None,
        })
    })?;
    Ok(Ending::Yes)
}

fn table(session: &Session, answers: &dyn Answers, rows: &[PartyRow]) -> anyhow::Result<Table> {
    let texts = session.texts;
    let names = answers.names(texts, &[NameKind::Place])?;
    let mut table = Table::default()
        .label(texts.get("column-party"))
        .label(texts.get("column-party-kind"))
        .rare(texts.get("column-receipts"))
        .rare(texts.get("column-was-handed"))
        .rare(texts.get("column-purchases"));
    for row in rows {
        let mut what = names.word(row.kind.word());
        if let Some(place) = &row.place {
            what.push_str(&format!("\n{}", names.place(place)));
        }
        for role in row.roles.iter().filter(|role| role.until.is_none()) {
            what.push_str(&format!("\n{}", role_of(texts, &role.role)));
        }
        let count = |count: u64| (0 < count).then(|| numbers::number(texts, count));
        table.row(vec![
            Some(format!("{}\n{}", visible(&row.name), row.party)),
            Some(what),
            count(row.gave.iter().map(|gave| gave.receipts).sum()),
            count(row.received.iter().map(|handed| handed.deliveries).sum()),
            count(row.supplied.map_or(0, |supplied| supplied.purchases)),
        ]);
    }
    Ok(table)
}

fn story(session: &Session, answers: &dyn Answers, row: &PartyRow) -> anyhow::Result<Branch> {
    let texts = session.texts;
    let names = answers.names(texts, &[NameKind::Place, NameKind::Item, NameKind::Programme])?;
    let mut what = names.word(row.kind.word());
    if let Some(place) = &row.place {
        what.push_str(&format!(", {}", names.place(place)));
    }
    let name = session
        .terminal
        .strong(&format!("{} ({})", visible(&row.name), row.party));
    let mut story = Branch::new(name).line(what);
    let part = |key: &str, lines: Vec<String>| {
        let mut part = Branch::new(texts.get(key));
        lines.into_iter().for_each(|line| part.push(Branch::new(line)));
        part
    };
    if !row.roles.is_empty() {
        let roles = row
            .roles
            .iter()
            .map(|role| role_line(session, &names, role))
            .collect();
        story.push(part("parties-roles", roles));
    }
    let unit = |amount, unit: &str| numbers::with_unit(texts, amount, unit);
    if !row.gave.is_empty() {
        let lines = row.gave.iter().map(|gave| {
            let (quantity, receipts) = (
                unit(gave.quantity, &gave.unit),
                texts.counted("count-gifts", gave.receipts),
            );
            format!("{}: {quantity}, {receipts}", names.item(&gave.item))
        });
        story.push(part("parties-gave", lines.collect()));
    }
    if !row.holds.is_empty() {
        let lines = row.holds.iter().map(|holds| {
            let said = OUTCOMES.iter().zip(amounts(&holds.totals));
            let said = said
                .filter(|(_, amount)| !amount.is_zero())
                .map(|(word, amount)| {
                    let word = texts.get(&format!("outcome-{}", word.replace('_', "-")));
                    format!("{} {}", word.to_lowercase(), unit(amount, &holds.unit))
                });
            format!(
                "{}: {}",
                names.item(&holds.item),
                said.collect::<Vec<_>>().join("; ")
            )
        });
        story.push(part("parties-holds", lines.collect()));
    }
    if !row.received.is_empty() {
        let lines = row.received.iter().map(|handed| {
            texts.with(
                "parties-handed",
                &[
                    ("item", &names.item(&handed.item)),
                    ("quantity", &unit(handed.delivered, &handed.unit)),
                    ("confirmed", &unit(handed.confirmed, &handed.unit)),
                    (
                        "deliveries",
                        &texts.counted("count-deliveries", handed.deliveries),
                    ),
                    (
                        "children",
                        &texts.counted("count-children", handed.child_deliveries),
                    ),
                ],
            )
        });
        story.push(part("parties-received", lines.collect()));
    }
    if let Some(supplied) = &row.supplied {
        let value = numbers::dong(texts, supplied.value_vnd);
        let purchases = texts.counted("count-purchases", supplied.purchases);
        story.push(part("parties-supplied", vec![format!("{purchases}, {value}")]));
    }
    Ok(story)
}

fn role_line(session: &Session, names: &Names<'_>, role: &RoleRow) -> String {
    let texts = session.texts;
    let from = numbers::day(texts, role.from);
    let to = role.until.map_or(String::new(), |day| numbers::day(texts, day));
    let key = if role.until.is_some() {
        "places-until"
    } else {
        "places-since"
    };
    let when = texts.with(key, &[("from", &from), ("to", &to)]);
    let what = role_of(texts, &role.role);
    match &role.programme {
        Some(programme) => format!("{what}, {}, {when}", names.programme(programme)),
        None => format!("{what}, {when}"),
    }
}
