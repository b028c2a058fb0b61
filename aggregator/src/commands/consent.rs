//! Asking whoever sits at the terminal.

use std::io::{IsTerminal, Write, stderr, stdin};

use inventory_common::telling::plain;

use crate::exit::{Ended, say};

/// Whether somebody could be asked.
fn can_ask() -> bool {
    stdin().is_terminal() && stderr().is_terminal()
}

/// Whether it may go on without asking, or somebody can be asked; otherwise says so in a line, and how
/// it ended.
pub fn must_be_possible(yes: bool, what: &str) -> Result<(), Ended> {
    if yes || can_ask() {
        return Ok(());
    }
    say("error", &format!("{what}, and there is no terminal to ask at: say --yes"));
    Err(Ended::Misused)
}

/// Whether somebody who can be asked says yes.
pub fn agreed(question: &str) -> bool {
    can_ask() && ask(question)
}

/// Asks, and answers with no unless somebody says yes.
pub fn ask(question: &str) -> bool {
    let mut err = anstream::stderr().lock();
    let asked = write!(err, "{} [y/N] ", plain(question)).and_then(|()| err.flush());
    drop(err);
    let mut answer = String::new();
    asked.is_ok() && stdin().read_line(&mut answer).is_ok() && is_yes(&answer)
}

fn is_yes(answer: &str) -> bool {
    ["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes() {
        for yes in ["y\n", "Yes", " YES \r\n"] {
            assert!(is_yes(yes));
        }
        for no in ["", "\n", "n", "no", "yo", "y y"] {
            assert!(!is_yes(no));
        }
    }
}
