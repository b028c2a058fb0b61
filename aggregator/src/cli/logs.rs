//! How much is told of what happens.

use anstream::{AutoStream, ColorChoice};
use clap::{Args, ValueEnum};
use inventory_common::log::Log;
use tracing::Level;

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
    /// From now on what happens is logged.
    pub fn start(self, usual: Level) {
        let log = Log {
            of: env!("CARGO_CRATE_NAME"),
            level: self.log_level.unwrap_or(usual),
            is_json: self.log_format == LogFormat::Json,
            has_color: AutoStream::choice(&std::io::stderr()) != ColorChoice::Never,
        };
        log.start();
    }
}
