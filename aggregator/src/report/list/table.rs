//! The nodes as a table.

use anstyle::{AnsiColor, Style};

use super::row::{COLUMNS, of_all, of_node};
use crate::columns::columns;
use crate::report::model::{Report, State};

const BOLD: Style = Style::new().bold();

/// A line for each node and one for all of them, no wider than `width` where that can be. Its colors are for
/// the stream to leave out that is no terminal.
#[must_use]
pub fn as_table(report: &Report, width: Option<u16>) -> String {
    let all = of_all(&report.totals, report.whole, report.expected);
    let rows = report.nodes.iter().map(|node| of_node(node, report.made)).chain([all]);
    let table = columns(&COLUMNS, rows, width);
    let states = report.nodes.iter().map(|node| style(node.state));
    let styles = [BOLD].into_iter().chain(states).chain([BOLD]);
    let rows = table.rows.iter().zip(styles).map(|(row, style)| styled(row, style));
    rows.collect::<String>() + &no_room(&table.left_out)
}

/// Each line by itself: a terminal that shows only some of them must not be left in a color.
pub fn styled(row: &str, style: Style) -> String {
    row.lines()
        .map(|line| style.render().to_string() + line + &style.render_reset().to_string() + "\n")
        .collect()
}

/// Says for which columns there was no room.
pub fn no_room(left_out: &[&str]) -> String {
    if left_out.is_empty() {
        String::new()
    } else {
        format!("\nno room for {}\n", left_out.join(", "))
    }
}

fn style(state: State) -> Style {
    match state {
        State::Whole => Style::new(),
        State::Partial => AnsiColor::Yellow.on_default(),
        State::NotCounted => Style::new().dimmed(),
        State::LeftOut | State::Unreadable | State::Missing => AnsiColor::Red.on_default(),
    }
}
