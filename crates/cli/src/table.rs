//! Tables for people: numbers to the right, columns of nothing left out, and where a table is wider than the
//! terminal each row as a block instead.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Width};
use minhbach_exchange::visible::visible_lines;

use crate::terminal::Terminal;
use crate::tree::wrap;

/// Where a number is nothing.
pub const NOTHING: &str = "–";
/// A label is not squeezed below this many characters, nor inside a word of at most [`WORD_WIDTH_MAX`].
const LABEL_WIDTH_MIN: usize = 12;
const WORD_WIDTH_MAX: usize = 24;
/// The space around a cell.
const PADDING: usize = 2;

struct Column {
    header: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Label,
    Number,
    /// A number that is left out where every row has none.
    Rare,
}

/// A table for people.
#[derive(Default)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Option<String>>>,
}

impl Table {
    /// Adds a column of words. A cell can have several lines.
    pub fn label(self, header: String) -> Table {
        self.column(header, Kind::Label)
    }
    /// Adds a column of numbers.
    pub fn number(self, header: String) -> Table {
        self.column(header, Kind::Number)
    }
    /// Adds a column of numbers that most rows lack.
    pub fn rare(self, header: String) -> Table {
        self.column(header, Kind::Rare)
    }

    fn column(mut self, header: String, kind: Kind) -> Table {
        self.columns.push(Column { header, kind });
        self
    }

    /// Adds a row: a cell for each column, `None` for a number of nothing.
    pub fn row(&mut self, cells: Vec<Option<String>>) {
        debug_assert_eq!(cells.len(), self.columns.len());
        let shown = |cell: Option<String>| cell.map(|cell| visible_lines(&cell));
        self.rows.push(cells.into_iter().map(shown).collect());
    }

    /// The table as text, with a newline at its end.
    pub fn render(mut self, terminal: Terminal) -> String {
        self.leave_out_rare();
        let widths: Vec<usize> = (0..self.columns.len()).map(|at| self.width_of(at)).collect();
        // Between two cells lie the space around both and the place of a line, drawn or not.
        let between = (PADDING + 1) * widths.len().saturating_sub(1);
        let whole: usize = widths.iter().sum::<usize>() + between;
        let can_give = |at: usize| match self.columns[at].kind {
            Kind::Label => {
                widths[at].saturating_sub(self.longest_word(at).clamp(LABEL_WIDTH_MIN, WORD_WIDTH_MAX))
            }
            _ => 0,
        };
        let least = whole - (0..widths.len()).map(can_give).sum::<usize>();
        if terminal.width < least {
            return self.blocks(terminal);
        }
        self.lined(terminal, terminal.width < whole)
    }

    fn leave_out_rare(&mut self) {
        let rows = &self.rows;
        let mut kept = Vec::with_capacity(self.columns.len());
        for (at, column) in self.columns.iter().enumerate() {
            kept.push(column.kind != Kind::Rare || rows.iter().any(|row| row[at].is_some()));
        }
        let keep = |at: &mut usize| {
            *at += 1;
            kept[*at - 1]
        };
        let mut at = 0;
        self.columns.retain(|_| keep(&mut at));
        for row in &mut self.rows {
            let mut at = 0;
            row.retain(|_| keep(&mut at));
        }
    }

    fn width_of(&self, at: usize) -> usize {
        let cells = self.rows.iter().map(|row| row[at].as_deref().unwrap_or(NOTHING));
        let header = self.columns[at].header.as_str();
        cells
            .chain([header])
            .flat_map(str::lines)
            .map(|line| line.chars().count())
            .max()
            .unwrap_or(0)
    }

    fn longest_word(&self, at: usize) -> usize {
        let cells = self
            .rows
            .iter()
            .filter_map(|row| row[at].as_deref())
            .chain([self.columns[at].header.as_str()]);
        cells
            .flat_map(str::split_whitespace)
            .map(|word| word.chars().count())
            .max()
            .unwrap_or(0)
    }

    fn lined(&self, terminal: Terminal, squeezed: bool) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(UTF8_HORIZONTAL_ONLY);
        if squeezed {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(u16::try_from(terminal.width).unwrap_or(u16::MAX));
        } else {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
        let aligned = |kind: Kind| {
            if kind == Kind::Label {
                CellAlignment::Left
            } else {
                CellAlignment::Right
            }
        };
        table.set_header(
            self.columns
                .iter()
                .map(|column| Cell::new(&column.header).set_alignment(aligned(column.kind))),
        );
        for row in &self.rows {
            let cells = row.iter().zip(&self.columns).map(|(cell, column)| {
                Cell::new(cell.as_deref().unwrap_or(NOTHING)).set_alignment(aligned(column.kind))
            });
            table.add_row(cells);
        }
        let last = self.columns.len().saturating_sub(1);
        for (at, column) in self.columns.iter().enumerate() {
            let Some(own) = table.column_mut(at) else { continue };
            own.set_padding((u16::from(at != 0), u16::from(at != last)));
            if column.kind == Kind::Label {
                let least = self
                    .longest_word(at)
                    .clamp(LABEL_WIDTH_MIN, WORD_WIDTH_MAX)
                    .min(self.width_of(at));
                let padding = usize::from(at != 0) + usize::from(at != last);
                let least = u16::try_from(least + padding).unwrap_or(u16::MAX);
                own.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
            } else {
                own.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        let mut text: String = table
            .lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect();
        if self.rows.is_empty() {
            text.clear();
        }
        text
    }

    fn blocks(&self, terminal: Terminal) -> String {
        let names = self
            .columns
            .iter()
            .skip(1)
            .map(|column| column.header.chars().count())
            .max()
            .unwrap_or(0);
        let is_number = |at: usize| self.columns[at].kind != Kind::Label;
        let numbers = (1..self.columns.len())
            .filter(|&at| is_number(at))
            .map(|at| self.width_of(at));
        let numbers = numbers.max().unwrap_or(0);
        let mut text = String::new();
        for row in &self.rows {
            let first = row.first().and_then(Option::as_deref).unwrap_or(NOTHING);
            let first: Vec<&str> = first.lines().collect();
            for line in wrap(&first.join(", "), terminal.width) {
                let _ = writeln!(text, "{}", terminal.strong(&line));
            }
            for (at, cell) in row.iter().enumerate().skip(1) {
                let (header, Some(cell)) = (&self.columns[at].header, cell) else {
                    continue;
                };
                let room = if is_number(at) {
                    usize::MAX
                } else {
                    terminal.width.saturating_sub(names + 4)
                };
                let lines = cell.lines().flat_map(|line| wrap(line, room));
                for (nth, line) in lines.enumerate() {
                    let name = if nth == 0 { header.as_str() } else { "" };
                    let space = " ".repeat(names - name.chars().count());
                    let before = if is_number(at) {
                        numbers.saturating_sub(line.chars().count())
                    } else {
                        0
                    };
                    let _ = writeln!(text, "  {name}{space}  {}{line}", " ".repeat(before));
                }
            }
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Table {
        let mut table = Table::default()
            .label("Lô".into())
            .number("Đã nhận".into())
            .rare("Hao hụt".into());
        table.row(vec![
            Some("áo ấm\nao-am".into()),
            Some("1.000 chiếc".into()),
            None,
        ]);
        table.row(vec![Some("sữa".into()), Some("5 hộp".into()), None]);
        table
    }

    fn terminal(width: usize) -> Terminal {
        Terminal {
            width,
            colours: false,
            progress: false,
        }
    }

    #[test]
    fn numbers_end_in_one_column_and_nothing_is_left_out() {
        let text = sample().render(terminal(80));
        let ends: Vec<usize> = text
            .lines()
            .filter(|line| line.contains("chiếc") || line.contains("hộp"))
            .map(|line| line.chars().count())
            .collect();
        assert_eq!(ends.len(), 2, "{text}");
        assert_eq!(ends[0], ends[1], "{text}");
        assert!(!text.contains("Hao hụt"), "{text}");
        assert!(text.contains("ao-am"), "{text}");
    }

    #[test]
    fn a_table_too_wide_becomes_blocks() {
        let text = sample().render(terminal(10));
        assert!(
            text.lines().any(|line| line == "  Đã nhận  1.000 chiếc"),
            "{text}"
        );
        assert!(
            text.lines().any(|line| line == "  Đã nhận        5 hộp"),
            "{text}"
        );
    }
}
