//! From the command line to an exit status, with one line for whatever went wrong.

use std::fmt::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::capture::capture;
use crate::cli::{Cli, Command};
use crate::daemon;
use crate::dump::{Ended, dump};
use crate::identity::Hints;
use crate::probe::gpu::child;
use crate::show::{plain, say};

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
    say(&format!("error: {}", plain(&one_line(error))));
    ExitCode::from(FAILED)
}

fn dispatch(cli: Cli) -> anyhow::Result<Ended> {
    let Cli { command, dump: args, host, stated, daemon } = cli;
    match command {
        Some(Command::Capture(args)) => capture(args, &hints()),
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

/// The error with its causes, on one line. Some libraries' errors repeat their cause; it is told once.
fn one_line(error: &anyhow::Error) -> String {
    let mut line = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !line.ends_with(&cause) {
            let _infallible = write!(line, ": {cause}");
        }
    }
    line.replace('\n', " ")
}

/// Help and version are answers; all else is one line and the usage status.
fn misused(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let _closed_pipe = error.print();
        return ExitCode::SUCCESS;
    }
    say(&format!("{} (see --help)", told(&error.render().to_string())));
    ExitCode::from(USAGE)
}

/// Clap's paragraphs before the usage, on one line.
fn told(text: &str) -> String {
    let is_told = |line: &&str| !line.starts_with("Usage:") && !line.starts_with("For more");
    let lines = text.lines().map(str::trim).take_while(is_told).filter(|line| !line.is_empty());
    let lines = lines.collect::<Vec<_>>().join("; ");
    plain(&lines.replace(":;", ":")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usage_error_is_told_on_one_line() {
        let text = "error: the following required arguments were not provided:\n  --dump\n\n\
            Usage: inventory-agent --dump\n       inventory-agent <COMMAND>\n\nFor more information";
        assert_eq!(told(text), "error: the following required arguments were not provided: --dump");
        let text = "error: unexpected argument '--dmp' found\n\n  tip: try '--dump'\n\nUsage: x";
        assert_eq!(told(text), "error: unexpected argument '--dmp' found; tip: try '--dump'");
    }
}
