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

impl Ended {
    /// Every way to end.
    pub const ALL: [Self; 9] = [
        Self::Done,
        Self::Failed,
        Self::Misused,
        Self::Different,
        Self::Warned,
        Self::Refused,
        Self::Unreachable,
        Self::NotCovered,
        Self::Interrupted,
    ];

    /// The exit status.
    pub const fn status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Misused => 2,
            Self::Different | Self::Warned => 3,
            Self::Refused => 4,
            Self::Unreachable => 5,
            Self::NotCovered => 6,
            // As shells say of what SIGINT ended.
            Self::Interrupted => 130,
        }
    }
}

impl From<Ended> for ExitCode {
    fn from(ended: Ended) -> Self {
        Self::from(ended.status())
    }
}

/// Says a line on standard error. Where that is closed or full there is nobody left to tell, and
/// the exit status says it all the same.
pub fn say(kind: &str, line: &str) {
    let _nobody_listens = writeln!(anstream::stderr().lock(), "{kind}: {}", plain(line));
}
