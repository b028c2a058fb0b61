//! What is said while something is waited for: a line that is redrawn on a terminal, and lines for
//! what changed anywhere else.

use std::collections::BTreeMap;

use super::progress::Progress;
use crate::check::{Check, State};

/// Tells what is waited for until it is dropped; a terminal is then as it was before.
pub struct Watching {
    progress: Progress,
    known: BTreeMap<String, (State, String)>,
}

impl Watching {
    /// Begins; with `is_quiet` nothing is said at all.
    pub fn begin(is_quiet: bool) -> Self {
        Self { progress: Progress::new(is_quiet), known: BTreeMap::new() }
    }

    /// Tells how things are now.
    pub fn tell(&mut self, checks: &[Check]) {
        let Self { progress, known } = self;
        progress.tell_changes(&waiting(checks), || changes(known, checks));
    }
}

/// What is not as it was when it was last told.
fn changes(known: &mut BTreeMap<String, (State, String)>, checks: &[Check]) -> Vec<String> {
    let mut lines = Vec::new();
    for Check { name, state, seen, .. } in checks {
        let now = (*state, seen.clone());
        if known.get(name) != Some(&now) {
            lines.push(format!("{name}: {}, {seen}", state.word()));
            known.insert(name.clone(), now);
        }
    }
    lines
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
        let mut known = BTreeMap::new();
        let down = Check::failure("s", "a", "nobody");
        let up = Check::pass("s", "b", "answers");
        let checks = [down, up.clone()];
        assert_eq!(changes(&mut known, &checks), ["a: failure, nobody", "b: pass, answers"]);
        assert_eq!(changes(&mut known, &checks), [""; 0]);
        let checks = [Check::pass("s", "a", "answers"), up];
        assert_eq!(changes(&mut known, &checks), ["a: pass, answers"]);
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
