//! `needs`: what is lacking, the most urgent first, and how far it is covered.

use clap::{ArgMatches, Command};
use minhbach_events::malformed::Form;
use minhbach_events::{Item, Label, Slug};
use minhbach_exchange::csv_tables;
use minhbach_ledger::NameKind;
use minhbach_projections::{NeedRow, NeedState, NeedsQuery, NeedsTotal};

use crate::answers::{self, Answers};
use crate::ending::Ending;
use crate::filters::any;
use crate::interface::{choice, flag, switch};
use crate::numbers;
use crate::rows::{Page, Shown, list};
use crate::session::{Format, Session, text};
use crate::table::Table;
use crate::tree::wrap;

/// Every state together.
const ALL: &str = "all";

pub fn arguments(command: Command) -> Command {
    let mut states: Vec<&'static str> = NeedState::ALL.iter().map(|state| state.word()).collect();
    states.push(ALL);
    command
        .args(["programme", "place", "category", "item"].map(flag))
        .arg(choice("priority", &["1", "2", "3", "4", "5"]))
        .arg(choice("state", &states))
        .arg(switch("uncovered"))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let query = NeedsQuery {
        programme: session.formed(matches, "programme", Slug::new, Form::Slug)?,
        place: session.formed(matches, "place", Slug::new, Form::Slug)?,
        category: session.formed(matches, "category", Label::new, Form::Label)?,
        item: session.formed(matches, "item", Item::new, Form::Item)?,
        priority: session.word(matches, "priority", |word| word.parse().ok()),
        state: match text(matches, "state") {
            Some(ALL) => None,
            Some(word) => NeedState::from_word(word),
            None => Some(NeedState::Open),
        },
        uncovered: matches.get_flag("uncovered"),
    };
    let answers = answers::open(session)?;
    let flags = ["programme", "place", "category", "item", "priority", "state"];
    let nothing = if any(matches, &flags) || query.uncovered {
        session.texts.get("needs-nothing")
    } else {
        session.texts.get("needs-nothing-yet")
    };
    // Each state on its own: what was withdrawn is not covered, and not missing either.
    let totals = std::cell::RefCell::new(Vec::new());
    let shown = Shown {
        csv_header: &csv_tables::needs::HEADER,
        csv_row: &csv_tables::needs::row,
        table: &|rows| table(session, &*answers, rows),
        nothing,
        after: &|page| {
            if page.rows.is_empty() {
                return Ok(String::new());
            }
            let totals = totals.borrow();
            let said = totals
                .iter()
                .map(|(state, total)| sums(session, &*answers, *state, total));
            said.collect()
        },
    };
    list(session, &shown, |cursor| {
        let page = answers.needs(&query, cursor)?;
        let document = serde_json::to_string(&page.total)?;
        if cursor.is_none() && session.format == Format::Table {
            for state in NeedState::ALL
                .iter()
                .copied()
                .filter(|state| query.state.is_none_or(|asked| asked == *state))
            {
                let of_state = NeedsQuery {
                    state: Some(state),
                    ..query.clone()
                };
                let page = answers.needs(&of_state, None)?;
                totals.borrow_mut().push((state, page.total));
            }
        }
        Ok(Page {
            as_of: page.as_of,
            rows: page.rows,
            next: page.next,
            total: Some(document),
        })
    })?;
    Ok(Ending::Yes)
}

fn table(session: &Session, answers: &dyn Answers, rows: &[NeedRow]) -> anyhow::Result<Table> {
    let texts = session.texts;
    let names = answers.names(texts, &[NameKind::Place, NameKind::Item])?;
    let mut table = Table::default()
        .label(texts.get("column-need"))
        .number(texts.get("column-needed"))
        .number(texts.get("column-uncovered"))
        .number(texts.get("column-need-allocated"))
        .number(texts.get("column-delivered"))
        .number(texts.get("column-accepted"));
    for row in rows {
        let mut when = texts.with("needs-priority", &[("priority", &row.priority)]);
        if let Some(day) = row.needed_by {
            let day = numbers::day(texts, day);
            when.push_str(&texts.with("needs-by", &[("day", &day)]));
        }
        if row.state != NeedState::Open {
            when.push_str(&format!(", {}", names.word(row.state.word())));
        }
        let children = if row.children == 0 {
            String::new()
        } else {
            format!(", {}", texts.counted("count-children-once", row.children))
        };
        let what = format!(
            "{} ({})\n{}{children}\n{when}\n{}",
            names.item(&row.item),
            numbers::unit(texts, &row.unit),
            names.place(&row.place),
            row.need
        );
        let amount =
            |amount: minhbach_events::Amount| (!amount.is_zero()).then(|| numbers::number(texts, amount));
        table.row(vec![
            Some(what),
            amount(row.quantity),
            amount(row.uncovered),
            amount(row.allocated),
            amount(row.delivered),
            amount(row.confirmed),
        ]);
    }
    Ok(table)
}

/// How much of each item is needed, by priority; what of it is missing where needs are open, else what was delivered.
fn sums(
    session: &Session,
    answers: &dyn Answers,
    state: NeedState,
    total: &NeedsTotal,
) -> anyhow::Result<String> {
    let texts = session.texts;
    let names = answers.names(texts, &[NameKind::Item])?;
    let open = state == NeedState::Open;
    let mut said = String::new();
    for priority in &total.priorities {
        let key = if open { "needs-total" } else { "needs-total-closed" };
        let mut line = texts.with(
            key,
            &[
                ("priority", &priority.priority),
                ("state", &names.word(state.word())),
                ("needs", &texts.counted("count-needs", priority.needs)),
                ("uncovered", &numbers::number(texts, priority.uncovered)),
            ],
        );
        for item in &priority.items {
            let unit = |amount| numbers::with_unit(texts, amount, &item.unit);
            let came = if !open {
                texts.with("needs-item-delivered", &[("delivered", &unit(item.delivered))])
            } else if item.uncovered.is_zero() {
                texts.get("needs-item-covered")
            } else {
                texts.with("needs-item-missing", &[("missing", &unit(item.uncovered))])
            };
            line.push_str(&texts.with(
                "needs-item",
                &[
                    ("item", &names.item(&item.item)),
                    ("quantity", &unit(item.quantity)),
                    ("missing", &came),
                ],
            ));
        }
        for line in wrap(&line, session.terminal.width) {
            said.push_str(&line);
            said.push('\n');
        }
    }
    Ok(said)
}
