//! From the command line to an exit status, with one line for whatever went wrong.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use inventory_common::telling::{one_line, plain, usage_error};

use crate::cli::Cli;
use crate::commands;

/// What a command ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Done.
    Done,
    /// Nothing was done, and standard error says why.
    Failed,
    /// Done, and AIOS says something else.
    Different,
    /// AIOS refused it, and standard error says why.
    Refused,
    /// AIOS could not be reached or made no sense, and standard error says how.
    Unreachable,
    /// The coverage gate stopped it, and standard error says why.
    NotCovered,
}

impl From<Ended> for ExitCode {
    fn from(ended: Ended) -> Self {
        Self::from(match ended {
            Ended::Done => 0,
            Ended::Failed => 1,
            Ended::Different => 3,
            Ended::Refused => 4,
            Ended::Unreachable => 5,
            Ended::NotCovered => 6,
        })
    }
}

/// The command line is wrong.
const USAGE: u8 = 2;

/// Runs the aggregator with this process's arguments and environment.
#[must_use]
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misused(&error),
    };
    cli.logs.start();
    let ended = commands::dispatch(cli.command).unwrap_or_else(|error| {
        say("error", &one_line(error.as_ref()));
        Ended::Failed
    });
    ended.into()
}

/// Says a line on standard error. Where that is closed or full there is nobody left to tell, and
/// the exit status says it all the same.
pub fn say(kind: &str, line: &str) {
    let _nobody_listens = writeln!(anstream::stderr().lock(), "{kind}: {}", plain(line));
}

/// Help and version are answers, and help is what a command without a word needs; all else is one
/// line and the usage status.
fn misused(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let _closed_pipe = error.print();
        return ExitCode::SUCCESS;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _nobody_listens = error.print();
        return ExitCode::from(USAGE);
    }
    let text = error.render().to_string();
    let text = usage_error(&text);
    say("error", &format!("{} (see --help)", text.trim_start_matches("error: ")));
    ExitCode::from(USAGE)
}
