//! The figures of several sizes beside each other, as Markdown, with how much each step grows.

use std::fmt::Write as _;

use super::{Figure, Grows};
use crate::report::thousands;

/// One row a figure, one column a size.
pub fn table(sizes: &[u64], columns: &[Vec<Figure>]) -> String {
    let mut out = String::from("| |");
    for size in sizes {
        write!(out, " {} |", thousands(*size as f64)).expect("writing to a String cannot fail");
    }
    out.push_str(" growth per step | should |\n|---|");
    out.push_str(&"---:|".repeat(sizes.len()));
    out.push_str("---:|---|\n");
    let Some(first) = columns.first() else {
        return out;
    };
    for (nth, figure) in first.iter().enumerate() {
        let values: Vec<f64> = columns
            .iter()
            .filter_map(|column| Some(column.get(nth)?.value))
            .collect();
        write!(out, "| {} |", figure.name).expect("writing to a String cannot fail");
        for value in &values {
            write!(out, " {} |", shown(*value)).expect("writing to a String cannot fail");
        }
        let growth: Vec<String> = (values.windows(2))
            .map(|pair| format!("×{}", shown(pair[1] / pair[0])))
            .collect();
        let should = match figure.grows {
            Grows::Not => "stay".to_owned(),
            Grows::Linearly => {
                let steps = sizes
                    .windows(2)
                    .map(|pair| format!("×{}", pair[1] / pair[0].max(1)));
                steps.collect::<Vec<_>>().join(", at most ")
            }
        };
        writeln!(out, " {} | {should} |", growth.join(", ")).expect("writing to a String cannot fail");
    }
    out
}

fn shown(value: f64) -> String {
    match value {
        _ if value < 0.1 => format!("{value:.4}"),
        _ if value < 10.0 => format!("{value:.2}"),
        _ if value < 100.0 => format!("{value:.1}"),
        _ => thousands(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_told_from_one_size_to_the_next() {
        let column = |value| {
            vec![Figure {
                name: "disk, MiB".to_owned(),
                value,
                grows: Grows::Linearly,
            }]
        };
        let table = table(&[10_000, 1_000_000], &[column(12.0), column(1_200.0)]);
        assert!(
            table.ends_with("| disk, MiB | 12.0 | 1,200 | ×100 | ×100 |\n"),
            "{table}"
        );
    }
}
