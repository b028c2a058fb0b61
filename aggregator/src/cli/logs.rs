//! How much is told of what happens.

use clap::Args;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

/// How much is told of what happens, on standard error.
#[derive(Clone, Copy, Debug, Args)]
pub struct LogArgs {
    /// What to log besides: error, warn, info, debug or trace
    #[arg(
        long,
        value_name = "LEVEL",
        default_value = "warn",
        env = "INVENTORY_LOG_LEVEL",
        global = true
    )]
    pub log_level: Level,
}

impl LogArgs {
    /// From now on what happens is logged. Of other people's code only warnings are: it logs whole
    /// requests, with what is secret in them.
    pub fn start(self) {
        let ours = Targets::new()
            .with_target(env!("CARGO_CRATE_NAME"), self.log_level)
            .with_default(self.log_level.min(Level::WARN));
        let color =
            anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
        let lines = fmt::layer().with_writer(std::io::stderr).with_target(false).with_ansi(color);
        tracing_subscriber::registry().with(ours).with(lines).init();
    }
}
