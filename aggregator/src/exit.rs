//! How a command ends: an exit status, and a line for whatever went wrong.

use std::io::Write;
use std::process::ExitCode;

use inventory_common::telling::plain;

/// What a command ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Done.
    Done,
    /// Nothing was done, and standard error says why.
    Failed,
    /// Done, and AIOS says something else.
    Different,
    /// Done, and something is not as it should be or not known.
    Warned,
    /// AIOS refused it, and standard error says why.
    Refused,
    /// AIOS could not be reached or made no sense, and standard error says how.
    Unreachable,
    /// The coverage gate stopped it, and standard error says why.
    NotCovered,
    /// It was asked for in a way that cannot be meant, and standard error says why.
    Misused,
    /// Whoever ran it ended it before its end.
    Interrupted,
}

impl From<Ended> for ExitCode {
    fn from(ended: Ended) -> Self {
        Self::from(match ended {
            Ended::Done => 0,
            Ended::Failed => 1,
            Ended::Different | Ended::Warned => 3,
            Ended::Refused => 4,
            Ended::Unreachable => 5,
            Ended::NotCovered => 6,
            Ended::Misused => 2,
            // As shells say of what SIGINT ended.
            Ended::Interrupted => 130,
        })
    }
}

/// Says a line on standard error. Where that is closed or full there is nobody left to tell, and
/// the exit status says it all the same.
pub fn say(kind: &str, line: &str) {
    let _nobody_listens = writeln!(anstream::stderr().lock(), "{kind}: {}", plain(line));
}
