//! How the daemon runs.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{FalseyValueParser, NonEmptyStringValueParser};
use clap::{ArgAction, Args};

use super::logs::LogArgs;

/// How the daemon runs. A dump has no use for any of it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Daemon")]
pub struct DaemonArgs {
    /// The Node to report to, instead of the hostname
    #[arg(long, value_name = "NAME", env = "NODE_NAME", value_parser = NonEmptyStringValueParser::new())]
    pub node_name: Option<String>,

    /// From one reading of the host to the next
    #[arg(long, value_name = "SECONDS", default_value = "60", env = "INVENTORY_INTERVAL", value_parser = interval)]
    pub interval: Duration,

    /// Where to answer /healthz, /readyz and /metrics; without an address, at all of this machine
    #[arg(
        long,
        value_name = "[ADDRESS]:PORT",
        default_value = "127.0.0.1:8089",
        env = "INVENTORY_LISTEN"
    )]
    pub listen: String,

    /// Replace a nodeID label that differs from the Node's name
    #[arg(long, env = "INVENTORY_OVERWRITE_NODE_ID", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub overwrite_node_id: bool,

    /// Report to the cluster of this kubeconfig, instead of the one in which the agent runs
    #[arg(long, value_name = "FILE", env = "INVENTORY_KUBECONFIG")]
    pub kubeconfig: Option<PathBuf>,

    /// The kubeconfig's context to use, instead of its current one
    #[arg(long, value_name = "NAME", env = "INVENTORY_CONTEXT")]
    pub context: Option<String>,

    /// Fail /healthz once NVML has been lost for ten minutes while the driver looks healthy: a
    /// container keeps the old driver's files, and only a new one gets the new driver's
    #[arg(long, env = "INVENTORY_RESTART_ON_DRIVER_CHANGE", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub restart_on_driver_change: bool,

    #[command(flatten)]
    pub logs: LogArgs,
}

/// The longest interval, in seconds: a day.
const MAX_INTERVAL_S: f64 = 86_400.0;

/// The shortest interval, in seconds.
const MIN_INTERVAL_S: f64 = 0.1;

/// Seconds, with a fraction where somebody wants one.
fn interval(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|s| (MIN_INTERVAL_S..=MAX_INTERVAL_S).contains(s));
    let seconds =
        seconds.ok_or(format!("expected {MIN_INTERVAL_S} to {MAX_INTERVAL_S} seconds"))?;
    Ok(Duration::from_secs_f64(seconds))
}
