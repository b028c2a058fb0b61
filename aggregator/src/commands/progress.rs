//! How it goes meanwhile: a spinner on a terminal, a line for each change in a pipe.

use std::cell::RefCell;
use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use inventory_common::telling::plain;

use crate::exit::say;

/// How long the spinner shows one picture.
const TICK: Duration = Duration::from_millis(120);

/// Tells how it goes.
pub enum Progress {
    /// A line that changes, on standard error.
    Spinner(ProgressBar),
    /// A line for each change; what was said last.
    Lines(RefCell<String>),
    /// Nothing.
    Quiet,
}

impl Progress {
    /// The one for standard error.
    pub fn new(quiet: bool) -> Self {
        if quiet {
            Self::Quiet
        } else if stderr().is_terminal() {
            Self::Spinner(spinner())
        } else {
            Self::Lines(RefCell::default())
        }
    }

    /// Tells how it stands now.
    pub fn tell(&self, how: &str) {
        match self {
            Self::Spinner(bar) => bar.set_message(plain(how).into_owned()),
            Self::Lines(last) => {
                if last.replace(how.to_owned()) != how {
                    say("note", how);
                }
            }
            Self::Quiet => {}
        }
    }

    /// Tells how it stands now, where in a pipe that is more than one line: those that say what has changed.
    pub fn tell_changes(&self, how: &str, changes: impl FnOnce() -> Vec<String>) {
        match self {
            Self::Lines(_) => changes().iter().for_each(|line| say("note", line)),
            Self::Spinner(_) | Self::Quiet => self.tell(how),
        }
    }

    /// Leaves the terminal as it was.
    pub fn end(&self) {
        if let Self::Spinner(bar) = self {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

/// A line that is never longer than the terminal is wide.
fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>4} {wide_msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK);
    bar
}
