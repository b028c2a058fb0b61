//! From the command line to an exit status.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;
use clap::error::ErrorKind;
use inventory_common::telling::{one_line, usage_error};
use rustix::process::{DumpableBehavior, set_dumpable_behavior};

use crate::called::Called;
use crate::cli::Cli;
use crate::commands;
use crate::completer;
use crate::exit::{Ended, say};

/// The command line is wrong.
const USAGE: u8 = Ended::Misused.status();

/// Runs the aggregator with this process's arguments and environment.
///
/// Credentials and join commands pass through its memory, so a crash leaves no core, and other processes of
/// the same user cannot look into it.
#[must_use]
pub fn run() -> ExitCode {
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        say("warning", &format!("a crash may leave credentials in a core dump: {error}"));
    }
    let args: Vec<OsString> = std::env::args_os().collect();
    let called = Called::of(&args);
    if let Some(answer) = completer::answer(called, &args) {
        return completer::tell(&answer).into();
    }
    let cli = match parse(called, args) {
        Ok(cli) => cli,
        Err(error) => return misused(&error),
    };
    cli.color.apply();
    cli.logs.start(cli.command.usual_level());
    let ended = commands::dispatch(cli.command).unwrap_or_else(|error| {
        say("error", &one_line(error.as_ref()));
        Ended::Failed
    });
    ended.into()
}

fn parse(called: Called, args: Vec<OsString>) -> Result<Cli, clap::Error> {
    let mut command = called.command();
    let matches = command.try_get_matches_from_mut(args)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
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
