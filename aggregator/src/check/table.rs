//! Checks for people: a table in sections.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::model::{Check, State, Tally};
use crate::columns::{Column, columns};

/// The checks by their sections, in the order in which these first come, and how many came out how; no wider
/// than `width` where that can be. Its colors are for the stream to leave out that is no terminal.
#[must_use]
pub fn as_table(checks: &[Check], width: Option<u16>) -> String {
    let (tally, checks) = (Tally::of(checks), by_section(checks));
    let mut text = String::new();
    let mut section = "";
    for (check, row) in checks.iter().zip(rows(&checks, width)) {
        if check.section != section {
            section = check.section;
            let gap = if text.is_empty() { "" } else { "\n" };
            let _infallible = writeln!(text, "{gap}{section}");
        }
        let (state, style) = (check.state.word(), style(check.state));
        let rest = row.strip_prefix(state).unwrap_or(&row);
        text += &indented(&format!("{style}{state}{style:#}{rest}"), INDENT);
        if let Some(advice) = &check.advice {
            text += &advised(advice, width);
        }
    }
    let _infallible = writeln!(text, "\n{}", summary(tally));
    text
}

/// How far a check stands from the left, and an advice below what was looked at.
const INDENT: u16 = 2;
const ADVICE: u16 = 13;

/// The lines of a row, each so far from the left.
fn indented(row: &str, by: u16) -> String {
    row.lines().map(|line| " ".repeat(by.into()) + line + "\n").collect()
}

/// What there is room for beside what stands at the left.
fn beside(width: Option<u16>, left: u16) -> Option<u16> {
    width.map(|width| width.saturating_sub(left))
}

/// An advice, wrapped.
fn advised(advice: &str, width: Option<u16>) -> String {
    let width = beside(width, ADVICE + 2);
    let text = columns(&[Column::prose("")], [[advice.to_owned()]], width).text();
    let marks = ["> "].into_iter().chain(std::iter::repeat("  "));
    let lines: Vec<String> =
        marks.zip(text.lines()).map(|(mark, line)| format!("{mark}{line}")).collect();
    indented(&lines.join("\n"), ADVICE)
}

/// The checks with those of a section beside each other.
fn by_section(checks: &[Check]) -> Vec<&Check> {
    let mut sections: Vec<&str> = Vec::new();
    for check in checks {
        if !sections.contains(&check.section) {
            sections.push(check.section);
        }
    }
    let mut sorted: Vec<&Check> = checks.iter().collect();
    sorted.sort_by_key(|check| sections.iter().position(|section| *section == check.section));
    sorted
}

/// A row for each check.
fn rows(checks: &[&Check], width: Option<u16>) -> Vec<String> {
    let row =
        |check: &&Check| [check.state.word().to_owned(), check.name.clone(), check.seen.clone()];
    let table = [Column::text(""), Column::text(""), Column::prose("")];
    columns(&table, checks.iter().map(row), beside(width, INDENT)).rows
}

fn style(state: State) -> Style {
    let color = match state {
        State::Pass => AnsiColor::Green,
        State::NotTried => AnsiColor::Cyan,
        State::Warning => AnsiColor::Yellow,
        State::Failure => AnsiColor::Red,
    };
    color.on_default()
}

/// How many came out how, in words.
fn summary(tally: Tally) -> String {
    let counts = tally.counts().filter(|(_, count)| *count > 0);
    let words: Vec<String> =
        counts.map(|(state, count)| format!("{count} {}", state.word())).collect();
    if words.is_empty() { "nothing was looked at".to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(checks: &[Check]) -> String {
        anstream::adapter::strip_str(&as_table(checks, None)).to_string()
    }

    #[test]
    fn checks_stand_in_columns_below_their_section() {
        let checks = [
            Check::pass("access", "API server", "v1.35.4"),
            Check::failure("nodes", "ids", "none on 'a'").advised("label it"),
            Check::not_tried("access", "rights of this user", "no answer"),
        ];
        let expected = "access\n\
            \x20 pass       API server           v1.35.4\n\
            \x20 not tried  rights of this user  no answer\n\
            \n\
            nodes\n\
            \x20 failure    ids                  none on 'a'\n\
            \x20            > label it\n\
            \n\
            1 pass, 1 failure, 1 not tried\n";
        assert_eq!(told(&checks), expected);
        assert_eq!(told(&[]), "\nnothing was looked at\n");
    }

    #[test]
    fn what_is_too_long_for_the_terminal_goes_on_below_itself() {
        let check = Check::failure("s", "n", "none of these has it").advised("say which it is");
        let expected = "s\n\
            \x20 failure  n  none of these\n\
            \x20             has it\n\
            \x20            > say which it\n\
            \x20              is\n\
            \n\
            1 failure\n";
        let table = as_table(&[check], Some(27));
        assert_eq!(anstream::adapter::strip_str(&table).to_string(), expected);
    }

    #[test]
    fn what_comes_from_outside_moves_no_terminal() {
        let check = Check::pass("s", "a\u{1b}[2J", "two\nlines").advised("x\u{7}");
        let told = told(&[check]);
        assert!(told.contains(r"a\u{1b}[2J") && told.contains(r"two\nlines"), "{told}");
        assert!(told.contains(r"x\u{7}"), "{told}");
    }

    #[test]
    fn the_state_alone_is_colored() {
        let table = as_table(&[Check::failure("s", "n", "failure")], None);
        assert_eq!(table.matches("\u{1b}[31mfailure\u{1b}[0m").count(), 1, "{table:?}");
    }
}
