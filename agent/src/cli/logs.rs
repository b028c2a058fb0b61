//! How the daemon tells what happens.

use anstream::{AutoStream, ColorChoice};
use clap::{Args, ValueEnum};
use inventory_common::log::Log;
use tracing::Level;

/// How the daemon tells what happens, on standard error.
#[derive(Clone, Copy, Debug, Args)]
pub struct LogArgs {
    /// How to write the log
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t, env = "INVENTORY_LOG_FORMAT")]
    pub log_format: LogFormat,

    /// What to log: error, warn, info, debug or trace
    #[arg(long, value_name = "LEVEL", default_value = "info", env = "INVENTORY_LOG_LEVEL")]
    pub log_level: Level,
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
    /// From now on everything that happens is logged.
    pub fn start(self) {
        let log = Log {
            of: env!("CARGO_CRATE_NAME"),
            level: self.log_level,
            is_json: self.log_format == LogFormat::Json,
            has_color: AutoStream::choice(&std::io::stderr()) != ColorChoice::Never,
        };
        log.start();
    }
}
