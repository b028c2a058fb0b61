//! Rows in columns, for people.

use comfy_table::Table;
use comfy_table::presets::NOTHING;
use inventory_common::telling::plain;

/// A line for each row, below the header where there is one. Nothing in a cell moves a terminal.
#[must_use]
pub fn columns<const N: usize>(
    header: Option<[&str; N]>,
    rows: impl IntoIterator<Item = [String; N]>,
) -> Vec<String> {
    let mut table = Table::new();
    table.load_style(NOTHING);
    if let Some(header) = header {
        table.set_header(header);
    }
    for row in rows {
        table.add_row(row.map(|cell| plain(&cell).into_owned()));
    }
    table.lines().map(|line| line.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_below_each_other_and_obey_nobody() {
        let rows = [["a\u{1b}[2J", "b"], ["c", "d\ne"]].map(|row| row.map(str::to_owned));
        let lines = columns(Some(["X", "Y"]), rows);
        assert_eq!(lines, [r"X           Y", r"a\u{1b}[2J  b", r"c           d\ne"]);
        assert_eq!(columns::<1>(None, []), [""; 0]);
    }
}
