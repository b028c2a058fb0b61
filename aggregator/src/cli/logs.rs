//! How much is told of what happens.

use clap::{Args, ValueEnum};
use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

/// How much is told of what happens, on standard error.
#[derive(Clone, Copy, Debug, Args)]
pub struct LogArgs {
    /// What to log: error, warn, info, debug or trace; info for `run`, warn for all else
    #[arg(long, value_name = "LEVEL", env = "INVENTORY_LOG_LEVEL", global = true)]
    pub log_level: Option<Level>,

    /// How to write the log
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        default_value_t,
        env = "INVENTORY_LOG_FORMAT",
        global = true
    )]
    pub log_format: LogFormat,
}

/// How a log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// A line for people
    #[default]
    Text,
    /// A JSON object a line, for machines
    Json,
}

impl LogArgs {
    /// From now on what happens is logged. Of other people's code only warnings are, since it logs
    /// whole requests with what is secret in them, and none of those where a command tells in a line
    /// of its own what went wrong.
    pub fn start(self, usual: Level) {
        let level = self.log_level.unwrap_or(usual);
        let others = if level > Level::WARN { LevelFilter::WARN } else { LevelFilter::OFF };
        let ours = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level).with_default(others);
        let log = tracing_subscriber::registry().with(ours);
        let lines = fmt::layer().with_writer(std::io::stderr).with_target(false);
        let color =
            anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
        match self.log_format {
            LogFormat::Text => log.with(lines.with_ansi(color)).init(),
            LogFormat::Json => log.with(lines.json().flatten_event(true)).init(),
        }
    }
}
