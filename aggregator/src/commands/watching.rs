//! What is said while something is waited for: a line that is redrawn on a terminal, and lines for
//! what changed anywhere else.

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use inventory_common::telling::plain;

use crate::check::{Check, State};
use crate::exit::say;

/// From one picture of the line to the next.
const TICK: Duration = Duration::from_millis(120);

/// Tells what is waited for until it is dropped; a terminal is then as it was before.
pub struct Watching {
    bar: Option<ProgressBar>,
    is_quiet: bool,
    known: BTreeMap<String, (State, String)>,
}

impl Watching {
    /// Begins; with `is_quiet` nothing is said at all.
    pub fn begin(is_quiet: bool) -> Self {
        let bar = (!is_quiet).then(bar).filter(|bar| !bar.is_hidden());
        Self { bar, is_quiet, known: BTreeMap::new() }
    }

    /// Tells how things are now.
    pub fn tell(&mut self, checks: &[Check]) {
        if let Some(bar) = &self.bar {
            bar.set_message(plain(&waiting(checks)).into_owned());
        } else if !self.is_quiet {
            self.changes(checks).iter().for_each(|line| say("note", line));
        }
    }

    /// What is not as it was when it was last told.
    fn changes(&mut self, checks: &[Check]) -> Vec<String> {
        let mut lines = Vec::new();
        for Check { name, state, seen, .. } in checks {
            let now = (*state, seen.clone());
            if self.known.get(name) != Some(&now) {
                lines.push(format!("{name}: {}, {seen}", state.word()));
                self.known.insert(name.clone(), now);
            }
        }
        lines
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>4} {wide_msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK);
    bar
}

/// How far it is, in one line.
fn waiting(checks: &[Check]) -> String {
    let is_up = |check: &&Check| matches!(check.state, State::Pass | State::Warning);
    let up = checks.iter().filter(is_up).count();
    let missing: Vec<&str> =
        checks.iter().filter(|check| !is_up(check)).map(|check| check.name.as_str()).collect();
    format!("{up} of {} up, waiting for {}", checks.len(), missing.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changes_is_told() {
        let mut watching = Watching::begin(true);
        let down = Check::failure("s", "a", "nobody");
        let up = Check::pass("s", "b", "answers");
        let checks = [down, up.clone()];
        assert_eq!(watching.changes(&checks), ["a: failure, nobody", "b: pass, answers"]);
        assert_eq!(watching.changes(&checks), [""; 0]);
        let checks = [Check::pass("s", "a", "answers"), up];
        assert_eq!(watching.changes(&checks), ["a: pass, answers"]);
    }

    #[test]
    fn what_is_waited_for_is_named() {
        let checks = [
            Check::failure("s", "a", ""),
            Check::warning("s", "b", ""),
            Check::not_tried("s", "c", ""),
        ];
        assert_eq!(waiting(&checks), "1 of 3 up, waiting for a, c");
    }
}
