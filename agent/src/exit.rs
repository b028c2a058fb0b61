//! From the command line to an exit status, with one line for whatever went wrong.

use std::fmt::Write;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::cli::Cli;
use crate::dump::{Ended, dump};
use crate::identity::Hints;
use crate::probe::gpu::child;

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
    anstream::eprintln!("error: {}", one_line(error));
    ExitCode::from(FAILED)
}

fn dispatch(cli: Cli) -> anyhow::Result<Ended> {
    let Cli { command, dump: args } = cli;
    match command {
        Some(_) => anyhow::bail!("no capture yet"),
        None => dump(args, hints()),
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

/// The error with its causes, on one line.
fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for (depth, cause) in error.chain().enumerate() {
        let colon = if depth == 0 { "" } else { ": " };
        let _infallible = write!(line, "{colon}{cause}");
    }
    line.replace('\n', " ")
}

/// Help and version are answers; all else is one line and the usage status.
fn misused(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let _closed_pipe = error.print();
        return ExitCode::SUCCESS;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _closed_pipe = error.print();
        return ExitCode::from(USAGE);
    }
    let text = error.render().to_string();
    let is_told = |line: &&str| {
        !line.is_empty() && !line.starts_with("Usage:") && !line.starts_with("For more information")
    };
    let lines: Vec<&str> = text.lines().map(str::trim).filter(is_told).collect();
    anstream::eprintln!("{} (see --help)", lines.join("; "));
    ExitCode::from(USAGE)
}
