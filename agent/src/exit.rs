//! From the command line to an exit status, with one line for whatever went wrong.

use std::process::ExitCode;

use clap::Parser;
use inventory_common::telling::{one_line, usage_error};

use crate::capture::capture;
use crate::cli::{Cli, Command};
use crate::completions::{self, completions};
use crate::daemon;
use crate::dump::{Ended, dump};
use crate::identity::Hints;
use crate::probe::gpu::child;
use crate::show::say;

/// Nothing could be done.
const FAILED: u8 = 1;
/// The command line is wrong.
const USAGE: u8 = 2;
/// Done, but something is missing.
const PARTIAL: u8 = 3;

/// Runs the agent with this process's arguments and environment.
#[must_use]
pub fn run() -> ExitCode {
    if let Some(asked) = child::run(std::env::args_os()) {
        return match asked {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error.into()),
        };
    }
    if let Some(answer) = completions::answer(std::env::args_os()) {
        return match completions::tell(&answer) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error),
        };
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misused(&error),
    };
    match dispatch(cli) {
        Ok(Ended::Whole) => ExitCode::SUCCESS,
        Ok(Ended::Partial) => ExitCode::from(PARTIAL),
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    say(&format!("error: {}", one_line(error.as_ref())));
    ExitCode::from(FAILED)
}

fn dispatch(cli: Cli) -> anyhow::Result<Ended> {
    let Cli { command, dump: args, host, stated, daemon } = cli;
    match command {
        Some(Command::Capture(args)) => capture(args, &hints()),
        Some(Command::Completions(args)) => completions(&args).map(|()| Ended::Whole),
        None if args.dump => dump(args, host, stated, hints()),
        None => daemon::run(daemon, host, stated, &hints()).map(|()| Ended::Whole),
    }
}

/// What Kubernetes tells its pods.
fn hints() -> Hints {
    Hints {
        node_id: None,
        node_name: std::env::var("NODE_NAME").ok().filter(|name| !name.is_empty()),
        in_pod: std::env::var_os("KUBERNETES_SERVICE_HOST").is_some(),
    }
}

/// Help and version are answers; all else is one line and the usage status.
fn misused(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let _closed_pipe = error.print();
        return ExitCode::SUCCESS;
    }
    say(&format!("{} (see --help)", usage_error(&error.render().to_string())));
    ExitCode::from(USAGE)
}
