//! Rows in columns, for people: the one style of every table.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width};
use inventory_common::telling::plain;

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    title: &'static str,
    kind: Kind,
    /// When it is left out where there is no room for all, the least first; absent where it never is.
    turn: Option<u8>,
}

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Names and words, on one line.
    Text,
    /// Figures, below each other by their last digit.
    Number,
    /// Sentences, on as many lines as they need.
    Prose,
}

impl Column {
    /// A column of names and words.
    pub const fn text(title: &'static str) -> Self {
        Self { title, kind: Kind::Text, turn: None }
    }

    /// A column of figures.
    pub const fn number(title: &'static str) -> Self {
        Self { title, kind: Kind::Number, turn: None }
    }

    /// A column of sentences.
    pub const fn prose(title: &'static str) -> Self {
        Self { title, kind: Kind::Prose, turn: None }
    }

    /// The same, which may be left out where there is no room for all; the least turn is the first.
    pub const fn spared(self, turn: u8) -> Self {
        Self { turn: Some(turn), ..self }
    }

    /// What it is called.
    pub const fn title(&self) -> &'static str {
        self.title
    }
}

/// Rows in columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// Each row, the header first where the columns have titles. One with sentences may have several lines.
    pub rows: Vec<String>,
    /// The titles of the columns for which there was no room.
    pub left_out: Vec<&'static str>,
}

impl Columns {
    /// The rows, each on lines of its own.
    #[must_use]
    pub fn text(&self) -> String {
        self.rows.iter().map(|row| row.clone() + "\n").collect()
    }
}

/// The fewest characters on which a sentence can be read.
const LEGIBLE: u16 = 20;

/// What stands between two columns.
const GAP: u16 = 2;

/// Rows in columns that are together no wider than `width` where that can be; as wide as they get where it is
/// absent. A column with nothing in it is not shown. Nothing in a cell moves a terminal.
#[must_use]
pub fn columns<const N: usize>(
    columns: &[Column; N],
    rows: impl IntoIterator<Item = [String; N]>,
    width: Option<u16>,
) -> Columns {
    let mut table = Table::new();
    table.load_style(NOTHING);
    if columns.iter().any(|column| !column.title.is_empty()) {
        table.set_header(columns.map(|column| column.title));
    }
    for row in rows {
        table.add_row(visible(row));
    }
    let mut shown = [true; N];
    for (shown, index) in shown.iter_mut().zip(0..) {
        *shown = says_something(&table, index);
    }
    let left_out = match width {
        Some(width) => leave_out(columns, &table.column_max_content_widths(), &mut shown, width),
        None => Vec::new(),
    };
    for ((set, column), shown) in table.column_iter_mut().zip(columns).zip(shown) {
        set.set_padding((0, GAP));
        if column.kind == Kind::Number {
            set.set_cell_alignment(CellAlignment::Right);
        }
        if !shown {
            set.set_constraint(ColumnConstraint::Hidden);
        } else if column.kind == Kind::Prose {
            set.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(1)));
        } else {
            set.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic);
        // Behind the last column no gap is shown.
        table.set_width(width.saturating_add(GAP));
    }
    Columns { rows: rows_of(table.lines()), left_out }
}

/// Whether anything stands in the column; of a table without rows nobody can say.
fn says_something(table: &Table, index: usize) -> bool {
    let mut cells = table.column_cells_iter(index).flatten();
    table.is_empty() || cells.any(|cell| !cell.content().is_empty())
}

/// A row's cells as they are shown. By the first one a row is known from a line that goes on.
fn visible<const N: usize>(row: [String; N]) -> [String; N] {
    let mut row = row.map(|cell| plain(&cell).into_owned());
    if let Some(first) = row.first_mut() {
        let begin = first.trim_start();
        *first = if begin.is_empty() { "-".to_owned() } else { begin.to_owned() };
    }
    row
}

/// Leaves out columns until there is room for the others, and tells which those are.
fn leave_out<const N: usize>(
    columns: &[Column; N],
    widths: &[u16],
    shown: &mut [bool; N],
    width: u16,
) -> Vec<&'static str> {
    let mut turns: Vec<(u8, usize)> =
        (0..).zip(columns).filter_map(|(index, column)| Some((column.turn?, index))).collect();
    turns.sort_unstable();
    let mut left_out = Vec::new();
    for (_, index) in turns {
        if needed(columns, widths, shown) <= width {
            break;
        }
        if let (Some(shown @ true), Some(column)) = (shown.get_mut(index), columns.get(index)) {
            *shown = false;
            left_out.push(column.title);
        }
    }
    left_out
}

/// How wide these columns are at least.
fn needed(columns: &[Column], widths: &[u16], shown: &[bool]) -> u16 {
    let least = |(column, width): (&Column, &u16)| match column.kind {
        Kind::Text | Kind::Number => *width,
        Kind::Prose => LEGIBLE.min(*width),
    };
    let all = columns.iter().zip(widths).map(least).zip(shown);
    let shown = all.filter(|(_, shown)| **shown).map(|(width, _)| width.saturating_add(GAP));
    shown.fold(0, u16::saturating_add).saturating_sub(GAP)
}

/// The rows that these lines are: of a line that goes on the first cell is empty.
fn rows_of(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for line in lines {
        let line = line.trim_end();
        match rows.last_mut().filter(|_| line.starts_with(' ')) {
            Some(row) => {
                row.push('\n');
                row.push_str(line);
            }
            None => rows.push(line.to_owned()),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    const XY: [Column; 2] = [Column::text("X"), Column::text("Y")];

    fn two(rows: [[&str; 2]; 2]) -> [[String; 2]; 2] {
        rows.map(|row| row.map(str::to_owned))
    }

    #[test]
    fn cells_stand_below_each_other_and_obey_nobody() {
        let rows = two([["a\u{1b}[2J", "b"], ["c", "d\ne"]]);
        let told = columns(&XY, rows, None).rows;
        assert_eq!(told, [r"X           Y", r"a\u{1b}[2J  b", r"c           d\ne"]);
        assert_eq!(columns::<1>(&[Column::text("")], [], None), Columns::default());
    }

    #[test]
    fn figures_end_below_each_other() {
        let told = columns(
            &[Column::text("N"), Column::number("ALL")],
            two([["a", "5"], ["b", "1,234"]]),
            None,
        );
        assert_eq!(told.rows, ["N    ALL", "a      5", "b  1,234"]);
    }

    #[test]
    fn a_column_with_nothing_in_it_is_not_shown() {
        assert_eq!(columns(&XY, two([["a", ""], ["b", ""]]), None).rows, ["X", "a", "b"]);
        assert_eq!(columns(&XY, [], None).rows, ["X  Y"]);
    }

    #[test]
    fn a_row_is_known_by_its_first_cell() {
        let told = columns(&XY, two([["", "1"], [" a", "2"]]), None);
        assert_eq!(told.rows, ["X  Y", "-  1", "a  2"]);
    }

    #[test]
    fn where_there_is_no_room_sentences_are_wrapped_and_columns_left_out_in_their_turn() {
        let table = [
            Column::text("A"),
            Column::text("B").spared(2),
            Column::text("C").spared(1),
            Column::prose("D"),
        ];
        let row = || [["aaaa", "bbbb", "cccc", "one two three four five six"].map(str::to_owned)];
        assert_eq!(columns(&table, row(), None).left_out, [""; 0]);
        let told = |width| columns(&table, row(), Some(width));
        assert_eq!(
            told(45).rows,
            ["A     B     C     D", "aaaa  bbbb  cccc  one two three four five six"]
        );
        let wrapped = "aaaa  bbbb  cccc  one two three four\n                  five six";
        assert_eq!(told(38).rows[1], wrapped);
        assert_eq!(told(37).left_out, ["C"]);
        assert_eq!(told(26).left_out, ["C", "B"]);
        for width in 10..80 {
            let told = told(width);
            let widest = told.text().lines().map(|line| line.chars().count()).max();
            assert!(widest.unwrap() <= width.into(), "{width}: {}", told.text());
        }
    }
}
