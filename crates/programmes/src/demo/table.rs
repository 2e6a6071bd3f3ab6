//! Decisions and handings over, as the tables in which an office would keep them: a line each, columns by spaces.

use super::script::Script;
use super::words::{Aim, code, delivery};

/// Decides a line each: the allocation's code, the place, `lot=units` joined by `+`, and the need where there is one.
pub fn decide(script: &mut Script, when: &str, by: &str, aim: Aim<'_>, table: &str) {
    script.at(when, by);
    for columns in lines(table) {
        let (&[made, place, draws], need) = columns.split_first_chunk().expect("three columns or four");
        let draws: Vec<(&str, u64)> = draws.split('+').map(drawn).collect();
        let mut made = aim.allocate(made, place, &draws, script.today());
        made.need = need.first().map(|need| code(need));
        script.write(made);
    }
}

/// Hands over a line each, and lets the receiver confirm: the delivery's code, the allocation's, how much, where, to
/// whom, for how many children, and when.
pub fn hand_over(script: &mut Script, by: &str, table: &str) {
    for columns in lines(table) {
        let [made, of, units, place, receiver, children, day, hour] = columns[..] else {
            panic!("eight columns in {columns:?}");
        };
        script.at(&format!("{day} {hour}"), by);
        let on = script.today();
        script.deliver(delivery(
            [made, of],
            number(units),
            [place, receiver],
            number(children),
            on,
        ));
    }
}

fn lines(table: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = table
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    lines.filter(|columns| !columns.is_empty())
}

fn drawn(text: &str) -> (&str, u64) {
    let (lot, units) = text.split_once('=').expect("a lot and how much of it");
    (lot, number(units))
}

fn number(text: &str) -> u64 {
    text.replace('_', "").parse().expect("a whole number")
}
